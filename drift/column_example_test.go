package drift_test

import (
	"fmt"

	"github.com/mlgauge/mlgauge/drift"
)

func ExampleCompareColumns() {
	reference := drift.Column{Name: "age", Floats: []float64{21, 25, 32, 38, 41, 44, 50, 53, 58, 63}}
	current := drift.Column{Name: "age", Floats: []float64{47, 49, 52, 55, 58, 60, 61, 66, 70, 74}}
	r, err := drift.CompareColumns(reference, current, drift.ColumnOptions{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s: D = %.1f, p = %.4f, drifted %v, %s by %.1f\n", r.Test, r.Statistic, r.PValue, r.Drifted, r.Direction(), r.MeanShift)
	// Output: ks: D = 0.6, p = 0.0524, drifted false, up by 16.7
}

func ExampleCompareColumns_categories() {
	reference := drift.TextColumn("size", []string{"small", "small", "large", "large", "large", "medium"})
	current := drift.TextColumn("size", []string{"small", "large", "large", "huge", "huge", "huge"})
	r, err := drift.CompareColumns(reference, current, drift.ColumnOptions{Test: "tvd", Threshold: 0.3})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f %v, new %v, vanished %v\n", r.Statistic, r.Drifted, r.New, r.Vanished)
	// Output: 0.50 true, new [{huge 3}], vanished [{medium 1}]
}

func ExampleCompareDatasets() {
	reference := []drift.Column{{Name: "x", Floats: noise(500, 0, 1)}, {Name: "y", Floats: noise(500, 0, 2)}}
	current := []drift.Column{{Name: "x", Floats: noise(500, 0, 3)}, {Name: "y", Floats: noise(500, 1, 4)}}
	r, err := drift.CompareDatasets(reference, current, drift.Options{Correction: drift.Bonferroni})
	if err != nil {
		panic(err)
	}
	for _, c := range r.Columns {
		fmt.Println(c.Name, c.Test, c.Drifted, c.Direction())
	}
	fmt.Println(r.DriftedShare, r.Drifted)
	// Output:
	// x ks false up
	// y ks true up
	// 0.5 true
}

// A reference is profiled where it lies, in parts, and saved; new data are held
// against the profile.
func ExampleProfile() {
	var first, second drift.Profile
	if err := first.AddFloats([]float64{1, 2, 3, 4}); err != nil {
		panic(err)
	}
	if err := second.AddFloats([]float64{5, 6, 7, 8}); err != nil {
		panic(err)
	}
	if err := first.Merge(&second); err != nil {
		panic(err)
	}
	saved, err := first.MarshalBinary()
	if err != nil {
		panic(err)
	}
	var reference drift.Profile
	if err := reference.UnmarshalBinary(saved); err != nil {
		panic(err)
	}
	r, err := drift.CompareToProfile(&reference, drift.Column{Floats: []float64{3, 4, 5, 6, 7, 8, 9, 10}}, drift.ColumnOptions{Test: "wasserstein"})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d rows, mean %.1f; %.4f standard deviations away\n", reference.Rows(), reference.Mean(), r.Statistic)
	// Output: 8 rows, mean 4.5; 0.8729 standard deviations away
}

func ExampleChunkLimits() {
	limits, err := drift.ChunkLimits([]float64{0.91, 0.90, 0.92, 0.89, 0.90, 0.91}, drift.LimitOptions{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.3f to %.3f, alerts %v\n", limits.Lower, limits.Upper, limits.Alerts([]float64{0.90, 0.84, 0.91}))
	// Output: 0.876 to 0.934, alerts [1]
}
