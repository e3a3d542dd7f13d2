import { arrow, cell, COLORS, drawing, label } from './svg.mjs';

const [N, T, D] = [3, 5, 2];
const size = 30;

/** One example: T columns of D numbers. Columns beyond its length are padding. */
function example(x, y, length, fill) {
  const cells = [];
  for (let t = 0; t < T; t++) {
    for (let d = 0; d < D; d++) {
      const isPadding = t >= length;
      cells.push(cell(x + t * size, y + d * size, size, size, isPadding ? COLORS.paleGrey : fill));
      if (isPadding) {
        cells.push(label(x + t * size + size / 2, y + d * size + 20, '0', { fill: COLORS.faint, size: 12 }));
      }
    }
  }
  return cells;
}

/** What a batch is: examples behind each other, and the shapes on the way through an LSTM. */
export function batchShapes() {
  const [left, top] = [70, 66];
  const offset = 26;
  const lengths = [5, 5, 3];
  // The last example stands farthest behind, so it is drawn first.
  const sheets = lengths
    .map((length, n) => {
      const behind = N - 1 - n;
      return example(left + behind * offset, top + (N - 1 - behind) * offset, length, COLORS.paleBlue);
    })
    .map((cells, n) => ({ cells, n }))
    .map(({ cells }) => cells);
  const width = T * size;
  const bottom = top + (N - 1) * offset + D * size;
  const rightOf = left + width + (N - 1) * offset;
  const outs = [
    { y: 72, title: 'returnSequences: true', shape: '(3, 5, 4)', columns: T },
    { y: 196, title: 'the last step alone', shape: '(3, 4)', columns: 1 },
  ];
  return drawing(
    720,
    330,
    'A batch of three examples of five time steps with two features, and what an LSTM of four units makes of it',
    [
      label(left + 100, 32, 'x: (batch 3, time 5, features 2)', { bold: true }),
      sheets,
      arrow([
        [left, bottom + 22],
        [left + width, bottom + 22],
      ]),
      label(left + width / 2, bottom + 42, 'time', { fill: COLORS.faint }),
      label(left - 12, bottom - 24, 'features', { fill: COLORS.faint, anchor: 'end', size: 13 }),
      arrow([
        [left + width + 14, bottom - 4],
        [rightOf + 12, top + 2 * size - 2],
      ]),
      label(left + width + 46, bottom - 8, 'batch', { fill: COLORS.faint, anchor: 'start' }),
      label(left + 100, bottom + 74, 'Grey: padding, past an example’s length.', {
        fill: COLORS.faint,
        size: 13,
      }),
      cell(330, 110, 110, 70, COLORS.paleGreen, COLORS.green),
      label(385, 142, 'LSTM', { bold: true }),
      label(385, 162, 'units: 4', { fill: COLORS.faint, size: 12 }),
      arrow([
        [rightOf + 14, 145],
        [326, 145],
      ]),
      outs.map(({ y, title, shape, columns }) => [
        arrow([
          [440, 145],
          [505, y + 36],
        ]),
        Array.from({ length: columns }, (_, t) =>
          Array.from({ length: 4 }, (_, unit) =>
            cell(512 + t * 18, y + unit * 18, 18, 18, COLORS.paleOrange),
          ),
        ),
        label(512, y + 90, `${title}: ${shape}`, { anchor: 'start', size: 13 }),
      ]),
    ],
  );
}
