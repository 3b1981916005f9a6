"""What AIF360 and Fairlearn make of the same data: the disparate-impact remover and
reweighing (run with aif360 and BlackBoxAuditing), the correlation remover and the
threshold optimiser (run with fairlearn). Run once in an environment of each:

    python make_mitigate.py aif360
    python make_mitigate.py fairlearn
"""
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import numpy as np
import pandas as pd
from golden import dump

warnings.filterwarnings("ignore")


def aif360():
    from importlib.metadata import version

    from aif360.algorithms.postprocessing import RejectOptionClassification
    from aif360.algorithms.preprocessing import DisparateImpactRemover, Reweighing
    from aif360.datasets import BinaryLabelDataset

    rng = np.random.default_rng(8)
    cases = []
    for n, ties in [(40, False), (60, True), (101, False), (150, True), (300, True)]:
        g = (rng.random(n) < 0.4).astype(float)
        x = rng.normal(size=(n, 3)) + g[:, None] * np.array([1.0, -0.5, 0])
        x = np.round(x, 1) if ties else np.round(x, 6)
        score = np.round(1 / (1 + np.exp(-(x[:, 0] + rng.normal(size=n)))), 3)
        y = (rng.random(n) < score).astype(float)
        w = np.round(rng.random(n) + 0.5, 3)
        df = pd.DataFrame(np.column_stack([x, g, y]), columns=["a", "b", "c", "g", "y"])
        df["w"] = w
        d = BinaryLabelDataset(df=df, label_names=["y"], protected_attribute_names=["g"], instance_weights_name="w")
        out = {"x": x, "g": g.astype(int), "y": y.astype(int), "w": w, "score": score, "repaired": {}, "reject": {}}
        for level in [0.0, 0.3, 0.5, 0.8, 1.0]:
            f = DisparateImpactRemover(repair_level=level, sensitive_attribute="g").fit_transform(d).features
            out["repaired"][level] = f[:, :3]
        up, p = [{"g": 0}], [{"g": 1}]
        out["weights"] = Reweighing(up, p).fit_transform(d).instance_weights
        d.instance_weights = np.ones(n)
        pred = d.copy()
        pred.scores = score.reshape(-1, 1)
        for metric in ["Statistical parity difference", "Average odds difference", "Equal opportunity difference"]:
            for bound in [0.05, 0.2]:
                r = RejectOptionClassification(up, p, metric_name=metric, metric_ub=bound, metric_lb=-bound, num_class_thresh=25, num_ROC_margin=12)
                r.fit(d, pred)
                out["reject"][f"{metric} {bound}"] = {
                    "threshold": r.classification_threshold,
                    "margin": r.ROC_margin,
                    "labels": r.predict(pred).labels.ravel().astype(int),
                }
        cases.append(out)
    dump("bias/mitigate_aif360.json", {"cases": cases}, aif360=version("aif360"), BlackBoxAuditing=version("BlackBoxAuditing"))


def fairlearn():
    import fairlearn
    from fairlearn.postprocessing import ThresholdOptimizer
    from fairlearn.preprocessing import CorrelationRemover
    from sklearn.base import BaseEstimator

    class Given(BaseEstimator):
        """Predicts the first column."""

        fitted_ = True

        def fit(self, x, y):
            return self

        def predict(self, x):
            return np.asarray(x)[:, 0]

    rng = np.random.default_rng(9)
    correlation = []
    for n, p, s, kind in [(50, 4, [0], ""), (80, 5, [1, 3], ""), (30, 3, [2, 0], "collinear"), (40, 3, [1], "constant"), (20, 3, [], ""), (3, 6, [0, 1, 2, 3], "wide")]:
        x = np.round(rng.normal(size=(n, p)), 5)
        if kind == "collinear":
            x[:, 2] = 2 * x[:, 0]
        if kind == "constant":
            x[:, 1] = 0.1
        x[:, -1] += x[:, 0]
        for alpha in [1.0, 0.4, 0.0]:
            c = CorrelationRemover(sensitive_feature_ids=s, alpha=alpha).fit(x)
            correlation.append({"x": x, "sensitive": s, "alpha": alpha, "out": c.transform(x), "next": c.transform(x[:2] + 1), "mean": c.sensitive_mean_})
    threshold = []
    for n, k, digits in [(60, 2, 1), (120, 3, 2), (200, 2, 6)]:
        g = rng.integers(0, k, n)
        score = np.round(1 / (1 + np.exp(-(rng.normal(size=n) + 0.7 * g))), digits)
        y = (rng.random(n) < score).astype(int)
        runs = []
        for constraint in ["demographic_parity", "false_positive_rate_parity", "false_negative_rate_parity", "true_positive_rate_parity", "true_negative_rate_parity", "equalized_odds"]:
            for objective in ["accuracy_score", "balanced_accuracy_score", "selection_rate", "true_positive_rate", "true_negative_rate"]:
                for grid, flip, tol in [(1000, False, None), (50, True, None), (100, False, 0.1)]:
                    if constraint == "equalized_odds" and (tol or objective not in ("accuracy_score", "balanced_accuracy_score")):
                        continue
                    t = ThresholdOptimizer(estimator=Given(), prefit=True, predict_method="predict", constraints=constraint, objective=objective, grid_size=grid, flip=flip, tol=tol)
                    x = score.reshape(-1, 1)
                    t.fit(x, y, sensitive_features=g)
                    at = np.linspace(0, 1, 9).reshape(-1, 1)
                    prob = [t._pmf_predict(at, sensitive_features=np.full(9, v))[:, 1] for v in range(k)]
                    runs.append({"constraint": constraint, "objective": objective, "grid": grid, "flip": flip, "tol": tol or 0, "best": t._y_best, "prob": prob})
        threshold.append({"score": score, "y": y, "g": g, "runs": runs})
    dump("bias/mitigate_fairlearn.json", {"correlation": correlation, "threshold": threshold}, fairlearn=fairlearn.__version__)


{"aif360": aif360, "fairlearn": fairlearn}[sys.argv[1]]()
