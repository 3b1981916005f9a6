package quality

import (
	"slices"
	"strconv"
	"strings"
)

// number tells whether a number keeps the condition.
func (c *Condition) number(v float64) bool {
	if c.days {
		return c.onDay(instantOf(v))
	}
	is := func(o Operand) bool {
		if o.Kind == TextOperand {
			return o.Text == number(v)
		}
		return o.Kind == NumberOperand && o.Number == v
	}
	switch c.Op {
	case Matches, NotMatches:
		return c.re.MatchString(number(v)) == (c.Op == Matches)
	case Equal, In:
		return slices.ContainsFunc(c.Values, is)
	case NotEqual, NotIn:
		return !slices.ContainsFunc(c.Values, is)
	}
	if c.Values[0].Kind == TextOperand {
		return c.ordered(func(o Operand) int { return strings.Compare(number(v), o.Text) })
	}
	return c.ordered(func(o Operand) int {
		switch {
		case v < o.Number:
			return -1
		case v > o.Number:
			return 1
		}
		return 0
	})
}

// ordered applies the operators of order.
func (c *Condition) ordered(compare func(Operand) int) bool {
	first := compare(c.Values[0])
	switch c.Op {
	case Greater:
		return first > 0
	case GreaterEqual:
		return first >= 0
	case Less:
		return first < 0
	case LessEqual:
		return first <= 0
	}
	inside := first > 0 && compare(c.Values[1]) < 0
	return inside == (c.Op == Between)
}

// text tells whether a text keeps the condition. Beside numbers it is read as one;
// a text that is none keeps != and not in only.
func (c *Condition) text(s string) bool {
	if c.days {
		return c.onDay(instant(s))
	}
	v, numeric := parseNumber(s)
	is := func(o Operand) bool {
		switch o.Kind {
		case NumberOperand:
			return numeric && v == o.Number
		case TextOperand:
			return s == o.Text
		case EmptyOperand:
			return s == ""
		case BlankOperand:
			return s != "" && strings.TrimSpace(s) == ""
		}
		return false
	}
	switch c.Op {
	case Matches, NotMatches:
		return c.re.MatchString(s) == (c.Op == Matches)
	case Equal, In:
		return slices.ContainsFunc(c.Values, is)
	case NotEqual, NotIn:
		return !slices.ContainsFunc(c.Values, is)
	}
	for _, o := range c.Values {
		if o.Kind == NumberOperand && !numeric {
			return false
		}
	}
	return c.ordered(func(o Operand) int {
		switch {
		case o.Kind == TextOperand:
			return strings.Compare(s, o.Text)
		case v < o.Number:
			return -1
		case v > o.Number:
			return 1
		}
		return 0
	})
}

// missing tells whether a missing value keeps the condition.
func (c *Condition) missing() bool {
	null := slices.ContainsFunc(c.Values, func(o Operand) bool { return o.Kind == NullOperand })
	switch c.Op {
	case Equal, In:
		return null
	case NotEqual, NotIn:
		return !null
	}
	return false
}

// parseNumber reads a text that TypeOf takes for a number.
func parseNumber(s string) (float64, bool) {
	if t := TypeOf(s); t != Integral && t != Fractional {
		return 0, false
	}
	v, err := strconv.ParseFloat(strings.Replace(s, " ", "", 1), 64)
	return v, err == nil
}
