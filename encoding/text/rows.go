package text

import (
	"encoding/binary"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// blockBytes is the text that one block of documents holds at least; less than
// two blocks stay on one core.
const blockBytes = 1 << 18

// A block is what counting made of some neighbouring documents: for each term of
// each, its number and, if it is not 1, its count, as varints: frequent terms have
// small numbers, so that a pair takes two or three bytes.
type block struct {
	lo, hi int // documents
	index  int
	worker int
	pairs  []byte
	terms  []uint32 // how many terms each document has
}

// counted is what counting made of all documents.
type counted struct {
	docs   int
	blocks []block
	remap  [][]int32 // by worker: its numbers of terms -> those of the whole; nil for the same
}

// cut divides docs into blocks that depend on nothing but the documents.
func cut(docs []string) []block {
	var blocks []block
	lo, size := 0, 0
	for i, d := range docs {
		size += len(d) + 16
		if size >= blockBytes || i-lo >= 1<<20 {
			blocks = append(blocks, block{lo: lo, hi: i + 1})
			lo, size = i+1, 0
		}
	}
	if lo < len(docs) {
		blocks = append(blocks, block{lo: lo, hi: len(docs)})
	}
	return blocks
}

// each calls do for every block on at most GOMAXPROCS workers.
func each(blocks []block, do func(worker int, b *block)) (workers int) {
	workers = max(1, min(runtime.GOMAXPROCS(0), len(blocks)))
	var next atomic.Int64
	work := func(w int) {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(blocks) {
				return
			}
			blocks[i].index, blocks[i].worker = i, w
			do(w, &blocks[i])
		}
	}
	if workers == 1 {
		work(0)
		return 1
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { work(w) })
	}
	wg.Wait()
	return workers
}

// tally turns the terms of a document into pairs, in the order of the first
// appearance of each. Terms that v does not hold are added if grow is set and
// left out otherwise; columns, if not nil, maps their numbers.
func (s *scanner) tally(terms []kernel.Piece, v *Vocabulary, grow bool, columns []int32) []uint64 {
	if s.stamp == math.MaxUint32 {
		clear(s.marks)
		s.stamp = 0
	}
	s.stamp++
	row := s.row[:0]
	s.keys = v.keysOf(s.keys, s.buf, terms)
	for i, t := range terms {
		var id int32
		if grow {
			id = v.putKey(&s.keys[i], s.buf[t.Lo:t.Hi])
		} else if id = v.findKey(&s.keys[i], s.buf[t.Lo:t.Hi]); id >= 0 && columns != nil {
			id = columns[id]
		}
		if id < 0 {
			continue
		}
		if int(id) >= len(s.marks) {
			s.marks = append(s.marks, make([]mark, int(id)+1-len(s.marks)+len(s.marks)/2)...)
		}
		if m := &s.marks[id]; m.stamp == s.stamp {
			row[m.at]++
		} else {
			*m = mark{s.stamp, uint32(len(row))}
			row = append(row, uint64(id)<<32|1)
		}
	}
	s.row = row
	return row
}

// count adds the frequencies of docs to the empty c, and returns their pairs if
// keep is set. All documents are checked first; nothing else can fail but a
// full vocabulary.
func (c *CountVectorizer) count(fn string, docs []string, keep bool) (*counted, error) {
	if err := c.plan.checkAll(fn, docs); err != nil {
		return nil, err
	}
	out := &counted{docs: len(docs), blocks: cut(docs)}
	fixed := len(c.Terms) > 0
	parts := make([]DocumentFrequencies, runtime.GOMAXPROCS(0))
	if fixed {
		for i := range parts {
			parts[i] = c.stats.clone()
		}
	}
	scans := make([]*scanner, len(parts))
	var full atomic.Bool
	workers := each(out.blocks, func(w int, b *block) {
		if scans[w] == nil {
			scans[w] = takeScanner()
		}
		s, part := scans[w], &parts[w]
		s.packed = s.packed[:0]
		for i := b.lo; i < b.hi; i++ {
			terms := s.scan(c.plan, docs[i])
			// the worst case of Vocabulary.put, looked at once per document
			if uint64(len(part.vocabulary.arena))+growth(terms) > math.MaxUint32 || part.Len()+len(terms) > maxTerms {
				full.Store(true)
				return
			}
			row := s.tally(terms, &part.vocabulary, !fixed, nil)
			part.grow()
			for _, p := range row {
				n := &part.counts[p>>32]
				n.df++
				n.total += int64(uint32(p))
			}
			if keep {
				s.pack(b, row)
			}
		}
		part.documents += b.hi - b.lo
		b.pairs = slices.Clone(s.packed)
	})
	for _, s := range scans {
		if s != nil {
			s.release()
		}
	}
	var arena uint64
	var terms int
	for i := range parts {
		arena += uint64(len(parts[i].vocabulary.arena))
		terms += parts[i].Len()
	}
	if full.Load() || arena > math.MaxUint32 || terms > maxTerms {
		return nil, errFull(fn)
	}
	c.stats = parts[0]
	out.remap = make([][]int32, workers)
	for w := 1; w < workers; w++ {
		out.remap[w] = c.stats.merge(&parts[w])
		parts[w].Reset()
	}
	return out, nil
}

// pack appends the pairs of a document.
func (s *scanner) pack(b *block, row []uint64) {
	b.terms = append(b.terms, uint32(len(row)))
	for _, p := range row {
		id, count := p>>32, p&math.MaxUint32
		if count == 1 {
			s.packed = binary.AppendUvarint(s.packed, id<<1)
			continue
		}
		s.packed = binary.AppendUvarint(s.packed, id<<1|1)
		s.packed = binary.AppendUvarint(s.packed, count)
	}
}

// unpack calls do for each pair of n in packed, and returns the rest.
func unpack(packed []byte, n uint32, do func(id, count uint64)) []byte {
	for range n {
		id, k := binary.Uvarint(packed)
		packed = packed[k:]
		count := uint64(1)
		if id&1 != 0 {
			count, k = binary.Uvarint(packed)
			packed = packed[k:]
		}
		do(id>>1, count)
	}
	return packed
}

func growth(terms []kernel.Piece) (n uint64) {
	for _, t := range terms {
		n += uint64(t.Hi - t.Lo)
	}
	return n
}

// finish turns the pairs into a matrix with the columns of c, weighted by w if
// it is on, and lets go of them block by block.
func (n *counted) finish(dst *encoding.CSR, c *CountVectorizer, w weigher) *encoding.CSR {
	// number of a term with a worker -> column
	columns := make([][]int32, max(1, len(n.remap)))
	for i := range columns {
		columns[i] = c.columns
		if len(n.remap) > 0 && n.remap[i] != nil {
			m := n.remap[i]
			for k, id := range m {
				m[k] = c.columns[id]
			}
			columns[i] = m
		}
	}
	pruned := len(c.ids) < c.stats.Len()
	// the entries of each block, then where they begin
	starts := make([]int, len(n.blocks)+1)
	parallel.Each(len(n.blocks), func(i int) {
		b := &n.blocks[i]
		size := 0
		for _, k := range b.terms {
			size += int(k)
		}
		if pruned {
			known := columns[b.worker]
			unpack(b.pairs, uint32(size), func(id, _ uint64) {
				if known[id] < 0 {
					size--
				}
			})
		}
		starts[i+1] = size
	})
	for i := range n.blocks {
		starts[i+1] += starts[i]
	}
	dst = reuse(dst, n.docs, len(c.ids), starts[len(n.blocks)])
	parallel.Each(len(n.blocks), func(i int) {
		b := &n.blocks[i]
		s := takeScanner()
		at, packed, known := starts[i], b.pairs, columns[b.worker]
		for d, terms := range b.terms {
			row := s.row[:0]
			packed = unpack(packed, terms, func(id, count uint64) {
				if j := known[id]; j >= 0 {
					row = append(row, uint64(j)<<32|count)
				}
			})
			s.row = row
			at += s.emit(dst.Indices[at:], dst.Data[at:], row, len(c.ids), c.Binary, &w)
			dst.Indptr[b.lo+d+1] = at
		}
		b.pairs, b.terms = nil, nil
		s.release()
	})
	return dst
}

// emit sorts a row by its columns, writes and weights it, and returns the number
// of its entries.
func (s *scanner) emit(indices []int32, data []float64, row []uint64, columns int, binary bool, w *weigher) int {
	if cap(s.tmp) < len(row) {
		s.tmp = make([]uint64, len(row)+len(row)/2)
	}
	row = kernel.SortHigh(row, s.tmp[:len(row)], bits.Len(uint(max(columns, 1)-1)))
	indices, data = indices[:len(row)], data[:len(row)]
	for k, p := range row {
		indices[k] = int32(p >> 32)
		data[k] = float64(uint32(p))
	}
	if binary {
		for k := range data {
			data[k] = 1
		}
	}
	if w.on {
		w.weigh(indices, data)
	}
	return len(row)
}

// reuse returns dst, or a new matrix, with room for entries; Indptr[0] is 0 and
// all else is arbitrary.
func reuse(dst *encoding.CSR, rows, columns, entries int) *encoding.CSR {
	if dst == nil {
		dst = new(encoding.CSR)
	}
	dst.NRows, dst.NCols = rows, columns
	dst.Indptr = resized(dst.Indptr, rows+1)
	dst.Indptr[0] = 0
	dst.Indices = resized(dst.Indices, entries)
	dst.Data = resized(dst.Data, entries)
	return dst
}

func resized[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}

// transform counts docs with the columns that c knows.
func (c *CountVectorizer) transform(fn string, dst *encoding.CSR, docs []string, w weigher) (*encoding.CSR, error) {
	c, err := c.ready(fn)
	if err != nil {
		return nil, err
	}
	if err := c.plan.checkAll(fn, docs); err != nil {
		return nil, err
	}
	size := 0
	for _, d := range docs {
		size += len(d)
	}
	if size >= 2*blockBytes {
		return c.transformBlocks(dst, docs, w), nil
	}
	dst = reuse(dst, len(docs), len(c.ids), 0)
	s := takeScanner()
	for i, d := range docs {
		c.appendRow(s, dst, i, d, w)
	}
	s.release()
	return dst, nil
}

func (c *CountVectorizer) transformOne(fn string, dst *encoding.CSR, doc string, w weigher) (*encoding.CSR, error) {
	c, err := c.ready(fn)
	if err != nil {
		return nil, err
	}
	if err := c.plan.check(fn, doc, 0); err != nil {
		return nil, err
	}
	dst = reuse(dst, 1, len(c.ids), 0)
	s := takeScanner()
	c.appendRow(s, dst, 0, doc, w)
	s.release()
	return dst, nil
}

// appendRow appends row i to dst.
func (c *CountVectorizer) appendRow(s *scanner, dst *encoding.CSR, i int, doc string, w weigher) {
	row := s.tally(s.scan(c.plan, doc), &c.stats.vocabulary, false, c.columns)
	at := len(dst.Indices)
	dst.Indices = slices.Grow(dst.Indices, len(row))[:at+len(row)]
	dst.Data = slices.Grow(dst.Data, len(row))[:at+len(row)]
	s.emit(dst.Indices[at:], dst.Data[at:], row, len(c.ids), c.Binary, &w)
	dst.Indptr[i+1] = at + len(row)
}

// transformBlocks counts blocks of documents on several cores, each into its own
// memory, and puts the results together.
func (c *CountVectorizer) transformBlocks(dst *encoding.CSR, docs []string, w weigher) *encoding.CSR {
	n := &counted{docs: len(docs), blocks: cut(docs)}
	each(n.blocks, func(_ int, b *block) {
		s := takeScanner()
		s.packed = s.packed[:0]
		for i := b.lo; i < b.hi; i++ {
			s.pack(b, s.tally(s.scan(c.plan, docs[i]), &c.stats.vocabulary, false, nil))
		}
		b.pairs = slices.Clone(s.packed)
		s.release()
	})
	for i := range n.blocks {
		n.blocks[i].worker = 0
	}
	return n.finish(dst, c, w)
}
