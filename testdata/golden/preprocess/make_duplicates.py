"""Rows that pandas calls duplicates."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import numpy as np
import pandas as pd

from golden import dump

rng = np.random.default_rng(5)
n = 120
x = np.c_[rng.integers(0, 4, n), rng.choice([0.0, -0.0, np.nan, 1.5, 1e-300, np.inf], n)].astype(float)
s = rng.choice(["a", "ab", "", "b"], n)
frame = pd.DataFrame(x).assign(s=s)
cases = {}
for keep, word in [(0, "first"), (1, "last"), (2, False)]:
    cases[str(keep)] = {"numbers": pd.DataFrame(x).duplicated(keep=word).to_numpy(), "mixed": frame.duplicated(keep=word).to_numpy()}
dump("preprocess/duplicates.json", {"x": x, "s": s, "drop": cases}, pandas=pd.__version__, numpy=np.__version__)
