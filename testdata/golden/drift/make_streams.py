"""What river's detectors say on streams with and without a change: the index of
every value after which the status is not stable."""
import importlib.metadata as im
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import numpy as np
from golden import dump
from river import drift
from river.drift import binary

rng = np.random.default_rng(7)
streams = {
    "abrupt": np.concatenate([rng.random(800) < 0.2, rng.random(700) < 0.45]).astype(int),
    "gradual": (rng.random(2000) < np.linspace(0.1, 0.5, 2000)).astype(int),
    "stable": (rng.random(2000) < 0.3).astype(int),
    "falling": np.concatenate([rng.random(800) < 0.5, rng.random(700) < 0.1]).astype(int),
    "never wrong": np.zeros(300, int),
    "always wrong": np.ones(300, int),
}
numbers = {
    "mean": np.round(np.concatenate([rng.normal(0, 1, 900), rng.normal(0.8, 1, 900)]), 4),
    "down": np.round(np.concatenate([rng.normal(0, 1, 600), rng.normal(-1, 1, 600)]), 4),
    "big": np.round(np.concatenate([rng.normal(100, 10, 500), rng.normal(140, 10, 500)]), 2),
    "constant": np.full(400, 3.5),
}


def run(make, x):
    d = make()
    out = []
    for i, v in enumerate(x):
        d.update(v if isinstance(v, float) else int(v))
        if d.drift_detected:
            out.append([i, 2])
        elif getattr(d, "warning_detected", False):
            out.append([i, 1])
    return out


on_errors = {
    "DDM": binary.DDM,
    "EDDM": binary.EDDM,
    "HDDMA": binary.HDDMA,
    "HDDMA two-sided": lambda: binary.HDDMA(two_sided_test=True),
    "HDDMW": binary.HDDMW,
    "HDDMW two-sided": lambda: binary.HDDMW(two_sided_test=True),
    "ADWIN": drift.ADWIN,
}
on_numbers = {
    "ADWIN": drift.ADWIN,
    "ADWIN strict": lambda: drift.ADWIN(delta=0.05, clock=8, max_buckets=3, min_window_length=10, grace_period=50),
    "PageHinkley": drift.PageHinkley,
    "PageHinkley up": lambda: drift.PageHinkley(mode="up", threshold=20, delta=0.1, min_instances=50),
    "PageHinkley down": lambda: drift.PageHinkley(mode="down", threshold=20),
}
cases = []
for name, x in streams.items():
    for d, make in on_errors.items():
        cases.append({"detector": d, "stream": name, "events": run(make, x)})
for name, x in numbers.items():
    for d, make in on_numbers.items():
        cases.append({"detector": d, "stream": name, "events": run(make, x.astype(float))})
dump("drift/streams.json", {"streams": {**streams, **numbers}, "cases": cases}, river=im.version("river"))
