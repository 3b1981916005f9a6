package split

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

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
