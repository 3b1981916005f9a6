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

// Probability accumulates predicted probabilities of the positive class against
// the truth: log loss, Brier score and their skill against the base rate, in one
// pass and constant memory. The zero value is ready; copying copies the state.
type Probability struct {
	rows     int
	positive float64         // weight of the positive rows
	loss     moments.Moments // -log of the probability of the truth
	brier    moments.Moments // (p - y)^2
}

// Add adds a batch of rows, each with weight 1. p[i] is the probability that row
// i is positive, yTrue[i] whether it is.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite for NaN, ErrRange for a probability
// outside [0, 1]; the receiver is then unchanged.
func (s *Probability) Add(yTrue []bool, p []float64) error {
	return addProbability(s, "metrics.Probability.Add", yTrue, p, nil, eps64)
}

// AddFloat32 is Add for float32 probabilities, which are clipped at 2^-23, the
// eps of their type.
func (s *Probability) AddFloat32(yTrue []bool, p []float32) error {
	return addProbability(s, "metrics.Probability.AddFloat32", yTrue, p, nil, eps32)
}

// AddWeighted adds a batch of rows with weights: weight 2 counts as the row
// twice, rows of weight 0 do not count.
//
// Errors: as Add, and ErrRange for a negative weight.
func (s *Probability) AddWeighted(yTrue []bool, p, weights []float64) error {
	const fn = "metrics.Probability.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	return addProbability(s, fn, yTrue, p, weights, eps64)
}

const eps32 = 0x1p-23

func addProbability[F check.Float](s *Probability, fn string, yTrue []bool, p []F, w []float64, eps float64) error {
	if err := check.Pair(fn, "yTrue", len(yTrue), "p", len(p)); err != nil {
		return err
	}
	n := len(yTrue)
	var part Probability
	ok := true
	if n <= outerBlock {
		ok = probabilityBlocks(&part, yTrue, p, w, eps)
	} else {
		parts := make([]Probability, parallel.Blocks(n, outerBlock))
		bad := make([]bool, len(parts))
		parallel.For(n, outerBlock, func(b, lo, hi int) {
			var ws []float64
			if w != nil {
				ws = w[lo:hi]
			}
			bad[b] = !probabilityBlocks(&parts[b], yTrue[lo:hi], p[lo:hi], ws, eps)
		})
		for i := range parts {
			ok = ok && !bad[i]
			part.merge(&parts[i])
		}
	}
	if !ok {
		return check.Probabilities(fn, "p", p)
	}
	s.merge(&part)
	return nil
}

const probabilityBlock = 1024

func probabilityBlocks[F check.Float](s *Probability, yTrue []bool, p []F, w []float64, eps float64) bool {
	var loss, brier [probabilityBlock]float64
	for len(yTrue) > 0 {
		n := min(probabilityBlock, len(yTrue))
		positive, ok := kernel.LogLoss(loss[:n], brier[:n], yTrue[:n], p[:n], eps)
		if !ok {
			return false
		}
		if w == nil {
			s.rows += n
			s.positive += float64(positive)
			moments.Add(&s.loss, loss[:n])
			moments.Add(&s.brier, brier[:n])
		} else {
			for i, v := range w[:n] {
				if v > 0 {
					s.rows++
				}
				if yTrue[i] {
					s.positive += v
				}
			}
			moments.AddWeighted(&s.loss, loss[:n], w[:n])
			moments.AddWeighted(&s.brier, brier[:n], w[:n])
			w = w[n:]
		}
		yTrue, p = yTrue[n:], p[n:]
	}
	return true
}

func (s *Probability) merge(o *Probability) {
	s.rows += o.rows
	s.positive += o.positive
	s.loss.Merge(&o.loss)
	s.brier.Merge(&o.brier)
}

// Merge adds what o gathered. o is unchanged. It never fails.
func (s *Probability) Merge(o *Probability) error {
	c := *o // o may be s
	s.merge(&c)
	return nil
}

// Reset forgets all rows.
func (s *Probability) Reset() { *s = Probability{} }

// Rows returns the number of rows of positive weight.
func (s *Probability) Rows() int { return s.rows }

func (s *Probability) some(fn string) error {
	if s.rows == 0 {
		return fmt.Errorf("metrics.Probability.%s: need at least one row of positive weight, have none: %w", fn, mlgauge.ErrEmpty)
	}
	return nil
}

// LogLoss returns the mean negative log-likelihood, in nats.
//
//	LogLoss = -sum w (y log p + (1-y) log(1-p)) / sum w
//
// Probabilities are clipped to [2^-52, 1 - 2^-52] (2^-23 for float32), so the
// value is finite.
//
// Errors: ErrEmpty. Source: scikit-learn 1.9 log_loss.
func (s *Probability) LogLoss() (float64, error) {
	if err := s.some("LogLoss"); err != nil {
		return 0, err
	}
	return s.loss.Mean(), nil
}

// Brier returns the Brier score, between 0 and 1.
//
//	Brier = sum w (p - y)^2 / sum w
//
// Errors: ErrEmpty. Source: scikit-learn 1.9 brier_score_loss.
func (s *Probability) Brier() (float64, error) {
	if err := s.some("Brier"); err != nil {
		return 0, err
	}
	return s.brier.Mean(), nil
}

// BrierFull returns the Brier score summed over both classes, which is twice
// Brier (scale_by_half=False in scikit-learn).
//
// Errors: ErrEmpty.
func (s *Probability) BrierFull() (float64, error) {
	v, err := s.Brier()
	return 2 * v, err
}

// D2LogLoss returns the share of the log loss of always predicting the base rate
// that the predictions remove: 1 is perfect, 0 no better.
//
//	D2 = 1 - LogLoss / -(q log q + (1-q) log(1-q)),  q the share of positives
//
// Errors: ErrEmpty, ErrUndefined for fewer than two rows or one class only.
// Source: scikit-learn 1.9 d2_log_loss_score.
func (s *Probability) D2LogLoss() (float64, error) {
	q, err := s.baseRate("D2LogLoss")
	if err != nil {
		return 0, err
	}
	return 1 - s.loss.Mean()/-(q*math.Log(q)+(1-q)*math.Log1p(-q)), nil
}

// D2Brier returns the Brier skill score against the base rate.
//
//	D2 = 1 - Brier / (q (1-q)),  q the share of positives
//
// Errors: as D2LogLoss. Source: scikit-learn 1.9 d2_brier_score.
func (s *Probability) D2Brier() (float64, error) {
	q, err := s.baseRate("D2Brier")
	if err != nil {
		return 0, err
	}
	return 1 - s.brier.Mean()/(q*(1-q)), nil
}

func (s *Probability) baseRate(fn string) (float64, error) {
	if err := s.some(fn); err != nil {
		return 0, err
	}
	q := s.positive / s.loss.W
	if s.rows < 2 || !(q > 0 && q < 1) {
		return 0, fmt.Errorf("metrics.Probability.%s: need rows of both classes, have %d rows with a share of positives of %v: %w", fn, s.rows, q, mlgauge.ErrUndefined)
	}
	return q, nil
}

// LogLossInterval returns LogLoss with Student's t interval for the mean of the
// rows' losses; weights count as repeated rows.
//
// Errors: ErrEmpty, ErrRange for a level outside (0, 1), ErrUndefined for a total
// weight of 1 or less.
func (s *Probability) LogLossInterval(level float64) (Interval, error) {
	if err := s.some("LogLossInterval"); err != nil {
		return Interval{}, err
	}
	return meanInterval("metrics.Probability.LogLossInterval", s.loss.Mean(), s.loss.M2, s.loss.W, level, 0, math.Inf(1))
}

// BrierInterval returns Brier with Student's t interval for the mean of the
// rows' squared differences.
//
// Errors: as LogLossInterval.
func (s *Probability) BrierInterval(level float64) (Interval, error) {
	if err := s.some("BrierInterval"); err != nil {
		return Interval{}, err
	}
	return meanInterval("metrics.Probability.BrierInterval", s.brier.Mean(), s.brier.M2, s.brier.W, level, 0, 1)
}

const probabilityTag = "metrics.Probability/1"

// MarshalBinary returns the state as bytes.
func (s *Probability) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(probabilityTag)
	w.Int(s.rows)
	w.Float64(s.positive)
	s.loss.Append(w)
	s.brier.Append(w)
	return w.Finish(), nil
}

// UnmarshalBinary restores a state that MarshalBinary wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (s *Probability) UnmarshalBinary(data []byte) error {
	in := codec.NewReader("metrics.Probability.UnmarshalBinary", probabilityTag, data)
	v := Probability{rows: in.Int(), positive: in.Float64(), loss: moments.Read(in), brier: moments.Read(in)}
	if in.Err() == nil && (v.rows < 0 || v.loss.W != v.brier.W || !(v.positive >= 0 && v.positive <= v.loss.W*(1+1e-9)) ||
		(v.rows == 0) != (v.loss.W == 0)) {
		in.Fail("need a consistent state")
	}
	if err := in.Close(); err != nil {
		return err
	}
	*s = v
	return nil
}
