"""What scikit-learn computes on the predictions under testdata, for every metric
that "mlgauge evaluate" prints.

    pip install -r testdata/requirements.txt
    python testdata/golden/evaluate/make_evaluate.py

Two metrics are not in scikit-learn and are computed here from their formulas:
ece (15 bins (lo, hi] of equal width) and ks (the largest difference of the two
rates on the ROC curve). The columns are parsed by Python's float, which rounds
correctly.
"""
import csv
import itertools
import pathlib
import sys

import numpy as np
import sklearn
from sklearn import metrics as m

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from golden import dump  # noqa: E402

DATA = HERE.parent.parent


def load(name):
    with open(DATA / name, newline="") as f:
        rows = list(csv.DictReader(f))
    return {k: np.array([r[k] for r in rows]) for k in rows[0]}


def ece(y, p, w):
    k = np.clip(np.searchsorted(np.arange(16) / 15, p, side="left") - 1, 0, 14)
    total = 0.0
    for b in range(15):
        i = k == b
        if w[i].sum() > 0:
            total += abs(np.sum(w[i] * (p[i] - y[i])))
    return total / w.sum()


def binary(label, pred, score, positive, weight=None):
    y, q = label == positive, pred == positive
    w = np.ones(len(y)) if weight is None else weight
    fpr, tpr, _ = m.roc_curve(y, score, sample_weight=weight, drop_intermediate=False)
    kw = dict(sample_weight=weight)
    auc = m.roc_auc_score(y, score, **kw)
    return {
        "accuracy": m.accuracy_score(y, q, **kw),
        "balanced_accuracy": m.balanced_accuracy_score(y, q, **kw),
        "precision": m.precision_score(y, q, zero_division=0, **kw),
        "recall": m.recall_score(y, q, zero_division=0, **kw),
        "specificity": m.recall_score(~y, ~q, zero_division=0, **kw),
        "npv": m.precision_score(~y, ~q, zero_division=0, **kw),
        "f1": m.f1_score(y, q, zero_division=0, **kw),
        "mcc": m.matthews_corrcoef(y, q, **kw),
        "cohen_kappa": m.cohen_kappa_score(y, q, **kw),
        "jaccard": m.jaccard_score(y, q, zero_division=0, **kw),
        "roc_auc": auc,
        "average_precision": m.average_precision_score(y, score, **kw),
        "log_loss": m.log_loss(y, score, **kw),
        "brier": m.brier_score_loss(y, score, **kw),
        "ece": ece(y.astype(float), score, w),
        "ks": np.max(tpr - fpr),
        "gini": 2 * auc - 1,
    }


def multiclass(label, pred, proba, names, weight=None):
    kw = dict(sample_weight=weight)
    out = {
        "accuracy": m.accuracy_score(label, pred, **kw),
        "balanced_accuracy": m.balanced_accuracy_score(label, pred, **kw),
    }
    for avg in ("micro", "macro", "weighted"):
        p, r, f, _ = m.precision_recall_fscore_support(label, pred, average=avg, zero_division=0, **kw)
        out |= {f"precision_{avg}": p, f"recall_{avg}": r, f"f1_{avg}": f}
    out |= {
        "mcc": m.matthews_corrcoef(label, pred, **kw),
        "cohen_kappa": m.cohen_kappa_score(label, pred, **kw),
        "log_loss": m.log_loss(label, proba, labels=names, **kw),
        "roc_auc_ovr_macro": m.roc_auc_score(label, proba, multi_class="ovr", average="macro", labels=names, **kw),
    }
    if weight is None:
        out["roc_auc_ovo_macro"] = m.roc_auc_score(label, proba, multi_class="ovo", average="macro", labels=names)
    return out


def classes(label, pred, names):
    p, r, f, s = m.precision_recall_fscore_support(label, pred, labels=names, zero_division=0)
    return {c: {"precision": p[i], "recall": r[i], "f1": f[i], "support": s[i]} for i, c in enumerate(names)}


def regression(y, p, weight=None):
    kw = dict(sample_weight=weight)
    return {
        "mse": m.mean_squared_error(y, p, **kw),
        "rmse": m.root_mean_squared_error(y, p, **kw),
        "mae": m.mean_absolute_error(y, p, **kw),
        "r2": m.r2_score(y, p, **kw),
        "explained_variance": m.explained_variance_score(y, p, **kw),
        "mape": m.mean_absolute_percentage_error(y, p, **kw),
        "median_ae": m.median_absolute_error(y, p, **kw),
        "max_error": m.max_error(y, p),
        "msle": m.mean_squared_log_error(y, p, **kw),
    }


cases = {}


def case(name, args, values, **more):
    cases[name] = {"args": args, "metrics": values, **more}


def main():
    d = load("breast_cancer.csv")
    label, pred, score, weight = d["label"], d["prediction"], d["score"].astype(float), d["weight"].astype(float)
    base = ["breast_cancer.csv", "--label", "label", "--score", "score", "--positive", "malignant"]
    names = ["benign", "malignant"]
    confusion = lambda p, **kw: m.confusion_matrix(label, p, labels=names, **kw)  # noqa: E731
    case("breast cancer", base + ["--pred", "prediction"], binary(label, pred, score, "malignant"), labels=names, counts=confusion(pred))
    case("breast cancer, weighted", base + ["--weight", "weight"], binary(label, pred, score, "malignant", weight), labels=names, counts=confusion(pred, sample_weight=weight))
    for t in (0.3, 0.8):
        q = np.where(score >= t, "malignant", "benign")
        case(f"breast cancer at {t}", base + ["--threshold", str(t)], binary(label, q, score, "malignant"), labels=names, counts=confusion(q))
    case("breast cancer, the other class", ["breast_cancer.csv", "--label", "label", "--pred", "prediction", "--positive", "benign"],
         {k: v for k, v in binary(label, pred, 1 - score, "benign").items() if k in ("accuracy", "balanced_accuracy", "precision", "recall", "specificity", "npv", "f1", "mcc", "cohen_kappa", "jaccard")},
         labels=names, counts=confusion(pred))
    by = {}
    for s in ("large", "medium"):  # among the small ones there are few malignant: see the next
        i = d["size"] == s
        by[s] = binary(label[i], pred[i], score[i], "malignant")
    case("breast cancer by size", base + ["--by", "size"], binary(label, pred, score, "malignant"), by=by)
    by = {}
    for s, t in itertools.product(("large", "medium"), ("coarse", "fine")):
        i = (d["size"] == s) & (d["texture"] == t)
        by[f"{s},{t}"] = binary(label[i], pred[i], score[i], "malignant")
    case("breast cancer by size and texture", base + ["--by", "size,texture"], binary(label, pred, score, "malignant"), by=by)

    for file, names in (("iris", ["setosa", "versicolor", "virginica"]), ("wine", ["class_0", "class_1", "class_2"])):
        d = load(f"{file}.csv")
        proba = np.column_stack([d[c].astype(float) for c in names])
        case(file, [f"{file}.csv", "--label", "label", "--score-cols", ",".join(names), "--pred", "prediction"],
             multiclass(d["label"], d["prediction"], proba, names), labels=names,
             counts=m.confusion_matrix(d["label"], d["prediction"], labels=names), classes=classes(d["label"], d["prediction"], names))

    d = load("diabetes.csv")
    y, p = d["label"].astype(float), d["prediction"].astype(float)
    by = {s: regression(y[d["sex"] == s], p[d["sex"] == s]) for s in ("sex 1", "sex 2")}
    case("diabetes", ["diabetes.csv", "--label", "label", "--pred", "prediction", "--by", "sex"], regression(y, p), by=by)
    case("diabetes, weighted", ["diabetes.csv", "--label", "label", "--pred", "prediction", "--weight", "age"], regression(y, p, d["age"].astype(float)))
    dump("evaluate/evaluate.json", {"cases": cases}, sklearn=sklearn.__version__, numpy=np.__version__)


if __name__ == "__main__":
    main()
