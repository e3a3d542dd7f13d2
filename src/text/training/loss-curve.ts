import {
  either,
  exactly,
  fieldsOf,
  listOf,
  numberOrInfinity,
  text,
  wholeNumber,
} from '../../base/schema/index.js';
import type { LinePlot } from '../../report/line-plot.js';
import type { TextMetrics } from './text-checkpoints.js';

const loss = numberOrInfinity();

const metricsList = listOf(
  fieldsOf<Pick<TextMetrics, 'step' | 'loss' | 'heldOutLoss'>>('{ step, loss, heldOutLoss }', {
    step: wholeNumber({ min: 0 }),
    loss,
    heldOutLoss: either(loss, exactly(null)),
  }),
);

/**
 * The losses of a training run over its steps, as a plot that `linePlotSvg` of `seqkit/report` draws.
 * @param metrics by step, such as the lines of `metrics.jsonl` in the folder of a run's checkpoints
 * @param title over the plot
 *
 * @example
 * const svg = await linePlotSvg(lossCurve(metrics, 'Training on tunes'));
 * await writeFile('loss.png', await svgToPng(svg));
 */
export function lossCurve(
  metrics: readonly Readonly<Pick<TextMetrics, 'step' | 'loss' | 'heldOutLoss'>>[],
  title: string,
): LinePlot {
  metricsList.parse(metrics, 'lossCurve: metrics');
  text.parse(title, 'lossCurve: title');
  const heldOut = metrics.flatMap(({ step, heldOutLoss }) =>
    heldOutLoss === null ? [] : [{ x: step, y: heldOutLoss }],
  );
  return {
    title,
    xTitle: 'step',
    yTitle: 'loss in nats',
    series: [
      { name: 'training', points: metrics.map(({ step, loss }) => ({ x: step, y: loss })) },
      ...(heldOut.length > 0 ? [{ name: 'held out', points: heldOut, dots: heldOut.length <= 60 }] : []),
    ],
  };
}
