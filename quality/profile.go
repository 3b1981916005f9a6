package quality

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"github.com/mlgauge/mlgauge/table"
)

// Profile is the statistic of a table: of every column the counts, types, moments,
// quantiles, distinct and frequent values, and the lengths and shapes of its texts;
// the correlations of the numeric columns; and how many rows repeat an earlier one.
// Profiles of parts merge to the profile of the whole: counts exactly, moments and
// correlations to within rounding, sketches to within their stated errors. The
// zero value is ready. Copying a Profile shares its contents. Columns are worked on
// in parallel; the result does not depend on how many cores there are.
type Profile struct {
	// MaxCorrelated is the number of numeric columns, the first ones, whose
	// correlations are measured: 0 means 64, negative none. Set it before Add.
	MaxCorrelated int

	rows    int
	columns []*Column
	pairs   pairs
	repeats distinct // hashes of rows
	started bool
	rowHash []uint64
}

// exactRows is the number of different rows up to which duplicates are counted
// exactly, in 16 bytes each.
const exactRows = 1 << 20

// Add adds a batch. The first decides the names and types of the columns; a batch
// with others wraps ErrIncompatible and changes nothing.
func (p *Profile) Add(t *table.Table) error {
	const fn = "Profile.Add"
	cols := t.Columns()
	if !p.started {
		p.columns = make([]*Column, len(cols))
		for i := range cols {
			p.columns[i] = newColumn(cols[i].Name, cols[i].Type)
		}
		p.repeats.limit = exactRows
		p.pairs.start(p.columns, p.MaxCorrelated)
		p.started = true
	}
	if len(cols) != len(p.columns) {
		return fmt.Errorf("%s: need %d columns, have %d: %w", fn, len(p.columns), len(cols), mlgauge.ErrIncompatible)
	}
	for i, c := range p.columns {
		if c.name != cols[i].Name || c.kind != cols[i].Type {
			return fmt.Errorf("%s: column %d: need %q (%s), have %q (%s): %w", fn, i+1, c.name, c.kind, cols[i].Name, cols[i].Type, mlgauge.ErrIncompatible)
		}
	}
	n := t.NumRows()
	if n == 0 {
		return nil
	}
	p.rows += n
	each := parallel.Each
	if n*len(cols) < parallel.MinElements {
		each = func(n int, do func(int)) {
			for i := range n {
				do(i)
			}
		}
	}
	each(len(cols), func(i int) {
		if cols[i].Type == table.Float {
			p.columns[i].addFloats(cols[i].Floats)
		} else {
			p.columns[i].addCodes(cols[i].Codes, cols[i].Dict)
		}
	})
	p.pairs.add(cols)
	p.addRows(cols, n)
	return nil
}

// addRows counts the rows by a hash of their values.
func (p *Profile) addRows(cols []table.Column, n int) {
	if len(cols) == 0 {
		return
	}
	p.rowHash = slices.Grow(p.rowHash[:0], n)[:n]
	parallel.For(n, 1<<13, func(_, lo, hi int) {
		h := p.rowHash[lo:hi]
		for i := range h {
			h[i] = 0
		}
		for j := range cols {
			if cols[j].Type == table.Float {
				for i, v := range cols[j].Floats[lo:hi] {
					b := math.Float64bits(v + 0)
					if v != v {
						b = math.MaxUint64
					}
					h[i] = mix(h[i] ^ b)
				}
				continue
			}
			hashes := p.columns[j].hashes
			for i, k := range cols[j].Codes[lo:hi] {
				b := uint64(math.MaxUint64)
				if k >= 0 {
					b = hashes[k]
				}
				h[i] = mix(h[i] ^ b)
			}
		}
	})
	for _, h := range p.rowHash {
		p.repeats.add(h)
	}
}

// Rows returns the number of rows.
func (p *Profile) Rows() int { return p.rows }

// Columns returns the columns in order. The caller must not change the slice.
func (p *Profile) Columns() []*Column { return p.columns }

// Column returns the column of that name. The error wraps ErrRange if there is
// none.
func (p *Profile) Column(name string) (*Column, error) {
	for _, c := range p.columns {
		if c.name == name {
			return c, nil
		}
	}
	return nil, fmt.Errorf("Profile.Column: need a column of the profile, have %q: %w", name, mlgauge.ErrRange)
}

// DuplicateRows returns how many rows repeat an earlier row in every column,
//
//	rows - distinct rows
//
// exactly (up to the chance of 64-bit hashes that collide) for up to 1,048,576
// distinct rows; beyond, the distinct rows are estimated with a standard error of
// DistinctError, and so a small share of duplicates may not show.
func (p *Profile) DuplicateRows() (n float64, exact bool) {
	d, exact := p.repeats.count()
	return math.Max(0, float64(p.rows)-d), exact
}

// Merge adds what o holds. o stays as it was. Profiles of other columns, other
// types or another MaxCorrelated wrap ErrIncompatible, and p stays as it was.
func (p *Profile) Merge(o *Profile) error {
	const fn = "Profile.Merge"
	if !o.started {
		return nil
	}
	if p == o {
		c, err := o.clone()
		if err != nil {
			return err
		}
		o = c
	}
	if !p.started {
		if p.MaxCorrelated != o.MaxCorrelated {
			return fmt.Errorf("%s: need MaxCorrelated %d, have %d: %w", fn, p.MaxCorrelated, o.MaxCorrelated, mlgauge.ErrIncompatible)
		}
		c, err := o.clone()
		if err != nil {
			return err
		}
		*p = *c
		return nil
	}
	if len(p.columns) != len(o.columns) || p.MaxCorrelated != o.MaxCorrelated {
		return fmt.Errorf("%s: need %d columns and MaxCorrelated %d, have %d and %d: %w", fn, len(p.columns), p.MaxCorrelated, len(o.columns), o.MaxCorrelated, mlgauge.ErrIncompatible)
	}
	for i, c := range p.columns {
		if d := o.columns[i]; c.name != d.name || c.kind != d.kind {
			return fmt.Errorf("%s: column %d: need %q (%s), have %q (%s): %w", fn, i+1, c.name, c.kind, d.name, d.kind, mlgauge.ErrIncompatible)
		}
	}
	for i, c := range p.columns {
		if err := c.merge(o.columns[i]); err != nil {
			return err
		}
	}
	p.rows += o.rows
	p.pairs.merge(&o.pairs)
	p.repeats.merge(&o.repeats)
	return nil
}

func (p *Profile) clone() (*Profile, error) {
	b, err := p.MarshalBinary()
	if err != nil {
		return nil, err
	}
	c := &Profile{}
	return c, c.UnmarshalBinary(b)
}

// Reset forgets the data and the columns and keeps the options.
func (p *Profile) Reset() { *p = Profile{MaxCorrelated: p.MaxCorrelated} }

const profileTag = "quality.profile/1"

// MarshalBinary saves the profile.
func (p *Profile) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(profileTag)
	w.Int(p.MaxCorrelated)
	w.Bool(p.started)
	if p.started {
		w.Int(p.rows)
		w.Int(len(p.columns))
		for _, c := range p.columns {
			c.append(w)
		}
		p.pairs.append(w)
		p.repeats.append(w)
	}
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote. The error wraps ErrCorrupt, and
// p stays as it was.
func (p *Profile) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("Profile.UnmarshalBinary", profileTag, data)
	q := Profile{MaxCorrelated: r.Int(), started: r.Bool()}
	if q.started {
		q.rows = r.Int()
		n := r.Count(100)
		seen := make(map[string]bool)
		for range n {
			c := readColumn(r)
			if r.Err() != nil {
				break
			}
			if seen[c.name] || c.rows != q.rows {
				r.Fail("column %q: need distinct names and %d rows, have %d rows", c.name, q.rows, c.rows)
				break
			}
			seen[c.name] = true
			q.columns = append(q.columns, c)
		}
		if r.Err() == nil {
			if k, n := correlated(q.columns, q.MaxCorrelated), r.Count(64); n != k*(k-1)/2 {
				r.Fail("need %d pairs of %d numeric columns, have %d", k*(k-1)/2, k, n)
			} else {
				q.pairs.start(q.columns, q.MaxCorrelated)
				q.pairs.read(r)
			}
			q.repeats = readDistinct(r)
			if r.Err() == nil && q.repeats.limit != exactRows {
				r.Fail("need a limit of %d rows, have %d", exactRows, q.repeats.limit)
			}
		}
	}
	if err := r.Close(); err != nil {
		return err
	}
	*p = q
	return nil
}
