package quality

import (
	"math"
	"slices"
	"strings"
	"time"
)

// condition reads an operator and its operands; nil if there is none.
func (p *parser) condition() (*Condition, error) {
	c := &Condition{}
	t := p.tok
	if t.kind == signToken {
		switch op := Operator(t.text); op {
		case Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual:
			c.Op = op
			if err := p.next(); err != nil {
				return nil, err
			}
			return c, p.operand(c)
		}
		return nil, nil
	}
	not, err := p.word("not")
	if err != nil {
		return nil, err
	}
	for _, op := range []Operator{Between, In, Matches} {
		ok, err := p.word(string(op))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		c.Op = op
		if not {
			c.Op = "not " + op
		}
		switch op {
		case In:
			return c, p.list(c)
		case Matches:
			return c, p.operand(c)
		}
		if err := p.operand(c); err != nil {
			return nil, err
		}
		if ok, err := p.word("and"); err != nil {
			return nil, err
		} else if !ok {
			return nil, p.fail(p.tok, "need and, have %v", p.tok)
		}
		return c, p.operand(c)
	}
	if not {
		return nil, p.fail(p.tok, "need between, in or matches, have %v", p.tok)
	}
	return nil, nil
}

// operand reads a number, a text or a keyword.
func (p *parser) operand(c *Condition) error {
	o := Operand{}
	switch p.tok.kind {
	case numberToken, signToken:
		if at := p.tok; at.text == "$" {
			values, list, _, err := p.dereference()
			if err == nil && list {
				err = p.fail(at, "need a constant that is no list")
			}
			c.Values = append(c.Values, values...)
			return err
		}
		if p.tok.text == "(" && p.before("now") {
			return p.now(c)
		}
		return p.computed(c)
	case textToken:
		o = Operand{Kind: TextOperand, Text: p.tok.text}
	case wordToken:
		switch strings.ToUpper(p.tok.text) {
		case "NULL":
			o.Kind = NullOperand
		case "EMPTY":
			o.Kind = EmptyOperand
		case "WHITESPACES_ONLY":
			o.Kind = BlankOperand
		default:
			if p.tok.text == "now" {
				return p.now(c)
			}
			if p.before("(") {
				return p.computed(c)
			}
			return p.fail(p.tok, "need a number, a text in quotes or NULL, have %v", p.tok)
		}
	default:
		return p.fail(p.tok, "need a number, a text in quotes or NULL, have %v", p.tok)
	}
	c.Values = append(c.Values, o)
	return p.next()
}

// computed reads a number, or an expression of numbers.
func (p *parser) computed(c *Condition) error {
	at := p.tok
	d, err := p.sum()
	if err != nil {
		return err
	}
	if d.op == "" {
		if of := unit(p.tok.text); of > 0 && p.tok.kind == wordToken {
			v, err := p.duration(at, d.number, of)
			c.Values = append(c.Values, Operand{Kind: DurationOperand, Duration: v})
			return err
		}
		c.Values = append(c.Values, Operand{Number: d.number})
		return nil
	}
	if err := d.check(false); err != nil {
		return p.fail(at, "%v", err)
	}
	c.Values = append(c.Values, Operand{Kind: dynamicOperand, dynamic: d})
	return nil
}

// duration takes the unit behind a number off.
func (p *parser) duration(at token, n float64, of time.Duration) (time.Duration, error) {
	if !(n >= 0 && n == math.Trunc(n) && n*of.Hours() <= maxDays*24) {
		return 0, p.fail(at, "need a whole number of %s, at most %d days, have %v", p.tok.text, maxDays, at)
	}
	return time.Duration(n) * of, p.next()
}

// now reads now(), or that and a duration: (now() - 3 days), with or without
// parentheses around it.
func (p *parser) now(c *Condition) error {
	open, err := p.sign("(")
	if err != nil {
		return err
	}
	if ok, err := p.word("now"); err != nil {
		return err
	} else if !ok {
		return p.fail(p.tok, "need now(), have %v", p.tok)
	}
	for _, s := range []string{"(", ")"} {
		if err := p.expect(s); err != nil {
			return err
		}
	}
	at, factor := p.tok, time.Duration(0)
	switch {
	case at.kind == signToken && (at.text == "-" || at.text == "+"):
		factor = 1
		if at.text == "-" {
			factor = -1
		}
		if err := p.next(); err != nil {
			return err
		}
	case at.kind == numberToken && at.text[0] == '-': // now() -3 days
		factor = -1
		p.tok.text, p.tok.number = at.text[1:], -at.number
	}
	o := Now(0)
	if factor != 0 {
		n := p.tok
		if n.kind != numberToken {
			return p.fail(n, "need a number of days, hours or minutes, have %v", n)
		}
		if err := p.next(); err != nil {
			return err
		}
		of := unit(p.tok.text)
		if of == 0 {
			return p.fail(p.tok, "need days, hours or minutes, have %v", p.tok)
		}
		d, err := p.duration(n, n.number, of)
		if err != nil {
			return err
		}
		o = Now(factor * d)
	}
	c.Values = append(c.Values, o)
	if open {
		return p.expect(")")
	}
	return nil
}

// sum reads products joined by + and -. A number behind its own minus sign, as in
// 3 -2, is subtracted.
func (p *parser) sum() (*dynamic, error) {
	d, err := p.product()
	for err == nil {
		op := ""
		if p.tok.kind == numberToken && p.tok.text[0] == '-' {
			op = "+"
		} else if p.tok.kind == signToken && (p.tok.text == "+" || p.tok.text == "-") {
			op = p.tok.text
			if err := p.next(); err != nil {
				return nil, err
			}
		}
		if op == "" {
			return d, nil
		}
		var right *dynamic
		if right, err = p.product(); err == nil {
			d = &dynamic{op: op, args: []*dynamic{d, right}}
		}
	}
	return nil, err
}

func (p *parser) product() (*dynamic, error) {
	d, err := p.factor()
	for err == nil {
		if p.tok.kind != signToken || p.tok.text != "*" && p.tok.text != "/" {
			return d, nil
		}
		op := p.tok.text
		if err := p.next(); err != nil {
			return nil, err
		}
		var right *dynamic
		if right, err = p.factor(); err == nil {
			d = &dynamic{op: op, args: []*dynamic{d, right}}
		}
	}
	return nil, err
}

// factor reads a number, a function, or what stands in parentheses.
func (p *parser) factor() (*dynamic, error) {
	t := p.tok
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail(t, "need at most %d parentheses in one another", maxDepth)
	}
	defer func() { p.depth-- }()
	switch t.kind {
	case numberToken:
		return &dynamic{number: t.number}, p.next()
	case signToken:
		if t.text != "(" {
			break
		}
		if err := p.next(); err != nil {
			return nil, err
		}
		d, err := p.sum()
		if err != nil {
			return nil, err
		}
		return d, p.expect(")")
	case wordToken:
		if err := p.next(); err != nil {
			return nil, err
		}
		return p.function(t)
	}
	return nil, p.fail(t, "need a number, a text in quotes or NULL, have %v", t)
}

func (p *parser) function(name token) (*dynamic, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	d := &dynamic{op: name.text}
	if ok, err := p.sign(")"); ok || err != nil {
		return d, err
	}
	for {
		a, err := p.sum()
		if err != nil {
			return nil, err
		}
		d.args = append(d.args, a)
		if more, err := p.sign(","); err != nil {
			return nil, err
		} else if !more {
			return d, p.expect(")")
		}
	}
}

// list reads operands in brackets.
func (p *parser) list(c *Condition) error {
	at := p.tok
	if values, list, ok, err := p.dereference(); err != nil || ok {
		if err == nil && !list {
			err = p.fail(at, "need a constant that is a list")
		}
		c.Values = slices.Clone(values)
		return err
	}
	if err := p.expect("["); err != nil {
		return err
	}
	return p.commas("]", func() error { return p.operand(c) })
}
