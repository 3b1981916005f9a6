package quality

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// Documents with every field that Model Monitor's schemas have.
var monitorDocuments = map[string]string{
	"statistics": `{"version": 0.0, "dataset": {"item_count": 418}, "features": [
		{"name": "f", "inferred_type": "Fractional", "numerical_statistics": {
			"common": {"num_present": 416, "num_missing": 2}, "mean": 0.5, "sum": 208.0, "std_dev": 0.25, "min": 0.0, "max": 1.0,
			"approximate_num_distinct_values": 397, "completeness": 0.9952153110047847,
			"distribution": {"kll": {"buckets": [{"lower_bound": 0.0, "upper_bound": 0.5, "count": 200.0}, {"lower_bound": 0.5, "upper_bound": 1.0, "count": 216.0}],
				"sketch": {"parameters": {"c": 0.64, "k": 2048.0}, "data": [[0.0, 0.25, 1.0], [0.5, 0.75], []]}}}}},
		{"name": "s", "inferred_type": "String", "string_statistics": {
			"common": {"num_present": 418, "num_missing": 0}, "distinct_count": 2.0, "completeness": 1.0,
			"distribution": {"categorical": {"buckets": [{"value": "a", "count": 400}, {"value": "", "count": 18}]}}}},
		{"name": "b", "inferred_type": "Boolean", "string_statistics": {"common": {"num_present": 418, "num_missing": 0}, "distinct_count": 2}},
		{"name": "i", "inferred_type": "Integral", "numerical_statistics": {
			"common": {"num_present": 0, "num_missing": 418}, "mean": "NaN", "sum": "NaN", "std_dev": "NaN", "min": "NaN", "max": "NaN"}},
		{"name": "u", "inferred_type": "Unknown"}]}`,
	"constraints": `{"version": 0.0, "features": [
		{"name": "f", "inferred_type": "Fractional", "completeness": 0.9952153110047847, "num_constraints": {"is_non_negative": false}, "monitoringConfigOverrides": {}},
		{"name": "s", "inferred_type": "String", "completeness": 1.0, "string_constraints": {"domains": ["a", ""]}, "monitoringConfigOverrides": {
			"evaluate_constraints": "Disabled", "emit_metrics": "Disabled", "datatype_check_threshold": 0.5, "domain_content_threshold": 0.0,
			"distribution_constraints": {"perform_comparison": "Disabled", "comparison_threshold": 0.2, "comparison_method": "Simple",
				"categorical_comparison_threshold": 0.3, "categorical_drift_method": "ChiSquared"}}},
		{"name": "u", "inferred_type": "Unknown", "completeness": 0.0}],
		"monitoring_config": {"evaluate_constraints": "Enabled", "emit_metrics": "Enabled", "datatype_check_threshold": 0.1, "domain_content_threshold": 0.1,
			"distribution_constraints": {"perform_comparison": "Enabled", "comparison_threshold": 0.1, "comparison_method": "Robust",
				"categorical_comparison_threshold": 0.1, "categorical_drift_method": "LInfinity"}}}`,
	"violations": `{"violations": [{"feature_name": "f", "constraint_check_type": "data_type_check", "description": "Expected 100.0%."},
		{"feature_name": "g", "constraint_check_type": "extra_column_check", "description": ""}]}`,
	"binary": `{"version": 0.0, "dataset": {"item_count": 3, "start_time": "2026-01-01T00:00:00Z"}, "binary_classification_metrics": {
		"confusion_matrix": {"0": {"0": 1, "1": 0}, "1": {"0": 1, "1": 1}},
		"recall": {"value": 0.5, "standard_deviation": "NaN"}, "precision": {"value": 1.0, "standard_deviation": 0.01}, "accuracy": {"value": 0.6666, "standard_deviation": "NaN"},
		"recall_best_constant_classifier": {"value": 1.0, "standard_deviation": "NaN"}, "true_positive_rate": {"value": 0.5, "standard_deviation": "NaN"},
		"true_negative_rate": {"value": 1.0, "standard_deviation": "NaN"}, "false_positive_rate": {"value": 0.0, "standard_deviation": "NaN"},
		"false_negative_rate": {"value": 0.5, "standard_deviation": "NaN"}, "auc": {"value": "NaN", "standard_deviation": "NaN"},
		"f0_5": {"value": 0.8333, "standard_deviation": "NaN"}, "f1": {"value": 0.6667, "standard_deviation": "NaN"}, "f2": {"value": 0.5556, "standard_deviation": "NaN"},
		"receiver_operating_characteristic_curve": {"false_positive_rates": [0.0, 0.0, 1.0], "true_positive_rates": [0.0, 0.5, 1.0]},
		"precision_recall_curve": {"precisions": [1.0, 0.6666], "recalls": [0.5, 1.0]}}}`,
	"multiclass": `{"version": 0.0, "dataset": {"item_count": 2}, "multiclass_classification_metrics": {"confusion_matrix": {"a": {"a": 1, "b": 1}, "b": {"a": 0, "b": 0}},
		"accuracy": {"value": 0.5, "standard_deviation": "NaN"}, "weighted_recall": {"value": 0.5, "standard_deviation": "NaN"}, "weighted_precision": {"value": 1.0, "standard_deviation": "NaN"},
		"weighted_f0_5": {"value": 0.8, "standard_deviation": "NaN"}, "weighted_f1": {"value": 0.7, "standard_deviation": "NaN"}, "weighted_f2": {"value": 0.6, "standard_deviation": "NaN"}}}`,
	"regression": `{"version": 0.0, "dataset": {"item_count": 2}, "regression_metrics": {"mae": {"value": 0.5, "standard_deviation": 0.1}, "mse": {"value": 0.3, "standard_deviation": "NaN"},
		"rmse": {"value": 0.6, "standard_deviation": "NaN"}, "r2": {"value": -0.5, "standard_deviation": "NaN"}}}`,
	"model constraints": `{"version": 0.0, "binary_classification_constraints": {"recall": {"threshold": 0.5, "comparison_operator": "LessThanThreshold"},
		"false_positive_rate": {"threshold": 0.1, "comparison_operator": "GreaterThanThreshold"}}, "multiclass_classification_constraints": {},
		"regression_constraints": {"mae": {"threshold": 1e-3, "comparison_operator": "GreaterThanThreshold"}}}`,
	"model violations": `{"violations": [{"constraint_check_type": "LessThanThreshold", "description": "Metric f1 with 0.61 was LessThanThreshold 0.66", "metric_name": "f1"}]}`,
}

// Each document comes back as it was: no field is lost, moved or renamed.
func TestDocumentsComeBack(t *testing.T) {
	parsers := map[string]func([]byte) (any, error){
		"statistics":        func(b []byte) (any, error) { return ParseStatistics(b) },
		"constraints":       func(b []byte) (any, error) { return ParseConstraints(b) },
		"violations":        func(b []byte) (any, error) { return ParseViolations(b) },
		"binary":            func(b []byte) (any, error) { return ParseModelQuality(b) },
		"multiclass":        func(b []byte) (any, error) { return ParseModelQuality(b) },
		"regression":        func(b []byte) (any, error) { return ParseModelQuality(b) },
		"model constraints": func(b []byte) (any, error) { return ParseModelConstraints(b) },
		"model violations":  func(b []byte) (any, error) { return ParseModelViolations(b) },
	}
	for name, text := range monitorDocuments {
		x, err := parsers[name]([]byte(text))
		require.NoError(t, err, name)
		b, err := json.Marshal(x)
		require.NoError(t, err, name)
		var want, have map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &want))
		require.NoError(t, json.Unmarshal(b, &have))
		switch name {
		case "binary":
			delete(want["dataset"].(map[string]any), "start_time") // not of the schema
		case "model constraints":
			delete(want, "multiclass_classification_constraints") // empty
		}
		require.Equal(t, want, have, name)
	}
	q, err := ParseModelQuality([]byte(monitorDocuments["binary"]))
	require.NoError(t, err)
	c, err := q.Constraints()
	require.NoError(t, err)
	require.Equal(t, ModelConstraint{0.5, LessThanThreshold}, c.Binary["recall"])
	require.Equal(t, ModelConstraint{0.5, GreaterThanThreshold}, c.Binary["false_negative_rate"])
	require.NotContains(t, c.Binary, "auc")
	require.NotContains(t, c.Binary, "recall_best_constant_classifier")
	require.Len(t, c.Binary, 10)
}
