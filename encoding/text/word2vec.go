package text

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

const (
	maxWord = 1 << 20 // bytes of one word
	maxLine = 1 << 24 // bytes of one line of a text file
	maxDim  = 1 << 22
)

// A vectorReader puts vectors together as they come. What a header announces is
// only believed as far as the input bears it out.
type vectorReader struct {
	fn   string
	r    *bufio.Reader
	left int64 // bytes that r can still give; -1 if not known
	v    *Vectors
	long []byte // a line longer than the buffer of r
}

func newVectorReader(fn string, r io.Reader) *vectorReader {
	left := int64(-1)
	switch s := r.(type) {
	case interface{ Len() int }:
		left = int64(s.Len())
	case io.Seeker:
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			if end, err := s.Seek(0, io.SeekEnd); err == nil && end >= at {
				left = end - at
			}
			if _, err := s.Seek(at, io.SeekStart); err != nil {
				left = -1
			}
		}
	}
	return &vectorReader{fn: fn, r: bufio.NewReaderSize(r, 1<<16), left: left, v: new(Vectors)}
}

func (d *vectorReader) corrupt(format string, args ...any) error {
	return fmt.Errorf("%s: %s: %w", d.fn, fmt.Sprintf(format, args...), mlgauge.ErrCorrupt)
}

// failed is the error for a read that failed where something had to follow.
func (d *vectorReader) failed(what string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return d.corrupt("need %s, have the end of the input", what)
	}
	return fmt.Errorf("%s: %w", d.fn, err)
}

// header reads "count dim".
func (d *vectorReader) header() (count int, err error) {
	line, err := d.line()
	if err != nil {
		return 0, d.failed("a header", err)
	}
	f := strings.Fields(string(line[:min(len(line), 100)]))
	if len(f) != 2 {
		return 0, d.corrupt("header: need the number of words and the length of a vector, have %.80q", line)
	}
	count, err1 := strconv.Atoi(f[0])
	dim, err2 := strconv.Atoi(f[1])
	if err1 != nil || err2 != nil || count < 1 || dim < 1 || dim > maxDim || count > maxTerms {
		return 0, d.corrupt("header: need a number of words in [1, %d] and a length in [1, %d], have %.80q", maxTerms, maxDim, line)
	}
	d.v.dim = dim
	return count, nil
}

// reserve makes room for count vectors, if the input can hold that many of at
// least bytes each.
func (d *vectorReader) reserve(count int, bytes int64) {
	if d.left >= 0 && int64(count) <= d.left/bytes {
		d.v.data = make([]float32, 0, count*d.v.dim)
	}
}

// line returns the next line without its end, as a view.
func (d *vectorReader) line() ([]byte, error) {
	b, err := d.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		d.long = append(d.long[:0], b...)
		for errors.Is(err, bufio.ErrBufferFull) {
			b, err = d.r.ReadSlice('\n')
			if d.long = append(d.long, b...); len(d.long) > maxLine {
				return nil, d.corrupt("need lines of at most %d bytes", maxLine)
			}
		}
		b = d.long
	}
	if err != nil && (len(b) == 0 || !errors.Is(err, io.EOF)) {
		return nil, err
	}
	return bytes.TrimRight(b, " \t\r\n"), nil
}

// add takes over a word whose vector was appended to data; the second vector of
// a word is dropped.
func (d *vectorReader) add(word []byte) error {
	n := d.v.Len()
	switch {
	case len(word) == 0:
		return d.corrupt("word %d: need a word, have none", n)
	case len(word) > maxWord:
		return d.corrupt("word %d: need at most %d bytes, have %d", n, maxWord, len(word))
	}
	switch id := d.v.words.put(word); {
	case id < 0:
		return errFull(d.fn)
	case int(id) < n:
		d.v.data = d.v.data[:len(d.v.data)-d.v.dim]
		return nil
	}
	for _, a := range d.v.data[n*d.v.dim:] {
		if a*0 != 0 {
			return d.corrupt("word %d: need finite values, have %v", n, a)
		}
	}
	return nil
}

func (d *vectorReader) finish() (*Vectors, error) {
	d.v.measure()
	return d.v, nil
}

// ReadWord2VecText reads the text format of word2vec: a line with the number of
// words and the length of a vector, then a line per word with the word and its
// values, parted by spaces. limit, if not 0, is the number of words to read. The
// second vector of a word is ignored. A word may hold spaces: the values are
// counted from the end of the line.
//
// Errors: ErrCorrupt for a file that does not have what its header announces or
// has more, for a value that is no finite number of 32 bits, for words longer
// than a megabyte and lines longer than 16; ErrRange for a negative limit; what r
// reports. Memory grows with what was read, not with what the header says.
//
// Source: gensim 4.4, KeyedVectors.load_word2vec_format.
func ReadWord2VecText(r io.Reader, limit int) (*Vectors, error) {
	d := newVectorReader("ReadWord2VecText", r)
	if err := check.AtLeast(d.fn, "limit", limit, 0); err != nil {
		return nil, err
	}
	count, err := d.header()
	if err != nil {
		return nil, err
	}
	d.reserve(limited(count, limit), 2*int64(d.v.dim)+2)
	for i := range limited(count, limit) {
		line, err := d.line()
		if err != nil {
			return nil, d.failed(fmt.Sprintf("%d words", count), err)
		}
		if err := d.textLine(line, i+2); err != nil {
			return nil, err
		}
	}
	if limit == 0 || limit > count {
		if err := d.end(count); err != nil {
			return nil, err
		}
	}
	return d.finish()
}

func limited(count, limit int) int {
	if limit > 0 {
		return min(count, limit)
	}
	return count
}

// end reports what follows the last word, but for white space.
func (d *vectorReader) end(count int) error {
	for {
		c, err := d.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", d.fn, err)
		}
		if c != '\n' && c != '\r' && c != ' ' {
			return d.corrupt("need the end of the input after %d words, have %q", count, c)
		}
	}
}

// textLine takes a word and its values off a line, the values from its end.
func (d *vectorReader) textLine(line []byte, number int) error {
	if n := bytes.Count(line, []byte(" ")); n < d.v.dim {
		return d.corrupt("line %d: need a word and %d values, have %d fields", number, d.v.dim, n+1)
	}
	at := len(d.v.data)
	d.v.data = slices.Grow(d.v.data, d.v.dim)[:at+d.v.dim]
	for k := d.v.dim - 1; k >= 0; k-- {
		sp := bytes.LastIndexByte(line, ' ')
		if sp < 0 {
			return d.corrupt("line %d: need a word and %d values, have %d fields", number, d.v.dim, d.v.dim-k)
		}
		f, err := strconv.ParseFloat(view(line[sp+1:]), 32)
		if err != nil {
			return d.corrupt("line %d: need a number of 32 bits, have %.40q", number, line[sp+1:])
		}
		d.v.data[at+k] = float32(f)
		line = bytes.TrimRight(line[:sp], " ")
	}
	return d.add(line)
}

// ReadGloVe reads the text format of GloVe: a line per word with the word and
// its values, parted by spaces, without a header. The first line tells the
// length of a vector, so its word must not hold spaces. limit, if not 0, is the
// number of words to read. The second vector of a word is ignored.
//
// Errors: as ReadWord2VecText; ErrEmpty for an empty file.
func ReadGloVe(r io.Reader, limit int) (*Vectors, error) {
	d := newVectorReader("ReadGloVe", r)
	if err := check.AtLeast(d.fn, "limit", limit, 0); err != nil {
		return nil, err
	}
	for i := 0; limit == 0 || i < limit; i++ {
		line, err := d.line()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, d.failed("a line", err)
		}
		if len(line) == 0 {
			continue
		}
		if d.v.dim == 0 {
			if d.v.dim = len(bytes.Fields(line)) - 1; d.v.dim < 1 || d.v.dim > maxDim {
				return nil, d.corrupt("line 1: need a word and 1 to %d values, have %d", maxDim, d.v.dim)
			}
		}
		if err := d.textLine(line, i+1); err != nil {
			return nil, err
		}
	}
	if d.v.Len() == 0 {
		return nil, check.NotEmpty(d.fn, "r", 0)
	}
	return d.finish()
}

// ReadWord2VecBinary reads the binary format of word2vec: a line with the number
// of words and the length of a vector, then for each word the word, a space, and
// its values as little-endian float32, with or without an end of line after
// them. limit, if not 0, is the number of words to read. The second vector of a
// word is ignored.
//
// Errors: as ReadWord2VecText.
func ReadWord2VecBinary(r io.Reader, limit int) (*Vectors, error) {
	d := newVectorReader("ReadWord2VecBinary", r)
	if err := check.AtLeast(d.fn, "limit", limit, 0); err != nil {
		return nil, err
	}
	count, err := d.header()
	if err != nil {
		return nil, err
	}
	d.reserve(limited(count, limit), 4*int64(d.v.dim)+2)
	chunk := make([]byte, 1<<12)
	var word []byte
	for range limited(count, limit) {
		word = word[:0]
		for {
			c, err := d.r.ReadByte()
			if err != nil {
				return nil, d.failed(fmt.Sprintf("%d words", count), err)
			}
			if c == ' ' {
				break
			}
			if c == '\n' && len(word) == 0 {
				continue
			}
			if word = append(word, c); len(word) > maxWord {
				return nil, d.corrupt("word %d: need at most %d bytes", d.v.Len(), maxWord)
			}
		}
		for left := 4 * d.v.dim; left > 0; {
			b := chunk[:min(left, len(chunk))]
			if _, err := io.ReadFull(d.r, b); err != nil {
				return nil, d.failed(fmt.Sprintf("%d words", count), err)
			}
			for ; len(b) > 0; b = b[4:] {
				d.v.data = append(d.v.data, math.Float32frombits(binary.LittleEndian.Uint32(b)))
				left -= 4
			}
		}
		if err := d.add(word); err != nil {
			return nil, err
		}
	}
	if limit == 0 || limit > count {
		if err := d.end(count); err != nil {
			return nil, err
		}
	}
	return d.finish()
}

// writable reports a word that a file of vectors cannot hold.
func (v *Vectors) writable(fn string) error {
	if v.Len() == 0 {
		return check.NotEmpty(fn, "vectors", 0)
	}
	for i, w := range v.words.All() {
		if w == "" || strings.ContainsAny(w, " \n\r\t") {
			return fmt.Errorf("%s: need words without white space, have %.80q at index %d: %w", fn, w, i, mlgauge.ErrRange)
		}
	}
	return nil
}

// WriteWord2VecText writes the text format of word2vec; the values read back bit
// for bit.
//
// Errors: ErrRange for a word that is empty or holds white space; ErrEmpty
// without words; what w reports.
func (v *Vectors) WriteWord2VecText(w io.Writer) error {
	return v.writeText("Vectors.WriteWord2VecText", w, fmt.Sprintf("%d %d\n", v.Len(), v.dim))
}

// WriteGloVe writes the text format of GloVe, which has no header.
//
// Errors: as WriteWord2VecText.
func (v *Vectors) WriteGloVe(w io.Writer) error { return v.writeText("Vectors.WriteGloVe", w, "") }

func (v *Vectors) writeText(fn string, w io.Writer, header string) error {
	if err := v.writable(fn); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	out.WriteString(header)
	var line []byte
	for i, word := range v.words.All() {
		line = append(line[:0], word...)
		for _, a := range v.row(i) {
			line = strconv.AppendFloat(append(line, ' '), float64(a), 'g', -1, 32)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("%s: %w", fn, err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("%s: %w", fn, err)
	}
	return nil
}

// WriteWord2VecBinary writes the binary format of word2vec, without ends of
// lines after the vectors, as gensim does.
//
// Errors: as WriteWord2VecText.
func (v *Vectors) WriteWord2VecBinary(w io.Writer) error {
	const fn = "Vectors.WriteWord2VecBinary"
	if err := v.writable(fn); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(out, "%d %d\n", v.Len(), v.dim)
	var line []byte
	for i, word := range v.words.All() {
		line = append(append(line[:0], word...), ' ')
		for _, a := range v.row(i) {
			line = binary.LittleEndian.AppendUint32(line, math.Float32bits(a))
		}
		if _, err := out.Write(line); err != nil {
			return fmt.Errorf("%s: %w", fn, err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("%s: %w", fn, err)
	}
	return nil
}
