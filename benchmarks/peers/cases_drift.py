"""Drift and profiles: SciPy, river, pandas."""
import pandas as pd
from scipy import stats
from serve import case, uses

uses("scipy", "pandas", "river")


def two(name, other, test):
    @case(name, "SciPy")
    def _(d):
        x, y = d.f64("a"), d.f64(other)
        return lambda: test(x, y)


two("Kolmogorov-Smirnov", "b", lambda x, y: stats.ks_2samp(x, y, method="asymp"))
two("Kolmogorov-Smirnov, different samples", "other", lambda x, y: stats.ks_2samp(x, y, method="asymp"))
two("Wasserstein, similar samples", "b", stats.wasserstein_distance)
two("Wasserstein, different samples", "other", stats.wasserstein_distance)
two("Mann-Whitney", "b", lambda x, y: stats.mannwhitneyu(x, y, method="asymptotic"))
two("Cramer-von Mises", "b", lambda x, y: stats.cramervonmises_2samp(x, y, method="asymptotic"))
two("energy distance", "b", stats.energy_distance)
two("Welch's t test", "b", lambda x, y: stats.ttest_ind(x, y, equal_var=False))


def detector(name, module, kind, array="t2"):
    @case(name, "river")
    def _(d):
        import river.drift
        import river.drift.binary

        make = getattr(getattr(river, "drift") if module == "drift" else river.drift.binary, kind)
        x = (d.u8 if array == "t2" else d.f64)(array).tolist()

        def call():
            detector = make()
            for v in x:
                detector.update(v)

        return call


detector("ADWIN", "drift", "ADWIN")
detector("DDM", "binary", "DDM")
detector("EDDM", "binary", "EDDM")
detector("HDDM-A", "binary", "HDDMA")
detector("HDDM-W", "binary", "HDDMW")
detector("Page-Hinkley", "drift", "PageHinkley")
detector("KSWIN", "drift", "KSWIN", "a")


def described(name):
    @case(name, "pandas")
    def _(d):
        x = pd.Series(d.f64("a"))
        return lambda: (x.describe(), x.nunique())


described("drift profile of a column")
described("quality profile of a column")


@case("quality profile of words, 1000 keys", "pandas")
def _(d):
    x = pd.Series(d.words("w1000"))
    return lambda: (x.describe(), x.value_counts())
