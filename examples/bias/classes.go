package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/bias/mitigate"
)

// rows are some loans as a classifier sees them.
type rows struct {
	x *mat.Dense
	y []string
}

// take chooses rows.
func (r rows) take(keep []int) rows {
	_, c := r.x.Dims()
	out := rows{x: mat.NewDense(len(keep), c, nil)}
	for i, k := range keep {
		out.x.SetRow(i, r.x.RawRowView(k))
		out.y = append(out.y, r.y[k])
	}
	return out
}

// recall is the share of each risk in test that the 5 nearest rows of r recognise.
func (r rows) recall(test rows) map[string]float64 {
	right, all := map[string]float64{}, map[string]float64{}
	for i, y := range test.y {
		type near struct {
			d float64
			y string
		}
		var best []near
		for k, is := range r.y {
			var d float64
			for j, v := range r.x.RawRowView(k) {
				d += (v - test.x.At(i, j)) * (v - test.x.At(i, j))
			}
			if len(best) == 5 && d >= best[4].d {
				continue
			}
			at, _ := slices.BinarySearchFunc(best, d, func(n near, d float64) int {
				if n.d <= d {
					return -1
				}
				return 1
			})
			best = slices.Insert(best, at, near{d, is})
			best = best[:min(5, len(best))]
		}
		votes := map[string]int{}
		for _, n := range best {
			votes[n.y]++
		}
		all[y]++
		if votes[y] > len(best)/2 {
			right[y]++
		}
	}
	for y, n := range all {
		right[y] /= n
	}
	return right
}

// codesOf writes categories as numbers.
func codesOf(text []string) []float64 {
	var out []float64
	for _, k := range bias.Labels(text).Codes {
		out = append(out, float64(k))
	}
	return out
}

// standard is a column of mean 0 and deviation 1.
func standard(x []float64) []float64 {
	var mean, square float64
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		square += (v - mean) * (v - mean) / float64(len(x))
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = (v - mean) / math.Sqrt(square)
	}
	return out
}

// classes evens out the risks, three of ten bad, in seven of ten loans, and shows what the
// nearest neighbours then recognise in the others.
func classes(w io.Writer, l *loans) error {
	columns := [][]float64{
		standard(mat.Col(nil, 0, l.money)), standard(mat.Col(nil, 1, l.money)), standard(l.age),
		codesOf(l.account), codesOf(l.housing), codesOf(l.history),
	}
	view := func(from, to int) (train, test rows) {
		for i, y := range l.risk {
			var row []float64
			for _, c := range columns[from:to] {
				row = append(row, c[i])
			}
			part := &train
			if i%10 >= 7 {
				part = &test
			}
			part.y = append(part.y, y)
			if part.x == nil {
				part.x = mat.NewDense(1, len(row), row)
			} else {
				part.x = part.x.Grow(1, 0).(*mat.Dense)
				part.x.SetRow(len(part.y)-1, row)
			}
		}
		return train, test
	}
	type result = mitigate.Resampled[string]
	smote := mitigate.SMOTE[string]{Seed: 1}
	kept := func(rule func(rows) ([]int, error)) func(rows) (rows, error) {
		return func(r rows) (rows, error) {
			keep, err := rule(r)
			return r.take(keep), err
		}
	}
	made := func(sampler func(rows) (result, error)) func(rows) (rows, error) {
		return func(r rows) (rows, error) {
			s, err := sampler(r)
			return rows{s.X, s.Y}, err
		}
	}
	edited := func(o mitigate.EditedNeighbours) func(rows) (rows, error) {
		return kept(func(r rows) ([]int, error) { return mitigate.Edited(r.x, r.y, o) })
	}
	nearMiss := func(version int) func(rows) (rows, error) {
		return kept(func(r rows) ([]int, error) {
			return mitigate.NearMiss(r.x, r.y, nil, mitigate.NearMissOptions{Version: version})
		})
	}
	borderline := func(kind int) func(rows) (rows, error) {
		return made(func(r rows) (result, error) {
			return mitigate.BorderlineSMOTE[string]{SMOTE: smote, Kind: kind}.Resample(r.x, r.y)
		})
	}
	asGiven := func(r rows) (rows, error) { return r, nil }
	for _, part := range []struct {
		title    string
		from, to int
		samplers []sampler
	}{
		{"amount, duration, age", 0, 3, []sampler{
			{"as given", asGiven},
			{"random oversampling", kept(func(r rows) ([]int, error) { return mitigate.Oversample(r.y, nil, 1) })},
			{"random oversampling, smoothed", made(func(r rows) (result, error) {
				return mitigate.OversampleSmoothed(r.x, r.y, nil, 1, 1)
			})},
			{"SMOTE", made(func(r rows) (result, error) { return smote.Resample(r.x, r.y) })},
			{"borderline SMOTE 1", borderline(1)},
			{"borderline SMOTE 2", borderline(2)},
			{"ADASYN", made(func(r rows) (result, error) { return mitigate.ADASYN[string]{SMOTE: smote}.Resample(r.x, r.y) })},
			{"SMOTE, then Tomek links", made(func(r rows) (result, error) { return mitigate.SMOTETomek(r.x, r.y, smote) })},
			{"SMOTE, then edited neighbours", made(func(r rows) (result, error) { return mitigate.SMOTEENN(r.x, r.y, smote) })},
			{"random undersampling", kept(func(r rows) ([]int, error) { return mitigate.Undersample(r.y, nil, false, 1) })},
			{"without Tomek links", kept(func(r rows) ([]int, error) { return mitigate.TomekLinks(r.x, r.y, mitigate.NotMinority) })},
			{"edited neighbours", edited(mitigate.EditedNeighbours{})},
			{"edited neighbours, repeated", edited(mitigate.EditedNeighbours{Rounds: 100})},
			{"all k-NN", edited(mitigate.EditedNeighbours{Growing: true})},
			{"near-miss 1", nearMiss(1)},
			{"near-miss 2", nearMiss(2)},
			{"near-miss 3", nearMiss(3)},
		}},
		{"the same, account and housing", 0, 5, []sampler{
			{"as given", asGiven},
			{"SMOTE-NC", made(func(r rows) (result, error) {
				return mitigate.SMOTENC[string]{SMOTE: smote, Categorical: []int{3, 4}}.Resample(r.x, r.y)
			})},
		}},
		{"account, housing, history", 3, 6, []sampler{
			{"as given", asGiven},
			{"SMOTEN", made(func(r rows) (result, error) { return mitigate.SMOTEN[string]{SMOTE: smote}.Resample(r.x, r.y) })},
		}},
	} {
		train, test := view(part.from, part.to)
		fmt.Fprintf(w, "\nRisks by %s\n  %-36s %6s %6s   %s\n", part.title, "", "good", "bad", "recognised: good  bad")
		for _, s := range part.samplers {
			after, err := s.do(train)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			n := map[string]int{}
			for _, y := range after.y {
				n[y]++
			}
			found := after.recall(test)
			fmt.Fprintf(w, "  %-36s %6d %6d   %16.2f %4.2f\n", s.name, n["good"], n["bad"], found["good"], found["bad"])
		}
	}
	return nil
}

// A sampler makes other training rows.
type sampler struct {
	name string
	do   func(rows) (rows, error)
}
