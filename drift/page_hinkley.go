package drift

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// A Direction tells which changes of the mean are looked for.
type Direction int

const (
	// Both looks for a mean that rises or falls.
	Both Direction = iota
	// Up looks for a mean that rises.
	Up
	// Down looks for a mean that falls.
	Down
)

// PageHinkley sums the deviations of the stream from its running mean. With
//
//	S <- Alpha S + (x - mean) - Delta,   drift where S - min S > Lambda
//
// it looks for a mean that rises, and with +Delta and max S - S for one that falls,
// after Warmup values. The zero value has the usual options. Source: Page (1954),
// Hinkley (1971); the fading factor and the defaults are those of river 0.26.
//
// With the reset form S <- max(0, S + x - mean - Delta), min S is always 0; the two
// agree for Alpha = 1.
type PageHinkley struct {
	Delta     float64 // deviation that is tolerated; 0 means 0.005, negative none
	Lambda    float64 // threshold; 0 means 50
	Alpha     float64 // fading factor in (0, 1]; 0 means 0.9999
	Warmup    int     // values before the first verdict; 0 means 30
	Direction Direction

	n            int
	mean         float64
	rise, fall   float64
	least, most  float64
	drifted, any bool
}

// Reset forgets the stream and keeps the options.
func (d *PageHinkley) Reset() {
	*d = PageHinkley{Delta: d.Delta, Lambda: d.Lambda, Alpha: d.Alpha, Warmup: d.Warmup, Direction: d.Direction}
}

func (d *PageHinkley) options(fn string) error {
	if err := option(fn, "Delta", or(d.Delta, 0.005), math.Inf(-1), math.Inf(1)); err != nil {
		return err
	}
	if err := option(fn, "Lambda", or(d.Lambda, 50), 0, math.Inf(1)); err != nil {
		return err
	}
	if a := or(d.Alpha, 0.9999); a != 1 {
		if err := option(fn, "Alpha", a, 0, 1); err != nil {
			return err
		}
	}
	if d.Direction < Both || d.Direction > Down {
		return check.Option(fn, "Direction", d.Direction)
	}
	return check.AtLeast(fn, "Warmup", or(d.Warmup, 30), 1)
}

// Add takes one value. It returns ErrNotFinite for NaN and infinities, ErrRange
// for bad options.
func (d *PageHinkley) Add(x float64) (Status, error) {
	const fn = "drift.PageHinkley.Add"
	if err := finite(fn, x); err != nil {
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
	d.mean += (x - d.mean) / float64(d.n)
	dev, delta, alpha := x-d.mean, math.Max(0, or(d.Delta, 0.005)), or(d.Alpha, 0.9999)
	d.rise = alpha*d.rise + dev - delta
	d.fall = alpha*d.fall + dev + delta
	if !d.any || d.rise < d.least {
		d.least = d.rise
	}
	if !d.any || d.fall > d.most {
		d.most = d.fall
	}
	d.any = true
	if d.n < or(d.Warmup, 30) {
		return Stable, nil
	}
	lambda := or(d.Lambda, 50)
	if d.Direction != Down && d.rise-d.least > lambda || d.Direction != Up && d.most-d.fall > lambda {
		d.drifted = true
		return Drift, nil
	}
	return Stable, nil
}

const pageTag = "drift.PageHinkley/1"

// MarshalBinary returns options and state in binary form.
func (d *PageHinkley) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(pageTag)
	w.Float64s([]float64{d.Delta, d.Lambda, d.Alpha, d.mean, d.rise, d.fall, d.least, d.most})
	w.Ints([]int{d.Warmup, int(d.Direction), d.n})
	w.Bool(d.drifted)
	return w.Finish(), nil
}

// UnmarshalBinary replaces options and state. It returns ErrCorrupt for bytes that
// MarshalBinary did not write, and then leaves the detector as it was.
func (d *PageHinkley) UnmarshalBinary(data []byte) error {
	const fn = "drift.PageHinkley.UnmarshalBinary"
	r := codec.NewReader(fn, pageTag, data)
	f, i := r.Float64s(), r.Ints()
	o := PageHinkley{drifted: r.Bool()}
	if r.Err() == nil && (len(f) != 8 || len(i) != 3) {
		r.Fail("need 8 numbers and 3 counts, have %d and %d", len(f), len(i))
	}
	if r.Err() == nil {
		o.Delta, o.Lambda, o.Alpha, o.mean, o.rise, o.fall, o.least, o.most = f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]
		o.Warmup, o.Direction, o.n = i[0], Direction(i[1]), i[2]
		o.any = o.n > 0
		if err := o.options(fn); err != nil {
			r.Fail("%v", err)
		}
		if err := check.Finite(fn, "state", f[3:]); err != nil || o.n < 0 {
			r.Fail("need a finite state and a count of at least 0")
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*d = o
	return nil
}

// CUSUM is Page's cumulative sum for a stream with known or learned mean and
// standard deviation,
//
//	z = (x - Mean)/StdDev
//	C+ <- max(0, C+ + z - K),   C- <- max(0, C- - z - K),   drift where C > H
//
// With K = 0.5 and H = 5 it finds a shift of one standard deviation after 10.4
// values on average, and raises a false alarm every 465. If StdDev is 0, mean and
// standard deviation are learned from the first Learn values, which raise no alarm.
// The zero value learns from 100 values with K = 0.5, H = 5. After a drift it learns
// anew, or starts again from 0 where mean and deviation were given. Source: Page
// (1954); Montgomery, Introduction to Statistical Quality Control.
type CUSUM struct {
	Mean, StdDev float64
	K            float64 // allowance in standard deviations; 0 means 0.5
	H            float64 // decision limit in standard deviations; 0 means 5
	Learn        int     // values to learn from; 0 means 100
	Direction    Direction

	n         int
	mean, m2  float64
	high, low float64
	drifted   bool
}

// Reset forgets the stream and keeps the options.
func (d *CUSUM) Reset() {
	*d = CUSUM{Mean: d.Mean, StdDev: d.StdDev, K: d.K, H: d.H, Learn: d.Learn, Direction: d.Direction}
}

// Sums returns the two cumulative sums, in standard deviations.
func (d *CUSUM) Sums() (high, low float64) { return d.high, d.low }

func (d *CUSUM) options(fn string) error {
	if err := check.Finite(fn, "Mean and StdDev", []float64{d.Mean, d.StdDev}); err != nil {
		return err
	}
	if err := check.In(fn, "StdDev", d.StdDev, 0, math.MaxFloat64); err != nil {
		return err
	}
	if err := option(fn, "K", or(d.K, 0.5), 0, math.Inf(1)); err != nil {
		return err
	}
	if err := option(fn, "H", or(d.H, 5), 0, math.Inf(1)); err != nil {
		return err
	}
	if d.Direction < Both || d.Direction > Down {
		return check.Option(fn, "Direction", d.Direction)
	}
	return check.AtLeast(fn, "Learn", or(d.Learn, 100), 2)
}

// Add takes one value. It returns ErrNotFinite for NaN and infinities, ErrRange
// for bad options. While a learned standard deviation is 0, any other value than
// the mean is a drift.
func (d *CUSUM) Add(x float64) (Status, error) {
	const fn = "drift.CUSUM.Add"
	if err := finite(fn, x); err != nil {
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
	mean, sd := d.Mean, d.StdDev
	if sd == 0 {
		learn := or(d.Learn, 100)
		if d.n <= learn {
			delta := x - d.mean
			d.mean += delta / float64(d.n)
			d.m2 += delta * (x - d.mean)
			return Stable, nil
		}
		mean, sd = d.mean, math.Sqrt(d.m2/float64(learn-1))
	}
	z := (x - mean) / sd
	if sd == 0 && x == mean {
		z = 0
	}
	k := or(d.K, 0.5)
	d.high = math.Max(0, d.high+z-k)
	d.low = math.Max(0, d.low-z-k)
	h := or(d.H, 5)
	if d.Direction != Down && d.high > h || d.Direction != Up && d.low > h {
		d.drifted = true
		return Drift, nil
	}
	return Stable, nil
}

const cusumTag = "drift.CUSUM/1"

// MarshalBinary returns options and state in binary form.
func (d *CUSUM) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(cusumTag)
	w.Float64s([]float64{d.Mean, d.StdDev, d.K, d.H, d.mean, d.m2, d.high, d.low})
	w.Ints([]int{d.Learn, int(d.Direction), d.n})
	w.Bool(d.drifted)
	return w.Finish(), nil
}

// UnmarshalBinary replaces options and state. It returns ErrCorrupt for bytes that
// MarshalBinary did not write, and then leaves the detector as it was.
func (d *CUSUM) UnmarshalBinary(data []byte) error {
	const fn = "drift.CUSUM.UnmarshalBinary"
	r := codec.NewReader(fn, cusumTag, data)
	f, i := r.Float64s(), r.Ints()
	o := CUSUM{drifted: r.Bool()}
	if r.Err() == nil && (len(f) != 8 || len(i) != 3) {
		r.Fail("need 8 numbers and 3 counts, have %d and %d", len(f), len(i))
	}
	if r.Err() == nil {
		o.Mean, o.StdDev, o.K, o.H, o.mean, o.m2, o.high, o.low = f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]
		o.Learn, o.Direction, o.n = i[0], Direction(i[1]), i[2]
		if err := o.options(fn); err != nil {
			r.Fail("%v", err)
		}
		if o.mean*0 != 0 || !(o.m2 >= 0 && o.high >= 0 && o.low >= 0) || o.n < 0 {
			r.Fail("need a finite mean, sums and a count of at least 0")
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*d = o
	return nil
}
