package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"
)

// Scores holds a score per column and its p-value.
type Scores struct {
	Scores Floats
	P      Floats // nil where the score has no distribution
}

// ClassMoments is the statistic of columns by class, from which the F test and
// the chi-squared test are derived: weight, mean and variance of every column in
// every class. The zero value is ready.
type ClassMoments struct {
	classes  []int // ascending
	m        [][]moments.Moments
	negative bool // a value below 0 was added
}

// Add adds the rows of src, of the given classes (see Codes for labels of other
// types). It reports an empty matrix, lengths that differ, NaN and infinities.
func (c *ClassMoments) Add(src mat.Matrix, classes []int) error {
	return c.add("ClassMoments.Add", src, classes, nil)
}

// AddWeighted is Add with a weight of at least 0 per row; a weight of 2 is a row
// added twice.
func (c *ClassMoments) AddWeighted(src mat.Matrix, classes []int, weights []float64) error {
	const fn = "ClassMoments.AddWeighted"
	g, err := view(fn, "src", src)
	if err != nil {
		return err
	}
	if err := check.Weights(fn, "weights", g.Rows, weights); err != nil {
		return err
	}
	return c.add(fn, src, classes, weights)
}

func (c *ClassMoments) add(fn string, src mat.Matrix, classes []int, weights []float64) error {
	g, err := view(fn, "src", src)
	if err != nil {
		return err
	}
	rows, cols := g.Rows, g.Cols
	if err := check.Length(fn, "classes", rows, len(classes)); err != nil {
		return err
	}
	if len(c.m) > 0 {
		if err := check.Length(fn, "columns of src", len(c.m[0]), cols); err != nil {
			return err
		}
	}
	names, codes := classCodes(classes, weights)
	// Parts depend on the data only, and are merged in their order.
	parts := max(1, min(classParts, rows/classRows, rows/(16*max(len(names), 1))))
	sums, errs := make([]ClassMoments, parts), make([]error, parts)
	one := func(k int) {
		lo, hi := k*rows/parts, (k+1)*rows/parts
		sums[k] = ClassMoments{classes: names}
		errs[k] = sums[k].addRows(fn, g, codes, weights, lo, hi)
	}
	if rows*cols < parallel.MinElements {
		for k := range parts {
			one(k)
		}
	} else {
		parallel.Each(parts, one)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	for k := range sums[1:] {
		sums[0].merge(&sums[k+1])
	}
	c.merge(&sums[0])
	return nil
}

const (
	classRows  = 1 << 14 // rows that are sorted by class at a time
	classParts = 16
)

// classCodes returns the classes of the rows whose weight is not 0, ascending, and the
// place of each row's class among them, -1 for the other rows.
func classCodes(classes []int, weights []float64) (names []int, codes []int32) {
	at := make(map[int]int32)
	codes = make([]int32, len(classes))
	var recent [256]struct { // spares most ways to the map
		class int
		code  int32 // from 1
	}
	for i, k := range classes {
		if weights != nil && weights[i] == 0 {
			codes[i] = -1
			continue
		}
		r := &recent[uint(k)%256]
		if r.class != k || r.code == 0 {
			code, ok := at[k]
			if !ok {
				code = int32(len(names))
				at[k] = code
				names = append(names, k)
			}
			r.class, r.code = k, code+1
		}
		codes[i] = r.code - 1
	}
	place := make([]int32, len(names))
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	for k, name := range sorted {
		place[at[name]] = int32(k)
	}
	for i, k := range codes {
		if k >= 0 {
			codes[i] = place[k]
		}
	}
	return sorted, codes
}

// addRows adds rows lo to hi of a matrix, whose classes have codes: they are
// sorted by class, so that each class is a matrix of its own.
func (c *ClassMoments) addRows(fn string, g blas64.General, codes []int32, weights []float64, lo, hi int) error {
	cols := g.Cols
	c.m = make([][]moments.Moments, len(c.classes))
	for a := range c.m {
		c.m[a] = make([]moments.Moments, cols)
	}
	size := min(classRows, hi-lo)
	byClass, w := getRow(size*cols), getRow(size)
	defer rowPool.Put(byClass)
	defer rowPool.Put(w)
	ends := make([]int, len(c.classes))
	for ; lo < hi; lo += size {
		rows := min(size, hi-lo)
		clear(ends)
		for _, k := range codes[lo : lo+rows] {
			if k >= 0 {
				ends[k]++
			}
		}
		at := 0
		for k, n := range ends {
			ends[k] = at
			at += n
		}
		for i, k := range codes[lo : lo+rows] {
			row := rowOf(g, lo+i)
			if !kernel.AllFinite(row) {
				return finite(fn, "src", g)
			}
			if k < 0 {
				continue
			}
			to := ends[k]
			ends[k]++
			copy((*byClass)[to*cols:(to+1)*cols], row)
			if weights != nil {
				(*w)[to] = weights[lo+i]
			}
		}
		if at > 0 {
			least, _, _ := kernel.Extremes((*byClass)[:at*cols])
			c.negative = c.negative || least < 0
		}
		from := 0
		for k, to := range ends {
			var of []float64
			if weights != nil {
				of = (*w)[from:to]
			}
			if err := addSegment(fn, c.m[k], (*byClass)[from*cols:], cols, 0, to-from, of); err != nil {
				return c.overflow(fn, k)
			}
			from = to
		}
	}
	return nil
}

// overflow is the error for squares of a class that left the numbers.
func (c *ClassMoments) overflow(fn string, k int) error {
	j := slices.IndexFunc(c.m[k], func(m moments.Moments) bool { return m.M2*0 != 0 })
	return fmt.Errorf("%s: src: need squares that do not overflow, have a larger one in column %d: %w", fn, max(j, 0), mlgauge.ErrNotFinite)
}

// Merge adds what o holds; o stays as it was. It reports statistics of different
// width (ErrIncompatible).
func (c *ClassMoments) Merge(o *ClassMoments) error {
	if o == nil || len(o.m) == 0 {
		return nil
	}
	if len(c.m) > 0 && len(c.m[0]) != len(o.m[0]) {
		return fmt.Errorf("ClassMoments.Merge: o: need %d columns, have %d: %w", len(c.m[0]), len(o.m[0]), mlgauge.ErrIncompatible)
	}
	c.merge(o)
	return nil
}

func (c *ClassMoments) merge(o *ClassMoments) {
	c.negative = c.negative || o.negative
	for b, k := range o.classes {
		a, found := slices.BinarySearch(c.classes, k)
		if !found {
			c.classes = slices.Insert(c.classes, a, k)
			c.m = slices.Insert(c.m, a, slices.Clone(o.m[b]))
			continue
		}
		for j := range c.m[a] {
			c.m[a][j].Merge(&o.m[b][j])
		}
	}
}

// Reset empties the statistic.
func (c *ClassMoments) Reset() { *c = ClassMoments{} }

// Classes returns the classes seen, ascending.
func (c *ClassMoments) Classes() []int { return slices.Clone(c.classes) }

// F returns the F test of the equality of the class means, per column:
//
//	F = (sum_k n_k (m_k - m)^2 / (K - 1)) / (sum_k sum_i (x_i - m_k)^2 / (n - K))
//
// with P from the F distribution of K - 1 and n - K degrees of freedom.
//
// Special cases are: a constant column has score and P NaN; a column that is
// constant within every class but not between them has score +Inf and P 0.
// It reports an empty statistic (ErrEmpty), one class, and no more rows than
// classes (ErrUndefined).
//
// Source: scikit-learn 1.9 f_classif; the sums are taken about the means, which
// scikit-learn does not do.
func (c *ClassMoments) F() (Scores, error) {
	const fn = "ClassMoments.F"
	if err := c.enough(fn); err != nil {
		return Scores{}, err
	}
	var n float64
	for a := range c.m {
		n += c.m[a][0].W
	}
	k := float64(len(c.m))
	if n <= k {
		return Scores{}, fmt.Errorf("%s: rows: need more than the %v classes, have %v: %w", fn, k, n, mlgauge.ErrUndefined)
	}
	p := len(c.m[0])
	s := Scores{Scores: make(Floats, p), P: make(Floats, p)}
	for j := range p {
		var all moments.Moments
		var within, between float64
		for a := range c.m {
			within += c.m[a][j].M2
			all.Merge(&c.m[a][j])
		}
		for a := range c.m {
			d := c.m[a][j].Mean() - all.Mean()
			between += c.m[a][j].W * float64(d*d)
		}
		f := between / (k - 1) / (within / (n - k))
		s.Scores[j], s.P[j] = f, fTail(f, k-1, n-k)
	}
	return s, nil
}

// Chi2 returns the chi-squared statistic of independence between each column
// of counts and the class:
//
//	sum_k (O_k - E_k)^2 / E_k
//
// O_k is the sum of the column in class k, E_k the share of class k among the
// rows times the sum of the column; P has K - 1 degrees of freedom.
//
// Special case: a column of zeros has score and P NaN. It reports an empty
// statistic (ErrEmpty), one class (ErrUndefined), a negative value (ErrRange).
//
// Source: scikit-learn 1.9 chi2.
func (c *ClassMoments) Chi2() (Scores, error) {
	const fn = "ClassMoments.Chi2"
	if err := c.enough(fn); err != nil {
		return Scores{}, err
	}
	if c.negative {
		return Scores{}, fmt.Errorf("%s: src: need values of at least 0, have a negative one: %w", fn, mlgauge.ErrRange)
	}
	var n float64
	for a := range c.m {
		n += c.m[a][0].W
	}
	p := len(c.m[0])
	s := Scores{Scores: make(Floats, p), P: make(Floats, p)}
	df := float64(len(c.m) - 1)
	for j := range p {
		var sum, x2 float64
		for a := range c.m {
			sum += c.m[a][j].W * c.m[a][j].Mean()
		}
		for a := range c.m {
			w := c.m[a][j].W
			o, e := w*c.m[a][j].Mean(), w/n*sum
			x2 += (o - e) / e * (o - e)
		}
		s.Scores[j], s.P[j] = x2, math.NaN()
		if x2 == x2 {
			s.P[j] = mathext.GammaIncRegComp(df/2, x2/2)
		}
	}
	return s, nil
}

func (c *ClassMoments) enough(fn string) error {
	if len(c.m) == 0 {
		return check.NotEmpty(fn, "rows", 0)
	}
	if len(c.m) < 2 {
		return fmt.Errorf("%s: classes: need at least 2, have 1: %w", fn, mlgauge.ErrUndefined)
	}
	return nil
}

const classMomentsTag = "preprocess.ClassMoments/1"

// MarshalBinary returns the statistic as bytes.
func (c *ClassMoments) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(classMomentsTag)
	w.Bool(c.negative)
	w.Ints(c.classes)
	if len(c.m) > 0 {
		w.Int(len(c.m[0]))
	}
	for _, row := range c.m {
		for j := range row {
			row[j].Append(w)
		}
	}
	return w.Finish(), nil
}

// UnmarshalBinary replaces the statistic by the one that MarshalBinary wrote.
// It reports damaged bytes (ErrCorrupt) and then leaves the statistic as it was.
func (c *ClassMoments) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("ClassMoments.UnmarshalBinary", classMomentsTag, data)
	n := ClassMoments{negative: r.Bool(), classes: r.Ints()}
	for a := 1; a < len(n.classes); a++ {
		if n.classes[a] <= n.classes[a-1] {
			r.Fail("need ascending classes, have %d after %d", n.classes[a], n.classes[a-1])
		}
	}
	if len(n.classes) > 0 && r.Err() == nil {
		cols := r.Count(48 * len(n.classes))
		if r.Err() == nil && cols == 0 {
			r.Fail("need at least one column")
		}
		for range n.classes {
			row := make([]moments.Moments, cols)
			for j := range row {
				row[j] = moments.Read(r)
				if r.Err() == nil && !(row[j].W > 0 && row[j].W == row[0].W) {
					r.Fail("need the same positive weight in every column of a class, have %v", row[j].W)
				}
			}
			n.m = append(n.m, row)
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*c = n
	return nil
}

// FClassif returns the F test of every column of src against classes; see
// ClassMoments.F.
func FClassif(src mat.Matrix, classes []int) (Scores, error) {
	var c ClassMoments
	if err := c.add("FClassif", src, classes, nil); err != nil {
		return Scores{}, err
	}
	return c.F()
}

// Chi2 returns the chi-squared test of every column of src, which holds counts
// or other values of at least 0, against classes; see ClassMoments.Chi2.
func Chi2(src mat.Matrix, classes []int) (Scores, error) {
	var c ClassMoments
	if err := c.add("Chi2", src, classes, nil); err != nil {
		return Scores{}, err
	}
	return c.Chi2()
}

// fTail returns P(F > f) with a and b degrees of freedom; NaN for NaN.
func fTail(f, a, b float64) float64 {
	switch {
	case f != f:
		return math.NaN()
	case math.IsInf(f, 1):
		return 0
	}
	return mathext.RegIncBeta(b/2, a/2, b/(b+a*f))
}
