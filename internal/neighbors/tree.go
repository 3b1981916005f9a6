package neighbors

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/kernel"
)

// All leaves but the last are whole panels: at most mostPanels of them. With few columns the
// boxes part near rows from far ones so well that smaller leaves pay.
const (
	mostPanels = 4
	fewColumns = 4
)

func leafRows(cols int) int {
	if cols <= fewColumns {
		return kernel.PanelRows
	}
	return mostPanels * kernel.PanelRows
}

// A node holds the rows of positions lo to hi. Its left child is the next node.
type node struct {
	lo, hi    int
	low, high []float64 // the box of its rows
	axis      int
	split     float64 // rows to the right have at least this on the axis
	right     int     // 0 for a leaf
}

// grow appends the node of positions lo to hi, and those below it.
func (ix *Index) grow(source []float64, lo, hi int) {
	me, c := len(ix.nodes), ix.cols
	box := make([]float64, 2*c)
	n := node{lo: lo, hi: hi, low: box[:c:c], high: box[c:]}
	part := ix.ids[lo:hi]
	copy(n.low, source[part[0]*c:])
	copy(n.high, source[part[0]*c:])
	for _, id := range part[1:] {
		for a, v := range source[id*c : (id+1)*c] {
			if v < n.low[a] {
				n.low[a] = v
			}
			if v > n.high[a] {
				n.high[a] = v
			}
		}
	}
	if hi-lo <= leafRows(c) || c == 0 {
		ix.nodes = append(ix.nodes, n)
		return
	}
	width := 0.0
	for a := range c {
		if w := n.high[a] - n.low[a]; w > width {
			n.axis, width = a, w
		}
	}
	mid := (hi - lo + 2*kernel.PanelRows - 1) / (2 * kernel.PanelRows) * kernel.PanelRows
	if width > 0 {
		selectNth(part, mid, func(id int) float64 { return source[id*c+n.axis] })
		n.split = source[part[mid]*c+n.axis]
	}
	ix.nodes = append(ix.nodes, n)
	ix.grow(source, lo, lo+mid)
	ix.nodes[me].right = len(ix.nodes)
	ix.grow(source, lo+mid, hi)
}

// gap is the least squared distance of two boxes, less a little for its rounding.
func gap(low, high, lower, upper []float64) float64 {
	n := len(low)
	high, lower, upper = high[:n], lower[:n], upper[:n]
	var sum float64
	for a, v := range low {
		if d := max(v-upper[a], lower[a]-high[a]); d > 0 {
			sum += d * d
		}
	}
	return sum * (1 - 0x1p-40)
}

// selectNth partitions ids so that position n holds the n-th smallest value, no
// larger value stands before it and no smaller one after it.
func selectNth(ids []int, n int, value func(int) float64) {
	lo, hi := 0, len(ids)-1
	for lo < hi {
		a, b, c := value(ids[lo]), value(ids[(lo+hi)/2]), value(ids[hi])
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for value(ids[i]) < pivot {
				i++
			}
			for value(ids[j]) > pivot {
				j--
			}
			if i <= j {
				ids[i], ids[j] = ids[j], ids[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			hi = j
		case n >= i:
			lo = i
		default:
			return
		}
	}
}

// panels are the rows of an index, centred, scaled and rounded, as kernel.Near takes
// them.
type panels[F kernel.Float] struct {
	rows, half []F
}

func newPanels[F kernel.Float](ix *Index) panels[F] {
	c := ix.cols
	n := (ix.rows + kernel.PanelRows - 1) / kernel.PanelRows
	p := panels[F]{rows: make([]F, n*c*kernel.PanelRows), half: make([]F, n*kernel.PanelRows)}
	for i := range p.half {
		if i >= ix.rows {
			p.half[i] = F(math.NaN())
			continue
		}
		panel := p.rows[i/kernel.PanelRows*c*kernel.PanelRows:]
		var s float64
		for a, v := range ix.data[i*c : (i+1)*c] {
			f := F((v - ix.centre[a]) * ix.scale)
			panel[a*kernel.PanelRows+i%kernel.PanelRows] = f
			s += float64(f) * float64(f)
		}
		p.half[i] = F(s / 2)
	}
	return p
}
