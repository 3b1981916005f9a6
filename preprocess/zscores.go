package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// madToSigma is the median distance from the median of the standard normal
// distribution, and meanToSigma the inverse of its mean distance.
const (
	madToSigma  = 0.67448975019608171
	meanToSigma = 1.2533141373155003
)

// medianSpread returns the median and the robust standard deviation of x, which
// it reorders; NaN if it is empty.
func medianSpread(x []float64) (med, spread float64) {
	kernel.SortFloat64s(x)
	med = median(x)
	var mean float64
	for i, v := range x {
		x[i] = math.Abs(v - med)
		mean += x[i] / float64(len(x))
	}
	kernel.SortFloat64s(x)
	if mad := median(x); mad != 0 {
		return med, mad / madToSigma
	}
	return med, mean * meanToSigma
}

// ZScores writes (x - mean) / standard deviation into dst, which is allocated
// if nil, and may be x. ddof is 0 for the population, 1 for a sample. NaN is
// skipped and stays.
//
// It is an error if x has no value (ErrEmpty), an infinity (ErrNotFinite), or
// no spread (ErrUndefined).
//
// Definition: SciPy 1.17, zscore with nan_policy "omit".
func ZScores(dst, x []float64, ddof float64) ([]float64, error) {
	const fn = "ZScores"
	var m columnMoments = make(columnMoments, 1)
	if err := addMoments(fn, m, x, 1, len(x), nil); err != nil {
		return nil, err
	}
	mean, sd := m[0].Mean(), math.Sqrt(m[0].Variance(ddof))
	return scores(fn, dst, x, int(m[0].W), mean, sd, constant(m[0].W, mean, sd*sd))
}

// ModifiedZScores writes 0.6745 (x - median) / MAD into dst, which is allocated
// if nil, and may be x; where MAD is 0, the mean distance from the median takes
// its place as in Outliers. NaN is skipped and stays.
//
// It is an error if x has no value (ErrEmpty), an infinity (ErrNotFinite), or
// no spread (ErrUndefined).
//
// Source: Iglewicz and Hoaglin (1993), with the unrounded constant.
func ModifiedZScores(dst, x []float64) ([]float64, error) {
	const fn = "ModifiedZScores"
	buf := make([]float64, 0, len(x))
	for i, v := range x {
		if math.IsInf(v, 0) {
			return nil, infinite(fn, "x", i, 0)
		}
		if v == v {
			buf = append(buf, v)
		}
	}
	n := len(buf)
	med, spread := medianSpread(buf)
	return scores(fn, dst, x, n, med, spread, spread == 0)
}

func scores(fn string, dst, x []float64, n int, center, scale float64, flat bool) ([]float64, error) {
	if err := check.NotEmpty(fn, "x", n); err != nil {
		return nil, err
	}
	if flat || math.IsNaN(scale) {
		return nil, fmt.Errorf("%s: x: need values that differ, have %d values without spread: %w", fn, n, mlgauge.ErrUndefined)
	}
	if dst == nil {
		dst = make([]float64, len(x))
	}
	if err := check.Length(fn, "dst", len(x), len(dst)); err != nil {
		return nil, err
	}
	for i, v := range x {
		dst[i] = (v - center) / scale
	}
	return dst, nil
}

// Winsorize writes x with its lowest share low and its highest share high of
// values replaced by the nearest one that stays into dst, which is allocated if
// nil, and may be x. The numbers of values replaced are low n and high n, rounded
// down. NaN is skipped and stays.
//
// It is an error if a share is outside [0, 1] or they exceed 1 together
// (ErrRange), or if x has no value (ErrEmpty).
//
// Definition: SciPy 1.17, mstats.winsorize.
func Winsorize(dst, x []float64, low, high float64) ([]float64, error) {
	const fn = "Winsorize"
	if err := check.In(fn, "low", low, 0, 1); err != nil {
		return nil, err
	}
	if err := check.In(fn, "high", high, 0, 1-low); err != nil {
		return nil, err
	}
	sorted := make([]float64, 0, len(x))
	for _, v := range x {
		if v == v {
			sorted = append(sorted, v)
		}
	}
	n := len(sorted)
	if err := check.NotEmpty(fn, "x", n); err != nil {
		return nil, err
	}
	if dst == nil {
		dst = make([]float64, len(x))
	}
	if err := check.Length(fn, "dst", len(x), len(dst)); err != nil {
		return nil, err
	}
	slices.Sort(sorted)
	lo := int(low * float64(n))
	hi := n - int(float64(n)*high) - 1
	if lo >= n || hi < lo {
		return nil, fmt.Errorf("%s: low, high: need shares that leave a value, have %v and %v of %d values: %w", fn, low, high, n, mlgauge.ErrRange)
	}
	for i, v := range x {
		if v < sorted[lo] {
			v = sorted[lo]
		} else if v > sorted[hi] {
			v = sorted[hi]
		}
		dst[i] = v
	}
	return dst, nil
}
