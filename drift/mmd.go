package drift

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// MMDOptions are the options of MMD. The zero value is usual.
type MMDOptions struct {
	// Bandwidth is sigma of the Gaussian kernel; 0 means the median distance
	// between pooled rows.
	Bandwidth    float64
	Permutations int // for the p-value; 0 means 199, negative none
	Seed         uint64
}

// MMD returns the squared maximum mean discrepancy of the rows of x and y under the
// Gaussian kernel k(a, b) = exp(-|a - b|^2 / (2 sigma^2)), in its unbiased form,
//
//	sum_{i != j} k(x_i, x_j)/(n(n-1)) + sum_{i != j} k(y_i, y_j)/(m(m-1)) - 2 mean k(x_i, y_j)
//
// which may be slightly negative. The p-value is that of a permutation test,
// (1 + count)/(1 + permutations), NaN without permutations. Time and memory grow
// with the square of the rows: draw a sample first. It returns ErrEmpty for fewer
// than two rows, ErrLength where the columns differ, ErrNotFinite for NaN and
// infinities, ErrRange for a bad bandwidth or more than 20,000 rows. Pooled rows
// that are all equal give 0 with p = 1. Source: Gretton et al. (2012).
func MMD(x, y mat.Matrix, o MMDOptions) (Result, error) {
	const fn = "drift.MMD"
	n, c := x.Dims()
	m, c2 := y.Dims()
	if err := check.Length(fn, "y, columns", c, c2); err != nil {
		return Result{}, err
	}
	if n < 2 || m < 2 {
		return Result{}, fmt.Errorf("%s: x and y: need at least 2 rows each, have %d and %d: %w", fn, n, m, mlgauge.ErrEmpty)
	}
	if err := check.In(fn, "rows of x and y", float64(n+m), 4, 20_000); err != nil {
		return Result{}, err
	}
	all := mat.NewDense(n+m, c, nil)
	for i := range n {
		mat.Row(all.RawRowView(i), i, x)
	}
	for i := range m {
		mat.Row(all.RawRowView(n+i), i, y)
	}
	if err := check.Finite(fn, "x and y", all.RawMatrix().Data); err != nil {
		return Result{}, err
	}
	if o.Bandwidth != 0 {
		if err := option(fn, "Bandwidth", o.Bandwidth, 0, math.Inf(1)); err != nil {
			return Result{}, err
		}
	}
	k := gram(all)
	sigma := o.Bandwidth
	r := Result{Test: "mmd", PValue: math.NaN()}
	if sigma == 0 {
		sigma = medianDistance(k, n+m)
		if sigma == 0 {
			r.PValue, r.Note = 1, "the median distance is 0"
			return r, nil
		}
	}
	gamma := 1 / (2 * sigma * sigma)
	parallel.Each(n+m, func(i int) {
		row := k[i*(n+m) : (i+1)*(n+m)]
		for j, d := range row {
			row[j] = math.Exp(-gamma * d)
		}
	})
	label := make([]bool, n+m) // true: y
	for i := n; i < n+m; i++ {
		label[i] = true
	}
	r.Statistic = mmd(k, label, n, m)
	permutations := or(o.Permutations, 199)
	if permutations <= 0 {
		return r, nil
	}
	above := make([]bool, permutations)
	parallel.Each(permutations, func(p int) {
		rng := rand.New(rand.NewPCG(o.Seed, uint64(p)))
		l := append([]bool(nil), label...)
		rng.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
		above[p] = mmd(k, l, n, m) >= r.Statistic
	})
	count := 1
	for _, a := range above {
		if a {
			count++
		}
	}
	r.PValue = float64(count) / float64(permutations+1)
	return r, nil
}

// gram returns the squared distances between all rows.
func gram(x *mat.Dense) []float64 {
	n, _ := x.Dims()
	k := make([]float64, n*n)
	parallel.Each(n, func(i int) {
		a := x.RawRowView(i)
		for j := range n {
			var d float64
			for c, v := range x.RawRowView(j) {
				d += (v - a[c]) * (v - a[c])
			}
			k[i*n+j] = d
		}
	})
	return k
}

// medianDistance returns the median distance between different rows.
func medianDistance(k []float64, n int) float64 {
	d := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		d = append(d, k[i*n+i+1:(i+1)*n]...)
	}
	kernel.SortFloat64s(d)
	return math.Sqrt(quantile7(d, 0.5))
}

func mmd(k []float64, label []bool, n, m int) float64 {
	var xx, yy, xy float64
	all := n + m
	for i := range all {
		row := k[i*all : (i+1)*all]
		var same, other float64
		for j, v := range row {
			if label[j] == label[i] {
				same += v
			} else {
				other += v
			}
		}
		same -= row[i]
		if label[i] {
			yy += same
		} else {
			xx += same
			xy += other
		}
	}
	a, b := float64(n), float64(m)
	return xx/(a*(a-1)) + yy/(b*(b-1)) - 2*xy/(a*b)
}
