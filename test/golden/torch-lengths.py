"""Makes torch-lengths.json: sequences of different lengths, and classes of different weights, in PyTorch.

Run with Debian's python3-torch (1.13): /usr/bin/python3 test/golden/torch-lengths.py

Everything that goes in stands in the file beside what comes out: outputs, losses and gradients in
float64. `lengths` is a bidirectional LSTM over packed sequences, so that the way back begins at the
last step of each; kernels are given in Keras's layout (nn.LSTM's transposed, gates in the same order,
its second bias 0). `classes` is a cross-entropy whose rows are weighted by class, and some by themselves too,
divided by the number of rows, as Keras divides.
"""

import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)

N, T, D, H, V = 5, 6, 3, 4, 7


def flat(tensor):
    return [round(x, 15) for x in tensor.detach().contiguous().reshape(-1).tolist()]


def lengths_case():
    lengths = [6, 1, 4, 6, 3]
    lstm = nn.LSTM(D, H, batch_first=True, bidirectional=True)
    dense = nn.Linear(2 * H, 2)
    for name, parameter in lstm.named_parameters():
        if name.startswith("bias_hh"):
            parameter.data.zero_()
    x = torch.randn(N, T, D)
    y = torch.randn(N, T, 2)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    sequences, (h, _) = lstm(packed)
    padded, _ = pad_packed_sequence(sequences, batch_first=True, total_length=T)
    outputs = dense(padded)
    counts = torch.arange(T)[None, :] < torch.tensor(lengths)[:, None]
    loss = (((outputs - y) ** 2).mean(-1) * counts).sum() / counts.sum()
    loss.backward()
    weights, gradients = [], []
    for suffix in ("", "_reverse"):
        for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"):
            parameter = getattr(lstm, name + suffix)
            turned = parameter.dim() == 2
            weights.append(flat(parameter.T if turned else parameter))
            gradients.append(flat(parameter.grad.T if turned else parameter.grad))
    weights += [flat(dense.weight.T), flat(dense.bias)]
    gradients += [flat(dense.weight.grad.T), flat(dense.bias.grad)]
    return {
        "lengths": lengths,
        "x": flat(x),
        "y": flat(y),
        "weights": weights,
        "gradients": gradients,
        "outputs": flat(outputs),
        "counts": counts.reshape(-1).long().tolist(),
        "states": flat(torch.cat([h[0], h[1]], dim=-1)),
        "loss": loss.item(),
    }


def classes_case():
    class_weight = {0: 2.0, 3: 0.25, 6: 0.0}
    dense = nn.Linear(D, V)
    x = torch.randn(N, T, D)
    y = torch.randint(0, V, (N, T))
    y[0, :4] = torch.tensor([0, 3, 6, 5])
    sample = torch.rand(N)
    by_class = torch.tensor([class_weight.get(c, 1.0) for c in range(V)])
    rows = F.cross_entropy(dense(x).reshape(-1, V), y.reshape(-1), weight=by_class, reduction="none")
    loss = (rows.reshape(N, T) * sample[:, None]).mean()
    loss.backward()
    return {
        "classWeight": class_weight,
        "x": flat(x),
        "y": y.reshape(-1).tolist(),
        "sampleWeight": flat(sample),
        "weights": [flat(dense.weight.T), flat(dense.bias)],
        "gradients": [flat(dense.weight.grad.T), flat(dense.bias.grad)],
        "loss": loss.item(),
    }


here = pathlib.Path(__file__).with_suffix(".json")
cases = {"sizes": [N, T, D, H, V], "lengths": lengths_case(), "classes": classes_case()}
here.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
