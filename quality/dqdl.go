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
//	Rules = [
//	    RowCount between 100 and 10000,        # bounds not included
//	    Completeness "city" > 0.9,
//	    ColumnValues "colour" in ["red", "green", NULL] with threshold >= 0.95,
//	    (IsUnique "id") and (IsComplete "id")
//	]
//
// Names of rules are case-sensitive. A text that does not start with Rules = [ is
// read as the list alone. A where clause names the rows that a rule is about,
//
//	Completeness "income" > 0.95 where "age >= 18 and country in ('FR', 'IT')"
//
// in the SQL of Spark: column names, bare or in backticks, numbers, texts in single
// quotes, + - * / %, comparisons, between (bounds included), in, like, rlike, is
// [not] null, and, or, not, and abs, coalesce, length, lower, trim, upper. A text
// beside a number is read as one, with its fraction. A row is left out where the
// expression is false or NULL; a rule about no row passes with the metric NaN, but
// RowCount is 0. A number of a condition on a metric may be computed from earlier
// values of the metric,
//
//	RowCount between 0.8 * avg(last(10)) and 1.2 * avg(last(10))
//
// by + - * /, last() and, of the k latest values, avg, sum, min, max, median, std (of
// the population) and index(last(k), i), which is the latest for i = 0; and by abs,
// exp, ln, sqrt. See VerifyOptions.History. Dates computed from now() and labels are
// refused. The error is a *SyntaxError.
//
// Source: the DQDL reference of AWS Glue, and its grammar (dqdl 1.0.0).
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
		if r == '#' {
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
	case strings.ContainsRune("=[](),<>!+-*/", r):
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

func (p *parser) document() ([]Rule, error) {
	closed := false
	if p.tok.kind == wordToken && p.tok.text == "Rules" {
		closed = true
		if err := p.next(); err != nil {
			return nil, err
		}
		if err := p.expect("="); err != nil {
			return nil, err
		}
		if err := p.expect("["); err != nil {
			return nil, err
		}
	}
	rules := []Rule{}
	for {
		if end := p.tok.kind == endToken && !closed || closed && p.tok.kind == signToken && p.tok.text == "]"; end {
			break
		}
		r, err := p.composite()
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
		if more, err := p.sign(","); err != nil {
			return nil, err
		} else if !more {
			break
		}
	}
	if closed {
		if p.tok.kind != signToken || p.tok.text != "]" {
			return nil, p.fail(p.tok, "need a comma or ], have %v", p.tok)
		}
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	if p.tok.kind != endToken {
		return nil, p.fail(p.tok, "need the end, have %v", p.tok)
	}
	return rules, nil
}

// composite reads a rule, or rules in parentheses with and, or between them; the
// two may not be mixed without parentheses.
func (p *parser) composite() (Rule, error) {
	grouped := p.tok.kind == signToken && p.tok.text == "("
	first, err := p.group()
	if err != nil {
		return Rule{}, err
	}
	joined := Rule{Rules: []Rule{first}}
	for {
		at := p.tok
		join, err := p.join()
		if err != nil {
			return Rule{}, err
		}
		switch {
		case join == "" && joined.Type == "":
			return first, nil
		case join == "":
			return joined, nil
		case !grouped:
			return Rule{}, p.fail(at, "need rules in parentheses around %q", join)
		case joined.Type != "" && joined.Type != join:
			return Rule{}, p.fail(at, "need parentheses where %q and %q meet", joined.Type, join)
		case p.tok.kind != signToken || p.tok.text != "(":
			return Rule{}, p.fail(p.tok, "need a rule in parentheses, have %v", p.tok)
		}
		r, err := p.group()
		if err != nil {
			return Rule{}, err
		}
		joined.Type = join
		joined.Rules = append(joined.Rules, r)
	}
}

// join reads and, or nothing.
func (p *parser) join() (RuleType, error) {
	for _, j := range []RuleType{all, anyOf} {
		if ok, err := p.word(string(j)); ok || err != nil {
			return j, err
		}
	}
	return "", nil
}

// group reads a rule, or what stands in parentheses.
func (p *parser) group() (Rule, error) {
	open := p.tok
	ok, err := p.sign("(")
	if err != nil {
		return Rule{}, err
	}
	if !ok {
		return p.rule()
	}
	if p.depth++; p.depth > maxDepth {
		return Rule{}, p.fail(open, "need at most %d parentheses in one another", maxDepth)
	}
	r, err := p.composite()
	if err != nil {
		return Rule{}, err
	}
	p.depth--
	return r, p.expect(")")
}

// rule reads a name, parameters, a condition, a where clause and a threshold.
func (p *parser) rule() (Rule, error) {
	at := p.tok
	if at.kind != wordToken {
		return Rule{}, p.fail(at, "need the name of a rule, have %v", at)
	}
	r := Rule{Type: RuleType(at.text)}
	if _, ok := shapes[r.Type]; !ok {
		return Rule{}, p.fail(at, "need the name of a rule, have %v", at)
	}
	if err := p.next(); err != nil {
		return Rule{}, err
	}
	for p.tok.kind == textToken {
		r.Columns = append(r.Columns, p.tok.text)
		if err := p.next(); err != nil {
			return Rule{}, err
		}
	}
	var err error
	if r.Condition, err = p.condition(); err != nil {
		return Rule{}, err
	}
	if ok, err := p.word("where"); err != nil {
		return Rule{}, err
	} else if ok {
		if p.tok.kind != textToken || p.tok.text == "" {
			return Rule{}, p.fail(p.tok, "need an expression in quotes, have %v", p.tok)
		}
		r.Where = p.tok.text
		if _, err := parseWhere(r.Where); err != nil {
			return Rule{}, p.fail(p.tok, "%v", err)
		}
		if err := p.next(); err != nil {
			return Rule{}, err
		}
	}
	with := p.tok
	ok, err := p.word("with")
	if err != nil {
		return Rule{}, err
	}
	if ok {
		if ok, err = p.word("threshold"); err != nil {
			return Rule{}, err
		} else if !ok {
			return Rule{}, p.fail(p.tok, "need threshold, have %v", p.tok)
		}
		if r.Threshold, err = p.condition(); err != nil {
			return Rule{}, err
		} else if r.Threshold == nil {
			return Rule{}, p.fail(with, "need a condition behind with threshold, have %v", p.tok)
		}
	}
	if err := r.check(0); err != nil {
		return Rule{}, p.fail(at, "%s", strings.TrimSuffix(err.Error(), ": "+mlgauge.ErrRange.Error()))
	}
	return r, nil
}

// FormatRules writes rules so that ParseRules reads them back; predicates are not
// written.
func FormatRules(rules []Rule) string {
	var b strings.Builder
	b.WriteString("Rules = [")
	for i, r := range rules {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n    " + r.String())
	}
	b.WriteString("\n]\n")
	return b.String()
}
