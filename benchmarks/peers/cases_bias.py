"""Bias: Fairlearn, imbalanced-learn."""
import numpy as np
from serve import case, uses

uses("fairlearn", "imbalanced-learn")


@case("four rates of 10 groups", "Fairlearn")
def _(d):
    from fairlearn import metrics
    from sklearn.metrics import accuracy_score

    group, label, predicted = d.i64("t10"), d.i64("t2"), d.i64("q2")
    rates = {"accuracy": accuracy_score, "selection": metrics.selection_rate, "recall": metrics.true_positive_rate, "fpr": metrics.false_positive_rate}
    return lambda: metrics.MetricFrame(metrics=rates, y_true=label, y_pred=predicted, sensitive_features=group).difference()


@case("SMOTE, 20,000 minority rows of 20", "imbalanced-learn")
def _(d):
    from imblearn.over_sampling import SMOTE

    x = d.matrix()
    y = np.zeros(len(x), np.int64)
    y[len(x) * 2 // 3 :] = 1
    x[len(x) * 2 // 3 :] += 1
    return lambda: SMOTE(random_state=0).fit_resample(x, y)
