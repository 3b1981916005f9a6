package experiment

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Scale is the nature of a parameter.
type Scale int

const (
	// Linear: a real number, all of a range alike.
	Linear Scale = iota
	// Log: a real number above 0, all orders of magnitude alike.
	Log
	// Whole: a whole number.
	Whole
	// Category: one of several names, without an order.
	Category
)

// A Dimension is one parameter of a search. Make one with Uniform, LogUniform,
// Int or Choice.
type Dimension struct {
	Name    string    `json:"name"`
	Scale   Scale     `json:"scale"`
	Low     float64   `json:"low"`
	High    float64   `json:"high"`
	Choices []string  `json:"choices,omitempty"`
	Steps   int       `json:"steps,omitempty"`  // points of a grid, ends included; 0 means 5, and all of a Whole range
	Values  []float64 `json:"values,omitempty"` // points of a grid, in the place of Steps
}

// A Space is what is searched. A point of it has one number per dimension: a
// category is the index of its choice.
type Space []Dimension

// Uniform is a real parameter in [low, high].
func Uniform(name string, low, high float64) Dimension {
	return Dimension{Name: name, Low: low, High: high}
}

// LogUniform is a real parameter in [low, high], 0 < low, whose logarithm is
// uniform: for learning rates and penalties.
func LogUniform(name string, low, high float64) Dimension {
	return Dimension{Name: name, Scale: Log, Low: low, High: high}
}

// Int is a whole parameter in [low, high], both included.
func Int(name string, low, high int) Dimension {
	return Dimension{Name: name, Scale: Whole, Low: float64(low), High: float64(high)}
}

// Choice is one of several names.
func Choice(name string, choices ...string) Dimension {
	return Dimension{Name: name, Scale: Category, High: float64(len(choices) - 1), Choices: choices}
}

// check reports an empty space (ErrEmpty), and dimensions that hold nothing or
// not what their scale says (ErrRange, ErrNotFinite).
func (s Space) check(fn string) error {
	if err := check.NotEmpty(fn, "Space", len(s)); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for _, d := range s {
		arg := "Space: " + d.Name
		if d.Name == "" || seen[d.Name] {
			return fmt.Errorf("%s: Space: need distinct names, have %q twice or empty: %w", fn, d.Name, mlgauge.ErrRange)
		}
		seen[d.Name] = true
		if err := first(check.Finite(fn, arg, []float64{d.Low, d.High}), check.Finite(fn, arg, d.Values), check.AtLeast(fn, arg+": Steps", d.Steps, 0)); err != nil {
			return err
		}
		if d.Scale == Category {
			if err := check.NotEmpty(fn, arg, len(d.Choices)); err != nil {
				return err
			}
			if d.Low != 0 || d.High != float64(len(d.Choices)-1) {
				return fmt.Errorf("%s: %s: need Low 0 and High %d for %d choices, have %v and %v: %w", fn, arg, len(d.Choices)-1, len(d.Choices), d.Low, d.High, mlgauge.ErrRange)
			}
		}
		switch {
		case d.Scale < Linear || d.Scale > Category:
			return check.Option(fn, arg, int(d.Scale))
		case d.Low > d.High || math.IsInf(d.High-d.Low, 0):
			return fmt.Errorf("%s: %s: need low <= high, have %v and %v: %w", fn, arg, d.Low, d.High, mlgauge.ErrRange)
		case d.Scale == Log && d.Low <= 0:
			return fmt.Errorf("%s: %s: need low > 0 on a log scale, have %v: %w", fn, arg, d.Low, mlgauge.ErrRange)
		case d.Scale == Whole && (d.Low != math.Trunc(d.Low) || d.High != math.Trunc(d.High) || math.Abs(d.Low)+math.Abs(d.High) > 1<<52):
			return fmt.Errorf("%s: %s: need whole limits, have %v and %v: %w", fn, arg, d.Low, d.High, mlgauge.ErrRange)
		}
		if d.Values != nil && len(d.Values) == 0 {
			return fmt.Errorf("%s: %s: Values: need at least one, or nil for Steps: %w", fn, arg, mlgauge.ErrEmpty)
		}
		for _, v := range d.Values {
			if v < d.Low || v > d.High || (d.Scale >= Whole && v != math.Trunc(v)) {
				return fmt.Errorf("%s: %s: need Values of the scale within [%v, %v], have %v: %w", fn, arg, d.Low, d.High, v, mlgauge.ErrRange)
			}
		}
	}
	return nil
}

// at returns the value at a place u in [0, 1] of the dimension.
func (d *Dimension) at(u float64) float64 {
	switch d.Scale {
	case Log:
		if u == 1 {
			return d.High
		}
		return math.Max(d.Low, math.Min(d.High, d.Low*math.Exp(u*math.Log(d.High/d.Low))))
	case Whole, Category:
		return math.Min(d.High, d.Low+math.Floor(u*(d.High-d.Low+1)))
	}
	return d.Low + float64(u*(d.High-d.Low))
}

// place returns the place in [0, 1] of a value: the middle of its share, for
// whole numbers.
func (d *Dimension) place(v float64) float64 {
	switch {
	case d.Scale >= Whole:
		return (v - d.Low + 0.5) / (d.High - d.Low + 1)
	case d.Low == d.High:
		return 0.5
	case d.Scale == Log:
		return math.Log(v/d.Low) / math.Log(d.High/d.Low)
	}
	return (v - d.Low) / (d.High - d.Low)
}

// grid returns the points of a grid along the dimension.
func (d *Dimension) grid() []float64 {
	if d.Values != nil {
		return d.Values
	}
	steps := d.Steps
	if d.Scale >= Whole && (steps == 0 || float64(steps) > d.High-d.Low || d.Scale == Category) {
		out := make([]float64, 0, int(math.Min(d.High-d.Low, gridLimit))+1)
		for v := d.Low; v <= d.High && len(out) <= gridLimit; v++ {
			out = append(out, v)
		}
		return out
	}
	if steps == 0 {
		steps = 5
	}
	if steps == 1 || d.Low == d.High {
		return []float64{d.at(0.5)}
	}
	out := make([]float64, steps)
	for i := range out {
		u := float64(i) / float64(steps-1)
		if d.Scale == Whole {
			out[i] = math.Round(d.Low + u*(d.High-d.Low))
		} else {
			out[i] = d.at(u)
		}
	}
	return out
}
