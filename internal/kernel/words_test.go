package kernel

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The published vectors of MurmurHash3_x86_32.
func TestMurmur32(t *testing.T) {
	for _, c := range []struct {
		in         string
		seed, want uint32
	}{
		{"", 0, 0}, {"", 1, 0x514e28b7}, {"", 0xffffffff, 0x81f16f39}, {"test", 0, 0xba6bd213}, {"test", 0x9747b28c, 0x704b81dc},
		{"Hello, world!", 0, 0xc0363e43}, {"Hello, world!", 0x9747b28c, 0x24884cba},
		{"The quick brown fox jumps over the lazy dog", 0, 0x2e4ff723}, {"\xff\xff\xff\xff", 0, 0x76293b50}, {"\x21", 0, 0x72661cf4},
	} {
		require.Equal(t, c.want, Murmur32([]byte(c.in), c.seed), "%q", c.in)
	}
}

func TestASCII(t *testing.T) {
	for n := range 100 {
		b := []byte(strings.Repeat("z", n))
		require.True(t, ASCII(string(b)))
		for i := range b {
			b[i] = 0x80
			require.False(t, ASCII(string(b)))
			b[i] = 'z'
		}
	}
}

func TestSortHighAgainstStableSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 39, 40, 41, 500, 2048, 2049, 5000} {
		for _, width := range []int{1, 8, 9, 17, 31} {
			x := make([]uint64, n)
			for i := range x {
				x[i] = rng.Uint64N(1<<width)<<32 | uint64(i)
			}
			want := slices.Clone(x)
			slices.SortStableFunc(want, func(a, b uint64) int { return cmp.Compare(a>>32, b>>32) })
			require.Equal(t, want, SortHigh(x, make([]uint64, n), width))
		}
	}
}

func TestSortBytesAgainstSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	words := make([]string, 3000)
	for i := range words {
		b := make([]byte, rng.IntN(14))
		for k := range b {
			b[k] = "a\x00\xff"[rng.IntN(3)]
		}
		words[i] = string(b)
	}
	got := make([]string, len(words))
	for i, id := range SortBytes(len(words), func(i int) []byte { return []byte(words[i]) }) {
		got[i] = words[id]
	}
	slices.Sort(words)
	require.Equal(t, words, got)
}
