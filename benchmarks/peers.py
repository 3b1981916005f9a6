"""The other side of the comparison: reads one request a line, "CASE N FOLDER", from
standard input, runs the peer's call on the arrays that the Go side wrote to FOLDER,
and answers with the seconds of one call. Arrays are loaded once per folder; a call
that is too short is repeated until it takes a hundredth of a second."""
import importlib.metadata as im
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
import scipy.stats
import sklearn.metrics as m
import sklearn.preprocessing as p

cache = {}


def load(folder, name, dtype, shape=None):
    key = (folder, name)
    if key not in cache:
        if name.endswith(".txt"):
            cache[key] = np.array(open(f"{folder}/{name}").read().split("\n")[:-1], dtype=object)
        else:
            cache[key] = np.fromfile(f"{folder}/{name}", dtype=dtype)
    a = cache[key]
    return a.reshape(shape) if shape else a


def f(folder, name):
    return load(folder, name, np.float64)


def i(folder, name):
    return load(folder, name, np.int64)


def matrix(folder):
    return load(folder, "x.f64", np.float64, (-1, 20))


def fitted(folder, make):
    key = (folder, make.__name__, "fitted")
    if key not in cache:
        cache[key] = make().fit(matrix(folder))
    return cache[key]


def words(folder, k):
    return load(folder, f"w{k}.txt", object)


def cases():
    c = {}
    c["mse"] = lambda d: m.mean_squared_error(f(d, "a.f64"), f(d, "b.f64"))
    c["mae"] = lambda d: m.mean_absolute_error(f(d, "a.f64"), f(d, "b.f64"))
    c["r2"] = lambda d: m.r2_score(f(d, "a.f64"), f(d, "b.f64"))
    c["mse+mae+r2"] = lambda d: (c["mse"](d), c["mae"](d), c["r2"](d))
    c["log_loss"] = lambda d: m.log_loss(i(d, "y.i64"), f(d, "p.f64"))
    c["brier"] = lambda d: m.brier_score_loss(i(d, "y.i64"), f(d, "p.f64"))
    for k in (2, 10, 1000):
        c[f"confusion {k}"] = lambda d, k=k: m.confusion_matrix(i(d, f"t{k}.i64"), i(d, f"q{k}.i64"))
    c["confusion strings"] = lambda d: m.confusion_matrix(words(d, 10), words(d, 10)[::-1])
    c["f1 macro"] = lambda d: m.f1_score(i(d, "t10.i64"), i(d, "q10.i64"), average="macro")
    c["accuracy"] = lambda d: m.accuracy_score(i(d, "t10.i64"), i(d, "q10.i64"))
    c["auc"] = lambda d: m.roc_auc_score(i(d, "y.i64"), f(d, "p.f64"))
    c["auc 3 decimals"] = lambda d: m.roc_auc_score(i(d, "y.i64"), f(d, "p3.f64"))
    c["average precision"] = lambda d: m.average_precision_score(i(d, "y.i64"), f(d, "p.f64"))
    c["standard fit"] = lambda d: p.StandardScaler().fit(matrix(d))
    c["standard transform"] = lambda d: fitted(d, p.StandardScaler).transform(matrix(d))
    c["minmax fit"] = lambda d: p.MinMaxScaler().fit(matrix(d))
    c["robust fit"] = lambda d: p.RobustScaler().fit(matrix(d))
    c["l2 rows"] = lambda d: p.normalize(matrix(d))
    for k in (10, 1000, 100000):
        c[f"dictionary {k}"] = lambda d, k=k: pd.factorize(words(d, k))
        c[f"one-hot {k}"] = lambda d, k=k: p.OneHotEncoder().fit_transform(words(d, k)[:, None])
    c["target 1000"] = lambda d: p.TargetEncoder(random_state=0).fit_transform(words(d, 1000)[:, None], f(d, "a.f64"))
    c["ks"] = lambda d: scipy.stats.ks_2samp(f(d, "a.f64"), f(d, "b.f64"), method="asymp")
    c["wasserstein"] = lambda d: scipy.stats.wasserstein_distance(f(d, "a.f64"), f(d, "b.f64"))

    def frame(d):
        import fairlearn.metrics as fm

        return fm.MetricFrame(metrics={"accuracy": m.accuracy_score, "selection": fm.selection_rate, "tpr": fm.true_positive_rate, "fpr": fm.false_positive_rate},
                              y_true=i(d, "t2.i64"), y_pred=i(d, "q2.i64"), sensitive_features=i(d, "t10.i64")).difference()

    c["fairness 10 groups"] = frame
    return c


def main():
    table = cases()
    names = ["numpy", "scipy", "scikit-learn", "pandas", "fairlearn"]
    print(", ".join(f"{n} {im.version(n)}" for n in names), flush=True)
    for line in sys.stdin:
        name, folder = line.rstrip("\n").split("\t")
        call = table[name]
        call(folder)  # warm up: load, allocate
        start = time.perf_counter()
        call(folder)
        spent, calls = time.perf_counter() - start, 1
        if spent < 0.01:
            calls = int(0.01 / max(spent, 1e-7)) + 1
            start = time.perf_counter()
            for _ in range(calls):
                call(folder)
            spent = time.perf_counter() - start
        print(spent / calls, flush=True)


main()
