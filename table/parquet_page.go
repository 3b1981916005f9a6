package table

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"

	"github.com/mlgauge/mlgauge"
)

const (
	maxPageBytes  = 1 << 29 // of one page, decompressed
	maxPageValues = 1 << 26
	maxPageHeader = 1 << 20
)

// parquetChunk is the run of pages of one column in one row group.
type parquetChunk struct {
	group    int
	codec    format.CompressionCodec
	pos, end int64 // in the file
	left     int64 // values in the pages to come
	rows     int64 // in the pages before

	// The dictionary page, if there was one.
	dictionary bool
	floats     []float64
	texts      byteValues
	codes      []int32 // code in the batch of each text, or unknownCode
}

const unknownCode int32 = -2

// forget drops the codes of the batch before.
func (k *parquetChunk) forget() {
	for i := range k.codes {
		k.codes[i] = unknownCode
	}
}

// parquetPage is a page that did not fit the batch, and the memory in which
// pages are decoded.
type parquetPage struct {
	rows, at int
	floats   []float64
	index    []int32 // of texts; negative where missing
	shared   bool    // the texts are those of the dictionary page
	texts    byteValues

	raw, plain []byte // as in the file; decompressed
	header     []byte
	levels     []int32
	ints       []int64
	scratch    []byte
}

func (p *parquetPage) left() int { return p.rows - p.at }

// open goes to the chunk of row group g.
func (c *parquetColumn) open(g int) error {
	group := &c.src.meta.groups[g]
	chunk := &group.chunks[c.parquetField.chunk]
	m := &chunk.MetaData
	c.chunk = parquetChunk{group: g, codec: m.Codec, left: group.rows, codes: c.chunk.codes[:0]}
	c.page.rows, c.page.at = 0, 0
	k := &c.chunk
	k.pos = m.DataPageOffset
	if d := m.DictionaryPageOffset; d > 0 && d < k.pos {
		k.pos = d
	}
	k.end = k.pos + m.TotalCompressedSize
	switch {
	case chunk.FilePath != "":
		return c.fail("need the column in this file, have it in %q", chunk.FilePath)
	case chunk.CryptoMetadata.Value != nil || len(chunk.EncryptedColumnMetadata) > 0:
		return c.fail("need a column that is not encrypted, have an encrypted one")
	case m.Type != c.physical:
		return c.fail("need %s as in the schema, have %s", c.physical, m.Type)
	case m.NumValues != group.rows:
		return c.fail("need %d values in row group %d, have %d", group.rows, g, m.NumValues)
	case k.pos < 4 || m.TotalCompressedSize < 0 || k.end < k.pos || k.end > c.src.size-parquetTail:
		return c.fail("need pages inside the file of %d bytes, have them in [%d, %d)", c.src.size, k.pos, k.end)
	}
	return nil
}

// fail returns an error about the page that is being read.
func (c *parquetColumn) fail(format string, args ...any) error {
	e := c.src.fail(c.name, mlgauge.ErrCorrupt, format, args...).(*Error)
	e.Row = int(c.first() + 1)
	return e
}

// first is the number of rows before the page.
func (c *parquetColumn) first() int64 {
	n := c.chunk.rows
	for _, g := range c.src.meta.groups[:c.chunk.group] {
		n += g.rows
	}
	return n
}

// nextPage reads pages up to the next with values; room is the number of rows
// that the batch has room for.
func (c *parquetColumn) nextPage(room int) error {
	k := &c.chunk
	for {
		if k.left == 0 || k.pos >= k.end {
			return c.fail("need %d more values in row group %d, have no more pages", k.left, k.group)
		}
		h, err := c.pageHeader()
		if err != nil {
			return err
		}
		p := &c.page
		p.raw = slices.Grow(p.raw[:0], int(h.CompressedPageSize))[:h.CompressedPageSize]
		if err := c.src.readAt(p.raw, k.pos); err != nil {
			if e, ok := err.(*Error); ok {
				e.Column = c.name
			}
			return err
		}
		k.pos += int64(h.CompressedPageSize)
		if crc := uint32(h.CRC); crc != 0 && crc != crc32.ChecksumIEEE(p.raw) {
			return c.fail("need a page with checksum %08x, have %08x", crc, crc32.ChecksumIEEE(p.raw))
		}
		switch h.Type {
		case format.DictionaryPage:
			if err := c.readDictionary(h); err != nil {
				return c.broken("dictionary page", err)
			}
		case format.DataPage, format.DataPageV2:
			if err := c.readData(h, room); err != nil {
				return c.broken("page", err)
			}
			if p.rows > 0 {
				k.rows += int64(p.rows)
				k.left -= int64(p.rows)
				return nil
			}
		}
	}
}

// broken says what is wrong with a page, unless the error knows better.
func (c *parquetColumn) broken(what string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	return c.fail("need a whole %s in row group %d, have: %v", what, c.chunk.group, err)
}

// pageHeader reads the header at pos, and holds its counts against what there
// is.
func (c *parquetColumn) pageHeader() (*format.PageHeader, error) {
	k := &c.chunk
	for size := int64(256); ; size *= 16 {
		size = min(size, k.end-k.pos)
		b := slices.Grow(c.page.header[:0], int(size))[:size]
		c.page.header = b
		if n, err := c.src.file.ReadAt(b, k.pos); int64(n) < size {
			if err != nil && err != io.EOF {
				return nil, err
			}
			return nil, c.fail("need a page header at offset %d, have the end of the file", k.pos)
		}
		n, err := thriftEnd(b)
		if err == errThriftShort && size < min(k.end-k.pos, maxPageHeader) {
			continue
		}
		h := new(format.PageHeader)
		if err == nil {
			err = thrift.Unmarshal(&thrift.CompactProtocol{}, b[:n], h)
		}
		if err != nil {
			return nil, c.fail("need a page header at offset %d, have bytes that are not one (%v)", k.pos, err)
		}
		k.pos += int64(n)
		c.src.done.Add(int64(n))
		return h, c.checkHeader(h)
	}
}

func (c *parquetColumn) checkHeader(h *format.PageHeader) error {
	k := &c.chunk
	if n := int64(h.CompressedPageSize); n < 0 || n > k.end-k.pos {
		return c.fail("need a page of at most %d bytes, have %d", k.end-k.pos, n)
	}
	if n := h.UncompressedPageSize; n < 0 || n > maxPageBytes {
		return c.fail("need a page of at most %d bytes when decompressed, have %d", maxPageBytes, n)
	}
	values, most := int64(0), min(k.left, maxPageValues)
	switch {
	case h.Type == format.DictionaryPage && h.DictionaryPageHeader.Valid:
		values, most = int64(h.DictionaryPageHeader.V.NumValues), maxPageValues
	case h.Type == format.DataPage && h.DataPageHeader.Valid:
		values = int64(h.DataPageHeader.V.NumValues)
	case h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid:
		v := &h.DataPageHeaderV2.V
		values = int64(v.NumValues)
		if v.NumNulls < 0 || v.NumNulls > v.NumValues || v.NumRows != v.NumValues {
			return c.fail("need as many rows as values in a page, and no more nulls, have %d values, %d rows, %d nulls", v.NumValues, v.NumRows, v.NumNulls)
		}
		d, r := int64(v.DefinitionLevelsByteLength), int64(v.RepetitionLevelsByteLength)
		if d < 0 || r < 0 || d+r > int64(h.CompressedPageSize) || d+r > int64(h.UncompressedPageSize) {
			return c.fail("need levels inside the page of %d bytes, have %d and %d", h.CompressedPageSize, r, d)
		}
	case h.Type == format.IndexPage:
	default:
		return c.fail("need a page of a known type with its header, have type %d", h.Type)
	}
	if values < 0 || values > most {
		return c.fail("need a page of at most %d values, have %d", most, values)
	}
	return nil
}

// decompress returns the content of a page, of the size in its header exactly.
func (p *parquetPage) decompress(codec format.CompressionCodec, b []byte, size int) ([]byte, error) {
	if codec == format.Uncompressed {
		return b, nil
	}
	if size == 0 {
		return nil, nil
	}
	// Bytes are only allocated for what the compressed page can hold: of zstd, blocks of
	// 128 kilobytes in 4 bytes. A few bytes of brotli can hold any number, so there
	// the room grows with what comes.
	limits := map[format.CompressionCodec]int{format.Snappy: 64, format.Gzip: 1100, format.Lz4Raw: 256, format.Zstd: 1 << 15}
	if limit, ok := limits[codec]; ok && size > limit*(len(b)+64) {
		return nil, fmt.Errorf("%d bytes that cannot hold %d", len(b), size)
	}
	if codec == format.Brotli {
		w := bytes.NewBuffer(p.plain[:0])
		n, err := io.Copy(w, io.LimitReader(brotli.NewReader(bytes.NewReader(b)), int64(size)+1))
		if p.plain = w.Bytes(); err == nil && n != int64(size) {
			err = fmt.Errorf("%d bytes after decompression, not %d", n, size)
		}
		return p.plain, err
	}
	out := slices.Grow(p.plain[:0], size)[:size]
	p.plain = out
	n, err := 0, error(nil)
	switch codec {
	case format.Snappy:
		if n, err = snappy.DecodedLen(b); err == nil && n == size {
			var d []byte
			d, err = snappy.Decode(out, b)
			n = len(d)
		}
	case format.Gzip:
		z, zerr := gzip.NewReader(bytes.NewReader(b))
		if zerr != nil {
			return nil, zerr
		}
		n, err = readAll(z, out)
	case format.Zstd:
		d := zstdReaders.Get().(*zstd.Decoder)
		var got []byte
		got, err = d.DecodeAll(b, out[:0:size])
		n = len(got)
		zstdReaders.Put(d)
	case format.Lz4Raw:
		n, err = lz4.UncompressBlock(b, out)
	default:
		return nil, fmt.Errorf("the compression %s, which is not read", codec)
	}
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes of %d after decompression", n, size)
	}
	return out, err
}

// readAll reads what must fill out exactly.
func readAll(r io.Reader, out []byte) (int, error) {
	n, err := io.ReadFull(r, out)
	if err != nil {
		return n, err
	}
	var more [1]byte
	if k, err := io.ReadFull(r, more[:]); k > 0 {
		return n + k, nil
	} else if err != io.EOF {
		return n, err
	}
	return n, nil
}

// zstdReaders never write beyond the room they are given.
var zstdReaders = sync.Pool{New: func() any {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		panic(err) // the options are constant
	}
	return d
}}

func (c *parquetColumn) readDictionary(h *format.PageHeader) error {
	k, p := &c.chunk, &c.page
	if k.dictionary {
		return errors.New("a second dictionary")
	}
	//lint:ignore SA1019 old files name this encoding
	if e := h.DictionaryPageHeader.V.Encoding; e != format.Plain && e != format.PlainDictionary {
		return fmt.Errorf("the encoding %s", e)
	}
	n := int(h.DictionaryPageHeader.V.NumValues)
	b, err := p.decompress(k.codec, p.raw, int(h.UncompressedPageSize))
	if err != nil {
		return err
	}
	k.dictionary = true
	if c.typ == Float {
		if err := c.checkPlain(b, n); err != nil {
			return err
		}
		k.floats = make([]float64, n)
		return c.numbers(k.floats, b, format.Plain)
	}
	if err := c.textsOf(&k.texts, b, format.Plain, n); err != nil {
		return err
	}
	// The texts may lie in the memory of the page, which the next one takes.
	k.texts.data = slices.Clone(k.texts.data)
	k.codes = slices.Grow(k.codes[:0], n)[:n]
	k.forget()
	return nil
}

// readData decodes a data page: into the batch if the room is enough.
func (c *parquetColumn) readData(h *format.PageHeader, room int) error {
	k, p := &c.chunk, &c.page
	var (
		n      int
		enc    format.Encoding
		levels []byte
		b      []byte
		err    error
	)
	if h.Type == format.DataPage {
		v := &h.DataPageHeader.V
		n, enc = int(v.NumValues), v.Encoding
		if b, err = p.decompress(k.codec, p.raw, int(h.UncompressedPageSize)); err != nil {
			return err
		}
		if c.optional {
			if v.DefinitionLevelEncoding != format.RLE {
				return fmt.Errorf("definition levels encoded as %s", v.DefinitionLevelEncoding)
			}
			if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
				return errors.New("definition levels that are cut short")
			}
			size := int(binary.LittleEndian.Uint32(b))
			levels, b = b[4:4+size], b[4+size:]
		}
	} else {
		v := &h.DataPageHeaderV2.V
		n, enc = int(v.NumValues), v.Encoding
		skip := int(v.RepetitionLevelsByteLength)
		both := skip + int(v.DefinitionLevelsByteLength)
		levels, b = p.raw[skip:both], p.raw[both:]
		if !v.IsCompressed.Valid || v.IsCompressed.V {
			if b, err = p.decompress(k.codec, b, int(h.UncompressedPageSize)-both); err != nil {
				return err
			}
		}
	}
	present := n
	if c.optional && n > 0 {
		if present, err = hybridOnes(levels, n); err != nil {
			return fmt.Errorf("definition levels: %w", err)
		}
		if present < n {
			p.levels = slices.Grow(p.levels[:0], n)[:n]
			if err := hybrid(p.levels, levels, 1); err != nil {
				return fmt.Errorf("definition levels: %w", err)
			}
		}
	}
	if h.Type == format.DataPageV2 && c.optional && int(h.DataPageHeaderV2.V.NumNulls) != n-present {
		return fmt.Errorf("%d nulls instead of %d", n-present, h.DataPageHeaderV2.V.NumNulls)
	}
	p.rows, p.at = n, 0
	if n == 0 {
		return nil
	}
	if c.means == nothing && c.typ == Float {
		present = 0
		p.levels = slices.Grow(p.levels[:0], n)[:n]
		clear(p.levels)
		enc, b = format.Plain, nil
	}
	if c.typ == String {
		return c.readTexts(b, enc, present)
	}
	if err := c.checkSize(b, enc, present); err != nil {
		return err
	}
	if n > room {
		p.floats = slices.Grow(p.floats[:0], n)[:n]
		return c.readFloats(p.floats, b, enc, present)
	}
	at := len(c.floats)
	c.floats = slices.Grow(c.floats, n)[:at+n]
	p.at = n
	return c.readFloats(c.floats[at:], b, enc, present)
}

// readFloats fills dst, with NaN where the page has no value.
func (c *parquetColumn) readFloats(dst []float64, b []byte, enc format.Encoding, present int) error {
	//lint:ignore SA1019 old files name this encoding
	if enc == format.RLEDictionary || enc == format.PlainDictionary {
		if err := c.lookUp(dst[:present], b); err != nil {
			return err
		}
	} else if err := c.numbers(dst[:present], b, enc); err != nil {
		return err
	}
	if present == len(dst) {
		return nil
	}
	levels := c.page.levels
	k := present
	for i := len(dst) - 1; i >= 0; i-- {
		if levels[i] == 0 {
			dst[i] = math.NaN()
			continue
		}
		k--
		dst[i] = dst[k]
	}
	return nil
}

// lookUp decodes indexes into the dictionary, and takes the numbers there.
func (c *parquetColumn) lookUp(dst []float64, b []byte) error {
	idx, err := c.indexes(b, len(dst), len(c.chunk.floats))
	if err != nil {
		return err
	}
	values := c.chunk.floats
	for i, k := range idx {
		dst[i] = values[k]
	}
	return nil
}

// indexes decodes n indexes below size.
func (c *parquetColumn) indexes(b []byte, n, size int) ([]int32, error) {
	if !c.chunk.dictionary {
		return nil, errors.New("indexes into a dictionary that is not there")
	}
	if n == 0 {
		return nil, nil
	}
	if len(b) == 0 || b[0] > 32 {
		return nil, errors.New("indexes without a bit width")
	}
	if err := hybridCheck(b[1:], int(b[0]), n); err != nil {
		return nil, err
	}
	p := &c.page
	p.index = slices.Grow(p.index[:0], n)[:n]
	if err := hybrid(p.index, b[1:], int(b[0])); err != nil {
		return nil, err
	}
	most := uint32(0)
	for _, k := range p.index {
		most = max(most, uint32(k))
	}
	if uint64(most) >= uint64(size) {
		return nil, fmt.Errorf("index %d into a dictionary of %d", most, size)
	}
	return p.index, nil
}

// readTexts decodes a page of text: what each row is, by index.
func (c *parquetColumn) readTexts(b []byte, enc format.Encoding, present int) error {
	p := &c.page
	//lint:ignore SA1019 old files name this encoding
	p.shared = enc == format.RLEDictionary || enc == format.PlainDictionary
	if p.shared {
		if _, err := c.indexes(b, present, c.chunk.texts.len()); err != nil {
			return err
		}
		p.index = p.index[:present]
	} else {
		if err := c.textsOf(&p.texts, b, enc, present); err != nil {
			return err
		}
		p.index = slices.Grow(p.index[:0], present)[:present]
		for i := range p.index {
			p.index[i] = int32(i)
		}
	}
	if present == p.rows {
		return nil
	}
	p.index = slices.Grow(p.index, p.rows-present)[:p.rows]
	k := present
	for i := p.rows - 1; i >= 0; i-- {
		if p.levels[i] == 0 {
			p.index[i] = -1
			continue
		}
		k--
		p.index[i] = p.index[k]
	}
	return nil
}
