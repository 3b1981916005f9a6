// Package experiment says which variant won: it splits traffic, tests
// differences with intervals, lets one look early without lying, corrects for
// many comparisons, and puts a decision in words. It also holds bandits, which
// move the traffic while they learn, and searches over the parameters of
// anything that returns a score.
//
// Arms come in one order everywhere: control first, then treatment, and every
// difference is treatment minus control. Proportions are metrics.Rate (hits of
// trials), means a Sample, which is merged across shards like every statistic of
// this module; intervals are metrics.Interval.
package experiment

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
)

// A Test is the outcome of a hypothesis test.
type Test struct {
	Name      string  // "welch", "two-proportion z", ...
	Statistic float64 // as the test's documentation defines it
	PValue    float64 // chance, without an effect, of a result as extreme
	DF        float64 // degrees of freedom, where the test has them
	Note      string  // what was out of the ordinary; empty otherwise
}

// An Alternative is what a test looks for.
type Alternative int

const (
	// TwoSided: the arms differ.
	TwoSided Alternative = iota
	// Less: the treatment is below the control.
	Less
	// Greater: the treatment is above the control.
	Greater
)

// String returns "two-sided", "less" or "greater".
func (a Alternative) String() string {
	switch a {
	case TwoSided:
		return "two-sided"
	case Less:
		return "less"
	case Greater:
		return "greater"
	}
	return "unknown alternative"
}

func (a Alternative) check(fn string) error {
	if a < TwoSided || a > Greater {
		return check.Option(fn, "alternative", int(a))
	}
	return nil
}

// tails turns a statistic that is symmetric under the null into a p-value.
func tails(t float64, alt Alternative, cdf func(float64) float64) float64 {
	switch alt {
	case Less:
		return cdf(t)
	case Greater:
		return cdf(-t)
	}
	return math.Min(1, 2*cdf(-math.Abs(t)))
}

// first returns the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
