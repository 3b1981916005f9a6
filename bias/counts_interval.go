package bias

import (
	"math"

	"github.com/mlgauge/mlgauge/metrics"
)

// Interval returns any measure of the table with its percentile bootstrap interval, from
// multinomial resamples of the table; see Facet.Interval. Facet.Interval and
// Groups.Interval do the same faster for their measures.
//
//	c.Interval(func(c *bias.Counts) (float64, error) {
//		p, err := c.MulticlassParity()
//		return p["approved"], err
//	}, bias.Bootstrap{})
//
// The measure must not change the table, and is called from several goroutines. Errors
// are those of Facet.Interval.
func (c *Counts) Interval(measure func(*Counts) (float64, error), o Bootstrap) (metrics.Interval, error) {
	const fn = "bias.Counts.Interval"
	o, err := o.resolve(fn)
	if err != nil {
		return metrics.Interval{}, err
	}
	value, err := measure(c)
	if err != nil {
		return metrics.Interval{}, err
	}
	keys := sortedKeys(c.cells)
	ns := make([]int64, len(keys))
	for i, k := range keys {
		ns[i] = c.cells[k].n
	}
	out := make([]float64, o.Resamples)
	resampleCounts(ns, o, func(i int, counts []float64) {
		r := *c
		r.cells = make(map[key]cell, len(keys))
		for j, k := range keys {
			if counts[j] > 0 {
				r.cells[k] = cell{int64(counts[j]), counts[j] * (c.cells[k].w / float64(ns[j]))}
			}
		}
		v, err := measure(&r)
		if err != nil {
			v = math.NaN()
		}
		out[i] = v
	})
	low, high, err := percentile(fn, out, o)
	if err != nil {
		return metrics.Interval{}, err
	}
	return metrics.Interval{Value: value, Low: low, High: high, Level: o.Level}, nil
}
