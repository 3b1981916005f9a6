package metrics

import "math/big"

// newBig returns v with enough bits that sums of squares of float64 are exact
// to far below their last digit.
func newBig(v float64) *big.Float { return new(big.Float).SetPrec(2400).SetFloat64(v) }

// bigMean returns the mean of y, or of y - p.
func bigMean(y, p []float64) *big.Float {
	s := newBig(0)
	for i := range y {
		v := y[i]
		if p != nil {
			v -= p[i]
		}
		s.Add(s, newBig(v))
	}
	return s.Quo(s, newBig(float64(len(y))))
}
