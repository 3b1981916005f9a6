package mitigate

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Targets says how many rows each class should have after resampling. A nil map is
// the usual choice: as many as the largest class when adding rows, as the smallest
// when removing them. Classes that are not named keep their rows.
type Targets[L cmp.Ordered] map[L]int

// Share returns targets for two classes that make minority rows = ratio * majority
// rows: by adding minority rows if over, by removing majority rows otherwise. It
// returns ErrRange for a ratio outside (0, 1] or one that asks for the opposite, and
// ErrUndefined unless there are two classes.
func Share[L cmp.Ordered](y []L, ratio float64, over bool) (Targets[L], error) {
	const fn = "mitigate.Share"
	if !(ratio > 0 && ratio <= 1) {
		return nil, fmt.Errorf("%s: ratio: need a number in (0, 1], have %v: %w", fn, ratio, mlgauge.ErrRange)
	}
	c := classesOf(y)
	if len(c) != 2 {
		return nil, fmt.Errorf("%s: y: need two classes, have %d: %w", fn, len(c), mlgauge.ErrUndefined)
	}
	small, large := c[0], c[1]
	if len(small.rows) > len(large.rows) {
		small, large = large, small
	}
	if over {
		n := int(ratio * float64(len(large.rows)))
		if n < len(small.rows) {
			return nil, fmt.Errorf("%s: ratio: need one that adds rows to the minority (above %v), have %v: %w", fn, float64(len(small.rows))/float64(len(large.rows)), ratio, mlgauge.ErrRange)
		}
		return Targets[L]{small.label: n}, nil
	}
	n := int(float64(len(small.rows)) / ratio)
	if n > len(large.rows) {
		return nil, fmt.Errorf("%s: ratio: need one that removes rows of the majority (above %v), have %v: %w", fn, float64(len(small.rows))/float64(len(large.rows)), ratio, mlgauge.ErrRange)
	}
	return Targets[L]{large.label: n}, nil
}

// TargetsFor returns targets that bring the named classes to the size of the largest
// class, if over, or else to that of the smallest: imbalanced-learn's
// sampling_strategy as a word. It returns ErrUndefined for fewer than two classes and
// ErrRange for an unknown which.
//
//	mitigate.TargetsFor(y, mitigate.Minority, true) // only the smallest class grows
func TargetsFor[L cmp.Ordered](y []L, which Which, over bool) (Targets[L], error) {
	c := classesOf(y)
	sizes := make([]int, len(c))
	for i, k := range c {
		sizes[i] = len(k.rows)
	}
	named, err := which.classes("mitigate.TargetsFor", sizes)
	if err != nil {
		return nil, err
	}
	small, large := ends(sizes)
	out := make(Targets[L])
	for i, k := range c {
		if named(i) {
			out[k.label] = sizes[small]
			if over {
				out[k.label] = sizes[large]
			}
		}
	}
	return out, nil
}

// A class is a label and its rows.
type class[L cmp.Ordered] struct {
	label L
	rows  []int
	want  int
}

// classesOf returns the classes in order of their labels.
func classesOf[L cmp.Ordered](y []L) []class[L] {
	at := make(map[L]int)
	var out []class[L]
	for i, v := range y {
		k, ok := at[v]
		if !ok {
			k = len(out)
			at[v] = k
			out = append(out, class[L]{label: v})
		}
		out[k].rows = append(out[k].rows, i)
	}
	slices.SortFunc(out, func(a, b class[L]) int { return cmp.Compare(a.label, b.label) })
	for i := range out {
		out[i].want = len(out[i].rows)
	}
	return out
}

// resolve sets the wanted counts: over tells that rows are to be added.
func (t Targets[L]) resolve(fn string, y []L, over bool) ([]class[L], error) {
	if err := check.NotEmpty(fn, "y", len(y)); err != nil {
		return nil, err
	}
	for _, v := range y {
		if v != v {
			return nil, fmt.Errorf("%s: y: need labels that are not NaN: %w", fn, mlgauge.ErrNotFinite)
		}
	}
	c := classesOf(y)
	if len(c) < 2 {
		return nil, fmt.Errorf("%s: y: need at least two classes, have %d: %w", fn, len(c), mlgauge.ErrUndefined)
	}
	if t == nil {
		n := len(c[0].rows)
		for _, k := range c {
			if over {
				n = max(n, len(k.rows))
			} else {
				n = min(n, len(k.rows))
			}
		}
		for i := range c {
			c[i].want = n
		}
		return c, nil
	}
	for label, want := range t {
		i := slices.IndexFunc(c, func(k class[L]) bool { return k.label == label })
		if i < 0 {
			return nil, fmt.Errorf("%s: targets: need classes that occur, have %v: %w", fn, label, mlgauge.ErrUnknownCategory)
		}
		have := len(c[i].rows)
		switch {
		case over && want < have:
			return nil, fmt.Errorf("%s: targets: need at least the %d rows that class %v has, have %d: %w", fn, have, label, want, mlgauge.ErrRange)
		case !over && (want > have || want < 1):
			return nil, fmt.Errorf("%s: targets: need from 1 to the %d rows that class %v has, have %d: %w", fn, have, label, want, mlgauge.ErrRange)
		}
		c[i].want = want
	}
	return c, nil
}

// Resampled is data with new rows: the original rows first, in their order.
type Resampled[L cmp.Ordered] struct {
	X *mat.Dense
	Y []L
	// Source[i] is the original row that row i is, or was made from.
	Source []int
	// Original is the number of original rows; the others are new.
	Original int
}

// started returns a Resampled that holds the original rows and has room for extra.
func started[L cmp.Ordered](x *mat.Dense, y []L, extra int) Resampled[L] {
	r, c := x.Dims()
	out := Resampled[L]{X: mat.NewDense(r+extra, c, nil), Y: append(make([]L, 0, r+extra), y...), Source: make([]int, r, r+extra), Original: r}
	out.X.Slice(0, r, 0, c).(*mat.Dense).Copy(x)
	for i := range out.Source {
		out.Source[i] = i
	}
	return out
}

// dense returns x as a dense matrix of plain rows, checked.
func dense(fn string, x mat.Matrix, rows int, nan bool) (*mat.Dense, error) {
	r, c := x.Dims()
	if err := check.Length(fn, "x, rows", rows, r); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "x", r*c); err != nil {
		return nil, err
	}
	d := mat.DenseCopyOf(x)
	if nan {
		for _, v := range d.RawMatrix().Data {
			if v == v && v*0 != 0 {
				return nil, fmt.Errorf("%s: x: need finite values or NaN, have %v: %w", fn, v, mlgauge.ErrNotFinite)
			}
		}
		return d, nil
	}
	return d, check.Finite(fn, "x", d.RawMatrix().Data)
}

// rowsOf returns the chosen rows of x.
func rowsOf(x *mat.Dense, rows []int) *mat.Dense {
	_, c := x.Dims()
	out := mat.NewDense(len(rows), c, nil)
	for i, r := range rows {
		copy(out.RawRowView(i), x.RawRowView(r))
	}
	return out
}

func generator(seed uint64, stream int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(stream)))
}
