"""Preprocessing: scikit-learn, NumPy."""
import numpy as np
from serve import case, uses
from sklearn import feature_selection, impute, pipeline, preprocessing

uses("scikit-learn")


def fit(name, scaler, array="x", kind="f64"):
    @case(name, "scikit-learn")
    def _(d):
        x = getattr(d, kind)(array).reshape(-1, 20)
        return lambda: scaler().fit(x)


fit("standard fit", preprocessing.StandardScaler)
fit("standard fit, 5% missing", preprocessing.StandardScaler, "missing")
fit("standard fit, float32", preprocessing.StandardScaler, kind="f32")
fit("min-max fit", preprocessing.MinMaxScaler)
fit("min-max fit, float32", preprocessing.MinMaxScaler, kind="f32")
fit("max-abs fit", preprocessing.MaxAbsScaler)
fit("robust fit", preprocessing.RobustScaler)
fit("quantile bins fit", lambda: preprocessing.KBinsDiscretizer(10, encode="ordinal", strategy="quantile", subsample=None, quantile_method="linear"))
fit("power transform fit", preprocessing.PowerTransformer)
fit("quantile transform fit", lambda: preprocessing.QuantileTransformer(subsample=None))


def transform(name, scaler, array="x"):
    @case(name, "scikit-learn")
    def _(d):
        x = d.matrix(array)
        fitted = scaler().fit(x)
        return lambda: fitted.transform(x)


transform("standard transform into a given matrix", preprocessing.StandardScaler)
transform("standard transform, allocating", preprocessing.StandardScaler)
transform("min-max transform into a given matrix", preprocessing.MinMaxScaler)
transform("L2 rows into a given matrix", lambda: preprocessing.Normalizer("l2"))
transform("L1 rows into a given matrix", lambda: preprocessing.Normalizer("l1"))
transform("bins transform", lambda: preprocessing.KBinsDiscretizer(10, encode="ordinal", strategy="uniform", subsample=None))
transform("mean imputation", impute.SimpleImputer, "missing")


@case("standard transform into a given matrix", "NumPy")
def _(d):
    x = d.matrix()
    mean, scale, out = x.mean(0), x.std(0), np.empty_like(x)

    def call():
        np.subtract(x, mean, out=out)
        np.divide(out, scale, out=out)

    return call


@case("standard transform in place", "scikit-learn")
def _(d):
    x = d.matrix()
    fitted = preprocessing.StandardScaler(copy=False).fit(x)
    fitted.mean_, fitted.scale_ = np.zeros(20), np.full(20, 1.0000001)  # so that repeating it does not leave the numbers
    return lambda: fitted.transform(x)


@case("three quantiles of a column", "NumPy")
def _(d):
    a = d.f64("a")
    return lambda: np.quantile(a, [0.25, 0.5, 0.75])


@case("histogram of 10 bins, exact edges", "NumPy")
def _(d):
    a = d.f64("a")
    return lambda: np.histogram(a, bins=10)


@case("PSI counts in 10 given bins", "NumPy")
def _(d):
    a = d.f64("a")
    edges = np.concatenate([[-np.inf], np.linspace(-2, 2, 9), [np.inf]])
    return lambda: np.histogram(a, edges)


@case("KNN imputation, 5000 x 10", "scikit-learn")
def _(d):
    x = d.matrix("holes", 10)
    fitted = impute.KNNImputer().fit(x)
    return lambda: fitted.transform(x)


@case("mutual information, 10,000 x 10", "scikit-learn")
def _(d):
    x = d.matrix("x", 10)
    y = x[:, 0] + x[:, 1] ** 2
    return lambda: feature_selection.mutual_info_regression(x, y, random_state=0)


@case("F test of 20 columns", "scikit-learn")
def _(d):
    x = d.matrix()
    y = (x[:, 0] + x[:, 1] > 0).astype(np.int64)
    return lambda: feature_selection.f_classif(x, y)


@case("PCA fit", "scikit-learn")
def _(d):
    from sklearn.decomposition import PCA

    x = d.matrix()
    return lambda: PCA().fit(x)


@case("one row through imputer, scaler, bins", "scikit-learn")
def _(d):
    x = d.matrix("missing")
    steps = pipeline.make_pipeline(
        impute.SimpleImputer(),
        preprocessing.StandardScaler(),
        preprocessing.KBinsDiscretizer(10, encode="ordinal", strategy="quantile", subsample=None, quantile_method="linear"),
    ).fit(x)
    row = x[7:8]
    return lambda: steps.transform(row)


@case("one row through a scaler", "scikit-learn")
def _(d):
    x = d.matrix()
    fitted = preprocessing.StandardScaler().fit(x)
    row = x[7:8]
    return lambda: fitted.transform(row)
