package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/mat"
)

// Fence is how the limits beyond which a value is an outlier are found.
type Fence int

const (
	// IQR: quartiles q1 - t (q3 - q1) and q3 + t (q3 - q1), t = 1.5 (Tukey).
	IQR Fence = iota
	// ZScore: mean -+ t standard deviations, t = 3.
	ZScore
	// ModifiedZ: median -+ t MAD / 0.6745, t = 3.5 (Iglewicz and Hoaglin), where
	// MAD is the median distance from the median.
	ModifiedZ
	// QuantileFence: the quantiles at Low and High.
	QuantileFence
)

var fenceNames = []string{"iqr", "z", "modified_z", "quantile"}

// String returns "iqr", "z", "modified_z" or "quantile".
func (f Fence) String() string { return optionName(f, fenceNames) }

// Action is what Outliers.Transform does with an outlier.
type Action int

const (
	// ClipOutliers moves it to the limit (winsorises).
	ClipOutliers Action = iota
	// MarkMissing makes it NaN.
	MarkMissing
)

var actionNames = []string{"clip", "missing"}

// String returns "clip" or "missing".
func (a Action) String() string { return optionName(a, actionNames) }

// Outliers finds the values that lie outside the limits of their column:
//
//	outlier: x < Lower or x > Upper
//
// It reports how many there are, flags them, clips them, makes them missing, or
// leaves out their rows. The zero value is ready to fit, with Tukey's fences.
//
// Special cases:
//   - NaN is skipped when fitting, and is no outlier.
//   - Under ModifiedZ a column whose MAD is 0, because more than half of its
//     values are the same, takes 1.2533 times the mean distance from the median
//     in the place of MAD / 0.6745, as Iglewicz and Hoaglin advise.
//   - A column without spread has both limits at its value, to rounding.
//   - A column without any value has limits NaN and no outliers.
//
// ZScore fits from means and variances, so PartialFit and Merge work exactly.
// The other fences need all rows at once, unless Sketch is set: then a mergeable
// sketch of constant size takes the place of the rows, whose quantiles are exact
// below about Sketch rows, and have ranks right to 2.296 / Sketch^0.9021 in 99%
// of the cases above.
//
// Sources: Tukey, Exploratory Data Analysis (1977); Iglewicz and Hoaglin, How to
// Detect and Handle Outliers (1993). Quantiles interpolate linearly; the
// standard deviation is that of the population unless Sample is set.
type Outliers struct {
	Fence Fence
	// Threshold is t; 0 stands for the usual one of the fence.
	Threshold float64
	// Low and High are the probabilities of QuantileFence; if both are 0, they
	// stand for 0.05 and 0.95.
	Low, High float64
	// Sample divides the variance of ZScore by n-1.
	Sample bool
	// Action is what Transform does.
	Action Action
	// Sketch is the accuracy of the sketch to take quantiles from, at least 8; 0
	// takes them exactly. ZScore needs none.
	Sketch int

	Lower, Upper []float64 // limits of each column

	stat *outlierStat // nil where a fit cannot go on
}

func (o *Outliers) check(fn string) error {
	if err := option(fn, "Fence", o.Fence, fenceNames); err != nil {
		return err
	}
	if err := option(fn, "Action", o.Action, actionNames); err != nil {
		return err
	}
	if err := check.In(fn, "Threshold", o.Threshold, 0, math.MaxFloat64); err != nil {
		return err
	}
	if lo, hi := o.probabilities(); !(lo >= 0 && lo < hi && hi <= 1) {
		return fmt.Errorf("%s: Low, High: need 0 <= Low < High <= 1, have %v and %v: %w", fn, lo, hi, mlgauge.ErrRange)
	}
	return sketchSize(fn, o.Sketch)
}

func (o *Outliers) probabilities() (lo, hi float64) {
	if o.Low == 0 && o.High == 0 {
		return .05, .95
	}
	return o.Low, o.High
}

func (o *Outliers) threshold() float64 {
	if o.Threshold != 0 {
		return o.Threshold
	}
	return [...]float64{IQR: 1.5, ZScore: 3, ModifiedZ: 3.5, QuantileFence: 0}[o.Fence]
}

// Fit finds the limits of the columns of x.
func (o *Outliers) Fit(x mat.Matrix) error {
	const fn = "Outliers.Fit"
	if err := o.check(fn); err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if o.mergeable() {
		stat, err := o.accumulate(fn, nil, g, nil)
		if err != nil {
			return err
		}
		return o.fromStat(fn, stat)
	}
	lower, upper := make([]float64, g.Cols), make([]float64, g.Cols)
	if o.Fence == ModifiedZ {
		if err := noInfAll(fn, "x", g); err != nil {
			return err
		}
		t := o.threshold()
		parallel.Each(g.Cols, func(j int) {
			x := column(make([]float64, 0, g.Rows), g, j)
			med, spread := medianSpread(x)
			lower[j], upper[j] = med-t*spread, med+t*spread
		})
		return o.set(fn, lower, upper, nil)
	}
	q, err := columnQuantiles(fn, g, o.wanted())
	if err != nil {
		return err
	}
	for j, v := range q {
		lower[j], upper[j] = o.fences(v[0], v[1])
	}
	return o.set(fn, lower, upper, nil)
}

// wanted returns the two probabilities whose quantiles make the fences.
func (o *Outliers) wanted() []float64 {
	if o.Fence == QuantileFence {
		lo, hi := o.probabilities()
		return []float64{lo, hi}
	}
	return []float64{.25, .75}
}

// fences returns the limits that follow from the two quantiles.
func (o *Outliers) fences(lo, hi float64) (lower, upper float64) {
	if o.Fence == QuantileFence {
		return lo, hi
	}
	w := o.threshold() * (hi - lo)
	return lo - w, hi + w
}

// set takes limits that are finite, or NaN.
func (o *Outliers) set(fn string, lower, upper []float64, stat *outlierStat) error {
	for j := range lower {
		if math.IsInf(lower[j], 0) || math.IsInf(upper[j], 0) {
			return fmt.Errorf("%s: x: need columns whose limits are finite, have an overflow in column %d: %w", fn, j, mlgauge.ErrNotFinite)
		}
	}
	o.Lower, o.Upper, o.stat = lower, upper, stat
	return nil
}
