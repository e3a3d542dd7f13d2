/** One error planted in a backward pass: a part of a line, which stands once in the file, and what takes its place. */
export interface Mutation {
  /** Under `rnn`, without its ending. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The layer by whose name `seqkit gradcheck` is asked. */
  readonly layer: string;
}

const of =
  (file: string) =>
  (layer: string, from: string, to: string): Mutation => ({ file, from, to, layer });

const slopes = of('engine/reference/activations');
const cells = of('engine/reference/cells');
const losses = of('engine/reference/losses');
const pointwise = of('engine/reference/pointwise');
const normalization = of('engine/reference/normalization');
const rows = of('engine/reference/rows');
const pooling = of('engine/reference/pooling');
const products = of('engine/reference/products');
const convolution2d = of('engine/reference/convolution-2d');
const pooling2d = of('engine/reference/pooling-2d');
const leakyRelu = of('engine/reference/leaky-relu');
const before = of('cells/gru-reset-before-cell');
const peepholes = of('cells/lstm-peepholes');
const recurrentProduct = of('cells/recurrent-product');
const recurrent = of('layers/recurrent');
const bidirectional = of('layers/bidirectional');
const merge = of('layers/merge');
const dot = of('layers/dot');
const projection = of('weights/projection');
const penalty = of('weights/penalty');
const activity = of('weights/activity-penalty');

/** Every backward function of the reference engine, and those of cells and layers that are elementary. */
export const mutations: readonly Mutation[] = [
  slopes('LSTM', 'linear: () => 1,', 'linear: () => 1.01,'),
  slopes('Activation', 'tanh: (y) => 1 - y * y', 'tanh: (y) => 1 - y'),
  slopes('Activation', 'sigmoid: (y) => y * (1 - y)', 'sigmoid: (y) => y * (1 + y)'),
  slopes('Activation', 'relu: (y) => (y > 0 ? 1 : 0)', 'relu: (y) => (y > 0 ? 1 : 0.01)'),
  slopes('Activation', 'y < 1 ? 0.2 : 0)', 'y < 1 ? 0.25 : 0)'),
  slopes('Activation', '(y > 0 && y < 1 ?', '(y > 0 ?'),
  slopes('Activation', 'elu: (y) => (y > 0 ? 1 : y + 1)', 'elu: (y) => (y > 0 ? 1 : y)'),
  slopes('Activation', '(y > 0 ? SELU_SCALE : y +', '(y > 0 ? 1 : y +'),
  slopes('Activation', ': y + SELU_SCALE * SELU_ALPHA)', ': y + SELU_ALPHA)'),
  slopes('Activation', 'softplus: (y) => -Math.expm1(-y)', 'softplus: (y) => -Math.expm1(y)'),
  slopes('Activation', '(y > 0 ? 1 : LEAKY_SLOPE)', '(y > 0 ? 1 : 0)'),
  slopes('Activation', 'exponential: (y) => y', 'exponential: (y) => 1'),
  slopes('Activation', 'sigmoid(x) * (1 + x * (1 - sigmoid(x)))', 'sigmoid(x) * (1 - x * (1 - sigmoid(x)))'),
  slopes('Activation', 'normalDistribution(x) + x * normalDensity(x)', 'normalDistribution(x)'),
  slopes('Activation', '(1 + 3 * a * near ** 2)', '(1 + a * near ** 2)'),
  pointwise('Activation', 'get(dy, r, c) * slopeOf(get(y, r, c))', 'slopeOf(get(y, r, c))'),
  pointwise('Activation', 'get(dy, r, c) * slopeOf(get(x, r, c))', 'slopeOf(get(x, r, c))'),
  cells('LSTM', 'gradientH * o * mainSlope(squashedC)', 'gradientH * o'),
  cells('LSTM', 'set(dPreviousC, n, j, gradientC * f)', 'set(dPreviousC, n, j, gradientC)'),
  cells('LSTM', 'gradientC * g * recurrentSlope(i)', 'gradientC * g * recurrentSlope(f)'),
  cells('LSTM', 'gradientC * previous * recurrentSlope(f)', 'gradientC * recurrentSlope(f)'),
  cells('LSTM', 'gradientC * i * mainSlope(g)', 'gradientC * i'),
  cells('LSTM', 'gradientH * squashedC * recurrentSlope(o)', 'gradientC * squashedC * recurrentSlope(o)'),
  cells('GRU', '(get(previousH, n, j) - candidate) * gateSlope(z)', 'get(previousH, n, j) * gateSlope(z)'),
  cells('GRU', 'gradient * (1 - z) * mainSlope(candidate)', 'gradient * z * mainSlope(candidate)'),
  cells('GRU', 'get(recurrent, n, 2 * H + j) * gateSlope(r)', 'gateSlope(r)'),
  cells('GRU', '[dZ, dR, dCandidate * r]', '[dZ, dR, dCandidate]'),
  cells('GRU', '[dZ, dR, dCandidate].forEach', '[dR, dZ, dCandidate].forEach'),
  cells('GRU', 'get(dPreviousH, n, j) + gradient * z', 'get(dPreviousH, n, j) + gradient'),
  losses('Loss', '(v === target ? 1 : 0)', '(v === target ? 0.9 : 0)'),
  losses('Loss', 'share * Math.exp(get(logits, r, c) - total)', 'Math.exp(get(logits, r, c) - total) * 0.99'),
  losses('Loss', 'other / (1 - held) - target / held', 'other - target / held'),
  losses('Loss', '- target / held)', '- target)'),
  losses('Loss', 'weight * (sigmoid(get(logits, r, c)) -', 'weight * (get(logits, r, c) -'),
  losses('Loss', 'weight * 2 * errors[c]', 'weight * errors[c]'),
  normalization('BatchNormalization', 'get(dy, r, c) - sumDy / count', 'get(dy, r, c)'),
  normalization('BatchNormalization', '(normalized(r) * sumDyNormalized) / count', '0'),
  normalization('BatchNormalization', 'weight(r) * scale * centred', 'scale * centred'),
  normalization('BatchNormalization', 'get(dBeta, 0, c) : 0) + sumDy)', 'get(dBeta, 0, c) : 0) + 2 * sumDy)'),
  normalization('BatchNormalization', '(accumulate ? get(dGamma, 0, c) : 0)', '(accumulate ? 0 : 0)'),
  rows('LayerNormalization', 'scaled[c] - mean - get(normalized', 'scaled[c] - get(normalized'),
  rows('LayerNormalization', '- get(normalized, r, c) * slope)', ')'),
  pooling('MaxPooling1D', 'if (first === time)', 'if (first <= time)'),
  pooling('AveragePooling1D', 'gradient / taps.length', 'gradient / 2'),
  products('Embedding', 'let total = accumulate ? get(dTable, v, c) : 0', 'let total = 1e-3'),
  products('OneHot', 'total += get(dy, get(order, i, 0), c)', 'total = get(dy, get(order, i, 0), c)'),
  products('TiedEmbedding', 'accumulate ? get(dTable, v, c) : 0', '0'),
  products('Conv1D', 's.accumulate ? get(dKernel, row, f) : 0', '0'),
  products('Conv1D', 'get(dy, t * s.batch + n, f);', 'get(dy, t * s.batch, f);'),
  products('Conv1D', 'get(dx, row, d) + gradient', 'gradient'),
  convolution2d('Conv2D', 'fillWith(dKernel, () => 0)', 'fillWith(dKernel, () => 1e-3)'),
  convolution2d('Conv2D', 'get(dy, row, b * F + f));', 'get(dy, row, f));'),
  convolution2d(
    'Conv2D',
    'get(dy, row, b * F + f) * get(kernel, tap * C + c, f)',
    'get(kernel, tap * C + c, f)',
  ),
  pooling2d('MaxPooling2D', "s.pooling === 'average' ? places : first ? [first] : []", 'places'),
  pooling2d('AveragePooling2D', "(s.pooling === 'average' ? places.length : 1)", '1'),
  leakyRelu('LeakyReLU', 'value <= lowest ? 0 :', 'value <= lowest ? 1 :'),
  leakyRelu('LeakyReLU', '(value < 0 ? slope : 1)', '1'),
  products('Dense', '(accumulate ? get(total, 0, c) : 0)', '0'),
  of('layers/layer-activation')('Activation', '{ a: products, b: dy }', '{ a: dy, b: products }'),
  of('layers/layer-activation')(
    'Reshape',
    "builder.run('multiply', { a: y, b: mask }",
    "builder.run('multiply', { a: y, b: y }",
  ),
  of('cells/simple-rnn-cell')(
    'SimpleRNN',
    "'activateInputBackward', { x: projected, dy }",
    "'activateInputBackward', { x: dy, dy }",
  ),
  of('cells/simple-rnn-cell')('SimpleRNN', '{ y: next[0], dy }', '{ y: dy, dy }'),
  of('cells/gru-reset-after-cell')('GRU', '{ x: dRecurrent }', '{ x: dProjected }'),
  before(
    'GRU',
    "'subtract', { a: previousH, b: candidate }, { y: dz }",
    "'add', { a: previousH, b: candidate }, { y: dz }",
  ),
  before('GRU', '{ a: dh, b: dz }', '{ a: dz, b: dz }'),
  before('GRU', '{ factor: -1, offset: 1 }', '{ factor: 1, offset: 0 }'),
  before(
    'GRU',
    '{ y: candidate, dy: dCandidate }, { dx: dCandidate }',
    '{ y: dCandidate, dy: dCandidate }, { dx: dCandidate }',
  ),
  before('GRU', '{ a: dResetH, b: recurrentInput }', '{ a: dResetH, b: previousH }'),
  before('GRU', '{ y: zr, dy: dzr }', '{ y: dzr, dy: dzr }'),
  before(
    'GRU',
    '{ a: dh, b: z }, { y: dPreviousH }, { accumulate: true }',
    '{ a: dh, b: z }, { y: dPreviousH }, { accumulate: false }',
  ),
  before('GRU', '{ a: dResetH, b: r }', '{ a: dResetH, b: z }'),
  before('GRU', 'recurrentKernelGradient(trace, resetH,', 'recurrentKernelGradient(trace, recurrentInput,'),
  peepholes('LSTM', '{ a: dh, b: squashed }', '{ a: dh, b: dh }'),
  peepholes('LSTM', ', dy: d }, { dx: d }', ', dy: dh }, { dx: d }'),
  peepholes('LSTM', '{ a: d, b: ofOutput }', '{ a: dh, b: ofOutput }'),
  peepholes('LSTM', 'of [0, H])', 'of [0])'),
  peepholes('LSTM', '{ y: dPreviousC }, add', '{ y: dPreviousC }, write'),
  peepholes('LSTM', 'gate === 3 ? after : before', 'gate > 0 ? after : before'),
  peepholes('LSTM', '[0, 1, 3].forEach', '[0, 1, 2].forEach'),
  recurrentProduct('LSTM', '{ a: h, b: dy }', '{ a: dy, b: dy }'),
  recurrent('LSTM', '? reversedInTime(trace, dy, T) : dy', '? dy : dy'),
  recurrent('LSTM', '[returnSequences ? undefined : dy, dStates[0]]', '[returnSequences ? undefined : dy]'),
  recurrent('LSTM', 'dStates[i + 1] ?? zeroed()', 'zeroed()'),
  recurrent('LSTM', '{ a: dOthers[i], b: rest }', '{ a: rest, b: rest }'),
  recurrent('GRU', 'inputDropout?.sequence(dx, dx)', 'inputDropout'),
  recurrent(
    'GRU',
    'recurrentDropout?.step(dRecurrentInput, dPreviousOutput, { accumulate: true })',
    'builder',
  ),
  of('layers/step-mask')(
    'GRU',
    'this.#scale(d, this.#at(this.#skipped, t), rest, accumulate)',
    'this.#scale(d, this.#at(this.#mask, t), rest, accumulate)',
  ),
  of('layers/step-mask')('LSTM', 'this.#scale(d, this.#at(this.#mask, t), d, false)', ''),
  bidirectional('Bidirectional', 'sliceColumns(dy, a.cols, b.cols)', 'sliceColumns(dy, 0, b.cols)'),
  bidirectional(
    'Bidirectional',
    "'multiply', { a: dy, b: a }, { y: db }",
    "'multiply', { a: dy, b }, { y: db }",
  ),
  bidirectional('Bidirectional', "=== 'sum' ? 1 : 0.5", "=== 'sum' ? 1 : 1"),
  bidirectional('Bidirectional', "=== 'sum' ? 1 :", "=== 'sum' ? 2 :"),
  bidirectional(
    'Bidirectional',
    "'add', { a: dxForward, b: dxBackward }",
    "'add', { a: dxForward, b: dxForward }",
  ),
  merge('Add', 'return copyOf(trace, dy)', 'return scaled(trace, dy, 0.5)'),
  merge('Subtract', 'i === 0 ? 1 : -1', '1'),
  merge('Average', 'scaled(trace, dy, 1 / inputs.length)', 'scaled(trace, dy, 1)'),
  merge('Multiply', '[dy, ...inputs.filter((_, k) => k !== i)]', '[dy, inputs[i], inputs[i]]'),
  of('layers/concatenate')(
    'Concatenate',
    'sliceColumns(dy, start, features)',
    'sliceColumns(dy, 0, features)',
  ),
  of('layers/concatenate')(
    'Concatenate',
    'sliceRows(dy, place.start, place.rows)',
    'sliceRows(dy, 0, place.rows)',
  ),
  dot('Dot', 'a.drop(spread(b.matrix, dy))', 'a.drop(spread(a.matrix, dy))'),
  dot(
    'Dot',
    '{ a: x, b: d, transposeA: !transposeA, transposeB: false }',
    '{ a: x, b: d, transposeA, transposeB: false }',
  ),
  dot('Dot', 'drop: (d) => keep(d, d)', 'drop: (d) => d'),
  of('layers/reshape')('Reshape', 'toSteps(trace, rows, x.time)', 'rows'),
  of('layers/repeat-vector')(
    'RepeatVector',
    'for (let t = 1; t < this.#n; t++)',
    'for (let t = 1; t < 1; t++)',
  ),
  of('layers/residual')('Residual', '{ a: dy, b: gradient }', '{ a: gradient, b: gradient }'),
  of('layers/tied-embedding')(
    'TiedEmbedding',
    "'affine', { x: gradient }, { y: gradient }, scale",
    "'copy', { x: gradient }, { y: gradient }, {}",
  ),
  of('layers/tied-embedding')('TiedEmbedding', '{ a: dy, b: inner.matrix }', '{ a: dy, b: vectors }'),
  of('layers/pooling')('GlobalAveragePooling1D', '(divide(dy), drop(backward(dy)))', 'drop(backward(dy))'),
  of('layers/masked-rows')('GlobalAveragePooling1D', '(drop(d, d), d)', 'd'),
  of('layers/layer-normalization')('LayerNormalization', '{ a: dy, b: normalized }', '{ a: dy, b: y }'),
  of('layers/batch-normalization')(
    'BatchNormalization',
    '{ x: dy, ...flat }',
    '{ x: dy, ...flat, gamma: none }',
  ),
  of('layers/standardize')('Standardize', 'runningMean: beta }', 'runningMean: gamma }'),
  of('layers/dropout')('Dropout', "'dropout', { x: dy, keys }, { y: dy }", "'copy', { x: dy }, { y: dy }"),
  projection('Dense', '{ a: x.matrix, b: dy }', '{ a: dy, b: dy }'),
  projection(
    'Dense',
    '{ x: dy }, { total }',
    '{ x: dy }, { total: total }, { accumulate: true }); trace.builder.run("sumRows", { x: dy }, { total }',
  ),
  losses('Loss', 'Math.abs, Math.sign', 'Math.abs, Math.tanh'),
  losses('Loss', '(e) => Math.min(delta, Math.max(-delta, e))', '(e) => Math.max(-delta, e)'),
  losses('Loss', '/ ofX ** 2 -', '/ both -'),
  of('engine/reference/ctc')('Loss', 's >= S - 2 ? 0', 's >= S - 1 ? 0'),
  of('engine/reference/ctc')('Loss', 'maySkip(states, s + 2) ? onward[s + 2]', 'false ? onward[s + 2]'),
  of('losses/triplet-loss')('Loss', 'toPositive, active, -2', 'toPositive, active, 2'),
  of('losses/contrastive-loss')('Loss', '{ a: same, b: pushed }', '{ a: same, b: different }'),
  of('layers/absolute-difference')('AbsoluteDifference', 'minus(down, up)', 'minus(up, down)'),
  of('losses/crossentropy')(
    'Loss',
    "'add', { a: main.gradient, b: spread.gradient }",
    "'add', { a: main.gradient, b: main.gradient }",
  ),
  of('graph/layer-graph')('Dense', "'add', { a: earlier, b: gradient }", "'add', { a: earlier, b: earlier }"),
  penalty('L2', 'factor: 2 * l2', 'factor: l2'),
  penalty('L1', '[negated(trace, x), -l1]', '[negated(trace, x), l1]'),
  penalty('Dense', 'if (scale)', 'if (!scale)'),
  activity('GRU', 'addPenaltyGradient(trace, counted, dy', 'addPenaltyGradient(trace, y.matrix, dy'),
];
