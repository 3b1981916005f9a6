package quality

import (
	"math"
	"math/bits"

	"github.com/mlgauge/mlgauge/internal/codec"
)

// distinct counts different hashes: exactly up to limit of them, which are then
// kept in a hash table, and by a HyperLogLog of 2^14 registers beyond, with a
// standard error of 0.8%. The state depends on the set of hashes only, so parts
// merge to the very state of the whole; the estimators of the datasketches modules
// depend on the order instead.
//
// Source: Flajolet et al. (2007); the estimator without bias correction tables of
// Ertl, New cardinality estimation algorithms for HyperLogLog sketches (2017).
type distinct struct {
	limit int // 0 means distinctLimit
	slots []uint64
	n     int  // hashes in slots
	zero  bool // the hash 0, which slots cannot hold
	regs  []uint8
}

const (
	distinctLimit = 2048
	registerBits  = 14
	registers     = 1 << registerBits
	maxRank       = 64 - registerBits + 1
)

// DistinctError is the standard error of an estimated distinct count, as a share
// of it: 1.04 / sqrt(2^14).
const DistinctError = 1.04 / 128

func (d *distinct) most() int {
	if d.limit == 0 {
		return distinctLimit
	}
	return d.limit
}

// add adds a well mixed hash.
func (d *distinct) add(h uint64) {
	if d.regs != nil {
		d.register(h)
		return
	}
	if h == 0 {
		d.zero = true
		return
	}
	if 2*(d.n+1) > len(d.slots) {
		d.grow()
	}
	mask := uint64(len(d.slots) - 1)
	i := h & mask
	for d.slots[i] != 0 {
		if d.slots[i] == h {
			return
		}
		i = (i + 1) & mask
	}
	d.slots[i] = h
	d.n++
	if d.n > d.most() {
		d.estimate()
	}
}

func (d *distinct) register(h uint64) {
	i := h >> (64 - registerBits)
	rank := uint8(bits.LeadingZeros64(h<<registerBits|1<<(registerBits-1))) + 1
	if rank > d.regs[i] {
		d.regs[i] = rank
	}
}

func (d *distinct) grow() {
	old := d.slots
	d.slots = make([]uint64, max(64, 2*len(old)))
	mask := uint64(len(d.slots) - 1)
	for _, h := range old {
		if h == 0 {
			continue
		}
		i := h & mask
		for d.slots[i] != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = h
	}
}

// estimate goes over to registers.
func (d *distinct) estimate() {
	d.regs = make([]uint8, registers)
	for _, h := range d.slots {
		if h != 0 {
			d.register(h)
		}
	}
	if d.zero {
		d.register(0)
	}
	d.slots, d.n, d.zero = nil, 0, false
}

// merge adds what o holds. o stays as it was.
func (d *distinct) merge(o *distinct) {
	if o.regs == nil {
		for _, h := range o.slots {
			if h != 0 {
				d.add(h)
			}
		}
		if o.zero {
			d.add(0)
		}
		return
	}
	if d.regs == nil {
		d.estimate()
	}
	for i, r := range o.regs {
		d.regs[i] = max(d.regs[i], r)
	}
}

// count returns the number of distinct hashes and whether that is exact.
func (d *distinct) count() (n float64, exact bool) {
	if d.regs == nil {
		if d.zero {
			return float64(d.n + 1), true
		}
		return float64(d.n), true
	}
	var c [maxRank + 1]float64
	for _, r := range d.regs {
		c[r]++
	}
	const m = registers
	z := m * tau(1-c[maxRank]/m)
	for k := maxRank - 1; k >= 1; k-- {
		z = 0.5 * (z + c[k])
	}
	z += m * sigma(c[0]/m)
	return m * (m / (2 * math.Ln2) / z), false
}

func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		before := z
		z += x * y
		y += y
		if z == before {
			return z
		}
	}
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		before := z
		y /= 2
		z -= (1 - x) * (1 - x) * y
		if z == before {
			return z / 3
		}
	}
}

func (d *distinct) append(w *codec.Writer) {
	w.Int(d.limit)
	w.Bool(d.regs != nil)
	if d.regs != nil {
		w.Bytes(d.regs)
		return
	}
	w.Bool(d.zero)
	w.Uint64s(d.hashes())
}

// hashes returns those held, but for 0.
func (d *distinct) hashes() []uint64 {
	held := make([]uint64, 0, d.n)
	for _, h := range d.slots {
		if h != 0 {
			held = append(held, h)
		}
	}
	return held
}

func readDistinct(r *codec.Reader) distinct {
	d := distinct{limit: r.Int()}
	if d.limit < 0 {
		r.Fail("need a limit of at least 0, have %d", d.limit)
	}
	if r.Bool() {
		d.regs = r.Bytes()
		if r.Err() == nil && len(d.regs) != registers {
			r.Fail("need %d registers, have %d", registers, len(d.regs))
		}
		for _, v := range d.regs {
			if v > maxRank {
				r.Fail("need registers of at most %d, have %d", maxRank, v)
			}
		}
		return d
	}
	d.zero = r.Bool()
	held := r.Uint64s()
	if len(held) > d.most() {
		r.Fail("need at most %d hashes, have %d", d.most(), len(held))
	}
	if r.Err() != nil {
		return d
	}
	for _, h := range held {
		if h == 0 {
			r.Fail("need hashes other than 0")
			return d
		}
		d.add(h)
	}
	return d
}

// mix spreads the bits of a key (the finaliser of splitmix64).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
