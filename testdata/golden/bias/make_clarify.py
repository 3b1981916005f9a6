"""Expected values of Clarify's metrics, from smclarify, on random tables with
every degenerate cell that a small table can have."""
import importlib.metadata as im
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import numpy as np
import pandas as pd
from golden import dump
from smclarify.bias.metrics import common, posttraining as post, pretraining as pre

warnings.filterwarnings("ignore")
rng = np.random.default_rng(0)


def attempt(f):
    try:
        return float(f())
    except Exception:
        return None


cases = []
for n in [1, 2, 3, 4, 5, 6, 8, 12, 20, 40, 200, 200, 200]:
    for classes in [2, 4]:
        for rep in range(3):
            facet = rng.integers(0, 2, n).astype(bool)
            label = rng.integers(0, classes, n)
            pred = np.where(rng.random(n) < 0.6, label, rng.integers(0, classes, n))
            strata = rng.integers(0, 3, n)
            x = rng.normal(size=(n, 3)).round(6)
            F, L, P, S = (pd.Series(v) for v in (facet, label, pred, strata))
            Y, Q = L == 1, P == 1
            df = pd.DataFrame(x)
            e = {}
            e["CI"] = attempt(lambda: pre.CI(F, F))
            e["DPL"] = attempt(lambda: pre.DPL(F, F, Y))
            for name in ["KL", "JS", "LP", "TVD", "KS"]:
                e[name] = attempt(lambda: getattr(pre, name)(L, F))
                e[name + "_collapsed"] = attempt(lambda: getattr(pre, name)(Y, F))
            e["CDDL"] = attempt(lambda: pre.CDDL(F, F, Y, S))
            e["DPPL"] = attempt(lambda: post.DPPL(F, F, Q))
            e["DI"] = attempt(lambda: post.DI(F, F, Q))
            for name in ["DCA", "DCR", "RD", "SD", "DAR", "DRR", "AD", "TE"]:
                e[name] = attempt(lambda: getattr(post, name)(F, F, Y, Q))
            e["CDDPL"] = attempt(lambda: post.CDDPL(F, F, Q, S))
            e["GE"] = attempt(lambda: post.GE(Y, Q))
            e["GE3"] = attempt(lambda: common.GE(Y, Q, 3))
            e["FT"] = attempt(lambda: post.FT(df, F, Q))
            cases.append(dict(facet=facet.astype(int), label=label, pred=pred, strata=strata, x=x, expect=e))

dump("bias/clarify.json", {"cases": cases}, smclarify=im.version("smclarify"), numpy=np.__version__)
