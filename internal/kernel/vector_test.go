package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The tests of the vector loops: at every level, for every length around the unroll
// boundaries and every alignment, with a guard of NaN on both sides of each slice, so
// that a read outside shows in the result and a write outside in the guard.

const guard = 24

// A fenced slice stands between guards.
type fenced[T comparable] struct {
	all, in []T
	fence   T
}

func fence[T comparable](n, offset int, with T, value func(i int) T) fenced[T] {
	f := fenced[T]{all: make([]T, guard+offset+n+guard), fence: with}
	for i := range f.all {
		f.all[i] = with
	}
	f.in = f.all[guard+offset : guard+offset+n]
	for i := range f.in {
		f.in[i] = value(i)
	}
	return f
}

// intact fails the test if a guard was written to.
func (f fenced[T]) intact(t *testing.T, what string) {
	t.Helper()
	start := len(f.all) - guard - len(f.in)
	nan := f.fence != f.fence
	for i, v := range f.all {
		if (i < start || i >= start+len(f.in)) && v != f.fence && (v == v || !nan) {
			t.Fatalf("%s wrote to a guard at %d", what, i-start)
		}
	}
}

// lengths around every unroll boundary; with -short, which the slow builds are tested
// with, fewer of those between.
func lengths() (ns []int) {
	if testing.Short() {
		return []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 23, 24, 25, 31, 32, 33, 47, 48, 49, 63, 64, 65, 96, 127, 128, 129, 257, 1000}
	}
	for n := range 70 {
		ns = append(ns, n)
	}
	return append(ns, 95, 96, 97, 127, 128, 129, 255, 256, 257, 1000, 2048)
}

// anySize returns a value of any size that is finite.
func anySize(r *rand.Rand) float64 {
	switch r.IntN(12) {
	case 0:
		return 0
	case 1:
		return math.Copysign(0, -1)
	case 2:
		return 5e-324
	case 3:
		return 1e-300 * r.NormFloat64()
	case 4:
		return float64(r.IntN(5))
	}
	return r.NormFloat64()
}

// within fails the test if got is further from want than n roundings of terms whose
// sizes add up to total.
func within(t *testing.T, what string, n int, total, want, got float64) {
	t.Helper()
	if !(math.Abs(want-got) <= float64(n+4)*0x1p-53*total) && want != got {
		t.Fatalf("%s, n = %d: want %v, got %v", what, n, want, got)
	}
}
