// Package drift tells whether two samples come from the same distribution, whether
// a stream has changed, and whether a process is in control.
//
// Columns: CompareColumns tests one column against a reference, CompareDatasets all of
// them, with the choices of test, bins and thresholds of Evidently. A Profile is what
// is kept of a column, a Baseline of a data set: made once, in parts if need be, saved,
// and held against new data by CompareToProfile and CompareToBaseline.
//
// Several columns at once: DomainClassifier asks how well a model tells new rows from
// old ones, Reconstruction how well the principal components of the old rows restore
// the new. Performance: ChunkValues measures anything by chunks of time, ChunkLimits
// says what is usual.
//
// Streams: a Detector takes one value at a time and says Stable, Warning or
// Drift. ADWIN, KSWIN, PageHinkley and CUSUM watch any number; DDM, EDDM, HDDMA
// and HDDMW watch the errors of a classifier, 1 for a wrong prediction and 0 for
// a right one. Every detector can be saved and resumed in mid-stream.
//
// Charts: XbarR, XbarS, Individuals, the attribute charts P, NP, C and U, and the
// charts with memory, EWMAChart and CUSUMChart, with the Western Electric and
// Nelson rules.
package drift
