package preprocess

import (
	"encoding/json"
	"fmt"
	"math"
	"sync"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

type functionPair struct{ do, undo func(float64) float64 }

// functions are those that JSON can name.
var functions = struct {
	sync.RWMutex
	byName map[string]functionPair
}{byName: map[string]functionPair{
	"abs":        {do: math.Abs},
	"cbrt":       {math.Cbrt, func(x float64) float64 { return x * x * x }},
	"exp":        {math.Exp, math.Log},
	"expm1":      {math.Expm1, math.Log1p},
	"log":        {math.Log, math.Exp},
	"log1p":      {math.Log1p, math.Expm1},
	"logit":      {func(x float64) float64 { return math.Log(x) - math.Log1p(-x) }, expit},
	"reciprocal": {func(x float64) float64 { return 1 / x }, func(x float64) float64 { return 1 / x }},
	"sqrt":       {math.Sqrt, func(x float64) float64 { return x * x }},
	"square":     {do: func(x float64) float64 { return x * x }},
	"arcsin":     {math.Asin, math.Sin},
}}

func expit(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// RegisterFunction makes a pair of functions known by name, so that a Function
// can be saved as JSON and read where the same name is registered. undo may be
// nil. Known from the start are "abs", "arcsin", "cbrt", "exp", "expm1", "log",
// "log1p", "logit", "reciprocal", "sqrt" and "square". A name that is taken is
// mlgauge.ErrIncompatible; an empty name and a nil do are mlgauge.ErrEmpty.
func RegisterFunction(name string, do, undo func(float64) float64) error {
	const fn = "RegisterFunction"
	if err := check.NotEmpty(fn, "name", len(name)); err != nil {
		return err
	}
	if do == nil {
		return fmt.Errorf("%s: do: need a function, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	functions.Lock()
	defer functions.Unlock()
	if _, ok := functions.byName[name]; ok {
		return fmt.Errorf("%s: name: need a new one, have %q: %w", fn, name, mlgauge.ErrIncompatible)
	}
	functions.byName[name] = functionPair{do, undo}
	return nil
}

// functions returns Do and Undo, or those of Name.
func (f *Function) functions(fn string) (do, undo func(float64) float64, err error) {
	if f.Name == "" || f.Do != nil {
		return f.Do, f.Undo, nil
	}
	functions.RLock()
	p, ok := functions.byName[f.Name]
	functions.RUnlock()
	if !ok {
		return nil, nil, fmt.Errorf("%s: Name: need a registered function, have %q: %w", fn, f.Name, mlgauge.ErrRange)
	}
	return p.do, p.undo, nil
}

type functionJSON struct {
	Name         string `json:"name,omitempty"`
	CheckInverse bool   `json:"check_inverse,omitempty"`
	Columns      int    `json:"columns,omitempty"`
}

// MarshalJSON writes the name and the width. Functions without a name, except
// the identity, cannot be written (mlgauge.ErrIncompatible).
func (f *Function) MarshalJSON() ([]byte, error) {
	const fn = "Function.MarshalJSON"
	if f.Do != nil || f.Undo != nil {
		return nil, fmt.Errorf("%s: need the Name of registered functions in the place of Do and Undo: %w", fn, mlgauge.ErrIncompatible)
	}
	if _, _, err := f.functions(fn); err != nil {
		return nil, err
	}
	return json.Marshal(functionJSON{f.Name, f.CheckInverse, f.Columns})
}

// UnmarshalJSON reads what MarshalJSON wrote; a name that is not registered and
// a negative width are mlgauge.ErrCorrupt, and f stays as it was.
func (f *Function) UnmarshalJSON(data []byte) error {
	const fn = "Function.UnmarshalJSON"
	var v functionJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := Function{Name: v.Name, CheckInverse: v.CheckInverse, Columns: v.Columns}
	if _, _, err := t.functions(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if t.Columns < 0 {
		return jsonfloat.Corrupt(fn, "need columns of at least 0, have %d", t.Columns)
	}
	*f = t
	return nil
}
