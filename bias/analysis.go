package bias

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge"
)

// An Analysis is SageMaker Clarify's analysis.json, version 1.0: what its
// processing jobs write, and what its bias monitor takes for a baseline. Parts
// that this package does not make (explanations) are kept as they were read.
type Analysis struct {
	Version      string          `json:"version"`
	PreTraining  *AnalysisStage  `json:"pre_training_bias_metrics,omitempty"`
	PostTraining *AnalysisStage  `json:"post_training_bias_metrics,omitempty"`
	Explanations json.RawMessage `json:"explanations,omitempty"`
}

// An AnalysisStage holds the metrics of one stage, by facet column.
type AnalysisStage struct {
	Label                 string                     `json:"label"`
	LabelValueOrThreshold string                     `json:"label_value_or_threshold"`
	Facets                map[string][]AnalysisFacet `json:"facets"`
}

// An AnalysisFacet holds the metrics of one disadvantaged value, by name.
type AnalysisFacet struct {
	ValueOrThreshold string           `json:"value_or_threshold"`
	Metrics          []AnalysisMetric `json:"metrics"`
}

// An AnalysisMetric is one value, or the reason why there is none.
type AnalysisMetric struct {
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Value       AnalysisValue `json:"value"`
	Error       string        `json:"error,omitempty"`
	// Low and High are the interval, where it was asked for. Clarify has none
	// and ignores them.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
}

// An AnalysisValue is a number as Clarify writes it: null for none (NaN here),
// the strings "Infinity" and "-Infinity" for infinities.
type AnalysisValue float64

// MarshalJSON writes the value as Clarify does.
func (v AnalysisValue) MarshalJSON() ([]byte, error) {
	f := float64(v)
	switch {
	case math.IsNaN(f):
		return []byte("null"), nil
	case math.IsInf(f, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(f, -1):
		return []byte(`"-Infinity"`), nil
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads a number, null, "Infinity" or "-Infinity".
func (v *AnalysisValue) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null":
		*v = AnalysisValue(math.NaN())
		return nil
	case `"Infinity"`, `"inf"`:
		*v = AnalysisValue(math.Inf(1))
		return nil
	case `"-Infinity"`, `"-inf"`:
		*v = AnalysisValue(math.Inf(-1))
		return nil
	}
	return json.Unmarshal(b, (*float64)(v))
}

// Set puts findings under a facet column into the analysis, replacing those of
// the same column and value. label names the label column.
func (a *Analysis) Set(label, column string, f *Facet, findings []Finding) {
	a.Version = "1.0"
	for stage, at := range map[Stage]**AnalysisStage{PreTraining: &a.PreTraining, PostTraining: &a.PostTraining} {
		entry := AnalysisFacet{ValueOrThreshold: f.Name()}
		for _, r := range findings {
			if r.Stage != stage {
				continue
			}
			m := AnalysisMetric{Name: r.Name, Description: r.Title + " (" + r.Name + ")", Value: AnalysisValue(r.Interval.Value)}
			if r.Err != nil {
				m.Error = r.Err.Error()
			} else if low, high := r.Interval.Low, r.Interval.High; finite(low) && finite(high) {
				m.Low, m.High = &low, &high
			}
			entry.Metrics = append(entry.Metrics, m)
		}
		if len(entry.Metrics) == 0 {
			continue
		}
		if *at == nil {
			*at = &AnalysisStage{Facets: make(map[string][]AnalysisFacet)}
		}
		s := *at
		s.Label, s.LabelValueOrThreshold = label, f.Positive()
		i := slices.IndexFunc(s.Facets[column], func(o AnalysisFacet) bool { return o.ValueOrThreshold == entry.ValueOrThreshold })
		if i >= 0 {
			s.Facets[column][i] = entry
		} else {
			s.Facets[column] = append(s.Facets[column], entry)
		}
	}
}

func finite(v float64) bool { return v*0 == 0 }

// ParseAnalysis reads an analysis.json. It returns ErrCorrupt for JSON that is
// damaged, of another version, or without any bias metrics and explanations.
func ParseAnalysis(data []byte) (*Analysis, error) {
	const fn = "bias.ParseAnalysis"
	var a Analysis
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, fmt.Errorf("%s: need Clarify's analysis.json: %v: %w", fn, err, mlgauge.ErrCorrupt)
	}
	if a.Version != "1.0" {
		return nil, fmt.Errorf("%s: version: need \"1.0\", have %.20q: %w", fn, a.Version, mlgauge.ErrCorrupt)
	}
	if a.PreTraining == nil && a.PostTraining == nil && a.Explanations == nil {
		return nil, fmt.Errorf("%s: need bias metrics or explanations, have none: %w", fn, mlgauge.ErrCorrupt)
	}
	for _, s := range []*AnalysisStage{a.PreTraining, a.PostTraining} {
		if s == nil {
			continue
		}
		for column, facets := range s.Facets {
			for _, f := range facets {
				for _, m := range f.Metrics {
					if m.Name == "" {
						return nil, fmt.Errorf("%s: facet %q: need a name for every metric: %w", fn, column, mlgauge.ErrCorrupt)
					}
				}
			}
		}
	}
	return &a, nil
}

// A Violation is one metric that moved away from its ideal value, in the form of
// Model Monitor's bias constraint_violations.json.
type Violation struct {
	Facet               string `json:"facet"`
	FacetValue          string `json:"facet_value"`
	MetricName          string `json:"metric_name"`
	ConstraintCheckType string `json:"constraint_check_type"`
	Description         string `json:"description"`
}

// Violations is the file of violations.
type Violations struct {
	Version    string      `json:"version"`
	Violations []Violation `json:"violations"`
}

// CheckDrift holds a new analysis against a baseline. A metric violates if it is
// farther from its ideal value than the baseline's is by more than tolerance. The
// ideal is 0, but for DI it is 1: Clarify's documentation says 0 for all, by
// which a disparate impact moving from 0.5 to fair 1 would be a violation. A
// metric without a value on either side is not compared; a facet above a threshold is
// the same whatever the largest value; a metric that the new analysis
// lacks though the baseline has it is a violation. It returns ErrRange for a
// tolerance that is negative or NaN.
func (a *Analysis) CheckDrift(baseline *Analysis, tolerance float64) (Violations, error) {
	const fn = "bias.Analysis.CheckDrift"
	if !(tolerance >= 0) {
		return Violations{}, fmt.Errorf("%s: tolerance: need at least 0, have %v: %w", fn, tolerance, mlgauge.ErrRange)
	}
	out := Violations{Version: "1.0", Violations: []Violation{}}
	pairs := [][2]*AnalysisStage{{a.PreTraining, baseline.PreTraining}, {a.PostTraining, baseline.PostTraining}}
	for _, p := range pairs {
		now, base := p[0], p[1]
		if base == nil {
			continue
		}
		columns := make([]string, 0, len(base.Facets))
		for c := range base.Facets {
			columns = append(columns, c)
		}
		slices.Sort(columns)
		for _, column := range columns {
			for _, bf := range base.Facets[column] {
				for _, bm := range bf.Metrics {
					if math.IsNaN(float64(bm.Value)) {
						continue
					}
					ideal := 0.0
					if bm.Name == "DI" {
						ideal = 1
					}
					v := Violation{Facet: column, FacetValue: bf.ValueOrThreshold, MetricName: bm.Name, ConstraintCheckType: "bias_drift_check"}
					nm, ok := find(now, column, bf.ValueOrThreshold, bm.Name)
					was := math.Abs(float64(bm.Value) - ideal)
					is := math.Abs(float64(nm.Value) - ideal)
					switch {
					case !ok:
						v.Description = fmt.Sprintf("Metric %s of the baseline is missing", bm.Name)
					case is > was+tolerance:
						v.Description = fmt.Sprintf("Value %v is farther from %v than the baseline value %v", float64(nm.Value), ideal, float64(bm.Value))
					default:
						continue
					}
					out.Violations = append(out.Violations, v)
				}
			}
		}
	}
	return out, nil
}

func find(s *AnalysisStage, column, value, metric string) (AnalysisMetric, bool) {
	if s == nil {
		return AnalysisMetric{}, false
	}
	for _, f := range s.Facets[column] {
		if !sameFacet(f.ValueOrThreshold, value) {
			continue
		}
		for _, m := range f.Metrics {
			if m.Name == metric {
				return m, true
			}
		}
	}
	return AnalysisMetric{}, false
}

// sameFacet tells whether two facets are the same: by name, or intervals above the same
// threshold. The end of an interval is the largest value of the data, which moves.
func sameFacet(a, b string) bool {
	if a == b {
		return true
	}
	x, ok := threshold(a)
	y, also := threshold(b)
	return ok && also && x == y
}

// threshold returns t of "(t, max]".
func threshold(name string) (float64, bool) {
	s, open := strings.CutPrefix(name, "(")
	low, high, comma := strings.Cut(s, ", ")
	high, closed := strings.CutSuffix(high, "]")
	if !open || !comma || !closed {
		return 0, false
	}
	t, ok := numeral(low)
	if _, number := numeral(high); !number {
		return 0, false
	}
	return t, ok
}
