import { FastText, textCorpus, Word2Vec } from 'seqkit/embeddings';

/** What a test asks of the page, and of Node to compare. */
export interface Word2VecPage {
  /** All the bytes of a trained model, or what its training threw, and how many threads it had. */
  train(kind: 'Word2Vec' | 'FastText', text: string, options: object): Promise<Trained>;
  /**
   * The three words nearest to "cat", by our modules as they are compiled: without a bundler, the
   * module of a thread stands where the one that starts it looks.
   */
  trainOnThreads(text: string, options: object): Promise<{ workers: number; near: string[] }>;
}

export interface Trained {
  readonly bytes?: number[];
  readonly workers?: number;
  readonly nearest?: string;
  readonly error?: string;
}

export const train: Word2VecPage['train'] = async (kind, text, options) => {
  try {
    const model = kind === 'Word2Vec' ? new Word2Vec(options) : new FastText(options);
    await model.fit(textCorpus(text));
    return {
      bytes: [...model.toBytes()],
      workers: model.workers,
      nearest: model.wv.mostSimilar({ positive: ['cat'], topn: 1 })[0].word,
    };
  } catch (error) {
    return { error: String(error) };
  }
};

const trainOnThreads: Word2VecPage['trainOnThreads'] = async (text, options) => {
  const address = '/dist/browser/embeddings.js';
  const seqkit = (await import(/* @vite-ignore */ address)) as typeof import('../../src/embeddings/index.js');
  const model = new seqkit.Word2Vec(options);
  const { workers } = await model.fit(seqkit.textCorpus(text));
  const answers = model.wv.mostSimilar({ positive: ['cat'], topn: 3 });
  return { workers, near: answers.map(({ word }) => word).sort() };
};

Object.assign(globalThis, { word2VecPage: { train, trainOnThreads } satisfies Word2VecPage });
