"""Bias: SageMaker Clarify's own library."""
import pandas as pd
from serve import case, uses

uses("smclarify")
MEASURES = "DPPL DI DCA DCR RD SD DAR DRR AD TE".split()  # those that need no other column


@case("ten bias measures of a facet", "smclarify")
def _(d):
    from smclarify.bias import report

    frame = pd.DataFrame({"facet": d.i64("f2"), "label": d.i64("t2"), "predicted": d.i64("q2")})
    return lambda: report.bias_report(
        frame,
        report.FacetColumn("facet", [1]),
        report.LabelColumn("label", frame["label"], [1]),
        report.StageType.POST_TRAINING,
        report.LabelColumn("predicted", frame["predicted"], [1]),
        metrics=MEASURES,
    )
