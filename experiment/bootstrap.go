package experiment

import (
	"context"
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
)

// BootstrapDifference returns the interval of a statistic's difference, treatment
// minus control, from rows drawn with replacement within each arm. statistic is
// called from several goroutines and must not keep or change its argument; b's
// zero value draws 9999 replicates for a 95% BCa interval. The result depends on
// b.Seed, not on the number of cores.
//
//	b := metrics.Bootstrap{Seed: 1}
//	r, err := experiment.BootstrapDifference(ctx, control, treatment, median, b)
//
// Errors: mlgauge.ErrEmpty for an empty arm or no statistic, mlgauge.ErrNotFinite,
// mlgauge.ErrRange where b has strata of its own, mlgauge.ErrUndefined for an arm
// of one row where the interval is BCa, those of metrics.Bootstrap.Run, and the context's, where it ends before the replicates do.
func BootstrapDifference(ctx context.Context, control, treatment []float64, statistic func([]float64) (float64, error), b metrics.Bootstrap) (metrics.BootstrapResult, error) {
	const fn = "experiment.BootstrapDifference"
	if err := arms(fn, control, treatment, 1); err != nil {
		return metrics.BootstrapResult{}, err
	}
	if statistic == nil {
		return metrics.BootstrapResult{}, fmt.Errorf("%s: statistic: need a function, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	if b.Strata != nil {
		return metrics.BootstrapResult{}, fmt.Errorf("%s: b.Strata: need none, the arms are the strata: %w", fn, mlgauge.ErrRange)
	}
	nc := len(control)
	b.Strata = make([]int, nc+len(treatment))
	for i := nc; i < len(b.Strata); i++ {
		b.Strata[i] = 1
	}
	r, err := b.Run(len(b.Strata), func(rows []int) (float64, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		buf := make([]float64, len(rows))
		lo, hi := 0, len(buf) // control from the front, treatment from the back
		for _, i := range rows {
			if i < nc {
				buf[lo] = control[i]
				lo++
			} else {
				hi--
				buf[hi] = treatment[i-nc]
			}
		}
		if lo == 0 || hi == len(buf) { // the jackknife of an arm of one row
			return 0, fmt.Errorf("%s: need at least two rows in each arm for BCa: %w", fn, mlgauge.ErrUndefined)
		}
		c, err := statistic(buf[:lo])
		if err != nil {
			return 0, err
		}
		t, err := statistic(buf[hi:])
		return t - c, err
	})
	if ended := context.Cause(ctx); ended != nil {
		return metrics.BootstrapResult{}, fmt.Errorf("%s: %w", fn, ended)
	}
	return r, err
}
