package quality

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/metrics"
)

// ModelQuality is the document of Model Monitor with the quality of a model; of the
// three groups, the one of the problem is there.
type ModelQuality struct {
	Version    Decimal       `json:"version"`
	Dataset    Dataset       `json:"dataset"`
	Binary     *ModelMetrics `json:"binary_classification_metrics,omitempty"`
	Multiclass *ModelMetrics `json:"multiclass_classification_metrics,omitempty"`
	Regression *ModelMetrics `json:"regression_metrics,omitempty"`
}

// ModelMetrics are the metrics of a model by name, and for classifiers the
// confusion matrix, true label to predicted label to count, and the curves.
type ModelMetrics struct {
	Values    map[string]ModelMetric
	Confusion map[string]map[string]Count
	ROC       *ROCRates
	PR        *PRRates
}

// ModelMetric is a value, and its standard deviation if it was measured.
type ModelMetric struct {
	Value             Decimal `json:"value"`
	StandardDeviation Decimal `json:"standard_deviation"` // NaN where unknown
}

// ROCRates are the points of a receiver operating characteristic.
type ROCRates struct {
	FalsePositiveRates []Decimal `json:"false_positive_rates"`
	TruePositiveRates  []Decimal `json:"true_positive_rates"`
}

// PRRates are the points of a precision-recall curve.
type PRRates struct {
	Precisions []Decimal `json:"precisions"`
	Recalls    []Decimal `json:"recalls"`
}

const (
	confusionName = "confusion_matrix"
	rocName       = "receiver_operating_characteristic_curve"
	prName        = "precision_recall_curve"
)

// MarshalJSON writes the metrics as one object.
func (m ModelMetrics) MarshalJSON() ([]byte, error) {
	o := make(map[string]any, len(m.Values)+3)
	for k, v := range m.Values {
		o[k] = v
	}
	if m.Confusion != nil {
		o[confusionName] = m.Confusion
	}
	if m.ROC != nil {
		o[rocName] = m.ROC
	}
	if m.PR != nil {
		o[prName] = m.PR
	}
	return json.Marshal(o)
}

// UnmarshalJSON reads what MarshalJSON wrote; members that are neither a metric
// nor one of the three others are ignored.
func (m *ModelMetrics) UnmarshalJSON(b []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	out := ModelMetrics{Values: make(map[string]ModelMetric)}
	for name, v := range raw {
		var err error
		switch name {
		case confusionName:
			err = json.Unmarshal(v, &out.Confusion)
		case rocName:
			if err = json.Unmarshal(v, &out.ROC); err == nil && out.ROC != nil && len(out.ROC.FalsePositiveRates) != len(out.ROC.TruePositiveRates) {
				err = errors.New("need as many false as true positive rates")
			}
		case prName:
			if err = json.Unmarshal(v, &out.PR); err == nil && out.PR != nil && len(out.PR.Precisions) != len(out.PR.Recalls) {
				err = errors.New("need as many precisions as recalls")
			}
		default:
			var x struct {
				Value *Decimal `json:"value"`
				SD    *Decimal `json:"standard_deviation"`
			}
			if json.Unmarshal(v, &x) != nil || x.Value == nil {
				continue
			}
			sd := Decimal(math.NaN())
			if x.SD != nil {
				sd = *x.SD
			}
			out.Values[name] = ModelMetric{*x.Value, sd}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	*m = out
	return nil
}

func (m *ModelMetrics) set(name string, v float64, err error) {
	if err != nil {
		v = math.NaN()
	}
	m.Values[name] = ModelMetric{Decimal(v), Decimal(math.NaN())}
}

// group returns the metrics of the document and the kind of problem.
func (q *ModelQuality) group() (kind string, m *ModelMetrics) {
	switch {
	case q.Binary != nil:
		return "binary_classification", q.Binary
	case q.Multiclass != nil:
		return "multiclass_classification", q.Multiclass
	}
	return "regression", q.Regression
}

// BinaryQuality returns the document of a binary classifier; labels are "0" and
// "1", scores may be nil. A metric that is undefined on the data is NaN. Errors are
// those of metrics.Binary.Add and metrics.ROC.Add.
func BinaryQuality(truth, predicted []bool, scores []float64) (*ModelQuality, error) {
	var b metrics.Binary
	if err := b.Add(truth, predicted); err != nil {
		return nil, err
	}
	tp, fp, tn, fn := b.Cells()
	m := &ModelMetrics{Values: make(map[string]ModelMetric), Confusion: map[string]map[string]Count{
		"0": {"0": Count(tn), "1": Count(fp)}, "1": {"0": Count(fn), "1": Count(tp)},
	}}
	for name, f := range map[string]func() (float64, error){
		"recall": b.Recall, "precision": b.Precision, "accuracy": b.Accuracy, "f1": b.F1,
		"f0_5":               func() (float64, error) { return b.FBeta(0.5) },
		"f2":                 func() (float64, error) { return b.FBeta(2) },
		"true_positive_rate": b.Recall, "true_negative_rate": b.Specificity, "false_positive_rate": b.FPR, "false_negative_rate": b.FNR,
	} {
		v, err := f()
		m.set(name, v, err)
	}
	if scores != nil {
		var r metrics.ROC
		if err := r.Add(truth, scores); err != nil {
			return nil, err
		}
		auc, err := r.AUC()
		m.set("auc", auc, err)
		if c, err := r.Curve(metrics.DropIntermediate); err == nil {
			m.ROC = &ROCRates{decimals(c.FPR), decimals(c.TPR)}
		}
		if c, err := r.PR().Curve(metrics.DropIntermediate); err == nil {
			m.PR = &PRRates{decimals(c.Precision), decimals(c.Recall)}
		}
	}
	return &ModelQuality{Dataset: Dataset{Count(len(truth))}, Binary: m}, nil
}

func decimals(x []float64) []Decimal {
	out := make([]Decimal, len(x))
	for i, v := range x {
		out[i] = Decimal(v)
	}
	return out
}

// MulticlassQuality returns the document of a classifier of several labels. Errors
// are those of metrics.Confusion.Add.
func MulticlassQuality(truth, predicted []string) (*ModelQuality, error) {
	var c metrics.Confusion[string]
	if err := c.Add(truth, predicted); err != nil {
		return nil, err
	}
	m := &ModelMetrics{Values: make(map[string]ModelMetric), Confusion: make(map[string]map[string]Count)}
	counts, err := c.Counts()
	if err != nil {
		return nil, err
	}
	classes := c.Classes()
	for i, a := range classes {
		m.Confusion[a] = make(map[string]Count)
		for j, b := range classes {
			m.Confusion[a][b] = Count(counts[i][j])
		}
	}
	acc, err := c.Accuracy()
	m.set("accuracy", acc, err)
	v, err := c.Recall(metrics.Weighted)
	m.set("weighted_recall", v, err)
	v, err = c.Precision(metrics.Weighted)
	m.set("weighted_precision", v, err)
	for name, beta := range map[string]float64{"weighted_f0_5": 0.5, "weighted_f1": 1, "weighted_f2": 2} {
		v, err = c.FBeta(metrics.Weighted, beta)
		m.set(name, v, err)
	}
	return &ModelQuality{Dataset: Dataset{Count(len(truth))}, Multiclass: m}, nil
}

// RegressionQuality returns the document of a regression. Errors are those of
// metrics.MSE.
func RegressionQuality(truth, predicted []float64) (*ModelQuality, error) {
	m := &ModelMetrics{Values: make(map[string]ModelMetric)}
	mse, err := metrics.MSE(truth, predicted)
	if err != nil {
		return nil, err
	}
	m.set("mse", mse, nil)
	m.set("rmse", math.Sqrt(mse), nil)
	mae, err := metrics.MAE(truth, predicted)
	m.set("mae", mae, err)
	r2, err := metrics.R2(truth, predicted)
	m.set("r2", r2, err)
	return &ModelQuality{Dataset: Dataset{Count(len(truth))}, Regression: m}, nil
}

// ParseModelQuality reads a model-quality document, made here or by Model Monitor.
// An error wraps ErrCorrupt.
func ParseModelQuality(data []byte) (*ModelQuality, error) {
	const fn = "quality.ParseModelQuality"
	var q struct {
		Version *Decimal `json:"version"`
		ModelQuality
	}
	if err := checkVersion(fn, data); err != nil {
		return nil, err
	}
	if err := decode(fn, data, &q); err != nil {
		return nil, err
	}
	if _, m := q.group(); m == nil {
		return nil, corrupt(fn, "need metrics of a problem, have none")
	}
	q.ModelQuality.Version = *q.Version
	return &q.ModelQuality, nil
}

// The operators of model constraints: what is a violation.
const (
	LessThanThreshold    = "LessThanThreshold"
	GreaterThanThreshold = "GreaterThanThreshold"
)

// ModelConstraint is a bound of a metric.
type ModelConstraint struct {
	Threshold          Decimal `json:"threshold"`
	ComparisonOperator string  `json:"comparison_operator"`
}

// ModelConstraints is the document of Model Monitor with the bounds of the metrics
// of a model, by name.
type ModelConstraints struct {
	Version    Decimal                    `json:"version"`
	Binary     map[string]ModelConstraint `json:"binary_classification_constraints,omitempty"`
	Multiclass map[string]ModelConstraint `json:"multiclass_classification_constraints,omitempty"`
	Regression map[string]ModelConstraint `json:"regression_constraints,omitempty"`
}

func (c *ModelConstraints) group(kind string) map[string]ModelConstraint {
	switch kind {
	case "binary_classification":
		return c.Binary
	case "multiclass_classification":
		return c.Multiclass
	}
	return c.Regression
}

// Constraints suggests the measured values as bounds: errors, and false positive
// and negative rates, may not be greater, other metrics not less. Undefined metrics
// get none, nor do those of the best constant classifier, which later containers
// write beside them. The error wraps ErrEmpty for a document without metrics.
func (q *ModelQuality) Constraints() (*ModelConstraints, error) {
	kind, m := q.group()
	if m == nil {
		return nil, check.NotEmpty("ModelQuality.Constraints", "metrics", 0)
	}
	of := make(map[string]ModelConstraint)
	for name, v := range m.Values {
		if v.Value != v.Value || strings.HasSuffix(name, "_best_constant_classifier") {
			continue
		}
		op := LessThanThreshold
		if slices.Contains([]string{"mse", "mae", "rmse", "false_positive_rate", "false_negative_rate"}, name) {
			op = GreaterThanThreshold
		}
		of[name] = ModelConstraint{v.Value, op}
	}
	c := &ModelConstraints{}
	switch kind {
	case "binary_classification":
		c.Binary = of
	case "multiclass_classification":
		c.Multiclass = of
	default:
		c.Regression = of
	}
	return c, nil
}

// ParseModelConstraints reads a document of model constraints, made here or by
// Model Monitor. An error wraps ErrCorrupt.
func ParseModelConstraints(data []byte) (*ModelConstraints, error) {
	const fn = "quality.ParseModelConstraints"
	var c struct {
		Version *Decimal `json:"version"`
		ModelConstraints
	}
	if err := checkVersion(fn, data); err != nil {
		return nil, err
	}
	if err := decode(fn, data, &c); err != nil {
		return nil, err
	}
	for _, group := range []map[string]ModelConstraint{c.Binary, c.Multiclass, c.Regression} {
		for name, x := range group {
			if x.ComparisonOperator != LessThanThreshold && x.ComparisonOperator != GreaterThanThreshold {
				return nil, corrupt(fn, "%s: need comparison_operator %s or %s, have %.40q", name, LessThanThreshold, GreaterThanThreshold, x.ComparisonOperator)
			}
		}
	}
	if c.Binary == nil && c.Multiclass == nil && c.Regression == nil {
		return nil, corrupt(fn, "need constraints of a problem, have none")
	}
	c.ModelConstraints.Version = *c.Version
	return &c.ModelConstraints, nil
}

// ModelViolations is the document with the metrics out of bounds.
type ModelViolations struct {
	Violations []ModelViolation `json:"violations"`
}

// ModelViolation is one of them.
type ModelViolation struct {
	CheckType   string `json:"constraint_check_type"`
	Description string `json:"description"`
	MetricName  string `json:"metric_name"`
}

// ParseModelViolations reads a constraint_violations.json of a model, made here or by
// Model Monitor. An error wraps ErrCorrupt.
func ParseModelViolations(data []byte) (*ModelViolations, error) {
	const fn = "quality.ParseModelViolations"
	var v ModelViolations
	if err := decode(fn, data, &v); err != nil {
		return nil, err
	}
	if v.Violations == nil {
		return nil, corrupt(fn, "need violations")
	}
	for i, x := range v.Violations {
		if x.CheckType != LessThanThreshold && x.CheckType != GreaterThanThreshold {
			return nil, corrupt(fn, "violation %d: need constraint_check_type %s or %s, have %.40q", i+1, LessThanThreshold, GreaterThanThreshold, x.CheckType)
		}
		if x.MetricName == "" {
			return nil, corrupt(fn, "violation %d: need a metric_name", i+1)
		}
	}
	return &v, nil
}

// Check returns the metrics of q that are out of the bounds c, in the order of
// their names. A metric that is not there, or undefined, is a violation too. The
// error wraps ErrIncompatible if c has no bounds for the kind of problem of q.
func (c *ModelConstraints) Check(q *ModelQuality) (*ModelViolations, error) {
	kind, m := q.group()
	of := c.group(kind)
	if m == nil || of == nil {
		return nil, fmt.Errorf("ModelConstraints.Check: need metrics and constraints of one problem, have metrics of %s: %w", kind, mlgauge.ErrIncompatible)
	}
	v := &ModelViolations{Violations: []ModelViolation{}}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		x := of[name]
		have, ok := m.Values[name]
		less := x.ComparisonOperator == LessThanThreshold
		switch {
		case !ok || have.Value != have.Value:
			v.Violations = append(v.Violations, ModelViolation{x.ComparisonOperator, fmt.Sprintf("Metric %s is not defined, threshold %v", name, x.Threshold), name})
		case less && have.Value < x.Threshold || !less && have.Value > x.Threshold:
			v.Violations = append(v.Violations, ModelViolation{x.ComparisonOperator, fmt.Sprintf("Metric %s with %v was %s %v", name, have.Value, x.ComparisonOperator, x.Threshold), name})
		}
	}
	return v, nil
}
