package preprocess

import (
	"fmt"
	"slices"
	"sync"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"gonum.org/v1/gonum/mat"
)

// Chain runs transformers one after the other: each is fitted on what the one
// before it writes. It is itself a Transformer, a RowTransformer if all its
// steps are, and an Inverter likewise.
type Chain struct {
	Steps []Transformer

	pool sync.Pool // of *[]float64, for the rows between the steps
}

// NewChain returns a chain of the steps.
func NewChain(steps ...Transformer) *Chain { return &Chain{Steps: steps} }

func (c *Chain) check(fn string) error {
	if err := check.NotEmpty(fn, "Steps", len(c.Steps)); err != nil {
		return err
	}
	if k := slices.Index(c.Steps, nil); k >= 0 {
		return fmt.Errorf("%s: Steps: need transformers, have nil at index %d: %w", fn, k, mlgauge.ErrNotFitted)
	}
	return nil
}

// Fit fits the steps in turn. If one fails, those before it are fitted, and the
// rest is as it was.
func (c *Chain) Fit(x mat.Matrix) error {
	const fn = "Chain.Fit"
	if err := c.check(fn); err != nil {
		return err
	}
	if _, err := view(fn, "x", x); err != nil {
		return err
	}
	for k, s := range c.Steps {
		if err := s.Fit(x); err != nil {
			return fmt.Errorf("%s: step %d: %w", fn, k, err)
		}
		if k+1 == len(c.Steps) {
			break
		}
		next, err := s.Transform(nil, x)
		if err != nil {
			return fmt.Errorf("%s: step %d: %w", fn, k, err)
		}
		x = next
	}
	return nil
}

// Widths returns the number of columns that the first step reads and the last
// one writes.
func (c *Chain) Widths() (in, out int) {
	if c.check("Chain.Widths") != nil {
		return 0, 0
	}
	in, _ = c.Steps[0].Widths()
	_, out = c.Steps[len(c.Steps)-1].Widths()
	return in, out
}

// Transform runs src through the steps into dst, which may be nil, and may be
// src where the width stays the same.
func (c *Chain) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Chain.Transform"
	if err := c.check(fn); err != nil {
		return nil, err
	}
	g, err := view(fn, "src", src)
	if err != nil {
		return nil, err
	}
	_, out := c.Widths()
	if dst != nil && !dst.IsEmpty() {
		if dst, err = output(fn, dst, g.Rows, out); err != nil {
			return nil, err
		}
	}
	var x *mat.Dense // what the step before wrote; nil while that is src
	for k, s := range c.Steps {
		var to *mat.Dense
		in, out := s.Widths()
		switch {
		case k+1 == len(c.Steps):
			to = dst
		case x != nil && in == out:
			to = x
		}
		if k == 0 {
			x, err = s.Transform(to, src)
		} else {
			x, err = s.Transform(to, x)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: step %d: %w", fn, k, err)
		}
	}
	return x, nil
}

// Inverse undoes the steps, the last one first; each must be an Inverter.
func (c *Chain) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Chain.Inverse"
	if err := c.check(fn); err != nil {
		return nil, err
	}
	for k, s := range c.Steps {
		if _, ok := s.(Inverter); !ok {
			return nil, fmt.Errorf("%s: step %d: need an Inverter, have %T: %w", fn, k, s, mlgauge.ErrUndefined)
		}
	}
	if _, err := view(fn, "src", src); err != nil {
		return nil, err
	}
	for k := len(c.Steps) - 1; k >= 0; k-- {
		var to *mat.Dense
		if k == 0 {
			to = dst
		}
		x, err := c.Steps[k].(Inverter).Inverse(to, src)
		if err != nil {
			return nil, fmt.Errorf("%s: step %d: %w", fn, k, err)
		}
		src = x
	}
	return src.(*mat.Dense), nil
}

// TransformRow runs row through the steps into dst, which may be row where the
// width stays the same. Each step must be a RowTransformer
// (mlgauge.ErrUndefined). Apart from the first calls it allocates nothing.
func (c *Chain) TransformRow(dst, row []float64) error {
	const fn = "Chain.TransformRow"
	if err := c.check(fn); err != nil {
		return err
	}
	most := 0
	for k, s := range c.Steps {
		if _, ok := s.(RowTransformer); !ok {
			return fmt.Errorf("%s: step %d: need a RowTransformer, have %T: %w", fn, k, s, mlgauge.ErrUndefined)
		}
		_, out := s.Widths()
		most = max(most, out)
	}
	buf, _ := c.pool.Get().(*[]float64)
	if buf == nil {
		buf = new([]float64)
	}
	defer c.pool.Put(buf)
	if len(*buf) < 2*most {
		*buf = make([]float64, 2*most)
	}
	for k, s := range c.Steps {
		to := dst
		if k+1 < len(c.Steps) {
			_, out := s.Widths()
			half := k % 2 * most
			to = (*buf)[half : half+out]
		}
		if err := s.(RowTransformer).TransformRow(to, row); err != nil {
			return fmt.Errorf("%s: step %d: %w", fn, k, err)
		}
		row = to
	}
	return nil
}

// FeatureNames runs the names through the steps.
func (c *Chain) FeatureNames(in []string) ([]string, error) {
	const fn = "Chain.FeatureNames"
	if err := c.check(fn); err != nil {
		return nil, err
	}
	for k, s := range c.Steps {
		var err error
		if in, err = s.FeatureNames(in); err != nil {
			return nil, fmt.Errorf("%s: step %d: %w", fn, k, err)
		}
	}
	return in, nil
}
