package metrics

import (
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// appendScores appends to all, much at once on all cores: to touch the new memory is
// most of the work.
func appendScores(all, more []float64) []float64 {
	n := len(all)
	if len(more) < 8*parallel.MinElements || cap(all)-n >= len(more) {
		return append(all, more...)
	}
	grown := kernel.Uncleared(max(n+len(more), cap(all)+cap(all)/4))[:n+len(more)]
	copyScores(grown, all)
	copyScores(grown[n:], more)
	return grown
}

func copyScores(dst, src []float64) {
	parallel.For(len(src), 1<<16, func(_, lo, hi int) { copy(dst[lo:hi], src[lo:hi]) })
}
