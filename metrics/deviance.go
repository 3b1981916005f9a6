package metrics

import (
	"fmt"
	"math"

	"golang.org/x/exp/constraints"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

type lossKind uint8

const (
	tweedie lossKind = iota
	pinball
	huber
	logCosh
)

// A Loss says what one prediction costs. The zero value is the squared error.
// Make others with PinballLoss, HuberLoss, LogCoshLoss, TweedieLoss.
type Loss struct {
	kind  lossKind
	param float64
}

// PinballLoss is the quantile loss at alpha in [0, 1]:
//
//	alpha max(y - p, 0) + (1 - alpha) max(p - y, 0)
func PinballLoss(alpha float64) Loss { return Loss{pinball, alpha} }

// HuberLoss is quadratic up to delta > 0 and linear beyond, with d = |y - p|:
//
//	d^2/2                   if d <= delta
//	delta (d - delta/2)     otherwise
func HuberLoss(delta float64) Loss { return Loss{huber, delta} }

// LogCoshLoss is log(cosh(p - y)), without overflow for large errors.
func LogCoshLoss() Loss { return Loss{kind: logCosh} }

// TweedieLoss is the unit deviance of the Tweedie distribution of a power; power
// 0 is the squared error, 1 Poisson, 2 gamma, 3 inverse Gaussian. The domains are
//
//	power < 0       any y, p > 0
//	power = 0       any y, any p
//	1 <= power < 2  y >= 0, p > 0
//	power >= 2      y > 0, p > 0
//
// and powers between 0 and 1 do not exist. Source: scikit-learn 1.9
// mean_tweedie_deviance.
func TweedieLoss(power float64) Loss { return Loss{tweedie, power} }

// valid reports a parameter outside its domain.
func (l Loss) valid(fn string) error {
	switch l.kind {
	case pinball:
		return check.In(fn, "alpha", l.param, 0, 1)
	case huber:
		if !(l.param > 0 && l.param <= math.MaxFloat64) {
			return fmt.Errorf("%s: delta: need a finite number above 0, have %v: %w", fn, l.param, mlgauge.ErrRange)
		}
	case logCosh:
	case tweedie:
		if l.param*0 != 0 || (l.param > 0 && l.param < 1) {
			return fmt.Errorf("%s: power: need a finite number of at most 0 or at least 1, have %v: %w", fn, l.param, mlgauge.ErrRange)
		}
	default:
		return check.Option(fn, "loss", l.kind)
	}
	return nil
}

// domain reports whether y and p are in the domain.
func (l Loss) domain(y, p float64) bool {
	if l.kind != tweedie {
		return true
	}
	switch q := l.param; {
	case q == 0:
		return true
	case q < 0:
		return p > 0
	case q < 2:
		return y >= 0 && p > 0
	}
	return y > 0 && p > 0
}

// of returns the loss of one prediction in the domain.
func (l Loss) of(y, p float64) float64 {
	d := y - p
	switch l.kind {
	case pinball:
		if d >= 0 {
			return l.param * d
		}
		return (l.param - 1) * d
	case huber:
		d = math.Abs(d)
		if d <= l.param {
			return d * d / 2
		}
		return l.param * (d - l.param/2)
	case logCosh:
		// log cosh d = |d| + log1p(exp(-2|d|)) - log 2; near 0 the series
		// d^2/2 - d^4/12 + d^6/45 keeps the digits that this loses.
		d = math.Abs(d)
		if d < 0.05 {
			q := d * d
			return q * (0.5 - q*(1.0/12-q*(1.0/45-q*(17.0/2520-q*31.0/14175))))
		}
		return d + math.Log1p(math.Exp(-2*d)) - math.Ln2
	}
	return unitDeviance(y, p, l.param)
}

func unitDeviance(y, p, power float64) float64 {
	if y == p {
		return 0 // exactly, where the terms below leave their rounding
	}
	switch power {
	case 0:
		return (y - p) * (y - p)
	case 1:
		if y == 0 {
			return 2 * p
		}
		return math.Max(0, 2*(y*math.Log(y/p)-y+p))
	case 2:
		return math.Max(0, 2*(math.Log(p/y)+y/p-1))
	}
	a, b := 1-power, 2-power
	t := 0.0
	if y > 0 {
		t = math.Pow(y, b)
	}
	return math.Max(0, 2*(t/(a*b)-y*math.Pow(p, a)/a+math.Pow(p, b)/b))
}

// MeanLoss accumulates the mean of a Loss in constant memory. The zero value
// takes the squared error; set Loss before the first Add. Copying copies the
// state.
type MeanLoss struct {
	Loss Loss

	rows int
	m    moments.Moments
}

// Add adds a batch of rows, each with weight 1.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, also where a loss overflows,
// ErrRange for values outside the domain of the loss or a bad parameter of it;
// the receiver is then unchanged.
func (s *MeanLoss) Add(yTrue, yPred []float64) error {
	return addLoss(s, "metrics.MeanLoss.Add", yTrue, yPred, nil)
}

// AddFloat32 is Add for float32 data; arithmetic is in float64.
func (s *MeanLoss) AddFloat32(yTrue, yPred []float32) error {
	return addLoss(s, "metrics.MeanLoss.AddFloat32", yTrue, yPred, nil)
}

// AddWeighted adds a batch of rows with weights: weight 2 counts as the row
// twice, rows of weight 0 do not count, but must be in the domain.
//
// Errors: as Add, and ErrRange for a negative weight.
func (s *MeanLoss) AddWeighted(yTrue, yPred, weights []float64) error {
	const fn = "metrics.MeanLoss.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	return addLoss(s, fn, yTrue, yPred, weights)
}

func addLoss[F check.Float](s *MeanLoss, fn string, yTrue, yPred []F, w []float64) error {
	if err := s.Loss.valid(fn); err != nil {
		return err
	}
	if err := check.Pair(fn, "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return err
	}
	n := len(yTrue)
	part, bad := *s, -1
	if n <= outerBlock {
		bad = addLossBlocks(&part, yTrue, yPred, w)
	} else {
		parts := make([]MeanLoss, parallel.Blocks(n, outerBlock))
		faults := make([]int, len(parts))
		parallel.For(n, outerBlock, func(b, lo, hi int) {
			parts[b].Loss = s.Loss
			faults[b] = addLossBlocks(&parts[b], yTrue[lo:hi], yPred[lo:hi], within(w, lo, hi))
		})
		for b := range parts {
			if faults[b] >= 0 {
				bad = b*outerBlock + faults[b]
				break
			}
			part.rows += parts[b].rows
			part.m.Merge(&parts[b].m)
		}
	}
	if bad >= 0 {
		return lossError(s.Loss, fn, yTrue, yPred, bad)
	}
	*s = part
	return nil
}

// addLossBlocks adds rows on one core, and returns the first that has no loss, or -1.
func addLossBlocks[F check.Float](s *MeanLoss, yTrue, yPred []F, w []float64) int {
	var buf [1024]float64
	for lo := 0; lo < len(yTrue); lo += len(buf) {
		n := min(len(buf), len(yTrue)-lo)
		if i := lossBlock(s.Loss, buf[:n], yTrue[lo:lo+n], yPred[lo:lo+n]); i >= 0 {
			return lo + i
		}
		if w == nil {
			s.rows += n
			moments.Add(&s.m, buf[:n])
			continue
		}
		for _, v := range w[lo : lo+n] {
			if v > 0 {
				s.rows++
			}
		}
		moments.AddWeighted(&s.m, buf[:n], w[lo:lo+n])
	}
	return -1
}

// lossBlock writes the losses of a block, and returns the first row that has none, or
// -1.
func lossBlock[F check.Float](l Loss, dst []float64, yTrue, yPred []F) int {
	switch l.kind {
	case pinball:
		kernel.Pinball(dst, yTrue, yPred, l.param)
	case huber:
		kernel.Huber(dst, yTrue, yPred, l.param)
	}
	if (l.kind == pinball || l.kind == huber) && kernel.AllFinite(dst) {
		return -1
	}
	for i := range dst {
		y, p := float64(yTrue[i]), float64(yPred[i])
		v := l.of(y, p)
		if v*0 != 0 || y*0 != 0 || p*0 != 0 || !l.domain(y, p) {
			return i
		}
		dst[i] = v
	}
	return -1
}

func lossError[F check.Float](l Loss, fn string, yTrue, yPred []F, i int) error {
	if err := check.Finite(fn, "yTrue", yTrue); err != nil {
		return err
	}
	if err := check.Finite(fn, "yPred", yPred); err != nil {
		return err
	}
	if !l.domain(float64(yTrue[i]), float64(yPred[i])) {
		need := "yTrue > 0 and yPred > 0"
		switch {
		case l.param < 0:
			need = "yPred > 0"
		case l.param < 2:
			need = "yTrue >= 0 and yPred > 0"
		}
		return fmt.Errorf("%s: need %s for Tweedie power %v, have yTrue %v and yPred %v at index %d: %w",
			fn, need, l.param, yTrue[i], yPred[i], i, mlgauge.ErrRange)
	}
	return fmt.Errorf("%s: need losses below 1.8e308, have an overflow at index %d: %w", fn, i, mlgauge.ErrNotFinite)
}

// Merge adds what o gathered. o is unchanged.
//
// Errors: ErrIncompatible if the losses differ.
func (s *MeanLoss) Merge(o *MeanLoss) error {
	if o.rows == 0 {
		return nil
	}
	if s.rows == 0 && s.Loss == (Loss{}) {
		s.Loss = o.Loss
	}
	if s.Loss != o.Loss {
		return fmt.Errorf("metrics.MeanLoss.Merge: Loss: need %v, have %v: %w", s.Loss, o.Loss, mlgauge.ErrIncompatible)
	}
	s.rows += o.rows
	m := o.m // o may be s
	s.m.Merge(&m)
	return nil
}

// Reset forgets all rows; Loss stays.
func (s *MeanLoss) Reset() { *s = MeanLoss{Loss: s.Loss} }

// Rows returns the number of rows of positive weight.
func (s *MeanLoss) Rows() int { return s.rows }

// Mean returns the mean loss, sum w loss / sum w.
//
// Errors: ErrEmpty.
func (s *MeanLoss) Mean() (float64, error) {
	if s.rows == 0 {
		return 0, fmt.Errorf("metrics.MeanLoss.Mean: need at least one row of positive weight, have none: %w", mlgauge.ErrEmpty)
	}
	return s.m.Mean(), nil
}

// Interval returns Mean with Student's t interval; weights count as repeated
// rows.
//
// Errors: ErrEmpty, ErrRange for a level outside (0, 1), ErrUndefined for a total
// weight of 1 or less.
func (s *MeanLoss) Interval(level float64) (Interval, error) {
	v, err := s.Mean()
	if err != nil {
		return Interval{}, err
	}
	return meanInterval("metrics.MeanLoss.Interval", v, s.m.M2, s.m.W, level, 0, math.Inf(1))
}

const meanLossTag = "metrics.MeanLoss/1"

// MarshalBinary returns the state as bytes.
func (s *MeanLoss) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(meanLossTag)
	w.Int(int(s.Loss.kind))
	w.Float64(s.Loss.param)
	w.Int(s.rows)
	s.m.Append(w)
	return w.Finish(), nil
}

// UnmarshalBinary restores a state that MarshalBinary wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (s *MeanLoss) UnmarshalBinary(data []byte) error {
	in := codec.NewReader("metrics.MeanLoss.UnmarshalBinary", meanLossTag, data)
	kind := in.Int()
	v := MeanLoss{Loss: Loss{param: in.Float64()}, rows: in.Int(), m: moments.Read(in)}
	if kind < 0 || kind > int(logCosh) {
		in.Fail("need a loss that exists, have %d", kind)
	}
	v.Loss.kind = lossKind(kind)
	if in.Err() == nil && (v.Loss.valid("") != nil || v.rows < 0 || (v.rows == 0) != (v.m.W == 0)) {
		in.Fail("need a consistent state")
	}
	if err := in.Close(); err != nil {
		return err
	}
	*s = v
	return nil
}

func askLoss[F constraints.Float](fn string, l Loss, yTrue, yPred []F) (float64, error) {
	s := MeanLoss{Loss: l}
	if err := addLoss(&s, fn, yTrue, yPred, nil); err != nil {
		return 0, err
	}
	return s.Mean()
}

// Pinball returns the mean pinball (quantile) loss; see PinballLoss.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrRange for alpha outside [0, 1].
// Source: scikit-learn 1.9 mean_pinball_loss.
func Pinball[F constraints.Float](yTrue, yPred []F, alpha float64) (float64, error) {
	return askLoss("metrics.Pinball", PinballLoss(alpha), yTrue, yPred)
}

// Huber returns the mean Huber loss; see HuberLoss.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrRange for delta of 0 or less.
// Source: Huber (1964); scipy.special.huber.
func Huber[F constraints.Float](yTrue, yPred []F, delta float64) (float64, error) {
	return askLoss("metrics.Huber", HuberLoss(delta), yTrue, yPred)
}

// LogCosh returns the mean of log(cosh(p - y)).
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite. Source: torchmetrics 1.9
// log_cosh_error.
func LogCosh[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return askLoss("metrics.LogCosh", LogCoshLoss(), yTrue, yPred)
}

// PoissonDeviance returns the mean Poisson deviance.
//
//	2 mean(y log(y/p) - y + p)
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrRange unless y >= 0 and p > 0.
// Source: scikit-learn 1.9 mean_poisson_deviance.
func PoissonDeviance[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return askLoss("metrics.PoissonDeviance", TweedieLoss(1), yTrue, yPred)
}

// GammaDeviance returns the mean gamma deviance.
//
//	2 mean(log(p/y) + y/p - 1)
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrRange unless y > 0 and p > 0.
// Source: scikit-learn 1.9 mean_gamma_deviance.
func GammaDeviance[F constraints.Float](yTrue, yPred []F) (float64, error) {
	return askLoss("metrics.GammaDeviance", TweedieLoss(2), yTrue, yPred)
}

// TweedieDeviance returns the mean Tweedie deviance of a power; see TweedieLoss
// for the domains.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrRange for a power inside (0, 1)
// or values outside the domain. Source: scikit-learn 1.9 mean_tweedie_deviance.
func TweedieDeviance[F constraints.Float](yTrue, yPred []F, power float64) (float64, error) {
	return askLoss("metrics.TweedieDeviance", TweedieLoss(power), yTrue, yPred)
}
