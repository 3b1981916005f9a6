package mitigate

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// rows makes a matrix of golden rows.
func rows(x []golden.Floats) *mat.Dense {
	m := mat.NewDense(len(x), len(x[0]), nil)
	for i, r := range x {
		m.SetRow(i, r.Values())
	}
	return m
}

type aif360Case struct {
	X        []golden.Floats
	G, Y     []int
	W, Score golden.Floats
	Repaired map[string][]golden.Floats
	Weights  golden.Floats
	Reject   map[string]struct {
		Threshold, Margin golden.Float
		Labels            []int
	}
}

func aif360Cases(t *testing.T) []aif360Case {
	var file struct{ Cases []aif360Case }
	golden.Load(t, "bias/mitigate_aif360.json", &file)
	require.NotEmpty(t, file.Cases)
	return file.Cases
}

func bools(x []int) []bool {
	out := make([]bool, len(x))
	for i, v := range x {
		out[i] = v == 1
	}
	return out
}

func TestRepairAgainstAIF360(t *testing.T) {
	for _, c := range aif360Cases(t) {
		x := rows(c.X)
		before := mat.DenseCopyOf(x)
		for level, want := range c.Repaired {
			l, err := strconv.ParseFloat(level, 64)
			require.NoError(t, err)
			got, err := RemoveDisparateImpact(nil, x, c.G, l)
			require.NoError(t, err)
			require.True(t, mat.Equal(before, x))
			require.True(t, mat.Equal(rows(want), got), "level %s, %d rows", level, len(c.X))
			in := mat.DenseCopyOf(x)
			_, err = RemoveDisparateImpact(in, in, c.G, l)
			require.NoError(t, err)
			require.True(t, mat.Equal(got, in), "in place")
		}
	}
}

func TestRepairKeepsOrderAndJoinsDistributions(t *testing.T) {
	u := rand.New(rand.NewPCG(1, 2))
	n := 300
	x, g := mat.NewDense(n, 1, nil), make([]string, n)
	for i := range n {
		k := u.IntN(3)
		g[i] = string(rune('a' + k))
		x.Set(i, 0, u.NormFloat64()*float64(k+1)+float64(k))
	}
	got, err := RemoveDisparateImpact(nil, x, g, 1)
	require.NoError(t, err)
	mean, count := map[string]float64{}, map[string]float64{}
	for i := range n {
		mean[g[i]] += got.At(i, 0)
		count[g[i]]++
		for k := range i {
			if g[i] == g[k] && x.At(i, 0) < x.At(k, 0) {
				require.LessOrEqual(t, got.At(i, 0), got.At(k, 0))
			}
		}
	}
	require.InDelta(t, mean["a"]/count["a"], mean["c"]/count["c"], 0.05)
	zero, err := RemoveDisparateImpact(nil, x, g, 0)
	require.NoError(t, err)
	require.True(t, mat.Equal(x, zero))
}

func TestRepairBadInput(t *testing.T) {
	x := mat.NewDense(2, 1, []float64{1, 2})
	nan := mat.NewDense(2, 1, []float64{1, math.NaN()})
	for name, c := range map[string]struct {
		dst   *mat.Dense
		x     mat.Matrix
		g     []float64
		level float64
		want  error
	}{
		"level":     {nil, x, []float64{0, 1}, 1.1, mlgauge.ErrRange},
		"nan level": {nil, x, []float64{0, 1}, math.NaN(), mlgauge.ErrNotFinite},
		"length":    {nil, x, []float64{0}, 1, mlgauge.ErrLength},
		"empty":     {nil, &mat.Dense{}, nil, 1, mlgauge.ErrEmpty},
		"nan":       {nil, nan, []float64{0, 1}, 1, mlgauge.ErrNotFinite},
		"one group": {nil, x, []float64{1, 1}, 1, mlgauge.ErrUndefined},
		"nan group": {nil, x, []float64{1, math.NaN()}, 1, mlgauge.ErrNotFinite},
		"dst":       {mat.NewDense(1, 1, nil), x, []float64{0, 1}, 1, mlgauge.ErrLength},
	} {
		_, err := RemoveDisparateImpact(c.dst, c.x, c.g, c.level)
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestReweighingAgainstAIF360(t *testing.T) {
	for _, c := range aif360Cases(t) {
		var r Reweighing[int, int]
		require.NoError(t, r.Fit(c.G, c.Y, c.W.Values()))
		got, err := r.Transform(nil, c.G, c.Y, c.W.Values())
		require.NoError(t, err)
		golden.EqualSlice(t, "weights", c.Weights.Values(), got, 1e-12)

		var a, b Reweighing[int, int]
		half := len(c.G) / 2
		require.NoError(t, a.PartialFit(c.G[:half], c.Y[:half], c.W.Values()[:half]))
		require.NoError(t, b.Fit(c.G[half:], c.Y[half:], c.W.Values()[half:]))
		require.NoError(t, a.Merge(&b))
		merged, err := a.Transform(c.W.Values(), c.G, c.Y, c.W.Values())
		require.NoError(t, err)
		golden.EqualSlice(t, "merged", got, merged, 1e-12)

		// Under the weights, group and label are independent.
		var w [2][2]float64
		for i, v := range got {
			w[c.G[i]][c.Y[i]] += v
		}
		require.InDelta(t, w[0][1]/(w[0][0]+w[0][1]), w[1][1]/(w[1][0]+w[1][1]), 1e-12)

		data, err := json.Marshal(r)
		require.NoError(t, err)
		var back Reweighing[int, int]
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, r, back)
	}
}

func TestReweighingBadInput(t *testing.T) {
	var r Reweighing[string, float64]
	_, err := r.Transform(nil, []string{"a"}, []float64{1}, nil)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, r.Fit(nil, nil, nil), mlgauge.ErrEmpty)
	require.ErrorIs(t, r.Fit([]string{"a"}, nil, nil), mlgauge.ErrLength)
	require.ErrorIs(t, r.Fit([]string{"a"}, []float64{math.NaN()}, nil), mlgauge.ErrNotFinite)
	require.ErrorIs(t, r.Fit([]string{"a"}, []float64{1}, []float64{-1}), mlgauge.ErrRange)
	require.ErrorIs(t, r.Fit([]string{"a"}, []float64{1}, []float64{0}), mlgauge.ErrUndefined)
	require.NoError(t, r.Fit([]string{"a", "b"}, []float64{1, 0}, nil))
	_, err = r.Transform(nil, []string{"a"}, []float64{0}, nil)
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	_, err = r.Transform(make([]float64, 2), []string{"a"}, []float64{1}, nil)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	before := r
	for _, bad := range []string{`{`, `{"Cells":[{"Group":"a","Label":1,"Weight":-1}]}`, `{"Cells":[{"Group":"a","Label":1,"Weight":0}]}`, `{"Cells":[{"Group":"a","Weight":1},{"Group":"a","Weight":1}]}`, `{"Other":1}`} {
		require.Error(t, json.Unmarshal([]byte(bad), &r), bad)
		require.Equal(t, before, r)
	}
}

func TestCorrelationRemoverAgainstFairlearn(t *testing.T) {
	var file struct {
		Correlation []struct {
			X, Out, Next []golden.Floats
			Sensitive    []int
			Alpha        float64
			Mean         golden.Floats
		}
	}
	golden.Load(t, "bias/mitigate_fairlearn.json", &file)
	require.NotEmpty(t, file.Correlation)
	for i, c := range file.Correlation {
		r := CorrelationRemover{Sensitive: c.Sensitive, Keep: 1 - c.Alpha}
		x := rows(c.X)
		require.NoError(t, r.Fit(x))
		golden.EqualSlice(t, "mean", c.Mean.Values(), r.Mean, 1e-12)
		got, err := r.Transform(nil, x)
		require.NoError(t, err)
		n, p := got.Dims()
		want := rows(c.Out)
		for a := range n {
			for b := range p {
				// Least squares by SVD: conditioning multiplies the rounding.
				require.InDelta(t, want.At(a, b), got.At(a, b), 1e-11, "case %d", i)
			}
		}
		two := mat.NewDense(2, len(c.X[0]), nil)
		two.Apply(func(a, b int, _ float64) float64 { return x.At(a, b) + 1 }, two)
		next, err := r.Transform(nil, two)
		require.NoError(t, err)
		want = rows(c.Next)
		for a := range 2 {
			for b := range p {
				require.InDelta(t, want.At(a, b), next.At(a, b), 1e-11, "case %d, new rows", i)
			}
		}
		data, err := json.Marshal(r)
		require.NoError(t, err)
		var back CorrelationRemover
		require.NoError(t, json.Unmarshal(data, &back))
		again, err := back.Transform(nil, x)
		require.NoError(t, err)
		require.True(t, mat.Equal(got, again))
	}
}

func TestCorrelationRemoverBadInput(t *testing.T) {
	x := mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, 7})
	nan := mat.NewDense(1, 2, []float64{1, math.NaN()})
	var r CorrelationRemover
	_, err := r.Transform(nil, x)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	_, err = r.FeatureNames(nil)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, r.Fit(&mat.Dense{}), mlgauge.ErrEmpty)
	require.ErrorIs(t, r.Fit(nan), mlgauge.ErrNotFinite)
	require.ErrorIs(t, (&CorrelationRemover{Sensitive: []int{2}}).Fit(x), mlgauge.ErrRange)
	require.ErrorIs(t, (&CorrelationRemover{Sensitive: []int{0, 0}}).Fit(x), mlgauge.ErrRange)
	require.ErrorIs(t, (&CorrelationRemover{Sensitive: []int{0, 1}}).Fit(x), mlgauge.ErrEmpty)
	require.ErrorIs(t, (&CorrelationRemover{Keep: 2}).Fit(x), mlgauge.ErrRange)
	r.Sensitive = []int{0}
	require.NoError(t, r.Fit(x))
	names, err := r.FeatureNames([]string{"sex", "income"})
	require.NoError(t, err)
	require.Equal(t, []string{"income"}, names)
	_, err = r.Transform(nil, nan)
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = r.Transform(nil, mat.NewDense(1, 3, nil))
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = r.Transform(mat.NewDense(1, 1, nil), x)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	before, _ := json.Marshal(r)
	for _, bad := range []string{`[]`, `{"Columns":2}{`, `{"Columns":-1}`, `{"Columns":0,"Mean":[1]}`, `{"Columns":2,"Sensitive":[0],"Mean":[1]}`, `{"Columns":2,"Sensitive":[0],"Mean":[1],"Beta":[[1,2]]}`, `{"Keep":7,"Columns":1}`} {
		require.Error(t, json.Unmarshal([]byte(bad), &r), bad)
	}
	after, _ := json.Marshal(r)
	require.Equal(t, string(before), string(after))
}

var parities = map[string]Parity{
	"demographic_parity": DemographicParity, "false_positive_rate_parity": FalsePositiveRateParity, "false_negative_rate_parity": FalseNegativeRateParity,
	"true_positive_rate_parity": TruePositiveRateParity, "true_negative_rate_parity": TrueNegativeRateParity, "equalized_odds": EqualizedOdds,
}

var objectives = map[string]Objective{
	"accuracy_score": Accuracy, "balanced_accuracy_score": BalancedAccuracy, "selection_rate": SelectionRate,
	"true_positive_rate": TruePositiveRate, "true_negative_rate": TrueNegativeRate,
}

func TestThresholdsAgainstFairlearn(t *testing.T) {
	var file struct {
		Threshold []struct {
			Score golden.Floats
			Y, G  []int
			Runs  []struct {
				Constraint, Objective string
				Grid                  int
				Flip                  bool
				Tol                   float64
				Best                  golden.Float
				Prob                  []golden.Floats
			}
		}
	}
	golden.Load(t, "bias/mitigate_fairlearn.json", &file)
	require.NotEmpty(t, file.Threshold)
	for i, c := range file.Threshold {
		for _, run := range c.Runs {
			o := ThresholdOptimizer[int]{Constraint: parities[run.Constraint], Objective: objectives[run.Objective], Grid: run.Grid, Flip: run.Flip, Tolerance: run.Tol}
			require.NoError(t, o.Fit(c.Score.Values(), bools(c.Y), c.G))
			golden.Equal(t, run.Constraint+" "+run.Objective, float64(run.Best), o.Best, 1e-12)
			at := []float64{0, .125, .25, .375, .5, .625, .75, .875, 1}
			for g, want := range run.Prob {
				got, err := o.Probability(nil, at, slices.Repeat([]int{g}, 9))
				require.NoError(t, err)
				for k := range got {
					require.InDelta(t, float64(want[k]), got[k], 1e-9, "case %d %+v group %d", i, run.Constraint+" "+run.Objective, g)
				}
			}
			data, err := json.Marshal(o)
			require.NoError(t, err)
			var back ThresholdOptimizer[int]
			require.NoError(t, json.Unmarshal(data, &back))
			require.Equal(t, o, back)
		}
	}
}

func TestRejectOptionAgainstAIF360(t *testing.T) {
	for i, c := range aif360Cases(t) {
		un := make([]bool, len(c.G))
		for k, g := range c.G {
			un[k] = g == 0
		}
		for name, want := range c.Reject {
			r := RejectOption{Steps: 25, Margin: 12}
			switch name[0] {
			case 'A':
				r.Gap = AverageOdds
			case 'E':
				r.Gap = EqualOpportunity
			}
			bound := 0.05
			if name[len(name)-3:] == "0.2" {
				bound = 0.2
			}
			r.Lower, r.Upper = -bound, bound
			require.NoError(t, r.Fit(c.Score.Values(), bools(c.Y), un))
			require.True(t, r.Satisfied)
			golden.Equal(t, name+" threshold", float64(want.Threshold), r.Threshold, 1e-12)
			golden.Equal(t, name+" margin", float64(want.Margin), r.ThresholdMargin, 1e-12)
			got, err := r.Predict(c.Score.Values(), un)
			require.NoError(t, err)
			require.Equal(t, bools(want.Labels), got, "case %d %s", i, name)
		}
	}
}
