package kernel

// Codes numbers integers 0, 1, 2, ... in the order in which they first appear. The
// zero value is empty and ready.
type Codes[I Integer] struct {
	// Values are the integers by code.
	Values []I
	index  map[I]int32
	// recent holds the code + 1 of the latest value of each lowest byte, 0 for
	// none: labels are few, or lie close together, nearly always.
	recent [256]struct {
		value I
		ref   int32
	}
}

// Encode writes the code of every value of x.
func (c *Codes[I]) Encode(dst []int32, x []I) {
	dst = dst[:len(x)]
	for i, v := range x {
		r := &c.recent[uint8(v)]
		if r.value != v || r.ref == 0 {
			r.value, r.ref = v, c.code(v)+1
		}
		dst[i] = r.ref - 1
	}
}

func (c *Codes[I]) code(v I) int32 {
	k, ok := c.index[v]
	if !ok {
		if c.index == nil {
			c.index = make(map[I]int32)
		}
		k = int32(len(c.Values))
		c.index[v] = k
		c.Values = append(c.Values, v)
	}
	return k
}
