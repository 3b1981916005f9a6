// Package quality measures one data set: what its columns hold, whether it keeps
// the rules it should keep, and where it departs from a baseline.
//
//	var p quality.Profile                  // one pass, batch by batch, mergeable
//	err := p.Add(batch)                    // counts, types, moments, quantiles, distinct, top values
//	stats := p.Statistics()                // Model Monitor's statistics.json
//	limits := p.Constraints()              // Model Monitor's constraints.json
//	found, err := quality.Check(&today, stats, limits)
//
//	rules, err := quality.ParseRules(`Rules = [ IsComplete "id", ColumnValues "age" between 0 and 120 ]`)
//	report, err := quality.Verify(rules, t, quality.VerifyOptions{})
//
// What is counted is exact. What is not is named so and bounded: quantiles and
// the distribution functions of a check come from a KLL sketch (ranks right to
// 0.24%), distinct counts beyond 2,048 from a HyperLogLog (0.8% standard error),
// and the counts of top values carry the most by which each may be too low.
package quality
