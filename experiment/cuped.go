package experiment

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/metrics"
)

// Covaried is what CUPED needs of one arm: means, variances and covariance of an
// outcome y and of a covariate x known before the experiment (the same metric in
// the weeks before, say). The zero value is ready. Copying it copies the state.
type Covaried struct {
	n, y, x    float64 // count and means
	yy, xy, xx float64 // sums of products of deviations
}

// Add adds pairs of outcome and covariate.
//
// Errors: mlgauge.ErrLength, mlgauge.ErrNotFinite for NaN and infinities and
// where sums of squares overflow; c is then as it was.
func (c *Covaried) Add(y, x []float64) error {
	const fn = "experiment.Covaried.Add"
	if err := first(check.Length(fn, "x", len(y), len(x)), check.Finite(fn, "y", y), check.Finite(fn, "x", x)); err != nil {
		return err
	}
	sum := *c
	for len(y) > 0 {
		k := min(2048, len(y))
		b := covariedOf(y[:k], x[:k])
		sum.merge(&b)
		y, x = y[k:], x[k:]
	}
	return c.set(fn, sum)
}

// covariedOf takes deviations from the first pair, then from the mean.
func covariedOf(y, x []float64) Covaried {
	n := float64(len(y))
	sy, sx, _, _, _ := kernel.Covariance(y, x, y[0], x[0])
	b := Covaried{n: n, y: y[0] + sy/n, x: x[0] + sx/n}
	var ey, ex float64
	ey, ex, b.yy, b.xy, b.xx = kernel.Covariance(y, x, b.y, b.x)
	b.yy = math.Max(0, b.yy-float64(ey*ey)/n)
	b.xy -= float64(ex*ey) / n
	b.xx = math.Max(0, b.xx-float64(ex*ex)/n)
	return b
}

// Merge adds what o holds; mlgauge.ErrNotFinite where sums overflow.
func (c *Covaried) Merge(o *Covaried) error {
	sum := *c
	sum.merge(o)
	return c.set("experiment.Covaried.Merge", sum)
}

func (c *Covaried) merge(o *Covaried) {
	if o.n == 0 {
		return
	}
	if c.n == 0 {
		*c = *o
		return
	}
	n := c.n + o.n
	dy, dx := o.y-c.y, o.x-c.x
	k := c.n * (o.n / n)
	c.yy += o.yy + float64(dy*dy)*k
	c.xy += o.xy + float64(dx*dy)*k
	c.xx += o.xx + float64(dx*dx)*k
	c.y += float64(dy * (o.n / n))
	c.x += float64(dx * (o.n / n))
	c.n = n
}

func (c *Covaried) set(fn string, sum Covaried) error {
	if v := sum.yy + sum.xx + sum.xy; v*0 != 0 {
		return fmt.Errorf("%s: need values whose squared deviations have a finite sum: %w", fn, mlgauge.ErrNotFinite)
	}
	*c = sum
	return nil
}

// Reset empties c.
func (c *Covaried) Reset() { *c = Covaried{} }

// N returns the number of pairs.
func (c *Covaried) N() float64 { return c.n }

const covariedTag = "experiment.covaried/1"

// MarshalBinary writes the state; it never fails.
func (c *Covaried) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(covariedTag)
	for _, v := range [...]float64{c.n, c.y, c.x, c.yy, c.xy, c.xx} {
		w.Float64(v)
	}
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. Damaged bytes are
// mlgauge.ErrCorrupt and leave c as it was.
func (c *Covaried) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("experiment.Covaried.UnmarshalBinary", covariedTag, data)
	o := Covaried{n: r.Float64(), y: r.Float64(), x: r.Float64(), yy: r.Float64(), xy: r.Float64(), xx: r.Float64()}
	if s := o.n + o.y + o.x + o.yy + o.xy + o.xx; r.Err() == nil && !(s*0 == 0 && o.n >= 0 && o.n == math.Trunc(o.n) && o.yy >= 0 && o.xx >= 0) {
		r.Fail("need finite moments and a whole count")
	}
	if err := r.Close(); err != nil {
		return err
	}
	*c = o
	return nil
}

// A CUPEDResult is a difference of means, freed of what a covariate explains.
type CUPEDResult struct {
	metrics.Interval         // of the adjusted difference, treatment minus control
	Test             Test    // Welch's test of it
	Theta            float64 // slope of the outcome on the covariate, within the arms
	Unadjusted       float64 // plain difference of the means
	Reduction        float64 // share of the plain difference's variance that is gone
}

// CUPED returns the difference of two means with less variance, by a covariate
// known before the experiment:
//
//	difference = (yt - yc) - theta (xt - xc),   theta = sum cov(x, y) / sum var(x)
//
// with sums of deviation products within both arms, and Welch's test and interval
// of y - theta x. A constant covariate has theta 0.
//
// Errors: mlgauge.ErrEmpty for an empty arm, mlgauge.ErrUndefined for one pair in
// an arm or outcomes without variance after the adjustment, mlgauge.ErrRange for a
// level outside (0, 1). Source: Deng, Xu, Kohavi and Walker, WSDM 2013, with
// theta as in the analysis of covariance, so that an effect on y does not enter it.
func CUPED(control, treatment *Covaried, level float64) (CUPEDResult, error) {
	const fn = "experiment.CUPED"
	if err := check.Level(fn, level); err != nil {
		return CUPEDResult{}, err
	}
	for _, a := range [2]*Covaried{control, treatment} {
		if a == nil || a.n == 0 {
			return CUPEDResult{}, fmt.Errorf("%s: need pairs in both arms, have an empty one: %w", fn, mlgauge.ErrEmpty)
		}
		if a.n < 2 {
			return CUPEDResult{}, fmt.Errorf("%s: need at least two pairs in an arm, have one: %w", fn, mlgauge.ErrUndefined)
		}
	}
	var r CUPEDResult
	if xx := control.xx + treatment.xx; xx > 0 {
		r.Theta = (control.xy + treatment.xy) / xx
	}
	adjusted := func(c *Covaried) (*Sample, error) {
		m2 := math.Max(0, c.yy-r.Theta*(2*c.xy-r.Theta*c.xx))
		s, err := NewSample(int(c.n), c.y-r.Theta*c.x, math.Sqrt(m2/(c.n-1)))
		return &s, err
	}
	c, err := adjusted(control)
	if err != nil {
		return CUPEDResult{}, err
	}
	t, err := adjusted(treatment)
	if err != nil {
		return CUPEDResult{}, err
	}
	if r.Test, err = Welch(c, t, TwoSided); err != nil {
		return CUPEDResult{}, fmt.Errorf("%s: %w", fn, err)
	}
	r.Test.Name = "cuped"
	if r.Interval, err = WelchInterval(c, t, level); err != nil {
		return CUPEDResult{}, err
	}
	r.Unadjusted = treatment.y - control.y
	plain := control.yy/(control.n-1)/control.n + treatment.yy/(treatment.n-1)/treatment.n
	left := c.m.Variance(1)/c.m.W + t.m.Variance(1)/t.m.W
	r.Reduction = 1 - left/plain
	return r, nil
}
