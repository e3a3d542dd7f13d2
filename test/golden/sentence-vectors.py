"""Makes sentence-vectors.json: SIF sentence vectors by their definition (Arora et al. 2017), with numpy's SVD.

Word shares go by rank as 1 / (rank + 3.7), from rank 0. Run: python3 test/golden/sentence-vectors.py
"""

import json
import pathlib

import numpy

rng = numpy.random.default_rng(5)
words = ["the", "turn", "on", "light", "music", "play", "song", "weather", "cold", "rain"]
# Whole numbers up to 127 times a power of two, which 8-bit rows hold exactly.
vectors = rng.integers(-127, 128, size=(len(words), 7))
vectors[numpy.arange(len(words)), rng.integers(0, 7, size=len(words))] = 127
vectors = (vectors / 64).astype(numpy.float32)
texts = ["turn on the light", "play the music", "play a song song", "the weather turn cold", "rain on the light"]
asked = ["The RAIN", "play", "nothing here", ""]
shares = 1 / (numpy.arange(len(words)) + 3.7)
shares /= shares.sum()
row = {word: i for i, word in enumerate(words)}


def mean(text, a):
    rows = [row[word] for word in text.lower().split() if word in row]
    if not rows:
        return numpy.zeros(vectors.shape[1])
    return numpy.mean([a / (a + shares[i]) * vectors[i].astype(numpy.float64) for i in rows], axis=0)


cases = []
for a in (1e-3, 0.3):
    plain = numpy.array([mean(text, a) for text in texts])
    common = numpy.linalg.svd(plain)[2][0]
    all_rows = [mean(text, a) for text in texts + asked]
    cases.append({
        "a": a,
        "plain": [r.tolist() for r in all_rows],
        "removed": [(r - common * (r @ common)).tolist() for r in all_rows],
    })
result = {"words": words, "vectors": vectors.tolist(), "texts": texts, "asked": asked, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
