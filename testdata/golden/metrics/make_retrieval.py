"""Expected values of the measures of ranked lists, by torchmetrics.

    python make_retrieval.py      writes retrieval.json beside this file
"""
import pathlib
import sys

import numpy as np
import torch
import torchmetrics
from torchmetrics.functional import retrieval as R

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden

rng = np.random.default_rng(11)
torch.set_default_dtype(torch.float64)
lists = []
for n in (1, 2, 5, 12, 30):
    for p in (0.0, 0.2, 0.7, 1.0):
        rel = (rng.random(n) < p).astype(int)
        score = rng.permutation(n) / n + 0.001
        t, s = torch.tensor(rel), torch.tensor(score)
        q = {"relevance": rel, "score": score, "ap": R.retrieval_average_precision(s, t).item(), "rr": R.retrieval_reciprocal_rank(s, t).item()}
        q["k"] = [1, 3, 10]
        q["precision"] = [R.retrieval_precision(s, t, top_k=k).item() for k in q["k"]]
        q["recall"] = [R.retrieval_recall(s, t, top_k=k).item() for k in q["k"]]
        q["hit"] = [R.retrieval_hit_rate(s, t, top_k=k).item() for k in q["k"]]
        lists.append(q)
golden.dump("metrics/retrieval.json", {"lists": lists}, torchmetrics=torchmetrics.__version__, torch=torch.__version__, script="metrics/make_retrieval.py")
