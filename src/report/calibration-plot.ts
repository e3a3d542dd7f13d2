import { fieldsOf, listOf, number, optionsSchema, text, wholeNumber } from '../base/schema/index.js';
import { xmlText } from '../base/encoding/xml-characters.js';

/** Examples whose probabilities lie in one range. */
export interface CalibrationPlotBin {
  /** The range, within 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly examples: number;
  /** The mean probability of the label given. */
  readonly probability: number;
  /** The share that was right. */
  readonly accuracy: number;
}

/** Whether probabilities keep what they say. */
export interface CalibrationPlot {
  readonly title: string;
  readonly bins: readonly CalibrationPlotBin[];
}

const share = number({ min: 0, max: 1 });
const calibrationPlot = optionsSchema<CalibrationPlot>('calibrationPlotSvg', {
  title: text,
  bins: listOf(
    fieldsOf<CalibrationPlotBin>('a bin { from, to, examples, probability, accuracy }', {
      from: share,
      to: share,
      examples: wholeNumber(),
      probability: share,
      accuracy: share,
    }),
    { min: 1, max: 1000 },
  ),
});

const [LEFT, TOP, SIDE, COUNTS, GAP] = [64, 46, 320, 60, 12];
const [WIDTH, HEIGHT] = [LEFT + SIDE + 24, TOP + SIDE + GAP + COUNTS + 46];
const BASE = TOP + SIDE + GAP + COUNTS;

/**
 * Draws a reliability diagram as SVG, without any package: above, how often answers of each probability were right, and
 * the diagonal on which they should be; below, how many answers there were of each (Guo et al. 2017).
 * @throws SeqkitError `usage` or `bad-value` for a plot of the wrong kind
 */
export function calibrationPlotSvg(plot: CalibrationPlot): string {
  const { title, bins } = calibrationPlot.parse(plot);
  const x = (p: number) => round(LEFT + p * SIDE);
  const y = (p: number) => round(TOP + (1 - p) * SIDE);
  const most = Math.max(1, ...bins.map(({ examples }) => examples));
  const parts: string[] = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="12" y="28" font-size="16" font-weight="bold">${xmlText(title)}</text>`,
  ];
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
    const name = `${100 * tick}%`;
    parts.push(
      `<path d="M${LEFT} ${y(tick)}H${LEFT + SIDE}M${x(tick)} ${TOP}V${TOP + SIDE}" stroke="#ddd" fill="none"/>`,
      `<text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${name}</text>`,
      `<text x="${x(tick)}" y="${BASE + 16}" text-anchor="middle">${name}</text>`,
    );
  }
  for (const { from, to, examples, accuracy } of bins) {
    if (examples === 0) continue;
    const [left, width] = [x(from) + 1, Math.max(1, round(x(to) - x(from) - 2))];
    const high = Math.max(1, round((COUNTS * examples) / most));
    parts.push(
      `<rect x="${left}" y="${y(accuracy)}" width="${width}" height="${round(TOP + SIDE - y(accuracy))}" fill="#0072b2" fill-opacity="0.35"/>`,
      `<rect x="${left}" y="${BASE - high}" width="${width}" height="${high}" fill="#888"><title>${examples} examples</title></rect>`,
    );
  }
  parts.push(
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="#555" stroke-dasharray="4 4" fill="none"/>`,
    ...bins
      .filter(({ examples }) => examples > 0)
      .map(
        ({ probability, accuracy }) =>
          `<circle cx="${x(probability)}" cy="${y(accuracy)}" r="4" fill="#0072b2"/>`,
      ),
    `<path d="M${LEFT} ${TOP}V${TOP + SIDE}H${LEFT + SIDE}M${LEFT} ${BASE}H${LEFT + SIDE}" stroke="#555" fill="none"/>`,
    `<text transform="translate(18 ${TOP + SIDE / 2}) rotate(-90)" text-anchor="middle">share that was right</text>`,
    `<text transform="translate(18 ${BASE - COUNTS / 2}) rotate(-90)" text-anchor="middle">count</text>`,
    `<text x="${LEFT - 8}" y="${BASE - COUNTS + 10}" text-anchor="end">${most}</text>`,
    `<text x="${LEFT + SIDE / 2}" y="${BASE + 34}" text-anchor="middle">probability of the label given</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">\n${parts.join('\n')}\n</svg>\n`;
}

function round(pixels: number): number {
  return Math.round(100 * pixels) / 100;
}
