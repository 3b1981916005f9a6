"""Golden values of examples/electricity: rows predicted right and restarts, with river's
detectors in the place of mlgauge's.

    .venv/bin/python testdata/golden/drift/make_electricity.py
"""
import csv
import gzip
import json
import math
import pathlib
import platform

import river
from river import drift

HERE = pathlib.Path(__file__).resolve().parent
TESTDATA = HERE.parents[1]

with gzip.open(TESTDATA / "electricity.csv.gz", "rt") as f:
    rows = [[float(v) for v in r] for r in list(csv.reader(f))[1:]]
WIDTH = len(rows[0]) - 1


class Bayes:
    def __init__(self):
        self.rows = [0, 0]
        self.mean = [[0.0] * WIDTH, [0.0] * WIDTH]
        self.m2 = [[0.0] * WIDTH, [0.0] * WIDTH]

    def learn(self, x, c):
        self.rows[c] += 1
        mean, m2 = self.mean[c], self.m2[c]
        for j in range(WIDTH):
            d = x[j] - mean[j]
            mean[j] += d / self.rows[c]
            m2[j] += d * (x[j] - mean[j])

    def predict(self, x):
        score = [-math.inf, -math.inf]
        for c in (0, 1):
            if not self.rows[c]:
                continue
            s = math.log(self.rows[c])
            for j in range(WIDTH):
                variance = self.m2[c][j] / self.rows[c] + 1e-6
                s -= (math.log(variance) + (x[j] - self.mean[c][j]) ** 2 / variance) / 2
            score[c] = s
        return 1 if score[1] > score[0] else 0


def run(detector):
    model, right, restarts = Bayes(), 0, 0
    for row in rows:
        x, y = row[:WIDTH], int(row[WIDTH])
        wrong = model.predict(x) != y
        right += not wrong
        model.learn(x, y)
        if detector is None:
            continue
        detector.update(wrong)
        if detector.drift_detected:
            restarts += 1
            model = Bayes()
    return {"right": right, "restarts": restarts}


out = {
    "made_by": {"python": platform.python_version(), "river": river.__version__},
    "runs": {
        "nobody": run(None),
        "DDM": run(drift.binary.DDM()),
        "EDDM": run(drift.binary.EDDM()),
        "HDDM-A": run(drift.binary.HDDMA()),
        "HDDM-W": run(drift.binary.HDDMW()),
        "ADWIN": run(drift.ADWIN()),
        "Page-Hinkley": run(drift.PageHinkley()),
    },
}
(HERE / "electricity.json").write_text(json.dumps(out, indent=1) + "\n")
print(json.dumps(out, indent=1))
