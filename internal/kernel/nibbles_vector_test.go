package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestCountNibblesVectors(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 3))
		var scratch [65536]uint32
		for _, n := range append(lengths(), 511, 512, 513, 1024, 8191, 8192, 8193, 8192+512, 3*8192+700) {
			for trial, classes := range []int{1, 2, 3, 4, 5, 8, 9, 10, 13, 16} {
				class := func(i int) byte { return byte(r.IntN(1 + classes*(i%100)/100)) }
				a, b := fence(n, trial%4, 16, class), fence(n, 5-trial%3, 255, class)
				want := [256]uint64{3: 1}
				got := want
				for i, v := range a.in {
					want[int(v)<<4|int(b.in[i])]++
				}
				if !CountNibbles(a.in, b.in, &got, &scratch) || got != want {
					t.Fatalf("CountNibbles of %d rows of %d classes: want %v, got %v", n, classes, want, got)
				}
				if n == 0 {
					continue
				}
				a.in[r.IntN(n)] = byte(16 << r.IntN(4))
				if CountNibbles(a.in, b.in, &got, &scratch) || got != want {
					t.Fatalf("CountNibbles of %d rows of %d classes and one other: want false and nothing counted", n, classes)
				}
				if scratch != [65536]uint32{} {
					t.Fatal("CountNibbles left its scratch dirty")
				}
			}
		}
	})
}
