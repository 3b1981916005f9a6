"""Expected values of the curves and ranking measures, by scikit-learn and SciPy.

    python make_ranking.py        writes ranking.json beside this file
"""
import pathlib
import sys
import warnings

import numpy as np
import scipy
import scipy.stats
import sklearn
from sklearn import metrics as m

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden

rng = np.random.default_rng(20260101)
warnings.simplefilter("error")


def binary_case(name, y, s, w=None):
    y, s = np.asarray(y, bool), np.asarray(s, float)
    case = {"name": name, "y": y.astype(int), "score": s, "weight": [] if w is None else w}
    k = {} if w is None else {"sample_weight": np.asarray(w, float)}
    for drop in (False, True):
        d = "drop" if drop else "all"
        case[f"roc_{d}"] = m.roc_curve(y, s, drop_intermediate=drop, **k)
        case[f"pr_{d}"] = m.precision_recall_curve(y, s, drop_intermediate=drop, **k)
        case[f"det_{d}"] = m.det_curve(y, s, drop_intermediate=drop, **k)
    case["table"] = m.confusion_matrix_at_thresholds(y, s, **k)
    case["auc"] = m.roc_auc_score(y, s, **k)
    case["max_fpr"] = [0.01, 0.1, 0.25, 0.5, 0.9, 1.0]
    case["partial"] = [m.roc_auc_score(y, s, max_fpr=f, **k) for f in case["max_fpr"]]
    case["ap"] = m.average_precision_score(y, s, **k)
    p, r, _ = m.precision_recall_curve(y, s, **k)
    case["pr_auc"] = m.auc(r, p)
    case["ks"] = scipy.stats.ks_2samp(s[y], s[~y]).statistic if w is None else "NaN"
    return case


def binary():
    n = 60
    y = rng.random(n) < 0.4
    x = rng.normal(size=n) + y
    w = rng.random(n) * 3
    w0 = np.where(rng.random(n) < 0.3, 0, w)
    wi = rng.integers(0, 4, n)
    yield binary_case("textbook", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    yield binary_case("perfect", [0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4])
    yield binary_case("reversed", [1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4])
    yield binary_case("constant", [0, 1, 0, 1, 1], [0.5] * 5)
    yield binary_case("two rows", [0, 1], [0.0, -0.0])
    yield binary_case("two rows right", [0, 1], [0.0, 1.0])
    yield binary_case("normal", y, x)
    yield binary_case("ties", y, np.round(x))
    yield binary_case("one decimal", y, np.round(x, 1))
    yield binary_case("weights", y, x, w)
    yield binary_case("weights, ties", y, np.round(x), w)
    yield binary_case("weights, zeros", y, np.round(x, 1), w0)
    yield binary_case("integer weights", y, np.round(x, 1), wi)
    yield binary_case("tiny", y, x * 1e-300, w)
    yield binary_case("huge", y, x * 1e300)
    yield binary_case("denormal", y, np.round(x * 10) * 5e-324)
    yield binary_case("decades", y, np.sign(x) * 10.0 ** (100 * x))
    yield binary_case("rare", np.arange(n) == 17, x)
    yield binary_case("long tail of negatives", np.r_[np.ones(5, bool), np.zeros(30, bool)], -np.arange(35.0))


def multiclass():
    for name, n, k, sharp in [("three", 40, 3, 1.0), ("five", 60, 5, 2.0)]:
        y = np.r_[np.arange(k), rng.choice(k, n - k, p=np.arange(1, k + 1) / (k * (k + 1) / 2))]
        z = rng.normal(size=(n, k))
        z[np.arange(n), y] += sharp
        p = np.round(np.exp(z) / np.exp(z).sum(1, keepdims=True), 3)
        p /= p.sum(1, keepdims=True)
        w = rng.random(n) * 2
        c = {"name": name, "k": k, "y": y, "score": p, "weight": w}
        for a in ("macro", "weighted", "micro"):
            c[f"ovr_{a}"] = m.roc_auc_score(y, p, multi_class="ovr", average=a)
            c[f"ovr_{a}_w"] = m.roc_auc_score(y, p, multi_class="ovr", average=a, sample_weight=w)
        c["ovr_none"] = m.roc_auc_score(y, p, multi_class="ovr", average=None)
        for a in ("macro", "weighted", "micro"):
            c[f"ap_{a}"] = m.average_precision_score(y, p, average=a)
            c[f"ap_{a}_w"] = m.average_precision_score(y, p, average=a, sample_weight=w)
        for a in ("macro", "weighted"):
            c[f"ovo_{a}"] = m.roc_auc_score(y, p, multi_class="ovo", average=a)
        yield c


def ranking():
    n, d = 12, 9
    rel = rng.integers(0, 4, (n, d)).astype(float)
    rel[3] = 0
    rel[4] = 1
    s = rng.normal(size=(n, d))
    s[::2] = np.round(s[::2])
    s[5] = 0.25
    w = rng.random(n)
    out = {"relevance": rel, "score": s, "weight": w, "queries": []}
    for i in range(n):
        q = {}
        for k in (None, 1, 3, 9, 20):
            key = "0" if k is None else str(k)
            q["dcg" + key] = m.dcg_score(rel[i : i + 1], s[i : i + 1], k=k)
            q["dcg_e" + key] = m.dcg_score(rel[i : i + 1], s[i : i + 1], k=k, log_base=np.e)
            q["ndcg" + key] = m.ndcg_score(rel[i : i + 1], s[i : i + 1], k=k)
            q["ndcg_t" + key] = m.ndcg_score(rel[i : i + 1], s[i : i + 1], k=k, ignore_ties=True)
        out["queries"].append(q)
    out["mean"] = {
        "ndcg": m.ndcg_score(rel, s),
        "ndcg3": m.ndcg_score(rel, s, k=3),
        "ndcg_w": m.ndcg_score(rel, s, sample_weight=w),
        "dcg_w": m.dcg_score(rel, s, sample_weight=w),
    }
    return out


def multilabel():
    n, k = 14, 4
    y = (rng.random((n, k)) < 0.5).astype(int)
    y[:, 0], y[:, 1] = 1, 0
    y[rng.permutation(n)[:6], 0] = 0
    y[rng.permutation(n)[:6], 1] = 1
    y[y.sum(1) == 0, 2] = 1
    y[y.sum(1) == k, 3] = 0
    s = np.round(rng.normal(size=(n, k)) + y, 1)
    c = {"y": y, "score": s}
    for a in ("micro", "macro", "weighted", "samples"):
        c["auc_" + a] = m.roc_auc_score(y, s, average=a)
        c["ap_" + a] = m.average_precision_score(y, s, average=a)
    return c


golden.dump(
    "metrics/ranking.json",
    {"binary": list(binary()), "multiclass": list(multiclass()), "ranking": ranking(), "multilabel": multilabel()},
    sklearn=sklearn.__version__,
    scipy=scipy.__version__,
    numpy=np.__version__,
    script="metrics/make_ranking.py",
)
