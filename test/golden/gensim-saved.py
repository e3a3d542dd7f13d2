"""Makes gensim-saved/: small files as gensim's `save` writes them, and gensim-saved.json: the words and vectors that
gensim has in them.

Run: /usr/bin/python3 test/golden/gensim-saved.py
"""

import json
import pathlib
import pickle
import random

import numpy
from gensim.models import Doc2Vec, FastText, KeyedVectors, Word2Vec
from gensim.models.doc2vec import TaggedDocument

here = pathlib.Path(__file__).parent
folder = here / "gensim-saved"
folder.mkdir(exist_ok=True)
for old in folder.iterdir():
    old.unlink()

random.seed(3)
stems = ["walk", "jump", "play", "café", "søk", "水泳"]
endings = ["", "s", "ed", "ing", "er"]
sentences = [[random.choice(stems) + random.choice(endings) for _ in range(8)] for _ in range(100)]
settings = {"vector_size": 5, "min_count": 1, "epochs": 2, "seed": 1, "workers": 1}
word2vec = Word2Vec(sentences, **settings)
fasttext = FastText(sentences, bucket=40, min_n=2, max_n=4, **settings)
doc2vec = Doc2Vec([TaggedDocument(s, [i]) for i, s in enumerate(sentences[:9])], **settings)
# What gensim notes of the machine that saves stays out.
for each in [word2vec, fasttext, doc2vec, word2vec.wv, fasttext.wv, doc2vec.wv, doc2vec.dv]:
    each.lifecycle_events = None
golden = {}


def numbers(rows):
    return [[float(x) for x in row] for row in rows]


def saved(name, kv, write):
    write(str(folder / name))
    golden[name] = {"words": kv.index_to_key, "vectors": numbers(kv.vectors)}


# Arrays of more than so many numbers go into files beside: here all of the vectors, or none.
APART = 20

saved("plain.kv", word2vec.wv, lambda path: word2vec.wv.save(path))
saved("apart.kv", word2vec.wv, lambda path: word2vec.wv.save(path, sep_limit=APART))
saved("protocol2.kv", word2vec.wv, lambda path: word2vec.wv.save(path, pickle_protocol=2))
saved("plain.model", word2vec.wv, lambda path: word2vec.save(path))
saved("apart.model", word2vec.wv, lambda path: word2vec.save(path, sep_limit=APART))
saved("doc2vec.model", doc2vec.wv, lambda path: doc2vec.save(path))
saved("fasttext.kv", fasttext.wv, lambda path: fasttext.wv.save(path))
saved("fasttext.model", fasttext.wv, lambda path: fasttext.save(path, sep_limit=APART))
unknown = ["walkers", "søknad", "水"]
golden["unknown"] = {word: numbers([fasttext.wv[word]])[0] for word in unknown}

for name, dtype, order in [("double.kv", "f8", "C"), ("half.kv", "f2", "C"), ("columns.kv", "f4", "F")]:
    kv = KeyedVectors(5)
    kv.lifecycle_events = None
    kv.add_vectors(word2vec.wv.index_to_key, word2vec.wv.vectors)
    kv.vectors = numpy.array(word2vec.wv.vectors, dtype=dtype, order=order)
    saved(name, kv, lambda path: kv.save(path))


# The weights of the output are not read.
for output in folder.glob("*.syn1neg.npy"):
    output.unlink()

# As gensim 3 named things: the class, the list of words, and an index of objects.
class Word2VecKeyedVectors:
    pass


Word2VecKeyedVectors.__module__ = "gensim.models.keyedvectors"
import gensim.models.keyedvectors  # noqa: E402

before = gensim.models.keyedvectors.Word2VecKeyedVectors
gensim.models.keyedvectors.Word2VecKeyedVectors = Word2VecKeyedVectors
old = Word2VecKeyedVectors()
old.vectors = word2vec.wv.vectors
old.index2word = list(word2vec.wv.index_to_key)
old.vector_size = 5
old.vocab = {word: {"count": 1, "index": i} for i, word in enumerate(old.index2word)}
(folder / "gensim3.kv").write_bytes(pickle.dumps(old, protocol=2))
gensim.models.keyedvectors.Word2VecKeyedVectors = before
golden["gensim3.kv"] = golden["plain.kv"]


def short(text):
    """A byte string of at most 255 bytes, as Python 2 wrote it: Python 3 reads such and writes none."""
    return b"U" + bytes([len(text)]) + text


# As gensim 1 saved under Python 2: attributes, dtypes, numbers and words in byte strings, words in Unicode too.
two = numpy.array([[1, 2], [3, -4]], dtype="<f4")
array = (
    b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + short(b"b") + b"\x87R"
    b"(K\x01K\x02K\x02\x86cnumpy\ndtype\n" + short(b"f4") + b"K\x00K\x01\x87R"
    b"(K\x03" + short(b"<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89" + short(two.tobytes()) + b"tb"
)
words = b"](X\x05\x00\x00\x00caf\xc3\xa9" + short(b"king") + b"e"
python2 = (
    b"\x80\x02cgensim.models.keyedvectors\nKeyedVectors\n)\x81}("
    + (short(b"index2word") + words + short(b"syn0") + array)
    + b"ub."
)
read = pickle.loads(python2, encoding="latin1")
golden["python2.kv"] = {"words": vars(read)["index2word"], "vectors": numbers(vars(read)["syn0"])}
(folder / "python2.kv").write_bytes(python2)

# What is no file of vectors.
(folder / "list.pkl").write_bytes(pickle.dumps([1, 2, 3], protocol=4))

for name, dtype, order in [("float32", "<f4", "C"), ("float64", ">f8", "C"), ("float16", "<f2", "F")]:
    matrix = numpy.array(word2vec.wv.vectors, dtype=dtype, order=order)
    numpy.save(folder / f"{name}.npy", matrix)
    (folder / f"{name}.words.txt").write_text("".join(f"{w}\n" for w in word2vec.wv.index_to_key))
    golden[f"{name}.npy"] = {"words": word2vec.wv.index_to_key, "vectors": numbers(matrix.astype("<f4"))}

(here / "gensim-saved.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
