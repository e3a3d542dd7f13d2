import { TextModel } from 'seqkit/text';

/** What is trained and written, in Node and in a worker of a page. */
export interface TextJob {
  readonly model: ConstructorParameters<typeof TextModel>[0];
  readonly text: string;
  readonly fit: { batchSize: number; seqLength: number; steps: number };
  readonly generate: { prime: string; length: number; count: number };
}

/** What came of it. */
export interface TextOutcome {
  /** The model's file. */
  readonly bytes: number[];
  readonly loss: number;
  readonly heldOutLoss: number;
  readonly texts: string[];
  /** The same texts, as they were streamed. */
  readonly streamed: string[];
}

export async function runTextJob({ model: options, text, fit, generate }: TextJob): Promise<TextOutcome> {
  const model = new TextModel({ ...options, engine: 'wasm', threads: 1 });
  const history = await model.fit(text, fit);
  const streamed = new Array<string>(generate.count).fill('');
  for await (const piece of model.streamSamples(generate)) streamed[piece.sample] += piece.text;
  const outcome = {
    bytes: [...model.toBytes()],
    loss: history.finalLoss,
    heldOutLoss: history.heldOutLoss[0],
    texts: model.generateSamples(generate),
    streamed,
  };
  await model.dispose();
  return outcome;
}

/** What a test asks of the page: the job is done by a worker, which runs this same module. */
export interface TextPage {
  runInWorker(job: TextJob): Promise<TextOutcome>;
}

if (typeof document === 'undefined' && typeof self !== 'undefined') {
  self.onmessage = async ({ data }: MessageEvent<TextJob>) => {
    try {
      self.postMessage(await runTextJob(data));
    } catch (error) {
      self.postMessage(String(error));
    }
  };
} else if (typeof document !== 'undefined') {
  const page: TextPage = {
    runInWorker(job) {
      const worker = new Worker('/page.js', { type: 'module' });
      return new Promise<TextOutcome>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<TextOutcome | string>) =>
          typeof data === 'string' ? reject(new Error(data)) : resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(job);
      }).finally(() => worker.terminate());
    },
  };
  Object.assign(globalThis, { textPage: page });
}
