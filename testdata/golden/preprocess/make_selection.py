"""Expected values of selection and reduction: scikit-learn, SciPy, pandas, statsmodels, feature_engine.

python3 testdata/golden/preprocess/make_selection.py
"""
import pathlib
import sys
import warnings

import feature_engine
import numpy as np
import pandas as pd
import scipy
import sklearn
import statsmodels
from feature_engine.selection import DropCorrelatedFeatures, DropHighPSIFeatures, SelectByInformationValue
from scipy import stats
from sklearn import feature_selection as fs
from sklearn.decomposition import PCA, IncrementalPCA, TruncatedSVD
from sklearn.linear_model import LinearRegression
from statsmodels.stats.outliers_influence import variance_inflation_factor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import golden

warnings.simplefilter("ignore")
rng = np.random.default_rng(11)
n = 80
X = rng.normal(size=(n, 6))
X[:, 1] = X[:, 0] * 2 + 0.1 * rng.normal(size=n)
X[:, 2] = np.exp(X[:, 2])
X[:, 4] = 1e3 + X[:, 4]
X[:, 5] = np.round(X[:, 5])
y = X[:, 0] + X[:, 2] ** 2 + rng.normal(size=n)
c = np.digitize(y, np.quantile(y, [0.3, 0.8]))
counts = rng.poisson(2 + c[:, None] * [0, 1, 0.3], size=(n, 3)).astype(float)

corr = []
ties = rng.integers(0, 6, size=40).astype(float)
ties2 = np.where(rng.random(40) < 0.5, ties, rng.integers(0, 4, size=40)).astype(float)
small = rng.normal(size=9)
pairs = [(X[:, 0], y), (X[:, 3], X[:, 2]), (ties, ties2), (small, small**3 + 0.2 * rng.normal(size=9)), (small[:3], -small[:3]),
         (np.arange(12.0), np.arange(12.0)), (np.arange(40.0), np.r_[1.0, 0.0, np.arange(2.0, 40)]), (np.arange(6.0), np.array([1, 0, 3, 2, 5, 4.0])),
         (X[:30, 3], X[:30, 0]), (X[:5, 3] * 1e200, X[:5, 0] * 1e-200)]
for a, b in pairs:
    e = dict(x=a, y=b)
    for alt in ("two-sided", "less", "greater"):
        for name, f in (("pearson", stats.pearsonr), ("spearman", stats.spearmanr), ("kendall", stats.kendalltau)):
            r = f(a, b, alternative=alt)
            e[name] = float(r.statistic)
            e[f"{name}_{alt}"] = float(r.pvalue)
    corr.append(e)
H = X[:25, :4].copy()
H[[0, 3, 9], [0, 1, 1]] = np.nan
H[5, 3] = np.nan
frame = pd.DataFrame(H)
pandas_corr = {m: frame.corr(method=m).to_numpy() for m in ("pearson", "spearman", "kendall")}

mi = dict(reg=fs.mutual_info_regression(X[:, :5], y, random_state=0), clf=fs.mutual_info_classif(X[:, :5], c, random_state=0),
          reg5=fs.mutual_info_regression(X[:, :5], y, n_neighbors=5, random_state=0),
          disc_reg=fs.mutual_info_regression(X[:, 5:], y, discrete_features=True, random_state=0),
          disc_clf=fs.mutual_info_classif(X[:, 5:], c, discrete_features=True, random_state=0))
single = c.copy()
single[0] = 7
mi["single"] = fs.mutual_info_classif(X[:, :5], single, random_state=0)

uni = {}
uni["f_classif"], uni["f_classif_p"] = fs.f_classif(X, c)
uni["chi2"], uni["chi2_p"] = fs.chi2(counts, c)
Xc = np.column_stack([X, np.full(n, 3.0)])
for centre in (True, False):
    for ff in (True, False):
        k = f"{int(centre)}{int(ff)}"
        uni["r" + k] = fs.r_regression(Xc, y, center=centre, force_finite=ff)
        uni["f" + k], uni["p" + k] = fs.f_regression(Xc, y, center=centre, force_finite=ff)

scores = rng.integers(0, 8, size=23).astype(float)
scores[4] = np.nan
pv = rng.random(23) ** 3
given = lambda X, y: (scores, pv)
Z = np.zeros((4, 23)) + np.arange(4)[:, None]
sel = []
for mode, params in (("k_best", (1, 5, 10, 30)), ("percentile", (5, 10, 33, 50, 99, 100)), ("fpr", (0.05, 0.3, 1e-9)), ("fdr", (0.05, 0.3, 1e-9)), ("fwe", (0.05, 0.5))):
    for p in params:
        s = fs.GenericUnivariateSelect(given, mode=mode, param=p).fit(Z, np.arange(4))
        sel.append(dict(mode=mode, param=p, columns=s.get_support(indices=True)))

vt = fs.VarianceThreshold(0.9).fit(H)
vif = dict(centred=[variance_inflation_factor(np.column_stack([np.ones(n), X]), j + 1) for j in range(6)],
           raw=[variance_inflation_factor(X, j, standardize=False) for j in range(6)])

names = [f"x{j}" for j in range(6)]
D = pd.DataFrame(X, columns=names)
dc = {m: [int(v[1:]) for v in DropCorrelatedFeatures(method=m, threshold=0.4).fit(D).features_to_drop_] for m in ("pearson", "spearman", "kendall")}
B = D[["x0", "x1", "x2", "x3", "x4"]]
psi = {}
for strategy in ("equal_frequency", "equal_width"):
    p = DropHighPSIFeatures(split_frac=0.5, bins=5, strategy=strategy, threshold=0.3, min_pct_empty_bins=0.0001, missing_values="ignore").fit(B)
    psi[strategy] = dict(values=[p.psi_values_[k] for k in B], drop=[int(v[1:]) for v in p.features_to_drop_])
event = (y + 2 * rng.normal(size=n) > np.median(y)).astype(int)
iv = {}
for strategy in ("equal_frequency",):
    s = SelectByInformationValue(bins=3, strategy=strategy, threshold=0.1).fit(D[["x0", "x3", "x4"]], pd.Series(event))
    iv[strategy] = [s.information_values_[k] for k in ("x0", "x3", "x4")]

Xn = np.column_stack([X[:, j] for j in (0, 2, 3, 4, 5)])
lin = LinearRegression()
rfe = []
for k, step in ((None, 1), (2, 1), (1, 2), (2, 0.5)):
    r = fs.RFE(lin, n_features_to_select=k, step=step).fit(Xn, y)
    rfe.append(dict(keep=k or 0, step=step, ranking=r.ranking_, columns=r.get_support(indices=True)))

pca = []
for name, A, kw in (("full", X[:20, :4], dict(svd_solver="full")), ("cov", X[:, :4], dict(svd_solver="covariance_eigh")),
                    ("two", X[:, :5], dict(n_components=2, svd_solver="full")), ("share", X[:, :5], dict(n_components=0.5, svd_solver="full")),
                    ("white", X[:, :4], dict(n_components=3, whiten=True, svd_solver="full")), ("mle", np.column_stack([X[:, [0, 1, 3]], X[:, 4] - 1e3]), dict(n_components="mle", svd_solver="full")),
                    ("wide", X[:4, :6], dict(svd_solver="full"))):
    p = PCA(**kw).fit(A)
    t = p.transform(A[:3])
    pca.append(dict(name=name, x=A, mean=p.mean_, components=p.components_, variance=p.explained_variance_, ratio=p.explained_variance_ratio_,
                    singular=p.singular_values_, noise=p.noise_variance_, t=t, inv=p.inverse_transform(t),
                    ll=p.score_samples(A[:3]) if not kw.get("whiten") and name != "wide" else []))
ipca = []
for k, batch, white in ((None, 20, False), (2, 20, False), (3, 26, True), (2, None, False)):
    p = IncrementalPCA(n_components=k, batch_size=batch, whiten=white).fit(X[:, :5])
    ipca.append(dict(keep=k or 0, batch=batch or 0, whiten=white, mean=p.mean_, var=p.var_, components=p.components_, variance=p.explained_variance_,
                     ratio=p.explained_variance_ratio_, singular=p.singular_values_, noise=p.noise_variance_, t=p.transform(X[:3, :5])))
ts = TruncatedSVD(3, algorithm="arpack").fit(X[:, :5])
tsvd = dict(components=ts.components_, singular=ts.singular_values_, variance=ts.explained_variance_, ratio=ts.explained_variance_ratio_, t=ts.transform(X[:3, :5]))

golden.dump("preprocess/selection.json",
            dict(X=X, y=y, c=c, single=single, counts=counts, event=event, corr=corr, H=H, pandas_corr=pandas_corr, mi=mi, uni=uni, scores=scores, p=pv, select=sel,
                 vt=dict(var=vt.variances_, columns=vt.get_support(indices=True)), vif=vif, drop_corr=dc, psi=psi, iv=iv, rfe=rfe, pca=pca, ipca=ipca, tsvd=tsvd),
            sklearn=sklearn.__version__, scipy=scipy.__version__, pandas=pd.__version__, statsmodels=statsmodels.__version__,
            feature_engine=feature_engine.__version__, numpy=np.__version__)
