package quality

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge"
)

// MaskText returns s with every letter and digit but the last keep of them
// replaced by '*'. Separators, and so the form, stay: with 4,
// "4111-1111-1111-1234" is "****-****-****-1234". A text of at most 2 keep letters
// and digits is masked whole, for what is left would be most of it; a negative
// keep is 0.
func MaskText(s string, keep int) string {
	count := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			count++
		}
	}
	hide := count - max(keep, 0)
	if keep > 0 && count <= 2*keep {
		hide = count
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if hide > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteByte('*')
			hide--
		} else {
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// MinKey is the shortest key of a Pseudonymiser in bytes.
const MinKey = 16

// A Pseudonymiser gives each value a name that depends on it and a key only.
type Pseudonymiser struct{ key []byte }

// NewPseudonymiser takes a secret key of MinKey bytes or more; keep 32 random
// ones. The error wraps ErrLength.
func NewPseudonymiser(key []byte) (*Pseudonymiser, error) {
	if len(key) < MinKey {
		return nil, fmt.Errorf("quality.NewPseudonymiser: key: need %d bytes or more, have %d: %w", MinKey, len(key), mlgauge.ErrLength)
	}
	return &Pseudonymiser{append([]byte(nil), key...)}, nil
}

var pseudonymEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Pseudonym returns "p_" and 26 characters of a-z and 2-7:
//
//	base32(first 16 bytes of HMAC-SHA256(key, value))
//
// The same value has the same pseudonym wherever the key is the same, so that
// tables can still be joined; without the key it cannot be found by trying values.
// The value counts to the byte: case and spaces make another. Two of 2^32 values
// collide with probability below 2^-64. Source: RFC 2104, RFC 4648.
func (p *Pseudonymiser) Pseudonym(value string) string {
	h := hmac.New(sha256.New, p.key)
	h.Write([]byte(value))
	return "p_" + pseudonymEncoding.EncodeToString(h.Sum(nil)[:16])
}

// GeneraliseNumber returns the interval of the given width that holds x, counted
// from 0: 37 by 10 is "[30, 40)". The error wraps ErrNotFinite or, for a width
// that is not positive, ErrRange.
func GeneraliseNumber(x, width float64) (string, error) {
	const fn = "quality.GeneraliseNumber"
	if x*0 != 0 || width*0 != 0 {
		return "", fmt.Errorf("%s: need finite numbers, have %v by %v: %w", fn, x, width, mlgauge.ErrNotFinite)
	}
	if width <= 0 {
		return "", fmt.Errorf("%s: width: need a positive number, have %v: %w", fn, width, mlgauge.ErrRange)
	}
	k := math.Floor(x / width)
	text := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	lo, hi := k*width, (k+1)*width
	if hi-lo <= 0 || math.IsInf(hi, 0) {
		return "", fmt.Errorf("%s: width: need one that tells numbers near %v apart, have %v: %w", fn, x, width, mlgauge.ErrRange)
	}
	return "[" + text(lo) + ", " + text(hi) + ")", nil
}

// GeneralisePrefix returns the first n characters of s and '*' for the letters and
// digits among the others, as for postal codes: "94107" to 3 is "941**".
func GeneralisePrefix(s string, n int) string {
	var b strings.Builder
	for _, r := range s {
		if n <= 0 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			r = '*'
		}
		n--
		b.WriteRune(r)
	}
	return b.String()
}

// GeneraliseDate returns the year of a date, which is the four digits of it that
// stand together: "1990-12-31" and "31.12.1990" are "1990". ok is false if there
// are none, or more than one group of four.
func GeneraliseDate(s string) (year string, ok bool) {
	for i := 0; i < len(s); {
		end := digitRun(s, i, len(s))
		if end == i {
			i++
			continue
		}
		if end-i == 4 {
			if ok {
				return "", false
			}
			year, ok = s[i:end], true
		}
		i = end
	}
	return year, ok
}
