import { activationNames, inputSlopeNames, outputSlopeNames } from '../../../src/rnn/program/activations.js';
import { poolings, targetKinds } from '../../../src/rnn/program/kernels.js';
import type { Convolution, KernelName } from '../../../src/rnn/program/kernels.js';
import type { Random } from '../../../src/base/math/random.js';
import { bandKernelCases } from './wasm-band-kernel-cases.js';
import type { KernelCase, Operand } from './wasm-comparison.js';

/** No multiples of a vector, of a panel or of a tile. */
export const sizes = [1, 3, 5, 7, 13, 65];

const m = (rows: number, cols: number, more: Partial<Operand> = {}): Operand => ({ rows, cols, ...more });
const whole = (below: number): Partial<Operand> => ({ draw: (random: Random) => random.integer(below) });
const positive: Partial<Operand> = { draw: (random: Random) => 0.1 + random.uniform() };
const unit: Partial<Operand> = { draw: (random: Random) => random.uniform() };
const signed: Partial<Operand> = { draw: (random: Random) => 2 * random.uniform() - 1 };
const wide: Partial<Operand> = { draw: (random: Random) => 3 * random.normal() };

const pairs = sizes.flatMap((R, i) => sizes.map((C, j) => ({ R, C, margin: (i + j) % 3 })));

/** Each pair of sizes apart and in place on each of the inputs named. */
function elementwise<Name extends KernelName>(
  inputs: readonly (readonly [string, Partial<Operand>])[],
  output: string,
  inPlace: readonly string[],
  settings: readonly object[],
): KernelCase<Name>[] {
  return pairs.flatMap(({ R, C, margin }, i) =>
    [undefined, ...inPlace].map((shared) => ({
      title: `${R} x ${C}, margin ${margin}${shared === undefined ? '' : `, in place on ${shared}`}`,
      inputs: Object.fromEntries(
        inputs.map(([name, more]) => [name, m(R, C, { margin: name === shared ? 0 : margin, ...more })]),
      ),
      outputs: { [output]: m(R, C) },
      settings: settings[i % settings.length],
      ...(shared !== undefined && { inPlace: { [output]: shared } }),
    })),
  ) as unknown as KernelCase<Name>[];
}

function gemmCases(): KernelCase<'gemm'>[] {
  const cases: KernelCase<'gemm'>[] = [];
  const add = (M: number, N: number, K: number): void => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const i = cases.length;
        const [accumulate, biased, parameter] = [i % 2 === 0, i % 3 === 0, i % 5 < 3];
        cases.push({
          title:
            `${M} x ${K} x ${N} ${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}` +
            `${accumulate ? ' added' : ''}${biased ? ' biased' : ''}${parameter ? ' packed' : ''}`,
          inputs: {
            a: m(transposeA ? K : M, transposeA ? M : K, { margin: i % 4 }),
            b: m(transposeB ? N : K, transposeB ? K : N, {
              margin: (i + 1) % 3,
              kind: parameter ? 'parameter' : 'state',
            }),
            bias: biased ? m(1, N) : undefined,
          },
          outputs: { c: m(M, N) },
          settings: { transposeA, transposeB, accumulate },
        });
      }
    }
  };
  for (const M of sizes) for (const N of sizes) for (const K of sizes) add(M, N, K);
  // More than one block of k and of rows, and every height of tile.
  add(3, 65, 601);
  add(401, 13, 257);
  for (const M of [6, 8, 9, 10, 11, 12, 14, 23]) add(M, 24, 31);
  return cases;
}

function convolutions(): (Convolution & { D: number; F: number; margin: number; biased: boolean })[] {
  const list = [];
  for (const [i, batch] of sizes.entries()) {
    for (const [j, kernelSize] of [1, 3, 5, 7].entries()) {
      const stride = 1 + ((i + j) % 4);
      const dilation = 1 + ((i + 2 * j) % 3);
      const time = sizes[(i + j + 2) % 6] + 2;
      const [padBefore, padAfter] = [(i * j) % (kernelSize + 1), dilation * (kernelSize - 1)];
      const outputTime =
        Math.floor((time + padBefore + padAfter - dilation * (kernelSize - 1) - 1) / stride) + 1;
      list.push({
        ...{ batch, time, outputTime, kernelSize, stride, dilation, padBefore },
        D: sizes[(i + 3 * j + 1) % 6],
        F: sizes[(2 * i + j + 3) % 6],
        margin: (i + j) % 3,
        biased: j % 2 === 0,
      });
    }
  }
  // A sum over more than one block of taps, and more rows than one block of them.
  list.push({
    ...{ batch: 13, time: 70, outputTime: 35, kernelSize: 7, stride: 2, dilation: 1, padBefore: 3 },
    ...{ D: 65, F: 13, margin: 0, biased: true },
  });
  return list;
}

const convolutionTitle = (s: ReturnType<typeof convolutions>[number]): string =>
  `N ${s.batch} T ${s.time} D ${s.D} F ${s.F} K ${s.kernelSize} / ${s.stride}, dilation ${s.dilation}, pad ${s.padBefore}`;

/** Every pair of activations that matters: all kinds on both places. */
const cellActivations = outputSlopeNames.flatMap((recurrentActivation, i) => [
  { recurrentActivation, activation: outputSlopeNames[(i + 1) % outputSlopeNames.length] },
  { recurrentActivation: 'sigmoid' as const, activation: recurrentActivation },
]);

const keys = m(1, 6, { draw: (random) => random.integer(4096) });

/** Row weights: some rows are padding. */
const rowWeights = { draw: (_: Random, i: number): number => (i % 3 === 2 ? 0 : 0.5) };

function losses<
  Name extends
    | ('softmaxCrossEntropy' | 'denseCrossEntropy' | 'sigmoidCrossEntropy' | 'squaredError')
    | ('absoluteError' | 'huberError' | 'cosineError'),
>(
  from: string,
  to: string,
  targets: (R: number, C: number, margin: number) => Operand,
  mayBeInPlace: boolean,
): KernelCase<Name>[] {
  return pairs.flatMap(({ R, C, margin }) =>
    [false, ...(mayBeInPlace ? [true] : [])].map((inPlace) => ({
      title: `${R} x ${C}${inPlace ? ', in place' : ''}`,
      inputs: {
        [from]: m(R, C, { margin: inPlace ? 0 : margin, draw: (random) => 4 * random.normal() }),
        targets: targets(R, C, margin),
        weights: m(R, 1, { ...rowWeights, margin }),
      },
      outputs: { [to]: m(R, C), losses: m(R, 1) },
      settings: {},
      ...(inPlace && { inPlace: { [to]: from } }),
    })),
  ) as unknown as KernelCase<Name>[];
}

/** Batch of R rows and T times: the last examples are padding. */
const batchNormShapes = pairs.map(({ R, C, margin }, i) => ({
  ...{ N: R, T: sizes[i % 5], C, margin },
  valid: m(R, 1, { draw: (_, n) => (n > 1 && n >= R - 2 ? 0 : 1) }),
}));
batchNormShapes.push({ N: 7, T: 65, C: 37, margin: 1, valid: m(7, 1, { draw: () => 1 }) });
// A batch whose mask keeps nothing.
batchNormShapes.push({ N: 6, T: 2, C: 5, margin: 1, valid: m(6, 1, { draw: () => 0 }) });

export const kernelCases: { [Name in KernelName]: () => KernelCase<Name>[] } = {
  gemm: gemmCases,
  sumRows: () =>
    [...pairs, { R: 300, C: 19, margin: 2 }].flatMap(({ R, C, margin }) =>
      [false, true].map((accumulate) => ({
        title: `${R} x ${C}, accumulate ${accumulate}`,
        inputs: { x: m(R, C, { margin }) },
        outputs: { total: m(1, C) },
        settings: { accumulate },
      })),
    ),
  fill: () => elementwise([], 'y', [], [{ value: 0 }, { value: -0.7 }]),
  copy: () => elementwise([['x', {}]], 'y', [], [{}]),
  concatenate: () =>
    pairs.flatMap(({ R, C, margin }, i) =>
      [false, true].map((accumulate) => ({
        title: `${R} x (${C} + ${sizes[i % 6]}), accumulate ${accumulate}`,
        inputs: { a: m(R, C, { margin }), b: m(R, sizes[i % 6], { margin: 1 }) },
        outputs: { y: m(R, C + sizes[i % 6]) },
        settings: { accumulate },
      })),
    ),
  add: () => elementwise([...[['a', {}] as const, ['b', {}] as const]], 'y', ['a', 'b'], [{}]),
  subtract: () => elementwise([...[['a', {}] as const, ['b', {}] as const]], 'y', ['a', 'b'], [{}]),
  multiply: () => [
    ...elementwise<'multiply'>(
      [...[['a', {}] as const, ['b', {}] as const]],
      'y',
      ['a', 'b'],
      [{ accumulate: false }],
    ),
    ...elementwise<'multiply'>(
      [...[['a', {}] as const, ['b', {}] as const]],
      'y',
      [],
      [{ accumulate: true }],
    ),
  ],
  affine: () => elementwise([['x', {}]], 'y', ['x'], [{ factor: -1.5, offset: 0.25 }]),
  activate: () =>
    activationNames.flatMap((activation) =>
      elementwise<'activate'>([['x', wide]], 'y', ['x'], [{ activation }]),
    ),
  activateBackward: () =>
    outputSlopeNames.flatMap((activation) =>
      elementwise<'activateBackward'>(
        [
          // What elu gives goes down to -1.
          ['y', ['elu', 'selu', 'leakyRelu'].includes(activation) ? signed : unit],
          ['dy', {}],
        ],
        'dx',
        ['dy'],
        [{ activation }],
      ),
    ),
  activateInputBackward: () =>
    inputSlopeNames.flatMap((activation) =>
      elementwise<'activateInputBackward'>(
        [
          ['x', wide],
          ['dy', {}],
        ],
        'dx',
        ['x', 'dy'],
        [{ activation }],
      ),
    ),

  lstmForward: () =>
    pairs.flatMap(({ R, C, margin }, i) =>
      [false, true].map((inPlace) => ({
        title: `N ${R} H ${C}${inPlace ? ', in place' : ''}`,
        inputs: { z: m(R, 4 * C, { margin: inPlace ? 0 : margin }), previousC: m(R, C, { margin }) },
        outputs: { gates: m(R, 4 * C), c: m(R, C), squashed: m(R, C), h: m(R, C) },
        settings: cellActivations[i % cellActivations.length],
        ...(inPlace && { inPlace: { gates: 'z' as const } }),
      })),
    ),
  lstmBackward: () =>
    pairs.flatMap(({ R, C, margin }, i) =>
      [false, true].map((inPlace) => ({
        title: `N ${R} H ${C}${inPlace ? ', in place' : ''}`,
        inputs: {
          gates: m(R, 4 * C, { margin: inPlace ? 0 : margin, ...unit }),
          previousC: m(R, C, { margin }),
          squashed: m(R, C, { margin: 1 }),
          dh: m(R, C, { margin }),
          dc: m(R, C),
        },
        outputs: { dz: m(R, 4 * C), dPreviousC: m(R, C) },
        settings: cellActivations[i % cellActivations.length],
        ...(inPlace && { inPlace: { dz: 'gates' as const, dPreviousC: 'dc' as const } }),
      })),
    ),
  gruForward: () =>
    pairs.flatMap(({ R, C, margin }, i) =>
      [false, true].map((inPlace) => ({
        title: `N ${R} H ${C}${inPlace ? ', in place' : ''}`,
        inputs: {
          x: m(R, 3 * C, { margin: inPlace ? 0 : margin }),
          recurrent: m(R, 3 * C, { margin }),
          previousH: m(R, C, { margin: 1 }),
        },
        outputs: { gates: m(R, 3 * C), h: m(R, C) },
        settings: cellActivations[i % cellActivations.length],
        ...(inPlace && { inPlace: { gates: 'x' as const } }),
      })),
    ),
  gruBackward: () =>
    pairs.flatMap(({ R, C, margin }, i) =>
      [false, true].map((inPlace) => ({
        title: `N ${R} H ${C}${inPlace ? ', in place' : ''}`,
        inputs: {
          gates: m(R, 3 * C, { margin: inPlace ? 0 : margin, ...unit }),
          recurrent: m(R, 3 * C, { margin: inPlace ? 0 : margin }),
          previousH: m(R, C, { margin: 1 }),
          dh: m(R, C, { margin }),
        },
        outputs: { dx: m(R, 3 * C), dRecurrent: m(R, 3 * C), dPreviousH: m(R, C) },
        settings: cellActivations[i % cellActivations.length],
        ...(inPlace && { inPlace: { dx: 'gates' as const, dRecurrent: 'recurrent' as const } }),
      })),
    ),

  oneHot: () =>
    pairs.map(({ R, C, margin }) => ({
      title: `${R} x ${C}`,
      inputs: { index: m(R, 1, { margin, ...whole(C) }) },
      outputs: { y: m(R, C) },
      settings: {},
    })),
  gather: () =>
    pairs.map(({ R, C, margin }, i) => ({
      title: `${R} x ${C}`,
      inputs: {
        table: m(sizes[i % 6], C, { margin }),
        index: m(R, 1, whole(sizes[i % 6])),
        bias: i % 2 === 0 ? m(1, C) : undefined,
      },
      outputs: { y: m(R, C) },
      settings: {},
    })),
  gatherBackward: () =>
    pairs.flatMap(({ R, C, margin }, i) =>
      [false, true].map((accumulate) => {
        const V = sizes[i % 6];
        return {
          title: `${R} rows, ${V} tokens x ${C}, accumulate ${accumulate}`,
          inputs: {
            dy: m(R, C, { margin }),
            order: m(R, 1, { draw: (_, at) => (at * 7 + 3) % R }),
            // Some tokens do not occur, some often.
            offsets: m(V + 1, 1, { draw: (_, v) => Math.floor((v * v * R) / (V * V)) }),
          },
          outputs: { dTable: m(V, C) },
          settings: { accumulate },
        };
      }),
    ),

  conv1d: () =>
    convolutions().map(({ D, F, margin, biased, ...s }) => ({
      title: convolutionTitle({ D, F, margin, biased, ...s }),
      inputs: {
        x: m(s.time * s.batch, D, { margin }),
        kernel: m(s.kernelSize * D, F, { kind: 'parameter' }),
        bias: biased ? m(1, F) : undefined,
      },
      outputs: { y: m(s.outputTime * s.batch, F) },
      settings: s,
    })),
  conv1dKernelGradient: () =>
    convolutions().flatMap(({ D, F, margin, biased, ...s }) =>
      [false, true].map((accumulate) => ({
        title: `${convolutionTitle({ D, F, margin, biased, ...s })}, accumulate ${accumulate}`,
        inputs: { x: m(s.time * s.batch, D, { margin }), dy: m(s.outputTime * s.batch, F, { margin: 1 }) },
        outputs: { dKernel: m(s.kernelSize * D, F) },
        settings: { ...s, accumulate },
      })),
    ),
  conv1dInputGradient: () =>
    convolutions().map(({ D, F, margin, biased, ...s }) => ({
      title: convolutionTitle({ D, F, margin, biased, ...s }),
      inputs: { dy: m(s.outputTime * s.batch, F, { margin }), kernel: m(s.kernelSize * D, F, { margin: 1 }) },
      outputs: { dx: m(s.time * s.batch, D) },
      settings: s,
    })),

  ...bandKernelCases,
  leakyRelu: () =>
    elementwise(
      [['x', {}]],
      'y',
      ['x'],
      [
        { slope: 0.2, lowest: -0.4 },
        { slope: 0.3, lowest: -Infinity },
      ],
    ),
  leakyReluBackward: () =>
    elementwise(
      [
        ['y', { draw: (random, i) => (i % 3 === 0 ? -0.4 : random.normal()) }],
        ['dy', {}],
      ],
      'dx',
      ['dy'],
      [
        { slope: 0.2, lowest: Math.fround(-0.4) },
        { slope: 0.3, lowest: -Infinity },
      ],
    ),

  batchNorm: () =>
    batchNormShapes.map(({ N, T, C, margin, valid }) => ({
      title: `N ${N} T ${T} C ${C}`,
      inputs: {
        x: m(T * N, C, { margin, draw: (random) => 3 + random.normal() }),
        ...{ gamma: m(1, C), beta: m(1, C), valid, runningMean: m(1, C), runningVariance: m(1, C, positive) },
      },
      outputs: { y: m(T * N, C), mean: m(1, C), invStd: m(1, C), newMean: m(1, C), newVariance: m(1, C) },
      settings: { epsilon: 1e-3, momentum: 0.9 },
      inPlace: { newMean: 'runningMean' as const, newVariance: 'runningVariance' as const },
    })),
  batchNormInference: () =>
    pairs.map(({ R, C, margin }) => ({
      title: `${R} x ${C}`,
      inputs: {
        x: m(R, C, { margin }),
        ...{ gamma: m(1, C), beta: m(1, C), runningMean: m(1, C), runningVariance: m(1, C, positive) },
      },
      outputs: { y: m(R, C) },
      settings: { epsilon: 1e-3 },
    })),
  batchNormBackward: () =>
    batchNormShapes.flatMap(({ N, T, C, margin, valid }, i) =>
      [false, true].map((inPlace) => ({
        title: `N ${N} T ${T} C ${C}${inPlace ? ', in place' : ''}`,
        inputs: {
          x: m(T * N, C, { margin }),
          ...{ gamma: m(1, C), mean: m(1, C), invStd: m(1, C, positive), valid },
          dy: m(T * N, C, { margin: inPlace ? 0 : margin }),
        },
        outputs: { dx: m(T * N, C), dGamma: m(1, C), dBeta: m(1, C) },
        settings: { accumulate: i % 2 === 0 },
        ...(inPlace && { inPlace: { dx: 'dy' as const } }),
      })),
    ),

  dropout: () =>
    pairs.flatMap(({ R, C, margin }, i) =>
      [false, true].map((inPlace) => ({
        title: `${R} x ${C}${inPlace ? ', in place' : ''}`,
        inputs: { x: m(R, C, { margin: inPlace ? 0 : margin }), keys },
        outputs: { y: m(R, C) },
        settings: { rate: [0.1, 0.5, 0.75, 0][i % 4] },
        ...(inPlace && { inPlace: { y: 'x' as const } }),
      })),
    ),

  softmax: () => elementwise([['x', { draw: (random) => 30 * random.normal() }]], 'y', ['x'], [{}]),
  softmaxCrossEntropy: () =>
    losses('logits', 'dLogits', (R, C, margin) => m(R, 1, { ...whole(C), margin }), true),
  sigmoidCrossEntropy: () =>
    losses('logits', 'dLogits', (R, C, margin) => m(R, C, { ...whole(2), margin }), true),
  squaredError: () => losses('x', 'dx', (R, C, margin) => m(R, C, { margin }), false),

  absoluteError: () => losses('x', 'dx', (R, C, margin) => m(R, C, { margin }), false),
  huberError: () =>
    [0.3, 1, 4].flatMap((delta) =>
      losses<'huberError'>('x', 'dx', (R, C, margin) => m(R, C, { margin }), false).map((test) => ({
        ...test,
        title: `${test.title}, delta ${delta}`,
        settings: { delta },
      })),
    ),
  cosineError: () =>
    [1, 0].flatMap((scale) =>
      losses<'cosineError'>(
        'x',
        'dx',
        (R, C, margin) =>
          m(R, C, {
            margin,
            draw: (random, i) => (Math.floor(i / C) % 4 === 1 ? scale : 1) * random.normal(),
          }),
        false,
      )
        // In one dimension the cosine is 1 or -1 and its gradient 0, of which rounding alone would be compared.
        .filter(({ outputs }) => outputs.dx.cols > 1)
        .map((test) => ({ ...test, title: `${test.title}, ${scale === 0 ? 'some' : 'no'} rows of 0` })),
    ),
  keepRows: () =>
    pairs.flatMap(({ R, C, margin }) =>
      [false, true].map((inPlace) => ({
        title: `${R} x ${C}${inPlace ? ', in place' : ''}`,
        inputs: {
          x: m(R, C, {
            margin: inPlace ? 0 : margin,
            draw: (random, i) => (Math.floor(i / C) % 3 === 2 ? NaN : random.normal()),
          }),
          weights: m(R, 1, { ...rowWeights, margin }),
        },
        outputs: { y: m(R, C) },
        settings: {},
        ...(inPlace && { inPlace: { y: 'x' as const } }),
      })),
    ),
  ctc: () =>
    sizes.flatMap((N, i) =>
      [1, 2, 3].flatMap((L) =>
        [false, true].map((masked) => {
          const [T, V] = [2 * L + 1 + (i % 3) * 9, [2, 3, 7][(i + L) % 3]];
          return {
            title: `N ${N} T ${T} V ${V} L ${L}${masked ? ', masked' : ''}`,
            inputs: {
              logits: m(T * N, V, { margin: i % 3, draw: (random) => 3 * random.normal() }),
              // Filled up with 0: the last example of three has a label less than it could.
              targets: m(N, L, {
                draw: (random, at) =>
                  at % L >= L - (Math.floor(at / L) % 3 === 2 ? 1 : 0) ? 0 : 1 + random.integer(V - 1),
              }),
              weights: m(N, 1, rowWeights),
              mask: masked
                ? m(T * N, 1, { draw: (_, row) => +(Math.floor(row / N) < 2 * L || row % 2 === 0) })
                : undefined,
            },
            outputs: { dLogits: m(T * N, V), losses: m(N, 1), forward: m(T * N, 2 * L + 1) },
            settings: { zeroInfinity: masked },
            workspace: ['forward' as const],
          };
        }),
      ),
    ),

  sum: () =>
    pairs.map(({ R, C, margin }) => ({
      title: `${R} x ${C}`,
      inputs: { x: m(R, C, { margin, ...positive }) },
      outputs: { total: m(1, 1) },
      settings: {},
    })),
  sumSquares: () =>
    pairs.map(({ R, C, margin }) => ({
      title: `${R} x ${C}`,
      inputs: { x: m(R, C, { margin }) },
      outputs: { total: m(1, 1) },
      settings: {},
    })),
  clipFactor: () =>
    sizes.flatMap((P) =>
      [0.01, 1e3].map((maxNorm) => ({
        title: `${P} squares to ${maxNorm}`,
        inputs: { squares: m(P, 1, positive) },
        outputs: { factor: m(1, 1) },
        settings: { maxNorm },
      })),
    ),
  adam: () =>
    [...pairs, { R: 1, C: 2500, margin: 0 }].map(({ R, C, margin }) => ({
      title: `${R} x ${C}`,
      inputs: {
        ...{ value: m(R, C), gradient: m(R, C, { margin }), m: m(R, C), v: m(R, C, positive) },
        hyper: m(1, 3, { draw: (_, i) => [2e-3, 0.1, 1e-3][i] }),
        factor: m(1, 1, { draw: () => 0.5 }),
      },
      outputs: { newValue: m(R, C), newM: m(R, C), newV: m(R, C) },
      settings: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      inPlace: { newValue: 'value' as const, newM: 'm' as const, newV: 'v' as const },
    })),

  scale: () =>
    elementwise(
      [
        ['x', {}],
        ['factor', {}],
      ],
      'y',
      ['x'],
      [{}],
    ).map((test) => ({
      ...(test as KernelCase<'scale'>),
      inputs: { ...(test as KernelCase<'scale'>).inputs, factor: m(1, 1, { draw: () => -0.3 }) },
    })),
  logarithm: () => elementwise([['x', positive]], 'y', ['x'], [{}]),
  clip: () => elementwise([['x', {}]], 'y', ['x'], [{ limit: 0.75 }]),
  divideByRoot: () =>
    elementwise(
      [
        ['a', {}],
        ['b', positive],
      ],
      'y',
      ['a', 'b'],
      [{ epsilon: 1e-3 }],
    ),
  scaleRows: () =>
    pairs.flatMap(({ R, C, margin }, i) =>
      [false, true].flatMap((divide) =>
        [false, true].map((accumulate) => ({
          title: `${R} x ${C}, divide ${divide}, accumulate ${accumulate}`,
          inputs: {
            x: m(R, C, { margin: accumulate ? margin : 0 }),
            scale: m(R, 1, { ...rowWeights, margin: i % 2 }),
          },
          outputs: { y: m(R, C) },
          settings: { divide, accumulate },
          ...(!accumulate && { inPlace: { y: 'x' as const } }),
        })),
      ),
    ),
  rowMask: () =>
    pairs.map(({ R, C, margin }, i) => ({
      title: `${R * sizes[i % 5]} x ${C}`,
      inputs: {
        // Whole rows of the value, rows that hold it somewhere, rows without it.
        x: m(R * sizes[i % 5], C, { margin, draw: (_, at) => (at % (C + 2) < C ? 0.5 : at) }),
        valid: m(R, 1, { draw: (_, n) => (n > 1 && n >= R - 1 ? 0 : 1) }),
      },
      outputs: { y: m(R * sizes[i % 5], 1) },
      settings: { value: 0.5 },
    })),
  maskWeights: () =>
    sizes.flatMap((R, i) =>
      [0, 1].map((kept) => ({
        title: `${R * 3} rows, ${kept === 0 ? 'none' : 'some'} kept`,
        inputs: {
          weights: m(R * 3, 1, { margin: i % 2, ...positive }),
          mask: m(R * 3, 1, { draw: (_, r) => (r % 4 === 1 ? 0 : kept) }),
          valid: m(R, 1, { draw: (_, n) => (n > 1 && n >= R - 1 ? 0 : 1) }),
        },
        outputs: { y: m(R * 3, 1) },
        settings: {},
      })),
    ),

  layerNorm: () =>
    pairs.map(({ R, C, margin }) => ({
      title: `${R} x ${C}`,
      inputs: {
        x: m(R, C, { margin, draw: (random) => 3 + random.normal() }),
        gamma: m(1, C),
        beta: m(1, C),
      },
      outputs: { y: m(R, C), normalized: m(R, C), invStd: m(R, 1) },
      settings: { epsilon: 1e-3 },
    })),
  layerNormBackward: () =>
    // One column alone has a gradient of 0, which float32 does not quite reach.
    pairs
      .filter(({ C }) => C > 1)
      .flatMap(({ R, C, margin }) =>
        [false, true].map((inPlace) => ({
          title: `${R} x ${C}${inPlace ? ', in place' : ''}`,
          inputs: {
            normalized: m(R, C, { margin }),
            invStd: m(R, 1, positive),
            gamma: m(1, C),
            dy: m(R, C, { margin: inPlace ? 0 : margin }),
          },
          outputs: { dx: m(R, C) },
          settings: {},
          ...(inPlace && { inPlace: { dx: 'dy' as const } }),
        })),
      ),
  pool1d: () =>
    poolCases().map(({ C, margin, ...settings }) => ({
      title: poolTitle(settings, C),
      inputs: { x: m(settings.time * settings.batch, C, { margin, ...whole(4) }) },
      outputs: { y: m(settings.outputTime * settings.batch, C) },
      settings,
    })),
  pool1dBackward: () =>
    poolCases().map(({ C, margin, ...settings }) => ({
      title: poolTitle(settings, C),
      // Whole numbers, so that the largest often stands in several places.
      inputs: {
        x: m(settings.time * settings.batch, C, { margin, ...whole(3) }),
        y: m(settings.outputTime * settings.batch, C, { draw: () => 2 }),
        dy: m(settings.outputTime * settings.batch, C, { margin: 1 }),
      },
      outputs: { dx: m(settings.time * settings.batch, C) },
      settings,
    })),

  denseCrossEntropy: () => losses('logits', 'dLogits', (R, C, margin) => m(R, C, { ...unit, margin }), true),
  probabilityCrossEntropy: () =>
    targetKinds.flatMap((targets) =>
      pairs.map(({ R, C, margin }) => ({
        title: `${R} x ${C}, ${targets}`,
        inputs: {
          p: m(R, C, { margin, draw: (random, i) => (i % 7 === 0 ? i % 2 : random.uniform()) }),
          targets: targets === 'sparse' ? m(R, 1, whole(C)) : m(R, C, { margin, ...unit }),
          weights: m(R, 1, rowWeights),
        },
        outputs: { dp: m(R, C), losses: m(R, 1) },
        settings: { targets },
      })),
    ),
};

/** Windows apart, side by side and overlapping, with and without padding. */
function poolCases() {
  return sizes.slice(0, 4).flatMap((batch, i) =>
    poolings.flatMap((pooling) =>
      [2, 3, 5].map((kernelSize, j) => {
        const [time, stride, padBefore] = [sizes[(i + 2) % 6] + 5, 1 + ((i + j) % 3), (i + j) % kernelSize];
        const outputTime = Math.floor((time + padBefore - kernelSize) / stride) + 1;
        return {
          ...{ batch, time, outputTime, kernelSize, stride, dilation: 1, padBefore, pooling },
          ...{ C: sizes[(i + j + 1) % 6], margin: j },
        };
      }),
    ),
  );
}

function poolTitle(s: Convolution & { pooling: string }, C: number): string {
  return `${s.pooling} N ${s.batch} T ${s.time} C ${C} K ${s.kernelSize} / ${s.stride}, pad ${s.padBefore}`;
}
