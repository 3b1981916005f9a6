package drift

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// AndersonDarling returns the k-sample Anderson-Darling test in its midrank form,
// standardised (Scholz and Stephens 1987, equation 7),
//
//	A2 = (N-1)/N sum_i 1/n_i sum_j l_j/N (N M_ij - n_i B_j)^2 / (B_j (N - B_j) - N l_j/4)
//	Statistic = (A2 - (k-1)) / sigma
//
// which is about 0 for samples of one distribution. The p-value is interpolated in
// the paper's table, so it stays inside [0.001, 0.25]; Note says where it was cut.
// It returns ErrEmpty for fewer than two samples or an empty one, ErrNotFinite for
// NaN and infinities, ErrUndefined where all values are equal or there are fewer
// than 4. Source: scipy.stats.anderson_ksamp 1.17.
func AndersonDarling(samples ...[]float64) (Result, error) {
	const fn = "drift.AndersonDarling"
	if len(samples) < 2 {
		return Result{}, fmt.Errorf("%s: samples: need at least 2 samples, have %d: %w", fn, len(samples), mlgauge.ErrEmpty)
	}
	var all []float64
	each := make([][]float64, len(samples))
	for i, s := range samples {
		if err := check.NotEmpty(fn, fmt.Sprintf("samples[%d]", i), len(s)); err != nil {
			return Result{}, err
		}
		if err := check.Finite(fn, fmt.Sprintf("samples[%d]", i), s); err != nil {
			return Result{}, err
		}
		each[i] = sorted(s)
		all = append(all, s...)
	}
	all = sorted(all)
	n := float64(len(all))
	if len(all) < 4 || all[0] == all[len(all)-1] {
		return Result{}, fmt.Errorf("%s: samples: need at least 4 values that are not all equal, have %d: %w", fn, len(all), mlgauge.ErrUndefined)
	}
	k := float64(len(samples))
	at := make([]int, len(samples))
	inner := make([]float64, len(samples))
	for i := 0; i < len(all); {
		t, j := all[i], i
		for j < len(all) && all[j] == t {
			j++
		}
		l := float64(j - i)
		b := float64(i) + l/2
		for s, x := range each {
			from := at[s]
			for at[s] < len(x) && x[at[s]] == t {
				at[s]++
			}
			m := float64(from) + float64(at[s]-from)/2
			d := n*m - b*float64(len(x))
			inner[s] += l / n * d * d / (b*(n-b) - n*l/4)
		}
		i = j
	}
	var a2, h float64
	for s, x := range each {
		a2 += inner[s] / float64(len(x))
		h += 1 / float64(len(x))
	}
	a2 *= (n - 1) / n
	var cum, g float64
	for i := 1; i < len(all)-1; i++ {
		cum += 1 / (n - float64(i))
		g += cum / float64(i+1)
	}
	hh := cum + 1
	a := (4*g-6)*(k-1) + (10-6*g)*h
	b := (2*g-4)*k*k + 8*hh*k + (2*g-14*hh-4)*h - 8*hh + 4*g - 6
	c := (6*hh+2*g-2)*k*k + (4*hh-4*g+6)*k + (2*hh-6)*h + 4*hh
	d := (2*hh+6)*k*k - 4*hh*k
	sigma := math.Sqrt((a*n*n*n + b*n*n + c*n + d) / ((n - 1) * (n - 2) * (n - 3)))
	r := Result{Test: "anderson_darling", Statistic: (a2 - (k - 1)) / sigma}
	r.PValue, r.Note = andersonP(r.Statistic, k-1)
	return r, nil
}

// andersonTable is table 1 of Scholz and Stephens.
var andersonTable = [7]struct{ p, b0, b1, b2 float64 }{
	{0.25, 0.675, -0.245, -0.105}, {0.1, 1.281, 0.25, -0.305}, {0.05, 1.645, 0.678, -0.362}, {0.025, 1.96, 1.149, -0.391},
	{0.01, 2.326, 1.822, -0.396}, {0.005, 2.573, 2.364, -0.345}, {0.001, 3.085, 3.615, -0.154},
}

// andersonP fits ln p by a parabola through the table's critical values for m
// degrees.
func andersonP(a2, m float64) (p float64, note string) {
	x := mat.NewDense(len(andersonTable), 3, nil)
	y := mat.NewVecDense(len(andersonTable), nil)
	for i, row := range andersonTable {
		c := row.b0 + row.b1/math.Sqrt(m) + row.b2/m
		x.SetRow(i, []float64{1, c, c * c})
		y.SetVec(i, math.Log(row.p))
		if i == 0 && a2 < c {
			return 0.25, "p-value cut to 0.25, the end of the table"
		}
		if i == len(andersonTable)-1 && a2 > c {
			return 0.001, "p-value cut to 0.001, the end of the table"
		}
	}
	var fit mat.VecDense
	if err := fit.SolveVec(x, y); err != nil {
		return math.NaN(), "no p-value: the table cannot be fitted"
	}
	return math.Exp(fit.AtVec(0) + fit.AtVec(1)*a2 + fit.AtVec(2)*a2*a2), ""
}
