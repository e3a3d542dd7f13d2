import { EventLoopYielder } from '../../base/host/yield-to-event-loop.js';
import { objectTransform, type ObjectTransform } from '../../base/host/node-streams.js';
import type { ReadableStreamLike, WebTransformStream } from '../../base/host/web-streams.js';
import { wrongValue } from '../../base/schema/index.js';
import type { TriggerEvent } from '../detection/stream-events.js';
import type { TriggerStream } from '../detection/trigger-stream.js';
import { SampleReader, type SoundChunk } from './sample-reader.js';
import type { SoundFormat } from './listen-options.js';

/** A stream of sound: of Node, of pages, or anything that can be gone through. */
export type SoundStream = AsyncIterable<SoundChunk> | Iterable<SoundChunk> | ReadableStreamLike<SoundChunk>;

/** A stream of Node's that takes sound and gives what was heard in it. */
export type TriggerTransform = ObjectTransform<TriggerEvent>;

/** So much of a long chunk is heard before others may have their turn. */
const PART_SAMPLES = 4096;

/** Hears the word in chunks of sound of one format. */
export class SoundListener {
  readonly #stream: TriggerStream;
  readonly #reader: SampleReader;

  /** @param stream is the listener's own, and disposed with it */
  constructor(stream: TriggerStream, format: SoundFormat) {
    this.#stream = stream;
    this.#reader = new SampleReader(format);
  }

  hear(chunk: unknown): TriggerEvent[] {
    return this.#stream.push(this.#reader.read(chunk));
  }

  /** What was heard at the very end. */
  flush(): TriggerEvent[] {
    return this.#stream.flush();
  }

  dispose(): void {
    this.#stream.dispose();
  }

  /** Hears a stream, a chunk at a time as the events are asked for. */
  async *through(sound: SoundStream): AsyncGenerator<TriggerEvent, void, void> {
    const eventLoop = new EventLoopYielder();
    try {
      for await (const chunk of chunksOf(sound)) {
        const samples = this.#reader.read(chunk);
        for (let at = 0; at < samples.length; at += PART_SAMPLES) {
          yield* this.#stream.push(samples.subarray(at, at + PART_SAMPLES));
          await eventLoop.give();
        }
      }
      yield* this.flush();
    } finally {
      this.dispose();
    }
  }

  toTransform(): TriggerTransform {
    return objectTransform('toTransform', {
      transform: (chunk) => this.hear(chunk),
      flush: () => this.flush(),
      dispose: () => this.dispose(),
    });
  }

  toTransformStream(): WebTransformStream {
    const give = (
      events: TriggerEvent[],
      controller: TransformStreamDefaultController<TriggerEvent>,
    ): void => {
      for (const event of events) controller.enqueue(event);
    };
    const work: Transformer<SoundChunk, TriggerEvent> & { cancel(): void } = {
      transform: (chunk, controller) => {
        try {
          give(this.hear(chunk), controller);
        } catch (error) {
          this.dispose();
          throw error;
        }
      },
      flush: (controller) => {
        give(this.flush(), controller);
        this.dispose();
      },
      // Not known to every host, where the stream then goes with what holds it.
      cancel: () => this.dispose(),
    };
    return new TransformStream(work);
  }
}

/** @throws SeqkitError `bad-value` for what is no stream */
export function checkSound(sound: unknown): SoundStream {
  const given = sound as
    Partial<AsyncIterable<unknown> & Iterable<unknown> & ReadableStreamLike<unknown>> | null | undefined;
  const isStream =
    typeof given === 'object' &&
    given !== null &&
    !ArrayBuffer.isView(given) &&
    (Symbol.asyncIterator in given || Symbol.iterator in given || typeof given.getReader === 'function');
  if (isStream) return sound as SoundStream;
  throw wrongValue(
    'listen: sound',
    'a stream of sound: a Readable of Node, a ReadableStream or an iterable of chunks',
    sound,
    ArrayBuffer.isView(sound) ? 'Give sound that is there as a whole to detect.' : undefined,
  );
}

function chunksOf(sound: SoundStream): AsyncIterable<unknown> | Iterable<unknown> {
  return 'getReader' in sound && !(Symbol.asyncIterator in sound)
    ? readerOf(sound)
    : (sound as AsyncIterable<unknown>);
}

/** A ReadableStream where it cannot be gone through by itself, as in Safari. */
async function* readerOf(sound: ReadableStreamLike<SoundChunk>): AsyncGenerator<unknown, void, void> {
  const reader = sound.getReader();
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isOver = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isOver) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}
