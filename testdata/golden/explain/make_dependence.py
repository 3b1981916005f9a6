"""Partial dependence and individual curves: scikit-learn; slopes: NumPy.

    OMP_NUM_THREADS=1 python testdata/golden/explain/make_dependence.py
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence

from golden import dump


class Knotted(RegressorMixin, BaseEstimator):
    """The model of make_shapley.py."""

    def __sklearn_is_fitted__(self):
        return True

    def fit(self, x, y):
        return self

    def predict(self, x):
        j = np.arange(x.shape[1])
        return np.prod(1 + 0.3 * np.tanh(x), axis=1) + np.sin(np.sum(j * x * np.roll(x, -1, axis=1), axis=1))


rng = np.random.default_rng(11)
cases = []


def case(x, features, weights=None, custom=None, categorical=None, keep=True, **kw):
    r = partial_dependence(
        Knotted(), x, features, kind="both" if keep else "average", method="brute", sample_weight=weights,
        custom_values=custom, categorical_features=categorical, **kw)
    out = dict(x=x, features=features, weights=weights, categorical=categorical or [], grid=[list(g) for g in r["grid_values"]],
               average=r["average"].ravel(), custom=custom or {}, **kw)
    if keep:
        ind = r["individual"][0]
        out["individual"] = ind.reshape(ind.shape[0], -1)
        if len(features) == 1 and len(out["grid"][0]) > 1:
            out["slope"] = np.gradient(out["individual"], np.array(out["grid"][0]), axis=1)
    cases.append(out)


x = rng.normal(size=(37, 3)).round(3)
x[:, 1] = rng.integers(0, 5, size=37)
case(x, [0], keep=False)
case(x, [0], grid_resolution=7)
case(x, [1])
case(x, [1], grid_resolution=3)
case(x, [1], grid_resolution=3, categorical=[1])
case(x, [0], grid_resolution=5, percentiles=(0.0, 1.0))
case(x, [2], grid_resolution=6, percentiles=(0.2, 0.7))
case(x, [0, 2], grid_resolution=4)
case(x, [2, 1], grid_resolution=6, keep=False)
case(x, [1, 0], grid_resolution=4, categorical=[1], weights=rng.uniform(0, 2, size=37).round(2), keep=False)
case(x, [2], grid_resolution=9, weights=rng.uniform(0, 2, size=37).round(2), keep=False)
case(x, [0], grid_resolution=9, custom={0: [-1.0, 0.5, 0.25, 4.0]})
case(x[:1], [0])
case(x[:5], [0], grid_resolution=5)
case(x[:6] * 1e6, [2], grid_resolution=4)

dump("explain/dependence.json", dict(cases=cases), sklearn=sklearn.__version__, numpy=np.__version__)
