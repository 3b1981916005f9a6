package guide

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/preprocess"
	"github.com/mlgauge/mlgauge/preprocess/split"
	"github.com/mlgauge/mlgauge/table"
)

const (
	cleaning = "Data cleaning and transformation"
	training = "Training data preparation"
)

// threeToOne has 200 rows, a quarter of them of the class "yes".
func threeToOne() split.Rows {
	y := make([]string, 200)
	for i := range y {
		y[i] = []string{"no", "no", "no", "yes"}[i%4]
	}
	return split.Rows{Strata: split.By(y)}
}

func preprocessSplitRows() []Row {
	return []Row{
		{Section: cleaning, Name: "Deduplication, exact", States: "equal rows are kept once", Check: exactDuplicates},
		{Section: cleaning, Name: "Deduplication, fuzzy", States: "rows that nearly match are found", Check: fuzzyDuplicates},
		{Section: cleaning, Name: "Joins", States: "tables combined on a key", Check: joins},
		{Section: cleaning, Name: "Unions and concatenation", States: "tables combined by rows or by columns", Check: unions},
		{Section: "Bias mitigation", Name: "Stratified sampling", States: "class proportions are maintained", Check: stratifiedSample},
		{Section: training, Name: "Data splits", States: "train/validation/test, 70/15/15 typical", Check: parts},
		{Section: training, Name: "Stratification", States: "class distribution is maintained", Check: stratification},
		{Section: training, Name: "K-fold", States: "each row is in the test fold once", Check: kFold},
		{Section: training, Name: "Time series splits", States: "training rows come before test rows", Check: timeSeries},
		{Section: training, Name: "Data augmentation", States: "diversity is increased: jitter and mixup", Check: augmentation},
		{Section: "Model evaluation and analysis", Name: "Data leakage", States: "future information in training data", Check: leakage},
	}
}

func exactDuplicates() (Result, error) {
	var d preprocess.Duplicates
	nan := math.NaN()
	if err := d.Add(mat.NewDense(4, 2, []float64{1, nan, 2, 3, 1, nan, 1, 2})); err != nil {
		return Result{}, err
	}
	rows, err := d.Survivors(preprocess.KeepFirst)
	return Result{
		Got:     fmt.Sprintf("rows (1 -), (2 3), (1 -), (1 2): kept %v", rows),
		Verdict: verdict(slices.Equal(rows, []int{0, 1, 3})),
	}, err
}

func fuzzyDuplicates() (Result, error) {
	// Winkler's own example: 0.9611
	sim := preprocess.JaroWinkler("MARTHA", "MARHTA")
	g, err := preprocess.Fuzzy{}.Group([]string{"MARTHA", "DWAYNE", "MARHTA"})
	return Result{
		Got:     fmt.Sprintf("Jaro-Winkler of MARTHA and MARHTA %.4f, groups %v; kitten to sitting %d edits", sim, g.Groups(), preprocess.Levenshtein("kitten", "sitting")),
		Verdict: verdict(near(0.9611, sim, 0.00005) && len(g.Groups()) == 1 && preprocess.Levenshtein("kitten", "sitting") == 3),
	}, err
}

func twoTables() (*table.Table, *table.Table, error) {
	people, err := table.New(table.NewFloat("id", []float64{1, 2, 3}), table.NewString("name", []string{"ann", "bob", "cid"}))
	if err != nil {
		return nil, nil, err
	}
	orders, err := table.New(table.NewFloat("id", []float64{2, 2, 9}), table.NewFloat("amount", []float64{10, 20, 30}))
	return people, orders, err
}

func joins() (Result, error) {
	people, orders, err := twoTables()
	if err != nil {
		return Result{}, err
	}
	var rows []int
	for _, how := range []table.How{table.Inner, table.Left, table.Right, table.Outer, table.Semi, table.Anti} {
		_, r, err := table.Join(people, orders, table.JoinOptions{How: how, On: []string{"id"}})
		if err != nil {
			return Result{}, err
		}
		rows = append(rows, r.Rows)
	}
	return Result{
		Got:     fmt.Sprintf("keys 1 2 3 with 2 2 9: rows of inner, left, right, outer, semi, anti %v", rows),
		Verdict: verdict(slices.Equal(rows, []int{2, 4, 3, 5, 1, 2})),
	}, nil
}

func unions() (Result, error) {
	people, orders, err := twoTables()
	if err != nil {
		return Result{}, err
	}
	all, err := table.Union(table.UnionOptions{}, people, orders)
	if err != nil {
		return Result{}, err
	}
	amount, err := orders.Select("amount")
	if err != nil {
		return Result{}, err
	}
	wide, err := table.ConcatColumns(people, amount)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("3 rows under 3 rows: %d of %d columns; side by side: %d of %d", all.NumRows(), all.NumCols(), wide.NumRows(), wide.NumCols()),
		Verdict: verdict(all.NumRows() == 6 && all.NumCols() == 3 && wide.NumRows() == 3 && wide.NumCols() == 3),
	}, nil
}

func yes(rows split.Rows, part []int) int {
	n := 0
	for _, r := range part {
		n += rows.Strata.Code(r)
	}
	return n
}

func stratifiedSample() (Result, error) {
	rows := threeToOne()
	folds, err := split.StratifiedShuffleSplit{Splits: 1, TrainCount: 40}.Split(rows)
	if err != nil {
		return Result{}, err
	}
	n := yes(rows, split.Collect(folds)[0].Train)
	return Result{Got: fmt.Sprintf("40 of 200 rows, a quarter of them yes: %d yes", n), Verdict: verdict(n == 10)}, nil
}

func parts() (Result, error) {
	p, err := split.Parts{}.Split(split.Rows{N: 200})
	if err != nil {
		return Result{}, err
	}
	got := []int{len(p[0]), len(p[1]), len(p[2])}
	return Result{Got: fmt.Sprintf("200 rows: %v", got), Verdict: verdict(slices.Equal(got, []int{140, 30, 30}))}, nil
}

func stratification() (Result, error) {
	rows := threeToOne()
	p, err := split.Parts{}.Split(rows)
	if err != nil {
		return Result{}, err
	}
	got := []int{yes(rows, p[0]), yes(rows, p[1]), yes(rows, p[2])}
	// quotas 35, 7.5 and 7.5: the halves fall one way or the other
	ok := got[0] == 35 && got[1]+got[2] == 15 && (got[1] == 7 || got[1] == 8)
	return Result{Got: fmt.Sprintf("50 yes of 200 rows over 140, 30, 30: %v", got), Verdict: verdict(ok)}, nil
}

func kFold() (Result, error) {
	folds, err := split.KFold{Folds: 5, Shuffle: true}.Split(split.Rows{N: 23})
	if err != nil {
		return Result{}, err
	}
	tested := make([]int, 23)
	var sizes []int
	for _, test := range folds {
		sizes = append(sizes, len(test))
		for _, r := range test {
			tested[r]++
		}
	}
	once := !slices.ContainsFunc(tested, func(n int) bool { return n != 1 })
	return Result{Got: fmt.Sprintf("23 rows in 5 folds of %v, each row tested once", sizes), Verdict: verdict(once && slices.Equal(sizes, []int{5, 5, 5, 4, 4}))}, nil
}

func timeSeries() (Result, error) {
	folds, err := split.TimeSeries{Folds: 3}.Split(split.Rows{N: 8})
	if err != nil {
		return Result{}, err
	}
	got := ""
	ok := true
	for train, test := range folds {
		got += fmt.Sprintf(" [0..%d] then %v;", train[len(train)-1], test)
		ok = ok && train[len(train)-1] < test[0]
	}
	return Result{Got: "8 rows:" + got[:len(got)-1], Verdict: verdict(ok)}, nil
}

func augmentation() (Result, error) {
	x := mat.NewDense(2, 1, []float64{0, 10})
	m, err := preprocess.Mixup{Alpha: 1, Rows: 100, Seed: 1}.Augment(x)
	if err != nil {
		return Result{}, err
	}
	y, err := m.Targets([]float64{0, 1})
	if err != nil {
		return Result{}, err
	}
	distinct := map[float64]bool{}
	ok := true
	for k, v := range y {
		distinct[v] = true
		ok = ok && near(10*v, m.X.At(k, 0), 1e-12) && v >= 0 && v <= 1
	}
	return Result{
		Got:     fmt.Sprintf("mixup of (0, target 0) and (10, target 1): %d different rows on the line x = 10 y", len(distinct)),
		Verdict: verdict(ok && len(distinct) > 20),
	}, nil
}

func leakage() (Result, error) {
	time := []float64{1, 2, 3, 4, 5, 6, 7, 8}
	check := split.LeakageCheck{Time: time}
	future, err := check.Run([][]int{{0, 1, 6, 7}, {4, 5}})
	if err != nil {
		return Result{}, err
	}
	ordered, err := check.Run([][]int{{0, 1, 2, 3}, {4, 5}})
	if err != nil || len(future) == 0 {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("training on rows 1 2 7 8, testing on 5 6: %s; on 1 to 4: %d leaks", future[0], len(ordered)),
		Verdict: verdict(len(future) == 1 && future[0].RowsA == 2 && len(ordered) == 0),
	}, nil
}
