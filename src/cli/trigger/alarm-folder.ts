import { join } from 'node:path';
import { appendSamples } from '../../audio/signal/append-samples.js';
import type { TriggerEvent } from '../../audio/detection/stream-events.js';
import { encodeWav } from '../../audio/signal/wav.js';
import { writeFileAtomic } from '../../base/host/files.js';
import { makeFolder } from '../../base/host/folders.js';

/** An alarm is saved with so much of what was before and after it. */
const BEFORE_SECONDS = 2;
const AFTER_SECONDS = 1;

export interface FalseAlarmFolderOptions {
  /** Hz, of the sound. */
  sampleRate: number;
  /** What the file of an alarm is called. */
  nameOf: (event: TriggerEvent) => string;
  /** Replaces files that are there. @default false */
  force?: boolean;
  /** Called with the path of each file that is written. */
  onSaved?: (file: string, event: TriggerEvent) => void;
}

/** Keeps the last seconds of sound, and writes them when an alarm has its own second behind it. */
export class FalseAlarmFolder {
  readonly #folder: string;
  readonly #options: FalseAlarmFolderOptions;
  #sound: Float32Array = new Float32Array(0);
  /** Number of the first sample of `#sound`. */
  #start = 0;
  #waiting: TriggerEvent[] = [];

  /** @throws SeqkitError `file-access` where the folder cannot be made */
  constructor(folder: string, options: FalseAlarmFolderOptions) {
    makeFolder(folder);
    this.#folder = folder;
    this.#options = options;
  }

  /** Takes note of an alarm in sound that is about to be pushed. */
  heard(event: TriggerEvent): void {
    this.#waiting.push(event);
  }

  /** @throws SeqkitError `file-exists`, `file-access` where an alarm cannot be written */
  async push(samples: Float32Array): Promise<void> {
    const { sampleRate } = this.#options;
    this.#sound = appendSamples(this.#sound, samples);
    const until = this.#start + this.#sound.length;
    await this.#write(({ timeSeconds }) => (timeSeconds + AFTER_SECONDS) * sampleRate <= until);
    // What no waiting alarm, and none to come, reaches back to.
    const earliest = Math.min(until / sampleRate - 1, ...this.#waiting.map(({ timeSeconds }) => timeSeconds));
    const drop = Math.max(0, Math.floor((earliest - BEFORE_SECONDS) * sampleRate) - this.#start);
    this.#sound = this.#sound.slice(drop);
    this.#start += drop;
  }

  /** The sound is over: writes what is left. */
  async end(): Promise<void> {
    await this.#write(() => true);
  }

  async #write(isDue: (event: TriggerEvent) => boolean): Promise<void> {
    const { sampleRate, nameOf, force = false, onSaved } = this.#options;
    const due = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((event) => !isDue(event));
    for (const event of due) {
      const at = (seconds: number) => Math.max(0, Math.round(seconds * sampleRate) - this.#start);
      const [from, to] = [event.timeSeconds - BEFORE_SECONDS, event.timeSeconds + AFTER_SECONDS].map(at);
      const file = join(this.#folder, nameOf(event));
      await writeFileAtomic(file, encodeWav({ samples: this.#sound.slice(from, to), sampleRate }), { force });
      onSaved?.(file, event);
    }
  }
}
