package preprocess

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// steps are the transformers that a chain can name in JSON.
var steps = struct {
	sync.RWMutex
	fresh map[string]func() Transformer
	names map[reflect.Type]string
}{fresh: map[string]func() Transformer{}, names: map[reflect.Type]string{}}

func init() {
	for name, fresh := range map[string]func() Transformer{
		"standard":           func() Transformer { return &Standard{} },
		"minmax":             func() Transformer { return &MinMax{} },
		"maxabs":             func() Transformer { return &MaxAbs{} },
		"robust":             func() Transformer { return &Robust{} },
		"normalizer":         func() Transformer { return &Normalizer{} },
		"quantile":           func() Transformer { return &Quantile{} },
		"power":              func() Transformer { return &PowerTransform{} },
		"log1p":              func() Transformer { return &Log1p{} },
		"function":           func() Transformer { return &Function{} },
		"simple":             func() Transformer { return &Simple{} },
		"knn":                func() Transformer { return &KNN{} },
		"iterative":          func() Transformer { return &Iterative{} },
		"fill":               func() Transformer { return &Fill{} },
		"missing_indicator":  func() Transformer { return &MissingIndicator{} },
		"drop_columns":       func() Transformer { return &DropColumns{} },
		"outliers":           func() Transformer { return &Outliers{} },
		"bins":               func() Transformer { return &Bins{} },
		"polynomial":         func() Transformer { return &Polynomial{} },
		"combine":            func() Transformer { return &Combine{} },
		"lags":               func() Transformer { return &Lags{} },
		"windows":            func() Transformer { return &Windows{} },
		"cyclic":             func() Transformer { return &Cyclic{} },
		"splines":            func() Transformer { return &Splines{} },
		"variance_threshold": func() Transformer { return &VarianceThreshold{} },
		"correlation_filter": func() Transformer { return &CorrelationFilter{} },
		"vif_filter":         func() Transformer { return &VIFFilter{} },
		"pca":                func() Transformer { return &PCA{} },
		"incremental_pca":    func() Transformer { return &IncrementalPCA{} },
		"truncated_svd":      func() Transformer { return &TruncatedSVD{} },
		"chain":              func() Transformer { return &Chain{} },
	} {
		if err := RegisterStep(name, fresh); err != nil {
			panic(err)
		}
	}
}

// RegisterStep makes a transformer of your own known to the JSON of a Chain. fresh
// returns a new one; what it returns must read with json.Unmarshal what json.Marshal
// writes of it. Those of this package are registered already. A name or a type that is taken
// is mlgauge.ErrIncompatible, an empty name mlgauge.ErrEmpty.
func RegisterStep(name string, fresh func() Transformer) error {
	const fn = "RegisterStep"
	if err := check.NotEmpty(fn, "name", len(name)); err != nil {
		return err
	}
	var t Transformer
	if fresh != nil {
		t = fresh()
	}
	if t == nil {
		return fmt.Errorf("%s: fresh: need a function that returns a transformer, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	steps.Lock()
	defer steps.Unlock()
	if steps.fresh[name] != nil {
		return fmt.Errorf("%s: name: need a new one, have %q: %w", fn, name, mlgauge.ErrIncompatible)
	}
	if old, ok := steps.names[reflect.TypeOf(t)]; ok {
		return fmt.Errorf("%s: fresh: need a new type, have %T, known as %q: %w", fn, t, old, mlgauge.ErrIncompatible)
	}
	steps.fresh[name], steps.names[reflect.TypeOf(t)] = fresh, name
	return nil
}

type chainJSON struct {
	Steps []stepJSON `json:"steps"`
}

// stepJSON is one step: the name of its type, and what the type itself writes.
type stepJSON struct {
	Type string          `json:"type"`
	Step json.RawMessage `json:"step"`
}

// MarshalJSON writes the steps with the names of their types. A step of a type
// that is not registered (see RegisterStep) is mlgauge.ErrIncompatible.
func (c *Chain) MarshalJSON() ([]byte, error) {
	const fn = "Chain.MarshalJSON"
	v := chainJSON{Steps: make([]stepJSON, len(c.Steps))}
	for k, s := range c.Steps {
		if s == nil {
			return nil, c.check(fn)
		}
		steps.RLock()
		name, ok := steps.names[reflect.TypeOf(s)]
		steps.RUnlock()
		if !ok {
			return nil, fmt.Errorf("%s: step %d: need a registered type, have %T: %w", fn, k, s, mlgauge.ErrIncompatible)
		}
		b, err := json.Marshal(s)
		if err != nil {
			return nil, fmt.Errorf("%s: step %d: %w", fn, k, err)
		}
		v.Steps[k] = stepJSON{name, b}
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON wrote. An unknown type, a step that its
// type refuses, and fitted steps whose widths do not follow from each other are
// mlgauge.ErrCorrupt, and c stays as it was.
func (c *Chain) UnmarshalJSON(data []byte) error {
	const fn = "Chain.UnmarshalJSON"
	var v chainJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	out := make([]Transformer, len(v.Steps))
	for k, s := range v.Steps {
		steps.RLock()
		fresh := steps.fresh[s.Type]
		steps.RUnlock()
		if fresh == nil {
			return jsonfloat.Corrupt(fn, "step %d: need a registered type, have %q", k, s.Type)
		}
		out[k] = fresh()
		if len(s.Step) == 0 || bytes.Equal(bytes.TrimSpace(s.Step), []byte("null")) {
			return jsonfloat.Corrupt(fn, "step %d: need a step, have none", k)
		}
		if err := json.Unmarshal(s.Step, out[k]); err != nil {
			return fmt.Errorf("%s: step %d: %w: %w", fn, k, err, mlgauge.ErrCorrupt)
		}
		if k == 0 {
			continue
		}
		_, have := out[k-1].Widths()
		if need, _ := out[k].Widths(); need != 0 && have != 0 && need != have {
			return jsonfloat.Corrupt(fn, "step %d: need the %d columns that the one before writes, have %d", k, have, need)
		}
	}
	c.Steps = slices.Clip(out)
	return nil
}
