// Package jsonfloat writes float64 values as JSON, which has no NaN and no
// infinities: NaN is null, the infinities are the strings "+Inf" and "-Inf".
// Every other value is written so that it reads back bit for bit.
package jsonfloat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/mlgauge/mlgauge"
)

// Float is one number.
type Float float64

// Slice is a slice of numbers. A nil Slice is written as null and read back
// as nil.
type Slice []float64

// Rows is a slice of slices.
type Rows [][]float64

func appendFloat(b []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, "null"...)
	case math.IsInf(v, 1):
		return append(b, `"+Inf"`...)
	case math.IsInf(v, -1):
		return append(b, `"-Inf"`...)
	case v == 0 && math.Signbit(v):
		return append(b, "-0.0"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

func parse(raw []byte) (float64, error) {
	switch s := string(bytes.TrimSpace(raw)); s {
	case "null":
		return math.NaN(), nil
	case `"+Inf"`:
		return math.Inf(1), nil
	case `"-Inf"`:
		return math.Inf(-1), nil
	default:
		var v float64
		if err := json.Unmarshal(raw, &v); err != nil {
			return 0, fmt.Errorf("need a number, null, \"+Inf\" or \"-Inf\", have %.40s", s)
		}
		return v, nil
	}
}

// MarshalJSON writes f.
func (f Float) MarshalJSON() ([]byte, error) { return appendFloat(nil, float64(f)), nil }

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Float) UnmarshalJSON(b []byte) error {
	v, err := parse(b)
	if err == nil {
		*f = Float(v)
	}
	return err
}

// MarshalJSON writes s.
func (s Slice) MarshalJSON() ([]byte, error) {
	if s == nil {
		return []byte("null"), nil
	}
	b := make([]byte, 0, 20*len(s)+2)
	b = append(b, '[')
	for i, v := range s {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendFloat(b, v)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Slice) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if raw == nil {
		*s = nil
		return nil
	}
	x := make([]float64, len(raw))
	for i := range raw {
		v, err := parse(raw[i])
		if err != nil {
			return fmt.Errorf("index %d: %w", i, err)
		}
		x[i] = v
	}
	*s = x
	return nil
}

// MarshalJSON writes r.
func (r Rows) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	s := make([]Slice, len(r))
	for i, v := range r {
		s[i] = v
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Rows) UnmarshalJSON(b []byte) error {
	var s []Slice
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == nil {
		*r = nil
		return nil
	}
	x := make([][]float64, len(s))
	for i, v := range s {
		x[i] = v
	}
	*r = x
	return nil
}

// Decode reads data into v. Fields that v does not have are refused. An error
// names fn and wraps ErrCorrupt.
func Decode(fn string, data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("%s: %v: %w", fn, err, mlgauge.ErrCorrupt)
	}
	return nil
}

// Corrupt is the error for JSON that was read but cannot be a saved fn.
func Corrupt(fn, format string, args ...any) error {
	return fmt.Errorf("%s: %s: %w", fn, fmt.Sprintf(format, args...), mlgauge.ErrCorrupt)
}
