package kernel

import (
	"encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"sync/atomic"
	"unsafe"
)

// ScanFloat reads the decimal number at the start of b and returns its value,
// rounded to the nearest float64 (ties to even), and the number of bytes it
// takes: an optional sign, digits with an optional point (one digit at least),
// and an optional exponent. It returns 0, 0 if b does not start with a number,
// or if the number is beyond the range of float64. What follows the number is
// the caller's business.
//
// Up to 2^53 and 10^22 one floating-point operation is exact (Clinger, 1990);
// beyond, the product with a 128-bit power of ten decides nearly always
// (Lemire, Number Parsing at a Gigabyte per Second, 2021); strconv does the
// rest.
func ScanFloat(b []byte) (v float64, n int) {
	if len(b) < longest {
		return scanFloat(b)
	}
	// The same as scanFloat without a branch that depends on the sign or on the
	// number of digits in the last group: a column of numbers has no pattern
	// there. What it meets too seldom to be quick about goes to scanFloat.
	sign := (uint64(b[0]^'-') - 1) >> 63
	i := int(sign)
	w := binary.LittleEndian.Uint64(b[i:])
	stop := noDigit(w)
	if stop == 0 {
		return scanFloat(b) // eight digits or more before the point
	}
	nd := bits.TrailingZeros64(stop) >> 3
	m := eight(w << (64 - 8*uint(nd)))
	i += nd
	exp := 0
	if b[i] == '.' {
		i++
		point := i
		w = binary.LittleEndian.Uint64(b[i:])
		stop = noDigit(w)
		if stop == 0 {
			m = m*100000000 + eight(w)
			i += 8
			w = binary.LittleEndian.Uint64(b[i:])
			if stop = noDigit(w); stop == 0 {
				m = m*100000000 + eight(w)
				i += 8
				w = binary.LittleEndian.Uint64(b[i:])
				if stop = noDigit(w); stop == 0 {
					return scanFloat(b)
				}
			}
		}
		k := bits.TrailingZeros64(stop) >> 3
		m = m*int10[k&7] + eight(w<<(64-8*uint(k)))
		i += k
		exp = point - i
		nd -= exp
	}
	if uint(nd-1) > 18 { // no digits or too many
		return scanFloat(b)
	}
	if b[i]|0x20 == 'e' {
		if e, end := exponent(b, i+1); end > 0 {
			v, ok := timesTen(m, exp+e)
			if !ok {
				return scanFloat(b)
			}
			return math.Float64frombits(math.Float64bits(v) | sign<<63), end
		}
	}
	// Clinger's way costs a division: take it where it always works.
	if nd <= 15 {
		v = float64(m) / exact10[-exp]
	} else if m == 0 || exp == 0 && m>>53 == 0 { // lemire needs a digit that is not 0
		v = float64(m)
	} else {
		var ok bool
		if v, ok = lemire(m, exp); !ok {
			return scanFloat(b)
		}
	}
	return math.Float64frombits(math.Float64bits(v) | sign<<63), i
}

// FloatEnd returns the number of bytes that ScanFloat would take, without
// computing the number.
func FloatEnd(b []byte) int {
	if len(b) < longest {
		_, n := scanFloat(b)
		return n
	}
	i := 0
	if b[0] == '-' {
		i = 1
	}
	start := i
	i = digitsEnd(b, i)
	nd := i - start
	if i < len(b) && b[i] == '.' {
		start = i + 1
		i = digitsEnd(b, start)
		nd += i - start
	}
	if nd == 0 || nd > 300 || i == len(b) || b[i]|0x20 == 'e' {
		// A sign, an exponent, a number that may be out of range.
		_, n := scanFloat(b)
		return n
	}
	return i
}

// digitsEnd returns the index of the first byte of b[i:] that is no digit.
func digitsEnd(b []byte, i int) int {
	for ; len(b)-i >= 8; i += 8 {
		if stop := noDigit(binary.LittleEndian.Uint64(b[i:])); stop != 0 {
			return i + bits.TrailingZeros64(stop)>>3
		}
	}
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
	}
	return i
}

// longest is more than the bytes that the quick way of ScanFloat looks at: sign,
// eight, point, three times eight.
const longest = 40

// noDigit has the top bit set in the first byte of w (the lowest) that is no
// digit, and 0 if all are: borrows and carries of the two sums only reach the
// bytes above.
func noDigit(w uint64) uint64 {
	return ((w + 0x4646464646464646) | (w - 0x3030303030303030)) & 0x8080808080808080
}

// scanFloat is ScanFloat for every case.
func scanFloat(b []byte) (v float64, n int) {
	i := 0
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		i = 1
	}
	start := i
	m, i := digits(b, i, 0)
	nd := i - start
	exp := 0
	if i < len(b) && b[i] == '.' {
		point := i + 1
		m, i = digits(b, point, m)
		exp = point - i
		nd += i - point
	}
	if nd == 0 {
		return 0, 0
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		e, end := exponent(b, i+1)
		if end > 0 {
			exp += e
			i = end
		}
	}
	if nd > 19 && significant(b[start:i]) > 19 {
		return slow(b[:i])
	}
	v, ok := timesTen(m, exp)
	if !ok {
		return slow(b[:i])
	}
	if neg {
		v = -v
	}
	return v, i
}

// timesTen returns m * 10^exp rounded to nearest even; ok as of lemire.
func timesTen(m uint64, exp int) (v float64, ok bool) {
	switch {
	case m>>53 == 0 && -22 <= exp && exp <= 0:
		return float64(m) / exact10[-exp], true
	case m>>53 == 0 && 0 < exp && exp <= 22:
		return float64(m) * exact10[exp], true
	case m == 0:
		return 0, true
	}
	return lemire(m, exp)
}

// digits reads digits from b[i:], eight at a time, onto m. It wraps around
// after 19 digits; the caller counts them.
func digits(b []byte, i int, m uint64) (uint64, int) {
	for len(b)-i >= 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		stop := noDigit(w)
		if stop == 0 {
			m = m*100000000 + eight(w)
			i += 8
			continue
		}
		k := bits.TrailingZeros64(stop) >> 3
		// Zeros take the place of the digits that are not there.
		return m*int10[k&7] + eight(w<<(64-8*uint(k))), i + k
	}
	for ; i < len(b); i++ {
		c := b[i] - '0'
		if c > 9 {
			break
		}
		m = m*10 + uint64(c)
	}
	return m, i
}

// eight returns the number written by the eight bytes of w, the first digit in
// the lowest byte, in three multiplications.
func eight(w uint64) uint64 {
	w &= 0x0f0f0f0f0f0f0f0f
	w = w*10 + w>>8
	return ((w&0x000000ff000000ff)*0x000f424000000064 + (w>>16&0x000000ff000000ff)*0x0000271000000001) >> 32
}

// exponent reads a sign and digits from b[i:]; end is 0 if there are no digits.
// It saturates far beyond what any mantissa could bring back into range, unless
// that has millions of digits, which slow does not mind: it reads the text.
func exponent(b []byte, i int) (e, end int) {
	neg := false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		neg = b[i] == '-'
		i++
	}
	start := i
	for ; i < len(b); i++ {
		c := b[i] - '0'
		if c > 9 {
			break
		}
		if e < 1<<24 { // far beyond any exponent, and an int of 32 bits
			e = e*10 + int(c)
		}
	}
	if i == start {
		return 0, 0
	}
	if neg {
		e = -e
	}
	return e, i
}

// significant returns the number of digits of a mantissa without its leading
// zeros; b may go on into the exponent.
func significant(b []byte) int {
	n := 0
	for _, c := range b {
		switch {
		case c == '.' || c == '0' && n == 0:
		case c-'0' <= 9:
			n++
		default:
			return n
		}
	}
	return n
}

// slow leaves the number to strconv, and refuses one that is out of range.
func slow(b []byte) (float64, int) {
	v, err := strconv.ParseFloat(unsafe.String(&b[0], len(b)), 64)
	if err != nil {
		return 0, 0
	}
	return v, len(b)
}

var exact10 = [23]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

var int10 = [8]uint64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000}

// 10^exp for exp outside [minExp10, maxExp10] times 19 digits is outside the
// range of float64, or so close to its edge that strconv may decide.
const minExp10, maxExp10 = -330, 308

// powers holds the upper 128 bits of 10^exp, rounded down, the top bit set.
type powers [maxExp10 - minExp10 + 1][2]uint64

// power10 is made when it is first needed, so that programs which read no text
// do not pay for it; two goroutines that race store the same table.
var power10 atomic.Pointer[powers]

func tableOfPowers() *powers {
	table := power10.Load()
	if table == nil {
		table = powersOfTen()
		power10.Store(table)
	}
	return table
}

func powersOfTen() *powers {
	t := new(powers)
	low := new(big.Int).SetUint64(math.MaxUint64)
	put := func(exp int, v *big.Int) {
		if over := v.BitLen() - 128; over > 0 {
			v = new(big.Int).Rsh(v, uint(over))
		} else {
			v = new(big.Int).Lsh(v, uint(-over))
		}
		t[exp-minExp10] = [2]uint64{new(big.Int).Rsh(v, 64).Uint64(), new(big.Int).And(v, low).Uint64()}
	}
	p, ten := big.NewInt(1), big.NewInt(10)
	for exp := 0; exp <= max(maxExp10, -minExp10); exp++ {
		if exp <= maxExp10 {
			put(exp, p)
		}
		if exp > 0 && -exp >= minExp10 {
			inverse := new(big.Int).Lsh(big.NewInt(1), uint(p.BitLen()+128))
			put(-exp, inverse.Quo(inverse, p))
		}
		p = new(big.Int).Mul(p, ten)
	}
	return t
}

// binaryExponent returns the biased exponent of 10^exp with 64 bits before the
// point: floor(log2(10^exp)) is 217706 exp / 2^16 in this range.
func binaryExponent(exp int) int { return 217706*exp>>16 + 1087 }

// lemire returns m * 10^exp rounded to nearest even, m not 0; ok is false where
// 128 bits of the power do not decide, and for results that are not normal.
func lemire(m uint64, exp int) (v float64, ok bool) {
	if exp < minExp10 || exp > maxExp10 {
		return 0, false
	}
	zeros := bits.LeadingZeros64(m)
	m <<= uint(zeros)
	p := &tableOfPowers()[exp-minExp10]
	hi, lo := bits.Mul64(m, p[0])
	if hi&0x1ff == 0x1ff && lo+m < m {
		// The bits below could carry into those that decide: take them in.
		hi2, lo2 := bits.Mul64(m, p[1])
		sum, carry := bits.Add64(lo, hi2, 0)
		hi += carry
		lo = sum
		if hi&0x1ff == 0x1ff && lo+1 == 0 && lo2+m < m {
			return 0, false
		}
	}
	top := hi >> 63
	mantissa := hi >> (top + 9) // 54 bits
	if lo == 0 && hi&0x1ff == 0 && mantissa&3 == 1 {
		return 0, false // as near to half way as the product can tell
	}
	e := binaryExponent(exp) - zeros - int(1^top)
	mantissa += mantissa & 1
	mantissa >>= 1
	if mantissa>>53 > 0 {
		mantissa >>= 1
		e++
	}
	if e < 1 || e > 2046 {
		return 0, false
	}
	return math.Float64frombits(uint64(e)<<52 | mantissa&(1<<52-1)), true
}
