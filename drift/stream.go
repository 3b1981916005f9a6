package drift

import (
	"encoding"
	"fmt"

	"github.com/mlgauge/mlgauge"
)

// A Status is what a detector says after a value.
type Status int

const (
	// Stable: no sign of change.
	Stable Status = iota
	// Warning: the warning level is passed; a new model might be trained.
	Warning
	// Drift: the stream has changed. The detector starts anew with the next
	// value.
	Drift
)

// String returns "stable", "warning" or "drift".
func (s Status) String() string {
	switch s {
	case Warning:
		return "warning"
	case Drift:
		return "drift"
	}
	return "stable"
}

// A Detector watches a stream of numbers. The zero value of each implementation
// has the usual options. A failed Add leaves the detector as it was.
type Detector interface {
	Add(x float64) (Status, error)
	Reset()
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// finite reports a value that is NaN or infinite.
func finite(fn string, x float64) error {
	if x*0 != 0 {
		return fmt.Errorf("%s: x: need a finite number, have %v: %w", fn, x, mlgauge.ErrNotFinite)
	}
	return nil
}

// mistake reports a value that is neither 0 (right) nor 1 (wrong).
func mistake(fn string, x float64) error {
	if x != x {
		return fmt.Errorf("%s: x: need 0 or 1, have NaN: %w", fn, mlgauge.ErrNotFinite)
	}
	if x != 0 && x != 1 {
		return fmt.Errorf("%s: x: need 0 (right) or 1 (wrong), have %v: %w", fn, x, mlgauge.ErrRange)
	}
	return nil
}

// unit reports a value outside [0, 1].
func unit(fn string, x float64) error {
	if x != x {
		return fmt.Errorf("%s: x: need a number in [0, 1], have NaN: %w", fn, mlgauge.ErrNotFinite)
	}
	if x < 0 || x > 1 {
		return fmt.Errorf("%s: x: need a number in [0, 1], have %v: %w", fn, x, mlgauge.ErrRange)
	}
	return nil
}

// or returns v, or the default where v is the zero value.
func or[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// option reports an option that is not greater than lo, or not less than hi.
func option(fn, name string, v, lo, hi float64) error {
	if !(v > lo && v < hi) {
		return fmt.Errorf("%s: %s: need a number inside (%v, %v), have %v: %w", fn, name, lo, hi, v, mlgauge.ErrRange)
	}
	return nil
}
