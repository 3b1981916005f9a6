package table

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge"
)

type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonNumber
	jsonString
	jsonBool
	jsonNested
)

// jsonValue is a value of an object; text is what stands in the file, without
// quotes and escapes, until the next value is read.
type jsonValue struct {
	kind    jsonKind
	text    []byte
	special bool // NaN, Infinity or -Infinity, which Python writes
	key     []byte
	room    []byte
}

const maxNesting = 1000

// members calls do with each member of the object in line.
func (s *jsonSource) members(line []byte, do func(key []byte, v *jsonValue) error) error {
	v := &s.value
	i := 1
	if line[0] != '{' {
		return s.fail("", mlgauge.ErrCorrupt, "need an object in each line, have %q", shorten(line))
	}
	bad := func() error {
		return s.fail("", mlgauge.ErrCorrupt, "need JSON, have %q at byte %d of the line", shorten(line[min(i, len(line)):]), i+1)
	}
	i = space(line, i)
	if i < len(line) && line[i] == '}' {
		i++
	} else {
		for {
			key, next, ok := jsonText(line, i, &v.key)
			if !ok {
				return bad()
			}
			i = space(line, next)
			if i >= len(line) || line[i] != ':' {
				return bad()
			}
			i = space(line, i+1)
			if next, ok = v.scan(line, i); !ok {
				return bad()
			}
			if err := do(key, v); err != nil {
				return err
			}
			i = space(line, next)
			if i >= len(line) || line[i] != ',' && line[i] != '}' {
				return bad()
			}
			i++
			if line[i-1] == '}' {
				break
			}
			i = space(line, i)
		}
	}
	if i = space(line, i); i != len(line) {
		return bad()
	}
	return nil
}

func shorten(b []byte) []byte { return b[:min(len(b), 20)] }

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// scan reads the value at i and returns where it ends.
func (v *jsonValue) scan(b []byte, i int) (int, bool) {
	if i >= len(b) {
		return i, false
	}
	v.special = false
	word := func(w string, kind jsonKind) (int, bool) {
		end := i + len(w)
		if end > len(b) || string(b[i:end]) != w {
			return i, false
		}
		v.kind, v.text = kind, b[i:end]
		return end, true
	}
	switch c := b[i]; c {
	case '"':
		text, end, ok := jsonText(b, i, &v.room)
		v.kind, v.text = jsonString, text
		return end, ok
	case 't':
		return word("true", jsonBool)
	case 'f':
		return word("false", jsonBool)
	case 'n':
		return word("null", jsonNull)
	case 'N':
		return word("NaN", jsonNull)
	case 'I':
		v.special = true
		return word("Infinity", jsonNumber)
	case '{', '[':
		v.kind, v.text = jsonNested, nil
		return v.nested(b, i)
	case '-':
		if i+1 < len(b) && b[i+1] == 'I' {
			v.special = true
			return word("-Infinity", jsonNumber)
		}
	}
	end := jsonNumberEnd(b, i)
	v.kind, v.text = jsonNumber, b[i:end]
	return end, end > i
}

// jsonNumberEnd returns where the number at i ends; i if there is none.
func jsonNumberEnd(b []byte, i int) int {
	start := i
	digits := func() bool {
		from := i
		for i < len(b) && '0' <= b[i] && b[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	whole := i
	if !digits() || b[whole] == '0' && i > whole+1 {
		return start
	}
	if i < len(b) && b[i] == '.' {
		i++
		if !digits() {
			return start
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return start
		}
	}
	return i
}

// nested skips an object or an array; what is in it is not looked at beyond its
// texts and brackets.
func (v *jsonValue) nested(b []byte, i int) (int, bool) {
	var open []byte
	for i < len(b) {
		switch c := b[i]; c {
		case '"':
			_, end, ok := jsonText(b, i, &v.room)
			if !ok {
				return i, false
			}
			i = end
			continue
		case '{', '[':
			if len(open) == maxNesting {
				return i, false
			}
			open = append(open, c+2) // the closing bracket of each
		case '}', ']':
			if open[len(open)-1] != c {
				return i, false
			}
			open = open[:len(open)-1]
			if len(open) == 0 {
				return i + 1, true
			}
		}
		i++
	}
	return i, false
}

// jsonText reads the text in quotes at i, and returns where it ends. What has no
// escapes is a part of b; the rest is put into room.
func jsonText(b []byte, i int, room *[]byte) (text []byte, end int, ok bool) {
	if i >= len(b) || b[i] != '"' {
		return nil, i, false
	}
	i++
	start := i
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
		i++
	}
	if i < len(b) && b[i] == '"' {
		return b[start:i], i + 1, true
	}
	out := append((*room)[:0], b[start:i]...)
	for i < len(b) && b[i] >= ' ' {
		c := b[i]
		i++
		if c == '"' {
			*room = out
			return out, i, true
		}
		if c != '\\' {
			out = append(out, c)
			continue
		}
		if i >= len(b) {
			return nil, i, false
		}
		c = b[i]
		i++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hex4(b, i)
			if !ok {
				return nil, i, false
			}
			i += 4
			if utf16.IsSurrogate(r) {
				low, ok := rune(0), false
				if i+1 < len(b) && b[i] == '\\' && b[i+1] == 'u' {
					low, ok = hex4(b, i+2)
				}
				// Half of a pair has no meaning of its own.
				if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
					return nil, i, false
				}
				i += 6
			}
			out = utf8.AppendRune(out, r)
		default:
			return nil, i, false
		}
	}
	return nil, i, false
}

func hex4(b []byte, i int) (rune, bool) {
	if i+4 > len(b) {
		return 0, false
	}
	v, err := strconv.ParseUint(string(b[i:i+4]), 16, 16)
	return rune(v), err == nil
}
