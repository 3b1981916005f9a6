package drift

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

// The printed tables of chart constants, to their digits.
func TestConstants(t *testing.T) {
	for n, w := range map[int][9]float64{
		2:  {1.1284, .8525, .7979, 1.8800, 0, 3.2665, 2.6587, 0, 3.2665},
		3:  {1.6926, .8884, .8862, 1.0233, 0, 2.5746, 1.9544, 0, 2.5682},
		5:  {2.3259, .8641, .9400, .5768, 0, 2.1145, 1.4273, 0, 2.0890},
		7:  {2.7044, .8332, .9594, .4193, .0757, 1.9243, 1.1819, .1177, 1.8823},
		10: {3.0775, .7971, .9727, .3083, .2230, 1.7770, .9754, .2837, 1.7163},
	} {
		c, err := ChartConstants(n)
		require.NoError(t, err)
		for i, got := range []float64{c.D2, c.D3, c.C4, c.A2, c.LowD, c.UpD, c.A3, c.LowB, c.UpB} {
			require.InDelta(t, w[i], got, 0.6e-4, "n %d constant %d", n, i)
		}
	}
	c, err := ChartConstants(2)
	require.NoError(t, err)
	// In closed form: d2 = 2/sqrt(pi), d3 = sqrt(2 - 4/pi), c4 = sqrt(2/pi).
	require.InDelta(t, 2/math.Sqrt(math.Pi), c.D2, 1e-10)
	require.InDelta(t, math.Sqrt(2-4/math.Pi), c.D3, 1e-9)
	require.InDelta(t, math.Sqrt(2/math.Pi), c.C4, 1e-14)
	require.InDelta(t, 2.6587, c.E2, 1e-4)
	// d2 of 1000: 6.4828 (Tippett).
	c, err = ChartConstants(1000)
	require.NoError(t, err)
	require.InDelta(t, 6.4829, c.D2, 1e-4)
}

func TestChartsByHand(t *testing.T) {
	x := [][]float64{{1, 3}, {2, 4}, {3, 9}}
	m, r, err := XbarR(x)
	require.NoError(t, err)
	// means 2, 3, 6; ranges 2, 2, 6; Rbar 10/3
	require.InDelta(t, 11./3, m.Points[0].Center, 1e-12)
	require.InDelta(t, 11./3+1.8800*10/3, m.Points[0].Upper, 2e-3)
	require.InDelta(t, 3.2665*10/3, r.Points[2].Upper, 2e-3)
	require.Zero(t, r.Points[2].Lower)
	require.InDelta(t, m.Points[0].Center+3*m.Points[0].Sigma, m.Points[0].Upper, 1e-12)

	_, s, err := XbarS(x)
	require.NoError(t, err)
	require.InDelta(t, math.Sqrt2, s.Points[0].Value, 1e-12)

	v, mr, err := Individuals([]float64{1, 2, 4, 1})
	require.NoError(t, err)
	require.Len(t, mr.Points, 3)
	require.InDelta(t, 2+2.6587*2, v.Points[0].Upper, 1e-3)

	p, err := P([]float64{1, 30}, []float64{100, 100})
	require.NoError(t, err)
	require.InDelta(t, 0.155, p.Points[0].Center, 1e-15)
	require.InDelta(t, 0.155+3*math.Sqrt(.155*.845/100), p.Points[0].Upper, 1e-12)
	require.Equal(t, []int{0, 1}, p.OutOfControl())
	np, err := NP([]float64{1, 30}, 100)
	require.NoError(t, err)
	require.InDelta(t, 100*p.Points[0].Upper, np.Points[0].Upper, 1e-12)
	c, err := C([]float64{4, 0, 5})
	require.NoError(t, err)
	require.InDelta(t, 3+3*math.Sqrt(3), c.Points[0].Upper, 1e-12)
	require.Zero(t, c.Points[0].Lower)
	u, err := U([]float64{4, 10}, []float64{2, 5})
	require.NoError(t, err)
	require.InDelta(t, 2.0, u.Points[0].Center, 1e-15)
	require.InDelta(t, 2+3*math.Sqrt(2./5), u.Points[1].Upper, 1e-12)
}

func TestAverageRunLengths(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 1))
	runLength := func(runs int, shift float64, out func(x []float64) int) float64 {
		total := 0.0
		x := make([]float64, 12000)
		for range runs {
			for i := range x {
				x[i] = rng.NormFloat64() + shift
			}
			total += float64(out(x))
		}
		return total / float64(runs)
	}
	first := func(c Chart) int {
		for i, p := range c.Points {
			if p.Out() {
				return i + 1
			}
		}
		return len(c.Points)
	}
	ewma := func(lambda, l float64) func([]float64) int {
		return func(x []float64) int {
			// The tables have limits at their asymptote.
			z := 0.0
			lim := l * math.Sqrt(lambda/(2-lambda))
			for i, v := range x {
				z = lambda*v + (1-lambda)*z
				if math.Abs(z) > lim {
					return i + 1
				}
			}
			return len(x)
		}
	}
	// Relative error of the mean of n run lengths is at most 1/sqrt(n); four of them.
	require.InEpsilon(t, 499.5, runLength(500, 0, ewma(.1, 2.814)), 4/math.Sqrt(500))
	chart := func(lambda, l float64) func([]float64) int {
		return func(x []float64) int {
			c, err := EWMAChart(x, 0, 1, lambda, l)
			require.NoError(t, err)
			return first(c)
		}
	}
	// The exact limits are narrower at first: slightly shorter runs.
	got := runLength(400, 0, chart(.2, 2.962))
	require.InEpsilon(t, 499.7, got, 4/math.Sqrt(400))
	shewhart := func(x []float64) int {
		for i, v := range x {
			if (Point{Value: v, Lower: -3, Upper: 3}).Out() {
				return i + 1
			}
		}
		return len(x)
	}
	require.InEpsilon(t, 370.4, runLength(500, 0, shewhart), 4/math.Sqrt(500))
	require.InEpsilon(t, 43.9, runLength(500, 1, shewhart), 4/math.Sqrt(500))
}

func TestCUSUMChartIsTheDetector(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 1))
	x := make([]float64, 300)
	for i := range x {
		x[i] = 5 + 2*rng.NormFloat64()
	}
	up, down, err := CUSUMChart(x, 5, 2, .5, 5)
	require.NoError(t, err)
	d := CUSUM{Mean: 5, StdDev: 2}
	for i, v := range x {
		s, err := d.Add(v)
		require.NoError(t, err)
		hi, lo := d.Sums()
		require.InDelta(t, up.Points[i].Value, hi, 1e-12)
		require.InDelta(t, down.Points[i].Value, lo, 1e-12)
		if s == Drift {
			require.True(t, up.Points[i].Out() || down.Points[i].Out())
			break
		}
	}
}

func TestRules(t *testing.T) {
	chart := func(z ...float64) Chart { return line("z", z, 0, -3, 3, 1) }
	repeat := func(v float64, n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = v
		}
		return x
	}
	zigzag := make([]float64, 14)
	for i := range zigzag {
		zigzag[i] = .5 * float64(1-2*(i%2))
	}
	for name, c := range map[string]struct {
		z     []float64
		rules []Rule
		want  []Break
	}{
		"none":       {[]float64{.1, -.2, .3}, Nelson(), nil},
		"3 sigma":    {[]float64{0, -3.1}, WesternElectric(), []Break{{1, "WE1"}}},
		"2 of 3":     {[]float64{2.1, 0, 2.2}, WesternElectric(), []Break{{2, "WE2"}}},
		"two sides":  {[]float64{2.1, 0, -2.2}, WesternElectric(), nil},
		"4 of 5":     {[]float64{1.1, 1.2, 0, 1.1, 1.3}, WesternElectric(), []Break{{4, "WE3"}}},
		"8 on side":  {repeat(.5, 8), WesternElectric(), []Break{{7, "WE4"}}},
		"center":     {[]float64{.5, .5, .5, 0, .5, .5, .5, .5, .5}, WesternElectric(), nil},
		"9 on side":  {repeat(-.5, 9), Nelson(), []Break{{8, "N2"}}},
		"rising":     {[]float64{-.9, -.6, -.3, .1, .4, .7}, Nelson(), []Break{{5, "N3"}}},
		"not strict": {[]float64{-.9, -.6, -.3, -.3, .4, .7}, Nelson(), nil},
		"zigzag":     {zigzag, Nelson(), []Break{{13, "N4"}}},
		"hugging":    {[]float64{.5, .4, -.5, .5, .4, -.5, .5, .4, -.5, .5, .4, -.5, .5, .4, -.5}, Nelson(), []Break{{14, "N7"}}},
		"mixture":    {[]float64{1.1, -1.1, 1.5, 1.1, -1.6, -1.1, 1.2, -1.3}, Nelson(), []Break{{7, "N8"}}},
	} {
		require.Equal(t, c.want, chart(c.z...).Breaks(c.rules), name)
	}
	// Sigma 0: on the center or infinitely far.
	require.Equal(t, []Break{{1, "WE1"}}, line("z", []float64{2, 3}, 2, 2, 2, 0).Breaks(WesternElectric()))
}

func TestChartBadInput(t *testing.T) {
	nan := math.NaN()
	xr := func(x [][]float64) error { _, _, err := XbarR(x); return err }
	xs := func(x [][]float64) error { _, _, err := XbarS(x); return err }
	ind := func(x []float64) error { _, _, err := Individuals(x); return err }
	cu := func(x []float64, s, k, h float64) error { _, _, err := CUSUMChart(x, 0, s, k, h); return err }
	one := func(_ Chart, err error) error { return err }
	_, size := ChartConstants(1)
	for name, c := range map[string]struct{ err, want error }{
		"size":           {size, mlgauge.ErrRange},
		"R empty":        {xr(nil), mlgauge.ErrEmpty},
		"R ragged":       {xr([][]float64{{1, 2}, {1}}), mlgauge.ErrLength},
		"R single":       {xr([][]float64{{1}}), mlgauge.ErrRange},
		"S NaN":          {xs([][]float64{{1, nan}}), mlgauge.ErrNotFinite},
		"I one":          {ind([]float64{1}), mlgauge.ErrEmpty},
		"I NaN":          {ind([]float64{1, nan}), mlgauge.ErrNotFinite},
		"P above":        {one(P([]float64{3}, []float64{2})), mlgauge.ErrRange},
		"P negative":     {one(P([]float64{-3}, []float64{2})), mlgauge.ErrRange},
		"P size 0":       {one(P([]float64{0}, []float64{0})), mlgauge.ErrRange},
		"P lengths":      {one(P([]float64{0}, []float64{1, 2})), mlgauge.ErrLength},
		"NP empty":       {one(NP(nil, 5)), mlgauge.ErrEmpty},
		"C empty":        {one(C(nil)), mlgauge.ErrEmpty},
		"C negative":     {one(C([]float64{-1})), mlgauge.ErrRange},
		"U NaN":          {one(U([]float64{nan}, []float64{1})), mlgauge.ErrNotFinite},
		"EWMA empty":     {one(EWMAChart(nil, 0, 1, .2, 3)), mlgauge.ErrEmpty},
		"EWMA sigma":     {one(EWMAChart([]float64{1}, 0, 0, .2, 3)), mlgauge.ErrRange},
		"EWMA lambda":    {one(EWMAChart([]float64{1}, 0, 1, 1.2, 3)), mlgauge.ErrRange},
		"EWMA L":         {one(EWMAChart([]float64{1}, 0, 1, .2, 0)), mlgauge.ErrRange},
		"EWMA mean":      {one(EWMAChart([]float64{1}, nan, 1, .2, 3)), mlgauge.ErrNotFinite},
		"CUSUM k":        {cu([]float64{1}, 1, 0, 5), mlgauge.ErrRange},
		"CUSUM h":        {cu([]float64{1}, 1, .5, nan), mlgauge.ErrRange},
		"CUSUM NaN":      {cu([]float64{nan}, 1, .5, 5), mlgauge.ErrNotFinite},
		"CUSUM infinite": {cu([]float64{math.Inf(1)}, 1, .5, 5), mlgauge.ErrNotFinite},
	} {
		require.ErrorIs(t, c.err, c.want, name)
	}
}
