package drift

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/twosample"
)

// table is a 2 x k table of counts without its empty columns.
type contingency struct {
	a, b   []float64
	na, nb float64
}

// contingencyOf checks the counts of the same categories on two sides.
func contingencyOf(fn string, reference, current []float64) (contingency, error) {
	var t contingency
	if err := check.Pair(fn, "reference", len(reference), "current", len(current)); err != nil {
		return t, err
	}
	if err := check.Weights(fn, "reference", len(reference), reference); err != nil {
		return t, err
	}
	if err := check.Weights(fn, "current", len(current), current); err != nil {
		return t, err
	}
	var err error
	if t.na, err = check.Sum(fn, "reference", reference); err != nil {
		return t, err
	}
	if t.nb, err = check.Sum(fn, "current", current); err != nil {
		return t, err
	}
	for i := range reference {
		if reference[i]+current[i] > 0 {
			t.a, t.b = append(t.a, reference[i]), append(t.b, current[i])
		}
	}
	return t, nil
}

// ChiSquared returns Pearson's chi-squared test that the category counts of two
// samples come from one distribution,
//
//	X2 = sum (O - E)^2 / E,   E = row total * column total / n,   df = k - 1
//
// over the 2 x k table; categories that occur on neither side do not count. With
// yates, and two categories, every |O - E| is lowered by 1/2, at most to 0, as SciPy
// does by default. One category gives 0 with p = 1. It returns ErrLength, ErrEmpty,
// ErrNotFinite, ErrRange for a negative count, ErrUndefined for a side without
// counts. Source: scipy.stats.chi2_contingency 1.17.
func ChiSquared(reference, current []float64, yates bool) (Result, error) {
	return divergenceTest("drift.ChiSquared", "chi2", reference, current, yates, func(o, e float64) float64 { return (o - e) * (o - e) / e })
}

// GTest returns the log-likelihood ratio test,
//
//	G = 2 sum O ln(O / E)
//
// in the setting, and with the options and errors, of ChiSquared. Source:
// scipy.stats.chi2_contingency(lambda_="log-likelihood") 1.17.
func GTest(reference, current []float64, yates bool) (Result, error) {
	return divergenceTest("drift.GTest", "g", reference, current, yates, func(o, e float64) float64 {
		if o == 0 {
			return 0
		}
		return 2 * o * math.Log(o/e)
	})
}

func divergenceTest(fn, name string, reference, current []float64, yates bool, term func(o, e float64) float64) (Result, error) {
	t, err := contingencyOf(fn, reference, current)
	if err != nil {
		return Result{}, err
	}
	r := Result{Test: name, DF: float64(len(t.a) - 1)}
	if len(t.a) == 1 {
		r.PValue, r.Note = 1, "one category"
		return r, nil
	}
	n := t.na + t.nb
	for i := range t.a {
		column := t.a[i] + t.b[i]
		for _, c := range [2][2]float64{{t.a[i], t.na}, {t.b[i], t.nb}} {
			e := c[1] * column / n
			o := c[0]
			if yates && len(t.a) == 2 {
				d := e - o
				o += math.Copysign(math.Min(0.5, math.Abs(d)), d)
			}
			r.Statistic += term(o, e)
		}
	}
	r.PValue = distuv.ChiSquared{K: r.DF}.Survival(r.Statistic)
	return r, nil
}

// GoodnessOfFit returns Pearson's chi-squared test of observed counts against the
// shares of a reference that are taken as known,
//
//	X2 = sum (O - E)^2 / E,   E = n share,   df = k - 1
//
// A category that the reference lacks but that occurs gives X2 = +Inf and p = 0.
// Errors are those of ChiSquared. Source: scipy.stats.chisquare 1.17, with f_exp
// scaled to the sample.
func GoodnessOfFit(reference, observed []float64) (Result, error) {
	t, err := contingencyOf("drift.GoodnessOfFit", reference, observed)
	if err != nil {
		return Result{}, err
	}
	r := Result{Test: "chi2_fit", DF: float64(len(t.a) - 1)}
	for i := range t.a {
		e := t.nb * t.a[i] / t.na
		d := t.b[i] - e
		r.Statistic += d * d / e // e = 0 gives +Inf, since d is then not 0
	}
	r.PValue = 1
	if len(t.a) > 1 {
		r.PValue = distuv.ChiSquared{K: r.DF}.Survival(r.Statistic)
	}
	return r, nil
}

// CramersV returns Cramér's V of the 2 x k table, the strength of the association
// between side and category,
//
//	V = sqrt(X2 / (n min(rows - 1, columns - 1)))
//
// in [0, 1], without Yates' correction; 0 for one category. With unbiased,
// Bergsma's correction: phi2 - df/(n-1), at least 0, over sizes corrected alike.
// Errors are those of ChiSquared. Source: scipy.stats.contingency.association 1.17;
// Bergsma (2013).
func CramersV(reference, current []float64, unbiased bool) (float64, error) {
	const fn = "drift.CramersV"
	r, err := divergenceTest(fn, "", reference, current, false, func(o, e float64) float64 { return (o - e) * (o - e) / e })
	if err != nil {
		return 0, err
	}
	if r.DF == 0 {
		return 0, nil
	}
	t, err := contingencyOf(fn, reference, current)
	if err != nil {
		return 0, err
	}
	n, k := t.na+t.nb, r.DF+1
	phi2 := r.Statistic / n
	if !unbiased {
		return math.Sqrt(phi2), nil
	}
	if n <= 1 {
		return 0, fmt.Errorf("%s: need a total above 1, have %v: %w", fn, n, mlgauge.ErrUndefined)
	}
	kc, rc := k-(k-1)*(k-1)/(n-1), 2-1/(n-1)
	d := math.Min(kc-1, rc-1)
	if d <= 0 {
		return 0, nil
	}
	return math.Sqrt(math.Max(0, phi2-r.DF/(n-1)) / d), nil
}

// FisherExact returns Fisher's exact test of the 2 x 2 table
//
//	success failure
//	a       b         first row
//	c       d         second row
//
// Statistic is the odds ratio a d / (b c), NaN for 0/0. For two sides the p-value
// is the chance of all tables no more probable than this one; Greater is an odds
// ratio above 1. It returns ErrRange for a negative count. Source:
// scipy.stats.fisher_exact 1.17.
func FisherExact(a, b, c, d int, alt Alternative) (Result, error) {
	const fn = "drift.FisherExact"
	for i, v := range [4]int{a, b, c, d} {
		if err := check.AtLeast(fn, [4]string{"a", "b", "c", "d"}[i], v, 0); err != nil {
			return Result{}, err
		}
	}
	if err := alt.check(fn); err != nil {
		return Result{}, err
	}
	r := Result{Test: "fisher", Statistic: float64(a) * float64(d) / (float64(b) * float64(c)), PValue: 1}
	if a+b == 0 || c+d == 0 || a+c == 0 || b+d == 0 {
		r.Statistic = math.NaN()
		return r, nil
	}
	less, greater, both := twosample.Fisher(int64(a), int64(b), int64(c), int64(d))
	r.PValue = [...]float64{both, less, greater}[alt]
	return r, nil
}

// ProportionZ returns the two-proportion z test with pooled variance for xa
// successes of na against xb of nb,
//
//	z = (pa - pb) / sqrt(p (1-p) (1/na + 1/nb)),   p = (xa + xb)/(na + nb)
//
// Less is the alternative pa < pb. It returns ErrRange for counts that are negative
// or above their size, ErrNotFinite for NaN, ErrUndefined where both shares are 0 or
// both are 1, or a size is 0. Source: statsmodels proportions_ztest 0.15.
func ProportionZ(xa, na, xb, nb float64, alt Alternative) (Result, error) {
	const fn = "drift.ProportionZ"
	if err := alt.check(fn); err != nil {
		return Result{}, err
	}
	for _, c := range [2][2]float64{{xa, na}, {xb, nb}} {
		if err := check.In(fn, "size", c[1], 0, math.MaxFloat64); err != nil {
			return Result{}, err
		}
		if err := check.In(fn, "successes", c[0], 0, c[1]); err != nil {
			return Result{}, err
		}
	}
	p := (xa + xb) / (na + nb)
	se := math.Sqrt(p * (1 - p) * (1/na + 1/nb))
	if !(se > 0) || math.IsInf(se, 0) {
		return Result{}, fmt.Errorf("%s: need two samples and a pooled share inside (0, 1), have %v: %w", fn, p, mlgauge.ErrUndefined)
	}
	z := (xa/na - xb/nb) / se
	return Result{Test: "z", Statistic: z, PValue: tails(z, alt, distuv.UnitNormal.CDF)}, nil
}
