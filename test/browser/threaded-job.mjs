import { Adam, Dense, Dropout, LSTM, OneHot, Random, Sequential } from '../../dist/rnn/index.js';

/** The file of a model after some steps with dropout and Adam on so many threads of the wasm engine. */
export async function trainThreaded(threads) {
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
  await model.fit(tokens(), tokens(), { batchSize: 10, epochs: 3 });
  const bytes = model.toBytes();
  await model.dispose();
  return bytes;
}
