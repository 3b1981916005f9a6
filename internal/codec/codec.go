// Package codec writes and reads the binary form of the statistics: a short
// tag that names the type and its version, then little-endian fields, then a
// CRC-32 of all that. A Reader never allocates more than its input could fill,
// so hostile bytes cannot ask for terabytes.
package codec

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"strings"

	"github.com/mlgauge/mlgauge"
)

// A Writer appends fields to a buffer. Make one with NewWriter.
type Writer struct{ b []byte }

// NewWriter starts a record of the type named tag, which must hold the version
// ("confusion/1").
func NewWriter(tag string) *Writer {
	w := &Writer{}
	w.String(tag)
	return w
}

// Uint64 appends v.
func (w *Writer) Uint64(v uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, v) }

// Int appends v.
func (w *Writer) Int(v int) { w.Uint64(uint64(int64(v))) }

// Bool appends v.
func (w *Writer) Bool(v bool) {
	if v {
		w.b = append(w.b, 1)
	} else {
		w.b = append(w.b, 0)
	}
}

// Float64 appends v bit for bit.
func (w *Writer) Float64(v float64) { w.Uint64(math.Float64bits(v)) }

// String appends the length and the bytes of s.
func (w *Writer) String(s string) {
	w.Int(len(s))
	w.b = append(w.b, s...)
}

// Bytes appends the length and the bytes of p.
func (w *Writer) Bytes(p []byte) {
	w.Int(len(p))
	w.b = append(w.b, p...)
}

// Float64s appends the length and the values of x.
func (w *Writer) Float64s(x []float64) {
	w.Int(len(x))
	for _, v := range x {
		w.Float64(v)
	}
}

// Uint64s appends the length and the values of x.
func (w *Writer) Uint64s(x []uint64) {
	w.Int(len(x))
	for _, v := range x {
		w.Uint64(v)
	}
}

// Ints appends the length and the values of x.
func (w *Writer) Ints(x []int) {
	w.Int(len(x))
	for _, v := range x {
		w.Int(v)
	}
}

// Strings appends the length and the values of x.
func (w *Writer) Strings(x []string) {
	w.Int(len(x))
	for _, v := range x {
		w.String(v)
	}
}

// Finish returns the record with its checksum.
func (w *Writer) Finish() []byte {
	return binary.LittleEndian.AppendUint32(w.b, crc32.ChecksumIEEE(w.b))
}

// A Reader takes fields off a record in the order in which they were written.
// The first failure sticks: later calls return zero values, and Close returns
// it, wrapped around ErrCorrupt.
type Reader struct {
	fn  string
	b   []byte
	err error
}

// NewReader checks the version, the checksum and the tag, in this order: a record
// of the same type in another version says so even where that version closes a
// record otherwise. fn names the caller in errors.
func NewReader(fn, tag string, data []byte) *Reader {
	r := &Reader{fn: fn}
	if len(data) < 12 {
		r.Fail("need at least 12 bytes, have %d", len(data))
		return r
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	have := crc32.ChecksumIEEE(body)
	if name, need, other, ok := otherVersion(tag, body); ok {
		damage := ""
		if have != sum {
			damage = ", with a checksum that does not hold"
		}
		r.Fail("need version %s of a record %q, have version %s%s", need, name, other, damage)
		return r
	}
	if have != sum {
		r.Fail("need checksum %08x, have %08x", sum, have)
		return r
	}
	r.b = body
	if have := r.String(); r.err == nil && have != tag {
		r.Fail("need a record %q, have %.40q", tag, have)
	}
	return r
}

// otherVersion tells whether data starts with the name of tag and a version that is
// not tag's. It looks at no more bytes than the name and a version of nine digits
// have.
func otherVersion(tag string, data []byte) (name, need, have string, ok bool) {
	slash := strings.LastIndexByte(tag, '/')
	name, need = tag[:slash], tag[slash+1:]
	n := binary.LittleEndian.Uint64(data)
	if n < uint64(slash)+2 || n > uint64(slash)+10 || n > uint64(len(data)-8) || string(data[8:8+slash+1]) != tag[:slash+1] {
		return "", "", "", false
	}
	have = string(data[8+slash+1 : 8+n])
	for _, c := range have {
		if c < '0' || c > '9' {
			return "", "", "", false
		}
	}
	return name, need, have, have != need
}

// Fail records a failure found by the caller (an impossible count, say).
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %s: %w", r.fn, fmt.Sprintf(format, args...), mlgauge.ErrCorrupt)
	}
	r.b = nil
}

// Err returns the first failure so far.
func (r *Reader) Err() error { return r.err }

// Close returns the first failure, and reports bytes that are left over.
func (r *Reader) Close() error {
	if r.err == nil && len(r.b) != 0 {
		r.Fail("need the end of the record, have %d bytes more", len(r.b))
	}
	return r.err
}

// Uint64 reads one value.
func (r *Reader) Uint64() uint64 {
	if len(r.b) < 8 {
		r.Fail("need 8 bytes, have %d", len(r.b))
		return 0
	}
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

// Int reads one value.
func (r *Reader) Int() int {
	v := int64(r.Uint64())
	if int64(int(v)) != v {
		r.Fail("need an integer of this machine, have %d", v)
		return 0
	}
	return int(v)
}

// Count reads a length, and fails unless that many items of at least size
// bytes each can still follow.
func (r *Reader) Count(size int) int {
	n := r.Int()
	if n < 0 || (size > 0 && n > len(r.b)/size) {
		r.Fail("need a count that fits in %d bytes, have %d", len(r.b), n)
		return 0
	}
	return n
}

// Bool reads one value.
func (r *Reader) Bool() bool {
	if len(r.b) < 1 || r.b[0] > 1 {
		r.Fail("need a bool")
		return false
	}
	v := r.b[0] == 1
	r.b = r.b[1:]
	return v
}

// Float64 reads one value bit for bit.
func (r *Reader) Float64() float64 { return math.Float64frombits(r.Uint64()) }

// String reads one value.
func (r *Reader) String() string { return string(r.take()) }

// Bytes reads one value into fresh memory.
func (r *Reader) Bytes() []byte { return append([]byte(nil), r.take()...) }

func (r *Reader) take() []byte {
	n := r.Count(1)
	if r.err != nil {
		return nil
	}
	v := r.b[:n]
	r.b = r.b[n:]
	return v
}

// Float64s reads a slice; an empty one is nil.
func (r *Reader) Float64s() []float64 { return slice(r, 8, r.Float64) }

// Uint64s reads a slice; an empty one is nil.
func (r *Reader) Uint64s() []uint64 { return slice(r, 8, r.Uint64) }

// Ints reads a slice; an empty one is nil.
func (r *Reader) Ints() []int { return slice(r, 8, r.Int) }

// Strings reads a slice; an empty one is nil.
func (r *Reader) Strings() []string { return slice(r, 8, r.String) }

func slice[T any](r *Reader, size int, one func() T) []T {
	n := r.Count(size)
	if n == 0 {
		return nil
	}
	x := make([]T, n)
	for i := range x {
		x[i] = one()
	}
	if r.err != nil {
		return nil
	}
	return x
}
