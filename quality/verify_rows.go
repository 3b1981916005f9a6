package quality

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// rowsTest asks of every row.
type rowsTest struct {
	rule    *Rule
	ok      rowFunc
	rows    int
	against offenders
	missing string // a column that is not there
	pass    []bool
}

// offenders counts the rows that do not keep a rule and names the first of them.
type offenders struct {
	n, most int
	named   []int
}

func (o *offenders) add(row int) {
	o.n++
	if len(o.named) < o.most {
		o.named = append(o.named, row)
	}
}

// rowFunc tells which rows keep a rule; a column that is not there is an error of
// type absent.
type rowFunc func(t *table.Table, pass []bool) error

type absent string

func (a absent) Error() string { return fmt.Sprintf("there is no column %q", string(a)) }

func (r *rowsTest) add(t *table.Table, at places) error {
	n := t.NumRows()
	r.rows += n
	r.pass = slices.Grow(r.pass[:0], n)[:n]
	if err := r.ok(t, r.pass); err != nil {
		if a, ok := err.(absent); ok {
			r.missing = a.Error()
			return nil
		}
		return err
	}
	for i, ok := range r.pass {
		if ok {
			continue
		}
		r.against.add(at.of(i))
	}
	return nil
}

func (r *rowsTest) result() RuleResult {
	if r.missing != "" {
		return RuleResult{Metric: math.NaN(), Reason: r.missing}
	}
	share := float64(r.rows-r.against.n) / float64(r.rows)
	out := RuleResult{Metric: share, Failed: r.against.n, Rows: slices.Clone(r.against.named), Passed: r.against.n == 0}
	limit := r.rule.Threshold
	if r.rule.Type == Completeness {
		limit = r.rule.Condition
	}
	if limit != nil || r.rule.Analyzer {
		j := judged(limit, share, "share of the rows")
		out.Passed, out.Reason = j.Passed, j.Reason
		return out
	}
	if !out.Passed {
		out.Reason = fmt.Sprintf("%d of %d rows do not keep it", r.against.n, r.rows)
	}
	return out
}

// rowTest returns the question that a rule asks of each row, nil for rules about
// the whole, and for and and or of which one is.
func (v *Verifier) rowTest(r *Rule) (rowFunc, error) {
	switch r.Type {
	case all, anyOf:
		if !v.o.RowByRow {
			return nil, nil
		}
		var of []rowFunc
		for i := range r.Rules {
			f, err := v.rowTest(&r.Rules[i])
			if err != nil || f == nil || r.Rules[i].Threshold != nil || r.Rules[i].Type == Completeness {
				return nil, err
			}
			if w := r.Rules[i].where; w != nil {
				f = whereRows(filter{w.root.clone(), w.columns}, f)
			}
			of = append(of, f)
		}
		return joinRows(of, r.Type == anyOf), nil
	case IsComplete, Completeness:
		return column(r.Columns[0], func(c *table.Column, pass []bool) {
			for i := range pass {
				pass[i] = !c.IsMissing(i)
			}
		}), nil
	case ColumnValues:
		c := r.Condition
		return column(r.Columns[0], func(x *table.Column, pass []bool) { valueRows(x, pass, c.missing(), c.number, c.text) }), nil
	case ColumnLength:
		c := r.Condition
		return column(r.Columns[0], func(x *table.Column, pass []bool) {
			text := func(s string) bool { return c.number(float64(utf8.RuneCountInString(s))) }
			valueRows(x, pass, c.number(0), func(v float64) bool { return text(number(v)) }, text)
		}), nil
	case ColumnDataType:
		name := r.Condition.Values[0].Text
		for _, t := range dataTypes {
			if strings.EqualFold(t, name) {
				name = t
			}
		}
		return column(r.Columns[0], func(x *table.Column, pass []bool) {
			valueRows(x, pass, false, func(v float64) bool { return numberIs(v, name) }, func(s string) bool { return textIs(s, name) })
		}), nil
	case DataFreshness:
		c, now := r.Condition.ages(), v.o.Now
		fresh := func(at time.Time, ok bool) bool { return ok && c.number(age(now, at)) }
		return column(r.Columns[0], func(x *table.Column, pass []bool) {
			valueRows(x, pass, false, func(v float64) bool { return fresh(instantOf(v)) }, func(s string) bool { return fresh(instant(s)) })
		}), nil
	case CustomSQL:
		if r.Condition != nil || r.Analyzer && v.o.Measures[r.Columns[0]] != nil {
			return nil, nil
		}
		ask := r.Predicate
		if ask == nil {
			ask = v.o.Predicates[r.Columns[0]]
		}
		if ask == nil {
			return nil, fmt.Errorf("need a predicate in Go for %q: %w", r.Columns[0], mlgauge.ErrRange)
		}
		return func(t *table.Table, pass []bool) error {
			for i := range pass {
				ok, err := ask(Row{t, i})
				if err != nil {
					return fmt.Errorf("row %d of the batch: %w", i+1, err)
				}
				pass[i] = ok
			}
			return nil
		}, nil
	}
	return nil, nil
}

// whereRows lets the rows pass that a filter leaves out.
func whereRows(keep filter, ask rowFunc) rowFunc {
	return func(t *table.Table, pass []bool) error {
		rows, err := keep.rows(t)
		if err != nil {
			return err
		}
		if err := ask(t, pass); err != nil {
			return err
		}
		next := 0
		for i := range pass {
			if next < len(rows) && rows[next] == i {
				next++
			} else {
				pass[i] = true
			}
		}
		return nil
	}
}

func joinRows(of []rowFunc, either bool) rowFunc {
	var part []bool
	return func(t *table.Table, pass []bool) error {
		if cap(part) < len(pass) {
			part = make([]bool, len(pass))
		}
		part = part[:len(pass)]
		for k, f := range of {
			if err := f(t, part); err != nil {
				return err
			}
			for i, ok := range part {
				switch {
				case k == 0:
					pass[i] = ok
				case either:
					pass[i] = pass[i] || ok
				default:
					pass[i] = pass[i] && ok
				}
			}
		}
		return nil
	}
}

func column(name string, do func(*table.Column, []bool)) rowFunc {
	return func(t *table.Table, pass []bool) error {
		if !t.Has(name) {
			return absent(name)
		}
		c, err := t.Column(name)
		if err == nil {
			do(c, pass)
		}
		return err
	}
}

// valueRows asks of every value, of each text of the dictionary once.
func valueRows(c *table.Column, pass []bool, missing bool, num func(float64) bool, text func(string) bool) {
	if c.Type == table.Float {
		for i, v := range c.Floats {
			if v != v {
				pass[i] = missing
			} else {
				pass[i] = num(v)
			}
		}
		return
	}
	known := make([]int8, len(c.Dict)) // 0 not asked yet
	for i, k := range c.Codes {
		if k < 0 {
			pass[i] = missing
			continue
		}
		if known[k] == 0 {
			known[k] = 1
			if text(c.Dict[k]) {
				known[k] = 2
			}
		}
		pass[i] = known[k] == 2
	}
}

// numberIs tells whether a number is of a type of ColumnDataType.
func numberIs(v float64, name string) bool {
	switch name {
	case "Integer":
		return v == math.Trunc(v) && v >= math.MinInt32 && v <= math.MaxInt32
	case "Long":
		return v == math.Trunc(v) && v >= -(1<<63) && v < 1<<63
	case "Double", "Float", "Decimal", "String":
		return true
	}
	return false
}

// textIs tells whether a text is of a type of ColumnDataType; dates are those of
// ISO 8601.
func textIs(s, name string) bool {
	switch name {
	case "String":
		return true
	case "Boolean":
		l := strings.ToLower(s)
		return l == "true" || l == "false"
	case "Date":
		_, ok := isDate(s)
		return ok
	case "Timestamp":
		_, ok := isTimestamp(s)
		return ok
	}
	v, ok := parseNumber(s)
	return ok && (TypeOf(s) == Integral || name != "Integer" && name != "Long") && numberIs(v, name)
}
