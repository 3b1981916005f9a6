package metrics

import (
	"fmt"
	"math"

	"golang.org/x/exp/constraints"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// MSE returns the mean squared error of predictions; see Regression.MSE.
//
//	MSE = sum (y - p)^2 / n
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite.
func MSE[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return meanError("metrics.MSE", yTrue, yPred, kernel.SquaredError[F])
}

// RMSE returns the root mean squared error; see Regression.RMSE.
//
// Errors: as MSE.
func RMSE[F constraints.Float](yTrue, yPred []F) (float64, error) {
	v, err := meanError("metrics.RMSE", yTrue, yPred, kernel.SquaredError[F])
	return math.Sqrt(v), err
}

// MAE returns the mean absolute error; see Regression.MAE.
//
//	MAE = sum |y - p| / n
//
// Errors: as MSE.
func MAE[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return meanError("metrics.MAE", yTrue, yPred, kernel.AbsoluteError[F])
}

func meanError[F constraints.Float](fn string, yTrue, yPred []F, f func(a, b []F) float64) (float64, error) {
	if err := check.Pair(fn, "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return 0, err
	}
	n := len(yTrue)
	var s float64
	if n <= innerBlock {
		s = f(yTrue, yPred)
	} else {
		s = blockSum(n, func(lo, hi int) float64 { return f(yTrue[lo:hi], yPred[lo:hi]) })
	}
	if s <= math.MaxFloat64 {
		return s / float64(n), nil
	}
	return 0, notFinite(fn, yTrue, yPred)
}

// notFinite says why a sum over pairs is not finite.
func notFinite[F constraints.Float](fn string, yTrue, yPred []F) error {
	if err := check.Finite(fn, "yTrue", yTrue); err != nil {
		return err
	}
	if err := check.Finite(fn, "yPred", yPred); err != nil {
		return err
	}
	return fmt.Errorf("%s: yTrue - yPred: need errors whose sum is finite, have an overflow: %w", fn, mlgauge.ErrNotFinite)
}

// R2 returns the coefficient of determination; see Regression.R2 for the special
// cases.
//
//	R2 = 1 - sum (y - p)^2 / sum (y - mean y)^2
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrUndefined for one row.
func R2[F constraints.Float](yTrue, yPred []F) (float64, error) {
	const fn = "metrics.R2"
	if err := check.Pair(fn, "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return 0, err
	}
	if len(yTrue) < 2 {
		return 0, fmt.Errorf("%s: yTrue: need at least two rows, have 1: %w", fn, mlgauge.ErrUndefined)
	}
	var sse float64
	var y moments.Moments
	if n := len(yTrue); n <= outerBlock {
		sse, y = r2Block(yTrue, yPred)
	} else {
		type part struct {
			sse float64
			y   moments.Moments
		}
		parts := make([]part, parallel.Blocks(n, outerBlock))
		parallel.For(n, outerBlock, func(b, lo, hi int) {
			parts[b].sse, parts[b].y = r2Block(yTrue[lo:hi], yPred[lo:hi])
		})
		var s sum
		for i := range parts {
			s.add(parts[i].sse)
			y.Merge(&parts[i].y)
		}
		sse = s.value()
	}
	if !(sse+y.M2 <= math.MaxFloat64) {
		return 0, notFinite(fn, yTrue, yPred)
	}
	if sse == 0 {
		for i := range yTrue {
			if yTrue[i] != yPred[i] {
				return 0, fmt.Errorf("%s: need squared errors above 5e-324, have an underflow; scale the data: %w", fn, mlgauge.ErrNotFinite)
			}
		}
	}
	return explained(sse, y.M2), nil
}

func r2Block[F constraints.Float](a, b []F) (float64, moments.Moments) {
	var sse sum
	var y moments.Moments
	c := float64(a[0])
	for len(a) > 0 {
		n := min(regressionBlock, len(a))
		e, s, q := kernel.R2Sums(a[:n], b[:n], c)
		w := float64(n)
		if m := s / w * s; m > 16*(q-m) {
			c += s / w
			e, s, q = kernel.R2Sums(a[:n], b[:n], c)
		}
		sse.add(e)
		block := moments.FromSums(w, c, s, q)
		y.Merge(&block)
		c = y.Mean()
		a, b = a[n:], b[n:]
	}
	return sse.value(), y
}

// ask builds a Regression, adds the rows and asks it one formula.
func ask[F constraints.Float](fn string, collect Collect, yTrue, yPred []F, f func(*Regression) (float64, error)) (float64, error) {
	r := Regression{Collect: collect}
	if err := addRegression(&r, fn, yTrue, yPred, nil); err != nil {
		return 0, err
	}
	return f(&r)
}

// ExplainedVariance returns the share of the variance of the truth that the
// predictions explain; see Regression.ExplainedVariance.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite.
func ExplainedVariance[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return ask("metrics.ExplainedVariance", 0, yTrue, yPred, (*Regression).ExplainedVariance)
}

// MaxError returns the largest absolute error.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite.
func MaxError[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return ask("metrics.MaxError", 0, yTrue, yPred, (*Regression).MaxError)
}

// MeanBias returns the mean of predicted minus true; see Regression.MeanBias.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite.
func MeanBias[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return ask("metrics.MeanBias", 0, yTrue, yPred, (*Regression).MeanBias)
}

// MAPE returns the mean absolute percentage error as a fraction; see
// Regression.MAPE.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite.
func MAPE[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return ask("metrics.MAPE", CollectPercent, yTrue, yPred, (*Regression).MAPE)
}

// SMAPE returns the symmetric mean absolute percentage error as a fraction
// between 0 and 2; see Regression.SMAPE.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite.
func SMAPE[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return ask("metrics.SMAPE", CollectPercent, yTrue, yPred, (*Regression).SMAPE)
}

// MSLE returns the mean squared logarithmic error; see Regression.MSLE.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrRange for values of -1 or less.
func MSLE[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return ask("metrics.MSLE", CollectLog, yTrue, yPred, (*Regression).MSLE)
}

// RMSLE returns the root of MSLE.
//
// Errors: as MSLE.
func RMSLE[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return ask("metrics.RMSLE", CollectLog, yTrue, yPred, (*Regression).RMSLE)
}
