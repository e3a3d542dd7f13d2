"""Trains the model of bench/text-quality.mjs in PyTorch, from the same initial weights and batches.

Takes its job as one JSON argument, and prints one line of JSON. Recurrent layers have one bias: that of
PyTorch's hidden state is zero and stays so.
"""

import json
import math
import sys
import time

import numpy
import torch
from torch import nn

job = json.loads(sys.argv[1])
N, T, H, layers = job["batchSize"], job["seqLength"], job["units"], job["layers"]
V = len(job["characters"])
carried_steps, warmup, floor, clip = 25, 0.02, 0.02, 5.0
torch.set_num_threads(1)


def read_safetensors(path):
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        data = file.read()
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        values = numpy.frombuffer(data[start:end], dtype="<f4").reshape(entry["shape"])
        arrays[name] = torch.tensor(values)
    return arrays


class CharacterModel(nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.recurrent = nn.LSTM(V, H, layers)
        self.logits = nn.Linear(H, V)
        with torch.no_grad():
            for i in range(layers):
                # Both order their gates i, f, g, o.
                name = "lstm" if i == 0 else f"lstm_{i}"
                getattr(self.recurrent, f"weight_ih_l{i}").copy_(weights[f"{name}/kernel"].t())
                getattr(self.recurrent, f"weight_hh_l{i}").copy_(weights[f"{name}/recurrentKernel"].t())
                getattr(self.recurrent, f"bias_ih_l{i}").copy_(weights[f"{name}/bias"])
                frozen = getattr(self.recurrent, f"bias_hh_l{i}")
                frozen.zero_()
                frozen.requires_grad_(False)
            self.logits.weight.copy_(weights["dense/kernel"].t())
            self.logits.bias.copy_(weights["dense/bias"])

    def forward(self, tokens, state):
        y, state = self.recurrent(nn.functional.one_hot(tokens.t(), V).float(), state)
        return self.logits(y).transpose(0, 1), state


def lanes_of(tokens, count):
    """Where each lane begins and ends: every token but the first is predicted once."""
    predictions = len(tokens) - 1
    return [n * predictions // count for n in range(count + 1)]


def batch_of(tokens, starts, index):
    count = len(starts) - 1
    x = numpy.zeros((count, T), dtype=numpy.int64)
    y = numpy.zeros((count, T), dtype=numpy.int64)
    weights = numpy.zeros((count, T), dtype=numpy.float32)
    for n in range(count):
        start = starts[n] + index * T
        length = max(0, min(T, starts[n + 1] - start))
        x[n, :length] = tokens[start : start + length]
        y[n, :length] = tokens[start + 1 : start + length + 1]
        weights[n, :length] = 1
    return torch.tensor(x), torch.tensor(y), torch.tensor(weights)


def loss_of(model, batch, state):
    x, y, weights = batch
    logits, state = model(x, state)
    losses = nn.functional.cross_entropy(logits.reshape(-1, V), y.reshape(-1), reduction="none")
    return (losses * weights.reshape(-1)).sum(), state


def batches_of(starts):
    longest = max(b - a for a, b in zip(starts, starts[1:]))
    return math.ceil(longest / T)


def measure(model, tokens):
    count = max(1, min(N, (len(tokens) - 1) // (16 * T)))
    starts = lanes_of(tokens, count)
    total, state = 0.0, None
    with torch.no_grad():
        for k in range(batches_of(starts)):
            loss, state = loss_of(model, batch_of(tokens, starts, k), state)
            total += loss.item()
    return total / (len(tokens) - 1)


def rate_at(step):
    progress = step / job["steps"]
    peak = job["learningRate"]
    if progress <= warmup:
        return peak * progress / warmup
    share = (progress - warmup) / (1 - warmup)
    return peak * (floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * share)))


with open(job["text"], encoding="utf-8", newline="") as file:
    text = file.read()
numbers = {character: token for token, character in enumerate(job["characters"])}
tokens = numpy.array([numbers[character] for character in text])
test_start = len(tokens) - int(len(tokens) * job["test"])
cut = test_start - int(len(tokens) * job["heldOut"])
training, held_out, test = tokens[:cut], tokens[cut:test_start], tokens[test_start:]

model = CharacterModel(read_safetensors(job["weights"]))
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.Adam(trained, lr=job["learningRate"])
starts = lanes_of(training, N)
per_epoch = batches_of(starts)
state, recent = None, []
began = time.perf_counter()
for step in range(1, job["steps"] + 1):
    index = (step - 1) % per_epoch
    if index % carried_steps == 0:
        state = None
    batch = batch_of(training, starts, index)
    loss, state = loss_of(model, batch, state)
    state = tuple(s.detach() for s in state)
    optimizer.zero_grad(set_to_none=True)
    (loss / (N * T)).backward()
    nn.utils.clip_grad_norm_(trained, clip)
    for group in optimizer.param_groups:
        group["lr"] = rate_at(step)
    optimizer.step()
    recent.append((loss.item(), batch[2].sum().item()))
seconds = time.perf_counter() - began
first = [loss / count for loss, count in recent[:3]]
last = recent[-100:]
print(
    json.dumps(
        {
            "firstLosses": first,
            "training": sum(loss for loss, _ in last) / sum(count for _, count in last),
            "heldOut": measure(model, held_out),
            "test": measure(model, test),
            "seconds": seconds,
            "steps": job["steps"],
            "torch": torch.__version__,
        }
    )
)
