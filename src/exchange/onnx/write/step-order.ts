import type { Flow } from './flow.js';
import type { Writing } from './writing.js';

/**
 * Time steps that count moved to the front of each sequence, so that ONNX's recurrent operators, which know lengths
 * alone, walk over them; and back. Any steps may be masked, not only those at the end.
 */
export class StepOrder {
  readonly #writing: Writing;
  /** (N, T, 1), whole numbers: how many steps count up to and with this one. */
  readonly #counted: string;
  readonly #mask: string;
  /** (N, T): where each step of the front comes from. */
  readonly #sources: string;
  /** (N), 32-bit whole numbers: how many steps count. */
  readonly lengths: string;

  private constructor(writing: Writing, mask: string) {
    this.#writing = writing;
    this.#mask = mask;
    const { builder } = writing;
    const op = writing.op.bind(writing);
    this.#counted = op('CumSum', [mask, builder.int(1)]);
    const total = op('ReduceSum', [mask, builder.ints(1, 2)], { keepdims: 0 });
    this.lengths = op('Cast', [total], { to: 6 });
    // Sorted by time, with those that are masked behind the others.
    const flat = op('Squeeze', [mask, builder.ints(2)]);
    const time = op('Gather', [op('Shape', [mask]), builder.int(1)], { axis: 0 });
    const steps = op('Cast', [op('Range', [builder.int(0), time, builder.int(1)])], { to: 1 });
    const late = op('Mul', [op('Sub', [builder.scalar(1), flat]), op('Cast', [time], { to: 1 })]);
    const keys = op('Add', [late, steps]);
    const all = op('Unsqueeze', [time, builder.ints(0)]);
    const top = builder.ops('TopK', [keys, all], { axis: -1, largest: 0, sorted: 1 }, [true, true]);
    this.#sources = op('Unsqueeze', [top[1], builder.ints(2)]);
  }

  static readonly #known = new WeakMap<Writing, Map<string, StepOrder>>();

  /** The order of a mask, found once for all layers under it. */
  static of(writing: Writing, mask: string): StepOrder {
    const known = StepOrder.#known.get(writing) ?? new Map<string, StepOrder>();
    StepOrder.#known.set(writing, known);
    const order = known.get(mask) ?? new StepOrder(writing, mask);
    known.set(mask, order);
    return order;
  }

  /** (N, T, D) with the steps that count in front. */
  toFront(x: Flow): string {
    return this.#pick(x.name, this.#sources);
  }

  /**
   * (N, T, H) in the order of time again, each masked step with the state that the walk held there.
   * @param start (N, H), the state that the walk began with, if not 0
   */
  back(y: string, backwards: boolean, start: string | undefined): string {
    const { builder } = this.#writing;
    const op = this.#writing.op.bind(this.#writing);
    const first = start === undefined ? builder.scalar(0) : op('Unsqueeze', [start, builder.ints(1)]);
    if (backwards) {
      // The next step that counts: as many count before this one.
      const before = op('Sub', [this.#counted, this.#mask]);
      const held = this.#pick(y, op('Cast', [before], { to: 7 }));
      if (start === undefined) return held;
      const lengths = op('Reshape', [op('Cast', [this.lengths], { to: 1 }), builder.ints(-1, 1, 1)]);
      return op('Where', [op('Less', [before, lengths]), held, first]);
    }
    const last = op('Max', [op('Sub', [this.#counted, builder.scalar(1)]), builder.scalar(0)]);
    const held = this.#pick(y, op('Cast', [last], { to: 7 }));
    return op('Where', [op('Greater', [this.#counted, builder.scalar(0)]), held, first]);
  }

  /** (N, H): the last state, of sequences without a step that counts the one they began with. */
  lastState(state: string, start: string | undefined): string {
    if (start === undefined) return state;
    const { builder } = this.#writing;
    const op = this.#writing.op.bind(this.#writing);
    const lengths = op('Reshape', [op('Cast', [this.lengths], { to: 1 }), builder.ints(-1, 1)]);
    return op('Where', [op('Greater', [lengths, builder.scalar(0)]), state, start]);
  }

  /** Rows of x (N, T, D) by places (N, T, 1). */
  #pick(x: string, places: string): string {
    const op = this.#writing.op.bind(this.#writing);
    const wide = op('Expand', [places, op('Shape', [x])]);
    return op('GatherElements', [x, wide], { axis: 1 });
  }
}
