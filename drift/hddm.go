package drift

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// HDDMA compares the mean of the whole stream with the mean up to the cut at which
// that was most favourable, by Hoeffding's inequality. With n, z the count and mean
// of all values and m, x those up to the cut, it says Drift where
//
//	z - x >= sqrt((n - m)/(2 n m) ln(1/DriftAlpha))
//
// and Warning for WarnAlpha. Values lie in [0, 1]; the errors of a classifier (0 or
// 1) are the usual ones. It is meant for abrupt drift. TwoSided also looks for a
// falling mean. The zero value has the usual options.
//
// Source: Frías-Blanco et al. (2015), whose one-sided test has ln(1/alpha). MOA and
// river 0.26 have ln(2/alpha) there, which halves alpha; set MOA for their numbers.
type HDDMA struct {
	DriftAlpha float64 // 0 means 0.001
	WarnAlpha  float64 // 0 means 0.005
	TwoSided   bool
	MOA        bool

	all, low, high hoeffding
	drifted        bool
}

// hoeffding is a count and a mean.
type hoeffding struct{ n, mean float64 }

func (h hoeffding) bound(alpha float64) float64 { return math.Sqrt(math.Log(1/alpha) / (2 * h.n)) }

// Reset forgets the stream and keeps the options.
func (d *HDDMA) Reset() {
	*d = HDDMA{DriftAlpha: d.DriftAlpha, WarnAlpha: d.WarnAlpha, TwoSided: d.TwoSided, MOA: d.MOA}
}

func alphas(fn string, drift, warn float64) error {
	if err := option(fn, "DriftAlpha", drift, 0, 1); err != nil {
		return err
	}
	if err := option(fn, "WarnAlpha", warn, 0, 1); err != nil {
		return err
	}
	if warn < drift {
		return fmt.Errorf("%s: WarnAlpha: need at least DriftAlpha (%v), have %v: %w", fn, drift, warn, mlgauge.ErrRange)
	}
	return nil
}

func (d *HDDMA) options(fn string) error {
	return alphas(fn, or(d.DriftAlpha, 0.001), or(d.WarnAlpha, 0.005))
}

// Add takes one value in [0, 1]. It returns ErrNotFinite for NaN, ErrRange for a
// value outside and for bad options.
func (d *HDDMA) Add(x float64) (Status, error) {
	const fn = "drift.HDDMA.Add"
	if err := unit(fn, x); err != nil {
		return Stable, err
	}
	if d.all.n == 0 {
		if err := d.options(fn); err != nil {
			return Stable, err
		}
	}
	if d.drifted {
		d.Reset()
	}
	drift, warn := or(d.DriftAlpha, 0.001), or(d.WarnAlpha, 0.005)
	d.all.n++
	d.all.mean += (x - d.all.mean) / d.all.n
	e := d.all.bound(drift)
	if d.low.n == 0 || d.low.mean+d.low.bound(drift) >= d.all.mean+e {
		d.low = d.all
	}
	if d.high.n == 0 || d.high.mean-d.high.bound(drift) <= d.all.mean-e {
		d.high = d.all
	}
	rise := d.all.mean - d.low.mean
	fall := d.high.mean - d.all.mean
	over := func(alpha float64) bool {
		return d.low.n < d.all.n && rise >= d.cut(d.low.n, alpha) ||
			d.TwoSided && d.high.n < d.all.n && fall >= d.cut(d.high.n, alpha)
	}
	switch {
	case over(drift):
		d.drifted = true
		return Drift, nil
	case over(warn):
		return Warning, nil
	}
	return Stable, nil
}

func (d *HDDMA) cut(m, alpha float64) float64 {
	k := 1.0
	if d.MOA {
		k = 2
	}
	return math.Sqrt((d.all.n - m) / (2 * d.all.n * m) * math.Log(k/alpha))
}

const hddmaTag = "drift.HDDMA/1"

// MarshalBinary returns options and state in binary form.
func (d *HDDMA) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(hddmaTag)
	w.Float64s([]float64{d.DriftAlpha, d.WarnAlpha, d.all.n, d.all.mean, d.low.n, d.low.mean, d.high.n, d.high.mean})
	w.Bool(d.TwoSided)
	w.Bool(d.MOA)
	w.Bool(d.drifted)
	return w.Finish(), nil
}

// UnmarshalBinary replaces options and state. It returns ErrCorrupt for bytes that
// MarshalBinary did not write, and then leaves the detector as it was.
func (d *HDDMA) UnmarshalBinary(data []byte) error {
	const fn = "drift.HDDMA.UnmarshalBinary"
	r := codec.NewReader(fn, hddmaTag, data)
	f := r.Float64s()
	o := HDDMA{TwoSided: r.Bool(), MOA: r.Bool(), drifted: r.Bool()}
	if r.Err() == nil && len(f) != 8 {
		r.Fail("need 8 numbers, have %d", len(f))
	}
	if r.Err() == nil {
		o.DriftAlpha, o.WarnAlpha = f[0], f[1]
		o.all, o.low, o.high = hoeffding{f[2], f[3]}, hoeffding{f[4], f[5]}, hoeffding{f[6], f[7]}
		if err := o.options(fn); err != nil {
			r.Fail("%v", err)
		}
		for _, h := range []hoeffding{o.all, o.low, o.high} {
			if !(h.n >= 0 && h.n <= o.all.n && h.mean >= 0 && h.mean <= 1) || math.IsInf(h.n, 1) {
				r.Fail("need counts of at least 0 and means in [0, 1]")
			}
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*d = o
	return nil
}

// HDDMW compares two exponentially weighted means of the stream, up to the most
// favourable cut and after it, by McDiarmid's inequality. With the weight Lambda of
// the newest value and b the sum of squared weights of a mean
// (b <- Lambda^2 + (1-Lambda)^2 b, from 1), it says Drift where
//
//	mean2 - mean1 > sqrt((b1 + b2) ln(1/DriftAlpha) / 2)
//
// and Warning for WarnAlpha. Values lie in [0, 1]. It is meant for gradual drift.
// TwoSided also looks for a falling mean. The zero value has the usual options.
// Source: Frías-Blanco et al. (2015); river 0.26.
type HDDMW struct {
	Lambda     float64 // 0 means 0.05
	DriftAlpha float64 // 0 means 0.001
	WarnAlpha  float64 // 0 means 0.005
	TwoSided   bool

	all            ewma
	up1, up2       ewma
	down1, down2   ewma
	upCut, downCut float64
	drifted        bool
}

// ewma is an exponentially weighted mean and the sum of its squared weights.
type ewma struct {
	n, mean, b float64
}

func (e *ewma) add(x, lambda float64) {
	if e.n == 0 {
		e.mean, e.b = x, 1
	} else {
		e.mean = lambda*x + (1-lambda)*e.mean
	}
	e.n++
	e.b = lambda*lambda + (1-lambda)*(1-lambda)*e.b
}

// Reset forgets the stream and keeps the options.
func (d *HDDMW) Reset() {
	*d = HDDMW{Lambda: d.Lambda, DriftAlpha: d.DriftAlpha, WarnAlpha: d.WarnAlpha, TwoSided: d.TwoSided}
}

func (d *HDDMW) options(fn string) error {
	if l := or(d.Lambda, 0.05); l != 1 {
		if err := option(fn, "Lambda", l, 0, 1); err != nil {
			return err
		}
	}
	return alphas(fn, or(d.DriftAlpha, 0.001), or(d.WarnAlpha, 0.005))
}

// Add takes one value in [0, 1]. It returns ErrNotFinite for NaN, ErrRange for a
// value outside and for bad options.
func (d *HDDMW) Add(x float64) (Status, error) {
	const fn = "drift.HDDMW.Add"
	if err := unit(fn, x); err != nil {
		return Stable, err
	}
	if d.all.n == 0 {
		if err := d.options(fn); err != nil {
			return Stable, err
		}
	}
	if d.drifted {
		d.Reset()
	}
	lambda, drift, warn := or(d.Lambda, 0.05), or(d.DriftAlpha, 0.001), or(d.WarnAlpha, 0.005)
	first := d.all.n == 0
	d.all.add(x, lambda)
	e := math.Sqrt(d.all.b * math.Log(1/drift) / 2)
	if first || d.all.mean+e < d.upCut {
		d.upCut, d.up1, d.up2 = d.all.mean+e, d.all, ewma{}
	} else {
		d.up2.add(x, lambda)
	}
	if first || d.all.mean-e > d.downCut {
		d.downCut, d.down1, d.down2 = d.all.mean-e, d.all, ewma{}
	} else {
		d.down2.add(x, lambda)
	}
	over := func(alpha float64) bool {
		return rises(d.up1, d.up2, alpha) || d.TwoSided && rises(d.down2, d.down1, alpha)
	}
	switch {
	case over(drift):
		d.drifted = true
		return Drift, nil
	case over(warn):
		return Warning, nil
	}
	return Stable, nil
}

// rises tells whether the second mean is larger beyond McDiarmid's bound.
func rises(a, b ewma, alpha float64) bool {
	return a.n > 0 && b.n > 0 && b.mean-a.mean > math.Sqrt((a.b+b.b)*math.Log(1/alpha)/2)
}

const hddmwTag = "drift.HDDMW/1"

// MarshalBinary returns options and state in binary form.
func (d *HDDMW) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(hddmwTag)
	f := []float64{d.Lambda, d.DriftAlpha, d.WarnAlpha, d.upCut, d.downCut}
	for _, e := range []ewma{d.all, d.up1, d.up2, d.down1, d.down2} {
		f = append(f, e.n, e.mean, e.b)
	}
	w.Float64s(f)
	w.Bool(d.TwoSided)
	w.Bool(d.drifted)
	return w.Finish(), nil
}

// UnmarshalBinary replaces options and state. It returns ErrCorrupt for bytes that
// MarshalBinary did not write, and then leaves the detector as it was.
func (d *HDDMW) UnmarshalBinary(data []byte) error {
	const fn = "drift.HDDMW.UnmarshalBinary"
	r := codec.NewReader(fn, hddmwTag, data)
	f := r.Float64s()
	o := HDDMW{TwoSided: r.Bool(), drifted: r.Bool()}
	if r.Err() == nil && len(f) != 20 {
		r.Fail("need 20 numbers, have %d", len(f))
	}
	if r.Err() == nil {
		o.Lambda, o.DriftAlpha, o.WarnAlpha, o.upCut, o.downCut = f[0], f[1], f[2], f[3], f[4]
		for i, e := range []*ewma{&o.all, &o.up1, &o.up2, &o.down1, &o.down2} {
			*e = ewma{f[5+3*i], f[6+3*i], f[7+3*i]}
			if !(e.n >= 0 && e.n <= o.all.n && e.mean >= 0 && e.mean <= 1 && e.b >= 0 && e.b <= 1) || math.IsInf(e.n, 1) {
				r.Fail("need counts of at least 0, means and weights in [0, 1]")
			}
		}
		if err := o.options(fn); err != nil {
			r.Fail("%v", err)
		}
		if o.upCut*0 != 0 || o.downCut*0 != 0 {
			r.Fail("need finite cuts")
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*d = o
	return nil
}
