package quality

// Violations is the document constraint_violations.json of SageMaker Model
// Monitor: where data does not keep its constraints.
type Violations struct {
	Violations []Violation `json:"violations"`
}

// Violation is one of them.
type Violation struct {
	FeatureName string `json:"feature_name"`
	CheckType   string `json:"constraint_check_type"` // one of the constants below
	Description string `json:"description"`
}

// The checks.
const (
	DataTypeCheck          = "data_type_check"
	CompletenessCheck      = "completeness_check"
	BaselineDriftCheck     = "baseline_drift_check"
	MissingColumnCheck     = "missing_column_check"
	ExtraColumnCheck       = "extra_column_check"
	CategoricalValuesCheck = "categorical_values_check"
)

// ParseViolations reads a constraint_violations.json, made here or by Model
// Monitor. An error wraps ErrCorrupt.
func ParseViolations(data []byte) (*Violations, error) {
	const fn = "quality.ParseViolations"
	var v Violations
	if err := decode(fn, data, &v); err != nil {
		return nil, err
	}
	if v.Violations == nil {
		return nil, corrupt(fn, "need violations")
	}
	for i, x := range v.Violations {
		if x.CheckType == "" {
			return nil, corrupt(fn, "violation %d: need a constraint_check_type", i+1)
		}
	}
	return &v, nil
}
