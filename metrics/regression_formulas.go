package metrics

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
)

// some reports a statistic without rows, and one that did not collect need.
func (r *Regression) some(fn string, need Collect) error {
	if r.rows == 0 {
		return fmt.Errorf("metrics.Regression.%s: need at least one row of positive weight, have none: %w", fn, mlgauge.ErrEmpty)
	}
	if r.Collect&need != need {
		return fmt.Errorf("metrics.Regression.%s: Collect: need the bits %03b set before the first Add, have %03b: %w", fn, need, r.Collect, mlgauge.ErrUndefined)
	}
	return nil
}

// finite returns v, or an error if it overflowed.
func finite(fn string, v float64) (float64, error) {
	if v*0 != 0 {
		return 0, fmt.Errorf("%s: need sums below 1.8e308, have an overflow; scale the data: %w", fn, mlgauge.ErrNotFinite)
	}
	return v, nil
}

// MSE returns the mean squared error.
//
//	MSE = sum w (y - p)^2 / sum w
//
// Errors: ErrEmpty, ErrNotFinite on overflow. Source: scikit-learn 1.9
// mean_squared_error.
func (r *Regression) MSE() (float64, error) {
	if err := r.some("MSE", 0); err != nil {
		return 0, err
	}
	return finite("metrics.Regression.MSE", r.e.SumOfSquares()/r.e.W)
}

// RMSE returns the root of MSE, in the units of the truth.
//
// Errors: as MSE. Source: scikit-learn 1.9 root_mean_squared_error.
func (r *Regression) RMSE() (float64, error) {
	if err := r.some("RMSE", 0); err != nil {
		return 0, err
	}
	return finite("metrics.Regression.RMSE", math.Sqrt(r.e.SumOfSquares()/r.e.W))
}

// MAE returns the mean absolute error.
//
//	MAE = sum w |y - p| / sum w
//
// Errors: ErrEmpty. Source: scikit-learn 1.9 mean_absolute_error.
func (r *Regression) MAE() (float64, error) {
	if err := r.some("MAE", 0); err != nil {
		return 0, err
	}
	return r.abs.Mean(), nil
}

// R2 returns the coefficient of determination, at most 1; 0 is what predicting
// the mean of the truth earns.
//
//	R2 = 1 - sum w (y - p)^2 / sum w (y - mean y)^2
//
// Special cases: perfect predictions give 1 even of a constant truth; other
// predictions of a constant truth give 0.
//
// Errors: ErrEmpty, ErrUndefined for fewer than two rows, ErrNotFinite where the
// squares overflow or vanish. Source: scikit-learn 1.9 r2_score.
func (r *Regression) R2() (float64, error) {
	num, den, err := r.r2("R2")
	if err != nil {
		return 0, err
	}
	return explained(num, den), nil
}

// R2Strict is R2 without the special cases: a constant truth gives NaN for
// perfect predictions and -Inf for others (force_finite=False in scikit-learn).
//
// Errors: as R2.
func (r *Regression) R2Strict() (float64, error) {
	num, den, err := r.r2("R2Strict")
	if err != nil {
		return 0, err
	}
	return 1 - num/den, nil
}

func (r *Regression) r2(fn string) (num, den float64, err error) {
	if err := r.some(fn, 0); err != nil {
		return 0, 0, err
	}
	if r.rows < 2 {
		return 0, 0, fmt.Errorf("metrics.Regression.%s: need at least two rows, have %d: %w", fn, r.rows, mlgauge.ErrUndefined)
	}
	num, den = r.e.SumOfSquares(), r.y.M2
	if _, err := finite("metrics.Regression."+fn, num+den); err != nil {
		return 0, 0, err
	}
	if num == 0 && r.largest > 0 {
		return 0, 0, fmt.Errorf("metrics.Regression.%s: need squared errors above 5e-324, have an underflow; scale the data: %w", fn, mlgauge.ErrNotFinite)
	}
	return num, den, nil
}

// explained returns 1 - num/den with the conventions for zeros.
func explained(num, den float64) float64 {
	switch {
	case num == 0:
		return 1
	case den == 0:
		return 0
	}
	return 1 - num/den
}

// ExplainedVariance returns the share of the variance of the truth that the
// predictions explain; unlike R2 it forgives a constant bias.
//
//	EV = 1 - Var(y - p) / Var(y)
//
// Special cases: as R2, with the variance of the errors as the numerator; one
// row gives 1.
//
// Errors: ErrEmpty, ErrNotFinite. Source: scikit-learn 1.9
// explained_variance_score.
func (r *Regression) ExplainedVariance() (float64, error) {
	if err := r.some("ExplainedVariance", 0); err != nil {
		return 0, err
	}
	if _, err := finite("metrics.Regression.ExplainedVariance", r.e.M2+r.y.M2); err != nil {
		return 0, err
	}
	return explained(r.e.M2, r.y.M2), nil
}

// ExplainedVarianceStrict is ExplainedVariance without the special cases: a
// constant truth gives NaN or -Inf (force_finite=False in scikit-learn).
//
// Errors: as ExplainedVariance.
func (r *Regression) ExplainedVarianceStrict() (float64, error) {
	if err := r.some("ExplainedVarianceStrict", 0); err != nil {
		return 0, err
	}
	if _, err := finite("metrics.Regression.ExplainedVarianceStrict", r.e.M2+r.y.M2); err != nil {
		return 0, err
	}
	return 1 - r.e.M2/r.y.M2, nil
}

// MaxError returns the largest absolute error, of rows of positive weight.
//
// Errors: ErrEmpty. Source: scikit-learn 1.9 max_error.
func (r *Regression) MaxError() (float64, error) {
	if err := r.some("MaxError", 0); err != nil {
		return 0, err
	}
	return r.largest, nil
}

// MeanBias returns the mean of predicted minus true: positive where the
// predictions are too high.
//
// Errors: ErrEmpty, ErrNotFinite on overflow.
func (r *Regression) MeanBias() (float64, error) {
	if err := r.some("MeanBias", 0); err != nil {
		return 0, err
	}
	v, err := finite("metrics.Regression.MeanBias", r.e.Mean())
	return 0 - v, err
}

// ErrorStd returns the population standard deviation of the errors, which with
// the bias makes up the squared error.
//
//	MSE = MeanBias^2 + ErrorStd^2
//
// Errors: ErrEmpty, ErrNotFinite on overflow.
func (r *Regression) ErrorStd() (float64, error) {
	if err := r.some("ErrorStd", 0); err != nil {
		return 0, err
	}
	return finite("metrics.Regression.ErrorStd", math.Sqrt(r.e.M2/r.e.W))
}

// MAPE returns the mean absolute percentage error as a fraction: 0.1 is 10%.
//
//	MAPE = sum w |y - p| / max(|y|, 2^-52) / sum w
//
// It needs CollectPercent. A truth of 0 gives a huge value, not an error.
//
// Errors: ErrEmpty, ErrUndefined if percentages were not collected, ErrNotFinite
// on overflow. Source: scikit-learn 1.9 mean_absolute_percentage_error.
func (r *Regression) MAPE() (float64, error) {
	if err := r.some("MAPE", CollectPercent); err != nil {
		return 0, err
	}
	return finite("metrics.Regression.MAPE", r.pct.value()/r.abs.W)
}

// SMAPE returns the symmetric mean absolute percentage error as a fraction,
// between 0 and 2.
//
//	sMAPE = sum w 2 |y - p| / (|y| + |p|) / sum w
//
// It needs CollectPercent. A row with y = p = 0 contributes 0.
//
// Errors: as MAPE. Source: Makridakis (1993); the M4 competition's form.
func (r *Regression) SMAPE() (float64, error) {
	if err := r.some("SMAPE", CollectPercent); err != nil {
		return 0, err
	}
	return finite("metrics.Regression.SMAPE", r.spct.value()/r.abs.W)
}

// MSLE returns the mean squared logarithmic error.
//
//	MSLE = sum w (log(1 + y) - log(1 + p))^2 / sum w
//
// It needs CollectLog.
//
// Errors: ErrEmpty, ErrUndefined if logs were not collected, ErrRange if a value
// of truth or prediction was -1 or less. Source: scikit-learn 1.9
// mean_squared_log_error.
func (r *Regression) MSLE() (float64, error) { return r.msle("MSLE") }

// RMSLE returns the root of MSLE.
//
// Errors: as MSLE. Source: scikit-learn 1.9 root_mean_squared_log_error.
func (r *Regression) RMSLE() (float64, error) {
	v, err := r.msle("RMSLE")
	return math.Sqrt(v), err
}

func (r *Regression) msle(fn string) (float64, error) {
	if err := r.some(fn, CollectLog); err != nil {
		return 0, err
	}
	if r.outsideLog > 0 {
		return 0, fmt.Errorf("metrics.Regression.%s: need values above -1, have %d rows with one at or below: %w", fn, r.outsideLog, mlgauge.ErrRange)
	}
	return r.sle.value() / r.abs.W, nil
}
