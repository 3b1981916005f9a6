package drift

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/divergence"
)

// A Result is the outcome of a two-sample test.
type Result struct {
	Test      string  // "ks", "chi2", ...
	Statistic float64 // as the test's documentation defines it
	PValue    float64 // NaN where the test has none
	DF        float64 // degrees of freedom, where the test has them
	Note      string  // what was done out of the ordinary; empty otherwise
}

// An Alternative is what a test looks for.
type Alternative int

const (
	// TwoSided: the samples differ.
	TwoSided Alternative = iota
	// Less: the first sample is smaller than the second, in the sense that the
	// test's documentation gives.
	Less
	// Greater: the first sample is larger.
	Greater
)

// A Method tells how a p-value is computed.
type Method int

const (
	// Auto is exact where that is cheap.
	Auto Method = iota
	// Exact counts the permutations.
	Exact
	// Asymptotic uses the limit for large samples.
	Asymptotic
	// Uncorrected is Asymptotic without the correction for continuity, for
	// MannWhitney only.
	Uncorrected
)

// Smoothing says what is done about bins that are empty on one side; it is always
// applied to both sides. Make one with NoSmoothing, Additive, Floor or FloorRaw.
type Smoothing = divergence.Smoothing

// NoSmoothing leaves the shares as they are: KL and PSI are then +Inf where a bin is
// empty on one side.
func NoSmoothing() Smoothing { return Smoothing{} }

// Additive adds c to the count of every bin of both sides (Laplace: 1, Jeffreys:
// 1/2). It needs counts, not shares.
func Additive(c float64) Smoothing { return Smoothing{Method: divergence.Additive, Value: c} }

// Floor raises every share below eps to eps, on both sides, and divides by the new
// sum.
func Floor(eps float64) Smoothing { return Smoothing{Method: divergence.Floor, Value: eps} }

// FloorRaw raises every share below eps to eps, on both sides, and leaves the sum
// above 1, as most PSI tools do.
func FloorRaw(eps float64) Smoothing { return Smoothing{Method: divergence.FloorRaw, Value: eps} }

// two checks two samples: enough values in each, none NaN or infinite.
func two(fn string, x, y []float64, least int) error {
	for _, s := range []struct {
		name string
		v    []float64
	}{{"x", x}, {"y", y}} {
		if len(s.v) < least || len(s.v) == 0 {
			return fmt.Errorf("%s: %s: need at least %d values, have %d: %w", fn, s.name, max(1, least), len(s.v), mlgauge.ErrEmpty)
		}
		if err := check.Finite(fn, s.name, s.v); err != nil {
			return err
		}
	}
	return nil
}

func (a Alternative) check(fn string) error {
	if a < TwoSided || a > Greater {
		return check.Option(fn, "alternative", int(a))
	}
	return nil
}

func (m Method) check(fn string) error {
	if m < Auto || m > Asymptotic {
		return check.Option(fn, "method", int(m))
	}
	return nil
}
