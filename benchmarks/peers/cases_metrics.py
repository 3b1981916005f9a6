"""Metrics: scikit-learn, and NumPy and polars where they are what a user would reach for."""
import numpy as np
from serve import case, uses
from sklearn import metrics

uses("scikit-learn", "scipy")


def pair(name, measure):
    @case(name, "scikit-learn")
    def _(d):
        a, b = d.f64("a"), d.f64("b")
        return lambda: measure(a, b)


pair("MSE", metrics.mean_squared_error)
pair("MAE", metrics.mean_absolute_error)
pair("R2", metrics.r2_score)
pair("median absolute error", metrics.median_absolute_error)
pair("pinball loss", lambda a, b: metrics.mean_pinball_loss(a, b, alpha=0.9))


@case("MSE, MAE and R2 in one pass", "scikit-learn")
def _(d):
    a, b = d.f64("a"), d.f64("b")
    return lambda: (metrics.mean_squared_error(a, b), metrics.mean_absolute_error(a, b), metrics.r2_score(a, b))


@case("MSE", "NumPy")
def _(d):
    a, b = d.f64("a"), d.f64("b")

    def call():
        e = a - b
        return np.dot(e, e) / len(e)

    return call


@case("mean and variance", "NumPy")
def _(d):
    a = d.f64("a")
    return lambda: (a.mean(), a.var())


@case("mean and variance", "pandas")
def _(d):
    import pandas as pd

    a = pd.Series(d.f64("a"))
    return lambda: (a.mean(), a.var())


@case("mean and variance", "polars")
def _(d):
    import polars as pl

    a = pl.Series(d.f64("a"))
    return lambda: (a.mean(), a.var())


def scored(name, measure, score="p"):
    @case(name, "scikit-learn")
    def _(d):
        y, p = d.i64("y"), d.f64(score)
        return lambda: measure(y, p)


scored("log loss", metrics.log_loss)
scored("Brier score", metrics.brier_score_loss)
scored("AUC", metrics.roc_auc_score)
scored("AUC, scores of 3 decimals", metrics.roc_auc_score, "p3")
scored("AUC, scores over 200 decades", metrics.roc_auc_score, "skewed")
scored("average precision", metrics.average_precision_score)
scored("ROC curve", metrics.roc_curve)
scored("precision-recall curve", metrics.precision_recall_curve)


@case("AUC", "NumPy sort")
def _(d):
    p = d.f64("p")
    return lambda: np.sort(p)


@case("calibration error, 15 bins", "scikit-learn")
def _(d):
    from sklearn.calibration import calibration_curve

    y, p = d.i64("y"), d.f64("p")
    return lambda: calibration_curve(y, p, n_bins=15)


def labelled(name, measure, k, kind="i64"):
    @case(name, "scikit-learn")
    def _(d):
        t, q = getattr(d, kind)(f"t{k}"), getattr(d, kind)(f"q{k}")
        return lambda: measure(t, q)


for k in (2, 10, 1000):
    labelled(f"confusion, {k} classes", metrics.confusion_matrix, k)
for k in (2, 10):
    labelled(f"confusion, {k} classes, uint8", metrics.confusion_matrix, k, "u8")
labelled("F1 macro", lambda t, q: metrics.f1_score(t, q, average="macro"), 10)
labelled("accuracy", metrics.accuracy_score, 10)
labelled("Matthews correlation", metrics.matthews_corrcoef, 10)
labelled("classification report", lambda t, q: metrics.classification_report(t, q, output_dict=True), 10)


@case("confusion, 10 classes", "pandas")
def _(d):
    import pandas as pd

    t, q = pd.Series(d.i64("t10")), pd.Series(d.i64("q10"))
    return lambda: pd.crosstab(t, q)


@case("confusion, 10 words", "scikit-learn")
def _(d):
    t, q = d.words("w10"), d.words("v10")
    return lambda: metrics.confusion_matrix(t, q)


@case("confusion, 10 words, fixed width", "scikit-learn")
def _(d):
    t, q = d.words("w10").astype(str), d.words("v10").astype(str)
    return lambda: metrics.confusion_matrix(t, q)


@case("bootstrap interval of R2", "SciPy")
def _(d):
    from scipy.stats import bootstrap

    a, b = d.f64("a"), d.f64("b")

    def r2(a, b, axis=-1):
        e = ((a - b) ** 2).sum(axis)
        return 1 - e / ((a - a.mean(axis, keepdims=True)) ** 2).sum(axis)

    return lambda: bootstrap((a, b), r2, paired=True, n_resamples=1000, method="percentile", batch=100)
