package quality

import (
	"fmt"
	"slices"
)

// Constraints is the document constraints.json of SageMaker Model Monitor: what
// the columns of new data must be like.
type Constraints struct {
	Version  Decimal              `json:"version"`
	Features []FeatureConstraints `json:"features"`
	Config   *MonitoringConfig    `json:"monitoring_config,omitempty"`
}

// FeatureConstraints are of one column. Groups that do not apply are nil.
type FeatureConstraints struct {
	Name         string             `json:"name"`
	InferredType ValueType          `json:"inferred_type"`
	Completeness Decimal            `json:"completeness"` // the least share of present values
	Num          *NumConstraints    `json:"num_constraints,omitempty"`
	String       *StringConstraints `json:"string_constraints,omitempty"`
	Overrides    *MonitoringConfig  `json:"monitoringConfigOverrides,omitempty"`
}

// NumConstraints are of numeric columns.
type NumConstraints struct {
	IsNonNegative bool `json:"is_non_negative"`
}

// StringConstraints are of columns of text.
type StringConstraints struct {
	Domains []string `json:"domains"` // the values that may occur
}

// MonitoringConfig says what is checked and how strictly; what is left out has the
// value that DefaultMonitoring gives it, or, in the overrides of a feature, that of
// the document.
type MonitoringConfig struct {
	EvaluateConstraints    string                   `json:"evaluate_constraints,omitempty"`     // Enabled or Disabled
	EmitMetrics            string                   `json:"emit_metrics,omitempty"`             // Enabled or Disabled
	DatatypeCheckThreshold *Decimal                 `json:"datatype_check_threshold,omitempty"` // least share of values of the type
	DomainContentThreshold *Decimal                 `json:"domain_content_threshold,omitempty"` // least share of values in the domain
	Distribution           *DistributionConstraints `json:"distribution_constraints,omitempty"`
}

// DistributionConstraints say how distributions are held against the baseline's.
type DistributionConstraints struct {
	PerformComparison              string   `json:"perform_comparison,omitempty"` // Enabled or Disabled
	ComparisonThreshold            *Decimal `json:"comparison_threshold,omitempty"`
	ComparisonMethod               string   `json:"comparison_method,omitempty"` // Simple or Robust
	CategoricalComparisonThreshold *Decimal `json:"categorical_comparison_threshold,omitempty"`
	CategoricalDriftMethod         string   `json:"categorical_drift_method,omitempty"` // LInfinity or ChiSquared
}

// The words of the documents.
const (
	Enabled    = "Enabled"
	Disabled   = "Disabled"
	Simple     = "Simple"
	Robust     = "Robust"
	LInfinity  = "LInfinity"
	ChiSquared = "ChiSquared"
)

// DefaultMonitoring returns the configuration that Model Monitor suggests.
func DefaultMonitoring() *MonitoringConfig {
	d := func(v Decimal) *Decimal { return &v }
	return &MonitoringConfig{
		EvaluateConstraints: Enabled, EmitMetrics: Enabled, DatatypeCheckThreshold: d(1), DomainContentThreshold: d(1),
		Distribution: &DistributionConstraints{
			PerformComparison: Enabled, ComparisonThreshold: d(0.1), ComparisonMethod: Robust,
			CategoricalComparisonThreshold: d(0.1), CategoricalDriftMethod: LInfinity,
		},
	}
}

// with returns the configuration with what o says put over it.
func (m MonitoringConfig) with(o *MonitoringConfig) MonitoringConfig {
	if o == nil {
		return m
	}
	text := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	num := func(to **Decimal, from *Decimal) {
		if from != nil {
			*to = from
		}
	}
	text(&m.EvaluateConstraints, o.EvaluateConstraints)
	text(&m.EmitMetrics, o.EmitMetrics)
	num(&m.DatatypeCheckThreshold, o.DatatypeCheckThreshold)
	num(&m.DomainContentThreshold, o.DomainContentThreshold)
	if o.Distribution != nil {
		d := *m.Distribution
		text(&d.PerformComparison, o.Distribution.PerformComparison)
		text(&d.ComparisonMethod, o.Distribution.ComparisonMethod)
		text(&d.CategoricalDriftMethod, o.Distribution.CategoricalDriftMethod)
		num(&d.ComparisonThreshold, o.Distribution.ComparisonThreshold)
		num(&d.CategoricalComparisonThreshold, o.Distribution.CategoricalComparisonThreshold)
		m.Distribution = &d
	}
	return m
}

// check reports a word that the documents do not know, and a threshold outside
// [0, 1].
func (m *MonitoringConfig) check() error {
	if m == nil {
		return nil
	}
	d := m.Distribution
	if d == nil {
		d = &DistributionConstraints{}
	}
	for _, w := range []struct {
		field, have string
		need        []string
	}{
		{"evaluate_constraints", m.EvaluateConstraints, []string{Enabled, Disabled}},
		{"emit_metrics", m.EmitMetrics, []string{Enabled, Disabled}},
		{"perform_comparison", d.PerformComparison, []string{Enabled, Disabled}},
		{"comparison_method", d.ComparisonMethod, []string{Simple, Robust}},
		{"categorical_drift_method", d.CategoricalDriftMethod, []string{LInfinity, ChiSquared}},
	} {
		if w.have != "" && !slices.Contains(w.need, w.have) {
			return fmt.Errorf("%s: need one of %v, have %.40q", w.field, w.need, w.have)
		}
	}
	for _, t := range []struct {
		field string
		have  *Decimal
	}{
		{"datatype_check_threshold", m.DatatypeCheckThreshold}, {"domain_content_threshold", m.DomainContentThreshold},
		{"comparison_threshold", d.ComparisonThreshold}, {"categorical_comparison_threshold", d.CategoricalComparisonThreshold},
	} {
		if t.have != nil && !(*t.have >= 0 && *t.have <= 1) {
			return fmt.Errorf("%s: need a number in [0, 1], have %v", t.field, *t.have)
		}
	}
	return nil
}

// Constraints suggests constraints that the profiled data keeps: the type and the
// completeness of each column; for numbers, whether they are never negative; for
// text, the domain, if there are at most 120 values of which at most a tenth occurs
// only once (Deequ's rule for categories), so that the names of customers are not
// taken for a domain.
func (p *Profile) Constraints() *Constraints {
	c := &Constraints{Version: monitorVersion, Features: []FeatureConstraints{}, Config: DefaultMonitoring()}
	for _, col := range p.columns {
		f := FeatureConstraints{Name: col.name, InferredType: col.InferredType(), Completeness: Decimal(col.Completeness())}
		switch f.InferredType {
		case Fractional, Integral:
			f.Num = &NumConstraints{IsNonNegative: col.negatives == 0}
		case String, Boolean:
			if d := col.domain(); d != nil {
				f.String = &StringConstraints{Domains: d}
			}
		}
		c.Features = append(c.Features, f)
	}
	return c
}

// domain returns the values of a categorical column in order, nil for others. Missing
// values count as one value more.
func (c *Column) domain() []string {
	cats, ok := c.categories()
	if !ok {
		return nil
	}
	once, all := 0, len(cats)
	if c.missing > 0 {
		all++
	}
	if c.missing == 1 {
		once++
	}
	values := make([]string, len(cats))
	for i, b := range cats {
		values[i] = b.Value
		if b.Count == 1 {
			once++
		}
	}
	if 10*once > all {
		return nil
	}
	slices.Sort(values)
	return values
}

// ParseConstraints reads a constraints.json, made here or by Model Monitor.
// Unknown fields are ignored. An error wraps ErrCorrupt: text that is not such a
// document, another version, a repeated name, an unknown word, a threshold or
// completeness outside [0, 1].
func ParseConstraints(data []byte) (*Constraints, error) {
	const fn = "quality.ParseConstraints"
	var c struct {
		Version *Decimal `json:"version"`
		Constraints
	}
	if err := checkVersion(fn, data); err != nil {
		return nil, err
	}
	if err := decode(fn, data, &c); err != nil {
		return nil, err
	}
	if c.Features == nil {
		return nil, corrupt(fn, "need features")
	}
	if err := c.Config.check(); err != nil {
		return nil, corrupt(fn, "monitoring_config: %v", err)
	}
	seen := make(map[string]bool)
	for _, f := range c.Features {
		if seen[f.Name] {
			return nil, corrupt(fn, "need distinct features, have %q twice", f.Name)
		}
		seen[f.Name] = true
		if !(f.Completeness >= 0 && f.Completeness <= 1) {
			return nil, corrupt(fn, "feature %q: need a completeness in [0, 1], have %v", f.Name, f.Completeness)
		}
		if err := f.Overrides.check(); err != nil {
			return nil, corrupt(fn, "feature %q: monitoringConfigOverrides: %v", f.Name, err)
		}
	}
	c.Constraints.Version = *c.Version
	return &c.Constraints, nil
}
