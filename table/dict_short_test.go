package table

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// padded is the short of b by its definition.
func padded(b []byte) short {
	t := short{n: uint32(len(b))}
	for i, c := range b {
		if i < 8 {
			t.lo |= uint64(c) << (8 * i)
		} else {
			t.hi |= uint64(c) << (8 * (i - 8))
		}
	}
	return t
}

func TestShortAgainstItsDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 3))
	// Bytes that differ from a mark by one, or in their top bit, mislead sums.
	alphabet := []byte{0, 1, ',', ',' + 1, ',' | 0x80, '\n', '\n' + 1, '\n' | 0x80, '"', '"' + 1, '"' | 0x80, '\r', 'a', 0x7f, 0x80, 0xff}
	for trial := range 100_000 {
		var w [shortText]byte
		for i := range w {
			switch {
			case trial%3 == 0:
				w[i] = alphabet[rng.IntN(len(alphabet))]
			case rng.IntN(12) == 0:
				w[i] = alphabet[rng.IntN(len(alphabet))]
			default:
				w[i] = 'a' + byte(rng.IntN(26))
			}
		}
		want := bytes.IndexAny(w[:], ",\n\"")
		if want < 0 {
			want = shortText
		}
		got, n := scanShort(&w, ',')
		require.Equal(t, want, n, "%q", w)
		require.Equal(t, padded(w[:n]), got, "%q", w)
		k := rng.IntN(n + 1)
		require.Equal(t, padded(w[:k]), got.cut(k), "%q to %d", w, k)
		require.Equal(t, padded(w[:k]), newShort(w[:k:k]), "%q to %d", w, k)
	}
}

// Texts that differ in zero bytes at their end only, or around the length up to
// which two words hold them, are different.
func TestDictTellsPaddingApart(t *testing.T) {
	d := newDict([]string{""})
	for i := range 2 * shortText {
		require.EqualValues(t, i, d.code(make([]byte, i+1)))
	}
	for i := range 2 * shortText {
		require.EqualValues(t, i, d.code(make([]byte, i+1)))
	}
	require.EqualValues(t, MissingCode, d.code(nil))
}
