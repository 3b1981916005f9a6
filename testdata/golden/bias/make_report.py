"""What smclarify's bias_report says about german_credit.csv, by the kinds of columns
that its rules find."""
import logging
import pathlib
import sys
import warnings
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import pandas as pd
from golden import dump
from smclarify.bias.report import FacetColumn, LabelColumn, StageType, bias_report

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
data = pd.read_csv(pathlib.Path(__file__).resolve().parents[2] / "german_credit.csv")
for c in data.columns:
    if not pd.api.types.is_numeric_dtype(data[c]):
        data[c] = data[c].astype("category")  # smclarify 0.5 does not know pandas' text type
cases = []
for facet, values, label, positive, pred, strata, *features in [
    ("sex", ["female"], "risk", ["good"], "predicted", "housing", "amount", "score"),
    ("age", [25], "risk", ["good"], "predicted", None, "amount", "score"),
    ("housing", None, "risk", ["good"], "predicted", None, "amount", "duration", "score"),
    ("sex", ["male"], "risk", ["good"], "predicted", None, "amount", "savings"),
    ("sex", None, "risk", ["good"], "predicted", None),
    ("housing", ["rent", "free"], "risk", ["good"], "predicted", "sex"),
    ("housing", None, "risk", ["good"], None, "sex"),
    ("age", [25], "risk", ["good"], "predicted", "housing"),
    ("sex", ["female"], "amount", [2000], None, "housing"),
    ("installment_rate", None, "risk", ["bad"], "predicted", None),
    ("score", [0.7], "risk", ["good"], "predicted", None),
]:
    group = data[strata] if strata else None
    reports = {}
    for stage in [StageType.PRE_TRAINING] + ([StageType.POST_TRAINING] if pred else []):
        r = bias_report(
            data[[facet, label, *features]].copy(),
            FacetColumn(facet, list(values) if values else None),
            LabelColumn(label, data[label], list(positive)),
            stage,
            LabelColumn(pred, data[pred]) if pred and stage == StageType.POST_TRAINING else None,
            group_variable=group,
        )
        reports[stage.value] = [{"value": f["value_or_threshold"], "metrics": {m["name"]: m["value"] for m in f["metrics"]}} for f in r]
    cases.append({"facet": facet, "values": values or [], "label": label, "positive": positive, "pred": pred or "", "strata": strata or "", "features": features, "reports": reports})
dump("bias/report.json", {"cases": cases}, smclarify=version("smclarify"))
