"""Expected values of the imputers, the fills and the deletions."""
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden
import numpy as np
import pandas as pd
import sklearn
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer

warnings.simplefilter("ignore")
V = dict(numpy=np.__version__, sklearn=sklearn.__version__, pandas=pd.__version__)
rng = np.random.default_rng(5)


def make(n, all_missing=True):
    z = rng.normal(size=(n, 2))
    x = np.column_stack([z[:, 0], 2 * z[:, 0] + 0.3 * rng.normal(size=n), z[:, 1] * 10 + 5, np.round(z.sum(1)), np.full(n, np.nan), rng.normal(size=n)])
    miss = rng.random(x.shape) < [0.1, 0.2, 0.3, 0.15, 1, 0]
    x[miss] = np.nan
    return x


x, new = make(50), make(12)
new[3, 4] = 1.0
new[5, :] = np.nan
new[2, 5] = np.nan
out = {"x": x, "new": new}
for s in ("mean", "median", "most_frequent", "constant"):
    for keep in (False, True):
        t = SimpleImputer(strategy=s, fill_value=-1.5 if s == "constant" else None, keep_empty_features=keep, add_indicator=keep)
        t.fit(x)
        out[f"simple_{s}_{keep}"] = {"y": t.transform(new), "names": list(t.get_feature_names_out())}
for k in (1, 3, 5, 80):
    for wt in ("uniform", "distance"):
        t = KNNImputer(n_neighbors=k, weights=wt, keep_empty_features=k == 3, add_indicator=k == 5).fit(x)
        out[f"knn_{k}_{wt}"] = {"y": t.transform(new), "train": t.transform(x) if k == 3 else None}
from sklearn.linear_model import Ridge

for name, kw in {
    "bayes": {},
    "tight": dict(tol=1e-10, max_iter=7),
    "ridge": dict(estimator=Ridge(alpha=0.5), tol=1e-4),
    "descending": dict(imputation_order="descending", initial_strategy="median", max_iter=3),
    "roman": dict(imputation_order="roman", min_value=-1, max_value=2, max_iter=2),
    "arabic": dict(imputation_order="arabic", keep_empty_features=True, add_indicator=True, max_iter=2),
}.items():
    t = IterativeImputer(**kw)
    y = t.fit_transform(x)
    out[f"iterative_{name}"] = {"train": y, "y": t.transform(new), "rounds": t.n_iter_}
t = MissingIndicator().fit(x)
out["indicator"] = {"features": t.features_, "y": t.transform(np.where(np.arange(6) == 5, 0, new)).astype(float)}

s = pd.Series([np.nan, np.nan, 1, np.nan, np.nan, np.nan, 4, 8, np.nan, 2, np.nan, np.nan, np.nan])
times = np.cumsum([0, 1, 2, 1, 5, 1, 1, 3, 2, 1, 1, 4, 1.0])
out["series"], out["times"] = s.to_numpy(), times
fills = []
idx = pd.Series(s.to_numpy(), index=pd.to_timedelta(times, unit="s") + pd.Timestamp("2020-01-01"))
for limit in (None, 1, 2):
    for area in (None, "inside", "outside"):
        fills.append(dict(method="forward", limit=limit or 0, area=area or "", direction="", y=s.ffill(limit=limit, limit_area=area).to_numpy()))
        fills.append(dict(method="backward", limit=limit or 0, area=area or "", direction="", y=s.bfill(limit=limit, limit_area=area).to_numpy()))
        for d in ("forward", "backward", "both"):
            for m, ser in (("linear", s), ("time", idx)):
                fills.append(dict(method=m, limit=limit or 0, area=area or "", direction=d, y=ser.interpolate(method=m, limit=limit, limit_area=area, limit_direction=d).to_numpy()))
out["fills"] = fills

df = pd.DataFrame(x)
g = rng.integers(0, 4, size=len(x))
df.loc[g == 2, 0] = np.nan
out["grouped"], out["groups"] = df.to_numpy(), g
out["group"] = {s: df.fillna(df.groupby(g).transform(s)).fillna(getattr(df, s)()).to_numpy() for s in ("mean", "median")}
drops = []
for axis in (0, 1):
    for kw in (dict(how="any"), dict(how="all"), dict(thresh=3), dict(thresh=40), dict(how="any", subset=[0, 2])):
        k = df.dropna(axis=axis, **kw)
        drops.append(dict(axis=axis, how=kw.get("how", ""), thresh=kw.get("thresh", 0), subset=kw.get("subset"), kept=list((k.index if axis == 0 else k.columns).astype(int))))
out["drops"] = drops

from sklearn.linear_model import BayesianRidge

for name, kw in {"skip": dict(skip_complete=True, max_iter=4, tol=1e-9), "skip_arabic": dict(skip_complete=True, imputation_order="arabic", max_iter=2)}.items():
    t = IterativeImputer(**kw)
    y = t.fit_transform(x)
    out[f"iterative_{name}"] = {"train": y, "y": t.transform(new), "rounds": t.n_iter_}
# The deviation of a prediction: more rows than columns, and fewer.
out["posterior"] = []
for n, p in ((40, 3), (5, 8)):
    a = rng.normal(size=(n, p)) * np.arange(1, p + 1) + 2
    b = a[:, 0] - a[:, -1] + 0.5 * rng.normal(size=n)
    c = rng.normal(size=(6, p)) * 3
    m, d = BayesianRidge().fit(a, b).predict(c, return_std=True)
    out["posterior"].append(dict(x=a, y=b, new=c, mean=m, std=d))
golden.dump("preprocess/impute.json", out, **V)
