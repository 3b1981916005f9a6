"""String similarities of rapidfuzz and jellyfish, and bands of datasketch."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import datasketch
import jellyfish
import numpy as np
import rapidfuzz
from datasketch.lsh import _optimal_param
from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein, Indel, Jaro, JaroWinkler, Levenshtein
from importlib.metadata import version

from golden import dump

pairs = [("", ""), ("", "abc"), ("a", "a"), ("a", "b"), ("ab", "ba"), ("ca", "abc"), ("kitten", "sitting"),
         ("MARTHA", "MARHTA"), ("DWAYNE", "DUANE"), ("DIXON", "DICKSONX"), ("JELLYFISH", "SMELLYFISH"),
         ("naïve café", "naive cafe"), ("日本語", "日本"), ("abcvwxyz", "cabvwxyz"), ("specter", "spectre"),
         ("fuzzy wuzzy was a bear", "wuzzy fuzzy was a bear"), ("fuzzy fuzzy was a bear", "fuzzy was a bear"),
         ("new york mets vs atlanta braves", "atlanta braves vs new york mets"), ("new york mets", "new york yankees"),
         ("  leading and  double  spaces ", "leading and double spaces"), ("one two", "three four"),
         ("Braund, Mr. Owen Harris", "Braund, Mr. Owen  Harris"), ("12 Main Street", "12 Main St."), ("aaaa", "aaaaaaaaaaaa"),
         ("abcd", "dcba"), ("ab", "cd"), ("a", "ab"), ("ab", "abc"), ("aa", "aab"), ("abcdefgh" * 9, "badcfehg" * 9)]
rng = np.random.default_rng(3)
for _ in range(120):
    a = "".join(rng.choice(list("abc d"), rng.integers(0, 14)))
    b = list(a)
    for _ in range(rng.integers(0, 4)):
        i = int(rng.integers(0, len(b) + 1))
        if rng.random() < .5 and b:
            b.pop(min(i, len(b) - 1))
        else:
            b.insert(i, str(rng.choice(list("abcd "))))
    b = "".join(b) if rng.random() < .8 else "".join(rng.permutation(b))
    pairs.append((a, b))
out = []
for a, b in pairs:
    if a or b:
        assert abs(jellyfish.jaro_winkler_similarity(a, b) - JaroWinkler.similarity(a, b)) < 1e-14, (a, b)
    assert jellyfish.damerau_levenshtein_distance(a, b) == DamerauLevenshtein.distance(a, b)
    out.append([a, b, Levenshtein.distance(a, b), DamerauLevenshtein.distance(a, b), Levenshtein.normalized_similarity(a, b),
                DamerauLevenshtein.normalized_similarity(a, b), Indel.normalized_similarity(a, b), Jaro.similarity(a, b),
                JaroWinkler.similarity(a, b), fuzz.token_sort_ratio(a, b) / 100, fuzz.token_set_ratio(a, b) / 100])
bands = [[t, n, w, *_optimal_param(t, n, 1 - w, w)] for n in (16, 64, 128) for t in (.2, .5, .7, .8, .9, .95) for w in (.5, .7)]
dump("preprocess/similarity.json", {"pairs": out, "bands": bands}, rapidfuzz=rapidfuzz.__version__,
     jellyfish=version("jellyfish"), datasketch=version("datasketch"))
