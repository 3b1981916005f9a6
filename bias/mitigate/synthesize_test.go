package mitigate

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

// people makes a mixed data set: income rises with age, and with it the share of
// owners; a tenth of the incomes and of the homes are missing.
func people(n int) []SynthColumn {
	u := rand.New(rand.NewPCG(5, 5))
	age, income, home := make([]float64, n), make([]float64, n), make([]int32, n)
	for i := range n {
		z := u.NormFloat64()
		age[i] = math.Round(math.Max(18, 45+12*z))
		income[i] = math.Exp(10 + 0.5*z + 0.3*u.NormFloat64())
		if z+u.NormFloat64() > 0.5 {
			home[i] = 1
		}
		if u.IntN(10) == 0 {
			income[i] = math.NaN()
		}
		if u.IntN(10) == 0 {
			home[i] = -1
		}
	}
	return []SynthColumn{{Name: "age", Numbers: age}, {Name: "income", Numbers: income}, {Name: "home", Codes: home, Values: []string{"rent", "own", "never seen"}}}
}

func TestSyntheticRowsResembleTheRealOnes(t *testing.T) {
	real := people(4000)
	var g GaussianCopula
	require.NoError(t, g.Fit(real))
	require.True(t, g.Columns[0].Whole)
	require.False(t, g.Columns[1].Whole)
	require.Equal(t, []string{"rent", "own"}, g.Columns[2].Values)
	synth, err := g.Sample(4000, 3)
	require.NoError(t, err)
	r, err := Compare(real, synth)
	require.NoError(t, err)
	for _, c := range r.Columns {
		require.Less(t, c.Distance, 0.04, c.Name)
		require.InDelta(t, c.MissingReal, c.MissingSynthetic, 0.03, c.Name)
	}
	require.Less(t, r.MaxCorrelationDifference, 0.05)
	require.Greater(t, math.Abs(g.Correlation[0][1]), 0.5)
	require.Greater(t, r.MedianToReal, 0.0)
	require.Less(t, r.ExactCopies, 450, "a tenth has no income: a whole age and a home are easily met")
	for _, v := range synth[0].Numbers {
		require.Equal(t, v, math.Trunc(v))
		require.GreaterOrEqual(t, v, 18.0)
	}

	same, err := Compare(real, real)
	require.NoError(t, err)
	require.Equal(t, 4000, same.ExactCopies)
	require.Zero(t, same.MaxCorrelationDifference)
	for _, c := range same.Columns {
		require.Zero(t, c.Distance)
	}

	old := runtime.GOMAXPROCS(1)
	again, err := g.Sample(4000, 3)
	runtime.GOMAXPROCS(old)
	require.NoError(t, err)
	require.Equal(t, synth[2], again[2])

	data, err := json.Marshal(g)
	require.NoError(t, err)
	var back GaussianCopula
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, g, back)
}

func TestSynthesizeConstantSingleAndContradicting(t *testing.T) {
	var g GaussianCopula
	require.NoError(t, g.Fit([]SynthColumn{{Name: "c", Numbers: []float64{7, 7, 7}}, {Name: "k", Codes: []int32{0, 0, 0}, Values: []string{"a"}}}))
	s, err := g.Sample(5, 1)
	require.NoError(t, err)
	require.Equal(t, []float64{7, 7, 7, 7, 7}, s[0].Numbers)
	require.Equal(t, []int32{0, 0, 0, 0, 0}, s[1].Codes)
	require.NoError(t, g.Fit([]SynthColumn{{Numbers: []float64{1e300}}}))
	s, err = g.Sample(2, 1)
	require.NoError(t, err)
	require.Equal(t, []float64{1e300, 1e300}, s[0].Numbers)
	s, err = g.Sample(0, 1)
	require.NoError(t, err)
	require.Empty(t, s[0].Numbers)

	// a rises with b and b with c where both are seen, but a falls with c.
	nan := math.NaN()
	require.NoError(t, g.Fit([]SynthColumn{
		{Numbers: []float64{1, 2, 3, nan, nan, nan, 1, 2, 3}},
		{Numbers: []float64{1, 2, 3, 1, 2, 3, nan, nan, nan}},
		{Numbers: []float64{nan, nan, nan, 1, 2, 3, 3, 2, 1}},
	}))
	_, err = g.Sample(10, 1)
	require.NoError(t, err)
}

func TestSynthesizeBadInput(t *testing.T) {
	var g GaussianCopula
	_, err := g.Sample(1, 1)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	one := SynthColumn{Name: "x", Numbers: []float64{1, 2}}
	for name, c := range map[string]struct {
		columns []SynthColumn
		want    error
	}{
		"none":     {nil, mlgauge.ErrEmpty},
		"no rows":  {[]SynthColumn{{}}, mlgauge.ErrEmpty},
		"length":   {[]SynthColumn{one, {Numbers: []float64{1}}}, mlgauge.ErrLength},
		"infinite": {[]SynthColumn{{Numbers: []float64{math.Inf(1)}}}, mlgauge.ErrNotFinite},
		"code":     {[]SynthColumn{{Codes: []int32{1}, Values: []string{"a"}}}, mlgauge.ErrRange},
		"both":     {[]SynthColumn{{Codes: []int32{0}, Values: []string{"a"}, Numbers: []float64{1}}}, mlgauge.ErrRange},
		"missing":  {[]SynthColumn{{Numbers: []float64{math.NaN()}}}, mlgauge.ErrUndefined},
	} {
		require.ErrorIs(t, g.Fit(c.columns), c.want, name)
		require.Nil(t, g.Columns, name)
		_, err := Compare(c.columns, []SynthColumn{one})
		require.ErrorIs(t, err, c.want, name)
	}
	require.ErrorIs(t, (&GaussianCopula{Steps: -1}).Fit([]SynthColumn{one}), mlgauge.ErrRange)
	_, err = Compare([]SynthColumn{one}, []SynthColumn{one, one})
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = Compare([]SynthColumn{one}, []SynthColumn{{Codes: []int32{0}, Values: []string{"a"}}})
	require.ErrorIs(t, err, mlgauge.ErrIncompatible)
	require.NoError(t, g.Fit([]SynthColumn{one}))
	_, err = g.Sample(-1, 1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	for _, bad := range []string{`1`, `{"Columns":[{"Name":"x","Quantiles":[2,1]}],"Correlation":[[1]]}`, `{"Columns":[{"Name":"x","Quantiles":[1]}],"Correlation":[[2]]}`,
		`{"Columns":[{"Name":"x"}],"Correlation":[[1]]}`, `{"Columns":[{"Name":"x","Values":["a"],"Shares":[0.5]}],"Correlation":[[1]]}`, `{"Columns":[{"Name":"x","Quantiles":[1],"Missing":1}],"Correlation":[[1]]}`} {
		before := g
		require.ErrorIs(t, g.UnmarshalJSON([]byte(bad)), mlgauge.ErrCorrupt, bad)
		require.Equal(t, before, g)
	}
}

func FuzzGaussianCopulaJSON(f *testing.F) {
	f.Add([]byte(`{"Steps":0,"Columns":[{"Name":"x","Quantiles":[1,2],"Missing":0.1},{"Name":"k","Values":["a"],"Shares":[1]}],"Correlation":[[1,0.5],[0.5,1]]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var g GaussianCopula
		if g.UnmarshalJSON(data) == nil && len(g.Columns) > 0 && len(g.Columns) < 20 {
			_, err := g.Sample(3, 1)
			require.NoError(t, err)
		}
	})
}

func BenchmarkGaussianCopulaSample(b *testing.B) {
	var g GaussianCopula
	if err := g.Fit(people(10_000)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.Sample(10_000, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/row")
}
