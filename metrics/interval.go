package metrics

// An Interval is an estimate with its confidence interval.
type Interval struct {
	Value float64 // the point estimate
	Low   float64 // lower limit
	High  float64 // upper limit
	Level float64 // confidence level in (0, 1): 0.95 means 95%
}
