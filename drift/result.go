package drift

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/divergence"
	"github.com/mlgauge/mlgauge/internal/kernel"
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
	if err := enough(fn, x, y, least); err != nil {
		return err
	}
	for i, v := range [2][]float64{x, y} {
		if _, _, ok := kernel.Range(v); !ok {
			return check.Finite(fn, []string{"x", "y"}[i], v)
		}
	}
	return nil
}

// enough checks the sizes of two samples.
func enough(fn string, x, y []float64, least int) error {
	for i, v := range [2][]float64{x, y} {
		if len(v) < max(1, least) {
			return fmt.Errorf("%s: %s: need at least %d values, have %d: %w", fn, []string{"x", "y"}[i], max(1, least), len(v), mlgauge.ErrEmpty)
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
