package metrics

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The table of many rows is that of the same rows in small batches, whatever the
// number of cores, and wherever a label turns up that the first rows lack.
func TestCountingOnSeveralCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rows, bytes := shareRows, shareBytes
	defer func() { shareRows, shareBytes = rows, bytes }()
	shareRows, shareBytes = 100_000, 100_000
	rng := rand.New(rand.NewPCG(7, 7))
	n := 2*shareRows + 17
	for _, classes := range []int{2, 15, 300} {
		for _, late := range []int{-1, n / 2, 2000} {
			y, p := make([]uint8, n), make([]uint8, n)
			wide, pide := make([]int, n), make([]int, n)
			for i := range y {
				y[i], p[i] = uint8(rng.IntN(min(classes, 200))), uint8(rng.IntN(min(classes, 200)))
				wide[i], pide[i] = rng.IntN(classes)-5, rng.IntN(classes)-5
			}
			if late >= 0 {
				y[late], pide[late] = 255, 400
			}
			bytes := make(map[int]*Confusion[uint8])
			ints := make(map[int]*Confusion[int])
			for _, cores := range []int{0, 1, 3} {
				bytes[cores], ints[cores] = new(Confusion[uint8]), new(Confusion[int])
				step := n
				if cores == 0 {
					step = 999 // small batches: the reference
				} else {
					runtime.GOMAXPROCS(cores)
				}
				for lo := 0; lo < n; lo += step {
					hi := min(n, lo+step)
					require.NoError(t, bytes[cores].Add(y[lo:hi], p[lo:hi]))
					require.NoError(t, ints[cores].Add(wide[lo:hi], pide[lo:hi]))
				}
				what := fmt.Sprintf("%d classes, late %d, %d cores", classes, late, cores)
				want, err := bytes[0].Counts()
				require.NoError(t, err)
				got, err := bytes[cores].Counts()
				require.NoError(t, err)
				require.Equal(t, want, got, what)
				want, err = ints[0].Counts()
				require.NoError(t, err)
				got, err = ints[cores].Counts()
				require.NoError(t, err)
				require.Equal(t, want, got, what)
				require.Equal(t, ints[0].Classes(), ints[cores].Classes())
			}
			a, err := Accuracy(wide, pide)
			require.NoError(t, err)
			b, err := ints[1].Accuracy()
			require.NoError(t, err)
			require.Equal(t, b, a)
		}
	}
}

// A table of many classes goes from a hash table to an array as rows arrive.
func TestSparseBecomesDense(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	const k = 300
	var c Confusion[int16]
	var s Confusion[string]
	want := make(map[[2]int16]uint64)
	for batch := range 40 {
		n := 1 + rng.IntN(500)
		y, p := make([]int16, n), make([]int16, n)
		ys, ps := make([]string, n), make([]string, n)
		for i := range y {
			y[i], p[i] = int16(rng.IntN(k)), int16(rng.IntN(k))
			ys[i], ps[i] = fmt.Sprintf("%03d", y[i]), fmt.Sprintf("%03d", p[i])
			want[[2]int16{y[i], p[i]}]++
		}
		require.NoError(t, c.Add(y, p))
		require.NoError(t, s.Add(ys, ps))
		require.Equal(t, !isDense(c.table.side, c.Rows()), c.table.sparse != nil, "batch %d", batch)
		m, err := c.Counts()
		require.NoError(t, err)
		m2, err := s.Counts()
		require.NoError(t, err)
		require.Equal(t, m, m2)
		classes := c.Classes()
		for i, a := range classes {
			for j, b := range classes {
				require.Equal(t, want[[2]int16{a, b}], m[i][j])
			}
		}
	}
	require.Nil(t, c.table.sparse)
}

// Labels that are looked up are counted alike on any number of cores, also where one
// turns up late or there are many.
func TestWordsOnSeveralCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(7, 12))
	const n = 3<<17 + 17
	all := []int{400, 10, 3000}
	if testing.Short() {
		all = all[:1]
	}
	for _, classes := range all {
		y, p := make([]string, n), make([]string, n)
		u, v := make([]float64, n), make([]float64, n)
		for i := range y {
			a, b := rng.IntN(classes), rng.IntN(classes)
			y[i], p[i], u[i], v[i] = fmt.Sprint(a), fmt.Sprint(b), float64(a)/3, float64(b)/3
		}
		y[n-1], p[n/2], u[n-3] = "late", "later", -1
		var words, numbers []byte
		for _, cores := range []int{0, 1, 3} {
			var c Confusion[string]
			var d Confusion[float64]
			step := n
			if cores == 0 {
				step = 9 * codeBlock // small batches: the reference
			} else {
				runtime.GOMAXPROCS(cores)
			}
			for lo := 0; lo < n; lo += step {
				hi := min(n, lo+step)
				require.NoError(t, c.Add(y[lo:hi], p[lo:hi]))
				require.NoError(t, d.Add(u[lo:hi], v[lo:hi]))
			}
			a, err := c.MarshalBinary()
			require.NoError(t, err)
			b, err := d.MarshalBinary()
			require.NoError(t, err)
			if cores == 0 {
				words, numbers = a, b
			}
			require.True(t, slices.Equal(words, a), "%d classes, %d cores", classes, cores)
			require.True(t, slices.Equal(numbers, b), "%d classes, %d cores", classes, cores)
		}
	}
}
