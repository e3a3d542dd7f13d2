"""Makes word2vec.json: what gensim makes of a small corpus before it trains, and of words' n-grams.

Vocabulary and counts (LineSentence, min_count), keep probabilities (sample_int), the cumulative
noise table (cum_table), and the buckets of fastText's n-grams. The corpus is random words with a
few odd ones. Run: python3 test/golden/word2vec.py (Debian's python3-gensim, 4.2).
"""

import json
import pathlib
import tempfile

import numpy
from gensim.models import Word2Vec
from gensim.models.fasttext import compute_ngrams, ft_hash_bytes, ft_ngram_hashes
from gensim.models.word2vec import LineSentence

rng = numpy.random.default_rng(5)
syllables = ["ka", "lo", "mi", "ru", "te", "\u00e9l", "\u732b", "x-y"]
words = [a + b for a in syllables for b in syllables]
shares = 1 / numpy.arange(1, len(words) + 1)
shares /= shares.sum()
lines = [" ".join(rng.choice(words, size=rng.integers(1, 12), p=shares)) for _ in range(120)]
# White space that str.split parts at, and some that it does not.
lines += ["kalo\u00a0kalo\u2003lomi\u3000lomi\tmiru", "", "  teka \u200bkalo\x1fmiru\x85miru ", "\ufeffkalo kalo"]
text = "\n".join(lines) + "\n"

with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", newline="") as file:
    file.write(text)
    file.flush()
    sentences = [sentence for sentence in LineSentence(file.name)]


def vocabulary(**options):
    model = Word2Vec(vector_size=4, **options)
    model.build_vocab(sentences)
    keys = model.wv.index_to_key
    return {
        "options": options,
        "words": keys,
        "counts": [int(model.wv.get_vecattr(key, "count")) for key in keys],
        "keep": [int(model.wv.get_vecattr(key, "sample_int")) for key in keys],
        "cumulative": [int(x) for x in model.cum_table],
    }


ngram_words = ["a", "at", "where", "na\u00efve", "\u732b", "\u4e16\u754c\u5730\u56f3", "\U0001f600\U0001f600x", ""]
golden = {
    "text": text,
    "corpusWords": sum(len(sentence) for sentence in sentences),
    "vocabularies": [
        vocabulary(min_count=1, sample=1e-3),
        vocabulary(min_count=3, sample=1e-2, ns_exponent=0.5),
        vocabulary(min_count=5, sample=0),
        vocabulary(min_count=2, sample=10, max_final_vocab=20),
    ],
    "ngrams": [
        {"word": word, "minn": minn, "maxn": maxn, "ngrams": compute_ngrams(word, minn, maxn),
         "buckets": [int(h) for h in ft_ngram_hashes(word, minn, maxn, 2000000)]}
        for word in ngram_words
        for minn, maxn in [(3, 6), (1, 3), (2, 2)]
    ],
    "hashes": [{"text": t, "hash": int(ft_hash_bytes(t.encode()))} for t in ["", "a", "foobar", "\u00e9", "<wh"]],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, ensure_ascii=True) + "\n")
