package neighbors

import (
	"math"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/mlgauge/mlgauge/internal/kernel"
)

const (
	tile      = kernel.TilePoints
	tiles     = 4 // of a group
	groupSize = tiles * tile
	// farthest is the length, in units of the longest row, beyond which a query is
	// answered by measuring every row.
	farthest = 1e6
)

// A group is up to groupSize queries that visit the tree together.
type group struct {
	ix        *Index
	n         int
	searches  [groupSize]search
	low, high []float64      // the box of the queries
	need      [tiles]float64 // the greatest distance that a tile asks for; -1 for an empty one
	plain     [groupSize]bool
	narrow    [tiles]points[float32]
	wide      [tiles]points[float64]
	masks     [mostPanels * tile]uint32
}

func newGroup(ix *Index) *group {
	g := &group{ix: ix, low: make([]float64, ix.cols), high: make([]float64, ix.cols)}
	for t := range tiles {
		g.narrow[t].at = make([]float32, ix.cols*tile)
	}
	return g
}

// run answers the searches, nearest first.
func (g *group) run() {
	ix := g.ix
	left := 0
	for i := range g.searches[:g.n] {
		s := &g.searches[i]
		g.plain[i] = !ix.fits(s.q)
		if g.plain[i] {
			ix.scan(s)
			continue
		}
		for a, v := range s.q {
			if left == 0 || v < g.low[a] {
				g.low[a] = v
			}
			if left == 0 || v > g.high[a] {
				g.high[a] = v
			}
		}
		left++
	}
	if left > 0 {
		for t := range tiles {
			if g.ask(t); g.need[t] >= 0 {
				g.narrow[t].set(ix, g.tile(t), g.plain[t*tile:])
				g.wide[t].ready = false
			}
		}
		g.visit(0, 0)
	}
	for i := range g.searches[:g.n] {
		g.searches[i].sort()
	}
}

func (g *group) tile(t int) []search { return g.searches[t*tile : min(g.n, (t+1)*tile)] }

// fits tells whether products may stand for the distances of q.
func (ix *Index) fits(q []float64) bool {
	var s float64
	for a, v := range q {
		d := (v - ix.centre[a]) * ix.scale
		s += d * d
	}
	return ix.scale != 0 && s < farthest*farthest
}

// worst is the greatest distance that any query still needs.
func (g *group) worst() float64 { return slices.Max(g.need[:]) }

// ask sets what the queries of a tile still need.
func (g *group) ask(t int) {
	g.need[t] = -1
	for i := t * tile; i < min(g.n, (t+1)*tile); i++ {
		if !g.plain[i] {
			g.need[t] = max(g.need[t], g.searches[i].worst())
		}
	}
}

// visit looks for near rows at and below a node whose box is so far away.
func (g *group) visit(at int, away float64) {
	if away > g.worst() {
		return
	}
	n := &g.ix.nodes[at]
	if n.right == 0 {
		for t := range tiles {
			if g.need[t] >= away {
				g.leaf(t, n)
			}
		}
		return
	}
	near, far := at+1, n.right
	a, b := g.gap(near), g.gap(far)
	if b < a || b == a && g.low[n.axis]+g.high[n.axis] >= 2*n.split {
		near, far, a, b = far, near, b, a
	}
	g.visit(near, a)
	g.visit(far, b)
}

func (g *group) gap(at int) float64 {
	n := &g.ix.nodes[at]
	return gap(g.low, g.high, n.low, n.high)
}

// leaf compares a tile with the rows of a leaf. Until k rows are known, it goes by one
// panel at a time.
func (g *group) leaf(t int, n *node) {
	searches := g.tile(t)
	narrow := g.narrow[t].fine(len(searches))
	if !narrow && !g.wide[t].ready {
		if g.wide[t].at == nil {
			g.wide[t].at = make([]float64, g.ix.cols*tile)
		}
		g.wide[t].set(g.ix, searches, g.plain[t*tile:])
	}
	for lo := n.lo; lo < n.hi; {
		hi := n.hi
		for i := range searches {
			if s := &searches[i]; len(s.heap) < s.k {
				hi = min(hi, lo+kernel.PanelRows)
			}
		}
		if narrow {
			g.narrow[t].near(g.ix, &g.ix.narrow, g.masks[:], lo, hi)
		} else {
			g.wide[t].near(g.ix, g.ix.wide(), g.masks[:], lo, hi)
		}
		g.gather(t, lo, hi)
		lo = hi
	}
}

// gather measures the rows that the masks tell.
func (g *group) gather(t, lo, hi int) {
	ix, c, searches := g.ix, g.ix.cols, g.tile(t)
	var changed [tile]bool
	for p := lo; p < hi; p += kernel.PanelRows {
		masks := g.masks[(p-lo)/kernel.PanelRows*tile:][:tile]
		if masks[0]|masks[1]|masks[2]|masks[3]|masks[4]|masks[5]|masks[6]|masks[7] == 0 {
			continue
		}
		for i, mask := range masks {
			if mask == 0 {
				continue
			}
			s := &searches[i]
			worst := s.worst()
			for ; mask != 0; mask &= mask - 1 {
				at := p + bits.TrailingZeros32(mask)
				id := ix.ids[at]
				if worst == 0 && id > s.heap[0].Row {
					continue
				}
				if d := measure(s.q, ix.data[at*c:(at+1)*c]); d <= worst {
					s.offer(Neighbor{id, d})
					worst = s.worst()
				}
			}
			changed[i] = len(s.heap) == s.k
		}
	}
	var any bool
	for i, yes := range changed {
		if yes {
			any = true
			d := searches[i].heap[0].Distance
			g.narrow[t].bound(ix, i, d)
			if g.wide[t].ready {
				g.wide[t].bound(ix, i, d)
			}
		}
	}
	if any {
		g.ask(t)
	}
}

// points are the queries of a tile, centred, scaled and rounded, as kernel.Near takes
// them.
type points[F kernel.Float] struct {
	at     []F
	limit  [tile]F
	half   [tile]float64 // half the squared length
	size   [tile]float64 // the length
	coarse [tile]bool    // rounding may let too many rows pass
	ready  bool
}

// set fills in the queries.
func (p *points[F]) set(ix *Index, searches []search, plain []bool) {
	clear(p.at)
	for i := range p.limit {
		p.limit[i], p.coarse[i] = F(math.NaN()), false
		if i >= len(searches) || plain[i] {
			continue
		}
		var s float64
		for a, v := range searches[i].q {
			f := F((v - ix.centre[a]) * ix.scale)
			p.at[a*tile+i] = f
			s += float64(f) * float64(f)
		}
		p.half[i], p.size[i] = s/2, math.Sqrt(s)
		p.bound(ix, i, searches[i].worst())
	}
	p.ready = true
}

// unit is half an ulp of 1.
func unit[F kernel.Float]() float64 {
	if unsafe.Sizeof(F(0)) == 4 {
		return 0x1p-24
	}
	return 0x1p-53
}

// bound sets the limit of a query so that no row at the squared distance d or less is
// missed. Rounding to F moves each of the two rows by unit times its length, which is at
// most 1 for the rows of the index; the products add (cols+1) unit (1 + length).
func (p *points[F]) bound(ix *Index, i int, d float64) {
	if math.IsInf(d, 1) {
		p.limit[i], p.coarse[i] = F(math.Inf(1)), false
		return
	}
	u, c := unit[F](), float64(ix.cols+4)
	length := p.size[i]
	r := math.Sqrt(d)*ix.scale*(1+1e-9) + 4*u*(1+length)
	limit := r*r/2 - p.half[i]
	off := 2*c*u*(1+length) + 2*c*0x1p-53*length*length + 2*u*math.Abs(limit)
	p.limit[i] = F(limit + off)
	p.coarse[i] = 16*off > r*r
}

// fine tells whether the rounding is small beside the distances that most of n queries
// ask for.
func (p *points[F]) fine(n int) bool {
	var coarse int
	for _, yes := range p.coarse {
		if yes {
			coarse++
		}
	}
	return 2*coarse < n
}

// near fills the masks for the rows of positions lo to hi.
func (p *points[F]) near(ix *Index, of *panels[F], masks []uint32, lo, hi int) {
	const rows = kernel.PanelRows
	first, last := lo/rows, (hi+rows-1)/rows
	kernel.Near(masks, p.at, of.rows[first*rows*ix.cols:last*rows*ix.cols], of.half[first*rows:last*rows], p.limit[:], ix.cols)
}
