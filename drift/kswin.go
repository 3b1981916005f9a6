package drift

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// KSWIN holds the newest Recent values of a sliding window against as many drawn at
// random from the rest, by the two-sample Kolmogorov-Smirnov test: Drift where the
// exact p-value is at most Alpha and the distance above 0.1. Any change of the
// distribution can be found, not only one of the mean. After a drift the window
// keeps the newest values. The window is kept in sorted order, so an update costs
// one pass over it. The zero value has the usual options; draws follow Seed.
// Source: Raab, Heusinger, Schleif (2020); defaults as river 0.26, which draws from
// another generator and forgets the whole window after a drift.
type KSWIN struct {
	Alpha  float64 // significance; 0 means 0.005
	Window int     // 0 means 100
	Recent int     // 0 means 30
	Seed   uint64

	ring   []float64 // by age: ring[head] is the oldest once full
	head   int
	sorted []int32 // positions in ring, in ascending order of value
	n      int     // values in the window
	draws  uint64  // updates tested so far: the stream of each draw
	least  int     // smallest count difference that is significant
	marked []bool  // scratch: positions drawn
	order  []int32 // scratch: ages to draw from
	pcg    *rand.PCG
}

// Reset forgets the stream and keeps the options.
func (d *KSWIN) Reset() {
	*d = KSWIN{Alpha: d.Alpha, Window: d.Window, Recent: d.Recent, Seed: d.Seed}
}

func (d *KSWIN) options(fn string) error {
	if err := option(fn, "Alpha", or(d.Alpha, 0.005), 0, 1); err != nil {
		return err
	}
	w, r := or(d.Window, 100), or(d.Recent, 30)
	if err := check.AtLeast(fn, "Recent", r, 1); err != nil {
		return err
	}
	if w < 2*r || w > 1<<20 {
		return fmt.Errorf("%s: Window: need from twice Recent (%d) to %d, have %d: %w", fn, 2*r, 1<<20, w, mlgauge.ErrRange)
	}
	return nil
}

func (d *KSWIN) start() {
	w, r := or(d.Window, 100), or(d.Recent, 30)
	d.ring = make([]float64, w)
	d.sorted = make([]int32, 0, w)
	d.marked = make([]bool, w)
	d.order = make([]int32, w-r)
	d.pcg = rand.NewPCG(0, 0)
	// p falls as the difference grows: find where it passes Alpha.
	alpha := or(d.Alpha, 0.005)
	d.least = r + 1
	for h := r; h >= 1 && ksEqualSizes(r, h) <= alpha; h-- {
		d.least = h
	}
	// The distance must also be above 0.1.
	for 10*d.least <= r {
		d.least++
	}
}

// ksEqualSizes returns the exact two-sided p-value of a KS distance h/n between two
// samples of n values without ties,
//
//	p = 2 sum_{j>=1} (-1)^(j-1) C(2n, n - j h) / C(2n, n)
func ksEqualSizes(n, h int) float64 {
	var p float64
	for j := 1; j*h <= n; j++ {
		term := 1.0 // C(2n, n-jh)/C(2n, n) as a product
		for i := range j * h {
			term *= float64(n-i) / float64(n+i+1)
		}
		if j%2 == 0 {
			term = -term
		}
		p += 2 * term
	}
	return math.Min(1, math.Max(0, p))
}

// Add takes one value. It returns ErrNotFinite for NaN and infinities, ErrRange for
// bad options.
func (d *KSWIN) Add(x float64) (Status, error) {
	const fn = "drift.KSWIN.Add"
	if err := finite(fn, x); err != nil {
		return Stable, err
	}
	if d.ring == nil {
		if err := d.options(fn); err != nil {
			return Stable, err
		}
		d.start()
	}
	w := len(d.ring)
	if d.n == w {
		d.remove(int32(d.head))
	} else {
		d.n++
	}
	at := d.head
	d.head = (d.head + 1) % w
	d.ring[at] = x
	d.insert(int32(at))
	if d.n < w {
		return Stable, nil
	}
	if d.difference() < d.least {
		return Stable, nil
	}
	d.keepRecent()
	return Drift, nil
}

// place returns the first index of sorted whose value is not below x.
func (d *KSWIN) place(x float64) int {
	lo, hi := 0, len(d.sorted)
	for lo < hi {
		m := (lo + hi) / 2
		if d.ring[d.sorted[m]] < x {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

func (d *KSWIN) insert(at int32) {
	i := d.place(d.ring[at])
	d.sorted = append(d.sorted, 0)
	copy(d.sorted[i+1:], d.sorted[i:])
	d.sorted[i] = at
}

func (d *KSWIN) remove(at int32) {
	i := d.place(d.ring[at])
	for d.sorted[i] != at {
		i++
	}
	d.sorted = append(d.sorted[:i], d.sorted[i+1:]...)
}

// difference draws from the older values and returns the largest difference of
// the two counts over the merged order.
func (d *KSWIN) difference() int {
	w, r := len(d.ring), or(d.Recent, 30)
	old := d.order
	for i := range old {
		old[i] = int32((d.head + i) % w) // the full window's oldest is at head
	}
	d.draws++
	d.pcg.Seed(d.Seed, d.draws)
	clear(d.marked)
	for i := range r {
		j := i + int(d.pcg.Uint64()%uint64(len(old)-i))
		old[i], old[j] = old[j], old[i]
		d.marked[old[i]] = true
	}
	best, diff := 0, 0
	for i, at := range d.sorted {
		age := int(at) - d.head
		if age < 0 {
			age += w
		}
		switch {
		case age >= w-r:
			diff++
		case d.marked[at]:
			diff--
		}
		// Ties are stepped over as one.
		if i+1 == w || d.ring[d.sorted[i+1]] != d.ring[at] {
			best = max(best, diff, -diff)
		}
	}
	return best
}

// keepRecent leaves only the newest values in the window.
func (d *KSWIN) keepRecent() {
	w, r := len(d.ring), or(d.Recent, 30)
	recent := make([]float64, r)
	for i := range recent {
		recent[i] = d.ring[(d.head+w-r+i)%w]
	}
	d.refill(recent)
}

func (d *KSWIN) refill(values []float64) {
	d.sorted = d.sorted[:0]
	d.n = len(values)
	for i, v := range values {
		d.ring[i] = v
		d.insert(int32(i))
	}
	d.head = len(values) % len(d.ring)
}

const kswinTag = "drift.KSWIN/1"

// MarshalBinary returns options and state in binary form.
func (d *KSWIN) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(kswinTag)
	w.Float64(d.Alpha)
	w.Int(d.Window)
	w.Int(d.Recent)
	w.Uint64(d.Seed)
	w.Uint64(d.draws)
	values := make([]float64, d.n)
	for i := range values {
		values[i] = d.ring[(d.head+len(d.ring)-d.n+i)%len(d.ring)]
	}
	w.Float64s(values)
	return w.Finish(), nil
}

// UnmarshalBinary replaces options and state. It returns ErrCorrupt for bytes that
// MarshalBinary did not write, and then leaves the detector as it was.
func (d *KSWIN) UnmarshalBinary(data []byte) error {
	const fn = "drift.KSWIN.UnmarshalBinary"
	r := codec.NewReader(fn, kswinTag, data)
	o := KSWIN{Alpha: r.Float64(), Window: r.Int(), Recent: r.Int(), Seed: r.Uint64(), draws: r.Uint64()}
	values := r.Float64s()
	if r.Err() == nil {
		if err := o.options(fn); err != nil {
			r.Fail("%v", err)
		} else if err := check.Finite(fn, "window", values); err != nil || len(values) > or(o.Window, 100) {
			r.Fail("need at most %d finite values, have %d", or(o.Window, 100), len(values))
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	o.start()
	o.refill(values)
	*d = o
	return nil
}
