package drift

import (
	"math"
	"slices"
	"strconv"

	"github.com/mlgauge/mlgauge/internal/kernel"
)

// A Bin is a range of numbers or a category, and the share of the values that it
// holds on each side.
type Bin struct {
	Label              string  // the category, the number, or the range
	Reference, Current float64 // shares
}

// binned is the counts of the same bins on two sides.
type binned struct {
	ref, cur []float64
	label    func(i int) string
	ranges   int // bins that are ranges: their counts carry rank errors
}

// number writes a label.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// rangeBins counts both sides between edges.
func rangeBins(a, b *side, edges []float64) binned {
	return binned{ref: a.in(edges), cur: b.in(edges), ranges: len(edges) - 1, label: func(i int) string {
		lo, hi, end := number(edges[i]), number(edges[i+1]), ")"
		if i == len(edges)-2 {
			end = "]"
		}
		return "[" + lo + ", " + hi + end
	}}
}

// valueBins counts both sides at the values of either; where one has too many, at
// the values of the reference, with one bin for all others.
func valueBins(a, b *side) binned {
	values := a.few.v
	if !b.few.many {
		values = slices.Concat(values, b.few.v)
		slices.Sort(values)
		values = slices.Compact(values)
	}
	ref, _ := a.at(values)
	cur, rest := b.at(values)
	t := binned{ref: ref, cur: cur, label: func(i int) string {
		if i == len(values) {
			return "other"
		}
		return number(values[i])
	}}
	if rest > 0 {
		t.ref, t.cur = append(t.ref, 0), append(t.cur, rest)
	}
	return t
}

// categoryBins counts both sides by category, in alphabetical order.
func categoryBins(a, b *side) binned {
	names := make([]string, 0, len(a.counts)+len(b.counts))
	for s := range a.counts {
		names = append(names, s)
	}
	for s := range b.counts {
		if _, ok := a.counts[s]; !ok {
			names = append(names, s)
		}
	}
	slices.Sort(names)
	t := binned{ref: make([]float64, len(names)), cur: make([]float64, len(names)), label: func(i int) string {
		if i == len(names) {
			return "other"
		}
		return names[i]
	}}
	for i, s := range names {
		t.ref[i], t.cur[i] = float64(a.counts[s]), float64(b.counts[s])
	}
	if a.rest+b.rest > 0 {
		t.ref, t.cur = append(t.ref, float64(a.rest)), append(t.cur, float64(b.rest))
	}
	return t
}

// sturges returns NumPy's edges for bins="sturges" over both sides.
func sturges(a, b *side) []float64 {
	lo, hi := min(a.lo, b.lo), max(a.hi, b.hi)
	bins := 1
	if width := (hi - lo) / (math.Log2(float64(a.n()+b.n())) + 1); width > 0 {
		bins = max(1, int(math.Ceil((hi-lo)/width)))
	}
	if lo == hi {
		lo, hi = lo-0.5, hi+0.5
	}
	return linspace(lo, hi, bins)
}

// linspace returns the edges of equal bins.
func linspace(lo, hi float64, bins int) []float64 {
	e := make([]float64, bins+1)
	step := (hi - lo) / float64(bins)
	for i := range e {
		e[i] = float64(float64(i)*step) + lo
	}
	e[bins] = hi
	// Ranges of a few ulps have fewer bins than asked for.
	return slices.Compact(e)
}

// quantileEdges returns the edges of bins of about equal shares of the reference,
// widened to hold both sides. Equal ones are merged.
func quantileEdges(a, b *side, bins int) []float64 {
	o := a.ordered()
	e := []float64{min(a.lo, b.lo)}
	for i := 1; i < bins; i++ {
		q := float64(i) / float64(bins)
		if a.w == nil {
			e = append(e, quantile7(o.x, q))
		} else {
			k, _ := slices.BinarySearch(o.cum, q)
			e = append(e, o.x[min(k, len(o.x)-1)])
		}
	}
	return distinctEdges(append(e, max(a.hi, b.hi)))
}

// roughEdges is quantileEdges from a sample of the reference at equal steps, which
// is enough to see where values moved.
func roughEdges(a, b *side, bins int) []float64 {
	const most = 4096
	if a.w != nil || len(a.x) <= most || a.o != nil {
		return quantileEdges(a, b, bins)
	}
	x := make([]float64, 0, most)
	for i := range most {
		x = append(x, a.x[i*len(a.x)/most])
	}
	kernel.SortFloat64s(x)
	e := []float64{min(a.lo, b.lo)}
	for i := 1; i < bins; i++ {
		e = append(e, quantile7(x, float64(i)/float64(bins)))
	}
	return distinctEdges(append(e, max(a.hi, b.hi)))
}

func distinctEdges(e []float64) []float64 {
	e = slices.Compact(e)
	if len(e) == 1 {
		e = []float64{e[0] - 0.5, e[0] + 0.5}
		if e[0] == e[1] { // a constant too large for a half
			e[0], e[1] = math.Nextafter(e[0], math.Inf(-1)), math.Nextafter(e[1], math.Inf(1))
		}
	}
	return e
}

// moved returns the bins whose shares differ most, at most k of them.
func (t binned) moved(k int) []Bin {
	var n, m float64
	for i := range t.ref {
		n += t.ref[i]
		m += t.cur[i]
	}
	order := make([]int, 0, len(t.ref))
	for i := range t.ref {
		if t.ref[i]/n != t.cur[i]/m {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := math.Abs(t.ref[i]/n-t.cur[i]/m), math.Abs(t.ref[j]/n-t.cur[j]/m)
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	bins := make([]Bin, 0, min(k, len(order)))
	for _, i := range order[:min(k, len(order))] {
		bins = append(bins, Bin{Label: t.label(i), Reference: t.ref[i] / n, Current: t.cur[i] / m})
	}
	return bins
}
