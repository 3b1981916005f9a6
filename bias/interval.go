package bias

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"github.com/mlgauge/mlgauge/metrics"
)

// A Bootstrap says how intervals are made by resampling. The zero value is 95%,
// 1000 resamples, seed 0.
type Bootstrap struct {
	Level     float64 // confidence level; 0 means 0.95
	Resamples int     // 0 means 1000
	Seed      uint64
}

func (o Bootstrap) resolve(fn string) (Bootstrap, error) {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Resamples == 0 {
		o.Resamples = 1000
	}
	if err := check.Level(fn, o.Level); err != nil {
		return o, err
	}
	return o, check.AtLeast(fn, "Resamples", o.Resamples, 10)
}

// Interval returns a metric of the facet with its percentile bootstrap interval.
// Rows are resampled by drawing the table of counts from the multinomial
// distribution, which is the same as drawing rows with replacement and costs
// nothing per row; with weights, the rows of one cell are taken to weigh alike.
// Resamples on which the metric has no value are left out.
//
//	f.Interval((*bias.Facet).DPL, bias.Bootstrap{})
//
// The result is the same for any number of cores. It returns the metric's own
// error, ErrRange for a level outside (0, 1) or fewer than 10 resamples, and
// ErrUndefined if fewer than half of the resamples have a value.
func (f *Facet) Interval(metric func(*Facet) (float64, error), o Bootstrap) (metrics.Interval, error) {
	const fn = "bias.Facet.Interval"
	o, err := o.resolve(fn)
	if err != nil {
		return metrics.Interval{}, err
	}
	value, err := metric(f)
	if err != nil {
		return metrics.Interval{}, err
	}
	all := f.resample(o, []func(*Facet) (float64, error){metric})
	low, high, err := percentile(fn, all[0], o)
	if err != nil {
		return metrics.Interval{}, err
	}
	return metrics.Interval{Value: value, Low: low, High: high, Level: o.Level}, nil
}

// resample computes the metrics on every resample; NaN where one has no value.
func (f *Facet) resample(o Bootstrap, ms []func(*Facet) (float64, error)) [][]float64 {
	out := make([][]float64, len(ms))
	for i := range out {
		out[i] = make([]float64, o.Resamples)
	}
	ns := make([]int64, len(f.parts))
	for i, p := range f.parts {
		ns[i] = p.n
	}
	resampleCounts(ns, o, func(i int, counts []float64) {
		r := *f
		// With a generator of its own: the other metrics do not change with the flip test.
		r.sums, r.flip = f.sum(counts, len(f.strata)), f.flip.draw(rand.New(rand.NewPCG(o.Seed^flipStream, uint64(i))))
		for m, metric := range ms {
			v, err := metric(&r)
			if err != nil {
				v = math.NaN()
			}
			out[m][i] = v
		}
	})
	return out
}

// flipStream sets the generator of the flip test apart.
const flipStream = 0x666c6970

// resampleCounts calls do with every multinomial resample of counts of cells, on several
// cores and with the same result on any number of them.
func resampleCounts(ns []int64, o Bootstrap, do func(i int, counts []float64)) {
	var total int64
	for _, n := range ns {
		total += n
	}
	const perBlock = 50
	parallel.Each(parallel.Blocks(o.Resamples, perBlock), func(b int) {
		rng := rand.New(rand.NewPCG(o.Seed, uint64(b)))
		counts := make([]float64, len(ns))
		for i := b * perBlock; i < min(o.Resamples, (b+1)*perBlock); i++ {
			multinomial(counts, ns, total, rng)
			do(i, counts)
		}
	})
}

// multinomial fills counts with a sample of total rows from cells of n rows each: a
// chain of binomials.
func multinomial(counts []float64, n []int64, total int64, rng *rand.Rand) {
	left, mass := float64(total), float64(total)
	for i, k := range n {
		c := float64(k)
		switch {
		case left == 0:
			counts[i] = 0
		case c >= mass:
			counts[i] = left
		default:
			counts[i] = distuv.Binomial{N: left, P: c / mass, Src: rng}.Rand()
		}
		left -= counts[i]
		mass -= c
	}
}

// percentile returns the limits of the central part of the values.
func percentile(fn string, v []float64, o Bootstrap) (low, high float64, err error) {
	v = slices.DeleteFunc(slices.Clone(v), math.IsNaN)
	if 2*len(v) < o.Resamples {
		return 0, 0, fmt.Errorf("%s: need a value on at least half of the %d resamples, have %d: %w", fn, o.Resamples, len(v), mlgauge.ErrUndefined)
	}
	slices.Sort(v)
	alpha := (1 - o.Level) / 2
	return quantile(v, alpha), quantile(v, 1-alpha), nil
}

// quantile interpolates linearly between sorted values (type 7).
func quantile(v []float64, q float64) float64 {
	h := q * float64(len(v)-1)
	i := int(math.Floor(h))
	if i+1 >= len(v) || v[i] == v[i+1] {
		return v[i]
	}
	return v[i] + (h-float64(i))*(v[i+1]-v[i])
}

// rates holds two independent proportions, x of n on each side, as the
// closed-form intervals and tests need them.
type rates struct{ xa, na, xd, nd float64 }

// newcombe returns the interval of pa - pd by the hybrid score method 10 of
// Newcombe (1998), from the Wilson intervals of the two.
func (r rates) newcombe(level float64) (low, high float64) {
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	pa, pd := r.xa/r.na, r.xd/r.nd
	la, ua := wilson(r.xa, r.na, z)
	ld, ud := wilson(r.xd, r.nd, z)
	d := pa - pd
	return d - math.Hypot(pa-la, ud-pd), d + math.Hypot(ua-pa, pd-ld)
}

func wilson(x, n, z float64) (low, high float64) {
	p := x / n
	z2 := z * z
	mid := (p + z2/(2*n)) / (1 + z2/n)
	half := z / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	return math.Max(0, mid-half), math.Min(1, mid+half)
}

// katz returns the interval of pd/pa on the log scale (Katz et al. 1978), with
// 1/2 added to every count where one side has no success.
func (r rates) katz(level float64) (low, high float64) {
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	xa, na, xd, nd := r.xa, r.na, r.xd, r.nd
	if xa == 0 || xd == 0 {
		xa, na, xd, nd = xa+.5, na+.5, xd+.5, nd+.5
	}
	log := math.Log(xd / nd / (xa / na))
	se := math.Sqrt(math.Max(0, 1/xa-1/na+1/xd-1/nd))
	return math.Exp(log - z*se), math.Exp(log + z*se)
}

// pValue is the two-sided two-proportion z test with pooled variance; NaN where
// both proportions are 0 or both are 1.
func (r rates) pValue() float64 {
	pool := (r.xa + r.xd) / (r.na + r.nd)
	se := math.Sqrt(pool * (1 - pool) * (1/r.na + 1/r.nd))
	if se == 0 {
		return math.NaN()
	}
	z := (r.xa/r.na - r.xd/r.nd) / se
	return 2 * distuv.UnitNormal.Survival(math.Abs(z))
}
