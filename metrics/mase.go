package metrics

import (
	"fmt"
	"math"

	"golang.org/x/exp/constraints"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// MASE returns the mean absolute scaled error of a forecast: its MAE over that
// of the seasonal naive forecast inside the training series. Below 1 it beats
// the naive forecast.
//
//	MASE = mean |y - p| / (1/(n-m) sum_{t>m} |x_t - x_{t-m}|)
//
// train is the series x in time order, season its period m: 1 for none.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrRange for a season below 1 or not
// below the length of train, ErrUndefined where the naive forecast is perfect.
// Source: Hyndman and Koehler (2006).
func MASE[F constraints.Float](yTrue, yPred, train []F, season int) (float64, error) {
	v, err := MAE(yTrue, yPred)
	if err != nil {
		return 0, fmt.Errorf("metrics.MASE: %w", err)
	}
	s, err := naive("metrics.MASE", train, season, MAE[F])
	if err != nil {
		return 0, err
	}
	return v / s, nil
}

// RMSSE returns the root mean squared scaled error of a forecast.
//
//	RMSSE = sqrt(mean (y - p)^2 / (1/(n-m) sum_{t>m} (x_t - x_{t-m})^2))
//
// Errors: as MASE. Source: Hyndman and Koehler (2006); the M5 competition.
func RMSSE[F constraints.Float](yTrue, yPred, train []F, season int) (float64, error) {
	v, err := MSE(yTrue, yPred)
	if err != nil {
		return 0, fmt.Errorf("metrics.RMSSE: %w", err)
	}
	s, err := naive("metrics.RMSSE", train, season, MSE[F])
	if err != nil {
		return 0, err
	}
	return math.Sqrt(v / s), nil
}

func naive[F constraints.Float](fn string, train []F, season int, measure func(a, b []F) (float64, error)) (float64, error) {
	if err := check.NotEmpty(fn, "train", len(train)); err != nil {
		return 0, err
	}
	if season < 1 || season >= len(train) {
		return 0, fmt.Errorf("%s: season: need 1 to %d, below the length of train, have %d: %w", fn, len(train)-1, season, mlgauge.ErrRange)
	}
	s, err := measure(train[season:], train[:len(train)-season])
	if err != nil {
		return 0, fmt.Errorf("%s: train: %w", fn, err)
	}
	if s == 0 {
		return 0, fmt.Errorf("%s: train: need a series that differs from the one %d steps before, have equal values: %w", fn, season, mlgauge.ErrUndefined)
	}
	return s, nil
}
