// Package explain says why a model said what it said.
//
// A model is a function from rows to predictions, called in batches (Model), so
// anything that can score can be explained: a Go model, a server behind HTTP, a
// foreign library.
//
//   - One feature at a time: PartialDependence, its individual curves (ICE), and
//     Accumulated (accumulated local effects, of numbers, of categories and of
//     two numbers together), which stays near the data when features are
//     correlated.
//   - Shapley values, over a background set: ExactShapley for up to 15 features,
//     KernelSHAP and PermutationSHAP beyond, LinearSHAP in closed form. All
//     return an Explanation, whose values add up to the prediction.
//   - Around one row: LIME.
//   - Over a data set: PermutationImportance with any metric, the mean |value|
//     of an Explanation, and AttributionDrift between two of those.
//
// Everything that calls the model takes a context; a cancelled one ends the work
// before the next call of the model, and rows that were explained by then are
// returned. Results depend on the data, the options and the seed only, never on
// the number of cores.
package explain
