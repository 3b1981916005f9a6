// Package golden reads the expected values under testdata/golden in tests. The
// files are JSON made by the scripts beside them; since JSON has no NaN and no
// infinities, the scripts write them as the strings "NaN", "+Inf" and "-Inf".
package golden

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

// Float is a float64 that may also be one of the strings.
type Float float64

// UnmarshalJSON reads a number, or "NaN", "+Inf", "-Inf".
func (f *Float) UnmarshalJSON(b []byte) error {
	if len(b) > 1 && b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	v, err := strconv.ParseFloat(string(b), 64)
	*f = Float(v)
	return err
}

// Floats is a slice of Float.
type Floats []Float

// Values returns the plain numbers.
func (f Floats) Values() []float64 {
	x := make([]float64, len(f))
	for i, v := range f {
		x[i] = float64(v)
	}
	return x
}

// Path returns the path of a file under testdata, whatever package asks.
func Path(name string) string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "testdata", name)
}

// Load reads testdata/golden/name into v and ends the test if it cannot.
func Load(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(Path(filepath.Join("golden", name)))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// Near reports whether got is want to within rel, relative to the larger of
// |want| and 1 ulp around zero (abs below 1e-300 counts as zero). NaN equals
// NaN and an infinity equals itself.
func Near(want, got, rel float64) bool {
	if want == got || (math.IsNaN(want) && math.IsNaN(got)) {
		return true
	}
	return math.Abs(want-got) <= math.Max(rel*math.Max(math.Abs(want), math.Abs(got)), 1e-300)
}

// Equal fails the test unless Near(want, got, rel).
func Equal(t testing.TB, what string, want, got, rel float64) {
	t.Helper()
	if !Near(want, got, rel) {
		t.Errorf("%s: want %v, got %v (difference %g, tolerance %g relative)", what, want, got, got-want, rel)
	}
}

// EqualSlice fails the test unless the slices agree in length and value.
// Values whose magnitude is below scale*rel, where scale is the largest
// magnitude wanted, are held to that absolute bound: they carry the rounding of
// their neighbours.
func EqualSlice(t testing.TB, what string, want, got []float64, rel float64) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%s: want %d values, got %d", what, len(want), len(got))
		return
	}
	var scale float64
	for _, v := range want {
		if a := math.Abs(v); !math.IsInf(a, 0) && a > scale {
			scale = a
		}
	}
	for i := range want {
		if !Near(want[i], got[i], rel) && !(math.Abs(want[i]-got[i]) <= rel*scale) {
			t.Errorf("%s[%d]: want %v, got %v (difference %g, tolerance %g relative)", what, i, want[i], got[i], got[i]-want[i], rel)
			return
		}
	}
}
