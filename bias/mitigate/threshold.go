package mitigate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// A Parity is what a ThresholdOptimizer makes equal in all groups.
type Parity int

const (
	// DemographicParity is an equal share of positive decisions.
	DemographicParity Parity = iota
	FalsePositiveRateParity
	FalseNegativeRateParity
	TruePositiveRateParity // equal opportunity
	TrueNegativeRateParity
	// EqualizedOdds is equal true and false positive rates.
	EqualizedOdds
)

// An Objective is what a ThresholdOptimizer maximises.
type Objective int

const (
	Accuracy Objective = iota
	BalancedAccuracy
	// SelectionRate, TruePositiveRate and TrueNegativeRate are not for EqualizedOdds.
	SelectionRate
	TruePositiveRate
	TrueNegativeRate
)

// A Rule decides positive for scores above its threshold, or below it.
type Rule struct {
	Below     bool
	Threshold jsonfloat.Float
}

func (r Rule) decide(score float64) float64 {
	if r.Below && score < float64(r.Threshold) || !r.Below && score > float64(r.Threshold) {
		return 1
	}
	return 0
}

// GroupRules says how a group is decided: with probability Ignore positive with
// probability Constant whatever the score; else by rule 0 with probability P0 and by
// rule 1 otherwise.
type GroupRules[G cmp.Ordered] struct {
	Group            G
	P0               float64
	Rule0, Rule1     Rule
	Ignore, Constant float64
	// Nearest is the single rule that comes nearest to the rates of the above.
	Nearest Rule
}

func (g *GroupRules[G]) probability(score float64) float64 {
	p := g.P0*g.Rule0.decide(score) + (1-g.P0)*g.Rule1.decide(score)
	return g.Ignore*g.Constant + (1-g.Ignore)*p
}

// A ThresholdOptimizer decides from scores by thresholds of each group, so that the
// groups are equal in one rate (or two) and the objective is as large as it can be.
// For each group it takes the upper hull of the points (rate, objective) that
// thresholds reach; between two points of the hull a decision is drawn at random from
// two rules. The rate is chosen on a grid over [0, 1]; under EqualizedOdds the
// false positive rate is, and the group with the lowest hull sets the true positive
// rate, which others reach by ignoring the score now and then. The zero value is
// demographic parity, accuracy, 1000 steps.
//
// Source: Hardt, Price and Srebro (2016); Fairlearn 0.15.
type ThresholdOptimizer[G cmp.Ordered] struct {
	Constraint Parity
	Objective  Objective
	Grid       int // steps; 0 means 1000
	// Flip also tries rules that decide positive below a threshold.
	Flip bool
	// Tolerance allows the rate to differ between groups by this much; not for
	// EqualizedOdds.
	Tolerance float64

	// Fitted.
	Groups []GroupRules[G] // ascending
	Best   float64         // the objective; the true positive rate under EqualizedOdds
}

// point is what a rule reaches on a group.
type point struct {
	x, y float64
	rule Rule
}

// rate returns a rate of confusion counts.
func (p Parity) rate(tp, fp, fn, tn float64) float64 {
	switch p {
	case FalsePositiveRateParity, EqualizedOdds:
		return fp / (tn + fp)
	case FalseNegativeRateParity:
		return fn / (tp + fn)
	case TruePositiveRateParity:
		return tp / (tp + fn)
	case TrueNegativeRateParity:
		return tn / (tn + fp)
	}
	return (tp + fp) / (tp + tn + fp + fn)
}

func (o Objective) value(tp, fp, fn, tn float64) float64 {
	switch o {
	case BalancedAccuracy:
		return 0.5*tp/(tp+fn) + 0.5*tn/(tn+fp)
	case SelectionRate:
		return (tp + fp) / (tp + tn + fp + fn)
	case TruePositiveRate:
		return tp / (tp + fn)
	case TrueNegativeRate:
		return tn / (tn + fp)
	}
	return (tp + tn) / (tp + tn + fp + fn)
}

func (t *ThresholdOptimizer[G]) options(fn string) error {
	if t.Constraint < DemographicParity || t.Constraint > EqualizedOdds {
		return check.Option(fn, "Constraint", int(t.Constraint))
	}
	if t.Objective < Accuracy || t.Objective > TrueNegativeRate || t.Constraint == EqualizedOdds && t.Objective > BalancedAccuracy {
		return check.Option(fn, "Objective", int(t.Objective))
	}
	if t.Grid < 0 {
		return check.AtLeast(fn, "Grid", t.Grid, 1)
	}
	if err := check.In(fn, "Tolerance", t.Tolerance, 0, 1); err != nil {
		return err
	}
	if t.Tolerance > 0 && t.Constraint == EqualizedOdds {
		return fmt.Errorf("%s: Tolerance: need 0 under EqualizedOdds, have %v: %w", fn, t.Tolerance, mlgauge.ErrRange)
	}
	return nil
}

// Fit learns the rules of each group from scores (higher is more positive) and the
// truth. It returns ErrEmpty, ErrLength and ErrNotFinite for bad input, ErrRange for
// bad options, and ErrUndefined for a group that lacks positive or negative rows.
func (t *ThresholdOptimizer[G]) Fit(score []float64, y []bool, groups []G) error {
	const fn = "mitigate.ThresholdOptimizer.Fit"
	if err := t.options(fn); err != nil {
		return err
	}
	if err := scored(fn, score, groups); err != nil {
		return err
	}
	if err := check.Length(fn, "y", len(score), len(y)); err != nil {
		return err
	}
	steps := t.Grid
	if steps == 0 {
		steps = 1000
	}
	parts := classesOf(groups)
	curves := make([]curve, len(parts))
	reached := make([][]point, len(parts))
	for i, p := range parts {
		points, err := t.points(fn, score, y, p)
		if err != nil {
			return err
		}
		reached[i] = points
		curves[i] = interpolate(hull(points), steps)
	}
	at := make([]int, len(parts)) // the chosen step of each group
	var best float64
	rules := make([]GroupRules[G], len(parts))
	switch {
	case t.Constraint == EqualizedOdds:
		positives := 0.0
		for _, v := range y {
			if v {
				positives++
			}
		}
		k, lowest := odds(curves, t.Objective, positives, float64(len(y))-positives)
		best = lowest
		for i := range curves {
			at[i] = k
			x, v := gridAt(k, steps), curves[i].y[k]
			rules[i].Constant = x
			if v != x {
				rules[i].Ignore = (v - best) / (v - x)
			}
		}
	case t.Tolerance == 0:
		best = math.Inf(-1)
		for k := range steps + 1 {
			var s float64
			for i, p := range parts {
				s += float64(len(p.rows)) / float64(len(y)) * curves[i].y[k]
			}
			if s > best {
				best = s
				for i := range at {
					at[i] = k
				}
			}
		}
	default:
		share := make([]float64, len(parts))
		for i, p := range parts {
			share[i] = float64(len(p.rows)) / float64(len(y))
		}
		best = relaxed(at, curves, share, t.Tolerance)
	}
	for i, p := range parts {
		c, k := &curves[i], at[i]
		rules[i].Group, rules[i].P0 = p.label, c.p0[k]
		rules[i].Rule0, rules[i].Rule1 = c.hull[c.at[k]].rule, c.hull[c.at[k]+1].rule
		height := c.y[k]
		if t.Constraint == EqualizedOdds {
			height = best
		}
		rules[i].Nearest = nearestRule(reached[i], gridAt(k, steps), height, t.Constraint == EqualizedOdds)
	}
	t.Groups, t.Best = rules, best
	return nil
}

func scored[G cmp.Ordered](fn string, score []float64, groups []G) error {
	if err := check.Pair(fn, "score", len(score), "groups", len(groups)); err != nil {
		return err
	}
	if err := check.Finite(fn, "score", score); err != nil {
		return err
	}
	for i, g := range groups {
		if g != g {
			return fmt.Errorf("%s: groups: need values that are not NaN, have one at index %d: %w", fn, i, mlgauge.ErrNotFinite)
		}
	}
	return nil
}

// points returns what every threshold reaches on a group, by x, then y.
func (t *ThresholdOptimizer[G]) points(fn string, score []float64, y []bool, p class[G]) ([]point, error) {
	order := slices.Clone(p.rows)
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	var all [2]float64 // negatives, positives
	for _, i := range order {
		if y[i] {
			all[1]++
		} else {
			all[0]++
		}
	}
	if all[0] == 0 || all[1] == 0 {
		return nil, fmt.Errorf("%s: y: need positive and negative rows in every group, have one kind in group %v: %w", fn, p.label, mlgauge.ErrUndefined)
	}
	var out []point
	var above [2]float64
	add := func(threshold float64) {
		tp, fp := above[1], above[0]
		fn, tn := all[1]-tp, all[0]-fp
		out = append(out, point{t.Constraint.rate(tp, fp, fn, tn), t.y().value(tp, fp, fn, tn), Rule{false, jsonfloat.Float(threshold)}})
		if t.Flip {
			out = append(out, point{t.Constraint.rate(fn, tn, tp, fp), t.y().value(fn, tn, tp, fp), Rule{true, jsonfloat.Float(threshold)}})
		}
	}
	add(math.Inf(1))
	for i := 0; i < len(order); {
		v := score[order[i]]
		for ; i < len(order) && score[order[i]] == v; i++ {
			if y[order[i]] {
				above[1]++
			} else {
				above[0]++
			}
		}
		if i < len(order) {
			add(v + (score[order[i]]-v)/2)
		} else {
			add(math.Inf(-1))
		}
	}
	slices.SortStableFunc(out, func(a, b point) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	return out, nil
}

// y is the second axis: the objective, or the true positive rate under EqualizedOdds.
func (t *ThresholdOptimizer[G]) y() Objective {
	if t.Constraint == EqualizedOdds {
		return TruePositiveRate
	}
	return t.Objective
}

// hull keeps the points of the upper convex hull (Andrew's monotone chain).
func hull(points []point) []point {
	var out []point
	for _, c := range points {
		for len(out) >= 2 {
			a, b := out[len(out)-2], out[len(out)-1]
			if (b.y-a.y)*(c.x-a.x) > (c.y-a.y)*(b.x-a.x) {
				break
			}
			out = out[:len(out)-1]
		}
		out = append(out, c)
	}
	return out
}

// nearestRule returns the rule whose rate is nearest to x; among equals, whose y is
// nearest to height. Under equalised odds both count alike.
func nearestRule(points []point, x, height float64, both bool) Rule {
	var best Rule
	first, second := math.Inf(1), math.Inf(1)
	for _, p := range points {
		a, b := math.Abs(p.x-x), math.Abs(p.y-height)
		if both {
			a, b = math.Hypot(a, b), 0
		}
		if a < first || a == first && b < second {
			best, first, second = p.rule, a, b
		}
	}
	return best
}

// A curve is a hull read at the steps of the grid: step k lies between hull points
// at[k] and at[k]+1, p0[k] of the way back from the second.
type curve struct {
	hull []point
	at   []int
	p0   []float64
	y    []float64
}

// gridAt is the k-th of steps on [0, 1], with numpy's rounding. Here and where curves
// are read, products are rounded before they are added, so that ties are the same
// on every processor.
func gridAt(k, steps int) float64 {
	if k == steps {
		return 1
	}
	return float64(float64(k) * (1 / float64(steps)))
}

func interpolate(h []point, steps int) curve {
	c := curve{hull: h, at: make([]int, steps+1), p0: make([]float64, steps+1), y: make([]float64, steps+1)}
	i := 0
	for i+1 < len(h) && h[i+1].x == h[0].x {
		i++ // of points at x = 0 the highest
	}
	for k := range steps + 1 {
		x := gridAt(k, steps)
		for i+2 < len(h) && h[i+1].x < x {
			i++
		}
		a, b := h[i], h[i+1]
		c.at[k] = i
		c.p0[k] = (b.x - x) / (b.x - a.x)
		c.y[k] = float64(c.p0[k]*a.y) + float64((1-c.p0[k])*b.y)
	}
	return c
}

// odds returns the step at which the lowest curve has the best objective, and its
// height there.
func odds(curves []curve, o Objective, positives, negatives float64) (at int, lowest float64) {
	best := math.Inf(-1)
	for k := range curves[0].y {
		low := math.Inf(1)
		for i := range curves {
			low = min(low, curves[i].y[k])
		}
		x := gridAt(k, len(curves[0].y)-1)
		v := o.value(positives*low, negatives*x, positives*(1-low), negatives*(1-x))
		v = math.RoundToEven(v*1e15) / 1e15 // values that differ by rounding only are a tie
		if v > best {
			best, at, lowest = v, k, low
		}
	}
	return at, lowest
}

// relaxed chooses steps that differ by at most tolerance and have the largest sum of
// shares of y; of equal sums, the steps nearest to each other, then the last.
func relaxed(at []int, curves []curve, share []float64, tolerance float64) float64 {
	steps := len(curves[0].y) - 1
	best, spread := math.Inf(-1), math.Inf(1)
	queues := make([][]int, len(curves)) // steps in the window whose y falls
	now := make([]int, len(curves))
	start := 0
	for end := range steps + 1 {
		for i := range curves {
			y := curves[i].y
			for n := len(queues[i]); n > 0 && y[queues[i][n-1]]*share[i] <= y[end]*share[i]; n-- {
				queues[i] = queues[i][:n-1]
			}
			queues[i] = append(queues[i], end)
		}
		for ; gridAt(end, steps)-gridAt(start, steps) > tolerance; start++ {
			for i := range queues {
				if queues[i][0] == start {
					queues[i] = queues[i][1:]
				}
			}
		}
		var sum float64
		for i := range queues {
			now[i] = queues[i][0]
			sum += float64(curves[i].y[now[i]] * share[i])
		}
		width := gridAt(slices.Max(now), steps) - gridAt(slices.Min(now), steps)
		if sum > best || sum == best && width <= spread {
			best, spread = sum, width
			copy(at, now)
		}
	}
	return best
}
