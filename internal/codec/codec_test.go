package codec

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func record() []byte {
	w := NewWriter("test/1")
	w.Int(-3)
	w.Bool(true)
	w.Float64(math.Inf(-1))
	w.String("a\x00b")
	w.Bytes([]byte{1, 2})
	w.Float64s([]float64{1, math.Copysign(0, -1)})
	w.Uint64s([]uint64{math.MaxUint64})
	w.Ints([]int{4, -5})
	w.Strings([]string{"", "x"})
	return w.Finish()
}

func read(data []byte) error {
	r := NewReader("codec.read", "test/1", data)
	r.Int()
	r.Bool()
	r.Float64()
	_ = r.String()
	r.Bytes()
	r.Float64s()
	r.Uint64s()
	r.Ints()
	r.Strings()
	return r.Close()
}

func TestRoundTrip(t *testing.T) {
	r := NewReader("codec.read", "test/1", record())
	require.Equal(t, -3, r.Int())
	require.True(t, r.Bool())
	require.True(t, math.IsInf(r.Float64(), -1))
	require.Equal(t, "a\x00b", r.String())
	require.Equal(t, []byte{1, 2}, r.Bytes())
	x := r.Float64s()
	require.True(t, len(x) == 2 && x[0] == 1 && math.Signbit(x[1]))
	require.Equal(t, []uint64{math.MaxUint64}, r.Uint64s())
	require.Equal(t, []int{4, -5}, r.Ints())
	require.Equal(t, []string{"", "x"}, r.Strings())
	require.NoError(t, r.Close())
}

func TestDamageIsSeen(t *testing.T) {
	good := record()
	for n := range good {
		require.ErrorIs(t, read(good[:n]), mlgauge.ErrCorrupt, "cut to %d bytes", n)
	}
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 0x10
		require.ErrorIs(t, read(bad), mlgauge.ErrCorrupt, "byte %d flipped", i)
	}
	r := NewReader("codec.read", "test/2", good)
	require.ErrorIs(t, r.Close(), mlgauge.ErrCorrupt)
	r = NewReader("codec.read", "test/1", good)
	require.ErrorIs(t, r.Close(), mlgauge.ErrCorrupt, "fields left over")
}

// A record of another version says which it is and which is read, whether or not
// its checksum is one that this version would write.
func TestOtherVersionIsNamed(t *testing.T) {
	for _, c := range []struct{ tag, says string }{
		{"test/2", `need version 1 of a record "test", have version 2`},
		{"test/12", `have version 12`},
		{"test/999999999", `have version 999999999`},
		{"test/1234567890", `need a record "test/1", have "test/1234567890"`},
		{"test/x", `need a record "test/1", have "test/x"`},
		{"test/", `need a record "test/1", have "test/"`},
		{"tests/2", `need a record "test/1", have "tests/2"`},
	} {
		w := NewWriter(c.tag)
		w.String("something else altogether")
		whole := w.Finish()
		err := read(whole)
		require.ErrorIs(t, err, mlgauge.ErrCorrupt)
		require.ErrorContains(t, err, "codec.read: ")
		require.ErrorContains(t, err, c.says)
		require.NotContains(t, err.Error(), "checksum")
		damaged := append([]byte(nil), whole...)
		damaged[len(damaged)-1]++
		err = read(damaged)
		require.ErrorIs(t, err, mlgauge.ErrCorrupt)
		require.ErrorContains(t, err, "checksum")
		if c.tag == "test/2" {
			require.ErrorContains(t, err, c.says+", with a checksum that does not hold")
		}
	}
	// A length that the bytes do not have names nothing.
	w := NewWriter("test/2")
	short := w.Finish()
	short[0] = 200
	require.ErrorContains(t, read(short), "checksum")
}

func TestAbsurdCountAllocatesNothing(t *testing.T) {
	w := NewWriter("test/1")
	w.Uint64(1 << 50)
	data := w.Finish()
	r := NewReader("codec.read", "test/1", data)
	require.Nil(t, r.Float64s())
	require.ErrorIs(t, r.Close(), mlgauge.ErrCorrupt)
}

func FuzzRead(f *testing.F) {
	good := record()
	f.Add(good)
	f.Add(good[:20])
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := read(data); err != nil && !errors.Is(err, mlgauge.ErrCorrupt) {
			t.Fatal(err)
		}
	})
}
