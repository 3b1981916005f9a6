package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The map is monotone, and the map within a bucket takes its rows to 256 steps in their order.
func TestEqualizerKeepsOrder(t *testing.T) {
	for name := range shapes {
		for _, n := range []int{2048, 50_000} {
			x := draw(name, n, 8)
			var s equalizer
			if !s.fitTo(x, topBits(n)) {
				t.Fatalf("%s of %d does not fit", name, n)
			}
			slices.Sort(x)
			var bucket, step uint32
			for _, v := range x {
				b := s.bucket(v)
				if b < bucket || int(b) >= s.count {
					t.Fatalf("%s: bucket %d of %v after %d of %d", name, b, v, bucket, s.count)
				}
				if b != bucket {
					bucket, step = b, 0
				}
				if m, ok := s.within(b); ok {
					k := m.at(v)
					if k < step || k >= 1<<subBits {
						t.Fatalf("%s: step %d of %v after %d in bucket %d", name, k, v, step, b)
					}
					step = k
				}
			}
		}
	}
}

// A few outliers, in the sample or not, do not put the other rows into one bucket.
func TestEqualizerSpreads(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	for name, v := range map[string]func(i int) float64{
		"uniform":  func(int) float64 { return r.Float64() },
		"normal":   func(int) float64 { return 1e9 + r.NormFloat64() },
		"cauchy":   func(int) float64 { return r.NormFloat64() / r.NormFloat64() },
		"decades":  func(int) float64 { return math.Exp(600 * (r.Float64() - 0.5)) },
		"outlier":  func(i int) float64 { return r.Float64() + 1e300*float64(1/(1+i)) },
		"outliers": func(i int) float64 { return r.Float64() + 1e12*float64(7/(1+i%1000)) },
	} {
		const n = 200_000
		x := make([]float64, n)
		for i := range x {
			x[i] = v(i)
		}
		var s equalizer
		require.True(t, s.fitTo(x, topBits(n)))
		rows := make([]int, s.count)
		for _, v := range x {
			rows[s.bucket(v)]++
		}
		// There are from 128 buckets on, of which the fullest may hold some times the mean.
		require.Less(t, slices.Max(rows), n/16, name)
	}
}

func TestEqualizerSteps(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 3))
		for _, n := range lengths() {
			for offset := range 4 {
				x := fence(n, offset, math.NaN(), func(int) float64 { return anySize(r) })
				got := fence(n, offset, 7, func(int) uint32 { return 0 })
				for _, ordinal := range []bool{false, true} {
					s := equalizer{span: 1 << 62, most: 1<<22 - 1}
					s.ladder, _ = byValue(-1e3, 2e3, 22)
					if ordinal {
						s.ladder = byOrder(-1e3, 2e3, 22)
					}
					if !s.steps(got.in, x.in) {
						t.Fatalf("%d finite scores are refused", n)
					}
					for i, v := range x.in {
						if want := s.step(v); got.in[i] != want {
							t.Fatalf("step of %v at %d of %d: want %d, got %d", v, i, n, want, got.in[i])
						}
					}
					got.intact(t, "steps")
					for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
						if n == 0 {
							continue
						}
						at := r.IntN(n)
						kept := x.in[at]
						x.in[at] = bad
						if s.steps(got.in, x.in) || got.in[at] >= 1<<22 {
							t.Fatalf("%v passes at %d of %d, as %d", bad, at, n, got.in[at])
						}
						x.in[at] = kept
					}
				}
			}
		}
	})
}
