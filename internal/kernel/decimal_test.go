package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// oracle reads the longest prefix that is a decimal number with strconv.
func oracle(s string) (float64, int) {
	for n := len(s); n > 0; n-- {
		p := s[:n]
		if strings.Trim(p, "+-.0123456789eE") != "" {
			continue
		}
		if v, err := strconv.ParseFloat(p, 64); err == nil {
			return v, n
		} else if err.(*strconv.NumError).Err == strconv.ErrRange {
			return 0, 0
		}
	}
	return 0, 0
}

func checkScan(t testing.TB, s string) {
	t.Helper()
	want, wantN := oracle(s)
	got, n := ScanFloat([]byte(s))
	if math.Float64bits(got) != math.Float64bits(want) || n != wantN {
		t.Fatalf("%q: want %v (%d bytes), got %v (%d bytes)", s, want, wantN, got, n)
	}
	if e := FloatEnd([]byte(s)); e != wantN {
		t.Fatalf("%q: want a number of %d bytes, got %d", s, wantN, e)
	}
	if long := []byte(s + "," + strings.Repeat("1", longest)); FloatEnd(long) != wantN && wantN == len(s) {
		t.Fatalf("%q followed by a comma: want a number of %d bytes, got %d", s, wantN, FloatEnd(long))
	}
	// With bytes to spare the quick way is taken.
	if wantN == len(s) {
		if got, n = ScanFloat([]byte(s + "," + strings.Repeat("1", longest))); math.Float64bits(got) != math.Float64bits(want) || n != wantN {
			t.Fatalf("%q followed by a comma: want %v (%d bytes), got %v (%d bytes)", s, want, wantN, got, n)
		}
	}
}

var decimals = []string{
	"000000.0000000000", "0.0000000000000000", "-0.00000000000000000", "0000000000000000", "0000000000000000000",
	"", "-", "+", ".", "-.", "0", "-0", "+0", "0.", ".5", "-.5", "5.", "1e", "1e+", "1e-", "1e5", "1E5", "1e+5", "1e-5", "e5", ".e5",
	"12345678", "123456789", "1234567812345678", "9007199254740992", "9007199254740993", "9007199254740994", "18446744073709551615",
	"18446744073709551616", "99999999999999999999", "00000000000000000000000001", "0.00000000000000000000000000001234567890123456789",
	"1e22", "1e23", "1e-22", "1e-23", "8.98846567431158e307", "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308",
	"1e309", "-1e309", "1e-323", "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2.2250738585072014e-308",
	"2.2250738585072011e-308", "1e-400", "0e400", "0e99999999999999999999", "1e99999999999999999999", "1e-99999999999999999999",
	"0.500000000000000166533453693773481063544750213623046875", "3.518437208883201171875e13", "6.631236846766476e-316", "3.237883913302901289588352197e-319",
	"1 2", "1,2", "1.2.3", "--1", "+-1", "1e5e5", "1_000", "0x10", "inf", "NaN", "1:23456789", "1/23456789", "12\xb0", "1\xff2345678",
	strings.Repeat("9", 400), strings.Repeat("0", 400) + "1", "." + strings.Repeat("0", 400) + "1e400", strings.Repeat("1", 30) + "e-20",
}

func TestScanFloatAgainstStrconv(t *testing.T) {
	for _, s := range decimals {
		checkScan(t, s)
	}
	rng := rand.New(rand.NewPCG(7, 1))
	for range 300_000 {
		var s string
		switch rng.IntN(6) {
		case 0: // any float, as it prints
			s = strconv.FormatFloat(math.Float64frombits(rng.Uint64()), "efg"[rng.IntN(3)], -1, 64)
		case 1: // the middle of two floats, and beside it
			f := math.Float64frombits(rng.Uint64()&^(0x7ff<<52) | uint64(1023-70+rng.IntN(140))<<52)
			s = fmt.Sprintf("%.*e", 16+rng.IntN(8), f+(math.Nextafter(f, 9e300)-f)/2)
		case 2:
			s = fmt.Sprintf("%d.%0*d", rng.IntN(1000), 1+rng.IntN(18), rng.IntN(1e9))
		case 3:
			s = fmt.Sprintf("%de%d", rng.Uint64(), rng.IntN(720)-360)
		case 4:
			s = strconv.FormatFloat(rng.NormFloat64(), 'f', rng.IntN(20), 64)
		default:
			b := make([]byte, rng.IntN(14))
			for i := range b {
				b[i] = "0123456789.eE+-"[rng.IntN(15)]
			}
			s = string(b)
		}
		checkScan(t, s)
	}
}

func FuzzScanFloat(f *testing.F) {
	for _, s := range decimals {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			return
		}
		checkScan(t, s)
	})
}

func BenchmarkScanFloat(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		name string
		make func() string
	}{
		{"17digits", func() string { return strconv.FormatFloat(rng.NormFloat64(), 'g', -1, 64) }},
		{"6decimals", func() string { return strconv.FormatFloat(rng.Float64()*100, 'f', 6, 64) }},
		{"integers", func() string { return strconv.Itoa(rng.IntN(100000)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var text []byte
			for range 10_000 {
				text = append(append(text, c.make()...), ',')
			}
			text = append(text, make([]byte, longest)...)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for p := 0; p < len(text)-longest; {
					_, n := ScanFloat(text[p:])
					p += n + 1
				}
			}
		})
	}
}
