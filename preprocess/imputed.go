package preprocess

import (
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// Layout is what the imputers share: which input columns they write, and for
// which they append an indicator.
type Layout struct {
	Columns    int   // number of input columns; 0 before Fit
	Kept       []int // input columns that are written, ascending
	Indicators []int // input columns whose missing values are flagged after them
}

// layout plans the output for columns that hold nothing (empty) or lack
// something (lacking).
func layout(empty, lacking []bool, keepEmpty, indicator bool) Layout {
	l := Layout{Columns: len(empty)}
	for j := range empty {
		if !empty[j] || keepEmpty {
			l.Kept = append(l.Kept, j)
		}
		if indicator && lacking[j] {
			l.Indicators = append(l.Indicators, j)
		}
	}
	return l
}

// Widths returns the number of columns read and written.
func (l *Layout) Widths() (in, out int) {
	if l.Columns == 0 {
		return 0, 0
	}
	return l.Columns, len(l.Kept) + len(l.Indicators)
}

func (l *Layout) names(fn string, in []string) ([]string, error) {
	in, err := names(fn, in, l.Columns)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(l.Kept)+len(l.Indicators))
	for _, j := range l.Kept {
		out = append(out, in[j])
	}
	for _, j := range l.Indicators {
		out = append(out, "missingindicator_"+in[j])
	}
	return out, nil
}

// flag writes the indicators of row behind the kept columns of dst. It must run
// before the values are written if dst is row.
func (l *Layout) flag(dst, row []float64) {
	dst = dst[len(l.Kept):]
	for k, j := range l.Indicators {
		dst[k] = 0
		if row[j] != row[j] {
			dst[k] = 1
		}
	}
}

// restore checks a layout that came from outside.
func (l *Layout) restore(fn string) error {
	for _, x := range [][]int{l.Kept, l.Indicators} {
		if !slices.IsSorted(x) || len(x) > 0 && (x[0] < 0 || x[len(x)-1] >= l.Columns) || len(slices.Compact(slices.Clone(x))) != len(x) {
			return jsonfloat.Corrupt(fn, "need ascending columns below %d, have %v", l.Columns, x)
		}
	}
	if l.Columns < 0 || l.Columns > 0 && len(l.Kept)+len(l.Indicators) == 0 {
		return jsonfloat.Corrupt(fn, "need columns to write")
	}
	return nil
}

// nothingLeft is the error for a matrix of which every column would be dropped.
func nothingLeft(fn string, err error) error {
	return fmt.Errorf("%s: x: need a column with at least one value, have none: %w", fn, err)
}
