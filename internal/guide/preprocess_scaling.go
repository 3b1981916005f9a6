package guide

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/preprocess"
)

const (
	engineering = "Feature engineering"
	scaling     = "Scaling and normalisation"
)

func preprocessScalingRows() []Row {
	missing := math.NaN()
	age := col(18, 25, 50)
	return []Row{
		{Section: cleaning, Name: "Constant and mean fill", States: "fillna; mean, median, mode imputation", Check: func() (Result, error) {
			x := col(1, missing, 3, 3, 9)
			var got []float64
			for _, s := range []preprocess.Simple{{}, {Strategy: preprocess.ImputeMedian}, {Strategy: preprocess.ImputeMode}, {Strategy: preprocess.ImputeConstant, Fill: -1}} {
				y, err := through(&s, x)
				if err != nil {
					return Result{}, err
				}
				got = append(got, y[1])
			}
			return columns("1 - 3 3 9 filled by mean, median, mode, -1", got, []float64{4, 3, 3, -1}, 0), nil
		}},
		{Section: cleaning, Name: "Forward fill", States: "the last value seen stands for a missing one", Check: func() (Result, error) {
			y, err := through(&preprocess.Fill{}, col(1, missing, missing, 4))
			return columns("1 - - 4", y, []float64{1, 1, 1, 4}, 0), err
		}},
		{Section: cleaning, Name: "Interpolation", States: "a missing value between two known ones lies on their line", Check: func() (Result, error) {
			y, err := through(&preprocess.Fill{Method: preprocess.FillLinear}, col(1, missing, missing, 4))
			return columns("1 - - 4", y, []float64{1, 2, 3, 4}, 1e-15), err
		}},
		{Section: cleaning, Name: "Deletion", States: "rows with a missing value are dropped", Check: func() (Result, error) {
			kept, err := (&preprocess.Drop{}).Rows(mat.NewDense(3, 2, []float64{1, 2, missing, 4, 5, 6}))
			return Result{Got: fmt.Sprintf("rows (1 2), (- 4), (5 6): kept %v", kept), Verdict: verdict(len(kept) == 2 && kept[0] == 0 && kept[1] == 2)}, err
		}},
		{Section: cleaning, Name: "KNN imputation", States: "the mean of the nearest complete rows", Check: func() (Result, error) {
			k := preprocess.KNN{Neighbors: 2}
			x := mat.NewDense(4, 2, []float64{1, 10, 2, 20, 9, 90, 1.4, missing})
			if err := k.Fit(x); err != nil {
				return Result{}, err
			}
			y, err := k.Transform(nil, x)
			if err != nil {
				return Result{}, err
			}
			return columns("(1 10), (2 20), (9 90), (1.4 -), two neighbours", []float64{y.At(3, 1)}, []float64{15}, 0), nil
		}},
		{Section: cleaning, Name: "Iterative imputation", States: "each column regressed on the others, in rounds", Check: func() (Result, error) {
			m := preprocess.Iterative{Regressor: preprocess.Ridge, Alpha: 1e-12}
			x := mat.NewDense(4, 2, []float64{1, 3, 2, 5, 3, 7, 4, missing})
			if err := m.Fit(x); err != nil {
				return Result{}, err
			}
			y, err := m.Transform(nil, x)
			if err != nil {
				return Result{}, err
			}
			return columns("b = 2a + 1, b missing at a = 4", []float64{y.At(3, 1)}, []float64{9}, 1e-6), nil
		}},
		{Section: cleaning, Name: "Z-score outliers", States: "z = (x - mean) / std; |z| > 3 is an outlier", Check: func() (Result, error) {
			// Sixteen zeros and one x: mean x/17, deviation 4x/17, z exactly 4.
			x := make([]float64, 17)
			x[16] = 34
			z, err := preprocess.ZScores(nil, x, 0)
			if err != nil {
				return Result{}, err
			}
			return columns("sixteen times 0 and once 34: z", []float64{z[0], z[16]}, []float64{-.25, 4}, 1e-14), nil
		}},
		{Section: cleaning, Name: "IQR outliers", States: "outside [Q1 - 1.5 IQR, Q3 + 1.5 IQR]", Check: func() (Result, error) {
			var o preprocess.Outliers
			if err := o.Fit(col(1, 2, 3, 4, 1000)); err != nil {
				return Result{}, err
			}
			return columns("1 2 3 4 1000: fences", []float64{o.Lower[0], o.Upper[0]}, []float64{-1, 7}, 0), nil
		}},
		{Section: cleaning, Name: "Log transform", States: "log(1 + x) reduces skewness, handles exponential relationships", Check: func() (Result, error) {
			y, err := through(&preprocess.Log1p{}, col(0, math.E-1, math.E*math.E-1))
			return columns("0, e - 1, e^2 - 1", y, []float64{0, 1, 2}, 1e-15), err
		}},
		{Section: cleaning, Name: "Box-Cox", States: "(x^lambda - 1) / lambda, log x at lambda 0", Check: func() (Result, error) {
			p := preprocess.PowerTransform{Method: preprocess.BoxCox, Lambdas: []float64{.5, 0}, Mean: []float64{0, 0}, Scale: []float64{1, 1}}
			row := []float64{4, math.E}
			err := p.TransformRow(row, row)
			return columns("4 at lambda 0.5, e at lambda 0", row, []float64{2, 1}, 1e-15), err
		}},

		{Section: engineering, Name: "L1 normalisation", States: "divides by the sum of absolute values; creates sparse outputs with many zeros", Check: func() (Result, error) {
			row := []float64{1, -2, 5}
			err := (&preprocess.Normalizer{Norm: preprocess.L1}).TransformRow(row, row)
			r := columns("(1 -2 5)", row, []float64{.125, -.25, .625}, 0)
			if r.Verdict == Agree {
				r.Verdict = Erratum
				r.Note = "the sum of absolute values is 1, as stated, but dividing by it turns nothing into 0: a penalty on the L1 norm makes models sparse, scaling by it does not"
			}
			return r, err
		}},
		{Section: engineering, Name: "L2 normalisation", States: "divides by the root of the sum of squares; sum of squares = 1; preserves direction", Check: func() (Result, error) {
			row := []float64{3, -4}
			err := (&preprocess.Normalizer{}).TransformRow(row, row)
			return columns("(3 -4)", row, []float64{.6, -.8}, 1e-15), err
		}},
		{Section: engineering, Name: "RobustScaler", States: "(x - median) / IQR", Check: func() (Result, error) {
			y, err := through(&preprocess.Robust{}, col(1, 2, 3, 4, 1000))
			return columns("1 2 3 4 1000", y, []float64{-1, -.5, 0, .5, 498.5}, 0), err
		}},
		{Section: engineering, Name: "Equal-width bins", States: "bins of equal width", Check: func() (Result, error) {
			y, err := through(&preprocess.Bins{Strategy: preprocess.UniformBins, N: 2}, col(0, 1, 2, 10))
			return columns("0 1 2 10 in two bins", y, []float64{0, 0, 0, 1}, 0), err
		}},
		{Section: engineering, Name: "Equal-frequency bins", States: "bins with equally many values", Check: func() (Result, error) {
			y, err := through(&preprocess.Bins{N: 2}, col(0, 1, 2, 10))
			return columns("0 1 2 10 in two bins", y, []float64{0, 0, 1, 1}, 0), err
		}},
		{Section: engineering, Name: "Custom bins", States: "bins with given edges", Check: func() (Result, error) {
			y, err := through(&preprocess.Bins{Strategy: preprocess.CustomBins, Custom: [][]float64{{0, 20, 40, 100}}}, age)
			return columns("18 25 50 with edges 0 20 40 100", y, []float64{0, 1, 2}, 0), err
		}},

		{Section: scaling, Name: "MinMaxScaler", States: "(x - min) / (max - min); Age = [18, 25, 50] -> [0, 0.35, 1]", Check: func() (Result, error) {
			y, err := through(&preprocess.MinMax{}, age)
			r := columns("18 25 50", y, []float64{0, 7. / 32, 1}, 1e-15)
			if r.Verdict == Agree {
				r.Verdict = Erratum
				r.Note = "(25 - 18) / (50 - 18) = 7/32 = 0.21875, not 0.35"
			}
			return r, err
		}},
		{Section: scaling, Name: "StandardScaler", States: "(x - mean) / std; Age = [18, 25, 50] -> [-1.12, -0.47, 1.59]", Check: func() (Result, error) {
			y, err := through(&preprocess.Standard{}, age)
			sd := math.Sqrt(566. / 3)
			r := columns("18 25 50", y, []float64{-13 / sd, -6 / sd, 19 / sd}, 1e-14)
			if r.Verdict == Agree {
				r.Verdict = Erratum
				r.Note = "mean 31, population std 13.736: -0.946, -0.437, 1.383 (sample std 16.823: -0.773, -0.357, 1.129); the guide's numbers come from neither"
			}
			return r, err
		}},
	}
}

// col is a matrix of one column.
func col(v ...float64) *mat.Dense { return mat.NewDense(len(v), 1, v) }

// through fits a transformer on a column and returns what it makes of it.
func through(t preprocess.Transformer, x *mat.Dense) ([]float64, error) {
	if err := t.Fit(x); err != nil {
		return nil, err
	}
	y, err := t.Transform(nil, x)
	if err != nil {
		return nil, err
	}
	return mat.Col(nil, 0, y), nil
}

// columns compares values with those worked out by hand.
func columns(what string, got, want []float64, tol float64) Result {
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		ok = near(want[i], got[i], tol*math.Max(1, math.Abs(want[i])))
	}
	return Result{Got: fmt.Sprintf("%s: %.4g", what, got), Verdict: verdict(ok)}
}
