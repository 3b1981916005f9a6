package quality

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
)

// ValueType is what a value, or every value of a column, can be read as.
type ValueType uint8

const (
	// Unknown: nothing but missing values.
	Unknown ValueType = iota
	// Fractional: a number with a fraction or an exponent.
	Fractional
	// Integral: an integer.
	Integral
	// Boolean: true or false.
	Boolean
	// String: any other text.
	String
)

var typeNames = [...]string{"Unknown", "Fractional", "Integral", "Boolean", "String"}

// String returns the name that Model Monitor writes: "Fractional", ...
func (t ValueType) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("ValueType(%d)", uint8(t))
}

// MarshalText writes the name.
func (t ValueType) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a name; any other text wraps ErrCorrupt.
func (t *ValueType) UnmarshalText(b []byte) error {
	for i, n := range typeNames {
		if n == string(b) {
			*t = ValueType(i)
			return nil
		}
	}
	return fmt.Errorf("quality.ValueType: need one of %v, have %.40q: %w", typeNames, b, mlgauge.ErrCorrupt)
}

// TypeOf returns the type of a text, by the expressions
//
//	Fractional  ^(-|\+)? ?\d+((\.\d+)|((?:\.\d+)?[Ee][-+]?\d+))$
//	Integral    ^(-|\+)? ?\d+$
//	Boolean     ^(true|false)$
//
// and String for the rest: ".5", "1." and "1,5" are text. Source: the type
// inference of Deequ, which Model Monitor uses.
func TypeOf(s string) ValueType {
	if s == "true" || s == "false" {
		return Boolean
	}
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	if i < len(s) && s[i] == ' ' {
		i++
	}
	var ok bool
	if i, ok = digits(s, i); !ok {
		return String
	}
	if i == len(s) {
		return Integral
	}
	if s[i] == '.' {
		if i, ok = digits(s, i+1); !ok {
			return String
		}
		if i == len(s) {
			return Fractional
		}
	}
	if s[i] != 'e' && s[i] != 'E' {
		return String
	}
	i++
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	if i, ok = digits(s, i); ok && i == len(s) {
		return Fractional
	}
	return String
}

// digits skips the digits of s from i on and tells whether there are any.
func digits(s string, i int) (int, bool) {
	from := i
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i, i > from
}

// TypeCounts are the numbers of values of each type.
type TypeCounts struct{ Fractional, Integral, Boolean, String int }

// Infer returns the type of a column: String for any text, and for booleans
// beside numbers; Boolean if all are; Fractional if any is, else Integral;
// Unknown if there is no value. Source: Model Monitor.
func (c TypeCounts) Infer() ValueType {
	switch numbers := c.Fractional + c.Integral; {
	case c.String > 0 || c.Boolean > 0 && numbers > 0:
		return String
	case c.Boolean > 0:
		return Boolean
	case c.Fractional > 0:
		return Fractional
	case c.Integral > 0:
		return Integral
	}
	return Unknown
}

// Matching returns how many of the values can be read as t: an integer is a
// Fractional too, and anything is a String.
func (c TypeCounts) Matching(t ValueType) int {
	switch t {
	case Fractional:
		return c.Fractional + c.Integral
	case Integral:
		return c.Integral
	case Boolean:
		return c.Boolean
	case String:
		return c.total()
	}
	return 0
}

func (c TypeCounts) total() int { return c.Fractional + c.Integral + c.Boolean + c.String }

func (c *TypeCounts) add(t ValueType, n int) {
	switch t {
	case Fractional:
		c.Fractional += n
	case Integral:
		c.Integral += n
	case Boolean:
		c.Boolean += n
	case String:
		c.String += n
	}
}

func (c *TypeCounts) merge(o TypeCounts) {
	c.Fractional += o.Fractional
	c.Integral += o.Integral
	c.Boolean += o.Boolean
	c.String += o.String
}
