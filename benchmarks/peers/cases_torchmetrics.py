"""Metrics: torchmetrics on the CPU."""
import torch
from serve import case, uses
from torchmetrics import functional as t

uses("torch", "torchmetrics")
torch.set_num_threads(1)


def pair(name, measure):
    @case(name, "torchmetrics")
    def _(d):
        a, b = torch.from_numpy(d.f64("a")), torch.from_numpy(d.f64("b"))
        return lambda: measure(b, a)


pair("MSE", t.mean_squared_error)
pair("MAE", t.mean_absolute_error)
pair("R2", t.r2_score)


def labelled(name, k, measure):
    @case(name, "torchmetrics")
    def _(d):
        truth, guess = torch.from_numpy(d.i64(f"t{k}")), torch.from_numpy(d.i64(f"q{k}"))
        return lambda: measure(guess, truth)


for k in (2, 10, 1000):
    labelled(f"confusion, {k} classes", k, lambda guess, truth, k=k: t.confusion_matrix(guess, truth, task="multiclass", num_classes=k))
labelled("F1 macro", 10, lambda guess, truth: t.f1_score(guess, truth, task="multiclass", num_classes=10, average="macro"))
labelled("accuracy", 10, lambda guess, truth: t.accuracy(guess, truth, task="multiclass", num_classes=10, average="micro"))
labelled("Matthews correlation", 10, lambda guess, truth: t.matthews_corrcoef(guess, truth, task="multiclass", num_classes=10))


def scored(name, measure, score="p"):
    @case(name, "torchmetrics")
    def _(d):
        y, p = torch.from_numpy(d.i64("y")), torch.from_numpy(d.f64(score))
        return lambda: measure(p, y)


scored("AUC", lambda p, y: t.auroc(p, y, task="binary"))
scored("AUC, scores of 3 decimals", lambda p, y: t.auroc(p, y, task="binary"), "p3")
scored("average precision", lambda p, y: t.average_precision(p, y, task="binary"))
scored("ROC curve", lambda p, y: t.roc(p, y, task="binary"))
scored("precision-recall curve", lambda p, y: t.precision_recall_curve(p, y, task="binary"))
scored("calibration error, 15 bins", lambda p, y: t.calibration_error(p, y, task="binary", n_bins=15))
