import type { ListenAnswer, ListenRequest } from './trigger-worker.js';
import TriggerWorker from './trigger-worker.ts?worker&inline';
import processorAddress from '../../examples/listen-in-page/processor.js?worker&url';

/** What a test asks of the page; numbers come as plain arrays. */
export interface TriggerPage {
  listen(
    request: Omit<ListenRequest, 'model' | 'samples'> & { model: number[]; samples: number[] },
  ): Promise<ListenAnswer>;
  /** The same on an audio thread, by the processor of the example; `steps` scores are waited for. */
  listenInWorklet(request: WorkletRequest): Promise<ListenAnswer>;
}

/** Sound for an audio thread, and what is to come of it. */
export interface WorkletRequest {
  model: number[];
  samples: number[];
  sampleRate: number;
  threshold: number;
  steps: number;
  /** Of a model that hears through one. */
  embedding?: number[];
}

/** What the processor of the example posts. */
type ProcessorMessage =
  | { type: 'ready'; words: string[] }
  | { type: 'error'; message: string }
  | { type: 'score'; score: number }
  | { type: 'trigger'; word: string; timeSeconds: number };

const page: TriggerPage = {
  listen(request) {
    const worker = new TriggerWorker();
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<ListenAnswer>) => {
        worker.terminate();
        resolve(data);
      };
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage({
        ...request,
        model: Uint8Array.from(request.model),
        samples: Float32Array.from(request.samples),
      } satisfies ListenRequest);
    });
  },
  async listenInWorklet({ model, samples, sampleRate, threshold, steps, embedding }) {
    const context = new OfflineAudioContext(1, samples.length, sampleRate);
    await context.audioWorklet.addModule(processorAddress);
    const node = new AudioWorkletNode(context, 'seqkit-trigger', {
      processorOptions: {
        ...{ model: Uint8Array.from(model), threshold },
        ...(embedding && { embedding: Uint8Array.from(embedding) }),
      },
    });
    const answer: ListenAnswer = { scores: [], events: [] };
    const source = context.createBufferSource();
    source.buffer = context.createBuffer(1, samples.length, sampleRate);
    source.buffer.copyToChannel(Float32Array.from(samples), 0);
    source.connect(node).connect(context.destination);
    source.start();
    return new Promise((resolve, reject) => {
      node.port.onmessage = ({ data }: MessageEvent<ProcessorMessage>) => {
        if (data.type === 'ready') context.startRendering().catch(reject);
        else if (data.type === 'error') reject(new Error(data.message));
        else if (data.type === 'trigger') answer.events.push(data);
        else if (answer.scores.push(data.score) === steps) resolve(answer);
      };
      node.onprocessorerror = () => reject(new Error('the processor failed'));
    });
  },
};

Object.assign(globalThis, { triggerPage: page });
