package preprocess

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/zeebo/xxh3"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// Keep says which row of a group of duplicates survives.
type Keep int

const (
	KeepFirst Keep = iota // the first of each group
	KeepLast              // the last of each group
	KeepNone              // none of a group of two or more
)

// Duplicates finds rows that are equal in every column. Rows are added in
// batches and numbered from 0 as they come; of each only a 128-bit hash is
// kept, about 40 bytes per distinct row and 8 per row, so the data may be larger
// than memory. Two rows that differ are taken for equal with probability
//
//	below n (n-1) / 2^129
//
// for n distinct rows: 1.5e-21 for a thousand million. All NaN are equal here, and so
// are 0 and -0.
//
// The zero value is ready to use. A Duplicates must not be copied after first
// use; its methods that only read may run at the same time.
//
// Source: pandas 3.1, DataFrame.duplicated.
type Duplicates struct {
	hashes  numbering // of the distinct rows, numbered as they came
	of      []int     // number of the distinct row, for each row
	numbers int       // width, fixed by the first batch
	texts   int
}

// Add adds the rows of a batch: the columns of x, which may be nil, and columns
// of strings beside them.
//
// Errors: ErrEmpty without columns, ErrLength if the columns differ in length or
// their number is not that of the first batch.
func (d *Duplicates) Add(x mat.Matrix, text ...[]string) error {
	const fn = "Duplicates.Add"
	rows, cols := 0, 0
	if x != nil {
		rows, cols = x.Dims()
	} else if len(text) > 0 {
		rows = len(text[0])
	}
	if err := check.NotEmpty(fn, "columns", cols+len(text)); err != nil {
		return err
	}
	for i, t := range text {
		if err := check.Length(fn, fmt.Sprintf("text[%d]", i), rows, len(t)); err != nil {
			return err
		}
	}
	if d.numbers+d.texts > 0 {
		if err := check.Length(fn, "columns of x", d.numbers, cols); err != nil {
			return err
		}
		if err := check.Length(fn, "text", d.texts, len(text)); err != nil {
			return err
		}
	}
	d.numbers, d.texts = cols, len(text)
	dense, _ := x.(*mat.Dense)
	row := make([]float64, cols)
	buf := make([]byte, 0, 8*cols+32*len(text))
	for i := range rows {
		if cols > 0 {
			if dense != nil {
				row = dense.RawRowView(i)
			} else {
				mat.Row(row, i, x)
			}
		}
		buf = buf[:0]
		for _, v := range row {
			buf = binary.LittleEndian.AppendUint64(buf, canonical(v))
		}
		for _, t := range text {
			// the length first: ("a", "bc") is not ("ab", "c")
			buf = binary.LittleEndian.AppendUint64(buf, uint64(len(t[i])))
			buf = append(buf, t[i]...)
		}
		d.put(xxh3.Hash128(buf))
	}
	return nil
}

// canonical returns the bits of v, the same for all NaN and for both zeros.
func canonical(v float64) uint64 {
	switch {
	case v != v:
		return math.Float64bits(math.NaN())
	case v == 0:
		return 0
	}
	return math.Float64bits(v)
}

func (d *Duplicates) put(key xxh3.Uint128) {
	d.of = append(d.of, d.hashes.Number(rowHash{key.Lo, key.Hi}))
}

// Merge adds the rows of other, numbered after those of d.
//
// Errors: ErrIncompatible if the rows have other numbers of columns.
func (d *Duplicates) Merge(other *Duplicates) error {
	if other.numbers+other.texts == 0 {
		return nil
	}
	if d.numbers+d.texts > 0 && (d.numbers != other.numbers || d.texts != other.texts) {
		return fmt.Errorf("Duplicates.Merge: other: need rows of %d numbers and %d strings, have %d and %d: %w", d.numbers, d.texts, other.numbers, other.texts, mlgauge.ErrIncompatible)
	}
	d.numbers, d.texts = other.numbers, other.texts
	// the loop reads other.of as it was: other may be d itself
	for _, n := range other.of[:len(other.of):len(other.of)] {
		d.of = append(d.of, d.hashes.Number(other.hashes.Keys()[n]))
	}
	return nil
}

// Reset forgets all rows.
func (d *Duplicates) Reset() { *d = Duplicates{} }

// Rows returns the number of rows added.
func (d *Duplicates) Rows() int { return len(d.of) }

// Distinct returns the number of distinct rows.
func (d *Duplicates) Distinct() int { return d.hashes.Len() }

// Duplicated tells of each row whether it is a duplicate to be dropped.
//
// Errors: ErrRange for a keep that does not exist.
func (d *Duplicates) Duplicated(keep Keep) ([]bool, error) {
	if keep < KeepFirst || keep > KeepNone {
		return nil, check.Option("Duplicates.Duplicated", "keep", int(keep))
	}
	return duplicated(d.of, d.hashes.Len(), keep), nil
}

// Survivors returns the numbers of the rows that stay, ascending.
//
// Errors: ErrRange for a keep that does not exist.
func (d *Duplicates) Survivors(keep Keep) ([]int, error) {
	if keep < KeepFirst || keep > KeepNone {
		return nil, check.Option("Duplicates.Survivors", "keep", int(keep))
	}
	return survivors(d.of, d.hashes.Len(), keep), nil
}

// Groups returns the rows that are equal, group by group in the order of their
// first rows; rows without an equal are in none.
func (d *Duplicates) Groups() [][]int { return groups(d.of, d.hashes.Len()) }

// duplicated marks the rows to be dropped, given the group of each row.
func duplicated(of []int, n int, keep Keep) []bool {
	drop := make([]bool, len(of))
	last := make([]int, n) // 1 + the last row seen of a group
	for i, g := range of {
		if last[g] > 0 {
			switch keep {
			case KeepFirst:
				drop[i] = true
			case KeepLast:
				drop[last[g]-1] = true
			case KeepNone:
				drop[i], drop[last[g]-1] = true, true
			}
		}
		last[g] = i + 1
	}
	return drop
}

func survivors(of []int, n int, keep Keep) []int {
	var out []int
	for i, drop := range duplicated(of, n, keep) {
		if !drop {
			out = append(out, i)
		}
	}
	return out
}

func groups(of []int, n int) [][]int {
	count := make([]int, n)
	for _, g := range of {
		count[g]++
	}
	place := make([]int, n) // 1 + the place of a group among the results
	var out [][]int
	for i, g := range of {
		if count[g] < 2 {
			continue
		}
		if place[g] == 0 {
			out = append(out, make([]int, 0, count[g]))
			place[g] = len(out)
		}
		out[place[g]-1] = append(out[place[g]-1], i)
	}
	return out
}

const duplicatesTag = "duplicates/1"

// MarshalBinary returns the rows' hashes; see [Duplicates.UnmarshalBinary].
func (d *Duplicates) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(duplicatesTag)
	w.Int(d.numbers)
	w.Int(d.texts)
	flat := make([]uint64, 0, 2*d.hashes.Len())
	for _, k := range d.hashes.Keys() {
		flat = append(flat, k[0], k[1])
	}
	w.Uint64s(flat)
	w.Ints(d.of)
	return w.Finish(), nil
}

// UnmarshalBinary replaces d by what MarshalBinary wrote.
//
// Errors: ErrCorrupt.
func (d *Duplicates) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("Duplicates.UnmarshalBinary", duplicatesTag, data)
	in := Duplicates{numbers: r.Int(), texts: r.Int()}
	flat := r.Uint64s()
	in.of = r.Ints()
	if err := r.Close(); err != nil {
		return err
	}
	if in.numbers < 0 || in.texts < 0 || len(flat)%2 != 0 || in.numbers+in.texts == 0 && len(in.of) > 0 {
		r.Fail("need a width and pairs of words, have %d, %d and %d words", in.numbers, in.texts, len(flat))
		return r.Err()
	}
	for i := 0; i < len(flat); i += 2 {
		if in.hashes.Number(rowHash{flat[i], flat[i+1]}) != i/2 {
			r.Fail("need distinct hashes, have one twice")
			return r.Err()
		}
	}
	next := 0 // numbers are given out as rows come
	for _, n := range in.of {
		if n < 0 || n > next || n >= in.hashes.Len() {
			r.Fail("need row numbers below %d, have %d", in.hashes.Len(), n)
			return r.Err()
		}
		if n == next {
			next++
		}
	}
	if next != in.hashes.Len() {
		r.Fail("need a row for each of %d hashes, have %d", in.hashes.Len(), next)
		return r.Err()
	}
	*d = in
	return nil
}
