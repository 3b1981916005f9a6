"""Expected calibration errors and log-cosh from torchmetrics, in float64."""
import importlib
import pathlib
import sys

import numpy as np
import torch
import torchmetrics
from torchmetrics.functional.regression import log_cosh_error

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden import dump  # noqa: E402

ce = importlib.import_module("torchmetrics.functional.classification.calibration_error")

rng = np.random.default_rng(22)
n = 120
p = rng.random(n)
y = (rng.random(n) < p**2).astype(int)
cases = []
for name, q in (("continuous", p), ("one decimal", np.round(p, 1)), ("two decimals", np.round(p, 2)), ("hard", np.round(p))):
    for bins in (1, 5, 10, 15):
        c = {"name": name, "bins": bins, "y": y, "p": q}
        for norm in ("l1", "l2", "max"):
            c[norm] = float(ce.binary_calibration_error(torch.tensor(q), torch.tensor(y), n_bins=bins, norm=norm))
        cases.append(c)
# Several classes: the update of the peer casts to float32, so its own formula is
# called with float64 confidences.
k = 4
q = rng.dirichlet(np.ones(k), n)
c = np.array([rng.choice(k, p=r) for r in q])
multi = {"y": c, "p": q, "want": []}
conf, right = torch.tensor(q.max(1)), torch.tensor((q.argmax(1) == c).astype(float))
for bins in (5, 10, 15):
    multi["want"].append({"bins": bins, **{norm: float(ce._ce_compute(conf, right, bins, norm)) for norm in ("l1", "l2", "max")}})
a, b = rng.normal(size=30), rng.normal(size=30) * 20
logcosh = {"y": a, "p": b, "want": float(log_cosh_error(torch.tensor(b), torch.tensor(a)))}
dump("metrics/calibration.json", {"cases": cases, "multi": multi, "log_cosh": logcosh},
     torchmetrics=torchmetrics.__version__, torch=torch.__version__, numpy=np.__version__)
