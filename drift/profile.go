package drift

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/sketch"
)

// A Kind is what a column holds.
type Kind uint8

const (
	// Unknown: no values seen yet, and none declared.
	Unknown Kind = iota
	// Numeric: numbers, NaN where missing.
	Numeric
	// Categorical: text.
	Categorical
)

// String returns "unknown", "numeric" or "categorical".
func (k Kind) String() string {
	switch k {
	case Numeric:
		return "numeric"
	case Categorical:
		return "categorical"
	}
	return "unknown"
}

// Profile is what is kept of a column in order to hold other data against it
// later: of numbers the count of values, missing ones and infinities, the moments,
// the extremes, the values themselves up to Keep and a KLL sketch of them beyond,
// the counts of the distinct values up to 32 of them, and the counts in Edges; of
// text the count of each category.
//
// Profiles of parts of a column merge to the profile of the whole: counts exactly,
// moments to within rounding, sketched ranks to within RankError. The zero value
// is ready; the first Add decides the kind. Set the options before that. Copying a
// Profile shares its contents.
type Profile struct {
	Name string
	Keep int // numbers kept one by one before the sketch takes over; 0 means 10,000, negative none
	K    int // accuracy of the sketch, 8 to 65,535; 0 means 1600, for ranks right to 0.3%
	// MaxCategories bounds the categories held; 0 means 100,000. Beyond twice as
	// many, the rarest are given up into Rest.
	MaxCategories int
	// Edges are of a histogram to count exactly, ascending: [e0, e1), ..., the
	// last bin closed on both sides.
	Edges []float64

	kind           Kind
	rows, missing  int
	posInf, negInf int

	m      moments.Moments
	lo, hi float64
	values []float64
	kll    *sketch.KLL
	few    distinct
	bins   []int // below Edges, in its bins, above

	counts    map[string]int
	rest      int
	restError int
}

// maxDistinct is the number of distinct numbers up to which they are counted.
const maxDistinct = 32

func (p *Profile) keep() int { return max(0, or(p.Keep, 10_000)) }

func (p *Profile) maxCategories() int { return or(p.MaxCategories, 100_000) }

// begin checks the options and fixes the kind.
func (p *Profile) begin(fn string, k Kind) error {
	if p.kind != Unknown && p.kind != k {
		return fmt.Errorf("%s: column %q: need %s values, have %s ones: %w", fn, p.Name, p.kind, k, mlgauge.ErrIncompatible)
	}
	if p.K != 0 && (p.K < sketch.MinK || p.K > sketch.MaxK) {
		return check.In(fn, "K", float64(p.K), sketch.MinK, sketch.MaxK)
	}
	if p.MaxCategories < 0 {
		return check.AtLeast(fn, "MaxCategories", p.MaxCategories, 0)
	}
	if err := checkEdges(fn, p.Edges); err != nil {
		return err
	}
	if p.bins != nil && len(p.bins) != len(p.Edges)+1 || p.bins == nil && len(p.Edges) > 0 && p.rows > 0 && p.kind == Numeric {
		return check.Length(fn, "Edges, after the first Add", max(0, len(p.bins)-1), len(p.Edges))
	}
	return nil
}

// checkEdges reports edges that are not finite and strictly ascending.
func checkEdges(fn string, edges []float64) error {
	if len(edges) == 1 {
		return fmt.Errorf("%s: Edges: need at least 2, have 1: %w", fn, mlgauge.ErrLength)
	}
	if err := check.Finite(fn, "Edges", edges); err != nil {
		return err
	}
	for i := 1; i < len(edges); i++ {
		if !(edges[i] > edges[i-1]) {
			return fmt.Errorf("%s: Edges: need ascending ones, have %v after %v: %w", fn, edges[i], edges[i-1], mlgauge.ErrRange)
		}
	}
	return nil
}

// profileBlock is the number of values that are handled at a time.
const profileBlock = 4096

// AddFloats adds numbers. NaN is missing; infinities are counted apart. It returns
// ErrIncompatible if the profile holds text, and ErrRange, ErrLength and
// ErrNotFinite for bad options.
func (p *Profile) AddFloats(x []float64) error {
	if err := p.begin("drift.Profile.AddFloats", Numeric); err != nil {
		return err
	}
	if p.kind == Unknown {
		p.kind, p.lo, p.hi = Numeric, math.Inf(1), math.Inf(-1)
		if len(p.Edges) > 0 {
			p.bins = make([]int, len(p.Edges)+1)
		}
	}
	scratch := make([]float64, 0, min(len(x), profileBlock))
	for len(x) > 0 {
		b := x[:min(len(x), profileBlock)]
		x = x[len(b):]
		p.rows += len(b)
		if notFinite(b) {
			scratch = scratch[:0]
			for _, v := range b {
				switch {
				case v*0 == 0:
					scratch = append(scratch, v)
				case v != v:
					p.missing++
				case v > 0:
					p.posInf++
				default:
					p.negInf++
				}
			}
			b = scratch
		}
		if len(b) > 0 {
			p.addFinite(b, scratch)
		}
	}
	return nil
}

// notFinite tells whether a value of x is NaN or infinite.
func notFinite(x []float64) bool {
	var s float64
	for _, v := range x {
		s += v * 0 // 0, or NaN
	}
	return s != 0
}

func (p *Profile) addFinite(b, scratch []float64) {
	moments.Add(&p.m, b)
	var lo, hi = [1]float64{p.lo}, [1]float64{p.hi}
	kernel.ColumnMinMax(b, 1, len(b), 1, lo[:], hi[:])
	p.lo, p.hi = lo[0], hi[0]
	p.few.add(b)
	if p.bins != nil {
		for _, v := range b {
			p.bins[edgeBin(p.Edges, v)]++
		}
	}
	p.hold(b, scratch)
}

// hold keeps values one by one, or gives all of them to the sketch; scratch may be b.
func (p *Profile) hold(b, scratch []float64) {
	if p.kll == nil && len(p.values)+len(b) <= p.keep() {
		p.values = append(p.values, b...)
		return
	}
	p.spill()
	// The sketch reorders what it gets.
	p.kll.AddBlock(append(scratch[:0], b...))
}

func (p *Profile) spill() {
	if p.kll == nil {
		p.kll = &sketch.KLL{K: p.K}
		for b := range slices.Chunk(p.values, profileBlock) {
			p.kll.AddBlock(b)
		}
		p.values = nil
	}
}

// edgeBin returns 0 for v below the edges, i for bin i of them counted from 1, and
// len(edges) for v above; the last edge belongs to the last bin.
func edgeBin(edges []float64, v float64) int {
	lo, hi := 0, len(edges)
	for lo < hi {
		m := (lo + hi) / 2
		if edges[m] <= v {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo == len(edges) && v == edges[lo-1] {
		return lo - 1
	}
	return lo
}

// AddStrings adds text; no string is missing. It returns ErrIncompatible if the
// profile holds numbers, and ErrRange for bad options.
func (p *Profile) AddStrings(x []string) error {
	if err := p.begin("drift.Profile.AddStrings", Categorical); err != nil {
		return err
	}
	p.text()
	p.rows += len(x)
	for _, s := range x {
		p.counts[s]++
		if len(p.counts) > 2*p.maxCategories() {
			p.prune()
		}
	}
	return nil
}

// AddCodes adds text as indices into a dictionary; a negative code is missing. It
// returns ErrRange for a code outside the dictionary, and the errors of AddStrings.
func (p *Profile) AddCodes(codes []int32, dict []string) error {
	const fn = "drift.Profile.AddCodes"
	if err := p.begin(fn, Categorical); err != nil {
		return err
	}
	counts, missing, err := countCodes(fn, codes, dict)
	if err != nil {
		return err
	}
	p.text()
	p.rows += len(codes)
	p.missing += missing
	for i, c := range counts {
		if c > 0 {
			p.counts[dict[i]] += c
			if len(p.counts) > 2*p.maxCategories() {
				p.prune()
			}
		}
	}
	return nil
}

func (p *Profile) text() {
	if p.kind == Unknown {
		p.kind, p.counts = Categorical, make(map[string]int)
	}
}

// countCodes counts how often each entry of the dictionary occurs.
func countCodes(fn string, codes []int32, dict []string) (counts []int, missing int, err error) {
	counts = make([]int, len(dict))
	for i, c := range codes {
		switch {
		case c < 0:
			missing++
		case int(c) < len(counts):
			counts[c]++
		default:
			return nil, 0, fmt.Errorf("%s: codes[%d]: need a code below %d, have %d: %w", fn, i, len(dict), c, mlgauge.ErrRange)
		}
	}
	return counts, missing, nil
}

// prune gives up the rarest categories; among equals, those later in the alphabet.
func (p *Profile) prune() {
	c := sortedCounts(p.counts)
	m := p.maxCategories()
	p.restError += c[m].Count
	for _, d := range c[m:] {
		p.rest += d.Count
		delete(p.counts, d.Value)
	}
}

// A Category is a value of a text column and how often it occurs.
type Category struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// sortedCounts orders categories by falling count, then by value.
func sortedCounts(m map[string]int) []Category {
	all := make([]Category, 0, len(m))
	for s, n := range m {
		all = append(all, Category{s, n})
	}
	slices.SortFunc(all, func(a, b Category) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		if a.Value < b.Value {
			return -1
		}
		return 1
	})
	return all
}

// Merge adds what o holds; o stays as it was. An o without rows changes nothing. It
// returns ErrIncompatible for another kind, other Edges, or another K.
func (p *Profile) Merge(o *Profile) error {
	const fn = "drift.Profile.Merge"
	if o.kind == Unknown {
		return nil
	}
	if p.kind != Unknown && (!slices.Equal(p.Edges, o.Edges) || or(p.K, sketch.DefaultK) != or(o.K, sketch.DefaultK)) {
		return fmt.Errorf("%s: column %q: need the same Edges and K: %w", fn, p.Name, mlgauge.ErrIncompatible)
	}
	if p == o {
		o = o.Clone()
	}
	if p.kind == Unknown {
		name := p.Name
		*p = *o.Clone()
		p.Name = or(name, o.Name)
		return nil
	}
	if err := p.begin(fn, o.kind); err != nil {
		return err
	}
	p.rows += o.rows
	p.missing += o.missing
	if p.kind == Categorical {
		for s, n := range o.counts {
			p.counts[s] += n
		}
		p.rest += o.rest
		p.restError += o.restError
		if len(p.counts) > 2*p.maxCategories() {
			p.prune()
		}
		return nil
	}
	p.posInf += o.posInf
	p.negInf += o.negInf
	p.m.Merge(&o.m)
	p.lo, p.hi = min(p.lo, o.lo), max(p.hi, o.hi)
	p.few.merge(&o.few)
	for i, n := range o.bins {
		p.bins[i] += n
	}
	if o.kll == nil {
		scratch := make([]float64, 0, min(len(o.values), profileBlock))
		for b := range slices.Chunk(o.values, profileBlock) {
			p.hold(b, scratch)
		}
		return nil
	}
	p.spill()
	return p.kll.Merge(o.kll)
}

// Clone returns a copy that shares nothing.
func (p *Profile) Clone() *Profile {
	c := *p
	c.Edges = slices.Clone(p.Edges)
	c.values = slices.Clone(p.values)
	c.bins = slices.Clone(p.bins)
	c.few.v, c.few.n = slices.Clone(p.few.v), slices.Clone(p.few.n)
	if p.kll != nil {
		c.kll = p.kll.Clone()
	}
	if p.counts != nil {
		c.counts = make(map[string]int, len(p.counts))
		for s, n := range p.counts {
			c.counts[s] = n
		}
	}
	return &c
}

// Reset forgets the data and keeps name and options.
func (p *Profile) Reset() {
	*p = Profile{Name: p.Name, Keep: p.Keep, K: p.K, MaxCategories: p.MaxCategories, Edges: p.Edges}
}

// Kind returns what the column holds.
func (p *Profile) Kind() Kind { return p.kind }

// Rows returns the number of rows, missing values included.
func (p *Profile) Rows() int { return p.rows }

// Missing returns the number of missing values.
func (p *Profile) Missing() int { return p.missing }

// Infinite returns how often -Inf and +Inf occur.
func (p *Profile) Infinite() (negative, positive int) { return p.negInf, p.posInf }

// Mean returns the mean of the finite numbers, NaN without any.
func (p *Profile) Mean() float64 { return p.m.Mean() }

// StdDev returns the population standard deviation (divisor n) of the finite
// numbers, NaN without any.
func (p *Profile) StdDev() float64 { return math.Sqrt(p.m.Variance(0)) }

// Range returns the least and the greatest finite number, NaN without any.
func (p *Profile) Range() (lo, hi float64) {
	if p.m.W == 0 {
		return math.NaN(), math.NaN()
	}
	return p.lo, p.hi
}

// Exact tells that every number is kept, so that quantiles and tests are exact.
func (p *Profile) Exact() bool { return p.kll == nil || p.kll.Exact() }

// RankError returns the error of a rank, as a share of the values, that is not
// exceeded in 99% of the cases: 0 while Exact.
func (p *Profile) RankError() float64 {
	if p.Exact() {
		return 0
	}
	return p.kll.RankError()
}

// Quantiles returns the quantiles of the finite numbers by linear interpolation
// between order statistics, to within RankError. It returns ErrEmpty without
// numbers, ErrRange for a q outside [0, 1].
func (p *Profile) Quantiles(q ...float64) ([]float64, error) {
	if p.kll != nil {
		return p.kll.Quantiles(q)
	}
	const fn = "drift.Profile.Quantiles"
	if err := check.NotEmpty(fn, "profile", len(p.values)); err != nil {
		return nil, err
	}
	s := sorted(p.values)
	out := make([]float64, len(q))
	for i, v := range q {
		if err := check.In(fn, "q", v, 0, 1); err != nil {
			return nil, err
		}
		out[i] = quantile7(s, v)
	}
	return out, nil
}

// Histogram returns the counts in the bins of Edges, exactly, and how many numbers
// lie below and above them; nil without Edges.
func (p *Profile) Histogram() (counts []int, below, above int) {
	if len(p.bins) == 0 {
		return nil, 0, 0
	}
	last := len(p.bins) - 1
	return slices.Clone(p.bins[1:last]), p.bins[0], p.bins[last]
}

// Distinct returns the distinct finite numbers in ascending order and how often
// each occurs; ok is false if there are more than 32.
func (p *Profile) Distinct() (values []float64, counts []int, ok bool) {
	if p.few.many {
		return nil, nil, false
	}
	return slices.Clone(p.few.v), slices.Clone(p.few.n), true
}

// Categories returns the categories by falling count, and the rows of the
// categories that were given up. While rest is 0 the counts are exact; else each is
// too low by at most undercount.
func (p *Profile) Categories() (c []Category, rest, undercount int) {
	return sortedCounts(p.counts), p.rest, p.restError
}

// distinct counts distinct numbers as long as they are few.
type distinct struct {
	v    []float64 // ascending
	n    []int
	many bool
}

func (d *distinct) add(x []float64) {
	if d.many {
		return
	}
	last, at := math.NaN(), 0
	for _, v := range x {
		if v != last {
			i, ok := slices.BinarySearch(d.v, v)
			if !ok {
				if len(d.v) == maxDistinct {
					*d = distinct{many: true}
					return
				}
				d.v, d.n = slices.Insert(d.v, i, v+0), slices.Insert(d.n, i, 0)
			}
			last, at = v, i
		}
		d.n[at]++
	}
}

func (d *distinct) merge(o *distinct) {
	if d.many || o.many {
		*d = distinct{many: true}
		return
	}
	for k, v := range o.v {
		i, ok := slices.BinarySearch(d.v, v)
		if !ok {
			if len(d.v) == maxDistinct {
				*d = distinct{many: true}
				return
			}
			d.v, d.n = slices.Insert(d.v, i, v), slices.Insert(d.n, i, 0)
		}
		d.n[i] += o.n[k]
	}
}
