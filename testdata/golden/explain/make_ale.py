"""Accumulated local effects: PyALE.

    OMP_NUM_THREADS=1 python testdata/golden/explain/make_ale.py

PyALE takes its quantiles of n-1 observations; the columns here have runs of
equal values around every quantile, so that the edges are those of n, too.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from PyALE._src.ALE_1D import aleplot_1D_continuous, aleplot_1D_discrete
from PyALE._src.ALE_2D import aleplot_2D_continuous
from PyALE._src.lib import order_groups

from golden import dump


class Model:
    """Interactions of numbers and of a category; the Go test has the same."""

    def predict(self, x):
        a, b, c, d = (np.asarray(x[k], dtype=float) for k in "abcd")
        return np.sin(a) * b + 0.3 * c * c + np.abs(c - 2) * a - 0.1 * a * b * d


rng = np.random.default_rng(7)
cases = []
for n, empty in ((240, False), (400, False), (300, True)):
    # Eight values in runs: no quantile at k/5 lies at the end of one.
    a = np.repeat(np.sort(rng.normal(size=8)).round(3), n // 8 + 1)[:n]
    b = np.repeat(np.sort(rng.normal(size=8)).round(3), n // 8 + 1)[:n]
    order = rng.permutation(n)
    b = b[order] if not empty else np.where(rng.random(n) < 0.8, b, b[order])
    c = np.clip(np.round(2 + a + rng.normal(size=n)), 0, 4) + 0.0
    x = pd.DataFrame({"a": a, "b": b, "c": c, "d": (rng.normal(size=n) + c).round(3)})
    m = Model()
    case = {"x": x.values.tolist()}
    r = aleplot_1D_continuous(x, m, "a", grid_size=5, include_CI=False)
    case["edges"], case["effect"], case["size"] = r.index.tolist(), r.eff.tolist(), r["size"].tolist()
    r = aleplot_1D_discrete(x, m, "c", include_CI=False)
    case["values"], case["category"], case["count"] = r.index.tolist(), r.eff.tolist(), r["size"].tolist()
    case["similar"] = [float(v) for v in order_groups(x, "c").index]
    r = aleplot_2D_continuous(x, m, ["a", "b"], grid_size=5)
    case["edges0"], case["edges1"] = r.index.tolist(), [float(v) for v in r.columns]
    case["interaction"] = r.values.tolist()
    cases.append(case)

dump("explain/ale.json", {"cases": cases}, PyALE="1.2.0", numpy=np.__version__, pandas=pd.__version__)
