package kernel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestColumnsByStride(t *testing.T) {
	const guard = -7
	for rows := range 11 {
		for stride := 1; stride < 6; stride++ {
			for j := range stride {
				value := make([]float64, rows)
				from := make([]int32, rows)
				for i := range value {
					value[i] = float64(i + 1)
					from[i] = int32((i * 7) % rows)
				}
				for name, put := range map[string]func(x []float64) func(i int) float64{
					"fill": func(x []float64) func(i int) float64 {
						FillColumn(x, j, stride, 3)
						return func(int) float64 { return 3 }
					},
					"put": func(x []float64) func(i int) float64 {
						PutColumn(x, j, stride, value)
						return func(i int) float64 { return value[i] }
					},
					"scatter": func(x []float64) func(i int) float64 {
						ScatterColumn(x, j, stride, value, from)
						return func(i int) float64 { return value[from[i]] }
					},
				} {
					all := make([]float64, rows*stride+2)
					for i := range all {
						all[i] = guard
					}
					want := put(all[1 : 1+rows*stride : 1+rows*stride])
					for i, v := range all {
						if k := i - 1; k >= 0 && k < rows*stride && k%stride == j {
							require.Equal(t, want(k/stride), v, "%s: %d rows of %d, column %d", name, rows, stride, j)
						} else {
							require.Equal(t, float64(guard), v, "%s: %d rows of %d, column %d", name, rows, stride, j)
						}
					}
				}
			}
		}
	}
}

func TestTakeColumn(t *testing.T) {
	const guard = -7
	for rows := range 11 {
		for stride := 1; stride < 6; stride++ {
			for j := range stride {
				src := make([]float64, rows*stride)
				for i := range src {
					src[i] = float64(i)
				}
				dst := make([]float64, rows+1)
				dst[rows] = guard
				TakeColumn(dst[:rows], src, j, stride)
				for i, v := range dst[:rows] {
					require.Equal(t, float64(i*stride+j), v)
				}
				require.Equal(t, float64(guard), dst[rows])
			}
		}
	}
}

func TestSameBits(t *testing.T) {
	for n := range 40 {
		a, b := make([]float64, n), make([]float64, n+1)
		require.True(t, SameBits(a, b))
		for i := range a {
			b[i] = math.Copysign(0, -1)
			require.False(t, SameBits(a, b))
			a[i] = b[i]
		}
		for i := range a {
			a[i], b[i] = math.NaN(), math.NaN()
		}
		require.True(t, SameBits(a, b))
	}
}
