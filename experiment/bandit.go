package experiment

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// Arms is the state of a bandit: what each arm was pulled and gave. Make one with
// NewArms. Choose and Update allocate nothing. It is for one goroutine; servers
// keep one each and Merge what they saw.
type Arms struct{ arms []armState }

type armState struct {
	n        int
	mean, m2 float64
}

// NewArms returns the state of k arms that were never pulled; mlgauge.ErrEmpty
// for k < 1.
func NewArms(k int) (*Arms, error) {
	if k < 1 {
		return nil, fmt.Errorf("experiment.NewArms: k: need at least one arm, have %d: %w", k, mlgauge.ErrEmpty)
	}
	return &Arms{arms: make([]armState, k)}, nil
}

// Len returns the number of arms.
func (a *Arms) Len() int { return len(a.arms) }

// Pulls returns how often arm i was pulled, 0 for an arm that does not exist.
func (a *Arms) Pulls(i int) int {
	if i < 0 || i >= len(a.arms) {
		return 0
	}
	return a.arms[i].n
}

// Mean returns the mean reward of arm i, NaN if it was never pulled.
func (a *Arms) Mean(i int) float64 {
	if a.Pulls(i) == 0 {
		return math.NaN()
	}
	return a.arms[i].mean
}

// Variance returns the variance (n-1) of the rewards of arm i, NaN for fewer than
// two.
func (a *Arms) Variance(i int) float64 {
	if a.Pulls(i) < 2 {
		return math.NaN()
	}
	return a.arms[i].m2 / float64(a.arms[i].n-1)
}

// Update adds one reward of an arm. Rewards may come late and in any order.
//
// Errors: mlgauge.ErrRange for an arm that does not exist, mlgauge.ErrNotFinite.
func (a *Arms) Update(arm int, reward float64) error {
	const fn = "experiment.Arms.Update"
	if arm < 0 || arm >= len(a.arms) {
		return fmt.Errorf("%s: arm: need an index below %d, have %d: %w", fn, len(a.arms), arm, mlgauge.ErrRange)
	}
	s := &a.arms[arm]
	d := reward - s.mean
	mean := s.mean + d/float64(s.n+1)
	m2 := s.m2 + d*(reward-mean)
	if reward*0 != 0 || m2*0 != 0 {
		return fmt.Errorf("%s: reward: need finite rewards and squares, have %v: %w", fn, reward, mlgauge.ErrNotFinite)
	}
	s.n++
	s.mean, s.m2 = mean, m2
	return nil
}

// Merge adds what o saw. To merge repeatedly, send what was seen since the last
// time: a state that is merged twice counts twice.
//
// Errors: mlgauge.ErrIncompatible for another number of arms, mlgauge.ErrNotFinite
// where sums overflow; a is then as it was.
func (a *Arms) Merge(o *Arms) error {
	const fn = "experiment.Arms.Merge"
	if len(a.arms) != len(o.arms) {
		return fmt.Errorf("%s: need %d arms, have %d: %w", fn, len(a.arms), len(o.arms), mlgauge.ErrIncompatible)
	}
	sum := make([]armState, len(a.arms))
	for i, s := range a.arms {
		t := o.arms[i]
		n := s.n + t.n
		if n == 0 {
			continue
		}
		share := float64(t.n) / float64(n)
		d := t.mean - s.mean
		sum[i] = armState{n: n, mean: s.mean + float64(d*share), m2: s.m2 + t.m2 + float64(d*d)*(float64(s.n)*share)}
		if s.n == 0 {
			sum[i] = t
		}
		if v := sum[i].m2 + sum[i].mean; v*0 != 0 {
			return fmt.Errorf("%s: need finite sums of squares at arm %d: %w", fn, i, mlgauge.ErrNotFinite)
		}
	}
	a.arms = sum
	return nil
}

// Reset forgets all rewards and keeps the number of arms.
func (a *Arms) Reset() { clear(a.arms) }

const armsTag = "experiment.arms/1"

// MarshalBinary writes the state; it never fails.
func (a *Arms) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(armsTag)
	w.Int(len(a.arms))
	for _, s := range a.arms {
		w.Int(s.n)
		w.Float64(s.mean)
		w.Float64(s.m2)
	}
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. Damaged bytes are
// mlgauge.ErrCorrupt and leave a as it was.
func (a *Arms) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("experiment.Arms.UnmarshalBinary", armsTag, data)
	arms := make([]armState, r.Count(24))
	for i := range arms {
		arms[i] = armState{n: r.Int(), mean: r.Float64(), m2: r.Float64()}
		if r.Err() == nil && !arms[i].valid() {
			r.Fail("need finite rewards, have %v at arm %d", arms[i], i)
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	a.arms = arms
	return nil
}

func (s armState) valid() bool {
	return s.n >= 0 && s.m2 >= 0 && s.mean*0 == 0 && s.m2*0 == 0 && (s.n > 0 || s == armState{})
}

type armJSON struct {
	Pulls int     `json:"pulls"`
	Mean  float64 `json:"mean"`
	M2    float64 `json:"m2"`
}

// MarshalJSON writes the state.
func (a *Arms) MarshalJSON() ([]byte, error) {
	j := make([]armJSON, len(a.arms))
	for i, s := range a.arms {
		j[i] = armJSON{s.n, s.mean, s.m2}
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote. What cannot be is mlgauge.ErrCorrupt
// and leaves a as it was.
func (a *Arms) UnmarshalJSON(data []byte) error {
	const fn = "experiment.Arms.UnmarshalJSON"
	var j []armJSON
	if err := jsonfloat.Decode(fn, data, &j); err != nil {
		return err
	}
	arms := make([]armState, len(j))
	for i, s := range j {
		arms[i] = armState{s.Pulls, s.Mean, s.M2}
		if !arms[i].valid() {
			return jsonfloat.Corrupt(fn, "need finite rewards, have %+v at arm %d", s, i)
		}
	}
	a.arms = arms
	return nil
}

// A Policy chooses the next arm from what the arms gave so far. The random
// numbers are the caller's: the same seed gives the same choices.
type Policy interface {
	// Choose returns the index of an arm; mlgauge.ErrEmpty without arms,
	// mlgauge.ErrRange for bad options or rewards that the policy does not accept.
	Choose(a *Arms, r *rand.Rand) (int, error)
}

// EpsilonGreedy pulls a random arm with chance Epsilon, else the best so far;
// every arm is pulled once first, and ties go to chance. Its regret grows
// linearly unless Decay is set: Epsilon is then multiplied by min(1, Decay/pulls).
type EpsilonGreedy struct {
	Epsilon float64 // in [0, 1]; 0 means 0.1
	Decay   float64 // pulls after which exploring begins to fade; 0 means never
}

// Choose implements Policy.
func (p EpsilonGreedy) Choose(a *Arms, r *rand.Rand) (int, error) {
	const fn = "experiment.EpsilonGreedy.Choose"
	if err := first(check.NotEmpty(fn, "arms", len(a.arms)), check.In(fn, "Epsilon", p.Epsilon, 0, 1), check.In(fn, "Decay", p.Decay, 0, math.MaxFloat64)); err != nil {
		return 0, err
	}
	if p.Epsilon == 0 {
		p.Epsilon = 0.1
	}
	fresh, total := a.fresh()
	if fresh >= 0 {
		return fresh, nil
	}
	if p.Decay > 0 {
		p.Epsilon *= math.Min(1, p.Decay/float64(total))
	}
	if r.Float64() < p.Epsilon {
		return r.IntN(len(a.arms)), nil
	}
	return argmax(a.arms, r, func(s *armState) float64 { return s.mean }), nil
}

// fresh returns the first arm that was never pulled, or -1 and the pulls of all.
func (a *Arms) fresh() (arm, pulls int) {
	for i, s := range a.arms {
		if s.n == 0 {
			return i, 0
		}
		pulls += s.n
	}
	return -1, pulls
}

// argmax returns the arm with the largest score, one of several by chance.
func argmax(arms []armState, r *rand.Rand, score func(*armState) float64) int {
	best, top, ties := 0, math.Inf(-1), 0
	for i := range arms {
		switch v := score(&arms[i]); {
		case v > top:
			best, top, ties = i, v, 1
		case v == top:
			ties++
			if r.IntN(ties) == 0 {
				best = i
			}
		}
	}
	return best
}

// UCB1 pulls the arm with the largest upper bound,
//
//	mean + Width sqrt(2 ln(pulls of all) / pulls)
//
// for rewards in [0, 1] (scale others, or Width); every arm is pulled once first.
// Source: Auer, Cesa-Bianchi and Fischer (2002).
type UCB1 struct {
	Width float64 // 0 means 1
}

// Choose implements Policy.
func (p UCB1) Choose(a *Arms, r *rand.Rand) (int, error) {
	const fn = "experiment.UCB1.Choose"
	if err := first(check.NotEmpty(fn, "arms", len(a.arms)), check.In(fn, "Width", p.Width, 0, math.MaxFloat64)); err != nil {
		return 0, err
	}
	if p.Width == 0 {
		p.Width = 1
	}
	fresh, total := a.fresh()
	if fresh >= 0 {
		return fresh, nil
	}
	l := 2 * math.Log(float64(total))
	return argmax(a.arms, r, func(s *armState) float64 { return s.mean + p.Width*math.Sqrt(l/float64(s.n)) }), nil
}

// ThompsonBernoulli draws each arm's chance of a reward from its posterior and
// pulls the largest. Rewards are 0 or 1, or shares between. Source: Thompson
// (1933); Agrawal and Goyal (2012).
type ThompsonBernoulli struct {
	Prior Prior // zero value: uniform
}

// Choose implements Policy.
func (p ThompsonBernoulli) Choose(a *Arms, r *rand.Rand) (int, error) {
	const fn = "experiment.ThompsonBernoulli.Choose"
	if err := check.NotEmpty(fn, "arms", len(a.arms)); err != nil {
		return 0, err
	}
	if p.Prior == (Prior{}) {
		p.Prior = Prior{1, 1}
	}
	if !(p.Prior.A > 0 && p.Prior.B > 0) || math.IsInf(p.Prior.A+p.Prior.B, 0) {
		return 0, fmt.Errorf("%s: Prior: need two finite numbers above 0, have %v: %w", fn, p.Prior, mlgauge.ErrRange)
	}
	best, top := 0, -1.0
	for i, s := range a.arms {
		if s.mean < 0 || s.mean > 1 {
			return 0, fmt.Errorf("%s: arms: need rewards in [0, 1], have a mean of %v at arm %d: %w", fn, s.mean, i, mlgauge.ErrRange)
		}
		hits := s.mean * float64(s.n)
		x := gamma(r, p.Prior.A+hits)
		if v := x / (x + gamma(r, p.Prior.B+float64(s.n)-hits)); v > top {
			best, top = i, v
		}
	}
	return best, nil
}

// ThompsonGaussian draws each arm's mean from its posterior, normal with the
// arm's mean and deviation Sigma/sqrt(pulls), and pulls the largest; every arm is
// pulled once first. With Sigma 0 each arm's own deviation is estimated: arms are
// then pulled three times first, and the posterior is Student's t.
type ThompsonGaussian struct {
	Sigma float64 // deviation of one reward; 0 means estimated
}

// Choose implements Policy.
func (p ThompsonGaussian) Choose(a *Arms, r *rand.Rand) (int, error) {
	const fn = "experiment.ThompsonGaussian.Choose"
	if err := first(check.NotEmpty(fn, "arms", len(a.arms)), check.In(fn, "Sigma", p.Sigma, 0, math.MaxFloat64)); err != nil {
		return 0, err
	}
	least := 1
	if p.Sigma == 0 {
		least = 3
	}
	best, top := 0, math.Inf(-1)
	for i, s := range a.arms {
		if s.n < least {
			return i, nil
		}
		n := float64(s.n)
		sd := p.Sigma
		if sd == 0 {
			// A scaled inverse chi-squared draw of the variance.
			sd = math.Sqrt(s.m2 / (2 * gamma(r, (n-1)/2)))
		}
		if v := s.mean + sd/math.Sqrt(n)*r.NormFloat64(); v > top {
			best, top = i, v
		}
	}
	return best, nil
}

// gamma draws from the gamma distribution with the given shape and scale 1
// (Marsaglia and Tsang 2000): gonum's draws from a source of its own kind would
// allocate for each choice.
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return math.Max(gamma(r, shape+1)*math.Pow(1-r.Float64(), 1/shape), math.SmallestNonzeroFloat64)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
