package preprocess

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/moments"
)

// Jitter makes new rows out of given ones by small changes that keep what kind
// of value a column holds:
//
//   - a number x becomes x + Scale sd e, with the population standard deviation
//     sd of its column and e standard normal
//   - a value of a Categorical column is replaced, with probability Rate, by one
//     drawn from the same column, so that no category is invented and the
//     frequencies stay as they are on average
//   - NaN stays NaN
//
// Use it on the training part only.
type Jitter struct {
	Scale       float64 // 0: 0.05
	Rate        float64 // in [0, 1]; 0: 0.05
	Categorical []int   // columns whose values are categories
	Integer     []int   // columns whose numbers are rounded after the noise
	Fixed       []int   // columns that are copied as they are
	Clip        bool    // keep numbers within the least and largest of their column
	Within      []int   // class of each row: categories are drawn from the row's class; nil: from all rows
	Copies      int     // new rows per row; 0: 1
	Seed        uint64
}

const (
	plainColumn = iota
	integerColumn
	categoryColumn
	fixedColumn
)

// Augment returns the new rows, Copies times all rows of x in their order; the
// rows of x are not among them.
//
// Errors: ErrEmpty, ErrNotFinite for infinite values and if noise would
// overflow, ErrLength if Within does not have one class per row, ErrRange for a
// negative Scale or Copies, a Rate outside [0, 1] and columns that x does not
// have or that are named twice.
func (j Jitter) Augment(x mat.Matrix) (*mat.Dense, error) {
	const fn = "Jitter.Augment"
	rows, cols, err := j.check(fn, x)
	if err != nil {
		return nil, err
	}
	kind, err := j.kinds(fn, cols)
	if err != nil {
		return nil, err
	}
	scale, rate, copies := defaultTo(j.Scale, 0.05), defaultTo(j.Rate, 0.05), max(j.Copies, 1)
	in := mat.DenseCopyOf(x)
	out := mat.NewDense(rows*copies, cols, nil)
	col := make([]float64, rows)
	for c := range cols {
		mat.Col(col, c, in)
		lo, hi, sd, err := extent(fn, c, col)
		if err != nil {
			return nil, err
		}
		if kind[c] <= integerColumn && sd*0 != 0 {
			return nil, fmt.Errorf("%s: x: need columns whose variance is finite, have %v in column %d: %w", fn, sd, c, mlgauge.ErrNotFinite)
		}
		pools := j.pools(kind[c], col)
		// one stream per column: adding a column changes no other
		rng := rand.New(rand.NewPCG(j.Seed, uint64(c)))
		for i := range rows * copies {
			r := i % rows
			v := col[r]
			switch {
			case v != v || kind[c] == fixedColumn:
			case kind[c] == categoryColumn:
				if rng.Float64() < rate {
					pool := pools[0]
					if j.Within != nil {
						pool = pools[j.Within[r]]
					}
					v = pool[rng.IntN(len(pool))]
				}
			default:
				v += scale * sd * rng.NormFloat64()
				if kind[c] == integerColumn {
					v = math.Round(v)
				}
				if j.Clip {
					v = min(max(v, lo), hi)
				}
				if math.IsInf(v, 0) {
					return nil, fmt.Errorf("%s: x: need values that noise does not overflow, have %v at row %d, column %d: %w", fn, col[r], r, c, mlgauge.ErrNotFinite)
				}
			}
			out.Set(i, c, v)
		}
	}
	return out, nil
}

func (j Jitter) check(fn string, x mat.Matrix) (rows, cols int, err error) {
	if rows, cols, err = dims(fn, x); err != nil {
		return 0, 0, err
	}
	if !(j.Scale >= 0) || math.IsInf(j.Scale, 1) {
		return 0, 0, fmt.Errorf("%s: Scale: need a number of at least 0, have %v: %w", fn, j.Scale, mlgauge.ErrRange)
	}
	if !(j.Rate >= 0 && j.Rate <= 1) {
		return 0, 0, fmt.Errorf("%s: Rate: need a number in [0, 1], have %v: %w", fn, j.Rate, mlgauge.ErrRange)
	}
	if j.Within != nil {
		if err := check.Length(fn, "Within", rows, len(j.Within)); err != nil {
			return 0, 0, err
		}
	}
	if j.Copies > math.MaxInt/(8*rows*cols) {
		return 0, 0, fmt.Errorf("%s: Copies: need a result that memory can hold, have %d copies of %d x %d: %w", fn, j.Copies, rows, cols, mlgauge.ErrRange)
	}
	return rows, cols, check.AtLeast(fn, "Copies", j.Copies, 0)
}

// dims returns the size of a matrix that must not be empty.
func dims(fn string, x mat.Matrix) (rows, cols int, err error) {
	if x != nil {
		rows, cols = x.Dims()
	}
	return rows, cols, check.NotEmpty(fn, "x", rows*cols)
}

func defaultTo(v, def float64) float64 {
	if v == 0 {
		return def
	}
	return v
}

func (j Jitter) kinds(fn string, cols int) ([]int, error) {
	kind := make([]int, cols)
	for _, set := range []struct {
		name string
		cols []int
		kind int
	}{{"Categorical", j.Categorical, categoryColumn}, {"Integer", j.Integer, integerColumn}, {"Fixed", j.Fixed, fixedColumn}} {
		for _, c := range set.cols {
			if c < 0 || c >= cols || kind[c] != plainColumn {
				return nil, fmt.Errorf("%s: %s: need distinct columns in [0, %d), have %d: %w", fn, set.name, cols, c, mlgauge.ErrRange)
			}
			kind[c] = set.kind
		}
	}
	return kind, nil
}

// extent returns the extremes and the population standard deviation of the
// values that are not missing.
func extent(fn string, c int, col []float64) (lo, hi, sd float64, err error) {
	lo, hi = math.Inf(1), math.Inf(-1)
	present := make([]float64, 0, len(col))
	for i, v := range col {
		if math.IsInf(v, 0) {
			return 0, 0, 0, fmt.Errorf("%s: x: need finite values or NaN, have %v at row %d, column %d: %w", fn, v, i, c, mlgauge.ErrNotFinite)
		}
		if v == v {
			present = append(present, v)
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	var m moments.Moments
	moments.Add(&m, present)
	if len(present) > 0 {
		sd = math.Sqrt(m.Variance(0))
	}
	return lo, hi, sd, nil
}

// pools returns the values to draw categories from, by class.
func (j Jitter) pools(kind int, col []float64) map[int][]float64 {
	if kind != categoryColumn {
		return nil
	}
	pools := map[int][]float64{}
	for i, v := range col {
		if v != v {
			continue
		}
		class := 0
		if j.Within != nil {
			class = j.Within[i]
		}
		pools[class] = append(pools[class], v)
	}
	return pools
}

// Mixed holds rows that were mixed of two rows each.
type Mixed struct {
	X      *mat.Dense
	I, J   []int     // the two rows
	Lambda []float64 // share of row I; the share of row J is 1 - Lambda
}

// Targets returns the targets of the new rows,
//
//	Lambda y[I] + (1 - Lambda) y[J]
//
// For classes, mix each column of their one-hot form.
//
// Errors: ErrRange if y is too short for the rows that were mixed.
func (m Mixed) Targets(y []float64) ([]float64, error) {
	out := make([]float64, len(m.I))
	for k, i := range m.I {
		j := m.J[k]
		if i >= len(y) || j >= len(y) {
			return nil, fmt.Errorf("Mixed.Targets: y: need a target for row %d, have %d targets: %w", max(i, j), len(y), mlgauge.ErrRange)
		}
		out[k] = mix(m.Lambda[k], y[i], y[j])
	}
	return out, nil
}

// mix is lambda a + (1-lambda) b, and a itself where a = b, so that what two
// rows share stays as it is.
func mix(lambda, a, b float64) float64 {
	if a == b {
		return a
	}
	return lambda*a + (1-lambda)*b
}

// Mixup makes rows on the line between two random rows:
//
//	x = lambda x[I] + (1 - lambda) x[J],  lambda drawn from Beta(Alpha, Alpha)
//
// and, with [Mixed.Targets], their targets likewise. A value that is NaN in one
// of the two rows is NaN.
//
// Source: H. Zhang et al., mixup: Beyond empirical risk minimization (2018).
type Mixup struct {
	Alpha float64 // 0: 0.2
	Rows  int     // new rows; 0: as many as x has
	Same  []int   // class of each row: only rows of the same class are mixed; nil: any
	Seed  uint64
}

// Augment returns the new rows.
//
// Errors: ErrEmpty, ErrNotFinite for infinite values, ErrLength if Same does not
// have one class per row, ErrRange for a negative Alpha or Rows.
func (m Mixup) Augment(x mat.Matrix) (Mixed, error) {
	out, _, err := pairs("Mixup.Augment", x, m.Alpha, 0.2, m.Rows, m.Same, m.Seed)
	if err != nil {
		return Mixed{}, err
	}
	n, cols := out.X.Dims()
	for k := range n {
		for c := range cols {
			out.X.Set(k, c, mix(out.Lambda[k], x.At(out.I[k], c), x.At(out.J[k], c)))
		}
	}
	return out, nil
}

// CutMix makes rows whose columns come from two random rows: each column from
// row I with probability lambda, drawn from Beta(Alpha, Alpha), else from row J.
// No value is invented, so columns of any kind may be mixed. Lambda of the result
// is the share of columns that did come from row I.
//
// Source: S. Yun et al., CutMix (2019), with columns for the pixels.
type CutMix struct {
	Alpha float64 // 0: 1
	Rows  int     // new rows; 0: as many as x has
	Same  []int   // class of each row: only rows of the same class are mixed; nil: any
	Seed  uint64
}

// Augment returns the new rows.
//
// Errors: those of [Mixup.Augment].
func (m CutMix) Augment(x mat.Matrix) (Mixed, error) {
	out, rng, err := pairs("CutMix.Augment", x, m.Alpha, 1, m.Rows, m.Same, m.Seed)
	if err != nil {
		return Mixed{}, err
	}
	n, cols := out.X.Dims()
	for k := range n {
		kept := 0
		for c := range cols {
			from := out.J[k]
			if rng.Float64() < out.Lambda[k] {
				from = out.I[k]
				kept++
			}
			out.X.Set(k, c, x.At(from, c))
		}
		out.Lambda[k] = float64(kept) / float64(cols)
	}
	return out, nil
}

// pairs draws the rows to mix and their shares.
func pairs(fn string, x mat.Matrix, alpha, defaultAlpha float64, n int, same []int, seed uint64) (Mixed, *rand.Rand, error) {
	rows, cols, err := dims(fn, x)
	if err != nil {
		return Mixed{}, nil, err
	}
	if !(alpha >= 0) || math.IsInf(alpha, 1) {
		return Mixed{}, nil, fmt.Errorf("%s: Alpha: need a number of at least 0, have %v: %w", fn, alpha, mlgauge.ErrRange)
	}
	if err := check.AtLeast(fn, "Rows", n, 0); err != nil {
		return Mixed{}, nil, err
	}
	if n > math.MaxInt/(8*cols) {
		return Mixed{}, nil, fmt.Errorf("%s: Rows: need a result that memory can hold, have %d rows of %d columns: %w", fn, n, cols, mlgauge.ErrRange)
	}
	if same != nil {
		if err := check.Length(fn, "Same", rows, len(same)); err != nil {
			return Mixed{}, nil, err
		}
	}
	for i := range rows {
		for c := range cols {
			if v := x.At(i, c); math.IsInf(v, 0) {
				return Mixed{}, nil, fmt.Errorf("%s: x: need finite values or NaN, have %v at row %d, column %d: %w", fn, v, i, c, mlgauge.ErrNotFinite)
			}
		}
	}
	if n == 0 {
		n = rows
	}
	all := make([]int, rows)
	members := map[int][]int{}
	for i := range all {
		all[i] = i
		if same != nil {
			members[same[i]] = append(members[same[i]], i)
		}
	}
	src := rand.NewPCG(seed, 0)
	rng := rand.New(src)
	alpha = defaultTo(alpha, defaultAlpha)
	beta := distuv.Beta{Alpha: alpha, Beta: alpha, Src: src}
	out := Mixed{X: mat.NewDense(n, cols, nil), I: make([]int, n), J: make([]int, n), Lambda: make([]float64, n)}
	for k := range n {
		i := k % rows
		pool := all
		if same != nil {
			pool = members[same[i]]
		}
		out.I[k], out.J[k] = i, pool[rng.IntN(len(pool))]
		out.Lambda[k] = beta.Rand()
		if l := out.Lambda[k]; l != l { // both gammas fell below the smallest number
			out.Lambda[k] = float64(rng.IntN(2))
		}
	}
	return out, rng, nil
}
