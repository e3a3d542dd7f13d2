import { arrow, box, COLORS, drawing, label } from './svg.mjs';

const blue = { fill: COLORS.paleBlue, stroke: COLORS.blue };
const green = { fill: COLORS.paleGreen, stroke: COLORS.green };
const orange = { fill: COLORS.paleOrange, stroke: COLORS.orange };

/** From layers to a program, written once, and from batches to numbers, many times. */
export function trainingStep() {
  const steps = ['copy', 'gemm', 'lstmForward', '…', 'squaredError', '…', 'gemm', 'adam'];
  return drawing(760, 430, 'How a training step runs: traced once into a program, then run for every batch', [
    label(24, 34, 'Once for each size of batch', { anchor: 'start', bold: true, fill: COLORS.blue }),
    box(24, 52, 150, 76, ['Layers', 'forward and backward', 'side by side'], blue),
    box(24, 150, 150, 54, ['Loss, optimizer', 'append their steps'], blue),
    arrow([
      [174, 90],
      [232, 112],
    ]),
    arrow([
      [174, 177],
      [232, 142],
    ]),
    label(203, 88, 'trace', { size: 13, fill: COLORS.faint, anchor: 'start' }),
    box(236, 52, 200, 152, [], blue),
    label(336, 74, 'Program', { bold: true }),
    steps.map((step, i) =>
      label(i < 4 ? 250 : 346, 98 + (i % 4) * 21, step, {
        code: true,
        size: 12,
        anchor: 'start',
        fill: COLORS.faint,
      }),
    ),
    label(336, 194, 'steps over named buffers', { size: 12, fill: COLORS.faint }),
    arrow([
      [436, 128],
      [498, 128],
    ]),
    label(467, 118, 'compile', { size: 13, fill: COLORS.faint }),
    box(502, 90, 234, 76, ['Executable', 'a command list in WebAssembly,', 'or one gpu.js pipeline'], green),
    label(24, 262, 'Once for each batch', { anchor: 'start', bold: true, fill: COLORS.orange }),
    box(24, 282, 180, 76, ['Batch', 'x, targets, weights,', 'learning rate, dropout keys'], orange),
    arrow([
      [204, 320],
      [276, 320],
    ]),
    label(240, 310, 'write', { size: 13, fill: COLORS.faint }),
    box(280, 282, 170, 76, ['run()', 'all steps, in order'], green),
    arrow([
      [450, 320],
      [522, 320],
    ]),
    label(486, 310, 'read', { size: 13, fill: COLORS.faint }),
    box(526, 282, 210, 76, ['Loss', 'of this batch'], orange),
    arrow(
      [
        [619, 166],
        [619, 228],
        [365, 228],
        [365, 280],
      ],
      { dashed: true },
    ),
    box(214, 380, 302, 40, ['Session: weights and optimizer state'], green),
    arrow([
      [365, 358],
      [365, 377],
    ]),
  ]);
}
