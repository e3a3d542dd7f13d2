"""Makes activations.json: activations and their slopes in closed form, by Python's math module.

Each list holds [x, f(x), f'(x)]. elu: alpha 1. selu: the constants of Klambauer et al. 2017, appendix A1, from
which the fixed point of mean 0 and variance 1 follows. leakyRelu: slope 0.2, Keras 3's default. gelu: x Phi(x) with
Phi(x) = erfc(-x / sqrt(2)) / 2. geluTanh: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
Run: python3 test/golden/activations.py
"""

import json
import math
import pathlib

# Klambauer et al. 2017, equation 14.
ALPHA = -math.sqrt(2 / math.pi) / (math.erfc(1 / math.sqrt(2)) * math.exp(0.5) - 1)
SCALE = (
    (1 - math.erfc(1 / math.sqrt(2)) * math.sqrt(math.e))
    * math.sqrt(2 * math.pi)
    * (
        2 * math.erfc(math.sqrt(2)) * math.e**2
        + math.pi * math.erfc(1 / math.sqrt(2)) ** 2 * math.e
        - 2 * (2 + math.pi) * math.erfc(1 / math.sqrt(2)) * math.sqrt(math.e)
        + math.pi
        + 2
    )
    ** -0.5
)


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def phi(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def distribution(x):
    return math.erfc(-x / math.sqrt(2)) / 2


C, A = math.sqrt(2 / math.pi), 0.044715


def gelu_tanh(x):
    return 0.5 * x * (1 + math.tanh(C * (x + A * x**3)))


def gelu_tanh_slope(x):
    t = math.tanh(C * (x + A * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * C * (1 + 3 * A * x * x)


functions = {
    "elu": (lambda x: x if x > 0 else math.expm1(x), lambda x: 1 if x > 0 else math.exp(x)),
    "selu": (
        lambda x: SCALE * (x if x > 0 else ALPHA * math.expm1(x)),
        lambda x: SCALE * (1 if x > 0 else ALPHA * math.exp(x)),
    ),
    "softplus": (lambda x: max(x, 0) + math.log1p(math.exp(-abs(x))), sigmoid),
    "leakyRelu": (lambda x: x if x > 0 else 0.2 * x, lambda x: 1 if x > 0 else 0.2),
    "exponential": (math.exp, math.exp),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    "gelu": (lambda x: x * distribution(x), lambda x: distribution(x) + x * phi(x)),
    "geluTanh": (gelu_tanh, gelu_tanh_slope),
}
points = [-30, -8, -5.5, -3.1, -2.9, -1, -0.35, -0.33, -0.01, -1e-5, 1e-5, 0.02, 0.33, 0.5, 1, 2, 2.99, 3.01, 7, 25]
golden = {name: [[x, f(x), slope(x)] for x in points] for name, (f, slope) in functions.items()}
golden["softmax"] = [
    [row, [math.exp(x - max(row)) / sum(math.exp(y - max(row)) for y in row) for x in row]]
    for row in ([0.5, -1, 2], [30, 29, -30], [-3, -3, -3])
]
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
