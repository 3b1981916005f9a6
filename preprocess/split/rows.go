package split

import (
	"cmp"
	"fmt"
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
