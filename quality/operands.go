package quality

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// An Operator compares.
type Operator string

// The operators. Between and NotBetween leave their bounds out of the interval,
// as DQDL does; Matches holds if the expression matches the whole text.
const (
	Equal        Operator = "="
	NotEqual     Operator = "!="
	Greater      Operator = ">"
	GreaterEqual Operator = ">="
	Less         Operator = "<"
	LessEqual    Operator = "<="
	Between      Operator = "between"
	NotBetween   Operator = "not between"
	In           Operator = "in"
	NotIn        Operator = "not in"
	Matches      Operator = "matches"
	NotMatches   Operator = "not matches"
)

// A Condition is an operator with what it compares to. Missing values keep = NULL,
// in [..., NULL] and, unless NULL is named, != and not in; they keep no other.
type Condition struct {
	Op     Operator
	Values []Operand

	re   *regexp.Regexp
	days bool // dates are compared, by day
}

// An OperandKind is what an Operand is.
type OperandKind uint8

// The kinds of operands.
const (
	NumberOperand OperandKind = iota
	TextOperand
	NullOperand     // NULL: a missing value
	EmptyOperand    // EMPTY: ""
	BlankOperand    // WHITESPACES_ONLY: spaces, at least one
	DurationOperand // an age of DataFreshness: days, hours or minutes
	NowOperand      // the day on which the rules are held against the data, or one Duration later

	dynamicOperand // a number computed from the history of the metric
)

// An Operand is a number, a text or a keyword; ParseRules also reads numbers that
// are computed.
type Operand struct {
	Kind     OperandKind
	Number   float64
	Text     string
	Duration time.Duration

	day     int64 // of a text that is a date, since 1970
	dynamic *dynamic
}

// If returns a condition on numbers and texts, for rules built in Go: an operand
// is a float64, an int, a string, a time.Duration for DataFreshness, an Operand, or
// nil for NULL. Others make it a condition that Verify refuses.
//
//	quality.Rule{Type: quality.Mean, Columns: []string{"age"}, Condition: quality.If(quality.Between, 30, 50)}
func If(op Operator, operands ...any) *Condition {
	c := &Condition{Op: op}
	for _, o := range operands {
		switch v := o.(type) {
		case float64:
			c.Values = append(c.Values, Operand{Number: v})
		case int:
			c.Values = append(c.Values, Operand{Number: float64(v)})
		case string:
			c.Values = append(c.Values, Operand{Kind: TextOperand, Text: v})
		case time.Duration:
			c.Values = append(c.Values, Operand{Kind: DurationOperand, Duration: v})
		case Operand:
			c.Values = append(c.Values, v)
		case nil:
			c.Values = append(c.Values, Operand{Kind: NullOperand})
		default:
			c.Values = append(c.Values, Operand{Kind: 255, Text: fmt.Sprintf("%T", o)})
		}
	}
	return c
}

// String writes the operand as DQDL.
func (o Operand) String() string {
	switch o.Kind {
	case NumberOperand:
		return strconv.FormatFloat(o.Number, 'f', -1, 64)
	case NullOperand:
		return "NULL"
	case EmptyOperand:
		return "EMPTY"
	case BlankOperand:
		return "WHITESPACES_ONLY"
	case DurationOperand:
		return durationText(o.Duration)
	case NowOperand:
		switch {
		case o.Duration < 0:
			return "(now() - " + durationText(-o.Duration) + ")"
		case o.Duration > 0:
			return "(now() + " + durationText(o.Duration) + ")"
		}
		return "now()"
	case dynamicOperand:
		return o.dynamic.String()
	}
	return quote(o.Text)
}

// quote writes a text of DQDL, which escapes quotes and backslashes only.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// String writes the condition as DQDL.
func (c *Condition) String() string {
	texts := make([]string, len(c.Values))
	for i, v := range c.Values {
		texts[i] = v.String()
	}
	switch c.Op {
	case Between, NotBetween:
		return string(c.Op) + " " + strings.Join(texts, " and ")
	case In, NotIn:
		return string(c.Op) + " [" + strings.Join(texts, ", ") + "]"
	}
	return string(c.Op) + " " + strings.Join(texts, " ")
}

// whole compiles an expression that must match a whole text.
func whole(text string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(text); err != nil { // so that parentheses cannot close the group below
		return nil, err
	}
	return regexp.Compile(`^(?s:` + text + `)$`)
}

// check reports a condition with the wrong number or kind of operands.
func (c *Condition) check(of subject) error {
	least, most := 1, 1
	order, pattern := false, c.Op == Matches || c.Op == NotMatches
	switch c.Op {
	case Equal, NotEqual:
	case Greater, GreaterEqual, Less, LessEqual:
		order = true
	case Between, NotBetween:
		least, most, order = 2, 2, true
	case In, NotIn:
		most = many
	case Matches, NotMatches:
		if of != ofValue {
			return fmt.Errorf("need a condition on a number, have %q", c.Op)
		}
	default:
		return fmt.Errorf("need an operator, have %.40q", string(c.Op))
	}
	if len(c.Values) < least || len(c.Values) > most {
		return fmt.Errorf("%s: need %d operands, have %d", c.Op, least, len(c.Values))
	}
	dates, now := 0, false
	for i, v := range c.Values {
		switch {
		case v.Kind > dynamicOperand:
			return fmt.Errorf("%s: need a number, a text or nil, have %s", c.Op, v.Text)
		case pattern && v.Kind != TextOperand:
			return fmt.Errorf("%s: need an expression in quotes, have %v", c.Op, v)
		case of == ofAge && v.Kind != DurationOperand:
			return fmt.Errorf("%s: need days, hours or minutes, have %v", c.Op, v)
		case of != ofAge && v.Kind == DurationOperand:
			return fmt.Errorf("%s: need no duration, have %v", c.Op, v)
		case v.Kind == DurationOperand && v.Duration < 0 || !wholeMinutes(v.Duration):
			return fmt.Errorf("%s: need whole minutes of at least 0, at most %d days, have %v", c.Op, maxDays, v.Duration)
		case v.Kind == dynamicOperand && of == ofValue:
			return fmt.Errorf("%s: need a number or a text on a value, have %v", c.Op, v)
		case v.Kind == dynamicOperand:
			if err := v.dynamic.check(false); err != nil {
				return err
			}
		case v.Kind == NumberOperand && v.Number*0 != 0:
			return fmt.Errorf("%s: need finite numbers, have %v", c.Op, v.Number)
		case (of == ofMetric || of == ofLength) && v.Kind != NumberOperand:
			return fmt.Errorf("%s: need numbers, have %v", c.Op, v)
		case order && (v.Kind == NullOperand || v.Kind == EmptyOperand || v.Kind == BlankOperand):
			return fmt.Errorf("%s: need a number or a text, have %v", c.Op, v)
		}
		now = now || v.Kind == NowOperand
		date := v.Kind == NowOperand || v.Kind == NullOperand
		if v.Kind == TextOperand {
			c.Values[i].day, date = isDate(v.Text)
		}
		if date {
			dates++
		}
	}
	// In DQDL, a text beside = and in is a text, and beside the others a date.
	c.days = now || order && dates > 0 && of == ofValue
	if c.days && dates < len(c.Values) {
		return fmt.Errorf("%s: need dates such as \"2022-06-30\" beside a date, have %s", c.Op, c)
	}
	if pattern {
		re, err := whole(c.Values[0].Text)
		if err != nil {
			return err
		}
		c.re = re
	}
	return nil
}
