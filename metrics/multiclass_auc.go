package metrics

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// MulticlassROC keeps the true class and the scores of all classes of every
// row, and gives the areas under the ROC curves of the classes and their
// averages. The zero value is empty and ready; the first batch sets the number
// of classes. Do not copy it; Merge it into a fresh one.
type MulticlassROC struct {
	class  []int
	column [][]float64 // by class
	weight []float64   // nil while all rows weigh 1
	rows   int
	total  float64
}

// Add takes a batch of rows: row i of score holds the probabilities of the
// classes, yTrue[i] the column of the true one.
//
// Errors: mlgauge.ErrLength, mlgauge.ErrEmpty, mlgauge.ErrNotFinite for a score
// that is NaN or infinite, mlgauge.ErrRange for a row whose sum is further than
// about 1e-5 from 1 or fewer than two columns, mlgauge.ErrUnknownCategory for a
// class without a column, mlgauge.ErrIncompatible for another number of columns
// than before.
func (r *MulticlassROC) Add(yTrue []int, score mat.Matrix) error {
	return r.add("metrics.MulticlassROC.Add", yTrue, score, nil)
}

// AddWeighted is Add with a weight per row; rows of weight zero are left out.
// Errors: those of Add, and for the weights mlgauge.ErrLength,
// mlgauge.ErrNotFinite (also when their sum overflows), mlgauge.ErrRange for a
// negative one.
func (r *MulticlassROC) AddWeighted(yTrue []int, score mat.Matrix, weights []float64) error {
	const fn = "metrics.MulticlassROC.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	if weights == nil {
		weights = []float64{}
	}
	return r.add(fn, yTrue, score, weights)
}

func (r *MulticlassROC) add(fn string, yTrue []int, score mat.Matrix, weights []float64) error {
	if score == nil {
		return check.NotEmpty(fn, "score", 0)
	}
	n, k := score.Dims()
	if err := check.Pair(fn, "yTrue", len(yTrue), "score", n); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "columns of score", k, 2); err != nil {
		return err
	}
	if r.column != nil && k != len(r.column) {
		return fmt.Errorf("%s: score: need %d columns as before, have %d: %w", fn, len(r.column), k, mlgauge.ErrIncompatible)
	}
	total := r.total
	for i, c := range yTrue {
		if c < 0 || c >= k {
			return fmt.Errorf("%s: yTrue: need classes from 0 to %d, the columns of score, have %d at row %d: %w", fn, k-1, c, i, mlgauge.ErrUnknownCategory)
		}
		var sum float64
		for j := range k {
			v := score.At(i, j)
			if v*0 != 0 {
				return fmt.Errorf("%s: score: need finite values, have %v at row %d, column %d: %w", fn, v, i, j, mlgauge.ErrNotFinite)
			}
			sum += v
		}
		if !(math.Abs(1-sum) <= 1e-8+1e-5*math.Abs(sum)) { // numpy.allclose
			return fmt.Errorf("%s: score: need rows that sum to 1, have a sum of %v at row %d: %w", fn, sum, i, mlgauge.ErrRange)
		}
		if weights == nil {
			total++
		} else {
			total += weights[i]
		}
	}
	if math.IsInf(total, 0) {
		return fmt.Errorf("%s: weights: need weights with a finite sum, have %v: %w", fn, total, mlgauge.ErrNotFinite)
	}
	if r.column == nil {
		r.column = make([][]float64, k)
	}
	if weights != nil {
		r.weigh()
	}
	for i, c := range yTrue {
		w := 1.0
		if weights != nil {
			if w = weights[i]; w == 0 {
				continue
			}
		}
		r.class = append(r.class, c)
		for j := range k {
			r.column[j] = append(r.column[j], score.At(i, j))
		}
		if r.weight != nil {
			r.weight = append(r.weight, w)
		}
	}
	r.rows += n
	r.total = total
	return nil
}

func (r *MulticlassROC) weigh() {
	if r.weight == nil {
		r.weight = make([]float64, len(r.class))
		for i := range r.weight {
			r.weight[i] = 1
		}
	}
}

// Merge adds the rows of o. Another number of classes wraps
// mlgauge.ErrIncompatible.
func (r *MulticlassROC) Merge(o *MulticlassROC) error {
	const fn = "metrics.MulticlassROC.Merge"
	switch {
	case o.rows == 0:
		return nil
	case r.column != nil && len(r.column) != len(o.column):
		return fmt.Errorf("%s: need %d classes, have %d: %w", fn, len(r.column), len(o.column), mlgauge.ErrIncompatible)
	case math.IsInf(r.total+o.total, 0):
		return fmt.Errorf("%s: need weights with a finite sum, have %v: %w", fn, r.total+o.total, mlgauge.ErrNotFinite)
	}
	if r.column == nil {
		r.column = make([][]float64, len(o.column))
	}
	n := len(o.class)
	switch {
	case o.weight != nil:
		r.weigh()
		r.weight = append(r.weight, o.weight[:n]...)
	case r.weight != nil:
		for range n {
			r.weight = append(r.weight, 1)
		}
	}
	r.class = append(r.class, o.class[:n]...)
	for j := range r.column {
		r.column[j] = append(r.column[j], o.column[j][:n]...)
	}
	r.rows += o.rows
	r.total += o.total
	return nil
}

// Reset empties r, its number of classes included.
func (r *MulticlassROC) Reset() { *r = MulticlassROC{} }

// Rows returns the number of rows added, those of weight zero included.
func (r *MulticlassROC) Rows() int { return r.rows }

// MarshalBinary implements encoding.BinaryMarshaler.
func (r *MulticlassROC) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("multiclassroc/1")
	w.Int(r.rows)
	w.Ints(r.class)
	w.Int(len(r.column))
	for _, c := range r.column {
		w.Float64s(c)
	}
	w.Bool(r.weight != nil)
	if r.weight != nil {
		w.Float64s(r.weight)
	}
	return w.Finish(), nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler. Bytes that
// MarshalBinary did not make wrap mlgauge.ErrCorrupt and leave r as it was.
func (r *MulticlassROC) UnmarshalBinary(data []byte) error {
	d := codec.NewReader("metrics.MulticlassROC.UnmarshalBinary", "multiclassroc/1", data)
	n := MulticlassROC{rows: d.Int(), class: d.Ints()}
	k := d.Count(8)
	for range k {
		n.column = append(n.column, d.Float64s())
	}
	if d.Bool() {
		n.weight = append([]float64{}, d.Float64s()...)
	}
	if err := d.Close(); err != nil {
		return err
	}
	size := len(n.class)
	if n.rows < size || (n.weight == nil && n.rows != size) || (n.rows > 0) != (k > 0) || k == 1 {
		d.Fail("need the rows and classes of a statistic, have %d rows, %d kept, %d classes", n.rows, size, k)
	}
	for _, c := range n.class {
		if c < 0 || c >= k {
			d.Fail("need classes below %d, have %d", k, c)
			break
		}
	}
	for _, c := range n.column {
		if len(c) != size || check.Finite("", "", c) != nil {
			d.Fail("need %d finite scores of each class", size)
			break
		}
	}
	n.total = float64(size)
	if n.weight != nil {
		n.total = 0
		if len(n.weight) != size {
			d.Fail("need %d weights, have %d", size, len(n.weight))
		}
		for _, w := range n.weight {
			if !(w > 0) {
				d.Fail("need positive weights, have %v", w)
				break
			}
			n.total += w
		}
		if math.IsInf(n.total, 0) {
			d.Fail("need weights with a finite sum")
		}
	}
	if d.Err() != nil {
		return d.Err()
	}
	*r = n
	return nil
}

func (r *MulticlassROC) some(fn string) error {
	if err := check.NotEmpty(fn, "rows", r.rows); err != nil {
		return err
	}
	if len(r.class) == 0 {
		return undefinedFor(fn, "at least one positive weight", "none")
	}
	return nil
}

// support returns the weight of the rows of each class.
func (r *MulticlassROC) support() []float64 {
	s := make([]float64, len(r.column))
	for i, c := range r.class {
		if r.weight == nil {
			s[c]++
		} else {
			s[c] += r.weight[i]
		}
	}
	return s
}

// A binaryScore is a formula over the scores of two classes.
type binaryScore func(s *scores, fn string) (float64, error)

// one returns the score of class c against the rest.
func (r *MulticlassROC) one(fn string, c int, label []bool, score binaryScore) (float64, error) {
	for i, l := range r.class {
		label[i] = l == c
	}
	v, err := score(&scores{label: label, score: r.column[c], weight: r.weight, rows: len(label), total: r.total}, fn)
	if err != nil {
		return 0, fmt.Errorf("class %d: %w", c, err)
	}
	return v, nil
}

// PerClass returns the area under the ROC curve of each class against the rest.
// The area of a class without rows, or with all of them, is NaN; the error then
// wraps mlgauge.ErrUndefined and names the first such class, and the other areas
// stand. No rows wrap mlgauge.ErrEmpty.
//
// Source: scikit-learn 1.9, roc_auc_score(multi_class="ovr", average=None).
func (r *MulticlassROC) PerClass() ([]float64, error) {
	const fn = "metrics.MulticlassROC.PerClass"
	if err := r.some(fn); err != nil {
		return nil, err
	}
	areas := make([]float64, len(r.column))
	label := make([]bool, len(r.class))
	var missing error
	for c := range areas {
		a, err := r.one(fn, c, label, (*scores).auc)
		switch {
		case errors.Is(err, mlgauge.ErrUndefined):
			a = math.NaN()
			if missing == nil {
				missing = err
			}
		case err != nil:
			return nil, err
		}
		areas[c] = a
	}
	return areas, missing
}

// OneVsRest returns the average of the areas of the classes against the rest:
// Macro their mean, Weighted their mean by the weight of the rows of the class
// (classes without rows do not count), Micro the area of all (row, class) pairs
// taken together.
//
// Macro wraps mlgauge.ErrUndefined if a class has no rows; all do if one has
// all of them. Another average wraps mlgauge.ErrRange, no rows
// mlgauge.ErrEmpty.
//
// Source: scikit-learn 1.9, roc_auc_score(multi_class="ovr").
func (r *MulticlassROC) OneVsRest(average Average) (float64, error) {
	return r.averaged("metrics.MulticlassROC.OneVsRest", average, (*scores).auc)
}

// AveragePrecision returns the average of the average precisions of the classes
// against the rest, averaged as in OneVsRest; see Thresholds.AveragePrecision.
// Macro wraps mlgauge.ErrUndefined if a class has no rows; another average wraps
// mlgauge.ErrRange, no rows mlgauge.ErrEmpty.
//
// Source: scikit-learn 1.9, average_precision_score.
func (r *MulticlassROC) AveragePrecision(average Average) (float64, error) {
	return r.averaged("metrics.MulticlassROC.AveragePrecision", average, (*scores).averagePrecision)
}

func (r *MulticlassROC) averaged(fn string, average Average, score binaryScore) (float64, error) {
	if average != Micro && average != Macro && average != Weighted {
		return 0, check.Option(fn, "average", average)
	}
	if err := r.some(fn); err != nil {
		return 0, err
	}
	n, k := len(r.class), len(r.column)
	if average == Micro {
		s := scores{label: make([]bool, 0, n*k), score: make([]float64, 0, n*k), rows: n * k}
		for c := range k {
			for i, l := range r.class {
				s.label = append(s.label, l == c)
				s.score = append(s.score, r.column[c][i])
			}
			if r.weight != nil {
				s.weight = append(s.weight, r.weight...)
			}
		}
		return score(&s, fn)
	}
	support := r.support()
	label := make([]bool, n)
	var sum, total float64
	for c := range k {
		w := 1.0
		if average == Weighted {
			if w = support[c] / r.total; w == 0 {
				continue
			}
		}
		a, err := r.one(fn, c, label, score)
		if err != nil {
			return 0, err
		}
		sum += w * a
		total += w
	}
	return min(sum/total, 1), nil
}

// OneVsOne returns the average over all pairs of classes {a, b} of
//
//	1/2 (AUC(a | b) + AUC(b | a))
//
// where AUC(a | b) ranks the rows of a and b by the score of a: Macro the mean,
// insensitive to how common the classes are, Weighted the mean by the number of
// rows of the pair. Classes without rows are left out.
//
// Fewer than two classes with rows, or rows added with weights, wrap
// mlgauge.ErrUndefined; another average mlgauge.ErrRange, no rows
// mlgauge.ErrEmpty.
//
// Source: scikit-learn 1.9, roc_auc_score(multi_class="ovo"); Hand and Till,
// Machine Learning 45 (2001).
func (r *MulticlassROC) OneVsOne(average Average) (float64, error) {
	const fn = "metrics.MulticlassROC.OneVsOne"
	if average != Macro && average != Weighted {
		return 0, check.Option(fn, "average", average)
	}
	if err := r.some(fn); err != nil {
		return 0, err
	}
	if r.weight != nil {
		return 0, undefinedFor(fn, "rows without weights", "weighted rows")
	}
	members := make([][]int, len(r.column))
	for i, c := range r.class {
		members[c] = append(members[c], i)
	}
	var sum, total float64
	for a := range members {
		for b := range a {
			if len(members[a]) == 0 || len(members[b]) == 0 {
				continue
			}
			w := 1.0
			if average == Weighted {
				w = float64(len(members[a]) + len(members[b]))
			}
			ab, err := r.pair(fn, members[a], members[b], a)
			if err != nil {
				return 0, err
			}
			ba, err := r.pair(fn, members[b], members[a], b)
			if err != nil {
				return 0, err
			}
			sum += w * ((ab + ba) / 2)
			total += w
		}
	}
	if total == 0 {
		return 0, undefinedFor(fn, "rows of at least two classes", "one")
	}
	return sum / total, nil
}

// pair ranks the rows of two classes by the score of the first.
func (r *MulticlassROC) pair(fn string, first, second []int, column int) (float64, error) {
	n := len(first) + len(second)
	s := scores{label: make([]bool, n), score: make([]float64, 0, n), rows: n}
	for i := range first {
		s.label[i] = true
	}
	for _, rows := range [][]int{first, second} {
		for _, i := range rows {
			s.score = append(s.score, r.column[column][i])
		}
	}
	return s.auc(fn)
}

// OneVsRestAUC returns the averaged one-vs-rest area of one batch; see
// MulticlassROC.Add and MulticlassROC.OneVsRest.
func OneVsRestAUC(yTrue []int, score mat.Matrix, average Average) (float64, error) {
	var r MulticlassROC
	if err := r.add("metrics.OneVsRestAUC", yTrue, score, nil); err != nil {
		return 0, err
	}
	return r.OneVsRest(average)
}

// OneVsOneAUC returns the averaged one-vs-one area of one batch; see
// MulticlassROC.Add and MulticlassROC.OneVsOne.
func OneVsOneAUC(yTrue []int, score mat.Matrix, average Average) (float64, error) {
	var r MulticlassROC
	if err := r.add("metrics.OneVsOneAUC", yTrue, score, nil); err != nil {
		return 0, err
	}
	return r.OneVsOne(average)
}
