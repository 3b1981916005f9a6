"""Expected values of multilabel scores, label ranking, top-k and hinge loss.

    python testdata/golden/metrics/make_multilabel.py
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
rng = np.random.default_rng(7)


def multilabel(name, t, p, w=None):
    c = {"name": name, "true": t, "pred": p, "weight": w}
    c["mcm"] = skm.multilabel_confusion_matrix(t, p, sample_weight=w).reshape(-1, 4)
    c["subset"] = skm.accuracy_score(t, p, sample_weight=w)
    c["hamming"] = skm.hamming_loss(t, p, sample_weight=w)
    for k, zd in (("zero", 0.0), ("one", 1.0), ("nan", np.nan)):
        c[k] = {"report": skm.classification_report(t, p, sample_weight=w, zero_division=zd)}
        for avg in ("micro", "macro", "weighted", "samples"):
            a = dict(average=avg, sample_weight=w, zero_division=zd)
            c[k][avg] = {
                "precision": skm.precision_score(t, p, **a), "recall": skm.recall_score(t, p, **a),
                "f1": skm.f1_score(t, p, **a), "f2": skm.fbeta_score(t, p, beta=2, **a)}
            if not np.isnan(zd):
                c[k][avg]["jaccard"] = skm.jaccard_score(t, p, **a)
    return c


def ranking(name, t, s, w=None):
    return {"name": name, "true": t, "score": s, "weight": w,
            "coverage": skm.coverage_error(t, s, sample_weight=w),
            "lrap": skm.label_ranking_average_precision_score(t, s, sample_weight=w),
            "loss": skm.label_ranking_loss(t, s, sample_weight=w)}


t = (rng.random((40, 5)) < 0.4).astype(int)
p = np.where(rng.random((40, 5)) < 0.75, t, 1 - t)
t[:3], p[:3, 1:] = 0, 0
p[:, 4] = 0
w = rng.integers(0, 24, 40) / 8
s = rng.random((40, 5))
ties = np.round(s * 4) / 4
full = t.copy()
full[5] = 1
y = rng.integers(0, 6, 50)
scores = rng.normal(size=(50, 6)) + 1.5 * np.eye(6)[y]
coarse = np.round(scores)
wy = rng.random(50)
yb = rng.integers(0, 2, 30)
d = rng.normal(size=30) + 2 * yb - 1
wb = rng.random(30)
golden.dump("metrics/multilabel.json", {
    "multilabel": [multilabel("plain", t, p), multilabel("weighted", t, p, w), multilabel("perfect", t, t)],
    "ranking": [ranking("plain", t, s), ranking("ties", full, ties), ranking("weighted", full, ties, w),
                ranking("constant", t, np.ones_like(s))],
    "topk": [{"true": y, "score": x, "weight": v,
              "accuracy": [skm.top_k_accuracy_score(y, x, k=k, sample_weight=v, labels=range(6)) for k in range(1, 6)]}
             for x, v in ((scores, None), (coarse, None), (coarse, wy), (np.zeros_like(scores), None))],
    "hinge": [{"true": yb, "decision": d, "weight": v, "loss": skm.hinge_loss(yb, d, sample_weight=v)} for v in (None, wb)],
    "hinge_classes": [{"true": y, "decision": scores, "weight": v, "loss": skm.hinge_loss(y, scores, sample_weight=v)}
                      for v in (None, wy)],
}, sklearn=sklearn.__version__, numpy=np.__version__)
