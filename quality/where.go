package quality

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgauge/mlgauge/table"
)

// A filter is the expression of a where clause, in the SQL of Spark that AWS Glue
// reads: comparisons, and, or, not, between (bounds included), in, like, rlike, is
// null, arithmetic, and a few functions. What is compared to NULL is NULL; a row
// is kept where the expression is true.
type filter struct {
	root    *expression
	columns []string
}

// datum is a value of an expression.
type datum struct {
	kind   datumKind
	number float64
	text   string
	truth  bool
}

type datumKind uint8

const (
	nullDatum datumKind = iota
	numberDatum
	textDatum
	truthDatum
)

func truth(b bool) datum        { return datum{kind: truthDatum, truth: b} }
func numeral(v float64) datum   { return datum{kind: numberDatum, number: v} }
func letters(s string) datum    { return datum{kind: textDatum, text: s} }
func (d datum) isNull() bool    { return d.kind == nullDatum }
func (d datum) is(b bool) bool  { return d.kind == truthDatum && d.truth == b }
func (d datum) numeric() bool   { return d.kind == numberDatum }
func (d datum) isTruth() bool   { return d.kind == truthDatum }
func (d datum) asTruth() datum  { return cast(d, truthDatum) }
func (d datum) asNumber() datum { return cast(d, numberDatum) }

// cast turns a value into another kind; what cannot be is NULL, as in Spark.
func cast(d datum, to datumKind) datum {
	if d.kind == to || d.kind == nullDatum {
		return d
	}
	switch to {
	case numberDatum:
		if d.kind == truthDatum {
			if d.truth {
				return numeral(1)
			}
			return numeral(0)
		}
		if v, err := strconv.ParseFloat(strings.TrimSpace(d.text), 64); err == nil && v == v {
			return numeral(v)
		}
	case truthDatum:
		if d.kind == numberDatum {
			return truth(d.number != 0)
		}
		switch strings.ToLower(strings.TrimSpace(d.text)) {
		case "true", "t", "yes", "y", "1":
			return truth(true)
		case "false", "f", "no", "n", "0":
			return truth(false)
		}
	case textDatum:
		if d.kind == truthDatum {
			return letters(strconv.FormatBool(d.truth))
		}
		return letters(number(d.number))
	}
	return datum{}
}

// expression is a node: what it does, and to what.
type expression struct {
	do   func(args []datum) datum
	args []*expression
	// A column has neither.
	column string
	value  *datum // of a literal
	buffer []datum
}

// record is a row with the columns of a filter looked up.
type record struct {
	columns map[string]*table.Column
	row     int
}

func (e *expression) eval(r *record) datum {
	switch {
	case e.value != nil:
		return *e.value
	case e.do == nil:
		c := r.columns[e.column]
		switch {
		case c.IsMissing(r.row):
			return datum{}
		case c.Type == table.Float:
			return numeral(c.Floats[r.row])
		}
		return letters(c.Dict[c.Codes[r.row]])
	}
	for i, a := range e.args {
		e.buffer[i] = a.eval(r)
	}
	return e.do(e.buffer)
}

// rows returns the rows of t that the filter keeps; a column that is not there is
// an error of type absent.
func (f *filter) rows(t *table.Table) ([]int, error) {
	r := &record{columns: make(map[string]*table.Column, len(f.columns))}
	for _, name := range f.columns {
		if !t.Has(name) {
			return nil, absent(name)
		}
		r.columns[name], _ = t.Column(name)
	}
	var rows []int
	for r.row = range t.NumRows() {
		if f.root.eval(r).asTruth().is(true) {
			rows = append(rows, r.row)
		}
	}
	return rows, nil
}

// clone copies the buffers, so that two verifiers may use one rule.
func (e *expression) clone() *expression {
	c := *e
	c.buffer = make([]datum, len(e.buffer))
	c.args = slices.Clone(e.args)
	for i := range c.args {
		c.args[i] = c.args[i].clone()
	}
	return &c
}

// compare returns -1, 0 or 1, and false where one side is NULL. A text beside a
// number is read as one; beside true or false, as one of those.
func compare(a, b datum) (int, bool) {
	if a.isNull() || b.isNull() {
		return 0, false
	}
	switch {
	case a.isTruth() || b.isTruth():
		a, b = a.asTruth().asNumber(), b.asTruth().asNumber()
	case a.numeric() || b.numeric():
		a, b = a.asNumber(), b.asNumber()
	default:
		return strings.Compare(a.text, b.text), true
	}
	switch {
	case a.isNull() || b.isNull():
		return 0, false
	case a.number < b.number:
		return -1, true
	case a.number > b.number:
		return 1, true
	}
	return 0, true
}

// comparison makes the function of an operator.
func comparison(keep func(int) bool) func([]datum) datum {
	return func(args []datum) datum {
		c, ok := compare(args[0], args[1])
		if !ok {
			return datum{}
		}
		return truth(keep(c))
	}
}

var comparisons = map[string]func([]datum) datum{
	"=":  comparison(func(c int) bool { return c == 0 }),
	"==": comparison(func(c int) bool { return c == 0 }),
	"!=": comparison(func(c int) bool { return c != 0 }),
	"<>": comparison(func(c int) bool { return c != 0 }),
	"<":  comparison(func(c int) bool { return c < 0 }),
	"<=": comparison(func(c int) bool { return c <= 0 }),
	">":  comparison(func(c int) bool { return c > 0 }),
	">=": comparison(func(c int) bool { return c >= 0 }),
	"<=>": func(args []datum) datum {
		if args[0].isNull() || args[1].isNull() {
			return truth(args[0].isNull() && args[1].isNull())
		}
		c, ok := compare(args[0], args[1])
		return truth(ok && c == 0)
	},
}

// Kleene's logic: NULL is neither true nor false.
func andData(args []datum) datum {
	a, b := args[0].asTruth(), args[1].asTruth()
	switch {
	case a.is(false) || b.is(false):
		return truth(false)
	case a.isNull() || b.isNull():
		return datum{}
	}
	return truth(true)
}

func orData(args []datum) datum {
	a, b := args[0].asTruth(), args[1].asTruth()
	switch {
	case a.is(true) || b.is(true):
		return truth(true)
	case a.isNull() || b.isNull():
		return datum{}
	}
	return truth(false)
}

func notDatum(args []datum) datum {
	a := args[0].asTruth()
	if a.isNull() {
		return a
	}
	return truth(!a.truth)
}

// inData tells whether the first is one of the others; NULL if that is not known.
func inData(args []datum) datum {
	unknown := args[0].isNull()
	for _, b := range args[1:] {
		switch c, ok := compare(args[0], b); {
		case !ok:
			unknown = true
		case c == 0:
			return truth(true)
		}
	}
	if unknown {
		return datum{}
	}
	return truth(false)
}

// arithmetic makes the function of an operator; what is not finite is NULL.
func arithmetic(do func(a, b float64) float64) func([]datum) datum {
	return func(args []datum) datum {
		a, b := args[0].asNumber(), args[1].asNumber()
		if a.isNull() || b.isNull() {
			return datum{}
		}
		v := do(a.number, b.number)
		if v*0 != 0 {
			return datum{}
		}
		return numeral(v)
	}
}

var operations = map[string]func([]datum) datum{
	"+": arithmetic(func(a, b float64) float64 { return a + b }),
	"-": arithmetic(func(a, b float64) float64 { return a - b }),
	"*": arithmetic(func(a, b float64) float64 { return a * b }),
	"/": arithmetic(func(a, b float64) float64 { return a / b }),
	"%": arithmetic(math.Mod),
}

// A sqlFunction has a name and a number of arguments; -1 is any from one on.
type sqlFunction struct {
	args int
	do   func([]datum) datum
}

func onText(do func(string) datum) func([]datum) datum {
	return func(args []datum) datum {
		s := cast(args[0], textDatum)
		if s.isNull() {
			return s
		}
		return do(s.text)
	}
}

var sqlFunctions = map[string]sqlFunction{
	"length": {1, onText(func(s string) datum { return numeral(float64(len([]rune(s)))) })},
	"lower":  {1, onText(func(s string) datum { return letters(strings.ToLower(s)) })},
	"upper":  {1, onText(func(s string) datum { return letters(strings.ToUpper(s)) })},
	"trim":   {1, onText(func(s string) datum { return letters(strings.Trim(s, " ")) })},
	"abs": {1, func(args []datum) datum {
		d := args[0].asNumber()
		d.number = math.Abs(d.number)
		return d
	}},
	"coalesce": {-1, func(args []datum) datum {
		for _, d := range args {
			if !d.isNull() {
				return d
			}
		}
		return datum{}
	}},
}

// likePattern turns % and _ into an expression for a whole text.
func likePattern(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		switch {
		case escaped:
			b.WriteString(quoteMeta(r))
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteString(".")
		default:
			b.WriteString(quoteMeta(r))
		}
	}
	return b.String()
}

func quoteMeta(r rune) string {
	if strings.ContainsRune(`\.+*?()|[]{}^$`, r) {
		return `\` + string(r)
	}
	return string(r)
}

// whereTest holds a rule against the rows that a filter keeps.
type whereTest struct {
	rule    *Rule
	keep    filter
	of      test
	missing string
	rows    int
}

func newWhereTest(r *Rule, of test) *whereTest {
	return &whereTest{rule: r, keep: filter{r.where.root.clone(), r.where.columns}, of: of}
}

func (w *whereTest) add(t *table.Table, at places) error {
	rows, err := w.keep.rows(t)
	if err != nil {
		w.missing = err.Error()
		return nil
	}
	w.rows += len(rows)
	if len(rows) == 0 {
		return nil
	}
	// Only the columns of the rule are copied; a rule without any counts rows.
	names := slices.Clone(w.rule.Columns)
	if len(names) == 0 {
		names = t.Names()[:1]
	}
	for _, n := range names {
		if !t.Has(n) {
			w.missing = absent(n).Error()
			return nil
		}
	}
	slices.Sort(names)
	part, err := t.Select(slices.Compact(names)...)
	if err != nil {
		return err
	}
	if part, err = part.Take(rows); err != nil {
		return err
	}
	return w.of.add(part, places{at.first, rows})
}

func (w *whereTest) result() RuleResult {
	switch {
	case w.missing != "":
		return RuleResult{Metric: math.NaN(), Reason: w.missing}
	case w.rows == 0 && w.rule.Type != RowCount:
		return RuleResult{Metric: math.NaN(), Passed: true}
	}
	return w.of.result()
}
