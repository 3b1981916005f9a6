package mitigate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/neighbors"
)

// Which says from which classes a cleaning rule may remove rows.
type Which int

const (
	// NotMinority removes from every class but the smallest (imbalanced-learn's
	// "auto").
	NotMinority Which = iota
	// All removes from every class.
	All
	// Majority removes from the largest class only.
	Majority
	// NotMajority removes from every class but the largest.
	NotMajority
)

// cleanable returns the classes that w names.
func (w Which) cleanable(fn string, n int) error {
	if w < NotMinority || w > NotMajority {
		return check.Option(fn, "which", int(w))
	}
	return check.NotEmpty(fn, "y", n)
}

func (w Which) classes(fn string, sizes []int) (func(k int) bool, error) {
	if len(sizes) < 2 {
		return nil, fmt.Errorf("%s: y: need at least two classes, have %d: %w", fn, len(sizes), mlgauge.ErrUndefined)
	}
	small, large := 0, 0
	for i, n := range sizes {
		if n < sizes[small] {
			small = i
		}
		if n > sizes[large] {
			large = i
		}
	}
	return func(k int) bool {
		switch w {
		case NotMinority:
			return k != small
		case Majority:
			return k == large
		case NotMajority:
			return k != large
		}
		return true
	}, nil
}

// prepareClean checks the arguments and returns the class of every row.
func prepareClean[L cmp.Ordered](fn string, x mat.Matrix, y []L, w Which) (d *mat.Dense, of []int, removable func(k int) bool, err error) {
	if err := w.cleanable(fn, len(y)); err != nil {
		return nil, nil, nil, err
	}
	for _, v := range y {
		if v != v {
			return nil, nil, nil, fmt.Errorf("%s: y: need labels that are not NaN: %w", fn, mlgauge.ErrNotFinite)
		}
	}
	classes := classesOf(y)
	sizes := make([]int, len(classes))
	of = make([]int, len(y))
	for k, c := range classes {
		sizes[k] = len(c.rows)
		for _, r := range c.rows {
			of[r] = k
		}
	}
	if removable, err = w.classes(fn, sizes); err != nil {
		return nil, nil, nil, err
	}
	d, err = dense(fn, x, len(y), false)
	return d, of, removable, err
}

// TomekLinks returns the rows that remain, in order, when those in a Tomek link are
// removed: two rows of different classes, each the nearest row of the other. Only
// rows of the classes that which names are removed. It returns ErrLength, ErrEmpty,
// ErrNotFinite, ErrUndefined for a single class, ErrRange for an unknown which.
// Source: Tomek (1976); imbalanced-learn 0.14.
func TomekLinks[L cmp.Ordered](x mat.Matrix, y []L, which Which) ([]int, error) {
	d, of, removable, err := prepareClean("mitigate.TomekLinks", x, y, which)
	if err != nil {
		return nil, err
	}
	near := neighbors.New(d).All(d, 1, true)
	var keep []int
	for i := range y {
		j := near[i][0].Row
		if removable(of[i]) && of[i] != of[j] && near[j][0].Row == i {
			continue
		}
		keep = append(keep, i)
	}
	return keep, nil
}

// EditedNeighbours removes rows that their K nearest rows contradict (Wilson
// 1972). The zero value asks all 3 neighbours to agree.
type EditedNeighbours struct {
	K     int  // neighbours; 0 means 3
	Mode  bool // remove only where the most frequent class is another
	Which Which
	// Rounds repeats the rule until nothing changes, a class would vanish, or a
	// class becomes smaller than the minority was; 0 or 1 is once. 100 is the usual
	// bound of the repeated rule.
	Rounds int
}

// Edited returns the rows that remain, in order. It returns ErrLength, ErrEmpty,
// ErrNotFinite, ErrUndefined for a single class, ErrRange for K not below the rows
// and bad options. Source: imbalanced-learn 0.14 EditedNearestNeighbours and
// RepeatedEditedNearestNeighbours.
func Edited[L cmp.Ordered](x mat.Matrix, y []L, o EditedNeighbours) ([]int, error) {
	const fn = "mitigate.Edited"
	k := o.K
	if k == 0 {
		k = 3
	}
	if k < 1 || k >= len(y) && len(y) > 0 {
		return nil, fmt.Errorf("%s: K: need from 1 to below the %d rows, have %d: %w", fn, len(y), k, mlgauge.ErrRange)
	}
	if err := check.AtLeast(fn, "Rounds", o.Rounds, 0); err != nil {
		return nil, err
	}
	d, of, _, err := prepareClean(fn, x, y, o.Which)
	if err != nil {
		return nil, err
	}
	keep := sequence(len(y))
	counts := func(rows []int) map[int]int {
		m := make(map[int]int)
		for _, r := range rows {
			m[of[r]]++
		}
		return m
	}
	first := counts(keep)
	minority := 0
	for c := range len(first) {
		if first[c] < first[minority] {
			minority = c
		}
	}
	for range max(1, o.Rounds) {
		now := counts(keep)
		sizes := make([]int, len(first))
		for c, n := range now {
			sizes[c] = n
		}
		removable, err := o.Which.classes(fn, sizes)
		if err != nil {
			return nil, err
		}
		if k >= len(keep) {
			break
		}
		sub := rowsOf(d, keep)
		near := neighbors.New(sub).All(sub, k, true)
		var next []int
		for i, r := range keep {
			if removable(of[r]) && !agrees(near[i], of[r], o.Mode, func(n int) int { return of[keep[n]] }) {
				continue
			}
			next = append(next, r)
		}
		done := len(next) == len(keep)
		keep = next
		after := counts(keep)
		for c, n := range after {
			if c != minority && n < first[minority] {
				done = true
			}
		}
		if done || len(after) < len(first) {
			break
		}
	}
	return keep, nil
}

// agrees tells whether the neighbours are of class c: all, or most (the lowest class
// of those that tie).
func agrees(near []neighbors.Neighbor, c int, most bool, class func(int) int) bool {
	if !most {
		for _, n := range near {
			if class(n.Row) != c {
				return false
			}
		}
		return true
	}
	return int(mode(near, func(r int) float64 { return float64(class(r)) }, nil)) == c
}

// NearMiss returns the rows that remain when each class is cut to its target by its
// distance from the minority (Mani and Zhang 2003): version 1 keeps the rows whose K
// nearest minority rows are nearest on average, version 2 those whose K farthest are,
// version 3 first keeps, for each minority row, its 3 nearest rows of the class, and
// of these the ones whose K nearest minority rows are farthest. Rows come class by
// class, in order of selection. K 0 means 3. Nil targets bring every class to the
// minority's size. It returns the errors of Undersample, ErrNotFinite for x, ErrRange
// for another version or K above the minority. Source: imbalanced-learn 0.14.
func NearMiss[L cmp.Ordered](x mat.Matrix, y []L, targets Targets[L], version, k int) ([]int, error) {
	const fn = "mitigate.NearMiss"
	if version < 1 || version > 3 {
		return nil, check.Option(fn, "version", version)
	}
	if k == 0 {
		k = 3
	}
	classes, err := targets.resolve(fn, y, false)
	if err != nil {
		return nil, err
	}
	d, err := dense(fn, x, len(y), false)
	if err != nil {
		return nil, err
	}
	minority := 0
	for i, c := range classes {
		if len(c.rows) < len(classes[minority].rows) {
			minority = i
		}
	}
	small := classes[minority]
	if k < 1 || k > len(small.rows) {
		return nil, fmt.Errorf("%s: k: need from 1 to the %d rows of the minority, have %d: %w", fn, len(small.rows), k, mlgauge.ErrRange)
	}
	index := neighbors.New(rowsOf(d, small.rows))
	var out []int
	for i, c := range classes {
		if i == minority || targets != nil && !has(targets, c.label) {
			out = append(out, c.rows...)
			continue
		}
		rows := c.rows
		if version == 3 {
			rows = nearRows(d, small.rows, c.rows)
		}
		ask := k
		if version == 2 {
			ask = len(small.rows)
		}
		sub := rowsOf(d, rows)
		near := index.All(sub, ask, false)
		score := make([]float64, len(rows))
		for r, ns := range near {
			for _, n := range ns[len(ns)-k:] {
				score[r] += math.Sqrt(n.Distance)
			}
			if version == 3 {
				score[r] = -score[r]
			}
		}
		order := sequence(len(rows))
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[a], score[b]) })
		for _, r := range order[:min(c.want, len(order))] {
			out = append(out, rows[r])
		}
	}
	return out, nil
}

func has[L cmp.Ordered](t Targets[L], label L) bool { _, ok := t[label]; return ok }

// nearRows returns the rows of a class that are among the 3 nearest of a minority
// row, ascending.
func nearRows(d *mat.Dense, minority, rows []int) []int {
	seen := make(map[int]bool)
	var out []int
	for _, ns := range neighbors.New(rowsOf(d, rows)).All(rowsOf(d, minority), 3, false) {
		for _, n := range ns {
			if !seen[n.Row] {
				seen[n.Row] = true
				out = append(out, rows[n.Row])
			}
		}
	}
	slices.Sort(out)
	return out
}

// SMOTETomek returns SMOTE followed by the removal of Tomek links from all classes.
// Source: Batista et al. (2003); imbalanced-learn 0.14.
func SMOTETomek[L cmp.Ordered](x mat.Matrix, y []L, s SMOTE[L]) (Resampled[L], error) {
	out, err := s.Resample(x, y)
	if err != nil {
		return out, err
	}
	keep, err := TomekLinks(out.X, out.Y, All)
	if err != nil {
		return Resampled[L]{}, err
	}
	return out.take(keep), nil
}

// SMOTEENN returns SMOTE followed by Wilson's rule with 3 neighbours on all classes.
// Source: Batista et al. (2004); imbalanced-learn 0.14.
func SMOTEENN[L cmp.Ordered](x mat.Matrix, y []L, s SMOTE[L]) (Resampled[L], error) {
	out, err := s.Resample(x, y)
	if err != nil {
		return out, err
	}
	keep, err := Edited(out.X, out.Y, EditedNeighbours{Which: All})
	if err != nil {
		return Resampled[L]{}, err
	}
	return out.take(keep), nil
}

// take keeps the chosen rows, in ascending order.
func (r Resampled[L]) take(rows []int) Resampled[L] {
	out := Resampled[L]{}
	for _, i := range rows {
		if i < r.Original {
			out.Original++
		}
		out.Y, out.Source = append(out.Y, r.Y[i]), append(out.Source, r.Source[i])
	}
	if len(rows) > 0 {
		out.X = rowsOf(r.X, rows)
	}
	return out
}
