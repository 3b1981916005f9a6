package explain

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Explanations is the "explanations" block of SageMaker Clarify's analysis.json;
// marshalled, it is what bias.Analysis keeps under Explanations.
type Explanations struct {
	KernelSHAP map[string]GlobalSHAP `json:"kernel_shap,omitempty"`
	PDP        []ClarifyPDP          `json:"pdp,omitempty"`
}

// GlobalSHAP is the global importance for one label of the model: "label0" for a
// model of one output.
type GlobalSHAP struct {
	Values        map[string]float64 `json:"global_shap_values"`
	ExpectedValue float64            `json:"expected_value"`
}

// ClarifyPDP is the partial dependence on one feature.
type ClarifyPDP struct {
	FeatureName      string      `json:"feature_name"`
	DataType         string      `json:"data_type"`         // numerical or categorical
	FeatureValues    []any       `json:"feature_values"`    // float64, or string for the name of a category
	DataDistribution []float64   `json:"data_distribution"` // share of the rows nearest to each value
	LabelHeaders     []string    `json:"label_headers"`
	ModelPredictions [][]float64 `json:"model_predictions"` // per label, per value
}

// AddSHAP sets the global importance for a label: the mean |value| of each
// feature, under its name, and the base value.
//
// Errors: ErrLength where names are not one per feature, ErrRange for a name given
// twice, ErrEmpty for an Explanation without values.
func (x *Explanations) AddSHAP(label string, e *Explanation, names []string) error {
	const fn = "Explanations.AddSHAP"
	if e == nil {
		return fmt.Errorf("%s: e: need an explanation, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	global, err := e.Global()
	if err != nil {
		return err
	}
	if err := check.Length(fn, "names", len(global), len(names)); err != nil {
		return err
	}
	values := make(map[string]float64, len(names))
	for j, name := range names {
		if _, ok := values[name]; ok {
			return fmt.Errorf("%s: names: need different names, have %q twice: %w", fn, name, mlgauge.ErrRange)
		}
		values[name] = global[j]
	}
	if x.KernelSHAP == nil {
		x.KernelSHAP = make(map[string]GlobalSHAP)
	}
	x.KernelSHAP[label] = GlobalSHAP{values, e.Base}
	return nil
}

// AddPDP appends the partial dependence on one feature for one label; the next
// label of the same feature and grid joins the entry. For a category, categories
// has the name of each value of the grid; it is nil for a number.
//
// Errors: ErrLength for a dependence on two features; ErrEmpty for none;
// ErrUnknownCategory for a value without a name.
func (x *Explanations) AddPDP(label, name string, categories map[float64]string, d *Dependence) error {
	const fn = "Explanations.AddPDP"
	if d == nil {
		return fmt.Errorf("%s: d: need a partial dependence, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	if err := check.Length(fn, "d (features)", 1, len(d.Features)); err != nil {
		return err
	}
	kind := "numerical"
	if categories != nil {
		kind = "categorical"
	}
	values := make([]any, len(d.Grid[0]))
	for k, v := range d.Grid[0] {
		values[k] = v
		if categories == nil {
			continue
		}
		category, ok := categories[v]
		if !ok {
			return fmt.Errorf("%s: categories: need a name for every value, have none for %v: %w", fn, v, mlgauge.ErrUnknownCategory)
		}
		values[k] = category
	}
	for i := range x.PDP {
		p := &x.PDP[i]
		if p.FeatureName == name && p.DataType == kind && slices.Equal(p.FeatureValues, values) && !slices.Contains(p.LabelHeaders, label) {
			p.LabelHeaders = append(p.LabelHeaders, label)
			p.ModelPredictions = append(p.ModelPredictions, slices.Clone(d.Average))
			return nil
		}
	}
	x.PDP = append(x.PDP, ClarifyPDP{
		FeatureName: name, DataType: kind,
		FeatureValues: values, DataDistribution: slices.Clone(d.Distribution[0]),
		LabelHeaders: []string{label}, ModelPredictions: [][]float64{slices.Clone(d.Average)},
	})
	return nil
}

// ReadExplanations reads the block, as from bias.Analysis.Explanations.
//
// Errors: ErrCorrupt for text that is not such a block, or a partial dependence
// whose lists do not agree in length or whose values are neither numbers nor names.
func ReadExplanations(text []byte) (*Explanations, error) {
	const fn = "ReadExplanations"
	var x Explanations
	if err := json.Unmarshal(text, &x); err != nil {
		return nil, fmt.Errorf("%s: text: %v: %w", fn, err, mlgauge.ErrCorrupt)
	}
	for _, p := range x.PDP {
		ok := len(p.DataDistribution) == len(p.FeatureValues) && len(p.LabelHeaders) == len(p.ModelPredictions)
		for _, m := range p.ModelPredictions {
			ok = ok && len(m) == len(p.FeatureValues)
		}
		for _, v := range p.FeatureValues {
			switch v.(type) {
			case float64, string:
			default:
				return nil, fmt.Errorf("%s: text: need numbers or names as values of %q, have %v: %w", fn, p.FeatureName, v, mlgauge.ErrCorrupt)
			}
		}
		if !ok {
			return nil, fmt.Errorf("%s: text: need lists of one length in the partial dependence on %q: %w", fn, p.FeatureName, mlgauge.ErrCorrupt)
		}
	}
	if x.KernelSHAP == nil && x.PDP == nil {
		return nil, fmt.Errorf("%s: text: need kernel_shap or pdp, have neither: %w", fn, mlgauge.ErrCorrupt)
	}
	return &x, nil
}
