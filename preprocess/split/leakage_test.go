package split

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/preprocess"
)

func TestLeakageCheck(t *testing.T) {
	x := mat.NewDense(8, 2, []float64{
		1, 2, 3, 4, 5, 6, 7, 8,
		1, 2, 3, 4.001, math.NaN(), 1, 9, 9,
	})
	parts := [][]int{{0, 1, 2, 3}, {4, 5, 2}, {6, 7}}
	leaks, err := LeakageCheck{
		X: x, Tolerance: .01,
		Keys: []Labels{By([]int{1, 2, 3, 4, 5, 6, 7, 1})},
		Text: []string{"the quick brown fox jumps over the lazy dog", "b", "c", "d", "THE quick brown fox jumps over the lazy dog", "e", "f", "b"},
		Near: &preprocess.NearDuplicates{FoldCase: true},
		Time: []float64{1, 2, 3, 4, 5, 6, 7, 8},
	}.Run(parts)
	require.NoError(t, err)
	assert.Equal(t, []Leak{
		{Kind: SameRow, A: 0, B: 1, RowsA: 1, RowsB: 1, Examples: [][2]int{{2, 2}}},
		{Kind: EqualRow, A: 0, B: 1, RowsA: 2, RowsB: 2, Examples: [][2]int{{0, 4}, {2, 2}}},
		{Kind: SameKey, A: 0, B: 1, RowsA: 1, RowsB: 1, Examples: [][2]int{{2, 2}}},
		{Kind: SameKey, A: 0, B: 2, RowsA: 1, RowsB: 1, Examples: [][2]int{{0, 7}}},
		{Kind: NearRow, A: 0, B: 1, RowsA: 3, RowsB: 3, Examples: [][2]int{{0, 4}, {1, 5}, {2, 2}}},
		{Kind: NearText, A: 0, B: 1, RowsA: 2, RowsB: 2, Examples: [][2]int{{0, 4}, {2, 2}}},
		{Kind: NearText, A: 0, B: 2, RowsA: 1, RowsB: 1, Examples: [][2]int{{1, 7}}},
		{Kind: Overlap, A: 0, B: 1, RowsA: 2, RowsB: 1, Examples: [][2]int{{3, 2}}},
	}, leaks)
	assert.Equal(t, "same key 0: 1 rows of part 0 and 1 rows of part 2", leaks[3].String())

	clean, err := LeakageCheck{X: x, Time: []float64{1, 2, 3, 4, 5, 6, 7, 8}, End: []float64{1, 2, 3, 4, 5, 6, 7, 8}}.Run([][]int{{1, 2}, {6, 7}})
	require.NoError(t, err)
	assert.Empty(t, clean)
	// nothing but row numbers
	leaks, err = LeakageCheck{}.Run([][]int{{0, 9}, {9}})
	require.NoError(t, err)
	assert.Len(t, leaks, 1)
	leaks, err = LeakageCheck{}.Run([][]int{{0, math.MaxInt}, {9, math.MaxInt, 3}})
	require.NoError(t, err)
	assert.Equal(t, []Leak{{Kind: SameRow, B: 1, RowsA: 1, RowsB: 1, Examples: [][2]int{{math.MaxInt, math.MaxInt}}}}, leaks)
	// labels known only after the test began
	leaks, err = LeakageCheck{Time: []float64{1, 2, 3}, End: []float64{3, 2.5, 3}}.Run([][]int{{0, 1}, {2}})
	require.NoError(t, err)
	assert.Equal(t, []Leak{{Kind: Overlap, B: 1, RowsA: 1, RowsB: 1, Examples: [][2]int{{0, 2}}}}, leaks)
}

// The grouped splitters leak no key, the plain ones do.
func TestSplittersLeakNoKeys(t *testing.T) {
	rows := data(100)
	for name, c := range map[string]struct {
		s     Splitter
		leaks bool
	}{"grouped": {GroupKFold{}, false}, "plain": {KFold{Shuffle: true}, true}} {
		seq, err := c.s.Split(rows)
		require.NoError(t, err)
		for train, test := range seq {
			leaks, err := LeakageCheck{Keys: []Labels{rows.Groups}}.Run([][]int{train, test})
			require.NoError(t, err)
			assert.Equal(t, c.leaks, len(leaks) > 0, name)
		}
	}
}

func TestLeakageBadInput(t *testing.T) {
	x := mat.NewDense(3, 1, []float64{1, 2, 3})
	two := [][]int{{0}, {1}}
	for name, c := range map[string]struct {
		check LeakageCheck
		parts [][]int
		want  error
	}{
		"one part":      {LeakageCheck{}, [][]int{{0}}, mlgauge.ErrRange},
		"empty part":    {LeakageCheck{}, [][]int{{0}, {}}, mlgauge.ErrEmpty},
		"negative row":  {LeakageCheck{}, [][]int{{0}, {-1}}, mlgauge.ErrRange},
		"row beyond":    {LeakageCheck{X: x}, [][]int{{0}, {3}}, mlgauge.ErrRange},
		"tolerance":     {LeakageCheck{X: x, Tolerance: -1}, two, mlgauge.ErrRange},
		"NaN tolerance": {LeakageCheck{X: x, Tolerance: math.NaN()}, two, mlgauge.ErrRange},
		"short text":    {LeakageCheck{X: x, Text: []string{"a"}}, two, mlgauge.ErrLength},
		"short time":    {LeakageCheck{X: x, Time: []float64{1}}, two, mlgauge.ErrLength},
		"short key":     {LeakageCheck{X: x, Keys: []Labels{By([]int{1})}}, two, mlgauge.ErrLength},
		"no key":        {LeakageCheck{X: x, Keys: []Labels{{}}}, two, mlgauge.ErrLength},
		"empty keys":    {LeakageCheck{Keys: []Labels{{}}}, two, mlgauge.ErrEmpty},
		"empty text":    {LeakageCheck{Text: []string{}}, two, mlgauge.ErrEmpty},
		"NaN key":       {LeakageCheck{X: x, Keys: []Labels{By([]float64{1, 2, math.NaN()})}}, two, mlgauge.ErrNotFinite},
		"NaN time":      {LeakageCheck{Time: []float64{1, math.NaN()}}, two, mlgauge.ErrNotFinite},
		"near options":  {LeakageCheck{Text: []string{"a", "b"}, Near: &preprocess.NearDuplicates{Threshold: 2}}, two, mlgauge.ErrRange},
	} {
		_, err := c.check.Run(c.parts)
		assert.ErrorIs(t, err, c.want, name)
	}
}

func TestTargetScoresEqualScikitLearn(t *testing.T) {
	var g struct {
		X       []golden.Floats
		Y       []float64
		C, K    []int
		AUC, R2 [][2]float64
		NMI     []float64
	}
	golden.Load(t, "preprocess_split/target.json", &g)
	x := mat.NewDense(len(g.X), len(g.X[0]), nil)
	y := make([]bool, len(g.X))
	for i, r := range g.X {
		x.SetRow(i, r.Values())
		y[i] = g.C[i] == 1
	}
	auc, err := TargetAUC(x, y)
	require.NoError(t, err)
	r2, err := TargetR2(x, g.Y)
	require.NoError(t, err)
	nmi, err := TargetMutualInfo(x, By(g.K), 0)
	require.NoError(t, err)
	for j := range auc {
		golden.Equal(t, "AUC", g.AUC[j][0], auc[j].Value, 1e-12)
		golden.Equal(t, "AUC of missing", g.AUC[j][1], auc[j].Missing, 1e-12)
		assert.InDelta(t, g.R2[j][0], r2[j].Value, 1e-12, "R2 %d", j)
		assert.InDelta(t, g.R2[j][1], r2[j].Missing, 1e-12, "R2 of missing %d", j)
		if g.NMI[j] >= 0 {
			golden.Equal(t, "NMI", g.NMI[j], nmi[j].Value, 1e-12)
		}
		assert.True(t, nmi[j].Value >= 0 && nmi[j].Value <= 1)
	}
	assert.Equal(t, []int{1, 6}, Above(auc, .99))
	assert.Equal(t, []int{1, 6}, Above(r2, .99))
}

func TestTargetBadInput(t *testing.T) {
	x := mat.NewDense(3, 1, []float64{1, 2, 3})
	inf := mat.NewDense(3, 1, []float64{1, 2, math.Inf(1)})
	_, err := TargetAUC(nil, nil)
	assert.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = TargetAUC(x, []bool{true, false})
	assert.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = TargetAUC(x, []bool{true, true, true})
	assert.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = TargetAUC(inf, []bool{true, false, true})
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = TargetR2(x, []float64{1, 1, 1})
	assert.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = TargetR2(x, []float64{1, math.NaN(), 1})
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = TargetMutualInfo(x, By([]int{1, 1, 1}), 0)
	assert.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = TargetMutualInfo(x, By([]int{1, 1, 2}), 1)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = TargetMutualInfo(x, By([]float64{1, 1, math.NaN()}), 0)
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
}

func TestCrossValidation(t *testing.T) {
	rows := Rows{N: 40}
	score := func(fold int, train, test []int) (float64, error) { return float64(test[0]) + float64(len(train)), nil }
	one, err := CrossValidation{Splitter: KFold{Folds: 4}}.Run(rows, score)
	require.NoError(t, err)
	assert.Equal(t, Scores{[]float64{30, 40, 50, 60}, []int{30, 30, 30, 30}, []int{10, 10, 10, 10}}, one)
	many, err := CrossValidation{Splitter: KFold{Folds: 4}, Concurrent: true}.Run(rows, score)
	require.NoError(t, err)
	assert.Equal(t, one, many)

	broken := errors.New("broken")
	for _, concurrent := range []bool{false, true} {
		_, err = CrossValidation{Concurrent: concurrent}.Run(rows, func(fold int, _, _ []int) (float64, error) {
			if fold > 1 {
				return 0, broken
			}
			return 1, nil
		})
		assert.ErrorIs(t, err, broken)
		assert.ErrorContains(t, err, "fold 2")
		_, err = CrossValidation{Concurrent: concurrent}.Run(rows, func(int, []int, []int) (float64, error) { return math.NaN(), nil })
		assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
	}
	_, err = CrossValidation{}.Run(Rows{N: 3}, score)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
}

func TestCorrectedInterval(t *testing.T) {
	var g struct{ Scores, Interval []float64 }
	golden.Load(t, "preprocess_split/target.json", &g)
	s := Scores{Values: g.Scores}
	for range s.Values {
		s.Train, s.Test = append(s.Train, 80), append(s.Test, 20)
	}
	i, err := s.Interval(.95)
	require.NoError(t, err)
	golden.EqualSlice(t, "interval", g.Interval, []float64{i.Value, i.Low, i.High}, 1e-11)
	naive, err := s.NaiveInterval(.95)
	require.NoError(t, err)
	assert.Less(t, naive.High-naive.Low, i.High-i.Low)

	same, err := s.Compare(s)
	require.NoError(t, err)
	assert.Equal(t, 1.0, same.P)
	zero := Scores{make([]float64, 15), s.Train, s.Test}
	diff, err := s.Compare(zero)
	require.NoError(t, err)
	golden.Equal(t, "mean", g.Interval[0], diff.Mean, 1e-12)

	flat := Scores{[]float64{.5, .5}, []int{8, 8}, []int{2, 2}}
	i, err = flat.Interval(.9)
	require.NoError(t, err)
	assert.Equal(t, [2]float64{.5, .5}, [2]float64{i.Low, i.High})
	for want, f := range map[error]func() error{
		mlgauge.ErrUndefined: func() error { _, err := (Scores{[]float64{1}, []int{1}, []int{1}}).Interval(.9); return err },
		mlgauge.ErrRange:     func() error { _, err := flat.Interval(1); return err },
		mlgauge.ErrLength:    func() error { _, err := (Scores{Values: []float64{1, 2}}).Interval(.9); return err },
		mlgauge.ErrNotFinite: func() error { _, err := (Scores{Values: []float64{1, math.NaN()}}).NaiveInterval(.9); return err },
		mlgauge.ErrEmpty:     func() error { _, err := (Scores{}).Compare(Scores{}); return err },
	} {
		assert.ErrorIs(t, f(), want)
	}
	_, err = flat.Compare(Scores{[]float64{.5, .5}, []int{8, 9}, []int{2, 2}})
	assert.ErrorIs(t, err, mlgauge.ErrLength)
	assert.True(t, math.IsNaN(Scores{}.Mean()) && math.IsNaN(Scores{}.Std()))
}
