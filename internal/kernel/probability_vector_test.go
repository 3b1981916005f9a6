package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestProbabilityVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testProbabilityVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testProbabilityVectors[float32]) })
}

func testProbabilityVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	nan := F(math.NaN())
	eps := 0x1p-52
	for _, n := range append(lengths(), 384, 4096, 5000) {
		for trial := range 12 {
			kind := trial % 6
			y := fence(n, trial%8, true, func(int) bool { return r.IntN(2) == 0 })
			p := fence(n, (3*trial)%8, nan, func(i int) F {
				wrong := []float64{1, 1e-3, 1e-9, 1e-18, 0, 1}[kind] * r.Float64()
				if kind == 5 {
					wrong = float64(r.IntN(2))
				}
				if y.in[i] {
					return F(1 - wrong)
				}
				return F(wrong)
			})
			loss, brier := fence(n, 1, 7, func(int) float64 { return 0 }), fence(n, 2, 7, func(int) float64 { return 0 })
			wantLoss, wantBrier := make([]float64, n), make([]float64, n)
			truthLogs(wantLoss, wantBrier, y.in, p.in, eps)
			positive, ok := LogLoss(loss.in, brier.in, y.in, p.in, eps)
			var sum, squares float64
			var count int
			for i := range n {
				if y.in[i] {
					count++
				}
				sum += wantLoss[i]
				squares += wantBrier[i]
				if loss.in[i] != wantLoss[i] || brier.in[i] != wantBrier[i] {
					t.Fatalf("LogLoss of %d, p = %v: want %v and %v, got %v and %v", n, p.in[i], wantLoss[i], wantBrier[i], loss.in[i], brier.in[i])
				}
			}
			if !ok || positive != count {
				t.Fatalf("LogLoss of %d: want %d positives, got %d, %v", n, count, positive, ok)
			}
			loss.intact(t, "LogLoss")
			brier.intact(t, "LogLoss")
			got, ok1 := LogLossSum(y.in, p.in, eps)
			gotSquares, ok2 := BrierSum(y.in, p.in)
			if !ok1 || !ok2 || math.Abs(got-sum) > 1e-13*sum || math.Abs(gotSquares-squares) > 1e-13*squares {
				t.Fatalf("n = %d, kind %d: want %v and %v, got %v and %v", n, kind, sum, squares, got, gotSquares)
			}
			if trial%4 != 0 {
				continue
			}
			for i := 0; i < n; i += 1 + n/40 {
				for _, bad := range []F{nan, 1.0000001, -1e-30, F(math.Inf(1))} {
					old := p.in[i]
					p.in[i] = bad
					_, ok1 := LogLossSum(y.in, p.in, eps)
					_, ok2 := BrierSum(y.in, p.in)
					_, ok3 := LogLoss(loss.in, brier.in, y.in, p.in, eps)
					if ok1 || ok2 || ok3 {
						t.Fatalf("want %v at %d of %d refused", bad, i, n)
					}
					p.in[i] = old
				}
			}
		}
	}
}
