package mitigate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/neighbors"
)

// A SMOTENC is SMOTE for numeric and categorical columns together. Categories are
// codes in the matrix. Between two rows that differ in a category, the squared
// distance grows by m^2, with m the median of the standard deviations of the class's
// numeric columns. A new row takes each category from the most frequent among the K
// neighbours, ties at random. No one-hot matrix is made: memory is linear in the
// rows. Source: Chawla et al. (2002); imbalanced-learn 0.14.
type SMOTENC[L cmp.Ordered] struct {
	SMOTE[L]
	Categorical []int // the columns that hold categories
}

// Resample returns x and y with new rows. Errors are those of SMOTE.Resample, and
// ErrRange unless some but not all columns are categorical; NaN is refused.
func (s SMOTENC[L]) Resample(x mat.Matrix, y []L) (Resampled[L], error) {
	const fn = "mitigate.SMOTENC.Resample"
	_, cols := x.Dims()
	isCat := make([]bool, cols)
	for _, j := range s.Categorical {
		if j < 0 || j >= cols || isCat[j] {
			return Resampled[L]{}, fmt.Errorf("%s: Categorical: need distinct columns from 0 to %d, have %d: %w", fn, cols-1, j, mlgauge.ErrRange)
		}
		isCat[j] = true
	}
	if n := len(s.Categorical); n == 0 || n == cols {
		return Resampled[L]{}, fmt.Errorf("%s: Categorical: need some but not all of the %d columns (else use SMOTE or SMOTEN), have %d: %w", fn, cols, n, mlgauge.ErrRange)
	}
	if s.Missing != Refuse {
		return Resampled[L]{}, check.Option(fn, "Missing", int(s.Missing))
	}
	return s.resample(fn, x, y, func(d *mat.Dense, classes []class[L], k int) maker {
		c := classes[k]
		sub := rowsOf(d, c.rows)
		var spread []float64
		for j := range cols {
			if !isCat[j] {
				spread = append(spread, stat.PopStdDev(mat.Col(nil, j, sub), nil))
			}
		}
		slices.Sort(spread)
		h := len(spread) / 2
		m := spread[h]
		if len(spread)%2 == 0 {
			m = (m + spread[h-1]) / 2
		}
		near := nearestMixed(sub, isCat, m, s.k())
		return func(dst []float64, _ int, u rng) int {
			i := u.IntN(len(c.rows))
			between(dst, sub.RawRowView(i), sub.RawRowView(near[i][u.IntN(len(near[i]))].Row), u.Float64())
			for _, j := range s.Categorical {
				dst[j] = mode(near[i], func(r int) float64 { return sub.At(r, j) }, u)
			}
			return c.rows[i]
		}
	})
}

// maxIndicators is the number of columns up to which categories are searched as
// indicators: the memory stays a small multiple of the data.
const maxIndicators = 96

// nearestMixed returns the k nearest other rows of every row of x, where two categories
// that differ add m^2 to the squared distance.
func nearestMixed(x *mat.Dense, isCat []bool, m float64, k int) [][]neighbors.Neighbor {
	n, cols := x.Dims()
	if wide := indicators(x, isCat, m); wide != nil {
		return nearest(wide, wide, nil, k, Refuse)
	}
	near := make([][]neighbors.Neighbor, n)
	scan(n, n, k, sequence(n), near, func(i, j int) float64 {
		a, b := x.RawRowView(i), x.RawRowView(j)
		var q float64
		for col := range cols {
			e := a[col] - b[col]
			if isCat[col] {
				if e != 0 {
					q += m * m
				}
				continue
			}
			q += e * e
		}
		return q
	})
	return near
}

// indicators returns x with a column of height m/sqrt(2) for every category, so that two that
// differ are m apart; nil if there are too many categories.
func indicators(x *mat.Dense, isCat []bool, m float64) *mat.Dense {
	n, cols := x.Dims()
	width := 0
	place := make([]map[float64]int, cols) // of a category
	at := make([]int, cols)                // of a numeric column
	for j := range cols {
		if !isCat[j] {
			at[j] = width
			width++
			continue
		}
		place[j] = make(map[float64]int)
		for i := range n {
			if _, ok := place[j][x.At(i, j)]; ok {
				continue
			}
			if width == maxIndicators {
				return nil
			}
			place[j][x.At(i, j)] = width
			width++
		}
	}
	out := mat.NewDense(n, width, nil)
	for i := range n {
		row := out.RawRowView(i)
		for j, v := range x.RawRowView(i) {
			if isCat[j] {
				row[place[j][v]] = m / math.Sqrt2
			} else {
				row[at[j]] = v
			}
		}
	}
	return out
}

// mode returns the most frequent value among the neighbours: a random one of those
// that tie, or the smallest if u is nil.
func mode(near []neighbors.Neighbor, value func(row int) float64, u rng) float64 {
	v := make([]float64, len(near))
	for i, n := range near {
		v[i] = value(n.Row)
	}
	slices.Sort(v)
	best, most, ties := v[0], 0, 0
	for i := 0; i < len(v); {
		j := i
		for j < len(v) && v[j] == v[i] {
			j++
		}
		switch {
		case j-i > most:
			best, most, ties = v[i], j-i, 1
		case j-i == most && u != nil:
			ties++
			if u.IntN(ties) == 0 {
				best = v[i]
			}
		}
		i = j
	}
	return best
}

// A SMOTEN is SMOTE for categories alone, as codes in the matrix. Rows are compared
// by the value difference metric,
//
//	d(a, b) = sum over columns of (sum over classes of |P(class|a) - P(class|b)|)^2
//
// and a new row takes the most frequent category of each column among a row and its
// K neighbours, the smallest code of those that tie. Source: Chawla et al. (2002);
// imbalanced-learn 0.14, which searches neighbours by the Euclidean distance between the
// rows of the matrix of these distances, and so needs memory that is quadratic.
type SMOTEN[L cmp.Ordered] struct{ SMOTE[L] }

// Resample returns x and y with new rows. Errors are those of SMOTE.Resample; NaN is
// refused.
func (s SMOTEN[L]) Resample(x mat.Matrix, y []L) (Resampled[L], error) {
	const fn = "mitigate.SMOTEN.Resample"
	if s.Missing != Refuse {
		return Resampled[L]{}, check.Option(fn, "Missing", int(s.Missing))
	}
	var shares []map[float64][]float64
	return s.resample(fn, x, y, func(d *mat.Dense, classes []class[L], k int) maker {
		if shares == nil {
			shares = classShares(d, classes)
		}
		c := classes[k]
		profile := make([][][]float64, len(c.rows))
		for i, r := range c.rows {
			profile[i] = make([][]float64, len(shares))
			for j, of := range shares {
				profile[i][j] = of[d.At(r, j)]
			}
		}
		near := make([][]neighbors.Neighbor, len(c.rows))
		scan(len(c.rows), len(c.rows), s.k()+1, nil, near, func(a, b int) float64 {
			var q float64
			for j, p := range profile[a] {
				var e float64
				for k, v := range profile[b][j] {
					e += math.Abs(p[k] - v)
				}
				q += e * e
			}
			return q
		})
		return func(dst []float64, _ int, u rng) int {
			i := u.IntN(len(c.rows))
			for j := range dst {
				dst[j] = mode(near[i], func(r int) float64 { return d.At(c.rows[r], j) }, nil)
			}
			return c.rows[i]
		}
	})
}

// classShares returns, for every column and category, P(class | category) by class.
func classShares[L cmp.Ordered](d *mat.Dense, classes []class[L]) []map[float64][]float64 {
	_, cols := d.Dims()
	shares := make([]map[float64][]float64, cols)
	for j := range shares {
		shares[j] = make(map[float64][]float64)
		total := make(map[float64]float64)
		for k, c := range classes {
			for _, r := range c.rows {
				v := d.At(r, j)
				if shares[j][v] == nil {
					shares[j][v] = make([]float64, len(classes))
				}
				shares[j][v][k]++
				total[v]++
			}
		}
		for v, p := range shares[j] {
			for k := range p {
				p[k] /= total[v]
			}
		}
	}
	return shares
}
