package neighbors

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// slow sorts all distances.
func slow(x *mat.Dense, q []float64, k, skip int) []Neighbor {
	r, _ := x.Dims()
	var all []Neighbor
	for i := range r {
		if i == skip {
			continue
		}
		var d float64
		for j, v := range x.RawRowView(i) {
			d += (v - q[j]) * (v - q[j])
		}
		all = append(all, Neighbor{i, d})
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].Distance < all[b].Distance })
	return all[:min(k, len(all))]
}

func TestAgainstSorting(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, cols := range []int{1, 2, 5, 16, 17, 30} {
		for _, rows := range []int{1, 2, 24, 25, 300} {
			for _, kind := range []string{"normal", "ties", "constant"} {
				x := mat.NewDense(rows, cols, nil)
				for i := range x.RawMatrix().Data {
					switch kind {
					case "normal":
						x.RawMatrix().Data[i] = rng.NormFloat64()
					case "ties":
						x.RawMatrix().Data[i] = float64(rng.IntN(3))
					}
				}
				ix := New(x)
				require.Equal(t, rows, ix.Len())
				all := make([][]Neighbor, rows)
				for i := range all {
					all[i] = slow(x, x.RawRowView(i), rows, i)
				}
				for _, k := range []int{1, 5, 400} {
					got := ix.All(x, k, true)
					for i := range rows {
						want := all[i][:min(k, len(all[i]))]
						require.Len(t, got[i], len(want))
						for j, w := range want {
							if g := got[i][j]; g.Row != w.Row || !(math.Abs(g.Distance-w.Distance) <= 1e-12*w.Distance) {
								t.Fatalf("%s %dx%d k=%d row %d: want %v, got %v", kind, rows, cols, k, i, w, g)
							}
						}
					}
				}
			}
		}
	}
}

// Searches by products must find what measuring every row finds, to the bit.
func TestAgainstScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	for _, cols := range []int{1, 3, 17} {
		for _, kind := range []string{"normal", "ties", "constant", "far", "skewed", "huge", "tiny", "clusters", "line", "repeats"} {
			const rows = 530
			draw := func(rows int) *mat.Dense {
				x := mat.NewDense(rows, cols, nil)
				for i := range rows {
					for j := range cols {
						v := rng.NormFloat64()
						switch kind {
						case "ties":
							v = float64(rng.IntN(2))
						case "constant":
							v = 3
						case "far":
							v = 1e9 + v
						case "skewed":
							v *= math.Pow(10, float64(j%9))
						case "huge":
							v *= 1e150
						case "tiny":
							v *= 1e-160
						case "clusters":
							v = 1e-6*v + float64(i%7*(j+1)%5)
						case "line":
							v = float64(i) + 1e-7*v
						case "repeats":
							v = float64((i % 40) * (j + 3) % 11)
						}
						x.Set(i, j, v)
					}
				}
				return x
			}
			x := draw(rows)
			q := mat.NewDense(90, cols, nil)
			q.Copy(draw(90))
			if kind == "normal" { // queries far beyond the rows
				for j := range cols {
					q.Set(3, j, 1e4)
					q.Set(4, j, -1e9)
					q.Set(5, j, 1e200)
					q.Set(6, j, x.At(9, j))
				}
			}
			ix := New(x)
			want := func(q []float64, k, skip int) []Neighbor {
				s := search{q: q, skip: skip, k: k, heap: []Neighbor{}}
				ix.scan(&s)
				s.sort()
				return s.heap
			}
			for _, k := range []int{5, 200} {
				for i, got := range ix.All(x, k, true) {
					if i%9 != 0 {
						continue
					}
					require.True(t, slices.Equal(want(x.RawRowView(i), k, i), got), "%s %d columns k=%d row %d", kind, cols, k, i)
				}
				for i, got := range ix.All(q, k, false) {
					require.True(t, slices.Equal(want(q.RawRowView(i), k, -1), got), "%s %d columns k=%d query %d", kind, cols, k, i)
					require.True(t, slices.Equal(got, ix.Nearest(nil, q.RawRowView(i), k, -1)))
				}
			}
		}
	}
}

func TestNoColumnsAndNoRows(t *testing.T) {
	for _, near := range New(zero{300, 0}).All(zero{300, 0}, 2, true)[2:] {
		require.Equal(t, []Neighbor{{0, 0}, {1, 0}}, near)
	}
	require.Equal(t, [][]Neighbor{{}, {}}, New(zero{0, 3}).All(zero{2, 3}, 2, false))
}

// zero is a matrix of any shape, which mat.Dense is not.
type zero struct{ r, c int }

func (z zero) Dims() (r, c int)    { return z.r, z.c }
func (z zero) At(int, int) float64 { return 0 }
func (z zero) T() mat.Matrix       { return mat.Transpose{Matrix: z} }

func BenchmarkAll(b *testing.B) {
	for _, size := range [][2]int{{1000, 20}, {20_000, 2}, {20_000, 3}, {20_000, 4}, {20_000, 8}, {20_000, 20}, {5_000, 100}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(3, 2))
			x := mat.NewDense(size[0], size[1], nil)
			for i := range x.RawMatrix().Data {
				x.RawMatrix().Data[i] = rng.NormFloat64()
			}
			b.ReportAllocs()
			for b.Loop() {
				New(x).All(x, 5, true)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size[0]), "ns/row")
		})
	}
}
