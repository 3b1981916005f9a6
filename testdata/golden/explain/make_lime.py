"""The local regression of LIME on given neighbours: lime's LimeBase.

    OMP_NUM_THREADS=1 python testdata/golden/explain/make_lime.py
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import numpy as np
import sklearn
from lime.lime_base import LimeBase

from golden import dump

rng = np.random.default_rng(5)
cases = []
for d, binary in ((4, True), (6, False), (9, False), (7, True)):
    n = 60
    z = (rng.uniform(size=(n, d)) < 0.4).astype(float) if binary else rng.normal(size=(n, d)).round(4)
    z[0] = 1 if binary else z[0]
    y = (z @ rng.normal(size=d) + np.sin(3 * z[:, 0]) + 0.3 * z[:, 1] * z[:, 2]).round(6)
    far = np.sqrt(((z - z[0]) ** 2).sum(axis=1))
    width = 0.75 * np.sqrt(d)
    base = LimeBase(lambda dist: np.sqrt(np.exp(-(dist ** 2) / width ** 2)))
    for selection, keep in (("none", d), ("highest_weights", 3), ("forward_selection", 2), ("forward_selection", 3), ("highest_weights", 1)):
        intercept, local, score, pred = base.explain_instance_with_data(z, y[:, None], far, 0, keep, feature_selection=selection)
        local = sorted((int(j), float(v)) for j, v in local)
        cases.append(dict(z=z, y=y, selection=selection, features=keep, keep=[j for j, _ in local], coef=[v for _, v in local],
                          intercept=intercept, r2=score, local=pred[0], weight=base.kernel_fn(far)))

dump("explain/lime.json", dict(cases=cases), lime="0.2.0.1", sklearn=sklearn.__version__, numpy=np.__version__)
