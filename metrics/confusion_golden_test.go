package metrics

import (
	"cmp"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// averageGolden are the scores of one average.
type averageGolden struct {
	Precision, Recall, F1, F05, F2, F0, FInf golden.Float
	Jaccard                                  *golden.Float
}

type zeroDivisionGolden struct {
	Micro, Macro, Weighted averageGolden
	PerClass               struct{ Precision, Recall, F1, Support golden.Floats } `json:"per_class"`
	Report                 string
}

type confusionCase[L cmp.Ordered] struct {
	Name                                       string
	True, Pred, Labels, Classes                []L
	Weight                                     []float64
	MatrixNone                                 [][]float64 `json:"matrix_none"`
	MatrixTrue                                 [][]float64 `json:"matrix_true"`
	MatrixPred                                 [][]float64 `json:"matrix_pred"`
	MatrixAll                                  [][]float64 `json:"matrix_all"`
	MCM                                        [][4]float64
	Zero, One, NaN                             zeroDivisionGolden
	Report4                                    string
	Accuracy, Balanced, Adjusted, MCC, Hamming golden.Float
	ZeroOne                                    golden.Float `json:"zero_one"`
	Kappa                                      golden.Floats
}

type confusionGolden struct {
	Ints       []confusionCase[int]
	Strings    []confusionCase[string]
	Likelihood []struct {
		Cells       [4]uint64
		Plus, Minus golden.Float
	}
}

const tol = 1e-12

// fill counts a golden case, in two parts.
func (g *confusionCase[L]) fill(t *testing.T) *Confusion[L] {
	var a, b Confusion[L]
	n := len(g.True) / 2
	for _, part := range []struct {
		c      *Confusion[L]
		lo, hi int
	}{{&a, 0, n}, {&b, n, len(g.True)}} {
		if part.lo == part.hi {
			continue
		}
		if g.Weight != nil {
			require.NoError(t, part.c.AddWeighted(g.True[part.lo:part.hi], g.Pred[part.lo:part.hi], g.Weight[part.lo:part.hi]))
		} else {
			require.NoError(t, part.c.Add(g.True[part.lo:part.hi], g.Pred[part.lo:part.hi]))
		}
	}
	require.NoError(t, a.Merge(&b))
	a.Labels = g.Labels
	return &a
}

func TestConfusionGolden(t *testing.T) {
	var g confusionGolden
	golden.Load(t, "metrics/confusion.json", &g)
	require.Greater(t, len(g.Ints), 10)
	for i := range g.Ints {
		t.Run(g.Ints[i].Name, g.Ints[i].check)
	}
	for i := range g.Strings {
		t.Run(g.Strings[i].Name, g.Strings[i].check)
	}
}

func (g *confusionCase[L]) check(t *testing.T) {
	c := g.fill(t)
	exact := true // the report prints all digits of the sums of weights
	for _, w := range g.Weight {
		exact = exact && w*8 == math.Trunc(w*8)
	}
	require.Equal(t, g.Classes, c.Classes())
	for norm, want := range map[Normalize][][]float64{NormalizeNone: g.MatrixNone, NormalizeTrue: g.MatrixTrue,
		NormalizePred: g.MatrixPred, NormalizeAll: g.MatrixAll} {
		m, err := c.Matrix(norm)
		require.NoError(t, err)
		for i, row := range want {
			golden.EqualSlice(t, "matrix", row, m.RawRowView(i), tol)
		}
	}
	bs, err := c.OneVsRest()
	require.NoError(t, err)
	for i, b := range bs {
		tp, fp, tn, fn := b.Cells()
		golden.EqualSlice(t, "one against the rest", g.MCM[i][:], []float64{tn, fp, fn, tp}, tol)
	}
	same(t, "accuracy", g.Accuracy, c.Accuracy)
	same(t, "zero-one loss", g.ZeroOne, c.ZeroOneLoss)
	same(t, "hamming loss", g.Hamming, c.ZeroOneLoss)
	same(t, "balanced accuracy", g.Balanced, c.BalancedAccuracy)
	if math.IsInf(float64(g.Adjusted), 0) { // one true class: chance is certainty
		g.Adjusted = golden.Float(math.NaN())
	}
	same(t, "adjusted balanced accuracy", g.Adjusted, c.AdjustedBalancedAccuracy)
	same(t, "mcc", g.MCC, c.MCC)
	for k, want := range g.Kappa {
		same(t, "kappa", want, func() (float64, error) { return c.Kappa(KappaWeights(k)) })
	}
	for z, want := range map[ZeroDivision]*zeroDivisionGolden{ZeroDivisionZero: &g.Zero, ZeroDivisionOne: &g.One, ZeroDivisionNaN: &g.NaN} {
		c.ZeroDivision = z
		for avg, a := range map[Average]averageGolden{Micro: want.Micro, Macro: want.Macro, Weighted: want.Weighted} {
			what := avg.String() + " zero division " + z.String()
			for _, s := range []struct {
				name string
				want golden.Float
				of   func(Average) (float64, error)
			}{
				{"precision", a.Precision, c.Precision}, {"recall", a.Recall, c.Recall}, {"f1", a.F1, c.F1},
				{"f0.5", a.F05, func(a Average) (float64, error) { return c.FBeta(a, 0.5) }},
				{"f2", a.F2, func(a Average) (float64, error) { return c.FBeta(a, 2) }},
				{"f0", a.F0, func(a Average) (float64, error) { return c.FBeta(a, 0) }},
				{"finf", a.FInf, func(a Average) (float64, error) { return c.FBeta(a, math.Inf(1)) }},
			} {
				same(t, s.name+" "+what, s.want, func() (float64, error) { return s.of(avg) })
			}
			if a.Jaccard != nil {
				same(t, "jaccard "+what, *a.Jaccard, func() (float64, error) { return c.Jaccard(avg) })
			}
		}
		per, err := c.PerClass()
		require.NoError(t, err)
		for i, s := range per {
			require.Equal(t, g.Classes[i], s.Label)
			golden.Equal(t, "precision", float64(want.PerClass.Precision[i]), s.Precision, tol)
			golden.Equal(t, "recall", float64(want.PerClass.Recall[i]), s.Recall, tol)
			golden.Equal(t, "f1", float64(want.PerClass.F1[i]), s.F1, tol)
			golden.Equal(t, "support", float64(want.PerClass.Support[i]), s.Support, tol)
		}
		r, err := c.Report()
		require.NoError(t, err)
		if exact {
			require.Equal(t, want.Report, r.String())
		}
	}
	c.ZeroDivision = ZeroDivisionZero
	r, err := c.Report()
	require.NoError(t, err)
	if exact {
		require.Equal(t, g.Report4, r.Text(4))
	}
}

// same compares a score that may be NaN, which is an error here.
func same(t *testing.T, what string, want golden.Float, of func() (float64, error)) {
	t.Helper()
	got, err := of()
	if math.IsNaN(float64(want)) {
		require.ErrorIs(t, err, mlgauge.ErrUndefined, what)
		require.True(t, math.IsNaN(got), what)
		return
	}
	require.NoError(t, err, what)
	// Scores near 0 are differences of numbers near 1.
	if math.Abs(float64(want)-got) > 1e-14 {
		golden.Equal(t, what, float64(want), got, tol)
	}
}

func TestLikelihoodRatiosGolden(t *testing.T) {
	var g confusionGolden
	golden.Load(t, "metrics/confusion.json", &g)
	for _, l := range g.Likelihood {
		b := Binary{TP: l.Cells[0], FP: l.Cells[1], TN: l.Cells[2], FN: l.Cells[3]}
		same(t, "LR+", l.Plus, b.PositiveLikelihoodRatio)
		same(t, "LR-", l.Minus, b.NegativeLikelihoodRatio)
	}
}
