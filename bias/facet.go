package bias

import (
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// The two sides of a facet.
const (
	sideA = iota // advantaged: everyone else
	sideD        // disadvantaged: the chosen values
)

// A Facet is a table of counts seen through one question: how do the
// disadvantaged rows fare against all others? The metrics of Clarify are its
// methods. Make one with Counts.Facet; it does not follow later changes of the
// table.
//
// In the formulas of the methods, a and d are the two sides, n their weight, n1
// and n0 the weight of positive and negative labels, n1' and n0' of positive and
// negative predictions, TP, FP, FN, TN the usual counts. Following Clarify, 0/0
// is 0 and x/0 is +Inf; in a difference of two ratios, two equal infinities
// give 0.
type Facet struct {
	name     string
	positive string
	parts    []part
	labels   []string
	hasPred  bool
	hasStrat bool
	flip     *flipped // nil: no flip test was made
	sums
}

// A part is one cell of the table, seen from the facet.
type part struct {
	side, stratum    int
	label            int // index of the label value
	positive, chosen int // 1 if the label, the prediction, is positive
	n                int64
	w                float64
}

// sums is what the formulas need; it is the same for the data as they are and
// for a resample of them.
type sums struct {
	side    [2]float64
	outcome [2][2][2]float64   // [side][label positive][prediction positive]
	strata  [][2][2][2]float64 // the same per stratum
	label   [2][]float64       // [side][label value]
}

// Facet returns the table seen with d = the rows whose facet is one of the
// disadvantaged values, and positive = the labels and predictions among the
// positive values. It returns ErrEmpty if the table holds nothing or no value is
// given, ErrUnknownCategory for a facet or label value that does not occur, and
// ErrUndefined if d or a would be empty.
func (c *Counts) Facet(disadvantaged, positive []string) (*Facet, error) {
	const fn = "bias.Counts.Facet"
	f, err := c.facet(fn, disadvantaged, positive)
	if err != nil {
		return nil, err
	}
	for s, side := range []string{"a, the rest", "d"} {
		if f.side[s] == 0 {
			return nil, fmt.Errorf("%s: disadvantaged: need rows on both sides, have none in %s: %w", fn, side, mlgauge.ErrUndefined)
		}
	}
	return f, nil
}

// facet is Facet where a side may be empty.
func (c *Counts) facet(fn string, disadvantaged, positive []string) (*Facet, error) {
	if err := check.NotEmpty(fn, "the table", int(c.rows)); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "disadvantaged", len(disadvantaged)); err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "positive", len(positive)); err != nil {
		return nil, err
	}
	isD := make([]bool, len(c.values[axisFacet]))
	for _, v := range disadvantaged {
		k, ok := c.index[axisFacet][v]
		if !ok {
			return nil, fmt.Errorf("%s: disadvantaged: need a facet value that occurs, have %q: %w", fn, v, mlgauge.ErrUnknownCategory)
		}
		isD[k] = true
	}
	for _, v := range positive {
		_, inLabel := c.index[axisLabel][v]
		_, inPred := c.index[axisPrediction][v]
		if !inLabel && !(inPred && c.has[axisPrediction]) {
			return nil, fmt.Errorf("%s: positive: need a label value that occurs, have %q: %w", fn, v, mlgauge.ErrUnknownCategory)
		}
	}
	f := &Facet{
		name: join(disadvantaged), positive: join(positive),
		labels:   slices.Clone(c.values[axisLabel]),
		hasPred:  c.has[axisPrediction],
		hasStrat: c.has[axisStratum],
	}
	for _, k := range sortedKeys(c.cells) {
		v := c.cells[k]
		p := part{stratum: int(k[axisStratum]), label: int(k[axisLabel]), n: v.n, w: v.w}
		if isD[k[axisFacet]] {
			p.side = sideD
		}
		if slices.Contains(positive, c.values[axisLabel][k[axisLabel]]) {
			p.positive = 1
		}
		if f.hasPred && slices.Contains(positive, c.values[axisPrediction][k[axisPrediction]]) {
			p.chosen = 1
		}
		f.parts = append(f.parts, p)
	}
	f.sums = f.sum(nil, len(c.values[axisStratum]))
	return f, nil
}

func join(values []string) string {
	out := values[0]
	for _, v := range values[1:] {
		out += "," + v
	}
	return out
}

// sum adds the parts up, each with its own weight or, if counts is not nil,
// with its mean weight times the count of a resample.
func (f *Facet) sum(counts []float64, strata int) sums {
	var s sums
	s.strata = make([][2][2][2]float64, strata)
	s.label = [2][]float64{make([]float64, len(f.labels)), make([]float64, len(f.labels))}
	for i, p := range f.parts {
		w := p.w
		if counts != nil {
			w = counts[i] * (p.w / float64(p.n))
		}
		s.side[p.side] += w
		s.outcome[p.side][p.positive][p.chosen] += w
		s.strata[p.stratum][p.side][p.positive][p.chosen] += w
		s.label[p.side][p.label] += w
	}
	return s
}

// Name returns the disadvantaged values, joined by commas as Clarify prints them.
func (f *Facet) Name() string { return f.name }

// Positive returns the positive label values, joined by commas.
func (f *Facet) Positive() string { return f.positive }

// Sizes returns the weight of the advantaged and of the disadvantaged side.
func (f *Facet) Sizes() (a, d float64) { return f.side[sideA], f.side[sideD] }

// confusion returns the counts of one side.
func (s *sums) confusion(side int) (tp, fp, fn, tn float64) {
	o := &s.outcome[side]
	return o[1][1], o[0][1], o[1][0], o[0][0]
}

// positives returns the weight of the positive labels of one side.
func (s *sums) positives(side int) float64 {
	tp, _, fn, _ := s.confusion(side)
	return tp + fn
}

// chosen returns the weight of the positive predictions of one side.
func (s *sums) chosen(side int) float64 {
	tp, fp, _, _ := s.confusion(side)
	return tp + fp
}

func (f *Facet) needPrediction(fn string) error {
	if !f.hasPred {
		return fmt.Errorf("%s: Prediction: need batches with predictions, have none: %w", fn, mlgauge.ErrUndefined)
	}
	return nil
}

func (f *Facet) needSides(fn string) error {
	if f.side[sideA] == 0 || f.side[sideD] == 0 {
		return fmt.Errorf("%s: need rows on both sides of the facet: %w", fn, mlgauge.ErrUndefined)
	}
	return nil
}
