import type { EmbeddingFile } from '../embedding/embedding-file.js';
import { SpeechEmbedding } from '../embedding/speech-embedding.js';
import { READY, runThread } from '../../base/host/threads.js';
import { ExampleMixer, type ExampleStore, type MixingPlan } from './example-mixer.js';
import { recordOf, type ExampleNumber, type ExampleRecord } from './example-record.js';
import type { SpokenWord } from '../detection/evaluation.js';

// What runs in each thread that mixes examples.

/** What such a thread starts with; the sound of the clips and the store are shared. */
export interface MixingThreadStart {
  readonly plan: Omit<MixingPlan, 'embedding'>;
  /** Of the embedding that features are made by, if they are. */
  readonly embedding?: EmbeddingFile | undefined;
  readonly store: ExampleStore;
  /** Whether to tell how each example was mixed. */
  readonly records: boolean;
}

/** Which example to mix, and where to. */
export interface MixingJob {
  place: number;
  number: ExampleNumber;
}

/** What came of a job. */
export interface MixedExample {
  said: SpokenWord[];
  record: ExampleRecord | undefined;
}

runThread(async ({ data, starter }) => {
  const { plan, embedding, store, records } = data as MixingThreadStart;
  const mixer = new ExampleMixer({ ...plan, embedding: embedding && (await SpeechEmbedding.of(embedding)) });
  const { sampleRate } = plan.clips;
  starter.post(READY);
  starter.onMessage((message) => {
    const mixed: MixedExample[] = [];
    try {
      for (const { place, number } of message as MixingJob[]) {
        const { mixture, said } = mixer.mixInto(store, place, number);
        mixed.push({ said, record: records ? recordOf(mixture, { ...number, sampleRate }) : undefined });
      }
      starter.post(mixed);
    } catch {
      // The starter mixes these itself, and so sees the error as it is.
      starter.post(undefined);
    }
  });
});
