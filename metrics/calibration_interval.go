package metrics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"golang.org/x/exp/constraints"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// eceReplicas is the number of replicates behind ECEInterval.
const eceReplicas = 2000

// ECEInterval returns ECE with a bootstrap interval. Rows are redrawn from the
// counts of positives and negatives by bin (a multinomial draw), each with the
// mean probability of its cell, so the cost does not depend on the number of
// rows. ECE is biased upwards by chance gaps, and its replicates twice as much;
// the basic interval, which reflects them about the estimate, undoes that. It is
// cut to [0, 1] and stretched to hold the estimate.
//
// Errors: ErrEmpty, ErrRange for a level outside (0, 1).
func (c *Calibration) ECEInterval(level float64, seed uint64) (Interval, error) {
	const fn = "metrics.Calibration.ECEInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	ece, err := c.ECE()
	if err != nil {
		return Interval{}, err
	}
	cells, err := c.cellsOf("ECEInterval")
	if err != nil {
		return Interval{}, err
	}
	var total float64
	for _, b := range cells {
		total += b.neg.w + b.pos.w
	}
	trials := math.Max(1, math.Round(total))
	if trials > 1<<53 {
		return Interval{}, fmt.Errorf("%s: need a total weight below 2^53, have %v: %w", fn, total, mlgauge.ErrRange)
	}
	values := make([]float64, eceReplicas)
	parallel.Each(eceReplicas/blockReplicas, func(k int) {
		for r := k * blockReplicas; r < (k+1)*blockReplicas; r++ {
			values[r] = redrawECE(cells, total, trials, rand.NewPCG(seed, uint64(r)))
		}
	})
	slices.Sort(values)
	lo, hi := quantileSorted(values, (1-level)/2), quantileSorted(values, (1+level)/2)
	return Interval{
		Value: ece,
		Low:   math.Min(ece, math.Max(0, 2*ece-hi)),
		High:  math.Max(ece, math.Min(1, 2*ece-lo)),
		Level: level,
	}, nil
}

// redrawECE draws the cells' counts one after the other, each binomial given the
// rest.
func redrawECE(cells []calibrationBin, total, trials float64, src rand.Source) float64 {
	left, mass := trials, total
	draw := func(c cell) float64 {
		if c.w == 0 || left == 0 {
			return 0
		}
		n := left
		if c.w < mass {
			n = distuv.Binomial{N: left, P: math.Min(1, c.w/mass), Src: src}.Rand()
		}
		mass -= c.w
		left -= n
		return n
	}
	var s float64
	for _, b := range cells {
		neg, pos := draw(b.neg), draw(b.pos)
		if neg+pos == 0 {
			continue
		}
		var p float64
		if neg > 0 {
			p += neg * (b.mid + b.neg.s/b.neg.w)
		}
		if pos > 0 {
			p += pos * (b.mid + b.pos.s/b.pos.w)
		}
		s += math.Abs(pos-p) / trials
	}
	return s
}

// ECEInterval returns ECE over uniform right-closed bins with its interval; see
// Calibration.ECEInterval.
//
// Errors: as ECE, and ErrRange for a level outside (0, 1).
func ECEInterval[F constraints.Float](yTrue []bool, p []F, bins int, level float64, seed uint64) (Interval, error) {
	return askCalibration("metrics.ECEInterval", yTrue, p, Calibration{Bins: bins}, func(c *Calibration) (Interval, error) {
		return c.ECEInterval(level, seed)
	})
}
