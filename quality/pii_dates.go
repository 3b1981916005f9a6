package quality

import (
	"strings"
	"time"
)

// birthday tells whether a day is one of the calendar, from 1900 to today.
func birthday(y, m, d int, today time.Time) bool {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return y >= 1900 && t.Day() == d && int(t.Month()) == m && m >= 1 && m <= 12 && !t.After(today)
}

// calendarDay finds a day from 1900 to today.
func calendarDay(s string, i int, today time.Time) int {
	var v [3]int
	var width [3]int
	at := i
	var sep byte
	for k := range v {
		end := digitRun(s, at, 5)
		width[k] = end - at
		if width[k] == 0 || width[k] > 4 {
			return 0
		}
		for _, d := range []byte(s[at:end]) {
			v[k] = 10*v[k] + int(d-'0')
		}
		at = end
		if k == 2 {
			break
		}
		if at >= len(s) || k == 0 && strings.IndexByte("-/.", s[at]) < 0 || k == 1 && s[at] != sep {
			return 0
		}
		sep = s[at]
		at++
	}
	if !wordEnds(s, at) && s[at] != 'T' || at+1 < len(s) && s[at] == sep && byteClass[s[at+1]]&isDigit != 0 {
		return 0
	}
	ok := func(y, m, d int) bool { return birthday(y, m, d, today) }
	switch {
	case width[0] == 4 && width[1] == 2 && width[2] == 2 && sep != '.' && ok(v[0], v[1], v[2]):
	case width[0] <= 2 && width[1] <= 2 && width[2] == 4 && sep != '-' && ok(v[2], v[1], v[0]):
	case width[0] <= 2 && width[1] <= 2 && width[2] == 4 && sep == '/' && ok(v[2], v[0], v[1]):
	default:
		return 0
	}
	return at
}

var months = [12]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

// month reads the English name of a month, or its first three letters with a point
// or without, and returns the end.
func month(s string, i int) (m, end int) {
	end = i
	for end < len(s) && end-i < 10 && byteClass[s[end]]&(isLetter|isWide) == isLetter {
		end++
	}
	word := s[i:end]
	if len(word) < 3 || end == len(s) || strings.IndexByte(" .-", s[end]) < 0 {
		return 0, 0
	}
	for k, name := range months {
		if strings.EqualFold(word, name) || strings.EqualFold(word, name[:3]) || k == 8 && strings.EqualFold(word, "sept") {
			if end < len(s) && s[end] == '.' && len(word) < len(name) {
				end++
			}
			return k + 1, end
		}
	}
	return 0, 0
}

// smallNumber reads one or two digits.
func smallNumber(s string, i int) (v, end int) {
	end = digitRun(s, i, 3)
	if end == i || end-i > 2 {
		return 0, 0
	}
	for _, c := range []byte(s[i:end]) {
		v = 10*v + int(c-'0')
	}
	return v, end
}

// fourDigits reads four and no more.
func fourDigits(s string, i int) (v, end int) {
	if end = digitRun(s, i, 5); end-i != 4 || !wordEnds(s, end) {
		return 0, 0
	}
	for _, c := range []byte(s[i:end]) {
		v = 10*v + int(c-'0')
	}
	return v, end
}

// dayOfMonth finds 31 Dec 1990, 31-Dec-1990 and 31 December 1990.
func dayOfMonth(s string, i int, today time.Time) int {
	d, at := smallNumber(s, i)
	if at == 0 || at+1 >= len(s) || s[at] != ' ' && s[at] != '-' || byteClass[s[at+1]]&isLetter == 0 {
		return 0
	}
	sep := s[at]
	m, at := month(s, at+1)
	if at == 0 || at >= len(s) || s[at] != sep {
		return 0
	}
	y, at := fourDigits(s, at+1)
	if at == 0 || !birthday(y, m, d, today) {
		return 0
	}
	return at
}

// monthDay finds Dec 31, 1990 and December 31 1990.
func monthDay(s string, i int, today time.Time) int {
	if strings.IndexByte("jfmasond", s[i]|0x20) < 0 {
		return 0
	}
	m, at := month(s, i)
	if at == 0 || at+1 >= len(s) || s[at] != ' ' || byteClass[s[at+1]]&isDigit == 0 {
		return 0
	}
	d, at := smallNumber(s, at+1)
	if at == 0 || at >= len(s) {
		return 0
	}
	if s[at] == ',' {
		at++
	}
	if at >= len(s) || s[at] != ' ' {
		return 0
	}
	y, at := fourDigits(s, at+1)
	if at == 0 || !birthday(y, m, d, today) {
		return 0
	}
	return at
}
