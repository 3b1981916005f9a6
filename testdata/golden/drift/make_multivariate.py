"""Reconstruction errors by scikit-learn.

    python testdata/golden/drift/make_multivariate.py
"""
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden  # noqa: E402

rng = np.random.default_rng(3)
mix = rng.normal(size=(3, 6))
ref = np.round(rng.normal(size=(120, 3)) @ mix + 0.3 * rng.normal(size=(120, 6)), 3)
cur = np.round(rng.normal(size=(40, 3)) @ mix[::-1] + 0.3 * rng.normal(size=(40, 6)), 3)
cases = []
for share in (0.65, 0.9):
    scaler = StandardScaler().fit(ref)
    pca = PCA(n_components=share, svd_solver="full").fit(scaler.transform(ref))
    z = scaler.transform(cur)
    e = np.linalg.norm(z - pca.inverse_transform(pca.transform(z)), axis=1)
    cases.append({"share": share, "components": pca.n_components_, "errors": e})
golden.dump("drift/multivariate.json", {"reference": ref, "current": cur, "cases": cases}, numpy=np.__version__, sklearn=sklearn.__version__)
