package experiment

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
)

// ErrStopped is what Run.Report returns when the study wants no more of a trial.
// An objective that returns it (wrapped or not) with its last value ends as
// stopped, not as failed.
var ErrStopped = fmt.Errorf("experiment: trial stopped early")

// Patience stops when a value has not become better for a number of rounds: a
// training loop asks it after each epoch, a Study after each trial. The zero
// value maximizes with a patience of 10.
type Patience struct {
	Goal   Goal
	Rounds int     // rounds without improvement that are borne; 0 means 10
	Delta  float64 // improvement that counts, at least 0

	best   float64
	bestAt int
	seen   int
}

// Update takes the value of one round and tells whether to stop. NaN is a round
// without improvement.
//
// Errors: mlgauge.ErrRange for negative Rounds or Delta, or an unknown goal.
func (p *Patience) Update(value float64) (stop bool, err error) {
	const fn = "experiment.Patience.Update"
	if err := p.Goal.check(fn); err != nil {
		return false, err
	}
	if p.Rounds < 0 || !(p.Delta >= 0) {
		return false, fmt.Errorf("%s: need Rounds and Delta of at least 0, have %d and %v: %w", fn, p.Rounds, p.Delta, mlgauge.ErrRange)
	}
	rounds := p.Rounds
	if rounds == 0 {
		rounds = 10
	}
	p.seen++
	gain := value - p.best
	if p.Goal == Minimize {
		gain = -gain
	}
	if !math.IsNaN(value) && (p.bestAt == 0 || gain > p.Delta) {
		p.best, p.bestAt = value, p.seen
	}
	return p.seen-p.bestAt >= rounds, nil
}

// Best returns the best value so far and its round, counted from 1; 0 if there
// was none.
func (p *Patience) Best() (value float64, round int) {
	if p.bestAt == 0 {
		return math.NaN(), 0
	}
	return p.best, p.bestAt
}

// Reset forgets the rounds and keeps the options.
func (p *Patience) Reset() { *p = Patience{Goal: p.Goal, Rounds: p.Rounds, Delta: p.Delta} }

// MedianRule stops a trial whose best value so far is worse than the median of
// what the trials of earlier rounds reported at the same step. Trials of the same
// round are not compared, so that the result does not depend on which was faster.
//
// Source: Golovin et al., Google Vizier, KDD 2017.
type MedianRule struct {
	Steps  int // first step at which a trial may be stopped; 0 means 1
	Trials int // reports at a step that a median needs; 0 means 5
}

// stops tells whether a trial that reported own so far should stop.
func (m *MedianRule) stops(goal Goal, own []float64, history []Trial) bool {
	step, least := len(own), m.Trials
	if least == 0 {
		least = 5
	}
	if step < max(m.Steps, 1) {
		return false
	}
	var others []float64
	for _, t := range history {
		if len(t.Reports) >= step && !math.IsNaN(t.Reports[step-1]) {
			others = append(others, t.Reports[step-1])
		}
	}
	if len(others) < max(least, 1) {
		return false
	}
	slices.Sort(others)
	median := others[len(others)/2]
	if len(others)%2 == 0 {
		median = others[len(others)/2-1]/2 + median/2
	}
	top := math.NaN()
	for _, v := range own {
		if top != top || goal.better(v, top) {
			top = v
		}
	}
	return top != top || goal.better(median, top)
}
