package quality

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge/internal/codec"
)

// A Frequent is a value that occurs often. The value occurs at least Count and at
// most Count + Error times.
type Frequent struct {
	Value string
	Count int
	Error int
}

// counter counts keys in bounded memory: with more than limit different ones, the
// median of the counts is taken off every count, and what is left with nothing is
// forgotten. The sum of what was taken off bounds the error of every count; it is
// at most 2 n / limit. The zero value is ready.
//
// Source: Misra and Gries (1982); the purge by the median of Anderson et al., A
// high-performance algorithm for identifying frequent items in data streams (2017).
type counter struct {
	limit   int // 0 means counterLimit
	slots   []slot
	texts   []string // of slots, for text
	used    int
	offset  uint64
	scratch []uint64
}

type slot struct{ key, count uint64 }

const counterLimit = 1024

func (c *counter) most() int {
	if c.limit == 0 {
		return counterLimit
	}
	return c.limit
}

// find returns the slot of the key, or the empty one where it belongs.
func (c *counter) find(key, hash uint64) int {
	mask := uint64(len(c.slots) - 1)
	i := hash & mask
	for c.slots[i].count != 0 && c.slots[i].key != key {
		i = (i + 1) & mask
	}
	return int(i)
}

// add counts a key n > 0 times; hash is mix(key).
func (c *counter) add(key, hash, n uint64) int {
	if 2*(c.used+1) > len(c.slots) {
		c.grow()
	}
	i := c.find(key, hash)
	s := &c.slots[i]
	if s.count == 0 {
		if c.used >= c.most() {
			c.purge()
			return c.add(key, hash, n)
		}
		s.key = key
		c.used++
	}
	s.count += n
	return i
}

// addText is add for a text whose hash is the key.
func (c *counter) addText(text string, key, n uint64) {
	i := c.add(key, mix(key), n)
	if len(c.texts) != len(c.slots) {
		c.texts = make([]string, len(c.slots))
	}
	if c.slots[i].count == n {
		c.texts[i] = text
	}
}

func (c *counter) grow() { c.rebuild(max(64, 2*len(c.slots)), 0) }

// purge takes the median count off every count.
func (c *counter) purge() {
	ones := 0
	for i := range c.slots {
		if c.slots[i].count == 1 {
			ones++
		}
	}
	off := uint64(1)
	if 2*ones < c.used { // otherwise the median is known to be 1
		c.scratch = c.scratch[:0]
		for i := range c.slots {
			if n := c.slots[i].count; n != 0 {
				c.scratch = append(c.scratch, n)
			}
		}
		slices.Sort(c.scratch)
		off = c.scratch[len(c.scratch)/2]
	}
	c.offset += off
	c.rebuild(len(c.slots), off)
}

// rebuild makes a table of that size of the counts that exceed off.
func (c *counter) rebuild(size int, off uint64) {
	old, texts := c.slots, c.texts
	c.slots, c.used = make([]slot, size), 0
	if texts != nil {
		c.texts = make([]string, size)
	}
	for i, s := range old {
		if s.count <= off {
			continue
		}
		k := c.find(s.key, mix(s.key))
		c.slots[k] = slot{s.key, s.count - off}
		if texts != nil {
			c.texts[k] = texts[i]
		}
		c.used++
	}
}

// keep copies the texts, which may lie in a batch that will be overwritten, and
// would keep the whole of it alive.
func (c *counter) keep() {
	for i := range c.texts {
		if c.slots[i].count != 0 {
			c.texts[i] = strings.Clone(c.texts[i])
		}
	}
}

// merge adds what o holds. o stays as it was.
func (c *counter) merge(o *counter) {
	c.offset += o.offset
	for i, s := range o.slots {
		switch {
		case s.count == 0:
		case o.texts != nil:
			c.addText(o.texts[i], s.key, s.count)
		default:
			c.add(s.key, mix(s.key), s.count)
		}
	}
}

// all returns the counts, the largest first, those of equal counts in the order of
// value; show turns a key into text.
func (c *counter) all(show func(key uint64) string) []Frequent {
	out := make([]Frequent, 0, c.used)
	for i, s := range c.slots {
		if s.count == 0 {
			continue
		}
		f := Frequent{Count: int(s.count), Error: int(c.offset)}
		if c.texts != nil {
			f.Value = c.texts[i]
		} else {
			f.Value = show(s.key)
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Frequent) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return out
}

func (c *counter) append(w *codec.Writer) {
	w.Int(c.limit)
	w.Uint64(c.offset)
	w.Bool(c.texts != nil)
	w.Int(c.used)
	for i, s := range c.slots {
		if s.count == 0 {
			continue
		}
		w.Uint64(s.key)
		w.Uint64(s.count)
		if c.texts != nil {
			w.String(c.texts[i])
		}
	}
}

func readCounter(r *codec.Reader) counter {
	c := counter{limit: r.Int(), offset: r.Uint64()}
	text := r.Bool()
	n := r.Count(16)
	if c.limit < 0 || n > c.most() {
		r.Fail("need at most %d counts, have %d", c.most(), n)
		return c
	}
	for range n {
		key, count := r.Uint64(), r.Uint64()
		var s string
		if text {
			s = r.String()
		}
		if r.Err() != nil {
			return c
		}
		if count == 0 || count > 1<<62 || c.offset > 1<<62 {
			r.Fail("need counts from 1 to 2^62, have %d", count)
			return c
		}
		if text {
			c.addText(s, key, count)
		} else {
			c.add(key, mix(key), count)
		}
	}
	if c.used != n {
		r.Fail("need distinct keys")
	}
	return c
}
