package quality

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

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
	DataFreshness        RuleType = "DataFreshness"        // every value is a date whose age keeps the condition; see VerifyOptions.Now
	RowCountMatch        RuleType = "RowCountMatch"        // rows / rows of the reference
	SchemaMatch          RuleType = "SchemaMatch"          // columns that the reference has too, with the same type, / columns; 0 where it has more or fewer of them
	AggregateMatch       RuleType = "AggregateMatch"       // ratio of "sum(column)" or "avg(reference.column)" to another; 1 where both are 0
	DatasetMatch         RuleType = "DatasetMatch"         // share of rows that the reference has too: "reference" "keys" ["columns"]
	ReferentialIntegrity RuleType = "ReferentialIntegrity" // share of rows whose values the reference has: "a,b" "reference.{c,d}"
	CustomSQL            RuleType = "CustomSql"            // a predicate in Go: VerifyOptions.Predicates, or Rule.Predicate; with a condition, a number in Go: VerifyOptions.Measures
	DetectAnomalies      RuleType = "DetectAnomalies"      // what another rule measures, "RowCount" or "Mean" "age", is no anomaly of its history; see VerifyOptions.Anomalies
	AllStatistics        RuleType = "AllStatistics"        // analyzer only: what Verifier measures of the column, and RowCount and ColumnCount
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

	// Labels are given back in the results: at most 10, of which the keys have 1 to
	// 128 characters and the values up to 256. The parts of And and Or have none.
	Labels map[string]string

	// Analyzer makes it measure only: it has no condition, and passes. The types are
	// RowCount, ColumnCount, Completeness, Uniqueness, UniqueValueRatio,
	// DistinctValuesCount, Mean, Sum, StandardDeviation, Entropy, ColumnCorrelation,
	// CustomSQL, ColumnLength (the least and greatest length of a text), ColumnValues
	// (the least and greatest number, or length of a text) and AllStatistics.
	Analyzer bool

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

// String writes the rule as DQDL.
func (r Rule) String() string {
	s := r.body()
	if len(r.Labels) == 0 {
		return s
	}
	if r.Type == all || r.Type == anyOf {
		s = "(" + s + ")"
	}
	for i, k := range slices.Sorted(maps.Keys(r.Labels)) {
		if i == 0 {
			s += " labels=["
		} else {
			s += ", "
		}
		s += quote(k) + "=" + quote(r.Labels[k])
	}
	return s + "]"
}

// body writes the rule without its labels.
func (r *Rule) body() string {
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
	least, most int     // parameters
	condition   need    // on what it measures
	of          subject // of the condition
	rows        bool    // about rows: takes a threshold
	where       bool    // takes a where clause
	analyzer    bool    // may measure only
}

type need uint8

const (
	without need = iota
	optional
	needed
)

// A subject is what a condition is about.
type subject uint8

const (
	ofMetric subject = iota // one number of the data
	ofValue                 // every value of a column
	ofLength                // the length of every value
	ofAge                   // the time since every value
)

const many = 1 << 20

var shapes = map[RuleType]shape{
	RowCount:             {0, 0, needed, ofMetric, false, true, true},
	ColumnCount:          {0, 0, needed, ofMetric, false, false, true},
	ColumnExists:         {1, 1, without, ofMetric, false, false, false},
	IsComplete:           {1, 1, without, ofMetric, true, true, false},
	Completeness:         {1, 1, needed, ofMetric, true, true, true},
	IsUnique:             {1, many, without, ofMetric, false, true, false},
	IsPrimaryKey:         {1, many, without, ofMetric, false, true, false},
	Uniqueness:           {1, many, needed, ofMetric, false, true, true},
	UniqueValueRatio:     {1, many, needed, ofMetric, false, true, true},
	DistinctValuesCount:  {1, many, needed, ofMetric, false, true, true},
	ColumnValues:         {1, 1, needed, ofValue, true, true, true},
	ColumnLength:         {1, 1, needed, ofLength, true, true, true},
	ColumnDataType:       {1, 1, needed, ofValue, true, true, false},
	Mean:                 {1, 1, needed, ofMetric, false, true, true},
	StandardDeviation:    {1, 1, needed, ofMetric, false, true, true},
	Sum:                  {1, 1, needed, ofMetric, false, true, true},
	Entropy:              {1, 1, needed, ofMetric, false, true, true},
	ColumnCorrelation:    {2, 2, needed, ofMetric, false, true, true},
	ColumnNamesMatch:     {1, 1, without, ofMetric, false, false, false},
	DataFreshness:        {1, 1, needed, ofAge, true, true, false},
	RowCountMatch:        {1, 1, needed, ofMetric, false, false, false},
	SchemaMatch:          {1, 1, needed, ofMetric, false, false, false},
	AggregateMatch:       {2, 2, needed, ofMetric, false, false, false},
	DatasetMatch:         {2, 3, needed, ofMetric, false, false, false},
	ReferentialIntegrity: {2, 2, needed, ofMetric, false, false, false},
	CustomSQL:            {1, 1, optional, ofMetric, true, false, true},
	DetectAnomalies:      {1, many, without, ofMetric, false, false, false},
	AllStatistics:        {1, 1, without, ofMetric, false, false, true},
}

// notHere are the rules of DQDL about files, and those that measure more than
// numbers.
var notHere = map[RuleType]string{
	"FileFreshness": "a rule about files, not about a table", "FileMatch": "a rule about files, not about a table",
	"FileSize": "a rule about files, not about a table", "FileUniqueness": "a rule about files, not about a table",
	"Distribution": "an analyzer of a histogram, which Profile has",
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
	if err := r.checkLabels(depth); err != nil {
		return fail("%v", err)
	}
	if r.Type == all || r.Type == anyOf {
		if len(r.Rules) == 0 || depth > maxDepth || r.Analyzer {
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
	case !ok && notHere[r.Type] != "":
		return fail("this rule is not supported: it is %s", notHere[r.Type])
	case !ok:
		return fmt.Errorf("need the name of a rule, have %.40q: %w", string(r.Type), mlgauge.ErrRange)
	case r.Analyzer && !s.analyzer:
		return fail("need a rule that can be an analyzer")
	case !r.Analyzer && r.Type == AllStatistics:
		return fail("need it as an analyzer, it has no condition")
	case r.Analyzer && (r.Condition != nil || r.Threshold != nil || len(r.Labels) > 0):
		return fail("need an analyzer without condition, threshold and labels, have %q", r)
	case r.Analyzer:
		s.condition = without
	}
	switch {
	case len(r.Columns) < s.least || len(r.Columns) > s.most:
		if s.least == s.most {
			return fail("need %d parameters, have %d", s.least, len(r.Columns))
		}
		return fail("need at least %d parameters, have %d", s.least, len(r.Columns))
	case s.condition == needed && r.Condition == nil:
		return fail("need a condition, have none")
	case s.condition == without && r.Condition != nil:
		return fail("need no condition, have %q", r.Condition)
	case r.Threshold != nil && (!s.rows || r.Type == CustomSQL && r.Condition != nil):
		return fail("need no threshold, have %q", r.Threshold)
	case r.Where != "" && !s.where:
		return fail("need no where clause, have %q", r.Where)
	}
	if r.Condition != nil {
		if err := r.Condition.check(s.of); err != nil {
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
		if err := r.Threshold.check(ofMetric); err != nil {
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
	case DatasetMatch, ReferentialIntegrity, AggregateMatch:
		if err := r.checkReference(); err != nil {
			return fail("%v", err)
		}
	case DetectAnomalies:
		measured := r.measured()
		if err := measured.check(depth); err != nil {
			return fail("%v", err)
		}
	}
	return nil
}

// checkLabels reports labels that DQDL does not have.
func (r *Rule) checkLabels(depth int) error {
	if len(r.Labels) > 0 && depth > 0 {
		return fmt.Errorf("need labels on the whole rule, have them on a part")
	}
	if len(r.Labels) > 10 {
		return fmt.Errorf("need at most 10 labels, have %d", len(r.Labels))
	}
	for _, k := range slices.Sorted(maps.Keys(r.Labels)) {
		if n := utf8.RuneCountInString(k); n < 1 || n > 128 {
			return fmt.Errorf("need keys of labels of 1 to 128 characters, have %d", n)
		}
		if n := utf8.RuneCountInString(r.Labels[k]); n > 256 {
			return fmt.Errorf("need values of labels of at most 256 characters, have %d", n)
		}
	}
	return nil
}
