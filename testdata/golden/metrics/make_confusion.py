"""Expected values of confusion counts and their scores.

    python testdata/golden/metrics/make_confusion.py
"""
import pathlib
import sys
import warnings

import numpy as np
import sklearn
import sklearn.metrics as skm

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden  # noqa: E402

warnings.simplefilter("ignore")
rng = np.random.default_rng(20260101)


def scores(t, p, w, labels, zd):
    """What depends on average, labels and zero_division."""
    kw = dict(sample_weight=w, labels=labels, zero_division=zd)
    out = {}
    for avg in ("micro", "macro", "weighted"):
        a = dict(kw, average=avg)
        out[avg] = {
            "precision": skm.precision_score(t, p, **a),
            "recall": skm.recall_score(t, p, **a),
            "f1": skm.f1_score(t, p, **a),
            "f05": skm.fbeta_score(t, p, beta=0.5, **a),
            "f2": skm.fbeta_score(t, p, beta=2, **a),
            "f0": skm.fbeta_score(t, p, beta=0, **a),
            "finf": skm.fbeta_score(t, p, beta=np.inf, **a),
        }
        if not np.isnan(zd):
            out[avg]["jaccard"] = skm.jaccard_score(t, p, **a)
    pr, re, f1, su = skm.precision_recall_fscore_support(t, p, **kw)
    out["per_class"] = {"precision": pr, "recall": re, "f1": f1, "support": su}
    return out


def case(name, t, p, w=None, labels=None):
    t, p = np.asarray(t), np.asarray(p)
    c = {"name": name, "true": t, "pred": p, "weight": w, "labels": labels}
    c["classes"] = labels if labels is not None else np.unique(np.concatenate([t, p]))
    for norm in ("none", "true", "pred", "all"):
        n = None if norm == "none" else norm
        c["matrix_" + norm] = skm.confusion_matrix(t, p, labels=labels, sample_weight=w, normalize=n)
    c["mcm"] = skm.multilabel_confusion_matrix(t, p, labels=labels, sample_weight=w).reshape(-1, 4)
    for k, zd in (("zero", 0.0), ("one", 1.0), ("nan", np.nan)):
        c[k] = scores(t, p, w, labels, zd)
        c[k]["report"] = skm.classification_report(t, p, labels=labels, sample_weight=w, zero_division=zd)
    c["report4"] = skm.classification_report(t, p, labels=labels, sample_weight=w, digits=4)
    c["accuracy"] = skm.accuracy_score(t, p, sample_weight=w)
    c["zero_one"] = skm.zero_one_loss(t, p, sample_weight=w)
    c["hamming"] = skm.hamming_loss(t, p, sample_weight=w)
    c["balanced"] = skm.balanced_accuracy_score(t, p, sample_weight=w)
    c["adjusted"] = skm.balanced_accuracy_score(t, p, sample_weight=w, adjusted=True)
    c["mcc"] = skm.matthews_corrcoef(t, p, sample_weight=w)
    c["kappa"] = [skm.cohen_kappa_score(t, p, labels=labels, weights=k, sample_weight=w)
                  for k in (None, "linear", "quadratic")]
    return c


ints, strings = [], []


def noisy(k, n, right):
    t = rng.integers(0, k, n)
    return t, np.where(rng.random(n) < right, t, rng.integers(0, k, n))


t, p = noisy(2, 60, 0.7)
ints.append(case("binary", t, p))
w = np.round(rng.random(60) * 40) / 8  # sums are exact, so the report is the same text
ints.append(case("binary weighted", t, p, w))
t, p = noisy(5, 200, 0.6)
ints.append(case("five classes", t, p))
w = rng.random(200)
w[::7] = 0
ints.append(case("five classes weighted", t, p, w))
ints.append(case("subset of labels", t, p, None, [3, 1]))
ints.append(case("subset of labels weighted", t, p, w, [4, 0, 2]))
ints.append(case("more labels", t, p, None, [9, 0, 1, 2, 3, 4, 7]))
ints.append(case("reordered", t, p, None, [4, 2, 0, 1, 3]))
ints.append(case("negative labels", t * 3 - 7, p * 3 - 7))
ints.append(case("far apart", t * 1000003 - 5, p * 1000003 - 5))
ints.append(case("never predicted", [0, 1, 2, 2, 1], [0, 1, 1, 0, 1]))
ints.append(case("never true", [0, 1, 1, 0, 1], [0, 1, 2, 3, 1]))
ints.append(case("nothing right", [0, 1, 2, 0], [1, 2, 0, 2]))
ints.append(case("perfect", [0, 1, 2, 0], [0, 1, 2, 0]))
ints.append(case("constant prediction", [0, 1, 1, 0, 1], [1, 1, 1, 1, 1]))
ints.append(case("one row wrong", [3], [4]))
ints.append(case("label without weight", [0, 1, 2, 1], [0, 1, 1, 0], [1.0, 2.0, 0.0, 0.5]))
t, p = noisy(40, 300, 0.5)
ints.append(case("forty classes", t * t, p * p))

names = np.array(["setosa", "versicolor", "virginica", "a rather long name of a class"])
t, p = noisy(4, 120, 0.65)
strings.append(case("names", names[t], names[p]))
strings.append(case("names weighted", names[t], names[p], np.round(rng.random(120) * 80) / 8))
strings.append(case("names subset", names[t], names[p], None, ["virginica", "setosa"]))
strings.append(case("unicode", ["été", "hiver", "été"], ["été", "été", "hiver"]))

likelihood = []
for tp, fp, tn, fn in ((40, 10, 45, 5), (3, 1, 2, 7), (1, 1, 1, 1), (5, 0, 5, 2), (0, 3, 4, 2)):
    t = [1] * (tp + fn) + [0] * (tn + fp)
    p = [1] * tp + [0] * fn + [0] * tn + [1] * fp
    plus, minus = skm.class_likelihood_ratios(t, p)
    likelihood.append({"cells": [tp, fp, tn, fn], "plus": plus, "minus": minus})

golden.dump("metrics/confusion.json", {"ints": ints, "strings": strings, "likelihood": likelihood},
            sklearn=sklearn.__version__, numpy=np.__version__)
