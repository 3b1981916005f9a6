"""Tests, intervals and corrections of two arms, by SciPy and statsmodels."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden
import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.nonparametric import rank_compare_2indep
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

ALT = [("two-sided", "two-sided"), ("less", "smaller"), ("greater", "larger")]
rng = np.random.default_rng(7)


def proportions():
    out = []
    for xc, nc, xt, nt in [(56, 70, 48, 80), (9, 10, 3, 10), (120, 1000, 153, 1010), (5, 56, 0, 29), (1, 400, 7, 390),
                           (50123, 100000, 50654, 100100), (3, 8, 5, 9)]:
        case = {"counts": [xc, nc, xt, nt], "z": proportions_ztest([xt, xc], [nt, nc])[0]}
        case["z_p"] = [proportions_ztest([xt, xc], [nt, nc], alternative=a)[1] for _, a in ALT]
        table = [[xt, nt - xt], [xc, nc - xc]]
        case["fisher"] = [stats.fisher_exact(table, alternative=a)[1] for a, _ in ALT]
        case["odds"] = stats.fisher_exact(table)[0]
        ci = lambda **k: list(confint_proportions_2indep(xt, nt, xc, nc, **k))
        for name, kw in {
            "newcombe": dict(compare="diff", method="newcomb"),
            "agresti_caffo": dict(compare="diff", method="agresti-caffo", alpha=0.1),
            "wald": dict(compare="diff", method="wald"),
            "katz_adjusted": dict(compare="ratio", method="log-adjusted"),
            "logit_adjusted": dict(compare="odds-ratio", method="logit-adjusted"),
        }.items():
            case[name] = ci(**kw)
        if xc and xt:
            case["katz"] = ci(compare="ratio", method="log")
            case["logit"] = ci(compare="odds-ratio", method="logit")
            for name, kw in {"mn": dict(compare="diff"), "koopman": dict(compare="ratio", correction=False), "ratio_score": dict(compare="ratio", correction=True)}.items():
                try:
                    case[name] = ci(method="score", **kw)
                except ValueError as e:  # the peer's bracket may leave [-1, 1], its arccos [-1, 1]
                    print(name, xc, nc, xt, nt, e)
        out.append(case)
    return out


def means():
    out = []
    for c, t in [(rng.normal(5, 2, 20), rng.normal(6, 3, 33)), (rng.exponential(2, 9), rng.exponential(3, 5)),
                 (1e6 + rng.normal(0, 1e-2, 50), 1e6 + rng.normal(0.003, 2e-2, 40)), (rng.integers(0, 6, 30), rng.integers(1, 7, 25)),
                 (rng.normal(0, 1, 6), rng.normal(1, 1, 7))]:
        c, t = np.asarray(c, float), np.asarray(t, float)
        cm = CompareMeans(DescrStatsW(t), DescrStatsW(c))
        w = stats.ttest_ind(t, c, equal_var=False)
        rc = rank_compare_2indep(t, c)
        diffs = np.subtract.outer(t, c)
        out.append({
            "control": c, "treatment": t,
            "welch": [w.statistic, w.df] + [stats.ttest_ind(t, c, equal_var=False, alternative=a).pvalue for a, _ in ALT],
            "t": [stats.ttest_ind(t, c).statistic] + [stats.ttest_ind(t, c, alternative=a).pvalue for a, _ in ALT],
            "welch_ci": list(cm.tconfint_diff(alpha=0.05, usevar="unequal")),
            "t_ci": list(cm.tconfint_diff(alpha=0.1, usevar="pooled")),
            "u": stats.mannwhitneyu(t, c).statistic,
            "u_p": [stats.mannwhitneyu(t, c, alternative=a).pvalue for a, _ in ALT],
            "median_shift": np.median(diffs),
            "superiority": [rc.prob1, *rc.conf_int(alpha=0.05)],
        })
    return out


def corrections():
    methods = {"holm": "h", "bonferroni": "b", "sidak": "s", "holm-sidak": "hs", "hochberg": "sh", "hommel": "ho",
               "benjamini-hochberg": "fdr_bh", "benjamini-yekutieli": "fdr_by"}
    cases = [rng.random(12) ** 3, np.array([0.01, 0.02, 0.02, 0.03, 0.9]), np.array([0.04]), np.array([0, 1e-300, 1e-12, 1, 0.5]), rng.random(40) ** 4]
    return [{"p": p, "adjusted": {n: multipletests(p, method=m)[1] for n, m in methods.items()}} for p in cases]


def ratio():
    out = []
    for counts, weights in [([5000, 5100], [1, 1]), ([821588, 815482], [0.5, 0.5]), ([10, 20, 70], [1, 2, 7]), ([90, 210, 690], [1, 2, 7])]:
        w = np.array(weights) / np.sum(weights)
        r = stats.chisquare(counts, np.sum(counts) * w)
        out.append({"counts": counts, "weights": weights, "x2": r.statistic, "p": r.pvalue})
    return out


def extremes():
    """No hits or no misses in both arms: the intervals that are adjusted for it."""
    out = []
    for xc, nc, xt, nt in [(0, 10, 0, 12), (10, 10, 12, 12), (0, 1, 0, 1), (0, 40, 0, 9000)]:
        ci = lambda **k: list(confint_proportions_2indep(xt, nt, xc, nc, **k))
        out.append({"counts": [xc, nc, xt, nt], "katz_adjusted": ci(compare="ratio", method="log-adjusted"),
                    "logit_adjusted": ci(compare="odds-ratio", method="logit-adjusted")})
    return out


def single():
    """One value in an arm: Student's test has a variance still."""
    out = []
    for c, t in [([0.5], [1.0, 2, 0, 2, 1]), ([0.2, 2.5, -1.5], [7.0]), ([3.0, 4.0], [1.0])]:
        r = stats.ttest_ind(t, c)
        out.append({"control": c, "treatment": t, "t": [r.statistic, r.df] + [stats.ttest_ind(t, c, alternative=a).pvalue for a, _ in ALT],
                    "ci": list(r.confidence_interval(0.9))})
    return out


golden.dump("experiment/tests.json", {"extremes": extremes(), "single": single(), "proportions": proportions(), "means": means(), "corrections": corrections(), "ratio": ratio()},
            numpy=np.__version__, scipy=scipy.__version__, statsmodels=statsmodels.__version__)
