package explain

import (
	"context"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// game is the game whose players are the features (or groups of them) of one row
// x, and whose value for a coalition S is the mean prediction when the features
// of S are those of x and the others are those of the background:
//
//	v(S) = link(sum_b w_b f(x_S, b_notS))
//
// which is the interventional value: features outside S are drawn without regard
// to those inside.
type game struct {
	caller
	link     Link
	n, d     int       // the background
	data     []float64 // its rows, one after the other
	columns  []float64 // its columns, one after the other
	weight   []float64 // of its rows, sum 1; nil for equal weights
	groups   [][]int   // features of each player
	buf, out []float64 // one batch of rows and their predictions
	base     float64   // v of the empty coalition, on the scale of the link
	calls    int       // rows given to the model

	x     []float64 // the row explained
	fx    float64   // v of all players
	vary  []int     // players that differ from x somewhere in the background
	tile  []float64 // copies of x, as many as are filled at a time
	slots slots     // what the buffer holds
}

// set is a coalition of the players that vary: bit i%64 of word i/64 is player
// vary[i].
type set []uint64

func words(m int) int { return (m + 63) / 64 }

// options are what every way to compute Shapley values has.
type options struct {
	weights   []float64
	link      Link
	groups    [][]int
	batchRows int
}

// newGame checks the arguments and computes the base value.
func newGame(ctx context.Context, fn string, model Model, background, rows *mat.Dense, o options) (*game, error) {
	c, n, d, err := opened(ctx, fn, model, "background", background)
	if err != nil {
		return nil, err
	}
	_, have, err := matrix(fn, "rows", rows)
	if err != nil {
		return nil, err
	}
	if err := check.Length(fn, "rows (columns)", d, have); err != nil {
		return nil, err
	}
	if err := o.link.check(fn); err != nil {
		return nil, err
	}
	groups, err := grouping(fn, o.groups, d)
	if err != nil {
		return nil, err
	}
	size, err := batchRows(fn, o.batchRows, d)
	if err != nil {
		return nil, err
	}
	g := &game{caller: c, link: o.link, n: n, d: d, groups: groups, data: make([]float64, 0, n*d)}
	if o.weights != nil {
		if g.weight, err = weights(fn, o.weights, n); err != nil {
			return nil, err
		}
	}
	for i := range n {
		g.data = append(g.data, background.RawRowView(i)...)
	}
	g.columns = make([]float64, n*d)
	for j := range d {
		for i := range n {
			g.columns[j*n+i] = g.data[i*d+j]
		}
	}
	g.buf, g.out = make([]float64, size*d), make([]float64, size)
	base := make([]float64, 1)
	g.x = g.data[:d] // no player: any row will do
	if err := g.values(base, make(set, 1), 1); err != nil {
		return nil, err
	}
	g.base = base[0]
	last := g.out[:g.slots.rows] // the background, or the last block of it
	g.calls += min(probe, len(last))
	return g, g.again(slices.Clone(last), mat.NewDense(len(last), d, g.buf[:len(last)*d]))
}

// grouping returns one group per feature for nil, or checks that groups is a
// partition of d features.
func grouping(fn string, groups [][]int, d int) ([][]int, error) {
	if groups == nil {
		one := make([]int, d)
		groups = make([][]int, d)
		for j := range d {
			one[j] = j
			groups[j] = one[j : j+1]
		}
		return groups, nil
	}
	seen := make([]bool, d)
	count := 0
	for _, g := range groups {
		if err := check.NotEmpty(fn, "Groups", len(g)); err != nil {
			return nil, err
		}
		for _, j := range g {
			if err := feature(fn, j, d); err != nil {
				return nil, err
			}
			if seen[j] {
				return nil, fmt.Errorf("%s: Groups: need every feature once, have feature %d twice: %w", fn, j, mlgauge.ErrRange)
			}
			seen[j] = true
			count++
		}
	}
	return groups, check.Length(fn, "Groups (features in them)", d, count)
}

// start makes x the row explained: predicts it and finds the players that vary. A
// player whose features are those of x in every row of the background has value
// 0, whatever the model.
func (g *game) start(x []float64) error {
	g.x = x
	g.slots.forget()
	g.tile = g.tile[:0]
	for range min(g.n, max(1, fillElements/g.d)) {
		g.tile = append(g.tile, x...)
	}
	copy(g.buf, x)
	if err := g.predict(g.out[:1], mat.NewDense(1, g.d, g.buf[:g.d])); err != nil {
		return err
	}
	g.calls++
	fx := g.out[:1]
	if err := g.link.apply(g.fn, fx); err != nil {
		return err
	}
	g.fx = fx[0]
	g.vary = g.vary[:0]
	for p, features := range g.groups {
		if g.varies(features) {
			g.vary = append(g.vary, p)
		}
	}
	return nil
}

func (g *game) varies(features []int) bool {
	for _, j := range features {
		v := g.x[j]
		for _, w := range g.columns[j*g.n : (j+1)*g.n] {
			if v != w && (v == v || w == w) {
				return true
			}
		}
	}
	return false
}

// explain runs solve for every row and collects the values. solve writes the
// values of the players that vary, at least two of them, and their standard
// errors. With an error of row i, the explanation of the i rows before it is
// returned, or nil if there are none.
func (g *game) explain(rows *mat.Dense, stdErr bool, solve func(phi, se []float64) error) (*Explanation, error) {
	n, _ := rows.Dims()
	e := &Explanation{Values: mat.NewDense(n, len(g.groups), nil), Base: g.base, Predictions: make([]float64, n)}
	if stdErr {
		e.StdErr = mat.NewDense(n, len(g.groups), nil)
	}
	phi, se := make([]float64, len(g.groups)), make([]float64, len(g.groups))
	done := 0
	var err error
	for ; done < n; done++ {
		if err = g.row(e, done, rows.RawRowView(done), phi, se, solve); err != nil {
			break
		}
	}
	if done == 0 {
		return nil, err
	}
	if done < n {
		e.Predictions = e.Predictions[:done]
		e.Values = e.Values.Slice(0, done, 0, len(g.groups)).(*mat.Dense)
		if stdErr {
			e.StdErr = e.StdErr.Slice(0, done, 0, len(g.groups)).(*mat.Dense)
		}
	}
	e.Evaluations = g.calls
	if wrong := e.measure(g.fn); err == nil {
		err = wrong
	}
	return e, err
}

// row explains one row into row i of e.
func (g *game) row(e *Explanation, i int, x, phi, se []float64, solve func(phi, se []float64) error) error {
	if err := g.start(x); err != nil {
		return err
	}
	e.Predictions[i] = g.fx
	m := len(g.vary)
	clear(se)
	if m == 1 {
		phi[0] = g.fx - g.base
	} else if m > 1 {
		if err := solve(phi[:m], se[:m]); err != nil {
			return err
		}
	}
	for k, p := range g.vary {
		e.Values.Set(i, p, phi[k])
		if e.StdErr != nil {
			e.StdErr.Set(i, p, se[k])
		}
	}
	return nil
}
