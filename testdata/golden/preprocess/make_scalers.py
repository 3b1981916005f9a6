"""Expected values of the scalers, the power and quantile transforms."""
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden
import numpy as np
import scipy
import sklearn
from sklearn import preprocessing as sp

warnings.simplefilter("ignore")
V = dict(numpy=np.__version__, sklearn=sklearn.__version__, scipy=scipy.__version__)
rng = np.random.default_rng(3)


def column_zoo(n=60, missing=True):
    x = np.column_stack([
        rng.normal(size=n),
        rng.normal(3, 1e-3, size=n),
        np.exp(2 * rng.normal(size=n)),
        np.full(n, 7.0),
        np.round(rng.normal(size=n) * 2),
        1e-9 * rng.normal(size=n),
        1e3 + rng.normal(size=n),
    ])
    if missing:
        x[rng.random(x.shape) < 0.1] = np.nan
        x[:, 3] = 7.0
    return x


x = column_zoo()
new = column_zoo(9)
w = rng.integers(0, 4, size=len(x)).astype(float)
out = {"x": x, "new": new, "w": w}


def case(name, t, fit=None, **attrs):
    t.fit(x, **(fit or {}))
    out[name] = {"y": t.transform(new), **{k: getattr(t, a) for k, a in attrs.items()}}


case("standard", sp.StandardScaler(), n="n_samples_seen_", mean="mean_", var="var_", scale="scale_")
case("standard_weighted", sp.StandardScaler(), dict(sample_weight=w), n="n_samples_seen_", mean="mean_", var="var_", scale="scale_")
case("standard_no_mean", sp.StandardScaler(with_mean=False))
case("standard_no_std", sp.StandardScaler(with_std=False))
case("minmax", sp.MinMaxScaler(), min="data_min_", max="data_max_")
case("minmax_range", sp.MinMaxScaler((-2, 5)))
case("minmax_clip", sp.MinMaxScaler(clip=True))
case("maxabs", sp.MaxAbsScaler(), scale="scale_")
case("robust", sp.RobustScaler(), center="center_", scale="scale_")
case("robust_unit", sp.RobustScaler(quantile_range=(10, 80), unit_variance=True), center="center_", scale="scale_")
case("robust_no_center", sp.RobustScaler(with_centering=False))
case("robust_no_scale", sp.RobustScaler(with_scaling=False))
case("quantile_uniform", sp.QuantileTransformer(n_quantiles=20), quantiles="quantiles_", references="references_")
case("quantile_normal", sp.QuantileTransformer(n_quantiles=1000, output_distribution="normal"))
q = sp.QuantileTransformer(n_quantiles=20, output_distribution="normal").fit(x)
out["quantile_inverse"] = {"y": q.inverse_transform(np.nan_to_num(new, nan=0.3) % 2 - 1)}
full = np.nan_to_num(new, nan=0)
full[0] = 0
full[1] *= 1e-20
out["full"] = full
for n in ("l1", "l2", "max"):
    out["norm_" + n] = {"y": sp.Normalizer(n).transform(full)}

pos = np.abs(x[:, [0, 2, 4]]) + 0.1
posnew = np.abs(new[:, [0, 2, 4]]) + 0.1
out["pos"], out["posnew"] = pos, posnew
for std in (True, False):
    t = sp.PowerTransformer("box-cox", standardize=std).fit(pos)
    out[f"boxcox_{std}"] = {"lambdas": t.lambdas_, "y": t.transform(posnew)}
    xx = x[:, [0, 1, 2, 3, 4]]
    t = sp.PowerTransformer("yeo-johnson", standardize=std).fit(xx)
    out[f"yeojohnson_{std}"] = {"lambdas": t.lambdas_, "y": t.transform(new[:, [0, 1, 2, 3, 4]])}
golden.dump("preprocess/scalers.json", out, **V)
