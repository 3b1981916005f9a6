"""Drift of data sets: Evidently's preset, with the tests it chooses."""
import numpy as np
import pandas as pd
from serve import case, uses

uses("evidently")


def frame(d, name):
    x = d.matrix(name)
    letters = np.array(list("abcdefghijklmnopqrst"), dtype=object)
    columns = {}
    for j in range(20):
        columns[f"c{j}"] = letters[np.clip(np.trunc(x[:, j] * 3 + 10), 0, 19).astype(int)] if j % 5 == 4 else x[:, j].copy()
    return pd.DataFrame(columns)


def drift(name):
    @case(name, "Evidently")
    def _(d):
        from evidently import Dataset, Report
        from evidently.presets import DataDriftPreset

        reference, current = Dataset.from_pandas(frame(d, "a")), Dataset.from_pandas(frame(d, "b"))
        return lambda: Report([DataDriftPreset()]).run(current, reference).dict()


drift("drift of 20 columns")
drift("drift of 20 columns from a saved profile")
