package divergence

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Method says what is done about bins that are empty on one side, where KL
// and PSI would be infinite. Both sides always get the same treatment.
type Method int

const (
	// None leaves the shares as they are.
	None Method = iota
	// Additive adds Value to the count of every bin of both sides, before
	// they are divided by their sums: (c + Value) / (n + bins Value).
	Additive
	// Floor raises every share below Value to Value, on both sides, and
	// divides by the new sum.
	Floor
	// FloorRaw raises every share below Value to Value, on both sides, and
	// leaves the sum above 1, as most PSI spreadsheets and tools do.
	FloorRaw
)

// Smoothing is a method with its amount: a count for Additive, a share for
// Floor and FloorRaw. The zero value smooths nothing.
type Smoothing struct {
	Method Method
	Value  float64
}

// Check reports an unknown method or an amount that is NaN, infinite, negative
// or, for the floors, above 1.
func (s Smoothing) Check(fn string) error {
	switch s.Method {
	case None:
		return nil
	case Additive:
		if math.IsInf(s.Value, 0) {
			return fmt.Errorf("%s: smoothing: need a finite count, have %v: %w", fn, s.Value, mlgauge.ErrNotFinite)
		}
		return check.In(fn, "smoothing", s.Value, 0, math.MaxFloat64)
	case Floor, FloorRaw:
		return check.In(fn, "smoothing", s.Value, 0, 1)
	}
	return check.Option(fn, "smoothing", s.Method)
}

// Apply turns the counts (or shares, or weights) a and b of the same bins into
// the probability vectors that the formulas of this package take. The counts
// stay as they are; p and q are fresh unless dst slices of sufficient capacity
// are given.
//
// It reports lengths that differ, no bins, a negative, NaN or infinite count,
// and a side that sums to 0 (ErrUndefined).
func (s Smoothing) Apply(fn string, a, b, p, q []float64) (np, nq []float64, err error) {
	if err := s.Check(fn); err != nil {
		return nil, nil, err
	}
	if err := check.Pair(fn, "reference", len(a), "current", len(b)); err != nil {
		return nil, nil, err
	}
	if np, err = s.one(fn, "reference", a, p); err != nil {
		return nil, nil, err
	}
	if nq, err = s.one(fn, "current", b, q); err != nil {
		return nil, nil, err
	}
	return np, nq, nil
}

func (s Smoothing) one(fn, arg string, c, dst []float64) ([]float64, error) {
	if err := check.Weights(fn, arg, len(c), c); err != nil {
		return nil, err
	}
	sum, err := check.Sum(fn, arg, c)
	if err != nil {
		return nil, err
	}
	if cap(dst) < len(c) {
		dst = make([]float64, len(c))
	}
	dst = dst[:len(c)]
	add := 0.0
	if s.Method == Additive {
		add = s.Value
		sum += add * float64(len(c))
	}
	for i, v := range c {
		dst[i] = (v + add) / sum
	}
	if s.Method != Floor && s.Method != FloorRaw {
		return dst, nil
	}
	sum = 0
	for i, v := range dst {
		dst[i] = math.Max(v, s.Value)
		sum += dst[i]
	}
	if s.Method == Floor {
		for i := range dst {
			dst[i] /= sum
		}
	}
	return dst, nil
}
