"""Makes torch-layers.json: outputs, losses and all gradients of the layers that the other scripts
leave out, and schedules of the learning rate, in PyTorch, in float64.

Run with Debian's python3-torch (1.13): /usr/bin/python3 test/golden/torch-layers.py

Everything that goes in comes from `number(key, i)`, as in torch-training.py: input i has the key
1 + i, target i 10 + i, weight i 20 + i, the keys of dropout site i 60 + i. Weights are leaves in
Keras's layout and order, and are turned into PyTorch's on the way, so that their gradients come out
in Keras's. All sizes differ, so that no transposed dimension can pass.

A layer that PyTorch has is PyTorch's: lstm, gru, layer_norm, conv1d, pooling. What it has not
(recurrent dropout, the GRU as first published) is written out, and left to autograd. Dropout masks
are worked out here from their six keys, as the comment in src/rnn/program/dropout-bits.ts has it.
"""

import json
import math
import pathlib

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

N, T, S, D, H, V = 2, 5, 6, 4, 3, 8
POOLED = 7


def number(key, i):
    return ((key + 2) * (i + 7 * key) ** 3 % 1013) / 1013 - 0.5


def numbers(key, shape, scale=1.0):
    return torch.tensor([scale * number(key, i) for i in range(math.prod(shape))]).reshape(shape)


def whole(key, shape, count):
    return ((numbers(key, shape) + 0.5) * count).floor().long()


class Leaves:
    """The inputs and weights of a case, in order."""

    def __init__(self):
        self.inputs, self.weights = [], []

    def x(self, *shape):
        self.inputs.append(numbers(1 + len(self.inputs), shape, 4.0).requires_grad_())
        return self.inputs[-1]

    def tokens(self, *shape):
        self.inputs.append(whole(1 + len(self.inputs), shape, V))
        return self.inputs[-1]

    def weight(self, *shape):
        self.weights.append(numbers(20 + len(self.weights), shape, 1.6).requires_grad_())
        return self.weights[-1]

    def dense(self, features, units):
        kernel, bias = self.weight(features, units), self.weight(units)
        return lambda x: x @ kernel + bias

    def layer_norm(self, features, epsilon):
        gamma, beta = self.weight(features), self.weight(features)
        return lambda x: F.layer_norm(x, (features,), gamma, beta, epsilon)

    def conv1d(self, size, features, filters):
        kernel, bias = self.weight(size, features, filters), self.weight(filters)
        return lambda x, **how: F.conv1d(
            x.transpose(1, 2), kernel.permute(2, 1, 0), bias, **how
        ).transpose(1, 2)

    def lstm(self, features, units):
        """x (N, T, D) and initial states to all outputs and the states after the last step."""
        kernel, recurrent = self.weight(features, 4 * units), self.weight(units, 4 * units)
        bias = self.weight(4 * units)
        flat = [kernel.t(), recurrent.t(), bias, torch.zeros(4 * units)]

        def run(x, states=None):
            start = states or (torch.zeros(len(x), units), torch.zeros(len(x), units))
            y, h, c = torch.lstm(x, [s[None] for s in start], flat, True, 1, 0.0, False, False, True)
            return y, (h[0], c[0])

        return run

    def gru(self, features, units):
        kernel, recurrent = self.weight(features, 3 * units), self.weight(units, 3 * units)
        bias = self.weight(2, 3 * units)

        def swap(x):  # z, r, h to r, z, n, on the last axis
            z, r, h = x.chunk(3, dim=-1)
            return torch.cat([r, z, h], dim=-1)

        flat = [swap(kernel).t(), swap(recurrent).t(), swap(bias[0]), swap(bias[1])]

        def run(x, states=None):
            (start,) = states or (torch.zeros(len(x), units),)
            y, h = torch.gru(x, start[None], flat, True, 1, 0.0, False, False, True)
            return y, (h[0],)

        return run


def backwards(run):
    """The outputs in the order of time, as one half of a bidirectional layer gives them."""

    def walk(x, states=None):
        y, last = run(x.flip(1), states)
        return y.flip(1), last

    return walk


def squared(outputs, _leaves):
    return F.mse_loss(outputs[0], numbers(10, tuple(outputs[0].shape), 4.0))


def normalization(leaves):
    first, dense = leaves.layer_norm(D, 1e-3), leaves.dense(D, H)
    second = leaves.layer_norm(H, 0.1)
    return second(dense(first(leaves.x(N, T, D))))


def convolution(leaves):
    same, valid = leaves.conv1d(3, D, H), leaves.conv1d(2, H, S)
    wide = torch.tanh(same(leaves.x(N, POOLED, D), dilation=2, padding=2))
    return torch.relu(valid(wide, stride=3))


def padded(x, before, after, value):
    return F.pad(x.transpose(1, 2), (before, after), value=value)


def max_pooling(leaves):
    x = leaves.dense(D, H)(leaves.x(N, POOLED, D))
    low = -math.inf
    x = F.max_pool1d(padded(x, 1, 1, low), 3, 2).transpose(1, 2)
    x = F.max_pool1d(padded(x, 0, 1, low), 2, 1).transpose(1, 2)
    return F.max_pool1d(x.transpose(1, 2), 2).transpose(1, 2)


def average_pooling(leaves):
    """`same`, where padding takes no part in the mean, evenly and on one side, then `valid`."""
    x = leaves.dense(D, H)(leaves.x(N, POOLED, D))
    x = F.avg_pool1d(x.transpose(1, 2), 3, 2, padding=1, count_include_pad=False).transpose(1, 2)
    counts = F.avg_pool1d(padded(torch.ones_like(x), 0, 1, 0.0), 2, 1)
    x = (F.avg_pool1d(padded(x, 0, 1, 0.0), 2, 1) / counts).transpose(1, 2)
    return F.avg_pool1d(x.transpose(1, 2), 2).transpose(1, 2)


def global_pooling(leaves):
    x = leaves.dense(D, H)(leaves.x(N, T, D)).transpose(1, 2)
    largest, mean = F.adaptive_max_pool1d(x, 1), F.adaptive_avg_pool1d(x, 1)
    return torch.cat([largest, mean], dim=1).squeeze(-1)


def attention(leaves):
    """Scores of every query with every step of the memory, softmax, and their mean of it."""
    query, memory = leaves.x(N, T, D), leaves.x(N, S, D)
    dense = leaves.dense(2 * D, H)
    weights = torch.softmax(query @ memory.transpose(1, 2), dim=-1)
    return torch.tanh(dense(torch.cat([query, weights @ memory], dim=-1)))


def additive_attention(leaves):
    """Bahdanau et al. 2014: one query, repeated beside each step of what was read."""
    read, query = leaves.x(N, T, D), leaves.x(N, S)
    gru, first = leaves.gru(D, H), leaves.dense(S + H, V)
    score = leaves.weight(V, 1)
    h, _ = gru(read)
    beside = torch.cat([query[:, None].expand(-1, T, -1), h], dim=-1)
    weights = torch.softmax((torch.tanh(first(beside)) @ score).squeeze(-1), dim=1)
    return torch.bmm(weights[:, None], h)


def merges(leaves):
    a, b = leaves.x(N, T, D), leaves.x(N, T, D)
    dense = leaves.dense(D, H)
    return dense(torch.cat([a + b, a - b, (a + b) / 2, a * b * b], dim=1))


def likeness(leaves):
    """One layer used twice, and the products of its rows."""
    a, b = leaves.x(N, T, D), leaves.x(N, T, D)
    gru = leaves.gru(D, H)
    return (gru(a)[1][0] * gru(b)[1][0]).sum(dim=-1, keepdim=True)


def shapes(leaves):
    """RepeatVector, Reshape and Flatten."""
    gru, wide, last = leaves.gru(D, H), leaves.dense(2 * H, T), leaves.dense(2 * T, 1)
    repeated = gru(leaves.x(N, T, D))[1][0][:, None].repeat(1, 4, 1)
    return last(wide(repeated.reshape(N, 2, 2 * H)).flatten(1))


def residual(leaves):
    lstm, first = leaves.lstm(D, H), leaves.dense(H, D)
    norm, second = leaves.layer_norm(D, 1e-3), leaves.dense(D, D)
    x = leaves.x(N, T, D)
    y = x + torch.tanh(first(lstm(x)[0]))
    return y + second(norm(y))


def lstm_states(leaves):
    """An encoder whose states a decoder starts from."""
    encoder, decoder = leaves.lstm(D, H), leaves.lstm(S, H)
    source, target = leaves.x(N, T, D), leaves.x(N, T - 1, S)
    return decoder(target, encoder(source)[1])[0]


def gru_states(leaves):
    encoder, decoder = leaves.gru(D, H), leaves.gru(S, H)
    source, target = leaves.x(N, T, D), leaves.x(N, T - 1, S)
    y, states = encoder(source)
    # Outputs and states both count.
    return torch.cat([decoder(target, states)[0], y], dim=1)


def states_of_both_directions(leaves):
    """mergeMode sum on both sides."""
    ahead, behind = leaves.gru(D, H), leaves.gru(D, H)
    ahead_too, behind_too = leaves.gru(S, H), leaves.gru(S, H)
    source, target = leaves.x(N, T, D), leaves.x(N, T - 1, S)
    a, b = ahead(source)[1], backwards(behind)(source)[1]
    return ahead_too(target, a)[0] + backwards(behind_too)(target, b)[0]


def bidirectional_multiply(leaves):
    ahead, behind = leaves.lstm(D, H), leaves.lstm(D, H)
    x = leaves.x(N, T, D)
    return ahead(x)[0] * backwards(behind)(x)[0]


def bidirectional_average(leaves):
    """The last state of each walk."""
    ahead, behind = leaves.gru(D, H), leaves.gru(D, H)
    x = leaves.x(N, T, D)
    return (ahead(x)[1][0] + backwards(behind)(x)[1][0]) / 2


def going_backwards(leaves):
    """Outputs come in the order of the walk."""
    lstm, gru = leaves.lstm(D, H), leaves.gru(H, S)
    y, _ = lstm(leaves.x(N, T, D).flip(1))
    return gru(y.flip(1))[1][0]


def time_distributed(leaves):
    dense, conv = leaves.dense(D, H), leaves.conv1d(2, H, S)
    x = torch.tanh(dense(leaves.x(N, T, POOLED, D)))
    return conv(x.reshape(N * T, POOLED, H)).reshape(N, T, POOLED - 1, S)


def activations(leaves):
    one, two, three = leaves.dense(D, H), leaves.dense(H, S), leaves.dense(S, V)
    x = torch.sigmoid(one(leaves.x(N, T, D)))
    x = F.hardtanh(0.2 * two(x) + 0.5, 0.0, 1.0)  # Keras 2's hard_sigmoid; F.hardsigmoid is x / 6 + 0.5
    return torch.softmax(torch.relu(three(x)), dim=-1)


def mask(site, rows, columns, rate):
    """0 or 1 / (1 - rate) of each element, from the keys of a dropout site."""
    keys = whole(60 + site, (6,), 4096).tolist()
    kept = []
    for element in range(rows * columns):
        left, right = divmod(element, 4096)
        for key in keys:
            square = ((right + key) % 4096) ** 2
            left, right = right, (left + square // 64 + key) % 4096
        kept.append(left * 4096 + right < (1 - rate) * 2**24)
    assert any(kept) and not all(kept)
    return torch.tensor(kept).reshape(rows, columns) / (1 - rate)


def walk_with_dropout(step, x, units, states):
    """Site 0 hides the state from the recurrent weights, site 1 the input: one mask for all steps."""
    of_state, of_input = mask(0, N, units, 0.4), mask(1, N, D, 0.25)
    state, outputs = [torch.zeros(N, units)] * states, []
    for t in range(T):
        state = step(x[:, t] * of_input, state[0] * of_state, state)
        outputs.append(state[0])
    return torch.stack(outputs, dim=1)


def lstm_dropout(leaves):
    kernel, recurrent, bias = leaves.weight(D, 4 * H), leaves.weight(H, 4 * H), leaves.weight(4 * H)

    def step(x, seen, state):
        i, f, g, o = (x @ kernel + seen @ recurrent + bias).chunk(4, dim=-1)
        c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
        return [torch.sigmoid(o) * torch.tanh(c), c]

    return walk_with_dropout(step, leaves.x(N, T, D), H, 2)


def gru_dropout(leaves):
    kernel, recurrent, bias = leaves.weight(D, 3 * H), leaves.weight(H, 3 * H), leaves.weight(2, 3 * H)

    def step(x, seen, state):
        xz, xr, xh = (x @ kernel + bias[0]).chunk(3, dim=-1)
        uz, ur, uh = (seen @ recurrent + bias[1]).chunk(3, dim=-1)
        z, r = torch.sigmoid(xz + uz), torch.sigmoid(xr + ur)
        return [z * state[0] + (1 - z) * torch.tanh(xh + r * uh)]

    return walk_with_dropout(step, leaves.x(N, T, D), H, 1)


def gru_reset_before_dropout(leaves):
    kernel, recurrent, bias = leaves.weight(D, 3 * H), leaves.weight(H, 3 * H), leaves.weight(3 * H)

    def step(x, seen, state):
        xz, xr, xh = (x @ kernel + bias).chunk(3, dim=-1)
        uz, ur, uh = recurrent.chunk(3, dim=-1)
        z, r = torch.sigmoid(xz + seen @ uz), torch.sigmoid(xr + seen @ ur)
        return [z * state[0] + (1 - z) * torch.tanh(xh + (r * seen) @ uh)]

    return walk_with_dropout(step, leaves.x(N, T, D), H, 1)


def simple_rnn_dropout(leaves):
    kernel, recurrent, bias = leaves.weight(D, H), leaves.weight(H, H), leaves.weight(H)
    step = lambda x, seen, state: [torch.tanh(x @ kernel + seen @ recurrent + bias)]
    return walk_with_dropout(step, leaves.x(N, T, D), H, 1)


def dropout(leaves):
    """Elements are counted time step by time step, as the rows lie."""
    dense, last = leaves.dense(D, H), leaves.dense(H, S)
    kept = mask(0, T * N, H, 0.4).reshape(T, N, H).transpose(0, 1)
    return last(torch.tanh(dense(leaves.x(N, T, D))) * kept)


def tied_embedding(leaves):
    table, lstm, dense = leaves.weight(V, D), leaves.lstm(D, H), leaves.dense(H, D)
    bias = leaves.weight(V)
    x = math.sqrt(D) * F.embedding(leaves.tokens(N, T), table)
    return F.linear(dense(lstm(x)[0]), table, bias)


def of_classes(outputs, _leaves):
    classes = whole(10, (N, T), V)
    return F.cross_entropy(outputs[0].reshape(-1, V), classes.reshape(-1))


def two_outputs(leaves):
    """A number at each step, and a class of the whole."""
    gru, at_steps, of_all = leaves.gru(D, H), leaves.dense(H, 1), leaves.dense(H, V)
    h, (last,) = gru(leaves.x(N, T, D))
    return [at_steps(h), of_all(last)]


def weighted(outputs, _leaves):
    squares = F.mse_loss(outputs[0], numbers(10, (N, T, 1), 4.0))
    return 0.3 * squares + 2 * F.cross_entropy(outputs[1], whole(11, (N,), V))


def regularized(leaves):
    table, conv = leaves.weight(V, D), leaves.conv1d(2, D, S)
    lstm, dense = leaves.lstm(S, H), leaves.dense(H, 1)
    return dense(lstm(conv(F.embedding(leaves.tokens(N, T), table)))[1][0])


def with_l2(shares):
    """Each share times the sum of the squares of one weight, in order."""
    return lambda outputs, leaves: squared(outputs, leaves) + sum(
        share * (weight**2).sum() for share, weight in zip(shares, leaves.weights)
    )


def groups(leaves):
    """Two groups, then one for each feature: depthwise, two filters a feature."""
    two, two_bias = leaves.weight(3, D // 2, S), leaves.weight(S)
    each, each_bias = leaves.weight(2, 1, 2 * S), leaves.weight(2 * S)
    x = leaves.x(N, POOLED, D).transpose(1, 2)
    x = torch.tanh(F.conv1d(x, two.permute(2, 1, 0), two_bias, groups=2))
    return F.conv1d(x, each.permute(2, 1, 0), each_bias, groups=S, dilation=2).transpose(1, 2)


def without_center_or_scale(leaves):
    """Norms with one of gamma and beta, and rows of length 1."""
    first, gamma, beta = leaves.dense(D, H), leaves.weight(H), leaves.weight(H)
    second, scale, shift = leaves.dense(H, S), leaves.weight(S), leaves.weight(S)
    over_batch = lambda x, g, b: F.batch_norm(
        x.reshape(N * T, -1), None, None, g, b, training=True, eps=1e-3
    ).reshape(N, T, -1)
    x = F.layer_norm(first(leaves.x(N, T, D)), (H,), gamma, None, 1e-3)
    x = F.layer_norm(torch.tanh(x), (H,), None, beta, 1e-3)
    x = over_batch(second(x), scale, None)
    x = over_batch(torch.tanh(x), None, shift)
    return F.normalize(torch.tanh(x), dim=-1)


def flat(tensor):
    return [float(f"{x:.10g}") for x in tensor.detach().reshape(-1).tolist()]


def result(case, loss_of=squared):
    leaves = Leaves()
    found = case(leaves)
    outputs = found if isinstance(found, list) else [found]
    loss = loss_of(outputs, leaves)
    loss.backward()
    return {
        "loss": loss.item(),
        "outputs": [flat(y) for y in outputs],
        "weights": [flat(weight.grad) for weight in leaves.weights],
        "inputs": [flat(x.grad) if x.requires_grad else [] for x in leaves.inputs],
    }


cases = {
    "normalization": result(normalization),
    "convolution": result(convolution),
    "maxPooling": result(max_pooling),
    "averagePooling": result(average_pooling),
    "globalPooling": result(global_pooling),
    "attention": result(attention),
    "additiveAttention": result(additive_attention),
    "merges": result(merges),
    "likeness": result(likeness),
    "shapes": result(shapes),
    "residual": result(residual),
    "lstmStates": result(lstm_states),
    "gruStates": result(gru_states),
    "statesOfBothDirections": result(states_of_both_directions),
    "bidirectionalMultiply": result(bidirectional_multiply),
    "bidirectionalAverage": result(bidirectional_average),
    "goingBackwards": result(going_backwards),
    "timeDistributed": result(time_distributed),
    "activations": result(activations),
    "lstmDropout": result(lstm_dropout),
    "gruDropout": result(gru_dropout),
    "gruResetBeforeDropout": result(gru_reset_before_dropout),
    "simpleRnnDropout": result(simple_rnn_dropout),
    "dropout": result(dropout),
    "tiedEmbedding": result(tied_embedding, of_classes),
    "groups": result(groups),
    "withoutCenterOrScale": result(without_center_or_scale),
    "twoOutputs": result(two_outputs, weighted),
    # Embeddings; kernel and bias of the convolution; the LSTM's three; the dense kernel.
    "l2": result(regularized, with_l2([0.1, 0.02, 0.3, 0.03, 0.05, 0.2, 0.4, 0.0])),
}


def schedule(make):
    """The rates of twelve steps of SGD on one dense layer, and the losses before each."""
    x, y = numbers(1, (N, D), 4.0), numbers(10, (N, S), 4.0)
    kernel, bias = numbers(20, (D, S), 1.6).requires_grad_(), numbers(21, (S,), 1.6).requires_grad_()
    optimizer = torch.optim.SGD([kernel, bias], lr=0.08)
    scheduler = make(optimizer)
    rates, losses = [], []
    for _ in range(12):
        optimizer.zero_grad()
        loss = F.mse_loss(x @ kernel + bias, y)
        loss.backward()
        rates.append(optimizer.param_groups[0]["lr"])
        losses.append(loss.item())
        optimizer.step()
        scheduler.step()
    return {"rates": rates, "losses": losses}


def cosine(warm_up, total, floor):
    """From 1 / warm_up of the rate up to all of it at step `warm_up`, then down to `floor` at step `total`.

    1.13 warns of SequentialLR's own use of a deprecated argument.
    """

    def make(optimizer):
        climb = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / warm_up, 1.0, warm_up - 1)
        fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total - warm_up, floor)
        return torch.optim.lr_scheduler.SequentialLR(optimizer, [climb, fall], [warm_up - 1])

    return make


of = torch.optim.lr_scheduler
schedules = {
    "step": schedule(lambda o: of.StepLR(o, 5, 0.5)),
    "exponential": schedule(lambda o: of.ExponentialLR(o, 0.5 ** (1 / 5))),
    "cosine": schedule(cosine(4, 12, 0.01)),
    "warmUp": schedule(lambda o: of.LinearLR(o, 1 / 8, 1.0, 7)),
}

lines = []
compact = lambda value: json.dumps(value, separators=(",", ":"))
for name, case in cases.items():
    fields = ",\n".join(f'   "{key}": {compact(value)}' for key, value in case.items())
    lines.append(f'  "{name}": {{\n{fields}\n  }}')
kept = ",\n".join(f'  "{name}": {compact(case)}' for name, case in schedules.items())
text = '{\n "cases": {\n' + ",\n".join(lines) + '\n },\n "schedules": {\n' + kept + "\n }\n}\n"
pathlib.Path(__file__).with_suffix(".json").write_text(text)
