import type { ModuleSource } from './module-source.js';

/** How a training goes on. */
export interface TorchTraining {
  readonly learningRates: readonly number[];
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly globalClipNorm: number | undefined;
  readonly batchSize: number;
  /** Of one output, as an expression of `y`, what the model gives, and `target`. */
  readonly loss: string;
  readonly wholeTargets: boolean;
  /** Updates made so far. */
  readonly step: number;
  /** Parameters that stay as they are. */
  readonly fixed: readonly string[];
}

const lines = (all: readonly string[], indent: string): string =>
  all.map((line) => `${indent}${line}`).join('\n');

/** `model.py`: the network, its weights, and a check of both. */
export function modelProgram({ init, inputs, forward }: ModuleSource, tokens: readonly boolean[]): string {
  const standardize = init.some((line) => line.includes('Standardize('))
    ? `
class Standardize(nn.Module):
    """(x - mean) / deviation, with the statistics of the data that was trained on."""

    def __init__(self, features):
        super().__init__()
        for name, size in (("mean", features), ("variance", features), ("count", 1)):
            self.register_buffer(name, torch.ones(size))

    def forward(self, x):
        return (x - self.mean) / self.variance.sqrt()

`
    : '';
  return `"""A network trained by seqkit. It needs torch alone.

    from model import load
    model = load()
    y = model(x)            # ${inputs.join(', ')}: batches first

"python model.py" holds the network against numbers that seqkit computed. Sequences are (batch, time, features).
A dict that is given as states keeps the states of layers that carry them from call to call.
"""
import json
import os
import struct
import sys

import torch
from torch import nn
from torch.nn import functional  # noqa: F401

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
         "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8}


def load_file(path):
    """The tensors of a safetensors file by their names."""
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    body = bytearray(data[8 + length:])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        flat = torch.frombuffer(body[start:end], dtype=TYPES[entry["dtype"]]) if end > start else torch.zeros(0)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def save_file(tensors, path):
    """Writes float32 tensors by their names as safetensors."""
    header, body = {}, b""
    for name, tensor in tensors.items():
        data = tensor.detach().to("cpu", torch.float32).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
    os.replace(path + ".part", path)

${standardize}
class Model(nn.Module):
    def __init__(self):
        super().__init__()
${lines(init, '        ') || '        pass'}

    def forward(self, ${inputs.join(', ')}, states=None):
        states = {} if states is None else states
${lines(forward, '        ')}


def load(path=os.path.join(HERE, "model.safetensors")):
    """The network with its weights, ready to predict."""
    model = Model()
    tensors = load_file(path)
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise SystemExit(f"{path} does not fit: missing {missing}, unexpected {unexpected}")
    return model.eval()


def check():
    """The largest difference from the numbers that seqkit computed."""
    stored = load_file(os.path.join(HERE, "check.safetensors"))
    model = load()
    with torch.no_grad():
        found = model(${inputs.map((_, i) => `stored["input.${i}"]${tokens[i] ? '.long()' : ''}`).join(', ')})
    found = found if isinstance(found, tuple) else (found,)
    return max(float((y - stored[f"output.{i}"]).abs().max()) for i, y in enumerate(found))


if __name__ == "__main__":
    difference = check()
    print(f"largest difference from seqkit: {difference:.2e}")
    sys.exit(0 if difference < 1e-4 else 1)
`;
}

/** `train.py`: goes on with the training, on one machine or several. */
export function trainProgram(training: TorchTraining, tokens: boolean): string {
  const { learningRates, beta1, beta2, epsilon, globalClipNorm, batchSize, loss, wholeTargets, step, fixed } =
    training;
  const clip =
    globalClipNorm === undefined
      ? ''
      : `\n            nn.utils.clip_grad_norm_(model.parameters(), ${globalClipNorm})`;
  return `"""Goes on with the training that seqkit began: the same weights, moments of Adam and rates.

    python train.py x.npy y.npy --epochs 3
    torchrun --nproc_per_node=4 train.py x.npy y.npy --epochs 3

x is ${tokens ? '(examples, time), whole numbers' : '(examples, time, features)'}; y are the targets. Writes model.safetensors and optimizer.safetensors again, which "python model.py"
and seqkit open. On several processes each has its share of every batch; batch normalization then goes by the share.
"""
import argparse
import os

import numpy as np
import torch
from torch import nn
from torch.nn import functional  # noqa: F401
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

from model import HERE, load, load_file, save_file

RATES = ${JSON.stringify(learningRates)}
FIXED = ${JSON.stringify(fixed)}
STEP = ${step}

parser = argparse.ArgumentParser()
parser.add_argument("x")
parser.add_argument("y")
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--batch-size", type=int, default=${batchSize})
parser.add_argument("--no-shuffle", action="store_true")
options = parser.parse_args()

world = int(os.environ.get("WORLD_SIZE", "1"))
rank = int(os.environ.get("RANK", "0"))
cuda = torch.cuda.is_available()
device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if cuda else torch.device("cpu")
if world > 1:
    torch.distributed.init_process_group("nccl" if cuda else "gloo")

model = load().to(device).train()
for name, parameter in model.named_parameters():
    parameter.requires_grad_(name not in FIXED)
trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
for module in model.modules():
    if isinstance(module, nn.RNNBase):
        module.flatten_parameters()

optimizer = torch.optim.Adam(trained.values(), lr=RATES[0], betas=(${beta1}, ${beta2}), eps=${epsilon})
path = os.path.join(HERE, "optimizer.safetensors")
moments = load_file(path)
made = int(moments["step"]) if "step" in moments else STEP
for name, parameter in trained.items():
    optimizer.state[parameter] = {
        "step": torch.tensor(float(made)),
        "exp_avg": moments[f"{name}.exp_avg"].clone().to(device),
        "exp_avg_sq": moments[f"{name}.exp_avg_sq"].clone().to(device),
    }
run = model
if world > 1:
    run = nn.parallel.DistributedDataParallel(model, device_ids=[device.index] if cuda else None)

x = torch.from_numpy(np.load(options.x))${tokens ? '.long()' : '.float()'}
y = torch.from_numpy(np.load(options.y))${wholeTargets ? '.long()' : '.float()'}
data = TensorDataset(x, y)
shuffle = not options.no_shuffle
sampler = DistributedSampler(data, shuffle=shuffle) if world > 1 else None
loader = DataLoader(data, max(1, options.batch_size // world), shuffle=shuffle and sampler is None, sampler=sampler)

for epoch in range(options.epochs):
    if sampler is not None:
        sampler.set_epoch(epoch)
    total = 0.0
    for x, target in loader:
        x, target = x.to(device), target.to(device)
        for group in optimizer.param_groups:
            group["lr"] = RATES[min(made - STEP, len(RATES) - 1)]
        y = run(x)
        loss = ${loss}
        optimizer.zero_grad()
        loss.backward()${clip.replace(/^\n {12}/, '\n        ')}
        optimizer.step()
        made += 1
        total += float(loss.detach()) * len(x)
        if rank == 0:
            print(f"step {made} loss {float(loss.detach()):.8f}", flush=True)

if rank == 0:
    kept = {name: tensor for name, tensor in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    save_file(kept, os.path.join(HERE, "model.safetensors"))
    after = {"step": torch.tensor([float(made)])}
    for name, parameter in trained.items():
        after[f"{name}.exp_avg"] = optimizer.state[parameter]["exp_avg"]
        after[f"{name}.exp_avg_sq"] = optimizer.state[parameter]["exp_avg_sq"]
    save_file(after, path)
if world > 1:
    torch.distributed.destroy_process_group()
`;
}
