package metrics

import (
	"sync"
	"unsafe"

	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// wideBytes is the number of rows from which byte labels below 16 are counted by
// CountNibbles: the portable loop goes over a table of 65536 cells.
const wideBytes = 1 << 16

var nibbleScratch = sync.Pool{New: func() any { return new([65536]uint32) }}

// countRows counts rows into a table whose codes are the labels less base, until
// one has a label outside it, and returns their number.
func countRows[I kernel.Integer](table *celltable, t, p []I, base uint64) int {
	side := uint64(table.side)
	if unsafe.Sizeof(t[0]) == 1 && base == 0 {
		a, b := as[byte](t), as[byte](p)
		switch {
		case side == 2:
			if both, truth, pred, ok := kernel.CountBits(a, b); ok {
				table.addAll([]uint64{uint64(len(t)) - truth - pred + both, pred - both, truth - both, both})
				return len(t)
			}
		case side == 16 && len(t) >= wideBytes:
			var counts [256]uint64
			scratch := nibbleScratch.Get().(*[65536]uint32)
			ok := kernel.CountNibbles(a, b, &counts, scratch)
			nibbleScratch.Put(scratch)
			if ok {
				table.addAll(counts[:])
				return len(t)
			}
		}
	}
	if side == 2 {
		var counts [4]uint64
		n := kernel.CountTwo(t, p, base, &counts)
		table.addAll(counts[:])
		return n
	}
	table.expect(uint64(len(t)))
	switch {
	case table.sparse != nil:
		return kernel.CountPairs(t, p, base, side, table.sparse)
	case table.narrow != nil:
		return kernel.CountTable(t, p, base, side, table.narrow)
	}
	return kernel.CountTable(t, p, base, side, table.wide)
}

// sharedSide is the number of classes up to which counting is shared: the tables
// of two cores with more would drive each other's out of the cache.
const sharedSide = 2048

// sharedWords is the number of classes, among the first rows, up to which labels that
// are looked up are shared: each core has a table and a dictionary of its own.
const sharedWords = 512

// shareRows and shareBytes are the least rows of a core: a millisecond's work, since
// another core takes up to a tenth of one to begin. Labels of a byte below 16 are
// counted many at a time.
var shareRows, shareBytes = 1 << 20, 1 << 22

// countingParts returns how many cores count n rows: each fills a table of its
// own, which must cost little beside its rows.
func countingParts(n, side, size int) int {
	if side > sharedSide {
		return 1
	}
	least := shareRows
	if size == 1 && side <= 16 {
		least = shareBytes
	}
	return parallel.Parts(n, max(least, 4*side*side))
}

// counted is the rows that one core counted.
type counted struct {
	table    celltable
	lo, done int
}

// countShares counts rows on several cores, as countRows does: each share into a
// table of its own. Counts are integers, so their sum does not depend on the
// number of shares.
func countShares[I kernel.Integer](side int, t, p []I, base uint64, parts int) []counted {
	shares := make([]counted, parts)
	n := len(t)
	bound := func(k int) int { return int(int64(n) * int64(k) / int64(parts)) }
	parallel.Each(parts, func(k int) {
		s := &shares[k]
		s.lo = bound(k)
		hi := bound(k + 1)
		s.table.move(side, 0, uint64(n))
		s.done = countRows(&s.table, t[s.lo:hi], p[s.lo:hi], base)
	})
	return shares
}
