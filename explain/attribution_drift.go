package explain

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// DriftThreshold is the nDCG below which SageMaker Clarify raises an alert.
const DriftThreshold = 0.90

// An AttributionDrift compares the global importance of features at two times.
type AttributionDrift struct {
	NDCG      float64
	Threshold float64
	Alert     bool     // NDCG < Threshold
	Baseline  []string // features by importance then
	Live      []string // and now
}

// AttributionNDCG returns how much of the baseline's importance the live ranking
// of the features keeps at its top:
//
//	nDCG = sum_i a(f'_i)/log2(i+1) / sum_i a(f_i)/log2(i+1),  i = 1, 2, ...
//
// where a is the baseline importance, f the features by falling baseline and f'
// by falling live importance. It is 1 where the ranking is unchanged. Features
// that tie in live share the mean of their importances, so the order in which
// features are given does not matter.
//
// Errors: ErrLength, ErrEmpty for slices that do not go together; ErrNotFinite;
// ErrRange for a negative importance; ErrUndefined if the baseline is all zeros.
// Source: SageMaker Clarify, feature attribution drift; scikit-learn 1.9.1
// ndcg_score for ties.
func AttributionNDCG(baseline, live []float64) (float64, error) {
	const fn = "AttributionNDCG"
	if err := check.Pair(fn, "baseline", len(baseline), "live", len(live)); err != nil {
		return 0, err
	}
	if err := check.Weights(fn, "baseline", len(baseline), baseline); err != nil {
		return 0, err
	}
	if err := check.Weights(fn, "live", len(live), live); err != nil {
		return 0, err
	}
	most := slices.Max(baseline)
	if most == 0 {
		return 0, fmt.Errorf("%s: baseline: need an importance above 0, have none: %w", fn, mlgauge.ErrUndefined)
	}
	ideal := slices.Clone(baseline)
	slices.SortFunc(ideal, func(a, b float64) int { return cmp.Compare(b, a) })
	best := 0.0
	for i, a := range ideal {
		best += a / most / math.Log2(float64(i)+2)
	}
	order := falling(live)
	got := 0.0
	for lo := 0; lo < len(order); {
		hi := lo
		gain, discount := 0.0, 0.0
		for ; hi < len(order) && live[order[hi]] == live[order[lo]]; hi++ {
			gain += baseline[order[hi]] / most
			discount += 1 / math.Log2(float64(hi)+2)
		}
		got += gain / float64(hi-lo) * discount
		lo = hi
	}
	return min(1, got/best), nil // rounding may pass 1
}

// falling returns the indices of a by falling value, ties by index.
func falling(a []float64) []int {
	order := make([]int, len(a))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(a[j], a[i]) })
	return order
}

// NewAttributionDrift compares importances by feature name, such as
// global_shap_values of two analysis.json files, and raises an alert if their
// nDCG is below the threshold (0 means DriftThreshold).
//
// Errors: those of AttributionNDCG; ErrUnknownCategory for a feature that one
// side does not have; ErrRange for a threshold outside [0, 1].
func NewAttributionDrift(baseline, live map[string]float64, threshold float64) (*AttributionDrift, error) {
	const fn = "NewAttributionDrift"
	if err := check.In(fn, "threshold", threshold, 0, 1); err != nil {
		return nil, err
	}
	if threshold == 0 {
		threshold = DriftThreshold
	}
	names := slices.Sorted(maps.Keys(baseline))
	for name := range live {
		if _, ok := baseline[name]; !ok {
			return nil, fmt.Errorf("%s: live: need the features of the baseline, have also %q: %w", fn, name, mlgauge.ErrUnknownCategory)
		}
	}
	then, now := make([]float64, len(names)), make([]float64, len(names))
	for i, name := range names {
		v, ok := live[name]
		if !ok {
			return nil, fmt.Errorf("%s: live: need the features of the baseline, have no %q: %w", fn, name, mlgauge.ErrUnknownCategory)
		}
		then[i], now[i] = baseline[name], v
	}
	ndcg, err := AttributionNDCG(then, now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fn, err)
	}
	d := &AttributionDrift{NDCG: ndcg, Threshold: threshold, Alert: ndcg < threshold}
	for _, i := range falling(then) {
		d.Baseline = append(d.Baseline, names[i])
	}
	for _, i := range falling(now) {
		d.Live = append(d.Live, names[i])
	}
	return d, nil
}

// A Violation is an entry of the violations file that SageMaker's explainability
// monitor writes.
type Violation struct {
	Label               string `json:"label"`
	MetricName          string `json:"metric_name"`
	ConstraintCheckType string `json:"constraint_check_type"`
	Description         string `json:"description"`
}

// Violations returns what goes into that file: one entry for an alert, none
// otherwise.
func (d *AttributionDrift) Violations(label string) []Violation {
	if !d.Alert {
		return nil
	}
	return []Violation{{
		Label:               label,
		MetricName:          "shap",
		ConstraintCheckType: "feature_attribution_drift_check",
		Description:         fmt.Sprintf("Feature attribution drift: nDCG %v is below the threshold %v", d.NDCG, d.Threshold),
	}}
}
