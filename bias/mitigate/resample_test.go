package mitigate

import (
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestAgainstImbalancedLearn(t *testing.T) {
	var file struct {
		Cases []struct {
			X      []golden.Floats
			Y      []int
			Expect map[string]json.RawMessage
		}
	}
	golden.Load(t, "bias/resample.json", &file)
	for i, c := range file.Cases {
		x := mat.NewDense(len(c.X), 3, nil)
		for r, row := range c.X {
			x.SetRow(r, row.Values())
		}
		want := func(key string) []int {
			var v []int
			require.NoError(t, json.Unmarshal(c.Expect[key], &v), key)
			return v
		}
		for name, which := range map[string]Which{"auto": NotMinority, "all": All, "majority": Majority, "not majority": NotMajority} {
			keep, err := TomekLinks(x, c.Y, which)
			require.NoError(t, err)
			require.Equal(t, want("tomek "+name), keep, "case %d tomek %s", i, name)
			for kind, mode := range map[string]bool{"all": false, "mode": true} {
				keep, err := Edited(x, c.Y, EditedNeighbours{Which: which, Mode: mode})
				require.NoError(t, err)
				require.Equal(t, want("enn "+kind+" "+name), keep, "case %d enn %s %s", i, kind, name)
				for word, allow := range map[string]bool{"False": false, "True": true} {
					keep, err := Edited(x, c.Y, EditedNeighbours{K: 4, Growing: true, AllowMinority: allow, Which: which, Mode: mode})
					require.NoError(t, err)
					require.Equal(t, want("allknn "+kind+" "+name+" "+word), keep, "case %d allknn %s %s %s", i, kind, name, word)
				}
			}
		}
		for name, which := range map[string]Which{"minority": Minority, "all": All, "majority": Majority, "not majority": NotMajority, "not minority": NotMinority} {
			for word, over := range map[string]bool{"over ": true, "under ": false} {
				if c.Expect[word+name] == nil {
					continue // imbalanced-learn has no such strategy
				}
				targets, err := TargetsFor(c.Y, which, over)
				require.NoError(t, err)
				rows, err := Undersample(c.Y, targets, false, 0)
				if over {
					rows, err = Oversample(c.Y, targets, 0)
				}
				require.NoError(t, err)
				counts := make([]int, len(want(word+name)))
				for _, r := range rows {
					counts[c.Y[r]]++
				}
				require.Equal(t, want(word+name), counts, "case %d %s%s", i, word, name)
			}
		}
		keep, err := Edited(x, c.Y, EditedNeighbours{Rounds: 100})
		require.NoError(t, err)
		require.Equal(t, want("renn"), keep, "case %d renn", i)
		for v := 1; v <= 3; v++ {
			keep, err := NearMiss(x, c.Y, nil, NearMissOptions{Version: v})
			require.NoError(t, err)
			require.Equal(t, want("nearmiss "+strconv.Itoa(v)), keep, "case %d nearmiss %d", i, v)
		}
		keep, err = NearMiss(x, c.Y, nil, NearMissOptions{Version: 3, K: 2, First: 1})
		require.NoError(t, err)
		require.Equal(t, want("nearmiss 3 2 1"), keep, "case %d nearmiss 3 2 1", i)
		a, err := ADASYN[int]{}.Resample(x, c.Y)
		require.NoError(t, err)
		counts := make([]int, len(want("adasyn counts")))
		for _, y := range a.Y {
			counts[y]++
		}
		require.Equal(t, want("adasyn counts"), counts, "case %d adasyn", i)
		var danger map[string][]int
		require.NoError(t, json.Unmarshal(c.Expect["danger"], &danger))
		for _, k := range classesOf(c.Y) {
			if w, ok := danger[strconv.Itoa(k.label)]; ok {
				require.Equal(t, w, BorderlineSMOTE[int]{}.danger(x, c.Y, k), "case %d danger", i)
			}
		}
	}
}

// blobs makes two classes of n and m rows.
func blobs(n, m, cols int) (*mat.Dense, []string) {
	rng := rand.New(rand.NewPCG(6, 6))
	x, y := mat.NewDense(n+m, cols, nil), make([]string, n+m)
	for i := range y {
		y[i] = "big"
		shift := 0.0
		if i >= n {
			y[i], shift = "small", 1
		}
		for j := range cols {
			x.Set(i, j, rng.NormFloat64()+shift)
		}
	}
	return x, y
}

func count(y []string) map[string]int {
	m := make(map[string]int)
	for _, v := range y {
		m[v]++
	}
	return m
}

func TestEveryNewRowLiesBetweenTwoOfItsClass(t *testing.T) {
	x, y := blobs(300, 60, 2)
	before := mat.DenseCopyOf(x)
	for name, resample := range map[string]func() (Resampled[string], error){
		"smote":      func() (Resampled[string], error) { return SMOTE[string]{Seed: 1}.Resample(x, y) },
		"borderline": func() (Resampled[string], error) { return BorderlineSMOTE[string]{}.Resample(x, y) },
		"adasyn":     func() (Resampled[string], error) { return ADASYN[string]{}.Resample(x, y) },
	} {
		r, err := resample()
		require.NoError(t, err)
		require.Equal(t, before, x, "inputs are not modified")
		rows, _ := r.X.Dims()
		require.Equal(t, len(r.Y), rows)
		require.Equal(t, len(r.Y), len(r.Source))
		require.Equal(t, 360, r.Original)
		if name != "adasyn" {
			require.Equal(t, 300, count(r.Y)["small"], name)
		} else {
			require.InDelta(t, 300, count(r.Y)["small"], 30)
		}
		for i := r.Original; i < rows; i++ {
			require.Equal(t, "small", r.Y[i])
			a := x.RawRowView(r.Source[i])
			found := false
			for j := 300; j < 360 && !found; j++ {
				b := x.RawRowView(j)
				// On the segment a-b: the distances add up.
				d := func(p, q []float64) float64 { return math.Hypot(p[0]-q[0], p[1]-q[1]) }
				found = math.Abs(d(a, r.X.RawRowView(i))+d(r.X.RawRowView(i), b)-d(a, b)) < 1e-9
			}
			require.True(t, found, "%s row %d", name, i)
		}
		again, err := func() (Resampled[string], error) {
			old := runtime.GOMAXPROCS(1)
			defer runtime.GOMAXPROCS(old)
			return resample()
		}()
		require.NoError(t, err)
		require.Equal(t, r, again, "the same on one core")
	}
}

// Few new rows: only the neighbours of the rows that are drawn are searched, and the rows
// are those that a search for all gives.
func TestSMOTEOfFewRows(t *testing.T) {
	for _, cols := range []int{2, 20} {
		x, y := blobs(700, 600, cols)
		for i := 700; i < 720; i++ { // duplicates
			x.SetRow(i, x.RawRowView(700))
		}
		few, err := SMOTE[string]{Targets: Targets[string]{"small": 650}, Seed: 3}.Resample(x, y)
		require.NoError(t, err)
		sub := rowsOf(x, sequence(1300)[700:])
		near := nearest(sub, sub, sequence(600), 5, Refuse)
		want := make([]float64, cols)
		for i, d := range drawn(50, 600, 5, 3, 1) {
			between(want, sub.RawRowView(d.row), sub.RawRowView(near[d.row][d.neighbour].Row), d.step)
			require.Equal(t, want, few.X.RawRowView(1300+i))
			require.Equal(t, 700+d.row, few.Source[1300+i])
		}
	}
}

func TestTake(t *testing.T) {
	r := Resampled[int]{X: mat.NewDense(3, 1, []float64{1, 2, 3}), Y: []int{4, 5, 6}, Source: []int{0, 1, 0}, Original: 2}
	got, err := r.Take([]int{1, 2})
	require.NoError(t, err)
	require.Equal(t, Resampled[int]{X: mat.NewDense(2, 1, []float64{2, 3}), Y: []int{5, 6}, Source: []int{1, 0}, Original: 1}, got)
	for _, bad := range [][]int{{1, 1}, {2, 0}, {3}, {-1}} {
		_, err := r.Take(bad)
		require.ErrorIs(t, err, mlgauge.ErrRange)
	}
}

func TestBorderline2AndNothingInDanger(t *testing.T) {
	x, y := blobs(300, 60, 2)
	r, err := BorderlineSMOTE[string]{Kind: 2}.Resample(x, y)
	require.NoError(t, err)
	require.Equal(t, 300, count(r.Y)["small"])
	far := mat.DenseCopyOf(x)
	for i := 300; i < 360; i++ {
		far.Set(i, 0, far.At(i, 0)+100)
	}
	r, err = BorderlineSMOTE[string]{}.Resample(far, y)
	require.NoError(t, err)
	rows, _ := r.X.Dims()
	require.Equal(t, 360, rows)
}

func TestMissingValuesAreKept(t *testing.T) {
	x, y := blobs(100, 30, 3)
	for i := 100; i < 130; i += 2 {
		x.Set(i, i%3, math.NaN())
	}
	_, err := SMOTE[string]{}.Resample(x, y)
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	r, err := SMOTE[string]{Missing: Keep}.Resample(x, y)
	require.NoError(t, err)
	missing := 0
	for i := r.Original; i < len(r.Y); i++ {
		for _, v := range r.X.RawRowView(i) {
			if math.IsNaN(v) {
				missing++
			}
		}
	}
	require.Less(t, missing, 30, "only where both parents lack the value")
}

func TestCategories(t *testing.T) {
	x, y := blobs(120, 40, 3)
	rng := rand.New(rand.NewPCG(2, 2))
	for i := range y {
		x.Set(i, 1, float64(rng.IntN(4)))
	}
	r, err := SMOTENC[string]{Categorical: []int{1}}.Resample(x, y)
	require.NoError(t, err)
	require.Equal(t, 120, count(r.Y)["small"])
	for i := range r.Y {
		require.Contains(t, []float64{0, 1, 2, 3}, r.X.At(i, 1))
	}
	for i := range y {
		for j := range 3 {
			x.Set(i, j, float64(rng.IntN(3)))
		}
	}
	n, err := SMOTEN[string]{}.Resample(x, y)
	require.NoError(t, err)
	require.Equal(t, 120, count(n.Y)["small"])
	for i := range n.Y {
		for j := range 3 {
			require.Contains(t, []float64{0, 1, 2}, n.X.At(i, j))
		}
	}
}

// Three minority rows with one category each way: the new rows' categories follow
// from the definition alone.
func TestSMOTENCByHand(t *testing.T) {
	x := mat.NewDense(7, 2, []float64{0, 5, 0.1, 5, 0.2, 6, 9, 7, 9, 7, 9, 7, 9, 7})
	y := []int{1, 1, 1, 0, 0, 0, 0}
	r, err := SMOTENC[int]{SMOTE: SMOTE[int]{K: 2}, Categorical: []int{1}}.Resample(x, y)
	require.NoError(t, err)
	require.Len(t, r.Y, 8)
	// The neighbours of a row are the other two, so 5 wins or ties with 6.
	if r.Source[7] == 2 {
		require.Equal(t, 5.0, r.X.At(7, 1))
	} else {
		require.Contains(t, []float64{5, 6}, r.X.At(7, 1))
	}
}

// Categories as indicators and one by one are two ways to the same neighbours.
func TestNearestMixed(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 12))
	const n, k, m = 300, 4, 0.7
	x := mat.NewDense(n, 4, nil)
	isCat := []bool{false, true, false, true}
	for i := range n {
		x.SetRow(i, []float64{rng.NormFloat64(), float64(rng.IntN(3)), rng.NormFloat64(), float64(rng.IntN(5))})
	}
	distance := func(i, j int) float64 {
		d := math.Pow(x.At(i, 0)-x.At(j, 0), 2) + math.Pow(x.At(i, 2)-x.At(j, 2), 2)
		for _, c := range []int{1, 3} {
			if x.At(i, c) != x.At(j, c) {
				d += m * m
			}
		}
		return d
	}
	check := func() {
		for i, near := range nearestMixed(x, isCat, m, k) {
			others := slices.DeleteFunc(sequence(n), func(j int) bool { return j == i })
			slices.SortFunc(others, func(a, b int) int { return cmp.Compare(distance(i, a), distance(i, b)) })
			require.Len(t, near, k)
			for r, got := range near {
				require.Equal(t, others[r], got.Row)
				require.InDelta(t, distance(i, others[r]), got.Distance, 1e-12)
			}
		}
	}
	require.NotNil(t, indicators(x, isCat, m))
	check()
	for i := range n {
		x.Set(i, 3, float64(rng.IntN(n))) // too many categories
	}
	require.Nil(t, indicators(x, isCat, m))
	check()
}

func TestRandom(t *testing.T) {
	x, y := blobs(90, 30, 2)
	over, err := Oversample(y, nil, 1)
	require.NoError(t, err)
	require.Len(t, over, 180)
	require.True(t, slices.IsSorted(over[:120]))
	for _, i := range over[120:] {
		require.GreaterOrEqual(t, i, 90)
	}
	under, err := Undersample(y, nil, false, 1)
	require.NoError(t, err)
	require.Len(t, under, 60)
	require.Len(t, slices.Compact(slices.Clone(under)), 60, "without replacement")
	with, err := Undersample(y, Targets[string]{"big": 80}, true, 1)
	require.NoError(t, err)
	require.Len(t, with, 110)
	again, err := Oversample(y, nil, 1)
	require.NoError(t, err)
	require.Equal(t, over, again)

	// The smoothed bootstrap spreads by h std: the variance of the noise.
	big, err := OversampleSmoothed(x, y, Targets[string]{"small": 20000}, 1, 1)
	require.NoError(t, err)
	h := math.Pow(4/(4*120.), 1./6)
	var noise, n float64
	var mean, sq float64
	for i := 90; i < 120; i++ {
		mean += x.At(i, 0) / 30
	}
	for i := 90; i < 120; i++ {
		sq += (x.At(i, 0) - mean) * (x.At(i, 0) - mean) / 30
	}
	for i := 120; i < len(big.Y); i++ {
		d := big.X.At(i, 0) - x.At(big.Source[i], 0)
		noise += d * d
		n++
	}
	// The relative error of a variance of 20,000 values is 1%.
	require.InEpsilon(t, h*h*sq, noise/n, 0.05)

	s, err := Share(y, 0.5, true)
	require.NoError(t, err)
	require.Equal(t, Targets[string]{"small": 45}, s)
	s, err = Share(y, 0.5, false)
	require.NoError(t, err)
	require.Equal(t, Targets[string]{"big": 60}, s)
}

func TestCombined(t *testing.T) {
	x, y := blobs(200, 40, 2)
	for name, f := range map[string]func(mat.Matrix, []string, SMOTE[string]) (Resampled[string], error){"tomek": SMOTETomek[string], "enn": SMOTEENN[string]} {
		r, err := f(x, y, SMOTE[string]{})
		require.NoError(t, err)
		rows, _ := r.X.Dims()
		require.Equal(t, len(r.Y), rows, name)
		require.Less(t, rows, 400, name)
		require.LessOrEqual(t, r.Original, 240)
	}
}

func TestResampleBadInput(t *testing.T) {
	x, y := blobs(20, 8, 2)
	one := make([]string, 28)
	nan := mat.DenseCopyOf(x)
	nan.Set(0, 0, math.NaN())
	smote := func(s SMOTE[string], x mat.Matrix, y []string) error { _, err := s.Resample(x, y); return err }
	border := func(s BorderlineSMOTE[string]) error { _, err := s.Resample(x, y); return err }
	nc := func(cols ...int) error { _, err := SMOTENC[string]{Categorical: cols}.Resample(x, y); return err }
	_, over := Oversample(y, Targets[string]{"other": 9}, 0)
	_, fewer := Oversample(y, Targets[string]{"big": 9}, 0)
	_, more := Undersample(y, Targets[string]{"big": 90}, false, 0)
	_, single := Oversample(one, nil, 0)
	_, empty := Oversample([]string(nil), nil, 0)
	_, nanLabel := Oversample([]float64{1, math.NaN()}, nil, 0)
	_, shrink := OversampleSmoothed(x, y, nil, -1, 0)
	_, tomek := TomekLinks(x, one, NotMinority)
	_, which := TomekLinks(x, y, 9)
	_, tomekNaN := TomekLinks(nan, y, NotMinority)
	_, enn := Edited(x, y, EditedNeighbours{K: 28})
	_, version := NearMiss(x, y, nil, NearMissOptions{Version: 4})
	_, missK := NearMiss(x, y, nil, NearMissOptions{K: 9})
	_, first := NearMiss(x, y, nil, NearMissOptions{Version: 3, First: 21})
	_, growing := Edited(x, y, EditedNeighbours{Growing: true, Rounds: 2})
	_, forOne := TargetsFor(one, All, true)
	_, forWhich := TargetsFor(y, 9, true)
	_, ratio := Share(y, 2, true)
	_, opposite := Share(y, 0.1, true)
	far := mat.DenseCopyOf(x)
	for i := 20; i < 28; i++ {
		far.Set(i, 0, 1e6+float64(i))
	}
	_, adasyn := ADASYN[string]{}.Resample(far, y)
	for name, c := range map[string]struct{ err, want error }{
		"unknown class":     {over, mlgauge.ErrUnknownCategory},
		"fewer":             {fewer, mlgauge.ErrRange},
		"more":              {more, mlgauge.ErrRange},
		"one class":         {single, mlgauge.ErrUndefined},
		"empty":             {empty, mlgauge.ErrEmpty},
		"NaN label":         {nanLabel, mlgauge.ErrNotFinite},
		"shrinkage":         {shrink, mlgauge.ErrRange},
		"tomek one class":   {tomek, mlgauge.ErrUndefined},
		"which":             {which, mlgauge.ErrRange},
		"tomek NaN":         {tomekNaN, mlgauge.ErrNotFinite},
		"enn k":             {enn, mlgauge.ErrRange},
		"near miss version": {version, mlgauge.ErrRange},
		"near miss k":       {missK, mlgauge.ErrRange},
		"near miss first":   {first, mlgauge.ErrRange},
		"growing rounds":    {growing, mlgauge.ErrRange},
		"targets of one":    {forOne, mlgauge.ErrUndefined},
		"targets which":     {forWhich, mlgauge.ErrRange},
		"ratio":             {ratio, mlgauge.ErrRange},
		"ratio, other way":  {opposite, mlgauge.ErrRange},
		"smote k":           {smote(SMOTE[string]{K: 8}, x, y), mlgauge.ErrRange},
		"smote k negative":  {smote(SMOTE[string]{K: -1}, x, y), mlgauge.ErrRange},
		"smote NaN":         {smote(SMOTE[string]{}, nan, y), mlgauge.ErrNotFinite},
		"smote lengths":     {smote(SMOTE[string]{}, x, y[:9]), mlgauge.ErrLength},
		"smote missing":     {smote(SMOTE[string]{Missing: 5}, x, y), mlgauge.ErrRange},
		"borderline m":      {border(BorderlineSMOTE[string]{M: 28}), mlgauge.ErrRange},
		"borderline 10": {func() error {
			_, err := BorderlineSMOTE[string]{}.Resample(x.Slice(16, 25, 0, 2), y[16:25])
			return err
		}(), mlgauge.ErrRange},
		"borderline kind":    {border(BorderlineSMOTE[string]{Kind: 3}), mlgauge.ErrRange},
		"nc none":            {nc(), mlgauge.ErrRange},
		"nc all":             {nc(0, 1), mlgauge.ErrRange},
		"nc twice":           {nc(1, 1), mlgauge.ErrRange},
		"nc outside":         {nc(7), mlgauge.ErrRange},
		"adasyn no boundary": {adasyn, mlgauge.ErrUndefined},
	} {
		require.ErrorIs(t, c.err, c.want, name)
	}
}

// 20,000 minority rows of 20 columns: beyond what a search tree helps with.
func BenchmarkSMOTE20Columns(b *testing.B) {
	x, y := blobs(40_000, 20_000, 20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (SMOTE[string]{}).Resample(x, y); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20_000, "ns/row")
}
