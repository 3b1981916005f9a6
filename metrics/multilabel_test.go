package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

type multilabelGolden struct {
	Multilabel []struct {
		Name            string
		True, Pred      [][]float64
		Weight          []float64
		MCM             [][4]float64
		Subset, Hamming float64
		Zero, One, NaN  struct {
			Report                          string
			Micro, Macro, Weighted, Samples averageGolden
		}
	}
	Ranking []struct {
		Name                 string
		True, Score          [][]float64
		Weight               []float64
		Coverage, LRAP, Loss float64
	}
	TopK []struct {
		True     []int
		Score    [][]float64
		Weight   []float64
		Accuracy []float64
	}
	Hinge []struct {
		True             []int
		Decision, Weight []float64
		Loss             float64
	}
	HingeClasses []struct {
		True     []int
		Decision [][]float64
		Weight   []float64
		Loss     float64
	} `json:"hinge_classes"`
}

func denseRows(rows [][]float64) *mat.Dense {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		m.SetRow(i, r)
	}
	return m
}

// plainMatrix hides that a matrix is dense.
type plainMatrix struct{ mat.Matrix }

func loadMultilabel(t *testing.T) (g multilabelGolden) {
	golden.Load(t, "metrics/multilabel.json", &g)
	require.NotEmpty(t, g.Multilabel)
	return g
}

func TestMultilabelCountsGolden(t *testing.T) {
	for _, c := range loadMultilabel(t).Multilabel {
		t.Run(c.Name, func(t *testing.T) {
			// Two parts, merged; the second through the general interface.
			yt, yp := denseRows(c.True), denseRows(c.Pred)
			n, k := yt.Dims()
			var m, other Multilabel
			top, bottom := func(x *mat.Dense) mat.Matrix { return x.Slice(0, 15, 0, k) },
				func(x *mat.Dense) mat.Matrix { return plainMatrix{x.Slice(15, n, 0, k)} }
			if c.Weight != nil {
				require.NoError(t, m.AddWeighted(top(yt), top(yp), c.Weight[:15]))
				require.NoError(t, other.AddWeighted(bottom(yt), bottom(yp), c.Weight[15:]))
			} else {
				require.NoError(t, m.Add(top(yt), top(yp)))
				require.NoError(t, other.Add(bottom(yt), bottom(yp)))
			}
			require.NoError(t, m.Merge(&other))
			data, err := m.MarshalBinary()
			require.NoError(t, err)
			var back Multilabel
			require.NoError(t, back.UnmarshalBinary(data))
			for _, m := range []*Multilabel{&m, &back} {
				require.EqualValues(t, n, m.Rows())
				bs, err := m.Labels()
				require.NoError(t, err)
				for j, b := range bs {
					tp, fp, tn, fn := b.Cells()
					golden.EqualSlice(t, "label", c.MCM[j][:], []float64{tn, fp, fn, tp}, tol)
				}
				same(t, "subset accuracy", golden.Float(c.Subset), m.SubsetAccuracy)
				same(t, "hamming loss", golden.Float(c.Hamming), m.HammingLoss)
				for z, want := range map[ZeroDivision]struct {
					Report                          string
					Micro, Macro, Weighted, Samples averageGolden
				}{ZeroDivisionZero: c.Zero, ZeroDivisionOne: c.One, ZeroDivisionNaN: c.NaN} {
					m.ZeroDivision = z
					for avg, a := range map[Average]averageGolden{Micro: want.Micro, Macro: want.Macro, Weighted: want.Weighted, Samples: want.Samples} {
						what := " " + avg.String() + " " + z.String()
						same(t, "precision"+what, a.Precision, func() (float64, error) { return m.Precision(avg) })
						same(t, "recall"+what, a.Recall, func() (float64, error) { return m.Recall(avg) })
						same(t, "f1"+what, a.F1, func() (float64, error) { return m.F1(avg) })
						same(t, "f2"+what, a.F2, func() (float64, error) { return m.FBeta(avg, 2) })
						if a.Jaccard != nil {
							same(t, "jaccard"+what, *a.Jaccard, func() (float64, error) { return m.Jaccard(avg) })
						}
					}
					r, err := m.Report()
					require.NoError(t, err)
					require.Equal(t, want.Report, r.String())
				}
			}
		})
	}
}

func TestMultilabelBadInput(t *testing.T) {
	good := mat.NewDense(2, 2, []float64{0, 1, 1, 0})
	for name, c := range map[string]struct {
		t, p mat.Matrix
		w    []float64
		want error
	}{
		"rows":     {good, mat.NewDense(1, 2, nil), nil, mlgauge.ErrLength},
		"columns":  {good, mat.NewDense(2, 3, nil), nil, mlgauge.ErrLength},
		"labels":   {mat.NewDense(1, 3, nil), mat.NewDense(1, 3, nil), nil, mlgauge.ErrLength},
		"empty":    {&mat.Dense{}, &mat.Dense{}, nil, mlgauge.ErrEmpty},
		"half":     {good, mat.NewDense(2, 2, []float64{0, 0, 0, 0.5}), nil, mlgauge.ErrRange},
		"NaN":      {mat.NewDense(2, 2, []float64{0, 0, 0, math.NaN()}), good, nil, mlgauge.ErrNotFinite},
		"weights":  {good, good, []float64{1}, mlgauge.ErrLength},
		"negative": {good, good, []float64{1, -1}, mlgauge.ErrRange},
		"overflow": {good, good, []float64{1e308, 1e308}, mlgauge.ErrNotFinite},
	} {
		var m Multilabel
		require.NoError(t, m.Add(good, good))
		before, _ := m.MarshalBinary()
		var err error
		if c.w == nil {
			err = m.Add(c.t, c.p)
		} else {
			err = m.AddWeighted(c.t, c.p, c.w)
		}
		require.ErrorIs(t, err, c.want, name)
		after, _ := m.MarshalBinary()
		require.Equal(t, before, after, name)
	}
	var m, three Multilabel
	_, err := m.F1(Macro)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = m.Report()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	require.NoError(t, m.AddWeighted(good, good, []float64{0, 0}))
	for _, f := range []func() (float64, error){m.SubsetAccuracy, m.HammingLoss, func() (float64, error) { return m.F1(Samples) }} {
		_, err = f()
		require.ErrorIs(t, err, mlgauge.ErrUndefined)
	}
	_, err = m.F1(9)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = m.Report("one")
	require.Error(t, err)
	require.NoError(t, three.Add(mat.NewDense(1, 3, nil), mat.NewDense(1, 3, nil)))
	require.ErrorIs(t, m.Merge(&three), mlgauge.ErrIncompatible)
	m.Reset()
	require.NoError(t, m.Merge(&three))
	require.NoError(t, m.Merge(&m))
	require.EqualValues(t, 2, m.Rows())
}

func TestLabelRankingGolden(t *testing.T) {
	for _, c := range loadMultilabel(t).Ranking {
		var a, b LabelRanking
		yt, s := denseRows(c.True), denseRows(c.Score)
		n, k := yt.Dims()
		if c.Weight != nil {
			require.NoError(t, a.AddWeighted(yt, s, c.Weight))
		} else {
			require.NoError(t, a.Add(yt.Slice(0, 7, 0, k), plainMatrix{s.Slice(0, 7, 0, k)}))
			require.NoError(t, b.Add(yt.Slice(7, n, 0, k), s.Slice(7, n, 0, k)))
			require.NoError(t, a.Merge(&b))
		}
		data, err := a.MarshalBinary()
		require.NoError(t, err)
		b.Reset()
		require.NoError(t, b.UnmarshalBinary(data))
		require.Equal(t, a, b)
		same(t, "coverage "+c.Name, golden.Float(c.Coverage), a.CoverageError)
		same(t, "lrap "+c.Name, golden.Float(c.LRAP), a.AveragePrecision)
		same(t, "loss "+c.Name, golden.Float(c.Loss), a.Loss)
	}
	var l LabelRanking
	_, err := l.Loss()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	one := mat.NewDense(1, 2, []float64{0, 1})
	require.ErrorIs(t, l.Add(one, mat.NewDense(1, 2, []float64{0, math.NaN()})), mlgauge.ErrNotFinite)
	require.ErrorIs(t, l.Add(mat.NewDense(1, 2, []float64{0, 2}), one), mlgauge.ErrRange)
	require.ErrorIs(t, l.Add(one, mat.NewDense(1, 3, nil)), mlgauge.ErrLength)
	require.NoError(t, l.AddWeighted(one, one, []float64{0}))
	_, err = l.CoverageError()
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
}

func TestTopKGolden(t *testing.T) {
	for _, c := range loadMultilabel(t).TopK {
		x := denseRows(c.Score)
		n, k := x.Dims()
		for i, want := range c.Accuracy {
			a, b := TopK{K: i + 1}, TopK{K: i + 1}
			if c.Weight != nil {
				require.NoError(t, a.AddWeighted(c.True, x, c.Weight))
			} else {
				require.NoError(t, a.Add(c.True[:20], x.Slice(0, 20, 0, k)))
				require.NoError(t, b.Add(c.True[20:], plainMatrix{x.Slice(20, n, 0, k)}))
				require.NoError(t, a.Merge(&b))
				got, err := TopKAccuracy(c.True, x, i+1)
				require.NoError(t, err)
				golden.Equal(t, "one shot", want, got, tol)
			}
			data, err := a.MarshalBinary()
			require.NoError(t, err)
			require.NoError(t, b.UnmarshalBinary(data))
			require.Equal(t, a, b)
			same(t, "top-k", golden.Float(want), b.Accuracy)
			iv, err := b.Rate().Interval(Wilson, 0.95)
			require.NoError(t, err)
			require.True(t, iv.Low <= want && want <= iv.High)
		}
	}
	x := mat.NewDense(1, 3, nil)
	for name, c := range map[string]struct {
		y    []int
		x    mat.Matrix
		k    int
		want error
	}{
		"k":        {[]int{0}, x, 0, mlgauge.ErrRange},
		"class":    {[]int{3}, x, 1, mlgauge.ErrUnknownCategory},
		"negative": {[]int{-1}, x, 1, mlgauge.ErrUnknownCategory},
		"rows":     {[]int{0, 1}, x, 1, mlgauge.ErrLength},
		"empty":    {nil, &mat.Dense{}, 1, mlgauge.ErrEmpty},
		"NaN":      {[]int{0}, mat.NewDense(1, 2, []float64{0, math.NaN()}), 1, mlgauge.ErrNotFinite},
	} {
		_, err := TopKAccuracy(c.y, c.x, c.k)
		require.ErrorIs(t, err, c.want, name)
	}
	require.ErrorIs(t, (&TopK{K: 1}).Merge(&TopK{K: 2}), mlgauge.ErrIncompatible)
	_, err := (&TopK{K: 1}).Accuracy()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}

func TestHingeGolden(t *testing.T) {
	g := loadMultilabel(t)
	for _, c := range g.Hinge {
		var a, b Hinge
		y := IsPositive(nil, c.True, 1)
		if c.Weight != nil {
			require.NoError(t, a.AddWeighted(y, c.Decision, c.Weight))
		} else {
			require.NoError(t, a.Add(y[:10], c.Decision[:10]))
			require.NoError(t, b.Add(y[10:], c.Decision[10:]))
			require.NoError(t, a.Merge(&b))
		}
		data, err := a.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, b.UnmarshalBinary(data))
		require.Equal(t, a, b)
		same(t, "hinge", golden.Float(c.Loss), a.Loss)
		iv, err := a.LossInterval(0.95)
		require.NoError(t, err)
		require.True(t, iv.Low < iv.Value && iv.Value < iv.High)
	}
	for _, c := range g.HingeClasses {
		var a Hinge
		if c.Weight != nil {
			require.NoError(t, a.AddClassesWeighted(c.True, denseRows(c.Decision), c.Weight))
		} else {
			require.NoError(t, a.AddClasses(c.True, denseRows(c.Decision)))
			got, err := MultiHingeLoss(c.True, denseRows(c.Decision))
			require.NoError(t, err)
			golden.Equal(t, "one shot", c.Loss, got, tol)
		}
		same(t, "hinge of classes", golden.Float(c.Loss), a.Loss)
	}
	var h Hinge
	_, err := h.Loss()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = HingeLoss([]bool{true}, []float64{math.Inf(1)})
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = HingeLoss([]bool{true}, nil)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	require.ErrorIs(t, h.AddClasses([]int{0}, mat.NewDense(1, 1, nil)), mlgauge.ErrLength)
	require.ErrorIs(t, h.Add([]bool{true, false}, []float64{-1e308, 1e308}), mlgauge.ErrNotFinite)
	require.Equal(t, Hinge{}, h)
}

func TestMultilabelRandomAgainstRows(t *testing.T) {
	// The samples average, slowly: a table of one row at a time.
	r := rand.New(rand.NewPCG(1, 2))
	const n, k = 60, 7
	yt, yp := mat.NewDense(n, k, nil), mat.NewDense(n, k, nil)
	for i := range n {
		for j := range k {
			yt.Set(i, j, float64(r.IntN(2)))
			yp.Set(i, j, float64(r.IntN(2)))
		}
	}
	var m Multilabel
	require.NoError(t, m.Add(yt, yp))
	var sum float64
	for i := range n {
		var b Binary
		for j := range k {
			require.NoError(t, b.Add([]bool{yt.At(i, j) == 1}, []bool{yp.At(i, j) == 1}))
		}
		f, err := b.FBeta(0.7)
		require.NoError(t, err)
		sum += f
	}
	got, err := m.FBeta(Samples, 0.7)
	require.NoError(t, err)
	golden.Equal(t, "samples", sum/n, got, tol)
}
