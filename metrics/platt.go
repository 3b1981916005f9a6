package metrics

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Platt turns a model's scores into probabilities by a logistic curve. The zero
// value is ready to Fit; A and B may be filled in by hand.
//
//	P(positive | s) = 1 / (1 + exp(A s + B))
//
// A is negative where larger scores mean positive.
type Platt struct {
	A, B   float64
	Fitted bool // set by Fit; Transform refuses before
}

// Fit fits A and B by maximum likelihood with Platt's targets, which shrink the
// truth by the counts N+ and N- so that separable scores keep the curve finite.
//
//	target = (N+ + 1)/(N+ + 2) for positives, 1/(N- + 2) for negatives
//
// The optimum is found by Newton's method with backtracking to a gradient of
// 1e-12 of the data's scale; scikit-learn stops its quasi-Newton search at 1e-6,
// so its digits agree to about five.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrUndefined for one class only,
// ErrNotConverged; the receiver is then unchanged. Source: Platt (1999); Lin, Lin
// and Weng (2007); scikit-learn 1.9 CalibratedClassifierCV(method="sigmoid").
func (c *Platt) Fit(scores []float64, yTrue []bool) error {
	return c.fit("metrics.Platt.Fit", scores, yTrue, nil)
}

// FitWeighted is Fit with weights, which enter the counts too.
//
// Errors: as Fit, and ErrRange for a negative weight.
func (c *Platt) FitWeighted(scores []float64, yTrue []bool, weights []float64) error {
	const fn = "metrics.Platt.FitWeighted"
	if err := check.Weights(fn, "weights", len(scores), weights); err != nil {
		return err
	}
	return c.fit(fn, scores, yTrue, weights)
}

func (c *Platt) fit(fn string, scores []float64, yTrue []bool, w []float64) error {
	if err := check.Pair(fn, "scores", len(scores), "yTrue", len(yTrue)); err != nil {
		return err
	}
	if err := check.Finite(fn, "scores", scores); err != nil {
		return err
	}
	var pos, neg, scale float64
	for i, t := range yTrue {
		wi := 1.0
		if w != nil {
			wi = w[i]
		}
		if t {
			pos += wi
		} else {
			neg += wi
		}
		scale = math.Max(scale, math.Abs(scores[i]))
	}
	if pos == 0 || neg == 0 {
		return fmt.Errorf("%s: yTrue: need rows of both classes, have weights %v positive and %v negative: %w", fn, pos, neg, mlgauge.ErrUndefined)
	}
	if scale == 0 {
		scale = 1
	}
	p := plattProblem{scores: scores, y: yTrue, w: w, scale: scale, high: (pos + 1) / (pos + 2), low: 1 / (neg + 2)}
	a, b, err := p.newton(math.Log((neg + 1) / (pos + 1)))
	if err != nil {
		return fmt.Errorf("%s: %w", fn, err)
	}
	*c = Platt{A: a / scale, B: b, Fitted: true}
	return nil
}

type plattProblem struct {
	scores    []float64
	y         []bool
	w         []float64
	scale     float64 // largest |score|: scores are divided by it
	high, low float64 // targets
}

// eval returns the loss, its gradient and its Hessian at (a, b).
func (p *plattProblem) eval(a, b float64) (loss float64, g [2]float64, h [3]float64) {
	var s sum
	for i, v := range p.scores {
		wi := 1.0
		if p.w != nil {
			if wi = p.w[i]; wi == 0 {
				continue
			}
		}
		t := p.low
		if p.y[i] {
			t = p.high
		}
		x := v / p.scale
		z := a*x + b // probability is sigmoid(-z)
		var q, l float64
		if z >= 0 {
			e := math.Exp(-z)
			q = e / (1 + e)
			l = t*z + math.Log1p(e)
		} else {
			e := math.Exp(z)
			q = 1 / (1 + e)
			l = (t-1)*z + math.Log1p(e)
		}
		s.add(wi * l)
		d := wi * (t - q)
		g[0] += d * x
		g[1] += d
		c := wi * q * (1 - q)
		h[0] += c * x * x
		h[1] += c * x
		h[2] += c
	}
	return s.value(), g, h
}

func (p *plattProblem) newton(b float64) (float64, float64, error) {
	var a float64
	loss, g, h := p.eval(a, b)
	n := float64(len(p.scores))
	for range 200 {
		if math.Max(math.Abs(g[0]), math.Abs(g[1])) <= 1e-12*n {
			return a, b, nil
		}
		// A ridge far below the curvature keeps a constant score solvable.
		ridge := 1e-14 * (h[0] + h[2])
		h0, h2 := h[0]+ridge, h[2]+ridge
		det := h0*h2 - h[1]*h[1]
		da := -(h2*g[0] - h[1]*g[1]) / det
		db := -(h0*g[1] - h[1]*g[0]) / det
		slope := da*g[0] + db*g[1]
		step := 1.0
		moved := false
		for ; step > 1e-12; step /= 2 {
			na, nb := a+step*da, b+step*db
			nl, ng, nh := p.eval(na, nb)
			if nl <= loss+1e-4*step*slope {
				moved = na != a || nb != b
				a, b, loss, g, h = na, nb, nl, ng, nh
				break
			}
		}
		if !moved {
			// The loss cannot fall any further in floating point.
			if math.Max(math.Abs(g[0]), math.Abs(g[1])) <= 1e-6*n {
				return a, b, nil
			}
			break
		}
	}
	return 0, 0, fmt.Errorf("need a gradient of at most 1e-6 per row, have %v: %w", g, mlgauge.ErrNotConverged)
}

// Transform writes the probabilities of scores to dst and returns it; dst may be
// nil or the scores themselves.
//
// Errors: ErrNotFitted, ErrLength, ErrNotFinite.
func (c *Platt) Transform(dst, scores []float64) ([]float64, error) {
	const fn = "metrics.Platt.Transform"
	if !c.Fitted {
		return nil, check.NotFitted(fn)
	}
	if dst == nil {
		dst = make([]float64, len(scores))
	}
	if err := check.Length(fn, "dst", len(scores), len(dst)); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "scores", scores); err != nil {
		return nil, err
	}
	for i, s := range scores {
		dst[i] = sigmoid(-(c.A*s + c.B))
	}
	return dst, nil
}

// sigmoid returns 1/(1+exp(-z)) without overflow.
func sigmoid(z float64) float64 {
	if z >= 0 {
		return 1 / (1 + math.Exp(-z))
	}
	e := math.Exp(z)
	return e / (1 + e)
}

// MarshalJSON returns the curve as JSON.
func (c Platt) MarshalJSON() ([]byte, error) {
	return json.Marshal(plattJSON(c))
}

type plattJSON struct {
	A      float64 `json:"a"`
	B      float64 `json:"b"`
	Fitted bool    `json:"fitted"`
}

// UnmarshalJSON restores what MarshalJSON wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (c *Platt) UnmarshalJSON(data []byte) error {
	var v plattJSON
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("metrics.Platt.UnmarshalJSON: %v: %w", err, mlgauge.ErrCorrupt)
	}
	*c = Platt(v)
	return nil
}
