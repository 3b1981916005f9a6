package quality

import (
	"maps"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
)

// before tells whether s comes next behind the token that is read ahead.
func (p *parser) before(s string) bool {
	return strings.HasPrefix(strings.TrimLeft(p.text[p.at:], " \t\r\n"), s)
}

// document reads the sections, or a list of rules alone.
func (p *parser) document() ([]Rule, error) {
	rules, analyzers := []Rule{}, []Rule{}
	labels := map[string]string{}
	seen := make(map[string]bool)
	for p.tok.kind != endToken {
		section := p.tok
		if _, rule := shapes[RuleType(section.text)]; section.kind != wordToken || rule || !p.before("=") && section.text != "Rules" {
			if len(seen) > 0 {
				return nil, p.fail(section, "need the end, have %v", section)
			}
			var err error
			if rules, err = p.rules(); err != nil {
				return nil, err
			}
			if p.tok.kind != endToken {
				return nil, p.fail(p.tok, "need the end, have %v", p.tok)
			}
			break
		}
		if seen[section.text] {
			return nil, p.fail(section, "need %s once, have it twice", section.text)
		}
		seen[section.text] = true
		if err := p.next(); err != nil {
			return nil, err
		}
		if err := p.expect("="); err != nil {
			return nil, err
		}
		var err error
		switch section.text {
		case "Rules", "Analyzers":
			if err = p.expect("["); err != nil {
				return nil, err
			}
			if section.text == "Rules" {
				rules, err = p.rules()
			} else {
				analyzers, err = p.analyzers()
			}
			if err != nil {
				return nil, err
			}
			if p.tok.kind != signToken || p.tok.text != "]" {
				return nil, p.fail(p.tok, "need a comma or ], have %v", p.tok)
			}
			err = p.next()
		case "DefaultLabels":
			labels, err = p.labels()
		case "Metadata", "DataSources":
			err = p.dictionary()
		default:
			err = p.constant(section.text)
		}
		if err != nil {
			return nil, err
		}
	}
	for i := range rules {
		own := rules[i].Labels
		if len(labels)+len(own) == 0 {
			continue
		}
		rules[i].Labels = maps.Clone(labels)
		maps.Copy(rules[i].Labels, own)
		if err := rules[i].checkLabels(0); err != nil {
			return nil, p.fail(token{line: 1, column: 1}, "%s with DefaultLabels: %v", rules[i].Type, err)
		}
	}
	return append(rules, analyzers...), nil
}

// closes tells whether a list ends here.
func (p *parser) closes() bool {
	return p.tok.kind == endToken || p.tok.kind == signToken && p.tok.text == "]"
}

// rules reads rules separated by commas.
func (p *parser) rules() ([]Rule, error) {
	rules := []Rule{}
	for !p.closes() {
		r, err := p.labelled()
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
	return rules, nil
}

// analyzers reads rules without conditions.
func (p *parser) analyzers() ([]Rule, error) {
	out := []Rule{}
	for !p.closes() {
		at := p.tok
		r, err := p.head()
		if err != nil {
			return nil, err
		}
		r.Analyzer = true
		if err := p.checked(&r, at); err != nil {
			return nil, err
		}
		out = append(out, r)
		if more, err := p.sign(","); err != nil {
			return nil, err
		} else if !more {
			break
		}
	}
	return out, nil
}

// textOf reads a text in quotes.
func (p *parser) textOf(what string) (string, error) {
	if p.tok.kind != textToken {
		return "", p.fail(p.tok, "need %s in quotes, have %v", what, p.tok)
	}
	s := p.tok.text
	return s, p.next()
}

// labels reads ["key" = "value", ...].
func (p *parser) labels() (map[string]string, error) {
	if err := p.expect("["); err != nil {
		return nil, err
	}
	labels := make(map[string]string)
	return labels, p.commas("]", func() error {
		at := p.tok
		key, err := p.textOf("the key of a label")
		if err != nil {
			return err
		}
		if _, twice := labels[key]; twice {
			return p.fail(at, "need each label once, have %.40q twice", key)
		}
		if err := p.expect("="); err != nil {
			return err
		}
		labels[key], err = p.textOf("the value of a label")
		return err
	})
}

// dictionary reads over {"key": "value", "key": ["value", ...], ...}.
func (p *parser) dictionary() error {
	if err := p.expect("{"); err != nil {
		return err
	}
	return p.commas("}", func() error {
		if _, err := p.textOf("a key"); err != nil {
			return err
		}
		if err := p.expect(":"); err != nil {
			return err
		}
		value := func() error { _, err := p.textOf("a value"); return err }
		list, err := p.sign("[")
		if err != nil {
			return err
		}
		if list {
			return p.commas("]", value)
		}
		return value()
	})
}

// commas reads items with commas between them, at least one, and the sign behind.
func (p *parser) commas(end string, item func() error) error {
	for {
		if err := item(); err != nil {
			return err
		}
		if more, err := p.sign(","); err != nil {
			return err
		} else if !more {
			return p.expect(end)
		}
	}
}

// constant reads a text, a keyword or a list of them.
func (p *parser) constant(name string) error {
	c := &Condition{}
	var err error
	list := p.tok.kind == signToken && p.tok.text == "["
	at := p.tok
	if list {
		err = p.list(c)
	} else {
		err = p.operand(c)
	}
	if err != nil {
		return err
	}
	for _, v := range c.Values {
		if v.Kind != TextOperand && v.Kind != NullOperand && v.Kind != EmptyOperand && v.Kind != BlankOperand {
			return p.fail(at, "need a text in quotes or NULL in a constant, have %v", v)
		}
	}
	if p.constants == nil {
		p.constants, p.lists = make(map[string][]Operand), make(map[string]bool)
	}
	p.constants[name], p.lists[name] = c.Values, list
	return nil
}

// dereference reads $name, a constant.
func (p *parser) dereference() (values []Operand, list, ok bool, err error) {
	at := p.tok
	if ok, err = p.sign("$"); !ok || err != nil {
		return nil, false, false, err
	}
	name := p.tok
	if name.kind != wordToken {
		return nil, false, false, p.fail(name, "need the name of a constant, have %v", name)
	}
	values, ok = p.constants[name.text]
	if !ok {
		return nil, false, false, p.fail(at, "need a constant that is defined above, have %v", name)
	}
	return values, p.lists[name.text], true, p.next()
}

// labelled reads a rule, or joined rules, and the labels of the whole.
func (p *parser) labelled() (Rule, error) {
	at := p.tok
	r, joined, err := p.either()
	if err != nil {
		return Rule{}, err
	}
	behind := p.tok
	ok, err := p.word("labels")
	if err != nil || !ok {
		return r, err
	}
	if joined {
		return Rule{}, p.fail(behind, "need parentheses around the rules that are labelled together")
	}
	if err := p.expect("="); err != nil {
		return Rule{}, err
	}
	if r.Labels, err = p.labels(); err != nil {
		return Rule{}, err
	}
	if err := r.checkLabels(0); err != nil {
		return Rule{}, p.fail(at, "%s: %v", r.Type, err)
	}
	return r, nil
}

// either reads rules joined by or, of which each may be joined by and; joined tells
// whether they were.
func (p *parser) either() (Rule, bool, error) {
	return p.joined(anyOf, func() (Rule, bool, error) {
		return p.joined(all, func() (Rule, bool, error) {
			r, err := p.group()
			return r, false, err
		})
	})
}

func (p *parser) joined(by RuleType, part func() (Rule, bool, error)) (Rule, bool, error) {
	r, inner, err := part()
	if err != nil {
		return Rule{}, false, err
	}
	rules := []Rule{r}
	for {
		ok, err := p.word(string(by))
		if err != nil {
			return Rule{}, false, err
		}
		if !ok && len(rules) == 1 {
			return r, inner, nil
		}
		if !ok {
			return Rule{Type: by, Rules: rules}, true, nil
		}
		next, _, err := part()
		if err != nil {
			return Rule{}, false, err
		}
		rules = append(rules, next)
	}
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
	r, _, err := p.either()
	if err != nil {
		return Rule{}, err
	}
	p.depth--
	if p.tok.kind == wordToken && p.tok.text == "labels" {
		return Rule{}, p.fail(p.tok, "need labels behind the whole rule, have them on a part")
	}
	return r, p.expect(")")
}

// reserved are the words that are no names of columns.
var reserved = []string{"and", "or", "of", "null", "empty", "whitespaces_only", "between", "in", "not", "matches", "where", "with", "labels"}

func isReserved(word string) bool {
	lower := strings.ToLower(word)
	return slices.Contains(reserved, lower) && (word == lower || word == strings.ToUpper(word))
}

// head reads the name of a rule and its parameters.
func (p *parser) head() (Rule, error) {
	at := p.tok
	r := Rule{Type: RuleType(at.text)}
	if _, ok := shapes[r.Type]; at.kind != wordToken || !ok && notHere[r.Type] == "" {
		return Rule{}, p.fail(at, "need the name of a rule, have %v", at)
	}
	if notHere[r.Type] != "" {
		return Rule{}, p.fail(at, "%s is not supported: it is %s", r.Type, notHere[r.Type])
	}
	if err := p.next(); err != nil {
		return Rule{}, err
	}
	for {
		// of "a" and "b": the words may stand before a parameter.
		if p.tok.kind == wordToken && (p.before(`"`) || p.before("$")) {
			for _, connector := range []string{"of", "and"} {
				if _, err := p.word(connector); err != nil {
					return Rule{}, err
				}
			}
		}
		constant := p.tok
		values, list, ok, err := p.dereference()
		switch {
		case err != nil:
			return Rule{}, err
		case ok && (list || values[0].Kind != TextOperand):
			return Rule{}, p.fail(constant, "need a constant that is a text")
		case ok:
			r.Columns = append(r.Columns, values[0].Text)
			continue
		case p.tok.kind != textToken && (p.tok.kind != wordToken || isReserved(p.tok.text)):
			return r, nil
		}
		r.Columns = append(r.Columns, p.tok.text)
		if err := p.next(); err != nil {
			return Rule{}, err
		}
	}
}

// rule reads a name, parameters, a condition, a where clause and a threshold.
func (p *parser) rule() (Rule, error) {
	at := p.tok
	r, err := p.head()
	if err != nil {
		return Rule{}, err
	}
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
	return r, p.checked(&r, at)
}

// checked reports a rule that makes no sense, at its name.
func (p *parser) checked(r *Rule, at token) error {
	if err := r.check(0); err != nil {
		return p.fail(at, "%s", strings.TrimSuffix(err.Error(), ": "+mlgauge.ErrRange.Error()))
	}
	return nil
}

// FormatRules writes rules and analyzers so that ParseRules reads them back;
// predicates are not written.
func FormatRules(rules []Rule) string {
	var b strings.Builder
	list := func(section string, analyzers bool) {
		b.WriteString(section + " = [")
		comma := ""
		for _, r := range rules {
			if r.Analyzer == analyzers {
				b.WriteString(comma + "\n    " + r.String())
				comma = ","
			}
		}
		b.WriteString("\n]\n")
	}
	list("Rules", false)
	if slices.ContainsFunc(rules, func(r Rule) bool { return r.Analyzer }) {
		list("Analyzers", true)
	}
	return b.String()
}
