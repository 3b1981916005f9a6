"""Group fairness from Fairlearn: differences and ratios, with weights and control
features."""
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import fairlearn
import fairlearn.metrics as fm
import numpy as np
import sklearn
from golden import dump
from sklearn.metrics import accuracy_score, precision_score, recall_score

warnings.filterwarnings("ignore")
rng = np.random.default_rng(5)


def num(f):
    try:
        return float(f())
    except Exception:
        return None


cases = []
for n in [4, 10, 30, 200, 200]:
    for groups in [2, 3, 5]:
        g = rng.integers(0, groups, n)
        g[:groups] = np.arange(groups)[:n]
        c = rng.integers(0, 2, n)
        y = rng.integers(0, 2, n)
        p = np.where(rng.random(n) < 0.7, y, 1 - y)
        w = rng.integers(1, 4, n).astype(float) / 2
        e = {}
        for name, kw in {"": {}, " weighted": {"sample_weight": w}}.items():
            for how in ["between_groups", "to_overall"]:
                a = dict(sensitive_features=g, method=how, **kw)
                e[f"dpd {how}{name}"] = num(lambda: fm.demographic_parity_difference(y, p, **a))
                e[f"dpr {how}{name}"] = num(lambda: fm.demographic_parity_ratio(y, p, **a))
                e[f"eod {how}{name}"] = num(lambda: fm.equal_opportunity_difference(y, p, **a))
                e[f"eor {how}{name}"] = num(lambda: fm.equal_opportunity_ratio(y, p, **a))
            for agg in ["worst_case", "mean"]:
                a = dict(sensitive_features=g, agg=agg, **kw)
                e[f"eqd {agg}{name}"] = num(lambda: fm.equalized_odds_difference(y, p, **a))
                e[f"eqr {agg}{name}"] = num(lambda: fm.equalized_odds_ratio(y, p, **a))
        frames = {}
        for name, f in {"accuracy": accuracy_score, "selection": fm.selection_rate, "tpr": fm.true_positive_rate, "fpr": fm.false_positive_rate}.items():
            m = fm.MetricFrame(metrics=f, y_true=y, y_pred=p, sensitive_features=g, control_features=c)
            by = m.by_group
            frames[name] = dict(
                values=[[float(by.get((ci, gi), np.nan)) for gi in range(groups)] for ci in range(2)],
                overall=[float(m.overall[ci]) for ci in sorted(set(c))] if len(set(c)) == 2 else None,
                difference=[float(v) for v in m.difference()] if len(set(c)) == 2 else None,
                difference_overall=[float(v) for v in m.difference(method="to_overall")] if len(set(c)) == 2 else None,
                ratio=[float(v) for v in m.ratio()] if len(set(c)) == 2 else None,
            )
        cases.append(dict(group=g, control=c, y=y, p=p, w=w, expect=e, frames=frames))
dump("bias/fairness.json", {"cases": cases}, fairlearn=fairlearn.__version__, sklearn=sklearn.__version__, numpy=np.__version__)
