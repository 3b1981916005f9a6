package bias

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// An Imbalance describes how evenly one label is spread over its classes, the
// guide's class imbalance of a single data set (95/5 against 50/50).
type Imbalance struct {
	Classes      int     // classes that occur
	Majority     float64 // share of the largest class
	Minority     float64 // share of the smallest class that occurs
	Ratio        float64 // largest count / smallest count; 1 is balance
	Entropy      float64 // Shannon entropy, in nats
	Evenness     float64 // Entropy / ln(Classes), 1 is balance; 1 for one class
	Effective    float64 // exp(Entropy): the effective number of classes
	Gini         float64 // 1 - sum p^2, the chance that two rows differ
	BinarySpread float64 // (majority - minority) / n over the two ends: Clarify's CI for two classes
}

// LabelImbalance returns the imbalance of a label from the count of each class.
// Classes of count 0 do not occur. It returns ErrEmpty if all counts are 0 or
// there is none, ErrRange for a negative count, ErrNotFinite for one that is not
// finite.
//
//	Entropy = -sum p ln p,   Effective = exp(Entropy)
func LabelImbalance(counts []float64) (Imbalance, error) {
	const fn = "bias.LabelImbalance"
	if err := check.Weights(fn, "counts", len(counts), counts); err != nil {
		return Imbalance{}, err
	}
	var n float64
	lo, hi := math.Inf(1), 0.0
	var out Imbalance
	for _, c := range counts {
		if c == 0 {
			continue
		}
		out.Classes++
		n += c
		lo, hi = min(lo, c), max(hi, c)
	}
	if out.Classes == 0 {
		return Imbalance{}, fmt.Errorf("%s: counts: need a class that occurs, have none: %w", fn, mlgauge.ErrEmpty)
	}
	var squares float64
	for _, c := range counts {
		if c > 0 {
			p := c / n
			out.Entropy -= p * math.Log(p)
			squares += p * p
		}
	}
	out.Majority, out.Minority, out.Ratio = hi/n, lo/n, hi/lo
	out.Evenness = 1
	if out.Classes > 1 {
		out.Evenness = out.Entropy / math.Log(float64(out.Classes))
	}
	out.Effective = math.Exp(out.Entropy)
	out.Gini = 1 - squares
	out.BinarySpread = (hi - lo) / n
	return out, nil
}

// LabelImbalance returns the imbalance of the labels of the table.
func (c *Counts) LabelImbalance() (Imbalance, error) {
	w := make([]float64, len(c.values[axisLabel]))
	for _, k := range sortedKeys(c.cells) {
		w[k[axisLabel]] += c.cells[k].w
	}
	return LabelImbalance(w)
}
