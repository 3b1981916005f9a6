package table

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// readDamaged reads what may be a Parquet file both ways. What it allocates in all
// is bounded by a constant and by the size of the file, whatever that says.
func readDamaged(t *testing.T, what string, b []byte) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%s: panic: %v", what, p)
		}
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ReadParquet(bytes.NewReader(b), int64(len(b)), Options{})
	if err != nil {
		requireSentinel(t, err)
	}
	r, err := NewParquet(bytes.NewReader(b), int64(len(b)), Options{BatchRows: 100})
	if err == nil {
		for _, err = range r.All() {
			if err != nil {
				break
			}
		}
	}
	if err != nil {
		requireSentinel(t, err)
	}
	runtime.ReadMemStats(&after)
	if used, most := after.TotalAlloc-before.TotalAlloc, uint64(64<<20+256*len(b)); used > most {
		t.Fatalf("%s: %d bytes were allocated, at most %d are allowed (%v)", what, used, most, err)
	}
}

// damageStride is how far apart the damaged bytes are, of so many that there are.
func damageStride(n int) int {
	if testing.Short() {
		return n/12 + 1
	}
	return n/800 + 1
}

// Bytes all over a file are changed one at a time, and files are cut all over. None of
// it may do worse than an error.
func TestParquetByteByByte(t *testing.T) {
	paths, err := filepath.Glob(parquetFile("*"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for f, path := range paths {
		good, err := os.ReadFile(path)
		require.NoError(t, err)
		name := filepath.Base(path)
		footer := len(good) - parquetTail - int(binary.LittleEndian.Uint32(good[len(good)-parquetTail:]))
		changes := []func(byte) byte{func(c byte) byte { return ^c }, func(c byte) byte { return c + 1 }, func(c byte) byte { return c ^ 0x80 }, func(c byte) byte { return c ^ 0x10 }}
		stride := damageStride(2 * len(good))
		for i := f % stride; i < len(good); i += stride {
			b := bytes.Clone(good)
			b[i] = changes[i/stride%len(changes)](b[i])
			readDamaged(t, fmt.Sprintf("%s, byte %d of %d", name, i, len(good)), b)
		}
		for n := 0; n < len(good); n += stride {
			readDamaged(t, fmt.Sprintf("%s, %d bytes of %d", name, n, len(good)), good[:n])
			// A footer that is whole behind pages that are cut.
			if n > 4 && n < footer {
				readDamaged(t, fmt.Sprintf("%s without bytes %d to %d", name, n, footer), append(bytes.Clone(good[:n]), good[footer:]...))
			}
		}
	}
}

// Counts of the footer and of the page headers are made as large as a number of their
// length can be.
func TestParquetHugeCounts(t *testing.T) {
	paths, err := filepath.Glob(parquetFile("*"))
	require.NoError(t, err)
	for f, path := range paths {
		good, err := os.ReadFile(path)
		require.NoError(t, err)
		stride := damageStride(5 * len(good))
		for i := 4 + f%stride; i+10 < len(good); i += stride {
			for _, n := range []int{1, 2, 3, 4, 8} { // a varint of so many bytes
				b := bytes.Clone(good)
				for k := range n {
					b[i+k] = 0xfe
				}
				b[i+n] = 0x7f
				readDamaged(t, fmt.Sprintf("%s, %d bytes from %d", filepath.Base(path), n, i), b)
			}
		}
	}
}
