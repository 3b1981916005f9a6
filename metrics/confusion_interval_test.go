package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestKappaIntervalGolden(t *testing.T) {
	var g ratesGolden
	golden.Load(t, "metrics/rates.json", &g)
	require.NotEmpty(t, g.Kappa)
	for _, k := range g.Kappa {
		var c Confusion[int]
		for i, row := range k.Table {
			for j, n := range row {
				require.NoError(t, c.AddCount(i, j, n))
			}
		}
		for w := range k.Kappa {
			iv, err := c.KappaInterval(KappaWeights(w), 0.95)
			require.NoError(t, err)
			golden.Equal(t, "kappa", k.Kappa[w], iv.Value, tol)
			golden.Equal(t, "standard error", k.Std[w], (iv.High-iv.Low)/2/normalQuantile(0.95), tol)
		}
	}
}

// slowVariance differentiates a score by central differences of its counts.
func slowVariance(t *testing.T, table [][]float64, labels []int, z ZeroDivision, of func(*Confusion[int]) (float64, error)) float64 {
	score := func(i, j int, d float64) float64 {
		c := Confusion[int]{Labels: labels, ZeroDivision: z}
		for a, row := range table {
			for b, n := range row {
				if a == i && b == j {
					n += d
				}
				if n > 0 {
					require.NoError(t, c.AddWeighted([]int{a}, []int{b}, []float64{n}))
				}
			}
		}
		x, err := of(&c)
		require.NoError(t, err)
		return x
	}
	var v float64
	for i, row := range table {
		for j, n := range row {
			if n > 0 {
				const h = 1e-3
				d := (score(i, j, h) - score(i, j, -h)) / (2 * h)
				v += n * d * d
			}
		}
	}
	return v
}

func TestIntervalsAgainstDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, k := range []int{2, 3, 5} {
		table := make([][]float64, k)
		for i := range table {
			table[i] = make([]float64, k)
			for j := range table[i] {
				table[i][j] = float64(r.IntN(30))
			}
			table[i][i] += 40
		}
		if k == 5 { // a class that is never predicted, one that is never true
			for i := range table {
				table[i][3], table[4][i] = 0, 0
			}
		}
		type interval func(*Confusion[int]) (Interval, error)
		type score func(*Confusion[int]) (float64, error)
		asks := map[string]struct {
			iv interval
			of score
		}{
			"mcc":      {func(c *Confusion[int]) (Interval, error) { return c.MCCInterval(0.01) }, (*Confusion[int]).MCC},
			"balanced": {func(c *Confusion[int]) (Interval, error) { return c.BalancedAccuracyInterval(0.01) }, (*Confusion[int]).BalancedAccuracy},
		}
		for w := KappaUnweighted; w <= KappaQuadratic; w++ {
			asks["kappa"+string(rune('0'+w))] = struct {
				iv interval
				of score
			}{func(c *Confusion[int]) (Interval, error) { return c.KappaInterval(w, 0.01) }, func(c *Confusion[int]) (float64, error) { return c.Kappa(w) }}
		}
		for avg := Micro; avg <= Weighted; avg++ {
			for name, f := range map[string]struct {
				iv func(*Confusion[int], Average, float64) (Interval, error)
				of func(*Confusion[int], Average) (float64, error)
			}{
				"precision": {(*Confusion[int]).PrecisionInterval, (*Confusion[int]).Precision},
				"recall":    {(*Confusion[int]).RecallInterval, (*Confusion[int]).Recall},
				"f1":        {(*Confusion[int]).F1Interval, (*Confusion[int]).F1},
				"jaccard":   {(*Confusion[int]).JaccardInterval, (*Confusion[int]).Jaccard},
				"f3": {func(c *Confusion[int], a Average, l float64) (Interval, error) { return c.FBetaInterval(a, 3, l) },
					func(c *Confusion[int], a Average) (float64, error) { return c.FBeta(a, 3) }},
			} {
				asks[name+" "+avg.String()] = struct {
					iv interval
					of score
				}{func(c *Confusion[int]) (Interval, error) { return f.iv(c, avg, 0.01) }, func(c *Confusion[int]) (float64, error) { return f.of(c, avg) }}
			}
		}
		for _, labels := range [][]int{nil, {1, 0}} {
			for _, z := range []ZeroDivision{ZeroDivisionZero, ZeroDivisionOne, ZeroDivisionNaN} {
				var c Confusion[int]
				for i, row := range table {
					for j, n := range row {
						require.NoError(t, c.AddCount(i, j, uint64(n)))
					}
				}
				c.Labels, c.ZeroDivision = labels, z
				for name, a := range asks {
					iv, err := a.iv(&c)
					require.NoError(t, err, name)
					got := math.Pow((iv.High-iv.Low)/2/normalQuantile(0.01), 2)
					want := slowVariance(t, table, labels, z, a.of)
					// Central differences are good to about seven digits.
					golden.Equal(t, name, want, got, 1e-6)
				}
			}
		}
	}
}

func TestBinaryIntervals(t *testing.T) {
	b := Binary{TP: 40, FP: 10, TN: 45, FN: 5}
	for name, c := range map[string]struct {
		iv func() (Interval, error)
		of func() (float64, error)
	}{
		"accuracy":    {func() (Interval, error) { return b.AccuracyRate().Interval(Wilson, 0.9) }, b.Accuracy},
		"precision":   {func() (Interval, error) { return b.PrecisionRate().Interval(Jeffreys, 0.9) }, b.Precision},
		"recall":      {func() (Interval, error) { return b.RecallRate().Interval(Wilson, 0.9) }, b.Recall},
		"specificity": {func() (Interval, error) { return b.SpecificityRate().Interval(Wilson, 0.9) }, b.Specificity},
		"npv":         {func() (Interval, error) { return b.NPVRate().Interval(Wilson, 0.9) }, b.NPV},
		"fpr":         {func() (Interval, error) { return b.FPRRate().Interval(Wilson, 0.9) }, b.FPR},
		"fnr":         {func() (Interval, error) { return b.FNRRate().Interval(Wilson, 0.9) }, b.FNR},
		"fdr":         {func() (Interval, error) { return b.FDRRate().Interval(Wilson, 0.9) }, b.FDR},
		"for":         {func() (Interval, error) { return b.FORRate().Interval(Wilson, 0.9) }, b.FOR},
		"prevalence":  {func() (Interval, error) { return b.PrevalenceRate().Interval(Wilson, 0.9) }, b.Prevalence},
		"selection":   {func() (Interval, error) { return b.SelectionRate().Interval(Wilson, 0.9) }, b.PredictedPositiveRate},
		"jaccard":     {func() (Interval, error) { return b.JaccardRate().Interval(Wilson, 0.9) }, b.Jaccard},
		"f1":          {func() (Interval, error) { return b.F1Interval(Wilson, 0.9) }, b.F1},
		"f2":          {func() (Interval, error) { return b.FBetaInterval(2, 0.9) }, func() (float64, error) { return b.FBeta(2) }},
		"balanced":    {func() (Interval, error) { return b.BalancedAccuracyInterval(0.9) }, b.BalancedAccuracy},
		"mcc":         {func() (Interval, error) { return b.MCCInterval(0.9) }, b.MCC},
		"kappa":       {func() (Interval, error) { return b.KappaInterval(0.9) }, b.Kappa},
		"LR+":         {func() (Interval, error) { return b.PositiveLikelihoodRatioInterval(0.9) }, b.PositiveLikelihoodRatio},
		"LR-":         {func() (Interval, error) { return b.NegativeLikelihoodRatioInterval(0.9) }, b.NegativeLikelihoodRatio},
		"DOR":         {func() (Interval, error) { return b.DiagnosticOddsRatioInterval(0.9) }, b.DiagnosticOddsRatio},
		"J":           {func() (Interval, error) { return b.InformednessInterval(0.9) }, b.Informedness},
	} {
		want, err := c.of()
		require.NoError(t, err, name)
		iv, err := c.iv()
		require.NoError(t, err, name)
		golden.Equal(t, name, want, iv.Value, 1e-13)
		require.True(t, iv.Low < want && want < iv.High && iv.Level == 0.9, name)
	}
	// Simel's formula by hand: ln LR+ = ln 4.888..., variance 1/40-1/45+1/10-1/55.
	iv, err := b.PositiveLikelihoodRatioInterval(0.95)
	require.NoError(t, err)
	golden.Equal(t, "LR+ low", 44.0/9*math.Exp(-1.959963984540054*math.Sqrt(1.0/40-1.0/45+1.0/10-1.0/55)), iv.Low, 1e-14)
	_, err = Binary{TP: 3, TN: 2}.DiagnosticOddsRatioInterval(0.95)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = Binary{}.MCCInterval(0.95)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = b.InformednessInterval(2)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}
