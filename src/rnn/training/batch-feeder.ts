import { dropoutKeys } from '../engine/dropout-bits.js';
import type { Executable } from '../engine/engine.js';
import { SeqkitError } from '../errors.js';
import { inputName, portName } from '../layers/trace.js';
import { sizeOf, type Tensor } from '../tensor.js';
import { checkTokens } from '../tokens.js';
import type { ModelProgram, OutputPort } from './model-programs.js';

/** Examples with their targets: what one call of `fit` goes over. */
export interface Examples {
  /** (N, T, D), (N, D), or tokens (N, T). */
  readonly x: Tensor;
  /** Targets with the model's output rows, or undefined for inference. */
  readonly y?: Tensor | undefined;
  /** A weight for each example (N) or each of its output rows (N, T). @default 1 */
  readonly sampleWeight?: Tensor | undefined;
  /** What further inputs and outputs take, by the names `x/1`, `targets/1`, `weights/1` and so on. */
  readonly ports?: ReadonlyMap<string, Tensor> | undefined;
}

/**
 * Writes batches into the inputs of one program: turns (N, T, D) into time-major rows, pads a
 * short batch with rows of weight 0, sorts token positions, and renews dropout keys.
 */
export class BatchFeeder {
  readonly #model: ModelProgram;
  readonly #executable: Executable;
  // Float64, or the float64 engine would be fed rounded numbers.
  readonly #inputs = new Map<string, Float64Array>();

  constructor(model: ModelProgram, executable: Executable) {
    this.#model = model;
    this.#executable = executable;
    for (const buffer of model.program.buffers) {
      if (buffer.kind === 'input') this.#inputs.set(buffer.name, new Float64Array(buffer.size));
    }
  }

  /** Writes the examples whose numbers stand in `indices` from `start` on, `count` of them. */
  fill(examples: Examples, indices: ArrayLike<number>, start: number, count: number): void {
    const { size, inputs, outputs } = this.#model;
    const row = (n: number): number => (n < count ? indices[start + n] : -1);
    const given = (name: string, first: Tensor | undefined): Tensor | undefined =>
      name.includes('/') ? examples.ports?.get(name) : first;
    inputs.forEach(({ time, features, tokens }, i) => {
      const name = inputName(i);
      const source = given(name, examples.x);
      if (!source) throw new SeqkitError(`Input ${i} is missing.`, { code: 'usage' });
      this.#place(name, source, row, time ?? 1, features);
      if (tokens !== undefined) this.#sortTokens(i, tokens);
    });
    const valid = this.#inputs.get('valid');
    if (valid) {
      for (let n = 0; n < size.batch; n++) valid[n] = n < count ? 1 : 0;
      this.#executable.write('valid', valid);
    }
    outputs.forEach((output, i) => {
      const name = portName('targets', i);
      const target = this.#inputs.get(name);
      if (!target) return;
      const source = given(name, examples.y);
      if (!source) throw new SeqkitError('Targets are missing.', { code: 'usage' });
      const time = output.time ?? 1;
      this.#place(name, source, row, time, target.length / (time * size.batch));
      this.#checkClasses(target, output.targetClasses);
      const weights = portName('weights', i);
      this.#fillWeights(weights, given(weights, examples.sampleWeight), output, row, count);
    });
  }

  /** Renews the keys of every dropout site for this training step. */
  renewDropout(seed: number, step: number): void {
    this.#model.dropoutSites.forEach((site, i) => this.#executable.write(site, dropoutKeys(seed, i, step)));
  }

  /** (example, time, column) to row time * N + n; zero for padding. */
  #place(input: string, source: Tensor, row: (n: number) => number, time: number, columns: number): void {
    const target = this.#inputs.get(input)!;
    const { batch } = this.#model.size;
    const stride = time * columns;
    const perExample = sizeOf(source.shape.slice(1));
    if (perExample !== stride) {
      throw new SeqkitError(
        `Each example of ${input.startsWith('x') ? 'the input' : 'the targets'} holds ${perExample} numbers, shape (${source.shape.slice(1).join(', ')}); ${time} x ${columns} are needed.`,
        { code: 'bad-shape' },
      );
    }
    const { data } = source;
    for (let n = 0; n < batch; n++) {
      const example = row(n);
      for (let t = 0; t < time; t++) {
        const to = (t * batch + n) * columns;
        const from = example * stride + t * columns;
        for (let c = 0; c < columns; c++) target[to + c] = example < 0 ? 0 : data[from + c];
      }
    }
    this.#executable.write(input, target);
  }

  #checkClasses(targets: Float64Array, targetClasses: number | undefined): void {
    if (targetClasses === undefined) return;
    for (const target of targets) {
      if (target >= 0 && target < targetClasses && Number.isInteger(target)) continue;
      throw new SeqkitError(
        `The target ${target} is not a class: a whole number from 0 to ${targetClasses - 1}.`,
        { code: 'bad-value', hint: 'Give the last layer as many units as there are classes.' },
      );
    }
  }

  #fillWeights(
    input: string,
    source: Tensor | undefined,
    output: OutputPort,
    row: (n: number) => number,
    count: number,
  ): void {
    const weights = this.#inputs.get(input)!;
    const { batch } = this.#model.size;
    const time = output.time ?? 1;
    const perExample = source ? sizeOf(source.shape.slice(1)) : 1;
    if (perExample !== 1 && perExample !== time) {
      throw new SeqkitError(
        `Sample weights of shape (${source!.shape.join(', ')}) do not fit ${time} output rows an example.`,
        { code: 'bad-shape', hint: 'Give one weight for each example, or one for each of its time steps.' },
      );
    }
    const divisor = count * time;
    for (let n = 0; n < batch; n++) {
      const example = row(n);
      for (let t = 0; t < time; t++) {
        const weight = source ? source.data[example * perExample + (perExample === 1 ? 0 : t)] : 1;
        weights[t * batch + n] = example < 0 ? 0 : weight / divisor;
      }
    }
    this.#executable.write(input, weights);
  }

  /** Checks the tokens, and sorts their positions by token where a gradient needs that. */
  #sortTokens(index: number, tokens: number): void {
    const x = this.#inputs.get(inputName(index))!;
    checkTokens(x, tokens);
    const [orderName, offsetsName] = [portName('order', index), portName('offsets', index)];
    const order = this.#inputs.get(orderName);
    const offsets = this.#inputs.get(offsetsName);
    if (!order || !offsets) return;
    offsets.fill(0);
    for (const token of x) offsets[token + 1]++;
    for (let v = 0; v < tokens; v++) offsets[v + 1] += offsets[v];
    const next = offsets.slice(0, tokens);
    for (let i = 0; i < x.length; i++) order[next[x[i]]++] = i;
    this.#executable.write(orderName, order);
    this.#executable.write(offsetsName, offsets);
  }
}
