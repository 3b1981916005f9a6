package metrics

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// BinEdges says to which bin a probability on an edge belongs.
type BinEdges uint8

const (
	// RightClosed bins are (lo, hi], the first one [0, hi]: scikit-learn.
	RightClosed BinEdges = iota
	// LeftClosed bins are [lo, hi), and a probability of exactly 1 has a bin of
	// its own: torchmetrics.
	LeftClosed
)

// BinStrategy says where the edges of bins lie.
type BinStrategy uint8

const (
	// UniformBins have equal width.
	UniformBins BinStrategy = iota
	// QuantileBins have edges at the percentiles of the probabilities (linear
	// interpolation, as numpy); they need all of them, so the statistic keeps
	// them, and takes no weights.
	QuantileBins
)

// DefaultBins is the number of bins where none is given.
const DefaultBins = 15

// Calibration compares predicted probabilities with observed frequencies, bin by
// bin. The zero value is ready: 15 uniform right-closed bins; set the options
// before the first Add. With UniformBins it takes constant memory; with
// QuantileBins it keeps the probabilities. Copy it by Merge into a fresh one.
type Calibration struct {
	Bins     int // number of bins; 0 means DefaultBins
	Edges    BinEdges
	Strategy BinStrategy

	// SumTolerance is as in MultiProbability, for AddTopLabel.
	SumTolerance float64

	rows  int
	cells []calibrationBin // UniformBins: Bins + 1, the last for p = 1 of LeftClosed
	p     []float64        // QuantileBins
	y     []bool
}

// cell sums one class of one bin about the middle of the bin.
type cell struct{ w, s, q float64 }

func (c *cell) add(w, d float64) {
	c.w += w
	c.s += float64(w * d)
	c.q += float64(w * d * d)
}

func (c *cell) merge(o cell) {
	c.w += o.w
	c.s += o.s
	c.q += o.q
}

type calibrationBin struct {
	mid      float64
	neg, pos cell
}

// of returns the cell of a label.
func (b *calibrationBin) of(positive bool) *cell {
	c := &b.neg
	if positive {
		c = &b.pos
	}
	return c
}

func (b *calibrationBin) mean() float64 {
	return b.mid + (b.neg.s+b.pos.s)/(b.neg.w+b.pos.w)
}

func (c *Calibration) bins() int {
	if c.Bins == 0 {
		return DefaultBins
	}
	return c.Bins
}

// options reports options that do not exist, or too many bins to allocate.
func (c *Calibration) options(fn string) error {
	if c.Bins < 0 || c.Bins > 1<<20 {
		return fmt.Errorf("%s: Bins: need 1 to %d bins (0 for %d), have %d: %w", fn, 1<<20, DefaultBins, c.Bins, mlgauge.ErrRange)
	}
	if c.Edges > LeftClosed {
		return check.Option(fn, "Edges", c.Edges)
	}
	if c.Strategy > QuantileBins {
		return check.Option(fn, "Strategy", c.Strategy)
	}
	return nil
}

// Add adds a batch of rows, each with weight 1. p[i] is the probability that row
// i is positive, yTrue[i] whether it is.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite for NaN, ErrRange for a probability
// outside [0, 1] or a bad option; the receiver is then unchanged.
func (c *Calibration) Add(yTrue []bool, p []float64) error {
	return addCalibration(c, "metrics.Calibration.Add", yTrue, p, nil)
}

// AddFloat32 is Add for float32 probabilities; edges are those of float64.
func (c *Calibration) AddFloat32(yTrue []bool, p []float32) error {
	return addCalibration(c, "metrics.Calibration.AddFloat32", yTrue, p, nil)
}

// AddWeighted adds a batch of rows with weights: weight 2 counts as the row
// twice, rows of weight 0 do not count.
//
// Errors: as Add, and ErrRange for a negative weight, or for QuantileBins, which
// take none.
func (c *Calibration) AddWeighted(yTrue []bool, p, weights []float64) error {
	const fn = "metrics.Calibration.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	if c.Strategy == QuantileBins {
		return fmt.Errorf("%s: Strategy: need UniformBins to take weights, have QuantileBins: %w", fn, mlgauge.ErrRange)
	}
	return addCalibration(c, fn, yTrue, p, weights)
}

// AddTopLabel adds a batch of a problem of several classes: a row's confidence is
// its largest probability, and it is right if that is the column yTrue[i] (the
// first of equal ones).
//
// Errors: as MultiProbability.Add; the receiver is then unchanged.
func (c *Calibration) AddTopLabel(yTrue []int, proba mat.Matrix) error {
	const fn = "metrics.Calibration.AddTopLabel"
	if proba == nil {
		return check.NotEmpty(fn, "proba", 0)
	}
	right := make([]bool, 0, len(yTrue))
	top := make([]float64, 0, len(yTrue))
	_, err := probabilityRows(fn, yTrue, proba, c.SumTolerance, func(i int, row []float64) {
		best := 0
		for j, v := range row {
			if v > row[best] {
				best = j
			}
		}
		right = append(right, best == yTrue[i])
		top = append(top, row[best])
	})
	if err != nil {
		return err
	}
	return addCalibration(c, fn, right, top, nil)
}

func addCalibration[F check.Float](c *Calibration, fn string, yTrue []bool, p []F, w []float64) error {
	if err := c.options(fn); err != nil {
		return err
	}
	if err := check.Pair(fn, "yTrue", len(yTrue), "p", len(p)); err != nil {
		return err
	}
	if c.Strategy == UniformBins && w == nil && addBins(c, yTrue, p) {
		return nil
	}
	if err := check.Probabilities(fn, "p", p); err != nil {
		return err
	}
	if c.Strategy == QuantileBins {
		for _, v := range p {
			c.p = append(c.p, float64(v))
		}
		c.y = append(c.y, yTrue...)
		c.rows += len(p)
		return nil
	}
	c.allocate()
	n := c.bins()
	for i, v := range p {
		wi := w[i]
		if wi == 0 {
			continue
		}
		c.rows++
		x := float64(v)
		b := &c.cells[c.bin(x, n)]
		if yTrue[i] {
			b.pos.add(wi, x-b.mid)
		} else {
			b.neg.add(wi, x-b.mid)
		}
	}
	return nil
}

func (c *Calibration) allocate() {
	if c.cells != nil {
		return
	}
	n := c.bins()
	c.cells = make([]calibrationBin, n+1)
	for i := range n {
		c.cells[i].mid = (c.edge(i, n) + c.edge(i+1, n)) / 2
	}
	c.cells[n].mid = 1
}

// edge returns the k-th of n+1 uniform edges as the peer computes it: numpy
// multiplies the step from 0, torch counts the upper half down from 1.
func (c *Calibration) edge(k, n int) float64 {
	step := 1 / float64(n)
	switch {
	case k == n:
		return 1
	case c.Edges == LeftClosed && k >= (n+1)/2:
		return 1 - float64(step*float64(n-k))
	}
	return step * float64(k)
}

// bin returns the bin of a probability.
func (c *Calibration) bin(p float64, n int) int {
	b := min(int(p*float64(n)), n)
	if c.Edges == LeftClosed {
		for b > 0 && c.edge(b, n) > p {
			b--
		}
		for b < n && c.edge(b+1, n) <= p {
			b++
		}
		return b
	}
	b = min(b, n-1)
	for b > 0 && c.edge(b, n) >= p {
		b--
	}
	for b < n-1 && c.edge(b+1, n) < p {
		b++
	}
	return b
}

// Merge adds what o gathered. o is unchanged.
//
// Errors: ErrIncompatible if the options differ.
func (c *Calibration) Merge(o *Calibration) error {
	if err := o.options("metrics.Calibration.Merge"); err != nil {
		return err
	}
	if o.rows == 0 {
		return nil
	}
	if c.rows == 0 && c.Bins == 0 && c.Edges == 0 && c.Strategy == 0 {
		c.Bins, c.Edges, c.Strategy = o.Bins, o.Edges, o.Strategy
		c.cells = nil
	}
	if c.bins() != o.bins() || c.Edges != o.Edges || c.Strategy != o.Strategy {
		return fmt.Errorf("metrics.Calibration.Merge: options: need %d bins, edges %d, strategy %d, have %d, %d, %d: %w",
			c.bins(), c.Edges, c.Strategy, o.bins(), o.Edges, o.Strategy, mlgauge.ErrIncompatible)
	}
	c.rows += o.rows
	if c.Strategy == QuantileBins {
		c.p = append(c.p, o.p...)
		c.y = append(c.y, o.y...)
		return nil
	}
	c.allocate()
	for i := range o.cells {
		c.cells[i].neg.merge(o.cells[i].neg)
		c.cells[i].pos.merge(o.cells[i].pos)
	}
	return nil
}

// Reset forgets all rows; the options stay.
func (c *Calibration) Reset() {
	*c = Calibration{Bins: c.Bins, Edges: c.Edges, Strategy: c.Strategy, SumTolerance: c.SumTolerance}
}

// Rows returns the number of rows of positive weight.
func (c *Calibration) Rows() int { return c.rows }

const calibrationTag = "metrics.Calibration/1"

// MarshalBinary returns the state as bytes.
//
// Errors: ErrRange for a bad option.
func (c *Calibration) MarshalBinary() ([]byte, error) {
	if err := c.options("metrics.Calibration.MarshalBinary"); err != nil {
		return nil, err
	}
	w := codec.NewWriter(calibrationTag)
	w.Int(c.Bins)
	w.Int(int(c.Edges))
	w.Int(int(c.Strategy))
	w.Float64(c.SumTolerance)
	w.Int(c.rows)
	flat := make([]float64, 0, 6*len(c.cells))
	for _, b := range c.cells {
		flat = append(flat, b.neg.w, b.neg.s, b.neg.q, b.pos.w, b.pos.s, b.pos.q)
	}
	w.Float64s(flat)
	w.Float64s(c.p)
	y := make([]byte, len(c.y))
	for i, t := range c.y {
		if t {
			y[i] = 1
		}
	}
	w.Bytes(y)
	return w.Finish(), nil
}

// UnmarshalBinary restores a state that MarshalBinary wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (c *Calibration) UnmarshalBinary(data []byte) error {
	in := codec.NewReader("metrics.Calibration.UnmarshalBinary", calibrationTag, data)
	v := Calibration{Bins: in.Int()}
	edges, strategy := in.Int(), in.Int()
	v.SumTolerance = in.Float64()
	v.rows = in.Int()
	flat := in.Float64s()
	v.p = in.Float64s()
	y := in.Bytes()
	if in.Err() == nil {
		switch {
		case edges < 0 || edges > int(LeftClosed) || strategy < 0 || strategy > int(QuantileBins) || v.options("") != nil:
			in.Fail("need options that exist")
		case v.rows < 0 || len(y) != len(v.p) || !(v.SumTolerance >= 0):
			in.Fail("need a consistent state")
		case strategy == int(QuantileBins) && (v.rows != len(v.p) || len(flat) != 0):
			in.Fail("need %d rows, have %d", v.rows, len(v.p))
		case strategy == int(UniformBins) && (len(v.p) != 0 || (len(flat) != 0 && len(flat) != 6*(v.bins()+1)) || (len(flat) == 0 && v.rows != 0)):
			in.Fail("need %d bins, have %d values", v.bins()+1, len(flat))
		case check.Probabilities("", "p", v.p) != nil:
			in.Fail("need probabilities")
		}
	}
	if in.Err() == nil {
		v.Edges, v.Strategy = BinEdges(edges), BinStrategy(strategy)
		if len(flat) > 0 {
			v.allocate()
			var total float64
			for i := range v.cells {
				f := flat[6*i:]
				v.cells[i].neg = cell{f[0], f[1], f[2]}
				v.cells[i].pos = cell{f[3], f[4], f[5]}
				if !(f[0] >= 0 && f[3] >= 0) {
					in.Fail("need weights of at least 0")
				}
				total += f[0] + f[3]
			}
			if (total > 0) != (v.rows > 0) {
				in.Fail("need a consistent state")
			}
		}
		for _, t := range y {
			v.y = append(v.y, t == 1)
			if t > 1 {
				in.Fail("need a bool")
			}
		}
	}
	if err := in.Close(); err != nil {
		return err
	}
	*c = v
	return nil
}
