package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestFieldEnd(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	for range 100_000 {
		b := make([]byte, rng.IntN(40))
		for i := range b {
			switch b[i] = byte(rng.Uint32()); rng.IntN(12) {
			case 0:
				b[i] = ",\n\";\t"[rng.IntN(5)]
			case 1:
				b[i] = ",\n\""[rng.IntN(3)] ^ byte(1<<rng.IntN(8)) // nearly one
			}
		}
		for _, sep := range []byte{',', ';', '\t', 0} {
			want := len(b)
			for i, c := range b {
				if c == sep || c == '\n' || c == '"' {
					want = i
					break
				}
			}
			if got := FieldEnd(b, sep); got != want {
				t.Fatalf("%q, %q: want %d, got %d", b, sep, want, got)
			}
		}
	}
}
