package metrics

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Positive returns which labels are the positive one, as the truth for the
// statistics that take a []bool.
//
// No labels wrap mlgauge.ErrEmpty; a positive label that does not occur wraps
// mlgauge.ErrUnknownCategory, since it is more often a misspelt name than data
// without positives.
func Positive[L comparable](labels []L, positive L) ([]bool, error) {
	const fn = "metrics.Positive"
	if err := check.NotEmpty(fn, "labels", len(labels)); err != nil {
		return nil, err
	}
	y := make([]bool, len(labels))
	found := false
	for i, l := range labels {
		y[i] = l == positive
		found = found || y[i]
	}
	if !found {
		return nil, fmt.Errorf("%s: positive: need a label that occurs, have %v: %w", fn, positive, mlgauge.ErrUnknownCategory)
	}
	return y, nil
}

// undefinedFor is the error for a formula without value.
func undefinedFor(fn, need string, have any) error {
	return fmt.Errorf("%s: need %s, have %v: %w", fn, need, have, mlgauge.ErrUndefined)
}
