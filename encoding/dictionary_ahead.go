package encoding

import (
	"slices"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

const (
	// aheadRows is the number of rows that one core encodes at a time, and leastAhead
	// that of the first step on all cores. Each step may be as long as all rows before
	// it, up to mostAhead.
	aheadRows  = 1 << 14
	leastAhead = 1 << 17
	mostAhead  = 1 << 21
	// fewNew is the share of new labels, one in so many rows, below which it pays to
	// look rows up before the labels of the rows before them are known.
	fewNew = 8
)

// A stretch is what a block of rows holds that the dictionary does not.
type stretch struct {
	labels Dictionary // the new labels, in the order in which they first appear
	codes  []int32    // their codes in the whole
}

// ahead encodes rows of labels on all cores. Every block looks its rows up and numbers
// the labels that are new to the dictionary by itself; then those are added block by
// block, which is the order in which they first appear. It returns how many rows were
// of a label that its block found new for the first time.
func (r *recent) ahead(d *Dictionary, dst []int32, labels []string) int {
	parts := make([]stretch, parallel.Blocks(len(labels), aheadRows))
	parallel.For(len(labels), aheadRows, func(b, lo, hi int) {
		own := recent{off: r.off}
		dst := dst[lo:hi]
		own.run(d, dst, labels[lo:hi], false)
		for at := 0; ; {
			next := slices.Index(dst[at:], Unknown)
			if next < 0 {
				break
			}
			at += next
			// Codes below Unknown are those of the part.
			dst[at] = Unknown - 1 - parts[b].labels.put(labels[lo+at])
		}
	})
	fresh := 0
	for b := range parts {
		p := &parts[b]
		fresh += len(p.labels.labels)
		p.codes = make([]int32, len(p.labels.labels))
		for k, s := range p.labels.labels {
			p.codes[k] = d.put(s)
		}
	}
	if fresh > 0 {
		parallel.For(len(labels), aheadRows, func(b, lo, hi int) {
			codes := parts[b].codes
			if len(codes) == 0 {
				return
			}
			for i, k := range dst[lo:hi] {
				if k < Unknown {
					dst[lo+i] = codes[Unknown-1-k]
				}
			}
		})
	}
	return fresh
}
