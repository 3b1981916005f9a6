"""Expected values of the encoders: scikit-learn, category_encoders, feature_engine.

    python testdata/golden/encoding/make_encoders.py

None stands for a missing value.
"""
import pathlib
import sys
import warnings

import category_encoders as ce
import feature_engine
import numpy as np
import pandas as pd
import sklearn
from sklearn import preprocessing as sp
from sklearn.model_selection import KFold, StratifiedKFold

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden import dump

warnings.filterwarnings("ignore")
rng = np.random.default_rng(11)
N = 150


def column(labels, p, n, missing=0.0):
    v = rng.choice(np.array(labels, dtype=object), size=n, p=np.array(p) / np.sum(p))
    if missing:
        v[rng.random(n) < missing] = None
    return list(v)


cities = ["paris", "oslo", "Lima", "rome", "zürich", "", "kyoto", "quito"]
train = {"city": column(cities, [30, 20, 10, 8, 5, 4, 2, 1], N), "size": column(["S", "M", "L"], [5, 3, 2], N, 0.1),
         "flag": column(["yes", "no"], [2, 1], N)}
test = {"city": ["paris", "Lima", "atlantis", "", "quito", "Oslo", "kyoto"], "size": ["S", None, "XL", "L", "M", None, "S"],
        "flag": ["yes", "no", "no", "yes", "maybe", "no", "yes"]}
effect = {c: i * 0.7 - 1 for i, c in enumerate(cities)}
y = np.round(np.array([effect[c] for c in train["city"]]) + rng.normal(size=N) * 1.3 + 5, 3)
yb = (y > np.median(y)).astype(int)
ym = np.array(["low", "mid", "top"])[np.digitize(y, np.quantile(y, [0.4, 0.75]))]


def frame(d, cols=None):
    f = pd.DataFrame({k: pd.Series([np.nan if v is None else v for v in d[k]], dtype=object) for k in (cols or d)})
    return f


def rows(a):
    a = a.toarray() if hasattr(a, "toarray") else np.asarray(a)
    return a.astype(float).tolist()


def labels(a):
    return [[None if v is None or (isinstance(v, float) and np.isnan(v)) else v for v in r] for r in np.asarray(a, dtype=object)]


out = {"train": train, "test": test, "y": y, "yb": yb, "ym": list(ym), "onehot": {}, "ordinal": {}, "target": {}, "ce": {}, "ce_supervised": {}}

X, T = frame(train), frame(test)
for name, kw in {
    "ignore": dict(handle_unknown="ignore"),
    "infrequent": dict(handle_unknown="infrequent_if_exist", min_frequency=12),
    "fraction": dict(handle_unknown="infrequent_if_exist", min_frequency=0.1),
    "max3": dict(handle_unknown="infrequent_if_exist", max_categories=3),
    "max1": dict(handle_unknown="infrequent_if_exist", max_categories=1),
    "both": dict(handle_unknown="ignore", max_categories=4, min_frequency=10),
    "first": dict(handle_unknown="ignore", drop="first"),
    "if_binary": dict(handle_unknown="ignore", drop="if_binary"),
    "given": dict(handle_unknown="ignore", drop=["oslo", np.nan, "yes"]),
    "first_infrequent": dict(handle_unknown="infrequent_if_exist", drop="first", min_frequency=12),
    "if_binary_infrequent": dict(handle_unknown="infrequent_if_exist", drop="if_binary", max_categories=2),
}.items():
    e = sp.OneHotEncoder(**kw).fit(X)
    t = e.transform(T)
    out["onehot"][name] = {"names": list(e.get_feature_names_out()), "train": rows(e.transform(X))[:25], "test": rows(t), "inverse": labels(e.inverse_transform(t))}

for name, kw in {
    "usual": dict(handle_unknown="use_encoded_value", unknown_value=-1),
    "nan": dict(handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=-5),
    "infrequent": dict(handle_unknown="use_encoded_value", unknown_value=99, min_frequency=12),
    "max3": dict(handle_unknown="use_encoded_value", unknown_value=-3, max_categories=3, encoded_missing_value=50),
    "given": dict(handle_unknown="use_encoded_value", unknown_value=-1, categories=[["rome", "oslo", "paris"], ["L", "M", "S", np.nan], ["no", "yes"]]),
}.items():
    e = sp.OrdinalEncoder(**kw).fit(X)
    t = e.transform(T)
    out["ordinal"][name] = {"train": rows(e.transform(X))[:25], "test": rows(t), "inverse": labels(e.inverse_transform(t))}

kf, sk = KFold(5, shuffle=True, random_state=3), StratifiedKFold(5, shuffle=True, random_state=3)


def assignment(cv, target):
    f = np.empty(N, dtype=int)
    for i, (_, test_idx) in enumerate(cv.split(X, target)):
        f[test_idx] = i
    return f


for kind, target, cv in (("continuous", y, kf), ("binary", yb, sk), ("multiclass", ym, sk)):
    for smooth in ("auto", 0.0, 10.0):
        e = sp.TargetEncoder(target_type=kind, smooth=smooth, cv=cv)
        ft = e.fit_transform(X, target)
        out["target"][f"{kind}_{smooth}"] = {"folds": assignment(cv, target), "fit_transform": rows(ft)[:60], "test": rows(e.transform(T)),
                                             "names": list(e.get_feature_names_out()), "mean": np.atleast_1d(e.target_mean_)}

cat = ["city", "size", "flag"]


def unsupervised(name, enc, inverse=False):
    e = enc.fit(X)
    r = {"names": list(e.get_feature_names_out()), "train": rows(e.transform(X))[:25], "test": rows(e.transform(T))}
    out["ce"][name] = r


for name, cls, kw in (
    ("binary", ce.BinaryEncoder, {}), ("base3", ce.BaseNEncoder, dict(base=3)), ("gray", ce.GrayEncoder, {}),
    ("binary_indicator", ce.BinaryEncoder, dict(handle_unknown="indicator", handle_missing="indicator")),
    ("binary_nan", ce.BinaryEncoder, dict(handle_unknown="return_nan", handle_missing="return_nan")),
    ("rankhot", ce.RankHotEncoder, {}),
    ("sum", ce.SumEncoder, {}), ("helmert", ce.HelmertEncoder, {}), ("backward", ce.BackwardDifferenceEncoder, {}), ("polynomial", ce.PolynomialEncoder, {}),
    ("helmert_indicator", ce.HelmertEncoder, dict(handle_unknown="indicator", handle_missing="indicator")),
    ("sum_nan", ce.SumEncoder, dict(handle_unknown="return_nan", handle_missing="return_nan")),
    ("count", ce.CountEncoder, {}), ("frequency", ce.CountEncoder, dict(normalize=True)),
    ("count_group", ce.CountEncoder, dict(min_group_size=9)), ("count_group_fraction", ce.CountEncoder, dict(min_group_size=0.1)),
    ("frequency_group", ce.CountEncoder, dict(normalize=True, min_group_size=0.1)),
):
    unsupervised(name, cls(cols=cat, **kw))

H = frame(train, ["city", "flag"])
e = ce.HashingEncoder(cols=["city", "flag"], n_components=7, max_process=1).fit(H)
out["ce"]["hashing"] = {"names": list(e.get_feature_names_out()), "train": rows(e.transform(H))[:25], "test": rows(e.transform(frame(test, ["city", "flag"])))}

for name, cls, kw, target in (
    ("sigmoid", ce.TargetEncoder, {}, y), ("sigmoid_small", ce.TargetEncoder, dict(min_samples_leaf=5, smoothing=2.5), y),
    ("m_estimate", ce.MEstimateEncoder, {}, y), ("m_estimate_7", ce.MEstimateEncoder, dict(m=7.5), yb),
    ("leave_one_out", ce.LeaveOneOutEncoder, {}, y), ("catboost", ce.CatBoostEncoder, {}, y), ("catboost_a", ce.CatBoostEncoder, dict(a=3.5), yb),
    ("js_independent", ce.JamesSteinEncoder, {}, y), ("js_pooled", ce.JamesSteinEncoder, dict(model="pooled"), y),
    ("js_beta", ce.JamesSteinEncoder, dict(model="beta"), y), ("js_binary", ce.JamesSteinEncoder, dict(model="binary"), yb),
    ("woe", ce.WOEEncoder, {}, yb), ("woe_r", ce.WOEEncoder, dict(regularization=0.3), yb),
    ("quantile", ce.QuantileEncoder, {}, y), ("quantile_90", ce.QuantileEncoder, dict(quantile=0.9, m=3.0), y),
    ("summary", ce.SummaryEncoder, dict(quantiles=(0.25, 0.5, 0.75), m=2.0), y),
    ("m_estimate_nan", ce.MEstimateEncoder, dict(handle_unknown="return_nan", handle_missing="return_nan"), y),
):
    target = pd.Series(target)
    e = cls(cols=cat, **kw)
    ft = e.fit_transform(X, target)
    out["ce_supervised"][name] = {"names": list(e.get_feature_names_out()) if name != "summary" else list(e.transform(X).columns),
                                  "fit_transform": rows(ft)[:60], "test": rows(e.transform(T)), "binary": bool(set(target) <= {0, 1})}

# Missing values that the fit did not see: the city and the flag have none in train.
gaps = {"city": ["paris", None, "atlantis", None], "size": ["S", None, "XL", None], "flag": [None, "no", "yes", None]}
out["gaps"], out["ce_gaps"], G = gaps, {}, frame(gaps)
for name, cls, kw in (
    ("ordinal", ce.OrdinalEncoder, {}), ("ordinal_nan", ce.OrdinalEncoder, dict(handle_unknown="return_nan", handle_missing="return_nan")),
    ("ordinal_number", ce.OrdinalEncoder, dict(handle_unknown=77, handle_missing=-9)), ("ordinal_unknown_nan", ce.OrdinalEncoder, dict(handle_unknown="return_nan")),
    ("count", ce.CountEncoder, {}), ("count_unknown_nan", ce.CountEncoder, dict(handle_unknown="return_nan")),
    ("rankhot", ce.RankHotEncoder, {}), ("rankhot_unknown_nan", ce.RankHotEncoder, dict(handle_unknown="return_nan")),
    ("binary", ce.BinaryEncoder, {}), ("gray", ce.GrayEncoder, {}), ("helmert", ce.HelmertEncoder, {}),
    ("helmert_unknown_nan", ce.HelmertEncoder, dict(handle_unknown="return_nan")),
):
    e = cls(cols=cat, **kw).fit(X)
    out["ce_gaps"][name] = {"names": list(e.get_feature_names_out()), "train": rows(e.transform(X))[:25], "test": rows(e.transform(G))}

from feature_engine.encoding import RareLabelEncoder

r = {}
F = frame(train, ["city", "flag"])
for name, kw in {"usual": {}, "grouped": dict(tol=0.06, n_categories=2), "max2": dict(tol=0.01, n_categories=3, max_n_categories=2, replace_with="other")}.items():
    e = RareLabelEncoder(**kw).fit(F)
    r[name] = {"train": e.transform(F).values.tolist(), "test": e.transform(frame(test, ["city", "flag"])).values.tolist()}
out["rare"] = r

lb = {}
for name, v in {"three": ["b", "a", "c", "a"], "two": ["no", "yes", "no"], "one": ["x", "x"]}.items():
    e = sp.LabelBinarizer(neg_label=-1, pos_label=2).fit(v)
    lb[name] = {"y": v, "x": rows(e.transform(v)), "classes": list(e.classes_)}
out["label_binarizer"] = lb
sets = [["sci-fi", "thriller"], ["comedy"], [], ["comedy", "comedy", "drama"]]
e = sp.MultiLabelBinarizer().fit(sets)
out["multi_label"] = {"y": sets, "x": rows(e.transform(sets)), "classes": list(e.classes_)}

dump("encoding/encoders.json", out, scikit_learn=sklearn.__version__, category_encoders=ce.__version__, feature_engine=feature_engine.__version__, pandas=pd.__version__, numpy=np.__version__)
