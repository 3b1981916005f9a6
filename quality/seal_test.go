package quality

import (
	"encoding"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

// sealed gives bytes the checksum that the codec wants.
func sealed(b []byte) []byte {
	if len(b) < 4 {
		return b
	}
	body := b[: len(b)-4 : len(b)-4]
	return binary.LittleEndian.AppendUint32(body, crc32.ChecksumIEEE(body))
}

// What another version saved is refused by that version's number, with or without
// a checksum that this one would write.
func TestSavedInAnotherVersion(t *testing.T) {
	p := profiled(t, people(t))
	var scan PIIScan
	require.NoError(t, scan.Add(people(t)))
	a := &Anonymity{Quasi: []string{"city"}}
	require.NoError(t, a.Add(people(t)))
	for tag, x := range map[string]interface {
		encoding.BinaryMarshaler
		encoding.BinaryUnmarshaler
	}{profileTag: p, piiTag: &scan, anonymityTag: a} {
		data, err := x.MarshalBinary()
		require.NoError(t, err)
		data[8+len(tag)-1]++
		for _, b := range [][]byte{data, sealed(data)} {
			err = x.UnmarshalBinary(b)
			require.ErrorIs(t, err, mlgauge.ErrCorrupt, tag)
			require.ErrorContains(t, err, "need version 1 of a record", tag)
			require.ErrorContains(t, err, "have version 2", tag)
		}
		data[8+len(tag)-1]--
		again, err := x.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, data, again, tag)
	}
	for _, parse := range []func([]byte) error{
		func(b []byte) error { _, err := ParseStatistics(b); return err },
		func(b []byte) error { _, err := ParseConstraints(b); return err },
		func(b []byte) error { _, err := ParseModelQuality(b); return err },
		func(b []byte) error { _, err := ParseModelConstraints(b); return err },
	} {
		err := parse([]byte(`{"version":1.0,"dataset":[],"features":{},"regression_metrics":[],"regression_constraints":[]}`))
		require.ErrorIs(t, err, mlgauge.ErrCorrupt)
		require.ErrorContains(t, err, "need version 0, have 1")
	}
}
