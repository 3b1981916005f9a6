package quality

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
)

// Suggest returns rules that the profiled data keeps and that new data should keep
// too, for a person to look over:
//
//	ColumnExists        every column
//	IsComplete          columns without missing values
//	Completeness >=     the others: the lower end of the 95% interval p - 1.96 sqrt(p (1-p)/n) of the
//	                    share of present values, if that is above 0.2
//	ColumnDataType      columns of numbers and booleans
//	ColumnValues >= 0   numbers that are never negative
//	ColumnValues in     text with at most 120 values, of which at most a tenth occurs only once; where
//	                    missing values occur, NULL is among them
//	IsUnique            columns of text or integers, at least 10 rows, where every value is different
//
// The error wraps ErrEmpty for a profile without rows. Source: the suggestion rules
// of Deequ 2.0 (complete, retain completeness, retain type, non-negative, categorical
// range, unique if approximately unique); here uniqueness must be exact.
func (p *Profile) Suggest() ([]Rule, error) {
	if p.rows == 0 {
		return nil, fmt.Errorf("Profile.Suggest: need at least one row, have none: %w", mlgauge.ErrEmpty)
	}
	var rules []Rule
	n := float64(p.rows)
	for _, c := range p.columns {
		name := []string{c.name}
		add := func(t RuleType, cond *Condition) {
			rules = append(rules, Rule{Type: t, Columns: name, Condition: cond})
		}
		addPresent := func(t RuleType, cond *Condition) { // about the values that are there
			add(t, cond)
			if c.missing > 0 {
				rules[len(rules)-1].Where = "`" + strings.ReplaceAll(c.name, "`", "``") + "` is not null"
			}
		}
		add(ColumnExists, nil)
		complete := c.Completeness()
		if c.missing == 0 {
			add(IsComplete, nil)
		} else if low := complete - 1.96*math.Sqrt(complete*(1-complete)/n); low > 0.2 {
			add(Completeness, If(GreaterEqual, math.Floor(100*low)/100))
		}
		typ := c.InferredType()
		switch typ {
		case Boolean:
			addPresent(ColumnDataType, If(Equal, "Boolean"))
		case Integral:
			name := "Integer"
			if c.lo < math.MinInt32 || c.hi > math.MaxInt32 {
				name = "Long"
			}
			if c.infinite == 0 && math.Abs(c.lo) < 1<<63 && math.Abs(c.hi) < 1<<63 {
				addPresent(ColumnDataType, If(Equal, name))
			}
		case Fractional:
			addPresent(ColumnDataType, If(Equal, "Double"))
		}
		if c.m.W > 0 && typ != String && c.negatives == 0 && c.infinite == 0 {
			addPresent(ColumnValues, If(GreaterEqual, 0))
		}
		if typ == String {
			if d := c.domain(); d != nil {
				cond := If(In)
				for _, v := range d {
					cond.Values = append(cond.Values, Operand{Kind: TextOperand, Text: v})
				}
				if c.missing > 0 {
					cond.Values = append(cond.Values, Operand{Kind: NullOperand})
				}
				add(ColumnValues, cond)
			}
		}
		if d, exact := c.Distinct(); exact && int(d) == c.Present() && c.Present() >= 10 && slices.Contains([]ValueType{Integral, String}, typ) {
			add(IsUnique, nil)
		}
	}
	return rules, nil
}
