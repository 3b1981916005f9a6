package metrics

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/exp/constraints"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// cellsOf returns the filled bins.
func (c *Calibration) cellsOf(fn string) ([]calibrationBin, error) {
	if c.rows == 0 {
		return nil, fmt.Errorf("metrics.Calibration.%s: need at least one row of positive weight, have none: %w", fn, mlgauge.ErrEmpty)
	}
	if c.Strategy != QuantileBins {
		return c.cells, nil
	}
	if err := c.options("Calibration." + fn); err != nil {
		return nil, err
	}
	edges := c.quantileEdges()
	n := len(edges) - 1
	cells := make([]calibrationBin, n)
	for i := range cells {
		cells[i].mid = (edges[i] + edges[i+1]) / 2
	}
	for i, p := range c.p {
		b, found := slices.BinarySearch(edges[1:n], p)
		if found && c.Edges == LeftClosed {
			for b < n-1 && edges[b+1] <= p {
				b++
			}
		}
		k := &cells[b]
		if c.y[i] {
			k.pos.add(1, p-k.mid)
		} else {
			k.neg.add(1, p-k.mid)
		}
	}
	return cells, nil
}

func (c *Calibration) quantileEdges() []float64 {
	s := slices.Clone(c.p)
	kernel.SortFloat64s(s)
	n := c.bins()
	edges := make([]float64, n+1)
	for k := range edges {
		q := 1.0
		if k < n {
			q = float64(k) * (1 / float64(n))
		}
		edges[k] = quantileSorted(s, q*100/100)
	}
	return edges
}

// quantileSorted returns the linearly interpolated quantile (Hyndman and Fan's
// type 7) of sorted data.
func quantileSorted(s []float64, q float64) float64 {
	h := q * float64(len(s)-1)
	lo := int(math.Floor(h))
	hi := min(lo+1, len(s)-1)
	f := h - float64(lo)
	// Interpolating from the nearer end keeps equal neighbours equal.
	if f >= 0.5 {
		return s[hi] - float64((s[hi]-s[lo])*(1-f))
	}
	return s[lo] + float64((s[hi]-s[lo])*f)
}

// A CalibrationBin is one point of a calibration curve.
type CalibrationBin struct {
	Low, High     float64 // edges
	Weight        float64 // weight of the rows: their number where no weights were given
	MeanPredicted float64 // mean probability
	Positive      float64 // share of positive rows
}

// Curve returns the calibration curve: the bins that are not empty, from low to
// high.
//
// Errors: ErrEmpty. Source: scikit-learn 1.9 calibration_curve.
func (c *Calibration) Curve() ([]CalibrationBin, error) {
	cells, err := c.cellsOf("Curve")
	if err != nil {
		return nil, err
	}
	var edges []float64
	if c.Strategy == QuantileBins {
		edges = c.quantileEdges()
	}
	n := c.bins()
	var curve []CalibrationBin
	for k, b := range cells {
		w := b.neg.w + b.pos.w
		if w == 0 {
			continue
		}
		v := CalibrationBin{Weight: w, MeanPredicted: b.mean(), Positive: b.pos.w / w}
		switch {
		case edges != nil:
			v.Low, v.High = edges[k], edges[k+1]
		case k == n:
			v.Low, v.High = 1, 1
		default:
			v.Low, v.High = c.edge(k, n), c.edge(k+1, n)
		}
		curve = append(curve, v)
	}
	return curve, nil
}

// gaps calls do with the weight share and the gap of each bin.
func (c *Calibration) gaps(fn string, do func(share, gap float64)) error {
	cells, err := c.cellsOf(fn)
	if err != nil {
		return err
	}
	var w float64
	for _, b := range cells {
		w += b.neg.w + b.pos.w
	}
	for _, b := range cells {
		if wk := b.neg.w + b.pos.w; wk > 0 {
			do(wk/w, math.Abs(b.pos.w/wk-b.mean()))
		}
	}
	return nil
}

// ECE returns the expected calibration error.
//
//	ECE = sum_k W_k/W |share of positives_k - mean p_k|
//
// Errors: ErrEmpty. Source: Guo et al. (2017); torchmetrics 1.9
// binary_calibration_error, norm l1 (its bins are LeftClosed).
func (c *Calibration) ECE() (float64, error) {
	var s float64
	err := c.gaps("ECE", func(share, gap float64) { s += share * gap })
	return s, err
}

// RMSCE returns the root mean squared calibration error.
//
//	RMSCE = sqrt(sum_k W_k/W (share of positives_k - mean p_k)^2)
//
// Errors: ErrEmpty. Source: torchmetrics 1.9, norm l2.
func (c *Calibration) RMSCE() (float64, error) {
	var s float64
	err := c.gaps("RMSCE", func(share, gap float64) { s += share * gap * gap })
	return math.Sqrt(s), err
}

// MCE returns the largest calibration error of a bin that is not empty.
//
//	MCE = max_k |share of positives_k - mean p_k|
//
// Errors: ErrEmpty. Source: torchmetrics 1.9, norm max.
func (c *Calibration) MCE() (float64, error) {
	var s float64
	err := c.gaps("MCE", func(_, gap float64) { s = max(s, gap) })
	return s, err
}

// ECE returns the expected calibration error over uniform right-closed bins; 0
// bins means DefaultBins. See Calibration for other bins and for several classes.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite for NaN, ErrRange for a probability
// outside [0, 1] or a bad number of bins.
func ECE[F constraints.Float](yTrue []bool, p []F, bins int) (float64, error) {
	return askCalibration("metrics.ECE", yTrue, p, Calibration{Bins: bins}, (*Calibration).ECE)
}

// MCE returns the maximum calibration error over uniform right-closed bins.
//
// Errors: as ECE.
func MCE[F constraints.Float](yTrue []bool, p []F, bins int) (float64, error) {
	return askCalibration("metrics.MCE", yTrue, p, Calibration{Bins: bins}, (*Calibration).MCE)
}

// CalibrationCurve returns the bins that are not empty; scikit-learn's default
// is 5 of them. See Calibration.Curve.
//
// Errors: as ECE.
func CalibrationCurve[F constraints.Float](yTrue []bool, p []F, bins int, strategy BinStrategy) ([]CalibrationBin, error) {
	return askCalibration("metrics.CalibrationCurve", yTrue, p, Calibration{Bins: bins, Strategy: strategy}, (*Calibration).Curve)
}

func askCalibration[F constraints.Float, T any](fn string, yTrue []bool, p []F, c Calibration, f func(*Calibration) (T, error)) (T, error) {
	if err := addCalibration(&c, fn, yTrue, p, nil); err != nil {
		var zero T
		return zero, err
	}
	return f(&c)
}
