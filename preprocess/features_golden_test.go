package preprocess

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/golden"
)

type goldenRows []golden.Floats

func (g goldenRows) dense() *mat.Dense {
	d := mat.NewDense(len(g), len(g[0]), nil)
	for i, r := range g {
		d.SetRow(i, r.Values())
	}
	return d
}

func (g goldenRows) flat() []float64 {
	var out []float64
	for _, r := range g {
		out = append(out, r.Values()...)
	}
	return out
}

func flatOf(m *mat.Dense) []float64 {
	var out []float64
	for i := range m.RawMatrix().Rows {
		out = append(out, m.RawRowView(i)...)
	}
	return out
}

type featuresGolden struct {
	X3   goldenRows
	Poly []struct {
		Min, Max    int
		Inter, Bias bool
		Out         goldenRows
		Names       []string
		Powers      [][]int
	}
	Xs, Xt  goldenRows
	W       golden.Floats
	Splines []struct {
		NKnots         int `json:"n_knots"`
		Degree         int
		Knots, Ext     string
		Bias, Weighted bool
		Rows           int
		Out            goldenRows
	}
	Low struct {
		Degree int
		Out    goldenRows
	}
	Custom             struct{ Knots, Out goldenRows }
	Series             golden.Floats
	Rolling, Expanding []struct {
		Window, Minp                                                                                     int
		Center                                                                                           bool
		Closed                                                                                           string
		Count, Sum, Mean, Std, Var0, Min, Max, Median, Q30, Q30lower, Q30higher, Q25mid, Q25near, Q0, Q1 golden.Floats
	}
	Calendar map[string][]int64
	Shifts   map[string]struct{ Shift, Diff, Pct golden.Floats }
}

func loadFeatures(t testing.TB) *featuresGolden {
	var g featuresGolden
	golden.Load(t, "preprocess/features.json", &g)
	return &g
}

func TestPolynomialGolden(t *testing.T) {
	g := loadFeatures(t)
	x := g.X3.dense()
	require.NotEmpty(t, g.Poly)
	for _, c := range g.Poly {
		name := fmt.Sprintf("degree %d to %d, interactions %v, bias %v", c.Min, c.Max, c.Inter, c.Bias)
		p := Polynomial{MinDegree: c.Min, Degree: c.Max, InteractionOnly: c.Inter, NoBias: !c.Bias}
		require.NoError(t, p.Fit(x), name)
		out, err := p.Transform(nil, x)
		require.NoError(t, err, name)
		golden.EqualSlice(t, name, c.Out.flat(), flatOf(out), 1e-14)
		names, err := p.FeatureNames([]string{"a", "b", "c"})
		require.NoError(t, err)
		require.Equal(t, c.Names, names)
		powers, err := p.Powers()
		require.NoError(t, err)
		require.Equal(t, c.Powers, powers)
		checkTransformer(t, name, &p, x, new(Polynomial))
	}
}

func TestSplinesGolden(t *testing.T) {
	g := loadFeatures(t)
	xs := g.Xs.dense()
	require.NotEmpty(t, g.Splines)
	ext := map[string]Extrapolation{"constant": ExtrapolateConstant, "linear": ExtrapolateLinear, "continue": ExtrapolateContinue, "periodic": ExtrapolatePeriodic, "error": ExtrapolateError}
	for _, c := range g.Splines {
		name := fmt.Sprintf("%d knots %s, degree %d, %s, bias %v, weighted %v", c.NKnots, c.Knots, c.Degree, c.Ext, c.Bias, c.Weighted)
		s := Splines{KnotCount: c.NKnots, Degree: c.Degree, Steps: c.Degree == 0, Extrapolation: ext[c.Ext], NoBias: !c.Bias}
		if c.Knots == "quantile" {
			s.Placement = QuantileKnots
		}
		if c.Weighted {
			require.NoError(t, s.FitWeighted(xs, g.W.Values()), name)
		} else {
			require.NoError(t, s.Fit(xs), name)
		}
		xt := g.Xt.dense()
		if c.Ext == "error" {
			xt = mat.DenseCopyOf(xs.Slice(0, c.Rows, 0, 2))
		}
		out, err := s.Transform(nil, xt)
		require.NoError(t, err, name)
		// Beyond the knots the polynomials of degree 5 cancel.
		golden.EqualSlice(t, name, c.Out.flat(), flatOf(out), 1e-12)
		checkTransformer(t, name, &s, xt, new(Splines))
	}
	one := mat.DenseCopyOf(xs.Slice(0, 30, 0, 1))
	s := Splines{KnotCount: 4, Degree: 1, Extrapolation: ExtrapolateLinear}
	require.NoError(t, s.Fit(one))
	out, err := s.Transform(nil, mat.DenseCopyOf(g.Xt.dense().Slice(0, len(g.Xt), 0, 1)))
	require.NoError(t, err)
	golden.EqualSlice(t, "linear, degree 1", g.Low.Out.flat(), flatOf(out), 1e-12)
	s = Splines{Extrapolation: ExtrapolateContinue}
	for _, k := range g.Custom.Knots {
		s.Given = append(s.Given, k.Values())
	}
	require.NoError(t, s.Fit(xs))
	out, err = s.Transform(nil, g.Xt.dense())
	require.NoError(t, err)
	golden.EqualSlice(t, "given knots", g.Custom.Out.flat(), flatOf(out), 1e-12)
}

func TestRollingGolden(t *testing.T) {
	g := loadFeatures(t)
	x := g.Series.Values()
	closed := map[string]Closed{"right": ClosedRight, "left": ClosedLeft, "both": ClosedBoth, "neither": ClosedNeither}
	for _, c := range g.Rolling {
		r := Rolling{Window: c.Window, MinPeriods: c.Minp, Center: c.Center, Closed: closed[c.Closed]}
		switch c.Minp {
		case -9:
			r.MinPeriods = 0
		case 0:
			r.MinPeriods = -1
		}
		name := fmt.Sprintf("%+v ", r)
		same := func(what string, want golden.Floats, got []float64, err error) {
			t.Helper()
			require.NoError(t, err, name+what)
			golden.EqualSlice(t, name+what, want.Values(), got, 1e-12)
		}
		got, err := r.Count(nil, x)
		same("count", c.Count, got, err)
		got, err = r.Sum(nil, x)
		same("sum", c.Sum, got, err)
		got, err = r.Mean(nil, x)
		same("mean", c.Mean, got, err)
		// pandas takes values out of a running variance: its zeros are rounding.
		got, err = r.Std(nil, x, 1)
		require.NoError(t, err)
		golden.EqualSlice(t, name+"std", c.Std.Values(), got, 1e-9)
		got, err = r.Var(nil, x, 0)
		require.NoError(t, err)
		golden.EqualSlice(t, name+"var", c.Var0.Values(), got, 1e-10)
		got, err = r.Min(nil, x)
		same("min", c.Min, got, err)
		got, err = r.Max(nil, x)
		same("max", c.Max, got, err)
		got, err = r.Median(nil, x)
		same("median", c.Median, got, err)
		for _, q := range []struct {
			q    float64
			how  Interpolation
			want golden.Floats
		}{{.3, Linear, c.Q30}, {.3, Lower, c.Q30lower}, {.3, Higher, c.Q30higher}, {.25, Midpoint, c.Q25mid}, {.25, Nearest, c.Q25near}, {0, Linear, c.Q0}, {1, Linear, c.Q1}} {
			got, err = r.Quantile(nil, x, q.q, q.how)
			same(fmt.Sprintf("quantile %v %v", q.q, q.how), q.want, got, err)
		}
	}
	for _, c := range g.Expanding {
		e := Expanding{MinPeriods: c.Minp}
		if c.Minp == 0 {
			e.MinPeriods = -1
		}
		name := fmt.Sprintf("%+v ", e)
		for what, f := range map[string]struct {
			want golden.Floats
			do   func() ([]float64, error)
		}{
			"count":  {c.Count, func() ([]float64, error) { return e.Count(nil, x) }},
			"sum":    {c.Sum, func() ([]float64, error) { return e.Sum(nil, x) }},
			"mean":   {c.Mean, func() ([]float64, error) { return e.Mean(nil, x) }},
			"std":    {c.Std, func() ([]float64, error) { return e.Std(nil, x, 1) }},
			"var":    {c.Var0, func() ([]float64, error) { return e.Var(nil, x, 0) }},
			"min":    {c.Min, func() ([]float64, error) { return e.Min(nil, x) }},
			"max":    {c.Max, func() ([]float64, error) { return e.Max(nil, x) }},
			"median": {c.Median, func() ([]float64, error) { return e.Median(nil, x) }},
			"q30":    {c.Q30, func() ([]float64, error) { return e.Quantile(nil, x, .3, Linear) }},
		} {
			got, err := f.do()
			require.NoError(t, err, name+what)
			golden.EqualSlice(t, name+what, f.want.Values(), got, 1e-12)
		}
	}
}

func TestShiftGolden(t *testing.T) {
	g := loadFeatures(t)
	x := g.Series.Values()
	for k, c := range g.Shifts {
		var p int
		_, err := fmt.Sscan(k, &p)
		require.NoError(t, err)
		for what, f := range map[string]struct {
			want golden.Floats
			do   func(dst, x []float64, periods int) ([]float64, error)
		}{"shift": {c.Shift, Shift}, "diff": {c.Diff, Diff}, "pct": {c.Pct, RelativeChange}} {
			got, err := f.do(nil, x, p)
			require.NoError(t, err)
			golden.EqualSlice(t, what+k, f.want.Values(), got, 1e-14)
			in := append([]float64(nil), x...)
			again, err := f.do(in, in, p)
			require.NoError(t, err)
			golden.EqualSlice(t, what+k+" in place", got, again, 0)
		}
	}
}

func TestCalendarGolden(t *testing.T) {
	g := loadFeatures(t)
	var moments []time.Time
	for _, ns := range g.Calendar["unixns"] {
		moments = append(moments, time.Unix(0, ns))
	}
	checked := 0
	for p := Year; p <= Unix; p++ {
		want, ok := g.Calendar[p.String()]
		if !ok {
			continue
		}
		checked++
		m, err := Calendar{Parts: []Part{p}, Zone: time.UTC}.Transform(nil, moments)
		require.NoError(t, err)
		for i, v := range want {
			require.Equal(t, float64(v), m.At(i, 0), "%s of %v", p, moments[i].UTC())
		}
	}
	require.Equal(t, 21, checked)
}
