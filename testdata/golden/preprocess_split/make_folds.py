"""Folds of scikit-learn's splitters: the rows where nothing is drawn, the sizes
where something is. A fold is written as one character per row: "e" tested,
"t" trained on, "." neither."""
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import numpy as np
import sklearn
from sklearn import model_selection as ms

from golden import dump

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def marks(n, folds):
    out = []
    for train, test in folds:
        m = np.full(n, ".")
        m[np.asarray(train, int)] = "t"
        m[np.asarray(test, int)] = "e"
        out.append("".join(m))
    return out


def case(name, cv, n, y=None, groups=None, **options):
    return {"name": name, "n": n, "y": None if y is None else list(y),
            "groups": None if groups is None else list(groups), **options,
            "folds": marks(n, cv.split(np.zeros((n, 1)), y, groups))}


exact = []
for n, k in [(2, 2), (5, 2), (10, 3), (11, 5), (23, 7), (7, 7)]:
    exact.append(case("KFold", ms.KFold(k), n, k=k))
for n, k, c in [(10, 2, 2), (23, 3, 3), (40, 5, 4), (31, 4, 1), (50, 10, 2), (60, 7, 9)]:
    y = rng.integers(0, c, n)
    if np.all(k > np.bincount(y)):
        continue
    exact.append(case("StratifiedKFold", ms.StratifiedKFold(k), n, y=y, k=k))
y = np.array([2] * 12 + [0] * 2 + [1] * 9)
exact.append(case("StratifiedKFold", ms.StratifiedKFold(4), 23, y=rng.permutation(y), k=4))
for n, k, g in [(10, 2, 3), (30, 3, 8), (60, 5, 20), (40, 4, 4), (80, 6, 50)]:
    groups = rng.integers(0, g, n)
    groups[:g] = np.arange(g)
    exact.append(case("GroupKFold", ms.GroupKFold(k), n, groups=groups * 3 - 5, k=k))
for n, k, g, c in [(20, 2, 5, 2), (60, 3, 12, 3), (120, 5, 30, 4), (150, 4, 60, 9), (100, 3, 10, 1), (200, 9, 40, 2),
                   (200, 10, 100, 1), (150, 5, 75, 12), (90, 3, 45, 2), (160, 8, 80, 3)]:
    groups = rng.integers(0, g, n)
    groups[:g] = np.arange(g)
    y = rng.choice(c, n, p=np.arange(1, c + 1) / np.arange(1, c + 1).sum())
    exact.append(case("StratifiedGroupKFold", ms.StratifiedGroupKFold(k), n, y=y, groups=groups, k=k))
# equal groups: every choice is a tie
g = np.repeat(np.arange(24), 3)
exact.append(case("StratifiedGroupKFold", ms.StratifiedGroupKFold(4), 72, y=np.tile([0, 1, 1], 24), groups=g, k=4))
exact.append(case("LeaveOneOut", ms.LeaveOneOut(), 6))
for n, p in [(5, 2), (6, 3), (4, 1)]:
    exact.append(case("LeavePOut", ms.LeavePOut(p), n, p=p))
groups = rng.integers(0, 5, 20)
exact.append(case("LeaveOneGroupOut", ms.LeaveOneGroupOut(), 20, groups=groups))
exact.append(case("LeavePGroupsOut", ms.LeavePGroupsOut(2), 20, groups=groups, p=2))
for n, k, mt, ts, gap in [(12, 3, None, None, 0), (13, 5, None, None, 0), (30, 4, 6, None, 2), (30, 3, None, 4, 1),
                          (30, 3, 5, 2, 20), (7, 6, None, None, 0), (25, 2, 100, 9, 3)]:
    exact.append(case("TimeSeries", ms.TimeSeriesSplit(k, max_train_size=mt, test_size=ts, gap=gap), n,
                      k=k, max_train=mt or 0, test=ts or 0, gap=gap))
for fold in [[0, 1, -1, 1, 0], [5, 5, 2, -1, 9, 2], [3, 0, 3, 0]]:
    exact.append(case("Predefined", ms.PredefinedSplit(fold), len(fold), fold=fold))

# drawn: sizes of train and test; for stratified ones also per class
sizes = []


def drawn(name, cv, n, y=None, groups=None, **options):
    folds = []
    for train, test in cv.split(np.zeros((n, 1)), y, groups):
        f = {"train": len(train), "test": len(test)}
        if y is not None:
            c = int(max(y)) + 1
            f["train_classes"] = np.bincount(np.asarray(y)[train], minlength=c)
            f["test_classes"] = np.bincount(np.asarray(y)[test], minlength=c)
        if groups is not None:
            f["train"], f["test"] = len(set(np.asarray(groups)[train])), len(set(np.asarray(groups)[test]))
        folds.append(f)
    return {"name": name, "n": n, "y": None if y is None else list(y),
            "groups": None if groups is None else list(groups), **options, "folds": folds}


for n in [3, 7, 10, 33, 101]:
    for test, train in [(0, 0), (0.25, 0), (0.1, 0), (0.07, 0), (0, 0.8), (0.3, 0.5), (0.2, 0.7), (1 / 3, 0), (0, 0.55)]:
        try:
            cv = ms.ShuffleSplit(2, test_size=test or None, train_size=train or None, random_state=0)
            sizes.append(drawn("ShuffleSplit", cv, n, test_share=test, train_share=train, k=2))
        except ValueError:
            pass
for test, train in [(3, 0), (0, 8), (2, 4)]:
    cv = ms.ShuffleSplit(2, test_size=test or None, train_size=train or None, random_state=0)
    sizes.append(drawn("ShuffleSplit", cv, 12, test_count=test, train_count=train, k=2))
# remainders without ties, so that the counts are determined
for counts, test in [((50, 31, 20), 0.2), ((7, 22, 64), 0.25), ((3, 40), 0.33), ((10, 10, 10), 0.2), ((100, 17, 5, 9), 0.15)]:
    y = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    cv = ms.StratifiedShuffleSplit(2, test_size=test, random_state=0)
    sizes.append(drawn("StratifiedShuffleSplit", cv, len(y), y=y, test_share=test, train_share=0, k=2))
groups = rng.integers(0, 11, 60)
for test, train in [(0, 0), (0.3, 0), (0.25, 0.5)]:
    cv = ms.GroupShuffleSplit(3, test_size=test or None, train_size=train or None, random_state=0)
    sizes.append(drawn("GroupShuffleSplit", cv, 60, groups=groups, test_share=test, train_share=train, k=3))
groups = rng.integers(0, 13, 50)
sizes.append(drawn("GroupKFold", ms.GroupKFold(5, shuffle=True, random_state=0), 50, groups=groups, k=5))
sizes.append(drawn("KFold", ms.KFold(4, shuffle=True, random_state=0), 23, k=4))
y = rng.integers(0, 3, 41)
sizes.append(drawn("StratifiedKFold", ms.StratifiedKFold(4, shuffle=True, random_state=0), 41, y=y, k=4))

two = []
for n in [4, 10, 11, 37, 100, 1001]:
    for test in [0.25, 0.2, 0.1, 0.3, 0.15, 0.07]:
        train, tst = ms.train_test_split(np.arange(n), test_size=test, random_state=0)
        two.append([n, test, len(train), len(tst)])

dump("preprocess_split/folds.json", {"exact": exact, "sizes": sizes, "train_test_split": two},
     scikit_learn=sklearn.__version__, numpy=np.__version__)
