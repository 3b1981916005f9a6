package table

import (
	"bytes"
	"math"

	"github.com/mlgauge/mlgauge/internal/kernel"
)

// marks are the texts that mean a missing value among numbers.
type marks struct {
	numbers []string // those that are not empty
	empty   bool     // whether an empty text is missing
}

// newMarks sorts the texts; nil means DefaultMissing.
func newMarks(missing []string) marks {
	if missing == nil {
		missing = DefaultMissing
	}
	var m marks
	for _, s := range missing {
		if s == "" {
			m.empty = true
		} else {
			m.numbers = append(m.numbers, s)
		}
	}
	return m
}

// number reads a whole field: a number or a missing value, with spaces around.
func (m *marks) number(raw []byte) (float64, bool) {
	raw = bytes.Trim(raw, " \t")
	if v, n := kernel.ScanFloat(raw); n == len(raw) && n > 0 {
		return v, true
	}
	if len(raw) == 0 {
		return math.NaN(), m.empty
	}
	for _, mark := range m.numbers {
		if string(raw) == mark {
			return math.NaN(), true
		}
	}
	sign := 1
	word := raw
	if word[0] == '-' || word[0] == '+' {
		if word[0] == '-' {
			sign = -1
		}
		word = word[1:]
	}
	if bytes.EqualFold(word, []byte("inf")) || bytes.EqualFold(word, []byte("infinity")) {
		return math.Inf(sign), true
	}
	return 0, false
}
