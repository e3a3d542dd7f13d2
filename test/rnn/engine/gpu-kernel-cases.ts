import { activationNames, inputSlopeNames, outputSlopeNames } from '../../../src/rnn/program/activations.js';
import type { KernelName } from '../../../src/rnn/program/kernels.js';
import type { Random } from '../../../src/base/math/random.js';
import type { KernelCase, Operand } from './gpu-comparison.js';

/** Every kernel in several sizes, tails and odd numbers among them, with its title. */
export const kernelCases: [string, KernelCase<KernelName>][] = [];
function add<Name extends KernelName>(title: string, test: KernelCase<Name>): void {
  kernelCases.push([`${test.kernel}: ${title}`, test]);
}
const m = (rows: number, cols: number, more: Partial<Operand> = {}): Operand => ({ rows, cols, ...more });
const whole = (below: number) => ({ values: (random: Random) => random.integer(below) });
const positive = { values: (random: Random) => 0.1 + random.uniform() };
const sizes = [1, 3, 5, 7, 13, 65];
/** A size for each of several dimensions, so that no two are alike. */
const turn = (i: number, by: number): number => sizes[(i + by) % sizes.length];

sizes.forEach((R, i) => {
  const [C, K] = [turn(i, 1), turn(i, 2)];
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const accumulate = (i + Number(transposeA) + Number(transposeB)) % 2 === 0;
      const bias = i % 2 === 0;
      add(`${R} x ${K} x ${C}, ${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`, {
        kernel: 'gemm',
        inputs: {
          a: m(transposeA ? K : R, transposeA ? R : K, { margin: i % 3 }),
          b: m(transposeB ? C : K, transposeB ? K : C, { margin: (i + 1) % 3 }),
          ...(bias && { bias: m(1, C) }),
        },
        outputs: { c: m(R, C) },
        settings: { transposeA, transposeB, accumulate },
      });
    }
  }
  for (const accumulate of [false, true]) {
    add(`${R} x ${C}${accumulate ? ', added' : ''}`, {
      kernel: 'sumRows',
      inputs: { x: m(R * 7, C, { margin: 1 }) },
      outputs: { total: m(1, C) },
      settings: { accumulate },
    });
    add(`${R} x (${C} + ${K})${accumulate ? ', added' : ''}`, {
      kernel: 'concatenate',
      inputs: { a: m(R, C), b: m(R, K, { margin: 2 }) },
      outputs: { y: m(R, C + K) },
      settings: { accumulate },
    });
    add(`${R} x ${C}${accumulate ? ', added' : ''}`, {
      kernel: 'multiply',
      inputs: { a: m(R, C, { margin: 1 }), b: m(R, C) },
      outputs: { y: m(R, C) },
      settings: { accumulate },
    });
    const V = K;
    // Row counts of each token: the positions are whole numbers in any order.
    const offsets = Array.from({ length: V + 1 }, (_, v) => Math.floor((v * v * R) / (V * V)));
    add(`${R} rows of ${V} tokens x ${C}${accumulate ? ', added' : ''}`, {
      kernel: 'gatherBackward',
      inputs: {
        dy: m(R, C, { margin: 1 }),
        order: m(R, 1, { values: (_, index) => R - 1 - index }),
        offsets: m(V + 1, 1, { values: (_, index) => offsets[index] }),
      },
      outputs: { dTable: m(V, C) },
      settings: { accumulate },
    });
  }
  add(`${R} x ${C}`, { kernel: 'fill', inputs: {}, outputs: { y: m(R, C) }, settings: { value: -0.25 } });
  add(`${R} x ${C}`, {
    kernel: 'copy',
    inputs: { x: m(R, C, { margin: 2 }) },
    outputs: { y: m(R, C) },
    settings: {},
  });
  for (const kernel of ['add', 'subtract'] as const) {
    add(`${R} x ${C}`, {
      kernel,
      inputs: { a: m(R, C, { margin: 1 }), b: m(R, C) },
      outputs: { y: m(R, C) },
      settings: {},
      ...(i % 2 === 0 && { inPlace: { y: 'b' } }),
    });
  }
  add(`${R} x ${C}`, {
    kernel: 'affine',
    inputs: { x: m(R, C) },
    outputs: { y: m(R, C) },
    settings: { factor: -1.5, offset: 1e-3 },
    inPlace: { y: 'x' },
  });
  for (const activation of activationNames) {
    add(`${activation} ${R} x ${C}`, {
      kernel: 'activate',
      inputs: { x: m(R, C, { values: (random) => 4 * random.normal() }) },
      outputs: { y: m(R, C) },
      settings: { activation },
    });
  }
  for (const activation of inputSlopeNames) {
    add(`${activation} ${R} x ${C}`, {
      kernel: 'activateInputBackward',
      inputs: { x: m(R, C, { values: (random) => 4 * random.normal() }), dy: m(R, C) },
      outputs: { dx: m(R, C) },
      settings: { activation },
      inPlace: { dx: 'dy' },
    });
  }
  add(`${R} x ${C}`, {
    kernel: 'oneHot',
    inputs: { index: m(R, 1, whole(C)) },
    outputs: { y: m(R, C) },
    settings: {},
  });
  for (const activation of outputSlopeNames) {
    add(`${activation} ${R} x ${C}`, {
      kernel: 'activateBackward',
      inputs: { y: m(R, C, { values: (random) => 2 * random.uniform() - 1 }), dy: m(R, C) },
      outputs: { dx: m(R, C) },
      settings: { activation },
      inPlace: { dx: 'dy' },
    });
  }
  add(`${R} rows of ${K} x ${C}`, {
    kernel: 'gather',
    inputs: {
      table: m(K, C, { margin: 1 }),
      index: m(R, 1, whole(K)),
      ...(i % 2 === 0 && { bias: m(1, C) }),
    },
    outputs: { y: m(R, C) },
    settings: {},
  });
  add(`${R} x ${C}`, {
    kernel: 'dropout',
    inputs: { x: m(R, C), keys: m(1, 6, whole(4096)) },
    outputs: { y: m(R, C) },
    settings: { rate: 0.3 },
    inPlace: { y: 'x' },
  });
});

for (const [N, H] of [
  [1, 1],
  [3, 5],
  [7, 13],
]) {
  for (const settings of [
    { recurrentActivation: 'sigmoid', activation: 'tanh' },
    { recurrentActivation: 'hardSigmoid', activation: 'relu' },
  ] as const) {
    add(`${N} x ${H} ${settings.recurrentActivation}`, {
      kernel: 'lstmForward',
      inputs: { z: m(N, 4 * H), previousC: m(N, H) },
      outputs: { gates: m(N, 4 * H), c: m(N, H), squashed: m(N, H), h: m(N, H) },
      settings,
      inPlace: { gates: 'z' },
    });
    add(`${N} x ${H} ${settings.recurrentActivation}`, {
      kernel: 'lstmBackward',
      inputs: {
        gates: m(N, 4 * H, positive),
        previousC: m(N, H),
        squashed: m(N, H),
        dh: m(N, H, { margin: 1 }),
        dc: m(N, H),
      },
      outputs: { dz: m(N, 4 * H), dPreviousC: m(N, H) },
      settings,
      inPlace: { dz: 'gates', dPreviousC: 'dc' },
    });
    add(`${N} x ${H} ${settings.recurrentActivation}`, {
      kernel: 'gruForward',
      inputs: { x: m(N, 3 * H), recurrent: m(N, 3 * H), previousH: m(N, H) },
      outputs: { gates: m(N, 3 * H), h: m(N, H) },
      settings,
      inPlace: { gates: 'x' },
    });
    add(`${N} x ${H} ${settings.recurrentActivation}`, {
      kernel: 'gruBackward',
      inputs: {
        gates: m(N, 3 * H, positive),
        recurrent: m(N, 3 * H),
        previousH: m(N, H),
        dh: m(N, H),
      },
      outputs: { dx: m(N, 3 * H), dRecurrent: m(N, 3 * H), dPreviousH: m(N, H) },
      settings,
      inPlace: { dx: 'gates', dRecurrent: 'recurrent' },
    });
  }
}

for (const [R, C] of [
  [1, 1],
  [3, 5],
  [13, 65],
  [65, 7],
  [130, 3],
]) {
  add(`${R} x ${C}`, {
    kernel: 'softmax',
    inputs: { x: m(R, C, { margin: 1 }) },
    outputs: { y: m(R, C) },
    settings: {},
  });
  const weights = m(R, 1, { values: (_, index) => (index % 4) / 3 });
  add(`${R} x ${C}`, {
    kernel: 'softmaxCrossEntropy',
    inputs: {
      logits: m(R, C, { values: (random) => 30 * random.normal() }),
      targets: m(R, 1, whole(C)),
      weights,
    },
    outputs: { dLogits: m(R, C), losses: m(R, 1) },
    settings: {},
    inPlace: { dLogits: 'logits' },
  });
  add(`${R} x ${C}`, {
    kernel: 'sigmoidCrossEntropy',
    inputs: {
      logits: m(R, C, { values: (random) => 5 * random.normal() }),
      targets: m(R, C, whole(2)),
      weights,
    },
    outputs: { dLogits: m(R, C), losses: m(R, 1) },
    settings: {},
  });
  add(`${R} x ${C}`, {
    kernel: 'squaredError',
    inputs: { x: m(R, C), targets: m(R, C), weights },
    outputs: { dx: m(R, C), losses: m(R, 1) },
    settings: {},
  });
  for (const kernel of ['absoluteError', 'cosineError'] as const) {
    add(`${R} x ${C}`, {
      kernel,
      inputs: { x: m(R, C), targets: m(R, C, { margin: 1 }), weights },
      outputs: { dx: m(R, C), losses: m(R, 1) },
      settings: {},
    });
  }
  add(`${R} x ${C}, targets of 0`, {
    kernel: 'cosineError',
    inputs: { x: m(R, C), targets: m(R, C, { values: () => 0 }), weights },
    outputs: { dx: m(R, C), losses: m(R, 1) },
    settings: {},
  });
  add(`${R} x ${C}`, {
    kernel: 'huberError',
    inputs: { x: m(R, C), targets: m(R, C), weights },
    outputs: { dx: m(R, C), losses: m(R, 1) },
    settings: { delta: 0.8 },
  });
  add(`${R} x ${C}`, {
    kernel: 'keepRows',
    inputs: { x: m(R, C, { margin: 1 }), weights },
    outputs: { y: m(R, C) },
    settings: {},
  });
  for (const kernel of ['sum', 'sumSquares'] as const) {
    add(`${R} x ${C}`, {
      kernel,
      inputs: { x: m(R, C, { margin: 1, values: (random) => 1 + random.normal() }) },
      outputs: { total: m(1, 1) },
      settings: {},
    });
  }
  for (const factor of [0.37, 1]) {
    add(`${R} x ${C}, scaled by ${factor}`, {
      kernel: 'adam',
      inputs: {
        value: m(R, C),
        gradient: m(R, C),
        m: m(R, C),
        v: m(R, C, positive),
        hyper: m(1, 3, { values: (_, index) => [1e-2, 0.1, 1e-3][index] }),
        factor: m(1, 1, { values: () => factor }),
      },
      outputs: { newValue: m(R, C), newM: m(R, C), newV: m(R, C) },
      settings: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      inPlace: { newValue: 'value', newM: 'm', newV: 'v' },
    });
  }
  const statistics = { gamma: m(1, C), beta: m(1, C) };
  const running = { runningMean: m(1, C), runningVariance: m(1, C, positive) };
  const N = R === 130 ? 13 : R;
  const valid = m(N, 1, { values: (_, index) => (index > 0 && index === N - 1 ? 0 : 1) });
  add(`${R} x ${C}`, {
    kernel: 'batchNorm',
    inputs: { x: m(R, C), ...statistics, valid, ...running },
    outputs: {
      y: m(R, C),
      mean: m(1, C),
      invStd: m(1, C),
      newMean: m(1, C),
      newVariance: m(1, C),
    },
    settings: { epsilon: 1e-3, momentum: 0.9 },
    inPlace: { newMean: 'runningMean', newVariance: 'runningVariance' },
  });
  add(`${R} x ${C}`, {
    kernel: 'batchNormInference',
    inputs: { x: m(R, C), ...statistics, ...running },
    outputs: { y: m(R, C) },
    settings: { epsilon: 1e-3 },
  });
  for (const accumulate of [false, true]) {
    add(`${R} x ${C}${accumulate ? ', added' : ''}`, {
      kernel: 'batchNormBackward',
      inputs: {
        x: m(R, C),
        gamma: m(1, C),
        mean: m(1, C),
        invStd: m(1, C, positive),
        valid,
        dy: m(R, C),
      },
      outputs: { dx: m(R, C), dGamma: m(1, C), dBeta: m(1, C) },
      settings: { accumulate },
      inPlace: { dx: 'dy' },
    });
  }
}

// A batch whose mask keeps nothing.
{
  const [R, C] = [12, 5];
  const valid = m(6, 1, { values: () => 0 });
  const row = m(1, C);
  add('nothing counts', {
    kernel: 'batchNorm',
    inputs: {
      x: m(R, C),
      gamma: row,
      beta: row,
      valid,
      runningMean: row,
      runningVariance: m(1, C, positive),
    },
    outputs: { y: m(R, C), mean: row, invStd: row, newMean: row, newVariance: row },
    settings: { epsilon: 1e-3, momentum: 0.9 },
    inPlace: { newMean: 'runningMean', newVariance: 'runningVariance' },
  });
  add('nothing counts', {
    kernel: 'batchNormBackward',
    inputs: { x: m(R, C), gamma: row, mean: row, invStd: m(1, C, positive), valid, dy: m(R, C) },
    outputs: { dx: m(R, C), dGamma: row, dBeta: row },
    settings: { accumulate: false },
    inPlace: { dx: 'dy' },
  });
}

for (const count of [1, 5, 65]) {
  for (const maxNorm of [0.5, 1000]) {
    add(`${count} squares against ${maxNorm}`, {
      kernel: 'clipFactor',
      inputs: { squares: m(count, 1, positive) },
      outputs: { factor: m(1, 1) },
      settings: { maxNorm },
    });
  }
}

for (const [batch, time, D, F, kernelSize, stride, dilation, padBefore] of [
  [1, 1, 1, 1, 1, 1, 1, 0],
  [3, 7, 5, 4, 3, 1, 1, 2],
  [2, 13, 3, 5, 3, 3, 2, 1],
]) {
  const outputTime = Math.floor((time + 2 * padBefore - (kernelSize - 1) * dilation - 1) / stride) + 1;
  const settings = { batch, time, outputTime, kernelSize, stride, dilation, padBefore };
  const title = `${batch} x ${time} x ${D} -> ${outputTime} x ${F}, stride ${stride}`;
  add(title, {
    kernel: 'conv1d',
    inputs: {
      x: m(time * batch, D),
      kernel: m(kernelSize * D, F),
      ...(stride === 1 && { bias: m(1, F) }),
    },
    outputs: { y: m(outputTime * batch, F) },
    settings,
  });
  for (const accumulate of [false, true]) {
    add(title, {
      kernel: 'conv1dKernelGradient',
      inputs: { x: m(time * batch, D), dy: m(outputTime * batch, F) },
      outputs: { dKernel: m(kernelSize * D, F) },
      settings: { ...settings, accumulate },
    });
  }
  add(title, {
    kernel: 'conv1dInputGradient',
    inputs: { dy: m(outputTime * batch, F), kernel: m(kernelSize * D, F) },
    outputs: { dx: m(time * batch, D) },
    settings,
  });
}

for (const [N, T, V, L] of [
  [1, 1, 2, 1],
  [3, 5, 4, 2],
  [5, 9, 3, 3],
]) {
  for (const masked of [false, true]) {
    add(`N ${N} T ${T} V ${V} L ${L}${masked ? ', masked' : ''}`, {
      kernel: 'ctc',
      inputs: {
        logits: m(T * N, V, { margin: 1, values: (random) => 2 * random.normal() }),
        targets: m(N, L, {
          values: (random, at) =>
            at % L > 0 && at % L >= L - (Math.floor(at / L) % 3) ? 0 : 1 + random.integer(V - 1),
        }),
        weights: m(N, 1, { values: (_, n) => (n === 1 ? 0 : 0.5) }),
        // The first example has nothing that counts; the second a gap.
        ...(masked && {
          mask: m(T * N, 1, { values: (_, row) => +(N > 1 && row % N !== 0 && row % 7 !== 3) }),
        }),
      },
      outputs: { dLogits: m(T * N, V), losses: m(N, 1), forward: m(T * N, 2 * L + 1) },
      settings: { zeroInfinity: true },
      workspace: ['forward'],
    });
  }
}
