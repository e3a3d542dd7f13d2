"""Trains gensim's Word2Vec for bench/word2vec.mjs and bench/word2vec-quality.mjs, as those ask.

    python3 bench/word2vec-peers.py '{"corpus": "corpus.txt", "out": "vectors.txt", "options": {...}}'

Prints one line of JSON: words a second, of wall time and of processor time, vocabulary left out.
"""

import json
import os
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
model = Word2Vec(**asked["options"])
# By file for speed, the quicker way; for quality line by line. The two have scored differently: look at both.
corpus = {"corpus_iterable": LineSentence(asked["corpus"])} if "out" in asked else {"corpus_file": asked["corpus"]}
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
