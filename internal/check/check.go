// Package check holds the argument checks that every room makes. Each returns
// nil or an error of the form "function: argument: need ..., have ...", which
// wraps a sentinel of the root package.
package check

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// Float is either floating-point type.
type Float = kernel.Float

// Length reports an argument whose length is not the needed one (ErrLength).
func Length(fn, arg string, need, have int) error {
	if need != have {
		return fmt.Errorf("%s: %s: need length %d, have %d: %w", fn, arg, need, have, mlgauge.ErrLength)
	}
	return nil
}

// NotEmpty reports an argument of length zero (ErrEmpty).
func NotEmpty(fn, arg string, n int) error {
	if n == 0 {
		return fmt.Errorf("%s: %s: need at least one value, have none: %w", fn, arg, mlgauge.ErrEmpty)
	}
	return nil
}

// Pair reports two arguments that are empty (ErrEmpty) or differ in length
// (ErrLength).
func Pair(fn, a string, na int, b string, nb int) error {
	if na != nb {
		return fmt.Errorf("%s: %s: need as many values as %s (%d), have %d: %w", fn, b, a, na, nb, mlgauge.ErrLength)
	}
	return NotEmpty(fn, a, na)
}

// Finite reports the first NaN or infinity of x (ErrNotFinite).
func Finite[F Float](fn, arg string, x []F) error {
	if kernel.AllFinite(x) {
		return nil
	}
	for i, v := range x {
		if v*0 != 0 {
			return fmt.Errorf("%s: %s: need finite values, have %v at index %d: %w", fn, arg, v, i, mlgauge.ErrNotFinite)
		}
	}
	return nil
}

// NoNaN reports the first NaN of x (ErrNotFinite); infinities pass.
func NoNaN[F Float](fn, arg string, x []F) error {
	for i, v := range x {
		if v != v {
			return fmt.Errorf("%s: %s: need values that are not NaN, have NaN at index %d: %w", fn, arg, i, mlgauge.ErrNotFinite)
		}
	}
	return nil
}

// Weights reports weights of the wrong length (ErrLength), a NaN or infinite
// one (ErrNotFinite), a negative one (ErrRange).
func Weights(fn, arg string, need int, w []float64) error {
	if err := Length(fn, arg, need, len(w)); err != nil {
		return err
	}
	if kernel.AllFinite(w) && !anyNegative(w) {
		return nil
	}
	for i, v := range w {
		if v*0 != 0 {
			return fmt.Errorf("%s: %s: need finite weights, have %v at index %d: %w", fn, arg, v, i, mlgauge.ErrNotFinite)
		}
		if v < 0 {
			return fmt.Errorf("%s: %s: need weights of at least 0, have %v at index %d: %w", fn, arg, v, i, mlgauge.ErrRange)
		}
	}
	return nil
}

// anyNegative tells whether finite weights hold a negative one.
func anyNegative(w []float64) bool {
	var least, most [1]float64
	kernel.ColumnMinMax(w, 1, len(w), 1, least[:], most[:])
	return least[0] < 0
}

// Probabilities reports the first value of p that is NaN (ErrNotFinite) or
// outside [0, 1] (ErrRange).
func Probabilities[F Float](fn, arg string, p []F) error {
	for i, v := range p {
		if v >= 0 && v <= 1 {
			continue
		}
		if v != v {
			return fmt.Errorf("%s: %s: need probabilities, have NaN at index %d: %w", fn, arg, i, mlgauge.ErrNotFinite)
		}
		return fmt.Errorf("%s: %s: need probabilities in [0, 1], have %v at index %d: %w", fn, arg, v, i, mlgauge.ErrRange)
	}
	return nil
}

// In reports a number that is NaN (ErrNotFinite) or outside [lo, hi]
// (ErrRange).
func In(fn, arg string, v, lo, hi float64) error {
	if v != v {
		return fmt.Errorf("%s: %s: need a number in [%v, %v], have NaN: %w", fn, arg, lo, hi, mlgauge.ErrNotFinite)
	}
	if v < lo || v > hi {
		return fmt.Errorf("%s: %s: need a number in [%v, %v], have %v: %w", fn, arg, lo, hi, v, mlgauge.ErrRange)
	}
	return nil
}

// Level reports a confidence level that is not inside (0, 1) (ErrRange).
func Level(fn string, level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("%s: level: need a confidence level inside (0, 1), have %v: %w", fn, level, mlgauge.ErrRange)
	}
	return nil
}

// AtLeast reports an integer below its minimum (ErrRange).
func AtLeast(fn, arg string, have, least int) error {
	if have < least {
		return fmt.Errorf("%s: %s: need at least %d, have %d: %w", fn, arg, least, have, mlgauge.ErrRange)
	}
	return nil
}

// Option is the error for an option that does not exist (ErrRange).
func Option(fn, arg string, have any) error {
	return fmt.Errorf("%s: %s: need one of the declared options, have %v: %w", fn, arg, have, mlgauge.ErrRange)
}

// NotFitted is the error for a transformer that is used before Fit.
func NotFitted(fn string) error {
	return fmt.Errorf("%s: need a fitted transformer, call Fit first: %w", fn, mlgauge.ErrNotFitted)
}

// Sum adds nonnegative weights and reports a total of zero (ErrUndefined) or
// an overflow (ErrNotFinite).
func Sum(fn, arg string, w []float64) (float64, error) {
	var s float64
	for _, v := range w {
		s += v
	}
	if math.IsInf(s, 0) {
		return 0, fmt.Errorf("%s: %s: need weights with a finite sum, have %v: %w", fn, arg, s, mlgauge.ErrNotFinite)
	}
	if s == 0 {
		return 0, fmt.Errorf("%s: %s: need at least one positive weight, have none: %w", fn, arg, mlgauge.ErrUndefined)
	}
	return s, nil
}
