package text

import (
	"math"
	"math/bits"
	"slices"

	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A HashingVectorizer turns documents into rows without a vocabulary: a term
// with the signed hash h is counted in the column
//
//	|h| mod Features, h = MurmurHash3_x86_32(UTF-8 of the term, seed 0)
//
// with the sign of h. Terms of opposite sign in one column cancel; the entry
// stays, as a 0. The zero value has the usual options: 2^20 columns, alternate
// signs, rows of L2 norm 1. There is nothing to fit.
//
// Source: scikit-learn 1.9, HashingVectorizer; columns and signs are the same.
type HashingVectorizer struct {
	Analyzer
	// Features is the number of columns; 0 means 2^20.
	Features int `json:"features,omitempty"`
	// Unsigned counts every term as +1.
	Unsigned bool `json:"unsigned,omitempty"`
	// Binary makes every entry 1.
	Binary bool `json:"binary,omitempty"`
	// Norm is what the rows are divided by.
	Norm Norm `json:"norm"`
}

// Columns returns the number of columns.
func (h *HashingVectorizer) Columns() int {
	if h.Features == 0 {
		return 1 << 20
	}
	return h.Features
}

func (h *HashingVectorizer) check(fn string) error {
	if h.Features < 0 || h.Features > math.MaxInt32 {
		return check.In(fn, "Features", float64(h.Features), 1, math.MaxInt32)
	}
	return Weighting{Norm: h.Norm}.check(fn)
}

// Transform returns the rows of docs, in dst if it is not nil; dst is grown as
// needed.
//
// Errors: ErrRange for an option out of its domain and for a document that is
// not valid UTF-8 (see Invalid) or longer than 1 GB.
func (h *HashingVectorizer) Transform(dst *encoding.CSR, docs []string) (*encoding.CSR, error) {
	const fn = "HashingVectorizer.Transform"
	s := takeScanner()
	defer s.release()
	if err := h.check(fn); err != nil {
		return nil, err
	}
	if err := s.plan.compile(fn, &h.Analyzer); err != nil {
		return nil, err
	}
	if err := s.plan.checkAll(fn, docs); err != nil {
		return nil, err
	}
	size := 0
	for _, d := range docs {
		size += len(d)
	}
	dst = reuse(dst, len(docs), h.Columns(), 0)
	if size < 2*blockBytes {
		for i, d := range docs {
			h.appendRow(s, &s.plan, dst, i, d)
		}
		return dst, nil
	}
	h.blocks(s.plan, dst, docs)
	return dst, nil
}

// TransformOne is Transform for one document.
func (h *HashingVectorizer) TransformOne(dst *encoding.CSR, doc string) (*encoding.CSR, error) {
	const fn = "HashingVectorizer.TransformOne"
	s := takeScanner()
	defer s.release()
	if err := h.check(fn); err != nil {
		return nil, err
	}
	if err := s.plan.compile(fn, &h.Analyzer); err != nil {
		return nil, err
	}
	if err := s.plan.check(fn, doc, 0); err != nil {
		return nil, err
	}
	dst = reuse(dst, 1, h.Columns(), 0)
	h.appendRow(s, &s.plan, dst, 0, doc)
	return dst, nil
}

// blocks fills dst on several cores, each block into its own memory first.
func (h *HashingVectorizer) blocks(p plan, dst *encoding.CSR, docs []string) {
	blocks := cut(docs)
	parts := make([]*encoding.CSR, len(blocks))
	each(blocks, func(_ int, b *block) {
		s := takeScanner()
		part := reuse(nil, b.hi-b.lo, h.Columns(), 0)
		for i := b.lo; i < b.hi; i++ {
			h.appendRow(s, &p, part, i-b.lo, docs[i])
		}
		parts[b.index] = part
		s.release()
	})
	starts := make([]int, len(parts)+1)
	for i, part := range parts {
		starts[i+1] = starts[i] + len(part.Data)
	}
	dst.Indices = resized(dst.Indices, starts[len(parts)])
	dst.Data = resized(dst.Data, starts[len(parts)])
	parallel.Each(len(parts), func(i int) {
		copy(dst.Indices[starts[i]:], parts[i].Indices)
		copy(dst.Data[starts[i]:], parts[i].Data)
		for k := range parts[i].NRows {
			dst.Indptr[blocks[i].lo+k+1] = starts[i] + parts[i].Indptr[k+1]
		}
		parts[i] = nil
	})
}

// appendRow appends row i to dst.
func (h *HashingVectorizer) appendRow(s *scanner, p *plan, dst *encoding.CSR, i int, doc string) {
	columns := uint32(h.Columns())
	terms := s.scan(p, doc)
	row := s.row[:0]
	for _, t := range terms {
		hash := int32(kernel.Murmur32(s.buf[t.Lo:t.Hi], 0))
		size := uint32(hash)
		if hash < 0 {
			size = -size // 2^31 for the least, as the peer has it
		}
		e := uint64(size%columns) << 32
		if hash < 0 && !h.Unsigned {
			e |= 1
		}
		row = append(row, e)
	}
	s.row = row
	if cap(s.tmp) < len(row) {
		s.tmp = make([]uint64, len(row)+len(row)/2)
	}
	row = kernel.SortHigh(row, s.tmp[:len(row)], bits.Len32(columns-1))
	start := len(dst.Data)
	dst.Indices, dst.Data = slices.Grow(dst.Indices, len(row)), slices.Grow(dst.Data, len(row))
	last := int32(-1)
	for _, e := range row {
		v := 1 - 2*float64(e&1)
		if j := int32(e >> 32); j == last {
			dst.Data[len(dst.Data)-1] += v
		} else {
			dst.Indices, dst.Data = append(dst.Indices, j), append(dst.Data, v)
			last = j
		}
	}
	data := dst.Data[start:]
	if h.Binary {
		for k := range data {
			data[k] = 1
		}
	}
	normalise(data, h.Norm)
	dst.Indptr[i+1] = len(dst.Data)
}
