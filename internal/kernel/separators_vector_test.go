package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestSeparators(t *testing.T) { eachLevel(t, testSeparators) }

func testSeparators(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	for _, n := range lengths() {
		for offset := range 9 {
			for _, alphabet := range []string{"abcdefgh,\n\"", ",", "\n", "\"", "a", "-.,\r\n\x8a\xa2\xac", "\x00\x01\x02,\n\"\x0b\x09\x21\x23"} {
				text := fence(n, offset, ',', func(int) byte { return alphabet[r.IntN(len(alphabet))] })
				dst := fence(n+SeparatorRoom, offset, -7, func(int) int32 { return -9 })
				taken, lines, quotes := Separators(dst.in, text.in, 1000, ',')
				text.intact(t, "Separators")
				dst.intact(t, "Separators")
				var want []int32
				wantLines, wantQuotes := 0, 0
				for i, c := range text.in {
					switch c {
					case '\n':
						wantLines++
					case '"':
						wantQuotes++
					case ',':
					default:
						continue
					}
					want = append(want, 1000+int32(i))
				}
				if fmt.Sprint(want) != fmt.Sprint(append([]int32(nil), dst.in[:taken]...)) || lines != wantLines || quotes != wantQuotes {
					t.Fatalf("%q: want %v, %d and %d, got %v, %d and %d", text.in, want, wantLines, wantQuotes, dst.in[:taken], lines, quotes)
				}
			}
		}
	}
}

func BenchmarkSeparators(b *testing.B) {
	r := rand.New(rand.NewPCG(8, 1))
	for _, each := range []int{6, 19} {
		text := make([]byte, 1<<16)
		fields := 0
		for i := range text {
			text[i] = 'a'
			if r.IntN(each) == 0 {
				text[i] = ','
				fields++
			}
		}
		dst := make([]int32, len(text)+SeparatorRoom)
		b.Run(fmt.Sprint(each), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Separators(dst, text, 0, ',')
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(fields), "ns/field")
		})
	}
}
