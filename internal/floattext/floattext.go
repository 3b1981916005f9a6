// Package floattext writes floating-point labels as Python's repr does, which
// is how scikit-learn names them in reports and features: "1.0", "1000000.0",
// "1e+16".
package floattext

import (
	"math"
	"strconv"
	"strings"
)

// Repr returns the shortest decimal that reads back as x in a float of the given
// number of bits (32 or 64), with a point or an exponent: an exponent below 1e-4
// and from 1e16 on. NaN is "nan", infinities "inf" and "-inf".
func Repr(x float64, bits int) string {
	switch {
	case x != x:
		return "nan"
	case x*0 != 0:
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(x, 'f', -1, bits), "+"))
	}
	if a := math.Abs(x); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(x, 'e', -1, bits)
	}
	s := strconv.FormatFloat(x, 'f', -1, bits)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
