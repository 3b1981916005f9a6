package metrics

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// Direction says which way a monotone fit goes.
type Direction uint8

const (
	// Increasing fits a function that never falls.
	Increasing Direction = iota
	// Decreasing fits a function that never rises.
	Decreasing
	// AutoDirection takes the sign of Spearman's correlation; 0 is increasing.
	AutoDirection
)

// Beyond says what a fit predicts outside the range that it saw.
type Beyond uint8

const (
	// BeyondNaN predicts NaN.
	BeyondNaN Beyond = iota
	// BeyondClip predicts the value at the nearer end.
	BeyondClip
	// BeyondError refuses (ErrRange).
	BeyondError
)

// Isotonic fits a monotone, piecewise linear function of one variable by least
// squares; on a model's scores and its truth it calibrates probabilities. The
// zero value is ready to Fit.
type Isotonic struct {
	Direction Direction // options
	Beyond    Beyond
	Min, Max  *float64 // bounds of the fitted values; nil is none

	X, Y []float64 // the fit: thresholds, ascending, and the values there
}

// Fit fits y as a monotone function of x. Rows of equal x (to 1e-15, or that share
// of the largest |x| where it is below 1) count as their mean.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrRange for an unknown option or
// Min above Max; the receiver is then unchanged. Source: scikit-learn 1.9
// IsotonicRegression; Best and Chakravarti (1990).
func (f *Isotonic) Fit(x, y []float64) error { return f.fit("metrics.Isotonic.Fit", x, y, nil) }

// FitWeighted is Fit with weights; rows of weight 0 do not count.
//
// Errors: as Fit, ErrRange for a negative weight, ErrUndefined if all are 0.
func (f *Isotonic) FitWeighted(x, y, weights []float64) error {
	const fn = "metrics.Isotonic.FitWeighted"
	if err := check.Weights(fn, "weights", len(x), weights); err != nil {
		return err
	}
	return f.fit(fn, x, y, weights)
}

func (f *Isotonic) fit(fn string, x, y, w []float64) error {
	if err := f.options(fn); err != nil {
		return err
	}
	if err := check.Pair(fn, "x", len(x), "y", len(y)); err != nil {
		return err
	}
	for _, err := range []error{check.Finite(fn, "x", x), check.Finite(fn, "y", y)} {
		if err != nil {
			return err
		}
	}
	if w != nil {
		if _, err := check.Sum(fn, "weights", w); err != nil {
			return err
		}
	}
	increasing := f.Direction == Increasing
	if f.Direction == AutoDirection {
		increasing = spearmanSign(x, y) >= 0
	}
	ux, uy, uw := uniqueMeans(x, y, w)
	pava(uy, uw, increasing)
	f.bound(uy)
	// A point whose neighbours have its value adds nothing to the line.
	n := 0
	prev := math.NaN()
	for i, v := range uy {
		keep := i == 0 || i == len(uy)-1 || v != prev || v != uy[i+1]
		prev = v
		if keep {
			ux[n], uy[n] = ux[i], v
			n++
		}
	}
	f.X, f.Y = slices.Clip(ux[:n]), slices.Clip(uy[:n])
	return nil
}

func (f *Isotonic) options(fn string) error {
	switch {
	case f.Direction > AutoDirection:
		return check.Option(fn, "Direction", f.Direction)
	case f.Beyond > BeyondError:
		return check.Option(fn, "Beyond", f.Beyond)
	}
	for _, b := range []*float64{f.Min, f.Max} {
		if b != nil && *b != *b {
			return fmt.Errorf("%s: Min and Max: need numbers, have NaN: %w", fn, mlgauge.ErrNotFinite)
		}
	}
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		return fmt.Errorf("%s: Min: need at most Max (%v), have %v: %w", fn, *f.Max, *f.Min, mlgauge.ErrRange)
	}
	return nil
}

func (f *Isotonic) bound(y []float64) {
	for i, v := range y {
		if f.Min != nil {
			v = math.Max(v, *f.Min)
		}
		if f.Max != nil {
			v = math.Min(v, *f.Max)
		}
		y[i] = v
	}
}

// sameX is the distance below which two x are one: numpy's resolution of float64,
// smaller where all x are small, so that data in tiny units keep their points.
func sameX(x []float64) float64 {
	var top float64
	for _, v := range x {
		top = math.Max(top, math.Abs(v))
	}
	return 1e-15 * math.Min(1, top)
}

// uniqueMeans returns the distinct x in order with the weighted means of y.
func uniqueMeans(x, y, w []float64) (ux, uy, uw []float64) {
	order := kernel.Argsort(nil, x)
	if w != nil {
		order = slices.DeleteFunc(order, func(i int) bool { return w[i] == 0 })
	}
	near := sameX(x)
	for k := 0; k < len(order); {
		cx := x[order[k]]
		var sw, s float64
		base := y[order[k]]
		for ; k < len(order) && (x[order[k]] == cx || x[order[k]]-cx < near); k++ {
			i := order[k]
			wi := 1.0
			if w != nil {
				wi = w[i]
			}
			sw += wi
			s += wi * (y[i] - base)
		}
		ux, uy, uw = append(ux, cx), append(uy, base+s/sw), append(uw, sw)
	}
	return ux, uy, uw
}

// pava replaces y by its monotone weighted least-squares fit, in O(n): pool
// adjacent violators. w is used up.
func pava(y, w []float64, increasing bool) {
	if !increasing {
		slices.Reverse(y)
		slices.Reverse(w)
		defer slices.Reverse(y)
	}
	n := len(y)
	end := make([]int, n) // end[b]: one past the last row of block b
	b := 0
	for i := range n {
		mean, weight := y[i], w[i]
		for b > 0 && y[b-1] >= mean {
			t := w[b-1] + weight
			mean = y[b-1] + (mean-y[b-1])*(weight/t)
			weight = t
			b--
		}
		y[b], w[b], end[b] = mean, weight, i+1
		b++
	}
	// Block values are in front of their rows, so fill from the back.
	for k := b - 1; k >= 0; k-- {
		lo := 0
		if k > 0 {
			lo = end[k-1]
		}
		v := y[k]
		for i := end[k] - 1; i >= lo; i-- {
			y[i] = v
		}
	}
}

// IsotonicRegression returns the monotone sequence nearest to y in weighted least
// squares; nil weights are 1.
//
//	minimise sum w (z - y)^2 subject to z_1 <= z_2 <= ... (or >=)
//
// Errors: ErrEmpty, ErrNotFinite, ErrLength, ErrRange for weights of 0 or less.
// Source: scikit-learn 1.9 isotonic_regression.
func IsotonicRegression(y, weights []float64, increasing bool) ([]float64, error) {
	const fn = "metrics.IsotonicRegression"
	if err := check.NotEmpty(fn, "y", len(y)); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "y", y); err != nil {
		return nil, err
	}
	w := ones(len(y))
	if weights != nil {
		if err := check.Weights(fn, "weights", len(y), weights); err != nil {
			return nil, err
		}
		for i, v := range weights {
			if v == 0 {
				return nil, fmt.Errorf("%s: weights: need weights above 0, have 0 at index %d: %w", fn, i, mlgauge.ErrRange)
			}
		}
		copy(w, weights)
	}
	z := slices.Clone(y)
	pava(z, w, increasing)
	return z, nil
}

// spearmanSign returns the correlation of the ranks, of which only the sign
// counts; 0 where x or y is constant.
func spearmanSign(x, y []float64) float64 {
	if len(x) < 2 {
		return 0
	}
	r := stat.Correlation(midRanks(x), midRanks(y), nil)
	if r != r || math.Abs(r) < 1e-15 {
		return 0
	}
	return r
}

func midRanks(x []float64) []float64 {
	order := kernel.Argsort(nil, x)
	r := make([]float64, len(x))
	for lo := 0; lo < len(order); {
		hi := lo
		for hi < len(order) && x[order[hi]] == x[order[lo]] {
			hi++
		}
		for _, i := range order[lo:hi] {
			r[i] = float64(lo+hi+1) / 2
		}
		lo = hi
	}
	return r
}

// Predict writes the fitted function of x to dst and returns it; dst may be nil
// or x itself, else it has the length of x.
//
// Errors: ErrNotFitted, ErrLength, ErrNotFinite for NaN or infinities in x,
// ErrRange for x outside the fitted range if Beyond is BeyondError; dst is then
// unchanged.
func (f *Isotonic) Predict(dst, x []float64) ([]float64, error) {
	const fn = "metrics.Isotonic.Predict"
	if len(f.X) == 0 {
		return nil, check.NotFitted(fn)
	}
	if len(f.X) != len(f.Y) {
		return nil, check.Length(fn, "Y", len(f.X), len(f.Y))
	}
	if f.Beyond > BeyondError {
		return nil, check.Option(fn, "Beyond", f.Beyond)
	}
	if dst != nil {
		if err := check.Length(fn, "dst", len(x), len(dst)); err != nil {
			return nil, err
		}
	}
	if err := check.Finite(fn, "x", x); err != nil {
		return nil, err
	}
	lo, hi := f.X[0], f.X[len(f.X)-1]
	if f.Beyond == BeyondError && len(f.X) > 1 {
		for i, v := range x {
			if v < lo || v > hi {
				return nil, fmt.Errorf("%s: x: need values in the fitted range [%v, %v], have %v at index %d: %w", fn, lo, hi, v, i, mlgauge.ErrRange)
			}
		}
	}
	if dst == nil {
		dst = make([]float64, len(x))
	}
	for i, v := range x {
		dst[i] = f.at(v, lo, hi)
	}
	return dst, nil
}

func (f *Isotonic) at(v, lo, hi float64) float64 {
	if len(f.X) == 1 {
		return f.Y[0] // one threshold: a constant everywhere, as scikit-learn has it
	}
	if v < lo || v > hi {
		if f.Beyond == BeyondNaN {
			return math.NaN()
		}
		v = math.Min(math.Max(v, lo), hi)
	}
	k, _ := slices.BinarySearch(f.X, v)
	k = max(k, 1)
	x0, x1, y0, y1 := f.X[k-1], f.X[k], f.Y[k-1], f.Y[k]
	if v == x1 {
		return y1
	}
	return y0 + (y1-y0)/(x1-x0)*(v-x0)
}

type isotonicJSON struct {
	Direction Direction `json:"direction"`
	Beyond    Beyond    `json:"beyond"`
	Min       *float64  `json:"min"`
	Max       *float64  `json:"max"`
	X         []float64 `json:"x"`
	Y         []float64 `json:"y"`
}

// MarshalJSON returns options and fit as JSON.
func (f Isotonic) MarshalJSON() ([]byte, error) { return json.Marshal(isotonicJSON(f)) }

// UnmarshalJSON restores what MarshalJSON wrote, or a fit filled in by hand: x
// strictly ascending, y monotone, both finite.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (f *Isotonic) UnmarshalJSON(data []byte) error {
	const fn = "metrics.Isotonic.UnmarshalJSON"
	var v isotonicJSON
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("%s: %v: %w", fn, err, mlgauge.ErrCorrupt)
	}
	t := Isotonic(v)
	if err := t.options(fn); err != nil {
		return fmt.Errorf("%v: %w", err, mlgauge.ErrCorrupt)
	}
	if len(v.X) != len(v.Y) {
		return fmt.Errorf("%s: need as many y as x (%d), have %d: %w", fn, len(v.X), len(v.Y), mlgauge.ErrCorrupt)
	}
	up, down := true, true
	for i := 1; i < len(v.X); i++ {
		if !(v.X[i] > v.X[i-1]) {
			return fmt.Errorf("%s: x: need ascending thresholds, have %v after %v: %w", fn, v.X[i], v.X[i-1], mlgauge.ErrCorrupt)
		}
		up = up && v.Y[i] >= v.Y[i-1]
		down = down && v.Y[i] <= v.Y[i-1]
	}
	if !up && !down || (v.Direction == Increasing && !up) || (v.Direction == Decreasing && !down) {
		return fmt.Errorf("%s: y: need monotone values in the stated direction: %w", fn, mlgauge.ErrCorrupt)
	}
	*f = t
	return nil
}
