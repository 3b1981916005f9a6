package bias

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/metrics"
)

// Groups is the table of counts seen as one binary outcome table per group: the
// facet values are the groups, and the strata, if any, the control features inside
// which groups are compared. Make one with Counts.Groups; for an intersection of
// several sensitive features, make the facet with Intersect.
type Groups struct {
	Names    []string // the groups
	Controls []string // the strata; one empty name if there are none

	parts  []groupPart
	tables [][]metrics.Binary // [control][group]
}

type groupPart struct {
	control, group, cell int // cell: 0 TN, 1 FP, 2 FN, 3 TP
	n                    int64
	w                    float64
}

// Groups returns the table by group, with the labels and predictions among the
// positive values counting as positive. Batches without predictions count labels as
// predictions, so that selection rates are those of the labels. It returns ErrEmpty
// for an empty table or no positive value and ErrUnknownCategory for a positive
// value that does not occur.
func (c *Counts) Groups(positive ...string) (*Groups, error) {
	const fn = "bias.Counts.Groups"
	if err := check.NotEmpty(fn, "the table", int(c.rows)); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "positive", len(positive)); err != nil {
		return nil, err
	}
	hasPred := c.has[axisPrediction]
	for _, v := range positive {
		_, inLabel := c.index[axisLabel][v]
		_, inPred := c.index[axisPrediction][v]
		if !inLabel && !(hasPred && inPred) {
			return nil, fmt.Errorf("%s: positive: need a label value that occurs, have %q: %w", fn, v, mlgauge.ErrUnknownCategory)
		}
	}
	g := &Groups{Names: slices.Clone(c.values[axisFacet]), Controls: slices.Clone(c.values[axisStratum])}
	for _, k := range sortedKeys(c.cells) {
		v := c.cells[k]
		y := slices.Contains(positive, c.values[axisLabel][k[axisLabel]])
		p := y
		if hasPred {
			p = slices.Contains(positive, c.values[axisPrediction][k[axisPrediction]])
		}
		part := groupPart{control: int(k[axisStratum]), group: int(k[axisFacet]), n: v.n, w: v.w}
		if y {
			part.cell += 2
		}
		if p {
			part.cell++
		}
		g.parts = append(g.parts, part)
	}
	g.tables = g.fill(nil)
	return g, nil
}

// fill makes the tables, from the parts or from a resample of their counts.
func (g *Groups) fill(counts []float64) [][]metrics.Binary {
	t := make([][]metrics.Binary, len(g.Controls))
	flat := make([]metrics.Binary, len(g.Controls)*len(g.Names))
	for i := range t {
		t[i] = flat[i*len(g.Names) : (i+1)*len(g.Names)]
	}
	for i, p := range g.parts {
		b := &t[p.control][p.group]
		whole := p.w == float64(p.n)
		n, w := uint64(p.n), p.w
		if counts != nil {
			n, w = uint64(counts[i]), counts[i]*(p.w/float64(p.n))
		}
		if whole {
			*[4]*uint64{&b.TN, &b.FP, &b.FN, &b.TP}[p.cell] += n
			continue
		}
		b.WeightedRows += n
		*[4]*float64{&b.WeightTN, &b.WeightFP, &b.WeightFN, &b.WeightTP}[p.cell] += w
	}
	return t
}

// Table returns the outcome table of one group, over all controls.
func (g *Groups) Table(group int) metrics.Binary {
	var b metrics.Binary
	for _, t := range g.tables {
		add(&b, t[group])
	}
	return b
}

// Overall returns the outcome table of all rows.
func (g *Groups) Overall() metrics.Binary {
	var b metrics.Binary
	for i := range g.Names {
		add(&b, g.Table(i))
	}
	return b
}

func add(b *metrics.Binary, o metrics.Binary) {
	b.TP += o.TP
	b.FP += o.FP
	b.TN += o.TN
	b.FN += o.FN
	b.WeightTP += o.WeightTP
	b.WeightFP += o.WeightFP
	b.WeightTN += o.WeightTN
	b.WeightFN += o.WeightFN
	b.WeightedRows += o.WeightedRows
}

// A Comparison tells what the groups are held against.
type Comparison int

const (
	// BetweenGroups compares the extreme groups: max - min, min / max.
	BetweenGroups Comparison = iota
	// ToOverall compares each group with all rows: max |g - overall|, and the
	// least of g/overall and overall/g.
	ToOverall
)

func (to Comparison) check(fn string) error {
	if to != BetweenGroups && to != ToOverall {
		return check.Option(fn, "to", int(to))
	}
	return nil
}

// A Frame is one metric by group: within each control, and overall. A group in
// which the metric has no value holds NaN and is left out of the comparisons.
type Frame struct {
	Groups   []string
	Controls []string
	Values   [][]float64 // [control][group]; NaN where there is none
	Overall  []float64   // per control
}

// By returns a metric of every group.
func (g *Groups) By(rate Rate) Frame {
	f := Frame{Groups: g.Names, Controls: g.Controls}
	value := func(b metrics.Binary) float64 {
		v, err := rate(b)
		if err != nil {
			return math.NaN()
		}
		return v
	}
	for _, t := range g.tables {
		row := make([]float64, len(t))
		var all metrics.Binary
		for i, b := range t {
			row[i] = math.NaN()
			if tp, fp, tn, fn := b.Cells(); tp+fp+tn+fn > 0 {
				row[i] = value(b)
			}
			add(&all, b)
		}
		f.Values = append(f.Values, row)
		f.Overall = append(f.Overall, value(all))
	}
	return f
}

// Min returns the least value of the groups within each control; NaN for none.
func (f Frame) Min() []float64 {
	return f.reduce(math.Inf(1), func(a, b float64) bool { return b < a })
}

// Max returns the largest value of the groups within each control; NaN for none.
func (f Frame) Max() []float64 {
	return f.reduce(math.Inf(-1), func(a, b float64) bool { return b > a })
}

func (f Frame) reduce(start float64, better func(a, b float64) bool) []float64 {
	out := make([]float64, len(f.Values))
	for c, row := range f.Values {
		out[c] = math.NaN()
		best, any := start, false
		for _, v := range row {
			if math.IsNaN(v) {
				continue
			}
			if !any || better(best, v) {
				best, any = v, true
			}
		}
		if any {
			out[c] = best
		}
	}
	return out
}

// Difference returns the difference of the groups within each control: max - min,
// or max |g - overall|. NaN where no group has a value.
func (f Frame) Difference(to Comparison) []float64 {
	lo, hi := f.Min(), f.Max()
	for c := range hi {
		if to == ToOverall {
			hi[c] = math.Max(math.Abs(hi[c]-f.Overall[c]), math.Abs(lo[c]-f.Overall[c]))
		} else {
			hi[c] -= lo[c]
		}
	}
	return hi
}

// Ratio returns the ratio of the groups within each control: min / max, or the
// least of g/overall and its inverse. 0/0 is NaN.
func (f Frame) Ratio(to Comparison) []float64 {
	lo, hi := f.Min(), f.Max()
	for c := range lo {
		if to == ToOverall {
			worst := math.NaN()
			for _, v := range f.Values[c] {
				r := v / f.Overall[c]
				if r > 1 {
					r = 1 / r
				}
				if r == r && !(r >= worst) {
					worst = r
				}
			}
			lo[c] = worst
		} else {
			lo[c] /= hi[c]
		}
	}
	return lo
}

// one returns the single value of a frame without controls, or the mean over the
// controls weighted by their rows.
func (g *Groups) one(v []float64, fn string) (float64, error) {
	var sum, n float64
	for c, x := range v {
		var rows float64
		for _, b := range g.tables[c] {
			tp, fp, tn, fn := b.Cells()
			rows += tp + fp + tn + fn
		}
		if rows == 0 {
			continue
		}
		sum += rows * x
		n += rows
	}
	if r := sum / n; !math.IsNaN(r) {
		return r, nil
	}
	return 0, fmt.Errorf("%s: need a group in which the metric has a value and, for a ratio, one that is not 0: %w", fn, mlgauge.ErrUndefined)
}

// Difference returns the difference of a metric between the groups; with controls,
// its mean over them, weighted by their rows. It returns ErrUndefined where no
// group has a value, ErrRange for an unknown comparison.
func (g *Groups) Difference(rate Rate, to Comparison) (float64, error) {
	if err := to.check("bias.Groups.Difference"); err != nil {
		return 0, err
	}
	return g.one(g.By(rate).Difference(to), "bias.Groups.Difference")
}

// Ratio returns the ratio of a metric between the groups; with controls, its mean
// over them, weighted by their rows. It returns ErrUndefined where no group has a
// value or all are 0, ErrRange for an unknown comparison.
func (g *Groups) Ratio(rate Rate, to Comparison) (float64, error) {
	if err := to.check("bias.Groups.Ratio"); err != nil {
		return 0, err
	}
	return g.one(g.By(rate).Ratio(to), "bias.Groups.Ratio")
}

// Interval returns a measure of the groups with its percentile bootstrap interval,
// from multinomial resamples of the table of counts; see Facet.Interval. A
// difference between extreme groups is biased upwards in small samples, and so are
// its resamples: an interval that stays above 0 is no test; use Homogeneity.
//
//	g.Interval((*bias.Groups).DemographicParityDifference, bias.Bootstrap{})
func (g *Groups) Interval(measure func(*Groups) (float64, error), o Bootstrap) (metrics.Interval, error) {
	const fn = "bias.Groups.Interval"
	o, err := o.resolve(fn)
	if err != nil {
		return metrics.Interval{}, err
	}
	value, err := measure(g)
	if err != nil {
		return metrics.Interval{}, err
	}
	out := make([]float64, o.Resamples)
	g.resample(o, func(i int, r *Groups) {
		v, err := measure(r)
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

// resample calls do with every multinomial resample of the table.
func (g *Groups) resample(o Bootstrap, do func(i int, r *Groups)) {
	ns := make([]int64, len(g.parts))
	for i, p := range g.parts {
		ns[i] = p.n
	}
	resampleCounts(ns, o, func(i int, counts []float64) {
		r := *g
		r.tables = r.fill(counts)
		do(i, &r)
	})
}
