package drift

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

type testsFile struct {
	Cases []struct {
		X, Y, WX, WY golden.Floats
		Expect       map[string]golden.Floats
	}
	Counts []struct {
		A, B   golden.Floats
		Expect map[string]golden.Floats
	}
	Kolmogorov []golden.Floats
}

var alternatives = map[string]Alternative{"two-sided": TwoSided, "less": Less, "greater": Greater}

func pair(v float64, err error) (Result, error) { return Result{Statistic: v, PValue: math.NaN()}, err }

func TestAgainstSciPy(t *testing.T) {
	var file testsFile
	golden.Load(t, "drift/tests.json", &file)
	compared := 0
	compare := func(what string, want golden.Floats, got Result, err error, rel float64) {
		t.Helper()
		if want == nil || math.IsNaN(float64(want[0])) || strings.HasPrefix(what, "case 21 epps") { // of two constants SciPy makes 0 and a p-value of 1
			require.Error(t, err, what)
			return
		}
		require.NoError(t, err, what)
		compared++
		if math.Abs(got.Statistic-float64(want[0])) > 1e-14 { // differences that cancel to 0
			golden.Equal(t, what+" statistic", float64(want[0]), got.Statistic, rel)
		}
		if !math.IsNaN(got.PValue) && math.Abs(got.PValue-float64(want[1])) > 1e-14 { // 1 - p has no digits below
			golden.Equal(t, what+" p", float64(want[1]), got.PValue, rel)
		}
	}
	for i, c := range file.Cases {
		x, y, wx, wy := c.X.Values(), c.Y.Values(), c.WX.Values(), c.WY.Values()
		for name, alt := range alternatives {
			for m, method := range map[string]Method{"exact": Exact, "asymp": Asymptotic} {
				key := fmt.Sprintf("ks %s %s", name, m)
				if c.Expect[key] == nil {
					continue // SciPy gave up on it
				}
				r, err := KS(x, y, alt, method)
				// SciPy's exact one-sided value sums alternating binomials: right to 1e-8.
				rel := 1e-10
				if m == "exact" && alt != TwoSided {
					rel = 1e-7
				}
				compare(fmt.Sprintf("case %d %s", i, key), c.Expect[key], r, err, rel)
			}
			for m, method := range map[string]Method{"exact": Exact, "asymptotic": Asymptotic, "auto": Auto, "uncorrected": Uncorrected} {
				r, err := MannWhitney(x, y, alt, method)
				key := fmt.Sprintf("mwu %s %s", name, m)
				rel := 1e-11
				if m == "exact" && len(x) == 400 {
					rel = 1e-8 // 400 convolutions leave an absolute error of 1e-13
				}
				compare(fmt.Sprintf("case %d %s", i, key), c.Expect[key], r, err, rel)
			}
			// A mean at an offset of 1e9 has rounding 1e-7 in SciPy.
			rel := 1e-11
			if x[0] > 1e8 {
				rel = 1e-6
			}
			r, err := TTest(x, y, alt)
			compare(fmt.Sprintf("case %d t %s", i, name), c.Expect["t "+name], r, err, rel)
			r, err = Welch(x, y, alt)
			compare(fmt.Sprintf("case %d welch %s", i, name), c.Expect["welch "+name], r, err, rel)
		}
		key := func(s string) (string, golden.Floats) { return fmt.Sprintf("case %d %s", i, s), c.Expect[s] }
		rel := 1e-12
		if x[0] > 1e8 {
			rel = 1e-7
		}
		what, want := key("wasserstein")
		r, err := pair(Wasserstein(x, y))
		compare(what, want, r, err, rel)
		what, want = key("wasserstein weighted")
		r, err = pair(WassersteinWeighted(x, wx, y, wy))
		compare(what, want, r, err, rel)
		what, want = key("energy")
		r, err = pair(Energy(x, nil, y, nil))
		compare(what, want, r, err, rel)
		what, want = key("energy weighted")
		r, err = pair(Energy(x, wx, y, wy))
		compare(what, want, r, err, rel)
		what, want = key("cvm auto")
		// SciPy stops its series at 1e-7, so p-values agree to that.
		cvm := func(r Result) Result {
			if want != nil && math.Abs(r.PValue-float64(want[1])) < 1e-7 {
				r.PValue = float64(want[1])
			}
			return r
		}
		r, err = CramerVonMises(x, y, Auto)
		compare(what, want, cvm(r), err, 1e-10)
		what, want = key("cvm asymptotic")
		r, err = CramerVonMises(x, y, Asymptotic)
		compare(what, want, cvm(r), err, 1e-10)
		what, want = key("anderson")
		r, err = AndersonDarling(x, y)
		compare(what, want, r, err, 1e-9) // a least-squares fit of ill-conditioned powers
		third := append([]float64(nil), x...)
		for j := range third {
			third[j] += 0.5
		}
		what, want = key("anderson 3")
		r, err = AndersonDarling(x, y, third)
		compare(what, want, r, err, 1e-9)
		what, want = key("epps 3")
		r, err = EppsSingleton(x, y, 0.3, 0.7, 1.5)
		if want != nil && r.Note == "" { // of a covariance without full rank the digits are noise
			compare(what, want, r, err, 1e-6)
		}
		what, want = key("epps")
		r, err = EppsSingleton(x, y)
		compare(what, want, r, err, 1e-6) // the inverse of a covariance
	}
	for i, c := range file.Counts {
		a, b := c.A.Values(), c.B.Values()
		check := func(name string, r Result, err error) {
			if want := c.Expect[name]; want != nil {
				compare(fmt.Sprintf("counts %d %s", i, name), want, r, err, 1e-10)
			}
		}
		for name, yates := range map[string]bool{"True": true, "False": false} {
			r, err := ChiSquared(a, b, yates)
			check("chi2 "+name, r, err)
			r, err = GTest(a, b, yates)
			check("g "+name, r, err)
		}
		r, err := pair(CramersV(a, b, false))
		check("cramer", r, err)
		r, err = GoodnessOfFit(a, b)
		check("fit", r, err)
		if len(a) == 2 {
			for name, alt := range alternatives {
				r, err = FisherExact(int(a[0]), int(a[1]), int(b[0]), int(b[1]), alt)
				check("fisher "+name, r, err)
				if c.Expect["z "+name] != nil && !math.IsNaN(float64(c.Expect["z "+name][0])) {
					r, err = ProportionZ(a[0], a[0]+a[1], b[0], b[0]+b[1], alt)
					check("z "+name, r, err)
				}
			}
		}
		r, err = pair(JensenShannonDistance(a, b, 2))
		check("jsd 2", r, err)
		r, err = pair(JensenShannonDistance(a, b, 0))
		check("jsd e", r, err)
		r, err = pair(KL(a, b, NoSmoothing()))
		check("kl", r, err)
		r, err = pair(KL(a, b, Additive(0.5)))
		check("kl smoothed", r, err)
		r, err = pair(Hellinger(a, b))
		check("hellinger", r, err)
	}
	require.Greater(t, compared, 700)
	for _, k := range file.Kolmogorov {
		n, d := int(k[0]), float64(k[1])
		// 1 - p where p is near 1 keeps 1e-15 absolute; Pelz-Good is the same formula.
		if got := kolmogorovSurvival(n, d); math.Abs(got-float64(k[2])) > 2e-14 {
			golden.Equal(t, fmt.Sprintf("kstwo %d %v", n, d), float64(k[2]), got, 1e-10)
		}
		golden.Equal(t, fmt.Sprintf("ksone %d %v", n, d), float64(k[3]), smirnovSurvival(n, d), 1e-10)
	}
}

func TestKSInfinitiesAndWeights(t *testing.T) {
	inf := math.Inf(1)
	a, err := KS([]float64{-inf, 1, 2, inf}, []float64{1, 3, inf, inf}, TwoSided, Auto)
	require.NoError(t, err)
	b, err := KS([]float64{-9, 1, 2, 9}, []float64{1, 3, 9, 9}, TwoSided, Auto)
	require.NoError(t, err)
	require.Equal(t, b, a)
	// Integer weights are repeated rows.
	rng := rand.New(rand.NewPCG(1, 9))
	var x, w, repeated, y []float64
	for range 50 {
		v, k := math.Round(rng.NormFloat64()*4), rng.IntN(4)
		x, w = append(x, v), append(w, float64(k))
		for range k {
			repeated = append(repeated, v)
		}
		y = append(y, rng.NormFloat64()*5)
	}
	got, err := KSWeighted(x, w, y, nil)
	require.NoError(t, err)
	want, err := KS(repeated, y, TwoSided, Auto)
	require.NoError(t, err)
	golden.Equal(t, "weighted KS", want.Statistic, got.Statistic, 1e-12)
	ww, err := WassersteinWeighted(x, w, y, nil)
	require.NoError(t, err)
	wr, err := Wasserstein(repeated, y)
	require.NoError(t, err)
	golden.Equal(t, "weighted Wasserstein", wr, ww, 1e-12)
}

func TestPSIAndSmoothing(t *testing.T) {
	// Half against 90/10: (0.4) ln(1.8) + (-0.4) ln(0.2)
	v, err := PSI([]float64{50, 50}, []float64{90, 10}, NoSmoothing())
	require.NoError(t, err)
	golden.Equal(t, "PSI", 0.4*math.Log(1.8)-0.4*math.Log(0.2), v, 1e-14)
	v, err = PSI([]float64{5, 0}, []float64{5, 5}, NoSmoothing())
	require.NoError(t, err)
	require.True(t, math.IsInf(v, 1))
	v, err = PSI([]float64{5, 0}, []float64{5, 5}, FloorRaw(1e-4))
	require.NoError(t, err)
	golden.Equal(t, "PSI floor", -0.5*math.Log(0.5)+(0.5-1e-4)*math.Log(0.5/1e-4), v, 1e-12)
	simple, err := LInfinity([]float64{50, 50}, []float64{90, 10}, false)
	require.NoError(t, err)
	require.InDelta(t, 0.4, simple, 1e-15)
	robust, err := LInfinity([]float64{50, 50}, []float64{90, 10}, true)
	require.NoError(t, err)
	require.InDelta(t, 0.4-1.8*math.Sqrt(200./10000), robust, 1e-15)
	robust, err = LInfinityRobust(0.4, 100, 100, 0.05)
	require.NoError(t, err)
	require.InDelta(t, 0.4-math.Sqrt(-math.Log(0.025)/2)*math.Sqrt(0.02), robust, 1e-15)
	unbiased, err := CramersV([]float64{50, 50}, []float64{90, 10}, true)
	require.NoError(t, err)
	phi2 := 76.1904761904762/2/200 - 1./199 // chi2 = 2 * 40^2 (1/70 + 1/30) / 4
	require.InDelta(t, math.Sqrt(phi2/(2-1./199-1)), unbiased, 1e-9)
}

func TestMMD(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	normal := func(n int, shift float64) *mat.Dense {
		x := mat.NewDense(n, 3, nil)
		for i := range x.RawMatrix().Data {
			x.RawMatrix().Data[i] = rng.NormFloat64() + shift
		}
		return x
	}
	x, y := normal(40, 0), normal(50, 1)
	r, err := MMD(x, y, MMDOptions{Bandwidth: 2})
	require.NoError(t, err)
	k := func(a, b []float64) float64 {
		var d float64
		for i := range a {
			d += (a[i] - b[i]) * (a[i] - b[i])
		}
		return math.Exp(-d / 8)
	}
	var want float64
	for i := range 40 {
		for j := range 40 {
			if i != j {
				want += k(x.RawRowView(i), x.RawRowView(j)) / (40 * 39)
			}
		}
		for j := range 50 {
			want -= 2 * k(x.RawRowView(i), y.RawRowView(j)) / (40 * 50)
		}
	}
	for i := range 50 {
		for j := range 50 {
			if i != j {
				want += k(y.RawRowView(i), y.RawRowView(j)) / (50 * 49)
			}
		}
	}
	golden.Equal(t, "MMD", want, r.Statistic, 1e-12)
	require.Equal(t, 1./200, r.PValue)
	again, err := MMD(x, y, MMDOptions{Bandwidth: 2})
	require.NoError(t, err)
	require.Equal(t, r, again)
	r, err = MMD(normal(40, 0), normal(40, 0), MMDOptions{})
	require.NoError(t, err)
	require.Greater(t, r.PValue, 0.01)
	r, err = MMD(mat.NewDense(3, 1, nil), mat.NewDense(3, 1, nil), MMDOptions{})
	require.NoError(t, err)
	require.Equal(t, 1.0, r.PValue)
}

func TestTestsBadInput(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	ok := []float64{1, 2, 3, 4, 5, 6}
	one := func(_ Result, err error) error { return err }
	num := func(_ float64, err error) error { return err }
	samples := map[string]func(x, y []float64) error{
		"KS":             func(x, y []float64) error { return one(KS(x, y, TwoSided, Auto)) },
		"KSWeighted":     func(x, y []float64) error { return one(KSWeighted(x, nil, y, nil)) },
		"Wasserstein":    func(x, y []float64) error { return num(Wasserstein(x, y)) },
		"Energy":         func(x, y []float64) error { return num(Energy(x, nil, y, nil)) },
		"TTest":          func(x, y []float64) error { return one(TTest(x, y, TwoSided)) },
		"Welch":          func(x, y []float64) error { return one(Welch(x, y, TwoSided)) },
		"MannWhitney":    func(x, y []float64) error { return one(MannWhitney(x, y, TwoSided, Auto)) },
		"CramerVonMises": func(x, y []float64) error { return one(CramerVonMises(x, y, Auto)) },
		"Anderson":       func(x, y []float64) error { return one(AndersonDarling(x, y)) },
		"Epps":           func(x, y []float64) error { return one(EppsSingleton(x, y)) },
	}
	for name, f := range samples {
		require.ErrorIs(t, f(nil, ok), mlgauge.ErrEmpty, name)
		require.ErrorIs(t, f(ok, nil), mlgauge.ErrEmpty, name)
		require.ErrorIs(t, f(ok, []float64{1, 2, 3, 4, nan}), mlgauge.ErrNotFinite, name)
		if name != "KS" {
			require.ErrorIs(t, f(ok, []float64{1, 2, 3, 4, inf}), mlgauge.ErrNotFinite, name)
		}
		x, y := append([]float64(nil), ok...), []float64{6, 5, 4, 3, 2}
		require.NoError(t, f(x, y), name)
		require.Equal(t, ok, x, name)
		require.Equal(t, []float64{6, 5, 4, 3, 2}, y, name)
	}
	pairs := map[string]func(a, b []float64) error{
		"ChiSquared": func(a, b []float64) error { return one(ChiSquared(a, b, false)) },
		"GTest":      func(a, b []float64) error { return one(GTest(a, b, false)) },
		"Fit":        func(a, b []float64) error { return one(GoodnessOfFit(a, b)) },
		"CramersV":   func(a, b []float64) error { return num(CramersV(a, b, false)) },
		"TVD":        func(a, b []float64) error { return num(TVD(a, b)) },
		"KL":         func(a, b []float64) error { return num(KL(a, b, NoSmoothing())) },
		"JS":         func(a, b []float64) error { return num(JensenShannon(a, b, 0)) },
		"Hellinger":  func(a, b []float64) error { return num(Hellinger(a, b)) },
		"Lp":         func(a, b []float64) error { return num(Lp(a, b, 2)) },
		"PSI":        func(a, b []float64) error { return num(PSI(a, b, Floor(1e-4))) },
		"LInfinity":  func(a, b []float64) error { return num(LInfinity(a, b, true)) },
	}
	for name, f := range pairs {
		require.ErrorIs(t, f(nil, nil), mlgauge.ErrEmpty, name)
		require.ErrorIs(t, f([]float64{1}, []float64{1, 2}), mlgauge.ErrLength, name)
		require.ErrorIs(t, f([]float64{1, -1}, []float64{1, 2}), mlgauge.ErrRange, name)
		require.ErrorIs(t, f([]float64{1, nan}, []float64{1, 2}), mlgauge.ErrNotFinite, name)
		require.ErrorIs(t, f([]float64{0, 0}, []float64{1, 2}), mlgauge.ErrUndefined, name)
	}
	for name, c := range map[string]struct{ err, want error }{
		"alternative":     {one(KS(ok, ok, 7, Auto)), mlgauge.ErrRange},
		"method":          {one(KS(ok, ok, TwoSided, -1)), mlgauge.ErrRange},
		"weights":         {one(KSWeighted(ok, []float64{1}, ok, nil)), mlgauge.ErrLength},
		"weights 0":       {num(WassersteinWeighted(ok, make([]float64, 6), ok, nil)), mlgauge.ErrUndefined},
		"t constant":      {one(TTest([]float64{1, 1}, []float64{1, 1}, TwoSided)), mlgauge.ErrUndefined},
		"t of two":        {one(TTest([]float64{1}, []float64{2}, TwoSided)), mlgauge.ErrEmpty},
		"welch of one":    {one(Welch([]float64{1}, []float64{2, 3}, TwoSided)), mlgauge.ErrEmpty},
		"epps at 0":       {one(EppsSingleton([]float64{1, 2, 3, 4, 5}, []float64{1, 2, 3, 4, 6}, 0.4, 0)), mlgauge.ErrRange},
		"ks uncorrected":  {one(KS([]float64{1, 2}, []float64{3}, TwoSided, Uncorrected)), mlgauge.ErrRange},
		"AD constant":     {one(AndersonDarling([]float64{1, 1}, []float64{1, 1})), mlgauge.ErrUndefined},
		"AD one":          {one(AndersonDarling(ok)), mlgauge.ErrEmpty},
		"ES constant":     {one(EppsSingleton(make([]float64, 9), make([]float64, 9))), mlgauge.ErrUndefined},
		"MWU exact":       {one(MannWhitney(make([]float64, 2000), make([]float64, 2000), TwoSided, Exact)), mlgauge.ErrRange},
		"CvM exact":       {one(CramerVonMises(make([]float64, 300), make([]float64, 300), Exact)), mlgauge.ErrRange},
		"Fisher":          {one(FisherExact(1, -1, 2, 3, TwoSided)), mlgauge.ErrRange},
		"z above":         {one(ProportionZ(5, 4, 1, 2, TwoSided)), mlgauge.ErrRange},
		"z constant":      {one(ProportionZ(0, 4, 0, 2, TwoSided)), mlgauge.ErrUndefined},
		"z empty":         {one(ProportionZ(0, 0, 1, 2, TwoSided)), mlgauge.ErrUndefined},
		"base":            {num(JensenShannon(ok, ok, 1)), mlgauge.ErrRange},
		"ord":             {num(Lp(ok, ok, 0.5)), mlgauge.ErrRange},
		"robust size":     {num(LInfinityRobust(0.1, 0, 1, 0)), mlgauge.ErrRange},
		"robust alpha":    {num(LInfinityRobust(0.1, 1, 1, 2)), mlgauge.ErrRange},
		"smoothing":       {num(PSI(ok, ok, Floor(2))), mlgauge.ErrRange},
		"MMD rows":        {one(MMD(mat.NewDense(1, 1, nil), mat.NewDense(4, 1, nil), MMDOptions{})), mlgauge.ErrEmpty},
		"MMD columns":     {one(MMD(mat.NewDense(3, 1, nil), mat.NewDense(4, 2, nil), MMDOptions{})), mlgauge.ErrLength},
		"MMD NaN":         {one(MMD(mat.NewDense(2, 1, []float64{1, nan}), mat.NewDense(4, 1, nil), MMDOptions{})), mlgauge.ErrNotFinite},
		"MMD bandwidth":   {one(MMD(mat.NewDense(2, 1, nil), mat.NewDense(4, 1, nil), MMDOptions{Bandwidth: -1})), mlgauge.ErrRange},
		"huge difference": {num(Wasserstein([]float64{-1.7e308}, []float64{1.7e308})), mlgauge.ErrNotFinite},
	} {
		require.ErrorIs(t, c.err, c.want, name)
	}
}
