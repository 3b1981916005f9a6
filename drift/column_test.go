package drift_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// columnCase is one case of columns.json.
type columnCase struct {
	Name, Kind, Auto   string
	Reference, Current json.RawMessage
	Score              golden.Float
	Drifted            bool
	Threshold          float64
	Scores             map[string]golden.Float
}

func (c columnCase) column(t testing.TB, raw json.RawMessage) drift.Column {
	t.Helper()
	if c.Kind == "numeric" {
		var x golden.Floats
		require.NoError(t, json.Unmarshal(raw, &x))
		return drift.Column{Name: c.Name, Floats: x.Values()}
	}
	var s []string
	require.NoError(t, json.Unmarshal(raw, &s))
	return drift.TextColumn(c.Name, s)
}

// score is what Evidently calls so: the p-value, or the distance.
func score(r drift.ColumnResult) float64 {
	if math.IsNaN(r.PValue) {
		return r.Statistic
	}
	return r.PValue
}

// near holds scores to 1e-12, and small p-values to 1e-10 of 1: Evidently and SciPy
// take some of them as 1 - cdf, or from a series cut at 1e-7.
func near(t testing.TB, what string, want, got float64) {
	t.Helper()
	if math.Abs(want-got) > 1e-10 {
		golden.Equal(t, what, want, got, 1e-12)
	}
}

func TestColumnsGolden(t *testing.T) {
	var f struct{ Cases []columnCase }
	golden.Load(t, "drift/columns.json", &f)
	names := map[string]string{"chisquare": "chi2", "chi-square p_value": "chi2"}
	for _, c := range f.Cases {
		ref, cur := c.column(t, c.Reference), c.column(t, c.Current)
		r, err := drift.CompareColumns(ref, cur, drift.ColumnOptions{})
		require.NoError(t, err, c.Name)
		want := c.Auto
		if n, ok := names[want]; ok {
			want = n
		}
		require.Equal(t, want, r.Test, c.Name)
		require.Equal(t, c.Drifted, r.Drifted, c.Name)
		require.Equal(t, c.Threshold, r.Threshold, c.Name)
		near(t, c.Name+": auto", float64(c.Score), score(r))
		for test, want := range c.Scores {
			o := drift.ColumnOptions{Test: test}
			if test == "mannw" {
				o.Alternative = drift.Less // Evidently looks for a rise only
			}
			r, err := drift.CompareColumns(ref, cur, o)
			require.NoError(t, err, c.Name+": "+test)
			near(t, c.Name+": "+test, float64(want), score(r))
		}
	}
}

func noise(n int, mean float64, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		x[i] = mean + rng.NormFloat64()
	}
	return x
}

func TestColumnDescribes(t *testing.T) {
	ref, cur := noise(5000, 10, 1), noise(4000, 11, 2)
	cur[0], cur[1], cur[2] = math.NaN(), math.Inf(1), math.Inf(-1)
	r, err := drift.CompareColumns(drift.Column{Name: "x", Floats: ref}, drift.Column{Name: "x", Floats: cur}, drift.ColumnOptions{})
	require.NoError(t, err)
	require.True(t, r.Drifted)
	require.Equal(t, "up", r.Direction())
	require.InDelta(t, 1, r.StdShift, 0.1)
	require.InDelta(t, 1, r.MedianShift, 0.1)
	require.Equal(t, [4]int{0, 1, 0, 2}, [4]int{r.ReferenceMissing, r.CurrentMissing, r.ReferenceInfinite, r.CurrentInfinite})
	require.Len(t, r.Moved, 3)
	require.Greater(t, r.Moved[0].Current, r.Moved[0].Reference)

	a := drift.TextColumn("c", []string{"x", "x", "y", "z"})
	b := drift.TextColumn("c", []string{"x", "w", "y", "w"})
	r, err = drift.CompareColumns(a, b, drift.ColumnOptions{Test: "tvd"})
	require.NoError(t, err)
	require.InDelta(t, 0.5, r.Statistic, 1e-15)
	require.Equal(t, []drift.Category{{Value: "w", Count: 2}}, r.New)
	require.Equal(t, []drift.Category{{Value: "z", Count: 1}}, r.Vanished)
	require.Equal(t, "w", r.Moved[0].Label)
}

func TestColumnOptions(t *testing.T) {
	ref, cur := drift.Column{Floats: noise(300, 0, 1)}, drift.Column{Floats: noise(300, 0.1, 2)}
	one, err := drift.CompareColumns(ref, cur, drift.ColumnOptions{Test: "psi", Bins: 10})
	require.NoError(t, err)
	more, err := drift.CompareColumns(ref, cur, drift.ColumnOptions{Test: "psi", Bins: 50})
	require.NoError(t, err)
	require.Greater(t, more.Statistic, one.Statistic, "bins are honoured")
	require.Contains(t, one.Note, "0.0001")
	s := drift.Additive(0.5)
	r, err := drift.CompareColumns(ref, cur, drift.ColumnOptions{Test: "psi", Edges: []float64{-1, 0, 1}, Smoothing: &s})
	require.NoError(t, err)
	count := func(x []float64) []float64 {
		c := make([]float64, 2)
		for _, v := range x {
			if v < 0 {
				c[0]++
			} else {
				c[1]++
			}
		}
		return c
	}
	want, err := drift.PSI(count(ref.Floats), count(cur.Floats), s)
	require.NoError(t, err)
	golden.Equal(t, "psi in edges", want, r.Statistic, 1e-12)
	r, err = drift.CompareColumns(ref, cur, drift.ColumnOptions{Thresholds: map[string]float64{"ks": 0.9, "psi": 7}})
	require.NoError(t, err)
	require.Equal(t, 0.9, r.Threshold)
	for _, name := range drift.TestNames() {
		r, err := drift.CompareColumns(ref, cur, drift.ColumnOptions{Test: name})
		if name == "z" || name == "fisher" || name == "chi2" {
			continue // not for continuous numbers
		}
		require.NoError(t, err, name)
		require.Equal(t, name, r.Test)
	}
}

func TestColumnsBad(t *testing.T) {
	x := drift.Column{Floats: []float64{1, 2, 3}}
	text := drift.TextColumn("", []string{"a", "b"})
	nan := math.NaN()
	for name, c := range map[string]struct {
		ref, cur drift.Column
		o        drift.ColumnOptions
		want     error
		drifted  bool
	}{
		"empty reference":    {drift.Column{}, x, drift.ColumnOptions{}, mlgauge.ErrEmpty, true},
		"empty current":      {x, drift.Column{Floats: []float64{}}, drift.ColumnOptions{}, mlgauge.ErrEmpty, true},
		"both empty":         {drift.Column{}, drift.Column{}, drift.ColumnOptions{}, mlgauge.ErrEmpty, false},
		"all missing":        {x, drift.Column{Floats: []float64{nan, nan}}, drift.ColumnOptions{}, mlgauge.ErrEmpty, true},
		"all infinite":       {drift.Column{Floats: []float64{math.Inf(1)}}, x, drift.ColumnOptions{}, mlgauge.ErrEmpty, true},
		"changed kind":       {x, text, drift.ColumnOptions{}, mlgauge.ErrIncompatible, true},
		"code beyond":        {text, drift.Column{Codes: []int32{7}, Dict: []string{"a"}}, drift.ColumnOptions{}, mlgauge.ErrRange, false},
		"both kinds":         {drift.Column{Floats: []float64{1}, Codes: []int32{0}}, x, drift.ColumnOptions{}, mlgauge.ErrIncompatible, false},
		"unknown test":       {x, x, drift.ColumnOptions{Test: "chisq"}, mlgauge.ErrRange, false},
		"test of numbers":    {text, text, drift.ColumnOptions{Test: "ks"}, mlgauge.ErrRange, false},
		"negative threshold": {x, x, drift.ColumnOptions{Threshold: -1}, mlgauge.ErrRange, false},
		"NaN threshold":      {x, x, drift.ColumnOptions{Threshold: nan}, mlgauge.ErrNotFinite, false},
		"threshold of none":  {x, x, drift.ColumnOptions{Thresholds: map[string]float64{"no": 1}}, mlgauge.ErrRange, false},
		"falling edges":      {x, x, drift.ColumnOptions{Edges: []float64{1, 0}}, mlgauge.ErrRange, false},
		"one edge":           {x, x, drift.ColumnOptions{Edges: []float64{1}}, mlgauge.ErrLength, false},
		"NaN edge":           {x, x, drift.ColumnOptions{Edges: []float64{1, nan}}, mlgauge.ErrNotFinite, false},
		"negative bins":      {x, x, drift.ColumnOptions{Bins: -1}, mlgauge.ErrRange, false},
		"bad smoothing":      {x, x, drift.ColumnOptions{Smoothing: &drift.Smoothing{Method: 9}}, mlgauge.ErrRange, false},
		"bad alternative":    {x, x, drift.ColumnOptions{Alternative: 9}, mlgauge.ErrRange, false},
		"z of three":         {x, x, drift.ColumnOptions{Test: "z"}, mlgauge.ErrUndefined, false},
		"t of constants":     {drift.Column{Floats: []float64{1, 1}}, drift.Column{Floats: []float64{1, 1}}, drift.ColumnOptions{Test: "t"}, mlgauge.ErrUndefined, false},
		"range overflows":    {drift.Column{Floats: []float64{-1.7e308, 0}}, drift.Column{Floats: []float64{1.7e308}}, drift.ColumnOptions{}, mlgauge.ErrRange, false},
	} {
		r, err := drift.CompareColumns(c.ref, c.cur, c.o)
		require.ErrorIs(t, err, c.want, name)
		require.Equal(t, c.drifted, r.Drifted, name)
	}
}

// The statistic of scaled data: tiny and huge values make no difference.
func TestColumnsScale(t *testing.T) {
	for _, scale := range []float64{1e-300, 1, 1e120} {
		a, b := noise(1500, 0, 1), noise(1500, 0.5, 2)
		for i := range a {
			a[i], b[i] = a[i]*scale, b[i]*scale
		}
		for _, test := range []string{"ks", "jensenshannon", "psi", "tvd"} {
			r, err := drift.CompareColumns(drift.Column{Floats: a}, drift.Column{Floats: b}, drift.ColumnOptions{Test: test})
			require.NoError(t, err, "%s at %v", test, scale)
			require.True(t, r.Drifted, "%s at %v", test, scale)
		}
	}
}

func TestColumnMedian(t *testing.T) {
	median := func(x []float64) float64 {
		x = slices.Sorted(slices.Values(x))
		n := len(x)
		return (x[(n-1)/2] + x[n/2]) / 2
	}
	for _, n := range []int{1, 2, 3, 10, 999, 1000, 9001, 9002} {
		for _, shape := range []func(v float64) float64{
			func(v float64) float64 { return v },
			func(v float64) float64 { return math.Round(v) },
			func(v float64) float64 { return math.Exp(20 * v) },
			func(float64) float64 { return 4 },
		} {
			x, y := noise(n, 0, uint64(n)), noise(n+1, 0.3, 7)
			for i := range x {
				x[i] = shape(x[i])
			}
			for i := range y {
				y[i] = shape(y[i])
			}
			r, err := drift.CompareColumns(drift.Column{Floats: x}, drift.Column{Floats: y}, drift.ColumnOptions{Test: "tvd"})
			require.NoError(t, err)
			want := median(y) - median(x)
			require.InDelta(t, want, r.MedianShift, 1e-12*math.Abs(median(x))+1e-12*math.Abs(median(y)))
		}
	}
}

// Bins are counted as NumPy counts them, whatever the widths.
func TestColumnBinsOracle(t *testing.T) {
	ref, cur := noise(3000, 0, 1), noise(3000, 0.4, 2)
	for i := range 50 {
		cur[i] = float64(i % 5) // on edges
		ref[i] = 1e6 * float64(i)
	}
	edges := []float64{-3, -1, -0.999, 0, 1, 2, 3, 4, 5e7}
	count := func(x []float64) []float64 {
		c := make([]float64, len(edges)-1)
		for _, v := range x {
			k := 0
			for k+1 < len(c) && v >= edges[k+1] {
				k++
			}
			c[k]++
		}
		return c
	}
	want, err := drift.TVD(count(ref), count(cur))
	require.NoError(t, err)
	got, err := drift.CompareColumns(drift.Column{Floats: ref}, drift.Column{Floats: cur}, drift.ColumnOptions{Test: "tvd", Edges: edges})
	require.NoError(t, err)
	golden.Equal(t, "tvd", want, got.Statistic, 1e-13)
}
