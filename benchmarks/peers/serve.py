"""The Python side of the comparison: one process per environment, which answers requests
as benchmarks/internal/worker does, a JSON object a line.

    python serve.py TOPIC...

serves the cases of cases_TOPIC.py. A case is a function of the data that loads what it
needs, untimed, and returns the call that is measured:

    @case("mse", "scikit-learn")
    def _(d):
        a, b = d.f64("a"), d.f64("b")
        return lambda: mean_squared_error(a, b)
"""
import ctypes
import gc
import importlib
import importlib.metadata
import json
import os
import sys
import time
import warnings

import numpy as np

CASES = {}
PACKAGES = {"numpy": None}
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
ENOUGH = 0.02  # seconds that calls are repeated for one figure


def case(name, peer):
    """Registers a function as the peer's side of a case."""

    def register(prepare):
        CASES[name, peer] = prepare
        return prepare

    return register


def uses(*packages):
    """Says which packages a file of cases uses, for their versions."""
    PACKAGES.update(dict.fromkeys(packages))


class Missing(Exception):
    """Asks for a file that is not made yet."""


class Data:
    """The arrays of one size, which mlgauge's process makes when they are asked for."""

    def __init__(self, folder, n):
        self.folder, self.n = folder, n

    def path(self, name):
        path = f"{self.folder}/{name}"
        if not os.path.exists(path):
            raise Missing(name)
        return path

    def f64(self, name):
        return np.fromfile(self.path(name + ".f64"), np.float64)

    def f32(self, name):
        return np.fromfile(self.path(name + ".f32"), np.float32)

    def i64(self, name):
        return np.fromfile(self.path(name + ".i64"), np.int64)

    def u8(self, name):
        return np.fromfile(self.path(name + ".u8"), np.uint8)

    def lines(self, name):
        with open(self.path(name + ".txt")) as file:
            return file.read().split("\n")[:-1]

    def words(self, name):
        return np.array(self.lines(name), dtype=object)

    def matrix(self, name="x", columns=20):
        return self.f64(name).reshape(-1, columns)


def timed(call, clock):
    """The seconds of one call. The first warms up, unless it takes over a second."""
    gc.collect()
    spent = once(call, clock)
    if spent > 1:
        return spent
    spent = once(call, clock)
    if spent >= ENOUGH:
        return spent
    calls = int(ENOUGH / max(spent, 1e-7)) + 1
    start = clock()
    for _ in range(calls):
        call()
    return (clock() - start) / calls


def once(call, clock):
    start = clock()
    call()
    return clock() - start


def peak(call):
    """By how many bytes resident memory rises, at most, during a call."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before = status("VmRSS:")
    call()
    return max(0, status("VmHWM:") - before)


def status(field):
    with open("/proc/self/status") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith(field))


class Server:
    def __init__(self):
        self.key, self.call = None, None

    def answer(self, request):
        key = request["case"], request["peer"], request["dir"], request["n"]
        if key != self.key:
            self.key, self.call = None, None
            self.call = CASES[key[:2]](Data(*key[2:]))
            self.key = key
        if request["do"] == "time":
            return {"seconds": timed(self.call, CLOCKS[request["clock"]])}
        return {"bytes": peak(self.call)}


def main():
    # What the cases print must not stand between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for topic in sys.argv[1:]:
        importlib.import_module("cases_" + topic)
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    print(json.dumps({"versions": versions, "cases": [list(key) for key in CASES]}), file=answers, flush=True)
    server = Server()
    for line in sys.stdin:
        try:
            answer = server.answer(json.loads(line))
        except Missing as file:
            answer = {"need": str(file)}
        except Exception as error:  # said in the results; the next case goes on
            server.key = None
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    sys.modules["serve"] = sys.modules["__main__"]  # so that the cases register here
    main()
