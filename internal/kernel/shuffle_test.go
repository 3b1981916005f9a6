package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestShuffle(t *testing.T) {
	for _, n := range []int{0, 1, 2, 63, 64, 65, 66, 127, 128, 129, 130, 1000} {
		want := make([]int, n)
		for i := range want {
			want[i] = i
		}
		have := slices.Clone(want)
		rand.New(rand.NewPCG(7, 0)).Shuffle(n, func(i, j int) { want[i], want[j] = want[j], want[i] })
		Shuffle(rand.NewPCG(7, 0), have)
		assert.Equal(t, want, have)
	}
}
