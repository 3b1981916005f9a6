"""Explaining: shap, scikit-learn."""
import logging

import numpy as np
from serve import case, uses
from sklearn import inspection
from sklearn.linear_model import LinearRegression

uses("shap", "scikit-learn")


def first(x):
    return x[:, 0].copy()


@case("Kernel SHAP, 30 features, 100 background rows", "shap")
def _(d):
    import shap

    logging.getLogger("shap").setLevel(logging.ERROR)
    x = d.f64("x").reshape(-1, 30)
    return lambda: shap.KernelExplainer(first, x[:100]).shap_values(x[100:], silent=True, l1_reg=False)


@case("exact Shapley, 12 features, 100 background rows", "shap")
def _(d):
    import shap

    x = d.f64("x").reshape(-1, 12)
    return lambda: shap.ExactExplainer(first, shap.maskers.Independent(x[:100], max_samples=100))(x[100:], silent=True)


def linear(d):
    x = d.matrix("x")
    y = x @ np.full(20, 0.5) + d.f64("a")[: len(x)]
    return x, y, LinearRegression().fit(x, y)


@case("permutation importance, linear model", "scikit-learn")
@case("permutation importance, linear model, gathered", "scikit-learn")
def _(d):
    x, y, model = linear(d)
    return lambda: inspection.permutation_importance(model, x, y, scoring="r2", n_repeats=5, random_state=0)


@case("partial dependence, linear model", "scikit-learn")
def _(d):
    x, y, model = linear(d)
    return lambda: inspection.partial_dependence(model, x, [3], method="brute", kind="average")
