package quality

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/mlgauge/mlgauge"
)

// A dynamic number is computed from what a metric was before: numbers joined by
// + - * /, and functions of last(k), its k latest values. Source: the dynamic rules
// of DQDL.
type dynamic struct {
	op     string // of a function, or + - * /; empty for a number
	number float64
	args   []*dynamic
}

// dynamicFunctions reduce a list of values.
var dynamicFunctions = map[string]func(x []float64) float64{
	"avg":    func(x []float64) float64 { return total(x) / float64(len(x)) },
	"sum":    total,
	"min":    func(x []float64) float64 { return slices.Min(x) },
	"max":    func(x []float64) float64 { return slices.Max(x) },
	"median": median,
	"std": func(x []float64) float64 {
		mean := total(x) / float64(len(x))
		var s float64
		for _, v := range x {
			s += (v - mean) * (v - mean)
		}
		return math.Sqrt(s / float64(len(x)))
	},
}

func total(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v
	}
	return s
}

func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	n := len(s)
	return s[(n-1)/2]/2 + s[n/2]/2
}

// scalarFunctions take a number.
var scalarFunctions = map[string]func(float64) float64{"abs": math.Abs, "exp": math.Exp, "ln": math.Log, "sqrt": math.Sqrt}

// String writes the number so that it reads back the same.
func (d *dynamic) String() string {
	switch d.op {
	case "":
		return Operand{Number: d.number}.String()
	case "+", "-", "*", "/":
		return "(" + d.args[0].String() + " " + d.op + " " + d.args[1].String() + ")"
	}
	s := d.op + "("
	for i, a := range d.args {
		if i > 0 {
			s += ", "
		}
		s += a.String()
	}
	return s + ")"
}

// check reports functions that do not exist or have the wrong arguments; list tells
// whether a list is wanted.
func (d *dynamic) check(list bool) error {
	if isList := d.op == "last" && len(d.args) == 1; isList != list {
		if list {
			return fmt.Errorf("need last(k), have %s", d)
		}
		return fmt.Errorf("need a number, have the list %s", d)
	}
	switch d.op {
	case "":
		return nil
	case "last":
		if list && (d.args[0].op != "" || !(d.args[0].number >= 1 && d.args[0].number <= 1e6) || d.args[0].number != math.Trunc(d.args[0].number)) {
			return fmt.Errorf("last: need a whole number from 1 on, have %s", d.args[0])
		}
		if len(d.args) > 1 {
			return fmt.Errorf("last: need one argument at most, have %d", len(d.args))
		}
		return nil
	}
	lists := make([]bool, 1, 2)
	switch {
	case dynamicFunctions[d.op] != nil:
		lists[0] = true
	case scalarFunctions[d.op] != nil:
	case d.op == "index":
		lists = []bool{true, false}
	case len(d.op) == 1:
		lists = []bool{false, false}
	default:
		return fmt.Errorf("need last, index, avg, sum, min, max, median, std, abs, exp, ln or sqrt, have %.40q", d.op)
	}
	if len(d.args) != len(lists) {
		return fmt.Errorf("%s: need %d arguments, have %d", d.op, len(lists), len(d.args))
	}
	for i, a := range d.args {
		if err := a.check(lists[i]); err != nil {
			return err
		}
	}
	return nil
}

// value computes the number from a history, the oldest first; last and last(k) of an
// empty one are 0, as in DQDL.
func (d *dynamic) value(history []float64) float64 {
	if d.op == "index" && len(history) == 0 {
		return math.NaN()
	}
	if len(history) == 0 && d.usesHistory() {
		history = []float64{0}
	}
	list := func(k *dynamic) []float64 {
		return history[max(0, len(history)-int(k.args[0].number)):]
	}
	switch d.op {
	case "":
		return d.number
	case "last":
		return history[len(history)-1]
	case "index":
		x, i := list(d.args[0]), d.args[1].value(history)
		if !(i >= 0 && i < float64(len(x))) || i != math.Trunc(i) {
			return math.NaN()
		}
		return x[len(x)-1-int(i)]
	}
	if f := dynamicFunctions[d.op]; f != nil {
		return f(list(d.args[0]))
	}
	a := d.args[0].value(history)
	if f := scalarFunctions[d.op]; f != nil {
		return f(a)
	}
	b := d.args[1].value(history)
	switch d.op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	return a / b
}

// usesHistory tells whether the number depends on one.
func (d *dynamic) usesHistory() bool {
	return d.op == "last" || slices.ContainsFunc(d.args, (*dynamic).usesHistory)
}

// MetricName names what a rule measures, as VerifyOptions.History and the metrics
// of a Report have it: the rule as DQDL without labels and threshold, and, where the
// condition is on the number measured, without it, such as RowCount, Mean "age" and
// ColumnValues "age" > 17. The analyzers ColumnValues and ColumnLength measure
// Minimum "age" and Maximum "age", MinimumLength "city" and MaximumLength "city".
func (r Rule) MetricName() string {
	if shapes[r.Type].of == ofMetric {
		r.Condition = nil
	}
	r.Threshold = nil
	return r.body()
}

// settle computes the dynamic numbers of a rule from the history of its metric, and
// the days from the clock.
func (r *Rule) settle(o *VerifyOptions) error {
	for i := range r.Rules {
		if err := r.Rules[i].settle(o); err != nil {
			return err
		}
	}
	name := r.MetricName() // of the rule as it was written
	for _, c := range []*Condition{r.Condition, r.Threshold} {
		if c == nil {
			continue
		}
		for i, v := range c.Values {
			switch v.Kind {
			case NowOperand:
				at := o.Now.UTC().Add(v.Duration)
				c.Values[i] = Operand{Kind: TextOperand, Text: at.Format(time.DateOnly), day: dayOf(at)}
			case dynamicOperand:
				past, known := o.History[name]
				if !known && v.dynamic.usesHistory() {
					return fmt.Errorf("%s: need its earlier values in History, have none of %s: %w", r.Type, name, mlgauge.ErrRange)
				}
				number := v.dynamic.value(past)
				if number*0 != 0 {
					return fmt.Errorf("%s: %s: need a finite number, have %v: %w", r.Type, v, number, mlgauge.ErrUndefined)
				}
				c.Values[i] = Operand{Number: number}
			}
		}
	}
	return nil
}
