"""Makes torch-losses.json: losses and the gradients of a dense layer before them, in PyTorch.

Run with Debian's python3-torch (1.13): /usr/bin/python3 test/golden/torch-losses.py

Everything that goes in stands in the file beside what comes out, in float64. A layer of kernel (D, F) and a bias takes
sequences (N, T, D). Each loss is given plain, with a weight for each row, and with sequences of different lengths, whose
steps beyond do not count. Row losses are averaged as Keras averages: sum(w * loss) / the number of rows that count.

- `cosineSimilarity` is minus F.cosine_similarity.
- `tripletLoss` is TripletMarginWithDistanceLoss with squared distances, on thirds of the output.
- `contrastiveLoss` is t d^2 + (1 - t) max(margin - d, 0)^2 on halves of it (Hadsell et al. 2006), by autograd; its
  second term is the square of HingeEmbeddingLoss.
- `ctc` is F.ctc_loss of log_softmax with the blank 0, one loss an example, averaged over the examples. PyTorch's own
  `mean` divides by the numbers of labels besides.
"""

import json
import pathlib

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)

N, T, D, UNITS = 4, 7, 3, 6
LENGTHS = [7, 3, 5, 6]
DELTA, TRIPLET_MARGIN, CONTRASTIVE_MARGIN = 0.7, 0.3, 1.9
LABELS = torch.tensor([[1, 1, 2], [4, 0, 0], [2, 5, 2], [3, 3, 3]])
NO_LABELS = torch.tensor([[0, 0, 0], [4, 0, 0], [2, 5, 0], [3, 3, 0]])


def flat(tensor):
    return [round(x, 15) for x in tensor.detach().contiguous().reshape(-1).tolist()]


x = torch.randn(N, T, D)
y = torch.randn(N, T, UNITS)
same = torch.randint(0, 2, (N, T, 1)).double()
weights = torch.rand(N, T) + 0.25
kernel0, bias0 = torch.randn(D, UNITS), torch.randn(UNITS)


def triplet(z):
    a, p, n = z.reshape(N * T, UNITS).chunk(3, dim=-1)
    squared = lambda u, v: ((u - v) ** 2).sum(-1)
    loss = F.triplet_margin_with_distance_loss(
        a, p, n, distance_function=squared, margin=TRIPLET_MARGIN, reduction="none"
    )
    return loss.reshape(N, T)


def contrastive(z):
    a, b = z.chunk(2, dim=-1)
    d = (a - b).norm(dim=-1)
    t = same[..., 0]
    hinge = F.hinge_embedding_loss(d, torch.full_like(d, -1), margin=CONTRASTIVE_MARGIN, reduction="none")
    return t * d**2 + (1 - t) * hinge**2


ROW_LOSSES = {
    "meanAbsoluteError": lambda z: F.l1_loss(z, y, reduction="none").mean(-1),
    "huber": lambda z: F.huber_loss(z, y, delta=DELTA, reduction="none").mean(-1),
    "cosineSimilarity": lambda z: -F.cosine_similarity(z, y, dim=-1),
    "tripletLoss": triplet,
    "contrastiveLoss": contrastive,
}


def outcome(loss_of):
    kernel, bias = kernel0.clone().requires_grad_(), bias0.clone().requires_grad_()
    loss = loss_of(x @ kernel + bias)
    loss.backward()
    return {"loss": loss.item(), "gradients": [flat(kernel.grad), flat(bias.grad)]}


def row_cases(rows):
    counts = (torch.arange(T)[None, :] < torch.tensor(LENGTHS)[:, None]).double()
    return {
        "plain": outcome(lambda z: rows(z).mean()),
        "weighted": outcome(lambda z: (rows(z) * weights).mean()),
        "lengths": outcome(lambda z: (rows(z) * weights * counts).sum() / counts.sum()),
    }


def ctc(labels, lengths):
    def rows(z):
        return F.ctc_loss(
            z.log_softmax(-1).transpose(0, 1),
            labels,
            torch.tensor(lengths),
            (labels != 0).sum(-1),
            blank=0,
            reduction="none",
        )

    return rows


def ctc_cases():
    by_example = weights[:, 0]
    return {
        "plain": outcome(lambda z: ctc(LABELS, [T] * N)(z).mean()),
        "weighted": outcome(lambda z: (ctc(LABELS, [T] * N)(z) * by_example).mean()),
        "lengths": outcome(lambda z: (ctc(LABELS, LENGTHS)(z) * by_example).mean()),
        "noLabels": outcome(lambda z: ctc(NO_LABELS, LENGTHS)(z).mean()),
    }


def long_ctc():
    """A hundred steps of thirty labels, as of speech: the logarithms reach far down."""
    steps, labels, classes = 100, 30, 20
    z = (3 * torch.randn(2, steps, classes)).requires_grad_()
    targets = torch.randint(1, classes, (2, labels))
    loss = F.ctc_loss(
        z.log_softmax(-1).transpose(0, 1), targets, torch.tensor([steps] * 2), torch.tensor([labels] * 2), reduction="none"
    ).mean()
    loss.backward()
    return {
        "sizes": [2, steps, classes, labels],
        "x": flat(z),
        "y": targets.reshape(-1).tolist(),
        "loss": loss.item(),
        "gradient": flat(z.grad),
    }


golden = {
    "sizes": [N, T, D, UNITS],
    "settings": {"delta": DELTA, "tripletMargin": TRIPLET_MARGIN, "contrastiveMargin": CONTRASTIVE_MARGIN},
    "lengths": LENGTHS,
    "x": flat(x),
    "y": flat(y),
    "same": flat(same),
    "weights": flat(weights),
    "labels": LABELS.reshape(-1).tolist(),
    "noLabels": NO_LABELS.reshape(-1).tolist(),
    "layer": [flat(kernel0), flat(bias0)],
    "losses": {**{name: row_cases(rows) for name, rows in ROW_LOSSES.items()}, "ctc": ctc_cases()},
    "longCtc": long_ctc(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
