package guide

import (
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge/encoding"
)

func encodingRows() []Row {
	const section = "Encoding methods"
	return []Row{
		{Section: section, Name: "One-hot", States: "Color = Red -> [1, 0, 0]", Check: checkOneHot},
		{Section: section, Name: "Label encoding", States: "Size = Small, Medium, Large -> 1, 2, 3", Check: checkLabel},
		{Section: section, Name: "Ordinal encoding", States: "HS < Bachelor < Master < PhD", Check: checkOrdinal},
		{Section: section, Name: "Binary encoding", States: "category 5 -> 101", Check: checkBinary},
		{Section: section, Name: "Frequency encoding", States: "City = Sydney -> 5000, the number of its rows", Check: checkCount},
		{Section: section, Name: "Target encoding", States: "a category is replaced by the mean of the target; leaks without cross-fitting", Check: checkTarget},
	}
}

func checkOneHot() (Result, error) {
	e := encoding.OneHot{Categories: [][]string{{"Red", "Green", "Blue"}}}
	if err := e.Fit(encoding.Columns([]string{"Blue", "Red", "Green"})); err != nil {
		return Result{}, err
	}
	row := make([]float64, 3)
	if err := e.EncodeRow(row, []string{"Red"}); err != nil {
		return Result{}, err
	}
	return Result{Got: fmt.Sprintf("Red -> %v", row), Verdict: verdict(slices.Equal(row, []float64{1, 0, 0}))}, nil
}

func checkLabel() (Result, error) {
	e := encoding.Label{Start: 1, Order: encoding.Given}
	sizes := []string{"Small", "Medium", "Large"}
	if err := e.Fit(sizes); err != nil {
		return Result{}, err
	}
	n, err := e.Transform(nil, sizes)
	if err != nil {
		return Result{}, err
	}
	back, err := e.Inverse(nil, n)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("%v -> %v and back", sizes, n),
		Verdict: verdict(slices.Equal(n, []int{1, 2, 3}) && slices.Equal(back, sizes)),
		Note:    "by name alone the labels are sorted: Large, Medium, Small -> 0, 1, 2, as in scikit-learn",
	}, nil
}

func checkOrdinal() (Result, error) {
	levels := []string{"HS", "Bachelor", "Master", "PhD"}
	e := encoding.Ordinal{Categories: [][]string{levels}}
	if err := e.Fit(encoding.Columns([]string{"PhD", "HS", "Master", "Bachelor"})); err != nil {
		return Result{}, err
	}
	m, err := e.Transform(nil, encoding.Columns(levels))
	if err != nil {
		return Result{}, err
	}
	got := m.RawMatrix().Data
	return Result{Got: fmt.Sprintf("HS, Bachelor, Master, PhD -> %v", got), Verdict: verdict(slices.Equal(got, []float64{0, 1, 2, 3}))}, nil
}

func checkBinary() (Result, error) {
	var e encoding.Binary
	if err := e.Fit(encoding.Columns([]string{"c1", "c2", "c3", "c4", "c5"})); err != nil {
		return Result{}, err
	}
	row := make([]float64, e.Width())
	if err := e.EncodeRow(row, []string{"c5"}); err != nil {
		return Result{}, err
	}
	return Result{Got: fmt.Sprintf("the fifth of 5 categories -> %v: 3 columns", row), Verdict: verdict(slices.Equal(row, []float64{1, 0, 1}))}, nil
}

func checkCount() (Result, error) {
	cities := slices.Concat(slices.Repeat([]string{"Sydney"}, 5000), slices.Repeat([]string{"Perth"}, 3000))
	count, share := encoding.Count{}, encoding.Count{Normalize: true}
	var got [2]float64
	if err := count.Fit(encoding.Columns(cities)); err != nil {
		return Result{}, err
	}
	if err := share.Fit(encoding.Columns(cities)); err != nil {
		return Result{}, err
	}
	if err := count.EncodeRow(got[:1], []string{"Sydney"}); err != nil {
		return Result{}, err
	}
	if err := share.EncodeRow(got[1:], []string{"Sydney"}); err != nil {
		return Result{}, err
	}
	return Result{Got: fmt.Sprintf("Sydney -> %v of 8000 rows, frequency %v", got[0], got[1]), Verdict: verdict(got == [2]float64{5000, 0.625})}, nil
}

// checkTarget takes two cities with mean prices of 300 and 600, 450 over all
// four rows. Without smoothing a city becomes its mean; with m = 2 it is drawn
// half-way to 450; and crossed over two folds a row sees the other row's price.
func checkTarget() (Result, error) {
	x := encoding.Columns([]string{"Perth", "Perth", "Sydney", "Sydney"})
	price := []float64{200, 400, 500, 700}
	plain, smooth := encoding.Target{Smooth: new(0.0)}, encoding.Target{Smooth: new(2.0)}
	if err := plain.Fit(x, price); err != nil {
		return Result{}, err
	}
	if err := smooth.Fit(x, price); err != nil {
		return Result{}, err
	}
	a, err := plain.Transform(nil, x)
	if err != nil {
		return Result{}, err
	}
	b, err := smooth.Transform(nil, x)
	if err != nil {
		return Result{}, err
	}
	c, err := plain.FitTransform(nil, x, price, []int{0, 1, 0, 1})
	if err != nil {
		return Result{}, err
	}
	ok := slices.Equal(a.RawMatrix().Data, []float64{300, 300, 600, 600}) &&
		slices.Equal(b.RawMatrix().Data, []float64{375, 375, 525, 525}) &&
		slices.Equal(c.RawMatrix().Data, []float64{400, 200, 700, 500})
	return Result{
		Got:     fmt.Sprintf("Sydney -> %v; smoothed %v; its two rows cross-fitted %v and %v", a.At(2, 0), b.At(2, 0), c.At(2, 0), c.At(3, 0)),
		Verdict: verdict(ok),
	}, nil
}
