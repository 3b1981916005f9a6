package encoding

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

// onCores calls f with one core and with several, and returns what it gave.
func onCores[T any](f func() T) (one, several T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one = f()
	runtime.GOMAXPROCS(3)
	return one, f()
}

// longColumns are columns in which labels are new in different places: all early, one
// after another in runs, late, everywhere; with shared bytes and without.
func longColumns() map[string][]string {
	const n = 300_000
	r := rand.New(rand.NewPCG(5, 5))
	word := func(k int) string { return fmt.Sprint("a label, sometimes a long one "[:4+k%26], k) }
	make := func(key func(i int) int) []string {
		x := make([]string, n)
		for i := range x {
			x[i] = word(key(i))
		}
		return x
	}
	x := map[string][]string{
		"few":    make(func(int) int { return r.IntN(20) }),
		"many":   make(func(int) int { return r.IntN(30_000) }),
		"sorted": make(func(i int) int { return i / 3000 }),
		"late":   make(func(i int) int { return max(0, i-n/2) % 9999 }),
		"all":    make(func(i int) int { return i }),
		"turns":  make(func(i int) int { return i * (i >> 17 & 1) }),
	}
	shared := make(func(i int) int { return 0 })
	few := make(func(i int) int { return i })[:3000]
	for i := range shared {
		shared[i] = few[r.IntN(len(few))]
	}
	x["shared"] = shared
	return x
}

// Codes are those of one pass, whatever the number of cores.
func TestDictionaryOnCores(t *testing.T) {
	for name, labels := range longColumns() {
		index := map[string]int32{labels[7]: Missing}
		want := make([]int32, len(labels))
		for i, s := range labels {
			c, ok := index[s]
			if !ok {
				c = int32(len(index) - 1)
				index[s] = c
			}
			want[i] = c
		}
		var d Dictionary
		one, several := onCores(func() []int32 {
			d = Dictionary{}
			d.setMissing(labels[7:8])
			codes, err := d.Encode(nil, labels)
			require.NoError(t, err)
			return codes
		})
		require.True(t, slices.Equal(want, one), name)
		require.True(t, slices.Equal(want, several), name)
		for k, s := range d.labels {
			if index[s] != int32(k) {
				t.Fatalf("%s: want code %d of %q, got %d", name, index[s], s, k)
			}
		}
		one, several = onCores(func() []int32 { return d.Lookup(nil, labels) })
		require.True(t, slices.Equal(want, one), name)
		require.True(t, slices.Equal(want, several), name)
	}
}

// Encoders give the same bits whatever the number of cores.
func TestEncodersOnCores(t *testing.T) {
	columns := longColumns()
	names := []string{"few", "many", "shared"}
	if testing.Short() {
		names = names[:1]
	}
	for _, name := range names {
		labels := columns[name][:200_000]
		y := make([]float64, len(labels))
		for i := range y {
			y[i] = float64(i*7919%1013) / 3
		}
		coded, err := EncodeColumn(Column{Labels: labels})
		require.NoError(t, err)
		for _, x := range [][]Column{Columns(labels), {coded}, Columns(labels, labels)} {
			one, several := onCores(func() []any {
				var o Ordinal
				require.NoError(t, o.Fit(x))
				places, err := o.Transform(nil, x)
				require.NoError(t, err)
				var h OneHot
				csr, err := h.FitTransformCSR(nil, x)
				require.NoError(t, err)
				h = OneHot{Drop: DropFirst}
				dropped, err := h.FitTransformCSR(nil, x)
				require.NoError(t, err)
				again, err := h.TransformCSR(nil, x)
				require.NoError(t, err)
				require.Equal(t, dropped, again)
				hot, err := h.Places(nil, 0, x[0])
				require.NoError(t, err)
				var g Target
				crossed, err := g.FitTransform(nil, x, y, nil)
				require.NoError(t, err)
				means, err := g.Transform(nil, x)
				require.NoError(t, err)
				weighted, err := new(Target).FitTransformWeighted(nil, x, y, y, nil)
				require.NoError(t, err)
				var l LeaveOneOut
				left, err := l.FitTransform(nil, x, y)
				require.NoError(t, err)
				var c CatBoost
				earlier, err := c.FitTransform(nil, x, y)
				require.NoError(t, err)
				return []any{o.Counts, places, csr, dropped, hot, g.Stats, crossed, means, weighted, l.Stats, left, earlier}
			})
			for i := range one {
				require.True(t, assert.ObjectsAreEqual(one[i], several[i]), "%s %d %T", name, i, one[i])
			}
		}
	}
}

// The error is that of the first row that has one.
func TestFirstErrorOnCores(t *testing.T) {
	labels := longColumns()["few"]
	var o Ordinal
	var h OneHot
	require.NoError(t, o.Fit(Columns(labels)))
	require.NoError(t, h.Fit(Columns(labels)))
	coded, err := EncodeColumn(Column{Labels: labels})
	require.NoError(t, err)
	for _, at := range []int{280_000, 150_001, 150_000} {
		labels[at] = fmt.Sprint("new", at)
		c, err := EncodeColumn(Column{Labels: labels})
		require.NoError(t, err)
		coded.Codes[at] = int32(len(coded.Categories)) + int32(at)
		one, several := onCores(func() []error {
			_, e1 := o.Transform(nil, Columns(labels))
			_, e2 := o.Transform(nil, []Column{c})
			_, e3 := h.TransformCSR(nil, Columns(labels))
			_, e4 := h.TransformCSR(nil, []Column{c})
			_, e5 := h.Places(nil, 0, coded)
			return []error{e1, e2, e3, e4, e5}
		})
		for i := range one {
			require.ErrorContains(t, one[i], fmt.Sprint(at))
			require.EqualError(t, several[i], one[i].Error())
		}
		require.ErrorIs(t, one[0], mlgauge.ErrUnknownCategory)
		require.ErrorIs(t, one[4], mlgauge.ErrRange)
	}
}
