"""Expected values of probability scores, isotonic and sigmoid calibration and
the bootstrap, from scikit-learn and SciPy."""
import pathlib
import sys
import warnings

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics as m
from sklearn.calibration import _SigmoidCalibration, _TemperatureScaling, calibration_curve
from sklearn.dummy import DummyClassifier
from sklearn.isotonic import IsotonicRegression, isotonic_regression

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden import dump  # noqa: E402

warnings.simplefilter("ignore")
rng = np.random.default_rng(21)
n = 80


def binary(name, y, p, w=None):
    y, p = np.asarray(y, int), np.asarray(p, float)
    v = {
        "log_loss": m.log_loss(y, p, sample_weight=w, labels=[0, 1]),
        "brier_full": 2 * float(np.average((p - y) ** 2, weights=w)),
    }
    if len(set(y)) == 2:
        v["brier"] = m.brier_score_loss(y, p, sample_weight=w)
        v["brier_full"] = m.brier_score_loss(y, p, sample_weight=w, scale_by_half=False)
        v["d2_log_loss"] = m.d2_log_loss_score(y, p, sample_weight=w)
        v["d2_brier"] = m.d2_brier_score(y, p, sample_weight=w)
    if name == "confident":
        # The peer computes 1 - (1 - p) for negatives, which rounds.
        v["brier"] = float(np.mean((p - y) ** 2))
        v["brier_full"] = 2 * v["brier"]
    curves = []
    if w is None and len(set(y)) == 2:
        for strategy in ("uniform", "quantile"):
            for bins in (1, 5, 10):
                t, q = calibration_curve(y, p, n_bins=bins, strategy=strategy)
                curves.append({"strategy": strategy, "bins": bins, "true": t, "pred": q})
    return {"name": name, "y": y, "p": p, "w": [] if w is None else np.asarray(w, float), "want": v, "curves": curves}


p = rng.random(n)
y = (rng.random(n) < p).astype(int)
cases = [
    binary("plain", y, p),
    binary("weighted", y, p, rng.random(n)),
    binary("integer weights", y, p, rng.integers(0, 3, n)),
    binary("one decimal", y, np.round(p, 1)),
    binary("hard 0 and 1", [0, 1, 1, 0], [0, 1, 0, 1]),
    binary("perfect", [0, 1, 1, 0], [0, 1, 1, 0]),
    binary("confident", [0, 1, 1, 0], [1e-12, 1 - 1e-12, 1 - 1e-9, 1e-300]),
    binary("one class", [1, 1, 1], [0.2, 0.7, 1]),
    binary("all equal", [1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5]),
]
f32 = p.astype(np.float32)
single = {"y": y, "p": f32.astype(float), "log_loss": float(m.log_loss(y, f32)),
          "hard": float(m.log_loss([0, 1], np.array([1, 0], np.float32)))}

multi = []
for k in (2, 3, 5):
    q = rng.dirichlet(np.ones(k), n)
    c = np.array([rng.choice(k, p=r) for r in q])
    c[:k] = np.arange(k)
    for w in (None, rng.random(n)):
        multi.append({"y": c, "p": q, "w": [] if w is None else w, "want": {
            "log_loss": m.log_loss(c, q, sample_weight=w),
            "brier": m.brier_score_loss(c, q, sample_weight=w),
            "brier_full": m.brier_score_loss(c, q, sample_weight=w, scale_by_half=False),
            "d2_log_loss": m.d2_log_loss_score(c, q, sample_weight=w),
            "d2_brier": m.d2_brier_score(c, q, sample_weight=w),
        }})

# Isotonic.
iso = []
x = np.round(rng.normal(size=50), 1)
t = x + rng.normal(size=50)
grid = np.linspace(-3, 3, 41)
for name, inc, w, lo, hi, yy in (
    ("increasing", True, None, None, None, t),
    ("decreasing", False, None, None, None, -t),
    ("weighted", True, rng.random(50), None, None, t),
    ("zero weights", True, rng.integers(0, 3, 50).astype(float), None, None, t),
    ("bounded", True, None, -0.5, 0.8, t),
    ("auto down", "auto", None, None, None, -t),
    ("auto up", "auto", None, None, None, t),
    ("truth", True, None, 0.0, 1.0, (t > 0).astype(float)),
):
    f = IsotonicRegression(increasing=inc, y_min=lo, y_max=hi, out_of_bounds="nan").fit(x, yy, w)
    g = IsotonicRegression(increasing=inc, y_min=lo, y_max=hi, out_of_bounds="clip").fit(x, yy, w)
    iso.append({"name": name, "direction": {True: 0, False: 1, "auto": 2}[inc], "w": [] if w is None else w,
                "min": "NaN" if lo is None else lo, "max": "NaN" if hi is None else hi,
                "x": x, "y": yy, "xt": f.X_thresholds_, "yt": f.y_thresholds_, "nan": f.predict(grid), "clip": g.predict(grid)})
seq = rng.normal(size=30)
sw = rng.random(30) + 0.1
pav = [{"y": seq, "w": sw, "up": isotonic_regression(seq, sample_weight=sw), "down": isotonic_regression(seq, sample_weight=sw, increasing=False)}]

# Platt and temperature.
s = rng.normal(size=n) * 2
ys = (rng.random(n) < 1 / (1 + np.exp(-(1.5 * s - 0.4)))).astype(int)
ws = rng.random(n)
platt = []
for name, sc, w in (("plain", s, None), ("weighted", s, ws), ("large", s * 1000, None), ("separable", np.where(ys == 1, 1.0, -1.0) + 0.1 * s, None)):
    c = _SigmoidCalibration().fit(sc, ys, w)
    platt.append({"name": name, "s": sc, "y": ys, "w": [] if w is None else w, "a": c.a_, "b": c.b_, "p": c.predict(sc)})
logits = rng.normal(size=(n, 3)) * 3
yl = np.array([rng.choice(3, p=np.exp(0.4 * r) / np.exp(0.4 * r).sum()) for r in logits])
proba = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
a = _TemperatureScaling().fit(logits, yl)
b = _TemperatureScaling().fit(proba, yl)
temperature = {"logits": logits, "proba": proba, "y": yl, "beta": float(a.beta_), "beta_proba": float(b.beta_)}

# Bootstrap: the same replicates given to both.
data = rng.exponential(size=40)
boot = []
for name, stat in (("mean", np.mean), ("std", np.std)):
    for method in ("BCa", "percentile", "basic"):
        for level in (0.9, 0.95):
            r = stats.bootstrap((data,), stat, n_resamples=499, confidence_level=level, method=method, rng=np.random.default_rng(5))
            boot.append({"stat": name, "method": method, "level": level, "replicates": 0,
                         "low": r.confidence_interval.low, "high": r.confidence_interval.high})
    reps = stats.bootstrap((data,), stat, n_resamples=499, method="percentile", rng=np.random.default_rng(5))
    boot[-1]["values"] = reps.bootstrap_distribution
    boot[-1]["stderr"] = reps.standard_error
    boot[-1]["jack"] = np.array([stat(np.delete(data, i)) for i in range(len(data))])
    boot[-1]["theta"] = stat(data)

# Dummy classifier.
labels = np.array(["b", "a", "c", "b", "a", "d"])
lw = np.array([1, 3, 1, 1, 0.5, 0])
dummy = {"y": labels.tolist(), "w": lw, "want": []}
Xd = np.zeros((len(labels), 1))
for strategy, constant in (("prior", None), ("most_frequent", None), ("uniform", None), ("constant", "c")):
    for w in (None, lw):
        d = DummyClassifier(strategy=strategy, constant=constant, random_state=0).fit(Xd, labels, w)
        dummy["want"].append({"strategy": strategy, "weighted": w is not None, "classes": d.classes_.tolist(),
                              "predict": "" if strategy == "uniform" else str(d.predict(Xd)[0]), "proba": d.predict_proba(Xd)[0]})

dump("metrics/probability.json", {"cases": cases, "float32": single, "multi": multi, "isotonic": iso, "pava": pav, "grid": grid,
                                  "platt": platt, "temperature": temperature, "data": data, "bootstrap": boot, "dummy": dummy},
     sklearn=sklearn.__version__, scipy=scipy.__version__, numpy=np.__version__)
