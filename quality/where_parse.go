package quality

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parseWhere reads the expression of a where clause. The error says at which
// character, from 1, it is wrong.
func parseWhere(text string) (*filter, error) {
	p := &whereParser{text: text}
	if err := p.next(); err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.kind != endToken {
		return nil, p.fail("need the end, have %q", p.tok)
	}
	return &filter{root: e, columns: p.columns}, nil
}

// whereParser reads one token ahead.
type whereParser struct {
	text    string
	at      int
	from    int // of tok
	kind    tokenKind
	tok     string
	quoted  bool // a name in backticks
	number  float64
	columns []string
	depth   int
}

func (p *whereParser) fail(format string, args ...any) error {
	return fmt.Errorf("where: character %d: %s", utf8.RuneCountInString(p.text[:p.from])+1, fmt.Sprintf(format, args...))
}

func (p *whereParser) next() error {
	for p.at < len(p.text) && strings.ContainsRune(" \t\r\n", rune(p.text[p.at])) {
		p.at++
	}
	p.from, p.quoted = p.at, false
	rest := p.text[p.at:]
	if rest == "" {
		p.kind, p.tok = endToken, "the end"
		return nil
	}
	letter := func(r rune) bool { return r == '_' || unicode.IsLetter(r) }
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r == '\'' || r == '"' || r == '`':
		return p.quotation(byte(r))
	case letter(r):
		n := strings.IndexFunc(rest, func(r rune) bool { return !letter(r) && !unicode.IsDigit(r) && r != '.' })
		if n < 0 {
			n = len(rest)
		}
		p.kind, p.tok = wordToken, rest[:n]
	case r >= '0' && r <= '9' || r == '.':
		n := len(numberStart.FindString(rest))
		v, err := strconv.ParseFloat(rest[:n], 64)
		if err != nil {
			return p.fail("need a number, have %.20q", rest)
		}
		p.kind, p.tok, p.number = numberToken, rest[:n], v
	default:
		for _, s := range []string{"<=>", "<=", ">=", "<>", "!=", "==", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%"} {
			if strings.HasPrefix(rest, s) {
				p.kind, p.tok = signToken, s
				p.at += len(s)
				return nil
			}
		}
		return p.fail("need an expression, have %q", string(r))
	}
	p.at += len(p.tok)
	return nil
}

var numberStart = regexp.MustCompile(`^([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?`)

// quotation reads a text, or a name in backticks; the quote is doubled or behind a
// backslash inside.
func (p *whereParser) quotation(quote byte) error {
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		c := p.text[i]
		switch {
		case c == '\\' && quote != '`' && i+1 < len(p.text) && (p.text[i+1] == quote || p.text[i+1] == '\\'):
			i++
			c = p.text[i]
		case c == quote && i+1 < len(p.text) && p.text[i+1] == quote:
			i++
		case c == quote:
			p.at, p.tok = i+1, b.String()
			p.kind, p.quoted = textToken, false
			if quote == '`' {
				p.kind, p.quoted = wordToken, true
			}
			return nil
		}
		b.WriteByte(c)
	}
	return p.fail("need a closing %c, have the end", quote)
}

// word takes a keyword off, in any case, if it is next.
func (p *whereParser) word(s string) (bool, error) {
	if p.kind != wordToken || p.quoted || !strings.EqualFold(p.tok, s) {
		return false, nil
	}
	return true, p.next()
}

func (p *whereParser) sign(s string) (bool, error) {
	if p.kind != signToken || p.tok != s {
		return false, nil
	}
	return true, p.next()
}

func (p *whereParser) expect(s string) error {
	ok, err := p.sign(s)
	if err == nil && !ok {
		err = p.fail("need %q, have %q", s, p.tok)
	}
	return err
}

func node(do func([]datum) datum, args ...*expression) *expression {
	return &expression{do: do, args: args, buffer: make([]datum, len(args))}
}

// chain reads operands joined by one of several operators of equal rank.
func (p *whereParser) chain(operand func() (*expression, error), operators map[string]func([]datum) datum, take func(string) (bool, error)) (*expression, error) {
	e, err := operand()
	for err == nil {
		var do func([]datum) datum
		for s, f := range operators {
			var ok bool
			if ok, err = take(s); err != nil {
				return nil, err
			} else if ok {
				do = f
				break
			}
		}
		if do == nil {
			return e, nil
		}
		var right *expression
		if right, err = operand(); err == nil {
			e = node(do, e, right)
		}
	}
	return nil, err
}

func (p *whereParser) or() (*expression, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("need at most %d parentheses in one another", maxDepth)
	}
	defer func() { p.depth-- }()
	return p.chain(p.and, map[string]func([]datum) datum{"or": orData}, p.word)
}

func (p *whereParser) and() (*expression, error) {
	return p.chain(p.not, map[string]func([]datum) datum{"and": andData}, p.word)
}

func (p *whereParser) not() (*expression, error) {
	odd := false
	for {
		ok, err := p.word("not")
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		odd = !odd
	}
	e, err := p.predicate()
	if err == nil && odd {
		e = node(notDatum, e)
	}
	return e, err
}

// predicate reads a comparison, in, between, like, rlike or is null.
func (p *whereParser) predicate() (*expression, error) {
	e, err := p.sum()
	if err != nil {
		return nil, err
	}
	for p.kind == signToken && comparisons[p.tok] != nil {
		do := comparisons[p.tok]
		if err := p.next(); err != nil {
			return nil, err
		}
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		e = node(do, e, right)
	}
	if ok, err := p.word("is"); err != nil {
		return nil, err
	} else if ok {
		return p.is(e)
	}
	not, err := p.word("not")
	if err != nil {
		return nil, err
	}
	var out *expression
	for _, word := range []string{"in", "between", "like", "rlike"} {
		ok, err := p.word(word)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		switch word {
		case "in":
			out, err = p.in(e)
		case "between":
			out, err = p.between(e)
		default:
			out, err = p.match(e, word)
		}
		if err != nil {
			return nil, err
		}
		break
	}
	switch {
	case out == nil && not:
		return nil, p.fail("need in, between, like or rlike, have %q", p.tok)
	case out == nil:
		return e, nil
	case not:
		return node(notDatum, out), nil
	}
	return out, nil
}

func (p *whereParser) is(e *expression) (*expression, error) {
	not, err := p.word("not")
	if err != nil {
		return nil, err
	}
	for _, word := range []string{"null", "true", "false"} {
		ok, err := p.word(word)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		return node(func(args []datum) datum {
			yes := args[0].isNull()
			if word != "null" {
				yes = args[0].asTruth().is(word == "true")
			}
			return truth(yes != not)
		}, e), nil
	}
	return nil, p.fail("need null, true or false, have %q", p.tok)
}

func (p *whereParser) in(e *expression) (*expression, error) {
	list, err := p.list()
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, p.fail("need a value in the list, have none")
	}
	return node(inData, append([]*expression{e}, list...)...), nil
}

// list reads expressions in parentheses.
func (p *whereParser) list() ([]*expression, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var list []*expression
	if ok, err := p.sign(")"); ok || err != nil {
		return nil, err
	}
	for {
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		if more, err := p.sign(","); err != nil {
			return nil, err
		} else if !more {
			return list, p.expect(")")
		}
	}
}

func (p *whereParser) between(e *expression) (*expression, error) {
	low, err := p.sum()
	if err != nil {
		return nil, err
	}
	if ok, err := p.word("and"); err != nil {
		return nil, err
	} else if !ok {
		return nil, p.fail("need and, have %q", p.tok)
	}
	high, err := p.sum()
	if err != nil {
		return nil, err
	}
	return node(andData, node(comparisons[">="], e, low), node(comparisons["<="], e, high)), nil
}

// match reads the pattern of like, which covers the whole text, or of rlike, which
// finds a part of it.
func (p *whereParser) match(e *expression, word string) (*expression, error) {
	if p.kind != textToken {
		return nil, p.fail("need a pattern in quotes, have %q", p.tok)
	}
	var re *regexp.Regexp
	var err error
	if word == "like" {
		re, err = whole(likePattern(p.tok))
	} else {
		re, err = regexp.Compile(p.tok)
	}
	if err != nil {
		return nil, p.fail("%v", err)
	}
	return node(onText(func(s string) datum { return truth(re.MatchString(s)) }), e), p.next()
}

func (p *whereParser) sum() (*expression, error) {
	return p.chain(p.product, map[string]func([]datum) datum{"+": operations["+"], "-": operations["-"]}, p.sign)
}

func (p *whereParser) product() (*expression, error) {
	return p.chain(p.unary, map[string]func([]datum) datum{"*": operations["*"], "/": operations["/"], "%": operations["%"]}, p.sign)
}

func (p *whereParser) unary() (*expression, error) {
	odd := false
	for {
		ok, err := p.sign("-")
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		odd = !odd
	}
	e, err := p.primary()
	if err == nil && odd {
		zero := datum{kind: numberDatum}
		e = node(operations["-"], &expression{value: &zero}, e)
	}
	return e, err
}

// primary reads a literal, a column, a function or what stands in parentheses.
func (p *whereParser) primary() (*expression, error) {
	literal := func(d datum) (*expression, error) { return &expression{value: &d}, p.next() }
	switch p.kind {
	case numberToken:
		return literal(numeral(p.number))
	case textToken:
		return literal(letters(p.tok))
	case signToken:
		if ok, err := p.sign("("); err != nil {
			return nil, err
		} else if !ok {
			return nil, p.fail("need a value, have %q", p.tok)
		}
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		return e, p.expect(")")
	case wordToken:
		name := p.tok
		if !p.quoted {
			switch strings.ToLower(name) {
			case "true", "false":
				return literal(truth(strings.EqualFold(name, "true")))
			case "null":
				return literal(datum{})
			case "and", "or", "not", "in", "between", "like", "rlike", "is":
				return nil, p.fail("need a value, have %q", name)
			}
		}
		quoted, from := p.quoted, p.from
		if err := p.next(); err != nil {
			return nil, err
		}
		if !quoted && p.kind == signToken && p.tok == "(" {
			return p.call(name, from)
		}
		if !slices.Contains(p.columns, name) {
			p.columns = append(p.columns, name)
		}
		return &expression{column: name}, nil
	}
	return nil, p.fail("need a value, have %q", p.tok)
}

func (p *whereParser) call(name string, from int) (*expression, error) {
	f, ok := sqlFunctions[strings.ToLower(name)]
	if !ok {
		p.from = from
		return nil, p.fail("need abs, coalesce, length, lower, trim or upper, have %q", name)
	}
	args, err := p.list()
	if err != nil {
		return nil, err
	}
	if f.args >= 0 && len(args) != f.args || len(args) == 0 {
		p.from = from
		return nil, p.fail("%s: need %d argument, have %d", name, max(1, f.args), len(args))
	}
	return node(f.do, args...), nil
}
