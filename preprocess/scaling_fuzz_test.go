package preprocess

import (
	"encoding"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/mlgauge/mlgauge"
	"gonum.org/v1/gonum/mat"
)

// FuzzJSON reads any JSON into every transformer: it is refused as corrupt, or
// what was read works on a row of its width without a panic.
func FuzzJSON(f *testing.F) {
	x := positives(8, 30, 2, .1)
	for _, s := range transformers() {
		if err := s.Fit(x); err == nil {
			b, _ := json.Marshal(s)
			f.Add(b)
		}
	}
	f.Add([]byte(`{"scale":[null],"mean":[1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, s := range transformers() {
			u, ok := s.(json.Unmarshaler)
			if !ok {
				continue
			}
			if err := u.UnmarshalJSON(data); err != nil {
				if !errors.Is(err, mlgauge.ErrCorrupt) {
					t.Fatalf("%s: %v", name, err)
				}
				continue
			}
			in, out := s.Widths()
			if in == 0 || in > 1000 || out > 1000 {
				continue
			}
			row := fill(in, 1)
			row[0] = nan
			_ = s.TransformRow(make([]float64, out), row)
			if v, ok := s.(Inverter); ok {
				_, _ = v.Inverse(nil, mat.NewDense(1, out, nil))
			}
		}
		var forest IsolationForest
		if forest.UnmarshalJSON(data) == nil && forest.Columns > 0 && forest.Columns < 1000 {
			_, _ = forest.ScoreRow(make([]float64, forest.Columns))
		}
	})
}

// FuzzBinary does the same with the binary form.
func FuzzBinary(f *testing.F) {
	x := positives(8, 30, 2, .1)
	for _, s := range transformers() {
		if m, ok := s.(encoding.BinaryMarshaler); ok && s.Fit(x) == nil {
			b, _ := m.MarshalBinary()
			f.Add(b[:len(b)-4]) // the checksum is put back below, to get past it
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = binary.LittleEndian.AppendUint32(slices.Clip(data), crc32.ChecksumIEEE(data))
		for name, s := range transformers() {
			u, ok := s.(encoding.BinaryUnmarshaler)
			if !ok {
				continue
			}
			if err := u.UnmarshalBinary(data); err != nil {
				if !errors.Is(err, mlgauge.ErrCorrupt) {
					t.Fatalf("%s: %v", name, err)
				}
				continue
			}
			if in, out := s.Widths(); in > 0 && in < 1000 && out < 1000 {
				_ = s.TransformRow(make([]float64, out), fill(in, 1))
				_ = s.(PartialFitter).PartialFit(mat.NewDense(1, in, nil))
			}
		}
	})
}
