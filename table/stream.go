package table

import (
	"bufio"
	"io"
	"os"
)

// openStream reads from r, in the format that its first bytes show.
func openStream(r io.Reader, o Options) (source, error) {
	b := bufio.NewReader(r)
	// What cannot be read will be met again by the reader of the format.
	head, _ := b.Peek(4)
	switch {
	case string(head) == "PAR1":
		return spoolParquet(b, o)
	case len(head) > 0 && head[0] == '{':
		in, err := newInput("-", b)
		if err != nil {
			return nil, err
		}
		return newJSON(in, o)
	}
	in, err := newInput("-", b)
	if err != nil {
		return nil, err
	}
	return newCSV(in, o)
}

// spoolParquet keeps the stream in a temporary file: the columns are found from
// its end.
func spoolParquet(r io.Reader, o Options) (source, error) {
	f, err := os.CreateTemp("", "mlgauge-*.parquet")
	if err != nil {
		return nil, err
	}
	t := &tempFile{f}
	size, err := io.Copy(f, r)
	if err != nil {
		t.Close()
		return nil, err
	}
	s, err := newParquet("-", f, size, o)
	if err != nil {
		t.Close()
		return nil, err
	}
	s.owned = t
	return s, nil
}

// tempFile is removed when it is closed.
type tempFile struct{ f *os.File }

func (t *tempFile) Close() error {
	err := t.f.Close()
	if rerr := os.Remove(t.f.Name()); err == nil {
		err = rerr
	}
	return err
}
