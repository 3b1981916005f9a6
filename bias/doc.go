// Package bias measures how a data set and a model treat groups: the metrics of
// SageMaker Clarify before and after training, group fairness in the sense of
// Fairlearn and AIF360, and the imbalance of a single label. Every number is a
// formula over one mergeable table of counts, and every number has a confidence
// interval.
//
// The words: a facet is a sensitive column (sex, age above 40). Its
// disadvantaged part d is the chosen values; everything else is the advantaged
// part a. A positive label is one of the chosen label values. A stratum is a
// subgroup inside which rates are compared.
//
//	var c bias.Counts
//	err := c.Add(bias.Batch{
//		Facet:      bias.Labels(sex),
//		Label:      bias.Labels(label),
//		Prediction: bias.Labels(predicted),
//	})
//	f, err := c.Facet([]string{"F"}, []string{"approved"})
//	dpl, err := f.DPL()
package bias
