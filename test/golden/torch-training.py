"""Makes torch-training.json: ten training steps of small models in PyTorch, in float64.

Run with Debian's python3-torch (1.13): /usr/bin/python3 test/golden/torch-training.py

Everything that goes in comes from whole numbers, `number(key, i)`, which the test works out
likewise; what comes out are the losses, and the weights and predictions at the end. All sizes differ, so that no transposed dimension can pass.

Where PyTorch differs from Keras, whose conventions seqkit follows:
- nn.LSTM and nn.RNN have two biases, of which one is redundant: bias_hh is 0 and frozen.
  nn.GRU's two are real ones: Keras's bias (2, 3H).
- GRU gates stand in the order r, z, n here and z, r, h there; LSTM gates agree.
- Kernels are transposed; a convolution's is (F, D, K) here and (K, D, F) there.
- clip_grad_norm_ divides by norm + 1e-6; Keras by the norm alone, as is done below.
- BatchNorm1d's momentum is 1 minus Keras's, and it keeps the unbiased running variance
  (n / (n - 1) of the batch's); Keras keeps the biased one, which is worked out beside it.
- A weighted loss is divided by the number of elements, not by the sum of the weights.
"""

import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

N, T, V, H, D = 6, 7, 11, 9, 5
STEPS = 10


def number(key, i):
    """Between -0.5 and 0.5: cubes permute the residues of 1013, as 3 does not divide 1012."""
    return ((key + 2) * (i + 7 * key) ** 3 % 1013) / 1013 - 0.5


def numbers(key, shape, scale=1.0):
    size = 1
    for n in shape:
        size *= n
    return torch.tensor([scale * number(key, i) for i in range(size)]).reshape(shape)


def whole(key, shape, count):
    return ((numbers(key, shape) + 0.5) * count).floor().long()


class Weights:
    """Fills parameters, in Keras's layout and order, and reads them back the same way."""

    def __init__(self):
        self.reads = []

    def add(self, shape, write, read):
        values = numbers(20 + len(self.reads), shape, 1.6)
        with torch.no_grad():
            write(values)
        self.reads.append(read)

    def plain(self, parameter):
        self.add(tuple(parameter.shape), parameter.copy_, lambda: parameter)

    def transposed(self, parameter):
        shape = tuple(reversed(parameter.shape))
        self.add(
            shape,
            lambda values: parameter.copy_(values.permute(*reversed(range(values.dim())))),
            lambda: parameter.permute(*reversed(range(parameter.dim()))),
        )

    def dense(self, layer):
        self.transposed(layer.weight)
        self.plain(layer.bias)

    def recurrent(self, layer, index):
        """Layer `index` of an nn.LSTM or nn.RNN."""
        self.transposed(getattr(layer, f"weight_ih_l{index}"))
        self.transposed(getattr(layer, f"weight_hh_l{index}"))
        self.plain(getattr(layer, f"bias_ih_l{index}"))
        frozen = getattr(layer, f"bias_hh_l{index}")
        with torch.no_grad():
            frozen.zero_()
        frozen.requires_grad_(False)

    def gru(self, layer):
        def swap(x):  # r, z, n and z, r, h, on the last axis
            a, b, c = x.chunk(3, dim=-1)
            return torch.cat([b, a, c], dim=-1)

        for parameter in (layer.weight_ih_l0, layer.weight_hh_l0):
            shape = tuple(reversed(parameter.shape))
            self.add(
                shape,
                lambda values, p=parameter: p.copy_(swap(values).t()),
                lambda p=parameter: swap(p.t()),
            )
        ih, hh = layer.bias_ih_l0, layer.bias_hh_l0
        self.add(
            (2, ih.numel()),
            lambda values: (ih.copy_(swap(values[0])), hh.copy_(swap(values[1]))),
            lambda: torch.stack([swap(ih), swap(hh)]),
        )

    def read(self):
        return [[float(f"{x:.10g}") for x in read().detach().reshape(-1).tolist()] for read in self.reads]


def train(model, batches, loss_of, rate, max_norm):
    """Ten steps of Adam after clipping by the global norm; some steps must be clipped and some not."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    adam = torch.optim.Adam(parameters, lr=rate, betas=(0.9, 0.999), eps=1e-8)
    losses, clipped, norms = [], [], []
    for step in range(STEPS):
        loss = loss_of(*batches[step % len(batches)])
        adam.zero_grad()
        loss.backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))
        norms.append(norm.item())
        clipped.append(bool(norm > max_norm))
        if norm > max_norm:
            for p in parameters:
                p.grad *= max_norm / norm
        adam.step()
        losses.append(loss.item())
    assert any(clipped) and not all(clipped), norms
    return losses


def split(x, y, size):
    return [(x[i : i + size], y[i : i + size]) for i in range(0, len(x), size)]


def result(losses, weights, prediction):
    return {
        "losses": losses,
        "weights": weights.read(),
        "prediction": [float(f"{x:.10g}") for x in prediction.detach().reshape(-1).tolist()],
    }


def lstm():
    """Two LSTM layers on one-hot characters; truncated BPTT, the state carried over ten windows."""
    sizes = [H, H - 1]
    model = nn.ModuleList([nn.LSTM(V, sizes[0], batch_first=True), nn.LSTM(sizes[0], sizes[1], batch_first=True)])
    model.append(nn.Linear(sizes[1], V))
    weights = Weights()
    weights.recurrent(model[0], 0)
    weights.recurrent(model[1], 0)
    weights.dense(model[2])
    text = whole(1, (N, STEPS * T + 1), V)
    states = [None, None]

    def forward(x, carried):
        h = F.one_hot(x, V).double()
        for i in range(2):
            h, state = model[i](h, carried[i])
            carried[i] = tuple(s.detach() for s in state)
        return model[2](h)

    def loss_of(x, y):
        return F.cross_entropy(forward(x, states).reshape(-1, V), y.reshape(-1))

    windows = [(text[:, i : i + T], text[:, i + 1 : i + T + 1]) for i in range(0, STEPS * T, T)]
    losses = train(model, windows, loss_of, 0.02, 0.24)
    return result(losses, weights, forward(windows[0][0], [None, None]))


def gru():
    """Embedding, GRU (reset after), Dense; five batches, the last of them short, twice."""
    model = nn.ModuleList([nn.Embedding(V, D), nn.GRU(D, H, batch_first=True), nn.Linear(H, V)])
    weights = Weights()
    weights.plain(model[0].weight)
    weights.gru(model[1])
    weights.dense(model[2])
    count = 4 * N + 4
    x, y = whole(2, (count, T), V), whole(3, (count, T), V)
    forward = lambda x: model[2](model[1](model[0](x))[0])
    loss_of = lambda x, y: F.cross_entropy(forward(x).reshape(-1, V), y.reshape(-1))
    losses = train(model, split(x, y, N), loss_of, 0.02, 0.36)
    return result(losses, weights, forward(x[:N]))


def gru_reset_before():
    """The GRU as first published, which PyTorch does not have: written out here, by autograd."""

    class Cell(nn.Module):
        def __init__(self):
            super().__init__()
            self.kernel = nn.Parameter(torch.empty(D, 3 * H))
            self.recurrent = nn.Parameter(torch.empty(H, 3 * H))
            self.bias = nn.Parameter(torch.empty(3 * H))

        def forward(self, x):
            h = torch.zeros(len(x), H)
            for t in range(x.shape[1]):
                xz, xr, xh = (x[:, t] @ self.kernel + self.bias).chunk(3, dim=-1)
                uz, ur, uh = self.recurrent.chunk(3, dim=-1)
                z, r = torch.sigmoid(xz + h @ uz), torch.sigmoid(xr + h @ ur)
                h = z * h + (1 - z) * torch.tanh(xh + (r * h) @ uh)
            return h

    model = nn.ModuleList([Cell(), nn.Linear(H, 4)])
    weights = Weights()
    for parameter in (model[0].kernel, model[0].recurrent, model[0].bias):
        weights.plain(parameter)
    weights.dense(model[1])
    count = 4 * N + 1
    x, y = numbers(4, (count, T, D), 4.0), numbers(5, (count, 4), 4.0)
    forward = lambda x: model[1](model[0](x))
    losses = train(model, split(x, y, N), lambda x, y: F.mse_loss(forward(x), y), 0.02, 1.8)
    return result(losses, weights, forward(x[:N]))


def simple_rnn():
    """One-hot characters, the last step alone, classes."""
    model = nn.ModuleList([nn.RNN(V, H, batch_first=True), nn.Linear(H, D)])
    weights = Weights()
    weights.recurrent(model[0], 0)
    weights.dense(model[1])
    count = 4 * N + 2
    x, y = whole(6, (count, T), V), whole(7, (count,), D)
    forward = lambda x: model[1](model[0](F.one_hot(x, V).double())[0][:, -1])
    losses = train(model, split(x, y, N), lambda x, y: F.cross_entropy(forward(x), y), 0.02, 1.8)
    return result(losses, weights, forward(x[:N]))


def convolution():
    """Causal Conv1D, batch normalization, relu, two sigmoid outputs, a weight for each step."""
    kernel, stride, filters, epsilon, momentum = 3, 2, 8, 1e-3, 0.9
    steps = -(-T // stride)
    model = nn.ModuleList([nn.Conv1d(D, filters, kernel, stride=stride, bias=False)])
    model.append(nn.BatchNorm1d(filters, eps=epsilon, momentum=1 - momentum))
    model.append(nn.Linear(filters, 2))
    norm = model[1]
    biased = torch.ones(filters)
    weights = Weights()
    weights.transposed(model[0].weight)
    weights.plain(norm.weight)
    weights.plain(norm.bias)
    running = Weights()
    running.reads += [lambda: norm.running_mean, lambda: biased]
    weights.dense(model[2])
    count = 4 * N + 5
    x = numbers(8, (count, T, D), 4.0)
    y = whole(9, (count, steps, 2), 2).double()
    w = whole(10, (count, steps), 4).double() / 2

    def convolve(x):
        return model[0](F.pad(x.transpose(1, 2), (kernel - 1, 0)))

    def loss_of(x, target):
        y, w = target
        features = convolve(x)
        with torch.no_grad():
            batch = features.var(dim=(0, 2), unbiased=False)
            biased.mul_(momentum).add_(batch * (1 - momentum))
        logits = model[2](torch.relu(norm(features)).transpose(1, 2))
        rows = F.binary_cross_entropy_with_logits(logits, y, reduction="none").mean(dim=2)
        return (w * rows).mean()

    batches = [(x[i : i + N], (y[i : i + N], w[i : i + N])) for i in range(0, count, N)]
    losses = train(model, batches, loss_of, 0.02, 0.125)
    scaled = F.batch_norm(convolve(x[:N]), norm.running_mean, biased, norm.weight, norm.bias, False, 0.0, epsilon)
    prediction = model[2](torch.relu(scaled).transpose(1, 2))
    return {**result(losses, weights, prediction), "running": running.read()}


golden = {case.__name__: case() for case in (lstm, gru, gru_reset_before, simple_rnn, convolution)}
lines = []
for name, case in golden.items():
    fields = ",\n".join(
        f"  {json.dumps(key)}: " + (
            "[\n" + ",\n".join("   " + json.dumps(row) for row in value) + "\n  ]"
            if key in ("weights", "running")
            else json.dumps(value)
        )
        for key, value in case.items()
    )
    lines.append(f" {json.dumps(name)}: {{\n{fields}\n }}")
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
