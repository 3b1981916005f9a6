"""Expected values of intervals of rates, McNemar's test and kappa's error.

    python testdata/golden/metrics/make_rates.py
"""
import pathlib
import sys

import numpy as np
import scipy
import statsmodels
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden  # noqa: E402

rates = []
for x, n in ((0, 1), (1, 1), (0, 10), (10, 10), (1, 10), (3, 10), (5, 7), (81, 263), (999, 1000), (500, 1000),
             (1, 100000), (99999, 100000), (123456, 1000000), (0, 1000000), (7.5, 20.25), (1, 10**9), (5 * 10**8, 10**9)):
    for level in (0.5, 0.9, 0.95, 0.999):
        limits = [proportion_confint(x, n, 1 - level, m) for m in ("wilson", "beta", "agresti_coull", "jeffreys")]
        rates.append({"x": x, "n": n, "level": level, "limits": limits})

tests = []
for both, a, b, neither in ((59, 6, 16, 80), (10, 0, 0, 5), (10, 3, 3, 5), (10, 1, 0, 5), (1000, 150, 121, 30),
                            (0, 12, 2, 0), (5, 0, 9, 1), (10, 4000, 4200, 77)):
    t = [[both, a], [b, neither]]
    row = {"table": [both, a, b, neither]}
    for name, exact, corr in (("exact", True, False), ("chi2", False, False), ("corrected", False, True)):
        if a + b == 0 and not exact:
            continue
        r = mcnemar(t, exact=exact, correction=corr)
        row[name] = [float(r.statistic), float(r.pvalue)]
    tests.append(row)

kappas = []
rng = np.random.default_rng(3)
for k in (2, 3, 6):
    t = rng.integers(1, 30, (k, k)) + 40 * np.eye(k, dtype=int)
    row = {"table": t, "kappa": [], "std": []}
    for wt in (None, "linear", "quadratic"):
        r = cohens_kappa(t, wt=wt)
        row["kappa"].append(r.kappa)
        row["std"].append(r.std_kappa)
    kappas.append(row)

golden.dump("metrics/rates.json", {"rates": rates, "mcnemar": tests, "kappa": kappas},
            statsmodels=statsmodels.__version__, scipy=scipy.__version__)
