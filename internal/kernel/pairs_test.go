package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func pairData(n int, seed uint64) (a, b, w []float64) {
	r := rand.New(rand.NewPCG(seed, 2))
	a, b, w = make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range a {
		a[i] = r.NormFloat64()
		b[i] = a[i] + 0.1*r.NormFloat64()
		w[i] = float64(r.IntN(3))
	}
	return a, b, w
}

// plainPairs is the obvious loop.
func plainPairs(a, b, w []float64, cy, ce float64) WeightedPairSums {
	var s WeightedPairSums
	for i := range a {
		if w[i] == 0 {
			continue
		}
		e := a[i] - b[i]
		s.W += w[i]
		s.Rows++
		s.Y += w[i] * (a[i] - cy)
		s.YY += w[i] * (a[i] - cy) * (a[i] - cy)
		s.E += w[i] * (e - ce)
		s.EE += w[i] * (e - ce) * (e - ce)
		s.Abs += w[i] * math.Abs(e)
		s.Max = math.Max(s.Max, math.Abs(e))
	}
	return s
}

func near(t *testing.T, what string, n int, want, got float64) {
	t.Helper()
	if !(math.Abs(want-got) <= 1e-12*(1+math.Abs(want))) {
		t.Errorf("%s, n = %d: want %v, got %v", what, n, want, got)
	}
}

func TestPairKernels(t *testing.T) { eachLevel(t, testPairKernels) }

func testPairKernels(t *testing.T) {
	for n := range 70 {
		a, b, w := pairData(n, uint64(n))
		one := make([]float64, n)
		for i := range one {
			one[i] = 1
		}
		same := func(what string, want, got PairSums) {
			t.Helper()
			near(t, what+" Y", n, want.Y, got.Y)
			near(t, what+" YY", n, want.YY, got.YY)
			near(t, what+" E", n, want.E, got.E)
			near(t, what+" EE", n, want.EE, got.EE)
			near(t, what+" Abs", n, want.Abs, got.Abs)
			near(t, what+" Max", n, want.Max, got.Max)
		}
		want := plainPairs(a, b, one, 0.3, -0.1)
		same("Pairs", want.PairSums, Pairs(a, b, 0.3, -0.1))
		weighted := WeightedPairs(a, b, w, 0.3, -0.1)
		same("WeightedPairs", plainPairs(a, b, w, 0.3, -0.1).PairSums, weighted.PairSums)
		zero := plainPairs(a, b, one, 0.3, 0)
		near(t, "SquaredError", n, zero.EE, SquaredError(a, b))
		near(t, "AbsoluteError", n, zero.Abs, AbsoluteError(a, b))
		sse, y, yy := R2Sums(a, b, 0.3)
		near(t, "R2Sums sse", n, zero.EE, sse)
		near(t, "R2Sums y", n, zero.Y, y)
		near(t, "R2Sums yy", n, zero.YY, yy)

		var mape, smape, sle, wmape float64
		bad := 0
		for i := range a {
			e := math.Abs(a[i] - b[i])
			mape += e / math.Max(math.Abs(a[i]), 0.5)
			wmape += w[i] * e / math.Max(math.Abs(a[i]), 0.5)
			smape += 2 * e / (math.Abs(a[i]) + math.Abs(b[i]))
			if a[i] <= -1 || b[i] <= -1 {
				bad++
				continue
			}
			sle += math.Pow(math.Log1p(a[i])-math.Log1p(b[i]), 2)
		}
		m, s := Ratios(a, b, nil, 0.5)
		near(t, "Ratios mape", n, mape, m)
		near(t, "Ratios smape", n, smape, s)
		m, _ = Ratios(a, b, w, 0.5)
		near(t, "Ratios weighted", n, wmape, m)
		l, k := LogErrors(a, b, nil)
		near(t, "LogErrors", n, sle, l)
		if k != bad {
			t.Errorf("LogErrors: want %d rows outside, got %d", bad, k)
		}
	}
}

func TestPairKernelsShowWhatIsNotFinite(t *testing.T) {
	eachLevel(t, testPairKernelsShowWhatIsNotFinite)
}

func testPairKernelsShowWhatIsNotFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for n := 1; n < 20; n++ {
			for i := range n {
				for _, both := range []bool{false, true} {
					a, b, _ := pairData(n, 1)
					a[i] = v
					if both {
						b[i] = v
					}
					if s := Pairs(a, b, 0, 0); s.Abs <= math.MaxFloat64 {
						t.Fatalf("Pairs hides %v at %d of %d", v, i, n)
					}
					if AbsoluteError(a, b) <= math.MaxFloat64 || SquaredError(a, b) <= math.MaxFloat64 {
						t.Fatalf("an error sum hides %v at %d of %d", v, i, n)
					}
				}
			}
		}
	}
}

func TestLogLossKernel(t *testing.T) { eachLevel(t, testLogLossKernel) }

func testLogLossKernel(t *testing.T) {
	y := []bool{true, false, true, false, true}
	p := []float64{0.25, 0.25, 0, 1, 1}
	loss, brier := make([]float64, 5), make([]float64, 5)
	positive, ok := LogLoss(loss, brier, y, p, 0x1p-52)
	if positive != 3 || !ok {
		t.Fatalf("want 3 positives, got %d, %v", positive, ok)
	}
	for i, want := range []float64{math.Log(4), -math.Log(0.75), 52 * math.Ln2, 52 * math.Ln2, 0x1p-52} {
		near(t, "loss", i, want, loss[i])
	}
	for i, want := range []float64{0.5625, 0.0625, 1, 1, 0} {
		near(t, "brier", i, want, brier[i])
	}
	for _, v := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		if _, ok := LogLoss(loss[:1], brier[:1], y[:1], []float64{v}, 0x1p-52); ok {
			t.Errorf("want %v refused", v)
		}
	}
}

func TestProbabilitySums(t *testing.T) { eachLevel(t, testProbabilitySums) }

func testProbabilitySums(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for n := range 60 {
		for _, spread := range []float64{1, 1e-3, 1e-9, 1e-15, 0} {
			y, p := make([]bool, n), make([]float64, n)
			for i := range y {
				y[i] = r.IntN(2) == 0
				p[i] = spread * r.Float64() // of being wrong
				if y[i] {
					p[i] = 1 - p[i]
				}
			}
			loss, brier := make([]float64, n), make([]float64, n)
			_, ok := LogLoss(loss, brier, y, p, 0x1p-52)
			var l, b float64
			for i := range loss {
				l += loss[i]
				b += brier[i]
			}
			sl, ok1 := LogLossSum(y, p, 0x1p-52)
			sb, ok2 := BrierSum(y, p)
			if !ok || !ok1 || !ok2 {
				t.Fatal("probabilities refused")
			}
			if math.Abs(sl-l) > 1e-13*l || math.Abs(sb-b) > 1e-13*b {
				t.Errorf("n = %d, spread %v: want %v and %v, got %v and %v", n, spread, l, b, sl, sb)
			}
			for i := range p {
				for _, v := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1), math.Inf(-1)} {
					old := p[i]
					p[i] = v
					_, ok1 := LogLossSum(y, p, 0x1p-52)
					_, ok2 := BrierSum(y, p)
					if ok1 || ok2 {
						t.Fatalf("want %v at %d of %d refused", v, i, n)
					}
					p[i] = old
				}
			}
		}
	}
}

func BenchmarkPairs(bb *testing.B) {
	a, b, _ := pairData(1e6, 1)
	y := make([]bool, len(a))
	p := make([]float64, len(a))
	for i := range y {
		p[i] = 1 / (1 + math.Exp(-a[i]))
		y[i] = b[i] > 0
	}
	loss, brier := make([]float64, 2048), make([]float64, 2048)
	run := func(name string, f func(lo, hi int)) {
		bb.Run(name, func(bb *testing.B) {
			for bb.Loop() {
				for i := 0; i < len(a); i += 2048 {
					f(i, min(i+2048, len(a)))
				}
			}
			bb.ReportMetric(float64(bb.Elapsed().Nanoseconds())/float64(bb.N)/float64(len(a)), "ns/elem")
		})
	}
	run("Pairs", func(lo, hi int) { Pairs(a[lo:hi], b[lo:hi], 0.1, 0) })
	run("SquaredError", func(lo, hi int) { SquaredError(a[lo:hi], b[lo:hi]) })
	run("AbsoluteError", func(lo, hi int) { AbsoluteError(a[lo:hi], b[lo:hi]) })
	run("R2Sums", func(lo, hi int) { R2Sums(a[lo:hi], b[lo:hi], 0.1) })
	run("Ratios", func(lo, hi int) { Ratios(a[lo:hi], b[lo:hi], nil, 0x1p-52) })
	run("LogLossSum", func(lo, hi int) { LogLossSum(y[lo:hi], p[lo:hi], 0x1p-52) })
	run("BrierSum", func(lo, hi int) { BrierSum(y[lo:hi], p[lo:hi]) })
	run("LogLoss", func(lo, hi int) { LogLoss(loss[:hi-lo], brier[:hi-lo], y[lo:hi], p[lo:hi], 0x1p-52) })
}
