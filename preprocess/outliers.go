package preprocess

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
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

	Lower, Upper []float64 // limits of each column
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
	return nil
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
	lower, upper := make([]float64, g.Cols), make([]float64, g.Cols)
	t := o.threshold()
	switch o.Fence {
	case ZScore:
		m := make(columnMoments, g.Cols)
		if err := addMoments(fn, m, g.Data, g.Stride, g.Rows, nil); err != nil {
			return err
		}
		ddof := 0.
		if o.Sample {
			ddof = 1
		}
		for j := range m {
			mean, sd := m[j].Mean(), math.Sqrt(m[j].Variance(ddof))
			if m[j].W == 1 && o.Sample {
				sd = 0
			}
			lower[j], upper[j] = mean-t*sd, mean+t*sd
		}
	case ModifiedZ:
		if err := noInfAll(fn, "x", g); err != nil {
			return err
		}
		parallel.Each(g.Cols, func(j int) {
			x := column(make([]float64, 0, g.Rows), g, j)
			med, spread := medianSpread(x)
			lower[j], upper[j] = med-t*spread, med+t*spread
		})
	default:
		lo, hi := .25, .75
		if o.Fence == QuantileFence {
			lo, hi = o.probabilities()
		}
		q, err := columnQuantiles(fn, g, []float64{lo, hi})
		if err != nil {
			return err
		}
		for j, v := range q {
			w := 0.
			if o.Fence == IQR {
				w = t * (v[1] - v[0])
			}
			lower[j], upper[j] = v[0]-w, v[1]+w
		}
	}
	for j := range lower {
		if math.IsInf(lower[j], 0) || math.IsInf(upper[j], 0) {
			return fmt.Errorf("%s: x: need columns whose limits are finite, have an overflow in column %d: %w", fn, j, mlgauge.ErrNotFinite)
		}
	}
	o.Lower, o.Upper = lower, upper
	return nil
}

// madToSigma is the median distance from the median of the standard normal
// distribution, and meanToSigma the inverse of its mean distance.
const (
	madToSigma  = 0.67448975019608171
	meanToSigma = 1.2533141373155003
)

// medianSpread returns the median and the robust standard deviation of x, which
// it reorders; NaN if it is empty.
func medianSpread(x []float64) (med, spread float64) {
	slices.Sort(x)
	med = median(x)
	var mean float64
	for i, v := range x {
		x[i] = math.Abs(v - med)
		mean += x[i] / float64(len(x))
	}
	slices.Sort(x)
	if mad := median(x); mad != 0 {
		return med, mad / madToSigma
	}
	return med, mean * meanToSigma
}

// OutlierReport says how many values of a column lie where.
type OutlierReport struct {
	Lower, Upper float64 // limits
	Values       int     // values that are not missing
	Below, Above int     // how many lie below Lower and above Upper
}

// Share returns the share of outliers among the values, 0 if there are none.
func (r OutlierReport) Share() float64 {
	if r.Values == 0 {
		return 0
	}
	return float64(r.Below+r.Above) / float64(r.Values)
}

// Report counts the outliers of each column of x.
func (o *Outliers) Report(x mat.Matrix) ([]OutlierReport, error) {
	out := make([]OutlierReport, len(o.Lower))
	for j := range out {
		out[j].Lower, out[j].Upper = o.Lower[j], o.Upper[j]
	}
	err := o.each("Outliers.Report", x, func(_, j int, v float64) {
		r := &out[j]
		r.Values++
		if v < r.Lower {
			r.Below++
		} else if v > r.Upper {
			r.Above++
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Flag returns, row by row, which values of x are outliers.
func (o *Outliers) Flag(x mat.Matrix) ([][]bool, error) {
	var out [][]bool
	if x != nil {
		r, c := x.Dims()
		flat := make([]bool, r*c)
		for i := range r {
			out = append(out, flat[i*c:(i+1)*c])
		}
	}
	err := o.each("Outliers.Flag", x, func(i, j int, v float64) {
		out[i][j] = v < o.Lower[j] || v > o.Upper[j]
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Rows returns the rows of x without any outlier, ascending: what is left if
// outliers are dropped (see TakeRows).
func (o *Outliers) Rows(x mat.Matrix) ([]int, error) {
	bad := map[int]bool{}
	err := o.each("Outliers.Rows", x, func(i, j int, v float64) {
		if v < o.Lower[j] || v > o.Upper[j] {
			bad[i] = true
		}
	})
	if err != nil {
		return nil, err
	}
	var kept []int
	rows, _ := x.Dims()
	for i := range rows {
		if !bad[i] {
			kept = append(kept, i)
		}
	}
	return kept, nil
}

// each visits the values of x that are not missing. Infinities are visited: they
// are outliers.
func (o *Outliers) each(fn string, x mat.Matrix, do func(i, j int, v float64)) error {
	if err := o.fitted(fn); err != nil {
		return err
	}
	g, err := source(fn, x, len(o.Lower))
	if err != nil {
		return err
	}
	for i := range g.Rows {
		for j, v := range g.Data[i*g.Stride : i*g.Stride+g.Cols] {
			if v == v {
				do(i, j, v)
			}
		}
	}
	return nil
}

func (o *Outliers) fitted(fn string) error {
	if len(o.Lower) == 0 {
		return check.NotFitted(fn)
	}
	return check.Length(fn, "Upper", len(o.Lower), len(o.Upper))
}

// Widths returns the number of columns, twice.
func (o *Outliers) Widths() (in, out int) { return len(o.Lower), len(o.Lower) }

// Transform writes src with its outliers clipped or made missing, as Action
// says, into dst, which may be nil or src. An infinity is an outlier like any
// other.
func (o *Outliers) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Outliers.Transform"
	if err := o.fitted(fn); err != nil {
		return nil, err
	}
	if err := o.check(fn); err != nil {
		return nil, err
	}
	g, err := source(fn, src, len(o.Lower))
	if err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, g.Cols); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	err = chunks(g.Rows, g.Cols, func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			o.row(d.Data[i*d.Stride:i*d.Stride+g.Cols], g.Data[i*g.Stride:i*g.Stride+g.Cols])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// TransformRow writes row with its outliers clipped or made missing into dst,
// which may be row.
func (o *Outliers) TransformRow(dst, row []float64) error {
	const fn = "Outliers.TransformRow"
	if err := o.fitted(fn); err != nil {
		return err
	}
	if err := option(fn, "Action", o.Action, actionNames); err != nil {
		return err
	}
	if err := rowWidths(fn, len(o.Lower), len(o.Lower), len(row), len(dst)); err != nil {
		return err
	}
	o.row(dst, row)
	return nil
}

func (o *Outliers) row(dst, row []float64) {
	for j, v := range row {
		lo, hi := o.Lower[j], o.Upper[j]
		switch {
		case v < lo:
			v = lo
			if o.Action == MarkMissing {
				v = nan
			}
		case v > hi:
			v = hi
			if o.Action == MarkMissing {
				v = nan
			}
		}
		dst[j] = v
	}
}

// FeatureNames returns the input names.
func (o *Outliers) FeatureNames(in []string) ([]string, error) {
	return names("Outliers.FeatureNames", in, len(o.Lower))
}

type outliersJSON struct {
	Fence     string          `json:"fence"`
	Threshold float64         `json:"threshold,omitempty"`
	Low       float64         `json:"low,omitempty"`
	High      float64         `json:"high,omitempty"`
	Sample    bool            `json:"sample,omitempty"`
	Action    string          `json:"action"`
	Lower     jsonfloat.Slice `json:"lower,omitempty"`
	Upper     jsonfloat.Slice `json:"upper,omitempty"`
}

// MarshalJSON writes options and limits.
func (o *Outliers) MarshalJSON() ([]byte, error) {
	return json.Marshal(outliersJSON{o.Fence.String(), o.Threshold, o.Low, o.High, o.Sample, o.Action.String(), o.Lower, o.Upper})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and o stays as it was.
func (o *Outliers) UnmarshalJSON(data []byte) error {
	const fn = "Outliers.UnmarshalJSON"
	var v outliersJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	fence, err := parseOption[Fence](fn, "fence", v.Fence, fenceNames)
	if err != nil {
		return err
	}
	action, err := parseOption[Action](fn, "action", v.Action, actionNames)
	if err != nil {
		return err
	}
	t := Outliers{fence, v.Threshold, v.Low, v.High, v.Sample, action, v.Lower, v.Upper}
	if err := t.check(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if len(t.Lower) != len(t.Upper) {
		return jsonfloat.Corrupt(fn, "need as many lower as upper limits, have %d and %d", len(t.Lower), len(t.Upper))
	}
	for j := range t.Lower {
		if t.Lower[j] > t.Upper[j] {
			return jsonfloat.Corrupt(fn, "column %d: need the lower limit first, have %v and %v", j, t.Lower[j], t.Upper[j])
		}
	}
	*o = t
	return nil
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
