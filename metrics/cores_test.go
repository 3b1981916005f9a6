package metrics

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Results have the same bits on any number of cores.
func TestSameBitsOnAnyNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	const n = 3<<16 + 117
	rng := rand.New(rand.NewPCG(7, 9))
	a, b, p, w := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	y := make([]bool, n)
	for i := range a {
		a[i] = rng.NormFloat64()
		b[i] = a[i] + rng.NormFloat64()
		p[i] = rng.Float64()
		y[i] = rng.Float64() < p[i]
		w[i] = float64(rng.IntN(3))
	}
	for name, f := range map[string]func() (any, error){
		"MedianAE": func() (any, error) { return MedianAE(a, b) },
		"Pinball":  func() (any, error) { return Pinball(a, b, 0.9) },
		"LogCosh":  func() (any, error) { return LogCosh(a, b) },
		"MeanLoss": func() (any, error) {
			s := MeanLoss{Loss: HuberLoss(1)}
			err := s.AddWeighted(a, b, w)
			return s.m, err
		},
		"Brier":            func() (any, error) { return Brier(y, p) },
		"ECE":              func() (any, error) { return ECE(y, p, 15) },
		"AveragePrecision": func() (any, error) { return AveragePrecision(y, p) },
		"ROC": func() (any, error) {
			var r ROC
			if err := r.Add(y, p); err != nil {
				return nil, err
			}
			return r.Curve(DropIntermediate)
		},
		"PR": func() (any, error) {
			var r PR
			if err := r.Add(y, a); err != nil {
				return nil, err
			}
			return r.Curve(AllPoints)
		},
		"Calibration": func() (any, error) {
			c := Calibration{Edges: LeftClosed, Bins: 2000}
			err := c.Add(y, p)
			return c.cells, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			var want any
			for _, cores := range []int{1, 2, 3, 8} {
				runtime.GOMAXPROCS(cores)
				got, err := f()
				require.NoError(t, err)
				if cores == 1 {
					want = got
				}
				require.Equal(t, want, got, "%d cores", cores)
			}
		})
	}
}

// Many rows give what the same rows give in small batches.
func TestManyRowsAreSmallBatches(t *testing.T) {
	const n = 3<<16 + 117
	rng := rand.New(rand.NewPCG(7, 10))
	a, b, p := make([]float64, n), make([]float64, n), make([]float64, n)
	y := make([]bool, n)
	for i := range a {
		a[i], b[i] = rng.NormFloat64(), rng.NormFloat64()
		p[i] = float64(rng.IntN(31)) / 30 // on the edges of the bins, too
		y[i] = rng.IntN(2) == 0
	}
	loss, losses := MeanLoss{Loss: PinballLoss(0.3)}, MeanLoss{Loss: PinballLoss(0.3)}
	require.NoError(t, loss.Add(a, b))
	for _, edges := range []BinEdges{RightClosed, LeftClosed} {
		for _, bins := range []int{1, 15, 30, 1500} {
			one, many := Calibration{Bins: bins, Edges: edges}, Calibration{Bins: bins, Edges: edges}
			require.NoError(t, one.Add(y, p))
			for lo := 0; lo < n; lo += 999 {
				hi := min(n, lo+999)
				require.NoError(t, many.Add(y[lo:hi], p[lo:hi]))
				if bins == 1 && edges == RightClosed {
					require.NoError(t, losses.Add(a[lo:hi], b[lo:hi]))
				}
			}
			require.Equal(t, many.rows, one.rows)
			for k := range many.cells {
				m, o := many.cells[k], one.cells[k]
				require.Equal(t, m.mid, o.mid)
				require.Equal(t, m.pos.w, o.pos.w, "%d bins, edges %d, bin %d", bins, edges, k)
				require.Equal(t, m.neg.w, o.neg.w)
				require.InDelta(t, m.pos.s, o.pos.s, 1e-12*n)
				require.InDelta(t, m.neg.q, o.neg.q, 1e-12*n)
			}
		}
	}
	u, err := loss.Mean()
	require.NoError(t, err)
	v, err := losses.Mean()
	require.NoError(t, err)
	require.InEpsilon(t, v, u, 1e-13)
	for _, bad := range []float64{math.NaN(), -1e-300, 1.0000001, math.Inf(1)} {
		c := Calibration{}
		q := append([]float64(nil), p...)
		q[n-7] = bad
		require.Error(t, c.Add(y, q))
		require.Zero(t, c.rows)
		require.Nil(t, c.cells)
	}
	a[n-5] = math.Inf(1)
	a[n-1] = math.NaN()
	before := loss
	require.ErrorContains(t, loss.Add(a, b), "index 196720")
	require.Equal(t, before, loss)
}
