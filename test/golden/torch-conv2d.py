"""Makes torch-conv2d.json: what PyTorch 1.13.1 gives for convolutions and poolings over time and bands, with gradients.

    python3 torch-conv2d.py

Numbers come from `numbers(key, shape)`, as in torch-layers.py. A sequence is (N, T, B * C) in seqkit, bands side by side
with the channels of each together; PyTorch has (N, C, T, B). The input has the key 1, the target 10, weights 20 and on, as torch-layers.py has
them; the loss is the mean of squares.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
N, T, B, C, FILTERS = 2, 9, 7, 3, 4


def numbers(key, shape):
    count = int(torch.tensor(shape).prod())
    return torch.tensor([((key + 2) * (i + 7 * key) ** 3) % 1013 / 1013 - 0.5 for i in range(count)]).reshape(shape)


def channels_first(x):
    return x.reshape(N, x.shape[1], -1, C).permute(0, 3, 1, 2)


def flat(y):
    """(N, F, T, B) to (N, T, B * F)."""
    return y.permute(0, 2, 3, 1).reshape(y.shape[0], y.shape[2], -1)


def same(length, kernel, stride, dilation):
    missing = max(0, (-(-length // stride) - 1) * stride + (kernel - 1) * dilation + 1 - length)
    return missing // 2, missing - missing // 2


def convolved(x, kernel, bias, strides, dilation, padding, band_padding):
    kt, kb = kernel.shape[:2]
    before = {"valid": (0, 0), "causal": ((kt - 1) * dilation[0], 0), "same": same(T, kt, strides[0], dilation[0])}[padding]
    bands = (0, 0) if band_padding == "valid" else same(B, kb, strides[1], dilation[1])
    padded = F.pad(channels_first(x), (*bands, *before))
    return flat(F.conv2d(padded, kernel.permute(3, 2, 0, 1), bias, stride=strides, dilation=dilation))


CASES = [
    {"kernelSize": [3, 2], "strides": [1, 1], "dilationRate": [1, 1], "padding": "valid", "bandPadding": "valid"},
    {"kernelSize": [2, 3], "strides": [2, 2], "dilationRate": [2, 1], "padding": "causal", "bandPadding": "same"},
    {"kernelSize": [3, 3], "strides": [2, 3], "dilationRate": [1, 1], "padding": "same", "bandPadding": "same"},
    {"kernelSize": [4, 2], "strides": [1, 1], "dilationRate": [1, 3], "padding": "same", "bandPadding": "valid"},
]
POOLS = [
    {"poolSize": [2, 2], "strides": [2, 2]},
    {"poolSize": [3, 2], "strides": [1, 3]},
]


def rounded(x):
    return [float(f"{float(v):.11g}") for v in x.detach().reshape(-1)]


def graded(y, x, *weights):
    loss = F.mse_loss(y, 4 * numbers(10, list(y.shape)))
    loss.backward()
    return {
        **{"shape": list(y.shape), "loss": float(loss), "outputs": [rounded(y)]},
        **{"weights": [rounded(v.grad) for v in weights], "inputs": [rounded(x.grad)]},
    }


def leaf(key, shape, scale):
    return (scale * numbers(key, shape)).requires_grad_()


results = {"convolutions": [], "poolings": []}
for case in CASES:
    kt, kb = case["kernelSize"]
    x = leaf(1, [N, T, B * C], 4)
    kernel, bias = leaf(20, [kt, kb, C, FILTERS], 1.6), leaf(21, [FILTERS], 1.6)
    y = convolved(x, kernel, bias, case["strides"], case["dilationRate"], case["padding"], case["bandPadding"])
    results["convolutions"].append({**case, **graded(y, x, kernel, bias)})
for case in POOLS:
    for kind in ["max", "average"]:
        x = leaf(1, [N, T, B * C], 4)
        pool = F.max_pool2d if kind == "max" else F.avg_pool2d
        y = flat(pool(channels_first(x), case["poolSize"], case["strides"]))
        results["poolings"].append({"kind": kind, **case, **graded(y, x)})
x = leaf(1, [N, T, B * C], 4)
leaked = torch.clamp(F.leaky_relu(x, 0.2), min=-0.1)
results["leaky"] = graded(leaked, x)

path = pathlib.Path(__file__).with_name("torch-conv2d.json")
path.write_text(json.dumps(results) + "\n")
