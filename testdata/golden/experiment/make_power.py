"""Power, sizes and CUPED, by statsmodels and SciPy."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden
import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize

ALT = ["two-sided", "smaller", "larger"]
power = []
for d, n, ratio, alpha in [(0.5, 64, 1, 0.05), (0.2, 394, 1, 0.05), (0.01, 1e5, 1, 0.05), (1.5, 5, 1, 0.01), (0.3, 50, 3, 0.1), (0.8, 2, 1, 0.05), (0.05, 20000, 0.5, 0.001), (3, 3, 2, 0.05)]:
    for i, a in enumerate(ALT):
        e = -d if a == "smaller" else d
        row = {"effect": e, "n": n, "ratio": ratio, "alpha": alpha, "alternative": i}
        row["t"] = TTestIndPower().power(e, n, alpha, ratio=ratio, alternative=a)
        row["z"] = NormalIndPower().power(e, n, alpha, ratio=ratio, alternative=a)
        power.append(row)
sizes = []
for d, ratio, alpha, p in [(0.5, 1, 0.05, 0.8), (0.2, 1, 0.05, 0.9), (0.1, 2, 0.01, 0.8), (1.2, 1, 0.05, 0.95)]:
    for i, a in [(0, "two-sided"), (2, "larger")]:
        sizes.append({"effect": d, "ratio": ratio, "alpha": alpha, "power": p, "alternative": i,
                      "t": TTestIndPower().solve_power(d, None, alpha, p, ratio, a), "z": NormalIndPower().solve_power(d, None, alpha, p, ratio, a)})
effects = [{"control": a, "treatment": b, "h": proportion_effectsize(b, a)} for a, b in [(0.1, 0.12), (0.5, 0.5), (0, 1), (0.3, 0.01)]]

rng = np.random.default_rng(3)
cuped = []
for n, m, slope in [(40, 55, 0.9), (15, 12, 0.0), (300, 280, -2.0)]:
    xc, xt = rng.normal(10, 2, n), rng.normal(10, 2, m)
    yc, yt = slope * xc + rng.normal(0, 1, n), slope * xt + 0.3 + rng.normal(0, 1.3, m)
    dev = lambda v: v - v.mean()
    theta = (dev(xc) @ dev(yc) + dev(xt) @ dev(yt)) / (dev(xc) @ dev(xc) + dev(xt) @ dev(xt))
    a, b = yt - theta * xt, yc - theta * xc
    r = stats.ttest_ind(a, b, equal_var=False)
    ci = r.confidence_interval(0.95)
    cuped.append({"yc": yc, "xc": xc, "yt": yt, "xt": xt, "theta": theta, "difference": a.mean() - b.mean(), "t": r.statistic, "p": r.pvalue, "ci": [ci.low, ci.high]})
golden.dump("experiment/power.json", {"power": power, "sizes": sizes, "effects": effects, "cuped": cuped},
            numpy=np.__version__, scipy=scipy.__version__, statsmodels=statsmodels.__version__)
