import { Adam, Dense, Dropout, LSTM, OneHot, Random, Sequential } from 'seqkit/rnn';
import { Word2Vec } from 'seqkit/embeddings';

/**
 * The file of a model after some steps with dropout and Adam on so many threads of the wasm engine.
 * @param onceUnderWay called once, after the first epoch, which many more then follow
 */
export async function trainThreaded(threads, onceUnderWay) {
  const [N, T, V, H] = [24, 20, 40, 96];
  const random = new Random(4);
  const tokens = () => ({ data: Int32Array.from({ length: N * T }, () => random.integer(V)), shape: [N, T] });
  const model = new Sequential(
    [
      new OneHot({ depth: V }),
      new LSTM({ units: H, returnSequences: true }),
      new Dropout({ rate: 0.2 }),
      new LSTM({ units: H, returnSequences: true }),
      new Dense({ units: V }),
    ],
    { engine: 'wasm', threads, seed: 2 },
  );
  model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: new Adam({ globalClipNorm: 1 }) });
  await model.fit(tokens(), tokens(), {
    batchSize: 10,
    epochs: onceUnderWay ? 10_000 : 3,
    onEpoch: ({ epoch }) => void (epoch === 1 && onceUnderWay?.()),
  });
  const bytes = model.toBytes();
  await model.dispose();
  return bytes;
}

/** Word vectors on two threads for longer than anybody waits. */
export async function trainWordsThreaded(onceUnderWay) {
  const random = new Random(5);
  const sentences = Array.from({ length: 2_000 }, () =>
    Array.from({ length: 20 }, () => `w${random.integer(200)}`),
  );
  let told = 0;
  const model = new Word2Vec({ vectorSize: 20, minCount: 1, workers: 2, seed: 1, epochs: 10_000 });
  await model.fit(sentences, {
    onProgress() {
      // By then the threads have started.
      if (++told === 20) onceUnderWay();
    },
  });
}
