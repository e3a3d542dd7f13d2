import { SeqkitError } from '../../../base/errors.js';
import type { SyncExecutable, SyncSession } from '../../program/engine.js';
import type { KernelName } from '../../program/kernels.js';
import type { Buffer, Matrix, Program, Step } from '../../program/program.js';
import { cells } from './cells.js';
import { convolution2d } from './convolution-2d.js';
import { ctc } from './ctc.js';
import type { ReferenceKernels } from './kernel.js';
import { leakyRelu } from './leaky-relu.js';
import { losses } from './losses.js';
import { normalization } from './normalization.js';
import { optimization } from './optimization.js';
import { pointwise } from './pointwise.js';
import { pooling } from './pooling.js';
import { pooling2d } from './pooling-2d.js';
import { products } from './products.js';
import { rows } from './rows.js';
import { viewOf } from './view.js';

const kernels: ReferenceKernels<KernelName> = {
  ...products,
  ...pointwise,
  ...cells,
  ...normalization,
  ...losses,
  ...ctc,
  ...optimization,
  ...pooling,
  ...convolution2d,
  ...pooling2d,
  ...leakyRelu,
  ...rows,
};

/** All kernels there are, for tests that must leave none out. */
export const kernelNames = Object.keys(kernels) as KernelName[];

/** The judge: every kernel as its definition reads, in float64, slow and obvious. A session at once. */
export function createReferenceSession(): SyncSession {
  const kept = new Map<string, Float64Array>();

  function find(name: string): Float64Array {
    const data = kept.get(name);
    if (data === undefined) throw new RangeError(`no parameter or state is named "${name}"`);
    return data;
  }

  return {
    engine: 'reference',
    compile: (program) => prepare(program, kept),
    has: (name) => kept.has(name),
    read: (name) => find(name).slice(),
    write(name, values) {
      const data = kept.get(name);
      if (data === undefined) kept.set(name, Float64Array.from(values));
      else setAll(data, values, name);
    },
    dispose: () => kept.clear(),
  };
}

function prepare(program: Program, kept: Map<string, Float64Array>): SyncExecutable {
  const own = new Map<string, Float64Array>();
  for (const buffer of program.buffers) {
    const home = isKept(buffer) ? kept : own;
    const data = home.get(buffer.name);
    if (data === undefined) {
      // NaN shows a temporary that is read before it is written.
      home.set(buffer.name, new Float64Array(buffer.size).fill(buffer.kind === 'temporary' ? NaN : 0));
    } else if (data.length !== buffer.size) {
      throw new SeqkitError(
        `"${buffer.name}" holds ${data.length} numbers; the program "${program.name}" needs ${buffer.size}.`,
        { code: 'bad-shape' },
      );
    }
  }
  const dataOf = (buffer: Buffer): Float64Array => (isKept(buffer) ? kept : own).get(buffer.name)!;
  const calls = program.steps.map((step) => bind(step, dataOf));
  const find = (name: string): Float64Array => {
    const data = own.get(name);
    if (data === undefined) throw new RangeError(`the program "${program.name}" has no "${name}"`);
    return data;
  };
  return {
    write: (input, values) => setAll(find(input), values, input),
    run() {
      for (const call of calls) call();
    },
    read: find,
    dispose: () => own.clear(),
  };
}

const isKept = (buffer: Buffer): boolean => buffer.kind === 'parameter' || buffer.kind === 'state';

function bind(step: Step, dataOf: (buffer: Buffer) => Float64Array): () => void {
  const views = (operands: object): object =>
    Object.fromEntries(
      Object.entries(operands as Record<string, Matrix | undefined>).map(([key, matrix]) => [
        key,
        matrix && viewOf(matrix, dataOf(matrix.buffer)),
      ]),
    );
  const kernel = kernels[step.kernel] as (inputs: object, outputs: object, settings: object) => void;
  const inputs = views(step.inputs);
  const outputs = views(step.outputs);
  return () => kernel(inputs, outputs, step.settings);
}

function setAll(data: Float64Array, values: ArrayLike<number>, name: string): void {
  if (values.length !== data.length) {
    throw new SeqkitError(`"${name}" takes ${data.length} numbers; ${values.length} were given.`, {
      code: 'bad-shape',
    });
  }
  data.set(values);
}
