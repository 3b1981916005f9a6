package metrics

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// Collect names what a Regression gathers besides its squared, absolute and
// largest errors. Each costs time per row: percentages two divisions, logs two
// logarithms, spread a second pass over the rows in cache.
type Collect uint8

const (
	// CollectPercent gathers what MAPE and SMAPE need.
	CollectPercent Collect = 1 << iota
	// CollectLog gathers what MSLE and RMSLE need.
	CollectLog
	// CollectSpread gathers what MSEInterval, RMSEInterval and R2Interval
	// need: the covariances of squared errors and truth.
	CollectSpread

	// CollectAll gathers everything.
	CollectAll = CollectPercent | CollectLog | CollectSpread
)

// Regression accumulates numeric predictions against the truth in one pass and
// constant memory. The zero value is ready and gives MSE, RMSE, MAE, R2,
// explained variance, largest error and bias; set Collect before the first Add
// for more. Copying a Regression copies its state. Methods that add are not safe
// for concurrent use; give each goroutine its own and Merge.
//
// Variances are taken about running means held in two floats, never as a sum of
// squares minus the square of a sum: an offset of 1e9 in the data costs no digit.
type Regression struct {
	Collect Collect

	rows           int
	y, e, abs      moments.Moments // truth, error (true - predicted), |error|
	largest        float64
	pct, spct, sle sum // weighted sums of percentage and squared log errors
	outsideLog     int // rows with a value of -1 or less
	spread         spread
}

// Add adds a batch of rows, each with weight 1.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite; the receiver is then unchanged.
func (r *Regression) Add(yTrue, yPred []float64) error {
	return addRegression(r, "metrics.Regression.Add", yTrue, yPred, nil)
}

// AddFloat32 is Add for float32 data; arithmetic is in float64.
func (r *Regression) AddFloat32(yTrue, yPred []float32) error {
	return addRegression(r, "metrics.Regression.AddFloat32", yTrue, yPred, nil)
}

// AddWeighted adds a batch of rows with weights: weight 2 counts as the row
// twice, rows of weight 0 do not count at all.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrRange for a negative weight; the
// receiver is then unchanged.
func (r *Regression) AddWeighted(yTrue, yPred, weights []float64) error {
	const fn = "metrics.Regression.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	return addRegression(r, fn, yTrue, yPred, weights)
}

func addRegression[F check.Float](r *Regression, fn string, yTrue, yPred []F, w []float64) error {
	if err := check.Pair(fn, "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return err
	}
	if r.Collect&^CollectAll != 0 {
		return check.Option(fn, "Collect", r.Collect)
	}
	part := Regression{Collect: r.Collect}
	if n := len(yTrue); n <= outerBlock {
		blocks(&part, yTrue, yPred, w)
	} else {
		parts := make([]Regression, parallel.Blocks(n, outerBlock))
		parallel.For(n, outerBlock, func(b, lo, hi int) {
			parts[b].Collect = r.Collect
			var ws []float64
			if w != nil {
				ws = w[lo:hi]
			}
			blocks(&parts[b], yTrue[lo:hi], yPred[lo:hi], ws)
		})
		for i := range parts {
			part.merge(&parts[i])
		}
	}
	// A value that is not finite shows in the mean absolute error; rows of
	// weight 0 do not, so those batches are looked at.
	if m := part.abs.Mean(); w != nil || !(m <= math.MaxFloat64) {
		if err := check.Finite(fn, "yTrue", yTrue); err != nil {
			return err
		}
		if err := check.Finite(fn, "yPred", yPred); err != nil {
			return err
		}
		if part.rows > 0 && !(m <= math.MaxFloat64) {
			return fmt.Errorf("%s: yTrue - yPred: need errors whose sum is finite, have an overflow: %w", fn, mlgauge.ErrNotFinite)
		}
	}
	r.merge(&part)
	return nil
}

// regressionBlock is half of what fits in the first-level cache.
const regressionBlock = 2048

func blocks[F check.Float](r *Regression, yTrue, yPred []F, w []float64) {
	// The shift is the mean so far; a block whose mean is far from it (against
	// its own spread) is done again about its own mean.
	cy := float64(yTrue[0])
	ce := cy - float64(yPred[0])
	for len(yTrue) > 0 {
		n := min(regressionBlock, len(yTrue))
		a, b := yTrue[:n], yPred[:n]
		var s kernel.WeightedPairSums
		var bw []float64
		if w == nil {
			s = kernel.WeightedPairSums{PairSums: kernel.Pairs(a, b, cy, ce), W: float64(n), Rows: n}
			if farFrom(s) {
				cy, ce = cy+s.Y/s.W, ce+s.E/s.W
				s.PairSums = kernel.Pairs(a, b, cy, ce)
			}
		} else {
			bw = w[:n]
			s = kernel.WeightedPairs(a, b, bw, cy, ce)
			if farFrom(s) {
				cy, ce = cy+s.Y/s.W, ce+s.E/s.W
				s = kernel.WeightedPairs(a, b, bw, cy, ce)
			}
			w = w[n:]
		}
		if s.W > 0 {
			block := Regression{rows: s.Rows, largest: s.Max}
			block.y = moments.FromSums(s.W, cy, s.Y, s.YY)
			block.e = moments.FromSums(s.W, ce, s.E, s.EE)
			block.abs = moments.FromSums(s.W, 0, s.Abs, block.e.SumOfSquares())
			if math.Abs(block.e.Mean()) == block.abs.Mean() {
				block.abs.M2 = block.e.M2 // errors of one sign: nothing to cancel
			}
			if r.Collect&CollectSpread != 0 {
				block.spread = spreadOf(a, b, bw, block.y.Mean())
			}
			r.merge(&block)
			cy, ce = r.y.Mean(), r.e.Mean()
		}
		if r.Collect&CollectPercent != 0 {
			p, q := kernel.Ratios(a, b, bw, eps64)
			r.pct.add(p)
			r.spct.add(q)
		}
		if r.Collect&CollectLog != 0 {
			l, bad := kernel.LogErrors(a, b, bw)
			r.sle.add(l)
			r.outsideLog += bad
		}
		yTrue, yPred = yTrue[n:], yPred[n:]
	}
}

// eps64 is the gap between 1 and the next float64.
const eps64 = 0x1p-52

// farFrom tells whether a shift is more than four standard deviations from the
// mean of its block, where the variance would lose digits.
func farFrom(s kernel.WeightedPairSums) bool {
	if s.W == 0 {
		return false
	}
	y, e := s.Y/s.W*s.Y, s.E/s.W*s.E
	return y > 16*(s.YY-y) || e > 16*(s.EE-e)
}

func (r *Regression) merge(o *Regression) {
	r.rows += o.rows
	r.y.Merge(&o.y)
	r.e.Merge(&o.e)
	r.abs.Merge(&o.abs)
	r.largest = max(r.largest, o.largest)
	r.pct.merge(o.pct)
	r.spct.merge(o.spct)
	r.sle.merge(o.sle)
	r.outsideLog += o.outsideLog
	r.spread.merge(&o.spread)
}

// Merge adds what o gathered. o is unchanged.
//
// Errors: ErrIncompatible if the two do not collect the same, unless o is empty
// or the receiver is the zero value, which then collects what o does.
func (r *Regression) Merge(o *Regression) error {
	if o.rows == 0 {
		return nil
	}
	if r.rows == 0 && r.Collect == 0 {
		r.Collect = o.Collect
	}
	if r.Collect != o.Collect {
		return fmt.Errorf("metrics.Regression.Merge: Collect: need %d, have %d: %w", r.Collect, o.Collect, mlgauge.ErrIncompatible)
	}
	c := *o // o may be r
	r.merge(&c)
	return nil
}

// Reset forgets all rows; Collect stays.
func (r *Regression) Reset() { *r = Regression{Collect: r.Collect} }

// Rows returns the number of rows of positive weight.
func (r *Regression) Rows() int { return r.rows }

// Weight returns the sum of the weights: the number of rows where none were
// given.
func (r *Regression) Weight() float64 { return r.abs.W }

const regressionTag = "metrics.Regression/1"

// MarshalBinary returns the state as bytes.
func (r *Regression) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(regressionTag)
	w.Int(int(r.Collect))
	w.Int(r.rows)
	r.y.Append(w)
	r.e.Append(w)
	r.abs.Append(w)
	w.Float64(r.largest)
	r.pct.append(w)
	r.spct.append(w)
	r.sle.append(w)
	w.Int(r.outsideLog)
	r.spread.append(w)
	return w.Finish(), nil
}

// UnmarshalBinary restores a state that MarshalBinary wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (r *Regression) UnmarshalBinary(data []byte) error {
	in := codec.NewReader("metrics.Regression.UnmarshalBinary", regressionTag, data)
	var v Regression
	collect := in.Int()
	v.rows = in.Int()
	v.y, v.e, v.abs = moments.Read(in), moments.Read(in), moments.Read(in)
	v.largest = in.Float64()
	v.pct, v.spct, v.sle = readSum(in), readSum(in), readSum(in)
	v.outsideLog = in.Int()
	v.spread = readSpread(in)
	if in.Err() == nil && (collect < 0 || collect > int(CollectAll) || v.rows < 0 || v.outsideLog < 0 || !(v.largest >= 0) ||
		v.y.W != v.abs.W || v.e.W != v.abs.W || (v.rows == 0) != (v.abs.W == 0)) {
		in.Fail("need a consistent state")
	}
	if err := in.Close(); err != nil {
		return err
	}
	v.Collect = Collect(collect)
	*r = v
	return nil
}
