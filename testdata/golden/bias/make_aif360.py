"""AIF360's measures on random binary outcomes."""
import importlib.metadata as im
import pathlib
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
from aif360.datasets import BinaryLabelDataset
from aif360.metrics import BinaryLabelDatasetMetric, ClassificationMetric
from golden import dump

rng = np.random.default_rng(2)
cases = []
for n in [12, 50, 200]:
    for rep in range(4):
        g = rng.integers(0, 2, n)
        y = rng.integers(0, 2, n)
        p = np.where(rng.random(n) < 0.65, y, 1 - y)
        x = rng.normal(size=(n, 2)).round(5)
        df = pd.DataFrame(dict(a=x[:, 0], b=x[:, 1], g=g, y=y))
        make = lambda lab: BinaryLabelDataset(df=df.assign(y=lab), label_names=["y"], protected_attribute_names=["g"], favorable_label=1, unfavorable_label=0)
        t, q = make(y), make(p)
        args = dict(unprivileged_groups=[{"g": 0}], privileged_groups=[{"g": 1}])
        m = ClassificationMetric(t, q, **args)
        d = BinaryLabelDatasetMetric(q, **args)
        e = dict(
            average_odds=m.average_odds_difference(),
            average_abs_odds=m.average_abs_odds_difference(),
            theil=m.theil_index(),
            cv=m.coefficient_of_variation(),
            ge0=m.generalized_entropy_index(alpha=3),
            differential=d.smoothed_empirical_differential_fairness(1.0),
            between2=m.between_all_groups_generalized_entropy_index(alpha=2),
            between_theil=m.between_all_groups_theil_index(),
            amplification=m.differential_fairness_bias_amplification(1.0),
            statistical_parity=m.statistical_parity_difference(),
        )
        try:
            e["consistency"] = float(np.ravel(d.consistency(5))[0])
        except Exception:
            e["consistency"] = None
        cases.append(dict(g=g, y=y, p=p, x=x, expect=e))
dump("bias/aif360.json", {"cases": cases}, aif360=im.version("aif360"), numpy=np.__version__)
