"""Encoding and text: scikit-learn, pandas, polars, category_encoders."""
import numpy as np
import pandas as pd
import polars as pl
from serve import case, uses
from sklearn import preprocessing
from sklearn.feature_extraction import text

uses("scikit-learn", "pandas", "polars", "category_encoders")


def keys(k):
    @case(f"dictionary of words, {k} keys", "pandas")
    def _(d):
        words = d.words(f"w{k}")
        return lambda: pd.factorize(words)

    @case(f"dictionary of words, {k} keys", "polars")
    def _(d):
        words = pl.Series(d.lines(f"w{k}"))
        return lambda: words.cast(pl.Categorical).to_physical()

    @case(f"one-hot fit and transform, {k} keys", "scikit-learn")
    def _(d):
        x = d.words(f"w{k}")[:, None]
        return lambda: preprocessing.OneHotEncoder().fit_transform(x)

    @case(f"ordinal transform, {k} keys", "scikit-learn")
    def _(d):
        x = d.words(f"w{k}")[:, None]
        encoder = preprocessing.OrdinalEncoder().fit(x)
        return lambda: encoder.transform(x)

    @case(f"ordinal transform, {k} keys", "category_encoders")
    def _(d):
        from category_encoders import OrdinalEncoder

        x = pd.DataFrame({"x": d.words(f"w{k}")})
        encoder = OrdinalEncoder(cols=["x"]).fit(x)
        return lambda: encoder.transform(x)

    @case(f"one-hot from codes, {k} keys", "scikit-learn")
    def _(d):
        codes = pd.factorize(d.words(f"w{k}"))[0][:, None]
        encoder = preprocessing.OneHotEncoder().fit(codes)
        return lambda: encoder.transform(codes)

    @case(f"target means, crossed, {k} keys", "scikit-learn")
    def _(d):
        x, y = d.words(f"w{k}")[:, None], d.f64("a")
        return lambda: preprocessing.TargetEncoder(random_state=0, target_type="continuous").fit_transform(x, y)


for k in (10, 1000, 100000):
    keys(k)


@case("target means from codes, 1000 keys", "pandas")
def _(d):
    frame = pd.DataFrame({"codes": pd.factorize(d.words("w1000"))[0], "y": d.f64("a")})
    return lambda: frame.groupby("codes")["y"].mean()


@case("target means from codes, 1000 keys", "polars")
def _(d):
    frame = pl.DataFrame({"codes": pd.factorize(d.words("w1000"))[0], "y": d.f64("a")})
    return lambda: frame.group_by("codes").agg(pl.col("y").mean())


def supervised(name, encoder):
    @case(name + ", 1000 keys", "category_encoders")
    def _(d):
        import category_encoders

        x, y = pd.DataFrame({"x": d.words("w1000")}), pd.Series(d.u8("y").astype(float))
        make = getattr(category_encoders, encoder)
        return lambda: make(cols=["x"]).fit_transform(x, y)


supervised("weight of evidence", "WOEEncoder")
supervised("leave one out", "LeaveOneOutEncoder")
supervised("CatBoost", "CatBoostEncoder")
supervised("count", "CountEncoder")


@case("target means, crossed, 1000 keys", "category_encoders, not crossed")
def _(d):
    from category_encoders import TargetEncoder

    x, y = pd.DataFrame({"x": d.words("w1000")}), pd.Series(d.f64("a"))
    return lambda: TargetEncoder(cols=["x"]).fit_transform(x, y)


def row(name, make):
    @case(name, "scikit-learn")
    def _(d):
        x = d.words("w1000")[:, None]
        encoder = make().fit(x, d.f64("a"))
        one = x[:1]
        return lambda: encoder.transform(one)


row("one row through one-hot", preprocessing.OneHotEncoder)
row("one row through target means", lambda: preprocessing.TargetEncoder(target_type="continuous"))


@case("TF-IDF fit and transform", "scikit-learn")
def _(d):
    docs = d.lines("docs")
    return lambda: text.TfidfVectorizer().fit_transform(docs)


@case("hashed words", "scikit-learn")
def _(d):
    docs = d.lines("docs")
    return lambda: text.HashingVectorizer().transform(docs)


@case("TF-IDF of one document", "scikit-learn")
def _(d):
    docs = d.lines("docs")
    vectorizer, one = text.TfidfVectorizer().fit(docs), docs[7:8]
    return lambda: vectorizer.transform(one)


@case("analogy among 100,000 vectors of 300", "NumPy")
def _(d):
    vectors = d.f32("vectors").reshape(-1, 300)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))

    def call():
        wanted = vectors[0] / lengths[0] + vectors[1] / lengths[1] - vectors[2] / lengths[2]
        return np.argpartition(-(vectors @ wanted) / lengths, 13)[:13]

    return call
