package drift

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// DDM watches the error rate p of a classifier, which falls while it learns a
// stable concept. With s = sqrt(p(1-p)/n), it keeps the smallest p + s seen
// (p_min, s_min) and says
//
//	Warning where p + s > p_min + WarnAt s_min
//	Drift   where p + s > p_min + DriftAt s_min
//
// after Warmup values. Values are 1 for a wrong prediction, 0 for a right one. The
// zero value has the usual options. Source: Gama et al. (2004); river 0.26.
type DDM struct {
	Warmup  int     // values before the first verdict; 0 means 30
	WarnAt  float64 // 0 means 2
	DriftAt float64 // 0 means 3

	n          int
	p          float64
	pMin, sMin float64
	seen       bool
	drifted    bool
}

// Reset forgets the stream and keeps the options.
func (d *DDM) Reset() { *d = DDM{Warmup: d.Warmup, WarnAt: d.WarnAt, DriftAt: d.DriftAt} }

// ErrorRate returns the error rate since the start or the last drift.
func (d *DDM) ErrorRate() float64 { return d.p }

func (d *DDM) options(fn string) error {
	if err := check.AtLeast(fn, "Warmup", or(d.Warmup, 30), 1); err != nil {
		return err
	}
	if err := option(fn, "WarnAt", or(d.WarnAt, 2), 0, math.Inf(1)); err != nil {
		return err
	}
	return option(fn, "DriftAt", or(d.DriftAt, 3), 0, math.Inf(1))
}

// Add takes one value, 0 or 1. It returns ErrNotFinite for NaN, ErrRange for any
// other value and for bad options.
func (d *DDM) Add(x float64) (Status, error) {
	const fn = "drift.DDM.Add"
	if err := mistake(fn, x); err != nil {
		return Stable, err
	}
	if d.n == 0 {
		if err := d.options(fn); err != nil {
			return Stable, err
		}
	}
	if d.drifted {
		d.Reset()
	}
	d.n++
	d.p += (x - d.p) / float64(d.n)
	s := math.Sqrt(math.Max(0, d.p*(1-d.p)) / float64(d.n))
	if d.n <= or(d.Warmup, 30) {
		return Stable, nil
	}
	if !d.seen || d.p+s <= d.pMin+d.sMin {
		d.pMin, d.sMin, d.seen = d.p, s, true
	}
	switch {
	case d.p+s > d.pMin+or(d.DriftAt, 3)*d.sMin:
		d.drifted = true
		return Drift, nil
	case d.p+s > d.pMin+or(d.WarnAt, 2)*d.sMin:
		return Warning, nil
	}
	return Stable, nil
}

const ddmTag = "drift.DDM/1"

// MarshalBinary returns options and state in binary form.
func (d *DDM) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(ddmTag)
	w.Int(d.Warmup)
	w.Float64(d.WarnAt)
	w.Float64(d.DriftAt)
	w.Int(d.n)
	w.Float64(d.p)
	w.Float64(d.pMin)
	w.Float64(d.sMin)
	w.Bool(d.seen)
	w.Bool(d.drifted)
	return w.Finish(), nil
}

// UnmarshalBinary replaces options and state. It returns ErrCorrupt for bytes that
// MarshalBinary did not write, and then leaves the detector as it was.
func (d *DDM) UnmarshalBinary(data []byte) error {
	const fn = "drift.DDM.UnmarshalBinary"
	r := codec.NewReader(fn, ddmTag, data)
	o := DDM{Warmup: r.Int(), WarnAt: r.Float64(), DriftAt: r.Float64(), n: r.Int(), p: r.Float64(), pMin: r.Float64(), sMin: r.Float64(), seen: r.Bool(), drifted: r.Bool()}
	if r.Err() == nil {
		if err := o.options(fn); err != nil {
			r.Fail("%v", err)
		} else if o.n < 0 || !(o.p >= 0 && o.p <= 1 && o.pMin >= 0 && o.pMin <= 1 && o.sMin >= 0 && o.sMin <= 1) {
			r.Fail("need rates in [0, 1]")
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*d = o
	return nil
}

// EDDM watches the distance between two errors of a classifier, counted in
// predictions, which grows while it learns. With mean m and standard deviation s
// of the distances, it keeps the largest m + 2s and says
//
//	Warning where (m + 2s)/max < WarnBelow
//	Drift   where (m + 2s)/max < DriftBelow
//
// after Warmup errors. It is better than DDM at gradual drift. Values are 1 for
// a wrong prediction, 0 for a right one. The zero value has the usual options.
// Source: Baena-García et al. (2006); river 0.26 (sample variance, and a
// verdict that stands until the next error).
type EDDM struct {
	Warmup     int     // errors before the first verdict; 0 means 30
	WarnBelow  float64 // 0 means 0.95
	DriftBelow float64 // 0 means 0.9

	n, last, errors int
	mean, m2        float64
	max             float64
	warned, drifted bool
}

// Reset forgets the stream and keeps the options.
func (d *EDDM) Reset() {
	*d = EDDM{Warmup: d.Warmup, WarnBelow: d.WarnBelow, DriftBelow: d.DriftBelow}
}

func (d *EDDM) options(fn string) error {
	if err := check.AtLeast(fn, "Warmup", or(d.Warmup, 30), 1); err != nil {
		return err
	}
	warn, drift := or(d.WarnBelow, 0.95), or(d.DriftBelow, 0.9)
	if err := option(fn, "WarnBelow", warn, 0, 1); err != nil {
		return err
	}
	if err := option(fn, "DriftBelow", drift, 0, 1); err != nil {
		return err
	}
	if warn < drift {
		return fmt.Errorf("%s: WarnBelow: need at least DriftBelow (%v), have %v: %w", fn, drift, warn, mlgauge.ErrRange)
	}
	return nil
}

// Add takes one value, 0 or 1. It returns ErrNotFinite for NaN, ErrRange for any
// other value and for bad options.
func (d *EDDM) Add(x float64) (Status, error) {
	const fn = "drift.EDDM.Add"
	if err := mistake(fn, x); err != nil {
		return Stable, err
	}
	if d.n == 0 {
		if err := d.options(fn); err != nil {
			return Stable, err
		}
	}
	if d.drifted {
		d.Reset()
	}
	d.n++
	if x == 1 {
		d.errors++
		gap := float64(d.n - d.last)
		d.last = d.n
		delta := gap - d.mean
		d.mean += delta / float64(d.errors)
		d.m2 += delta * (gap - d.mean)
		warmup := or(d.Warmup, 30)
		if d.n > warmup {
			var sd float64
			if d.errors > 1 {
				sd = math.Sqrt(math.Max(0, d.m2) / float64(d.errors-1))
			}
			v := d.mean + 2*sd
			if v > d.max {
				d.max = v
			} else if d.errors > warmup {
				level := v / d.max
				d.drifted = level < or(d.DriftBelow, 0.9)
				d.warned = !d.drifted && level < or(d.WarnBelow, 0.95)
			}
		}
	}
	switch {
	case d.drifted:
		return Drift, nil
	case d.warned:
		return Warning, nil
	}
	return Stable, nil
}

const eddmTag = "drift.EDDM/1"

// MarshalBinary returns options and state in binary form.
func (d *EDDM) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(eddmTag)
	w.Int(d.Warmup)
	w.Float64(d.WarnBelow)
	w.Float64(d.DriftBelow)
	w.Ints([]int{d.n, d.last, d.errors})
	w.Float64s([]float64{d.mean, d.m2, d.max})
	w.Bool(d.warned)
	w.Bool(d.drifted)
	return w.Finish(), nil
}

// UnmarshalBinary replaces options and state. It returns ErrCorrupt for bytes that
// MarshalBinary did not write, and then leaves the detector as it was.
func (d *EDDM) UnmarshalBinary(data []byte) error {
	const fn = "drift.EDDM.UnmarshalBinary"
	r := codec.NewReader(fn, eddmTag, data)
	o := EDDM{Warmup: r.Int(), WarnBelow: r.Float64(), DriftBelow: r.Float64()}
	i, f := r.Ints(), r.Float64s()
	o.warned, o.drifted = r.Bool(), r.Bool()
	if r.Err() == nil {
		if err := o.options(fn); err != nil {
			r.Fail("%v", err)
		} else if len(i) != 3 || len(f) != 3 || i[0] < 0 || i[1] < 0 || i[1] > i[0] || i[2] < 0 || i[2] > i[0] || !(f[0] >= 0 && f[1] >= 0 && f[2] >= 0) {
			r.Fail("need counts and moments of at least 0")
		} else {
			o.n, o.last, o.errors = i[0], i[1], i[2]
			o.mean, o.m2, o.max = f[0], f[1], f[2]
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*d = o
	return nil
}
