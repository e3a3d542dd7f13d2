"""Makes bias.json: directions and maps by numpy's SVD, and WEAT by its definition over all partitions.

Small random vectors with something of a direction in them. Run: python3 test/golden/bias.py
"""

import itertools
import json
import pathlib

import numpy

rng = numpy.random.default_rng(8)
words = ["she", "he", "woman", "man", "her", "his", "nurse", "doctor", "aunt", "uncle", "art", "math",
         "poem", "proof", "dance", "logic", "sonnet", "algebra", "drama", "graph"]
width = 9
vectors = rng.normal(size=(len(words), width))
lean = rng.normal(size=width)
for i in range(len(words)):
    vectors[i] += (1.2 if i % 2 == 0 else -1.2) * lean
vectors = vectors.astype(numpy.float32)
units = vectors.astype(numpy.float64)
units /= numpy.linalg.norm(units, axis=1, keepdims=True)
row = {word: i for i, word in enumerate(words)}


def direction(pairs):
    centered = []
    for a, b in pairs:
        mean = (units[row[a]] + units[row[b]]) / 2
        centered += [units[row[a]] - mean, units[row[b]] - mean]
    first = numpy.linalg.svd(numpy.array(centered))[2][0]
    towards = sum(units[row[a]] - units[row[b]] for a, b in pairs)
    return (first if first @ towards > 0 else -first).tolist()


def pca(chosen):
    centered = numpy.array([units[row[word]] for word in chosen])
    centered -= centered.mean(axis=0)
    left, sizes, _ = numpy.linalg.svd(centered, full_matrices=False)
    scores = (left * sizes)[:, :2]
    for column in scores.T:
        column *= numpy.sign(column[numpy.argmax(abs(column))])
    return {"words": chosen, "scores": scores.tolist(), "variance": (sizes[:2] ** 2 / (sizes**2).sum()).tolist()}


def weat(x, y, a, b):
    def association(word):
        return numpy.mean([units[row[word]] @ units[row[w]] for w in a]) - numpy.mean(
            [units[row[word]] @ units[row[w]] for w in b]
        )

    s = {word: association(word) for word in x + y}
    statistic = sum(s[w] for w in x) - sum(s[w] for w in y)
    larger = total = 0
    for chosen in itertools.combinations(x + y, len(x)):
        rest = [w for w in x + y if w not in chosen]
        larger += sum(s[w] for w in chosen) - sum(s[w] for w in rest) >= statistic - 1e-12
        total += 1
    effect = (numpy.mean([s[w] for w in x]) - numpy.mean([s[w] for w in y])) / numpy.std(
        [s[w] for w in x + y], ddof=1
    )
    return {"x": x, "y": y, "a": a, "b": b, "effectSize": effect, "statistic": statistic,
            "pValue": larger / total, "partitions": total}


one, three = [["she", "he"]], [["she", "he"], ["woman", "man"], ["her", "his"]]
golden = {
    "words": words,
    "vectors": vectors.tolist(),
    "directions": [{"pairs": pairs, "direction": direction(pairs)} for pairs in (one, three)],
    "pcas": [pca(words), pca(words[4:9]), pca(words[1:4])],
    "weats": [
        weat(["art", "poem", "dance", "sonnet", "drama"], ["math", "proof", "logic", "algebra", "graph"],
             ["she", "woman", "her"], ["he", "man", "his"]),
        weat(["art", "proof", "logic"], ["math", "poem", "dance"], ["aunt", "nurse"], ["uncle", "doctor", "his"]),
    ],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
