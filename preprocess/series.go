package preprocess

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// seriesWork is what Lags and Windows write from and into: rows in the order of
// time, in one series or in several.
type seriesWork struct {
	dst    *mat.Dense
	x, y   blas64.General
	series [][]int // the rows of each series
	first  int     // the first new column of y; those before it are copied
}

// openSeries checks src and the groups of its rows, nil for one series, and makes
// dst ready: width columns, the first of which are those of src unless drop.
func openSeries(fn string, dst *mat.Dense, src mat.Matrix, in, width int, drop, grouped bool, groups []int) (*seriesWork, error) {
	g, err := source(fn, src, in)
	if err != nil {
		return nil, err
	}
	if grouped {
		if err := check.Length(fn, "groups", g.Rows, len(groups)); err != nil {
			return nil, err
		}
	}
	if err := noInfAll(fn, "src", g); err != nil {
		return nil, err
	}
	if width == 0 {
		return nil, fmt.Errorf("%s: Columns: need a column to write, have none: %w", fn, mlgauge.ErrEmpty)
	}
	if dst, err = output(fn, dst, g.Rows, width); err != nil {
		return nil, err
	}
	if width == in {
		g, _ = view(fn, "src", apart(dst, src))
	}
	w := &seriesWork{dst: dst, x: g, y: dst.RawMatrix()}
	codes, k := make([]int, g.Rows), 1
	if grouped {
		codes, k = Codes(groups)
	}
	w.series = make([][]int, k)
	for i, c := range codes {
		w.series[c] = append(w.series[c], i)
	}
	if !drop {
		w.first = in
		for i := range g.Rows {
			copy(dst.RawRowView(i), rowOf(g, i))
		}
	}
	return w, nil
}
