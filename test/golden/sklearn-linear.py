"""Makes sklearn-linear.json: TF-IDF of n-grams and softmax regression as scikit-learn has them.

Short texts with capitals, accents, an apostrophe, an emoji, an ideogram outside the first plane, and a word of one letter.
Run with scikit-learn: python3 test/golden/sklearn-linear.py
"""

import json
import pathlib

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union
from sklearn.preprocessing import normalize

texts = [
    "Turn on the light, please", "turn the kitchen light on", "Switch on a lamp in the HALL hall hall",
    "What's the weather like?", "will it rain  in Zürich tomorrow", "is it cold outside 🙂 or warm",
    "I can't find my keys", "where are my keys", "have you seen my keys? my \U00020bb7 keys!",
    "play some café music", "play a song", "a b c a b",
]
labels = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
asked = ["turn on my music", "Can't you play?", "🙂 zürich", "unseen wordz only", "a", "keys keys keys keys \U00020bb7"]
WORD = r"\w+(?:'\w+)*|[\U0001f300-\U0001faff]"


def weights(words, characters, **options):
    parts = []
    if words:
        parts.append(TfidfVectorizer(token_pattern=WORD, ngram_range=words, **options))
    if characters:
        parts.append(TfidfVectorizer(analyzer="char_wb", ngram_range=characters, **options))
    union = make_union(*parts)
    rows = normalize(union.fit_transform(texts))
    names = [(kind, term) for kind, part in enumerate(parts) for term in part.get_feature_names_out()]
    return rows, normalize(union.transform(asked)), names


def sparse(matrix, names, only):
    return [
        sorted([names[i][1], float(row[i])] for i in row.nonzero()[0] if only is None or names[i][0] == only)
        for row in numpy.asarray(matrix.todense())
    ]


features = []
for words, characters, options in [
    ((1, 2), (2, 5), {"sublinear_tf": True}),
    ((1, 1), None, {"sublinear_tf": False, "min_df": 2}),
    (None, (4, 6), {"sublinear_tf": True, "lowercase": False}),
]:
    _, rows, names = weights(words, characters, **options)
    both = bool(words and characters)
    features.append({
        "words": words or False,
        "characters": characters or False,
        "minDocuments": options.get("min_df", 1),
        "sublinear": options["sublinear_tf"],
        "lower": options.get("lowercase", True),
        "size": len(names),
        "parts": [sparse(rows, names, part if both else None) for part in range(2 if both else 1)],
    })

rows, others, names = weights((1, 2), (2, 5), sublinear_tf=True)
regressions = []
for C, balanced, count, intercept in [(1, None, 12, True), (20, "balanced", 10, True), (3, None, 12, False)]:
    model = LogisticRegression(
        C=C, class_weight=balanced, multi_class="multinomial", fit_intercept=intercept, solver="newton-cg", tol=1e-8, max_iter=500
    ).fit(rows[:count], labels[:count])
    regressions.append({
        "C": C, "balanced": bool(balanced), "count": count, "intercept": intercept,
        "probabilities": model.predict_proba(others).tolist(),
    })

# Few features and many rows: dense numbers.
rng = numpy.random.default_rng(3)
dense = rng.normal(size=(60, 5)).astype(numpy.float32)
classes = (dense[:, :3] + rng.normal(size=(60, 3))).argmax(axis=1)
model = LogisticRegression(C=0.5, multi_class="multinomial", solver="newton-cg", tol=1e-8, max_iter=500).fit(dense.astype(numpy.float64), classes)
result = {
    "texts": texts, "labels": labels, "asked": asked, "features": features, "regressions": regressions,
    "dense": {
        "rows": dense.tolist(), "labels": classes.tolist(), "C": 0.5,
        "weights": model.coef_.T.tolist(), "intercepts": model.intercept_.tolist(),
    },
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n")
