package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgauge/mlgauge/table"
)

// labels turns the values of columns into label texts. Equal labels share one
// string, so that comparing them costs little.
type labels struct {
	text   map[string]string  // as in the file -> as compared
	number map[float64]string // of a float column
	batch  []string           // of the dictionary of a batch
}

func newLabels() *labels {
	return &labels{text: make(map[string]string), number: make(map[float64]string)}
}

// canonical writes a number in one way only, and leaves other text as it is.
func canonical(s string) string {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v*0 != 0 || strings.ContainsAny(s, "xX_") {
		return s
	}
	return canonicalNumber(v)
}

func canonicalNumber(v float64) string {
	if v == 0 {
		return "0" // not -0
	}
	if -1e15 < v && v < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// read puts the labels of a column into dst and returns it, and the index of
// the first missing value, or -1.
func (l *labels) read(c *table.Column, dst []string) (_ []string, missing int) {
	dst = dst[:0]
	if c.Type == table.Float {
		for i, v := range c.Floats {
			if v != v {
				return dst, i
			}
			s, ok := l.number[v]
			if !ok {
				s = l.intern(canonicalNumber(v))
				l.number[v] = s
			}
			dst = append(dst, s)
		}
		return dst, -1
	}
	l.batch = l.batch[:0]
	for _, s := range c.Dict {
		l.batch = append(l.batch, l.intern(s))
	}
	for i, k := range c.Codes {
		if k < 0 {
			return dst, i
		}
		dst = append(dst, l.batch[k])
	}
	return dst, -1
}

func (l *labels) intern(s string) string {
	if t, ok := l.text[s]; ok {
		return t
	}
	t := canonical(s)
	if known, ok := l.text[t]; ok {
		t = known
	}
	l.text[t] = t
	l.text[s] = t
	return t
}

// ascending orders labels: numbers by value, before text.
func ascending(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX == nil && errY == nil:
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

// pairs are the labels whose positive one needs no telling, in lower case.
var pairs = [][2]string{{"0", "1"}, {"-1", "1"}, {"false", "true"}, {"no", "yes"}, {"n", "y"}, {"f", "t"}, {"negative", "positive"}}

// guessPositive returns the positive label among those seen, or the one that
// would be (its partner was seen), and the negative one.
func guessPositive(seen []string) (negative, positive string, ok bool) {
	for _, p := range pairs {
		found := [2]string{}
		n := 0
		for _, s := range seen {
			for i := range p {
				if strings.EqualFold(s, p[i]) {
					found[i] = s
					n++
				}
			}
		}
		if n != len(seen) || n == 0 || n == 2 && (found[0] == "" || found[1] == "") {
			continue
		}
		if found[0] == "" {
			found[0] = likeCase(found[1], p[0])
		}
		if found[1] == "" {
			found[1] = likeCase(found[0], p[1])
		}
		return found[0], found[1], true
	}
	return "", "", false
}

// likeCase writes a word in the case of another: True for False.
func likeCase(model, word string) string {
	switch {
	case model == strings.ToLower(model):
		return word
	case model == strings.ToUpper(model):
		return strings.ToUpper(word)
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// columnsOfLabels tells to which label each score column belongs: the rules are
// in the help of evaluate. all returns every label of the file, and is asked
// only if the names do not tell.
func columnsOfLabels(columns, seen []string, all func() ([]string, error)) ([]string, error) {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = canonical(c)
	}
	if contains(names, seen) {
		return names, nil
	}
	prefix := columns[0]
	for _, c := range columns[1:] {
		for !strings.HasPrefix(c, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	for i, c := range columns {
		names[i] = canonical(c[len(prefix):])
	}
	if contains(names, seen) {
		return names, nil
	}
	every, err := all()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(every, ascending)
	return every, nil
}

func contains(names, seen []string) bool {
	for _, s := range seen {
		if !slices.Contains(names, s) {
			return false
		}
	}
	return true
}
