package explain

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

var ctx = context.Background()

// of makes a model of a function of one row.
func of(f func(x []float64) float64) Model {
	return func(dst []float64, x *mat.Dense) error {
		for i := range dst {
			dst[i] = f(x.RawRowView(i))
		}
		return nil
	}
}

func random(seed uint64, n, d int) *mat.Dense {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := mat.NewDense(n, d, nil)
	for i := range n {
		for j := range d {
			x.Set(i, j, rng.NormFloat64())
		}
	}
	return x
}

// knotted has interactions of every order.
func knotted(x []float64) float64 {
	p, s := 1.0, 0.0
	for j, v := range x {
		p *= 1 + 0.3*math.Tanh(v)
		s += float64(j) * v * x[(j+1)%len(x)]
	}
	return p + math.Sin(s)
}

// byOrders is the definition: the mean over all orders of what a feature adds.
func byOrders(f func([]float64) float64, background *mat.Dense, x []float64) []float64 {
	d := len(x)
	n, _ := background.Dims()
	value := func(in []bool) float64 {
		sum := 0.0
		for b := range n {
			row := append([]float64(nil), background.RawRowView(b)...)
			for j, is := range in {
				if is {
					row[j] = x[j]
				}
			}
			sum += f(row)
		}
		return sum / float64(n)
	}
	phi := make([]float64, d)
	count := 0.0
	order := make([]int, d)
	var visit func(k int, used []bool)
	visit = func(k int, used []bool) {
		if k == d {
			count++
			in := make([]bool, d)
			before := value(in)
			for _, j := range order {
				in[j] = true
				after := value(in)
				phi[j] += after - before
				before = after
			}
			return
		}
		for j := range d {
			if !used[j] {
				used[j], order[k] = true, j
				visit(k+1, used)
				used[j] = false
			}
		}
	}
	visit(0, make([]bool, d))
	for j := range phi {
		phi[j] /= count
	}
	return phi
}

func TestShapleyIsTheMeanOverOrders(t *testing.T) {
	for d := 1; d <= 5; d++ {
		bg, rows := random(1, 4, d), random(2, 3, d)
		exact, err := ExactShapley{}.Explain(ctx, of(knotted), bg, rows)
		require.NoError(t, err)
		kernel, err := KernelSHAP{}.Explain(ctx, of(knotted), bg, rows)
		require.NoError(t, err)
		small, err := ExactShapley{BatchRows: 3}.Explain(ctx, of(knotted), bg, rows)
		require.NoError(t, err)
		for i := range 3 {
			want := byOrders(knotted, bg, rows.RawRowView(i))
			golden.EqualSlice(t, "exact", want, exact.Values.RawRowView(i), 1e-12)
			golden.EqualSlice(t, "kernel", want, kernel.Values.RawRowView(i), 1e-11)
			golden.EqualSlice(t, "small batches", want, small.Values.RawRowView(i), 1e-12)
		}
		require.True(t, exact.Exact && kernel.Exact)
		require.Less(t, exact.Gap, 1e-13)
		require.Less(t, kernel.Gap, 1e-13)
		require.LessOrEqual(t, exact.Evaluations, 4+3+3*4<<d)
	}
}

func TestModelErrors(t *testing.T) {
	x := random(1, 5, 3)
	_, err := KernelSHAP{}.Explain(ctx, func([]float64, *mat.Dense) error { return nil }, x, x)
	require.ErrorIs(t, err, mlgauge.ErrLength)
}
