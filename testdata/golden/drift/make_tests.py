"""Two-sample tests and distances from SciPy (and statsmodels) on small samples with
and without ties, and on counts."""
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import numpy as np
import scipy
import statsmodels
from golden import dump
from scipy import stats
from scipy.spatial.distance import jensenshannon
from statsmodels.stats.proportion import proportions_ztest

warnings.filterwarnings("ignore")
rng = np.random.default_rng(3)


def attempt(f):
    try:
        r = f()
        return [float(v) for v in np.ravel([r[0], r[1]] if hasattr(r, "__len__") else [r, np.nan])]
    except Exception:
        return None


samples = []
for n, m in [(1, 1), (2, 3), (5, 5), (7, 11), (8, 30), (20, 20), (24, 15), (40, 60), (150, 90), (400, 400)]:
    samples.append((rng.normal(size=n), rng.normal(0.4, 1.2, size=m)))
    samples.append((rng.integers(0, 6, n).astype(float), rng.integers(0, 7, m).astype(float)))
samples.append((np.full(6, 2.0), np.full(9, 2.0)))
samples.append((np.full(6, 2.0), np.full(9, 3.5)))
samples.append((np.array([0.5]), np.array([1.25, -0.5, 3.0, 2.0])))
samples.append((1e9 + rng.normal(size=30), 1e9 + rng.normal(0.2, 1, size=30)))
cases = []
for x, y in samples:
    x, y = np.round(x, 5), np.round(y, 5)
    wx, wy = rng.integers(0, 4, len(x)).astype(float), rng.integers(1, 4, len(y)).astype(float)
    wx[0] = 2
    e = {}
    for alt in ["two-sided", "less", "greater"]:
        for method in ["exact", "asymp"]:
            with warnings.catch_warnings(record=True) as seen:
                warnings.simplefilter("always")
                r = stats.ks_2samp(x, y, alternative=alt, method=method)
            if not any("unsuccessful" in str(w.message) for w in seen):
                e[f"ks {alt} {method}"] = [r.statistic, r.pvalue]
        e[f"t {alt}"] = attempt(lambda: stats.ttest_ind(x, y, alternative=alt))
        e[f"welch {alt}"] = attempt(lambda: stats.ttest_ind(x, y, alternative=alt, equal_var=False))
        e[f"mwu {alt} uncorrected"] = attempt(lambda: stats.mannwhitneyu(x, y, alternative=alt, method="asymptotic", use_continuity=False))
        for method in ["auto", "exact", "asymptotic"]:
            e[f"mwu {alt} {method}"] = attempt(lambda: stats.mannwhitneyu(x, y, alternative=alt, method=method))
    e["wasserstein"] = attempt(lambda: stats.wasserstein_distance(x, y))
    e["wasserstein weighted"] = attempt(lambda: stats.wasserstein_distance(x, y, wx, wy))
    e["energy"] = attempt(lambda: stats.energy_distance(x, y))
    e["energy weighted"] = attempt(lambda: stats.energy_distance(x, y, wx, wy))

    def cvm(method):
        r = stats.cramervonmises_2samp(x, y, method=method)
        return [r.statistic, r.pvalue]

    e["cvm auto"] = attempt(lambda: cvm("auto"))
    e["cvm asymptotic"] = attempt(lambda: cvm("asymptotic"))
    e["anderson"] = attempt(lambda: (lambda r: [r.statistic, r.pvalue])(stats.anderson_ksamp([x, y], variant="midrank")))
    e["anderson 3"] = attempt(lambda: (lambda r: [r.statistic, r.pvalue])(stats.anderson_ksamp([x, y, x + 0.5], variant="midrank")))
    e["epps 3"] = attempt(lambda: stats.epps_singleton_2samp(x, y, t=(0.3, 0.7, 1.5)))
    e["epps"] = attempt(lambda: stats.epps_singleton_2samp(x, y))
    cases.append(dict(x=x, y=y, wx=wx, wy=wy, expect=e))

counts = []
for k in [1, 2, 2, 2, 3, 5, 12]:
    for rep in range(3):
        a, b = rng.integers(0, 40, k), rng.integers(0, 60, k)
        a[0] += 1
        b[0] += 1
        if k > 2:
            a[-1] = 0
        e = {}
        keep = (a + b) > 0
        t = np.array([a[keep], b[keep]])
        for yates in [True, False]:
            if keep.sum() > 1:
                r = stats.chi2_contingency(t, correction=yates)
                e[f"chi2 {yates}"] = [r.statistic, r.pvalue]
                r = stats.chi2_contingency(t, correction=yates, lambda_="log-likelihood")
                e[f"g {yates}"] = [r.statistic, r.pvalue]
        if keep.sum() > 1:
            e["cramer"] = [stats.contingency.association(t), 0]
        if (a > 0).all():
            r = stats.chisquare(b, a / a.sum() * b.sum())
            e["fit"] = [r.statistic, r.pvalue]
        if k == 2:
            for alt in ["two-sided", "less", "greater"]:
                r = stats.fisher_exact(t if t.shape == (2, 2) else np.array([a, b]), alternative=alt)
                e[f"fisher {alt}"] = [r.statistic, r.pvalue]
                z, p = proportions_ztest([a[0], b[0]], [a.sum(), b.sum()], alternative={"two-sided": "two-sided", "less": "smaller", "greater": "larger"}[alt])
                e[f"z {alt}"] = [z, p]
        p, q = a / a.sum(), b / b.sum()
        for base in [2.0, np.e]:
            e[f"jsd {'2' if base == 2 else 'e'}"] = [jensenshannon(p, q, base=base), 0]
        e["kl"] = [stats.entropy(p, q), 0]
        e["kl smoothed"] = [stats.entropy(a + 0.5, b + 0.5), 0]
        e["hellinger"] = [np.sqrt(0.5 * np.sum((np.sqrt(p) - np.sqrt(q)) ** 2)), 0]
        counts.append(dict(a=a, b=b, expect=e))

kolmogorov = []
for n in [1, 2, 5, 10, 50, 139, 140, 141, 500, 5000, 99999, 1000001]:
    for z in [0.2, 0.45, 0.6, 0.9, 1.2, 1.5, 1.9, 2.5, 4]:
        d = z / np.sqrt(n)
        if 0 < d < 1:
            kolmogorov.append([n, d, float(stats.kstwo.sf(d, n)), float(stats.ksone.sf(d, n))])

dump("drift/tests.json", {"cases": cases, "counts": counts, "kolmogorov": kolmogorov}, scipy=scipy.__version__, statsmodels=statsmodels.__version__, numpy=np.__version__)
