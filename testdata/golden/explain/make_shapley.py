"""Shapley values: shap's kernel, exact, permutation and linear explainers.

    OMP_NUM_THREADS=1 python testdata/golden/explain/make_shapley.py
"""
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import numpy as np
import shap
import sklearn
from shap.utils._legacy import DenseData
from sklearn.metrics import ndcg_score

from golden import dump

warnings.filterwarnings("ignore")


def linear(x):
    j = np.arange(x.shape[1])
    return 1 + x @ (0.5 * (j + 1) * (-1.0) ** j)


def logistic(x):
    return 1 / (1 + np.exp(-0.3 * linear(x)))


def knotted(x):
    j = np.arange(x.shape[1])
    return np.prod(1 + 0.3 * np.tanh(x), axis=1) + np.sin(np.sum(j * x * np.roll(x, -1, axis=1), axis=1))


def steps(x):
    return 2.0 * ((x[:, 0] > 0) & (x[:, 1] > 0.2)) + (x[:, -1] > 0)


def pairs(x):
    return x[:, 0] * x[:, 1] - 2 * x[:, 1] * x[:, 2] + np.sin(x[:, -1]) + x[:, 0]


models = {f.__name__: f for f in (linear, logistic, knotted, steps, pairs)}

rng = np.random.default_rng(7)
cases = []


def case(name, d, n, rows, link="identity", weights=None, groups=None, constant=None):
    bg = rng.normal(size=(n, d)).round(4)
    x = rng.normal(size=(rows, d)).round(4)
    if constant is not None:
        bg[:, constant] = 1.5
        x[0, constant] = 1.5
    f = models[name]
    data = bg
    if weights is not None or groups is not None:
        g = groups or [[j] for j in range(d)]
        data = DenseData(bg, [str(i) for i in range(len(g))], [np.array(k) for k in g], np.ones(n) if weights is None else np.array(weights, dtype=float))
    e = shap.KernelExplainer(f, data, link=link)
    phi = e.shap_values(x, l1_reg=False, silent=True)
    out = dict(model=name, background=bg, rows=x, link=link, weights=weights, groups=groups, base=e.expected_value, kernel=phi)
    if link == "identity" and weights is None and groups is None:
        exact = shap.explainers.ExactExplainer(f, shap.maskers.Independent(bg, max_samples=n))(x)
        out["exact"] = exact.values
    if name == "pairs":
        p = shap.explainers.PermutationExplainer(f, shap.maskers.Independent(bg, max_samples=n), seed=1)(x, silent=True)
        out["permutation"] = p.values
    if name == "linear" and weights is None and groups is None:
        j = np.arange(d)
        lin = shap.LinearExplainer((0.5 * (j + 1) * (-1.0) ** j, 1.0), shap.maskers.Independent(bg, max_samples=n))
        out["linear"] = lin.shap_values(x)
    cases.append(out)


for d in (2, 3, 5, 8):
    for name in models:
        if name == "pairs" and d < 3:
            continue
        case(name, d, 6, 2)
case("knotted", 10, 5, 1)
case("knotted", 4, 1, 2)
case("knotted", 5, 6, 2, constant=2)
case("logistic", 4, 6, 2, link="logit")
case("knotted", 4, 5, 2, weights=[1, 2, 0.5, 3, 1.5])
case("knotted", 6, 5, 2, groups=[[0, 3], [1], [2, 4, 5]])
case("knotted", 5, 4, 2, groups=[[4], [0, 3], [1], [2]], weights=[1, 1, 2, 4])

ndcg = []
for d in (2, 3, 5, 12):
    for ties in (False, True):
        a, b = rng.exponential(size=d), rng.exponential(size=d)
        if ties:
            b = b.round(0)
        ndcg.append(dict(baseline=a, live=b, ndcg=ndcg_score([a], [b])))

dump("explain/shapley.json", dict(cases=cases, ndcg=ndcg), shap=shap.__version__, sklearn=sklearn.__version__, numpy=np.__version__)
