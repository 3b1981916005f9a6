package sketch

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mlgauge/mlgauge"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var streams = map[string]func(r *rand.Rand, i int) float64{
	"constant":  func(*rand.Rand, int) float64 { return 3 },
	"normal":    func(r *rand.Rand, _ int) float64 { return r.NormFloat64() },
	"lognormal": func(r *rand.Rand, _ int) float64 { return math.Exp(5 * r.NormFloat64()) },
	"pareto":    func(r *rand.Rand, _ int) float64 { return math.Pow(r.Float64(), -1) },
	"sorted":    func(_ *rand.Rand, i int) float64 { return float64(i) },
	"reversed":  func(_ *rand.Rand, i int) float64 { return -float64(i) },
	"few":       func(r *rand.Rand, _ int) float64 { return float64(r.IntN(3)) },
}

// rankError returns how far the rank of v among sorted x is from p.
func rankError(x []float64, v, p float64) float64 {
	lo, _ := slices.BinarySearch(x, v)
	hi := lo
	for hi < len(x) && x[hi] <= v {
		hi++
	}
	n := float64(len(x))
	switch {
	case p*n < float64(lo)-1:
		return float64(lo)/n - p
	case p*n > float64(hi)+1:
		return p - float64(hi)/n
	}
	return 0
}

func TestGuarantee(t *testing.T) {
	for name, next := range streams {
		for _, n := range []int{1, 100, 5000, 60_000} {
			r := rand.New(rand.NewPCG(7, 7))
			s, parts := &KLL{K: 400}, [3]*KLL{{K: 400}, {K: 400}, {K: 400}}
			x := make([]float64, n)
			for i := range x {
				x[i] = next(r, i)
				s.Add(x[i])
				parts[i%3].Add(x[i])
			}
			merged := &KLL{K: 400}
			for _, p := range parts {
				require.NoError(t, merged.Merge(p))
			}
			saved, err := s.MarshalBinary()
			require.NoError(t, err)
			var back KLL
			require.NoError(t, back.UnmarshalBinary(saved))
			slices.Sort(x)
			for kind, s := range map[string]*KLL{"one": s, "merged": merged, "loaded": &back} {
				assert.EqualValues(t, n, s.N())
				assert.Equal(t, x[0], s.Min())
				assert.Equal(t, x[n-1], s.Max())
				assert.LessOrEqual(t, s.Held(), 3*400+20*8+8)
				for p := 0.; p <= 1; p += 1. / 32 {
					q, err := s.Quantile(p)
					require.NoError(t, err)
					// The bound holds in 99% of the cases; twice it holds for all of these.
					if e := rankError(x, q, p); e > 2*s.RankError() {
						t.Errorf("%s, %s, n %d: quantile %v is %v in rank off", name, kind, n, p, e)
					}
				}
			}
		}
	}
}

func TestExactWhileSmall(t *testing.T) {
	var s KLL
	s.Add(4, 1, math.NaN(), 3, 2)
	require.True(t, s.Exact())
	q, err := s.Quantiles([]float64{0, .25, .5, 1})
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 1.75, 2.5, 4}, q)
	r, err := s.Rank(3)
	require.NoError(t, err)
	assert.Equal(t, .75, r)
}

func TestSameEveryRunAndResumed(t *testing.T) {
	build := func(save bool) []byte {
		r := rand.New(rand.NewPCG(1, 1))
		s := &KLL{K: 64}
		for i := range 20_000 {
			s.Add(r.Float64())
			if save && i == 10_001 {
				b, _ := s.MarshalBinary()
				s = &KLL{}
				require.NoError(t, s.UnmarshalBinary(b))
			}
		}
		b, _ := s.MarshalBinary()
		return b
	}
	a := build(false)
	assert.True(t, bytes.Equal(a, build(false)), "two runs differ")
	assert.True(t, bytes.Equal(a, build(true)), "a resumed sketch differs")
}

func TestBadInput(t *testing.T) {
	_, err := New(3)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	var s KLL
	_, err = s.Quantile(.5)
	assert.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = s.Rank(1)
	assert.ErrorIs(t, err, mlgauge.ErrEmpty)
	s.Add(1)
	_, err = s.Quantile(1.5)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = s.Quantile(math.NaN())
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
	assert.ErrorIs(t, s.Merge(&KLL{K: 9}), mlgauge.ErrIncompatible)
	require.NoError(t, s.Merge(&s))
	assert.EqualValues(t, 2, s.N())
}

func FuzzUnmarshal(f *testing.F) {
	s := &KLL{K: 8}
	for i := range 1000 {
		s.Add(float64(i))
	}
	b, _ := s.MarshalBinary()
	f.Add(b)
	f.Add(b[:20])
	f.Fuzz(func(t *testing.T, data []byte) {
		var s KLL
		if err := s.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, mlgauge.ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		s.Add(s.Min(), 1, 2)
		if _, err := s.Quantile(.5); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 1<<20)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	for b.Loop() {
		var s KLL
		s.Add(x...)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(1<<20), "ns/elem")
}

// Blocks keep the guarantee of single values, and the extremes.
func TestKLLBlocks(t *testing.T) {
	for _, block := range []int{100, 300, 4096, 50_001} {
		rng := rand.New(rand.NewPCG(uint64(block), 9))
		var s KLL
		all := make([]float64, 200_000)
		for i := range all {
			all[i] = rng.ExpFloat64()
		}
		for b := range slices.Chunk(all, block) {
			s.AddBlock(slices.Clone(b))
		}
		slices.Sort(all)
		if s.N() != uint64(len(all)) || s.Min() != all[0] || s.Max() != all[len(all)-1] {
			t.Fatalf("block %d: need %d values from %v to %v, have %d from %v to %v", block, len(all), all[0], all[len(all)-1], s.N(), s.Min(), s.Max())
		}
		for i := 0; i < len(all); i += 999 {
			r, err := s.Rank(all[i])
			if err != nil {
				t.Fatal(err)
			}
			if d := r - float64(i+1)/float64(len(all)); d > s.RankError() || -d > s.RankError() {
				t.Errorf("block %d: rank of %v is off by %v", block, all[i], d)
			}
		}
		b, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := new(KLL).UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
	}
}
