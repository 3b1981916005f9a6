package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mlgauge/mlgauge/table"
)

// twice is a file that is read twice, as text where the format allows.
type twice struct {
	path  string // of what is read
	shown string // as the user said it
	temp  string // folder of a copy of standard input
	o     table.Options
	names []string
}

// openTwice keeps standard input in a temporary file.
func openTwice(path string, stdin io.Reader) (*twice, error) {
	t := &twice{path: path, shown: path}
	if path == "-" {
		if err := t.spool(stdin); err != nil {
			t.close()
			return nil, err
		}
	}
	// In CSV every value is its text, and an empty one is missing.
	t.o.Missing = []string{""}
	r, err := table.Open(t.path, table.Options{Infer: table.InferFirst})
	if err != nil {
		t.close()
		return nil, t.named(err)
	}
	defer r.Close()
	t.o.Types = make(map[string]table.Type)
	for _, f := range r.Fields() {
		if f.Time || !typed(t.path) {
			t.o.Types[f.Name] = table.String
		}
	}
	if typed(t.path) {
		t.o.Missing = nil
	}
	return t, nil
}

// typed tells whether the file says which values are numbers.
func typed(path string) bool {
	base := strings.ToLower(filepath.Base(path))
	if filepath.Ext(base) == ".gz" {
		base = base[:len(base)-3]
	}
	switch filepath.Ext(base) {
	case ".parquet", ".pq", ".jsonl", ".ndjson":
		return true
	}
	return false
}

// spool copies standard input to a file whose name says the format.
func (t *twice) spool(stdin io.Reader) error {
	b := bufio.NewReader(stdin)
	head, _ := b.Peek(4) // an error is met again when copying
	name := "stdin.csv"
	switch {
	case string(head) == "PAR1":
		name = "stdin.parquet"
	case bytes.HasPrefix(head, []byte("{")):
		name = "stdin.jsonl"
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		name = "stdin.csv.gz"
	}
	var err error
	if t.temp, err = os.MkdirTemp("", "mlgauge-*"); err != nil {
		return err
	}
	t.path = filepath.Join(t.temp, name)
	f, err := os.OpenFile(t.path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, b)
	return errors.Join(err, f.Close())
}

// named lets an error about the copy speak of standard input.
func (t *twice) named(err error) error {
	var e *table.Error
	if t.temp != "" && errors.As(err, &e) {
		e.File = t.shown
	}
	return err
}

// each calls do with every batch.
func (t *twice) each(stderr io.Writer, do func(*table.Table) error) error {
	r, err := table.Open(t.path, t.o)
	if err != nil {
		return t.named(err)
	}
	defer r.Close()
	p := newProgress(stderr, r)
	defer p.end()
	for b, err := range r.All() {
		if err != nil {
			return t.named(err)
		}
		if t.names == nil {
			t.names = b.Names()
		}
		if err := do(b); err != nil {
			return err
		}
		p.step()
	}
	return nil
}

func (t *twice) close() {
	if t.temp != "" {
		os.RemoveAll(t.temp)
	}
}
