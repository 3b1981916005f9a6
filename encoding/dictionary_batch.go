package encoding

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A recent remembers the codes of string headers seen lately: rows that share
// the bytes of their label (a column read through a dictionary, a repeated
// literal) need no hash. It must not outlive the slice that it was filled from.
type recent struct {
	hits, tries int
	off         bool
	at          [256]struct {
		p    *byte
		n    int32
		code int32
	}
}

// minRecent is the number of rows from which clearing a recent pays.
const minRecent = 512

// Encode returns the code of each label, adding those that are new; a missing
// mark gets Missing. dst is used if it has the capacity.
//
// Errors: ErrRange for more than 2^30 different labels.
func (d *Dictionary) Encode(dst []int32, labels []string) ([]int32, error) {
	if len(d.labels)+len(labels) > maxLabels {
		distinct := len(d.labels)
		for _, s := range labels {
			if d.Code(s) == Unknown {
				distinct++
			}
		}
		if distinct > maxLabels {
			return nil, fmt.Errorf("Dictionary.Encode: labels: need at most %d different labels, have up to %d: %w", maxLabels, distinct, mlgauge.ErrRange)
		}
	}
	dst = resize(dst, len(labels))
	d.run(dst, labels, true)
	return dst, nil
}

// Lookup returns the code of each label, Missing for a missing mark, Unknown
// for a label that the dictionary does not hold. dst is used if it has the
// capacity.
func (d *Dictionary) Lookup(dst []int32, labels []string) []int32 {
	dst = resize(dst, len(labels))
	d.run(dst, labels, false)
	return dst
}

func (d *Dictionary) run(dst []int32, labels []string, add bool) {
	have := len(d.labels)
	if add {
		d.begin(len(labels))
	}
	if len(labels) < minRecent {
		for i, s := range labels {
			if add {
				if i == firstKeys {
					d.foresee(have, i, len(labels))
				}
				dst[i] = d.put(s)
			} else {
				dst[i] = d.Code(s)
			}
		}
		return
	}
	if add {
		new(recent).run(d, dst, labels, true)
		return
	}
	_ = inBlocks(len(labels), func(lo, hi int) error {
		new(recent).run(d, dst[lo:hi], labels[lo:hi], false)
		return nil
	})
}

// foresee makes room for the rest of a batch of n labels if most of the first
// rows were new: growing step by step would move the keys several times. Of m rows
// drawn from k labels about m^2/2k repeat an earlier one, which tells k.
func (d *Dictionary) foresee(have, rows, n int) {
	fresh := len(d.labels) - have
	if 4*fresh < 3*rows {
		return
	}
	if repeats := rows - fresh; repeats > 0 {
		n = min(n, rows*rows/(2*repeats))
	}
	if n = min(have+n, 1<<15); n <= len(d.labels) {
		return // large tables are few moves
	}
	d.reserve(n)
	if more := n - len(d.labels); cap(d.labels)-len(d.labels) < more {
		d.labels = slices.Grow(d.labels, more)
	}
}

func (r *recent) run(d *Dictionary, dst []int32, labels []string, add bool) {
	have := len(d.labels)
	known := len(labels) // the row from which to try all cores
	if add && len(labels) >= parallel.MinElements && parallel.Parts(len(labels), aheadRows) > 1 {
		known = 0
	}
	for lo, hi := 0, 0; lo < len(labels); lo = hi {
		hi = min(lo+4096, len(labels))
		if lo == 0 {
			hi = min(hi, 256)
		} else if add && lo == 256 {
			d.foresee(have, lo, len(labels))
		}
		before := len(d.labels)
		r.step(d, dst[lo:hi], labels[lo:hi], add)
		if hi < known || lo == 0 || fewNew*(len(d.labels)-before) > hi-lo {
			continue
		}
		if rows := min(max(leastAhead, hi), mostAhead, len(labels)-hi); rows > aheadRows {
			if fewNew*r.ahead(d, dst[hi:hi+rows], labels[hi:hi+rows]) > rows {
				known = hi + 4*rows
			}
			hi += rows
		}
	}
}

func (r *recent) step(d *Dictionary, dst []int32, labels []string, add bool) {
	if r.off {
		r.plain(d, dst, labels, add)
		return
	}
	r.cached(d, dst, labels, add)
	// Labels whose bytes are not shared never hit: stop asking.
	r.off = r.tries >= 2048 && 4*r.hits < r.tries
}

func (r *recent) cached(d *Dictionary, dst []int32, labels []string, add bool) {
	hits := 0
	dst = dst[:len(labels)]
	for i, s := range labels {
		p := unsafe.StringData(s)
		u := uint64(uintptr(unsafe.Pointer(p)))
		e := &r.at[uint8((u^u>>7)*0x9e3779b97f4a7c15>>56)]
		if e.p == p && int(e.n) == len(s) && p != nil {
			dst[i] = e.code
			hits++
			continue
		}
		var c int32
		if add {
			c = d.put(s)
		} else {
			c = d.Code(s)
		}
		dst[i] = c
		if len(s) <= math.MaxInt32 {
			e.p, e.n, e.code = p, int32(len(s)), c
		}
	}
	r.hits += hits
	r.tries += len(labels)
}

// farTable is the length of a table that the second-level cache may not hold.
const farTable = 1 << 14

// plain hashes every label.
func (r *recent) plain(d *Dictionary, dst []int32, labels []string, add bool) {
	if len(d.table) == 0 {
		d.grow()
	}
	var b kernel.WordBlock
	for len(labels) > 0 {
		n := min(len(b.Words), len(labels))
		b.Fill(labels[:n])
		if len(d.table) >= farTable {
			b.Ask(dst[:n], d.table, d.shift)
		}
		for i := 0; i < n; {
			i += b.Known(dst[:n], i, d.table, d.shift)
			for more := i < n; more; more = i < n && b.Words[i].Long() {
				dst[i] = d.one(b.Words[i], b.Hashes[i], labels[i], add)
				i++
			}
		}
		dst, labels = dst[n:], labels[n:]
	}
}

// one returns the code of a label, after adding it if it is new and add is set.
func (d *Dictionary) one(k kernel.Word, h uint64, label string, add bool) int32 {
	if add {
		return d.putKey(k, h, label)
	}
	if ref := d.find(k, h, label); ref != 0 {
		return code(ref)
	}
	return Unknown
}
