import { TriggerModel } from 'seqkit/audio';

/** What a page asks of the worker. */
export interface ListenRequest {
  model: Uint8Array;
  samples: Float32Array;
  sampleRate: number;
  /** Lengths of the pieces in which the sound comes, over and over. */
  pieces: number[];
  threshold: number;
}

/** What the worker heard. */
export interface ListenAnswer {
  scores: number[];
  events: { word: string; timeSeconds: number }[];
}

self.onmessage = async ({ data }: MessageEvent<ListenRequest>) => {
  const { samples, sampleRate, pieces, threshold } = data;
  const model = await TriggerModel.load(data.model);
  const stream = model.stream({ sampleRate, threshold });
  const scores: number[] = [];
  stream.on('score', ({ score }) => void scores.push(score));
  const events = [];
  for (let at = 0, k = 0; at < samples.length; at += pieces[k++ % pieces.length]) {
    events.push(...stream.push(samples.subarray(at, at + pieces[k % pieces.length])));
  }
  events.push(...stream.flush());
  stream.dispose();
  self.postMessage({ scores, events } satisfies ListenAnswer);
};
