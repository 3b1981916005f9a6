package mitigate

import (
	"cmp"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/neighbors"
)

// A SMOTE adds minority rows between a row and one of its neighbours in the same
// class,
//
//	new = x + u (neighbour - x),   u uniform in [0, 1)
//
// The zero value has 5 neighbours. Source: Chawla et al. (2002); imbalanced-learn
// 0.14, whose rows differ only by the random numbers.
type SMOTE[L cmp.Ordered] struct {
	Targets Targets[L] // nil: every class as large as the largest
	K       int        // neighbours; 0 means 5
	Seed    uint64
	Missing Missing
}

func (s SMOTE[L]) k() int {
	if s.K == 0 {
		return 5
	}
	return s.K
}

// prepare checks the arguments and makes room for the rows to be added.
func (s SMOTE[L]) prepare(fn string, x mat.Matrix, y []L) (*mat.Dense, []class[L], Resampled[L], error) {
	var none Resampled[L]
	if err := check.AtLeast(fn, "K", s.k(), 1); err != nil {
		return nil, nil, none, err
	}
	if s.Missing < Refuse || s.Missing > Keep {
		return nil, nil, none, check.Option(fn, "Missing", int(s.Missing))
	}
	d, err := dense(fn, x, len(y), s.Missing == Keep)
	if err != nil {
		return nil, nil, none, err
	}
	classes, err := s.Targets.resolve(fn, y, true)
	if err != nil {
		return nil, nil, none, err
	}
	extra := 0
	for _, c := range classes {
		n := c.want - len(c.rows)
		if n > 0 && len(c.rows) <= s.k() {
			return nil, nil, none, fmt.Errorf("%s: y: need more than K = %d rows in class %v, have %d: %w", fn, s.k(), c.label, len(c.rows), mlgauge.ErrRange)
		}
		extra += n
	}
	return d, classes, started(d, y, extra), nil
}

// A maker fills dst with the i-th new row of a class and returns the row that it was
// made from.
type maker func(dst []float64, i int, u rng) int

// resample adds the rows that the targets ask for, class by class. makerOf returns how
// those of a class are made; nil leaves the class as it was.
func (s SMOTE[L]) resample(fn string, x mat.Matrix, y []L, makerOf func(d *mat.Dense, classes []class[L], k int) maker) (Resampled[L], error) {
	d, classes, out, err := s.prepare(fn, x, y)
	if err != nil {
		return Resampled[L]{}, err
	}
	at := len(y)
	for k, c := range classes {
		n := c.want - len(c.rows)
		if n == 0 {
			continue
		}
		if one := makerOf(d, classes, k); one != nil {
			generated(&out, at, n, c.label, s.Seed, k, one)
			at += n
		}
	}
	return trimmed(out, at), nil
}

// Resample returns x and y with new rows. It returns ErrLength and ErrEmpty for x
// and y that do not fit, ErrNotFinite for NaN (unless kept) and infinities,
// ErrUndefined for a single class, ErrRange for a class of at most K rows and bad
// options, ErrUnknownCategory for a target that does not occur.
func (s SMOTE[L]) Resample(x mat.Matrix, y []L) (Resampled[L], error) {
	return s.resample("mitigate.SMOTE.Resample", x, y, func(d *mat.Dense, classes []class[L], k int) maker {
		c := classes[k]
		sub := rowsOf(d, c.rows)
		// What is drawn is known before the neighbours are, so that those of rows that are
		// never drawn need not be found.
		draws := drawn(c.want-len(c.rows), len(c.rows), s.k(), s.Seed, k)
		near := nearestOf(sub, draws, s.k(), s.Missing)
		return func(dst []float64, i int, _ rng) int {
			from := draws[i].row
			between(dst, sub.RawRowView(from), sub.RawRowView(near[from][draws[i].neighbour].Row), draws[i].step)
			return c.rows[from]
		}
	})
}

// A draw is the chance in a new row.
type draw struct {
	row, neighbour int
	step           float64
}

// drawn draws n new rows from rows with k neighbours each.
func drawn(n, rows, k int, seed uint64, stream int) []draw {
	out := make([]draw, n)
	inBlocks(n, seed, stream, func(i int, u rng) {
		out[i] = draw{u.IntN(rows), u.IntN(k), u.Float64()}
	})
	return out
}

// nearestOf returns the k nearest rows of the rows of x that are drawn, and nil for the
// others.
func nearestOf(x *mat.Dense, draws []draw, k int, missing Missing) [][]neighbors.Neighbor {
	r, _ := x.Dims()
	used := make([]bool, r)
	var rows []int
	for _, d := range draws {
		if !used[d.row] {
			used[d.row] = true
			rows = append(rows, d.row)
		}
	}
	out := make([][]neighbors.Neighbor, r)
	for i, near := range nearest(x, rowsOf(x, rows), rows, k, missing) {
		out[rows[i]] = near
	}
	return out
}

func sequence(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// A BorderlineSMOTE adds rows only near the border: it starts from minority rows
// of whose M nearest rows (over all classes) at least half, but not all, belong to
// other classes. Kind 1 goes towards neighbours of the class; kind 2 towards any
// neighbour, at most half way where that is of another class. A class without such
// rows stays as it was. Source: Han et al. (2005); imbalanced-learn 0.14.
type BorderlineSMOTE[L cmp.Ordered] struct {
	SMOTE[L]
	M    int // neighbours that decide what is on the border; 0 means 10
	Kind int // 1 or 2; 0 means 1
}

func (s BorderlineSMOTE[L]) m() int {
	if s.M == 0 {
		return 10
	}
	return s.M
}

// danger returns the rows of a class that are on the border.
func (s BorderlineSMOTE[L]) danger(d *mat.Dense, y []L, c class[L]) []int {
	m := s.m()
	near := nearest(d, rowsOf(d, c.rows), c.rows, m, s.Missing)
	var out []int
	for i, ns := range near {
		other := 0
		for _, n := range ns {
			if y[n.Row] != c.label {
				other++
			}
		}
		if 2*other >= m && other < m {
			out = append(out, c.rows[i])
		}
	}
	return out
}

// Resample returns x and y with new rows. Errors are those of SMOTE.Resample, and
// ErrRange for M not below the number of rows or another kind.
func (s BorderlineSMOTE[L]) Resample(x mat.Matrix, y []L) (Resampled[L], error) {
	const fn = "mitigate.BorderlineSMOTE.Resample"
	if len(y) > 0 && (s.m() < 1 || s.m() >= len(y)) {
		return Resampled[L]{}, fmt.Errorf("%s: M: need from 1 to below the %d rows, have %d: %w", fn, len(y), s.m(), mlgauge.ErrRange)
	}
	if s.Kind < 0 || s.Kind > 2 {
		return Resampled[L]{}, check.Option(fn, "Kind", s.Kind)
	}
	return s.resample(fn, x, y, func(d *mat.Dense, classes []class[L], k int) maker {
		c := classes[k]
		start := s.danger(d, y, c)
		if len(start) == 0 {
			return nil
		}
		from, own := d, start
		if s.Kind != 2 {
			from = rowsOf(d, c.rows)
			own = make([]int, 0, len(start))
			for i, r := range c.rows {
				if len(own) < len(start) && start[len(own)] == r {
					own = append(own, i)
				}
			}
		}
		near := nearest(from, rowsOf(d, start), own, s.k(), s.Missing)
		return func(dst []float64, _ int, u rng) int {
			i := u.IntN(len(start))
			to := near[i][u.IntN(len(near[i]))].Row
			step := u.Float64()
			if s.Kind == 2 && y[to] != c.label {
				step *= u.Float64() / 2
			}
			between(dst, d.RawRowView(start[i]), from.RawRowView(to), step)
			return start[i]
		}
	})
}

// trimmed cuts off rows that were planned and not made.
func trimmed[L cmp.Ordered](out Resampled[L], rows int) Resampled[L] {
	r, c := out.X.Dims()
	if rows < r {
		out.X = mat.DenseCopyOf(out.X.Slice(0, rows, 0, c))
	}
	return out
}

// An ADASYN adds more rows where a class is harder to learn: each row gets new ones
// in proportion to the share of other classes among its K nearest rows, rounded half
// to even, so the total may differ from the target. Source: He et al. (2008);
// imbalanced-learn 0.14.
type ADASYN[L cmp.Ordered] struct{ SMOTE[L] }

// Resample returns x and y with new rows. Errors are those of SMOTE.Resample, and
// ErrUndefined where no neighbour belongs to another class.
func (s ADASYN[L]) Resample(x mat.Matrix, y []L) (Resampled[L], error) {
	const fn = "mitigate.ADASYN.Resample"
	d, classes, _, err := s.prepare(fn, x, y)
	if err != nil {
		return Resampled[L]{}, err
	}
	plan := make([][]int, len(classes)) // the row each new one starts from
	total := 0
	for k, c := range classes {
		n := c.want - len(c.rows)
		if n == 0 {
			continue
		}
		share := make([]float64, len(c.rows))
		var sum float64
		for i, ns := range nearest(d, rowsOf(d, c.rows), c.rows, s.k(), s.Missing) {
			other := 0
			for _, v := range ns {
				if y[v.Row] != c.label {
					other++
				}
			}
			share[i] = float64(other) / float64(s.k())
			sum += share[i]
		}
		if sum == 0 {
			return Resampled[L]{}, fmt.Errorf("%s: x: need neighbours of another class around class %v, have none (use SMOTE): %w", fn, c.label, mlgauge.ErrUndefined)
		}
		for i, v := range share {
			for range int(math.RoundToEven(v / sum * float64(n))) {
				plan[k] = append(plan[k], i)
			}
		}
		total += len(plan[k])
	}
	out := started(d, y, total)
	at := len(y)
	for k, c := range classes {
		if len(plan[k]) == 0 {
			continue
		}
		sub := rowsOf(d, c.rows)
		near := nearest(sub, sub, sequence(len(c.rows)), s.k(), s.Missing)
		generated(&out, at, len(plan[k]), c.label, s.Seed, k, func(dst []float64, i int, u rng) int {
			from := plan[k][i]
			between(dst, sub.RawRowView(from), sub.RawRowView(near[from][u.IntN(len(near[from]))].Row), u.Float64())
			return c.rows[from]
		})
		at += len(plan[k])
	}
	return out, nil
}
