package table

// A dict gives each distinct text a code in the order of appearance, and the
// marks of a missing value MissingCode.
type dict struct {
	index   map[string]int32
	values  []string
	missing []string
	last    int32 // the code of the previous text: runs are common
}

func newDict(missing []string) *dict {
	d := &dict{index: make(map[string]int32), missing: missing}
	d.reset()
	return d
}

// reset forgets every text. The slice of values is left to the batch that has
// it.
func (d *dict) reset() {
	if len(d.index) > 4*defaultBatchRows {
		d.index = make(map[string]int32) // clearing costs the size it once had
	}
	clear(d.index)
	for _, s := range d.missing {
		d.index[s] = MissingCode
	}
	d.values = nil
	d.last = MissingCode
}

// code returns the code of b, a new one if need be.
func (d *dict) code(b []byte) int32 {
	if d.last >= 0 && string(b) == d.values[d.last] {
		return d.last
	}
	k, ok := d.index[string(b)]
	if !ok {
		k = int32(len(d.values))
		s := string(b)
		d.index[s] = k
		d.values = append(d.values, s)
	}
	d.last = k
	return k
}
