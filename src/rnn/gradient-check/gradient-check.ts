import { openSession } from '../engine/choose.js';
import type { EngineChoice } from '../engine/engine-names.js';
import { openReferenceSession } from '../engine/reference-session.js';
import type { SyncExecutable, SyncSession } from '../program/engine.js';
import type { Buffer } from '../program/matrix.js';
import { SeqkitError } from '../../base/errors.js';
import {
  anything,
  either,
  exactly,
  flag,
  instanceOf,
  listOf,
  number,
  optional,
  optionsSchema,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import { LayerGraph } from '../graph/layer-graph.js';
import { LayerStack } from '../graph/layer-stack.js';
import { Layer } from '../layers/layer.js';
import { Masking } from '../layers/masking.js';
import { inputName } from '../weights/trace.js';
import { Random } from '../../base/math/random.js';
import { BatchFeeder } from '../training/batch-feeder.js';
import { batchSize } from '../training/batch-size.js';
import { countOf, readExamples, type Lengths, type Several } from '../training/examples.js';
import { programSize } from '../training/input-sizes.js';
import { anyLoss, type LossChoice, type LossTerm } from '../losses/loss-choice.js';
import { gradientProgram, type ModelProgram } from '../training/model-programs.js';

/** One array's gradient against finite differences. */
export interface GradientError {
  /** The weight's name, `x` for the input (`x/1` for the second), or a state's name. */
  name: string;
  /** How many numbers were compared. */
  size: number;
  /**
   * norm(a - b) / max(norm(a) + norm(b), floor) of analytic a and numeric b. The floor is 1e8 times what
   * rounding alone puts into b: an array that has no influence on the loss, such as a bias before batch
   * normalization, comes out near 1e-8, and not as 1 for comparing that rounding with 0.
   */
  relativeError: number;
}

export interface GradientCheckOptions {
  /** Of the one output, or of each in order with its weight. */
  loss: LossChoice | readonly LossTerm[];
  x: Several;
  /** Left out for losses that take no targets. */
  y?: Several | undefined;
  sampleWeight?: Several;
  /** How many steps of each example count. @default all */
  lengths?: Lengths;
  /** Rows to pad the batch to. @default the number of examples */
  batchSize?: number;
  /** How far each number is moved to both sides. @default 1e-5 */
  step?: number;
  /** Compare at most so many numbers of each array, chosen at random. @default all */
  samples?: number;
  /** Dropout as in training, with the same masks throughout; false leaves it out. @default true */
  dropout?: boolean;
  /** @default 0 */
  seed?: number;
  /**
   * How far every trained weight is moved from where it starts, as a standard deviation: biases of 0 and
   * scales of 1 would hide errors. @default 0
   */
  weightNoise?: number;
}

/** A loss, or terms of a loss and its weight. */
const lossOrTerms: Schema<LossChoice | readonly LossTerm[]> = {
  expected: 'a loss, or an array of { loss, weight } for each output',
  parse(value, name) {
    return Array.isArray(value) ? terms.parse(value, name) : anyLoss.parse(value, name);
  },
};

const terms = listOf(
  optionsSchema<LossTerm>('A loss term', {
    loss: anyLoss,
    weight: number(),
  }),
  { min: 1 },
);

// Examples are held against the layers by `readExamples`.
const gradientCheckOptions = optionsSchema<GradientCheckOptions>('gradientCheck', {
  loss: lossOrTerms,
  x: anything<Several>(),
  y: optional(anything<Several>()),
  sampleWeight: optional(anything<Several>()),
  lengths: optional(anything<Lengths>()),
  batchSize: optional(batchSize),
  step: optional(number({ above: 0 })),
  samples: optional(either(wholeNumber({ min: 1 }), exactly(Infinity))),
  dropout: optional(flag),
  seed: optional(wholeNumber()),
  weightNoise: optional(number({ min: 0 })),
});

const layerList = listOf(instanceOf(Layer, 'a layer'));

/**
 * Compares the gradient of every trainable weight, of every input and of every initial
 * recurrent state with two-sided finite differences, (L(w + e) - L(w - e)) / 2e, in float64
 * on the reference engine, in training mode, L2 included.
 * @param layers one after the other, or the graph of a model
 * @returns one entry for each array, and `overall` over all numbers at once
 */
export function gradientCheck(
  layers: readonly Layer[] | LayerGraph,
  given: GradientCheckOptions,
): GradientError[] {
  const check = prepare(layers, given, { rounded: false });
  return compare(check, check.gradients(), check.base * 2 ** -53);
}

/**
 * Holds the gradients of an engine, in its own precision, to finite differences of the reference
 * engine's losses, in float64 and from the same numbers: those that float32 has.
 * @param engine any but `auto`
 * @throws SeqkitError `engine` where this machine does not have it
 */
export async function gradientCheckOn(
  engine: EngineChoice,
  layers: readonly Layer[] | LayerGraph,
  options: GradientCheckOptions,
): Promise<GradientError[]> {
  const check = prepare(layers, options, { rounded: true });
  const session = await openSession(engine);
  try {
    for (const [name, values] of check.kept) session.write(name, values);
    const executable = await session.compile(check.model.program);
    for (const { kind, name } of check.model.program.buffers) {
      if (kind === 'input') executable.write(name, check.executable.read(name));
    }
    await executable.run();
    const found = new Map(
      check.names.map((name) => [name, Float64Array.from(executable.read(`gradient/${name}`))]),
    );
    // An array that is next to nothing beside the others carries their rounding.
    const all = Math.sqrt(
      [...check.gradients().values()].reduce((sum, own) => sum + own.reduce((a, b) => a + b * b, 0), 0),
    );
    return compare(check, found, 0, SMALL_SHARE * all);
  } finally {
    session.dispose();
  }
}

/** The norm of all gradients together times this is the least that one array's is taken for in float32. */
const SMALL_SHARE = 0.01;

/** A program made ready on the reference engine, with the numbers that it starts from. */
interface Check {
  readonly graph: LayerGraph;
  readonly model: ModelProgram;
  readonly executable: SyncExecutable;
  readonly kept: ReadonlyMap<string, Float64Array>;
  readonly names: readonly string[];
  readonly step: number;
  readonly samples: number;
  readonly seed: number;
  /** The size of the loss. */
  readonly base: number;
  readonly run: (changed?: { name: string; index: number; by: number }) => number;
  /** The gradients of the last run. */
  gradients(): Map<string, Float64Array>;
}

/** @param rounded whether weights, states and inputs are rounded to float32 */
function prepare(
  layers: readonly Layer[] | LayerGraph,
  given: GradientCheckOptions,
  { rounded }: { rounded: boolean },
): Check {
  const options = gradientCheckOptions.parse(given);
  const { loss, step = 1e-5, seed = 0, dropout = true, samples = Infinity, weightNoise = 0 } = options;
  const graph =
    layers instanceof LayerGraph ? layers : new LayerStack(layerList.parse(layers, 'gradientCheck: layers'));
  const examples = readExamples(graph, options);
  const count = countOf(examples);
  const size = programSize(graph, examples, options.batchSize ?? count);
  graph.build([size, ...(size.others ?? [])], new Random(seed));
  const model = gradientProgram({ graph, size }, loss, { carryState: true, dropout });
  const session = openReferenceSession();
  for (const weight of graph.weights) session.write(weight.name, weight.get().data);
  const executable = session.compile(model.program);
  const feeder = new BatchFeeder(model, executable);
  const indices = Int32Array.from({ length: count }, (_, i) => i);
  feeder.fill(examples, indices, 0, count);
  feeder.renewDropout(seed, 1);

  const states = keptNames(model, 'state', ({ carried }) => carried !== undefined);
  const random = new Random(seed).fork('states');
  const initial = new Map(states.map((name) => [name, noise(random, session.read(name).length)]));
  const moves = new Random(seed).fork('weights');
  for (const name of weightNoise > 0 ? keptNames(model, 'parameter', () => true) : []) {
    initial.set(
      name,
      session.read(name).map((value) => value + moves.normal(0, weightNoise)) as Float64Array<ArrayBuffer>,
    );
  }
  const inPrecision = (values: ArrayLike<number>): Float64Array =>
    rounded ? Float64Array.from(values, Math.fround) : Float64Array.from(values);
  const kept = new Map(
    [...keptValues(model, session)].map(([name, values]) => [name, inPrecision(initial.get(name) ?? values)]),
  );
  if (rounded) {
    for (const { kind, name } of model.program.buffers) {
      if (kind === 'input') executable.write(name, inPrecision(executable.read(name)));
    }
  }
  // Every run starts from the same kept values: runs move states and running statistics.
  const run: Check['run'] = (changed) => {
    for (const [name, values] of kept) {
      if (changed?.name === name) {
        const moved = values.slice();
        moved[changed.index] += changed.by;
        session.write(name, moved);
      } else {
        session.write(name, values);
      }
    }
    executable.run();
    return executable.read('loss')[0];
  };
  const base = Math.abs(run());
  const names = model.program.buffers
    .filter(({ kind, name }) => kind === 'output' && name.startsWith('gradient/'))
    .map(({ name }) => name.slice('gradient/'.length));
  if (names.length === 0) throw new SeqkitError('There is nothing to check.', { code: 'usage' });
  const gradients = (): Map<string, Float64Array> =>
    new Map(names.map((name) => [name, Float64Array.from(executable.read(`gradient/${name}`))]));
  return { graph, model, executable, kept, names, step, samples, seed, base, run, gradients };
}

/**
 * @param analytic what is to be right
 * @param lossRounding what the loss may be off by for rounding alone
 * @param min the least that the sum of two norms is taken for
 */
function compare(
  { graph, model, executable, names, step, samples, seed, run }: Check,
  analytic: ReadonlyMap<string, Float64Array>,
  lossRounding: number,
  min = 0,
): GradientError[] {
  const skipped = maskedNumbers(graph, executable);
  const choice = new Random(seed).fork('samples');
  for (const [name, { length }] of analytic) {
    if (length > samples) skipped.set(name, allBut(samples, length, skipped.get(name), choice));
  }
  skipped.forEach((numbers, name) => numbers.forEach((i) => analytic.get(name)?.fill(0, i, i + 1)));
  const numeric = new Map(
    names.map((name) => [
      name,
      numericGradient(name, analytic.get(name)!.length, {
        ...{ executable, run, step, model },
        skipped: skipped.get(name) ?? new Set(),
      }),
    ]),
  );
  const error = (name: string, of: readonly string[], count: number): GradientError => ({
    name,
    size: count,
    relativeError: relativeError(
      of.map((each) => analytic.get(each)!),
      of.map((each) => numeric.get(each)!),
      Math.max(min, (FLOOR_SHARE * lossRounding * Math.sqrt(count)) / step),
    ),
  });
  const errors = names.map((name) =>
    error(name, [name], analytic.get(name)!.length - (skipped.get(name)?.size ?? 0)),
  );
  const total = errors.reduce((sum, { size: n }) => sum + n, 0);
  return [...errors, error('overall', names, total)];
}

/**
 * What a two-sided difference of a loss is off by for rounding alone: each of its two losses is known to
 * half a unit in its last place, |L| 2^-53, and their difference is divided by 2 * step. Of a loss of 1
 * and the usual step it is 1.1e-11.
 *
 * How many times the rounding of the differences the norms are taken to be at least. A true gradient of 0
 * then shows about 1 / this, and a gradient that is wrong by more than ten times the rounding still shows
 * more than 1e-7, however small it is.
 */
const FLOOR_SHARE = 1e8;

interface Probe {
  executable: SyncExecutable;
  run: (changed?: { name: string; index: number; by: number }) => number;
  step: number;
  model: ModelProgram;
  skipped: ReadonlySet<number>;
}

function numericGradient(
  name: string,
  size: number,
  { executable, run, step, model, skipped }: Probe,
): Float64Array {
  const gradient = new Float64Array(size);
  const isInput = model.program.buffers.some((b) => b.kind === 'input' && b.name === name);
  const input = isInput ? Float64Array.from(executable.read(name)) : undefined;
  const lossAt = (index: number, by: number): number => {
    if (!input) return run({ name, index, by });
    const moved = input.slice();
    moved[index] += by;
    executable.write(name, moved);
    return run();
  };
  for (let i = 0; i < size; i++) {
    if (!skipped.has(i)) gradient[i] = (lossAt(i, step) - lossAt(i, -step)) / (2 * step);
  }
  if (input) executable.write(name, input);
  return gradient;
}

/**
 * The numbers of inputs in masked time steps, which have no gradient: moved at all, they would
 * no longer be masked.
 */
function maskedNumbers(graph: LayerGraph, executable: SyncExecutable): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const { layer, inputs } of graph.nodes) {
    if (!(layer instanceof Masking) || inputs[0] >= graph.inputs.length) continue;
    const name = inputName(inputs[0]);
    const x = executable.read(name);
    const { features } = graph.shapes![inputs[0]];
    const masked = new Set<number>();
    for (let i = 0; i < x.length; i++) {
      const row = i - (i % features);
      if (x.subarray(row, row + features).every((value) => value === layer.maskValue)) masked.add(i);
    }
    found.set(name, masked);
  }
  return found;
}

/** Numbers from 0 to `size` - 1: those skipped anyway, and all but `count` of the others. */
function allBut(count: number, size: number, skipped = new Set<number>(), random: Random): Set<number> {
  const rest = Array.from({ length: size }, (_, i) => i).filter((i) => !skipped.has(i));
  return new Set([...skipped, ...random.shuffle(rest).slice(count)]);
}

function keptNames(model: ModelProgram, kind: string, test: (buffer: Buffer) => boolean): string[] {
  return model.program.buffers.filter((b) => b.kind === kind && test(b)).map(({ name }) => name);
}

function keptValues(model: ModelProgram, session: SyncSession): Map<string, Float64Array> {
  const names = [...keptNames(model, 'parameter', () => true), ...keptNames(model, 'state', () => true)];
  return new Map(names.map((name) => [name, Float64Array.from(session.read(name))]));
}

function noise(random: Random, size: number): Float64Array {
  return Float64Array.from({ length: size }, () => random.normal(0, 0.5));
}

/**
 * norm(a - b) / (norm(a) + norm(b)) over all arrays together; 0 where both are 0.
 * @param floor the least that the sum of the norms is taken for
 */
export function relativeError(
  a: readonly ArrayLike<number>[],
  b: readonly ArrayLike<number>[],
  floor = 0,
): number {
  let [difference, normA, normB] = [0, 0, 0];
  a.forEach((left, k) => {
    for (let i = 0; i < left.length; i++) {
      difference += (left[i] - b[k][i]) ** 2;
      normA += left[i] ** 2;
      normB += b[k][i] ** 2;
    }
  });
  const scale = Math.max(Math.sqrt(normA) + Math.sqrt(normB), floor);
  return scale === 0 ? 0 : Math.sqrt(difference) / scale;
}
