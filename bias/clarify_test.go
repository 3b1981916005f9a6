package bias

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/golden"
)

type clarifyCase struct {
	Facet, Label, Pred, Strata []int
	X                          []golden.Floats
	Expect                     map[string]*golden.Float
}

func clarifyCases(t *testing.T) []clarifyCase {
	var file struct{ Cases []clarifyCase }
	golden.Load(t, "bias/clarify.json", &file)
	require.Greater(t, len(file.Cases), 50)
	return file.Cases
}

func (c clarifyCase) batch() Batch {
	return Batch{Facet: Labels(c.Facet), Label: Labels(c.Label), Prediction: Labels(c.Pred), Stratum: Labels(c.Strata)}
}

// clarifyMetrics names the metrics as the golden file does.
var clarifyMetrics = map[string]func(*Facet) (float64, error){
	"CI": (*Facet).CI, "DPL": (*Facet).DPL, "CDDL": (*Facet).CDDL, "DPPL": (*Facet).DPPL, "DI": (*Facet).DI,
	"DCA": (*Facet).DCA, "DCR": (*Facet).DCR, "RD": (*Facet).RD, "SD": (*Facet).SD, "DAR": (*Facet).DAR,
	"DRR": (*Facet).DRR, "AD": (*Facet).AD, "TE": (*Facet).TE, "CDDPL": (*Facet).CDDPL,
	"GE":  func(f *Facet) (float64, error) { return f.GE(2) },
	"GE3": func(f *Facet) (float64, error) { return f.GE(3) },
	"KL":  shared((*Facet).KL), "JS": shared((*Facet).JS), "LP": shared((*Facet).LP), "TVD": shared((*Facet).TVD), "KS": shared((*Facet).KS),
	"KL_collapsed": clarified((*Facet).KL), "JS_collapsed": clarified((*Facet).JS), "LP_collapsed": clarified((*Facet).LP),
	"TVD_collapsed": clarified((*Facet).TVD), "KS_collapsed": clarified((*Facet).KS),
}

func shared(d func(*Facet, Distributions) (float64, error)) func(*Facet) (float64, error) {
	return func(f *Facet) (float64, error) { return d(f, Distributions{SharedOnly: true}) }
}

// Where Clarify has a value though a side is empty, or no row is positive at all.
func TestAgainstClarify(t *testing.T) {
	compared := 0
	for i, c := range clarifyCases(t) {
		var counts Counts
		require.NoError(t, counts.Add(c.batch()))
		f, err := counts.Facet([]string{"1"}, []string{"1"})
		if err != nil {
			// Then Clarify has no difference between sides either, or no positive.
			continue
		}
		for name, metric := range clarifyMetrics {
			want, what := c.Expect[name], fmt.Sprintf("case %d %s", i, name)
			got, err := metric(f)
			if want == nil {
				require.Error(t, err, what)
				continue
			}
			require.NoError(t, err, what)
			compared++
			if math.Abs(got-float64(*want)) > 1e-15 { // sums of a few terms that may cancel to 0
				golden.Equal(t, what, float64(*want), got, 1e-12)
			}
		}
		x := mat.NewDense(len(c.X), 3, nil)
		predicted, d := make([]bool, len(c.X)), make([]bool, len(c.X))
		for r, row := range c.X {
			x.SetRow(r, row.Values())
			predicted[r], d[r] = c.Pred[r] == 1, c.Facet[r] == 1
		}
		flip, err := FlipTest(x, predicted, d)
		require.NoError(t, err)
		if want := c.Expect["FT"]; want != nil {
			compared++
			golden.Equal(t, fmt.Sprintf("case %d FT", i), float64(*want), flip.FT(), 1e-15)
			require.Equal(t, -flip.FT(), flip.FTDocumented())
		}
	}
	require.Greater(t, compared, 1000)
}

// The formulas over the union of labels, written out.
func TestUnionOfLabelsByHand(t *testing.T) {
	var c Counts
	require.NoError(t, c.Add(Batch{
		Facet: Labels([]string{"a", "a", "a", "a", "d", "d"}),
		Label: Labels([]string{"x", "x", "y", "z", "x", "y"}),
	}))
	f, err := c.Facet([]string{"d"}, []string{"x"})
	require.NoError(t, err)
	get := func(m func(*Facet, Distributions) (float64, error), o Distributions) float64 {
		v, err := m(f, o)
		require.NoError(t, err)
		return v
	}
	// Pa = (1/2, 1/4, 1/4), Pd = (1/2, 1/2, 0)
	require.Equal(t, 0.25, get((*Facet).TVD, Distributions{}))
	require.Equal(t, 0.125, get((*Facet).TVD, Distributions{SharedOnly: true}))
	require.Equal(t, 0.25, get((*Facet).KS, Distributions{}))
	require.Equal(t, math.Inf(1), get((*Facet).KL, Distributions{}))
	golden.Equal(t, "KL shared", 0.25*math.Log(0.5), get((*Facet).KL, Distributions{SharedOnly: true}), 1e-15)
	golden.Equal(t, "LP", math.Sqrt(0.125), get((*Facet).LP, Distributions{}), 1e-15)
	want := 0.5 * (0.25*math.Log(0.25/0.375) + 0.25*math.Log(2) + 0.5*math.Log(0.5/0.375))
	golden.Equal(t, "JS", want, get((*Facet).JS, Distributions{}), 1e-15)
	// Smoothed: Pa = (3,2,2)/7, Pd = (2,2,1)/5.
	want = 3./7*math.Log(15./14) + 2./7*math.Log(5./7) + 2./7*math.Log(10./7)
	golden.Equal(t, "KL smoothed", want, get((*Facet).KL, Distributions{Pseudocount: 1}), 1e-14)
}

func TestWeightsAreRepeatedRows(t *testing.T) {
	for _, c := range clarifyCases(t)[:40] {
		var weighted, repeated Counts
		b := c.batch()
		for i := range c.Facet {
			b.Weights = append(b.Weights, float64(i%3+1))
		}
		require.NoError(t, weighted.Add(b))
		for rep := range 3 {
			var part clarifyCase
			for i := range c.Facet {
				if i%3 >= rep {
					part.Facet, part.Label = append(part.Facet, c.Facet[i]), append(part.Label, c.Label[i])
					part.Pred, part.Strata = append(part.Pred, c.Pred[i]), append(part.Strata, c.Strata[i])
				}
			}
			if len(part.Facet) > 0 {
				require.NoError(t, repeated.Add(part.batch()))
			}
		}
		same(t, &weighted, &repeated)
	}
}

// same fails unless all metrics of two tables agree.
func same(t *testing.T, x, y *Counts) {
	t.Helper()
	f, err := x.Facet([]string{"1"}, []string{"1"})
	g, err2 := y.Facet([]string{"1"}, []string{"1"})
	require.Equal(t, err == nil, err2 == nil)
	if err != nil {
		return
	}
	for name, metric := range clarifyMetrics {
		a, err := metric(f)
		b, err2 := metric(g)
		require.Equal(t, err == nil, err2 == nil, name)
		if math.Abs(a-b) > 1e-15 {
			golden.Equal(t, name, a, b, 1e-12)
		}
	}
}

func TestMergeIsTheWhole(t *testing.T) {
	for _, c := range clarifyCases(t) {
		n := len(c.Facet)
		if n < 4 {
			continue
		}
		cut := func(lo, hi int) clarifyCase {
			return clarifyCase{Facet: c.Facet[lo:hi], Label: c.Label[lo:hi], Pred: c.Pred[lo:hi], Strata: c.Strata[lo:hi]}
		}
		var whole, left, right, back Counts
		require.NoError(t, whole.Add(c.batch()))
		require.NoError(t, left.Add(cut(0, n/3).batch()))
		require.NoError(t, right.Add(cut(n/3, n).batch()))
		data, err := right.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, back.UnmarshalBinary(data))
		require.NoError(t, back.Merge(&left))
		require.NoError(t, left.Merge(&right))
		require.Equal(t, whole.Rows(), left.Rows())
		same(t, &whole, &left)
		same(t, &whole, &back)
	}
}

// The dense and the sparse way of counting give the same table.
func TestManyValues(t *testing.T) {
	n := 5000
	facet, label, strata := make([]int, n), make([]int, n), make([]string, n)
	for i := range n {
		facet[i], label[i], strata[i] = i%2, i/2%2, strconv.Itoa(i/7)
	}
	var big, parts Counts
	require.NoError(t, big.Add(Batch{Facet: Labels(facet), Label: Labels(label), Prediction: Labels(label), Stratum: Labels(strata)}))
	for lo := 0; lo < n; lo += 100 {
		require.NoError(t, parts.Add(Batch{Facet: Labels(facet[lo : lo+100]), Label: Labels(label[lo : lo+100]), Prediction: Labels(label[lo : lo+100]), Stratum: Labels(strata[lo : lo+100])}))
	}
	same(t, &big, &parts)
}

func TestGEByHand(t *testing.T) {
	var c Counts
	// benefits 2, 1, 1, 0: mean 1
	require.NoError(t, c.Add(Batch{
		Facet: Labels([]int{0, 1, 0, 1}), Label: Labels([]int{0, 0, 1, 1}), Prediction: Labels([]int{1, 0, 1, 0}),
	}))
	f, err := c.Facet([]string{"1"}, []string{"1"})
	require.NoError(t, err)
	for alpha, want := range map[float64]float64{2: 0.25, 1: math.Log(2) / 2, 0: math.Inf(1), -1: math.Inf(1)} {
		got, err := f.GE(alpha)
		require.NoError(t, err)
		golden.Equal(t, fmt.Sprint("GE ", alpha), want, got, 1e-15)
	}
}
