package bias

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/metrics"
)

func TestAgainstFairlearn(t *testing.T) {
	var file struct {
		Cases []struct {
			Group, Control, Y, P []int
			W                    []float64
			Expect               map[string]*golden.Float
			Frames               map[string]struct {
				Values                                         []golden.Floats
				Overall, Difference, Difference_Overall, Ratio golden.Floats
			}
		}
	}
	golden.Load(t, "bias/fairness.json", &file)
	compared := 0
	for i, c := range file.Cases {
		for _, name := range []string{"", " weighted"} {
			b := Batch{Facet: Labels(c.Group), Label: Labels(c.Y), Prediction: Labels(c.P)}
			if name != "" {
				b.Weights = c.W
			}
			var counts Counts
			require.NoError(t, counts.Add(b))
			g, err := counts.Groups("1")
			require.NoError(t, err)
			check := func(key string, got float64, err error) {
				t.Helper()
				want := c.Expect[key+name]
				what := fmt.Sprintf("case %d %s%s", i, key, name)
				if want == nil || math.IsNaN(float64(*want)) {
					require.Error(t, err, what)
					return
				}
				require.NoError(t, err, what)
				compared++
				if math.Abs(got-float64(*want)) > 1e-15 {
					golden.Equal(t, what, float64(*want), got, 1e-12)
				}
			}
			for how, to := range map[string]Comparison{"between_groups": BetweenGroups, "to_overall": ToOverall} {
				v, err := g.Difference(SelectionRate, to)
				check("dpd "+how, v, err)
				v, err = g.Ratio(SelectionRate, to)
				check("dpr "+how, v, err)
				v, err = g.Difference(TPR, to)
				check("eod "+how, v, err)
				v, err = g.Ratio(TPR, to)
				check("eor "+how, v, err)
			}
			v, err := g.EqualizedOddsDifference(Worst, BetweenGroups)
			check("eqd worst_case", v, err)
			v, err = g.EqualizedOddsDifference(Mean, BetweenGroups)
			check("eqd mean", v, err)
			v, err = g.EqualizedOddsRatio(Worst, BetweenGroups)
			check("eqr worst_case", v, err)
			v, err = g.EqualizedOddsRatio(Mean, BetweenGroups)
			check("eqr mean", v, err)
			dp, err := g.DemographicParityDifference()
			check("dpd between_groups", dp, err)
			dp, err = g.DemographicParityRatio()
			check("dpr between_groups", dp, err)
		}
		control, group := Labels(c.Control), Labels(c.Group)
		var counts Counts
		require.NoError(t, counts.Add(Batch{Facet: group, Label: Labels(c.Y), Prediction: Labels(c.P), Stratum: control}))
		g, err := counts.Groups("1")
		require.NoError(t, err)
		for name, rate := range map[string]Rate{"accuracy": metrics.Binary.Accuracy, "selection": SelectionRate, "tpr": TPR, "fpr": FPR} {
			want := c.Frames[name]
			f := g.By(rate)
			rows, err := ByRows(group, control, func(rows []int) (float64, error) {
				var b metrics.Binary
				for _, r := range rows {
					if err := b.Add([]bool{c.Y[r] == 1}, []bool{c.P[r] == 1}); err != nil {
						return 0, err
					}
				}
				return rate(b)
			})
			require.NoError(t, err)
			for ci, cname := range f.Controls {
				for gi, gname := range f.Groups {
					w := want.Values[int(cname[0]-'0')][int(gname[0]-'0')]
					golden.Equal(t, fmt.Sprintf("case %d %s %s %s", i, name, cname, gname), float64(w), f.Values[ci][gi], 1e-12)
					golden.Equal(t, "by rows", float64(w), rows.Values[ci][gi], 1e-12)
					compared++
				}
				if want.Overall != nil {
					k := int(cname[0] - '0')
					golden.Equal(t, name+" overall", float64(want.Overall[k]), f.Overall[ci], 1e-12)
					require.InDelta(t, float64(want.Difference[k]), f.Difference(BetweenGroups)[ci], 1e-12)
					require.InDelta(t, float64(want.Difference_Overall[k]), f.Difference(ToOverall)[ci], 1e-12)
					golden.Equal(t, name+" ratio", float64(want.Ratio[k]), f.Ratio(BetweenGroups)[ci], 1e-12)
				}
			}
		}
	}
	require.Greater(t, compared, 700)
}

func TestAgainstAIF360(t *testing.T) {
	var file struct {
		Cases []struct {
			G, Y, P []int
			X       []golden.Floats
			Expect  map[string]*golden.Float
		}
	}
	golden.Load(t, "bias/aif360.json", &file)
	compared := 0
	for i, c := range file.Cases {
		var counts Counts
		require.NoError(t, counts.Add(Batch{Facet: Labels(c.G), Label: Labels(c.Y), Prediction: Labels(c.P)}))
		f, err := counts.Facet([]string{"0"}, []string{"1"})
		require.NoError(t, err)
		g, err := counts.Groups("1")
		require.NoError(t, err)
		x, y := mat.NewDense(len(c.X), 3, nil), make([]float64, len(c.X))
		for r, row := range c.X {
			x.SetRow(r, append(row.Values(), float64(c.G[r])))
			y[r] = float64(c.P[r])
		}
		for name, get := range map[string]func() (float64, error){
			"average_odds":       f.AverageOddsDifference,
			"average_abs_odds":   f.AverageAbsOddsDifference,
			"theil":              f.Theil,
			"cv":                 f.CoefficientOfVariation,
			"ge0":                func() (float64, error) { return f.GE(3) },
			"differential":       func() (float64, error) { return g.DifferentialFairness(1) },
			"between2":           func() (float64, error) { return g.BetweenGroupEntropy(2) },
			"between_theil":      func() (float64, error) { return g.BetweenGroupEntropy(1) },
			"amplification":      func() (float64, error) { return g.BiasAmplification(1) },
			"statistical_parity": func() (float64, error) { v, err := f.DPPL(); return -v, err },
			"consistency":        func() (float64, error) { return Consistency(x, y, 0) },
		} {
			want := c.Expect[name]
			if want == nil {
				continue
			}
			compared++
			got, err := get()
			require.NoError(t, err)
			if math.Abs(got-float64(*want)) > 1e-15 {
				golden.Equal(t, fmt.Sprintf("case %d %s", i, name), float64(*want), got, 1e-12)
			}
		}
	}
	require.Greater(t, compared, 120)
}

func TestGroupsMoreByHand(t *testing.T) {
	v, err := GeneralizedEntropy([]float64{1, 2, 3}, 2)
	require.NoError(t, err)
	require.InDelta(t, (0.25+1+2.25-3)/6, v, 1e-15)

	e, err := Exposure(Labels([]string{"a", "b", "a", "b"}), []float64{4, 3, 2, 1})
	require.NoError(t, err)
	total := 1 + 1/math.Log2(3) + 0.5 + 1/math.Log2(5)
	require.InDelta(t, 1.5/total*2, e["a"], 1e-14)
	e, err = Exposure(Labels([]string{"a", "b"}), []float64{1, 1})
	require.NoError(t, err)
	require.Equal(t, map[string]float64{"a": 1, "b": 1}, e, "ties share")

	var c Counts
	require.NoError(t, c.Add(Batch{Facet: Labels([]string{"a", "a", "b", "b"}), Label: Labels([]string{"x", "y", "z", "z"})}))
	m, err := c.MulticlassParity()
	require.NoError(t, err)
	require.Equal(t, map[string]float64{"x": .5, "y": .5, "z": 1}, m)

	cal, err := CalibrationByGroup(Labels([]string{"a", "b", "a"}), []bool{true, false, false}, []float64{.9, .2, .1}, 10)
	require.NoError(t, err)
	require.Equal(t, 2, cal["a"].Rows())
}

// Under equal rates the homogeneity test rejects at its level.
func TestHomogeneityLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	rejected := 0
	for range 400 {
		facet, label := make([]int, 300), make([]bool, 300)
		for i := range facet {
			facet[i], label[i] = rng.IntN(3), rng.IntN(3) == 0
		}
		var c Counts
		require.NoError(t, c.Add(Batch{Facet: Labels(facet), Label: Bools(label)}))
		g, err := c.Groups("true")
		require.NoError(t, err)
		_, df, p, err := g.Homogeneity(Selected, Everyone)
		require.NoError(t, err)
		require.Equal(t, 2.0, df)
		if p < 0.05 {
			rejected++
		}
	}
	// Binomial(400, 0.05): 20 +- 4.4; more than 38 has probability under 1e-4.
	require.Less(t, rejected, 38)
	require.Greater(t, rejected, 5)
}

func TestGroupsInterval(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, weighted := range []bool{false, true} {
		b := Batch{Facet: Column{Values: []string{"a", "b", "c"}}, Label: Column{Values: []string{"0", "1"}}, Prediction: Column{Values: []string{"0", "1"}}}
		for i := range 900 {
			g := int32(i % 3)
			b.Facet.Codes = append(b.Facet.Codes, g)
			b.Label.Codes = append(b.Label.Codes, rng.Int32N(2))
			p := int32(0)
			if rng.Float64() < 0.3+0.2*float64(g) {
				p = 1
			}
			b.Prediction.Codes = append(b.Prediction.Codes, p)
			if weighted {
				b.Weights = append(b.Weights, 0.5)
			}
		}
		var c Counts
		require.NoError(t, c.Add(b))
		g, err := c.Groups("1")
		require.NoError(t, err)
		iv, err := g.Interval((*Groups).DemographicParityDifference, Bootstrap{Level: 0.99})
		require.NoError(t, err)
		require.Less(t, iv.Low, 0.4)
		require.Greater(t, iv.High, 0.4)
		require.Less(t, iv.High-iv.Low, 0.35)
		again, err := g.Interval((*Groups).DemographicParityDifference, Bootstrap{Level: 0.99})
		require.NoError(t, err)
		require.Equal(t, iv, again)
	}
}

func TestFairnessBadInput(t *testing.T) {
	var c, one Counts
	require.NoError(t, c.Add(small()))
	require.NoError(t, one.Add(Batch{Facet: Labels([]int{1, 1}), Label: Labels([]int{0, 0})}))
	single, err := one.Groups("0")
	require.NoError(t, err)
	g, err := c.Groups("1")
	require.NoError(t, err)
	num := func(_ float64, err error) error { return err }
	_, none := new(Counts).Groups("1")
	_, nothing := c.Groups()
	_, unseen := c.Groups("9")
	_, rows := ByRows(Column{}, Column{}, nil)
	_, lengths := ByRows(Labels([]int{1}), Labels([]int{1, 2}), nil)
	_, exposure := Exposure(Labels([]int{1}), []float64{math.NaN()})
	_, parity := new(Counts).MulticlassParity()
	_, cal := CalibrationByGroup(Labels([]int{1}), []bool{true}, []float64{2}, 10)
	_, _, _, homogeneity := single.Homogeneity(Selected, Everyone)
	_, level := g.Interval((*Groups).DemographicParityDifference, Bootstrap{Level: 1})
	nobody, err := c.Groups("1")
	require.NoError(t, err)
	nobody.tables = [][]metrics.Binary{{{TN: 3}, {TN: 2}}}
	for name, c := range map[string]struct{ err, want error }{
		"empty table":      {none, mlgauge.ErrEmpty},
		"no positive":      {nothing, mlgauge.ErrEmpty},
		"positive unseen":  {unseen, mlgauge.ErrUnknownCategory},
		"rows":             {rows, mlgauge.ErrEmpty},
		"row lengths":      {lengths, mlgauge.ErrLength},
		"aggregate":        {num(g.EqualizedOddsDifference(7, BetweenGroups)), mlgauge.ErrRange},
		"nobody selected":  {num(nobody.DemographicParityRatio()), mlgauge.ErrUndefined},
		"differential one": {num(single.DifferentialFairness(1)), mlgauge.ErrUndefined},
		"concentration":    {num(g.DifferentialFairness(-1)), mlgauge.ErrRange},
		"homogeneity":      {homogeneity, mlgauge.ErrUndefined},
		"level":            {level, mlgauge.ErrRange},
		"GE empty":         {num(GeneralizedEntropy(nil, 2)), mlgauge.ErrEmpty},
		"GE negative":      {num(GeneralizedEntropy([]float64{-1}, 2)), mlgauge.ErrRange},
		"GE zero":          {num(GeneralizedEntropy([]float64{0, 0}, 2)), mlgauge.ErrUndefined},
		"GE alpha":         {num(GeneralizedEntropy([]float64{1}, math.Inf(1))), mlgauge.ErrRange},
		"consistency k":    {num(Consistency(mat.NewDense(2, 1, nil), []float64{1, 2}, 3)), mlgauge.ErrRange},
		"consistency y":    {num(Consistency(mat.NewDense(2, 1, nil), []float64{1}, 1)), mlgauge.ErrLength},
		"consistency NaN":  {num(Consistency(mat.NewDense(1, 1, []float64{math.NaN()}), []float64{1}, 1)), mlgauge.ErrNotFinite},
		"exposure":         {exposure, mlgauge.ErrNotFinite},
		"parity":           {parity, mlgauge.ErrEmpty},
		"calibration":      {cal, mlgauge.ErrRange},
	} {
		require.ErrorIs(t, c.err, c.want, name)
	}
}

func BenchmarkGroups(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	const n = 1_000_000
	facet, label, pred := make([]int64, n), make([]int64, n), make([]int64, n)
	for i := range n {
		facet[i], label[i], pred[i] = rng.Int64N(10), rng.Int64N(2), rng.Int64N(2)
	}
	b.ReportAllocs()
	for b.Loop() {
		var c Counts
		if err := c.Add(Batch{Facet: Labels(facet), Label: Labels(label), Prediction: Labels(pred)}); err != nil {
			b.Fatal(err)
		}
		g, err := c.Groups("1")
		if err != nil {
			b.Fatal(err)
		}
		for _, rate := range []Rate{metrics.Binary.Accuracy, SelectionRate, TPR, FPR} {
			g.By(rate).Difference(BetweenGroups)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}

// To overall, by Fairlearn 0.15: rates of groups against those of all rows.
func TestEqualizedOddsToOverall(t *testing.T) {
	var c Counts
	require.NoError(t, c.Add(Batch{
		Facet:      Labels([]string{"a", "a", "a", "a", "b", "b", "b", "b"}),
		Label:      Labels([]int{1, 1, 0, 0, 1, 1, 0, 0}),
		Prediction: Labels([]int{1, 1, 1, 0, 1, 0, 0, 0}),
	}))
	g, err := c.Groups("1")
	require.NoError(t, err)
	for _, x := range []struct {
		how         Aggregate
		diff, ratio float64
	}{{Worst, 0.25, 0}, {Mean, 0.25, (0.5/0.75 + 0) / 2}} {
		v, err := g.EqualizedOddsDifference(x.how, ToOverall)
		require.NoError(t, err)
		require.InDelta(t, x.diff, v, 1e-15)
		v, err = g.EqualizedOddsRatio(x.how, ToOverall)
		require.NoError(t, err)
		require.InDelta(t, x.ratio, v, 1e-15)
	}
	_, err = g.EqualizedOddsDifference(Worst, 9)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = g.Ratio(SelectionRate, 9)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}
