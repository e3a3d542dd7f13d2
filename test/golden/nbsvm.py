"""Golden numbers of fitLogCountRatio: scikit-learn's logistic regression over presence times the log-count ratio.

Writes nbsvm.json. `/usr/bin/python3 test/golden/nbsvm.py` with scikit-learn 1.2.
"""

import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression

random = np.random.default_rng(5)
FEATURES = 12


def problem(classes: int, count: int, balanced: bool) -> dict:
    labels = np.arange(count) % classes
    chance = random.uniform(0.1, 0.7, (classes, FEATURES))
    present = random.uniform(size=(count, FEATURES)) < chance[labels]
    present[np.arange(count), labels] = True
    asked = random.uniform(size=(3, FEATURES)) < 0.4
    weights = 1 + np.arange(classes) / 2 if balanced else np.ones(classes)
    scores = np.zeros((3, classes))
    for own in [1] if classes == 2 else range(classes):
        is_own = (labels == own).astype(int)
        p = 1 + present[is_own == 1].sum(0)
        q = 1 + present[is_own == 0].sum(0)
        ratio = np.log((p / p.sum()) / (q / q.sum()))
        others = weights[labels[is_own == 0]].mean()
        # A softmax of two classes with penalty C is a logistic regression with 2 C.
        regression = LogisticRegression(C=2.0, tol=1e-10, max_iter=10_000, class_weight={0: others, 1: weights[own]})
        odds = regression.fit(present * ratio, is_own).decision_function(asked * ratio)
        if classes == 2:
            scores[:, 0], scores[:, 1] = -odds / 2, odds / 2
        else:
            scores[:, own] = odds
    indices = lambda rows: [np.flatnonzero(row).tolist() for row in rows]
    return {
        "classes": classes,
        "features": FEATURES,
        "rows": indices(present),
        "labels": labels.tolist(),
        "classWeights": weights.tolist() if balanced else None,
        "asked": indices(asked),
        "logits": scores.tolist(),
    }


problems = [problem(2, 30, False), problem(3, 30, False), problem(3, 33, True)]
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(problems) + "\n")
