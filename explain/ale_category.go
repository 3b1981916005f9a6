package explain

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// CategoryEffects is the accumulated effect of each value of a category.
type CategoryEffects struct {
	Feature int
	Values  []float64 // in the order in which effects were accumulated
	Effect  []float64 // of each value; its mean over the rows is 0
	StdErr  []float64 // of the effect of a value less that of the first
	Low     []float64 // interval of the effect, at Level
	High    []float64
	Step    []float64 // mean difference of the prediction from each value to the next
	Count   []int     // rows with each value
	Mean    float64   // mean prediction of the rows; add it for the scale of the prediction
	Level   float64
}

// Category returns the accumulated local effects of a category: rows move to the
// next value and to the one before, in a given order,
//
//	Step_k   = mean of f(x_i with v_k+1) - f(x_i) over the rows with v_k,
//	           and f(x_i) - f(x_i with v_k) over those with v_k+1
//	Effect_k = sum_{l < k} Step_l - c,   c = sum_k n_k E_k / n
//
// with E the effects before centring. The order is Order, which holds every value
// once. Without one, values follow each other by similarity: the distance of two
// is the sum, over the other features, of the Kolmogorov-Smirnov distance of their
// rows (for features in Categorical, of the total variation distance), and
// classical scaling lays these distances on a line, which begins at the end
// nearer to the smallest value. For one feature it is ascending.
//
// A row between two others takes part in two steps; StdErr allows for that. A step
// of one row has none, and the effects after it have NaN. The model predicts 3n
// rows.
//
// Errors: ErrUndefined for a constant feature, ErrNotFinite for NaN or an infinity
// in it, or in any feature where similarity is measured; ErrUnknownCategory,
// ErrRange for an Order without one of the values, or with one twice or that no
// row has; ErrRange for a bad option or feature; ErrEmpty for no rows; the errors
// of Model; the context's. Source: Apley and Zhu (2020), and their ALEPlot 1.1,
// which measures distances at 100 quantiles.
func (a Accumulated) Category(ctx context.Context, model Model, x *mat.Dense, j int) (*CategoryEffects, error) {
	const fn = "Accumulated.Category"
	u, err := a.start(ctx, fn, model, x)
	if err != nil {
		return nil, err
	}
	col, err := u.column(j)
	if err != nil {
		return nil, err
	}
	values, err := a.ordered(fn, x, col, j)
	if err != nil {
		return nil, err
	}
	n, m := len(col), len(values)
	place := make(map[float64]int, m)
	for k, v := range values {
		place[v] = k
	}
	at := make([]int, n)
	for i, v := range col {
		at[i] = place[v]
	}
	pred, err := u.predictions(3, func(k, i int, row []float64) {
		row[j] = values[min(max(at[i]+k-1, 0), m-1)]
	})
	if err != nil {
		return nil, err
	}
	e := &CategoryEffects{Feature: j, Values: values, Level: u.level, Effect: make([]float64, m), StdErr: make([]float64, m),
		Step: make([]float64, m-1), Count: make([]int, m)}
	// Of row i: down is what it adds to the step that ends at its value, up to the
	// one that begins there.
	down := func(i int) float64 { return pred[1][i] - pred[0][i] }
	up := func(i int) float64 { return pred[2][i] - pred[1][i] }
	for i, k := range at {
		e.Mean += (pred[1][i] - pred[1][0]) / float64(n)
		e.Count[k]++
	}
	e.Mean += pred[1][0]
	size := make([]float64, m-1) // differences in each step
	for k := range size {
		size[k] = float64(e.Count[k] + e.Count[k+1])
	}
	for i, k := range at {
		if k > 0 {
			e.Step[k-1] += down(i) / size[k-1]
		}
		if k < m-1 {
			e.Step[k] += up(i) / size[k]
		}
	}
	own, shared := make([]float64, m-1), make([]float64, m-1) // sums of squares, and of products with the step before
	for i, k := range at {
		if k > 0 {
			d := down(i) - e.Step[k-1]
			own[k-1] += d * d
			if k < m-1 {
				shared[k] += d * (up(i) - e.Step[k])
			}
		}
		if k < m-1 {
			d := up(i) - e.Step[k]
			own[k] += d * d
		}
	}
	center, variance := 0.0, 0.0
	for k, s := range e.Step {
		e.Effect[k+1] = e.Effect[k] + s
		center += float64(e.Count[k+1]) / float64(n) * e.Effect[k+1]
		variance += own[k] / (size[k] - 1) / size[k]
		if k > 0 {
			variance += 2 * shared[k] / size[k-1] / size[k]
		}
		e.StdErr[k+1] = math.Sqrt(max(0, variance))
	}
	e.Low, e.High = band(e.Effect, e.StdErr, center, u.level)
	return e, nil
}

// ordered returns the values of a category in the order of their accumulation.
func (a Accumulated) ordered(fn string, x *mat.Dense, col []float64, j int) ([]float64, error) {
	values := slices.Clone(col)
	slices.Sort(values)
	values = slices.Compact(values)
	if len(values) < 2 {
		return nil, fmt.Errorf("%s: feature %d: need at least two values, have %v only: %w", fn, j, values[0], mlgauge.ErrUndefined)
	}
	if a.Order == nil {
		return a.similar(fn, x, col, j, values)
	}
	sorted := slices.Clone(a.Order)
	slices.Sort(sorted)
	for k, v := range sorted {
		if _, ok := slices.BinarySearch(values, v); !ok || k > 0 && v == sorted[k-1] {
			return nil, fmt.Errorf("%s: Order: need the values of feature %d once each, have %v twice or in no row: %w", fn, j, v, mlgauge.ErrRange)
		}
	}
	for _, v := range values {
		if _, ok := slices.BinarySearch(sorted, v); !ok {
			return nil, fmt.Errorf("%s: Order: need every value of feature %d, have none for %v: %w", fn, j, v, mlgauge.ErrUnknownCategory)
		}
	}
	return slices.Clone(a.Order), nil
}

// similar orders values so that those whose rows are alike follow each other.
func (a Accumulated) similar(fn string, x *mat.Dense, col []float64, j int, values []float64) ([]float64, error) {
	n, d := x.Dims()
	m := len(values)
	if d == 1 || m == 2 {
		return values, nil
	}
	distance := mat.NewSymDense(m, nil)
	part := make([][]float64, m) // a feature by value of the category
	for f := range d {
		if f == j {
			continue
		}
		for k := range part {
			part[k] = part[k][:0]
		}
		for i := range n {
			k, _ := slices.BinarySearch(values, col[i])
			part[k] = append(part[k], x.At(i, f))
		}
		for k := range part {
			if err := check.Finite(fn, fmt.Sprintf("feature %d", f), part[k]); err != nil {
				return nil, err
			}
			kernel.SortFloat64s(part[k])
		}
		for k := range m {
			for l := range k {
				var apart float64
				if slices.Contains(a.Categorical, f) {
					apart = variation(part[k], part[l])
				} else {
					hi, lo := kernel.KSDifferences(part[k], part[l])
					apart = max(hi, -lo) / float64(len(part[k])) / float64(len(part[l]))
				}
				distance.SetSym(k, l, distance.At(k, l)+apart)
			}
		}
	}
	line, ok := scaled(distance)
	if !ok {
		return values, nil
	}
	order := make([]int, m)
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(k, l int) int {
		switch {
		case line[k] < line[l]:
			return -1
		case line[k] > line[l]:
			return 1
		}
		return 0
	})
	if at := slices.Index(order, 0); at > m-1-at {
		slices.Reverse(order)
	}
	out := make([]float64, m)
	for k, o := range order {
		out[k] = values[o]
	}
	return out, nil
}

// variation returns the total variation distance of two sorted samples.
func variation(a, b []float64) float64 {
	sum := 0.0
	for i, k := 0, 0; i < len(a) || k < len(b); {
		var v float64
		if k == len(b) || i < len(a) && a[i] <= b[k] {
			v = a[i]
		} else {
			v = b[k]
		}
		p, q := i, k
		for i < len(a) && a[i] == v {
			i++
		}
		for k < len(b) && b[k] == v {
			k++
		}
		sum += math.Abs(float64(i-p)/float64(len(a)) - float64(k-q)/float64(len(b)))
	}
	return sum / 2
}

// scaled returns the first coordinate of classical multidimensional scaling.
func scaled(distance *mat.SymDense) ([]float64, bool) {
	m := distance.SymmetricDim()
	mean, all := make([]float64, m), 0.0
	for k := range m {
		for l := range m {
			mean[k] += distance.At(k, l) * distance.At(k, l) / float64(m)
		}
		all += mean[k] / float64(m)
	}
	b := mat.NewSymDense(m, nil)
	for k := range m {
		for l := range k + 1 {
			b.SetSym(k, l, -(distance.At(k, l)*distance.At(k, l)-mean[k]-mean[l]+all)/2)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(b, true) {
		return nil, false
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	return mat.Col(nil, m-1, &vectors), true // values come in ascending order
}
