package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Curves of many rows are those of the table of thresholds, and that is what counting
// row by row in sorted order gives, wherever ties meet the blocks.
func TestCurvesOfManyRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	kinds := map[string]func(i int) float64{
		"no ties":      func(int) float64 { return rng.NormFloat64() },
		"some ties":    func(i int) float64 { return math.Floor(float64(i) * 0.7) },
		"pairs":        func(int) float64 { return float64(rng.IntN(3000)) },
		"few values":   func(int) float64 { return float64(rng.IntN(3)) },
		"one value":    func(int) float64 { return 0.5 },
		"long ties":    func(i int) float64 { return float64(i / 5000) },
		"one at a end": func(i int) float64 { return float64(min(max(i, 1500), 4500)) },
	}
	for name, score := range kinds {
		for _, n := range []int{2, 3, levelRows, levelRows + 1, 3*levelRows - 1, 6000, 40*levelRows + 77} {
			y, x := make([]bool, n), make([]float64, n)
			for i := range x {
				x[i], y[i] = score(i), rng.IntN(3) == 0
			}
			y[0], y[n-1] = true, false
			rng.Shuffle(n, func(i, j int) { x[i], x[j], y[i], y[j] = x[j], x[i], y[j], y[i] })
			var r ROC
			require.NoError(t, r.Add(y, x))
			want := thresholdsByHand(y, x)
			got, err := r.Thresholds()
			require.NoError(t, err)
			require.Equal(t, want, got, "%s, %d rows", name, n)
			for _, points := range []Points{AllPoints, DropIntermediate} {
				roc, err := want.ROC(points)
				require.NoError(t, err)
				curve, err := r.Curve(points)
				require.NoError(t, err)
				require.Equal(t, roc, curve, "%s, %d rows, points %d", name, n, points)
				pr, err := want.PR(points)
				require.NoError(t, err)
				prCurve, err := r.PR().Curve(points)
				require.NoError(t, err)
				require.Equal(t, pr, prCurve, "%s, %d rows, points %d", name, n, points)
			}
			ap, err := want.AveragePrecision()
			require.NoError(t, err)
			have, err := r.PR().AveragePrecision()
			require.NoError(t, err)
			require.InEpsilon(t, ap, have, 1e-14*math.Sqrt(float64(n)), "%s, %d rows", name, n)
		}
	}
}

func thresholdsByHand(y []bool, x []float64) *Thresholds {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		switch {
		case x[i] > x[j]:
			return -1
		case x[i] < x[j]:
			return 1
		}
		return 0
	})
	t := new(Thresholds)
	var tp, fp float64
	for k, i := range order {
		if y[i] {
			tp++
		} else {
			fp++
		}
		if k+1 == len(order) || x[order[k+1]] != x[i] {
			t.push(x[i], tp, fp)
		}
	}
	t.complete()
	return t
}

// Scores that are copied on all cores are those that were added.
func TestAppendScores(t *testing.T) {
	rows := make([]float64, 1_000_003)
	for i := range rows {
		rows[i] = float64(i)
	}
	all := appendScores([]float64{-1}, rows)
	require.Equal(t, append([]float64{-1}, rows...), all)
	all = appendScores(all, rows[:10])
	require.Equal(t, rows[:10], all[len(all)-10:])
	require.Len(t, all, len(rows)+11)
}
