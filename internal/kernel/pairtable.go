package kernel

import (
	"math/bits"
	"slices"
)

// A PairTable counts pairs of codes of which few occur: an open-addressing hash
// table of the cells that are not empty. The zero value is empty and ready.
type PairTable struct {
	keys    []uint64 // 1 + (i<<32 | j); 0 is an empty place
	rows    []uint64
	weights []float64 // nil until something is weighted
	n       int
	shift   uint // 64 - log2(len(keys))
}

func pairKey(i, j uint32) uint64 { return (uint64(i)<<32 | uint64(j)) + 1 }

// spread is 2^64 over the golden ratio.
const spread = 0x9E3779B97F4A7C15

// place returns where a key is, or where it goes. There is an empty place.
func (t *PairTable) place(key uint64) int {
	keys := t.keys
	mask := len(keys) - 1
	at := int(key*spread>>t.shift) & mask
	for keys[at] != key && keys[at] != 0 {
		at = (at + 1) & mask
	}
	return at
}

// Reserve makes room for n cells more.
func (t *PairTable) Reserve(n int) {
	need := t.n + n
	if len(t.keys) >= 2*need && t.keys != nil {
		return
	}
	size := 1 << max(4, bits.Len(uint(2*need-1)))
	old := *t
	t.keys, t.rows, t.shift = make([]uint64, size), make([]uint64, size), uint(64-bits.Len(uint(size-1)))
	if old.weights != nil {
		t.weights = make([]float64, size)
	}
	for k, key := range old.keys {
		if key == 0 {
			continue
		}
		at := t.place(key)
		t.keys[at], t.rows[at] = key, old.rows[k]
		if old.weights != nil {
			t.weights[at] = old.weights[k]
		}
	}
}

// Add adds rows and a weight to the cell (i, j).
func (t *PairTable) Add(i, j uint32, rows uint64, weight float64) {
	if len(t.keys) < 2*(t.n+1) {
		t.Reserve(t.n + 1)
	}
	key := pairKey(i, j)
	at := t.place(key)
	if t.keys[at] == 0 {
		t.keys[at] = key
		t.n++
	}
	t.rows[at] += rows
	if weight != 0 {
		if t.weights == nil {
			t.weights = make([]float64, len(t.keys))
		}
		t.weights[at] += weight
	}
}

// CountCodes adds one row for each pair of codes, and grows for at most a few
// thousand cells at a time.
func (t *PairTable) CountCodes(a, b []int32) {
	const step = 2048
	for len(a) > 0 {
		n := min(step, len(a))
		t.Reserve(n)
		for k, i := range a[:n] {
			t.count(pairKey(uint32(i), uint32(b[k])))
		}
		a, b = a[n:], b[n:]
	}
}

func (t *PairTable) count(key uint64) {
	at := t.place(key)
	if t.keys[at] == 0 {
		t.keys[at] = key
		t.n++
	}
	t.rows[at]++
}

// CountPairs is CountTable into a PairTable.
func CountPairs[I Integer](t, p []I, base, side uint64, table *PairTable) int {
	const step = 2048
	p = p[:len(t)]
	for lo := 0; lo < len(t); lo += step {
		hi := min(lo+step, len(t))
		table.Reserve(hi - lo)
		for i := lo; i < hi; i++ {
			a, b := uint64(t[i])-base, uint64(p[i])-base
			if a >= side || b >= side {
				return i
			}
			table.count(pairKey(uint32(a), uint32(b)))
		}
	}
	return len(t)
}

// Len returns the number of cells.
func (t *PairTable) Len() int { return t.n }

// Weighted tells whether a weight was added.
func (t *PairTable) Weighted() bool { return t.weights != nil }

// Each visits the cells in no particular order.
func (t *PairTable) Each(do func(i, j int, rows uint64, weight float64)) {
	for at, key := range t.keys {
		if key != 0 {
			t.visit(at, do)
		}
	}
}

// Sorted visits the cells in the order of (i, j).
func (t *PairTable) Sorted(do func(i, j int, rows uint64, weight float64)) {
	keys := make([]uint64, 0, t.n)
	for _, key := range t.keys {
		if key != 0 {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		t.visit(t.place(key), do)
	}
}

func (t *PairTable) visit(at int, do func(i, j int, rows uint64, weight float64)) {
	key := t.keys[at] - 1
	w := 0.0
	if t.weights != nil {
		w = t.weights[at]
	}
	do(int(key>>32), int(uint32(key)), t.rows[at], w)
}
