package split

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

type goldenCase struct {
	Name       string
	N, K, P    int
	Y, Groups  []int
	MaxTrain   int `json:"max_train"`
	Test, Gap  int
	Fold       []int
	TestShare  float64 `json:"test_share"`
	TrainShare float64 `json:"train_share"`
	TestCount  int     `json:"test_count"`
	TrainCount int     `json:"train_count"`
}

func (c goldenCase) rows() Rows {
	r := Rows{N: c.N}
	if c.Y != nil {
		r.Strata = By(c.Y)
	}
	if c.Groups != nil {
		r.Groups = By(c.Groups)
	}
	return r
}

func (c goldenCase) splitter(t *testing.T, shuffle bool) Splitter {
	switch c.Name {
	case "KFold":
		return KFold{Folds: c.K, Shuffle: shuffle}
	case "StratifiedKFold":
		return StratifiedKFold{Folds: c.K, AllowSmall: true, Shuffle: shuffle}
	case "GroupKFold":
		return GroupKFold{Folds: c.K, Shuffle: shuffle}
	case "StratifiedGroupKFold":
		return StratifiedGroupKFold{Folds: c.K, AllowSmall: true, Shuffle: shuffle}
	case "LeaveOneOut":
		return LeaveOneOut{}
	case "LeavePOut":
		return LeavePOut{P: c.P}
	case "LeaveOneGroupOut":
		return LeaveOneGroupOut{}
	case "LeavePGroupsOut":
		return LeavePGroupsOut{P: c.P}
	case "TimeSeries":
		return TimeSeries{Folds: c.K, MaxTrain: c.MaxTrain, Test: c.Test, Gap: c.Gap}
	case "Predefined":
		return Predefined{Fold: c.Fold}
	case "ShuffleSplit":
		return ShuffleSplit{Splits: c.K, TestShare: c.TestShare, TrainShare: c.TrainShare, TestCount: c.TestCount, TrainCount: c.TrainCount}
	case "StratifiedShuffleSplit":
		return StratifiedShuffleSplit{Splits: c.K, TestShare: c.TestShare, TrainShare: c.TrainShare}
	case "GroupShuffleSplit":
		return GroupShuffleSplit{Splits: c.K, TestShare: c.TestShare, TrainShare: c.TrainShare}
	}
	t.Fatalf("no splitter %q", c.Name)
	return nil
}

// marks writes a fold as the golden file does.
func marks(n int, f Fold) string {
	m := make([]byte, n)
	for i := range m {
		m[i] = '.'
	}
	for _, r := range f.Train {
		m[r] = 't'
	}
	for _, r := range f.Test {
		m[r] = 'e'
	}
	return string(m)
}

// Where nothing is drawn, every row is where scikit-learn 1.9.1 puts it.
func TestFoldsEqualScikitLearn(t *testing.T) {
	var g struct {
		Exact []struct {
			goldenCase
			Folds []string
		}
	}
	golden.Load(t, "preprocess_split/folds.json", &g)
	require.Greater(t, len(g.Exact), 40)
	for i, c := range g.Exact {
		t.Run(fmt.Sprintf("%s_%d", c.Name, i), func(t *testing.T) {
			s := c.splitter(t, false)
			folds, err := s.Split(c.rows())
			require.NoError(t, err)
			var got []string
			for train, test := range folds {
				got = append(got, marks(c.N, Fold{train, test}))
			}
			assert.Equal(t, c.Folds, got)
			k, err := s.Count(c.rows())
			require.NoError(t, err)
			assert.Equal(t, len(c.Folds), k)
		})
	}
}

// Where rows are drawn, the sizes of the parts, in all and per class, are
// those of scikit-learn 1.9.1.
func TestDrawnSizesEqualScikitLearn(t *testing.T) {
	var g struct {
		Sizes []struct {
			goldenCase
			Folds []struct {
				Train, Test  int
				TrainClasses []int `json:"train_classes"`
				TestClasses  []int `json:"test_classes"`
			}
		}
	}
	golden.Load(t, "preprocess_split/folds.json", &g)
	require.Greater(t, len(g.Sizes), 30)
	for i, c := range g.Sizes {
		t.Run(fmt.Sprintf("%s_%d", c.Name, i), func(t *testing.T) {
			rows := c.rows()
			seq, err := c.splitter(t, true).Split(rows)
			require.NoError(t, err)
			folds := Collect(seq)
			require.Len(t, folds, len(c.Folds))
			for i, f := range folds {
				want := c.Folds[i]
				if c.Groups != nil {
					assert.Equal(t, want.Train, rows.Groups.subset(f.Train).Classes())
					assert.Equal(t, want.Test, rows.Groups.subset(f.Test).Classes())
					continue
				}
				assert.Len(t, f.Train, want.Train)
				assert.Len(t, f.Test, want.Test)
				if c.Y != nil {
					assert.Equal(t, want.TrainClasses, classesOf(rows.Strata, f.Train))
					assert.Equal(t, want.TestClasses, classesOf(rows.Strata, f.Test))
				}
			}
		})
	}
}

func classesOf(l Labels, rows []int) []int {
	out := make([]int, l.Classes())
	for _, r := range rows {
		out[l.Code(r)]++
	}
	return out
}

func TestTwoPartsAreTrainTestSplit(t *testing.T) {
	var g struct {
		Two [][4]float64 `json:"train_test_split"`
	}
	golden.Load(t, "preprocess_split/folds.json", &g)
	require.NotEmpty(t, g.Two)
	for _, c := range g.Two {
		parts, err := Parts{Shares: []float64{1 - c[1], c[1]}}.Split(Rows{N: int(c[0])})
		require.NoError(t, err)
		assert.Len(t, parts[0], int(c[2]), "%v", c)
		assert.Len(t, parts[1], int(c[3]), "%v", c)
	}
}
