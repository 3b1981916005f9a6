package quality

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func TestPIIRoundTrip(t *testing.T) {
	var s PIIScan
	require.NoError(t, s.Add(personal(t, 50)))
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	var got PIIScan
	require.NoError(t, got.UnmarshalBinary(b))
	require.Equal(t, s.Findings(), got.Findings())
	require.NoError(t, got.Merge(&s))
	require.Equal(t, 2*s.Findings()[0].Count, got.Findings()[0].Count)

	a := measured(t, salaries(t))
	c, err := a.MarshalBinary()
	require.NoError(t, err)
	var back Anonymity
	require.NoError(t, back.UnmarshalBinary(c))
	require.Equal(t, a, &back)
	for _, data := range [][]byte{nil, b, c, b[:len(b)-1], c[:20]} {
		if len(data) != len(b) {
			require.ErrorIs(t, got.UnmarshalBinary(data), mlgauge.ErrCorrupt)
		}
		if len(data) != len(c) {
			require.ErrorIs(t, back.UnmarshalBinary(data), mlgauge.ErrCorrupt)
		}
	}
	require.Equal(t, a, &back)
}

func FuzzPIIUnmarshal(f *testing.F) {
	var s PIIScan
	if err := s.Add(personal(f, 3)); err != nil {
		f.Fatal(err)
	}
	b, _ := s.MarshalBinary()
	f.Add(b)
	a := &Anonymity{Quasi: []string{"zip"}, Sensitive: []string{"salary"}}
	if err := a.Add(salaries(f)); err != nil {
		f.Fatal(err)
	}
	c, _ := a.MarshalBinary()
	f.Add(c)
	f.Fuzz(func(t *testing.T, data []byte) {
		data = sealed(data)
		var s PIIScan
		if err := s.UnmarshalBinary(data); err == nil {
			s.Findings()
		} else {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
		}
		var a Anonymity
		if err := a.UnmarshalBinary(data); err == nil {
			a.Below(2)
		} else {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
		}
	})
}
