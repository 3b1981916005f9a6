package quality

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge"
)

// A SyntaxError is where a text is not DQDL, or a rule makes no sense. It wraps
// ErrCorrupt.
type SyntaxError struct {
	Line, Column int // from 1; columns in characters
	Reason       string
}

// Error returns "line 2, column 5: need ..., have ...".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// Unwrap returns ErrCorrupt.
func (e *SyntaxError) Unwrap() error { return mlgauge.ErrCorrupt }

// ParseRules reads rules in the data quality definition language of AWS Glue:
//
//	DefaultLabels = [ "team" = "sales" ]
//	colours = [ "red", "green", NULL ]          # a constant
//	Rules = [
//	    RowCount between 100 and 10000,         # bounds not included
//	    Completeness "city" > 0.9 labels = [ "criticality" = "high" ],
//	    ColumnValues "colour" in $colours with threshold >= 0.95,
//	    ColumnValues "loaded" > (now() - 3 days),
//	    DataFreshness "ordered" <= 24 hours,
//	    (IsUnique "id") and (IsComplete "id")
//	]
//	Analyzers = [ RowCount, ColumnLength "city" ]
//
// Names of rules are case-sensitive. A text that does not start with a section is
// read as the list of rules alone; analyzers stand behind the rules. The sections
// Metadata and DataSources are read over. Columns may stand without quotes. Rules are
// joined by and, which binds first, and or; parentheses around each are usual.
// Labels stand behind a whole rule, one that is joined in parentheses, and go before
// default labels of the same key.
//
// A where clause names the rows that a rule is about,
//
//	Completeness "income" > 0.95 where "age >= 18 and country in ('FR', 'IT')"
//
// in the SQL of Spark: column names, bare or in backticks, numbers, texts in single
// quotes, + - * / %, comparisons, between (bounds included), in, like, rlike, is
// [not] null, and, or, not, and abs, coalesce, length, lower, trim, upper. A text
// beside a number is read as one, with its fraction. A row is left out where the
// expression is false or NULL; a rule about no row passes with the metric NaN, but
// RowCount is 0.
//
// A number of a condition on a metric may be computed from earlier values of the
// metric,
//
//	RowCount between 0.8 * avg(last(10)) and 1.2 * avg(last(10))
//
// by + - * /, last() and, of the k latest values, avg, sum, min, max, median, std (of
// the population) and index(last(k), i), which is the latest for i = 0; and by abs,
// exp, ln, sqrt. See VerifyOptions.History.
//
// Dates are those of ISO 8601, in UTC where they name no zone. Those behind <, <=, >,
// >=, between and beside now() are compared by day, those behind = and in as texts. A
// value that is no date does not keep a condition on dates; a number is the seconds
// since 1970 as which table reads the dates of Parquet. DataFreshness compares the
// time itself, not rounded.
//
// The rules about files (FileFreshness, FileMatch, FileSize, FileUniqueness) and the
// analyzer Distribution are refused by name. The error is a *SyntaxError.
//
// Source: the DQDL reference of AWS Glue; its grammar (dqdl 1.0.0), to which labels
// and constants of rules are later; Deequ 2.1.0 and its main branch for what rules
// measure.
func ParseRules(text string) ([]Rule, error) {
	p := parser{text: text, line: 1, column: 1}
	if err := p.next(); err != nil {
		return nil, err
	}
	return p.document()
}

type tokenKind uint8

const (
	endToken tokenKind = iota
	wordToken
	textToken
	numberToken
	signToken
)

type token struct {
	kind         tokenKind
	text         string
	number       float64
	line, column int
}

func (t token) String() string {
	if t.kind == endToken {
		return "the end"
	}
	return fmt.Sprintf("%.40q", t.text)
}

// parser reads one token ahead.
type parser struct {
	text         string
	at           int
	line, column int
	tok          token
	depth        int

	constants map[string][]Operand
	lists     map[string]bool // constants that are lists
}

func (p *parser) fail(t token, format string, args ...any) error {
	return &SyntaxError{t.line, t.column, fmt.Sprintf(format, args...)}
}

// step goes over one character.
func (p *parser) step() rune {
	r, n := utf8.DecodeRuneInString(p.text[p.at:])
	p.at += n
	if r == '\n' {
		p.line++
		p.column = 1
	} else {
		p.column++
	}
	return r
}

func (p *parser) peek() rune {
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return r
}

func (p *parser) done() bool { return p.at >= len(p.text) }

// next reads a token into tok.
func (p *parser) next() error {
	for !p.done() {
		r := p.peek()
		if r == '#' || strings.HasPrefix(p.text[p.at:], "//") { // the second as in the examples of the reference
			for !p.done() && p.peek() != '\n' {
				p.step()
			}
		} else if unicode.IsSpace(r) {
			p.step()
		} else {
			break
		}
	}
	p.tok = token{line: p.line, column: p.column}
	if p.done() {
		return nil
	}
	from := p.at
	switch r := p.step(); {
	case r == '"':
		return p.quoted()
	case r == '_' || unicode.IsLetter(r):
		for !p.done() && (p.peek() == '_' || p.peek() == '.' || unicode.IsLetter(p.peek()) || unicode.IsDigit(p.peek())) {
			p.step()
		}
		p.tok.kind = wordToken
	case r >= '0' && r <= '9' || r == '-' && !p.done() && p.peek() >= '0' && p.peek() <= '9':
		n := len(numberStart.FindString(strings.TrimPrefix(p.text[from:], "-")))
		for p.at < from+n+strings.Count(p.text[from:from+1], "-") {
			p.step()
		}
		p.tok.text = p.text[from:p.at]
		v, err := strconv.ParseFloat(p.tok.text, 64)
		if err != nil {
			return p.fail(p.tok, "need a number, have %v", p.tok)
		}
		p.tok.kind, p.tok.number = numberToken, v
	case strings.ContainsRune("=[](),<>!+-*/${}:", r):
		if (r == '<' || r == '>' || r == '!') && !p.done() && p.peek() == '=' {
			p.step()
		}
		p.tok.kind = signToken
	default:
		p.tok.text = string(r)
		p.tok.kind = signToken
		return p.fail(p.tok, "need a rule, have the character %v", p.tok)
	}
	p.tok.text = p.text[from:p.at]
	return nil
}

// quoted reads a text behind its quote.
func (p *parser) quoted() error {
	var b strings.Builder
	for !p.done() {
		from := p.at
		switch p.step() {
		case '"':
			p.tok.kind, p.tok.text = textToken, b.String()
			return nil
		case '\\':
			// Only a quote and a backslash are escaped: \d in an expression stays.
			if !p.done() && (p.peek() == '"' || p.peek() == '\\') {
				from = p.at
				p.step()
			}
		}
		b.WriteString(p.text[from:p.at])
	}
	return p.fail(p.tok, "need a closing quote, have the end")
}

// sign takes a sign off, if it is next.
func (p *parser) sign(s string) (bool, error) {
	if p.tok.kind != signToken || p.tok.text != s {
		return false, nil
	}
	return true, p.next()
}

func (p *parser) expect(s string) error {
	ok, err := p.sign(s)
	if err == nil && !ok {
		err = p.fail(p.tok, "need %q, have %v", s, p.tok)
	}
	return err
}

// word takes a word off, in lower or upper case.
func (p *parser) word(s string) (bool, error) {
	if p.tok.kind != wordToken || p.tok.text != s && p.tok.text != strings.ToUpper(s) {
		return false, nil
	}
	return true, p.next()
}
