package worker

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"
)

// Data is where the arrays of one size are. Each is a file of raw little-endian numbers,
// or of lines; the first that asks for it makes it from its recipe, the others read it.
type Data struct {
	Dir string
	N   int
}

// Numbers are the types of the arrays.
type Numbers interface {
	~float64 | ~float32 | ~int64 | ~int32 | ~uint8
}

// Bytes returns a file whole.
func (d *Data) Bytes(name string) []byte {
	return Must(os.ReadFile(d.Path(name)))
}

// Path returns where a file is, after making it if need be.
func (d *Data) Path(name string) string {
	path := filepath.Join(d.Dir, name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	recipe, ok := recipes()[name]
	if !ok {
		panic(fmt.Sprintf("no recipe for %q", name))
	}
	content := recipe(d)
	Check(os.WriteFile(path+".part", content, 0o600))
	Check(os.Rename(path+".part", path))
	return path
}

// Array returns the numbers of a file.
func Array[T Numbers](d *Data, name string) []T {
	raw := d.Bytes(name)
	var t T
	x := make([]T, len(raw)/int(unsafe.Sizeof(t)))
	copy(rawBytes(x), raw)
	return x
}

// F64 returns an array of float64.
func (d *Data) F64(name string) []float64 { return Array[float64](d, name+".f64") }

// F32 returns an array of float32.
func (d *Data) F32(name string) []float32 { return Array[float32](d, name+".f32") }

// I64 returns an array of int64.
func (d *Data) I64(name string) []int64 { return Array[int64](d, name+".i64") }

// U8 returns an array of bytes.
func (d *Data) U8(name string) []uint8 { return Array[uint8](d, name+".u8") }

// Bools returns an array of bytes as truth values.
func (d *Data) Bools(name string) []bool {
	x := d.U8(name)
	b := make([]bool, len(x))
	for i, v := range x {
		b[i] = v != 0
	}
	return b
}

// Lines returns the lines of a file.
func (d *Data) Lines(name string) []string {
	text := strings.TrimSuffix(string(d.Bytes(name+".txt")), "\n")
	return strings.Split(text, "\n")
}

func rawBytes[T Numbers](x []T) []byte {
	if len(x) == 0 {
		return nil
	}
	var t T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(t)))
}
