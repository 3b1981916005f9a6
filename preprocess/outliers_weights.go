package preprocess

import (
	"fmt"
	"math"
	"sort"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/mat"
)

// FitWeighted is Fit with row i counted w[i] >= 0 times: a weight of 2 is a row
// twice. Between counts, the value at position t of a sorted column is the first
// up to which the weights sum to t or more, and quantiles interpolate between the
// positions as they do without weights. Since positions are counted, the scale of
// the weights matters: shares are to be multiplied by the number of rows.
//
// Weights that are all 0 are mlgauge.ErrUndefined, those that sum to less than 1
// mlgauge.ErrRange, and weights with Sketch mlgauge.ErrIncompatible unless the
// fence is ZScore.
//
// Source of the quantile: R, Hmisc 5, wtd.quantile of type "quantile".
func (o *Outliers) FitWeighted(x mat.Matrix, w []float64) error {
	return o.fitWeighted("Outliers.FitWeighted", x, w, false)
}

// PartialFitWeighted is PartialFit with row i counted w[i] >= 0 times. It needs
// ZScore (mlgauge.ErrIncompatible).
func (o *Outliers) PartialFitWeighted(x mat.Matrix, w []float64) error {
	return o.fitWeighted("Outliers.PartialFitWeighted", x, w, true)
}

func (o *Outliers) fitWeighted(fn string, x mat.Matrix, w []float64, more bool) error {
	if err := o.check(fn); err != nil {
		return err
	}
	if o.Fence != ZScore && (o.Sketch != 0 || more) {
		return fmt.Errorf("%s: w: need ZScore, or a fit at once without Sketch: %w", fn, mlgauge.ErrIncompatible)
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := check.Weights(fn, "w", g.Rows, w); err != nil {
		return err
	}
	more = more && len(o.Lower) > 0
	total, err := check.Sum(fn, "w", w)
	if err != nil && !more {
		return err
	}
	if o.Fence == ZScore {
		var old *outlierStat
		if more {
			if err := o.resumable(fn); err != nil {
				return err
			}
			old = o.stat
		}
		stat, err := o.accumulate(fn, old, g, w)
		if err != nil {
			return err
		}
		return o.fromStat(fn, stat)
	}
	if total < 1 {
		return fmt.Errorf("%s: w: need weights that count rows, at least 1 in all, have %v: %w", fn, total, mlgauge.ErrRange)
	}
	if err := noInfAll(fn, "x", g); err != nil {
		return err
	}
	lower, upper := make([]float64, g.Cols), make([]float64, g.Cols)
	parallel.Each(g.Cols, func(j int) {
		var c byValue
		for i, v := range w {
			if e := g.Data[i*g.Stride+j]; v > 0 && e == e {
				c.x, c.w = append(c.x, e), append(c.w, v)
			}
		}
		if o.Fence == ModifiedZ {
			t := o.threshold()
			med, spread := c.medianSpread()
			lower[j], upper[j] = med-t*spread, med+t*spread
			return
		}
		sort.Sort(c)
		p := o.wanted()
		lower[j], upper[j] = o.fences(c.quantile(p[0]), c.quantile(p[1]))
	})
	return o.set(fn, lower, upper, nil)
}

// quantile returns a quantile of sorted values, NaN if there are none.
func (s byValue) quantile(p float64) float64 {
	if len(s.x) == 0 {
		return nan
	}
	var total float64
	for _, w := range s.w {
		total += w
	}
	h := max(total-1, 0) * p
	k := math.Floor(h)
	low, high := s.at(k+1), s.at(k+2)
	return low + float64((h-k)*(high-low))
}

// at returns the first value up to which the weights sum to t or more, or the
// last value.
func (s byValue) at(t float64) float64 {
	var sum float64
	for i, w := range s.w {
		if sum += w; sum >= t {
			return s.x[i]
		}
	}
	return s.x[len(s.x)-1]
}

// medianSpread is the function of that name with weights.
func (s byValue) medianSpread() (med, spread float64) {
	sort.Sort(s)
	med = s.quantile(.5)
	var mean, total float64
	for i, v := range s.x {
		s.x[i] = math.Abs(v - med)
		total += s.w[i]
		mean += (s.x[i] - mean) * (s.w[i] / total)
	}
	sort.Sort(s)
	if mad := s.quantile(.5); mad != 0 {
		return med, mad / madToSigma
	}
	return med, mean * meanToSigma
}
