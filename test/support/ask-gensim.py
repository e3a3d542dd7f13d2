"""Asks gensim: reads a JSON list of tasks from stdin, prints a JSON list of results.

Each task names a `file` and how gensim reads it (`format`: glove, word2vec, word2vec-binary,
fasttext-binary; `encoding`), and what is to be known of it. Numbers of vectors come as base64 of
32-bit floats, so that they can be compared to the last bit.
"""

import base64
import json
import logging
import sys

import numpy
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors

logging.disable(logging.CRITICAL)


def load(task):
    encoding = task.get("encoding", "utf8")
    if task["format"] == "fasttext-binary":
        return load_facebook_vectors(task["file"], encoding=encoding)
    return KeyedVectors.load_word2vec_format(
        task["file"],
        binary=task["format"] == "word2vec-binary",
        no_header=task["format"] == "glove",
        encoding=encoding,
        limit=task.get("limit"),
    )


def packed(vectors):
    return base64.b64encode(numpy.asarray(vectors, dtype="<f4").tobytes()).decode()


def answers(pairs):
    return [{"word": word, "score": float(score)} for word, score in pairs]


def ask(kv, query):
    name, arguments = query["name"], query["arguments"]
    if name in ("most_similar", "most_similar_cosmul"):
        for key in ("positive", "negative"):
            arguments[key] = [
                (item[0], item[1]) if isinstance(item, list) else item for item in arguments.get(key, [])
            ]
        return answers(getattr(kv, name)(**arguments))
    if name == "similar_by_vector":
        vector = numpy.array(arguments.pop("vector"), dtype="f4")
        return answers(kv.similar_by_vector(vector, **arguments))
    result = getattr(kv, name)(*arguments)
    return float(result) if isinstance(result, numpy.floating) else result


def run(task):
    kv = load(task)
    result = {}
    if task.get("vectors"):
        result["words"] = kv.index_to_key
        result["vectors"] = packed(kv.vectors)
    if "unknown" in task:
        result["unknown"] = [packed(kv[word]) for word in task["unknown"]]
    if "queries" in task:
        result["answers"] = [ask(kv, query) for query in task["queries"]]
    if "analogies" in task:
        if task.get("method") == "3cosmul":
            # evaluate_word_analogies asks most_similar, whatever its similarity_function says.
            kv.most_similar = lambda positive, negative, topn, restrict_vocab: kv.most_similar_cosmul(
                positive, negative, topn
            )
        score, sections = kv.evaluate_word_analogies(task["analogies"], **task.get("options", {}))
        result["analogies"] = [
            [section["section"], len(section["correct"]), len(section["correct"]) + len(section["incorrect"])]
            for section in sections
        ]
    if "pairs" in task:
        pearson, spearman, oov = kv.evaluate_word_pairs(task["pairs"], **task.get("pairOptions", {}))
        result["pairs"] = {
            "pearson": [float(x) for x in pearson],
            "spearman": [float(x) for x in spearman],
            "oovRatio": oov / 100,
        }
    return result


json.dump([run(task) for task in json.load(sys.stdin)], sys.stdout)
