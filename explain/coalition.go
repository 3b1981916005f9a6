package explain

import (
	"context"
	"fmt"
	"math/bits"

	"gonum.org/v1/gonum/floats"
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
	weight   []float64 // of its rows, sum 1; nil for equal weights
	groups   [][]int   // features of each player
	buf, out []float64 // one batch of rows and their predictions
	base     float64   // v of the empty coalition, on the scale of the link
	calls    int       // rows given to the model

	x    []float64 // the row explained
	fx   float64   // v of all players
	vary []int     // players that differ from x somewhere in the background
	tile []float64 // copies of x, as many as are filled at a time
	at   []int     // scratch: features to write over
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
	c, err := newCaller(ctx, fn, model)
	if err != nil {
		return nil, err
	}
	n, d, err := matrix(fn, "background", background)
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
	g.buf, g.out = make([]float64, size*d), make([]float64, size)
	base := make([]float64, 1)
	g.x = g.data[:d] // no player: any row will do
	if err := g.values(base, make(set, 1), 1); err != nil {
		return nil, err
	}
	g.base = base[0]
	return g, nil
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
	g.tile = g.tile[:0]
	for range min(g.n, max(1, fillElements/g.d)) {
		g.tile = append(g.tile, x...)
	}
	if err := g.predict(g.out[:1], mat.NewDense(1, g.d, x)); err != nil {
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
		for i := j; i < len(g.data); i += g.d {
			if w := g.data[i]; v != w && (v == v || w == w) {
				return true
			}
		}
	}
	return false
}

// values writes into dst the values of the coalitions of sets, which follow one
// another with width words each. All their rows, one for each coalition and row
// of the background, go through one buffer, filled to the end whatever the size
// of the background.
func (g *game) values(dst []float64, sets set, width int) error {
	total := len(dst) * g.n
	size := len(g.out)
	for i := range dst {
		dst[i] = 0
	}
	for lo := 0; lo < total; lo += size {
		hi := min(total, lo+size)
		for at := lo; at < hi; {
			c := at / g.n
			b := at % g.n
			end := min(g.n, b+hi-at)
			g.fill(g.buf[(at-lo)*g.d:(at-lo+end-b)*g.d], b, sets[c*width:(c+1)*width])
			at += end - b
		}
		if err := g.predict(g.out[:hi-lo], mat.NewDense(hi-lo, g.d, g.buf[:(hi-lo)*g.d])); err != nil {
			return err
		}
		g.calls += hi - lo
		for at := lo; at < hi; {
			c := at / g.n
			b := at % g.n
			end := min(g.n, b+hi-at)
			p := g.out[at-lo : at-lo+end-b]
			if g.weight != nil {
				dst[c] += floats.Dot(p, g.weight[b:end])
			} else {
				dst[c] += floats.Sum(p)
			}
			at += end - b
		}
	}
	if g.weight == nil {
		for i := range dst {
			dst[i] /= float64(g.n)
		}
	}
	return g.link.apply(g.fn, dst)
}

// fillElements elements are filled at a time, so that they are still in the first cache
// when columns are written over what was copied.
const fillElements = 1 << 11

// fill writes rows of the background from b on, with the features of s taken from
// the row explained: over a copy of the background, or where s has most of the
// features, the other way round over copies of the row.
func (g *game) fill(dst []float64, b int, s set) {
	size := 0
	for _, word := range s {
		size += bits.OnesCount64(word)
	}
	inside := 2*size <= len(g.vary)
	g.at = g.at[:0]
	for k, p := range g.vary {
		if s[k/64]>>(k%64)&1 == 1 == inside {
			g.at = append(g.at, g.groups[p]...)
		}
	}
	step := max(1, fillElements/g.d) * g.d
	for src := g.data[b*g.d:]; len(dst) > 0; src = src[min(step, len(src)):] {
		part := dst[:min(step, len(dst))]
		dst = dst[len(part):]
		if inside {
			copy(part, src)
			for _, j := range g.at {
				v := g.x[j]
				for i := uint(j); i < uint(len(part)); i += uint(g.d) {
					part[i] = v
				}
			}
			continue
		}
		// The features that do not vary are those of x in the background too.
		copy(part, g.tile)
		from := src[:len(part)]
		for _, j := range g.at {
			for i := uint(j); i < uint(len(part)) && i < uint(len(from)); i += uint(g.d) {
				part[i] = from[i]
			}
		}
	}
}

// explain runs solve for every row and collects the values. solve writes the
// values of the players that vary, at least two of them, and their standard
// errors if stdErr is not nil.
func (g *game) explain(rows *mat.Dense, stdErr bool, solve func(phi, se []float64) error) (*Explanation, error) {
	n, _ := rows.Dims()
	e := &Explanation{Values: mat.NewDense(n, len(g.groups), nil), Base: g.base, Predictions: make([]float64, n)}
	if stdErr {
		e.StdErr = mat.NewDense(n, len(g.groups), nil)
	}
	phi, se := make([]float64, len(g.groups)), make([]float64, len(g.groups))
	for i := range n {
		if err := g.start(rows.RawRowView(i)); err != nil {
			return nil, err
		}
		e.Predictions[i] = g.fx
		m := len(g.vary)
		for k := range m {
			se[k] = 0
		}
		if m == 1 {
			phi[0] = g.fx - g.base
		} else if m > 1 {
			if err := solve(phi[:m], se[:m]); err != nil {
				return nil, err
			}
		}
		for k, p := range g.vary {
			e.Values.Set(i, p, phi[k])
			if stdErr {
				e.StdErr.Set(i, p, se[k])
			}
		}
	}
	e.Evaluations = g.calls
	e.measure()
	return e, nil
}
