"""Scores of Evidently's tests of columns, and the test that it chooses.

    python testdata/golden/drift/make_columns.py

Run with Evidently 0.7.23.
"""
import pathlib
import sys
import warnings

import numpy as np
import pandas as pd
import scipy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden  # noqa: E402

import pandas.core.dtypes.common as pandas_common  # noqa: E402

# Evidently 0.7.23 imports a helper that pandas 3 has dropped and that is not used here.
if not hasattr(pandas_common, "infer_dtype_from_object"):
    pandas_common.infer_dtype_from_object = None
import evidently  # noqa: E402
from evidently.legacy.calculations import stattests  # noqa: E402
from evidently.legacy.calculations.stattests import registry  # noqa: E402
from evidently.legacy.core import ColumnType  # noqa: E402

warnings.filterwarnings("ignore")
rng = np.random.default_rng(5)
NUM = ["ks", "wasserstein", "anderson", "cramer_von_mises", "ed", "es", "t_test", "mannw", "psi", "kl_div", "jensenshannon", "hellinger"]
CAT = ["chisquare", "psi", "kl_div", "jensenshannon", "hellinger"]
# Tests whose bins or fills Evidently makes otherwise are asked only where they agree.
cases = []


def case(name, ref, cur, kind, tests):
    ref, cur = pd.Series(ref), pd.Series(cur)
    t = ColumnType.Numerical if kind == "numeric" else ColumnType.Categorical
    r, c = ref, cur
    if kind == "numeric":
        r, c = (x.replace([-np.inf, np.inf], np.nan).dropna() for x in (ref, cur))
    auto = registry._get_default_stattest(r, c, t)
    score = registry.get_stattest(r.copy(), c.copy(), t, auto)(r.copy(), c.copy(), t, None)
    scores = {}
    for name_ in tests:
        f = registry.get_stattest(r.copy(), c.copy(), t, name_)
        scores[name_] = f(r.copy(), c.copy(), t, None).drift_score
    cases.append({"name": name, "kind": kind, "reference": ref.tolist(), "current": cur.tolist(), "auto": auto.name,
                  "score": score.drift_score, "drifted": bool(score.drifted), "threshold": score.actual_threshold, "scores": scores})


def normal(n, mean=0.0, sd=1.0):
    return np.round(rng.normal(mean, sd, n), 3)


bins = ["jensenshannon", "psi", "kl_div"]
plain = ["ks", "wasserstein", "anderson", "cramer_von_mises", "ed", "es", "t_test", "mannw", "jensenshannon"]
case("same", normal(300), normal(250), "numeric", plain)
case("shifted", normal(300), normal(250, 0.5), "numeric", plain)
case("wider", normal(400), normal(400, 0, 2), "numeric", plain)
case("small", normal(8), normal(9, 1), "numeric", ["ks", "wasserstein", "ed", "es", "t_test"])
case("disjoint", normal(60), normal(50, 100), "numeric", ["ks", "wasserstein", "ed", "jensenshannon"])
x = normal(200)
x[::7] = np.nan
x[3] = np.inf
case("missing", x, normal(150, 0.2), "numeric", ["ks", "wasserstein", "ed"])
case("1000 rows", normal(1000), normal(300), "numeric", ["ks"])
case("1001 rows", normal(1001), normal(300, 0.15), "numeric", ["wasserstein"])
case("uniform bins", np.round(rng.uniform(0, 1, 800), 3), np.round(rng.uniform(0, 1, 800), 3), "numeric", bins)
case("constant", np.full(1200, 3.0), np.full(50, 3.0), "numeric", ["wasserstein", "jensenshannon"])
case("constant moved", np.full(20, 3.0), np.full(30, 4.0), "numeric", ["ks", "wasserstein"])
case("constant small", np.full(20, 3.0), np.full(30, 3.0), "numeric", ["ks", "wasserstein"])
case("two values", rng.integers(0, 2, 100).astype(float), rng.integers(0, 2, 80).astype(float), "numeric", bins)
case("five values", rng.integers(0, 5, 100).astype(float), rng.integers(0, 5, 80).astype(float), "numeric", bins)
case("five values, many rows", rng.integers(0, 5, 1200).astype(float), rng.integers(0, 5, 300).astype(float), "numeric", bins)
case("fifteen values", rng.integers(0, 15, 1200).astype(float), rng.integers(0, 15, 900).astype(float), "numeric", bins + ["wasserstein"])
case("binary", list(rng.choice(["a", "b"], 90)), list(rng.choice(["a", "b"], 70, p=[0.3, 0.7])), "categorical", CAT + ["z", "fisher_exact"][:1])
case("one category", ["a"] * 30, ["a"] * 20, "categorical", ["z"])
case("letters", list(rng.choice(list("abcde"), 300)), list(rng.choice(list("abcde"), 250, p=[0.1, 0.3, 0.2, 0.2, 0.2])), "categorical", CAT)
case("letters, many rows", list(rng.choice(list("abcde"), 1500)), list(rng.choice(list("abcde"), 600)), "categorical", CAT)
case("new category", list(rng.choice(list("abc"), 300)), list(rng.choice(list("abcd"), 250)), "categorical", ["chisquare", "jensenshannon", "hellinger"])
a, b = list(rng.choice(["x", "y"], 60)), list(rng.choice(["x", "y"], 60, p=[0.7, 0.3]))
case("fisher", a, b, "categorical", ["fisher_exact", "z", "g_test"][:2])
golden.dump("drift/columns.json", {"cases": cases}, evidently=evidently.__version__, numpy=np.__version__, scipy=scipy.__version__)
