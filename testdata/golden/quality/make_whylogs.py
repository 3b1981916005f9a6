"""Golden values of the column profile from whylogs, on the columns of deequ.json and a longer one."""
import json
import pathlib
import sys

import numpy as np
import pandas as pd
import whylogs

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import golden

columns = {n: pd.Series(c["values"], dtype="float64" if c["kind"] == "double" else "object") for n, c in json.loads((HERE / "deequ.json").read_text())["columns"].items()}
columns["long"] = pd.Series([(i * i % 100003) / 7 for i in range(50_000)])
out = {}
for name, x in columns.items():
    s = whylogs.log(pd.DataFrame({name: x})).view().get_column(name).to_summary_dict()
    out[name] = {k: v for k, v in s.items() if not isinstance(v, list)}
    out[name]["frequent"] = {f.value: [f.lower, f.upper] for f in s.get("frequent_items/frequent_strings") or []}
golden.dump("quality/whylogs.json", {"columns": out}, whylogs=whylogs.__version__, numpy=np.__version__, pandas=pd.__version__)
