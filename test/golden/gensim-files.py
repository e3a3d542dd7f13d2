"""Makes gensim-files/: small files of vectors as gensim writes them, and gensim-files.json: what
gensim reads from them and answers about them, and what scipy says of two rows of numbers.

The sentences are made up here. Run: /usr/bin/python3 test/golden/gensim-files.py
"""

import json
import pathlib
import random

import numpy
from gensim.models import FastText, KeyedVectors
from gensim.models.fasttext import load_facebook_vectors, save_facebook_model
from scipy import stats

random.seed(5)
here = pathlib.Path(__file__).parent
folder = here / "gensim-files"
folder.mkdir(exist_ok=True)

stems = ["walk", "jump", "play", "café", "søk", "水泳"]
endings = ["", "s", "ed", "ing", "er"]
sentences = [[random.choice(stems) + random.choice(endings) for _ in range(8)] for _ in range(200)]
model = FastText(
    sentences, vector_size=6, window=3, min_count=1, epochs=3, seed=1, workers=1, sg=1, bucket=40, min_n=2, max_n=4
)
save_facebook_model(model, str(folder / "model.bin"))

# Files from before version 11 have no mark and no version, and neither pruned pieces nor a flag
# before each matrix.
new = (folder / "model.bin").read_bytes()
settings = 8 + 12 * 4 + 8
dictionary = settings + 3 * 4 + 8
words_end = dictionary + 8 + sum(len(w.encode()) + 1 + 8 + 1 for w in model.wv.index_to_key)
rows = len(model.wv) + 40
matrix_end = words_end + 1 + 16 + rows * 6 * 4
assert new[words_end] == 0 and new[matrix_end] == 0
old = new[8:dictionary] + new[dictionary + 8 : words_end] + new[words_end + 1 : matrix_end] + new[matrix_end + 1 :]
(folder / "old-model.bin").write_bytes(old)

kv = load_facebook_vectors(str(folder / "model.bin"))
again = load_facebook_vectors(str(folder / "old-model.bin"))
assert numpy.array_equal(kv.vectors, again.vectors)
plain = KeyedVectors(6)
plain.add_vectors(kv.index_to_key, kv.vectors)
plain.save_word2vec_format(str(folder / "words.bin"), binary=True)
plain.save_word2vec_format(str(folder / "words.vec"))
plain.save_word2vec_format(str(folder / "words.txt"), write_header=False)


def numbers(vector):
    return [float(x) for x in vector]


unknown = ["walkers", "søknad", "水", "é"]
x = [1.0, 2.0, 2.0, 3.5, 4.0, 4.0, 4.0, 7.0]
y = [0.3, 0.1, 0.5, 0.2, 0.9, 0.4, 0.8, 0.6]
golden = {
    "words": kv.index_to_key,
    "vectors": [numbers(v) for v in kv.vectors],
    "unknown": {word: numbers(kv[word]) for word in unknown},
    "queries": [
        {"positive": p, "negative": n, "answers": plain.most_similar(positive=p, negative=n, topn=4)}
        for p, n in [(["walks", "jumped"], ["walked"]), (["café"], [])]
    ],
    "closerThan": ["walk", "café", plain.closer_than("walk", "café")],
    "nSimilarity": [["walk", "walks"], ["café"], float(plain.n_similarity(["walk", "walks"], ["café"]))],
    "euclidean": ["walk", "café", float(numpy.linalg.norm(plain["walk"] - plain["café"]))],
    "correlation": {
        "x": x,
        "y": y,
        "pearson": numbers(stats.pearsonr(x, y)),
        "spearman": numbers(stats.spearmanr(x, y)),
    },
}
(here / "gensim-files.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
