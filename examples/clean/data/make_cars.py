"""Writes cars.csv: the cars of vega_datasets 0.9.0 (406 cars, 1970 to 1982, with
the gaps they have), and on top the dirt of data typed in by hand, from a fixed
seed: units and thousands separators in numbers, question marks, four spellings of
a country, slipped decimal points, rows entered twice and again with a typing
error.

    pip install vega_datasets==0.9.0 pandas==3.1.1 numpy==2.4.6
    python make_cars.py
"""
import csv
import pathlib

import numpy as np
from vega_datasets import local_data

rng = np.random.default_rng(1970)
cars = local_data.cars()
cars["Year"] = cars["Year"].dt.year
columns = list(cars.columns)


def cell(v):
    if isinstance(v, float):
        return "" if np.isnan(v) else f"{v:g}"
    return str(v)


rows = [[cell(v) for v in r] for r in cars.itertuples(index=False)]
at = {c: i for i, c in enumerate(columns)}
n = len(rows)


def some(k):
    return rng.choice(n, k, replace=False)


for i in range(n):
    if rows[i][at["Horsepower"]] == "":
        rows[i][at["Horsepower"]] = "?"
for i in some(18):
    if rows[i][at["Horsepower"]] != "?":
        rows[i][at["Horsepower"]] += " hp"
for i in some(25):
    rows[i][at["Weight_in_lbs"]] = f"{int(rows[i][at['Weight_in_lbs']]):,}"
for i in some(6):
    rows[i][at["Weight_in_lbs"]] += "0"
for i in some(5):
    rows[i][at["Acceleration"]] = f"{10 * float(rows[i][at['Acceleration']]):g}"
for i in some(12):
    rows[i][at["Displacement"]] = "n/a"
for i in some(45):
    o = rows[i][at["Origin"]]
    rows[i][at["Origin"]] = str(rng.choice([o.lower(), o + " ", {"USA": "U.S.A."}.get(o, o.upper())]))
out = list(rows)
for i in some(14):
    out.insert(int(rng.integers(0, len(out))), list(rows[i]))
for i in some(16):
    r = list(rows[i])
    name = list(r[0])
    j = int(rng.integers(1, len(name) - 1))
    name[j], name[j + 1] = name[j + 1], name[j]
    r[0] = "".join(name)
    if r[0] != rows[i][0]:
        out.insert(int(rng.integers(0, len(out))), r)
path = pathlib.Path(__file__).with_name("cars.csv")
with path.open("w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(columns)
    w.writerows(out)
print(f"{path.name}: {len(out)} rows")
