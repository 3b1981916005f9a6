package table

import (
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
	for range 100_000 {
		var w [shortText]byte
		for i := range w {
			w[i] = byte(rng.IntN(256) & -rng.IntN(2)) // many zeros
		}
		k := rng.IntN(shortText + 1)
		require.Equal(t, padded(w[:k]), loadShort(&w, k), "%q to %d", w, k)
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
