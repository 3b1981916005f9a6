package mitigate

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/neighbors"
)

// Which names classes by their size: those that a cleaning rule may remove rows of, or
// that TargetsFor resizes. Among classes of equal size the lowest label is the smallest,
// and the largest.
type Which int

const (
	// NotMinority is every class but the smallest (imbalanced-learn's "auto" for
	// removing rows).
	NotMinority Which = iota
	// All is every class.
	All
	// Majority is the largest class only.
	Majority
	// NotMajority is every class but the largest ("auto" for adding rows).
	NotMajority
	// Minority is the smallest class only.
	Minority
)

// ends returns the smallest and the largest of the sizes, the first of equals.
func ends(sizes []int) (small, large int) {
	for i, n := range sizes {
		if n < sizes[small] {
			small = i
		}
		if n > sizes[large] {
			large = i
		}
	}
	return small, large
}

func (w Which) classes(fn string, sizes []int) (func(k int) bool, error) {
	if w < NotMinority || w > Minority {
		return nil, check.Option(fn, "which", int(w))
	}
	if len(sizes) < 2 {
		return nil, fmt.Errorf("%s: y: need at least two classes, have %d: %w", fn, len(sizes), mlgauge.ErrUndefined)
	}
	small, large := ends(sizes)
	return func(k int) bool {
		switch w {
		case NotMinority:
			return k != small
		case Majority:
			return k == large
		case NotMajority:
			return k != large
		case Minority:
			return k == small
		}
		return true
	}, nil
}

// prepareClean checks the arguments and returns the class of every row.
func prepareClean[L cmp.Ordered](fn string, x mat.Matrix, y []L, w Which) (d *mat.Dense, of []int, removable func(k int) bool, err error) {
	if err := check.NotEmpty(fn, "y", len(y)); err != nil {
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
	// Growing applies the rule with 1, 2, ... K neighbours in turn (all k-NN, Tomek 1976)
	// in place of rounds, until a class vanishes or becomes smaller than the minority was.
	Growing bool
	// AllowMinority lets classes become smaller than the minority was.
	AllowMinority bool
}

// Edited returns the rows that remain, in order. It returns ErrLength, ErrEmpty,
// ErrNotFinite, ErrUndefined for a single class, ErrRange for K not below the rows,
// rounds of a growing rule and bad options. Source: imbalanced-learn 0.14
// EditedNearestNeighbours, RepeatedEditedNearestNeighbours and AllKNN.
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
	if o.Growing && o.Rounds > 1 {
		return nil, fmt.Errorf("%s: Rounds: need at most 1 with Growing, have %d: %w", fn, o.Rounds, mlgauge.ErrRange)
	}
	d, of, _, err := prepareClean(fn, x, y, o.Which)
	if err != nil {
		return nil, err
	}
	first := sizesOf(of, sequence(len(y)), slices.Max(of)+1)
	minority := of[0] // of equal classes the first to appear, as in the original
	for _, c := range of {
		if first[c] < first[minority] {
			minority = c
		}
	}
	rounds := []int{k}
	if o.Growing {
		rounds = sequence(k + 1)[1:]
	}
	for range max(1, o.Rounds) - 1 {
		rounds = append(rounds, k)
	}
	keep := sequence(len(y))
	for _, k := range rounds {
		if k >= len(keep) {
			break
		}
		next, err := edit(fn, d, of, keep, len(first), k, o)
		if err != nil {
			return nil, err
		}
		done := len(next) == len(keep) && !o.Growing
		keep = next
		for c, n := range sizesOf(of, keep, len(first)) {
			if n == 0 || c != minority && n < first[minority] && !o.AllowMinority {
				done = true
			}
		}
		if done {
			break
		}
	}
	return keep, nil
}

// sizesOf counts the kept rows of each class.
func sizesOf(of, keep []int, classes int) []int {
	n := make([]int, classes)
	for _, r := range keep {
		n[of[r]]++
	}
	return n
}

// edit applies the rule once, to the rows that were kept so far.
func edit(fn string, d *mat.Dense, of, keep []int, classes, k int, o EditedNeighbours) ([]int, error) {
	removable, err := o.Which.classes(fn, sizesOf(of, keep, classes))
	if err != nil {
		return nil, err
	}
	sub := rowsOf(d, keep)
	var next []int
	for i, near := range neighbors.New(sub).All(sub, k, true) {
		if removable(of[keep[i]]) && !agrees(near, of[keep[i]], o.Mode, func(n int) int { return of[keep[n]] }) {
			continue
		}
		next = append(next, keep[i])
	}
	return next, nil
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
	return out.Take(keep)
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
	return out.Take(keep)
}

// Take returns the chosen rows, in ascending order, such as those that a cleaning rule
// leaves. It returns ErrRange for rows that do not ascend or do not exist.
func (r Resampled[L]) Take(rows []int) (Resampled[L], error) {
	out := Resampled[L]{}
	last := -1
	for _, i := range rows {
		if i <= last || i >= len(r.Y) {
			return Resampled[L]{}, fmt.Errorf("mitigate.Resampled.Take: rows: need ascending rows below %d, have %d after %d: %w", len(r.Y), i, last, mlgauge.ErrRange)
		}
		last = i
		if i < r.Original {
			out.Original++
		}
		out.Y, out.Source = append(out.Y, r.Y[i]), append(out.Source, r.Source[i])
	}
	if len(rows) > 0 {
		out.X = rowsOf(r.X, rows)
	}
	return out, nil
}
