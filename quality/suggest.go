package quality

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// Suggest returns rules that the profiled data keeps and that new data should keep
// too, for a person to look over:
//
//	ColumnExists        every column
//	IsComplete          columns without missing values
//	Completeness >=     the others with more than a fifth of present values: the lower end of the
//	                    95% interval p - 1.96 sqrt(p (1-p)/n) of their share, rounded down to hundredths
//	ColumnDataType      columns of numbers and booleans
//	ColumnValues >= 0   numbers that are never negative
//	ColumnValues in     text and integers with at most 120 values, of which at most a tenth occurs only
//	                    once; where missing values occur, NULL is among them. If more, but at most two
//	                    fifths, occur only once: the most frequent that make up nine tenths of the rows,
//	                    with the lower end of the interval of their share as threshold
//	IsUnique            columns of text or integers, at least 10 rows, where every value is different
//
// The error wraps ErrEmpty for a profile without rows. Source: the suggestion rules
// of Deequ 2.1 (complete, retain completeness, retain type, non-negative, categorical
// range, fractional categorical range, unique if approximately unique). Here
// uniqueness must be exact, columns of numbers have a type too, one rule on
// categories is enough where Deequ suggests both, and NULL is named where missing
// values are among the most frequent.
func (p *Profile) Suggest() ([]Rule, error) {
	if p.rows == 0 {
		return nil, fmt.Errorf("Profile.Suggest: need at least one row, have none: %w", mlgauge.ErrEmpty)
	}
	var rules []Rule
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
		} else if complete > 0.2 {
			add(Completeness, If(GreaterEqual, atLeast(complete, p.rows)))
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
		if values, share := c.frequentRange(p.rows); values != nil {
			add(ColumnValues, &Condition{Op: In, Values: values})
			if share < 1 {
				rules[len(rules)-1].Threshold = If(GreaterEqual, atLeast(share, p.rows))
			}
		}
		if d, exact := c.Distinct(); exact && int(d) == c.Present() && c.Present() >= 10 && slices.Contains([]ValueType{Integral, String}, typ) {
			add(IsUnique, nil)
		}
	}
	return rules, nil
}

// atLeast returns the lower end of Wald's 95% interval of a share of n rows, rounded
// down to hundredths:
//
//	p - 1.96 sqrt(p (1-p) / n)
func atLeast(p float64, n int) float64 {
	low := p - 1.959963984540054*math.Sqrt(p*(1-p)/float64(n))
	return math.Floor(100*max(0, low)) / 100
}

// frequentRange returns the values of a categorical column and their share of the rows,
// NULL for missing ones: all of them, or the most frequent if too many occur once.
func (c *Column) frequentRange(rows int) (values []Operand, share float64) {
	typ := c.InferredType()
	cats, ok := c.categories()
	if typ != String && typ != Integral || !ok {
		return nil, 0
	}
	operand := func(text string) Operand {
		if v, ok := parseNumber(text); ok && c.Kind() == table.Float {
			return Operand{Number: v}
		}
		return Operand{Kind: TextOperand, Text: text}
	}
	if d := c.domain(); d != nil {
		for _, v := range d {
			values = append(values, operand(v))
		}
		if c.missing > 0 {
			values = append(values, Operand{Kind: NullOperand})
		}
		return values, 1
	}
	type category struct {
		Operand
		n int
	}
	var all []category
	once := 0
	for _, b := range cats {
		all = append(all, category{operand(b.Value), int(b.Count)})
	}
	if c.missing > 0 {
		all = append(all, category{Operand{Kind: NullOperand}, c.missing})
	}
	for _, x := range all {
		if x.n == 1 {
			once++
		}
	}
	if 5*once > 2*len(all) {
		return nil, 0
	}
	slices.SortStableFunc(all, func(a, b category) int { return cmp.Compare(b.n, a.n) })
	covered := 0
	for _, x := range all {
		if 10*covered >= 9*rows {
			break
		}
		covered += x.n
		values = append(values, x.Operand)
	}
	if covered == rows {
		return nil, 0
	}
	return values, float64(covered) / float64(rows)
}
