package kernel

import "unsafe"

// The maps of this file write a function of x for every column j of a row-major block
// and tell whether every result is finite. dst may be x; other views of the same memory
// may overlap it in any way, with the result of the portable loop. With stream, results
// go to memory past the cache, which pays for outputs that do not fit in it.

// Standardise writes (x - center[j]) / scale[j].
func Standardise[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, stream bool) (finite bool) {
	m := affine[F]{op: opStandardise, center: center, scale: scale, stream: stream}
	return m.matrix(dst, dstStride, x, stride, rows)
}

// Unstandardise writes x * scale[j] + center[j], which undoes Standardise.
func Unstandardise[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, stream bool) (finite bool) {
	m := affine[F]{op: opUnstandardise, center: center, scale: scale, stream: stream}
	return m.matrix(dst, dstStride, x, stride, rows)
}

// Rescale writes (x - center[j]) / scale[j] * width + low.
func Rescale[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, width, low float64, stream bool) (finite bool) {
	m := affine[F]{op: opRescale, center: center, scale: scale, width: width, low: low, stream: stream}
	return m.matrix(dst, dstStride, x, stride, rows)
}

// Unrescale writes (x - low) / width * scale[j] + center[j], which undoes Rescale.
func Unrescale[F Float](dst []F, dstStride int, x []F, stride, rows int, center, scale []float64, width, low float64, stream bool) (finite bool) {
	m := affine[F]{op: opUnrescale, center: center, scale: scale, width: width, low: low, stream: stream}
	return m.matrix(dst, dstStride, x, stride, rows)
}

// Divide writes x / scale[j].
func Divide[F Float](dst []F, dstStride int, x []F, stride, rows int, scale []float64, stream bool) (finite bool) {
	m := affine[F]{op: opDivide, scale: scale, stream: stream}
	return m.matrix(dst, dstStride, x, stride, rows)
}

// Multiply writes x * scale[j].
func Multiply[F Float](dst []F, dstStride int, x []F, stride, rows int, scale []float64, stream bool) (finite bool) {
	m := affine[F]{op: opMultiply, scale: scale, stream: stream}
	return m.matrix(dst, dstStride, x, stride, rows)
}

// StreamBytes is the size of an output from which stores past the cache pay: twice
// the second-level cache of the machines of the day.
const StreamBytes = 4 << 20

// SameMemory tells whether two slices start at the same element.
func SameMemory[F Float](a, b []F) bool { return unsafe.SliceData(a) == unsafe.SliceData(b) }

type affineOp int

const (
	opStandardise affineOp = iota
	opUnstandardise
	opRescale
	opUnrescale
	opDivide
	opMultiply
)

// An affine is one of the maps with its parameters.
type affine[F Float] struct {
	op            affineOp
	center, scale []float64 // per column; no center for Divide and Multiply
	width, low    float64
	stream        bool
}

// from returns the map of the columns from j to k.
func (m *affine[F]) from(j, k int) affine[F] {
	p := *m
	if p.center != nil {
		p.center = p.center[j:k]
	}
	p.scale = p.scale[j:k]
	return p
}

func (m *affine[F]) portable(dst []F, dstStride int, x []F, stride, rows int) bool {
	switch m.op {
	case opStandardise:
		return standardise(dst, dstStride, x, stride, rows, m.center, m.scale)
	case opUnstandardise:
		return unstandardise(dst, dstStride, x, stride, rows, m.center, m.scale)
	case opRescale:
		return rescale(dst, dstStride, x, stride, rows, m.center, m.scale, m.width, m.low)
	case opUnrescale:
		return unrescale(dst, dstStride, x, stride, rows, m.center, m.scale, m.width, m.low)
	case opDivide:
		return divide(dst, dstStride, x, stride, rows, m.scale)
	}
	return multiply(dst, dstStride, x, stride, rows, m.scale)
}

// step is what the run of a vector loop is a multiple of.
const step = 8

func (m *affine[F]) matrix(dst []F, dstStride int, x []F, stride, rows int) (finite bool) {
	cols := len(m.scale)
	if level == levelPortable || rows == 0 || rows*cols < step || overlap(dst, x, dstStride, stride, rows, cols) {
		return m.portable(dst, dstStride, x, stride, rows)
	}
	if stride == cols && dstStride == cols && rows > 1 {
		if period := cols / gcd(cols, step) * step; period <= maxPattern && 2*period <= rows*cols && rows*cols >= 64 {
			return m.flat(dst[:rows*cols], x[:rows*cols], period)
		}
	}
	if cols < step {
		return m.portable(dst, dstStride, x, stride, rows)
	}
	n := cols &^ (step - 1)
	tail := m.from(n, cols)
	finite = true
	for i := range rows {
		s, d := x[i*stride:i*stride+cols], dst[i*dstStride:i*dstStride+cols]
		finite = affineVector(m, d[:n], s[:n], m.center, m.scale, n, false) && finite
		if n < cols {
			finite = tail.portable(d[n:], cols, s[n:], cols, 1) && finite
		}
	}
	return finite
}

// overlap tells that dst shares memory with x without being the same view, where the
// order of reads and writes shows.
func overlap[F Float](dst, x []F, dstStride, stride, rows, cols int) bool {
	d, s := uintptr(unsafe.Pointer(unsafe.SliceData(dst))), uintptr(unsafe.Pointer(unsafe.SliceData(x)))
	if d == s {
		return dstStride != stride && rows > 1
	}
	size := unsafe.Sizeof(F(0))
	return d < s+uintptr((rows-1)*stride+cols)*size && s < d+uintptr((rows-1)*dstStride+cols)*size
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// maxPattern bounds the parameters that a flat run repeats: matrices of up to 32
// columns, and of more where that is a multiple of 8.
const maxPattern = 256

// flat maps a matrix without gaps as one run: the parameters repeat after period
// values, the least common multiple of the columns and the step.
func (m *affine[F]) flat(dst, x []F, period int) bool {
	cols := len(m.scale)
	head := 0
	if m.stream { // up to the next cache line
		const line = 64
		size := unsafe.Sizeof(F(0))
		at := uintptr(unsafe.Pointer(unsafe.SliceData(dst)))
		if at%size != 0 {
			m.stream = false
		} else {
			head = int((line - at%line) % line / size)
		}
	}
	var center, scale [maxPattern]float64
	j := head % cols
	for k := range period {
		if m.center != nil {
			center[k] = m.center[j]
		}
		scale[k] = m.scale[j]
		if j++; j == cols {
			j = 0
		}
	}
	end := head + (len(x)-head)&^(step-1)
	a := m.between(dst, x, 0, head)
	b := affineVector(m, dst[head:end], x[head:end], center[:period], scale[:period], period, m.stream)
	c := m.between(dst, x, end, len(x))
	return a && b && c
}

// between maps the values from lo to hi of a flat matrix, row by row.
func (m *affine[F]) between(dst, x []F, lo, hi int) bool {
	finite := true
	for cols := len(m.scale); lo < hi; {
		j := lo % cols
		n := min(cols-j, hi-lo)
		part := m.from(j, j+n)
		finite = part.portable(dst[lo:lo+n], n, x[lo:lo+n], n, 1) && finite
		lo += n
	}
	return finite
}
