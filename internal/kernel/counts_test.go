package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// sizes are around every unrolling and block.
var countSizes = []int{0, 1, 7, 8, 9, 63, 64, 1023, 4095, 4096, 4097, 9001}

func TestCountTable(t *testing.T) { eachLevel(t, testCountTable) }

func testCountTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range countSizes {
		for _, side := range []int{2, 3, 16, 50} {
			const base = -7
			a, b := make([]int8, n), make([]int8, n)
			want, got := make([]uint64, side*side), make([]uint64, side*side)
			narrow := make([]uint32, side*side)
			for i := range a {
				x, y := r.IntN(side), r.IntN(side)
				a[i], b[i] = int8(x+base), int8(y+base)
				want[x*side+y]++
			}
			lowest := int64(base)
			require.Equal(t, n, CountTable(a, b, uint64(lowest), uint64(side), got))
			require.Equal(t, want, got)
			require.Equal(t, n, CountTable(a, b, uint64(lowest), uint64(side), narrow))
			for k, v := range narrow {
				if want[k] != uint64(v) {
					t.Fatalf("cell %d: want %d, got %d", k, want[k], v)
				}
			}
			if side == 2 {
				var two [4]uint64
				require.Equal(t, n, CountTwo(a, b, uint64(lowest), &two))
				require.Equal(t, want, two[:])
			}
			// The first label outside stops the count, on either side of it.
			for _, at := range []int{0, n / 2, n - 1} {
				for _, bad := range []int8{base - 1, int8(base + side)} {
					if n == 0 {
						continue
					}
					old := b[at]
					b[at] = bad
					clear(got)
					require.Equal(t, at, CountTable(a, b, uint64(lowest), uint64(side), got))
					if side == 2 {
						var two [4]uint64
						require.Equal(t, at, CountTwo(a, b, uint64(lowest), &two))
						require.Equal(t, got, two[:])
					}
					b[at] = old
				}
			}
		}
	}
}

func TestCountBytes(t *testing.T) { eachLevel(t, testCountBytes) }

func testCountBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	var scratch [65536]uint32
	for _, n := range countSizes {
		a, b := make([]byte, n), make([]byte, n)
		var want [256]uint64
		for i := range a {
			a[i], b[i] = byte(r.IntN(16)), byte(r.IntN(16))
			want[int(a[i])*16+int(b[i])]++
		}
		var got [256]uint64
		require.True(t, CountNibbles(a, b, &got, &scratch))
		require.Equal(t, want, got)
		require.True(t, scratch == [65536]uint32{})
		if n > 0 {
			a[n/2] = 16
			require.False(t, CountNibbles(a, b, &got, &scratch))
			require.Equal(t, want, got)
			require.True(t, scratch == [65536]uint32{})
		}
		p, q := make([]bool, n), make([]bool, n)
		var both, truth, pred uint64
		w := make([]float64, n)
		var sums, wantSums [4]float64
		for i := range p {
			a[i], b[i] = byte(r.IntN(2)), byte(r.IntN(2))
			p[i], q[i], w[i] = a[i] == 1, b[i] == 1, float64(i%5)
			both += uint64(a[i] & b[i])
			truth += uint64(a[i])
			pred += uint64(b[i])
			wantSums[2*a[i]+b[i]] += w[i]
		}
		x, y, z := CountBools(p, q)
		require.Equal(t, []uint64{both, truth, pred}, []uint64{x, y, z})
		x, y, z, ok := CountBits(a, b)
		require.True(t, ok)
		require.Equal(t, []uint64{both, truth, pred}, []uint64{x, y, z})
		SumBools(p, q, w, &sums)
		require.Equal(t, wantSums, sums)
		if n > 0 {
			b[n-1] = 2
			_, _, _, ok = CountBits(a, b)
			require.False(t, ok)
		}
	}
}

func TestCountEqualAndSpan(t *testing.T) { eachLevel(t, testCountEqualAndSpan) }

func testCountEqualAndSpan(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for _, n := range countSizes {
		a, b := make([]int16, n), make([]int16, n)
		want, lo, hi := 0, int16(math.MaxInt16), int16(math.MinInt16)
		for i := range a {
			a[i], b[i] = int16(r.IntN(9)-4), int16(r.IntN(9)-4)
			if a[i] == b[i] {
				want++
			}
			lo, hi = min(lo, a[i], b[i]), max(hi, a[i], b[i])
		}
		require.Equal(t, want, CountEqual(a, b))
		if n > 0 {
			l, h := Span(a, b)
			require.Equal(t, []int16{lo, hi}, []int16{l, h})
		}
	}
}

func TestCountCodes(t *testing.T) { eachLevel(t, testCountCodes) }

func testCountCodes(t *testing.T) {
	a, b := []int32{0, 1, 2, 1, 1}, []int32{0, 2, 2, 2, 0}
	counts, sums := make([]uint64, 9), make([]float64, 9)
	CountCodes(a, b, 3, counts)
	SumCodes(a, b, []float64{0.5, 1, 2, 4, 8}, 3, sums)
	require.Equal(t, []uint64{1, 0, 0, 1, 0, 2, 0, 0, 1}, counts)
	require.Equal(t, []float64{0.5, 0, 0, 8, 0, 5, 0, 0, 2}, sums)
}
