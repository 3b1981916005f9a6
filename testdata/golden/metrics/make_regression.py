"""Expected values of the regression measures, from scikit-learn."""
import pathlib
import sys
import warnings

import numpy as np
import scipy
import scipy.special as sp
import sklearn
from sklearn import metrics as m

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden import dump  # noqa: E402

warnings.simplefilter("ignore")
rng = np.random.default_rng(20)


def one(name, y, p, w=None):
    y, p = np.asarray(y, float), np.asarray(p, float)
    v = {
        "mse": m.mean_squared_error(y, p, sample_weight=w),
        "rmse": m.root_mean_squared_error(y, p, sample_weight=w),
        "mae": m.mean_absolute_error(y, p, sample_weight=w),
        "r2": m.r2_score(y, p, sample_weight=w),
        "r2_strict": m.r2_score(y, p, sample_weight=w, force_finite=False),
        "ev": m.explained_variance_score(y, p, sample_weight=w),
        "ev_strict": m.explained_variance_score(y, p, sample_weight=w, force_finite=False),
        "mape": m.mean_absolute_percentage_error(y, p, sample_weight=w),
        "median_ae": m.median_absolute_error(y, p, sample_weight=w),
        "d2_abs": m.d2_absolute_error_score(y, p, sample_weight=w),
        "pinball": {str(a): m.mean_pinball_loss(y, p, alpha=a, sample_weight=w) for a in (0, 0.1, 0.5, 0.9, 1)},
        "d2_pinball": {str(a): m.d2_pinball_score(y, p, alpha=a, sample_weight=w) for a in (0.1, 0.5, 0.9)},
        "huber": {str(d): float(np.average(sp.huber(d, p - y), weights=w)) for d in (0.5, 1.35)},
    }
    keep = np.ones(len(y), bool) if w is None else np.asarray(w) > 0
    v["max"] = m.max_error(y[keep], p[keep])
    v["bias"] = float(np.average(p - y, weights=w))
    with np.errstate(all="ignore"):
        s = 2 * np.abs(y - p) / (np.abs(y) + np.abs(p))
    v["smape"] = float(np.average(np.nan_to_num(s), weights=w))
    if y.min() > -1 and p.min() > -1:
        v["msle"] = m.mean_squared_log_error(y, p, sample_weight=w)
        v["rmsle"] = m.root_mean_squared_log_error(y, p, sample_weight=w)
    tw, d2 = {}, {}
    for power in (-1.5, 0, 1, 1.5, 2, 2.5, 3):
        try:
            tw[str(power)] = m.mean_tweedie_deviance(y, p, power=power, sample_weight=w)
            d2[str(power)] = m.d2_tweedie_score(y, p, power=power, sample_weight=w)
        except (ValueError, ZeroDivisionError):
            pass
    v["tweedie"], v["d2_tweedie"] = tw, {k: x for k, x in d2.items() if np.isfinite(x)}
    return {"name": name, "y": y, "p": p, "w": [] if w is None else np.asarray(w, float), "want": v}


n = 60
y = rng.normal(size=n)
pos = rng.gamma(2.0, 3.0, size=n) + 0.01
cases = [
    one("plain", y, y + 0.3 * rng.normal(size=n)),
    one("weighted", y, y + 0.3 * rng.normal(size=n), rng.random(n)),
    one("integer weights", y, y + 0.3 * rng.normal(size=n), rng.integers(0, 4, n)),
    one("positive", pos, pos * np.exp(0.2 * rng.normal(size=n))),
    one("positive weighted", pos, pos * np.exp(0.2 * rng.normal(size=n)), rng.random(n) + 0.1),
    one("counts", rng.poisson(2.0, n), rng.gamma(2.0, 1.0, n) + 0.1),
    one("documentation", [3, -0.5, 2, 7], [2.5, 0.0, 2, 8]),
    one("perfect", [1, 2, 3], [1, 2, 3]),
    one("perfect constant", [2, 2, 2], [2, 2, 2]),
    one("constant truth", [2, 2, 2], [1, 2, 3]),
    one("worse than mean", [1, 2, 3], [3, 2, 1]),
    one("two rows", [1, 2], [1.5, 1.5]),
    one("zeros in truth", [0, 1, 2, 0], [0.5, 1, 2.5, 0]),
    one("large", y * 1e120, (y + rng.normal(size=n)) * 1e120),
    one("small", y * 1e-120, (y + rng.normal(size=n)) * 1e-120),
    one("ties in errors", [1, 2, 3, 4, 5, 6], [2, 3, 4, 6, 7, 8], [1, 1, 1, 1, 1, 1]),
    one("zero weights at the median", [1, 2, 3, 4], [2, 4, 6, 8], [1, 0, 0, 1]),
]
for c in cases:
    if c["name"] in ("perfect", "perfect constant", "constant truth"):
        # The peer leaves rounding where the deviance is 0.
        c["want"].pop("d2_tweedie")
        if c["name"] != "constant truth":
            c["want"]["tweedie"] = {k: 0.0 for k in c["want"]["tweedie"]}
# What overflows or is undefined in the peer is left out of these two.
for c in cases:
    if c["name"] in ("large", "small"):
        for k in ("tweedie", "d2_tweedie", "huber", "msle", "rmsle", "mape"):
            c["want"].pop(k, None)

Y = rng.normal(size=(40, 3)) * [1, 5, 0.1]
P = Y + rng.normal(size=(40, 3)) * [0.3, 1, 0.1]
W = rng.random(40)
multi = {"y": Y, "p": P, "w": W, "outputs": [0.3, 0.6, 0.1], "want": {}}
for name, f in {
    "mse": m.mean_squared_error, "rmse": m.root_mean_squared_error, "mae": m.mean_absolute_error,
    "mape": m.mean_absolute_percentage_error, "r2": m.r2_score, "ev": m.explained_variance_score,
    "median_ae": m.median_absolute_error, "d2_abs": m.d2_absolute_error_score, "d2_pinball": m.d2_pinball_score,
}.items():
    v = {
        "raw": f(Y, P, multioutput="raw_values"),
        "uniform": f(Y, P),
        "custom": f(Y, P, multioutput=multi["outputs"]),
        "raw_weighted": f(Y, P, multioutput="raw_values", sample_weight=W),
    }
    if name in ("r2", "ev"):
        v["variance"] = f(Y, P, multioutput="variance_weighted")
        v["variance_weighted"] = f(Y, P, multioutput="variance_weighted", sample_weight=W)
    multi["want"][name] = v

# Dummy regressors.
dy = np.array([3, 1, 4, 1, 5, 9, 2, 6.5])
dw = np.array([1, 2, 0, 0.5, 1, 3, 1, 1])
from sklearn.dummy import DummyRegressor  # noqa: E402

X = np.zeros((len(dy), 1))
dummy = {"y": dy, "w": dw, "want": []}
for s, q in (("mean", None), ("median", None), ("quantile", 0.3), ("quantile", 0.8), ("quantile", 0), ("quantile", 1)):
    d = DummyRegressor(strategy=s, quantile=q)
    dummy["want"].append({"strategy": s, "q": -1 if q is None else q, "plain": float(d.fit(X, dy).predict(X)[0]),
                          "weighted": float(d.fit(X, dy, dw).predict(X)[0])})

dump("metrics/regression.json", {"cases": cases, "multi": multi, "dummy": dummy},
     sklearn=sklearn.__version__, scipy=scipy.__version__, numpy=np.__version__)
