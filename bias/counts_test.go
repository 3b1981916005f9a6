package bias

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

func small() Batch {
	return Batch{Facet: Labels([]string{"M", "F", "M", "F"}), Label: Labels([]int{1, 1, 0, 0}), Prediction: Labels([]int{1, 0, 0, 0})}
}

func TestBadInput(t *testing.T) {
	nan := math.NaN()
	full := func() *Counts {
		var c Counts
		require.NoError(t, c.Add(small()))
		return &c
	}
	facet := func(d, p []string) error { _, err := full().Facet(d, p); return err }
	add := func(change func(*Batch)) error {
		b := small()
		change(&b)
		c := full()
		before, _ := c.MarshalBinary()
		err := c.Add(b)
		after, _ := c.MarshalBinary()
		if err != nil {
			require.Equal(t, before, after, "a failed Add changed the table")
		}
		return err
	}
	f, err := full().Facet([]string{"F"}, []string{"1"})
	require.NoError(t, err)
	value := func(_ float64, err error) error { return err }
	var noPred Counts
	require.NoError(t, noPred.Add(Batch{Facet: Labels([]string{"M", "F"}), Label: Labels([]int{1, 0})}))
	g, err := noPred.Facet([]string{"F"}, []string{"1"})
	require.NoError(t, err)
	flip := func(x *mat.Dense, p, d []bool) error { _, err := FlipTest(x, p, d); return err }
	_, cut := Cut([]float64{1}, 2, 1)
	_, cutNone := Cut([]float64{1})
	_, coded := Coded([]int32{3}, []string{"a"})
	_, inter := Intersect(Labels([]int{1}), Labels([]int{1, 2}))
	_, interNone := Intersect()
	_, imb := LabelImbalance(nil)
	_, imbNeg := LabelImbalance([]float64{-1, 2})
	_, imbNaN := LabelImbalance([]float64{nan})
	_, level := f.Interval((*Facet).DPL, Bootstrap{Level: 2})
	_, few := f.Interval((*Facet).DPL, Bootstrap{Resamples: 3})
	_, rep := f.Report(Bootstrap{Level: -1})
	_, drift := (&Analysis{}).CheckDrift(&Analysis{}, nan)
	_, pseudo := f.KL(Distributions{Pseudocount: -1})

	for name, c := range map[string]struct{ err, want error }{
		"empty batch":        {add(func(b *Batch) { *b = Batch{} }), mlgauge.ErrEmpty},
		"no label":           {add(func(b *Batch) { b.Label = Column{} }), mlgauge.ErrEmpty},
		"short label":        {add(func(b *Batch) { b.Label = Labels([]int{1}) }), mlgauge.ErrLength},
		"short prediction":   {add(func(b *Batch) { b.Prediction = Labels([]int{1}) }), mlgauge.ErrLength},
		"code without value": {add(func(b *Batch) { b.Facet.Codes = []int32{0, 1, 2, 0} }), mlgauge.ErrRange},
		"code below -1":      {add(func(b *Batch) { b.Facet.Codes = []int32{0, 1, -2, 0} }), mlgauge.ErrRange},
		"negative weight":    {add(func(b *Batch) { b.Weights = []float64{1, 1, 1, -1} }), mlgauge.ErrRange},
		"NaN weight":         {add(func(b *Batch) { b.Weights = []float64{1, 1, 1, nan} }), mlgauge.ErrNotFinite},
		"short weights":      {add(func(b *Batch) { b.Weights = []float64{1} }), mlgauge.ErrLength},
		"other columns":      {add(func(b *Batch) { b.Prediction = Column{} }), mlgauge.ErrIncompatible},
		"merge":              {full().Merge(&noPred), mlgauge.ErrIncompatible},
		"empty table":        {func() error { _, err := new(Counts).Facet([]string{"F"}, []string{"1"}); return err }(), mlgauge.ErrEmpty},
		"no facet value":     {facet(nil, []string{"1"}), mlgauge.ErrEmpty},
		"no positive value":  {facet([]string{"F"}, nil), mlgauge.ErrEmpty},
		"facet unseen":       {facet([]string{"X"}, []string{"1"}), mlgauge.ErrUnknownCategory},
		"positive unseen":    {facet([]string{"F"}, []string{"7"}), mlgauge.ErrUnknownCategory},
		"one group":          {facet([]string{"F", "M"}, []string{"1"}), mlgauge.ErrUndefined},
		"no strata":          {value(f.CDDL()), mlgauge.ErrUndefined},
		"no strata, pred":    {value(f.CDDPL()), mlgauge.ErrUndefined},
		"no predictions":     {value(g.DPPL()), mlgauge.ErrUndefined},
		"no predictions DI":  {value(g.DI()), mlgauge.ErrUndefined},
		"no predictions GE":  {value(g.GE(2)), mlgauge.ErrUndefined},
		"GE alpha":           {value(f.GE(nan)), mlgauge.ErrRange},
		"pseudocount":        {pseudo, mlgauge.ErrRange},
		"flip empty":         {flip(&mat.Dense{}, nil, nil), mlgauge.ErrEmpty},
		"flip lengths":       {flip(mat.NewDense(2, 1, nil), []bool{true}, []bool{true, false}), mlgauge.ErrLength},
		"flip NaN":           {flip(mat.NewDense(2, 1, []float64{1, nan}), make([]bool, 2), []bool{true, false}), mlgauge.ErrNotFinite},
		"flip one side":      {flip(mat.NewDense(2, 1, nil), make([]bool, 2), make([]bool, 2)), mlgauge.ErrUndefined},
		"cut order":          {cut, mlgauge.ErrRange},
		"cut nothing":        {cutNone, mlgauge.ErrEmpty},
		"coded":              {coded, mlgauge.ErrRange},
		"intersect":          {inter, mlgauge.ErrLength},
		"intersect none":     {interNone, mlgauge.ErrEmpty},
		"imbalance":          {imb, mlgauge.ErrEmpty},
		"imbalance negative": {imbNeg, mlgauge.ErrRange},
		"imbalance NaN":      {imbNaN, mlgauge.ErrNotFinite},
		"level":              {level, mlgauge.ErrRange},
		"resamples":          {few, mlgauge.ErrRange},
		"report":             {rep, mlgauge.ErrRange},
		"tolerance":          {drift, mlgauge.ErrRange},
		"corrupt":            {new(Counts).UnmarshalBinary([]byte("nonsense nonsense")), mlgauge.ErrCorrupt},
	} {
		require.ErrorIs(t, c.err, c.want, name)
	}
}

func TestMissingRowsAreCounted(t *testing.T) {
	for _, w := range [][]float64{nil, {1, 1, 1, 1}} {
		var c Counts
		b := small()
		b.Facet = Labels([]float64{1, math.NaN(), 2, 2})
		b.Weights = w
		require.NoError(t, c.Add(b))
		require.EqualValues(t, 3, c.Rows())
		require.EqualValues(t, 1, c.Skipped())
	}
}

func TestColumns(t *testing.T) {
	x := []float64{1, 5, 5.1, math.NaN(), math.Inf(1)}
	require.Equal(t, []int32{0, 0, 1, 0, 1}, Above(x, 5).Codes, "NaN is in a, the threshold itself too")
	c, err := Cut(x, 1, 5)
	require.NoError(t, err)
	require.Equal(t, []int32{0, 1, 2, Missing, 2}, c.Codes)
	require.Equal(t, []string{"(-Inf, 1]", "(1, 5]", "(5, +Inf]"}, c.Values)
	c, err = Intersect(Labels([]string{"F", "M", "F"}), Bools([]bool{true, false, true}))
	require.NoError(t, err)
	require.Equal(t, Column{Codes: []int32{0, 1, 0}, Values: []string{"F & true", "M & false"}}, c)
}

func TestIntervalDoesNotDependOnCoresAndCovers(t *testing.T) {
	// True difference 0.2; the interval of 200 data sets should cover it about 95%.
	rng := rand.New(rand.NewPCG(5, 5))
	covered, closed := 0, 0
	const sets = 200
	for range sets {
		b := Batch{}
		facet, label := make([]bool, 400), make([]bool, 400)
		for i := range facet {
			facet[i] = i%2 == 0
			p := 0.6
			if facet[i] {
				p = 0.4
			}
			label[i] = rng.Float64() < p
		}
		b.Facet, b.Label = Bools(facet), Bools(label)
		var c Counts
		require.NoError(t, c.Add(b))
		f, err := c.Facet([]string{"true"}, []string{"true"})
		require.NoError(t, err)
		iv, err := f.Interval((*Facet).DPL, Bootstrap{Resamples: 300})
		require.NoError(t, err)
		again, err := f.Interval((*Facet).DPL, Bootstrap{Resamples: 300})
		require.NoError(t, err)
		require.Equal(t, iv, again)
		if iv.Low <= 0.2 && 0.2 <= iv.High {
			covered++
		}
		found, err := f.Report(Bootstrap{Resamples: 20})
		require.NoError(t, err)
		dpl := found[slices.IndexFunc(found, func(r Finding) bool { return r.Name == "DPL" })]
		if dpl.Interval.Low <= 0.2 && 0.2 <= dpl.Interval.High {
			closed++
		}
	}
	// Binomial(200, 0.95): below 180 or above 199 has probability under 0.1%.
	require.Greater(t, covered, 178)
	require.Greater(t, closed, 178)
}

func TestReportAndAnalysis(t *testing.T) {
	cases := clarifyCases(t)
	c := cases[len(cases)-1]
	var counts Counts
	require.NoError(t, counts.Add(c.batch()))
	f, err := counts.Facet([]string{"1"}, []string{"1"})
	require.NoError(t, err)
	f = f.WithFlip(Flip{Disadvantaged: 90, Favoured: 5, Harmed: 20}, nil)
	found, err := f.Report(Bootstrap{})
	require.NoError(t, err)
	require.Len(t, found, 21)
	for _, r := range found {
		require.NoError(t, r.Err, r.Name)
		if r.Name == "FT" {
			require.Equal(t, -15.0/90, r.Interval.Value)
			require.True(t, r.Excludes)
			require.InDelta(t, 0.004077, r.PValue, 1e-6) // scipy.stats.binomtest(5, 25).pvalue
			continue
		}
		want, err := clarifyMetrics[map[bool]string{true: r.Name + "_collapsed", false: r.Name}[slices.Contains([]string{"KL", "JS", "LP", "TVD", "KS"}, r.Name)]](f)
		require.NoError(t, err)
		require.Equal(t, want, r.Interval.Value, r.Name)
		// A percentile interval of a distance near 0 may lie above it.
		if !slices.Contains([]string{"KL", "JS", "LP", "TVD", "KS"}, r.Name) {
			require.LessOrEqual(t, r.Interval.Low, want, r.Name)
		}
		require.GreaterOrEqual(t, r.Interval.High, want, r.Name)
	}
	require.Contains(t, Text(found), "DPPL")

	var a Analysis
	a.Set("label", "sex", f, found)
	data, err := json.Marshal(&a)
	require.NoError(t, err)
	back, err := ParseAnalysis(data)
	require.NoError(t, err)
	require.Equal(t, a.PostTraining.Facets["sex"][0].Metrics, back.PostTraining.Facets["sex"][0].Metrics)
	same, err := back.CheckDrift(&a, 0)
	require.NoError(t, err)
	require.Empty(t, same.Violations)

	di := func(a *Analysis) *AnalysisMetric {
		m := a.PostTraining.Facets["sex"][0].Metrics
		return &m[slices.IndexFunc(m, func(x AnalysisMetric) bool { return x.Name == "DI" })]
	}
	di(&a).Value, di(back).Value = 0.5, 1
	v, err := back.CheckDrift(&a, 0)
	require.NoError(t, err)
	require.Empty(t, v.Violations, "a disparate impact that becomes fair is no violation")
	di(back).Value = 0.4
	v, err = back.CheckDrift(&a, 0)
	require.NoError(t, err)
	require.Len(t, v.Violations, 1)
	require.Equal(t, "DI", v.Violations[0].MetricName)
	back.PreTraining = nil
	v, err = back.CheckDrift(&a, 0)
	require.NoError(t, err)
	require.Len(t, v.Violations, 9)
}

func TestAnalysisValues(t *testing.T) {
	a, err := ParseAnalysis([]byte(`{"version":"1.0","pre_training_bias_metrics":{"label":"y","label_value_or_threshold":"1","facets":{"f":[{"value_or_threshold":"1","metrics":[
		{"name":"DI","description":"","value":"Infinity"},{"name":"CDDL","description":"","value":null,"error":"no strata"}]}]}}}`))
	require.NoError(t, err)
	m := a.PreTraining.Facets["f"][0].Metrics
	require.True(t, math.IsInf(float64(m[0].Value), 1) && math.IsNaN(float64(m[1].Value)))
	for _, bad := range []string{``, `{`, `{"version":"2.0"}`, `{"version":"1.0"}`, `{"version":"1.0","pre_training_bias_metrics":{"facets":{"f":[{"metrics":[{"value":1}]}]}}}`} {
		_, err := ParseAnalysis([]byte(bad))
		require.ErrorIs(t, err, mlgauge.ErrCorrupt, bad)
	}
}

func TestImbalanceOfTheGuide(t *testing.T) {
	i, err := LabelImbalance([]float64{95, 5, 0})
	require.NoError(t, err)
	require.Equal(t, 2, i.Classes)
	require.Equal(t, 19.0, i.Ratio)
	require.InDelta(t, 0.9, i.BinarySpread, 1e-15)
	require.InDelta(t, 0.286396957, i.Evenness, 1e-9)
	i, err = LabelImbalance([]float64{50, 50})
	require.NoError(t, err)
	require.Equal(t, Imbalance{Classes: 2, Majority: .5, Minority: .5, Ratio: 1, Entropy: math.Ln2, Evenness: 1, Effective: 2, Gini: .5}, i)
	i, err = LabelImbalance([]float64{3})
	require.NoError(t, err)
	require.Equal(t, 1.0, i.Evenness)
}

func FuzzUnmarshalCounts(f *testing.F) {
	var c Counts
	if err := c.Add(small()); err != nil {
		f.Fatal(err)
	}
	good, _ := c.MarshalBinary()
	f.Add(good)
	f.Add(good[:len(good)-5])
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Counts
		if err := c.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, mlgauge.ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		var sum Counts
		if err := sum.Merge(&c); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParseAnalysis(f *testing.F) {
	f.Add([]byte(`{"version":"1.0","explanations":{}}`))
	f.Add([]byte(`{"version":"1.0","pre_training_bias_metrics":{"facets":{"f":[{"metrics":[{"name":"CI","value":"Infinity"}]}]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ParseAnalysis(data)
		if err != nil {
			if !errors.Is(err, mlgauge.ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		if _, err := a.CheckDrift(a, 0); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkClarify(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	const n = 1_000_000
	facet, label, pred := make([]int64, n), make([]int64, n), make([]int64, n)
	for i := range n {
		facet[i], label[i], pred[i] = rng.Int64N(2), rng.Int64N(2), rng.Int64N(2)
	}
	b.ReportAllocs()
	for b.Loop() {
		var c Counts
		if err := c.Add(Batch{Facet: Labels(facet), Label: Labels(label), Prediction: Labels(pred)}); err != nil {
			b.Fatal(err)
		}
		f, err := c.Facet([]string{"1"}, []string{"1"})
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range Metrics() {
			_, _ = m.value(f)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}

func BenchmarkReportIntervals(b *testing.B) {
	var c Counts
	rng := rand.New(rand.NewPCG(1, 1))
	facet, label, pred := make([]int, 10000), make([]int, 10000), make([]int, 10000)
	for i := range facet {
		facet[i], label[i], pred[i] = rng.IntN(2), rng.IntN(2), rng.IntN(2)
	}
	if err := c.Add(Batch{Facet: Labels(facet), Label: Labels(label), Prediction: Labels(pred)}); err != nil {
		b.Fatal(err)
	}
	f, err := c.Facet([]string{"1"}, []string{"1"})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Report(Bootstrap{}); err != nil {
			b.Fatal(err)
		}
	}
}

type shade int8

func (s shade) String() string { return [...]string{"dark", "light"}[s+1] }

// Values are named by fmt.Sprint in order of first appearance, whatever their type.
func TestLabels(t *testing.T) {
	type word string
	require.Equal(t, Column{Codes: []int32{0, 1, 0, 0}, Values: []string{"light", "dark"}}, Labels([]shade{0, -1, 0, 0}))
	require.Equal(t, Column{Codes: []int32{0, 1, 2, 1}, Values: []string{"b", "", "a"}}, Labels([]word{"b", "", "a", ""}))
	require.Equal(t, Column{Codes: []int32{0, 1, 2, 0}, Values: []string{"-1", "255", strconv.Itoa(math.MaxInt)}}, Labels([]int{-1, 255, math.MaxInt, -1}))
	require.Equal(t, Column{Codes: []int32{0, 1, 0}, Values: []string{"65535", "0"}}, Labels([]uint16{65535, 0, 65535}))
	require.Equal(t, Column{Codes: []int32{0, -1, 1, 0}, Values: []string{"0", "0.5"}}, Labels([]float64{0, math.NaN(), 0.5, math.Copysign(0, -1)}))
	require.Equal(t, Column{Codes: []int32{}}, Labels([]string{}))
}
