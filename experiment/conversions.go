package experiment

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/metrics"
)

// Conversions counts hits and trials of one arm. The zero value is ready. Copying
// it copies the state.
type Conversions struct{ hits, trials float64 }

// Add adds one trial per element, a hit where it is true. It never fails; the
// error is there for the sake of the other statistics.
func (c *Conversions) Add(hit []bool) error {
	var n int
	for _, h := range hit {
		if h {
			n++
		}
	}
	c.hits += float64(n)
	c.trials += float64(len(hit))
	return nil
}

// AddWeighted adds each element as w trials; weights are numbers of repeated
// rows, which need not be whole.
//
// Errors: mlgauge.ErrLength; mlgauge.ErrRange for a negative weight,
// mlgauge.ErrNotFinite for one that is not finite or a sum that overflows.
func (c *Conversions) AddWeighted(hit []bool, w []float64) error {
	const fn = "experiment.Conversions.AddWeighted"
	if err := check.Weights(fn, "w", len(hit), w); err != nil {
		return err
	}
	var o Conversions
	for i, h := range hit {
		if h {
			o.hits += w[i]
		}
		o.trials += w[i]
	}
	return c.plus(fn, o)
}

// AddCounts adds hits of trials that were counted elsewhere.
//
// Errors: mlgauge.ErrRange unless 0 <= hits <= trials, mlgauge.ErrNotFinite.
func (c *Conversions) AddCounts(hits, trials float64) error {
	const fn = "experiment.Conversions.AddCounts"
	if err := first(check.In(fn, "trials", trials, 0, math.MaxFloat64), check.In(fn, "hits", hits, 0, trials)); err != nil {
		return err
	}
	return c.plus(fn, Conversions{hits, trials})
}

// Merge adds what o holds; mlgauge.ErrNotFinite where the sum overflows.
func (c *Conversions) Merge(o *Conversions) error { return c.plus("experiment.Conversions.Merge", *o) }

func (c *Conversions) plus(fn string, o Conversions) error {
	if math.IsInf(c.trials+o.trials, 0) {
		return fmt.Errorf("%s: need a finite sum of trials: %w", fn, mlgauge.ErrNotFinite)
	}
	c.hits += o.hits
	c.trials += o.trials
	// Sums of weights round each on their own.
	c.hits = math.Min(c.hits, c.trials)
	return nil
}

// Reset empties c.
func (c *Conversions) Reset() { *c = Conversions{} }

// Rate returns what was counted, for the tests and intervals of proportions.
func (c *Conversions) Rate() metrics.Rate { return metrics.Rate{Hits: c.hits, Trials: c.trials} }

const conversionsTag = "experiment.conversions/1"

// MarshalBinary writes the state; it never fails.
func (c *Conversions) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(conversionsTag)
	w.Float64(c.hits)
	w.Float64(c.trials)
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. Damaged bytes are
// mlgauge.ErrCorrupt and leave c as it was.
func (c *Conversions) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("experiment.Conversions.UnmarshalBinary", conversionsTag, data)
	o := Conversions{hits: r.Float64(), trials: r.Float64()}
	if r.Err() == nil && !(o.hits >= 0 && o.hits <= o.trials && o.trials <= math.MaxFloat64) {
		r.Fail("need 0 <= hits <= trials, have %v of %v", o.hits, o.trials)
	}
	if err := r.Close(); err != nil {
		return err
	}
	*c = o
	return nil
}
