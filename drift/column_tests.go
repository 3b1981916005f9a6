package drift

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/divergence"
)

// columnTest is a test by name.
type columnTest struct {
	name                 string
	numeric, categorical bool
	pValue               bool    // the p-value decides, not the statistic
	threshold            float64 // default
	inclusive            bool    // drift at the threshold itself
	raw                  bool    // needs every value
	run                  func(c *comparison) (Result, float64, error)
}

// columnTests are the tests by their names here; the names that Evidently uses lead
// to the same by aliases.
var columnTests = map[string]*columnTest{
	"ks":                {numeric: true, pValue: true, threshold: 0.05, inclusive: true, run: runKS},
	"wasserstein":       {numeric: true, threshold: 0.1, inclusive: true, run: runWasserstein},
	"energy":            {numeric: true, threshold: 0.1, run: runEnergy},
	"t":                 {numeric: true, pValue: true, threshold: 0.05, run: func(c *comparison) (Result, float64, error) { return runT(c, false) }},
	"welch":             {numeric: true, pValue: true, threshold: 0.05, run: func(c *comparison) (Result, float64, error) { return runT(c, true) }},
	"mann_whitney":      {numeric: true, pValue: true, threshold: 0.05, raw: true, run: runMannWhitney},
	"epps_singleton":    {numeric: true, pValue: true, threshold: 0.05, raw: true, run: runEppsSingleton},
	"anderson":          {numeric: true, pValue: true, threshold: 0.1, raw: true, run: runAnderson},
	"cramer_von_mises":  {numeric: true, pValue: true, threshold: 0.1, inclusive: true, raw: true, run: runCramerVonMises},
	"mmd":               {numeric: true, pValue: true, threshold: 0.1, raw: true, run: runMMD},
	"psi":               {numeric: true, categorical: true, threshold: 0.1, inclusive: true, run: runPSI},
	"kl":                {numeric: true, categorical: true, threshold: 0.1, inclusive: true, run: runKL},
	"jensenshannon":     {numeric: true, categorical: true, threshold: 0.1, inclusive: true, run: runJensenShannon},
	"hellinger":         {numeric: true, categorical: true, threshold: 0.1, inclusive: true, run: runHellinger},
	"tvd":               {numeric: true, categorical: true, threshold: 0.1, inclusive: true, run: runTVD},
	"chi2":              {numeric: true, categorical: true, pValue: true, threshold: 0.05, run: runGoodnessOfFit},
	"chi2_contingency":  {numeric: true, categorical: true, pValue: true, threshold: 0.05, run: runChiSquared},
	"g":                 {numeric: true, categorical: true, pValue: true, threshold: 0.1, run: runG},
	"z":                 {numeric: true, categorical: true, pValue: true, threshold: 0.05, run: runZ},
	"fisher":            {numeric: true, categorical: true, pValue: true, threshold: 0.1, run: runFisher},
	"l_infinity":        {numeric: true, categorical: true, threshold: 0.1, inclusive: true, run: func(c *comparison) (Result, float64, error) { return runLInfinity(c, false) }},
	"l_infinity_robust": {numeric: true, categorical: true, threshold: 0.1, inclusive: true, run: func(c *comparison) (Result, float64, error) { return runLInfinity(c, true) }},
}

var testAliases = map[string]string{
	"chisquare": "chi2", "g_test": "g", "kl_div": "kl", "fisher_exact": "fisher", "t_test": "t", "mannw": "mann_whitney",
	"es": "epps_singleton", "ed": "energy", "empirical_mmd": "mmd", "TVD": "tvd", "js": "jensenshannon",
}

func init() {
	for name, t := range columnTests {
		t.name = name
	}
}

// TestNames returns the names of the tests of columns in alphabetical order,
// without "auto".
func TestNames() []string {
	names := make([]string, 0, len(columnTests))
	for s := range columnTests {
		names = append(names, s)
	}
	slices.Sort(names)
	return names
}

// lookUp returns the test of a name, nil for "auto".
func lookUp(fn, name string) (*columnTest, error) {
	if name == "" || name == "auto" {
		return nil, nil
	}
	if a, ok := testAliases[name]; ok {
		name = a
	}
	t, ok := columnTests[name]
	if !ok {
		return nil, fmt.Errorf("%s: Test: need auto or one of %v, have %q: %w", fn, TestNames(), name, mlgauge.ErrRange)
	}
	return t, nil
}

// comparison is two sides and how to compare them.
type comparison struct {
	fn   string
	a, b *side
	o    ColumnOptions
}

// auto returns the test that Evidently would choose.
func (c *comparison) auto() *columnTest {
	few := func(most int) bool {
		if c.a.kind == Categorical {
			n := len(c.a.counts)
			for s := range c.b.counts {
				if _, ok := c.a.counts[s]; !ok {
					n++
				}
			}
			return n <= most && c.a.rest+c.b.rest == 0
		}
		if c.a.few.many || c.b.few.many {
			return false
		}
		v := slices.Concat(c.a.few.v, c.b.few.v)
		slices.Sort(v)
		return len(slices.Compact(v)) <= most
	}
	switch small := c.a.n() <= 1000; {
	case c.a.kind == Numeric && !few(5) && small:
		return columnTests["ks"]
	case c.a.kind == Numeric && !few(5):
		return columnTests["wasserstein"]
	case !small:
		return columnTests["jensenshannon"]
	case few(2):
		return columnTests["z"]
	}
	return columnTests["chi2"]
}

// sketched says in the note that a value carries the error of a sketch.
func (c *comparison) sketched() (bound float64, note string) {
	bound = c.a.rankError + c.b.rankError
	if bound > 0 {
		note = fmt.Sprintf("from a sketch: ranks are right to %.2g", bound)
	}
	return bound, note
}

func runKS(c *comparison) (Result, float64, error) {
	bound, note := c.sketched()
	if c.a.w == nil && c.b.w == nil {
		r, err := KS(c.a.x, c.b.x, c.o.Alternative, Auto)
		return r, 0, err
	}
	if err := c.o.Alternative.check(c.fn); err != nil {
		return Result{}, 0, err
	}
	r := Result{Test: "ks", Note: note}
	walk(c.a.ordered(), c.b.ordered(), func(_, f, g float64) {
		d := f - g
		if c.o.Alternative == Less || c.o.Alternative == TwoSided && d < 0 {
			d = -d
		}
		r.Statistic = max(r.Statistic, d)
	})
	r.PValue = ksAsymptotic(float64(c.a.n()), float64(c.b.n()), r.Statistic, c.o.Alternative)
	return r, bound, nil
}

func runWasserstein(c *comparison) (Result, float64, error) {
	bound, note := c.sketched()
	r := Result{Test: "wasserstein", PValue: math.NaN(), Note: note}
	norm := max(c.a.std(), 0.001)
	if math.IsInf(norm, 0) || norm != norm {
		return r, 0, fmt.Errorf("%s: standard deviation of the reference: need a finite one, have %v: %w", c.fn, norm, mlgauge.ErrNotFinite)
	}
	if c.a.w == nil && c.b.w == nil {
		d, err := Wasserstein(c.a.x, c.b.x)
		r.Statistic = d / norm
		return r, 0, err
	}
	d, err := checked(c.fn, integral(c.a.ordered(), c.b.ordered(), false)/norm)
	if err != nil {
		return r, 0, err
	}
	r.Statistic = d
	return r, bound * (max(c.a.hi, c.b.hi) - min(c.a.lo, c.b.lo)) / norm, nil
}

func runEnergy(c *comparison) (Result, float64, error) {
	bound, note := c.sketched()
	d, err := checked(c.fn, math.Sqrt(2*integral(c.a.ordered(), c.b.ordered(), true)))
	return Result{Test: "energy", Statistic: d, PValue: math.NaN(), Note: note},
		bound * math.Sqrt(2*(max(c.a.hi, c.b.hi)-min(c.a.lo, c.b.lo))), err
}

// runT needs the moments only, which a profile has exactly.
func runT(c *comparison, welch bool) (Result, float64, error) {
	if err := c.o.Alternative.check(c.fn); err != nil {
		return Result{}, 0, err
	}
	x, y := c.a.m, c.b.m
	n, m := x.W, y.W
	if n < 2 || m < 2 {
		return Result{}, 0, fmt.Errorf("%s: need at least 2 values on each side, have %v and %v: %w", c.fn, n, m, mlgauge.ErrEmpty)
	}
	vx, vy := x.Variance(1)/n, y.Variance(1)/m
	r := Result{Test: "t", DF: n + m - 2}
	se := math.Sqrt((x.M2 + y.M2) / (n + m - 2) * (1/n + 1/m))
	if welch {
		r.Test, se = "welch", math.Sqrt(vx+vy)
		r.DF = (vx + vy) * (vx + vy) / (vx*vx/(n-1) + vy*vy/(m-1))
	}
	if !(se > 0) || math.IsInf(se, 0) {
		return Result{}, 0, fmt.Errorf("%s: need a side that varies, and a finite variance, have a standard error of %v: %w", c.fn, se, mlgauge.ErrUndefined)
	}
	r.Statistic = (x.Mean() - y.Mean()) / se
	r.PValue = tails(r.Statistic, c.o.Alternative, distuv.StudentsT{Mu: 0, Sigma: 1, Nu: r.DF}.CDF)
	return r, 0, nil
}

func runMannWhitney(c *comparison) (Result, float64, error) {
	r, err := MannWhitney(c.a.x, c.b.x, c.o.Alternative, Auto)
	return r, 0, err
}

func runEppsSingleton(c *comparison) (Result, float64, error) {
	r, err := EppsSingleton(c.a.x, c.b.x)
	return r, 0, err
}

func runAnderson(c *comparison) (Result, float64, error) {
	r, err := AndersonDarling(c.a.x, c.b.x)
	return r, 0, err
}

func runCramerVonMises(c *comparison) (Result, float64, error) {
	r, err := CramerVonMises(c.a.x, c.b.x, Auto)
	return r, 0, err
}

// maxMMD is the number of values of a side beyond which MMD draws a sample.
const maxMMD = 500

func runMMD(c *comparison) (Result, float64, error) {
	draw := func(x []float64, stream uint64) *mat.Dense {
		if len(x) > maxMMD {
			x = slices.Clone(x)
			rng := rand.New(rand.NewPCG(c.o.Seed, stream))
			for i := range maxMMD {
				j := i + rng.IntN(len(x)-i)
				x[i], x[j] = x[j], x[i]
			}
			x = x[:maxMMD]
		}
		return mat.NewDense(len(x), 1, x)
	}
	r, err := MMD(draw(c.a.x, 1), draw(c.b.x, 2), MMDOptions{Seed: c.o.Seed})
	if len(c.a.x) > maxMMD || len(c.b.x) > maxMMD {
		r.Note = fmt.Sprintf("from a sample of at most %d values a side", maxMMD)
	}
	return r, 0, err
}

// bins returns the counts that the distances of distributions compare: those of the
// categories; in Edges; in Bins of equal reference share; and without either, as
// Evidently, at each value if the reference has at most 20, else in Sturges' bins
// over both sides.
func (c *comparison) bins() binned {
	switch {
	case c.a.kind == Categorical:
		return categoryBins(c.a, c.b)
	case len(c.o.Edges) > 0:
		return rangeBins(c.a, c.b, c.o.Edges)
	case c.o.Bins > 0:
		return rangeBins(c.a, c.b, quantileEdges(c.a, c.b, c.o.Bins))
	case !c.a.few.many && len(c.a.few.v) <= 20:
		return valueBins(c.a, c.b)
	}
	return rangeBins(c.a, c.b, sturges(c.a, c.b))
}

// distance compares the bins. Its bound is what the sketches may have moved: each
// edge carries the rank error of both sides, at most their sum in all.
func (c *comparison) distance(name string, s Smoothing, d func(p, q []float64) float64, bound func(tvd float64) float64) (Result, float64, error) {
	t := c.bins()
	p, q, err := s.Apply(c.fn, t.ref, t.cur, nil, nil)
	if err != nil {
		return Result{}, 0, err
	}
	e, note := c.sketched()
	if e > 0 {
		e = math.NaN()
		if bound != nil {
			inner := float64(max(0, t.ranges-1))
			if t.ranges == 0 {
				inner = float64(len(t.ref))
			}
			e = bound(min(1, inner*(c.a.rankError+c.b.rankError)))
		}
	}
	return Result{Test: name, Statistic: d(p, q), PValue: math.NaN(), Note: note}, e, nil
}

// smoothing returns the one that was asked for, or def.
func (c *comparison) smoothing(def Smoothing) Smoothing {
	if c.o.Smoothing != nil {
		return *c.o.Smoothing
	}
	return def
}

// describe says in the note which smoothing was used.
func describe(s Smoothing) string {
	switch s.Method {
	case divergence.Additive:
		return fmt.Sprintf("%v added to every count of both sides", s.Value)
	case divergence.Floor:
		return fmt.Sprintf("shares of both sides raised to %v, and normalised", s.Value)
	case divergence.FloorRaw:
		return fmt.Sprintf("shares of both sides raised to %v", s.Value)
	}
	return "not smoothed"
}

func (c *comparison) smoothed(name string, def Smoothing, d func(p, q []float64) float64) (Result, float64, error) {
	s := c.smoothing(def)
	r, e, err := c.distance(name, s, d, nil)
	if r.Note != "" {
		r.Note += "; "
	}
	r.Note += describe(s)
	return r, e, err
}

func runPSI(c *comparison) (Result, float64, error) {
	return c.smoothed("psi", FloorRaw(1e-4), divergence.PSI)
}

func runKL(c *comparison) (Result, float64, error) {
	return c.smoothed("kl", Floor(1e-4), divergence.KL)
}

func runJensenShannon(c *comparison) (Result, float64, error) {
	return c.distance("jensenshannon", Smoothing{}, func(p, q []float64) float64 { return math.Sqrt(divergence.JS(p, q)) },
		func(e float64) float64 { return math.Sqrt(math.Ln2 * e) })
}

func runHellinger(c *comparison) (Result, float64, error) {
	return c.distance("hellinger", Smoothing{}, divergence.Hellinger, math.Sqrt)
}

func runTVD(c *comparison) (Result, float64, error) {
	return c.distance("tvd", Smoothing{}, divergence.TVD, func(e float64) float64 { return e })
}

func runLInfinity(c *comparison, robust bool) (Result, float64, error) {
	name := "l_infinity"
	if robust {
		name = "l_infinity_robust"
	}
	r, e, err := c.distance(name, Smoothing{}, func(p, q []float64) float64 { return divergence.Lp(p, q, math.Inf(1)) },
		func(e float64) float64 { return min(e, 2*(c.a.rankError+c.b.rankError)) })
	if err == nil && robust {
		r.Statistic, err = LInfinityRobust(r.Statistic, float64(c.a.n()), float64(c.b.n()), 0)
	}
	return r, e, err
}

// counts returns counts for a test, which sketched ones are not good enough for.
func (c *comparison) counts() (binned, error) {
	t := c.bins()
	if c.a.rankError+c.b.rankError > 0 {
		return t, fmt.Errorf("%s: need exact counts, have a sketch of numbers: keep more values, or take a distance: %w", c.fn, mlgauge.ErrIncompatible)
	}
	return t, nil
}

func runGoodnessOfFit(c *comparison) (Result, float64, error) {
	t, err := c.counts()
	if err != nil {
		return Result{}, 0, err
	}
	r, err := GoodnessOfFit(t.ref, t.cur)
	return r, 0, err
}

func runChiSquared(c *comparison) (Result, float64, error) {
	t, err := c.counts()
	if err != nil {
		return Result{}, 0, err
	}
	r, err := ChiSquared(t.ref, t.cur, false)
	r.Test = "chi2_contingency"
	return r, 0, err
}

func runG(c *comparison) (Result, float64, error) {
	t, err := c.counts()
	if err != nil {
		return Result{}, 0, err
	}
	r, err := GTest(t.ref, t.cur, false)
	return r, 0, err
}

// twoValues returns the counts of the second value, and of both, on each side.
func (c *comparison) twoValues() (xa, na, xb, nb float64, err error) {
	t := binned{}
	if c.a.kind == Categorical {
		t = categoryBins(c.a, c.b)
	} else if !c.a.few.many && !c.b.few.many {
		t = valueBins(c.a, c.b)
	}
	if len(t.ref) < 1 || len(t.ref) > 2 {
		return 0, 0, 0, 0, fmt.Errorf("%s: need one or two distinct values, have more: %w", c.fn, mlgauge.ErrUndefined)
	}
	na, nb = float64(c.a.n()), float64(c.b.n())
	return na - t.ref[0], na, nb - t.cur[0], nb, nil
}

func runZ(c *comparison) (Result, float64, error) {
	xa, na, xb, nb, err := c.twoValues()
	if err != nil {
		return Result{}, 0, err
	}
	if xa+xb == 0 {
		return Result{Test: "z", PValue: 1, Note: "one value only, the same on both sides"}, 0, nil
	}
	r, err := ProportionZ(xa, na, xb, nb, c.o.Alternative)
	return r, 0, err
}

func runFisher(c *comparison) (Result, float64, error) {
	xa, na, xb, nb, err := c.twoValues()
	if err != nil {
		return Result{}, 0, err
	}
	r, err := FisherExact(int(xb), int(nb-xb), int(xa), int(na-xa), c.o.Alternative)
	return r, 0, err
}
