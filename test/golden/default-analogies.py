"""Makes default-analogies.json: gensim's counts of questions-words.txt for the vectors that come with seqkit.

gensim reads them from word2vec's binary format, which keeps all their bits. Run:
  node dist/cli/main.js convert-vectors data/vectors/glove-6b-100d-100k.safetensors default.bin
  python3 test/golden/default-analogies.py default.bin questions-words.txt
"""

import json
import pathlib
import sys

import gensim
from gensim.models import KeyedVectors

vectors, questions = sys.argv[1:]
kv = KeyedVectors.load_word2vec_format(vectors, binary=True)
_, sections = kv.evaluate_word_analogies(questions)
counts = [
    [section["section"], len(section["correct"]), len(section["correct"]) + len(section["incorrect"])]
    for section in sections
]
made = {"gensim": gensim.__version__, "words": len(kv), "analogies": counts}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(made, indent=2) + "\n")
