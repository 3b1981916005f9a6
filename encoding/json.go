package encoding

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/mlgauge/mlgauge"
)

// Labels is a slice of strings that survives JSON. A string that is not valid UTF-8, which
// JSON cannot hold, is written as {"base64": "..."}, so that nothing is lost.
type Labels []string

type rawText struct {
	Base64 *string `json:"base64"`
}

// MarshalJSON writes an array of strings; a label that is not valid UTF-8 becomes
// {"base64": "..."}.
func (t Labels) MarshalJSON() ([]byte, error) {
	out := make([]any, len(t))
	for i, s := range t {
		if utf8.ValidString(s) {
			out[i] = s
		} else {
			out[i] = rawText{new(base64.StdEncoding.EncodeToString([]byte(s)))}
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes. It returns an error for anything else,
// and then leaves t as it was.
func (t *Labels) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	out := make(Labels, len(raw))
	for i, m := range raw {
		if len(m) > 0 && m[0] == '{' {
			var r rawText
			if err := json.Unmarshal(m, &r); err != nil {
				return err
			}
			if r.Base64 == nil {
				return fmt.Errorf("label %d: need a string or {\"base64\": ...}", i)
			}
			v, err := base64.StdEncoding.DecodeString(*r.Base64)
			if err != nil {
				return err
			}
			out[i] = string(v)
			continue
		}
		if len(m) == 0 || m[0] != '"' {
			return fmt.Errorf("label %d: need a string", i)
		}
		if err := json.Unmarshal(m, &out[i]); err != nil {
			return err
		}
	}
	if len(out) == 0 {
		out = nil
	}
	*t = out
	return nil
}

// numbers is a slice of floats in JSON, with NaN as null and the infinities as
// strings.
type numbers []float64

func (f numbers) MarshalJSON() ([]byte, error) {
	if f == nil {
		return []byte("null"), nil
	}
	var b bytes.Buffer
	b.WriteByte('[')
	for i, v := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		switch {
		case math.IsNaN(v):
			b.WriteString("null")
		case math.IsInf(v, 1):
			b.WriteString(`"+Inf"`)
		case math.IsInf(v, -1):
			b.WriteString(`"-Inf"`)
		default:
			p, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			b.Write(p)
		}
	}
	b.WriteByte(']')
	return b.Bytes(), nil
}

func (f *numbers) UnmarshalJSON(b []byte) error {
	var raw []any
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if raw == nil {
		*f = nil
		return nil
	}
	out := make(numbers, len(raw))
	for i, v := range raw {
		switch v := v.(type) {
		case nil:
			out[i] = math.NaN()
		case float64:
			out[i] = v
		case string:
			switch v {
			case "+Inf":
				out[i] = math.Inf(1)
			case "-Inf":
				out[i] = math.Inf(-1)
			default:
				return fmt.Errorf("number %d: have %.20q", i, v)
			}
		default:
			return fmt.Errorf("number %d: have %T", i, v)
		}
	}
	*f = out
	return nil
}

// decode reads JSON strictly: a field that does not exist is an error, as is
// whatever encoding/json reports; all wrap ErrCorrupt.
func decode(fn string, b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%s: data: need the JSON of this encoder, have %w: %w", fn, err, mlgauge.ErrCorrupt)
	}
	return nil
}

// corrupt turns what a check of decoded fields found into ErrCorrupt.
func corrupt(fn, arg, need string, why any) error {
	return fmt.Errorf("%s: %s: need %s, have %v: %w", fn, arg, need, why, mlgauge.ErrCorrupt)
}
