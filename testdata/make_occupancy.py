"""Write the stream of examples/stream: temperature, humidity, light and CO2 of an
office room in February 2015, one row in sixteen minutes, and how many of five people
saw a change of the series within two rows of each (annotations of the Turing Change
Point Dataset).

    pip install river==0.26.1
    python testdata/make_occupancy.py

The data come with river 0.26.1 (river.drift.datasets.Occupancy, no download); they
are the Occupancy Detection set of the UCI Machine Learning Repository by L. Candanedo,
licence CC BY 4.0: L. M. Candanedo, V. Feldheim, Energy and Buildings 112 (2016) 28-39.
"""
import csv
import pathlib

from river.drift import datasets

HERE = pathlib.Path(__file__).resolve().parent

d = datasets.Occupancy()
people = d.annotations.values()
with open(HERE / "occupancy.csv", "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["time", "temperature", "humidity", "light", "co2", "annotated"])
    for i, (x, y) in enumerate(d):
        votes = sum(any(abs(i - a) <= 2 for a in p) for p in people)
        w.writerow([x["time"].isoformat(), *(round(y[k], 3) for k in ("V1", "V2", "V3", "V4")), votes])
