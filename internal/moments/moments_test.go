package moments

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// exact computes the moments with 300-bit floats.
func exact(x, w []float64) (mean, m2, m3, m4 float64) {
	const bits = 300
	f := func(v float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(v) }
	sum, sw := f(0), f(0)
	for i, v := range x {
		sum.Add(sum, new(big.Float).SetPrec(bits).Mul(f(v), f(w[i])))
		sw.Add(sw, f(w[i]))
	}
	mu := new(big.Float).SetPrec(bits).Quo(sum, sw)
	s := [5]*big.Float{nil, nil, f(0), f(0), f(0)}
	for i, v := range x {
		d := new(big.Float).SetPrec(bits).Sub(f(v), mu)
		p := new(big.Float).SetPrec(bits).Mul(f(w[i]), d)
		for k := 2; k <= 4; k++ {
			p = new(big.Float).SetPrec(bits).Mul(p, d)
			s[k].Add(s[k], p)
		}
	}
	mean, _ = mu.Float64()
	m2, _ = s[2].Float64()
	m3, _ = s[3].Float64()
	m4, _ = s[4].Float64()
	return
}

func TestAgainstBigFloats(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, offset := range []float64{0, 1, 1e9, -3e12} {
		for _, n := range []int{1, 2, 5, 2047, 2048, 2049, 10_000} {
			x, w, ones := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range x {
				x[i] = offset + rng.ExpFloat64()
				w[i] = float64(rng.IntN(4))
				ones[i] = 1
			}
			w[0] = 1
			var a, b, c Moments
			Add(&a, x)
			Add4(&b, x)
			AddWeighted(&c, x, w)
			mean, m2, m3, m4 := exact(x, ones)
			golden.Equal(t, "mean", mean, a.Mean(), 1e-15)
			golden.Equal(t, "M2", m2, a.M2, 1e-14)
			golden.Equal(t, "M2 of Add4", m2, b.M2, 1e-13)
			// M3 can cancel: its error is bounded by the sum of |d|^3 <= M4^(3/4) n^(1/4).
			if d := math.Abs(m3 - b.M3); d > 1e-12*math.Pow(m4, .75)*math.Pow(float64(n), .25) {
				t.Errorf("offset %g n %d: M3 want %v, got %v", offset, n, m3, b.M3)
			}
			golden.Equal(t, "M4", m4, b.M4, 1e-12)
			mean, m2, _, m4 = exact(x, w)
			golden.Equal(t, "weighted mean", mean, c.Mean(), 1e-14) // a block of weighted terms is summed serially
			golden.Equal(t, "weighted M2", m2, c.M2, 1e-12)
			golden.Equal(t, "weighted M4", m4, c.M4, 1e-12)
		}
	}
}

func TestMergeAnyOrderAndRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	x := make([]float64, 5000)
	for i := range x {
		x[i] = 1e6 + rng.NormFloat64()
	}
	var whole, left, right, back Moments
	Add4(&whole, x)
	Add4(&left, x[:1234])
	Add4(&right, x[1234:])
	back = right
	back.Merge(&left)
	left.Merge(&right)
	for _, m := range []Moments{left, back} {
		golden.Equal(t, "mean", whole.Mean(), m.Mean(), 1e-15)
		golden.Equal(t, "M2", whole.M2, m.M2, 1e-12)
		golden.Equal(t, "M4", whole.M4, m.M4, 1e-12)
		golden.Equal(t, "kurtosis", whole.Kurtosis(), m.Kurtosis(), 1e-10)
	}
	w := codec.NewWriter("moments/1")
	left.Append(w)
	r := codec.NewReader("test", "moments/1", w.Finish())
	got := Read(r)
	if err := r.Close(); err != nil || got != left {
		t.Fatalf("round trip: %v, %v", got, err)
	}
}

func TestConstantHasNoVariance(t *testing.T) {
	x := make([]float64, 3000)
	for i := range x {
		x[i] = 0.1
	}
	var m Moments
	Add(&m, x)
	if m.M2 != 0 || m.Mean() != 0.1 {
		t.Fatalf("mean %v, M2 %v", m.Mean(), m.M2)
	}
}
