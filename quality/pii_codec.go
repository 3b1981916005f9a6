package quality

import (
	"maps"
	"slices"

	"github.com/mlgauge/mlgauge/internal/codec"
)

const (
	piiTag       = "pii/1"
	anonymityTag = "anonymity/1"
)

// MarshalBinary saves the counts and the masked examples; the options, among
// them the names looked for, are not saved.
func (s *PIIScan) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(piiTag)
	w.Int(len(s.columns))
	for i := range s.columns {
		c := &s.columns[i]
		w.String(c.name)
		w.Uint64(uint64(c.values))
		for k := range c.found {
			p := &c.found[k]
			w.Uint64(uint64(p.count))
			w.Uint64(uint64(p.whole))
			w.Uint64(uint64(p.sure))
			w.Strings(p.examples)
		}
	}
	return w.Finish(), nil
}

// UnmarshalBinary restores what MarshalBinary saved, and keeps the options of the
// receiver. The error wraps ErrCorrupt, and the receiver is then as it was.
func (s *PIIScan) UnmarshalBinary(b []byte) error {
	r := codec.NewReader("quality.PIIScan.UnmarshalBinary", piiTag, b)
	var columns []piiColumn
	for range r.Count(8) {
		c := piiColumn{name: r.String(), values: int64(r.Uint64())}
		if c.values < 0 {
			r.Fail("need a count of values, have %d", c.values)
		}
		for k := range c.found {
			p := piiCount{count: int64(r.Uint64()), whole: int64(r.Uint64()), sure: int64(r.Uint64()), examples: r.Strings()}
			if p.count < 0 || p.count > c.values || p.whole < 0 || p.whole > p.count || p.sure < 0 || p.sure > p.count || len(p.examples) > 3 {
				r.Fail("need counts of at most %d, have %d, %d and %d, and three examples at most", c.values, p.count, p.whole, p.sure)
			}
			c.found[k] = p
		}
		if r.Err() != nil {
			break
		}
		columns = append(columns, c)
	}
	if err := r.Close(); err != nil {
		return err
	}
	s.columns = columns
	return nil
}

// MarshalBinary saves the columns, and every class with its counts.
func (a *Anonymity) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(anonymityTag)
	w.Strings(a.Quasi)
	w.Strings(a.Sensitive)
	w.Bool(a.classes != nil)
	if a.classes == nil {
		return w.Finish(), nil
	}
	for j := range a.Sensitive {
		w.Bool(j < len(a.numeric) && a.numeric[j])
	}
	w.Int(len(a.classes))
	for _, key := range slices.Sorted(maps.Keys(a.classes)) {
		c := a.classes[key]
		w.String(key)
		for j := range a.Sensitive {
			var values map[string]int64
			if j < len(c.values) {
				values = c.values[j]
			}
			w.Int(len(values))
			for _, v := range slices.Sorted(maps.Keys(values)) {
				w.String(v)
				w.Uint64(uint64(values[v]))
			}
		}
		w.Uint64(uint64(c.rows))
	}
	return w.Finish(), nil
}

// UnmarshalBinary restores what MarshalBinary saved, the columns included. The
// error wraps ErrCorrupt, and the receiver is then as it was.
func (a *Anonymity) UnmarshalBinary(b []byte) error {
	r := codec.NewReader("quality.Anonymity.UnmarshalBinary", anonymityTag, b)
	o := Anonymity{Quasi: r.Strings(), Sensitive: r.Strings()}
	if r.Bool() {
		o.start()
		for j := range o.numeric {
			o.numeric[j] = r.Bool()
		}
		for range r.Count(16) {
			key := r.String()
			if o.classes[key] != nil {
				r.Fail("need each class once, have one twice")
			}
			c := o.class(key)
			for j := range c.values {
				total := int64(0)
				for range r.Count(16) {
					v, n := r.String(), int64(r.Uint64())
					if _, twice := c.values[j][v]; n <= 0 || n > 1<<53 || twice {
						r.Fail("need each value once with a positive count, have %d", n)
						break
					}
					c.values[j][v] = n
					total += n
				}
				c.rows = total
			}
			rows := int64(r.Uint64())
			if rows <= 0 || rows > 1<<53 || len(c.values) > 0 && rows != c.rows {
				r.Fail("need as many rows as values in a class, have %d", rows)
			}
			if r.Err() != nil {
				break
			}
			c.rows = rows
			o.rows += rows
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*a = o
	return nil
}
