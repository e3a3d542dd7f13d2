import {
  describeTunes,
  lossCurve,
  MusicModel,
  readMidi,
  readTunes,
  tuneMidi,
  tuneSheet,
  tuneSound,
  type ComposedReport,
} from '../../src/text/index.js';

/** What is done with tunes, in Node and in a worker of a page alike. */
export interface MusicJob {
  /** Tunes in ABC. */
  readonly abc: string;
}

export interface MusicResult {
  readonly understood: number;
  readonly losses: readonly number[];
  readonly tunes: readonly { readonly abc: string; readonly removed: number }[];
  readonly report: ComposedReport;
  /** How many tunes come of a composition that is stopped at its start. */
  readonly stopped: number;
  /** The series of the loss curve. */
  readonly curve: readonly string[];
  readonly sheet: string;
  readonly midi: readonly number[];
  /** The tune, back from its MIDI file. */
  readonly body: string;
  /** Root mean square, and seconds. */
  readonly sound: readonly [number, number];
  /** Whether there is a page to draw into. */
  readonly hasDocument: boolean;
}

/** Learns, composes under the constraint, and makes sheet music, MIDI and sound of what came of it. */
export async function compositionOf({ abc }: MusicJob): Promise<MusicResult> {
  const { tunes } = readTunes(abc);
  const learner = new MusicModel({ cell: 'gru', units: 24, layers: 1, seed: 3, engine: 'wasm' });
  const { loss } = await learner.fit(tunes, { batchSize: 8, epochs: 2, learningRate: 0.02 });
  const model = await MusicModel.fromBytes(learner.toBytes(), { engine: 'wasm' });
  const made = await model.compose({ key: 'D', meter: '6/8', count: 3, maxBars: 8, seed: 5 });
  const stopped = await model.compose({ count: 2, signal: AbortSignal.abort() });
  const metrics = loss.map((value, i) => ({ step: i + 1, loss: value, heldOutLoss: null }));
  const midi = await tuneMidi(made[0].abc);
  const { samples, sampleRate } = await tuneSound(made[0].abc, { sampleRate: 8_000 });
  const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
  await learner.dispose();
  await model.dispose();
  return {
    understood: tunes.length,
    losses: loss,
    tunes: made.map((tune) => ({ abc: tune.abc, removed: tune.removed })),
    report: await describeTunes(made, tunes),
    stopped: stopped.length,
    curve: lossCurve(metrics, 'In a worker').series.map(({ name }) => name),
    sheet: await tuneSheet(made[0].abc),
    midi: Array.from(midi),
    body: readMidi(midi).tune.body,
    sound: [Math.sqrt(power), samples.length / sampleRate],
    hasDocument: typeof document !== 'undefined',
  };
}
