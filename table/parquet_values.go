package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"github.com/parquet-go/parquet-go/format"

	"github.com/mlgauge/mlgauge"
)

// byteValues are texts: the bytes [off[2i], off[2i+1]) of data.
type byteValues struct {
	data []byte
	off  []uint32
}

func (v *byteValues) len() int { return len(v.off) / 2 }

func (v *byteValues) at(i int) []byte { return v.data[v.off[2*i]:v.off[2*i+1]] }

var errShort = errors.New("fewer bytes than its values need")

// bytesEach is the size of a value in the plain encoding; 0 for what has no
// fixed size.
func (f *parquetField) bytesEach() int {
	switch f.physical {
	case format.Int32, format.Float:
		return 4
	case format.Int64, format.Double:
		return 8
	case format.Int96, format.FixedLenByteArray:
		return f.width
	}
	return 0
}

// checkPlain holds the number of values against the bytes there are.
func (c *parquetColumn) checkPlain(b []byte, n int) error {
	need := 0
	switch {
	case c.physical == format.Boolean:
		need = (n + 7) / 8
	case c.physical == format.ByteArray:
		need = 4 * n
	default:
		need = n * c.bytesEach()
	}
	if need > len(b) {
		return errShort
	}
	return nil
}

// checkSize is checkPlain for any encoding, before memory is taken for n values.
func (c *parquetColumn) checkSize(b []byte, enc format.Encoding, n int) error {
	if n == 0 {
		return nil
	}
	switch enc {
	case format.Plain, format.ByteStreamSplit:
		return c.checkPlain(b, n)
	//lint:ignore SA1019 old files name this encoding
	case format.RLEDictionary, format.PlainDictionary:
		if len(b) == 0 || b[0] > 32 {
			return errors.New("indexes without a bit width")
		}
		return hybridCheck(b[1:], int(b[0]), n)
	case format.DeltaBinaryPacked, format.DeltaLengthByteArray, format.DeltaByteArray:
		return deltaCheck(b, n)
	}
	return nil
}

// numbers decodes len(dst) numbers.
func (c *parquetColumn) numbers(dst []float64, b []byte, enc format.Encoding) error {
	if len(dst) == 0 {
		return nil
	}
	n := len(dst)
	switch c.physical {
	case format.Boolean:
		return booleans(dst, b, enc)
	case format.Float, format.Double:
		b, err := c.flat(b, enc, n)
		if err != nil {
			return err
		}
		if c.physical == format.Double {
			doubles(dst, b[:8*n])
			return nil
		}
		for i := range dst {
			dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		}
		return nil
	case format.Int32, format.Int64:
		v, err := c.integers(b, enc, n)
		if err != nil {
			return err
		}
		c.fromIntegers(dst, v)
		return nil
	}
	v := &c.page.texts
	if err := c.byteValuesOf(v, b, enc, n); err != nil {
		return err
	}
	for i := range dst {
		x, ok := c.fromBytes(v.at(i))
		if !ok {
			return c.notNumber(i, v.at(i))
		}
		dst[i] = x
	}
	return nil
}

// doubles copies what lies in b in little-endian order.
func doubles(dst []float64, b []byte) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(dst))), 8*len(dst)), b)
		return
	}
	for i := range dst {
		dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
}

// notNumber returns the error of the i-th value of a page that is there.
func (c *parquetColumn) notNumber(i int, b []byte) error {
	shown := string(b)
	if len(shown) > 40 {
		shown = shown[:40] + "..."
	}
	e := c.src.fail(c.name, mlgauge.ErrRange, "need a number, have %q (the column is declared float)", shown).(*Error)
	if c.page.rows == 0 {
		return e // in the dictionary
	}
	row := i
	if len(c.page.levels) == c.page.rows {
		for r, l := range c.page.levels {
			if i -= int(l); i < 0 {
				row = r
				break
			}
		}
	}
	e.Row = int(c.first()) + row + 1
	return e
}

// flat returns the plain form of fixed-size values.
func (c *parquetColumn) flat(b []byte, enc format.Encoding, n int) ([]byte, error) {
	if err := c.checkPlain(b, n); err != nil {
		return nil, err
	}
	switch enc {
	case format.Plain:
		return b, nil
	case format.ByteStreamSplit:
		w := c.bytesEach()
		p := &c.page
		p.scratch = slices.Grow(p.scratch[:0], n*w)[:n*w]
		for k := range w {
			for i, v := range b[k*n : (k+1)*n] {
				p.scratch[i*w+k] = v
			}
		}
		return p.scratch, nil
	}
	return nil, fmt.Errorf("the encoding %s for %s", enc, c.physical)
}

// integers decodes n integers.
func (c *parquetColumn) integers(b []byte, enc format.Encoding, n int) ([]int64, error) {
	p := &c.page
	if enc == format.DeltaBinaryPacked {
		if err := deltaCheck(b, n); err != nil {
			return nil, err
		}
		p.ints = slices.Grow(p.ints[:0], n)[:n]
		if _, err := deltas(p.ints, b); err != nil {
			return nil, err
		}
		if c.physical == format.Int32 {
			for i, v := range p.ints {
				p.ints[i] = int64(int32(v))
			}
		}
	} else {
		b, err := c.flat(b, enc, n)
		if err != nil {
			return nil, err
		}
		p.ints = slices.Grow(p.ints[:0], n)[:n]
		if c.physical == format.Int32 {
			for i := range p.ints {
				p.ints[i] = int64(int32(binary.LittleEndian.Uint32(b[4*i:])))
			}
		} else {
			for i := range p.ints {
				p.ints[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
			}
		}
	}
	if c.means == unsigned && c.physical == format.Int32 {
		for i, v := range p.ints {
			p.ints[i] = int64(uint32(v))
		}
	}
	return p.ints, nil
}

// fromIntegers turns integers into the numbers they stand for.
func (c *parquetColumn) fromIntegers(dst []float64, v []int64) {
	switch c.means {
	case unsigned:
		for i, x := range v {
			dst[i] = float64(uint64(x))
		}
	case decimal:
		for i, x := range v {
			dst[i] = c.unscaled(x)
		}
	case date:
		for i, x := range v {
			dst[i] = float64(x) * 86400
		}
	case timestamp, timeOfDay:
		unit := float64(c.unit)
		for i, x := range v {
			if x > -1<<53 && x < 1<<53 {
				dst[i] = float64(x) / unit
				continue
			}
			// Whole seconds and the rest, for x itself is not a float64.
			dst[i] = float64(x/c.unit) + float64(x%c.unit)/unit
		}
	default:
		for i, x := range v {
			dst[i] = float64(x)
		}
	}
}

// unscaled returns x / 10^scale, correctly rounded.
func (c *parquetColumn) unscaled(x int64) float64 {
	if x > -1<<53 && x < 1<<53 && c.scale <= 22 {
		return float64(x) / math.Pow10(c.scale)
	}
	v, _ := strconv.ParseFloat(strconv.FormatInt(x, 10)+"e-"+strconv.Itoa(c.scale), 64)
	return v
}

// fromBytes turns bytes into the number they stand for.
func (c *parquetColumn) fromBytes(b []byte) (float64, bool) {
	switch c.means {
	case decimal:
		if len(b) <= 8 {
			return c.unscaled(bigEndian(b)), true
		}
		v, err := strconv.ParseFloat(string(appendDecimal(nil, b, c.scale)), 64)
		return v, err == nil
	case float16:
		return fromHalf(binary.LittleEndian.Uint16(b)), true
	case timestamp:
		s, ns := int96(b)
		return float64(s) + float64(ns)/1e9, true
	}
	return c.src.marks.number(b)
}

// bigEndian reads a two's complement integer of up to 8 bytes.
func bigEndian(b []byte) int64 {
	if len(b) == 0 {
		return 0
	}
	v := int64(int8(b[0]))
	for _, x := range b[1:] {
		v = v<<8 | int64(x)
	}
	return v
}

// appendDecimal writes a two's complement integer of any length with a point.
func appendDecimal(dst []byte, b []byte, scale int) []byte {
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	digits := v.Text(10)
	if digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	for len(digits) <= scale {
		digits = "0" + digits
	}
	dst = append(dst, digits[:len(digits)-scale]...)
	if scale > 0 {
		dst = append(append(dst, '.'), digits[len(digits)-scale:]...)
	}
	return dst
}

// fromHalf returns an IEEE 754 half-precision number.
func fromHalf(h uint16) float64 {
	m, e := float64(h&0x3ff), int(h>>10&31)
	v := 0.0
	switch e {
	case 0:
		v = math.Ldexp(m, -24)
	case 31:
		v = math.Inf(1)
		if m != 0 {
			return math.NaN()
		}
	default:
		v = math.Ldexp(m+1024, e-25)
	}
	if h>>15 == 1 {
		v = -v
	}
	return v
}

// int96 reads nanoseconds of the day and the Julian day.
func int96(b []byte) (seconds, nanos int64) {
	day := int64(int32(binary.LittleEndian.Uint32(b[8:]))) - 2440588
	ns := int64(binary.LittleEndian.Uint64(b))
	return day*86400 + ns/1e9, ns % 1e9
}

// booleans decodes 0 and 1.
func booleans(dst []float64, b []byte, enc format.Encoding) error {
	switch enc {
	case format.Plain:
		if (len(dst)+7)/8 > len(b) {
			return errShort
		}
		for i := range dst {
			dst[i] = float64(b[i>>3] >> (i & 7) & 1)
		}
		return nil
	case format.RLE:
		if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
			return errShort
		}
		b = b[4 : 4+binary.LittleEndian.Uint32(b)]
		if err := hybridCheck(b, 1, len(dst)); err != nil {
			return err
		}
		v := make([]int32, len(dst))
		if err := hybrid(v, b, 1); err != nil {
			return err
		}
		for i, x := range v {
			dst[i] = float64(x)
		}
		return nil
	}
	return fmt.Errorf("the encoding %s for booleans", enc)
}

// byteValuesOf decodes n values that are bytes.
func (c *parquetColumn) byteValuesOf(v *byteValues, b []byte, enc format.Encoding, n int) error {
	if c.physical != format.ByteArray && enc != format.DeltaByteArray {
		b, err := c.flat(b, enc, n)
		if err != nil {
			return err
		}
		w := c.bytesEach()
		if uint64(n)*uint64(w) > math.MaxUint32 {
			return errors.New("more than 4 GiB of bytes")
		}
		v.off = slices.Grow(v.off[:0], 2*n)
		for i := range n {
			v.off = append(v.off, uint32(i*w), uint32((i+1)*w))
		}
		v.data = b
		return nil
	}
	switch enc {
	case format.Plain:
		if 4*n > len(b) {
			return errShort
		}
		v.off = slices.Grow(v.off[:0], 2*n)
		at := 0
		for range n {
			if len(b)-at < 4 {
				return errShort
			}
			size := binary.LittleEndian.Uint32(b[at:])
			at += 4
			if uint64(size) > uint64(len(b)-at) {
				return errShort
			}
			v.off = append(v.off, uint32(at), uint32(at)+size)
			at += int(size)
		}
		v.data = b
		return nil
	case format.DeltaLengthByteArray:
		_, err := c.deltaLengths(v, b, n)
		return err
	case format.DeltaByteArray:
		if err := c.deltaBytes(v, b, n); err != nil {
			return err
		}
		if c.physical != format.ByteArray {
			for i := range n {
				if len(v.at(i)) != c.width {
					return fmt.Errorf("a value of %d bytes instead of %d", len(v.at(i)), c.width)
				}
			}
		}
		return nil
	}
	return fmt.Errorf("the encoding %s for %s", enc, c.physical)
}

// deltaLengths decodes texts behind their lengths.
func (c *parquetColumn) deltaLengths(v *byteValues, b []byte, n int) (int, error) {
	if err := deltaCheck(b, n); err != nil {
		return 0, err
	}
	lengths := make([]int64, n)
	at, err := deltas(lengths, b)
	if err != nil {
		return 0, err
	}
	v.off = slices.Grow(v.off[:0], 2*n)
	for _, size := range lengths {
		if size < 0 || size > int64(len(b)-at) {
			return 0, errShort
		}
		v.off = append(v.off, uint32(at), uint32(at+int(size)))
		at += int(size)
	}
	v.data = b
	return at, nil
}

// deltaBytes decodes texts that share a prefix with the text before.
func (c *parquetColumn) deltaBytes(v *byteValues, b []byte, n int) error {
	if err := deltaCheck(b, n); err != nil {
		return err
	}
	prefixes := make([]int64, n)
	at, err := deltas(prefixes, b)
	if err != nil {
		return err
	}
	var suffix byteValues
	if _, err := c.deltaLengths(&suffix, b[at:], n); err != nil {
		return err
	}
	out := c.page.scratch[:0]
	v.off = slices.Grow(v.off[:0], 2*n)
	last := 0
	for i, size := range prefixes {
		start := len(out)
		if size < 0 || size > int64(start-last) {
			return errors.New("a prefix longer than the text before")
		}
		s := suffix.at(i)
		if start+int(size)+len(s) > maxPageBytes {
			return fmt.Errorf("more than %d bytes of text", maxPageBytes)
		}
		out = append(out, out[last:last+int(size)]...)
		out = append(out, s...)
		v.off = append(v.off, uint32(start), uint32(len(out)))
		last = start
	}
	c.page.scratch, v.data = out, out
	return nil
}

// textsOf decodes n values as text.
func (c *parquetColumn) textsOf(v *byteValues, b []byte, enc format.Encoding, n int) error {
	if n == 0 {
		v.data, v.off = nil, v.off[:0]
		return nil
	}
	if err := c.checkSize(b, enc, n); err != nil {
		return err
	}
	if c.means == text {
		return c.byteValuesOf(v, b, enc, n)
	}
	out := make([]byte, 0, 8*n)
	off := make([]uint32, 0, 2*n)
	add := func() { // what was appended since the last time
		start := uint32(0)
		if len(off) > 0 {
			start = off[len(off)-1]
		}
		off = append(off, start, uint32(len(out)))
	}
	switch c.physical {
	case format.Boolean:
		dst := make([]float64, n)
		if err := booleans(dst, b, enc); err != nil {
			return err
		}
		for _, x := range dst {
			out = strconv.AppendBool(out, x == 1)
			add()
		}
	case format.Float, format.Double:
		dst := make([]float64, n)
		if err := c.numbers(dst, b, enc); err != nil {
			return err
		}
		bits := 64
		if c.physical == format.Float {
			bits = 32
		}
		for _, x := range dst {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				out = append(out, map[bool]string{true: "nan", false: string(appendFloat(nil, x))}[x != x]...)
			} else {
				out = strconv.AppendFloat(out, x, 'g', -1, bits)
			}
			add()
		}
	case format.Int32, format.Int64:
		ints, err := c.integers(b, enc, n)
		if err != nil {
			return err
		}
		for _, x := range ints {
			out = c.appendInteger(out, x)
			add()
		}
	default:
		var raw byteValues
		if err := c.byteValuesOf(&raw, b, enc, n); err != nil {
			return err
		}
		for i := range n {
			out = c.appendBytes(out, raw.at(i))
			add()
		}
	}
	v.data, v.off = out, off
	return nil
}

// appendInteger writes an integer as what it stands for.
func (c *parquetColumn) appendInteger(dst []byte, x int64) []byte {
	switch c.means {
	case unsigned:
		return strconv.AppendUint(dst, uint64(x), 10)
	case decimal:
		return appendDecimal(dst, binary.BigEndian.AppendUint64(nil, uint64(x)), c.scale)
	case date:
		return time.Unix(x*86400, 0).UTC().AppendFormat(dst, time.DateOnly)
	case timeOfDay:
		return time.Unix(x/c.unit, x%c.unit*(1e9/c.unit)).UTC().AppendFormat(dst, "15:04:05.999999999")
	case timestamp:
		return c.appendTime(dst, x/c.unit, x%c.unit*(1e9/c.unit))
	}
	return strconv.AppendInt(dst, x, 10)
}

func (c *parquetColumn) appendTime(dst []byte, seconds, nanos int64) []byte {
	layout := "2006-01-02T15:04:05.999999999"
	if c.utc {
		layout += "Z"
	}
	return time.Unix(seconds, nanos).UTC().AppendFormat(dst, layout)
}

// appendBytes writes bytes as what they stand for.
func (c *parquetColumn) appendBytes(dst, b []byte) []byte {
	switch c.means {
	case decimal:
		return appendDecimal(dst, b, c.scale)
	case float16:
		return strconv.AppendFloat(dst, fromHalf(binary.LittleEndian.Uint16(b)), 'g', -1, 32)
	case timestamp:
		s, ns := int96(b)
		return c.appendTime(dst, s, ns)
	case uuid:
		return fmt.Appendf(dst, "%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	}
	return append(dst, b...)
}
