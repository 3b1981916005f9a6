package split

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Rows describes the rows to be split. Only what the splitter needs must be
// set; lengths that are set must agree.
type Rows struct {
	N      int       // number of rows; may be 0 if one of the others is set
	Strata Labels    // class of each row, for the stratified splitters
	Groups Labels    // group of each row, for the grouped splitters
	Time   []float64 // time of each row, any unit; nil: the row number
	End    []float64 // time at which the row's label is known; nil: Time
}

// Labels holds one label per row as codes: 0 for the smallest label that
// occurs, 1 for the next and so on. Make one with [By].
type Labels struct {
	codes   []int
	classes int
	bad     int // 1 + index of the first NaN
}

// By returns labels of any ordered type in coded form, one code per distinct
// label, in the order of the labels.
//
// A NaN among the labels is reported, as ErrNotFinite, by the splitter that
// uses them.
func By[T cmp.Ordered](labels []T) Labels {
	l := Labels{codes: make([]int, len(labels))}
	seen := make(map[T]int)
	var distinct []T
	for i, v := range labels {
		if v != v {
			if l.bad == 0 {
				l.bad = i + 1
			}
			continue
		}
		c, ok := seen[v]
		if !ok {
			c = len(distinct)
			seen[v] = c
			distinct = append(distinct, v)
		}
		l.codes[i] = c
	}
	l.classes = len(distinct)
	order := make([]int, len(distinct))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(distinct[a], distinct[b]) })
	rank := make([]int, len(order))
	for r, c := range order {
		rank[c] = r
	}
	for i, c := range l.codes {
		if len(rank) > 0 {
			l.codes[i] = rank[c]
		}
	}
	return l
}

// Cross returns the labels of the combinations that occur: two rows share a
// label if they share all the labels given. It stratifies by several columns,
// and by several outputs.
//
// Errors: ErrEmpty without labels, ErrLength if the lengths differ.
func Cross(labels ...Labels) (Labels, error) {
	const fn = "split.Cross"
	if len(labels) == 0 {
		return Labels{}, fmt.Errorf("%s: labels: need at least one, have none: %w", fn, mlgauge.ErrEmpty)
	}
	out := labels[0]
	for i, l := range labels[1:] {
		if err := check.Length(fn, fmt.Sprintf("labels[%d]", i+1), len(out.codes), len(l.codes)); err != nil {
			return Labels{}, err
		}
		codes := make([]int, len(out.codes))
		for r := range codes {
			// both factors are below the number of rows
			codes[r] = out.codes[r]*max(l.classes, 1) + l.codes[r]
		}
		bad := out.bad
		if bad == 0 || l.bad != 0 && l.bad < bad {
			bad = l.bad
		}
		out = By(codes)
		out.bad = bad
	}
	return out, nil
}

// Quantiles returns labels that stratify by a continuous target: the values
// cut into the given number of bins of equal frequency. Equal values share a
// bin, so there may be fewer bins.
//
// The label of y is the number of the bins k = 1 ... bins-1 for which
// y >= sorted[floor(k n / bins)].
//
// Errors: ErrEmpty, ErrNotFinite for NaN or infinite values, ErrRange for
// bins < 2.
func Quantiles(y []float64, bins int) (Labels, error) {
	const fn = "split.Quantiles"
	if err := check.NotEmpty(fn, "y", len(y)); err != nil {
		return Labels{}, err
	}
	if err := check.Finite(fn, "y", y); err != nil {
		return Labels{}, err
	}
	if err := check.AtLeast(fn, "bins", bins, 2); err != nil {
		return Labels{}, err
	}
	bins = min(bins, len(y))
	sorted := slices.Clone(y)
	slices.Sort(sorted)
	edges := make([]float64, 0, bins-1)
	for k := 1; k < bins; k++ {
		edges = append(edges, sorted[k*len(y)/bins])
	}
	codes := make([]int, len(y))
	for i, v := range y {
		// bins are few and edges sorted: the number of edges <= v
		codes[i], _ = slices.BinarySearchFunc(edges, v, func(e, v float64) int {
			if e <= v {
				return -1
			}
			return 1
		})
	}
	return By(codes), nil
}

// Len returns the number of rows.
func (l Labels) Len() int { return len(l.codes) }

// Classes returns the number of distinct labels.
func (l Labels) Classes() int { return l.classes }

// Code returns the code of row i.
func (l Labels) Code(i int) int { return l.codes[i] }

func (l Labels) counts() []int {
	c := make([]int, l.classes)
	for _, v := range l.codes {
		c[v]++
	}
	return c
}

// members returns the rows of each label, ascending.
func (l Labels) members() [][]int {
	counts := l.counts()
	flat := make([]int, 0, len(l.codes))
	out := make([][]int, l.classes)
	for c, n := range counts {
		out[c] = flat[len(flat) : len(flat) : len(flat)+n]
		flat = flat[:len(flat)+n]
	}
	for i, c := range l.codes {
		out[c] = append(out[c], i)
	}
	return out
}

func (l Labels) subset(rows []int) Labels {
	if l.codes == nil {
		return Labels{}
	}
	codes := make([]int, len(rows))
	for i, r := range rows {
		codes[i] = l.codes[r]
	}
	return By(codes)
}

// Subset returns the description of the given rows alone, renumbered from 0.
//
// Errors: ErrRange for a row number outside the rows.
func (r Rows) Subset(rows []int) (Rows, error) {
	const fn = "Rows.Subset"
	n, err := r.check(fn, 0)
	if err != nil {
		return Rows{}, err
	}
	for i, v := range rows {
		if v < 0 || v >= n {
			return Rows{}, fmt.Errorf("%s: rows: need row numbers in [0, %d), have %d at index %d: %w", fn, n, v, i, mlgauge.ErrRange)
		}
	}
	return r.subset(rows), nil
}

func (r Rows) subset(rows []int) Rows {
	pick := func(x []float64) []float64 {
		if len(x) == 0 {
			return nil
		}
		out := make([]float64, len(rows))
		for i, v := range rows {
			out[i] = x[v]
		}
		return out
	}
	return Rows{N: len(rows), Strata: r.Strata.subset(rows), Groups: r.Groups.subset(rows), Time: pick(r.Time), End: pick(r.End)}
}

type needs int

const (
	needStrata needs = 1 << iota
	needGroups
)

// check returns the number of rows.
func (r Rows) check(fn string, need needs) (int, error) {
	n := r.N
	if n < 0 {
		return 0, check.AtLeast(fn, "rows.N", n, 0)
	}
	for _, a := range []struct {
		name string
		len  int
	}{{"rows.Strata", len(r.Strata.codes)}, {"rows.Groups", len(r.Groups.codes)}, {"rows.Time", len(r.Time)}, {"rows.End", len(r.End)}} {
		if a.len == 0 {
			continue
		}
		if n == 0 {
			n = a.len
		}
		if err := check.Length(fn, a.name, n, a.len); err != nil {
			return 0, err
		}
	}
	if need&needStrata != 0 {
		if err := check.NotEmpty(fn, "rows.Strata", len(r.Strata.codes)); err != nil {
			return 0, err
		}
	}
	if need&needGroups != 0 {
		if err := check.NotEmpty(fn, "rows.Groups", len(r.Groups.codes)); err != nil {
			return 0, err
		}
	}
	if err := check.NotEmpty(fn, "rows", n); err != nil {
		return 0, err
	}
	for _, a := range []struct {
		name string
		bad  int
	}{{"rows.Strata", r.Strata.bad}, {"rows.Groups", r.Groups.bad}} {
		if a.bad != 0 {
			return 0, fmt.Errorf("%s: %s: need labels that are not NaN, have NaN at index %d: %w", fn, a.name, a.bad-1, mlgauge.ErrNotFinite)
		}
	}
	if err := check.NoNaN(fn, "rows.Time", r.Time); err != nil {
		return 0, err
	}
	if err := check.NoNaN(fn, "rows.End", r.End); err != nil {
		return 0, err
	}
	for i, e := range r.End {
		if e < r.start(i) {
			return 0, fmt.Errorf("%s: rows.End: need the end of a row no earlier than its time %v, have %v at index %d: %w", fn, r.start(i), e, i, mlgauge.ErrRange)
		}
	}
	return n, nil
}

// order returns the row numbers in time order; equal times keep their order.
func (r Rows) order(n int) []int {
	idx := make([]int, n)
	for i := range idx {
		idx[i] = i
	}
	if len(r.Time) > 0 {
		slices.SortStableFunc(idx, func(a, b int) int { return cmp.Compare(r.Time[a], r.Time[b]) })
	}
	return idx
}

// A Splitter parts rows into folds.
type Splitter interface {
	// Split returns the folds, as row numbers: train, test. The slices of a
	// fold are the caller's to keep. Errors come before the first fold.
	Split(rows Rows) (iter.Seq2[[]int, []int], error)

	// Count returns the number of folds that Split gives.
	Count(rows Rows) (int, error)
}

// A Fold is one way to part the rows.
type Fold struct{ Train, Test []int }

// Collect returns the folds of a splitter as a slice.
func Collect(folds iter.Seq2[[]int, []int]) []Fold {
	var out []Fold
	for train, test := range folds {
		out = append(out, Fold{train, test})
	}
	return out
}

// assigned yields one fold per number: the rows of that number against all
// others, both ascending.
func assigned(assign []int, k int) iter.Seq2[[]int, []int] {
	counts := make([]int, k)
	for _, f := range assign {
		if f >= 0 {
			counts[f]++
		}
	}
	return func(yield func([]int, []int) bool) {
		for f := range k {
			train := make([]int, 0, len(assign)-counts[f])
			test := make([]int, 0, counts[f])
			for i, a := range assign {
				if a == f {
					test = append(test, i)
				} else {
					train = append(train, i)
				}
			}
			if !yield(train, test) {
				return
			}
		}
	}
}

// complement returns the rows of [0, n) for which in is false.
func complement(in []bool, size int) []int {
	out := make([]int, 0, size)
	for i, v := range in {
		if !v {
			out = append(out, i)
		}
	}
	return out
}

// stream returns the generator of one task: tasks with different numbers draw
// independently, in whatever order they run.
func stream(seed, task uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, task)) }

func shuffle(r *rand.Rand, x []int) { r.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] }) }

// orDefault reads the zero value of an option as its default.
func orDefault(v, def int) int {
	if v == 0 {
		return def
	}
	return v
}

// checkFolds checks a number of folds against what there is to share out.
func checkFolds(fn string, k int, what string, have int) error {
	if err := check.AtLeast(fn, "Folds", k, 2); err != nil {
		return err
	}
	if k > have {
		return fmt.Errorf("%s: Folds: need at most as many folds as %s (%d), have %d: %w", fn, what, have, k, mlgauge.ErrRange)
	}
	return nil
}

// binomial returns n choose k, or ErrRange if it does not fit an int.
func binomial(fn string, n, k int) (int, error) {
	k = min(k, n-k)
	c := 1
	for i := 1; i <= k; i++ {
		f := n - k + i
		// c*f is divisible by i, but may overflow before the division
		g := gcd(c, i)
		q := i / g
		c /= g
		if c > math.MaxInt/(f/q) {
			return 0, fmt.Errorf("%s: need a number of folds that fits an int, have %d choose %d: %w", fn, n, k, mlgauge.ErrRange)
		}
		c *= f / q
	}
	return c, nil
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// combinations yields the k-subsets of [0, n) in lexicographic order; the
// slice is reused.
func combinations(n, k int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		c := make([]int, k)
		for i := range c {
			c[i] = i
		}
		for {
			if !yield(c) {
				return
			}
			i := k - 1
			for i >= 0 && c[i] == n-k+i {
				i--
			}
			if i < 0 {
				return
			}
			c[i]++
			for j := i + 1; j < k; j++ {
				c[j] = c[j-1] + 1
			}
		}
	}
}
