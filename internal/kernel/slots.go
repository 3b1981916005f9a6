package kernel

import "github.com/mlgauge/mlgauge/internal/parallel"

// A Slot holds what is known of the numbers of one category.
type Slot struct {
	Rows       int
	W, Sum, M2 float64 // weight, sum of w y, sum of w (y - mean)^2
}

const (
	// slotRows is the least number of rows of a block of SlotMoments: as many as the
	// second-level cache holds, since a block is read twice.
	slotRows = 1 << 15
	// rowsPerSlot is the least number of rows of a block by slot: a block costs a
	// merge of all slots.
	rowsPerSlot = 4
	// slotBlocks is how many blocks are in work before they are merged.
	slotBlocks = 16
)

// slotBlocksOf returns the number of blocks for n rows: it depends on nothing but the
// data. Few blocks are a power of two of them, so that the cores get as many each.
func slotBlocksOf(n, slots int) int {
	blocks := n / max(slotRows, rowsPerSlot*slots)
	if blocks < slotBlocks {
		for blocks&(blocks-1) != 0 {
			blocks &= blocks - 1
		}
	}
	return max(1, blocks)
}

// SlotMoments adds the numbers y of rows, with weights w unless nil, to the empty
// slots code+1, block by block, each in two passes: sums, then squares about the
// means. Blocks are merged in their order by Chan's formula, so that the number of
// cores does not matter. Slots that have rows but no weight have no M2.
func SlotMoments(slots []Slot, codes []int32, y, w []float64) {
	n := len(codes)
	blocks := slotBlocksOf(n, len(slots))
	size := (n + blocks - 1) / blocks
	cells := make([]slotCells, min(blocks, slotBlocks))
	for first := 0; first < blocks; first += len(cells) {
		wave := cells[:min(len(cells), blocks-first)]
		add := func(b int) {
			lo, hi := min(n, (first+b)*size), min(n, (first+b+1)*size)
			c := &wave[b]
			c.clear(len(slots), w != nil)
			if w == nil {
				c.add(codes[lo:hi], y[lo:hi])
			} else {
				c.addWeighted(codes[lo:hi], y[lo:hi], w[lo:hi])
			}
		}
		if n < parallel.MinElements {
			for b := range wave {
				add(b)
			}
		} else {
			parallel.Each(len(wave), add)
		}
		parallel.For(len(slots), 1<<13, func(_, lo, hi int) {
			for b := range wave {
				wave[b].merge(slots[lo:hi], lo)
			}
		})
	}
}

// slotCells are the slots of one block. What a pass touches of a row lies together.
type slotCells struct {
	sums    []slotSum
	squares []slotSquare
	rows    []int // with weights; w counts the rows without
}

type slotSum struct{ w, sum float64 }

type slotSquare struct{ mean, m2 float64 }

func (c *slotCells) clear(n int, weighted bool) {
	if c.sums == nil {
		c.sums, c.squares = make([]slotSum, n), make([]slotSquare, n)
		if weighted {
			c.rows = make([]int, n)
		}
		return
	}
	clear(c.sums)
	clear(c.rows)
}

// means makes the means of the sums, about which the squares are then taken.
func (c *slotCells) means() {
	for s, v := range c.sums {
		c.squares[s] = slotSquare{}
		if v.w > 0 {
			c.squares[s].mean = v.sum / v.w
		}
	}
}

func (c *slotCells) add(codes []int32, y []float64) {
	y = y[:len(codes)]
	sums, squares := c.sums, c.squares
	for i, k := range codes {
		s := &sums[k+1]
		s.w++
		s.sum += y[i]
	}
	c.means()
	for i, k := range codes {
		s := &squares[k+1]
		d := y[i] - s.mean
		s.m2 += d * d
	}
}

func (c *slotCells) addWeighted(codes []int32, y, w []float64) {
	y, w = y[:len(codes)], w[:len(codes)]
	sums, squares, rows := c.sums, c.squares, c.rows
	for i, k := range codes {
		s := &sums[k+1]
		rows[k+1]++
		s.w += w[i]
		s.sum += w[i] * y[i]
	}
	c.means()
	for i, k := range codes {
		s := &squares[k+1]
		d := y[i] - s.mean
		s.m2 += w[i] * d * d
	}
}

// merge adds the cells to the slots from the given one on.
func (c *slotCells) merge(slots []Slot, from int) {
	sums, squares := c.sums[from:from+len(slots)], c.squares[from:from+len(slots)]
	for i := range slots {
		s, v := &slots[i], sums[i]
		if c.rows == nil {
			s.Rows += int(v.w)
		} else {
			s.Rows += c.rows[from+i]
		}
		if v.w == 0 {
			continue
		}
		s.M2 += squares[i].m2
		if s.W > 0 {
			d := squares[i].mean - s.Sum/s.W
			s.M2 += d * d * (s.W / (s.W + v.w)) * v.w
		}
		s.W += v.w
		s.Sum += v.sum
	}
}
