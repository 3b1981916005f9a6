package bias

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"strings"
	"unsafe"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// A Column is one categorical column of a batch: a code per row and the value
// that each code stands for. Code -1 is missing. The zero Column is absent.
type Column struct {
	Codes  []int32
	Values []string
}

// Missing is the code of a missing value.
const Missing int32 = -1

// Labels returns a column of any ordered type; each distinct value is named by
// fmt.Sprint. NaN is missing. Values are in order of first appearance.
func Labels[T cmp.Ordered](x []T) Column {
	c := Column{Codes: make([]int32, len(x))}
	var values []T
	switch t := reflect.TypeFor[T](); t.Kind() {
	case reflect.String:
		values = code[T](c.Codes, x, codeStrings)
	case reflect.Float32, reflect.Float64:
		values = codeAny(c.Codes, x)
	default:
		switch t.Size() {
		case 8:
			values = code[T](c.Codes, x, codeIntegers[uint64])
		case 4:
			values = code[T](c.Codes, x, codeIntegers[uint32])
		case 2:
			values = code[T](c.Codes, x, codeIntegers[uint16])
		default:
			values = code[T](c.Codes, x, codeIntegers[uint8])
		}
	}
	for _, v := range values {
		c.Values = append(c.Values, fmt.Sprint(v))
	}
	return c
}

// code calls do with labels as the type beneath theirs, which has the same size and
// kind of equality, and returns the values that it found as labels.
func code[T cmp.Ordered, U any](codes []int32, x []T, do func(codes []int32, x []U) []U) []T {
	values := do(codes, unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(x))), len(x)))
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(values))), len(values))
}

func codeIntegers[U kernel.Integer](codes []int32, x []U) []U {
	var c kernel.Codes[U]
	c.Encode(codes, x)
	return c.Values
}

// codeStrings leaves to codeAny only more labels than a dictionary holds.
func codeStrings(codes []int32, x []string) []string {
	var d encoding.Dictionary
	if _, err := d.Encode(codes, x); err != nil {
		return codeAny(codes, x)
	}
	return d.Labels()
}

// codeAny codes any type, NaN as missing.
func codeAny[T cmp.Ordered](codes []int32, x []T) (values []T) {
	seen := make(map[T]int32)
	for i, v := range x {
		if v != v {
			codes[i] = Missing
			continue
		}
		k, ok := seen[v]
		if !ok {
			k = int32(len(values))
			seen[v] = k
			values = append(values, v)
		}
		codes[i] = k
	}
	return values
}

// Bools returns a column with the values "false" and "true".
func Bools(x []bool) Column {
	c := Column{Codes: make([]int32, len(x)), Values: []string{"false", "true"}}
	for i, v := range x {
		if v {
			c.Codes[i] = 1
		}
	}
	return c
}

// Coded returns a column whose codes index values, as a dictionary-encoded
// column holds them; code Missing is missing. It returns ErrRange for any other code
// that has no value. The slices are kept, not copied.
func Coded(codes []int32, values []string) (Column, error) {
	c := Column{Codes: codes, Values: values}
	if err := codesIn("bias.Coded", "codes", c); err != nil {
		return Column{}, err
	}
	return c, nil
}

// codesIn returns ErrRange unless every code of a column has a value or is Missing.
func codesIn(fn, arg string, c Column) error {
	last := int32(len(c.Values)) - 1
	wrong := int32(0)
	for _, k := range c.Codes {
		wrong |= (k + 1) | (last - k) // negative if k < -1 or k > last
	}
	if wrong >= 0 {
		return nil
	}
	for i, k := range c.Codes {
		if k < Missing || int(k) >= len(c.Values) {
			return fmt.Errorf("%s: %s: need codes from -1 to %d, have %d at index %d: %w", fn, arg, len(c.Values)-1, k, i, mlgauge.ErrRange)
		}
	}
	return nil
}

// Above cuts a continuous column at a threshold t, as Clarify does with one
// threshold: values in (t, max] get the name "(t, max]" and all others,
// including NaN, the name "other". Since max is that of the data, it is not part
// of the name: the result is named "above" and "other", so that batches merge.
func Above(x []float64, t float64) Column {
	c := Column{Codes: make([]int32, len(x)), Values: []string{"other", "above"}}
	for i, v := range x {
		if v > t {
			c.Codes[i] = 1
		}
	}
	return c
}

// Cut cuts a continuous column into the intervals between ascending edges, each
// open on the left and closed on the right, named "(lo, hi]"; the outermost are
// unbounded. NaN is missing. It returns ErrRange unless the edges ascend
// strictly and ErrEmpty if there are none.
func Cut(x []float64, edges ...float64) (Column, error) {
	const fn = "bias.Cut"
	if err := check.NotEmpty(fn, "edges", len(edges)); err != nil {
		return Column{}, err
	}
	lo := math.Inf(-1)
	c := Column{Codes: make([]int32, len(x))}
	for _, e := range edges {
		if !(e > lo) || math.IsInf(e, 1) {
			return Column{}, fmt.Errorf("%s: edges: need finite edges that ascend strictly, have %v: %w", fn, edges, mlgauge.ErrRange)
		}
		c.Values = append(c.Values, fmt.Sprintf("(%v, %v]", lo, e))
		lo = e
	}
	c.Values = append(c.Values, fmt.Sprintf("(%v, +Inf]", lo))
	for i, v := range x {
		if v != v {
			c.Codes[i] = Missing
			continue
		}
		for int(c.Codes[i]) < len(edges) && v > edges[c.Codes[i]] {
			c.Codes[i]++
		}
	}
	return c, nil
}

// Intersect returns the column of all combinations that occur, named by joining
// the values with " & ". A row that is missing in any part is missing. It
// returns ErrEmpty without columns and ErrLength where they differ in length.
func Intersect(columns ...Column) (Column, error) {
	const fn = "bias.Intersect"
	if err := check.NotEmpty(fn, "columns", len(columns)); err != nil {
		return Column{}, err
	}
	n := len(columns[0].Codes)
	for _, c := range columns[1:] {
		if err := check.Length(fn, "columns", n, len(c.Codes)); err != nil {
			return Column{}, err
		}
	}
	out := columns[0]
	for _, right := range columns[1:] {
		type pair struct{ a, b int32 }
		seen := make(map[pair]int32)
		next := Column{Codes: make([]int32, n)}
		for i := range n {
			p := pair{out.Codes[i], right.Codes[i]}
			if p.a < 0 || p.b < 0 {
				next.Codes[i] = Missing
				continue
			}
			k, ok := seen[p]
			if !ok {
				k = int32(len(next.Values))
				seen[p] = k
				next.Values = append(next.Values, strings.Join([]string{out.Values[p.a], right.Values[p.b]}, " & "))
			}
			next.Codes[i] = k
		}
		out = next
	}
	return out, nil
}
