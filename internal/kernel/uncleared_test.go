package kernel

import (
	"runtime"
	"testing"
)

func TestUncleared(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 1 << 17, 1<<17 + 1, 1 << 20} {
		var held [4][]float64
		for k := range held {
			held[k] = Uncleared(n)
			if len(held[k]) != n {
				t.Fatalf("%d numbers: have %d", n, len(held[k]))
			}
			for i := range held[k] {
				held[k][i] = float64(k*n + i)
			}
			runtime.GC()
		}
		for k := range held { // nobody else has that memory
			for i, v := range held[k] {
				if v != float64(k*n+i) {
					t.Fatalf("%d numbers: number %d of slice %d became %v", n, i, k, v)
				}
			}
		}
	}
}
