package metrics

import (
	"math"

	"github.com/mlgauge/mlgauge/internal/check"
)

// scaled returns the margins of the classes of v as numbers whose total is near
// 1 if it was extreme: products of them neither overflow nor vanish.
func (v *view) scaled() (hit, truth, pred []float64, scale float64) {
	k := len(v.codes)
	all := make([]float64, 3*k)
	hit, truth, pred = all[:k], all[k:2*k], all[2*k:]
	scale = 1
	if n := v.m.total.value(); n > 0x1p200 || n < 0x1p-200 {
		scale = unit(n)
	}
	for i, code := range v.codes {
		if code >= 0 {
			hit[i] = v.m.hit[code].value() * scale
			truth[i] = v.m.truth[code].value() * scale
			pred[i] = v.m.pred[code].value() * scale
		}
	}
	return hit, truth, pred, scale
}

// MCC returns Matthews' correlation coefficient for any number of classes
// (Gorodkin's R_K), in [-1, 1]; Labels has no effect. With t_k and p_k the
// number of rows of true and of predicted class k:
//
//	sum_k (n c_kk - t_k p_k) / sqrt(sum_k p_k (n - p_k)  sum_k t_k (n - t_k))
//
// It is 0 when truth or prediction is constant.
//
// Errors: mlgauge.ErrEmpty; mlgauge.ErrUndefined when the weights sum to 0.
//
// Source: Gorodkin, Computational Biology and Chemistry 28 (2004) 367;
// scikit-learn 1.9 matthews_corrcoef.
func (c *Confusion[L]) MCC() (float64, error) {
	v, err := c.everything("metrics.Confusion.MCC")
	if err != nil {
		return math.NaN(), err
	}
	x, y, z := mccParts(v.scaled())
	if y == 0 || z == 0 {
		return 0, nil
	}
	// Margins that differ by many decades can round to a little above 1.
	return max(-1, min(1, x/math.Sqrt(y)/math.Sqrt(z))), nil
}

func mccParts(hit, truth, pred []float64, _ float64) (x, y, z float64) {
	var n, m float64
	for k := range hit {
		n += truth[k]
		m += pred[k]
	}
	for k := range hit {
		x += hit[k]*n - truth[k]*pred[k]
		y += pred[k] * (m - pred[k])
		z += truth[k] * (n - truth[k])
	}
	return x, max(y, 0), max(z, 0)
}

// A KappaWeights says how much a disagreement counts, by the distance of the
// two classes in the order of Classes.
type KappaWeights int

const (
	// KappaUnweighted counts every disagreement as 1.
	KappaUnweighted KappaWeights = iota
	// KappaLinear counts |i - j|.
	KappaLinear
	// KappaQuadratic counts (i - j)^2.
	KappaQuadratic
)

// Kappa returns Cohen's kappa between truth and prediction (or between two
// raters), in [-1, 1]. With t_i and p_j the number of rows of true class i and
// of predicted class j, and w the weights of disagreement:
//
//	1 - n sum_ij w_ij c_ij / sum_ij w_ij t_i p_j
//
// When Labels is set, rows with another class are left out, and the order of
// Labels is the order of the weights.
//
// It is undefined (NaN with mlgauge.ErrUndefined) when both are the same
// constant, or nothing is left. Errors: mlgauge.ErrEmpty;
// mlgauge.ErrUnknownCategory when none of Labels is the true class of a row;
// mlgauge.ErrRange for unknown weights or Labels with a repetition.
//
// Source: Cohen, Psychological Bulletin 70 (1968) 213; scikit-learn 1.9
// cohen_kappa_score, which gives NaN where this is undefined.
func (c *Confusion[L]) Kappa(weights KappaWeights) (float64, error) {
	a, b, err := c.kappaParts("metrics.Confusion.Kappa", weights)
	if err != nil {
		return math.NaN(), err
	}
	return 1 - a/b, nil
}

// kappaParts returns the observed and the expected disagreement.
func (c *Confusion[L]) kappaParts(fn string, weights KappaWeights) (seen, expected float64, err error) {
	if weights < KappaUnweighted || weights > KappaQuadratic {
		return 0, 0, check.Option(fn, "weights", int(weights))
	}
	v, err := c.view(fn)
	if err == nil {
		err = v.positive(fn)
	}
	if err == nil {
		err = c.occurs(fn, &v)
	}
	if err != nil {
		return 0, 0, err
	}
	_, _, _, scale := v.scaled()
	k := len(v.codes)
	truth, pred := make([]float64, k), make([]float64, k)
	c.inside(&v, func(i, j int, n tally) {
		x := n.value() * scale
		truth[i] += x
		pred[j] += x
		seen += x * weights.of(i, j)
	})
	total, expected := weights.expected(truth, pred)
	if expected == 0 {
		_, err := undefined(fn, "two classes")
		return 0, 0, err
	}
	return seen, expected / total, nil
}

func (w KappaWeights) of(i, j int) float64 {
	d := math.Abs(float64(i - j))
	switch w {
	case KappaLinear:
		return d
	case KappaQuadratic:
		return d * d
	}
	return min(d, 1)
}

// expected returns n and sum_ij w_ij t_i p_j in time proportional to the number
// of classes, as sums of terms of one sign.
func (w KappaWeights) expected(truth, pred []float64) (n, sum float64) {
	var m, apart, mean float64
	for i := range truth {
		n += truth[i]
		m += pred[i]
		mean += float64(i) * truth[i]
	}
	for i := range truth {
		apart += truth[i] * (m - pred[i])
	}
	if n == 0 || apart <= 0 {
		return n, 0
	}
	switch w {
	case KappaLinear:
		// The distance |i - j| is the number of gaps between i and j.
		var t, p float64
		for i := range truth {
			t += truth[i]
			p += pred[i]
			sum += t*max(m-p, 0) + p*max(n-t, 0)
		}
		return n, sum
	case KappaQuadratic:
		mean /= n
		var st, sp float64
		for i := range truth {
			d := float64(i) - mean
			st += d * d * truth[i]
			sp += d * d * pred[i]
		}
		return n, st*m + sp*n
	}
	return n, apart
}
