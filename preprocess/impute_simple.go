package preprocess

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Strategy is how a column's missing values are replaced.
type Strategy int

const (
	// ImputeMean of the values.
	ImputeMean Strategy = iota
	// ImputeMedian of the values.
	ImputeMedian
	// ImputeMode value; among equally frequent ones the smallest.
	ImputeMode
	// ImputeConstant writes the value of the Fill option.
	ImputeConstant
)

var strategyNames = []string{"mean", "median", "most_frequent", "constant"}

// String returns "mean", "median", "most_frequent" or "constant".
func (s Strategy) String() string { return optionName(s, strategyNames) }

// Simple replaces the missing values of a column by one number: its mean,
// median or most frequent value, or a constant. The zero value is ready to fit,
// with the mean.
//
// Special cases: a column without any value is not written, unless KeepEmpty
// (then it is filled with 0, or the constant); if that leaves no column, Fit
// fails with mlgauge.ErrUndefined. A column that had no missing value in
// training is filled all the same.
//
// PartialFit and Merge go on from the statistic: moments for the mean, counts
// of the distinct values for the mode, and for the median a sketch, if Sketch
// was set.
//
// Definition: scikit-learn 1.9, SimpleImputer.
type Simple struct {
	Strategy Strategy
	// Fill is the constant of the strategy ImputeConstant.
	Fill float64
	// KeepEmpty writes columns without any value, too.
	KeepEmpty bool
	// Indicator appends a column of 0 and 1 for every column that had missing
	// values in training.
	Indicator bool
	// Sketch is the accuracy of the sketch that the median is taken from, at
	// least 8; 0 takes it exactly, from all rows at once.
	Sketch int

	Layout
	Statistics []float64 // what replaces a missing value, by input column

	stat   *simpleStat
	absent []bool // columns without a value in the last fit
}

// simpleStat is what Simple accumulates.
type simpleStat struct {
	rows    int
	present []int // values of each column
	mean    columnMoments
	median  columnSketch
	counts  []map[float64]int
}

func (s *Simple) check(fn string) error {
	if err := option(fn, "Strategy", s.Strategy, strategyNames); err != nil {
		return err
	}
	if math.IsInf(s.Fill, 0) || math.IsNaN(s.Fill) {
		return fmt.Errorf("%s: Fill: need a finite number, have %v: %w", fn, s.Fill, mlgauge.ErrNotFinite)
	}
	return nil
}

// Fit learns the replacements from the columns of x.
func (s *Simple) Fit(x mat.Matrix) error { return s.fit("Simple.Fit", x, false) }

// PartialFit adds the rows of x to what was fitted before. An exact median
// cannot go on (mlgauge.ErrIncompatible).
func (s *Simple) PartialFit(x mat.Matrix) error { return s.fit("Simple.PartialFit", x, true) }

func (s *Simple) fit(fn string, x mat.Matrix, more bool) error {
	if err := s.check(fn); err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	part, exact, err := s.accumulate(fn, g)
	if err != nil {
		return err
	}
	if more && s.Columns > 0 {
		if s.stat == nil || exact != nil {
			return notResumable(fn)
		}
		if part, err = s.stat.merged(fn, part); err != nil {
			return err
		}
	}
	return s.derive(fn, part, exact)
}

// accumulate returns the statistic of g, and the exact medians if these are
// wanted.
func (s *Simple) accumulate(fn string, g blas64.General) (*simpleStat, []float64, error) {
	if err := noInfAll(fn, "x", g); err != nil {
		return nil, nil, err
	}
	p := &simpleStat{rows: g.Rows, present: presence(g)}
	switch s.Strategy {
	case ImputeMean:
		p.mean = make(columnMoments, g.Cols)
		if err := addMoments(fn, p.mean, g.Data, g.Stride, g.Rows, nil); err != nil {
			return nil, nil, err
		}
	case ImputeMedian:
		if s.Sketch == 0 {
			q, err := columnQuantiles(fn, g, []float64{.5})
			if err != nil {
				return nil, nil, err
			}
			exact := make([]float64, g.Cols)
			for j := range q {
				exact[j] = q[j][0]
			}
			return p, exact, nil
		}
		var err error
		if p.median, err = columnSketch(nil).add(fn, s.Sketch, g); err != nil {
			return nil, nil, err
		}
	case ImputeMode:
		p.counts = make([]map[float64]int, g.Cols)
		for j := range p.counts {
			p.counts[j] = map[float64]int{}
			for i, o := 0, j; i < g.Rows; i, o = i+1, o+g.Stride {
				if v := g.Data[o]; v == v {
					p.counts[j][v]++
				}
			}
		}
	}
	return p, nil, nil
}

// presence counts the values of each column that are not missing.
func presence(g blas64.General) []int {
	n := make([]int, g.Cols)
	for i := range g.Rows {
		for j, v := range g.Data[i*g.Stride : i*g.Stride+g.Cols] {
			if v == v {
				n[j]++
			}
		}
	}
	return n
}

func (p *simpleStat) merged(fn string, o *simpleStat) (*simpleStat, error) {
	if err := width(fn, "x", len(p.present), len(o.present)); err != nil {
		return nil, err
	}
	m := &simpleStat{rows: p.rows + o.rows, present: slices.Clone(p.present), mean: slices.Clone(p.mean)}
	for j := range m.present {
		m.present[j] += o.present[j]
	}
	if (p.mean == nil) != (o.mean == nil) || (p.median == nil) != (o.median == nil) || (p.counts == nil) != (o.counts == nil) {
		return nil, fmt.Errorf("%s: need the strategy of the fit so far: %w", fn, mlgauge.ErrIncompatible)
	}
	for j := range m.mean {
		m.mean[j].Merge(&o.mean[j])
	}
	if p.median != nil {
		var err error
		if m.median, err = p.median.merged(fn, o.median); err != nil {
			return nil, err
		}
	}
	for j := range p.counts {
		c := make(map[float64]int, len(p.counts[j]))
		for v, n := range p.counts[j] {
			c[v] = n
		}
		for v, n := range o.counts[j] {
			c[v] += n
		}
		m.counts = append(m.counts, c)
	}
	return m, nil
}

func (s *Simple) derive(fn string, p *simpleStat, exact []float64) error {
	cols := len(p.present)
	empty, lacking := make([]bool, cols), make([]bool, cols)
	out := make([]float64, cols)
	var q [][]float64
	if p.median != nil {
		var err error
		if q, err = p.median.quantiles([]float64{.5}); err != nil {
			return err
		}
	}
	for j := range cols {
		empty[j], lacking[j] = p.present[j] == 0, p.present[j] < p.rows
		switch {
		case s.Strategy == ImputeConstant:
			out[j] = s.Fill
		case empty[j]:
			out[j] = 0
		case s.Strategy == ImputeMean:
			out[j] = p.mean[j].Mean()
		case exact != nil:
			out[j] = exact[j]
		case s.Strategy == ImputeMedian:
			out[j] = q[j][0]
		default:
			out[j] = mode(p.counts[j])
		}
		if empty[j] && !s.KeepEmpty {
			out[j] = nan
		}
	}
	l := layout(empty, lacking, s.KeepEmpty, s.Indicator)
	if len(l.Kept) == 0 {
		return nothingLeft(fn, mlgauge.ErrUndefined)
	}
	s.Layout, s.Statistics, s.stat, s.absent = l, out, p, empty
	if exact != nil {
		s.stat = nil
	}
	return nil
}

// mode returns the most frequent key, the smallest among equals.
func mode(counts map[float64]int) float64 {
	var best float64
	most := 0
	for v, n := range counts {
		if n > most || n == most && v < best {
			best, most = v, n
		}
	}
	return best
}

// Merge adds the rows that o was fitted on. Both need the same options
// (mlgauge.ErrIncompatible); s need not be fitted.
func (s *Simple) Merge(o *Simple) error {
	const fn = "Simple.Merge"
	if o.Columns == 0 {
		return check.NotFitted(fn)
	}
	if s.Strategy != o.Strategy || s.Fill != o.Fill || s.KeepEmpty != o.KeepEmpty || s.Indicator != o.Indicator || s.Sketch != o.Sketch {
		return fmt.Errorf("%s: need the same options: %w", fn, mlgauge.ErrIncompatible)
	}
	if o.stat == nil || s.Columns > 0 && s.stat == nil {
		return notResumable(fn)
	}
	p := &simpleStat{}
	if s.Columns > 0 {
		p = s.stat
	} else {
		p = &simpleStat{present: make([]int, len(o.stat.present)), mean: make(columnMoments, len(o.stat.mean))}
		if o.stat.mean == nil {
			p.mean = nil
		}
		if o.stat.counts != nil {
			p.counts = make([]map[float64]int, len(o.stat.counts))
		}
		if o.stat.median != nil {
			p.median = make(columnSketch, len(o.stat.median))
			for j := range p.median {
				p.median[j] = o.stat.median[j].Clone()
				p.median[j].Reset()
			}
		}
	}
	m, err := p.merged(fn, o.stat)
	if err != nil {
		return err
	}
	return s.derive(fn, m, nil)
}

// Reset forgets what was fitted and keeps the options.
func (s *Simple) Reset() {
	*s = Simple{Strategy: s.Strategy, Fill: s.Fill, KeepEmpty: s.KeepEmpty, Indicator: s.Indicator, Sketch: s.Sketch}
}

// Transform writes src without missing values into dst, which may be nil, and
// may be src where the width stays the same.
func (s *Simple) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	in, out := s.Widths()
	return eachRow("Simple.Transform", dst, src, in, out, s.fillRow)
}

// TransformRow writes row without missing values into dst, which may be row
// where the width stays the same.
func (s *Simple) TransformRow(dst, row []float64) error {
	const fn = "Simple.TransformRow"
	in, out := s.Widths()
	if err := rowWidths(fn, in, out, len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	s.fillRow(dst, row)
	return nil
}

func (s *Simple) fillRow(dst, row []float64) {
	s.flag(dst, row)
	for k, j := range s.Kept {
		v := row[j]
		if v != v {
			v = s.Statistics[j]
		}
		dst[k] = v
	}
}

// FeatureNames returns the names of the columns kept, then
// "missingindicator_" and the name for the indicators.
func (s *Simple) FeatureNames(in []string) ([]string, error) {
	return s.names("Simple.FeatureNames", in)
}

// MarshalBinary saves options, replacements and, if there is one, the
// statistic.
func (s *Simple) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("preprocess.simple/1")
	w.Int(int(s.Strategy))
	w.Float64(s.Fill)
	w.Bool(s.KeepEmpty)
	w.Bool(s.Indicator)
	w.Int(s.Sketch)
	w.Int(s.Columns)
	w.Ints(s.Kept)
	w.Ints(s.Indicators)
	w.Float64s(s.Statistics)
	w.Bool(s.stat != nil)
	if p := s.stat; p != nil {
		w.Int(p.rows)
		w.Ints(p.present)
		p.mean.append(w)
		p.median.append(w)
		w.Int(len(p.counts))
		for _, c := range p.counts {
			keys := make([]float64, 0, len(c))
			for v := range c {
				keys = append(keys, v)
			}
			slices.Sort(keys)
			n := make([]int, len(keys))
			for i, v := range keys {
				n[i] = c[v]
			}
			w.Float64s(keys)
			w.Ints(n)
		}
	}
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (s *Simple) UnmarshalBinary(data []byte) error {
	const fn = "Simple.UnmarshalBinary"
	r := codec.NewReader(fn, "preprocess.simple/1", data)
	t := Simple{Strategy: Strategy(r.Int()), Fill: r.Float64(), KeepEmpty: r.Bool(), Indicator: r.Bool(), Sketch: r.Int()}
	t.Layout = Layout{Columns: r.Int(), Kept: r.Ints(), Indicators: r.Ints()}
	t.Statistics = r.Float64s()
	if r.Bool() {
		p := &simpleStat{rows: r.Int(), present: r.Ints()}
		cols := len(p.present)
		if p.mean = readMoments(r); len(p.mean) == 0 {
			p.mean = nil
		}
		p.median = readSketch(r, cols, t.Sketch)
		for range r.Count(16) {
			keys, n := r.Float64s(), r.Ints()
			if len(keys) != len(n) {
				r.Fail("need as many counts as values, have %d and %d", len(n), len(keys))
				break
			}
			c := make(map[float64]int, len(keys))
			for i, v := range keys {
				if n[i] <= 0 || v*0 != 0 {
					r.Fail("need finite values with positive counts")
					break
				}
				c[v] = n[i]
			}
			p.counts = append(p.counts, c)
		}
		wants := func(n int, s Strategy) bool { return n == 0 && t.Strategy != s || n == cols && t.Strategy == s }
		if r.Err() == nil && (cols != t.Columns || !wants(len(p.mean), ImputeMean) || !wants(len(p.median), ImputeMedian) || !wants(len(p.counts), ImputeMode)) {
			r.Fail("need a statistic of the strategy for %d columns", t.Columns)
		}
		t.stat = p
	}
	if err := r.Close(); err != nil {
		return err
	}
	if err := t.restore(fn); err != nil {
		return err
	}
	*s = t
	return nil
}

func (s *Simple) restore(fn string) error {
	if err := s.check(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if err := s.Layout.restore(fn); err != nil {
		return err
	}
	if len(s.Statistics) != s.Columns {
		return jsonfloat.Corrupt(fn, "need %d statistics, have %d", s.Columns, len(s.Statistics))
	}
	for _, j := range s.Kept {
		if v := s.Statistics[j]; v*0 != 0 {
			return jsonfloat.Corrupt(fn, "column %d: need a finite statistic, have %v", j, v)
		}
	}
	return nil
}

type simpleJSON struct {
	Strategy   string          `json:"strategy"`
	Fill       float64         `json:"fill,omitempty"`
	KeepEmpty  bool            `json:"keep_empty,omitempty"`
	Indicator  bool            `json:"indicator,omitempty"`
	Sketch     int             `json:"sketch,omitempty"`
	Columns    int             `json:"columns,omitempty"`
	Kept       []int           `json:"kept,omitempty"`
	Indicators []int           `json:"indicators,omitempty"`
	Statistics jsonfloat.Slice `json:"statistics,omitempty"`
}

// MarshalJSON writes options and replacements.
func (s *Simple) MarshalJSON() ([]byte, error) {
	return json.Marshal(simpleJSON{s.Strategy.String(), s.Fill, s.KeepEmpty, s.Indicator, s.Sketch, s.Columns, s.Kept, s.Indicators, s.Statistics})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and s stays as it was.
func (s *Simple) UnmarshalJSON(data []byte) error {
	const fn = "Simple.UnmarshalJSON"
	var v simpleJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	strategy, err := parseOption[Strategy](fn, "strategy", v.Strategy, strategyNames)
	if err != nil {
		return err
	}
	t := Simple{Strategy: strategy, Fill: v.Fill, KeepEmpty: v.KeepEmpty, Indicator: v.Indicator, Sketch: v.Sketch,
		Layout: Layout{v.Columns, v.Kept, v.Indicators}, Statistics: v.Statistics}
	if err := t.restore(fn); err != nil {
		return err
	}
	*s = t
	return nil
}
