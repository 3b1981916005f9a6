package metrics

import (
	"encoding/json"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Temperature calibrates the logits of several classes by dividing them by one
// number, which changes no ranking. The zero value is ready to Fit; Inverse may be
// filled in by hand.
//
//	P(class k) = softmax(Inverse * logits)_k
//
// For class probabilities instead of logits set FromProba: their logarithms are
// used, with 1e-12 added.
type Temperature struct {
	FromProba bool    // option
	Inverse   float64 // fitted: 1 over the temperature, 0 before Fit
}

// logBetaBound is how far the logarithm of the inverse temperature is searched.
const logBetaBound = 10

// Fit finds the inverse temperature in [exp(-10), exp(10)] that minimises the log
// loss, which is convex in it, by bisection of the derivative. yTrue[i] is the
// column of the true class of row i.
//
// Special cases: where the loss falls all the way (every row right, say) the end
// of the range is the fit.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrUnknownCategory, ErrRange for
// fewer than two columns or, with FromProba, values outside [0, 1]; the receiver
// is then unchanged. Source: Guo et al. (2017); scikit-learn 1.9
// CalibratedClassifierCV(method="temperature"), whose search stops at about 1e-8.
func (c *Temperature) Fit(logits mat.Matrix, yTrue []int) error {
	const fn = "metrics.Temperature.Fit"
	z, err := c.rows(fn, logits)
	if err != nil {
		return err
	}
	n, k := z.Dims()
	if err := check.Length(fn, "yTrue", n, len(yTrue)); err != nil {
		return err
	}
	for i, y := range yTrue {
		if y < 0 || y >= k {
			return fmt.Errorf("%s: yTrue: need classes from 0 to %d, have %d at row %d: %w", fn, k-1, y, i, mlgauge.ErrUnknownCategory)
		}
	}
	p := make([]float64, k)
	// slope is the derivative of the log loss by beta.
	slope := func(beta float64) float64 {
		var s sum
		for i, y := range yTrue {
			row := z.RawRowView(i)
			softmax(p, row, beta)
			var e float64
			for j, v := range p {
				e += v * (row[j] - row[y])
			}
			s.add(e)
		}
		return s.value()
	}
	lo, hi := -float64(logBetaBound), float64(logBetaBound)
	for range 80 {
		m := (lo + hi) / 2
		if m == lo || m == hi {
			break
		}
		if slope(math.Exp(m)) > 0 {
			hi = m
		} else {
			lo = m
		}
	}
	c.Inverse = math.Exp((lo + hi) / 2)
	return nil
}

// rows returns the logits as a fresh dense matrix.
func (c *Temperature) rows(fn string, m mat.Matrix) (*mat.Dense, error) {
	if m == nil {
		return nil, check.NotEmpty(fn, "logits", 0)
	}
	n, k := m.Dims()
	if err := check.NotEmpty(fn, "logits", n); err != nil {
		return nil, err
	}
	if err := check.AtLeast(fn, "columns of logits", k, 2); err != nil {
		return nil, err
	}
	z := mat.DenseCopyOf(m)
	raw := z.RawMatrix().Data
	if err := check.Finite(fn, "logits", raw); err != nil {
		return nil, err
	}
	if c.FromProba {
		if err := check.Probabilities(fn, "logits", raw); err != nil {
			return nil, err
		}
		for i, v := range raw {
			raw[i] = math.Log(v + 1e-12)
		}
	}
	return z, nil
}

// softmax writes softmax(beta * z) to p.
func softmax(p, z []float64, beta float64) {
	top := z[0]
	for _, v := range z {
		top = math.Max(top, v)
	}
	var s float64
	for j, v := range z {
		p[j] = math.Exp(beta * (v - top))
		s += p[j]
	}
	for j := range p {
		p[j] /= s
	}
}

// Transform writes the calibrated probabilities of logits to dst, which may be
// nil or the logits themselves, and returns it.
//
// Errors: ErrNotFitted, ErrLength, and those of Fit for the logits.
func (c *Temperature) Transform(dst *mat.Dense, logits mat.Matrix) (*mat.Dense, error) {
	const fn = "metrics.Temperature.Transform"
	if !(c.Inverse > 0) {
		return nil, check.NotFitted(fn)
	}
	z, err := c.rows(fn, logits)
	if err != nil {
		return nil, err
	}
	n, k := z.Dims()
	if dst != nil {
		r, cc := dst.Dims()
		if r != n || cc != k {
			return nil, fmt.Errorf("%s: dst: need %d x %d, have %d x %d: %w", fn, n, k, r, cc, mlgauge.ErrLength)
		}
	}
	for i := range n {
		row := z.RawRowView(i)
		softmax(row, row, c.Inverse)
	}
	if dst == nil {
		return z, nil
	}
	dst.Copy(z)
	return dst, nil
}

type temperatureJSON struct {
	FromProba bool    `json:"from_proba"`
	Inverse   float64 `json:"inverse"`
}

// MarshalJSON returns option and fit as JSON.
func (c Temperature) MarshalJSON() ([]byte, error) { return json.Marshal(temperatureJSON(c)) }

// UnmarshalJSON restores what MarshalJSON wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (c *Temperature) UnmarshalJSON(data []byte) error {
	var v temperatureJSON
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("metrics.Temperature.UnmarshalJSON: %v: %w", err, mlgauge.ErrCorrupt)
	}
	if !(v.Inverse >= 0) {
		return fmt.Errorf("metrics.Temperature.UnmarshalJSON: inverse: need at least 0, have %v: %w", v.Inverse, mlgauge.ErrCorrupt)
	}
	*c = Temperature(v)
	return nil
}
