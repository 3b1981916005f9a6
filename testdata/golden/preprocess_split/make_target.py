"""What single features say of a target, by scikit-learn; the corrected interval
of Nadeau and Bengio by SciPy."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.metrics import normalized_mutual_info_score, r2_score, roc_auc_score

from golden import dump

rng = np.random.default_rng(11)
n = 80
y = rng.normal(size=n)
c = (y > .2).astype(int)
k = rng.integers(0, 3, n)
x = np.c_[y + rng.normal(size=n), 3 - 2 * y, rng.normal(size=n), np.full(n, 2.0), (k * 7 % 3), np.round(y), 1e300 * y]
x[rng.random(n) < .2, 0] = np.nan
x[c == 1, 2] = np.where(rng.random((c == 1).sum()) < .9, np.nan, 1.0)
auc, r2, nmi = [], [], []
for j in range(x.shape[1]):
    ok = ~np.isnan(x[:, j])
    miss = (~ok).astype(float)
    def two(f, default):
        try:
            v = f(x[ok, j], ok)
        except ValueError:
            v = default
        return [v, f(miss, slice(None)) if miss.any() else default]
    a = two(lambda v, r: max(roc_auc_score(c[r], v), 1 - roc_auc_score(c[r], v)) if len(set(c[r])) > 1 else .5, .5)
    scale = np.abs(x[ok, j]).max()
    lin = lambda v, r: r2_score(y[r], LinearRegression().fit((v / scale)[:, None], y[r]).predict((v / scale)[:, None])) if np.ptp(v) else 0
    r2.append(two(lin, 0))
    auc.append(a)
    nmi.append(normalized_mutual_info_score(k, x[:, j]) if j in (3, 4) else -1)
s = rng.normal(.8, .03, 15)
half = stats.t.ppf(.975, 14) * s.std(ddof=1) * np.sqrt(1 / 15 + 20 / 80)
dump("preprocess_split/target.json", {"x": x, "y": y, "c": c, "k": k, "auc": auc, "r2": r2, "nmi": nmi,
     "scores": s, "interval": [s.mean(), s.mean() - half, s.mean() + half]},
     scikit_learn=sklearn.__version__, scipy=scipy.__version__)
