package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestColumnVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testColumnVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testColumnVectors[float32]) })
}

func testColumnVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	nan := F(math.NaN())
	for cols := 1; cols <= 70; cols++ {
		for _, rows := range []int{1, 2, 7, 33, 200} {
			stride := cols + max(0, r.IntN(4)-1)
			x := fence((rows-1)*stride+cols, r.IntN(8), nan, func(int) F {
				if r.IntN(9) == 0 {
					return nan
				}
				return F(anySize(r))
			})
			zero := func(int) float64 { return 0 }
			shift := fence(cols, r.IntN(8), math.NaN(), func(int) float64 { return anySize(r) })
			var out [3]fenced[float64]
			for i := range out {
				out[i] = fence(cols, r.IntN(8), 7, zero)
			}
			missing, wantMissing := make([]bool, cols), make([]bool, cols)
			n, s, q := make([]float64, cols), make([]float64, cols), make([]float64, cols)
			ColumnSums(x.in, stride, rows, cols, shift.in, out[0].in, out[1].in, out[2].in, missing)
			columnSums(x.in, stride, rows, cols, shift.in, n, s, q, wantMissing)
			compare := func(what string, rounded bool) {
				t.Helper()
				for j := range cols {
					if out[0].in[j] != n[j] || !rounded && (out[1].in[j] != s[j] || out[2].in[j] != q[j]) {
						t.Fatalf("%s, %d x %d, column %d: want %v %v %v, got %v %v %v", what, rows, cols, j, n[j], s[j], q[j], out[0].in[j], out[1].in[j], out[2].in[j])
					}
					within(t, what+" s", rows, math.Sqrt(float64(rows)*q[j]), s[j], out[1].in[j])
					within(t, what+" q", rows, q[j], q[j], out[2].in[j])
				}
				for i := range out {
					out[i].intact(t, what)
				}
			}
			compare("ColumnSums", stride == cols && cols <= 16)
			for j := range missing {
				if missing[j] != wantMissing[j] && n[j] < float64(rows) {
					t.Fatalf("ColumnSums, %d x %d: column %d: missing is %v", rows, cols, j, missing[j])
				}
			}
			w := fence(rows, r.IntN(8), math.NaN(), func(int) float64 { return float64(r.IntN(4)) / 2 })
			ColumnSumsWeighted(x.in, stride, cols, w.in, shift.in, out[0].in, out[1].in, out[2].in)
			columnSumsWeighted(x.in, stride, cols, w.in, shift.in, n, s, q)
			compare("ColumnSumsWeighted", false)

			var ends, want [2][]F
			var fenced [2]fenced[F]
			for i := range ends {
				fenced[i] = fence(cols, r.IntN(8), nan, func(int) F { return F(math.Inf(1 - 2*i)) })
				ends[i], want[i] = fenced[i].in, append([]F(nil), fenced[i].in...)
			}
			ColumnMinMax(x.in, stride, rows, cols, ends[0], ends[1])
			columnMinMax(x.in, stride, rows, cols, want[0], want[1])
			for i := range ends {
				fenced[i].intact(t, "ColumnMinMax")
				for j := range cols {
					if ends[i][j] != want[i][j] {
						t.Fatalf("ColumnMinMax, %d x %d, column %d: want %v, got %v", rows, cols, j, want[i][j], ends[i][j])
					}
				}
			}
		}
	}
}
