package quality

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/drift"
)

// Check holds a profile of new data against a baseline and returns what it does
// not keep, in the order of the baseline's columns, extra columns last; an empty
// list if all is well. Nil statistics leave the distributions out.
//
//	data_type_check           share of values of the type below datatype_check_threshold, or a negative
//	                          number where is_non_negative is true
//	completeness_check        share of present values below completeness
//	categorical_values_check  share of values in the domain below domain_content_threshold
//	baseline_drift_check      numbers: largest difference of the distribution functions, from the
//	                          sketches, above comparison_threshold; categories: largest difference of
//	                          shares above categorical_comparison_threshold, or p-value of ChiSquared
//	                          below it
//	missing_column_check      a column of the constraints is not there
//	extra_column_check        a column is not in the constraints
//
// With the method Robust, distances are lowered by 1.8 sqrt((n+m)/(nm)). Integers
// pass for Fractional. A column whose values are all missing, or of the other kind
// than the baseline's, has no drift check. Where evaluate_constraints is Disabled,
// only distributions are compared, where perform_comparison is, they are not.
// The error wraps ErrEmpty for a profile without rows, ErrCorrupt for constraints
// that ParseConstraints would refuse.
func Check(p *Profile, s *Statistics, c *Constraints) (*Violations, error) {
	const fn = "quality.Check"
	if p.rows == 0 {
		return nil, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	if err := c.Config.check(); err != nil {
		return nil, corrupt(fn, "monitoring_config: %v", err)
	}
	config := DefaultMonitoring().with(c.Config)
	baseline := make(map[string]*FeatureStatistics)
	if s != nil {
		for i := range s.Features {
			baseline[s.Features[i].Name] = &s.Features[i]
		}
	}
	v := &Violations{Violations: []Violation{}}
	known := make(map[string]bool)
	for i := range c.Features {
		f := &c.Features[i]
		known[f.Name] = true
		if err := f.Overrides.check(); err != nil {
			return nil, corrupt(fn, "feature %q: monitoringConfigOverrides: %v", f.Name, err)
		}
		m := config.with(f.Overrides)
		col, err := p.Column(f.Name)
		if err != nil {
			if m.EvaluateConstraints == Enabled {
				v.add(f.Name, MissingColumnCheck, "Column is missing. Number of columns in current dataset: %d, Number of columns in baseline constraints: %d", len(p.columns), len(c.Features))
			}
			continue
		}
		if m.EvaluateConstraints == Enabled {
			v.values(col, f, &m)
		}
		if b := baseline[f.Name]; b != nil && m.Distribution.PerformComparison == Enabled {
			if err := v.drift(col, b, m.Distribution); err != nil {
				return nil, fmt.Errorf("%s: column %q: %w", fn, f.Name, err)
			}
		}
	}
	if config.EvaluateConstraints == Enabled {
		for _, col := range p.columns {
			if !known[col.name] {
				v.add(col.name, ExtraColumnCheck, "Column is not in the baseline. Number of columns in current dataset: %d, Number of columns in baseline constraints: %d", len(p.columns), len(c.Features))
			}
		}
	}
	return v, nil
}

func (v *Violations) add(feature, check, format string, args ...any) {
	v.Violations = append(v.Violations, Violation{feature, check, fmt.Sprintf(format, args...)})
}

// percent writes a share as Model Monitor does.
func percent(share float64) string {
	b, _ := Decimal(100 * share).MarshalJSON() // never fails
	return string(b) + "%"
}

// values checks type, completeness and domain.
func (v *Violations) values(col *Column, f *FeatureConstraints, m *MonitoringConfig) {
	present := float64(col.Present())
	if present > 0 && f.InferredType != Unknown {
		share := float64(col.types.Matching(f.InferredType)) / present
		if need := float64(*m.DatatypeCheckThreshold); share < need {
			v.add(f.Name, DataTypeCheck, "Data type match requirement is not met. Expected data type: %s, Expected match: %s. Observed: Only %s of data is %s.", f.InferredType, percent(need), percent(share), f.InferredType)
		}
	}
	if f.Num != nil && f.Num.IsNonNegative && col.negatives > 0 {
		v.add(f.Name, DataTypeCheck, "Non-negative requirement is not met. Observed: %d of %d values are negative, the least is %v.", col.negatives, col.Present(), col.lo)
	}
	if have := col.Completeness(); have < float64(f.Completeness) {
		v.add(f.Name, CompletenessCheck, "Completeness requirement is not met. Expected completeness: %s. Observed: Only %s of data is complete.", percent(float64(f.Completeness)), percent(have))
	}
	if f.String == nil || f.String.Domains == nil || present == 0 {
		return
	}
	in := make(map[string]bool)
	for _, d := range f.String.Domains {
		in[d] = true
	}
	var inside float64
	var unknown []Frequent
	for _, t := range col.Top(math.MaxInt) {
		if in[t.Value] {
			inside += float64(t.Count)
		} else {
			unknown = append(unknown, t)
		}
	}
	if share, need := inside/present, float64(*m.DomainContentThreshold); share < need {
		v.add(f.Name, CategoricalValuesCheck, "Domain requirement is not met. Expected share of known values: %s. Observed: Only %s of data is in the domain. Unknown values: %s", percent(need), percent(share), names(unknown))
	}
}

// names lists the first values.
func names(x []Frequent) string {
	const most = 5
	s := ""
	for i, f := range x[:min(most, len(x))] {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("%.60q (%d)", f.Value, f.Count)
	}
	if len(x) > most {
		s += fmt.Sprintf(" and %d more", len(x)-most)
	}
	return s
}

// drift compares the distribution of a column with the baseline's.
func (v *Violations) drift(col *Column, b *FeatureStatistics, d *DistributionConstraints) error {
	if b.Numerical != nil {
		distance, ok, err := numberDistance(col, b.Numerical, d.ComparisonMethod == Robust)
		if err == nil && ok && distance > float64(*d.ComparisonThreshold) {
			v.add(col.name, BaselineDriftCheck, "Baseline drift distance: %v exceeds threshold: %v", distance, *d.ComparisonThreshold)
		}
		return err
	}
	if b.String == nil || b.String.Distribution == nil || b.String.Distribution.Categorical == nil || col.Present() == 0 {
		return nil
	}
	reference, current := sides(b.String.Distribution.Categorical.Buckets, col.Top(math.MaxInt))
	threshold := float64(*d.CategoricalComparisonThreshold)
	if d.CategoricalDriftMethod == ChiSquared {
		r, err := ChiSquaredCategories(reference, current)
		if errors.Is(err, mlgauge.ErrUndefined) {
			return nil // too few categories with enough values
		}
		if err == nil && r.PValue < threshold {
			v.add(col.name, BaselineDriftCheck, "Baseline drift p-value: %v of chi-squared: %v is below threshold: %v", r.PValue, r.Statistic, threshold)
		}
		return err
	}
	distance, err := drift.LInfinity(reference, current, d.ComparisonMethod == Robust)
	if errors.Is(err, mlgauge.ErrUndefined) || errors.Is(err, mlgauge.ErrEmpty) {
		return nil // a baseline without values
	}
	if err == nil && distance > threshold {
		v.add(col.name, BaselineDriftCheck, "Baseline drift distance: %v exceeds threshold: %v", distance, threshold)
	}
	return err
}

// numberDistance compares the numbers with the sketch of the baseline, or with its
// buckets at their bounds if it has no sketch; ok is false if a side has nothing.
func numberDistance(col *Column, b *NumericalStatistics, robust bool) (distance float64, ok bool, err error) {
	if b.Distribution == nil || b.Distribution.KLL == nil || col.m.W == 0 {
		return 0, false, nil
	}
	have := weighted(col.kll.Levels())
	var base distribution
	if k := b.Distribution.KLL.Sketch; k != nil {
		base = weighted(k.Data)
	} else {
		base, have = fromBuckets(b.Distribution.KLL.Buckets, have)
	}
	if base.total() == 0 {
		return 0, false, nil
	}
	distance = math.Min(1, maxDistance(base, have))
	if robust {
		distance, err = drift.LInfinityRobust(distance, base.total(), have.total(), 0)
	}
	return distance, true, err
}

// fromBuckets returns the distribution function of a histogram at its bounds, and
// that of have at the same places.
func fromBuckets(buckets []KLLBucket, have distribution) (base, at distribution) {
	if len(buckets) == 0 {
		return base, have
	}
	sorted := slices.Clone(buckets)
	slices.SortFunc(sorted, func(a, b KLLBucket) int { return cmp.Compare(a.UpperBound, b.UpperBound) })
	lower := math.Nextafter(float64(sorted[0].LowerBound), math.Inf(-1))
	base.v, base.cum = append(base.v, lower), append(base.cum, 0)
	at.v, at.cum = append(at.v, lower), append(at.cum, have.atMost(lower))
	var sum float64
	for i, b := range sorted {
		sum += float64(b.Count)
		hi := float64(b.UpperBound)
		below := have.below(hi)
		if i == len(sorted)-1 {
			below = have.atMost(hi)
		}
		base.v, base.cum = append(base.v, hi), append(base.cum, sum)
		at.v, at.cum = append(at.v, hi), append(at.cum, below)
	}
	beyond := math.Nextafter(at.v[len(at.v)-1], math.Inf(1))
	base.v, base.cum = append(base.v, beyond), append(base.cum, sum)
	at.v, at.cum = append(at.v, beyond), append(at.cum, have.total())
	return base, at
}

// sides lines up the counts of the categories, those of the baseline first.
func sides(baseline []CategoryBucket, top []Frequent) (reference, current []float64) {
	at := make(map[string]int, len(baseline))
	for i, b := range baseline {
		at[b.Value] = i
		reference = append(reference, float64(b.Count))
	}
	current = make([]float64, len(reference))
	for _, t := range top {
		if i, ok := at[t.Value]; ok {
			current[i] += float64(t.Count)
			continue
		}
		reference = append(reference, 0)
		current = append(current, float64(t.Count))
	}
	return reference, current
}

// ChiSquaredCategories returns Deequ's chi-squared test of the category counts of
// a sample against those of a baseline: categories that the baseline lacks are left
// out; the baseline's counts are scaled to the sample's total; while an expected
// count is below 10 (two categories), or more than a fifth of them are below 5 (more
// than two), the least is merged with the second least; then
//
//	X2 = sum (O - E)^2 / E,   df = categories - 1
//
// The error wraps ErrUndefined if fewer than two categories are left, otherwise as
// in drift.GoodnessOfFit. Source: com.amazon.deequ.analyzers.Distance 2.0.7.
func ChiSquaredCategories(baseline, sample []float64) (drift.Result, error) {
	const fn = "quality.ChiSquaredCategories"
	if len(baseline) != len(sample) {
		return drift.Result{}, fmt.Errorf("%s: sample: need length %d, have %d: %w", fn, len(baseline), len(sample), mlgauge.ErrLength)
	}
	type category struct{ e, o float64 }
	var all []category
	var be, so float64
	for i, e := range baseline {
		if e != 0 {
			all = append(all, category{e, sample[i]})
			be += e
			so += sample[i]
		}
	}
	for i := range all {
		all[i].e *= so / be
	}
	for len(all) >= 2 {
		least, most := 10.0, 0
		if len(all) > 2 {
			least, most = 5, len(all)/5
		}
		slices.SortStableFunc(all, func(a, b category) int { return cmp.Compare(a.e, b.e) })
		low := 0
		for low < len(all) && all[low].e < least {
			low++
		}
		if low <= most {
			break
		}
		all[1].e += all[0].e
		all[1].o += all[0].o
		all = all[1:]
	}
	if len(all) < 2 {
		return drift.Result{}, fmt.Errorf("%s: need two categories with enough values, have %d: %w", fn, len(all), mlgauge.ErrUndefined)
	}
	e, o := make([]float64, len(all)), make([]float64, len(all))
	for i, c := range all {
		e[i], o[i] = c.e, c.o
	}
	return drift.GoodnessOfFit(e, o)
}
