package metrics

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
)

// An Average says how the scores of several classes become one number. There
// is no default: the three differ, and which is right depends on the question.
type Average int

const (
	// Micro pools the counts of the classes and computes the score once.
	Micro Average = iota + 1
	// Macro is the plain mean of the scores of the classes.
	Macro
	// Weighted is the mean of the scores of the classes, weighted by their
	// number of true rows.
	Weighted
	// Samples is the mean of the scores of the rows; it exists for multilabel
	// data only.
	Samples
)

// String returns the name of the average: "macro".
func (a Average) String() string {
	switch a {
	case Micro:
		return "micro"
	case Macro:
		return "macro"
	case Weighted:
		return "weighted"
	case Samples:
		return "samples"
	}
	return fmt.Sprintf("Average(%d)", int(a))
}

// A ZeroDivision says what a rate is whose denominator is zero, such as the
// precision of a class that was never predicted.
type ZeroDivision int

const (
	// ZeroDivisionZero makes it 0, as scikit-learn does by default.
	ZeroDivisionZero ZeroDivision = iota
	// ZeroDivisionOne makes it 1.
	ZeroDivisionOne
	// ZeroDivisionNaN makes it NaN; a class whose score is NaN leaves the
	// averages.
	ZeroDivisionNaN
	// ZeroDivisionError makes it an error that wraps mlgauge.ErrUndefined.
	ZeroDivisionError
)

// String returns the name of the choice: "zero".
func (z ZeroDivision) String() string {
	switch z {
	case ZeroDivisionZero:
		return "zero"
	case ZeroDivisionOne:
		return "one"
	case ZeroDivisionNaN:
		return "nan"
	case ZeroDivisionError:
		return "error"
	}
	return fmt.Sprintf("ZeroDivision(%d)", int(z))
}

func (z ZeroDivision) valid() bool { return z >= ZeroDivisionZero && z <= ZeroDivisionError }

// ratio returns num/den, or what z says when den is zero.
func (z ZeroDivision) ratio(fn, what string, num, den float64) (float64, error) {
	if den != 0 {
		return num / den, nil
	}
	switch z {
	case ZeroDivisionZero:
		return 0, nil
	case ZeroDivisionOne:
		return 1, nil
	case ZeroDivisionNaN:
		return math.NaN(), nil
	case ZeroDivisionError:
		return math.NaN(), fmt.Errorf("%s: need %s, have none: %w", fn, what, mlgauge.ErrUndefined)
	}
	return math.NaN(), fmt.Errorf("%s: ZeroDivision: need one of the declared options, have %d: %w", fn, int(z), mlgauge.ErrRange)
}

// mean averages scores that may be NaN: those are left out with their weight.
// Weights nil or all zero mean the plain mean; nothing left is undefined.
func mean(fn string, scores, weights []float64) (float64, error) {
	var sum, total, plain float64
	n := 0
	for i, s := range scores {
		if math.IsNaN(s) {
			continue
		}
		n++
		plain += s
		if weights != nil {
			sum += weights[i] * s
			total += weights[i]
		}
	}
	if n == 0 {
		return math.NaN(), fmt.Errorf("%s: need a class whose score is defined, have none: %w", fn, mlgauge.ErrUndefined)
	}
	if total > 0 {
		return sum / total, nil
	}
	return plain / float64(n), nil
}

// unit returns a power of two that brings n near 1, so that products of sums
// of weights neither overflow nor vanish; scaling by it is exact.
func unit(n float64) float64 {
	_, e := math.Frexp(n)
	return math.Ldexp(1, -max(min(e, 1022), -1022))
}
