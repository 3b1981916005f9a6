package explain

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

// Whatever the rows, the background and the model are: no panic, and an error wraps a
// sentinel or is the model's own.
func TestNastyArguments(t *testing.T) {
	down := errors.New("down")
	nan, inf := math.NaN(), math.Inf(1)
	matrices := map[string]*mat.Dense{
		"nil": nil, "empty": {}, "plain": random(1, 9, 3), "one row": random(2, 1, 3), "one column": random(3, 5, 1), "wide": random(4, 2, 40),
		"constant": mat.NewDense(4, 3, nil), "NaN": mat.NewDense(2, 3, []float64{1, nan, 2, nan, nan, 3}), "Inf": mat.NewDense(3, 3, []float64{1, inf, 2, -inf, 4, 3, 7, 8, 9}),
		"huge": mat.NewDense(3, 3, []float64{1e308, -1e308, 1, -1e308, 1e308, 2, 1e308, 1e308, 3}), "tiny": mat.NewDense(3, 3, []float64{5e-324, 0, 1e-310, 0, 5e-324, 1, 5e-324, 2e-310, 0}),
		"view": random(5, 6, 8).Slice(1, 5, 2, 5).(*mat.Dense),
	}
	models := map[string]Model{
		"nil": nil, "first": of(func(x []float64) float64 { return x[0] }), "sum": of(func(x []float64) float64 {
			s := 0.0
			for _, v := range x {
				s += v
			}
			return s
		}),
		"huge":  of(func(x []float64) float64 { return math.Copysign(math.MaxFloat64, x[0]) }),
		"fails": func([]float64, *mat.Dense) error { return down }, "NaN": of(func([]float64) float64 { return nan }), "same": of(func([]float64) float64 { return 1 }),
		"too few": func(dst []float64, _ *mat.Dense) error { clear(dst[1:]); return nil },
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	for what, m := range models {
		for b, bg := range matrices {
			for r, x := range matrices {
				for _, c := range []context.Context{context.Background(), gone, nil} {
					for how, call := range methods(c, m, bg, x) {
						func() {
							name := fmt.Sprintf("%s of model %q, background %q, rows %q", how, what, b, r)
							defer func() {
								if p := recover(); p != nil {
									t.Errorf("%s: panic: %v", name, p)
								}
							}()
							err := call()
							for _, s := range []error{nil, down, context.Canceled, mlgauge.ErrLength, mlgauge.ErrEmpty, mlgauge.ErrNotFinite, mlgauge.ErrRange,
								mlgauge.ErrUndefined, mlgauge.ErrUnknownCategory, mlgauge.ErrNotConverged} {
								if errors.Is(err, s) {
									return
								}
							}
							t.Errorf("%s: %v wraps no sentinel", name, err)
						}()
					}
				}
			}
		}
	}
}
