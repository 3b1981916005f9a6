package encoding

import (
	"fmt"
	"math"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Count replaces a category by the number of its rows in Fit, or by their
// share.
//
//	count(c) = #{i : x_i = c}    frequency(c) = count(c) / n
//
// Missing values are counted as a category, and are an unknown one if Fit saw
// none. An unknown category has count 0.
//
// Source: CountEncoder of category_encoders 2.11, which with return_nan for
// missing values gives NaN for unknown categories too.
type Count struct {
	// Normalize gives frequencies instead of counts.
	Normalize bool `json:"normalize,omitempty"`
	// HandleUnknown: Value (usual, 0), Refuse or ReturnNaN. HandleMissing: Value
	// (usual, counted), Refuse or ReturnNaN.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`
	// Categories with fewer rows than MinGroupSize, or than MinGroupFraction of
	// all rows, get the count of all such rows together, if there are two or more
	// such categories and others beside them. 0 means no grouping.
	MinGroupSize     int     `json:"min_group_size,omitempty"`
	MinGroupFraction float64 `json:"min_group_fraction,omitempty"`

	Table
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`
}

// Fit counts the categories of the columns x, forgetting earlier ones.
//
// Errors: ErrEmpty, ErrLength, ErrRange for options and codes out of range,
// ErrUnknownCategory for a missing value with Refuse.
func (e *Count) Fit(x []Column) error { return e.fit("Count.Fit", nil, x) }

// PartialFit is Fit that keeps what was counted before.
func (e *Count) PartialFit(x []Column) error { return e.fit("Count.PartialFit", e.Counts, x) }

func (e *Count) fit(fn string, have []Tally, x []Column) error {
	counts, err := learnCounts(fn, have, x)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *Count) Merge(o *Count) error {
	const fn = "Count.Merge"
	same := e.Normalize == o.Normalize && e.HandleUnknown == o.HandleUnknown && e.HandleMissing == o.HandleMissing &&
		e.MinGroupSize == o.MinGroupSize && e.MinGroupFraction == o.MinGroupFraction
	if err := incompatible(fn, same); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *Count) derive(fn string, counts []Tally) error {
	unknown, err := policy(fn, "HandleUnknown", e.HandleUnknown, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return err
	}
	missing, err := policy(fn, "HandleMissing", e.HandleMissing, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return err
	}
	if err := check.AtLeast(fn, "MinGroupSize", e.MinGroupSize, 0); err != nil {
		return err
	}
	if err := check.In(fn, "MinGroupFraction", e.MinGroupFraction, 0, 1); err != nil {
		return err
	}
	if e.MinGroupSize != 0 && e.MinGroupFraction != 0 {
		return fmt.Errorf("%s: need MinGroupSize or MinGroupFraction, have both: %w", fn, mlgauge.ErrRange)
	}
	features := make([]Feature, len(counts))
	for j := range counts {
		t := &counts[j]
		f := Feature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels(), Categories: t.dict.Labels()}
		f.Names = []string{f.Name}
		total := float64(t.Total())
		v := make([]float64, len(t.n))
		for s, n := range t.n {
			v[s] = float64(n)
			if e.Normalize {
				v[s] /= total
			}
		}
		least := float64(e.MinGroupSize)
		if e.MinGroupFraction > 0 {
			least = e.MinGroupFraction * total
		}
		if e.Normalize {
			least /= total
		}
		e.lump(v, least, t.n[0] > 0)
		f.Values = v[1:]
		if unknown == Value {
			f.Unknown = []float64{0}
		} else if unknown == ReturnNaN {
			f.Unknown = []float64{math.NaN()}
		}
		switch {
		case missing == Refuse && t.n[0] > 0:
			return refused(fn, "column "+strconv.Quote(f.Name), &Column{}, 0, Missing)
		case missing == ReturnNaN:
			f.Missing = []float64{math.NaN()}
		case missing == Value && t.n[0] > 0:
			f.Missing = v[:1:1]
		case missing == Value:
			f.Missing = f.Unknown
		}
		features[j] = f
	}
	if err := e.set("Count", features); err != nil {
		return err
	}
	e.Counts = counts
	return nil
}

// lump gives the slots below least their sum; slot 0 takes part if there are
// missing values.
func (e *Count) lump(v []float64, least float64, hasMissing bool) {
	var small []int
	big := false
	for s := range v {
		if s == 0 && !hasMissing {
			continue
		}
		if v[s] < least {
			small = append(small, s)
		} else if s > 0 {
			big = true
		}
	}
	if len(small) < 2 || !big {
		return
	}
	sum := 0.0
	for _, s := range small {
		sum += v[s]
	}
	for _, s := range small {
		v[s] = sum
	}
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Count) UnmarshalJSON(b []byte) error {
	type plain Count
	var p plain
	if err := decode("Count.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("Count"); err != nil {
		return err
	}
	*e = Count(p)
	return nil
}
