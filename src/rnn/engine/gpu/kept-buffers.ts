import { SeqkitError } from '../../../base/errors.js';
import type { Buffer } from '../../program/program.js';

/** A session's parameters and state, which live on the host between runs. */
export class KeptBuffers {
  readonly #arrays = new Map<string, Float32Array>();
  #last: Promise<unknown> = Promise.resolve();

  has(name: string): boolean {
    return this.#arrays.has(name);
  }

  get(name: string): Float32Array {
    const data = this.#arrays.get(name);
    if (data === undefined) throw new RangeError(`no parameter or state is named "${name}"`);
    return data;
  }

  write(name: string, values: ArrayLike<number>): void {
    const data = this.#arrays.get(name);
    if (data === undefined) this.#arrays.set(name, Float32Array.from(values));
    else setAll(data, values, name);
  }

  /** Makes a program's buffer where it is new, in zeros. */
  declare(buffer: Buffer, program: string): void {
    const data = this.#arrays.get(buffer.name);
    if (data === undefined) {
      this.#arrays.set(buffer.name, new Float32Array(buffer.size));
    } else if (data.length !== buffer.size) {
      throw new SeqkitError(
        `"${buffer.name}" holds ${data.length} numbers; the program "${program}" needs ${buffer.size}.`,
        { code: 'bad-shape' },
      );
    }
  }

  /** Runs these one after another: each reads what the one before it left. */
  inTurn(run: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  clear(): void {
    this.#arrays.clear();
  }
}

/** Fills an array, or says that the values do not fit it. */
export function setAll(data: Float32Array, values: ArrayLike<number>, name: string): void {
  if (values.length !== data.length) {
    throw new SeqkitError(`"${name}" takes ${data.length} numbers; ${values.length} were given.`, {
      code: 'bad-shape',
    });
  }
  data.set(values);
}
