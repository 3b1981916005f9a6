package encoding

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/mlgauge/mlgauge"
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
	var r recent
	r.run(d, dst, labels, add)
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
	for lo, hi := 0, 0; lo < len(labels); lo = hi {
		hi = min(lo+4096, len(labels))
		if lo == 0 {
			hi = min(hi, 256)
		} else if add && lo == 256 {
			d.foresee(have, lo, len(labels))
		}
		if r.off {
			r.plain(d, dst[lo:hi], labels[lo:hi], add)
			continue
		}
		r.cached(d, dst[lo:hi], labels[lo:hi], add)
		// Labels whose bytes are not shared never hit: stop asking.
		r.off = r.tries >= 2048 && 4*r.hits < r.tries
	}
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

// plain hashes every label.
func (r *recent) plain(d *Dictionary, dst []int32, labels []string, add bool) {
	if len(d.table) == 0 {
		d.grow()
	}
	table, shift := d.table, d.shift
	mask := uint64(len(table) - 1)
	dst = dst[:len(labels)]
next:
	for i, s := range labels {
		k := keyOf(s)
		h := k.hash()
		for j := h >> (shift & 63); ; j++ {
			e := &table[j&mask]
			if e.key == k && e.ref != 0 && (k.size < longKey || d.text(e.ref) == s) {
				dst[i] = code(e.ref)
				continue next
			}
			if e.ref == 0 {
				break
			}
		}
		if !add {
			dst[i] = Unknown
			continue
		}
		dst[i] = d.putKey(k, h, s)
		table, shift = d.table, d.shift
		mask = uint64(len(table) - 1)
	}
}
