package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The tests of the vector loops: at every level, for every length around the unroll
// boundaries and every alignment, with a guard of NaN on both sides of each slice, so
// that a read outside shows in the result and a write outside in the guard.

const guard = 24

// A fenced slice stands between guards.
type fenced[T any] struct {
	all, in []T
	fence   T
}

func fence[T any](n, offset int, with T, value func(i int) T) fenced[T] {
	f := fenced[T]{all: make([]T, guard+offset+n+guard), fence: with}
	for i := range f.all {
		f.all[i] = with
	}
	f.in = f.all[guard+offset : guard+offset+n]
	for i := range f.in {
		f.in[i] = value(i)
	}
	return f
}

// intact fails the test if a guard was written to.
func (f fenced[T]) intact(t *testing.T, what string) {
	t.Helper()
	start := len(f.all) - guard - len(f.in)
	for i, v := range f.all {
		if (i < start || i >= start+len(f.in)) && fmt.Sprint(v) != fmt.Sprint(f.fence) {
			t.Fatalf("%s wrote to a guard at %d", what, i-start)
		}
	}
}

// lengths around every unroll boundary.
func lengths() (ns []int) {
	for n := range 70 {
		ns = append(ns, n)
	}
	return append(ns, 95, 96, 97, 127, 128, 129, 255, 256, 257, 1000, 2048)
}

// anySize returns a value of any size that is finite.
func anySize(r *rand.Rand) float64 {
	switch r.IntN(12) {
	case 0:
		return 0
	case 1:
		return math.Copysign(0, -1)
	case 2:
		return 5e-324
	case 3:
		return 1e-300 * r.NormFloat64()
	case 4:
		return float64(r.IntN(5))
	}
	return r.NormFloat64()
}

// within fails the test if got is further from want than n roundings of terms whose
// sizes add up to total.
func within(t *testing.T, what string, n int, total, want, got float64) {
	t.Helper()
	if !(math.Abs(want-got) <= float64(n+4)*0x1p-53*total) && want != got {
		t.Fatalf("%s, n = %d: want %v, got %v", what, n, want, got)
	}
}

func TestPairVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testPairVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testPairVectors[float32]) })
}

func testPairVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	nan := F(math.NaN())
	for _, n := range lengths() {
		for offset := range 8 {
			value := func(int) F { return F(anySize(r)) }
			a, b := fence(n, offset, nan, value), fence(n, (offset*3)%8, nan, value)
			w := fence(n, offset, math.NaN(), func(int) float64 { return float64(r.IntN(3)) / 2 })
			const cy, ce = 0.25, -0.125

			p, want := Pairs(a.in, b.in, cy, ce), pairs(a.in, b.in, cy, ce)
			within(t, "Y", n, 4*float64(n), want.Y, p.Y)
			within(t, "YY", n, want.YY, want.YY, p.YY)
			within(t, "E", n, 4*float64(n), want.E, p.E)
			within(t, "EE", n, want.EE, want.EE, p.EE)
			within(t, "Abs", n, want.Abs, want.Abs, p.Abs)
			within(t, "Max", n, 0, want.Max, p.Max)
			within(t, "SquaredError", n, want.EE+want.Abs, squaredError(a.in, b.in), SquaredError(a.in, b.in))
			within(t, "AbsoluteError", n, want.Abs, want.Abs, AbsoluteError(a.in, b.in))
			s0, s1, s2 := r2Sums(a.in, b.in, cy)
			g0, g1, g2 := R2Sums(a.in, b.in, cy)
			within(t, "R2Sums sse", n, s0, s0, g0)
			within(t, "R2Sums y", n, 4*float64(n), s1, g1)
			within(t, "R2Sums yy", n, s2, s2, g2)

			for i, v := range w.in { // rows of weight 0 count for nothing
				if v == 0 {
					a.in[i] = nan
				}
			}
			pw, ww := WeightedPairs(a.in, b.in, w.in, cy, ce), weightedPairs(a.in, b.in, w.in, cy, ce)
			if pw.Rows != ww.Rows || pw.W != ww.W || pw.Max != ww.Max {
				t.Fatalf("WeightedPairs, n = %d: want %+v, got %+v", n, ww, pw)
			}
			within(t, "weighted Y", n, 4*float64(n), ww.Y, pw.Y)
			within(t, "weighted YY", n, ww.YY, ww.YY, pw.YY)
			within(t, "weighted E", n, 4*float64(n), ww.E, pw.E)
			within(t, "weighted EE", n, ww.EE, ww.EE, pw.EE)
			within(t, "weighted Abs", n, ww.Abs, ww.Abs, pw.Abs)
			a.intact(t, "a pair loop")
			b.intact(t, "a pair loop")
			w.intact(t, "a pair loop")
		}
	}
}

// The loops that add in the same order give the same bits with AVX2 and AVX-512.
func TestPairVectorsAgreeToTheBit(t *testing.T) {
	a, b, _ := pairData(5000, 3)
	var seen []string
	eachLevel(t, func(t *testing.T) {
		if level == levelPortable {
			return
		}
		s0, s1, s2 := R2Sums(a, b, 0.5)
		seen = append(seen, fmt.Sprintf("%x %x %x %x %x %+v", SquaredError(a, b), AbsoluteError(a, b), s0, s1, s2, Pairs(a, b, 0.5, 0.1)))
	})
	for _, s := range seen {
		if s != seen[0] {
			t.Errorf("want %s, got %s", seen[0], s)
		}
	}
}

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

// The maps have the bits of the portable loop in every form.
func TestAffineVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testAffineVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testAffineVectors[float32]) })
}

func testAffineVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	nan := F(math.NaN())
	for _, cols := range []int{1, 2, 3, 5, 7, 8, 9, 12, 16, 20, 24, 31, 33, 40, 67} {
		for _, rows := range []int{1, 2, 3, 9, 30, 101} {
			for op := opStandardise; op <= opMultiply; op++ {
				for trial := range 6 {
					stride, dstStride := cols+trial%2*r.IntN(3), cols+trial%3/2*r.IntN(3)
					m := affine[F]{op: op, width: 3, low: -1, stream: r.IntN(2) == 0}
					for range cols {
						m.center, m.scale = append(m.center, anySize(r)), append(m.scale, 0.5+r.Float64())
					}
					bad := r.IntN(3)
					x := fence((rows-1)*stride+cols, r.IntN(8), nan, func(int) F {
						if bad == 0 && r.IntN(50) == 0 {
							return []F{nan, F(math.Inf(1)), F(math.Inf(-1)), F(math.MaxFloat32), 1e-45}[r.IntN(5)]
						}
						return F(anySize(r))
					})
					keep := append([]F(nil), x.in...)
					dst := fence((rows-1)*dstStride+cols, r.IntN(8), 7, func(int) F { return 5 })
					want := append([]F(nil), dst.in...)
					ok := m.portable(want, dstStride, x.in, stride, rows)
					compare := func(what string, got []F, have bool) {
						t.Helper()
						if have != ok {
							t.Fatalf("op %d, %s, %d x %d: finite is %v, want %v", op, what, rows, cols, have, ok)
						}
						for i := range want {
							if math.Float64bits(float64(got[i])) != math.Float64bits(float64(want[i])) && (got[i] == got[i] || want[i] == want[i]) {
								t.Fatalf("op %d, %s, %d x %d (%d, %d) at %d: want %v, got %v", op, what, rows, cols, stride, dstStride, i, want[i], got[i])
							}
						}
					}
					compare("out of place", dst.in, m.matrix(dst.in, dstStride, x.in, stride, rows))
					dst.intact(t, "a map")
					for i := range keep {
						if x.in[i] != keep[i] && keep[i] == keep[i] {
							t.Fatal("a map changed its source")
						}
					}
					if stride == dstStride {
						got := append([]F(nil), x.in...)
						m.matrix(got, stride, got, stride, rows)
						for i := range rows {
							copy(want[i*stride+cols:min(len(want), (i+1)*stride)], got[i*stride+cols:])
						}
						compare("in place", got, ok)
					}
					// A view one value further on, over the same memory.
					both := append([]F{0}, x.in...)
					again := append([]F{0}, x.in...)
					if m.matrix(both[1:], stride, both, stride, rows) != m.portable(again[1:], stride, again, stride, rows) {
						t.Fatal("overlapping views differ")
					}
					for i := range both {
						if both[i] != again[i] && both[i] == both[i] {
							t.Fatal("overlapping views differ")
						}
					}
				}
			}
		}
	}
}

// Norms and divided rows have the bits of the portable loops in every form.
func TestRowVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testRowVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testRowVectors[float32]) })
}

func testRowVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	nan := F(math.NaN())
	for cols := 1; cols <= 40; cols++ {
		for _, rows := range []int{1, 2, 5, 20} {
			for trial := range 4 {
				stride, dstStride := cols+trial%2*r.IntN(5), cols+trial/2*r.IntN(5)
				x := fence((rows-1)*stride+cols, r.IntN(8), nan, func(int) F {
					if trial == 3 && r.IntN(30) == 0 {
						return []F{nan, F(math.Inf(-1)), F(math.Inf(1))}[r.IntN(3)]
					}
					return F(anySize(r))
				})
				norms := fence(rows, r.IntN(8), 7, func(int) float64 { return 1 })
				for i, slow := range []func([]F) float64{sumAbs[F], sumSquares[F], maxAbs[F]} {
					RowNorms(norms.in, x.in, stride, cols, NormKind(i))
					for k, got := range norms.in {
						if want := slow(x.in[k*stride : k*stride+cols]); got != want && (want == want || got == got) {
							t.Fatalf("kind %d, %d x %d, row %d: want %v, got %v", i, rows, cols, k, want, got)
						}
					}
					norms.intact(t, "RowNorms")
				}
				for i := range norms.in {
					norms.in[i] = 0.5 + r.Float64()
				}
				dst := fence((rows-1)*dstStride+cols, r.IntN(8), 7, func(int) F { return 5 })
				want := append([]F(nil), dst.in...)
				for i, c := range norms.in {
					divideBy(want[i*dstStride:], x.in[i*stride:i*stride+cols], c)
				}
				DivideRows(dst.in, dstStride, x.in, stride, cols, norms.in, r.IntN(2) == 0)
				dst.intact(t, "DivideRows")
				for i := range want {
					if dst.in[i] != want[i] && (want[i] == want[i] || dst.in[i] == dst.in[i]) {
						t.Fatalf("DivideRows, %d x %d at %d: want %v, got %v", rows, cols, i, want[i], dst.in[i])
					}
				}
			}
		}
	}
}

func TestProbabilityVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testProbabilityVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testProbabilityVectors[float32]) })
}

func testProbabilityVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	nan := F(math.NaN())
	eps := 0x1p-52
	for _, n := range append(lengths(), 384, 4096, 5000) {
		for trial := range 12 {
			kind := trial % 6
			y := fence(n, trial%8, true, func(int) bool { return r.IntN(2) == 0 })
			p := fence(n, (3*trial)%8, nan, func(i int) F {
				wrong := []float64{1, 1e-3, 1e-9, 1e-18, 0, 1}[kind] * r.Float64()
				if kind == 5 {
					wrong = float64(r.IntN(2))
				}
				if y.in[i] {
					return F(1 - wrong)
				}
				return F(wrong)
			})
			loss, brier := fence(n, 1, 7, func(int) float64 { return 0 }), fence(n, 2, 7, func(int) float64 { return 0 })
			wantLoss, wantBrier := make([]float64, n), make([]float64, n)
			truthLogs(wantLoss, wantBrier, y.in, p.in, eps)
			positive, ok := LogLoss(loss.in, brier.in, y.in, p.in, eps)
			var sum, squares float64
			var count int
			for i := range n {
				if y.in[i] {
					count++
				}
				sum += wantLoss[i]
				squares += wantBrier[i]
				if loss.in[i] != wantLoss[i] || brier.in[i] != wantBrier[i] {
					t.Fatalf("LogLoss of %d, p = %v: want %v and %v, got %v and %v", n, p.in[i], wantLoss[i], wantBrier[i], loss.in[i], brier.in[i])
				}
			}
			if !ok || positive != count {
				t.Fatalf("LogLoss of %d: want %d positives, got %d, %v", n, count, positive, ok)
			}
			loss.intact(t, "LogLoss")
			brier.intact(t, "LogLoss")
			got, ok1 := LogLossSum(y.in, p.in, eps)
			gotSquares, ok2 := BrierSum(y.in, p.in)
			if !ok1 || !ok2 || math.Abs(got-sum) > 1e-13*sum || math.Abs(gotSquares-squares) > 1e-13*squares {
				t.Fatalf("n = %d, kind %d: want %v and %v, got %v and %v", n, kind, sum, squares, got, gotSquares)
			}
			for i := 0; i < n; i += 1 + n/40 {
				for _, bad := range []F{nan, 1.0000001, -1e-30, F(math.Inf(1))} {
					old := p.in[i]
					p.in[i] = bad
					_, ok1 := LogLossSum(y.in, p.in, eps)
					_, ok2 := BrierSum(y.in, p.in)
					_, ok3 := LogLoss(loss.in, brier.in, y.in, p.in, eps)
					if ok1 || ok2 || ok3 {
						t.Fatalf("want %v at %d of %d refused", bad, i, n)
					}
					p.in[i] = old
				}
			}
		}
	}
}

func TestDeviationVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testDeviationVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testDeviationVectors[float32]) })
}

func testDeviationVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	nan := F(math.NaN())
	const c, low = 0.75, 1e-17
	for _, n := range lengths() {
		for offset := range 8 {
			x := fence(n, offset, nan, func(int) F { return F(anySize(r)) })
			w := fence(n, offset*3%8, math.NaN(), func(int) float64 { return float64(r.IntN(3)) / 2 })
			s, q := Deviations(x.in, c)
			ws, wq := deviations(x.in, c)
			within(t, "Deviations s", n, 4*float64(n), ws, s)
			within(t, "Deviations q", n, wq, wq, q)
			q, cube, fourth := Deviations4(x.in, c, low)
			wq, wc, wf := deviations4(x.in, c, low)
			within(t, "Deviations4 q", n, wq, wq, q)
			within(t, "Deviations4 t", n, wq+wf, wc, cube)
			within(t, "Deviations4 f", n, wf, wf, fourth)
			for i, v := range w.in {
				if v == 0 {
					x.in[i] = nan
				}
			}
			got, want := WeightedDeviations(x.in, w.in, c, low), weightedDeviations(x.in, w.in, c, low)
			for k := range want {
				within(t, "WeightedDeviations", n, 4*float64(n)+want[2]+want[4], want[k], got[k])
			}
		}
	}
}

func TestEdgeVectors(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachLevel(t, testEdgeVectors[float64]) })
	t.Run("float32", func(t *testing.T) { eachLevel(t, testEdgeVectors[float32]) })
}

func testEdgeVectors[F Float](t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	value := func(int) F {
		if r.IntN(10) == 0 {
			return []F{F(math.NaN()), F(math.Inf(1)), F(math.Inf(-1))}[r.IntN(3)]
		}
		return F(float64(r.IntN(21)-10) / 4) // many on an edge
	}
	ascending := func(k int) []float64 {
		e := make([]float64, k)
		for i := range e {
			e[i] = -2.5 + 5*float64(i)/float64(k)
		}
		if k > 3 {
			e[1] = e[0] // twice
			e[k-1] = math.Inf(1)
		}
		return e
	}
	slow := func(edges []float64, v F) (n int) {
		for _, e := range edges {
			if float64(v) >= e {
				n++
			}
		}
		return n
	}
	for _, k := range []int{0, 1, 7, 8, 9, 17, 64, 65, 200} {
		edges := ascending(k)
		for _, n := range append(lengths(), 5000) {
			x := fence(n, n%8, 0, value)
			want, got := make([]uint64, k+1), make([]uint64, k+1)
			for _, v := range x.in {
				want[slow(edges, v)]++
				if Rank(edges, float64(v)) != slow(edges, v) {
					t.Fatalf("Rank of %v among %v: want %d, got %d", v, edges, slow(edges, v), Rank(edges, float64(v)))
				}
			}
			CountEdges(got, x.in, edges)
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("CountEdges of %d with %d edges: want %v, got %v", n, k, want, got)
			}
		}
	}
	for cols := 1; cols <= 20; cols++ {
		for _, rows := range []int{1, 3, 30} {
			columns := make([][]float64, cols)
			for j := range columns {
				columns[j] = ascending(r.IntN(12))
			}
			edges, count := PackEdges(columns)
			stride, dstStride := cols+r.IntN(3), cols+r.IntN(3)
			x := fence((rows-1)*stride+cols, r.IntN(8), 0, value)
			dst := fence((rows-1)*dstStride+cols, r.IntN(8), 7, func(int) float64 { return 5 })
			ColumnRanks(dst.in, dstStride, x.in, stride, rows, cols, edges, count)
			dst.intact(t, "ColumnRanks")
			for i := range rows {
				for j := range cols {
					if want, got := float64(slow(columns[j], x.in[i*stride+j])), dst.in[i*dstStride+j]; got != want {
						t.Fatalf("ColumnRanks, %d x %d at %d, %d: want %v, got %v", rows, cols, i, j, want, got)
					}
				}
				for j := cols; j < dstStride && i*dstStride+j < len(dst.in); j++ {
					if dst.in[i*dstStride+j] != 5 {
						t.Fatal("ColumnRanks wrote beyond its columns")
					}
				}
			}
		}
	}
}
