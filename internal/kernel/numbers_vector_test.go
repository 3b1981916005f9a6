package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// A column is texts with separators between, and where those are.
func column(texts []string, columns int) (b []byte, at []int32) {
	at = []int32{-1}
	for i, text := range texts {
		b = append(b, text...)
		at = append(at, int32(len(b)))
		if (i+1)%columns == 0 {
			b = append(b, '\n')
		} else {
			b = append(b, ',')
		}
	}
	return b, at
}

// checkNumbers holds Numbers against strconv for each of the columns.
func checkNumbers(t *testing.T, texts []string, columns int) {
	t.Helper()
	b, at := column(texts, columns)
	for _, tail := range []int{0, 40} {
		text := append(b[:len(b):len(b)], strings.Repeat("1", tail)...)
		for c := range columns {
			rows := len(texts) / columns
			dst := fence(rows, c%3, 7, func(int) float64 { return math.Inf(1) })
			bad := Numbers(dst.in, text, at[c:], at[c+1:], columns, nil)
			dst.intact(t, "Numbers")
			k := 0
			for i := range rows {
				word := texts[i*columns+c]
				refused := k < len(bad) && bad[k] == int32(i)
				if refused {
					k++
				}
				v, n := ScanFloat([]byte(word))
				if plain := n > 0 && n == len(word); plain == refused {
					t.Fatalf("%q: refused %v", word, refused)
				} else if !plain {
					continue
				}
				want, err := strconv.ParseFloat(word, 64)
				if err != nil || math.Float64bits(want) != math.Float64bits(v) {
					t.Fatalf("%q: ScanFloat %v, strconv %v, %v", word, v, want, err)
				}
				if math.Float64bits(want) != math.Float64bits(dst.in[i]) {
					t.Fatalf("%q: want %v, got %v", word, want, dst.in[i])
				}
			}
			if k != len(bad) {
				t.Fatalf("refused %v", bad)
			}
		}
	}
}

func TestNumbers(t *testing.T) { eachLevel(t, testNumbers) }

func testNumbers(t *testing.T) {
	odd := []string{"", "-", "+", ".", "-.", "1.", ".1", "-.5", "+1", "1e5", "1.5E-3", "1e400", "nan", "inf", "1,", "--1", "1-", "1.2.3", "..", " 1", "1 ",
		"0", "-0", "-0.0", "00", "007", "0000000000000000000000000000001", "00000000000000000000000000000001", "000000000000000000000000000000001",
		"9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993", "9007199254740993.0", "18446744073709551615", "18446744073709551616",
		"9999999999999999999", "99999999999999999999", "12345678901234567890", "1234567890123456789", "1844674407370955161.5", "0.5", "0.25", "2.5", "0.125",
		"0.00000000000000000000001", "0.0000000000000000000000000001", "0.00000000000000000000000000001", "-0.000000000000000000000000012345", "0.1", "1.1", "0.3",
		"123456789012345678901234567890.5", strings.Repeat("1", 200), strings.Repeat("0", 200), "1/2", "1:2", "\x00", "1\x00", "1\xff", "0x10", "1_000", "\xb1", "١"}
	r := rand.New(rand.NewPCG(4, 2))
	for _, word := range odd {
		for _, n := range []int{1, 2, 127, 128, 129} {
			texts := make([]string, n)
			for i := range texts {
				texts[i] = "1.5"
			}
			texts[r.IntN(n)] = word
			checkNumbers(t, texts, 1)
		}
	}
	checkNumbers(t, odd, 1)
	draws := map[string]func() string{
		"shortest": func() string { return strconv.FormatFloat(r.NormFloat64(), 'g', -1, 64) },
		"fixed":    func() string { return strconv.FormatFloat(1000*r.NormFloat64(), 'f', r.IntN(22), 64) },
		"whole":    func() string { return strconv.FormatInt(r.Int64()>>r.IntN(64), 10) },
		"tiny":     func() string { return strconv.FormatFloat(math.Exp(-60*r.Float64()), 'f', 30, 64) },
		"any":      func() string { return strconv.FormatFloat(math.Exp(80*r.NormFloat64()), 'g', 1+r.IntN(20), 64) },
		// numbers half way between two others, one digit more or less
		"half way": func() string {
			return strconv.FormatUint(1<<53+2*uint64(r.IntN(1<<20))+1, 10) + []string{"", ".", ".0", ".1", ".00", ".01"}[r.IntN(6)]
		},
		"quarters": func() string { return strconv.FormatFloat(float64(r.IntN(1<<20))/64, 'f', -1, 64) },
		"near": func() string {
			x := r.Float64()
			mid := strconv.FormatFloat(x, 'f', 18, 64)
			return mid[:len(mid)-1] + string(rune('0'+r.IntN(10)))
		},
		"letters": func() string {
			s := make([]byte, r.IntN(36))
			for i := range s {
				s[i] = "0123456789.-+e "[min(r.IntN(40), r.IntN(15))]
			}
			return string(s)
		},
	}
	for name, draw := range draws {
		t.Run(name, func(t *testing.T) {
			for _, columns := range []int{1, 3} {
				texts := make([]string, columns*1500)
				for i := range texts {
					texts[i] = draw()
				}
				checkNumbers(t, texts, columns)
			}
		})
	}
}

func BenchmarkNumbers(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 2))
	for _, kind := range []string{"shortest", "prices"} {
		texts := make([]string, 1000)
		for i := range texts {
			texts[i] = strconv.FormatFloat(r.NormFloat64(), 'g', -1, 64)
			if kind == "prices" {
				texts[i] = strconv.FormatFloat(100*math.Abs(r.NormFloat64()), 'f', 2, 64)
			}
		}
		text, at := column(texts, 10)
		text = append(text, make([]byte, 40)...)
		dst := make([]float64, len(texts)/10)
		b.Run(fmt.Sprint(kind), func(b *testing.B) {
			for b.Loop() {
				for c := range 10 {
					if Numbers(dst, text, at[c:], at[c+1:], 10, nil) != nil {
						b.Fatal("refused")
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(texts)), "ns/value")
		})
	}
}
