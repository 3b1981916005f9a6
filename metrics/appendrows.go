package metrics

import (
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// appendRows appends rows, many of them on all cores: to touch the new memory is most
// of the work.
func appendRows[T float64 | bool](all, rows []T) []T {
	n := len(all)
	if len(rows) < 8*parallel.MinElements || cap(all)-n >= len(rows) {
		return append(all, rows...)
	}
	grown := kernel.Fresh[T](max(n+len(rows), cap(all)+cap(all)/4))[:n+len(rows)]
	copyRows(grown, all)
	copyRows(grown[n:], rows)
	return grown
}

func copyRows[T any](dst, src []T) {
	parallel.For(len(src), 1<<16, func(_, lo, hi int) { copy(dst[lo:hi], src[lo:hi]) })
}
