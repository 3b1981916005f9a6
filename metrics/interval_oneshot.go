package metrics

import "golang.org/x/exp/constraints"

// R2Interval returns R2 of predictions with its large-sample interval; see
// Regression.R2Interval, and Bootstrap for small samples.
//
// Errors: as R2, and ErrRange for a level outside (0, 1).
func R2Interval[F constraints.Float](yTrue, yPred []F, level float64) (Interval, error) {
	return askInterval("metrics.R2Interval", yTrue, yPred, level, (*Regression).R2Interval)
}

// MSEInterval returns MSE with its interval; see Regression.MSEInterval.
//
// Errors: as MSE, and ErrRange for a level outside (0, 1), ErrUndefined for one
// row.
func MSEInterval[F constraints.Float](yTrue, yPred []F, level float64) (Interval, error) {
	return askInterval("metrics.MSEInterval", yTrue, yPred, level, (*Regression).MSEInterval)
}

// RMSEInterval returns RMSE with its interval; see Regression.RMSEInterval.
//
// Errors: as MSEInterval.
func RMSEInterval[F constraints.Float](yTrue, yPred []F, level float64) (Interval, error) {
	return askInterval("metrics.RMSEInterval", yTrue, yPred, level, (*Regression).RMSEInterval)
}

// MAEInterval returns MAE with its interval; see Regression.MAEInterval.
//
// Errors: as MSEInterval.
func MAEInterval[F constraints.Float](yTrue, yPred []F, level float64) (Interval, error) {
	return askInterval("metrics.MAEInterval", yTrue, yPred, level, (*Regression).MAEInterval)
}

func askInterval[F constraints.Float](fn string, yTrue, yPred []F, level float64, f func(*Regression, float64) (Interval, error)) (Interval, error) {
	r := Regression{Collect: CollectSpread}
	if err := addRegression(&r, fn, yTrue, yPred, nil); err != nil {
		return Interval{}, err
	}
	return f(&r, level)
}

// LogLossInterval returns LogLoss with its interval; see
// Probability.LogLossInterval.
//
// Errors: as LogLoss, and ErrRange for a level outside (0, 1), ErrUndefined for
// one row.
func LogLossInterval[F constraints.Float](yTrue []bool, p []F, level float64) (Interval, error) {
	s, err := probabilityOf("metrics.LogLossInterval", yTrue, p)
	if err != nil {
		return Interval{}, err
	}
	return s.LogLossInterval(level)
}

// BrierInterval returns Brier with its interval; see Probability.BrierInterval.
//
// Errors: as LogLossInterval.
func BrierInterval[F constraints.Float](yTrue []bool, p []F, level float64) (Interval, error) {
	s, err := probabilityOf("metrics.BrierInterval", yTrue, p)
	if err != nil {
		return Interval{}, err
	}
	return s.BrierInterval(level)
}

// MedianAEInterval returns MedianAE with the interval between two order
// statistics; see AbsoluteErrors.MedianInterval.
//
// Errors: as MedianAE, ErrRange for a level outside (0, 1), ErrUndefined where too
// few rows are there for the level.
func MedianAEInterval[F constraints.Float](yTrue, yPred []F, level float64) (Interval, error) {
	var a AbsoluteErrors
	if err := addErrors(&a, "metrics.MedianAEInterval", yTrue, yPred, nil); err != nil {
		return Interval{}, err
	}
	return a.MedianInterval(level)
}
