package preprocess

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
)

// A Closed says which ends of a window belong to it.
type Closed int

const (
	// ClosedRight ends with the row itself: the last Window rows.
	ClosedRight Closed = iota
	// ClosedLeft ends before the row: the Window rows before it, so that a row's
	// feature does not see the row.
	ClosedLeft
	// ClosedBoth has both ends: Window + 1 rows.
	ClosedBoth
	// ClosedNeither has neither: Window - 1 rows.
	ClosedNeither
)

// Rolling computes statistics over a window of rows that moves with the row.
// Rows are in the order of time.
//
// NaN and the infinities are missing, as in pandas: a window's statistic is that
// of the values that are present, and NaN if there are fewer than MinPeriods of
// them. Every method writes one value per row into dst, which may be nil or x, and
// returns it; each takes O(1) per row, or O(log Window) for quantiles, and none
// subtracts what leaves the window, so results do not drift.
//
// Source: pandas 3.1 Series.rolling.
type Rolling struct {
	Window int `json:"window,omitempty"` // number of rows, at least 1
	// MinPeriods is the least number of values; 0 means Window, and a negative
	// number means none.
	MinPeriods int `json:"min_periods,omitempty"`
	// Center puts the row into the middle of the window.
	Center bool   `json:"center,omitempty"`
	Closed Closed `json:"closed,omitempty"`
}

// Expanding computes statistics over all rows up to the row itself. Otherwise
// as Rolling.
//
// Source: pandas 3.1 Series.expanding.
type Expanding struct {
	// MinPeriods is the least number of values; 0 means 1, and a negative number
	// means none.
	MinPeriods int `json:"min_periods,omitempty"`
}

// spans describes the windows of a series: row i has the values from i + from,
// length of them; length 0 with grow set means all values up to row i.
type spans struct {
	x            []float64
	dst          []float64
	from, length int
	grow         bool
	least        int
}

func (r Rolling) spans(fn string, dst, x []float64) (spans, error) {
	if err := check.AtLeast(fn, "Window", r.Window, 1); err != nil {
		return spans{}, err
	}
	if r.Closed < ClosedRight || r.Closed > ClosedNeither {
		return spans{}, check.Option(fn, "Closed", r.Closed)
	}
	if r.MinPeriods > r.Window {
		return spans{}, check.In(fn, "MinPeriods", float64(r.MinPeriods), math.Inf(-1), float64(r.Window))
	}
	out, err := seriesOut(fn, dst, x)
	if err != nil {
		return spans{}, err
	}
	s := spans{x: x, dst: out, least: max(r.MinPeriods, 0), from: 1 - r.Window, length: r.Window}
	if r.MinPeriods == 0 {
		s.least = r.Window
	}
	if r.Closed == ClosedLeft || r.Closed == ClosedBoth {
		s.from--
	}
	switch r.Closed {
	case ClosedBoth:
		s.length++
	case ClosedNeither:
		s.length--
	}
	if r.Center {
		s.from += (r.Window - 1) / 2
	}
	// Windows far wider than the series hold no more than the series.
	n := len(x)
	if s.from < -n {
		s.length += s.from + n
		s.from = -n
	}
	s.length = max(min(s.length, n-s.from), 0)
	return s.own(), nil
}

func (e Expanding) spans(fn string, dst, x []float64) (spans, error) {
	out, err := seriesOut(fn, dst, x)
	if err != nil {
		return spans{}, err
	}
	s := spans{x: x, dst: out, grow: true, least: max(e.MinPeriods, 0)}
	if e.MinPeriods == 0 {
		s.least = 1
	}
	return s.own(), nil
}

// own copies x where the results are to be written over it.
func (s spans) own() spans {
	if &s.dst[0] == &s.x[0] {
		s.x = append([]float64(nil), s.x...)
	}
	return s
}

// at returns the value at place k, and whether there is one.
func (s *spans) at(k int) (float64, bool) {
	if uint(k) >= uint(len(s.x)) {
		return 0, false
	}
	v := s.x[k]
	return v, v*0 == 0
}

// Every window of length L that moves by one place is the end of one block of L
// places and the beginning of the next (van Herk, Gil and Werman). So it is two
// accumulations, one taken backwards over the block before, once per L rows,
// and one that grows: nothing has to be taken out of a sum.

// sums calls out with the sum and number of the values of every window.
func (s *spans) sums(out func(i int, sum float64, n int)) {
	type acc struct {
		sum float64
		n   int
	}
	if s.grow {
		var a acc
		var c float64 // what the additions lost (Neumaier)
		for i := range s.x {
			if v, ok := s.at(i); ok {
				t := a.sum + v
				switch {
				case t*0 != 0: // an overflow, which nothing can compensate
				case math.Abs(a.sum) >= math.Abs(v):
					c += (a.sum - t) + v
				default:
					c += (v - t) + a.sum
				}
				a.sum = t
				a.n++
			}
			out(i, a.sum+c, a.n)
		}
		return
	}
	tail := make([]acc, s.length+1)
	var head acc
	for i, o := 0, 0; i < len(s.x); i++ {
		if o == 0 {
			tail[s.length] = acc{}
			for k := s.length - 1; k >= 0; k-- {
				tail[k] = tail[k+1]
				if v, ok := s.at(i + s.from + k); ok {
					tail[k].sum += v
					tail[k].n++
				}
			}
			head = acc{}
		} else if v, ok := s.at(i + s.from + s.length - 1); ok {
			head.sum += v
			head.n++
		}
		out(i, tail[o].sum+head.sum, tail[o].n+head.n)
		if o++; o >= s.length {
			o = 0
		}
	}
}

// deviation is the number, mean and sum of squared deviations of values.
type deviation struct{ n, mean, m2 float64 }

func (a deviation) add(v float64) deviation {
	a.n++
	d := v - a.mean
	a.mean += d / a.n
	a.m2 += float64(d * (v - a.mean))
	return a
}

func (a deviation) merge(b deviation) deviation {
	if a.n == 0 {
		return b
	}
	if b.n == 0 {
		return a
	}
	n := a.n + b.n
	d := b.mean - a.mean
	f := b.n / n
	return deviation{n, a.mean + float64(d*f), a.m2 + b.m2 + float64(d*d)*(a.n*f)}
}

// deviations calls out with the deviation of every window. Values are taken as
// differences to one of them, so that a large mean costs no digits.
func (s *spans) deviations(out func(i int, a deviation)) {
	if s.grow {
		var a deviation
		var c float64
		for i := range s.x {
			if v, ok := s.at(i); ok {
				if a.n == 0 {
					c = v
				}
				a = a.add(v - c)
			}
			out(i, a)
		}
		return
	}
	tail := make([]deviation, s.length+1)
	var head deviation
	var c float64
	for i, o := 0, 0; i < len(s.x); i++ {
		if o == 0 {
			for k := range 2 * s.length {
				if v, ok := s.at(i + s.from + k); ok {
					c = v
					break
				}
			}
			tail[s.length] = deviation{}
			for k := s.length - 1; k >= 0; k-- {
				tail[k] = tail[k+1]
				if v, ok := s.at(i + s.from + k); ok {
					tail[k] = tail[k].add(v - c)
				}
			}
			head = deviation{}
		} else if v, ok := s.at(i + s.from + s.length - 1); ok {
			head = head.add(v - c)
		}
		out(i, tail[o].merge(head))
		if o++; o >= s.length {
			o = 0
		}
	}
}

// extremes writes the minimum of sign * x, times sign, of every window.
func (s *spans) extremes(sign float64) []float64 {
	type acc struct {
		lo float64
		n  int
	}
	none := acc{lo: math.Inf(1)}
	put := func(i int, a, b acc) {
		s.dst[i] = nan
		if n := a.n + b.n; n >= max(s.least, 1) {
			s.dst[i] = sign * min(a.lo, b.lo)
		}
	}
	if s.grow {
		a := none
		for i := range s.x {
			if v, ok := s.at(i); ok {
				a.lo = min(a.lo, sign*v)
				a.n++
			}
			put(i, a, none)
		}
		return s.dst
	}
	tail := make([]acc, s.length+1)
	head := none
	for i, o := 0, 0; i < len(s.x); i++ {
		if o == 0 {
			tail[s.length] = none
			for k := s.length - 1; k >= 0; k-- {
				tail[k] = tail[k+1]
				if v, ok := s.at(i + s.from + k); ok {
					tail[k].lo = min(tail[k].lo, sign*v)
					tail[k].n++
				}
			}
			head = none
		} else if v, ok := s.at(i + s.from + s.length - 1); ok {
			head.lo = min(head.lo, sign*v)
			head.n++
		}
		put(i, tail[o], head)
		if o++; o >= s.length {
			o = 0
		}
	}
	return s.dst
}

func (s *spans) sum() []float64 {
	s.sums(func(i int, sum float64, n int) {
		s.dst[i] = nan
		if n >= s.least {
			s.dst[i] = sum
		}
	})
	return s.dst
}

func (s *spans) mean() []float64 {
	s.sums(func(i int, sum float64, n int) {
		s.dst[i] = nan
		if n >= max(s.least, 1) {
			s.dst[i] = sum / float64(n)
		}
	})
	return s.dst
}

// count is the sum of a series that is 1 where there is a value: the rows
// themselves are what MinPeriods is held against.
func (s *spans) count() []float64 {
	is := make([]float64, len(s.x))
	for i, v := range s.x {
		is[i] = flag(v == v)
	}
	s.x = is
	return s.sum()
}

func (s *spans) variance(ddof float64, root bool) []float64 {
	s.deviations(func(i int, a deviation) {
		s.dst[i] = nan
		if a.n >= float64(max(s.least, 1)) && a.n > ddof {
			s.dst[i] = a.m2 / (a.n - ddof)
			if root {
				s.dst[i] = math.Sqrt(s.dst[i])
			}
		}
	})
	return s.dst
}

// ddofOK reports degrees of freedom that are negative or not finite.
func ddofOK(fn string, ddof float64) error {
	return check.In(fn, "ddof", ddof, 0, math.MaxInt32)
}

// Count returns the number of values in the window. As in pandas, an infinity is
// a value here, and MinPeriods is the least number of rows in the window, with a
// value or not.
func (r Rolling) Count(dst, x []float64) ([]float64, error) {
	s, err := r.spans("Rolling.Count", dst, x)
	if err != nil {
		return nil, err
	}
	return s.count(), nil
}

// Sum returns the sum of the values in the window; 0 for a window without values
// where MinPeriods allows it.
func (r Rolling) Sum(dst, x []float64) ([]float64, error) {
	s, err := r.spans("Rolling.Sum", dst, x)
	if err != nil {
		return nil, err
	}
	return s.sum(), nil
}

// Mean returns the mean of the values in the window.
func (r Rolling) Mean(dst, x []float64) ([]float64, error) {
	s, err := r.spans("Rolling.Mean", dst, x)
	if err != nil {
		return nil, err
	}
	return s.mean(), nil
}

// Var returns the variance of the n values in the window, with divisor n - ddof
// (1 for the sample variance, which is pandas' default); NaN where that is not
// positive.
func (r Rolling) Var(dst, x []float64, ddof float64) ([]float64, error) {
	return r.variance("Rolling.Var", dst, x, ddof, false)
}

// Std returns the square root of Var.
func (r Rolling) Std(dst, x []float64, ddof float64) ([]float64, error) {
	return r.variance("Rolling.Std", dst, x, ddof, true)
}

func (r Rolling) variance(fn string, dst, x []float64, ddof float64, root bool) ([]float64, error) {
	s, err := r.spans(fn, dst, x)
	if err != nil {
		return nil, err
	}
	if err := ddofOK(fn, ddof); err != nil {
		return nil, err
	}
	return s.variance(ddof, root), nil
}

// Min returns the smallest value in the window.
func (r Rolling) Min(dst, x []float64) ([]float64, error) {
	s, err := r.spans("Rolling.Min", dst, x)
	if err != nil {
		return nil, err
	}
	return s.extremes(1), nil
}

// Max returns the largest value in the window.
func (r Rolling) Max(dst, x []float64) ([]float64, error) {
	s, err := r.spans("Rolling.Max", dst, x)
	if err != nil {
		return nil, err
	}
	return s.extremes(-1), nil
}

// Median returns the median of the values in the window.
func (r Rolling) Median(dst, x []float64) ([]float64, error) {
	s, err := r.spans("Rolling.Median", dst, x)
	if err != nil {
		return nil, err
	}
	return s.quantiles(0.5, Linear), nil
}

// Quantile returns the q-quantile of the values in the window, q in [0, 1].
func (r Rolling) Quantile(dst, x []float64, q float64, how Interpolation) ([]float64, error) {
	const fn = "Rolling.Quantile"
	s, err := r.spans(fn, dst, x)
	if err != nil {
		return nil, err
	}
	if err := quantileOK(fn, q, how); err != nil {
		return nil, err
	}
	return s.quantiles(q, how), nil
}

// Count returns the number of values so far; see Rolling.Count.
func (e Expanding) Count(dst, x []float64) ([]float64, error) {
	s, err := e.spans("Expanding.Count", dst, x)
	if err != nil {
		return nil, err
	}
	return s.count(), nil
}

// Sum returns the sum of the values so far.
func (e Expanding) Sum(dst, x []float64) ([]float64, error) {
	s, err := e.spans("Expanding.Sum", dst, x)
	if err != nil {
		return nil, err
	}
	return s.sum(), nil
}

// Mean returns the mean of the values so far.
func (e Expanding) Mean(dst, x []float64) ([]float64, error) {
	s, err := e.spans("Expanding.Mean", dst, x)
	if err != nil {
		return nil, err
	}
	return s.mean(), nil
}

// Var returns the variance of the n values so far, with divisor n - ddof.
func (e Expanding) Var(dst, x []float64, ddof float64) ([]float64, error) {
	return e.variance("Expanding.Var", dst, x, ddof, false)
}

// Std returns the square root of Var.
func (e Expanding) Std(dst, x []float64, ddof float64) ([]float64, error) {
	return e.variance("Expanding.Std", dst, x, ddof, true)
}

func (e Expanding) variance(fn string, dst, x []float64, ddof float64, root bool) ([]float64, error) {
	s, err := e.spans(fn, dst, x)
	if err != nil {
		return nil, err
	}
	if err := ddofOK(fn, ddof); err != nil {
		return nil, err
	}
	return s.variance(ddof, root), nil
}

// Min returns the smallest value so far.
func (e Expanding) Min(dst, x []float64) ([]float64, error) {
	s, err := e.spans("Expanding.Min", dst, x)
	if err != nil {
		return nil, err
	}
	return s.extremes(1), nil
}

// Max returns the largest value so far.
func (e Expanding) Max(dst, x []float64) ([]float64, error) {
	s, err := e.spans("Expanding.Max", dst, x)
	if err != nil {
		return nil, err
	}
	return s.extremes(-1), nil
}

// Median returns the median of the values so far.
func (e Expanding) Median(dst, x []float64) ([]float64, error) {
	s, err := e.spans("Expanding.Median", dst, x)
	if err != nil {
		return nil, err
	}
	return s.quantiles(0.5, Linear), nil
}

// Quantile returns the q-quantile of the values so far, q in [0, 1].
func (e Expanding) Quantile(dst, x []float64, q float64, how Interpolation) ([]float64, error) {
	const fn = "Expanding.Quantile"
	s, err := e.spans(fn, dst, x)
	if err != nil {
		return nil, err
	}
	if err := quantileOK(fn, q, how); err != nil {
		return nil, err
	}
	return s.quantiles(q, how), nil
}

func quantileOK(fn string, q float64, how Interpolation) error {
	if how < Linear || how > Nearest {
		return check.Option(fn, "how", fmt.Sprint(int(how)))
	}
	return check.In(fn, "q", q, 0, 1)
}
