package kernel

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWordBlocks(t *testing.T) {
	text := "the quick brown fox jumps over the lazy dog"
	var table [64]WordSlot
	const shift = 64 - 6
	put := func(s string, ref int32) {
		i := WordOf(s).Hash() >> shift
		for table[i&63].Ref != 0 {
			i++
		}
		table[i&63] = WordSlot{WordOf(s), ref}
	}
	seen := map[Word]bool{{}: true}
	for n := range 20 {
		put(text[:n], int32(n)+1)
		w := WordOf(text[:n])
		assert.False(t, seen[w])
		assert.Equal(t, n > 16, w.Long())
		assert.Equal(t, w, WordOf(strings.Clone(text[:n])))
		seen[w] = true
	}
	put("missing", -1)
	words := []string{"", text[:3], "missing", text[:16], text[:8], text[:17], text[:7], "new", text[:4]}
	var b WordBlock
	b.Fill(words)
	dst := make([]int32, len(words))
	b.Ask(dst, table[:], shift)
	assert.Equal(t, 5, b.Known(dst, 0, table[:], shift), "up to the long word")
	assert.Equal(t, []int32{0, 3, -1, 16, 8}, dst[:5])
	assert.Equal(t, 1, b.Known(dst, 6, table[:], shift), "up to the new word")
	assert.Equal(t, int32(7), dst[6])
	assert.Equal(t, 1, b.Known(dst, 8, table[:], shift))
	assert.Equal(t, int32(4), dst[8])
}
