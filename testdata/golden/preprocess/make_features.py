"""Expected values of the feature makers: scikit-learn and pandas.

python3 testdata/golden/preprocess/make_features.py
"""
import pathlib
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.preprocessing import PolynomialFeatures, SplineTransformer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden

rng = np.random.default_rng(7)
x3 = rng.normal(size=(5, 3)) * [1, 10, 0.1]

poly = []
for deg in (1, 2, 3, (2, 3), (3, 3), (0, 2), (1, 4)):
    for inter in (False, True):
        for bias in (True, False):
            p = PolynomialFeatures(deg, interaction_only=inter, include_bias=bias)
            try:
                out = p.fit_transform(x3)
            except ValueError:
                continue
            lo, hi = deg if isinstance(deg, tuple) else (0, deg)
            poly.append(dict(min=lo, max=hi, inter=inter, bias=bias, out=out,
                             names=p.get_feature_names_out(["a", "b", "c"]).tolist(), powers=p.powers_))

xs = np.column_stack([rng.normal(size=30), rng.exponential(size=30) * 5 - 2])
xt = np.vstack([xs[:4], [[-9.0, -7.5], [0.1, 30.0], [xs[:, 0].max(), xs[:, 1].min()], [5.5, 4.0], [12.0, -4.0]]])
w = rng.integers(0, 4, size=30).astype(float)
spl = []
for n_knots, degree in ((5, 3), (4, 2), (3, 1), (6, 0), (7, 5)):
    for knots in ("uniform", "quantile"):
        for ext in ("constant", "linear", "continue", "periodic", "error"):
            if degree < 2 and ext in ("linear", "constant") and (ext == "linear" or degree == 0):
                continue  # the peer mistakes the second column's ends, or fails
            for bias in (True, False):
                for weighted in (False, True):
                    if weighted and ext != "continue":
                        continue
                    s = SplineTransformer(n_knots=n_knots, degree=degree, knots=knots, extrapolation=ext, include_bias=bias)
                    try:
                        s.fit(xs, sample_weight=w if weighted else None)
                    except ValueError:
                        continue
                    t = xs[:6] if ext == "error" else xt
                    spl.append(dict(n_knots=n_knots, degree=degree, knots=knots, ext=ext, bias=bias, weighted=weighted,
                                    rows=len(t), out=s.transform(t)))
# linear extrapolation of low degree, one column: the peer is right there
for degree in (1,):
    s = SplineTransformer(n_knots=4, degree=degree, extrapolation="linear").fit(xs[:, :1])
    low = dict(degree=degree, out=s.transform(xt[:, :1]))
given = np.array([[-1.0, -2], [0, 1], [0.5, 3], [2, 9]])
s = SplineTransformer(knots=given, degree=3, extrapolation="continue").fit(xs)
custom = dict(knots=given.T, out=s.transform(xt))

series = rng.normal(size=40).round(2) * 10
series[[3, 4, 17, 18, 19, 33]] = np.nan
series[25] = np.inf
series[28:32] = 1.5
S = pd.Series(series)
roll = []
for window, minp, center, closed in ((3, None, False, None), (5, 2, False, "left"), (4, 1, True, None), (7, 3, True, None),
                                     (6, 0, False, "both"), (3, 1, False, "neither"), (1, None, False, None), (60, 1, False, None),
                                     (10, 4, True, "left"), (2, 1, False, "neither")):
    r = S.rolling(window, min_periods=minp, center=center, closed=closed)
    roll.append(dict(window=window, minp=-9 if minp is None else minp, center=center, closed=closed or "right",
                     count=r.count(), sum=r.sum(), mean=r.mean(), std=r.std(), var0=r.var(ddof=0), min=r.min(), max=r.max(),
                     median=r.median(), q30=r.quantile(0.3), q30lower=r.quantile(0.3, interpolation="lower"),
                     q30higher=r.quantile(0.3, interpolation="higher"), q25mid=r.quantile(0.25, interpolation="midpoint"),
                     q25near=r.quantile(0.25, interpolation="nearest"), q0=r.quantile(0.0), q1=r.quantile(1.0)))
exp = []
for minp in (1, 4, 0):
    r = S.expanding(min_periods=minp)
    exp.append(dict(minp=minp, count=r.count(), sum=r.sum(), mean=r.mean(), std=r.std(), var0=r.var(ddof=0), min=r.min(), max=r.max(),
                    median=r.median(), q30=r.quantile(0.3)))
for part in roll + exp:
    for k, v in list(part.items()):
        if isinstance(v, pd.Series):
            part[k] = v.to_numpy()

t = pd.to_datetime(pd.Series(["2024-02-29 23:59:58.5", "2023-01-01 00:00:00", "2020-12-31 12:30:15", "2021-01-03 06:07:08.000000009",
                              "2022-06-30 01:02:03", "1999-10-01 00:00:01", "1969-12-31 23:00:00", "2000-04-30 17:00:00"]), format="ISO8601")
d = t.dt
iso = d.isocalendar()
cal = dict(unixns=[int(v) for v in t.astype("datetime64[ns]").astype("int64")], year=d.year, quarter=d.quarter, month=d.month, week=iso.week, week_year=iso.year,
           day_of_month=d.day, day_of_year=d.dayofyear, day_of_week=d.dayofweek, weekend=(d.dayofweek >= 5).astype(int), hour=d.hour, minute=d.minute,
           second=d.second, nanosecond=d.microsecond * 1000 + d.nanosecond, days_in_month=d.days_in_month, leap_year=d.is_leap_year.astype(int),
           month_start=d.is_month_start.astype(int), month_end=d.is_month_end.astype(int), quarter_start=d.is_quarter_start.astype(int),
           quarter_end=d.is_quarter_end.astype(int), year_start=d.is_year_start.astype(int), year_end=d.is_year_end.astype(int))
cal = {k: [int(x) for x in v] for k, v in cal.items()}

shifts = {str(k): dict(shift=S.shift(k).to_numpy(), diff=S.diff(k).to_numpy(), pct=S.pct_change(k, fill_method=None).to_numpy()) for k in (1, 3, -2, 50)}

golden.dump("preprocess/features.json",
            dict(x3=x3, poly=poly, xs=xs, xt=xt, w=w, splines=spl, low=low, custom=custom, series=series, rolling=roll, expanding=exp,
                 calendar=cal, shifts=shifts),
            sklearn=sklearn.__version__, pandas=pd.__version__, numpy=np.__version__)
