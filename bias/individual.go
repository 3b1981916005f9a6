package bias

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/neighbors"
)

// GeneralizedEntropy returns GE(alpha) of any benefits: b = prediction - label + 1
// for rows, or group means repeated for the between-group part. alpha 1 is Theil,
// alpha 0 the mean log deviation. It returns ErrEmpty for no benefits, ErrNotFinite
// and ErrRange for NaN, infinities and negative ones, ErrUndefined if all are 0.
func GeneralizedEntropy(benefits []float64, alpha float64) (float64, error) {
	const fn = "bias.GeneralizedEntropy"
	if err := check.NotEmpty(fn, "benefits", len(benefits)); err != nil {
		return 0, err
	}
	if err := check.Weights(fn, "benefits", len(benefits), benefits); err != nil {
		return 0, err
	}
	if alpha*0 != 0 {
		return 0, fmt.Errorf("%s: alpha: need a finite number, have %v: %w", fn, alpha, mlgauge.ErrRange)
	}
	w := make([]float64, len(benefits))
	for i := range w {
		w[i] = 1
	}
	return entropy(fn, alpha, benefits, w)
}

// Consistency returns how alike the outcomes of similar rows are,
//
//	1 - (1/n) sum |y_i - mean of y over its k nearest rows, itself included|
//
// in Euclidean distance over the columns of x. k 0 means 5. It returns ErrLength,
// ErrEmpty, ErrNotFinite, and ErrRange for k above the number of rows. Source: Zemel
// et al. (2013), AIF360's consistency.
func Consistency(x mat.Matrix, y []float64, k int) (float64, error) {
	const fn = "bias.Consistency"
	r, c := x.Dims()
	if err := check.NotEmpty(fn, "x", r*c); err != nil {
		return 0, err
	}
	if err := check.Length(fn, "y", r, len(y)); err != nil {
		return 0, err
	}
	if err := check.Finite(fn, "y", y); err != nil {
		return 0, err
	}
	row := make([]float64, c)
	for i := range r {
		if err := check.Finite(fn, fmt.Sprintf("x, row %d", i), mat.Row(row, i, x)); err != nil {
			return 0, err
		}
	}
	if k == 0 {
		k = 5
	}
	if err := check.In(fn, "k", float64(k), 1, float64(r)); err != nil {
		return 0, err
	}
	var sum float64
	for i, near := range neighbors.New(x).All(x, k, false) {
		var mean float64
		for _, n := range near {
			mean += y[n.Row] / float64(len(near))
		}
		sum += math.Abs(y[i] - mean)
	}
	return 1 - sum/float64(r), nil
}

// BetweenGroupEntropy returns the part of the generalised entropy that lies between the
// groups: GE(alpha) where every row has the mean benefit of its group. alpha 1 is the
// between-group Theil index, and sqrt(2 GE(2)) the between-group coefficient of variation.
// Errors are those of Facet.GE. Source: AIF360 0.6.1,
// between_all_groups_generalized_entropy_index.
func (g *Groups) BetweenGroupEntropy(alpha float64) (float64, error) {
	const fn = "bias.Groups.BetweenGroupEntropy"
	if alpha*0 != 0 {
		return 0, fmt.Errorf("%s: alpha: need a finite number, have %v: %w", fn, alpha, mlgauge.ErrRange)
	}
	var mean, rows []float64
	for i := range g.Names {
		tp, fp, tn, fn := g.Table(i).Cells()
		if n := tp + fp + tn + fn; n > 0 {
			mean, rows = append(mean, (tp+tn+2*fp)/n), append(rows, n)
		}
	}
	return entropy(fn, alpha, mean, rows)
}
