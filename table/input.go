package table

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"

	"github.com/mlgauge/mlgauge"
)

// An input is the bytes of a file or a stream, decompressed, that can be read
// from the start again, once at least.
type input struct {
	name string
	file *os.File  // what is read; nil for a reader given by the caller
	raw  io.Reader // counts
	r    io.Reader // decompressed
	gzip bool
	size int64     // of the file, 0 if unknown
	done int64     // bytes read from it
	temp *os.File  // what was read of an input that cannot seek
	rest io.Reader // what was not
}

// stdin is replaced in tests.
var stdin io.Reader = os.Stdin

func openInput(path string) (*input, error) {
	if path == "-" {
		return newInput("-", stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := &input{name: path, file: f, gzip: hasSuffix(path, ".gz")}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = &os.PathError{Op: "read", Path: path, Err: fmt.Errorf("is a directory")}
	}
	if err == nil {
		if info.Mode().IsRegular() {
			in.size = info.Size()
		}
		err = in.start(f)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return in, nil
}

// newInput reads from r, and decompresses what starts as gzip does.
func newInput(name string, r io.Reader) (*input, error) {
	in := &input{name: name}
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	in.gzip = bytes.Equal(head, []byte{0x1f, 0x8b})
	return in, in.start(b)
}

// start reads from r, which stands at the first byte.
func (in *input) start(r io.Reader) error {
	in.done = 0
	in.raw = r
	in.r = (*counted)(in)
	if !in.gzip {
		return nil
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(in.r, 1<<16))
	if err != nil {
		if err == io.EOF {
			return &Error{File: in.name, Reason: "need gzip data, have an empty file", Err: mlgauge.ErrEmpty}
		}
		return in.broken(err)
	}
	in.r = z
	return nil
}

// counted counts the bytes of the file as they are read.
type counted input

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.raw.Read(p)
	c.done += int64(n)
	return n, err
}

// broken turns an error of the decompressor into one of the file.
func (in *input) broken(err error) error {
	if in.gzip {
		return &Error{File: in.name, Reason: fmt.Sprintf("need whole gzip data, have: %v", err), Err: mlgauge.ErrCorrupt}
	}
	return fmt.Errorf("%s: %w", in.name, err)
}

// fill reads until p is full or the input ends, so that a slow pipe does not
// make the parser look at the same record many times.
func (in *input) fill(p []byte) (n int, eof bool, err error) {
	for n < len(p) {
		k, err := in.r.Read(p[n:])
		n += k
		if err == io.EOF {
			return n, true, nil
		}
		if err != nil {
			return n, true, in.broken(err)
		}
	}
	return n, false, nil
}

// seekable tells whether rewind costs nothing.
func (in *input) seekable() bool { return in.file != nil && in.size > 0 }

// keep copies what is read from now on to a temporary file, after seen, the
// bytes read so far: for an input that cannot seek, before rewind.
func (in *input) keep(seen []byte) error {
	f, err := os.CreateTemp("", "mlgauge-*.csv")
	if err != nil {
		return err
	}
	in.temp = f
	if _, err := f.Write(seen); err != nil {
		return err
	}
	in.rest = in.r
	in.r = io.TeeReader(in.r, f)
	return nil
}

// rewind starts again: from the file, or from what was kept, followed by what
// has not been read yet.
func (in *input) rewind() error {
	if in.temp == nil {
		if _, err := in.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return in.start(in.file)
	}
	if _, err := in.temp.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in.r = io.MultiReader(in.temp, in.rest)
	return nil
}

func (in *input) close() error {
	var err error
	if in.file != nil {
		err = in.file.Close()
	}
	if in.temp != nil {
		in.temp.Close()
		if rerr := os.Remove(in.temp.Name()); err == nil {
			err = rerr
		}
		in.temp = nil
	}
	return err
}
