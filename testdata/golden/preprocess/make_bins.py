"""Expected values of the bins, the outliers and the isolation forest."""
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden
import numpy as np
import scipy
import scipy.stats as ss
import sklearn
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import KBinsDiscretizer

warnings.simplefilter("ignore")
V = dict(numpy=np.__version__, sklearn=sklearn.__version__, scipy=scipy.__version__)
rng = np.random.default_rng(7)
n = 80
x = np.column_stack([rng.normal(size=n), np.exp(2 * rng.normal(size=n)), np.round(rng.normal(size=n)), np.full(n, 3.0), rng.integers(0, 100, n), np.round(rng.normal(size=n)) + 1e-9 * rng.integers(0, 5, n)])
new = np.vstack([x[:6], x[:6] * 1.5 - 1, x.min(0) - 5, x.max(0) + 5])
w = rng.integers(0, 4, size=n).astype(float)
out = {"x": x, "new": new, "w": w, "bins": []}
for strategy in ("uniform", "quantile", "kmeans"):
    for k in (2, 3, 5, 10, 17):
        for q in ("averaged_inverted_cdf", "inverted_cdf", "linear") if strategy == "quantile" else ("averaged_inverted_cdf",):
            for sw in (None, w):
                if sw is not None and q == "linear":
                    continue
                # A row of weight 0 may become the centre of an empty cluster there.
                if sw is not None and strategy == "kmeans":
                    sw = w + 1
                t = KBinsDiscretizer(k, encode="ordinal", strategy=strategy, quantile_method=q).fit(x, sample_weight=sw)
                y = t.transform(new)
                out["bins"].append(dict(strategy=strategy, n=k, quantile=q, weighted=sw is not None, edges=list(t.bin_edges_), y=y, back=t.inverse_transform(y)))
t = KBinsDiscretizer(4, encode="onehot-dense", quantile_method="averaged_inverted_cdf").fit(x)
out["onehot"] = dict(y=t.transform(new), names=list(t.get_feature_names_out()))

v = np.r_[rng.normal(size=30), 9, -12, 40.0]
out["v"] = v
out["z"] = ss.zscore(v)
out["z1"] = ss.zscore(v, ddof=1)
med = np.median(v)
out["modified"] = ss.norm.ppf(0.75) * (v - med) / np.median(np.abs(v - med))
out["winsor"] = [dict(lo=a, hi=b, y=np.asarray(ss.mstats.winsorize(v, (a, b)))) for a, b in ((0.05, 0.05), (0, 0.1), (0.2, 0), (0.33, 0.33))]
q1, q3 = np.percentile(v, [25, 75])
out["iqr"] = [q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)]

fx = np.vstack([rng.normal(size=(60, 3)), [[6, 6, 6]]]).astype(np.float32).astype(float)
f = IsolationForest(n_estimators=7, max_samples=40, random_state=1).fit(fx)
trees = []
for e in f.estimators_:
    t = e.tree_
    trees.append(dict(feature=np.maximum(t.feature, -1), threshold=t.threshold, left=t.children_left, right=t.children_right, count=t.n_node_samples))
out["forest"] = dict(x=fx, sampled=f.max_samples_, trees=trees, scores=f.score_samples(fx))

# Whole numbers, some of them half way between two centres.
whole = rng.integers(0, 4, size=(80, 3)).astype(float)
t = KBinsDiscretizer(3, encode="ordinal", strategy="kmeans").fit(whole)
out["whole"] = dict(x=whole, edges=list(t.bin_edges_))
golden.dump("preprocess/bins.json", out, **V)
