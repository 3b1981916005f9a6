"""Golden values of anonymity from pyCANON, on the German credit data.

    python3 -m venv .venv && .venv/bin/pip install -r testdata/golden/requirements-pycanon.txt
    .venv/bin/python testdata/golden/quality/make_pycanon.py
"""
import importlib.metadata
import math
import pathlib
import sys

import numpy as np
import pandas as pd
from pycanon import anonymity

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden

data = pd.read_csv(pathlib.Path(__file__).resolve().parents[2] / "german_credit.csv")
data["decade"] = [f"[{10 * (a // 10)}, {10 * (a // 10) + 10})" for a in data["age"]]
cases = []
for quasi in (["sex"], ["sex", "housing"], ["sex", "decade"], ["housing", "installment_rate"], ["sex", "housing", "decade"]):
    k = anonymity.k_anonymity(data, quasi)
    for sensitive in ("amount", "account", "risk", "installment_rate", "savings"):
        if sensitive in quasi:
            continue
        c, l = anonymity.recursive_c_l_diversity(data, quasi, [sensitive])
        cases.append({
            "quasi": quasi, "sensitive": sensitive, "numeric": pd.api.types.is_numeric_dtype(data[sensitive]), "k": int(k), "l": int(l),
            "entropy": int(anonymity.entropy_l_diversity(data, quasi, [sensitive])),  # cut to an integer
            "recursive": None if math.isnan(c) else int(c), "t": float(anonymity.t_closeness(data, quasi, [sensitive])),
        })
golden.dump("quality/pycanon.json", {"cases": cases}, pycanon=importlib.metadata.version("pycanon"), pandas=pd.__version__, numpy=np.__version__)
