import { SeqkitError } from '../base/errors.js';
import { listOf, number, optionsSchema, text } from '../base/schema/index.js';
import { xmlText } from '../base/encoding/xml-characters.js';

/** How often each label was given to examples of each label. */
export interface ConfusionPlot {
  readonly title: string;
  readonly labels: readonly string[];
  /** Row: the true label; column: the label given. */
  readonly counts: readonly (readonly number[])[];
}

const confusionPlot = optionsSchema<ConfusionPlot>('confusionPlotSvg', {
  title: text,
  labels: listOf(text, { min: 1, max: 500 }),
  counts: listOf(listOf(number({ min: 0 }))),
});

const [CELL, FONT, MARGIN, TITLE] = [36, 12, 12, 34];
/** About the width of a letter, in parts of the font's size. */
const LETTER = 0.62;
const LONGEST_LABEL = 24;

/**
 * Draws a confusion matrix as SVG, without any package: a cell is as dark as its share of the row's examples.
 * @throws SeqkitError `usage` or `bad-value` for a plot of the wrong kind; `bad-shape` where the counts are no square
 *   of the labels
 */
export function confusionPlotSvg(plot: ConfusionPlot): string {
  const { title, labels, counts } = confusionPlot.parse(plot);
  const C = labels.length;
  if (counts.length !== C || counts.some((row) => row.length !== C)) {
    throw new SeqkitError(`${C} labels have ${C} rows of ${C} counts.`, { code: 'bad-shape' });
  }
  const names = labels.map((label) =>
    label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label,
  );
  const room = Math.ceil(Math.max(...names.map(({ length }) => length)) * FONT * LETTER) + 10;
  const [left, top] = [MARGIN + FONT + 8 + room, TITLE + MARGIN];
  const side = C * CELL;
  const [width, height] = [left + side + MARGIN, top + side + room + FONT + 8 + MARGIN];
  const parts: string[] = [
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${MARGIN}" y="${MARGIN + 16}" font-size="16" font-weight="bold">${xmlText(title)}</text>`,
    `<text transform="translate(${MARGIN + FONT} ${top + side / 2}) rotate(-90)" text-anchor="middle">true label</text>`,
    `<text x="${left + side / 2}" y="${height - MARGIN}" text-anchor="middle">label given</text>`,
  ];
  counts.forEach((row, t) => {
    const y = top + t * CELL;
    const total = row.reduce((sum, count) => sum + count, 0);
    parts.push(`<text x="${left - 6}" y="${y + CELL / 2 + 4}" text-anchor="end">${xmlText(names[t])}</text>`);
    row.forEach((count, g) => {
      const share = total === 0 ? 0 : count / total;
      const x = left + g * CELL;
      const color = t === g ? '0, 114, 178' : '213, 94, 0';
      parts.push(
        `<rect x="${x}" y="${y}" width="${CELL}" height="${CELL}" fill="rgba(${color}, ${share.toFixed(3)})" stroke="#ccc"/>`,
      );
      if (count === 0) return;
      const ink = share > 0.55 ? 'white' : 'black';
      parts.push(
        `<text x="${x + CELL / 2}" y="${y + CELL / 2 + 4}" text-anchor="middle" fill="${ink}">${count}</text>`,
      );
    });
  });
  names.forEach((name, g) => {
    const place = `translate(${left + g * CELL + CELL / 2 + 4} ${top + side + 6}) rotate(-90)`;
    parts.push(`<text transform="${place}" text-anchor="end">${xmlText(name)}</text>`);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="${FONT}">\n${parts.join('\n')}\n</svg>\n`;
}
