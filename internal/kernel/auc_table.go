package kernel

import (
	"math"
	"slices"
)

const (
	tableBits  = 13
	tableSlots = 1 << tableBits
	tableLimit = tableSlots * 5 / 8
	sampleSize = 4096
)

func slot(k uint64) uint64 { return k * 0x9e3779b97f4a7c15 >> (64 - tableBits) }

type cell struct {
	key    uint64
	counts uint64 // positives << 32 | negatives
}

var cells pool[cell]

// few tells whether a sample of x suggests at most a few thousand values.
func few(x []float64) bool {
	lent := cells.get(tableSlots)
	defer cells.put(lent)
	t := (*[tableSlots]cell)(*lent)
	clear(t[:])
	size := min(sampleSize, len(x)/8)
	distinct := 0
	step := len(x) / size
	for i := range size {
		k := math.Float64bits(x[i*step+i%step] + 0)
		j := slot(k)
		for t[j].counts != 0 && t[j].key != k {
			j = (j + 1) & (tableSlots - 1)
		}
		if t[j].counts == 0 {
			t[j] = cell{k, 1}
			distinct++
		}
	}
	return distinct <= size*5/8
}

// tableWins counts by distinct value; it gives up if there are too many.
func tableWins(y []uint8, x []float64) (u uint64, ok bool) {
	lent := cells.get(tableSlots)
	defer cells.put(lent)
	t := (*[tableSlots]cell)(*lent)
	clear(t[:])
	distinct := 0
	y = y[:len(x)]
	for i, v := range x {
		k := math.Float64bits(v + 0)
		j := slot(k)
		for t[j].key != k || t[j].counts == 0 {
			if t[j].counts == 0 {
				if distinct++; distinct > tableLimit {
					return 0, false
				}
				t[j].key = k
				break
			}
			j = (j + 1) & (tableSlots - 1)
		}
		t[j].counts += 1 << (uint(y[i]) << 5 & 63)
	}
	used := t[:0]
	for _, c := range t {
		if c.counts != 0 {
			used = append(used, cell{Order(math.Float64frombits(c.key)), c.counts})
		}
	}
	slices.SortFunc(used, func(a, b cell) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	var below uint64
	for _, c := range used {
		p, q := c.counts>>32, c.counts&math.MaxUint32
		u += p * (2*below + q)
		below += q
	}
	return u, true
}
