"""Makes torch-attention.json: outputs, losses and all gradients of the attention layers in PyTorch, in float64.

Run with Debian's python3-torch (1.13): /usr/bin/python3 test/golden/torch-attention.py

Everything that goes in comes from `number(key, i)`, as in torch-layers.py, whose keys it has: input i
1 + i, target i 10 + i, weight i 20 + i. Weights are leaves in Keras's layout and order. Products in one
head are PyTorch's _scaled_dot_product_attention, several heads its multi_head_attention_forward, which
nn.MultiheadAttention is made of; where values have other sizes than keys, and for sums (Bahdanau et al. 2015),
the equations are written out and left to autograd. Steps beyond the lengths are masked: they get no
weight, and where the query is masked the output is 0 and does not count in the loss.
"""

import json
import math
import pathlib

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

N, T, S, D, V, H, K, O = 3, 4, 5, 6, 8, 2, 3, 7
QUERY_LENGTHS, KEY_LENGTHS = [4, 2, 3], [3, 5, 1]


def number(key, i):
    return ((key + 2) * (i + 7 * key) ** 3 % 1013) / 1013 - 0.5


def numbers(key, shape, scale=1.0):
    return torch.tensor([scale * number(key, i) for i in range(math.prod(shape))]).reshape(shape)


def counted(lengths, time):
    return torch.arange(time)[None, :] < torch.tensor(lengths)[:, None]


class Case:
    """Inputs and weights in order, and who may attend to what."""

    def __init__(self, *shapes, masked, causal=False):
        self.inputs = [numbers(1 + i, (N, *s), 4.0).requires_grad_() for i, s in enumerate(shapes)]
        self.weights = []
        queries, keys = (shapes[0][0], shapes[1][0])
        self.query_mask = counted(QUERY_LENGTHS, queries) if masked else torch.ones(N, queries).bool()
        self.key_mask = counted(KEY_LENGTHS, keys) if masked else torch.ones(N, keys).bool()
        past = torch.ones(queries, keys).tril().bool() if causal else torch.ones(queries, keys).bool()
        self.allowed = self.key_mask[:, None, :] & past[None]

    def weight(self, *shape):
        self.weights.append(numbers(20 + len(self.weights), shape, 1.6).requires_grad_())
        return self.weights[-1]

    def shares(self, energies):
        return torch.softmax(energies.masked_fill(~self.allowed, -math.inf), dim=-1)

    def result(self, context, shares):
        """The mean over rows that count of each output's squared error, the second's times a half."""
        kept = self.query_mask[:, :, None]
        outputs = [context * kept]
        squares = (outputs[0] - numbers(10, tuple(context.shape), 4.0)) ** 2
        loss = (squares.mean(-1) * self.query_mask).sum() / self.query_mask.sum()
        if shares is not None:
            heads = shares.dim() == 4
            outputs.append(shares * (kept[:, None] if heads else kept))
            squares = (outputs[1] - numbers(11, tuple(shares.shape), 4.0)) ** 2
            if heads:  # The heads of an example are rows without a mask.
                loss = loss + 0.5 * squares.mean()
            else:
                loss = loss + 0.5 * (squares.mean(-1) * self.query_mask).sum() / self.query_mask.sum()
        loss.backward()
        return {
            "loss": loss.item(),
            "outputs": [flat(y) for y in outputs],
            "weights": [flat(w.grad) for w in self.weights],
            "inputs": [flat(x.grad) for x in self.inputs],
        }


def flat(tensor):
    return [float(f"{x:.10g}") for x in tensor.detach().reshape(-1).tolist()]


def by_products(masked, causal, with_scale):
    case = Case((T, D), (S, V), (S, D), masked=masked, causal=causal)
    query, value, key = case.inputs
    # PyTorch's divides by the root of D.
    scale = (case.weight(1) if with_scale else 1.0) * math.sqrt(D)
    context, shares = F._scaled_dot_product_attention(
        query * scale, key, value, case.allowed, 0.0, True, False
    )
    return case.result(context, shares)


def to_itself():
    """A decoder's: query, value and key are one sequence."""
    case = Case((T, D), (T, D), masked=False, causal=True)
    x = case.inputs[0]
    context, _ = F._scaled_dot_product_attention(x * math.sqrt(D), x, x, None, 0.0, False, True)
    case.inputs = [x]
    return case.result(context, None)


def by_sums(masked, causal, with_scale):
    case = Case((T, D), (S, D), masked=masked, causal=causal)
    query, value = case.inputs
    hidden = torch.tanh(query[:, :, None, :] + value[:, None, :, :])
    energies = (hidden * case.weight(D)).sum(-1) if with_scale else hidden.sum(-1)
    shares = case.shares(energies)
    return case.result(shares @ value, shares)


def in_heads(masked, causal, with_bias):
    """Heads of D / H features, as nn.MultiheadAttention has them."""
    case = Case((T, D), (S, V), (S, O), masked=masked, causal=causal)
    query, value, key = case.inputs
    projections, biases = [], []
    for features in (D, O, V):
        projections.append(case.weight(features, H, K).reshape(features, D).t())
        biases.append(case.weight(H, K).reshape(D) if with_bias else torch.zeros(D))
    output = case.weight(H, K, D).reshape(D, D).t()
    bias = case.weight(D) if with_bias else None
    blocked = ~case.allowed.repeat_interleave(H, dim=0)
    context, shares = F.multi_head_attention_forward(
        query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1), D, H,
        None, torch.cat(biases), None, None, False, 0.0, output, bias,
        training=False, need_weights=True, attn_mask=blocked, use_separate_proj_weight=True,
        q_proj_weight=projections[0], k_proj_weight=projections[1], v_proj_weight=projections[2],
        average_attn_weights=False,
    )
    return case.result(context.transpose(0, 1), shares)


def in_heads_of_other_sizes():
    """Values of V features a head."""
    case = Case((T, D), (S, O), masked=True)
    query, value = case.inputs
    projected = []
    for x, features, size in ((query, D, K), (value, O, K), (value, O, V)):
        kernel, bias = case.weight(features, H, size), case.weight(H, size)
        projected.append(torch.einsum("ntd,dhk->nhtk", x, kernel) + bias[None, :, None, :])
    q, k, v = projected
    energies = q @ k.transpose(2, 3) / math.sqrt(K)
    shares = torch.softmax(energies.masked_fill(~case.allowed[:, None], -math.inf), dim=-1)
    kernel, bias = case.weight(H, V, D), case.weight(D)
    return case.result(torch.einsum("nhtv,hvd->ntd", shares @ v, kernel) + bias, shares)


cases = {
    "products": by_products(False, False, False),
    "productsMasked": by_products(True, False, True),
    "productsMaskedCausal": by_products(True, True, True),
    "productsToItself": to_itself(),
    "sums": by_sums(False, False, False),
    "sumsMasked": by_sums(True, False, True),
    "sumsMaskedCausal": by_sums(True, True, True),
    "heads": in_heads(False, False, True),
    "headsMasked": in_heads(True, False, True),
    "headsMaskedCausal": in_heads(True, True, False),
    "headsOfOtherSizes": in_heads_of_other_sizes(),
}

lines = [f' "{name}": {json.dumps(case, separators=(",", ": "))}' for name, case in cases.items()]
path = pathlib.Path(__file__).with_name("torch-attention.json")
path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
