"""Makes keyed-vectors.json: small random vectors, and what numpy answers about them in float64.

The formulas are gensim's KeyedVectors': most_similar (3CosAdd), most_similar_cosmul, similarity,
doesnt_match, similar_by_vector. Run: python3 test/golden/keyed-vectors.py
"""

import json
import pathlib

import numpy

rng = numpy.random.default_rng(11)
words = ["ash", "beech", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine", "rowan"]
width = 7
vectors = rng.normal(size=(len(words), width)).astype(numpy.float32)
exact = vectors.astype(numpy.float64)
units = exact / numpy.linalg.norm(exact, axis=1, keepdims=True)
row = {word: i for i, word in enumerate(words)}


def best(scores, excluded):
    order = sorted(range(len(words)), key=lambda i: -scores[i])
    return [[words[i], float(scores[i])] for i in order if words[i] not in excluded][:4]


def cosadd(positive, negative):
    mean = sum(units[row[w]] for w in positive) - sum(units[row[w]] for w in negative)
    return best(units @ (mean / numpy.linalg.norm(mean)), positive + negative)


def cosmul(positive, negative):
    near = lambda group: numpy.prod([(1 + units @ units[row[w]]) / 2 for w in group], axis=0)
    return best(near(positive) / (near(negative) + 0.000001), positive + negative)


def doesnt_match(group):
    mean = numpy.mean([units[row[w]] for w in group], axis=0)
    fits = [units[row[w]] @ mean for w in group]
    return group[int(numpy.argmin(fits))]


queries = [(["ash", "oak"], ["elm"]), (["fir"], []), (["pine", "larch", "hazel"], ["rowan", "beech"])]
groups = [["ash", "beech", "cedar", "elm"], ["fir", "hazel", "larch"], ["maple", "oak", "pine", "rowan", "ash"]]
free = rng.normal(size=width)
golden = {
    "words": words,
    "width": width,
    "vectors": [[float(x) for x in v] for v in vectors],
    "queries": [
        {"positive": p, "negative": n, "cosadd": cosadd(p, n), "cosmul": cosmul(p, n)} for p, n in queries
    ],
    "similarities": [["ash", "oak", float(units[0] @ units[8])], ["elm", "elm", 1.0]],
    "oddOnesOut": [{"group": g, "odd": doesnt_match(g)} for g in groups],
    "byVector": {"vector": free.tolist(), "answers": best(units @ (free / numpy.linalg.norm(free)), [])},
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
