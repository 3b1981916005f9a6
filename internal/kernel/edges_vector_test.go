package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

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
		}
		if k%2 == 1 && k > 3 {
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
			index := NewEdgeIndex(edges)
			for _, v := range x.in {
				want[slow(edges, v)]++
				if index.Rank(float64(v)) != slow(edges, v) {
					t.Fatalf("EdgeIndex.Rank of %v among %v: want %d, got %d", v, edges, slow(edges, v), index.Rank(float64(v)))
				}
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
