"""Networks as torch.onnx.export writes them, with what PyTorch makes of a sample: python torch-export.py FOLDER."""
import json
import sys
import warnings

import torch
from torch import nn
from torch.nn import functional

warnings.simplefilter("ignore")
torch.manual_seed(3)


class Speech(nn.Module):
    """Convolutions over time and bands, then a recurrent layer over what they give of each time step."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.pool = nn.MaxPool2d((1, 2))
        self.second = nn.Conv2d(4, 6, (3, 3), padding=(1, 0))
        self.walk = nn.GRU(12, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.last = nn.Linear(10, 3)

    def forward(self, x):
        x = self.pool(functional.relu(self.norm(self.first(x.unsqueeze(1)))))
        x = functional.relu(self.second(x)).permute(0, 2, 1, 3).flatten(2)
        return self.last(self.walk(x)[0])


class Text(nn.Module):
    """Kernels as wide as the vectors of the words, and the largest of each."""

    def __init__(self):
        super().__init__()
        self.vectors = nn.Embedding(20, 6)
        self.kernels = nn.ModuleList([nn.Conv2d(1, 4, (reach, 6)) for reach in (2, 3)])
        self.last = nn.Linear(8, 2)

    def forward(self, tokens):
        x = self.vectors(tokens).unsqueeze(1)
        rows = [functional.relu(kernel(x)).squeeze(3) for kernel in self.kernels]
        return self.last(torch.cat([functional.adaptive_max_pool1d(row, 1).squeeze(2) for row in rows], 1))


image = [nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(80, 3)]
means = [nn.Conv2d(2, 4, 3), nn.SiLU(), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)]
sound = [nn.Conv1d(4, 6, 3, padding=1, groups=2), nn.GELU(), nn.MaxPool1d(2), nn.Flatten(), nn.LayerNorm(30), nn.Linear(30, 3)]
open_steps = {0: "N", 1: "T"}
networks = {
    "speech": (Speech(), torch.randn(2, 10, 8), open_steps),
    "text": (Text(), torch.randint(0, 20, (2, 9)), {0: "N"}),
    "image": (nn.Sequential(*image), torch.randn(2, 2, 10, 8), {0: "N"}),
    "means": (nn.Sequential(*means), torch.randn(2, 2, 10, 8), {0: "N"}),
    "sound": (nn.Sequential(*sound), torch.randn(2, 4, 10), {0: "N"}),
}
found = {}
for name, (network, x, axes) in networks.items():
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    network.eval()
    options = {"input_names": ["x"], "output_names": ["y"], "dynamic_axes": {"x": axes, "y": {0: "N"}}, "opset_version": 13}
    torch.onnx.export(network, x, f"{sys.argv[1]}/{name}.onnx", **options)
    with torch.no_grad():
        y = network(x)
    found[name] = {
        "x": {"data": x.flatten().tolist(), "shape": list(x.shape)},
        "y": {"data": y.flatten().tolist(), "shape": list(y.shape)},
    }
print(json.dumps(found))
