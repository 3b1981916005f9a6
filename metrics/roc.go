package metrics

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// ROC keeps the truth and the score of every row, and gives the exact area
// under the receiver operating characteristic, its curve, and every figure that
// depends on the order of the scores. The zero value is empty and ready. Memory
// is 9 bytes per row, 17 with weights; BinnedROC is its bounded neighbour.
//
// A higher score must mean a likelier positive. Scores must be finite; rows of
// weight zero are left out. The formulas may be asked from several goroutines at
// once. Do not copy a ROC to add to both; Merge it into a fresh one.
type ROC struct{ s scores }

// Add takes a batch of rows: the truth and the score of each. Errors:
// mlgauge.ErrLength, mlgauge.ErrEmpty, mlgauge.ErrNotFinite for a score that is
// NaN or infinite.
func (r *ROC) Add(yTrue []bool, score []float64) error {
	return r.s.add("metrics.ROC.Add", yTrue, score)
}

// AddFloat32 is Add for float32 scores; they are kept as float64, which changes
// neither their order nor their ties.
func (r *ROC) AddFloat32(yTrue []bool, score []float32) error {
	return r.s.addFloat32("metrics.ROC.AddFloat32", yTrue, score)
}

// AddWeighted is Add with a weight per row. Errors: those of Add, and for the
// weights mlgauge.ErrLength, mlgauge.ErrNotFinite (also when their sum
// overflows), mlgauge.ErrRange for a negative one.
func (r *ROC) AddWeighted(yTrue []bool, score, weights []float64) error {
	return r.s.addWeighted("metrics.ROC.AddWeighted", yTrue, score, weights)
}

// Merge adds the rows of o.
func (r *ROC) Merge(o *ROC) error { return r.s.merge("metrics.ROC.Merge", &o.s) }

// Reset empties r and keeps its memory for reuse.
func (r *ROC) Reset() {
	r.s = scores{label: r.s.label[:0], score: r.s.score[:0]}
}

// Rows returns the number of rows added, those of weight zero included.
func (r *ROC) Rows() int { return r.s.rows }

// MarshalBinary implements encoding.BinaryMarshaler.
func (r *ROC) MarshalBinary() ([]byte, error) { return r.s.marshal("roc/1") }

// UnmarshalBinary implements encoding.BinaryUnmarshaler. Bytes that
// MarshalBinary did not make wrap mlgauge.ErrCorrupt and leave r as it was.
func (r *ROC) UnmarshalBinary(data []byte) error {
	return r.s.unmarshal("metrics.ROC.UnmarshalBinary", "roc/1", data)
}

// PR returns the precision-recall statistic of the same rows. It reads the
// memory of r, so it is good until r is reset; what is added to one is not in
// the other.
func (r *ROC) PR() *PR {
	s := r.s
	s.label, s.score, s.weight = slices.Clip(s.label), slices.Clip(s.score), slices.Clip(s.weight)
	return &PR{s}
}

// Thresholds sorts the scores and returns the outcomes at each distinct one.
func (r *ROC) Thresholds() (*Thresholds, error) { return r.s.thresholds("metrics.ROC.Thresholds") }

// AUC returns the area under the ROC curve, which is the probability that a
// positive row scores above a negative one, ties counting half:
//
//	AUC = (#(pos > neg) + #(pos = neg) / 2) / (#pos #neg)
//
// in [0, 1]: 0.5 for a score without information, below for one that is better
// turned round. Without weights the count of pairs is an exact integer, found
// in linear time without a sort; with weights each pair counts the product of
// its weights.
//
// One class only wraps mlgauge.ErrUndefined, no rows mlgauge.ErrEmpty.
//
// Source: scikit-learn 1.9, roc_auc_score; Hanley and McNeil, Radiology 143
// (1982).
func (r *ROC) AUC() (float64, error) { return r.s.auc("metrics.ROC.AUC") }

func (s *scores) auc(fn string) (float64, error) {
	if err := s.some(fn); err != nil {
		return 0, err
	}
	if s.weight != nil {
		return s.weightedAUC(fn)
	}
	hi, lo, pos, ok := kernel.Wins(s.label, s.score)
	if !ok {
		return 0, check.Finite(fn, "score", s.score)
	}
	if err := needClasses(fn, pos == 0, pos == len(s.score)); err != nil {
		return 0, err
	}
	return wins(hi, lo, uint64(pos), uint64(len(s.score)-pos)), nil
}

// wins returns (hi, lo) / (2 p q).
func wins(hi, lo, p, q uint64) float64 {
	dh, dl := bits.Mul64(p, q)
	return (math.Ldexp(float64(hi), 64) + float64(lo)) / (2 * (math.Ldexp(float64(dh), 64) + float64(dl)))
}

func (s *scores) weightedAUC(fn string) (float64, error) {
	var p, q float64
	for i, w := range s.weight {
		if s.label[i] {
			p += w
		} else {
			q += w
		}
	}
	if err := needClasses(fn, p == 0, q == 0); err != nil {
		return 0, err
	}
	score, weight := s.signed()
	var area, above float64 // above: the share of positive weight above
	for i := 0; i < len(score); {
		var tp, fp float64
		j := i
		for ; j < len(score) && score[j] == score[i]; j++ {
			if w := weight[j]; w > 0 {
				tp += w
			} else {
				fp -= w
			}
		}
		i = j
		area += fp / q * (above + tp/p/2)
		above += tp / p
	}
	return min(area, 1), nil
}

// PartialAUC returns the area under the ROC curve up to a false positive rate
// of maxFPR, standardised so that 0.5 is a score without information and 1 a
// perfect one (McClish):
//
//	1/2 (1 + (A - m^2/2) / (m - m^2/2)),  m = maxFPR
//
// The curve is interpolated at maxFPR. maxFPR = 1 is AUC. A maxFPR outside
// (0, 1] wraps mlgauge.ErrRange or, if NaN, mlgauge.ErrNotFinite; other errors
// are those of AUC.
//
// Source: scikit-learn 1.9, roc_auc_score(max_fpr); McClish, Medical Decision
// Making 9 (1989).
func (r *ROC) PartialAUC(maxFPR float64) (float64, error) {
	if err := checkMaxFPR("metrics.ROC.PartialAUC", maxFPR); err != nil {
		return 0, err
	}
	if maxFPR == 1 {
		return r.s.auc("metrics.ROC.PartialAUC")
	}
	t, err := r.s.thresholds("metrics.ROC.PartialAUC")
	if err != nil {
		return 0, err
	}
	return t.PartialAUC(maxFPR)
}

func checkMaxFPR(fn string, maxFPR float64) error {
	if maxFPR == 0 {
		return fmt.Errorf("%s: maxFPR: need a number in (0, 1], have 0: %w", fn, mlgauge.ErrRange)
	}
	return check.In(fn, "maxFPR", maxFPR, 0, 1)
}

// Gini returns the Gini coefficient of the score, 2 AUC - 1. Errors are those
// of AUC.
func (r *ROC) Gini() (float64, error) {
	a, err := r.s.auc("metrics.ROC.Gini")
	if err != nil {
		return 0, err
	}
	return 2*a - 1, nil
}

// Curve returns the ROC curve; see Thresholds.ROC.
func (r *ROC) Curve(points Points) (ROCCurve, error) {
	const fn = "metrics.ROC.Curve"
	if r.s.weight != nil {
		t, err := r.s.thresholds(fn)
		if err != nil {
			return ROCCurve{}, err
		}
		return t.ROC(points)
	}
	if err := r.s.some(fn); err != nil {
		return ROCCurve{}, err
	}
	if err := points.check(fn); err != nil {
		return ROCCurve{}, err
	}
	rows, done := r.s.rank()
	defer done()
	positives := rows.positives()
	if err := needClasses(fn, positives == 0, positives == len(rows.score)); err != nil {
		return ROCCurve{}, err
	}
	return rows.roc(points), nil
}

// DET returns the detection error trade-off curve; see Thresholds.DET.
func (r *ROC) DET(points Points) (DETCurve, error) {
	t, err := r.s.thresholds("metrics.ROC.DET")
	if err != nil {
		return DETCurve{}, err
	}
	return t.DET(points)
}

// KS returns the Kolmogorov-Smirnov statistic of the score; see Thresholds.KS.
func (r *ROC) KS() (KSPoint, error) {
	t, err := r.s.thresholds("metrics.ROC.KS")
	if err != nil {
		return KSPoint{}, err
	}
	return t.KS()
}

// Best returns the best threshold by a criterion; see Thresholds.Best.
func (r *ROC) Best(c Criterion) (Choice, error) {
	t, err := r.s.thresholds("metrics.ROC.Best")
	if err != nil {
		return Choice{}, err
	}
	return t.Best(c)
}

// BestCost returns the threshold with the smallest mean cost; see
// Thresholds.BestCost.
func (r *ROC) BestCost(costs Costs) (Choice, error) {
	t, err := r.s.thresholds("metrics.ROC.BestCost")
	if err != nil {
		return Choice{}, err
	}
	return t.BestCost(costs)
}

// AUC returns the exact area under the ROC curve of one batch; see ROC.AUC. It
// copies nothing.
func AUC[F check.Float](yTrue []bool, score []F) (float64, error) {
	s, err := oneShot("metrics.AUC", yTrue, score)
	if err != nil {
		return 0, err
	}
	return s.auc("metrics.AUC")
}

// oneShot borrows float64 scores, unchecked for NaN where the formula checks,
// and copies others.
func oneShot[F check.Float](fn string, yTrue []bool, score []F) (scores, error) {
	if err := check.Pair(fn, "yTrue", len(yTrue), "score", len(score)); err != nil {
		return scores{}, err
	}
	x, ok := any(score).([]float64)
	if !ok {
		x = make([]float64, len(score))
		for i, v := range score {
			x[i] = float64(v)
		}
	}
	return scores{label: yTrue, score: x, rows: len(x), total: float64(len(x))}, nil
}
