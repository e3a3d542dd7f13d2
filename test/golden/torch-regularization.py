"""Makes torch-regularization.json: 20 steps of gradient descent with penalties and constraints, in float64.

Run with Debian's python3-torch (1.13): /usr/bin/python3 test/golden/torch-regularization.py

A dense layer of tanh is fitted to fixed targets by the mean squared error. PyTorch differentiates the
penalties, which it has no layers for; they and the constraints are written out from Keras's formulae:
l1 * sum(|w|) + l2 * sum(w^2) of the weights, the same of the outputs divided by the size of the batch,
and, after each step, norms over the first axis: w * clip(norm, 0, max) / (1e-7 + norm), w / (1e-7 + norm),
or w * (w >= 0). What goes in comes from `number(key, i)`, as in torch-training.py.
"""

import json
import pathlib

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

N, D, F, STEPS, RATE = 6, 5, 4, 20, 0.1


def number(key, i):
    return ((key + 2) * (i + 7 * key) ** 3 % 1013) / 1013 - 0.5


def numbers(key, shape, scale=1.0):
    size = 1
    for n in shape:
        size *= n
    return torch.tensor([scale * number(key, i) for i in range(size)]).reshape(shape)


def penalty(values, l1=0.0, l2=0.0):
    return l1 * values.abs().sum() + l2 * (values**2).sum()


def norms(w):
    return torch.sqrt((w**2).sum(0, keepdim=True))


constraints = {
    "maxNorm": lambda w, limit: w * norms(w).clamp(0, limit) / (1e-7 + norms(w)),
    "unitNorm": lambda w, _: w / (1e-7 + norms(w)),
    "nonNeg": lambda w, _: w * (w >= 0),
}


def fit(kernel_penalty={}, bias_penalty={}, activity={}, constraint=None, limit=None, scale=1.0):
    x, y = numbers(1, (N, D), 3.0), numbers(2, (N, F), 4.0)
    kernel, bias = numbers(3, (D, F), scale).requires_grad_(), numbers(4, (F,), scale).requires_grad_()
    losses = []
    for _ in range(STEPS):
        h = torch.tanh(x @ kernel + bias)
        loss = ((h - y) ** 2).mean()
        loss = loss + penalty(kernel, **kernel_penalty) + penalty(bias, **bias_penalty)
        loss = loss + penalty(h, **activity) / N
        losses.append(loss.item())
        for w, g in zip((kernel, bias), torch.autograd.grad(loss, (kernel, bias))):
            w.data -= RATE * g
            if constraint:
                w.data = constraints[constraint](w.data, limit)
    return {"losses": losses, "weights": [w.detach().reshape(-1).tolist() for w in (kernel, bias)]}


cases = {
    "l1": fit({"l1": 0.02}),
    "l1 and l2": fit({"l1": 0.01, "l2": 0.03}, {"l1": 0.02}),
    "activity": fit(activity={"l1": 0.05, "l2": 0.1}),
    "maxNorm": fit(constraint="maxNorm", limit=0.6),
    "maxNorm of 2": fit(constraint="maxNorm", limit=2.0, scale=4.0),
    "unitNorm": fit(constraint="unitNorm"),
    "nonNeg": fit(constraint="nonNeg"),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases, indent=1) + "\n")
