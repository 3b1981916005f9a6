package encoding

import (
	"crypto/md5"
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"unsafe"

	"github.com/zeebo/xxh3"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// HashMethod is the hash function of Hashing.
type HashMethod int

const (
	// MD5 reads the digest as one big-endian number, as category_encoders does.
	MD5 HashMethod = iota
	// XXH3 is many times faster.
	XXH3
)

// Hashing spreads the categories of all columns over a fixed number of columns:
//
//	column = hash(label) mod Components,  x[column] += 1 for every column of the row
//
// It needs no Fit and knows no unknown category. Missing values are not
// counted. Names are col_0, col_1, ...
//
// Source: HashingEncoder of category_encoders 2.11; Weinberger et al. (2009).
type Hashing struct {
	// Components is the number of columns of the result; 0 means 8.
	Components int        `json:"components,omitempty"`
	Method     HashMethod `json:"method,omitempty"`
}

func (e *Hashing) options(fn string) (uint64, error) {
	if e.Method != MD5 && e.Method != XXH3 {
		return 0, check.Option(fn, "Method", int(e.Method))
	}
	n := e.Components
	if n == 0 {
		n = 8
	}
	if n > math.MaxInt32 {
		return 0, check.In(fn, "Components", float64(n), 1, math.MaxInt32)
	}
	return uint64(n), check.AtLeast(fn, "Components", n, 1)
}

func (e *Hashing) column(label string, n uint64) uint64 {
	if e.Method == XXH3 {
		return xxh3.HashString(label) % n
	}
	// The bytes are read only: no copy of the label is needed.
	d := md5.Sum(unsafe.Slice(unsafe.StringData(label), len(label)))
	hi, lo := binary.BigEndian.Uint64(d[:8]), binary.BigEndian.Uint64(d[8:])
	return bits.Rem64(hi, lo, n)
}

// FeatureNames returns the names of the columns of the result.
//
// Errors: ErrRange for options out of range.
func (e *Hashing) FeatureNames() ([]string, error) {
	n, err := e.options("Hashing.FeatureNames")
	if err != nil {
		return nil, err
	}
	names := make([]string, n)
	for i := range names {
		names[i] = "col_" + strconv.Itoa(i)
	}
	return names, nil
}

// Transform encodes the columns x into dst; dst may be nil.
//
// Errors: ErrEmpty; ErrLength; ErrRange for options and codes out of range.
func (e *Hashing) Transform(dst *mat.Dense, x []Column) (*mat.Dense, error) {
	const fn = "Hashing.Transform"
	n, err := e.options(fn)
	if err != nil {
		return nil, err
	}
	rows, err := checkColumns(fn, x)
	if err != nil {
		return nil, err
	}
	dst, data, stride, err := newDense(fn, dst, rows, int(n))
	if err != nil {
		return nil, err
	}
	for i := range rows {
		clear(data[i*stride : i*stride+int(n)])
	}
	for j := range x {
		// Hash every category once.
		c, err := EncodeColumn(x[j])
		if err != nil {
			return nil, err
		}
		at := make([]int32, len(c.Categories))
		for k, s := range c.Categories {
			at[k] = int32(e.column(s, n))
		}
		own := foreignMissing(new(Dictionary), c.Missing)
		for k, s := range c.Categories {
			for _, m := range own {
				if s == m {
					at[k] = -1
				}
			}
		}
		for i, k := range c.Codes {
			if k >= 0 && at[k] >= 0 {
				data[i*stride+int(at[k])]++
			}
		}
	}
	return dst, nil
}

// EncodeRow encodes one row into dst, which has Components places. It does not
// allocate.
//
// Errors: ErrEmpty; ErrLength; ErrRange for options out of range.
func (e *Hashing) EncodeRow(dst []float64, row []string) error {
	const fn = "Hashing.EncodeRow"
	n, err := e.options(fn)
	if err != nil {
		return err
	}
	if err := check.NotEmpty(fn, "row", len(row)); err != nil {
		return err
	}
	if err := check.Length(fn, "dst", int(n), len(dst)); err != nil {
		return err
	}
	clear(dst)
	for _, s := range row {
		dst[e.column(s, n)]++
	}
	return nil
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Hashing) UnmarshalJSON(b []byte) error {
	const fn = "Hashing.UnmarshalJSON"
	type plain Hashing
	var p plain
	if err := decode(fn, b, &p); err != nil {
		return err
	}
	n := Hashing(p)
	if _, err := n.options(fn); err != nil {
		return corrupt(fn, "options", "options in range", err)
	}
	*e = n
	return nil
}
