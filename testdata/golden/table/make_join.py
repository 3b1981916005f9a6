"""Joins and concatenations by pandas. A table is {column: values}; null is missing."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import numpy as np
import pandas as pd

from golden import dump

rng = np.random.default_rng(2)


def plain(frame):
    return [[c, [None if pd.isna(v) else (v if isinstance(v, str) else float(v)) for v in frame[c]]] for c in frame.columns]


def make(n, keys, prefix):
    f = pd.DataFrame({"k": rng.integers(0, keys, n).astype(float), "s": rng.choice(["a", "b", "c", "dd"], n).astype(object)})
    f.loc[rng.random(n) < .15, "k"] = np.nan
    f.loc[rng.random(n) < .15, "s"] = None
    f["v"] = np.arange(n) + (0.5 if prefix == "r" else 0)
    f[prefix] = rng.choice(["x", "y"], n)
    return f


cases = []
for nl, nr, keys in [(8, 7, 4), (12, 15, 9), (3, 10, 2)]:
    left, right = make(nl, keys, "l"), make(nr, keys, "r")
    for how in ["inner", "left", "right", "outer"]:
        for on in [["k"], ["s"], ["k", "s"]]:
            out = left.merge(right, how=how, on=on, indicator="_merge")
            out["_merge"] = out["_merge"].astype(str)
            cases.append({"left": plain(left), "right": plain(right), "how": how, "left_on": on, "right_on": on, "out": plain(out)})
        r2 = right.rename(columns={"k": "key"})
        out = left.merge(r2, how=how, left_on=["k"], right_on=["key"], suffixes=("", "_r"), indicator="_merge")
        out["_merge"] = out["_merge"].astype(str)
        cases.append({"left": plain(left), "right": plain(r2), "how": how, "left_on": ["k"], "right_on": ["key"], "out": plain(out)})
concats = []
a, b, c = make(3, 3, "l"), make(4, 3, "r"), make(2, 3, "l")[["s", "l"]]
for common in [False, True]:
    concats.append({"tables": [plain(a), plain(b), plain(c)], "common": common,
                    "out": plain(pd.concat([a, b, c], join="inner" if common else "outer", ignore_index=True))})
dump("table/join.json", {"joins": cases, "concats": concats}, pandas=pd.__version__)
