package preprocess

import (
	"math/rand/v2"
	"testing"
)

// A map is the oracle, on random, regular and adversarial keys.
func TestNumbering(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for name, key := range map[string]func(i int) rowHash{
		"random":    func(int) rowHash { return rowHash{rng.Uint64(), rng.Uint64()} },
		"colliding": func(i int) rowHash { return rowHash{7, uint64(i % 300)} },
		"constant":  func(int) rowHash { return rowHash{0x9e3779b97f4a7c15, 0} },
		"zero":      func(int) rowHash { return rowHash{} },
	} {
		var table numbering
		seen := map[rowHash]int{}
		for i := range 20000 {
			k := key(i)
			want, ok := seen[k]
			if !ok {
				want = len(seen)
				seen[k] = want
			}
			if got := table.Number(k); got != want {
				t.Fatalf("%s: key %d: want %d, got %d", name, i, want, got)
			}
		}
		if table.Len() != len(seen) {
			t.Fatalf("%s: want %d keys, got %d", name, len(seen), table.Len())
		}
		for n, k := range table.Keys() {
			if seen[k] != n {
				t.Fatalf("%s: key of number %d is not it", name, n)
			}
		}
	}
}
