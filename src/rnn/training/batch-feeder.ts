import { dropoutKeys } from '../program/dropout-bits.js';
import type { Executable } from '../program/engine.js';
import { SeqkitError } from '../../base/errors.js';
import { inputName, maskName, portName } from '../weights/trace.js';
import { sizeOf, type Tensor } from '../program/tensor.js';
import { checkTokens } from './tokens.js';
import { weightsPerExample, type Examples } from './examples.js';
import type { ModelProgram, OutputPort } from './model-programs.js';

/** What of which examples goes into a batch. */
interface Placed {
  readonly source: Tensor;
  /** The example in a row of the batch, -1 for padding. */
  readonly row: (n: number) => number;
  readonly time: number;
  readonly columns: number;
  /** Steps of each example; what comes after them is written as 0. */
  readonly lengths?: Int32Array | undefined;
}

/**
 * Writes batches into the inputs of one program: turns (N, T, D) into time-major rows, pads a
 * short batch with rows of weight 0, masks what lies beyond an example's length, sorts token
 * positions, and renews dropout keys.
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
    inputs.forEach(({ time = 1, steps = 1, features, tokens, masked }, i) => {
      const source = examples.inputs.at(i);
      if (!source) throw new SeqkitError(`Input ${i} is missing.`, { code: 'usage' });
      const lengths = masked ? examples.lengths[i] : undefined;
      this.#place(inputName(i), { source, row, time, columns: steps * features, lengths });
      if (lengths) this.#fillMask(maskName(i), lengths, row, time);
      if (tokens !== undefined) this.#sortTokens(i, tokens);
    });
    const valid = this.#inputs.get('valid');
    if (valid) {
      for (let n = 0; n < size.batch; n++) valid[n] = n < count ? 1 : 0;
      this.#executable.write('valid', valid);
    }
    outputs.forEach((output, i) => {
      if (!this.#inputs.has(portName('weights', i))) return;
      const name = portName('targets', i);
      const target = this.#inputs.get(name);
      if (target) {
        const source = examples.targets.at(i);
        if (!source) throw new SeqkitError('Targets are missing.', { code: 'usage' });
        const time = rowsOf(output);
        this.#place(name, { source, row, time, columns: target.length / (time * size.batch) });
      }
      const weights = this.#fillWeights(portName('weights', i), examples, i, row, count);
      if (!target) return;
      this.#clearUncounted(name, target, weights);
      this.#checkTargets(target, output, examples, row);
    });
  }

  /** Renews the keys of every dropout site for this training step. */
  renewDropout(seed: number, step: number): void {
    this.#model.dropoutSites.forEach((site, i) => this.#executable.write(site, dropoutKeys(seed, i, step)));
  }

  /** (example, time, column) to row time * N + n; zero for padding. */
  #place(input: string, { source, row, time, columns, lengths }: Placed): void {
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
      const steps = example < 0 ? 0 : (lengths?.[example] ?? time);
      for (let t = 0; t < time; t++) {
        const to = (t * batch + n) * columns;
        const from = example * stride + t * columns;
        for (let c = 0; c < columns; c++) target[to + c] = t < steps ? data[from + c] : 0;
      }
    }
    this.#executable.write(input, target);
  }

  /** 1 for the steps of each example, 0 beyond them and for padding. */
  #fillMask(input: string, lengths: Int32Array, row: (n: number) => number, time: number): void {
    const mask = this.#inputs.get(input)!;
    const { batch } = this.#model.size;
    for (let n = 0; n < batch; n++) {
      const example = row(n);
      const steps = example < 0 ? 0 : lengths[example];
      for (let t = 0; t < time; t++) mask[t * batch + n] = t < steps ? 1 : 0;
    }
    this.#executable.write(input, mask);
  }

  #checkTargets(
    targets: Float64Array,
    { loss, features, time = 1, lengthsOf, hidesRows }: OutputPort,
    examples: Examples,
    row: (n: number) => number,
  ): void {
    // In rows that a mask hides anything may stand.
    if (loss?.range && !hidesRows) checkRange(targets, loss.range, loss.name);
    if (loss?.targets !== 'classes' && loss?.targets !== 'labels') return;
    for (const target of targets) {
      if (target >= 0 && target < features && Number.isInteger(target)) continue;
      throw new SeqkitError(
        `The target ${target} is not a class: a whole number from 0 to ${features - 1}.`,
        {
          code: 'bad-value',
          hint: 'Give the last layer as many units as there are classes. Padding needs a class too, such as 0, unless lengths say where it begins.',
        },
      );
    }
    if (loss.targets !== 'labels') return;
    const { batch } = this.#model.size;
    const lengths = lengthsOf === undefined ? undefined : examples.lengths[lengthsOf];
    const columns = targets.length / batch;
    for (let n = 0; n < batch; n++) {
      const example = row(n);
      if (example < 0) continue;
      const labels = targets.subarray(n * columns, (n + 1) * columns);
      loss.checkLabels(labels, lengths?.[example] ?? time, example);
    }
  }

  /** Targets of rows that do not count may be anything; they become 0, which is a class too. */
  #clearUncounted(input: string, targets: Float64Array, weights: Float64Array): void {
    const columns = targets.length / weights.length;
    let changed = false;
    weights.forEach((weight, row) => {
      if (weight !== 0) return;
      targets.fill(0, row * columns, (row + 1) * columns);
      changed = true;
    });
    if (changed) this.#executable.write(input, targets);
  }

  /** Each row's weight over the count of rows; 0 for padding, and beyond an example's length where the host knows it. */
  #fillWeights(
    input: string,
    examples: Examples,
    index: number,
    row: (n: number) => number,
    count: number,
  ): Float64Array {
    const weights = this.#inputs.get(input)!;
    const source = examples.weights.at(index);
    const output = this.#model.outputs[index];
    const lengths = output.lengthsOf === undefined ? undefined : examples.lengths[output.lengthsOf];
    const { batch } = this.#model.size;
    const time = rowsOf(output);
    const perExample = source ? weightsPerExample(source, time) : 1;
    const divisor = count * time;
    for (let n = 0; n < batch; n++) {
      const example = row(n);
      for (let t = 0; t < time; t++) {
        const weight = source ? source.data[example * perExample + (perExample === 1 ? 0 : t)] : 1;
        const counts = example >= 0 && (lengths === undefined || t < lengths[example]);
        weights[t * batch + n] = counts ? weight / divisor : 0;
      }
    }
    this.#executable.write(input, weights);
    return weights;
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

/** How many rows of targets and weights an example has: one for each time step, unless the loss is one for all. */
function rowsOf({ loss, time = 1 }: OutputPort): number {
  return loss?.targets === 'labels' ? 1 : time;
}

/** @throws SeqkitError `bad-value` for a target that is no number of the range */
function checkRange(targets: Float64Array, [least, most]: readonly [number, number], loss: string): void {
  for (const target of targets) {
    if (target >= least && target <= most) continue;
    throw new SeqkitError(`The target ${target} is not from ${least} to ${most}, as ${loss} takes them.`, {
      code: 'bad-value',
      hint: `Give targets from ${least} to ${most}; take meanSquaredError for other numbers.`,
    });
  }
}
