package explain

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// sweep predicts all rows at all points of a grid.
type sweep struct {
	caller
	x        *mat.Dense
	features []int
	grid     [][]float64
	rows     []int     // those of positive weight
	weight   []float64 // of those rows, scaled to a largest of 1
	equal    bool      // all of them are 1
	size     int       // rows per call of the model
}

func (p PartialDependence) sweep(ctx context.Context, fn string, model Model, x *mat.Dense, features []int) (*sweep, error) {
	c, n, d, err := opened(ctx, fn, model, "x", x)
	if err != nil {
		return nil, err
	}
	w, err := weights(fn, p.Weights, n)
	if err != nil {
		return nil, err
	}
	for _, j := range p.Categorical {
		if err := feature(fn, j, d); err != nil {
			return nil, err
		}
	}
	for j := range p.Custom {
		if err := feature(fn, j, d); err != nil {
			return nil, err
		}
	}
	s := &sweep{caller: c, x: x, features: features, equal: true}
	most := slices.Max(w)
	for i, v := range w {
		if v > 0 {
			s.rows, s.weight = append(s.rows, i), append(s.weight, v/most)
			s.equal = s.equal && v == most
		}
	}
	if s.grid, err = p.grids(fn, x, features); err != nil {
		return nil, err
	}
	if len(features) == 2 && len(s.grid[0]) > math.MaxInt32/len(s.grid[1]) {
		return nil, fmt.Errorf("%s: Resolution: need a grid of at most %d points, have %d by %d: %w", fn, math.MaxInt32, len(s.grid[0]), len(s.grid[1]), mlgauge.ErrRange)
	}
	s.size, err = batchRows(fn, p.BatchRows, d)
	return s, err
}

func (s *sweep) points() int {
	n := 1
	for _, g := range s.grid {
		n *= len(g)
	}
	return n
}

// at returns the value of feature k of the sweep at a point.
func (s *sweep) at(point, k int) float64 {
	if k == 0 && len(s.grid) == 2 {
		return s.grid[0][point/len(s.grid[1])]
	}
	return s.grid[k][point%len(s.grid[k])]
}

// run hands the predictions of every block of rows at every point to take, which
// must not keep them. Row is the place in s.rows of the first.
//
// A buffer holds a block of rows, or several copies of it where the block is
// small, so that a call of the model covers as many points. From point to point
// only the columns of the features are overwritten.
func (s *sweep) run(take func(point, row int, pred []float64)) error {
	_, d := s.x.Dims()
	points := s.points()
	block := min(len(s.rows), s.size)
	copies := min(max(1, s.size/block), points)
	buf := make([]float64, copies*block*d)
	out := make([]float64, copies*block)
	for lo := 0; lo < len(s.rows); lo += block {
		rows := s.rows[lo:min(len(s.rows), lo+block)]
		n := len(rows)
		for i, r := range rows {
			copy(buf[i*d:(i+1)*d], s.x.RawRowView(r))
		}
		for c := 1; c < copies; c++ {
			copy(buf[c*n*d:(c+1)*n*d], buf[:n*d])
		}
		for first := 0; first < points; first += copies {
			count := min(copies, points-first)
			for c := range count {
				for k, j := range s.features {
					v := s.at(first+c, k)
					kernel.FillColumn(buf[c*n*d:(c+1)*n*d], j, d, v)
				}
			}
			x := mat.NewDense(count*n, d, buf[:count*n*d])
			if err := s.predict(out[:count*n], x); err != nil {
				return err
			}
			if lo == 0 && first == 0 {
				if err := s.again(out[:count*n], x); err != nil {
					return err
				}
			}
			for c := range count {
				take(first+c, lo, out[c*n:(c+1)*n])
			}
		}
		for c := range copies {
			if err := s.unchanged(buf[c*n*d:(c+1)*n*d], rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// unchanged reports a model that changed the rows in its buffer (ErrUndefined),
// whose features it puts back.
func (s *sweep) unchanged(buf []float64, rows []int) error {
	_, d := s.x.Dims()
	for i, r := range rows {
		have, need := buf[i*d:(i+1)*d], s.x.RawRowView(r)
		for _, j := range s.features {
			have[j] = need[j]
		}
		if err := unchanged(s.fn, have, need); err != nil {
			return err
		}
	}
	return nil
}

// nearest returns the share of the rows whose feature is nearest to each value of
// grid, the lower one if two are as near. Rows where it is missing count nowhere.
func (s *sweep) nearest(j int, grid []float64) []float64 {
	share := make([]float64, len(grid))
	order := make([]int, len(grid))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(grid[a], grid[b]) })
	sorted := make([]float64, len(grid))
	for i, o := range order {
		sorted[i] = grid[o]
	}
	total := 0.0
	for _, w := range s.weight {
		total += w
	}
	for i, r := range s.rows {
		v := s.x.At(r, j)
		if v != v {
			continue
		}
		k := sort.SearchFloat64s(sorted, v)
		if k == len(sorted) || k > 0 && v-sorted[k-1] <= sorted[k]-v {
			k--
		}
		share[order[k]] += s.weight[i] / total
	}
	return share
}
