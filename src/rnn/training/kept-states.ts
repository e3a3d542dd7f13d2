import { SeqkitError } from '../../base/errors.js';
import { carriedOfName, type CarriedState } from '../program/carried-state.js';
import type { Floats, Session } from '../program/engine.js';
import type { Program } from '../program/program.js';
import { sizeOf } from '../program/tensor.js';
import type { Weight } from '../weights/weight.js';
import { averageName } from './optimizers/average-name.js';
import type { CarriedBy, TrainingState } from './training-state.js';

interface KeptState {
  readonly size: number;
  /** Whose it is, where a layer carries it from run to run; not the optimizer's. */
  readonly carried: CarriedState | undefined;
}

/** What the session of a model keeps from step to step besides the weights: the optimizer's and carried states. */
export class KeptStates {
  readonly #session: Session;
  readonly #graph: { readonly weights: readonly Weight[] };
  /** By name. */
  readonly #states = new Map<string, KeptState>();

  /** @param graph whose weights they stand beside */
  constructor(session: Session, graph: { readonly weights: readonly Weight[] }) {
    this.#session = session;
    this.#graph = graph;
  }

  /** Notes those of a program. @param begun whether steps were taken before: a new average then begins at its weight */
  note({ buffers }: Program, begun: boolean): void {
    const weights = new Set(this.#graph.weights.map(({ name }) => name));
    for (const { kind, name, size, carried } of buffers) {
      if (kind !== 'state' || weights.has(name)) continue;
      if (begun && !this.#states.has(name)) this.#beginAverage(name);
      this.#states.set(name, { size, carried });
    }
  }

  /** Copies of the weights and of all that is kept, by name. */
  read(): Map<string, Floats> {
    const names = [...this.#graph.weights.map(({ name }) => name), ...this.#states.keys()];
    return new Map(names.map((name) => [name, this.#session.read(name)]));
  }

  /**
   * Puts back what `read` gave; what was not there then becomes 0.
   * @throws SeqkitError `bad-file` where a weight is missing or of another size, before anything is changed
   */
  write(buffers: TrainingState['buffers']): void {
    this.#checkFits(buffers);
    this.zero();
    const weights = new Set(this.#graph.weights.map(({ name }) => name));
    for (const [name, values] of buffers) {
      if (!weights.has(name)) {
        this.#states.set(name, { size: values.length, carried: carriedOfName(name) });
      }
      this.#session.write(name, values);
    }
  }

  /** Sets to 0: all, those of the optimizer, or the carried ones of all programs or of one. */
  zero(which: 'all' | 'optimizer' | { readonly carriedBy: CarriedBy | undefined } = 'all'): void {
    for (const [name, { size, carried }] of this.#states) {
      if (which === 'optimizer' && carried !== undefined) continue;
      if (typeof which === 'object') {
        const { carriedBy } = which;
        if (carried === undefined || (carriedBy !== undefined && carried.program !== carriedBy)) continue;
      }
      this.#session.write(name, new Float32Array(size));
    }
  }

  /** Puts the moving averages of trained weights in the place of the weights. */
  useAverages(): void {
    for (const weight of this.#graph.weights) {
      const average = averageName(weight);
      if (weight.trainable && this.#states.has(average)) {
        this.#session.write(weight.name, this.#session.read(average));
      }
    }
  }

  /** The average of a weight that is trained only after the first step begins at its value. */
  #beginAverage(name: string): void {
    const weight = this.#graph.weights.find((one) => averageName(one) === name);
    if (weight) this.#session.write(name, this.#session.read(weight.name));
  }

  #checkFits(buffers: TrainingState['buffers']): void {
    const missing = this.#graph.weights.filter(({ name }) => !buffers.has(name)).map(({ name }) => name);
    if (missing.length > 0) {
      throw new SeqkitError(`The training state lacks ${missing.join(', ')}.`, { code: 'bad-file' });
    }
    const sizes = new Map([
      ...this.#graph.weights.map(({ name, shape }) => [name, sizeOf(shape)] as const),
      ...[...this.#states].map(([name, { size }]) => [name, size] as const),
    ]);
    for (const [name, { length }] of buffers) {
      const size = sizes.get(name);
      if (size === undefined || size === length) continue;
      throw new SeqkitError(`The training state has ${length} numbers for "${name}", which takes ${size}.`, {
        code: 'bad-file',
      });
    }
  }
}
