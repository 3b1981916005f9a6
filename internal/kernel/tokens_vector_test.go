package kernel

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// wordsOneByOne is Words, byte by byte.
func wordsOneByOne(s string, lower bool, least int) (text string, spans []Piece, ascii bool) {
	isWord := func(c byte) bool {
		return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	for lo := 0; lo < len(s); {
		if s[lo] >= 0x80 {
			return "", nil, false
		}
		hi := lo
		for hi < len(s) && isWord(s[hi]) {
			hi++
		}
		if hi > lo && hi-lo >= least {
			spans = append(spans, Piece{int32(lo), int32(hi)})
		}
		lo = max(hi, lo+1)
	}
	if lower {
		s = strings.ToLower(s)
	}
	return s, spans, true
}

func TestWordsVectors(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(6, 1))
		for _, n := range append(lengths(), 4095, 4096, 4097, 4096+64, 3*4096+77) {
			for trial := range 8 {
				any := func(int) byte {
					if trial < 4 {
						return byte(r.IntN(128))
					}
					return "abcXYZ019_ .@[`{/:"[r.IntN(18)>>(trial-4)]
				}
				in, out := fence(n, trial%5, 0x80, any), fence(n, 4-trial%4, 0xff, any)
				lower, least := trial%2 == 0, trial%3
				s := unsafe.String(unsafe.SliceData(in.in), n)
				text, want, _ := wordsOneByOne(s, lower, least)
				known := []Piece{{7, 9}}
				got, ascii := Words(out.in, known, s, lower, least)
				out.intact(t, "Words")
				if !ascii || !slices.Equal(got[1:], want) || got[0] != known[0] || string(out.in) != text {
					t.Fatalf("Words of %q: want %v in %q, got %v in %q, %v", s, want, text, got, out.in, ascii)
				}
				if n == 0 {
					continue
				}
				in.in[r.IntN(n)] |= 0x80
				if got, ascii := Words(out.in, known, s, lower, least); ascii || !slices.Equal(got, known) {
					t.Fatalf("Words of %q: want no ASCII, got %v", s, got)
				}
				out.intact(t, "Words")
			}
		}
	})
}

// Every byte there is, at every place of a group.
func TestWordBytes(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for c := range 256 {
			for at := range 64 {
				s := strings.Repeat(" ", at) + string([]byte{byte(c)}) + strings.Repeat(" ", 63-at)
				for _, lower := range []bool{false, true} {
					text, want, ascii := wordsOneByOne(s, lower, 1)
					buf := make([]byte, 64)
					got, ok := Words(buf, nil, s, lower, 1)
					if ok != ascii || ok && (!slices.Equal(got, want) || string(buf) != text) {
						t.Fatalf("Words of byte %d: want %v %v, got %v %v", c, want, ascii, got, ok)
					}
				}
			}
		}
	})
}
