package encoding

import (
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// rowsPerBlock is how many rows of a long column a core takes at a time.
const rowsPerBlock = 1 << 16

// inBlocks calls do for all of n rows, or for blocks of them on all cores where there
// are many, and returns the error of the first block that has one. What do does to a
// row must not depend on the block it is in.
func inBlocks(n int, do func(lo, hi int) error) error {
	if parallel.Parts(n, rowsPerBlock) == 1 {
		return do(0, n)
	}
	errs := make([]error, parallel.Blocks(n, rowsPerBlock))
	parallel.For(n, rowsPerBlock, func(b, lo, hi int) { errs[b] = do(lo, hi) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// beside calls do, and other unless it is nil, at a time where there are many rows.
func beside(rows int, do, other func()) {
	switch {
	case other == nil:
		do()
	case rows < parallel.MinElements:
		other()
		do()
	default:
		parallel.Each(2, func(i int) { [2]func(){other, do}[i]() })
	}
}

// countSlots is kernel.CountSlots on all cores.
func countSlots(n []int, codes []int32) {
	parts := parallel.Parts(len(codes), max(parallel.MinElements, 8*len(n)))
	if parts == 1 {
		kernel.CountSlots(n, codes)
		return
	}
	own := make([][]int, parts)
	parallel.Each(parts, func(p int) {
		own[p] = make([]int, len(n))
		kernel.CountSlots(own[p], codes[p*len(codes)/parts:(p+1)*len(codes)/parts])
	})
	for _, part := range own {
		for s, rows := range part {
			n[s] += rows
		}
	}
}
