package explain

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/metrics"
)

func regression() *metrics.Regression { return new(metrics.Regression) }

func TestPermuteByDefinition(t *testing.T) {
	x := random(1, 300, 5)
	y := make([]float64, 300)
	f := func(x []float64) float64 { return 3*x[0] - x[1] + x[0]*x[2] }
	for i := range y {
		y[i] = f(x.RawRowView(i)) + 0.1*x.At(i, 3)
	}
	for name, o := range map[string]PermutationOptions{
		"plain":  {Loss: true, Seed: 9},
		"blocks": {Loss: true, Seed: 9, BatchRows: 7, Workers: 3},
		"groups": {Loss: true, Groups: [][]int{{0, 2}, {3}, {1, 0}}, Repeats: 3},
		"rows":   {Loss: true, MaxRows: 100, Repeats: 4, BatchRows: 33},
		"wide":   {Loss: true, MaxRows: 99, Repeats: 3, BatchRows: 50, Groups: [][]int{{0, 2, 1, 3, 4}, {3}}},
		"whole":  {Loss: true, Repeats: 2, BatchRows: 41, Groups: [][]int{{0}, {4, 2, 1, 3, 0}}},
		"both":   {Loss: true, MaxRows: 99, Repeats: 3, BatchRows: 50, Groups: [][]int{{0, 2}, {3}, {1, 0}, {0}}, Workers: 2},
	} {
		got, err := Permute(ctx, of(f), x, y, metrics.MSE[float64], o)
		require.NoError(t, err, name)
		groups, repeats, rows := o.Groups, o.Repeats, o.MaxRows
		if groups == nil {
			groups = [][]int{{0}, {1}, {2}, {3}, {4}}
		}
		if repeats == 0 {
			repeats = 5
		}
		for g, features := range groups {
			for r := range repeats {
				rng := rand.NewPCG(o.Seed, uint64(r))
				perm := make([]int32, 300)
				draw(perm, 300, rng)
				use, truth := mat.DenseCopyOf(x), y
				if rows > 0 {
					rng = rand.NewPCG(o.Seed, uint64(r))
					chosen := make([]int32, 300)
					draw(chosen, rows, rng)
					perm = make([]int32, rows)
					draw(perm, rows, rng)
					use, truth = mat.NewDense(rows, 5, nil), make([]float64, rows)
					for i := range rows {
						use.SetRow(i, x.RawRowView(int(chosen[i])))
						truth[i] = y[chosen[i]]
					}
				}
				before := mat.DenseCopyOf(use)
				pred := make([]float64, len(perm))
				for i, from := range perm {
					for _, j := range features {
						use.Set(i, j, before.At(int(from), j))
					}
					pred[i] = f(use.RawRowView(i))
				}
				mse, err := metrics.MSE(truth, pred)
				require.NoError(t, err)
				golden.Equal(t, fmt.Sprint(name, g, r), mse-got.Baseline, got.Repeats[g][r], 1e-12)
			}
			mean := floats.Sum(got.Repeats[g]) / float64(repeats)
			golden.Equal(t, "mean", mean, got.Importance[g].Value, 1e-12)
			require.LessOrEqual(t, got.Importance[g].Low, mean)
		}
		gathered, err := PermuteStatistic(ctx, of(f), x, y, regression, (*metrics.Regression).MSE, o)
		require.NoError(t, err, name)
		golden.Equal(t, name, got.Baseline, gathered.Baseline, 1e-12)
		for g := range groups {
			for r, lost := range gathered.Repeats[g] {
				require.InDelta(t, got.Repeats[g][r], lost, 1e-12*(got.Baseline+math.Abs(lost)), name)
			}
		}
	}
	same, err := Permute(ctx, of(f), x, y, metrics.R2[float64], PermutationOptions{Workers: 1})
	require.NoError(t, err)
	more, err := Permute(ctx, of(f), x, y, metrics.R2[float64], PermutationOptions{Workers: 4})
	require.NoError(t, err)
	require.Equal(t, same, more, "workers do not matter")
	o := PermutationOptions{Workers: 1, BatchRows: 64}
	one, err := PermuteStatistic(ctx, of(f), x, y, regression, (*metrics.Regression).R2, o)
	require.NoError(t, err)
	o.Workers = 4
	four, err := PermuteStatistic(ctx, of(f), x, y, regression, (*metrics.Regression).R2, o)
	require.NoError(t, err)
	require.Equal(t, one, four, "workers do not matter")
	require.Equal(t, 0.0, same.Importance[3].Value, "a feature that is not used")
	require.Greater(t, same.Importance[0].Low, same.Importance[1].High)
	truth := make([]bool, 300)
	for i := range truth {
		truth[i] = y[i] > 0
	}
	auc, err := Permute(ctx, of(f), x, truth, metrics.AUC[float64], PermutationOptions{Repeats: 1})
	require.NoError(t, err)
	require.True(t, auc.Importance[0].Value > 0.1 && math.IsNaN(auc.Importance[0].Low))
}

func TestDrawIsUniform(t *testing.T) {
	seen := map[[4]int32]int{}
	rng := rand.NewPCG(1, 2)
	for range 24_000 {
		var p [4]int32
		draw(p[:], 4, rng)
		seen[p]++
	}
	require.Len(t, seen, 24)
	chi := 0.0
	for _, n := range seen {
		chi += float64(n-1000) * float64(n-1000) / 1000
	}
	require.Less(t, chi, 49.7, "chi-square with 23 degrees of freedom, 0.1%")
}

// More features and repeats than a worker holds at once are taken in parts, each
// worker the same number of them.
func TestPermuteInParts(t *testing.T) {
	n := shuffledElements / 16
	x := random(1, n, 10)
	y := mat.Col(nil, 0, x)
	f := func(dst []float64, x *mat.Dense) error {
		for i := range dst {
			dst[i] = x.At(i, 0) + x.At(i, 9)
		}
		return nil
	}
	for _, workers := range []int{1, 3} {
		o := PermutationOptions{Repeats: 2, Workers: workers}
		p, err := Permute(ctx, f, x, y, metrics.R2[float64], o)
		require.NoError(t, err)
		s, err := PermuteStatistic(ctx, f, x, y, regression, (*metrics.Regression).R2, o)
		require.NoError(t, err)
		for j := range 10 {
			// Sums in another order: an R2 of nearly 1 is off by a few roundings of 1.
			require.InDeltaSlice(t, p.Repeats[j], s.Repeats[j], 1e-9)
			if j%9 > 0 {
				require.Equal(t, []float64{0, 0}, p.Repeats[j])
			}
		}
		require.InDelta(t, 2, p.Importance[0].Value, 0.1)
		require.InDelta(t, 0, p.Importance[9].Value, 0.1)
	}
}

// What was finished before a failure is kept, and is what it would have been.
func TestPartialImportance(t *testing.T) {
	x := random(1, 40, 6)
	y := mat.Col(nil, 2, x)
	o := PermutationOptions{Workers: 1, BatchRows: 10, Repeats: 3, Loss: true}
	all, err := Permute(ctx, of(linear), x, y, metrics.MSE[float64], o)
	require.NoError(t, err)
	down := errors.New("down")
	gone, cancel := context.WithCancel(ctx)
	defer cancel()
	// Four batches and the first rows again; then of each block 3 repeats of 6
	// features, of which the last block completes them.
	for calls, finished := range map[int64]int{5: 0, 5 + 3*18 + 2: 0, 5 + 3*18 + 3: 1, 5 + 3*18 + 13: 4, 5 + 4*18 - 1: 5} {
		var n atomic.Int64
		failing := func(dst []float64, x *mat.Dense) error {
			if n.Add(1) > calls {
				return down
			}
			return of(linear)(dst, x)
		}
		part, err := Permute(ctx, failing, x, y, metrics.MSE[float64], o)
		require.ErrorIs(t, err, down)
		require.Equal(t, all.Baseline, part.Baseline)
		for g := range 6 {
			if g < finished {
				require.Equal(t, all.Importance[g], part.Importance[g])
				require.Equal(t, all.Repeats[g], part.Repeats[g])
				continue
			}
			require.Nil(t, part.Repeats[g])
			require.True(t, math.IsNaN(part.Importance[g].Value+part.Importance[g].Low) && math.IsNaN(part.StdDev[g]))
			require.Equal(t, 0.95, part.Importance[g].Level)
		}
	}
	var n atomic.Int64
	stopped := func(dst []float64, x *mat.Dense) error {
		if n.Add(1) == 5+3*18+7 {
			cancel()
		}
		return of(linear)(dst, x)
	}
	part, err := PermuteStatistic(gone, stopped, x, y, regression, (*metrics.Regression).MSE, o)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, int64(5+3*18+7), n.Load(), "no call after the context ended")
	require.NotNil(t, part.Repeats[1])
	require.Nil(t, part.Repeats[2])
	// Before the baseline is known there is nothing.
	part, err = Permute(ctx, func([]float64, *mat.Dense) error { return down }, x, y, metrics.MSE[float64], o)
	require.ErrorIs(t, err, down)
	require.Nil(t, part)
}

func TestPermuteFindsAModelThatWrites(t *testing.T) {
	x := random(1, 40, 6)
	before := mat.DenseCopyOf(x)
	y := mat.Col(nil, 2, x)
	last := x.At(39, 5)
	for _, workers := range []int{1, 2} {
		var calls atomic.Int64
		writes := func(dst []float64, x *mat.Dense) error {
			err := of(linear)(dst, x)
			n, _ := x.Dims()
			if calls.Add(1) > 5 && x.At(n-1, 5) == last { // not while the baseline is made
				x.Set(n-1, 4, 3)
			}
			return err
		}
		_, err := Permute(ctx, writes, x, y, metrics.MSE[float64], PermutationOptions{BatchRows: 10, Workers: workers})
		require.ErrorIs(t, err, mlgauge.ErrUndefined)
		require.ErrorContains(t, err, "unchanged")
		require.True(t, mat.Equal(before, x))
	}
	always := func(dst []float64, x *mat.Dense) error {
		err := of(linear)(dst, x)
		x.Set(0, 0, 1)
		return err
	}
	_, err := Permute(ctx, always, x, y, metrics.MSE[float64], PermutationOptions{})
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	require.True(t, mat.Equal(before, x))
}

// A statistic that fails stops the work under its own name.
func TestStatisticsThatFail(t *testing.T) {
	x := random(1, 40, 3)
	y := make([]bool, 40)
	probability := func() *metrics.Probability { return new(metrics.Probability) }
	_, err := PermuteStatistic(ctx, of(func([]float64) float64 { return 2 }), x, y, probability, (*metrics.Probability).LogLoss, PermutationOptions{})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	require.ErrorContains(t, err, "PermuteStatistic: metric: ")
	_, err = PermuteStatistic(ctx, of(linear), x, mat.Col(nil, 0, x), nil, (*metrics.Regression).R2, PermutationOptions{})
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = PermuteStatistic[float64](ctx, of(linear), x, mat.Col(nil, 0, x), regression, nil, PermutationOptions{})
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}
