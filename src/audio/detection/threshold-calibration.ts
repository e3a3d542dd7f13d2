import { SeqkitError } from '../../base/errors.js';
import { number } from '../../base/schema/index.js';
import { shareAlarms } from './alarm-budget.js';
import { scoresOfWord, type ScoredRecording } from './scored-recording.js';
import { checkRecordings, tradeoffCurve, type TradeoffPoint } from './trigger-evaluation.js';
import { firingSettings, type FiringSettings } from './trigger-settings.js';

/** Thresholds that calibration tries: 0.005 apart, from 0.95 on 0.001, and closer still where a sure model's scores lie. */
const CALIBRATION_THRESHOLDS = [
  ...Array.from({ length: 190 }, (_, i) => (i + 1) / 200),
  ...Array.from({ length: 49 }, (_, i) => (951 + i) / 1000),
  ...[0.9993, 0.9995, 0.9997, 0.9999, 1],
];

const alarmRate = number({ above: 0, max: 1e6 });

/**
 * The lowest threshold from which on no higher one gives more false alarms than wanted.
 *
 * @param falseAlarmsPerHour at most so many
 * @throws SeqkitError `too-little-data` where there is less sound than it takes for the rate to mean
 *   anything: one alarm in it would already be too many, and none proves little; `bad-value` where no
 *   threshold keeps to the rate
 */
export function calibrateThreshold(
  recordings: readonly ScoredRecording[],
  firing: FiringSettings,
  falseAlarmsPerHour: number,
): TradeoffPoint {
  checkCalibration(recordings, firing, falseAlarmsPerHour, 'calibrateThreshold');
  const curve = tradeoffCurve(recordings, firing, CALIBRATION_THRESHOLDS);
  let best = curve.length - 1;
  if (curve[best].falseAlarmsPerHour > falseAlarmsPerHour) throw noThreshold(curve[best], falseAlarmsPerHour);
  for (let i = curve.length - 1; i >= 0 && curve[i].falseAlarmsPerHour <= falseAlarmsPerHour; i--) best = i;
  return curve[best];
}

/**
 * {@link calibrateThreshold} for each word by itself. The false alarms are shared among the words so that none is
 * left unheard for the sake of others: the sum of the squares of the shares missed is the least; of words that
 * are not said in the recordings each has an equal part. Where another of the words was said counts as sound without it.
 *
 * @param falseAlarmsPerHour of all words together at most so many
 * @returns by word
 * @throws SeqkitError as {@link calibrateThreshold}
 */
export function calibrateThresholds(
  recordings: readonly ScoredRecording[],
  firing: FiringSettings,
  falseAlarmsPerHour: number,
): Record<string, TradeoffPoint> {
  checkCalibration(recordings, firing, falseAlarmsPerHour, 'calibrateThresholds');
  const words = recordings[0]?.triggers ?? [];
  const hours = hoursOf(recordings);
  const curves = words.map((word) => {
    const own = recordings.map((recording) => scoresOfWord(recording, word));
    return tradeoffCurve(own, firing, CALIBRATION_THRESHOLDS).map((point) => ({
      ...{ point, threshold: point.threshold, missed: point.missed },
      alarms: Math.round(point.falseAlarmsPerHour * hours),
    }));
  });
  const shared = shareAlarms(curves, falseAlarmsPerHour * hours);
  if (shared === undefined) {
    const least = curves.map((curve) => curve[curve.length - 1].point);
    const worst = least.reduce(
      (most, { falseAlarmsPerHour: rate }, n) => (rate > least[most].falseAlarmsPerHour ? n : most),
      0,
    );
    throw noThreshold(least[worst], falseAlarmsPerHour, words.length === 1 ? undefined : words[worst]);
  }
  return Object.fromEntries(words.map((word, n) => [word, shared[n].point]));
}

function checkCalibration(
  recordings: readonly ScoredRecording[],
  firing: FiringSettings,
  falseAlarmsPerHour: number,
  where: string,
): void {
  checkRecordings(recordings, where);
  firingSettings.parse(firing, `${where}: firing`);
  alarmRate.parse(falseAlarmsPerHour, `${where}: falseAlarmsPerHour`);
  const hours = hoursOf(recordings);
  if (hours * falseAlarmsPerHour < 1) {
    throw new SeqkitError(
      `${hours.toFixed(2)} h of sound cannot show a rate of ${falseAlarmsPerHour} false alarms an hour.`,
      {
        code: 'too-little-data',
        hint: `Give at least ${(1 / falseAlarmsPerHour).toFixed(1)} h without the word, or ask for a higher rate.`,
      },
    );
  }
}

function hoursOf(recordings: readonly ScoredRecording[]): number {
  return recordings.reduce((sum, { seconds }) => sum + seconds / 3600, 0);
}

/** @param word whose threshold it is, where there are several */
function noThreshold(highest: TradeoffPoint, falseAlarmsPerHour: number, word?: string): SeqkitError {
  return new SeqkitError(
    `At every threshold, up to 1, there are more than ${falseAlarmsPerHour} false alarms an hour` +
      `${word === undefined ? '' : `, most of them of "${word}"`}: ` +
      `${highest.falseAlarmsPerHour.toFixed(1)} at the least.`,
    {
      code: 'bad-value',
      hint: 'The model is sure of what is not the word: train it further, with such sounds among the false alarms.',
    },
  );
}
