package mitigate

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

// applicants makes scores that favour group b.
func applicants(n int) (score []float64, y []bool, g []string) {
	u := rand.New(rand.NewPCG(4, 4))
	for range n {
		k := u.IntN(2)
		s := 1 / (1 + math.Exp(-u.NormFloat64()-0.8*float64(k)))
		score, y, g = append(score, s), append(y, u.Float64() < s), append(g, string(rune('a'+k)))
	}
	return score, y, g
}

func TestThresholdsReachParity(t *testing.T) {
	score, y, g := applicants(20_000)
	o := ThresholdOptimizer[string]{}
	require.NoError(t, o.Fit(score, y, g))
	chosen, err := o.Predict(score, g, 7)
	require.NoError(t, err)
	rate := func(chosen []bool) map[string]float64 {
		pos, all := map[string]float64{}, map[string]float64{}
		for i, k := range g {
			all[k]++
			if chosen[i] {
				pos[k]++
			}
		}
		return map[string]float64{"a": pos["a"] / all["a"], "b": pos["b"] / all["b"]}
	}
	r := rate(chosen)
	require.InDelta(t, r["a"], r["b"], 0.005)
	fixed, err := o.PredictDeterministic(score, g)
	require.NoError(t, err)
	r = rate(fixed)
	require.InDelta(t, r["a"], r["b"], 0.01)

	old := runtime.GOMAXPROCS(1)
	again, err := o.Predict(score, g, 7)
	runtime.GOMAXPROCS(old)
	require.NoError(t, err)
	require.Equal(t, chosen, again)
	head, err := o.Predict(score[:100], g[:100], 7)
	require.NoError(t, err)
	require.Equal(t, chosen[:100], head)
}

func TestThresholdsBadInput(t *testing.T) {
	s, y, g := []float64{.1, .9, .2, .8}, []bool{false, true, false, true}, []string{"a", "a", "b", "b"}
	for name, c := range map[string]struct {
		o    ThresholdOptimizer[string]
		s    []float64
		y    []bool
		g    []string
		want error
	}{
		"empty":      {want: mlgauge.ErrEmpty},
		"length":     {s: s, y: y[:1], g: g, want: mlgauge.ErrLength},
		"groups":     {s: s, y: y, g: g[:1], want: mlgauge.ErrLength},
		"nan":        {s: []float64{math.NaN(), 1, 1, 1}, y: y, g: g, want: mlgauge.ErrNotFinite},
		"one class":  {s: s, y: []bool{true, true, false, true}, g: g, want: mlgauge.ErrUndefined},
		"constraint": {o: ThresholdOptimizer[string]{Constraint: 9}, s: s, y: y, g: g, want: mlgauge.ErrRange},
		"objective":  {o: ThresholdOptimizer[string]{Constraint: EqualizedOdds, Objective: SelectionRate}, s: s, y: y, g: g, want: mlgauge.ErrRange},
		"grid":       {o: ThresholdOptimizer[string]{Grid: -1}, s: s, y: y, g: g, want: mlgauge.ErrRange},
		"tolerance":  {o: ThresholdOptimizer[string]{Constraint: EqualizedOdds, Tolerance: .1}, s: s, y: y, g: g, want: mlgauge.ErrRange},
	} {
		require.ErrorIs(t, c.o.Fit(c.s, c.y, c.g), c.want, name)
		require.Nil(t, c.o.Groups, name)
	}
	var o ThresholdOptimizer[string]
	_, err := o.Predict(s, g, 1)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.NoError(t, o.Fit(s, y, g))
	_, err = o.Predict(s[:1], []string{"c"}, 1)
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	_, err = o.Probability(make([]float64, 1), s, g)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	before, _ := json.Marshal(o)
	for _, bad := range []string{`1`, `{"Constraint":9}`, `{"Groups":[{"Group":"a","P0":2}]}`, `{"Groups":[{"Group":"b"},{"Group":"a"}]}`, `{"Groups":[{"Group":"a","Rule0":{"Threshold":null}}]}`} {
		require.Error(t, json.Unmarshal([]byte(bad), &o), bad)
	}
	after, _ := json.Marshal(o)
	require.Equal(t, string(before), string(after))
}

func TestRejectOptionBadInput(t *testing.T) {
	s, y, u := []float64{.1, .9, .2, .8}, []bool{false, true, false, true}, []bool{true, true, false, false}
	for name, c := range map[string]struct {
		o    RejectOption
		s    []float64
		y, u []bool
		want error
	}{
		"empty":      {want: mlgauge.ErrEmpty},
		"length":     {s: s, y: y[:1], u: u, want: mlgauge.ErrLength},
		"groups":     {s: s, y: y, u: u[:1], want: mlgauge.ErrLength},
		"nan":        {s: []float64{math.NaN(), 1, 1, 1}, y: y, u: u, want: mlgauge.ErrNotFinite},
		"range":      {s: []float64{2, 1, 1, 1}, y: y, u: u, want: mlgauge.ErrRange},
		"one class":  {s: s, y: make([]bool, 4), u: u, want: mlgauge.ErrUndefined},
		"one group":  {s: s, y: y, u: make([]bool, 4), want: mlgauge.ErrUndefined},
		"no label":   {o: RejectOption{Gap: EqualOpportunity}, s: s, y: []bool{false, true, false, false}, u: u, want: mlgauge.ErrUndefined},
		"gap":        {o: RejectOption{Gap: 3}, s: s, y: y, u: u, want: mlgauge.ErrRange},
		"bounds":     {o: RejectOption{Lower: 1}, s: s, y: y, u: u, want: mlgauge.ErrRange},
		"thresholds": {o: RejectOption{Low: .9, High: .1}, s: s, y: y, u: u, want: mlgauge.ErrRange},
		"steps":      {o: RejectOption{Steps: -1}, s: s, y: y, u: u, want: mlgauge.ErrRange},
	} {
		require.ErrorIs(t, c.o.Fit(c.s, c.y, c.u), c.want, name)
		require.False(t, c.o.Fitted, name)
	}
	var r RejectOption
	_, err := r.Predict(s, u)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.NoError(t, r.Fit(s, y, u))
	_, err = r.Predict(s, u[:1])
	require.ErrorIs(t, err, mlgauge.ErrLength)
	data, err := json.Marshal(r)
	require.NoError(t, err)
	var back RejectOption
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, r, back)
	for _, bad := range []string{`1`, `{"Gap":5}`, `{"Fitted":true,"Threshold":3}`, `{"Low":3}`} {
		require.Error(t, json.Unmarshal([]byte(bad), &r), bad)
		require.Equal(t, back, r)
	}
}

func FuzzFittedJSON(f *testing.F) {
	f.Add([]byte(`{"Groups":[{"Group":"a","P0":0.5,"Rule0":{"Threshold":"+Inf"},"Rule1":{"Threshold":0.2}}]}`))
	f.Add([]byte(`{"Sensitive":[0],"Columns":2,"Mean":[1],"Beta":[[2]]}`))
	f.Add([]byte(`{"Cells":[{"Group":"a","Label":"b","Weight":2}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var o ThresholdOptimizer[string]
		if json.Unmarshal(data, &o) == nil && len(o.Groups) > 0 {
			p, err := o.Probability(nil, []float64{0.5}, []string{o.Groups[0].Group})
			require.NoError(t, err)
			require.True(t, p[0] >= 0 && p[0] <= 1)
		}
		var c CorrelationRemover
		if json.Unmarshal(data, &c) == nil && c.Columns > 0 && c.Columns < 100 {
			_, err := c.Transform(nil, mat.NewDense(1, c.Columns, nil))
			require.NoError(t, err)
		}
		var r Reweighing[string, string]
		if json.Unmarshal(data, &r) == nil && len(r.Cells) > 0 {
			_, err := r.Transform(nil, []string{r.Cells[0].Group}, []string{r.Cells[0].Label}, nil)
			require.NoError(t, err)
		}
		var j RejectOption
		_ = json.Unmarshal(data, &j)
	})
}

func BenchmarkThresholdFit(b *testing.B) {
	score, y, g := applicants(100_000)
	b.ReportAllocs()
	for b.Loop() {
		var o ThresholdOptimizer[string]
		if err := o.Fit(score, y, g); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/row")
}

func BenchmarkRepair(b *testing.B) {
	score, _, g := applicants(100_000)
	x := mat.NewDense(len(score), 1, score)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := RemoveDisparateImpact(nil, x, g, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/row")
}
