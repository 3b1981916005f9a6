package quality

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgauge/mlgauge"
)

// RuleType is the name of a rule, as DQDL writes it.
type RuleType string

// The rules. "Values" of a column are those that are not missing, unless said.
const (
	RowCount             RuleType = "RowCount"            // number of rows
	ColumnCount          RuleType = "ColumnCount"         // number of columns
	ColumnExists         RuleType = "ColumnExists"        // the column is there
	IsComplete           RuleType = "IsComplete"          // no value is missing
	Completeness         RuleType = "Completeness"        // present / rows
	IsUnique             RuleType = "IsUnique"            // no value, or combination of values, occurs twice; there is one
	IsPrimaryKey         RuleType = "IsPrimaryKey"        // IsUnique and nothing missing
	Uniqueness           RuleType = "Uniqueness"          // values that occur once / values
	UniqueValueRatio     RuleType = "UniqueValueRatio"    // values that occur once / distinct values
	DistinctValuesCount  RuleType = "DistinctValuesCount" // number of distinct values
	ColumnValues         RuleType = "ColumnValues"        // every value keeps the condition
	ColumnLength         RuleType = "ColumnLength"        // every text has a length, in characters, that keeps it; 0 where missing
	ColumnDataType       RuleType = "ColumnDataType"      // every value is there and a Boolean, Integer, Long, Double, Float, Decimal, Date, Timestamp or String
	Mean                 RuleType = "Mean"                // of the numbers
	StandardDeviation    RuleType = "StandardDeviation"   // of the population
	Sum                  RuleType = "Sum"                 // of the numbers
	Entropy              RuleType = "Entropy"             // -sum p ln p over the distinct values
	ColumnCorrelation    RuleType = "ColumnCorrelation"   // Pearson's, over the rows with both
	ColumnNamesMatch     RuleType = "ColumnNamesMatchPattern"
	RowCountMatch        RuleType = "RowCountMatch"        // rows / rows of the reference
	DatasetMatch         RuleType = "DatasetMatch"         // share of rows that the reference has too: "reference" "keys" ["columns"]
	ReferentialIntegrity RuleType = "ReferentialIntegrity" // share of rows whose values the reference has: "a,b" "reference.{c,d}"
	CustomSQL            RuleType = "CustomSql"            // a predicate in Go: VerifyOptions.Predicates, or Rule.Predicate
	all                  RuleType = "and"
	anyOf                RuleType = "or"
)

// A Rule is what a data set should keep. Make one in Go, or from text by
// ParseRules; And and Or join several.
type Rule struct {
	Type      RuleType
	Columns   []string   // the quoted parameters: columns, or what the type says
	Condition *Condition // on a value or on the metric of the type
	Threshold *Condition // on the share of the rows that keep a rule about rows; nil means all of them
	Where     string     // an expression that says which rows the rule is about, see ParseRules; empty means all
	Rules     []Rule     // of And and Or

	// Predicate is asked for each row of a CustomSql rule.
	Predicate func(Row) (bool, error)

	where *filter // of Where
}

// And returns a rule that holds if all do.
func And(rules ...Rule) Rule { return Rule{Type: all, Rules: rules} }

// Or returns a rule that holds if one does. Each of them is held against the whole
// data set, as AWS Glue does; VerifyOptions.RowByRow joins rules about rows row by
// row instead.
func Or(rules ...Rule) Rule { return Rule{Type: anyOf, Rules: rules} }

// Custom returns a rule that every row keeps for which ok returns true. The name
// stands in reports.
func Custom(name string, ok func(Row) (bool, error)) Rule {
	return Rule{Type: CustomSQL, Columns: []string{name}, Predicate: ok}
}

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

	re *regexp.Regexp
}

// An OperandKind is what an Operand is.
type OperandKind uint8

// The kinds of operands.
const (
	NumberOperand OperandKind = iota
	TextOperand
	NullOperand  // NULL: a missing value
	EmptyOperand // EMPTY: ""
	BlankOperand // WHITESPACES_ONLY: spaces, at least one

	dynamicOperand // a number computed from the history of the metric
)

// An Operand is a number, a text or a keyword; ParseRules also reads numbers that
// are computed.
type Operand struct {
	Kind   OperandKind
	Number float64
	Text   string

	dynamic *dynamic
}

// If returns a condition on numbers and texts, for rules built in Go: an operand
// is a float64, an int, a string, an Operand, or nil for NULL. Others make it a
// condition that Verify refuses.
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

// String writes the rule as DQDL.
func (r Rule) String() string {
	if r.Type == all || r.Type == anyOf {
		parts := make([]string, len(r.Rules))
		for i, x := range r.Rules {
			parts[i] = "(" + x.String() + ")"
		}
		return strings.Join(parts, " "+string(r.Type)+" ")
	}
	s := string(r.Type)
	for _, c := range r.Columns {
		s += " " + quote(c)
	}
	if r.Condition != nil {
		s += " " + r.Condition.String()
	}
	if r.Where != "" {
		s += " where " + quote(r.Where)
	}
	if r.Threshold != nil {
		s += " with threshold " + r.Threshold.String()
	}
	return s
}

// A shape says what a type of rule is made of.
type shape struct {
	least, most int  // parameters
	condition   need // on what it measures
	rows        bool // about rows: takes a threshold
	numbers     bool // the condition is on a metric
	where       bool // takes a where clause
}

type need uint8

const (
	without need = iota
	optional
	needed
)

const many = 1 << 20

var shapes = map[RuleType]shape{
	RowCount:             {0, 0, needed, false, true, true},
	ColumnCount:          {0, 0, needed, false, true, false},
	ColumnExists:         {1, 1, without, false, false, false},
	IsComplete:           {1, 1, without, true, false, true},
	Completeness:         {1, 1, needed, false, true, true},
	IsUnique:             {1, many, without, false, false, true},
	IsPrimaryKey:         {1, many, without, false, false, true},
	Uniqueness:           {1, many, needed, false, true, true},
	UniqueValueRatio:     {1, many, needed, false, true, true},
	DistinctValuesCount:  {1, many, needed, false, true, true},
	ColumnValues:         {1, 1, needed, true, false, true},
	ColumnLength:         {1, 1, needed, true, true, true},
	ColumnDataType:       {1, 1, needed, true, false, true},
	Mean:                 {1, 1, needed, false, true, true},
	StandardDeviation:    {1, 1, needed, false, true, true},
	Sum:                  {1, 1, needed, false, true, true},
	Entropy:              {1, 1, needed, false, true, true},
	ColumnCorrelation:    {2, 2, needed, false, true, true},
	ColumnNamesMatch:     {1, 1, without, false, false, false},
	RowCountMatch:        {1, 1, needed, false, true, false},
	DatasetMatch:         {2, 3, needed, false, true, false},
	ReferentialIntegrity: {2, 2, needed, false, true, false},
	CustomSQL:            {1, 1, without, true, false, false},
}

// dataTypes are what ColumnDataType knows, in any case.
var dataTypes = []string{"Boolean", "Integer", "Long", "Double", "Float", "Decimal", "Date", "Timestamp", "String"}

// maxDepth bounds how deep rules may nest.
const maxDepth = 100

// check reports a rule that makes no sense, and compiles its expressions.
func (r *Rule) check(depth int) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%s: %s: %w", r.Type, fmt.Sprintf(format, args...), mlgauge.ErrRange)
	}
	if r.Type == all || r.Type == anyOf {
		if len(r.Rules) == 0 || depth > maxDepth {
			return fail("need rules, nested at most %d deep", maxDepth)
		}
		for i := range r.Rules {
			if err := r.Rules[i].check(depth + 1); err != nil {
				return err
			}
		}
		return nil
	}
	s, ok := shapes[r.Type]
	switch {
	case !ok:
		return fmt.Errorf("need the name of a rule, have %.40q: %w", string(r.Type), mlgauge.ErrRange)
	case len(r.Columns) < s.least || len(r.Columns) > s.most:
		if s.least == s.most {
			return fail("need %d parameters in quotes, have %d", s.least, len(r.Columns))
		}
		return fail("need at least %d parameters in quotes, have %d", s.least, len(r.Columns))
	case s.condition == needed && r.Condition == nil:
		return fail("need a condition, have none")
	case s.condition == without && r.Condition != nil:
		return fail("need no condition, have %q", r.Condition)
	case r.Threshold != nil && !s.rows:
		return fail("need no threshold, have %q", r.Threshold)
	case r.Where != "" && !s.where:
		return fail("need no where clause, have %q", r.Where)
	}
	if r.Condition != nil {
		if err := r.Condition.check(s.numbers); err != nil {
			return fail("%v", err)
		}
	}
	if r.Where != "" {
		f, err := parseWhere(r.Where)
		if err != nil {
			return fail("%v", err)
		}
		r.where = f
	}
	if r.Threshold != nil {
		if err := r.Threshold.check(true); err != nil {
			return fail("threshold: %v", err)
		}
	}
	switch r.Type {
	case ColumnDataType:
		v := r.Condition.Values[0]
		if r.Condition.Op != Equal || v.Kind != TextOperand || !slices.ContainsFunc(dataTypes, func(t string) bool { return strings.EqualFold(t, v.Text) }) {
			return fail("need = and one of %s, have %q", strings.Join(dataTypes, ", "), r.Condition)
		}
	case ColumnNamesMatch:
		if _, err := whole(r.Columns[0]); err != nil {
			return fail("%v", err)
		}
	case DatasetMatch, ReferentialIntegrity:
		if err := r.checkReference(); err != nil {
			return fail("%v", err)
		}
	}
	return nil
}

// whole compiles an expression that must match a whole text.
func whole(text string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(text); err != nil { // so that parentheses cannot close the group below
		return nil, err
	}
	return regexp.Compile(`^(?s:` + text + `)$`)
}

// check reports a condition with the wrong number or kind of operands.
func (c *Condition) check(numbers bool) error {
	least, most := 1, 1
	switch c.Op {
	case Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual:
	case Between, NotBetween:
		least, most = 2, 2
	case In, NotIn:
		most = many
	case Matches, NotMatches:
		if numbers {
			return fmt.Errorf("need a condition on a number, have %q", c.Op)
		}
	default:
		return fmt.Errorf("need an operator, have %.40q", string(c.Op))
	}
	if len(c.Values) < least || len(c.Values) > most {
		return fmt.Errorf("%s: need %d operands, have %d", c.Op, least, len(c.Values))
	}
	for _, v := range c.Values {
		switch {
		case v.Kind == dynamicOperand:
			if !numbers {
				return fmt.Errorf("%s: need a number or a text on a value, have %v", c.Op, v)
			}
			if err := v.dynamic.check(false); err != nil {
				return err
			}
		case v.Kind > dynamicOperand:
			return fmt.Errorf("%s: need a number, a text or nil, have %s", c.Op, v.Text)
		case v.Kind == NumberOperand && v.Number-v.Number != 0:
			return fmt.Errorf("%s: need finite numbers, have %v", c.Op, v.Number)
		case numbers && v.Kind != NumberOperand:
			return fmt.Errorf("%s: need numbers, have %v", c.Op, v)
		case (c.Op == Matches || c.Op == NotMatches) && v.Kind != TextOperand:
			return fmt.Errorf("%s: need an expression in quotes, have %v", c.Op, v)
		case v.Kind >= NullOperand && c.Op != Equal && c.Op != NotEqual && c.Op != In && c.Op != NotIn:
			return fmt.Errorf("%s: need a number or a text, have %v", c.Op, v)
		}
	}
	if c.Op == Matches || c.Op == NotMatches {
		re, err := whole(c.Values[0].Text)
		if err != nil {
			return err
		}
		c.re = re
	}
	return nil
}
