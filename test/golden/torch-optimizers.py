"""Makes torch-optimizers.json: 50 steps of PyTorch's optimizers, and values of its losses, in float64.

Run with Debian's python3-torch (1.13): /usr/bin/python3 test/golden/torch-optimizers.py

Each optimizer fits y = x W + b to fixed targets by the mean squared error. What goes in comes
from `number(key, i)`, as in torch-training.py; what comes out are all 50 losses and the weights.

What 1.13 computes is what its documentation says: SGD keeps v = mu v + g and steps by v, with
nesterov by g + mu v; RMSprop adds epsilon outside the root; AdamW takes rate * decay * value
away before the step; Adagrad adds epsilon outside the root. NAdam's momentum_decay of 4e-3 is the
paper's, and its foreach path the one that does as documented: the other of 1.13 takes mu_t twice.
`KerasNadam` is Keras 3's schedule, written out from its formulae, as momentum_decay = 1 would be.
An epsilon of 1e-3 keeps a gradient that is nothing but rounding from deciding a whole step. Moving
averages are those of torch.optim.swa_utils, whose first update copies the weights, as Keras's
useEma does. A weighted loss is divided by the number of rows, as Keras does, not by the sum of the
weights; a padded row is left out.
"""

import json
import pathlib

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

N, D, V, STEPS = 6, 5, 4, 50


def number(key, i):
    return ((key + 2) * (i + 7 * key) ** 3 % 1013) / 1013 - 0.5


def numbers(key, shape, scale=1.0):
    size = 1
    for n in shape:
        size *= n
    return torch.tensor([scale * number(key, i) for i in range(size)]).reshape(shape)


def fit(make, clip=None, l2=0.0, average=None):
    x, y = numbers(1, (N, D), 3.0), numbers(2, (N, V), 4.0)
    kernel, bias = (torch.nn.Parameter(numbers(3, (D, V))), torch.nn.Parameter(numbers(4, (V,))))
    optimizer = make([kernel, bias])
    losses = []
    module = torch.nn.ParameterList([kernel, bias])
    averaged = average and torch.optim.swa_utils.AveragedModel(
        module, avg_fn=lambda old, new, _: average * old + (1 - average) * new
    )
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.mse_loss(x @ kernel + bias, y) + l2 * (kernel**2).sum()
        loss.backward()
        if clip:
            clip([kernel, bias])
        optimizer.step()
        losses.append(loss.item())
        if averaged:
            averaged.update_parameters(module)
    last = averaged.module if averaged else module
    return {"losses": losses, "weights": [p.detach().reshape(-1).tolist() for p in last]}


class KerasNadam(torch.optim.Optimizer):
    """Keras 3's Nadam, from its formulae: u_t = beta_1 (1 - 0.5 * 0.96^t), and their running product."""

    def __init__(self, parameters, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        super().__init__(parameters, {"lr": lr})
        self.betas, self.epsilon, self.t, self.u_product = (beta_1, beta_2), epsilon, 0, 1.0

    @torch.no_grad()
    def step(self):
        (beta_1, beta_2), lr = self.betas, self.param_groups[0]["lr"]
        self.t += 1
        u_t = beta_1 * (1.0 - 0.5 * 0.96**self.t)
        u_next = beta_1 * (1.0 - 0.5 * 0.96 ** (self.t + 1))
        self.u_product *= u_t
        for p in self.param_groups[0]["params"]:
            state = self.state[p]
            m, v = state.setdefault("m", torch.zeros_like(p)), state.setdefault("v", torch.zeros_like(p))
            m += (p.grad - m) * (1 - beta_1)
            v += (p.grad**2 - v) * (1 - beta_2)
            m_hat = u_next * m / (1 - self.u_product * u_next) + (1 - u_t) * p.grad / (1 - self.u_product)
            p -= lr * m_hat / (torch.sqrt(v / (1 - beta_2**self.t)) + self.epsilon)


def by_value(limit):
    return lambda parameters: torch.nn.utils.clip_grad_value_(parameters, limit)


def scale_down(parameters, limit):
    norm = torch.sqrt(sum((p.grad**2).sum() for p in parameters))
    if norm > limit:
        for p in parameters:
            p.grad *= limit / norm


o = torch.optim
optimizers = {
    "sgd": fit(lambda p: o.SGD(p, lr=0.1)),
    "momentum": fit(lambda p: o.SGD(p, lr=0.05, momentum=0.8)),
    "nesterov": fit(lambda p: o.SGD(p, lr=0.05, momentum=0.8, nesterov=True)),
    "rmsprop": fit(lambda p: o.RMSprop(p, lr=0.004, alpha=0.9, eps=1e-3)),
    "rmspropMomentum": fit(lambda p: o.RMSprop(p, lr=0.003, alpha=0.95, eps=1e-6, momentum=0.7)),
    "adam": fit(lambda p: o.Adam(p, lr=0.02)),
    "adamw": fit(lambda p: o.AdamW(p, lr=0.02, weight_decay=0.1)),
    "sgdWeightDecay": fit(lambda p: o.SGD(p, lr=0.05, momentum=0.8, weight_decay=0.1)),
    "adagrad": fit(lambda p: o.Adagrad(p, lr=0.1, initial_accumulator_value=0.1, eps=1e-3)),
    "amsgrad": fit(lambda p: o.Adam(p, lr=0.02, betas=(0.9, 0.9), amsgrad=True)),
    "adamwAmsgrad": fit(lambda p: o.AdamW(p, lr=0.02, betas=(0.9, 0.9), weight_decay=0.1, amsgrad=True)),
    "nadam": fit(lambda p: o.NAdam(p, lr=0.02, eps=1e-3, foreach=True)),
    "nadamOfKeras": fit(lambda p: KerasNadam(p, lr=0.02, epsilon=1e-3)),
    "nadamClipped": fit(lambda p: o.NAdam(p, lr=0.02, eps=1e-2, foreach=True), lambda ps: scale_down(ps, 0.2)),
    "average": fit(lambda p: o.Adam(p, lr=0.02), average=0.9),
    "l2": fit(lambda p: o.SGD(p, lr=0.1), l2=0.05),
    "clipValue": fit(lambda p: o.SGD(p, lr=0.1), by_value(0.1)),
    "clipNorm": fit(lambda p: o.SGD(p, lr=0.1), lambda ps: [scale_down([p], 0.2) for p in ps]),
    "globalClipNorm": fit(lambda p: o.Adam(p, lr=0.02), lambda ps: scale_down(ps, 0.2)),
}

z = numbers(5, (N, V), 4.0)
classes = ((numbers(6, (N,)) + 0.5) * V).floor().long()
shares = torch.softmax(numbers(7, (N, V), 3.0), 1)
binary = ((numbers(8, (N, V)) + 0.5) * 2).floor()
weights = numbers(9, (N,)) + 0.5
p, s = torch.softmax(z, 1), torch.sigmoid(z)
rows = lambda losses: (weights * losses).mean().item()
smooth = lambda targets, share, count: targets * (1 - share) + share / count
bce = lambda x, y: F.binary_cross_entropy_with_logits(x, y, reduction="none").mean(1)
losses = {
    "sparse": rows(F.cross_entropy(z, classes, reduction="none")),
    "sparseSmoothed": rows(F.cross_entropy(z, classes, reduction="none", label_smoothing=0.1)),
    "sparseProbabilities": rows(F.nll_loss(p.log(), classes, reduction="none")),
    "categorical": rows(F.cross_entropy(z, shares, reduction="none")),
    "categoricalSmoothed": rows(F.cross_entropy(z, shares, reduction="none", label_smoothing=0.2)),
    "categoricalProbabilities": rows(-(shares * p.log()).sum(1)),
    "binary": rows(bce(z, binary)),
    "binarySmoothed": rows(bce(z, smooth(binary, 0.3, 2))),
    "binaryProbabilities": rows(F.binary_cross_entropy(s, binary, reduction="none").mean(1)),
    "squared": rows(F.mse_loss(z, shares, reduction="none").mean(1)),
}

text = json.dumps({"optimizers": optimizers, "losses": losses}, indent=1)
pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n")
