package encoding

import (
	"math"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// BaseN numbers the categories 1, 2, ..., k in the order of their first
// appearance and writes the number in a base, one column per digit, most
// significant first; base 2 is binary encoding.
//
//	digits = ceil(log_base(k + 1))
//
// A missing value that Fit saw is a category, the last one. An unknown category
// and a missing value that Fit did not see are all zeros.
//
// Source: BinaryEncoder and BaseNEncoder of category_encoders 2.11.
type BaseN struct {
	// Base is at least 2; 0 means 2.
	Base int `json:"base,omitempty"`
	// HandleUnknown and HandleMissing: Value (usual, zeros), Refuse, ReturnNaN,
	// or Indicator (a number of its own). For a missing value, Value is a number
	// of its own if Fit saw one.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`

	Table
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`
}

// Binary is BaseN, whose base is 2 unless it is told otherwise.
type Binary = BaseN

// Fit learns the categories of the columns x, forgetting earlier ones.
//
// Errors: ErrEmpty, ErrLength, ErrRange for options and codes out of range,
// ErrUnknownCategory for a missing value with Refuse.
func (e *BaseN) Fit(x []Column) error { return e.fit("BaseN.Fit", nil, x) }

// PartialFit is Fit that keeps what was learned before. New categories may
// add a column.
func (e *BaseN) PartialFit(x []Column) error { return e.fit("BaseN.PartialFit", e.Counts, x) }

func (e *BaseN) fit(fn string, have []Tally, x []Column) error {
	counts, err := learnCounts(fn, have, x)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

// Merge adds what o was fitted on; the categories of e come first.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *BaseN) Merge(o *BaseN) error {
	const fn = "BaseN.Merge"
	if err := incompatible(fn, e.Base == o.Base && e.HandleUnknown == o.HandleUnknown && e.HandleMissing == o.HandleMissing); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *BaseN) derive(fn string, counts []Tally) error {
	base := e.Base
	if base == 0 {
		base = 2
	}
	features, err := positional(fn, counts, base, false, e.HandleUnknown, e.HandleMissing)
	if err != nil {
		return err
	}
	if err := e.set("BaseN", features); err != nil {
		return err
	}
	e.Counts = counts
	return nil
}

// positional builds the features of BaseN and Gray.
func positional(fn string, counts []Tally, base int, gray bool, onUnknown, onMissing Policy) ([]Feature, error) {
	if err := check.AtLeast(fn, "Base", base, 2); err != nil {
		return nil, err
	}
	unknown, err := policy(fn, "HandleUnknown", onUnknown, Value, Value, Refuse, ReturnNaN, Indicator)
	if err != nil {
		return nil, err
	}
	missing, err := policy(fn, "HandleMissing", onMissing, Value, Value, Refuse, ReturnNaN, Indicator)
	if err != nil {
		return nil, err
	}
	features := make([]Feature, len(counts))
	for j := range counts {
		t := &counts[j]
		if missing == Refuse && t.MissingCount() > 0 {
			return nil, refused(fn, "column "+strconv.Quote(name(t.name, j)), &Column{}, 0, Missing)
		}
		k := t.dict.Len()
		entries := k
		own := t.MissingCount() > 0 || missing != Value
		if own {
			entries++
		}
		if unknown == Indicator {
			entries++
		}
		digits := 0
		for n := entries; n > 0; n /= base {
			digits++
		}
		f := Feature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels(), Categories: t.dict.Labels()}
		for d := range digits {
			f.Names = append(f.Names, f.Name+"_"+strconv.Itoa(d))
		}
		f.Values = make([]float64, k*digits)
		rank := make([]int32, k)
		for i := range rank {
			rank[i] = int32(i)
		}
		if gray {
			by := t.order
			for i, c := range order(t.dict.labels, by) {
				rank[c] = int32(i)
			}
		}
		word := func(dst []float64, n int, gray bool) []float64 {
			if gray {
				n ^= n >> 1
			}
			for d := digits - 1; d >= 0; d-- {
				dst[d] = float64(n % base)
				n /= base
			}
			return dst
		}
		for i := range k {
			word(f.Values[i*digits:(i+1)*digits], int(rank[i])+1, gray)
		}
		f.Unknown, f.Missing = make([]float64, digits), make([]float64, digits)
		switch unknown {
		case Refuse:
			f.Unknown = nil
		case ReturnNaN:
			f.Unknown = fill(digits, math.NaN())
		case Indicator:
			word(f.Unknown, entries, false)
		}
		switch {
		case missing == Refuse:
			f.Missing = nil
		case missing == ReturnNaN:
			f.Missing = fill(digits, math.NaN())
		case own:
			word(f.Missing, k+1, gray && t.MissingCount() > 0)
		}
		features[j] = f
	}
	return features, nil
}

// Inverse returns the columns of the numbers x. Rows of zeros, and the digits
// of a missing or unknown value, become missing values.
//
// Errors: ErrNotFitted; ErrLength; ErrUnknownCategory for digits of no
// category.
func (e *BaseN) Inverse(x mat.Matrix) ([]Column, error) { return e.inverse("BaseN.Inverse", x) }

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *BaseN) UnmarshalJSON(b []byte) error {
	type plain BaseN
	var p plain
	if err := decode("BaseN.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("BaseN"); err != nil {
		return err
	}
	*e = BaseN(p)
	return nil
}

// Gray numbers the categories 1, 2, ..., k in their order and writes the number
// as a reflected binary (Gray) code, so that neighbours differ in one column.
//
//	code(i) = i xor (i >> 1)
//
// Digits, missing values and unknown categories are those of BaseN with base 2.
//
// Source: GrayEncoder of category_encoders 2.11.
type Gray struct {
	// HandleUnknown and HandleMissing are those of BaseN.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`

	Table
	// Counts are the statistics that Fit derives the rest from.
	Counts []Tally `json:"counts,omitempty"`
}

// Fit learns the categories of the columns x, forgetting earlier ones.
//
// Errors: as BaseN.Fit.
func (e *Gray) Fit(x []Column) error { return e.fit("Gray.Fit", nil, x) }

// PartialFit is Fit that keeps what was learned before.
func (e *Gray) PartialFit(x []Column) error { return e.fit("Gray.PartialFit", e.Counts, x) }

func (e *Gray) fit(fn string, have []Tally, x []Column) error {
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
func (e *Gray) Merge(o *Gray) error {
	const fn = "Gray.Merge"
	if err := incompatible(fn, e.HandleUnknown == o.HandleUnknown && e.HandleMissing == o.HandleMissing); err != nil {
		return err
	}
	counts, err := mergeCounts(fn, e.Counts, o.Counts)
	if err != nil {
		return err
	}
	return e.derive(fn, counts)
}

func (e *Gray) derive(fn string, counts []Tally) error {
	features, err := positional(fn, counts, 2, true, e.HandleUnknown, e.HandleMissing)
	if err != nil {
		return err
	}
	if err := e.set("Gray", features); err != nil {
		return err
	}
	e.Counts = counts
	return nil
}

// Inverse is that of BaseN.
func (e *Gray) Inverse(x mat.Matrix) ([]Column, error) { return e.inverse("Gray.Inverse", x) }

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Gray) UnmarshalJSON(b []byte) error {
	type plain Gray
	var p plain
	if err := decode("Gray.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("Gray"); err != nil {
		return err
	}
	*e = Gray(p)
	return nil
}
