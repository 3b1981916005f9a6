"""Neighbours and analogies of gensim on small vectors, and files that gensim
wrote: word2vec text and binary, GloVe.

Writes vectors.json; the files are in it as base64.
"""
import base64
import pathlib
import sys
import tempfile

import gensim
import numpy as np
from gensim.models import KeyedVectors

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden

rng = np.random.default_rng(7)
DIM = 24
words = [f"w{i}" for i in range(90)] + ["\u0441\u043b\u043e\u0432\u043e", "caf\u00e9", "\u6771\u4eac", "\U0001f600", "new_york", "king", "man", "woman", "queen", "boy"]
data = rng.normal(size=(len(words), DIM)).astype(np.float32)
at = {w: i for i, w in enumerate(words)}
data[at["queen"]] = data[at["king"]] - data[at["man"]] + data[at["woman"]] + 0.1 * data[3]
data[5] *= 1e-6
data[6] *= 1e6
kv = KeyedVectors(DIM)
kv.add_vectors(words, data)

files = {}
with tempfile.TemporaryDirectory() as d:
    d = pathlib.Path(d)
    for name, o in {"text": {"binary": False}, "binary": {"binary": True}, "glove": {"binary": False, "write_header": False}}.items():
        kv.save_word2vec_format(str(d / name), **o)
        files[name] = base64.b64encode((d / name).read_bytes()).decode()

cases = []
for pos, neg in [(["king"], []), (["w1"], []), (["w5"], []), (["king", "woman"], ["man"]), (["w1", "w2", "w3"], ["w4", "w6"]), (["\u6771\u4eac", "caf\u00e9"], ["new_york"])]:
    cases.append({"positive": pos, "negative": neg, "add": kv.most_similar(pos, neg, topn=7), "mul": kv.most_similar_cosmul(pos, neg, topn=7)})

sections = [("family", [("man", "king", "woman", "queen"), ("man", "king", "boy", "w1"), ("man", "king", "nobody", "queen")]),
            ("rest", [("king", "man", "queen", "woman"), ("w1", "w2", "w3", "w4")])]
with tempfile.TemporaryDirectory() as d:
    q = pathlib.Path(d) / "questions.txt"
    q.write_text("".join(f": {n}\n" + "".join(" ".join(a) + "\n" for a in s) for n, s in sections))
    questions = q.read_text()
    _, result = kv.evaluate_word_analogies(str(q), case_insensitive=False)
scores = [{"name": s["section"], "correct": len(s["correct"]), "incorrect": len(s["incorrect"])} for s in result]

golden.dump("encoding_text/vectors.json", {
    "words": words, "dim": DIM, "data": [float(v) for v in data.ravel()], "files": files, "cases": cases,
    "similarity": [["king", "queen", float(kv.similarity("king", "queen"))], ["w1", "w5", float(kv.similarity("w1", "w5"))]],
    "mean": kv.get_mean_vector(["king", "w6", "w1"], pre_normalize=False),
    "questions": questions, "scores": scores,
}, gensim=gensim.__version__, numpy=np.__version__)
