"""What imbalanced-learn keeps (the rules without chance), how large classes become by its
words for a sampling strategy, how many rows ADASYN adds, and which rows borderline SMOTE starts from."""
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import imblearn
import numpy as np
from golden import dump
from imblearn.over_sampling import ADASYN, BorderlineSMOTE, RandomOverSampler
from imblearn.under_sampling import AllKNN, EditedNearestNeighbours, NearMiss, RandomUnderSampler, RepeatedEditedNearestNeighbours, TomekLinks

warnings.filterwarnings("ignore")
rng = np.random.default_rng(4)
cases = []
for n, classes in [(40, 2), (120, 2), (150, 3), (300, 3)]:
    y = np.sort(rng.choice(classes, n, p=np.array([6, 2, 1][:classes]) / sum([6, 2, 1][:classes])))
    x = (rng.normal(size=(n, 3)) + y[:, None] * 0.8).round(5)
    order = rng.permutation(n)
    x, y = x[order], y[order]
    e = {}
    for s, name in [("auto", "auto"), ("all", "all"), ("majority", "majority"), ("not majority", "not majority")]:
        t = TomekLinks(sampling_strategy=s)
        t.fit_resample(x, y)
        e[f"tomek {name}"] = sorted(t.sample_indices_.tolist())
        for kind in ["all", "mode"]:
            t = EditedNearestNeighbours(sampling_strategy=s, kind_sel=kind)
            t.fit_resample(x, y)
            e[f"enn {kind} {name}"] = sorted(t.sample_indices_.tolist())
            for allow in [False, True]:
                t = AllKNN(sampling_strategy=s, kind_sel=kind, n_neighbors=4, allow_minority=allow)
                t.fit_resample(x, y)
                e[f"allknn {kind} {name} {allow}"] = sorted(t.sample_indices_.tolist())
    t = RepeatedEditedNearestNeighbours()
    t.fit_resample(x, y)
    e["renn"] = sorted(t.sample_indices_.tolist())
    for v in [1, 2, 3]:
        t = NearMiss(version=v)
        t.fit_resample(x, y)
        e[f"nearmiss {v}"] = t.sample_indices_.tolist()
    t = NearMiss(version=3, n_neighbors=2, n_neighbors_ver3=1)
    t.fit_resample(x, y)
    e["nearmiss 3 2 1"] = t.sample_indices_.tolist()
    for s in ["minority", "not minority", "not majority", "all"]:
        e[f"over {s}"] = np.bincount(RandomOverSampler(sampling_strategy=s, random_state=0).fit_resample(x, y)[1]).tolist()
    for s in ["majority", "not minority", "not majority", "all"]:
        e[f"under {s}"] = np.bincount(RandomUnderSampler(sampling_strategy=s, random_state=0).fit_resample(x, y)[1]).tolist()
    a = ADASYN(random_state=0).fit_resample(x, y)[1]
    e["adasyn counts"] = np.bincount(a).tolist()
    b = BorderlineSMOTE(random_state=0)
    b.fit_resample(x, y)
    e["danger"] = {str(k): v.tolist() for k, v in b.in_danger_indices.items()}
    cases.append(dict(x=x, y=y, expect=e))
dump("bias/resample.json", {"cases": cases}, imblearn=imblearn.__version__, numpy=np.__version__)
