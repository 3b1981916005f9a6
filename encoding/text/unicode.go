package text

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// planes holds what is asked of the runes of the basic plane.
type planes struct {
	word  [1 << 10]uint64
	lower [1 << 12]uint16
}

var basic = sync.OnceValue(func() *planes {
	p := new(planes)
	for _, t := range []*unicode.RangeTable{unicode.L, unicode.N} {
		for _, r := range t.R16 {
			for c := uint32(r.Lo); c <= uint32(r.Hi); c += uint32(r.Stride) {
				p.word[c>>6] |= 1 << (c & 63)
			}
		}
	}
	p.word['_'>>6] |= 1 << ('_' & 63)
	for c := range p.lower {
		p.lower[c] = uint16(unicode.ToLower(rune(c)))
	}
	return p
})

// isWord tells whether Python's \w matches r: a letter, a number, or "_".
func (p *planes) isWord(r rune) bool {
	if r < 1<<16 {
		return p.word[r>>6]>>(uint(r)&63)&1 != 0
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

// isSpace tells whether Python's \s matches r; four separators of ASCII are
// white space there and not in Go.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

const (
	capitalSigma = 'Σ'
	dottedI      = 'İ'
)

// appendLower appends s in lower case by the full mappings of Unicode without
// tailoring: a capital sigma at the end of a word becomes a final sigma, a
// capital I with dot becomes an i and a combining dot.
func appendLower(dst []byte, s string, p *planes) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c-'A' < 26 {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == capitalSigma && finalSigma(s, i):
			r = 'ς'
		case r == dottedI:
			dst = append(dst, 'i')
			r = 0x307
		case int(r) < len(p.lower):
			r = rune(p.lower[r])
		default:
			r = unicode.ToLower(r)
		}
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst
}

// finalSigma tells whether the sigma at s[i] ends a word: a cased letter comes
// before it and none after it, case-ignorable runes aside.
func finalSigma(s string, i int) bool {
	before := s[:i]
	for {
		r, n := utf8.DecodeLastRuneInString(before)
		if n == 0 {
			return false
		}
		if !caseIgnorable(r) {
			if !cased(r) {
				return false
			}
			break
		}
		before = before[:len(before)-n]
	}
	for _, r := range s[i+len("Σ"):] {
		if !caseIgnorable(r) {
			return !cased(r)
		}
	}
	return true
}

// cased is the property Cased of Unicode.
func cased(r rune) bool {
	if r < utf8.RuneSelf {
		return r|32 >= 'a' && r|32 <= 'z'
	}
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// caseIgnorable is the property Case_Ignorable of Unicode.
func caseIgnorable(r rune) bool {
	switch r {
	case '\'', '.', ':', 0xb7, 0x387, 0x55f, 0x5f4, 0x2018, 0x2019, 0x2024, 0x2027, 0xfe13, 0xfe52, 0xfe55, 0xff07, 0xff0e, 0xff1a:
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}

// appendStripped appends s in compatibility decomposition without what is not
// ASCII, or without the combining marks.
func appendStripped(dst []byte, s []byte, how Accents) []byte {
	at := len(dst)
	dst = norm.NFKD.Append(dst, s...)
	out := dst[:at]
	for i := at; i < len(dst); {
		if dst[i] < utf8.RuneSelf {
			out = append(out, dst[i])
			i++
			continue
		}
		_, n := utf8.DecodeRune(dst[i:])
		if how == StripUnicode && norm.NFKD.Properties(dst[i:]).CCC() == 0 {
			out = append(out, dst[i:i+n]...)
		}
		i += n
	}
	return out
}

// appendRepaired appends s with each largest piece that begins a rune and does
// not end it, and each byte that begins none, replaced by U+FFFD or left out.
func appendRepaired(dst []byte, s string, replace bool) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || n > 1 {
			dst = append(dst, s[i:i+n]...)
			i += n
			continue
		}
		i += illFormed(s[i:])
		if replace {
			dst = append(dst, "\ufffd"...)
		}
	}
	return dst
}

// illFormed returns the length of the largest prefix of s that a well-formed
// rune could begin with, at least 1; s begins with no well-formed rune.
func illFormed(s string) int {
	lo, hi, more := byte(0x80), byte(0xbf), 0
	switch c := s[0]; {
	case c >= 0xc2 && c <= 0xdf:
		more = 1
	case c == 0xe0:
		lo, more = 0xa0, 2
	case c == 0xed:
		hi, more = 0x9f, 2
	case c >= 0xe1 && c <= 0xef:
		more = 2
	case c == 0xf0:
		lo, more = 0x90, 3
	case c == 0xf4:
		hi, more = 0x8f, 3
	case c >= 0xf1 && c <= 0xf3:
		more = 3
	}
	n := 1
	for n <= more && n < len(s) && s[n] >= lo && s[n] <= hi {
		n++
		lo, hi = 0x80, 0xbf
	}
	return n
}
