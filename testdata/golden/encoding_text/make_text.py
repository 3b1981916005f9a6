"""Terms, counts, TF-IDF and hashed rows of scikit-learn on a few documents in
many scripts; which runes Python counts as word characters and how it lowers.

Writes text.json and runes.json.
"""
import pathlib
import re
import sys
import unicodedata

import numpy
import sklearn
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, HashingVectorizer, TfidfVectorizer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden

DOCS = [
    "The quick brown fox jumps over the lazy dog.",
    "the dog_and the fox: 42 times, x2, a 3.14 I can't won't",
    "\u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u03a3\u0391\u03a3 \u03a3 \u0391\u03a3. \u0391.\u03a3 \u0391\u03a3\u0301 \u0391\u03a3\u0301\u0392 \u03b1\u03a3\u2019s",
    "\u0130stanbul ISPARTA \u0131l\u0131k D\u0130YARBAKIR \u0130",
    "caf\u00e9 cafe\u0301 na\u00efve co\u00f6perate \u00c5ngstr\u00f6m \u212bngstr\u00f6m \ufb01ne \u00bd \u00b2\u00b3 \u2460\u2461 \u2167",
    "\u043f\u0440\u0438\u0432\u0435\u0442 \u041c\u0418\u0420, \u0439\u043e\u0434 \u0439 \u0401\u041b\u041a\u0410 \u0451\u043b\u043a\u0430",
    "\u4f60\u597d\u4e16\u754c \u6771\u4eac \u30c6\u30b9\u30c8 \uff34\uff25\uff33\uff34 \ud55c\uad6d\uc5b4",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e \u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22 \u0645\u0631\u062d\u0628\u0627 \u0660\u0661\u0662 \u05e9\u05dc\u05d5\u05dd",
    "\U0001f600 ok\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea go \U0001d54f\U0001d550 \U00010400\U00010401 \u2764\ufe0f",
    "tab\tand\n\nnewline\r\n  spaces \u00a0\u2003 nbsp\x1cfs\x85nel \u3000wide a b",
    "STRASSE Stra\u00dfe \u1e9e \u01c5ungla \u0149 \u1f88\u1f80 K\u212a \u2126",
    "",
    "  ",
    "a b c ! ?",
    "ha ha ha haha HA the the a_b __ _x",
]


def csr(x):
    x = x.tocsr()
    x.sort_indices()
    return {"rows": x.shape[0], "cols": x.shape[1], "indptr": x.indptr, "indices": x.indices, "data": x.data}


TERMS = [
    {},
    {"lowercase": False},
    {"strip_accents": "ascii"},
    {"strip_accents": "unicode"},
    {"strip_accents": "unicode", "lowercase": False},
    {"ngram_range": (1, 3)},
    {"ngram_range": (2, 2), "stop_words": "english"},
    {"ngram_range": (2, 4), "stop_words": ["the", "dog", "fox"]},
    {"stop_words": "english"},
    {"analyzer": "char"},
    {"analyzer": "char", "ngram_range": (2, 3)},
    {"analyzer": "char", "ngram_range": (1, 4), "strip_accents": "unicode"},
    {"analyzer": "char_wb", "ngram_range": (1, 2)},
    {"analyzer": "char_wb", "ngram_range": (3, 5)},
    {"analyzer": "char_wb", "ngram_range": (6, 9), "lowercase": False},
]
terms = []
for o in TERMS:
    a = CountVectorizer(**o).build_analyzer()
    terms.append({"options": o, "terms": [a(d) for d in DOCS]})

COUNTS = [
    {},
    {"binary": True},
    {"min_df": 2},
    {"max_df": 2},
    {"min_df": 0.1, "max_df": 0.2},
    {"min_df": 2, "max_df": 0.2},
    {"max_features": 1},
    {"ngram_range": (1, 2), "stop_words": "english"},
    {"vocabulary": ["the", "fox", "zebra", "dog", "ha"]},
    {"vocabulary": ["the", "fox", "zebra", "dog", "ha"], "binary": True},
]
counts = []
for o in COUNTS:
    v = CountVectorizer(**o)
    x = v.fit_transform(DOCS)
    counts.append({"options": o, "names": v.get_feature_names_out().tolist(), "x": csr(x)})

TFIDF = [
    {},
    {"norm": "l1"},
    {"norm": None},
    {"smooth_idf": False},
    {"sublinear_tf": True},
    {"use_idf": False},
    {"use_idf": False, "norm": "l1", "sublinear_tf": True},
    {"binary": True, "smooth_idf": False, "norm": "l1"},
    {"ngram_range": (1, 2), "min_df": 2, "sublinear_tf": True},
    {"vocabulary": ["the", "fox", "zebra", "dog", "ha"]},
]
tfidf = []
for o in TFIDF:
    v = TfidfVectorizer(**o)
    x = v.fit_transform(DOCS)
    tfidf.append({"options": o, "names": v.get_feature_names_out().tolist(), "x": csr(x),
                  "idf": v.idf_ if o.get("use_idf", True) else []})

HASH = [
    {},
    {"n_features": 16},
    {"n_features": 7, "norm": None},
    {"n_features": 7, "norm": "l1", "alternate_sign": False},
    {"n_features": 1, "norm": None},
    {"n_features": 5, "binary": True, "norm": None},
    {"n_features": 1000, "ngram_range": (1, 2), "norm": None, "stop_words": "english"},
    {"n_features": 64, "analyzer": "char_wb", "ngram_range": (2, 3)},
]
hashed = [{"options": o, "x": csr(HashingVectorizer(**o).transform(DOCS))} for o in HASH]

BAD = [b"caf\xc3 ok", b"\xff\xfe abc\xe2\x82", b"a\xf0\x9f\x98b \xc0\x80 \xed\xa0\x80z", b"\xf4\x90\x80\x80q \xe0\x9f\xbf"]
invalid = [{"bytes": list(b), "replace": b.decode("utf-8", "replace"), "ignore": b.decode("utf-8", "ignore")} for b in BAD]

golden.dump("encoding_text/text.json", {
    "docs": DOCS, "terms": terms, "counts": counts, "tfidf": tfidf, "hashing": hashed, "invalid": invalid,
    "stop_words": sorted(ENGLISH_STOP_WORDS),
}, sklearn=sklearn.__version__, numpy=numpy.__version__)


def ranges(match):
    out, start = [], None
    for c in range(0x110001):
        ok = c < 0x110000 and not 0xD800 <= c <= 0xDFFF and match(chr(c))
        if ok and start is None:
            start = c
        if not ok and start is not None:
            out += [start, c - 1]
            start = None
    return out


final = lambda s: s.lower().endswith("\u03c2")
lower = [(c, ord(chr(c).lower())) for c in range(0x110000)
         if not 0xD800 <= c <= 0xDFFF and len(chr(c).lower()) == 1 and chr(c).lower() != chr(c)]
golden.dump("encoding_text/runes.json", {
    "assigned": ranges(lambda c: unicodedata.category(c) != "Cn"),
    "word": ranges(lambda c: re.match(r"\w", c)),
    "space": ranges(lambda c: re.match(r"\s", c)),
    # a final sigma follows a cased rune, and looks through case-ignorable ones
    "after": ranges(lambda c: final(c + "\u03a3")),
    "through": ranges(lambda c: final("A" + c + "\u03a3")),
    "lower": [v for pair in lower for v in pair],
}, unicode=unicodedata.unidata_version)
