package explain

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// A Model writes the predictions for the rows of x into dst, one per row:
// a score, a probability of one class, a number. A model of several outputs is
// explained one output at a time.
//
// It must not change x, nor keep x or dst after it returns: both are buffers that
// the next call uses again. It must give the same prediction for the same row,
// whatever the other rows of the batch are: a few rows are predicted twice, and a
// model that draws random numbers is ErrUndefined (Check and Repeatable look
// closer). It is called from one goroutine at a time except where a function says
// otherwise.
//
// A prediction that is left unset is ErrLength, one that is NaN or infinite is
// ErrNotFinite; an error of the model is wrapped and returned.
type Model func(dst []float64, x *mat.Dense) error

// unset marks predictions that the model has not written: a NaN with a payload
// that arithmetic does not make.
const unset = 0x7ff8_6d6c_6761_7567

// batchElements is the size of the buffer of rows that is given to a model where
// the caller does not choose: half a megabyte, which stays in the cache of one core between
// being written here and read by the model.
const batchElements = 1 << 16

// caller calls a model and holds it to its word.
type caller struct {
	ctx   context.Context
	fn    string
	model Model
}

// opened returns a caller, and the size of the matrix that it is to be called on.
func opened(ctx context.Context, fn string, model Model, arg string, x *mat.Dense) (c caller, n, d int, err error) {
	if model == nil {
		return c, 0, 0, fmt.Errorf("%s: model: need a function, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	if ctx == nil {
		ctx = context.Background()
	}
	n, d, err = matrix(fn, arg, x)
	return caller{ctx, fn, model}, n, d, err
}

// predict fills dst with the predictions for x.
func (c caller) predict(dst []float64, x *mat.Dense) error {
	if err := c.ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", c.fn, err)
	}
	if len(dst) > 0 {
		dst[0] = math.Float64frombits(unset)
		for done := 1; done < len(dst); done *= 2 {
			copy(dst[done:], dst[:done])
		}
	}
	if err := c.model(dst, x); err != nil {
		return fmt.Errorf("%s: the model: %w", c.fn, err)
	}
	err := check.Finite(c.fn, "predictions of the model", dst)
	if err == nil {
		return nil
	}
	for i, v := range dst {
		if math.Float64bits(v) == unset {
			return fmt.Errorf("%s: the model: need %d predictions, have none for row %d of the batch: %w", c.fn, len(dst), i, mlgauge.ErrLength)
		}
	}
	return err
}

// probe is how many rows are predicted twice to tell a model that is not
// repeatable.
const probe = 8

// again predicts the first rows of x once more and reports predictions that are
// not those of before (ErrUndefined). Models in single precision, whose sums may
// come in another order, pass.
func (c caller) again(before []float64, x *mat.Dense) error {
	_, d := x.Dims()
	n := min(len(before), probe)
	now := make([]float64, n)
	if err := c.predict(now, x.Slice(0, n, 0, d).(*mat.Dense)); err != nil {
		return err
	}
	scale := 0.0
	for i, v := range now {
		scale = max(scale, math.Abs(v), math.Abs(before[i]))
	}
	for i, v := range now {
		if math.Abs(v-before[i]) > 1e-4*scale {
			return fmt.Errorf("%s: the model: need the same prediction for the same row, have %v and then %v for row %d of the batch: %w", c.fn, before[i], v, i, mlgauge.ErrUndefined)
		}
	}
	return nil
}

// unchanged reports a row that the model has changed (ErrUndefined).
func unchanged(fn string, have, need []float64) error {
	if kernel.SameBits(have, need) {
		return nil
	}
	for j, v := range have {
		if w := need[j]; v != w && (v == v || w == w) {
			return fmt.Errorf("%s: the model: need an unchanged input, have feature %d changed from %v to %v: %w", fn, j, w, v, mlgauge.ErrUndefined)
		}
	}
	return nil
}

// predictAll fills dst with the predictions for x, at most size rows a call.
func (c caller) predictAll(dst []float64, x *mat.Dense, size int) error {
	n, d := x.Dims()
	for lo := 0; lo < n; lo += size {
		hi := min(n, lo+size)
		if err := c.predict(dst[lo:hi], x.Slice(lo, hi, 0, d).(*mat.Dense)); err != nil {
			return err
		}
	}
	return nil
}

// batchRows returns how many rows of d features go into one call of a model.
func batchRows(fn string, asked, d int) (int, error) {
	if asked < 0 {
		return 0, check.AtLeast(fn, "BatchRows", asked, 0)
	}
	if asked > 0 {
		return asked, nil
	}
	return max(1, batchElements/max(d, 1)), nil
}

// matrix reports a matrix without rows or columns (ErrEmpty) and returns its
// size.
func matrix(fn, arg string, x *mat.Dense) (n, d int, err error) {
	if x == nil {
		return 0, 0, fmt.Errorf("%s: %s: need a matrix, have nil: %w", fn, arg, mlgauge.ErrEmpty)
	}
	n, d = x.Dims()
	return n, d, check.NotEmpty(fn, arg, min(n, d))
}

// feature reports a column that x of d columns does not have (ErrRange).
func feature(fn string, j, d int) error {
	if j < 0 || j >= d {
		return fmt.Errorf("%s: feature: need one of 0 to %d, have %d: %w", fn, d-1, j, mlgauge.ErrRange)
	}
	return nil
}

// weights returns w scaled to a sum of 1, or equal weights for nil.
func weights(fn string, w []float64, n int) ([]float64, error) {
	p := make([]float64, n)
	if w == nil {
		for i := range p {
			p[i] = 1 / float64(n)
		}
		return p, nil
	}
	if err := check.Weights(fn, "Weights", n, w); err != nil {
		return nil, err
	}
	sum, err := check.Sum(fn, "Weights", w)
	if err != nil {
		return nil, err
	}
	for i, v := range w {
		p[i] = v / sum
	}
	return p, nil
}

// Check tells whether a model can be explained on the rows of x: it predicts them
// all at once, all at once again, and one by one, and compares.
//
// Errors: ErrUndefined if two predictions for a row differ by more than 1e-9
// relative to the larger, since an explanation of such a model would explain its
// noise, or if the model changed its input; the errors of Model; ErrEmpty for no
// rows.
func Check(ctx context.Context, model Model, x *mat.Dense) error {
	const fn = "Check"
	c, n, d, err := opened(ctx, fn, model, "x", x)
	if err != nil {
		return err
	}
	given := mat.DenseCopyOf(x)
	first, again := make([]float64, n), make([]float64, n)
	if err := c.predict(first, given); err != nil {
		return err
	}
	for i := range n {
		for j := range d {
			if v, w := x.At(i, j), given.At(i, j); v != w && (v == v || w == w) {
				return fmt.Errorf("%s: the model: need an unchanged input, have row %d, feature %d changed from %v to %v: %w", fn, i, j, v, w, mlgauge.ErrUndefined)
			}
		}
	}
	if err := c.predict(again, given); err != nil {
		return err
	}
	if err := same(fn, "a second call", first, again); err != nil {
		return err
	}
	if err := c.predictAll(again, given, 1); err != nil {
		return err
	}
	return same(fn, "a call for that row alone", first, again)
}

// Repeatable wraps a model so that each batch is predicted twice and a difference
// of more than 1e-9 relative is ErrUndefined: a guard against models that draw
// random numbers, at twice the cost.
func Repeatable(model Model) Model {
	if model == nil {
		return nil
	}
	return func(dst []float64, x *mat.Dense) error {
		if err := model(dst, x); err != nil {
			return err
		}
		again := make([]float64, len(dst)) // its own: several goroutines may call
		if err := model(again, x); err != nil {
			return err
		}
		return same("Repeatable", "a second call", dst, again)
	}
}

func same(fn, when string, a, b []float64) error {
	for i, v := range a {
		if w := b[i]; math.Abs(v-w) > 1e-9*max(math.Abs(v), math.Abs(w)) {
			return fmt.Errorf("%s: the model: need the same prediction for the same row, have %v and in %s %v for row %d: %w", fn, v, when, w, i, mlgauge.ErrUndefined)
		}
	}
	return nil
}
