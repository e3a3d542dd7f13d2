import type { Mark, Spec } from 'vega';
import { SeqkitError } from '../base/errors.js';
import {
  fieldsOf,
  finiteNumbers,
  flag,
  listOf,
  number,
  optional,
  optionsSchema,
  schemaOf,
  text,
  wholeNumber,
} from '../base/schema/index.js';
import { heatPng } from './heat-png.js';
import { literal, vegaSvg } from './vega-svg.js';

/** A stretch of sound with what is in it and what a model makes of it. */
export interface ClipPlot {
  readonly title: string;
  readonly seconds: number;
  /** Shape (samples), -1 to 1. */
  readonly samples: Float32Array;
  /** Shape (frames, bands), the lowest band first; the higher the louder. */
  readonly features: Float32Array;
  readonly bands: number;
  /** What the bands are, for their axis. */
  readonly bandsTitle: string;
  /** What is said when. */
  readonly segments: readonly {
    readonly label: string;
    readonly isWord: boolean;
    readonly startSeconds: number;
    readonly endSeconds: number;
  }[];
  /** Of each trigger word what the model should give and, where there is one, gives: one value a step. */
  readonly words: readonly {
    readonly label: string;
    readonly target: ArrayLike<number>;
    readonly output?: ArrayLike<number>;
  }[];
  /** The time of step 0, and steps a second. */
  readonly firstStepSeconds: number;
  readonly stepsPerSecond: number;
}

const floats = schemaOf<Float32Array>(
  'a Float32Array of finite numbers',
  (value) => value instanceof Float32Array && value.every((number) => Number.isFinite(number)),
);

const clipPlot = optionsSchema<ClipPlot>('clipPlotSvg', {
  title: text,
  seconds: number({ above: 0 }),
  samples: floats,
  features: floats,
  bands: wholeNumber({ min: 1 }),
  bandsTitle: text,
  segments: listOf(
    fieldsOf<ClipPlot['segments'][number]>('a segment { label, isWord, startSeconds, endSeconds }', {
      label: text,
      isWord: flag,
      startSeconds: number(),
      endSeconds: number(),
    }),
  ),
  words: listOf(
    fieldsOf<ClipPlot['words'][number]>('a word { label, target, output }', {
      label: text,
      target: finiteNumbers,
      output: optional(finiteNumbers),
    }),
  ),
  firstStepSeconds: number(),
  stepsPerSecond: number({ above: 0 }),
});

/** @throws SeqkitError `usage`, `bad-value`; `bad-shape` where the features are no whole frames */
function checkedPlot(given: ClipPlot): ClipPlot {
  const plot = clipPlot.parse(given);
  const { features, bands } = plot;
  if (features.length > 0 && features.length % bands === 0) return plot;
  throw new SeqkitError(`clipPlotSvg: ${features.length} features are no whole frames of ${bands} bands.`, {
    code: 'bad-shape',
  });
}

const WIDTH = 960;
const [WAVE_HEIGHT, SPECTRUM_HEIGHT, WORD_HEIGHT, GAP] = [130, 180, 70, 26];
/** A picture of the spectrogram has no more columns than twice the pixels it is shown in. */
const MAX_COLUMNS = 2 * WIDTH;

/**
 * Draws waveform, spectrogram, labels and output one below the other, as SVG.
 * @throws SeqkitError `usage`, `bad-value` or `bad-shape` for a plot of the wrong kind
 */
export async function clipPlotSvg(given: ClipPlot): Promise<string> {
  const plot = checkedPlot(given);
  const { levels, columns } = heatOf(plot);
  const png = await heatPng(levels, columns);
  let binary = '';
  for (const byte of png) binary += String.fromCharCode(byte);
  return vegaSvg(clipSpec(plot, `data:image/png;base64,${btoa(binary)}`));
}

/** The plot for Vega; for tests. @param spectrogram the address of its picture @internal */
export function clipSpec(plot: ClipPlot, spectrogram: string): Spec {
  const { title, seconds, words } = plot;
  const [top, below] = [WAVE_HEIGHT + GAP, WAVE_HEIGHT + GAP + SPECTRUM_HEIGHT + GAP];
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width: WIDTH,
    height: below + words.length * (WORD_HEIGHT + GAP) - GAP,
    padding: 12,
    background: 'white',
    title: { text: literal(title), fontSize: 16, anchor: 'start', offset: 12 },
    scales: [{ name: 'time', type: 'linear', domain: [0, seconds], range: [0, WIDTH] }],
    data: [],
    marks: [
      wavePanel(plot),
      panel(top, SPECTRUM_HEIGHT, {
        scales: [{ name: 'band', domain: [0, plot.bands], range: [SPECTRUM_HEIGHT, 0] }],
        axes: [
          { orient: 'left', scale: 'band', title: literal(plot.bandsTitle), tickCount: 4 },
          { orient: 'bottom', scale: 'time', labels: false, tickSize: 3 },
        ],
        marks: [
          {
            type: 'image',
            encode: {
              enter: {
                url: { value: spectrogram },
                width: { value: WIDTH },
                height: { value: SPECTRUM_HEIGHT },
                aspect: { value: false },
                smooth: { value: false },
              },
            },
          },
        ],
      }),
      ...words.map((_, i) => wordPanel(plot, i, below + i * (WORD_HEIGHT + GAP))),
    ],
  };
}

function panel(y: number, height: number, content: Pick<Spec, 'scales' | 'axes' | 'marks' | 'data'>): Mark {
  return {
    type: 'group',
    encode: {
      enter: {
        y: { value: y },
        width: { value: WIDTH },
        height: { value: height },
        stroke: { value: '#ccc' },
      },
    },
    ...content,
  };
}

/** The lowest and highest sample of each pixel, and behind them what is said. */
function wavePanel({ samples, seconds, segments }: ClipPlot): Mark {
  const envelope = Array.from({ length: WIDTH }, (_, pixel) => {
    const part = samples.subarray(
      Math.floor((pixel * samples.length) / WIDTH),
      Math.max(Math.ceil(((pixel + 1) * samples.length) / WIDTH), 1),
    );
    return {
      time: (seconds * (pixel + 0.5)) / WIDTH,
      low: part.reduce((a, b) => Math.min(a, b), 1),
      high: part.reduce((a, b) => Math.max(a, b), -1),
    };
  });
  const loudest = Math.max(0.01, ...envelope.map(({ low, high }) => Math.max(-low, high)));
  const atTime = (field: string) => ({ scale: 'time', field });
  return panel(0, WAVE_HEIGHT, {
    data: [
      { name: 'envelope', values: envelope },
      { name: 'segments', values: [...segments] },
    ],
    scales: [{ name: 'level', domain: [-loudest, loudest], range: [WAVE_HEIGHT, 0] }],
    axes: [
      { orient: 'left', scale: 'level', title: 'waveform', tickCount: 3 },
      { orient: 'bottom', scale: 'time', labels: false, tickSize: 3 },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'segments' },
        encode: {
          enter: {
            x: atTime('startSeconds'),
            x2: atTime('endSeconds'),
            y: { value: 0 },
            y2: { value: WAVE_HEIGHT },
            fill: { signal: "datum.isWord ? '#2e8b57' : '#999999'" },
            fillOpacity: { value: 0.22 },
          },
        },
      },
      {
        type: 'area',
        from: { data: 'envelope' },
        encode: {
          enter: {
            x: atTime('time'),
            y: { scale: 'level', field: 'low' },
            y2: { scale: 'level', field: 'high' },
            fill: { value: '#1f5fa8' },
            stroke: { value: '#1f5fa8' },
            strokeWidth: { value: 0.5 },
          },
        },
      },
      {
        type: 'text',
        from: { data: 'segments' },
        encode: {
          enter: {
            x: { ...atTime('startSeconds'), offset: 3 },
            y: { value: 12 },
            text: { field: 'label' },
            // No wider than the segment it names.
            limit: { signal: `max(12, (datum.endSeconds - datum.startSeconds) / ${seconds} * ${WIDTH} - 6)` },
            fontSize: { value: 11 },
            font: { value: 'sans-serif' },
            fill: { value: '#222222' },
          },
        },
      },
    ],
  });
}

/** The labels of a word as blocks, the model's output as a line. */
function wordPanel(
  { words, firstStepSeconds, stepsPerSecond, seconds }: ClipPlot,
  i: number,
  y: number,
): Mark {
  const { label, target, output } = words[i];
  const timeOf = (step: number) => Math.min(seconds, firstStepSeconds + step / stepsPerSecond);
  const steps = Array.from({ length: target.length }, (_, step) => ({
    time: timeOf(step),
    target: target[step],
    output: output?.[step] ?? 0,
  }));
  const isLast = i === words.length - 1;
  const at = (field: string) => ({ x: { scale: 'time', field: 'time' }, y: { scale: 'share', field } });
  return panel(y, WORD_HEIGHT, {
    data: [{ name: 'steps', values: steps }],
    scales: [{ name: 'share', domain: [0, 1], range: [WORD_HEIGHT, 0] }],
    axes: [
      { orient: 'left', scale: 'share', title: literal(label), values: [0, 1] },
      {
        orient: 'bottom',
        scale: 'time',
        tickCount: 12,
        ...(isLast
          ? { title: output === undefined ? 's; labels' : 's; labels and output' }
          : { labels: false }),
      },
    ],
    marks: [
      {
        type: 'area',
        from: { data: 'steps' },
        encode: {
          enter: {
            ...at('target'),
            y2: { scale: 'share', value: 0 },
            interpolate: { value: 'step' },
            fill: { value: '#2e8b57' },
            fillOpacity: { value: 0.35 },
          },
        },
      },
      ...(output === undefined
        ? []
        : [
            {
              type: 'line' as const,
              from: { data: 'steps' },
              encode: {
                enter: { ...at('output'), stroke: { value: '#c0392b' }, strokeWidth: { value: 1.5 } },
              },
            },
          ]),
    ],
  });
}

/** The features as levels of 0 to 255, the highest band on top, between the quietest and the loudest hundredth. */
function heatOf({ features, bands }: ClipPlot): { levels: Uint8Array; columns: number } {
  const frames = features.length / bands;
  const columns = Math.min(frames, MAX_COLUMNS);
  const sorted = Float32Array.from(features).sort();
  const [low, high] = [0.01, 0.995].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
  const levels = new Uint8Array(columns * bands);
  for (let column = 0; column < columns; column++) {
    const frame = Math.floor((column * frames) / columns);
    for (let band = 0; band < bands; band++) {
      const level = (features[frame * bands + band] - low) / Math.max(high - low, 1e-9);
      levels[(bands - 1 - band) * columns + column] = Math.round(255 * Math.min(1, Math.max(0, level)));
    }
  }
  return { levels, columns };
}
