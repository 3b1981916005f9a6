package quality

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/sketch"
	"github.com/mlgauge/mlgauge/table"
)

// SketchK is the accuracy of the quantile sketches, that of Model Monitor's.
const SketchK = 2048

// A Column is what a Profile keeps of one column. Its numbers are the finite
// values of a Float column, and those texts of a String column that are numbers;
// infinities are present but in no numeric statistic.
type Column struct {
	name string
	kind table.Type

	rows, missing int
	types         TypeCounts

	m                moments.Moments
	lo, hi           float64
	zeros, negatives int
	infinite         int
	kll              *sketch.KLL
	distinct         distinct
	top              counter

	lengths           moments.Moments
	shortest, longest int
	empty, blank      int
	patterns          counter

	// of the batch
	finite  []float64
	counts  []uint64
	hashes  []uint64
	values  []float64
	weights []float64
	pattern []byte
}

func newColumn(name string, kind table.Type) *Column {
	return &Column{name: name, kind: kind, kll: &sketch.KLL{K: SketchK}, patterns: counter{limit: 256}}
}

// Name returns the name of the column.
func (c *Column) Name() string { return c.name }

// Kind returns table.Float or table.String.
func (c *Column) Kind() table.Type { return c.kind }

// Rows returns the number of rows, missing values included.
func (c *Column) Rows() int { return c.rows }

// Missing returns the number of missing values.
func (c *Column) Missing() int { return c.missing }

// Present returns the number of values that are not missing.
func (c *Column) Present() int { return c.rows - c.missing }

// Completeness returns present / rows, 0 without rows.
func (c *Column) Completeness() float64 {
	if c.rows == 0 {
		return 0
	}
	return float64(c.Present()) / float64(c.rows)
}

// Types returns how many values are of each type. The numbers of a Float column
// are judged by value, since their text is gone: 1.0 is Integral.
func (c *Column) Types() TypeCounts { return c.types }

// InferredType returns Types().Infer().
func (c *Column) InferredType() ValueType { return c.types.Infer() }

// Numbers summarises the numbers of a column.
type Numbers struct {
	Count              int // finite numbers
	Mean, Sum          float64
	StdDev             float64 // of the population
	Min, Max           float64
	Skewness, Kurtosis float64 // of the population, the kurtosis in excess of 3; NaN if StdDev is 0
	Zeros, Negatives   int
	Infinite           int // left out of the others
}

// Numbers returns the summary of the numbers. The error wraps ErrEmpty if there
// is no finite one.
func (c *Column) Numbers() (Numbers, error) {
	if c.m.W == 0 {
		return Numbers{}, fmt.Errorf("Column.Numbers: column %q: need a finite number, have none: %w", c.name, mlgauge.ErrEmpty)
	}
	mean := c.m.Mean()
	n := Numbers{
		Count: int(c.m.W), Mean: mean, Sum: mean * c.m.W, StdDev: math.Sqrt(c.m.Variance(0)), Min: c.lo, Max: c.hi,
		Skewness: c.m.Skewness(), Kurtosis: c.m.Kurtosis(), Zeros: c.zeros, Negatives: c.negatives, Infinite: c.infinite,
	}
	if c.lo == c.hi { // rounding must not give a constant a spread
		n.Mean, n.StdDev, n.Skewness, n.Kurtosis = c.lo, 0, math.NaN(), math.NaN()
	}
	return n, nil
}

// Quantiles returns the p-quantiles of the numbers, by linear interpolation. They
// are exact up to about 2,048 numbers; beyond, their ranks are right to RankError.
// The error wraps ErrEmpty without numbers, ErrRange for p outside [0, 1].
func (c *Column) Quantiles(p ...float64) ([]float64, error) { return c.kll.Quantiles(p) }

// RankError returns the error of a quantile's rank that is not exceeded in 99% of
// the cases, as a share of the numbers; 0 while quantiles are exact.
func (c *Column) RankError() float64 {
	if c.kll.Exact() {
		return 0
	}
	return c.kll.RankError()
}

// Histogram returns the counts of the numbers in bins of equal width on [Min,
// Max], from the sketch, and the edges, one more than bins. The error wraps ErrEmpty
// without numbers, ErrRange for bins below 1 or above a million.
func (c *Column) Histogram(bins int) (edges, counts []float64, err error) {
	const fn = "Column.Histogram"
	if err := check.In(fn, "bins", float64(bins), 1, 1e6); err != nil {
		return nil, nil, err
	}
	if c.m.W == 0 {
		return nil, nil, check.NotEmpty(fn, "numbers", 0)
	}
	d := weighted(c.kll.Levels())
	edges = make([]float64, bins+1)
	for i := range edges {
		edges[i] = edge(c.lo, c.hi, i, bins)
	}
	return edges, d.bins(edges), nil
}

// Distinct returns the number of different values: exact up to 2,048 of them,
// beyond an estimate with a standard error of DistinctError.
func (c *Column) Distinct() (n float64, exact bool) {
	n, exact = c.distinct.count()
	return math.Min(n, float64(c.Present())), exact
}

// Top returns the n most frequent values, the most frequent first; fewer if there
// are fewer. Their counts are exact for a column of at most 1,024 different values,
// otherwise bounded by Error, at most 0.2% of the values. Infinities do not count.
func (c *Column) Top(n int) []Frequent {
	all := c.top.all(func(key uint64) string { return number(math.Float64frombits(key)) })
	return all[:max(0, min(n, len(all)))]
}

// Texts summarises the texts of a String column; lengths are in characters.
type Texts struct {
	Count             int
	Shortest, Longest int
	MeanLength        float64
	Empty             int // of length 0
	Blank             int // of spaces only, the empty ones included
}

// Texts returns the summary of the texts. The error wraps ErrEmpty if there is
// none, as in a Float column.
func (c *Column) Texts() (Texts, error) {
	if c.lengths.W == 0 {
		return Texts{}, fmt.Errorf("Column.Texts: column %q: need a text, have none: %w", c.name, mlgauge.ErrEmpty)
	}
	return Texts{Count: int(c.lengths.W), Shortest: c.shortest, Longest: c.longest, MeanLength: c.lengths.Mean(), Empty: c.empty, Blank: c.blank}, nil
}

// Patterns returns the n most frequent shapes of the texts: letters written as A
// and a, digits as 9, runs of one as A+, a+ and 9+, other characters as they are;
// shapes longer than 40 bytes are cut. "AB-1234" has the shape "A+-9+".
func (c *Column) Patterns(n int) []Frequent {
	all := c.patterns.all(nil)
	return all[:max(0, min(n, len(all)))]
}

// number writes a float in its shortest form.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// addCodes adds a batch of texts. Each text of the dictionary is looked at once.
func (c *Column) addCodes(codes []int32, dict []string) {
	c.rows += len(codes)
	c.counts = append(c.counts[:0], make([]uint64, len(dict))...)
	for _, k := range codes {
		if k < 0 {
			c.missing++
			continue
		}
		c.counts[k]++
	}
	c.values, c.weights = c.values[:0], c.weights[:0]
	var lengths, times []float64
	c.hashes = append(c.hashes[:0], make([]uint64, len(dict))...)
	for k, n := range c.counts {
		s := dict[k]
		h := xxh3.HashString(s)
		c.hashes[k] = h
		if n == 0 {
			continue
		}
		t := TypeOf(s)
		c.types.add(t, int(n))
		if t == Fractional || t == Integral {
			if v, err := strconv.ParseFloat(strings.Replace(s, " ", "", 1), 64); err == nil {
				c.values = append(c.values, v)
				c.weights = append(c.weights, float64(n))
			} else {
				c.infinite += int(n)
			}
		}
		c.distinct.add(h)
		c.top.addText(s, h, n)
		length := utf8.RuneCountInString(s)
		if c.lengths.W == 0 && len(lengths) == 0 {
			c.shortest, c.longest = length, length
		}
		c.shortest, c.longest = min(c.shortest, length), max(c.longest, length)
		lengths = append(lengths, float64(length))
		times = append(times, float64(n))
		if strings.TrimSpace(s) == "" {
			c.blank += int(n)
			if s == "" {
				c.empty += int(n)
			}
		}
		c.pattern = appendPattern(c.pattern[:0], s)
		key := xxh3.Hash(c.pattern)
		i := c.patterns.add(key, mix(key), n)
		if len(c.patterns.texts) != len(c.patterns.slots) {
			c.patterns.texts = make([]string, len(c.patterns.slots))
		}
		if c.patterns.slots[i].count == n {
			c.patterns.texts[i] = string(c.pattern)
		}
	}
	c.top.keep()
	moments.AddWeighted(&c.lengths, lengths, times)
	if len(c.values) == 0 {
		return
	}
	c.extremes(c.values)
	moments.AddWeighted(&c.m, c.values, c.weights)
	for i, v := range c.values {
		if v > 0 {
			continue
		}
		if v == 0 {
			c.zeros += int(c.weights[i])
		} else {
			c.negatives += int(c.weights[i])
		}
	}
	c.sketchRepeated()
}

// appendPattern writes the shape of s.
func appendPattern(b []byte, s string) []byte {
	const most = 40
	var last rune
	run := false
	for _, r := range s {
		class := r
		switch {
		case r >= '0' && r <= '9':
			class = '9'
		case r >= 'a' && r <= 'z':
			class = 'a'
		case r >= 'A' && r <= 'Z':
			class = 'A'
		case r >= utf8.RuneSelf:
			class = 'a' // most letters beyond ASCII
		}
		letter := class == '9' || class == 'a' || class == 'A'
		if letter && class == last {
			if !run {
				b = append(b, '+')
				run = true
			}
			continue
		}
		last, run = class, false
		if len(b) >= most {
			return append(b, "..."...)
		}
		b = utf8.AppendRune(b, class)
	}
	return b
}

// merge adds what o holds. o stays as it was.
func (c *Column) merge(o *Column) error {
	if c.kind != o.kind {
		return fmt.Errorf("Profile.Merge: column %q: need %s values, have %s ones: %w", c.name, c.kind, o.kind, mlgauge.ErrIncompatible)
	}
	switch {
	case o.m.W == 0:
	case c.m.W == 0:
		c.lo, c.hi = o.lo, o.hi
	default:
		c.lo, c.hi = min(c.lo, o.lo), max(c.hi, o.hi)
	}
	switch {
	case o.lengths.W == 0:
	case c.lengths.W == 0:
		c.shortest, c.longest = o.shortest, o.longest
	default:
		c.shortest, c.longest = min(c.shortest, o.shortest), max(c.longest, o.longest)
	}
	c.rows += o.rows
	c.missing += o.missing
	c.types.merge(o.types)
	c.m.Merge(&o.m)
	c.zeros += o.zeros
	c.negatives += o.negatives
	c.infinite += o.infinite
	if err := c.kll.Merge(o.kll); err != nil {
		return err
	}
	c.distinct.merge(&o.distinct)
	c.top.merge(&o.top)
	c.lengths.Merge(&o.lengths)
	c.empty += o.empty
	c.blank += o.blank
	c.patterns.merge(&o.patterns)
	return nil
}

func (c *Column) append(w *codec.Writer) {
	w.String(c.name)
	w.Int(int(c.kind))
	w.Ints([]int{c.rows, c.missing, c.types.Fractional, c.types.Integral, c.types.Boolean, c.types.String,
		c.zeros, c.negatives, c.infinite, c.shortest, c.longest, c.empty, c.blank})
	w.Float64(c.lo)
	w.Float64(c.hi)
	c.m.Append(w)
	c.lengths.Append(w)
	c.kll.Append(w)
	c.distinct.append(w)
	c.top.append(w)
	c.patterns.append(w)
}

func readColumn(r *codec.Reader) *Column {
	c := newColumn(r.String(), table.Type(r.Int()))
	if c.kind != table.Float && c.kind != table.String {
		r.Fail("column %q: need a float or string column, have type %d", c.name, c.kind)
	}
	n := r.Ints()
	if r.Err() == nil && len(n) != 13 {
		r.Fail("column %q: need 13 counts, have %d", c.name, len(n))
	}
	if r.Err() != nil {
		return c
	}
	for _, v := range n {
		if v < 0 {
			r.Fail("column %q: need counts of at least 0, have %d", c.name, v)
		}
	}
	c.rows, c.missing, c.zeros, c.negatives, c.infinite = n[0], n[1], n[6], n[7], n[8]
	c.types = TypeCounts{n[2], n[3], n[4], n[5]}
	c.shortest, c.longest, c.empty, c.blank = n[9], n[10], n[11], n[12]
	c.lo, c.hi = r.Float64(), r.Float64()
	c.m, c.lengths = moments.Read(r), moments.Read(r)
	c.kll = sketch.Read(r)
	c.distinct, c.top, c.patterns = readDistinct(r), readCounter(r), readCounter(r)
	if r.Err() != nil {
		return c
	}
	switch {
	case c.missing > c.rows || c.types.total() != c.rows-c.missing:
		r.Fail("column %q: need counts of types that add up to the values, have %d for %d", c.name, c.types.total(), c.rows-c.missing)
	case float64(c.kll.N()) != c.m.W || c.kll.K != SketchK:
		r.Fail("column %q: need a sketch of %v numbers, have %d", c.name, c.m.W, c.kll.N())
	case c.m.W > 0 && !(c.lo <= c.hi && c.lo == c.kll.Min() && c.hi == c.kll.Max()):
		r.Fail("column %q: need extremes in order, have %v and %v", c.name, c.lo, c.hi)
	}
	return c
}
