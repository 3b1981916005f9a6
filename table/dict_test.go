package table

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDictAgainstAMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	d := newDict([]string{"", "NA", "?", "NA"})
	for range 4 {
		index := make(map[string]int32)
		var values []string
		for range 30_000 {
			var s string
			switch rng.IntN(5) {
			case 0:
				s = string(rune('a' + rng.IntN(26)))
			case 1:
				s = fmt.Sprint(rng.IntN(20_000))
			case 2:
				s = []string{"", "NA", "?", "na", "x"}[rng.IntN(5)]
			case 3:
				s = strings.Repeat("long ", rng.IntN(4000))
				if rng.IntN(50) != 0 {
					s = "b"
				}
			default:
				s = "same"
			}
			want, ok := index[s]
			switch {
			case s == "" || s == "NA" || s == "?":
				want = MissingCode
			case !ok:
				want = int32(len(values))
				index[s] = want
				values = append(values, s)
			}
			b := []byte(s)
			if got := d.code(b); got != want {
				t.Fatalf("%.40q: want code %d, got %d", s, want, got)
			}
			clear(b) // the dictionary must not hold on to what it was given
		}
		kept := d.values()
		require.Equal(t, values, kept)
		d.reset()
		d.code([]byte("other"))
		require.Equal(t, values, kept, "a batch keeps its dictionary")
		d.reset()
	}
}

func BenchmarkDict(b *testing.B) {
	for _, keys := range []int{2, 10, 1000, 100_000} {
		b.Run(fmt.Sprint(keys), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			x := make([][]byte, 200_000)
			for i := range x {
				x[i] = fmt.Appendf(nil, "category %d", rng.IntN(keys))
			}
			for b.Loop() {
				d := newDict(DefaultMissing)
				for _, s := range x {
					d.code(s)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/elem")
		})
	}
}
