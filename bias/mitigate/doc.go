// Package mitigate changes data or decisions so that groups or classes are treated
// more evenly: reweighing; random over- and undersampling; the SMOTE family; the
// cleaning rules of Tomek and Wilson; repair of features; thresholds by group; and
// synthetic rows from a Gaussian copula.
//
// Functions that only choose rows return their indices, so that no data is copied;
// those that make new rows return a Resampled, whose first rows are the original
// ones. Everything random follows a seed and does not depend on the number of
// cores.
package mitigate
