package bias

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"github.com/mlgauge/mlgauge/metrics"
)

// A MeasuredFrame is a Frame in which every number has an interval, and the groups a test
// of no difference. Limits are NaN where fewer than half of the resamples have a value.
type MeasuredFrame struct {
	Groups   []string
	Controls []string
	Values   [][]metrics.Interval // [control][group]
	Overall  []metrics.Interval   // per control
	// Difference and Ratio are those of the Frame, [comparison][control].
	Difference, Ratio [2][]metrics.Interval
	// PValue is the permutation test that a metric does not depend on the group, by its
	// difference between groups, per control; NaN where fewer than two groups have a
	// value.
	PValue []float64
}

// Measure returns a rate of every group, overall, and its differences and ratios, all with
// percentile bootstrap intervals from multinomial resamples of the table, and with a
// permutation test of the groups within each control,
//
//	p = (1 + permutations whose difference is at least that seen) / (1 + permutations)
//
// as many as resamples. Permuted tables are drawn from the hypergeometric distribution:
// the cost does not depend on the number of rows. With weights, the rows of a cell are
// taken to weigh alike, and the cells of a permuted table weigh as they do over all
// groups. The interval of a difference between extreme groups is biased upwards, see
// Groups.Interval; the test is not. It returns ErrRange for bad options.
func (g *Groups) Measure(rate Rate, o Bootstrap) (MeasuredFrame, error) {
	o, err := o.resolve("bias.Groups.Measure")
	if err != nil {
		return MeasuredFrame{}, err
	}
	drawn, permuted := make([]Frame, o.Resamples), make([]Frame, o.Resamples)
	g.resample(o, func(i int, r *Groups) { drawn[i] = r.By(rate) })
	p := g.permuter()
	parallel.Each(o.Resamples, func(i int) {
		r := p.draw(rand.New(rand.NewPCG(o.Seed^permutationStream, uint64(i))))
		permuted[i] = r.By(rate)
	})
	return measured(g.By(rate), drawn, permuted, o), nil
}

// permutationStream sets the generators of permutations apart from those of resamples.
const permutationStream = 0x7065726d

// MeasureRows is ByRows with intervals and test: rows that miss neither group nor control
// are drawn with replacement, and their groups permuted within each control. It calls the
// metric on every group twice as often as there are resamples, from several goroutines.
// Errors are those of ByRows, and ErrRange for bad options.
func MeasureRows(group, control Column, metric func(rows []int) (float64, error), o Bootstrap) (MeasuredFrame, error) {
	o, err := o.resolve("bias.MeasureRows")
	if err != nil {
		return MeasuredFrame{}, err
	}
	r, err := newRowsBy("bias.MeasureRows", group, control, metric)
	if err != nil {
		return MeasuredFrame{}, err
	}
	if len(r.rows) == 0 {
		return MeasuredFrame{}, fmt.Errorf("bias.MeasureRows: need a row that misses neither group nor control, have none: %w", mlgauge.ErrEmpty)
	}
	byControl := make([][]int, len(r.control.Values)) // positions in rows
	for i, row := range r.rows {
		c := r.control.Codes[row]
		byControl[c] = append(byControl[c], i)
	}
	drawn, permuted := make([]Frame, o.Resamples), make([]Frame, o.Resamples)
	parallel.Each(o.Resamples, func(i int) {
		rng := rand.New(rand.NewPCG(o.Seed, uint64(i)))
		rows := make([]int, len(r.rows))
		for k := range rows {
			rows[k] = r.rows[rng.IntN(len(r.rows))]
		}
		drawn[i] = r.frame(rows, nil)
		as := slices.Clone(r.rows)
		for _, at := range byControl {
			rng.Shuffle(len(at), func(a, b int) { as[at[a]], as[at[b]] = as[at[b]], as[at[a]] })
		}
		permuted[i] = r.frame(r.rows, as)
	})
	return measured(r.frame(r.rows, nil), drawn, permuted, o), nil
}

// measured puts a frame, its resamples and its permutations together.
func measured(f Frame, drawn, permuted []Frame, o Bootstrap) MeasuredFrame {
	out := MeasuredFrame{Groups: f.Groups, Controls: f.Controls}
	sample := make([]float64, len(drawn))
	interval := func(value float64, of func(f *Frame) float64) metrics.Interval {
		for i := range drawn {
			sample[i] = of(&drawn[i])
		}
		v := metrics.Interval{Value: value, Low: math.NaN(), High: math.NaN(), Level: o.Level}
		if low, high, err := percentile("", sample, o); err == nil && value == value {
			v.Low, v.High = low, high
		}
		return v
	}
	type compared struct{ difference, ratio [2][]float64 }
	compare := func(f *Frame) (c compared) {
		for to := range 2 {
			c.difference[to], c.ratio[to] = f.Difference(Comparison(to)), f.Ratio(Comparison(to))
		}
		return c
	}
	seen, resampled := compare(&f), make(map[*Frame]compared, len(drawn))
	for i := range drawn {
		resampled[&drawn[i]] = compare(&drawn[i])
	}
	for c, row := range f.Values {
		values := make([]metrics.Interval, len(row))
		some := 0
		for g, v := range row {
			values[g] = interval(v, func(f *Frame) float64 { return f.Values[c][g] })
			if v == v {
				some++
			}
		}
		out.Values = append(out.Values, values)
		out.Overall = append(out.Overall, interval(f.Overall[c], func(f *Frame) float64 { return f.Overall[c] }))
		for to := range 2 {
			out.Difference[to] = append(out.Difference[to], interval(seen.difference[to][c], func(f *Frame) float64 { return resampled[f].difference[to][c] }))
			out.Ratio[to] = append(out.Ratio[to], interval(seen.ratio[to][c], func(f *Frame) float64 { return resampled[f].ratio[to][c] }))
		}
		out.PValue = append(out.PValue, permutationP(seen.difference[BetweenGroups][c], permuted, c, some))
	}
	return out
}

// permutationP is the share of permutations that differ at least as much.
func permutationP(seen float64, permuted []Frame, control, groups int) float64 {
	if groups < 2 || seen != seen {
		return math.NaN()
	}
	// Differences that are equal but for rounding count as equal.
	limit := seen - 1e-12*math.Abs(seen)
	k, n := 1, 1
	for i := range permuted {
		d := permuted[i].Difference(BetweenGroups)[control]
		if d != d {
			continue
		}
		n++
		if d >= limit {
			k++
		}
	}
	return float64(k) / float64(n)
}
