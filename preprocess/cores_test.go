package preprocess

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// Data large enough to be cut: the same bits for any number of cores, and those of the
// obvious way to within rounding.
func TestStatisticsOnCores(t *testing.T) {
	cores := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(cores)
	r := rand.New(rand.NewPCG(8, 9))
	const rows, cols = 70_000, 3
	x := mat.NewDense(rows, cols, nil)
	few, many, w := make([]int, rows), make([]int, rows), make([]float64, rows)
	for i := range rows {
		few[i], many[i], w[i] = r.IntN(3)*1000-7, r.IntN(3000), float64(r.IntN(3))
		for j := range cols {
			x.Set(i, j, r.NormFloat64()+float64(few[i]%5*j)+1e3)
		}
		if few[i] == 993 {
			w[i] = 0 // a class that nobody counts
		}
	}
	column := mat.Col(nil, 0, x)
	column[5], column[rows-1] = math.NaN(), math.NaN()
	var want []any
	for _, p := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(p)
		f, err := FClassif(x, few)
		require.NoError(t, err)
		m, err := FClassif(x, many)
		require.NoError(t, err)
		var c ClassMoments
		require.NoError(t, c.AddWeighted(x, few, w))
		require.Equal(t, []int{-7, 1993}, c.Classes())
		weighted, err := c.F()
		require.NoError(t, err)
		edges, err := CutEdges(column, 10, EqualWidth)
		require.NoError(t, err)
		psi := PSI{Edges: edges}
		require.NoError(t, psi.AddReference(column))
		var q Quantile
		require.NoError(t, q.Fit(x))
		got := []any{f, m, weighted, edges, psi.counts.a, q.Quantiles}
		if p == 1 {
			want = got
		}
		require.Equal(t, want, got, "%d cores", p)
		require.Equal(t, 2.0, psi.counts.a[len(edges)+1])
	}
	runtime.GOMAXPROCS(cores)
	for k, classes := range [][]int{few, many, few} {
		byClass := map[int]*moments.Moments{}
		var all moments.Moments
		for i := range rows {
			v := 1.0
			if k == 2 {
				v = w[i]
			}
			if v == 0 {
				continue
			}
			if byClass[classes[i]] == nil {
				byClass[classes[i]] = new(moments.Moments)
			}
			moments.AddWeighted(byClass[classes[i]], []float64{x.At(i, 1)}, []float64{v})
			moments.AddWeighted(&all, []float64{x.At(i, 1)}, []float64{v})
		}
		var within, between float64
		for _, m := range byClass {
			d := m.Mean() - all.Mean()
			within, between = within+m.M2, between+m.W*d*d
		}
		n := float64(len(byClass))
		require.InEpsilon(t, between/(n-1)/(within/(all.W-n)), float64(want[k].(Scores).Scores[1]), 1e-10)
	}
}
