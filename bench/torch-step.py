"""The training step of bench/train-step.mjs in PyTorch, on the GPU where there is one.

Takes its sizes as one JSON argument, and prints one line of JSON.
"""

import json
import sys
import time

import torch
from torch import nn

size = json.loads(sys.argv[1])
N, T, V, H = size["batch"], size["seqLength"], size["vocab"], size["units"]
device = "cuda" if torch.cuda.is_available() else "cpu"


class CharacterModel(nn.Module):
    """One-hot characters, recurrent layers, logits."""

    def __init__(self):
        super().__init__()
        kind = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[size["cell"]]
        self.recurrent = kind(V, H, size["layers"])
        self.logits = nn.Linear(H, V)

    def forward(self, tokens, state):
        x = nn.functional.one_hot(tokens, V).float()
        y, state = self.recurrent(x, state)
        return self.logits(y), state


torch.manual_seed(1)
model = CharacterModel().to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
loss_of = nn.CrossEntropyLoss()
places = torch.arange(N * T).reshape(N, T).t().contiguous()
x = (places * 7919 % V).to(device)
y = ((places + 1) * 7919 % V).to(device)
state = None


def step():
    """Truncated backpropagation with the state carried on. The loss comes back each time."""
    global state
    logits, state = model(x, state)
    state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
    loss = loss_of(logits.reshape(-1, V), y.reshape(-1))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5)
    optimizer.step()
    return loss.item()


for _ in range(3):
    step()
times = []
start = time.perf_counter()
while len(times) < 5 or time.perf_counter() - start < size["seconds"]:
    before = time.perf_counter()
    step()
    times.append(time.perf_counter() - before)
median = sorted(times)[len(times) // 2]
print(
    json.dumps(
        {
            "msPerStep": round(median * 1000, 2),
            "charactersPerSecond": round(N * T / median),
            "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
            "torch": torch.__version__,
        }
    )
)
