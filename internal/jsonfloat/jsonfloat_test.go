package jsonfloat

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/mlgauge/mlgauge"
)

func TestRoundTrip(t *testing.T) {
	in := Rows{{0, math.Copysign(0, -1), 0.1, math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, math.MaxFloat64}, {}, {1}}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out Rows
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	for i := range in {
		for j := range in[i] {
			if math.Float64bits(in[i][j]) != math.Float64bits(out[i][j]) && !math.IsNaN(in[i][j]) {
				t.Errorf("%v became %v", in[i][j], out[i][j])
			}
		}
	}
	if !math.IsNaN(out[0][3]) {
		t.Errorf("NaN became %v", out[0][3])
	}
}

func TestRefused(t *testing.T) {
	for _, bad := range []string{`["Inf"]`, `[true]`, `[[1]]`, `{}`, `[1e999]`, `["1"]`} {
		var s Slice
		if err := json.Unmarshal([]byte(bad), &s); err == nil {
			t.Errorf("%s was read as %v", bad, s)
		}
	}
	var v struct{ A int }
	if err := Decode("f", []byte(`{"B":1}`), &v); !errors.Is(err, mlgauge.ErrCorrupt) {
		t.Errorf("an unknown field gave %v", err)
	}
}

func TestNil(t *testing.T) {
	b, _ := json.Marshal(Slice(nil))
	s := Slice{1}
	if err := json.Unmarshal(b, &s); err != nil || s != nil {
		t.Errorf("nil became %v, %v", s, err)
	}
}
