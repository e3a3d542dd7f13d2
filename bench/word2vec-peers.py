"""Trains gensim's Word2Vec for bench/word2vec.mjs and bench/word2vec-quality.mjs, as those ask.

    python3 bench/word2vec-peers.py '{"corpus": "corpus.txt", "reading": "file", "options": {"vectorSize": 100}}'

`reading` is `file` (corpus_file, which gensim reads in compiled code) or `lines` (LineSentence).
Options are ours, and go by gensim's names. Where there is an `out`, the vectors go there. Prints one
line of JSON: words a second, of wall time and of processor time, vocabulary left out.
"""

import json
import os
import re
import resource
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import gensim
from gensim.models import Word2Vec
from gensim.models.word2vec import FAST_VERSION, LineSentence


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


asked = json.loads(sys.argv[1])
options = {re.sub("[A-Z]", lambda found: "_" + found[0].lower(), name): value for name, value in asked["options"].items()}
model = Word2Vec(**options)
readings = {"file": {"corpus_file": asked["corpus"]}, "lines": {"corpus_iterable": LineSentence(asked["corpus"])}}
corpus = readings[asked["reading"]]
model.build_vocab(**corpus)
wall, processor = time.perf_counter(), processor_seconds()
_, words = model.train(
    **corpus, total_examples=model.corpus_count, total_words=model.corpus_total_words, epochs=model.epochs
)
wall, processor = time.perf_counter() - wall, processor_seconds() - processor
if "out" in asked:
    model.wv.save_word2vec_format(asked["out"])
print(
    json.dumps(
        {
            "version": gensim.__version__,
            "fast": FAST_VERSION,
            "vocabulary": len(model.wv),
            "wordsPerSecond": round(words / wall),
            "wordsPerProcessorSecond": round(words / processor),
        }
    )
)
