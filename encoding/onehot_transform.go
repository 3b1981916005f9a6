package encoding

import (
	"slices"
	"strconv"
	"sync/atomic"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// start checks the arguments of the transforms.
func (e *OneHot) start(fn string, x []Column) (*oneHotIndex, int, error) {
	ix, err := e.ready(fn)
	if err != nil {
		return nil, 0, err
	}
	n, err := checkColumns(fn, x)
	if err != nil {
		return nil, 0, err
	}
	return ix, n, check.Length(fn, "x", len(ix.cols), len(x))
}

// places calls do for blocks of rows, at a time perhaps, with the hot column of each
// row, zeros included; a code that is refused is an error.
func (c *oneHotColumn) places(fn, arg string, x *Column, do func(lo int, hot []int32)) error {
	if x.Labels == nil {
		hot := c.table(x)
		bad := slices.Contains(hot, refuse)
		return inBlocks(len(x.Codes), func(lo, hi int) error {
			return lookupBlocks(fn, arg, x, x.Codes[lo:hi], hot, 1, bad, lo, do)
		})
	}
	bad := c.hot[0] == refuse || c.hot[1] == refuse
	return c.dict.blocks(x, func(lo int, codes []int32) error {
		return lookupBlocks(fn, arg, x, codes, c.hot, 2, bad, lo, do)
	})
}

// direct writes the hot column of every row of a coded column, whose codes may be
// those of hot, and returns the number of rows without one.
func (c *oneHotColumn) direct(fn, arg string, x *Column, hot []int32) (int, error) {
	table := c.table(x)
	var empty atomic.Int64
	err := inBlocks(len(x.Codes), func(lo, hi int) error {
		hot := hot[lo:hi]
		if kernel.TableCodes(hot, x.Codes[lo:hi], table, 1) >= 0 {
			return nil
		}
		for i, p := range hot {
			if p == refuse {
				return c.refused(fn, arg, x, lo+i)
			}
		}
		empty.Add(int64(negatives(hot)))
		return nil
	})
	return int(empty.Load()), err
}

// negatives returns how many places are no column.
func negatives(hot []int32) int {
	n := 0
	for _, p := range hot {
		n += int(uint32(p) >> 31)
	}
	return n
}

// table returns the hot columns by the codes of x, plus 1.
func (c *oneHotColumn) table(x *Column) []int32 {
	remap := c.dict.remap(x)
	hot := make([]int32, len(remap)+1)
	hot[0] = c.hot[1]
	for i, k := range remap {
		hot[i+1] = c.hot[k+2]
	}
	return hot
}

func (c *oneHotColumn) refused(fn, arg string, x *Column, i int) error {
	k := Unknown
	if _, ok := x.Value(i); !ok {
		k = Missing
	}
	return refused(fn, arg, x, i, k)
}

func lookupBlocks(fn, arg string, x *Column, codes, hot []int32, shift int, bad bool, from int, do func(lo int, hot []int32)) error {
	var buf [1024]int32
	for lo := 0; lo < len(codes); lo += len(buf) {
		block := codes[lo:min(lo+len(buf), len(codes))]
		out := buf[:len(block)]
		kernel.TableCodes(out, block, hot, shift)
		if bad {
			for i, p := range out {
				if p == refuse {
					at := from + lo + i
					k := Unknown
					if _, ok := x.Value(at); !ok {
						k = Missing
					}
					return refused(fn, arg, x, at, k)
				}
			}
		}
		do(from+lo, out)
	}
	return nil
}

// Transform encodes the columns x, which must be those of Fit in the same
// order, into dst; dst may be nil. For many categories use TransformCSR.
//
// Errors: ErrNotFitted; ErrEmpty without rows, or if every column of the
// result was dropped; ErrLength; ErrUnknownCategory for a category or a missing
// value that is refused; ErrRange for codes outside the categories. After an
// error the content of dst is arbitrary.
func (e *OneHot) Transform(dst *mat.Dense, x []Column) (*mat.Dense, error) {
	const fn = "OneHot.Transform"
	ix, n, err := e.start(fn, x)
	if err != nil {
		return nil, err
	}
	dst, data, stride, err := newDense(fn, dst, n, ix.width)
	if err != nil {
		return nil, err
	}
	if stride == ix.width {
		clear(data[:n*stride])
	} else {
		for i := range n {
			clear(data[i*stride : i*stride+ix.width])
		}
	}
	for j := range x {
		err := ix.cols[j].places(fn, columnArg(x, j), &x[j], func(lo int, hot []int32) {
			at := lo * stride
			for _, p := range hot {
				if p >= 0 {
					data[at+int(p)] = 1
				}
				at += stride
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// TransformCSR is Transform into a sparse matrix; dst may be nil, and its
// slices are used again if they are large enough.
//
// Errors: as Transform, but a result without columns is no error.
func (e *OneHot) TransformCSR(dst *CSR, x []Column) (*CSR, error) {
	const fn = "OneHot.TransformCSR"
	ix, n, err := e.start(fn, x)
	if err != nil {
		return nil, err
	}
	return ix.csr(fn, dst, x, n)
}

func (ix *oneHotIndex) csr(fn string, dst *CSR, x []Column, n int) (*CSR, error) {
	m := len(x)
	if dst == nil {
		dst = new(CSR)
	}
	hot := resize(dst.Indices, n*m) // row-major, zeros included
	empty := 0
	if m == 1 && x[0].Labels == nil {
		var err error
		if empty, err = ix.cols[0].direct(fn, columnArg(x, 0), &x[0], hot); err != nil {
			return nil, err
		}
	} else {
		var none atomic.Int64
		for j := range x {
			err := ix.cols[j].places(fn, columnArg(x, j), &x[j], func(lo int, places []int32) {
				if m == 1 {
					copy(hot[lo:], places)
				} else {
					at := lo*m + j
					for _, p := range places {
						hot[at] = p
						at += m
					}
				}
				if !ix.cols[j].all {
					none.Add(int64(negatives(places)))
				}
			})
			if err != nil {
				return nil, err
			}
		}
		empty = int(none.Load())
	}
	dst.NRows, dst.NCols = n, ix.width
	dst.Indptr = resize(dst.Indptr, n+1)
	if cap(dst.Data) < n*m-empty {
		dst.Data = kernel.Uncleared(n*m - empty)
	}
	dst.Data = dst.Data[:n*m-empty]
	_ = inBlocks(len(dst.Data), func(lo, hi int) error {
		kernel.Fill(dst.Data[lo:hi], 1)
		return nil
	})
	if empty == 0 {
		_ = inBlocks(n+1, func(lo, hi int) error {
			kernel.Steps(dst.Indptr[lo:hi], lo*m, m)
			return nil
		})
		dst.Indices = hot
		return dst, nil
	}
	to := 0
	for i := range n {
		dst.Indptr[i] = to
		for _, p := range hot[i*m : i*m+m] {
			hot[to] = p
			if p >= 0 {
				to++
			}
		}
	}
	dst.Indptr[n] = to
	dst.Indices = hot[:to]
	return dst, nil
}

// FitTransformCSR fits on x and encodes it, hashing every label once.
//
// Errors: as Fit and TransformCSR.
func (e *OneHot) FitTransformCSR(dst *CSR, x []Column) (*CSR, error) {
	n := *e
	const fn = "OneHot.FitTransformCSR"
	if dst == nil {
		dst = new(CSR)
	}
	var buf []int32
	if len(x) == 1 {
		// The codes become the columns of the result where they stand.
		if buf = dst.Indices[:0]; cap(buf) < x[0].Len() {
			buf = make([]int32, x[0].Len())
		}
	}
	coded, err := n.fitCoded(fn, x, buf)
	if err != nil {
		return nil, err
	}
	if buf != nil {
		dst.Indices = buf
	}
	if dst, err = n.index.csr(fn, dst, coded, x[0].Len()); err != nil {
		return nil, err
	}
	*e = n
	return dst, nil
}

// FitTransform fits on x and encodes it, hashing every label once.
//
// Errors: as Fit and Transform.
func (e *OneHot) FitTransform(dst *mat.Dense, x []Column) (*mat.Dense, error) {
	n := *e
	coded, err := n.fitCoded("OneHot.FitTransform", x, nil)
	if err != nil {
		return nil, err
	}
	if dst, err = n.Transform(dst, coded); err != nil {
		return nil, err
	}
	*e = n
	return dst, nil
}

// fitCoded fits on x and returns it as codes, those of the first column in buf if it
// has the capacity.
func (e *OneHot) fitCoded(fn string, x []Column, buf []int32) ([]Column, error) {
	counts, codes, err := learnCodes(fn, x, buf)
	if err != nil {
		return nil, err
	}
	if err := e.derive(fn, counts); err != nil {
		return nil, err
	}
	coded := make([]Column, len(x))
	for j := range x {
		coded[j] = Column{Name: x[j].Name, Codes: codes[j], Categories: e.Counts[j].dict.labels, Order: Given}
	}
	return coded, nil
}

// Places returns, for every row of column j, the column of the result that is 1
// in it, or -1 for a row of zeros: one-hot encoding without the ones. dst is
// used if it has the capacity.
//
// Errors: as Transform; ErrLength for a column that does not exist.
func (e *OneHot) Places(dst []int32, j int, x Column) ([]int32, error) {
	const fn = "OneHot.Places"
	ix, err := e.ready(fn)
	if err != nil {
		return nil, err
	}
	if j < 0 || j >= len(ix.cols) {
		return nil, check.Length(fn, "column "+strconv.Itoa(j)+" of", len(ix.cols), j)
	}
	one := []Column{x}
	n, err := checkColumns(fn, one)
	if err != nil {
		return nil, err
	}
	dst = resize(dst, n)
	if x.Labels == nil {
		_, err = ix.cols[j].direct(fn, columnArg(one, 0), &one[0], dst)
	} else {
		err = ix.cols[j].places(fn, columnArg(one, 0), &one[0], func(lo int, hot []int32) { copy(dst[lo:], hot) })
	}
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// EncodeRow encodes one row, a label for every column of Fit, into dst, which
// has as many places as the result has columns. It does not allocate.
//
// Errors: as Transform.
func (e *OneHot) EncodeRow(dst []float64, row []string) error {
	const fn = "OneHot.EncodeRow"
	ix, err := e.ready(fn)
	if err != nil {
		return err
	}
	if len(row) != len(ix.cols) {
		return check.Length(fn, "row", len(ix.cols), len(row))
	}
	if len(dst) != ix.width {
		return check.Length(fn, "dst", ix.width, len(dst))
	}
	clear(dst)
	for j := range ix.cols {
		c := &ix.cols[j]
		k := c.dict.Code(row[j])
		switch p := c.hot[k+2]; {
		case p >= 0:
			dst[p] = 1
		case p == refuse:
			return refused(fn, "column "+strconv.Quote(e.Features[j].Name), &Column{Labels: row}, j, k)
		}
	}
	return nil
}

// Unknowns returns, for every column, the number of rows of x whose category,
// or missing value, Fit did not see: what scikit-learn warns about with "warn".
//
// Errors: ErrNotFitted; ErrEmpty; ErrLength; ErrRange.
func (e *OneHot) Unknowns(x []Column) ([]int, error) {
	ix, _, err := e.start("OneHot.Unknowns", x)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(x))
	for j := range x {
		c, f := &ix.cols[j], &e.Features[j]
		// A missing value is unknown unless it has a place, or was dropped.
		known := f.Missing >= 0 && f.Missing != f.Unknown || f.DropMissing || len(e.Counts) == len(x) && e.Counts[j].MissingCount() > 0
		unknown := func(k int32) bool { return k == Unknown || k == Missing && !known }
		if x[j].Labels == nil {
			remap := c.dict.remap(&x[j])
			for _, k := range x[j].Codes {
				if k >= 0 {
					k = remap[k]
				}
				if unknown(k) {
					out[j]++
				}
			}
			continue
		}
		var n atomic.Int64
		_ = c.dict.blocks(&x[j], func(_ int, codes []int32) error {
			for _, k := range codes {
				if unknown(k) {
					n.Add(1)
				}
			}
			return nil
		})
		out[j] = int(n.Load())
	}
	return out, nil
}
