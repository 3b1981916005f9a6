"""Write the real data sets of the tests: CSV files with the truth, out-of-fold
predictions of a plain model, and a few features and groups.

    pip install -r testdata/requirements.txt
    python testdata/make_predictions.py

The data are those bundled with scikit-learn (no download): breast cancer
(Wisconsin diagnostic), iris, wine, diabetes. Every prediction is made by a
model that did not see the row (five folds, shuffled with a fixed seed).
"""
import csv
import pathlib

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parent


def write(name, **columns):
    """Floats are written with repr, which reads back as the same float."""
    columns = {k: [repr(float(x)) if isinstance(x, float) else str(x) for x in v] for k, v in columns.items()}
    with open(HERE / name, "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(columns)
        w.writerows(zip(*columns.values(), strict=True))
    print(name, len(next(iter(columns.values()))), "rows")


def tercile(x):
    """Three groups of equal size, by name."""
    lo, hi = np.quantile(x, [1 / 3, 2 / 3])
    return ["small" if v <= lo else "medium" if v <= hi else "large" for v in x]


def classifier():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))


FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)


def breast_cancer():
    d = load_breast_cancer()
    y = np.array(["malignant", "benign"])[d.target]
    # The four features of a coarse look, so that there are errors to count.
    x = d.data[:, [0, 1, 4, 8]]
    p = cross_val_predict(classifier(), x, y, cv=FOLDS, method="predict_proba")[:, 1]  # P(malignant)
    write(
        "breast_cancer.csv",
        label=y.tolist(),
        score=p.tolist(),
        prediction=np.where(p >= 0.5, "malignant", "benign").tolist(),
        size=tercile(d.data[:, 0]),
        texture=["coarse" if v > np.median(d.data[:, 1]) else "fine" for v in d.data[:, 1]],
        weight=np.round(0.5 + d.data[:, 0] / d.data[:, 0].mean(), 3).tolist(),
        mean_radius=d.data[:, 0].tolist(),
        mean_smoothness=d.data[:, 4].tolist(),
    )


def multiclass(name, d, columns, features):
    names = [str(s) for s in d.target_names]
    y = np.array(names)[d.target]
    p = cross_val_predict(classifier(), d.data[:, columns], y, cv=FOLDS, method="predict_proba")
    order = [sorted(names).index(s) for s in names]
    p = p[:, order]
    write(
        name,
        label=y.tolist(),
        **{s: p[:, i].tolist() for i, s in enumerate(names)},
        prediction=[names[i] for i in p.argmax(1)],
        **{k: d.data[:, i].tolist() for k, i in features.items()},
    )


def diabetes():
    d = load_diabetes(scaled=False)
    p = cross_val_predict(make_pipeline(StandardScaler(), Ridge(1.0)), d.data, d.target, cv=KFold(5, shuffle=True, random_state=0))
    write(
        "diabetes.csv",
        label=d.target.tolist(),
        prediction=p.tolist(),
        sex=[f"sex {int(v)}" for v in d.data[:, 1]],
        age=d.data[:, 0].tolist(),
        bmi=d.data[:, 2].tolist(),
    )


if __name__ == "__main__":
    breast_cancer()
    multiclass("iris.csv", load_iris(), [0, 1], {"sepal_length": 0, "sepal_width": 1})
    multiclass("wine.csv", load_wine(), [0, 1, 2], {"alcohol": 0, "malic_acid": 1})
    diabetes()
