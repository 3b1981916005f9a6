package explain

import (
	"fmt"
	"math/bits"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// slots are the parts of the buffer that is given to the model. Each holds a
// block of rows of the background under one coalition, and walks through
// a stretch of coalitions: from one to the next only the columns are written of
// the players that come or go.
type slots struct {
	rows  int    // in each
	width int    // words of a set
	now   set    // the coalition in each slot
	held  []bool // whether there is one
	in    []bool // scratch: features that are those of the row explained
}

// forget makes the next coalition of every slot be written in full.
func (s *slots) forget() { clear(s.held) }

// values writes into dst the values of the coalitions of sets, which follow one
// another with width words each. Their rows, one for each coalition and row of
// the background, go through one buffer of as many slots as fit; a background
// that does not fit is taken in blocks.
func (g *game) values(dst []float64, sets set, width int) error {
	if len(dst) == 0 {
		return nil
	}
	size := len(g.out)
	blocks := (g.n + size - 1) / size
	block := (g.n + blocks - 1) / blocks
	count := min(size/block, len(dst))
	each := (len(dst) + count - 1) / count // coalitions per slot
	s := &g.slots
	if len(s.held) < count || s.width != width {
		s.width, s.now, s.held = width, make(set, count*width), make([]bool, count)
	}
	clear(dst)
	for b := 0; b < g.n; b += block {
		rows := min(block, g.n-b)
		s.rows = rows
		if blocks > 1 {
			s.forget()
		}
		for t := range each {
			used := 0
			for c := t; c < len(dst); c += each {
				g.fill(used, b, rows, sets[c*width:(c+1)*width])
				used++
			}
			if err := g.predict(g.out[:used*rows], mat.NewDense(used*rows, g.d, g.buf[:used*rows*g.d])); err != nil {
				return err
			}
			g.calls += used * rows
			for k := range used {
				p := g.out[k*rows : (k+1)*rows]
				if c := k*each + t; g.weight != nil {
					dst[c] += floats.Dot(p, g.weight[b:b+rows])
				} else {
					dst[c] += floats.Sum(p)
				}
			}
		}
		if err := g.unchanged(b, rows); err != nil {
			return err
		}
	}
	if g.weight == nil {
		for i := range dst {
			dst[i] /= float64(g.n)
		}
	}
	return g.link.apply(g.fn, dst)
}

// fillElements elements are filled at a time, so that they are still in the first cache
// when columns are written over what was copied.
const fillElements = 1 << 11

// fill puts a coalition into slot k: rows of the background from b on, with the
// features of the coalition taken from the row explained.
func (g *game) fill(k, b, rows int, to set) {
	s := &g.slots
	now := s.now[k*s.width : (k+1)*s.width]
	moves, size := 0, 0
	for i, word := range to {
		moves += bits.OnesCount64(word ^ now[i])
		size += bits.OnesCount64(word)
	}
	dst := g.buf[k*rows*g.d : (k+1)*rows*g.d]
	// Writing a column costs about as much as copying five.
	if m := len(g.vary); s.held[k] && moves <= min(size, m-size)+m/5 {
		for i, word := range to {
			for d := word ^ now[i]; d != 0; d &= d - 1 {
				at := bits.TrailingZeros64(d)
				for _, j := range g.groups[g.vary[64*i+at]] {
					if word>>at&1 == 1 {
						kernel.FillColumn(dst, j, g.d, g.x[j])
					} else {
						kernel.PutColumn(dst, j, g.d, g.columns[j*g.n+b:j*g.n+b+rows])
					}
				}
			}
		}
	} else {
		g.write(dst, b, to, 2*size <= m)
	}
	copy(now, to)
	s.held[k] = true
}

// write fills in full: columns over a copy of the background, or where the
// coalition has most of the features, the other way round over copies of the row.
func (g *game) write(dst []float64, b int, to set, few bool) {
	// The features that do not vary are those of the row in the background too.
	step := max(1, fillElements/g.d)
	for rows := len(dst) / g.d; rows > 0; rows -= step {
		n := min(step, rows)
		part := dst[:n*g.d]
		dst = dst[n*g.d:]
		if few {
			copy(part, g.data[b*g.d:])
		} else {
			copy(part, g.tile)
		}
		for i, p := range g.vary {
			if in := to[i/64]>>(i%64)&1 == 1; in != few {
				continue
			}
			for _, j := range g.groups[p] {
				if few {
					kernel.FillColumn(part, j, g.d, g.x[j])
				} else {
					kernel.PutColumn(part, j, g.d, g.columns[j*g.n+b:j*g.n+b+n])
				}
			}
		}
		b += n
	}
}

// unchanged reports a model that changed its input (ErrUndefined): what is in the
// slots would not be what is thought to be there.
func (g *game) unchanged(b, rows int) error {
	s := &g.slots
	for k, held := range s.held {
		if !held {
			continue
		}
		s.in = append(s.in[:0], make([]bool, g.d)...)
		for i, p := range g.vary {
			if s.now[k*s.width+i/64]>>(i%64)&1 == 1 {
				for _, j := range g.groups[p] {
					s.in[j] = true
				}
			}
		}
		for i := range rows {
			have := g.buf[(k*rows+i)*g.d : (k*rows+i+1)*g.d]
			row := g.data[(b+i)*g.d : (b+i+1)*g.d]
			for j, v := range have {
				need := row[j]
				if s.in[j] {
					need = g.x[j]
				}
				if v != need && (v == v || need == need) {
					return fmt.Errorf("%s: the model: need an unchanged input, have feature %d changed from %v to %v: %w", g.fn, j, need, v, mlgauge.ErrUndefined)
				}
			}
		}
	}
	return nil
}
