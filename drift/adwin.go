package drift

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// ADWIN keeps a window of the stream that grows while the mean is stable, and is
// cut where two parts of it have different means. The window is held as an
// exponential histogram of O(log W) buckets.
//
// A cut into an older part (n0 values, mean m0) and a newer (n1, m1) is made if
//
//	|m0 - m1| > sqrt(2 v d'/m) + 2/3 d'/m
//	d' = ln(2 ln W / Delta),   1/m = 1/(n0 - L + 1) + 1/(n1 - L + 1)
//
// with W the width and v the variance of the window and L MinWindow; then the
// oldest bucket is dropped, and the test is made again. Values may be any finite
// numbers; the bound is proved for values in [0, 1]. On drift the window keeps its
// newer part, and detection goes on from there: unlike the other detectors, ADWIN
// does not start anew. ResetOnDrift makes it do so, as river does.
//
// The zero value has the usual options; set them before the first Add. Source:
// Bifet and Gavaldà (2007), with the bucket layout of river 0.26.
type ADWIN struct {
	Delta        float64 // confidence, in (0, 1); 0 means 0.002
	Clock        int     // values between tests; 0 means 32
	MaxBuckets   int     // buckets of one size; 0 means 5
	MinWindow    int     // least number of values in each part; 0 means 5
	Grace        int     // values before the first test; 0 means 10
	ResetOnDrift bool    // drop the whole window after a drift

	rows     []adwinRow // rows[i] holds buckets of 2^i values, oldest first
	width    int
	total    float64
	variance float64 // times width
	ticks    int
	drifted  bool
}

// An adwinRow holds the buckets of one size, oldest first.
type adwinRow struct {
	total, variance []float64
}

// Width returns the number of values in the window.
func (a *ADWIN) Width() int { return a.width }

// Mean returns the mean of the window; 0 if it is empty.
func (a *ADWIN) Mean() float64 {
	if a.width == 0 {
		return 0
	}
	return a.total / float64(a.width)
}

// Variance returns the population variance of the window; 0 if it is empty.
func (a *ADWIN) Variance() float64 {
	if a.width == 0 {
		return 0
	}
	return a.variance / float64(a.width)
}

// Reset empties the window and keeps the options.
func (a *ADWIN) Reset() {
	*a = ADWIN{Delta: a.Delta, Clock: a.Clock, MaxBuckets: a.MaxBuckets, MinWindow: a.MinWindow, Grace: a.Grace, ResetOnDrift: a.ResetOnDrift}
}

func (a *ADWIN) options(fn string) error {
	if err := option(fn, "Delta", or(a.Delta, 0.002), 0, 1); err != nil {
		return err
	}
	for _, o := range []struct {
		name  string
		v, at int
	}{{"Clock", or(a.Clock, 32), 1}, {"MaxBuckets", or(a.MaxBuckets, 5), 1}, {"MinWindow", or(a.MinWindow, 5), 1}, {"Grace", or(a.Grace, 10), 1}} {
		if err := check.AtLeast(fn, o.name, o.v, o.at); err != nil {
			return err
		}
	}
	return nil
}

// Add takes one value and returns Drift if the window was cut. It returns
// ErrNotFinite for NaN and infinities, ErrRange for bad options.
func (a *ADWIN) Add(x float64) (Status, error) {
	const fn = "drift.ADWIN.Add"
	if err := finite(fn, x); err != nil {
		return Stable, err
	}
	if a.rows == nil {
		if err := a.options(fn); err != nil {
			return Stable, err
		}
		a.rows = append(a.rows, a.row())
	}
	if a.drifted && a.ResetOnDrift {
		a.Reset()
		a.rows = append(a.rows, a.row())
	}
	a.insert(x)
	a.ticks++
	a.drifted = a.ticks%or(a.Clock, 32) == 0 && a.width > or(a.Grace, 10) && a.shrink()
	if a.drifted {
		return Drift, nil
	}
	return Stable, nil
}

// row returns an empty row with room for one bucket more than it may keep.
func (a *ADWIN) row() adwinRow {
	n := or(a.MaxBuckets, 5) + 1
	b := make([]float64, 2*n)
	return adwinRow{total: b[:0:n], variance: b[n : n : 2*n]}
}

func (r *adwinRow) push(total, variance float64) {
	r.total = append(r.total, total)
	r.variance = append(r.variance, variance)
}

// drop removes the k oldest buckets.
func (r *adwinRow) drop(k int) {
	r.total = r.total[:copy(r.total, r.total[k:])]
	r.variance = r.variance[:copy(r.variance, r.variance[k:])]
}

func (a *ADWIN) insert(x float64) {
	a.rows[0].push(x, 0)
	a.width++
	if a.width > 1 {
		n := float64(a.width)
		d := x - a.total/(n-1)
		a.variance += (n - 1) * d * d / n
	}
	a.total += x
	// Merge the two oldest buckets of a size that is over its limit.
	for i := 0; i < len(a.rows) && len(a.rows[i].total) > or(a.MaxBuckets, 5); i++ {
		if i+1 == len(a.rows) {
			a.rows = append(a.rows, a.row())
		}
		r := &a.rows[i]
		n := math.Ldexp(1, i)
		d := (r.total[0] - r.total[1]) / n
		a.rows[i+1].push(r.total[0]+r.total[1], r.variance[0]+r.variance[1]+n*d*d/2)
		r.drop(2)
	}
}

// shrink drops old buckets while two parts of the window differ.
func (a *ADWIN) shrink() bool {
	cut := false
	for a.differs() {
		cut = true
		a.forget()
	}
	return cut
}

// differs tells whether some cut of the window shows a change.
func (a *ADWIN) differs() bool {
	delta, least := or(a.Delta, 0.002), or(a.MinWindow, 5)
	w := float64(a.width)
	dp := math.Log(2 * math.Log(w) / delta)
	v2 := 2 * a.variance / w * dp
	n0, t0 := 0, 0.0
	for i := len(a.rows) - 1; i >= 0; i-- {
		r := &a.rows[i]
		for k := range r.total {
			n0 += 1 << i
			t0 += r.total[k]
			n1 := a.width - n0
			if n1 < least {
				return false
			}
			if n0 < least {
				continue
			}
			im := 1/float64(n0-least+1) + 1/float64(n1-least+1)
			if math.Abs(t0/float64(n0)-(a.total-t0)/float64(n1)) > math.Sqrt(v2*im)+2./3*dp*im {
				return true
			}
		}
	}
	return false
}

// forget drops the oldest bucket.
func (a *ADWIN) forget() {
	last := len(a.rows) - 1
	r := &a.rows[last]
	n, u := math.Ldexp(1, last), r.total[0]
	a.width -= 1 << last
	a.total -= u
	w := float64(a.width)
	d := u/n - a.total/w
	a.variance = math.Max(0, a.variance-(r.variance[0]+n*w*d*d/(n+w)))
	r.drop(1)
	for last > 0 && len(a.rows[last].total) == 0 {
		a.rows = a.rows[:last]
		last--
	}
}

const adwinTag = "drift.ADWIN/1"

// MarshalBinary returns options and state in binary form.
func (a *ADWIN) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(adwinTag)
	w.Float64(a.Delta)
	for _, v := range []int{a.Clock, a.MaxBuckets, a.MinWindow, a.Grace} {
		w.Int(v)
	}
	w.Bool(a.ResetOnDrift)
	w.Int(a.width)
	w.Float64(a.total)
	w.Float64(a.variance)
	w.Int(a.ticks)
	w.Bool(a.drifted)
	w.Int(len(a.rows))
	for _, r := range a.rows {
		w.Float64s(r.total)
		w.Float64s(r.variance)
	}
	return w.Finish(), nil
}

// UnmarshalBinary replaces options and state. It returns ErrCorrupt for bytes that
// MarshalBinary did not write, and then leaves the detector as it was.
func (a *ADWIN) UnmarshalBinary(data []byte) error {
	const fn = "drift.ADWIN.UnmarshalBinary"
	r := codec.NewReader(fn, adwinTag, data)
	o := ADWIN{Delta: r.Float64(), Clock: r.Int(), MaxBuckets: r.Int(), MinWindow: r.Int(), Grace: r.Int(), ResetOnDrift: r.Bool(),
		width: r.Int(), total: r.Float64(), variance: r.Float64(), ticks: r.Int(), drifted: r.Bool()}
	if r.Err() == nil {
		if err := o.options(fn); err != nil {
			r.Fail("%v", err)
		}
	}
	n := r.Count(16)
	if n > 62 || or(o.MaxBuckets, 5) > 1<<20 {
		r.Fail("need at most 62 rows of buckets, have %d", n)
		n = 0
	}
	width := 0
	for i := range n {
		t, v := r.Float64s(), r.Float64s()
		if r.Err() != nil {
			break
		}
		if len(t) != len(v) || len(t) > or(o.MaxBuckets, 5) {
			r.Fail("need at most %d buckets of size %d, have %d and %d", or(o.MaxBuckets, 5), 1<<i, len(t), len(v))
			break
		}
		row := o.row()
		row.total, row.variance = append(row.total, t...), append(row.variance, v...)
		o.rows = append(o.rows, row)
		width += len(t) << i
	}
	if r.Err() == nil && (width != o.width || o.ticks < 0 || !(o.variance >= 0) || o.total*0 != 0) {
		r.Fail("need %d values in the buckets, have %d", o.width, width)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*a = o
	return nil
}
