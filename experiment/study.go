package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// An Objective trains and scores once, with the parameters that run holds. It is
// called from several goroutines at once. An error, a panic and a NaN make the
// trial a failed one; the study goes on.
type Objective func(ctx context.Context, run *Run) (float64, error)

// A Study searches the best parameters of an objective. It is parallel within
// rounds of Batch trials; proposals and early stopping look at earlier rounds
// only, so the result depends on Seed and not on the number of cores.
//
//	s := experiment.Study{Space: ..., Search: experiment.Bayes{}, Trials: 50, Log: "trials.jsonl"}
//	r, err := s.Run(ctx, objective)
type Study struct {
	Space  Space
	Search Search      // nil means Random
	Goal   Goal        // Maximize or Minimize
	Trials int         // at most so many; 0 means until the search ends, which Random and Bayes never do
	Batch  int         // trials per round; 0 means 4
	Cores  int         // trials at a time; 0 means GOMAXPROCS
	Seed   uint64      // of proposals and of Run.Rand
	Median *MedianRule // stops hopeless trials; nil lets all finish
	Stop   *Patience   // stops the study; its Goal is the study's
	Log    string      // file of JSON lines, continued if it exists; empty keeps no log
}

// A Trial is one call of the objective.
type Trial struct {
	ID      int             `json:"id"`
	Point   jsonfloat.Slice `json:"point"` // one number per dimension
	Budget  float64         `json:"budget,omitempty"`
	Value   float64         `json:"-"`                 // NaN if it failed
	Err     string          `json:"error,omitempty"`   // why it failed
	Stopped bool            `json:"stopped,omitempty"` // by the median rule
	Reports jsonfloat.Slice `json:"reports,omitempty"` // what Run.Report was given
}

// A StudyResult holds all trials in the order of their IDs.
type StudyResult struct {
	Trials []Trial
	Best   int // index of the best trial at the largest budget; -1 if all failed
	Failed int // trials with an error
}

// BestTrial returns the best trial; mlgauge.ErrUndefined if all failed.
func (r *StudyResult) BestTrial() (Trial, error) {
	if r.Best < 0 || r.Best >= len(r.Trials) {
		return Trial{}, fmt.Errorf("experiment.StudyResult.BestTrial: need a trial that did not fail, have %d failed: %w", r.Failed, mlgauge.ErrUndefined)
	}
	return r.Trials[r.Best], nil
}

// Run runs the study until its end, or goes on where the log stops.
//
// What was finished is returned with every error, too. A failing trial is not an
// error of the study: see StudyResult.Failed.
//
// Errors: the context's, if it ends; mlgauge.ErrEmpty for an empty space or no
// objective; mlgauge.ErrRange for bad options; mlgauge.ErrIncompatible for the log
// of another study and mlgauge.ErrCorrupt for a damaged one (a line cut short at
// its end is dropped); the search's and the file's.
func (s Study) Run(ctx context.Context, objective Objective) (result StudyResult, err error) {
	const fn = "experiment.Study.Run"
	result.Best = -1
	if err := s.options(fn, objective); err != nil {
		return result, err
	}
	log, err := openLog(fn, &s)
	if err != nil {
		return result, err
	}
	defer func() {
		if e := log.close(); err == nil {
			err = e
		}
		result.summarise(s.Goal)
	}()
	var stop Patience
	if s.Stop != nil {
		stop = Patience{Goal: s.Goal, Rounds: s.Stop.Rounds, Delta: s.Stop.Delta}
	}
	for s.Trials == 0 || len(result.Trials) < s.Trials {
		n := s.Batch
		if s.Trials > 0 {
			n = min(n, s.Trials-len(result.Trials))
		}
		id := len(result.Trials)
		proposals, err := s.Search.Propose(ctx, &s, result.Trials, n, s.rand(2*uint64(id)))
		if err != nil {
			return result, fmt.Errorf("%s: Search: %w", fn, err)
		}
		if len(proposals) == 0 {
			break
		}
		round, err := s.round(ctx, fn, objective, proposals, result.Trials, log)
		result.Trials = append(result.Trials, round...)
		if err != nil {
			return result, err
		}
		if s.Stop != nil {
			enough := false
			for _, t := range round {
				end, err := stop.Update(t.Value)
				if err != nil {
					return result, fmt.Errorf("%s: Stop: %w", fn, err)
				}
				enough = enough || end
			}
			if enough {
				break
			}
		}
	}
	return result, nil
}

func (s *Study) options(fn string, objective Objective) error {
	if objective == nil {
		return fmt.Errorf("%s: objective: need a function, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	if s.Search == nil {
		s.Search = Random{}
	}
	if err := first(s.Space.check(fn), s.Goal.check(fn), check.AtLeast(fn, "Trials", s.Trials, 0), check.AtLeast(fn, "Batch", s.Batch, 0), check.AtLeast(fn, "Cores", s.Cores, 0)); err != nil {
		return err
	}
	if s.Trials == 0 {
		switch s.Search.(type) {
		case Random, Bayes:
			return fmt.Errorf("%s: Trials: need a number of trials for a search without an end, have 0: %w", fn, mlgauge.ErrRange)
		}
	}
	if s.Batch == 0 {
		s.Batch = 4
	}
	if s.Cores == 0 {
		s.Cores = runtime.GOMAXPROCS(0)
	}
	return nil
}

// rand returns stream k of the study's random numbers.
func (s *Study) rand(k uint64) *rand.Rand { return rand.New(rand.NewPCG(s.Seed, mix(k))) }

// round runs the proposals that the log does not hold. If the context ends, the
// trials before the first unfinished one are returned with its error; the others
// are in the log.
func (s *Study) round(ctx context.Context, fn string, objective Objective, proposals []Proposal, history []Trial, log *studyLog) ([]Trial, error) {
	trials := make([]Trial, len(proposals))
	done := make([]bool, len(proposals))
	for i, p := range proposals {
		trials[i] = Trial{ID: len(history) + i, Point: p.Point, Budget: p.Budget, Value: math.NaN()}
		if t, ok := log.known[trials[i].ID]; ok {
			if !slices.Equal(t.Point, trials[i].Point) || t.Budget != p.Budget {
				return nil, fmt.Errorf("%s: Log: need trial %d at %v, have it at %v: %w", fn, t.ID, trials[i].Point, t.Point, mlgauge.ErrIncompatible)
			}
			trials[i], done[i] = t, true
		}
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	var failed error
	var mu sync.Mutex
	for range min(s.Cores, len(trials)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(trials) {
					return
				}
				if done[i] || !s.try(ctx, objective, &trials[i], history) {
					continue
				}
				done[i] = true
				if err := log.add(&trials[i]); err != nil {
					mu.Lock()
					failed = errors.Join(failed, fmt.Errorf("%s: Log: %w", fn, err))
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	if i := slices.Index(done, false); i >= 0 {
		trials = trials[:i]
		if failed == nil {
			failed = fmt.Errorf("%s: %w", fn, context.Cause(ctx))
		}
	}
	return trials, failed
}

// try runs one trial and tells whether it came to an end of its own.
func (s *Study) try(ctx context.Context, objective Objective, t *Trial, history []Trial) bool {
	run := &Run{study: s, trial: t, history: history}
	v, err := run.call(ctx, objective)
	if run.stopped && (err == nil || errors.Is(err, ErrStopped)) {
		t.Stopped, err = true, nil
		if len(t.Reports) > 0 && (v == 0 || v != v) {
			v = t.Reports[len(t.Reports)-1]
		}
	}
	if err == nil {
		err = run.err
	}
	if err != nil && ctx.Err() != nil {
		return false
	}
	switch {
	case err != nil:
		t.Err = err.Error()
	case math.IsNaN(v) || math.IsInf(v, 0):
		t.Err = fmt.Sprintf("objective: need a finite value, have %v", v)
	default:
		t.Value = v
	}
	if t.Err != "" {
		t.Value, t.Stopped = math.NaN(), false
	}
	return true
}

func (r *StudyResult) summarise(goal Goal) {
	for i, t := range r.Trials {
		if t.Err != "" {
			r.Failed++
			continue
		}
		if r.Best < 0 || t.Budget > r.Trials[r.Best].Budget || (t.Budget == r.Trials[r.Best].Budget && goal.better(t.Value, r.Trials[r.Best].Value)) {
			r.Best = i
		}
	}
}

// A Run is what an objective gets: the parameters to try.
type Run struct {
	study   *Study
	trial   *Trial
	history []Trial
	stopped bool
	err     error
	r       *rand.Rand
}

// call turns a panic of the objective into an error: one bad point must not end a
// search of many hours.
func (r *Run) call(ctx context.Context, objective Objective) (v float64, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = math.NaN(), fmt.Errorf("objective panicked: %v", p)
		}
	}()
	return objective(ctx, r)
}

// Float returns the value of a parameter. A name that the space lacks gives NaN
// and fails the trial.
func (r *Run) Float(name string) float64 {
	for i := range r.study.Space {
		if r.study.Space[i].Name == name {
			return r.trial.Point[i]
		}
	}
	r.err = errors.Join(r.err, fmt.Errorf("experiment.Run: need a parameter of the space, have %q: %w", name, mlgauge.ErrUnknownCategory))
	return math.NaN()
}

// Int returns the value of a whole parameter.
func (r *Run) Int(name string) int {
	v := r.Float(name)
	if v != math.Trunc(v) {
		r.err = errors.Join(r.err, fmt.Errorf("experiment.Run.Int: %s: need a whole parameter, have %v: %w", name, v, mlgauge.ErrRange))
		return 0
	}
	return int(v)
}

// Choice returns the name that was chosen.
func (r *Run) Choice(name string) string {
	for i := range r.study.Space {
		if d := &r.study.Space[i]; d.Name == name && d.Scale == Category {
			return d.Choices[int(r.trial.Point[i])]
		}
	}
	r.err = errors.Join(r.err, fmt.Errorf("experiment.Run.Choice: need a Choice of the space, have %q: %w", name, mlgauge.ErrUnknownCategory))
	return ""
}

// ID returns the number of the trial.
func (r *Run) ID() int { return r.trial.ID }

// Budget returns the effort to spend, as Halving hands it out; 0 means full.
func (r *Run) Budget() float64 { return r.trial.Budget }

// Rand returns random numbers that belong to this trial: the same in every run
// of the study.
func (r *Run) Rand() *rand.Rand {
	if r.r == nil {
		r.r = r.study.rand(2*uint64(r.trial.ID) + 1)
	}
	return r.r
}

// Report tells the value after one more step (an epoch, say). It returns
// ErrStopped when the study's median rule gives the trial up; the objective
// should then return its value with that error.
func (r *Run) Report(value float64) error {
	r.trial.Reports = append(r.trial.Reports, value)
	if m := r.study.Median; m != nil && m.stops(r.study.Goal, r.trial.Reports, r.history) {
		r.stopped = true
		return ErrStopped
	}
	return nil
}
