import { SeqkitError } from '../../../base/errors.js';
import type { KernelName } from '../../program/kernels.js';
import { operands } from '../../program/program.js';
import type { Buffer, Program } from '../../program/program.js';
import { cells } from './kernels/cells.js';
import { convolutions } from './kernels/convolutions.js';
import { convolutions2d } from './kernels/convolutions-2d.js';
import { ctc } from './kernels/ctc.js';
import { leakyRelu } from './kernels/leaky-relu.js';
import { losses } from './kernels/losses.js';
import { normalization } from './kernels/normalization.js';
import { optimization } from './kernels/optimization.js';
import { pointwise } from './kernels/pointwise.js';
import { pooling } from './kernels/pooling.js';
import { pooling2d } from './kernels/pooling-2d.js';
import { products } from './kernels/products.js';
import { reductions } from './kernels/reductions.js';
import { rows } from './kernels/rows.js';
import type { Lowerings } from './plan/lowering.js';
import type { Plan } from './plan/plan.js';
import { PlanBuilder } from './plan/plan-builder.js';

const lowerings: Lowerings<KernelName> = {
  ...products,
  ...reductions,
  ...pointwise,
  ...cells,
  ...convolutions,
  ...convolutions2d,
  ...normalization,
  ...losses,
  ...ctc,
  ...optimization,
  ...pooling,
  ...pooling2d,
  ...leakyRelu,
  ...rows,
};

/** Lays a program out as kernel calls with one output each, or names what it cannot. */
export function lowerProgram(program: Program): Plan {
  const missing = new Set(program.steps.map(({ kernel }) => kernel).filter((kernel) => !lowerings[kernel]));
  if (missing.size > 0) {
    throw new SeqkitError(
      `The gpu engine has no kernel for ${[...missing].join(', ')}, which "${program.name}" needs.`,
      { code: 'engine', hint: "Take engine: 'wasm'." },
    );
  }
  const widths = rowWidths(program);
  const plan = new PlanBuilder();
  for (const buffer of program.buffers) {
    plan.declare(buffer, widths.get(buffer) ?? buffer.size, isUploaded(buffer));
  }
  const written = new Set<Buffer>();
  for (const step of program.steps) {
    const lower = lowerings[step.kernel] as (...operands: unknown[]) => void;
    lower(plan, step.inputs, step.outputs, step.settings);
    for (const { buffer } of operands(step).outputs) written.add(buffer);
  }
  const downloads = [...written].filter((buffer) => buffer.kind !== 'temporary');
  return plan.finish(downloads.map((buffer) => ({ buffer, cols: widths.get(buffer)! })));
}

const isUploaded = ({ kind }: Buffer): boolean =>
  kind === 'parameter' || kind === 'state' || kind === 'input';

/** How long a row of each buffer is, as its first operand sees it. */
function rowWidths(program: Program): Map<Buffer, number> {
  const widths = new Map<Buffer, number>();
  for (const step of program.steps) {
    const { inputs, outputs } = operands(step);
    for (const { buffer, rowStride } of [...outputs, ...inputs]) {
      if (!widths.has(buffer) && buffer.size % rowStride === 0) widths.set(buffer, rowStride);
    }
  }
  return widths;
}
