package preprocess

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/mat"
)

// PowerMethod is a family of power transforms.
type PowerMethod int

const (
	// YeoJohnson takes any number.
	YeoJohnson PowerMethod = iota
	// BoxCox takes positive numbers.
	BoxCox
)

var powerNames = []string{"yeo-johnson", "box-cox"}

// String returns "yeo-johnson" or "box-cox".
func (m PowerMethod) String() string { return optionName(m, powerNames) }

// PowerTransform makes every column as normal as a power can, with the exponent of
// maximum likelihood, and then brings it to mean 0 and variance 1:
//
//	Box-Cox:      y = (x^l - 1) / l,                         ln x at l = 0
//	Yeo-Johnson:  y = ((x+1)^l - 1) / l              x >= 0, ln(1+x) at l = 0
//	              y = -((1-x)^(2-l) - 1) / (2-l)     x < 0, -ln(1-x) at l = 2
//	z = (y - Mean) / Scale
//
// Powers are evaluated as expm1(l ln x) / l, and likelihoods from logarithms, so
// nothing cancels near l = 0 and nothing overflows at extreme exponents. The
// zero value is ready to fit.
//
// Special cases:
//   - NaN is skipped when fitting and stays NaN.
//   - A constant column has Lambda 1 under Yeo-Johnson (it is only centred)
//     and is mlgauge.ErrUndefined under Box-Cox, where the likelihood has no
//     maximum. Under both, so is a column without any value.
//   - A value of at most 0 under Box-Cox is mlgauge.ErrRange.
//   - Where the exponent of maximum likelihood would raise the column beyond
//     1e150, the nearest one that does not is taken, so that the variance exists.
//   - Inverse of a value that no x maps to is mlgauge.ErrRange.
//
// There is no PartialFit and no Merge: the likelihood at an exponent needs the
// variance of the columns raised to it, which no statistic of bounded size holds
// for every exponent. Fit on a sample of the rows instead.
//
// Definition: scikit-learn 1.9, PowerTransformer; SciPy 1.17, boxcox and
// yeojohnson. Sources: Box and Cox (1964); Yeo and Johnson (2000).
type PowerTransform struct {
	Method PowerMethod
	// NoStandardize leaves out the last step.
	NoStandardize bool

	Lambdas []float64 // exponent of each column
	Mean    []float64 // mean of y; zeros if NoStandardize
	Scale   []float64 // standard deviation of y; ones if NoStandardize
}

// Fit finds the exponents of the columns of x.
func (p *PowerTransform) Fit(x mat.Matrix) error {
	const fn = "PowerTransform.Fit"
	if err := option(fn, "Method", p.Method, powerNames); err != nil {
		return err
	}
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := noInfAll(fn, "x", g); err != nil {
		return err
	}
	lambdas, mean, scale := make([]float64, g.Cols), make([]float64, g.Cols), fill(g.Cols, 1)
	errs := make([]error, g.Cols)
	parallel.Each(g.Cols, func(j int) {
		x := column(make([]float64, 0, g.Rows), g, j)
		lambdas[j], errs[j] = p.lambda(fn, x, j)
		if errs[j] != nil || p.NoStandardize {
			return
		}
		if p.Method == YeoJohnson || !isConstant(x) {
			for i, v := range x {
				x[i] = p.power(v, lambdas[j])
			}
		}
		var m moments.Moments
		moments.Add(&m, x)
		v := m.Variance(0)
		if math.IsInf(v, 0) || math.IsNaN(v) {
			errs[j] = fmt.Errorf("%s: x: need columns whose transform has a finite variance, have an overflow in column %d: %w", fn, j, mlgauge.ErrNotFinite)
			return
		}
		mean[j] = m.Mean()
		if !constant(m.W, m.Mean(), v) {
			scale[j] = math.Sqrt(v)
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	p.Lambdas, p.Mean, p.Scale = lambdas, mean, scale
	return nil
}

func isConstant(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return true
}

// lambda returns the exponent of maximum likelihood of the values of column j.
func (p *PowerTransform) lambda(fn string, x []float64, j int) (float64, error) {
	if len(x) == 0 {
		return 0, fmt.Errorf("%s: x: need at least one value in column %d, have none: %w", fn, j, mlgauge.ErrUndefined)
	}
	if p.Method == BoxCox {
		for _, v := range x {
			if v <= 0 {
				return 0, fmt.Errorf("%s: x: need positive values for Box-Cox, have %v in column %d: %w", fn, v, j, mlgauge.ErrRange)
			}
		}
		if isConstant(x) {
			return 0, fmt.Errorf("%s: x: need a column that varies for Box-Cox, have %v throughout column %d: %w", fn, x[0], j, mlgauge.ErrUndefined)
		}
		return boxCoxLambda(x), nil
	}
	var m moments.Moments
	moments.Add(&m, x)
	if constant(m.W, m.Mean(), m.Variance(0)) {
		return 1, nil
	}
	return yeoJohnsonLambda(x), nil
}

// top is the greatest magnitude that a fitted transform may reach: its square
// and the sum of many of them are finite.
const top = 1e150

// boxCoxLambda maximises (l-1) sum ln x - n/2 ln var(y).
func boxCoxLambda(x []float64) float64 {
	logs := make([]float64, len(x))
	buf := make([]float64, len(x))
	var sum float64
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, v := range x {
		logs[i] = math.Log(v)
		sum += logs[i]
		lo, hi = min(lo, logs[i]), max(hi, logs[i])
	}
	n := float64(len(x))
	loss := func(l float64) float64 {
		var logVar float64
		if l == 0 {
			logVar = math.Log(variance(logs))
		} else {
			// y = e^c expm1(l ln x - c) / l plus a constant, c the greatest
			// exponent: the variance in logs.
			c := max(l*lo, l*hi)
			for i, v := range logs {
				buf[i] = math.Expm1(l*v - c)
			}
			logVar = math.Log(variance(buf)) + 2*c - 2*math.Log(math.Abs(l))
		}
		return -((l-1)*sum - n/2*logVar)
	}
	a, b := bracket(loss, -2, 2, 1e6)
	l := minimize(loss, a, b)
	size := func(l float64) float64 { // greatest ln |y|
		return max(math.Log(math.Abs(boxCox(math.Exp(lo), l))), math.Log(math.Abs(boxCox(math.Exp(hi), l))))
	}
	if limit := math.Log(top); size(l) > limit {
		inside, outside := 1., l
		for range 200 {
			if m := inside/2 + outside/2; size(m) > limit {
				outside = m
			} else {
				inside = m
			}
		}
		l = inside
	}
	return l
}

// yeoJohnsonLambda maximises (l-1) sum sign(x) ln(1+|x|) - n/2 ln var(y) over
// the exponents that keep the data, and twenty times it, in range.
func yeoJohnsonLambda(x []float64) float64 {
	var sum, most float64
	pos, neg := false, false
	logs := make([]float64, len(x)) // sign(x) ln(1+|x|)
	for i, v := range x {
		logs[i] = math.Copysign(math.Log1p(math.Abs(v)), v)
		sum += logs[i]
		most = max(most, math.Abs(v))
		neg = neg || v < 0
		pos = pos || v >= 0
	}
	n := float64(len(x))
	y := make([]float64, len(x))
	loss := func(l float64) float64 {
		for i, v := range logs {
			y[i] = yeoJohnsonLog(v, x[i] < 0, l)
		}
		s := variance(y)
		if s < 0x1p-1022 {
			return math.Inf(1)
		}
		return n/2*math.Log(s) - (l-1)*sum
	}
	reach := math.Log1p(20 * min(most, math.MaxFloat64/20))
	lo := (math.Log(0x1p-1022) - math.Log(eps)) / 2 / reach
	hi := (math.Log(math.MaxFloat64) + math.Log(eps)) / 2 / reach
	switch {
	case !pos:
		lo, hi = 2-hi, 2-lo
	case neg:
		lo, hi = max(2-hi, lo), min(2-lo, hi)
	}
	return minimize(loss, lo, hi)
}

func variance(x []float64) float64 {
	var m moments.Moments
	moments.Add(&m, x)
	return m.Variance(0)
}

func boxCox(x, l float64) float64 {
	if math.Abs(l) < 1e-19 {
		return math.Log(x)
	}
	t := l * math.Log(x)
	if t < 709.78 {
		return math.Expm1(t) / l
	}
	return math.Copysign(math.Exp(t-math.Log(math.Abs(l))), l) - 1/l
}

func boxCoxInverse(y, l float64) float64 {
	if math.Abs(l) < 1e-19 {
		return math.Exp(y)
	}
	if t := l * y; t < math.MaxFloat64 {
		return math.Exp(math.Log1p(t) / l)
	}
	return math.Exp((math.Log(math.Copysign(y+1/l, 1)) + math.Log(math.Abs(l))) / l)
}

// yeoJohnsonLog takes sign(x) ln(1+|x|).
func yeoJohnsonLog(v float64, negative bool, l float64) float64 {
	if negative {
		if k := 2 - l; math.Abs(k) > eps {
			return -math.Expm1(-k*v) / k
		}
		return v
	}
	if math.Abs(l) < eps {
		return v
	}
	return math.Expm1(l*v) / l
}

func yeoJohnson(x, l float64) float64 {
	return yeoJohnsonLog(math.Copysign(math.Log1p(math.Abs(x)), x), x < 0, l)
}

func yeoJohnsonInverse(y, l float64) float64 {
	if y < 0 {
		if k := 2 - l; math.Abs(k) > eps {
			return -math.Expm1(math.Log1p(-k*y) / k)
		}
		return -math.Expm1(-y)
	}
	if math.Abs(l) < eps {
		return math.Expm1(y)
	}
	return math.Expm1(math.Log1p(l*y) / l)
}

func (p *PowerTransform) power(x, l float64) float64 {
	if p.Method == BoxCox {
		return boxCox(x, l)
	}
	return yeoJohnson(x, l)
}

// fitted reports parameters that are missing or do not go together.
func (p *PowerTransform) fitted(fn string) error {
	if err := option(fn, "Method", p.Method, powerNames); err != nil {
		return err
	}
	n := len(p.Lambdas)
	if n == 0 {
		return check.NotFitted(fn)
	}
	if err := check.Length(fn, "Mean", n, len(p.Mean)); err != nil {
		return err
	}
	return check.Length(fn, "Scale", n, len(p.Scale))
}

// Widths returns the number of columns, twice.
func (p *PowerTransform) Widths() (in, out int) { return len(p.Lambdas), len(p.Lambdas) }

// Transform writes the transformed src into dst, which may be nil or src.
func (p *PowerTransform) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return p.apply("PowerTransform.Transform", dst, src, p.forwardRow)
}

// Inverse undoes Transform.
func (p *PowerTransform) Inverse(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	return p.apply("PowerTransform.Inverse", dst, src, p.backwardRow)
}

func (p *PowerTransform) apply(fn string, dst *mat.Dense, src mat.Matrix, do func(fn string, dst, row []float64) error) (*mat.Dense, error) {
	if err := p.fitted(fn); err != nil {
		return nil, err
	}
	g, err := source(fn, src, len(p.Lambdas))
	if err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, g.Cols); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	err = chunks(g.Rows, g.Cols, func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			row := g.Data[i*g.Stride : i*g.Stride+g.Cols]
			if err := noInf(fn, "src", row, g.Cols, 1, g.Cols, i); err != nil {
				return err
			}
			if err := do(fn, d.Data[i*d.Stride:i*d.Stride+g.Cols], row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dst, nil
}

func (p *PowerTransform) forwardRow(fn string, dst, row []float64) error {
	for j, v := range row {
		if p.Method == BoxCox && v <= 0 {
			return fmt.Errorf("%s: need positive values for Box-Cox, have %v in column %d: %w", fn, v, j, mlgauge.ErrRange)
		}
		y := (p.power(v, p.Lambdas[j]) - p.Mean[j]) / p.Scale[j]
		if math.IsInf(y, 0) {
			return fmt.Errorf("%s: need values whose power is finite, have %v in column %d: %w", fn, v, j, mlgauge.ErrNotFinite)
		}
		dst[j] = y
	}
	return nil
}

func (p *PowerTransform) backwardRow(fn string, dst, row []float64) error {
	for j, v := range row {
		y := float64(v*p.Scale[j]) + p.Mean[j]
		var x float64
		if p.Method == BoxCox {
			x = boxCoxInverse(y, p.Lambdas[j])
		} else {
			x = yeoJohnsonInverse(y, p.Lambdas[j])
		}
		if x*0 != 0 && v == v {
			return fmt.Errorf("%s: need values that are the power of a number, have %v in column %d: %w", fn, v, j, mlgauge.ErrRange)
		}
		dst[j] = x
	}
	return nil
}

// TransformRow writes the transformed row into dst, which may be row.
func (p *PowerTransform) TransformRow(dst, row []float64) error {
	return p.row("PowerTransform.TransformRow", dst, row, p.forwardRow)
}

// InverseRow undoes TransformRow.
func (p *PowerTransform) InverseRow(dst, row []float64) error {
	return p.row("PowerTransform.InverseRow", dst, row, p.backwardRow)
}

func (p *PowerTransform) row(fn string, dst, row []float64, do func(fn string, dst, row []float64) error) error {
	if err := p.fitted(fn); err != nil {
		return err
	}
	if err := rowWidths(fn, len(p.Lambdas), len(p.Lambdas), len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	return do(fn, dst, row)
}

// FeatureNames returns the input names.
func (p *PowerTransform) FeatureNames(in []string) ([]string, error) {
	return names("PowerTransform.FeatureNames", in, len(p.Lambdas))
}

type powerJSON struct {
	Method        string          `json:"method"`
	NoStandardize bool            `json:"no_standardize,omitempty"`
	Lambdas       jsonfloat.Slice `json:"lambdas,omitempty"`
	Mean          jsonfloat.Slice `json:"mean,omitempty"`
	Scale         jsonfloat.Slice `json:"scale,omitempty"`
}

// MarshalJSON writes options and parameters.
func (p *PowerTransform) MarshalJSON() ([]byte, error) {
	return json.Marshal(powerJSON{p.Method.String(), p.NoStandardize, p.Lambdas, p.Mean, p.Scale})
}

// UnmarshalJSON reads what MarshalJSON wrote; what does not fit together is
// mlgauge.ErrCorrupt, and p stays as it was.
func (p *PowerTransform) UnmarshalJSON(data []byte) error {
	const fn = "PowerTransform.UnmarshalJSON"
	var v powerJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	method, err := parseOption[PowerMethod](fn, "method", v.Method, powerNames)
	if err != nil {
		return err
	}
	if len(v.Mean) != len(v.Lambdas) || len(v.Scale) != len(v.Lambdas) {
		return jsonfloat.Corrupt(fn, "need lambdas, mean and scale of one length, have %d, %d, %d", len(v.Lambdas), len(v.Mean), len(v.Scale))
	}
	for j, l := range v.Lambdas {
		if l*0 != 0 || v.Mean[j]*0 != 0 || !(v.Scale[j] > 0) || math.IsInf(v.Scale[j], 0) {
			return jsonfloat.Corrupt(fn, "column %d: need a finite lambda and mean and a positive scale, have %v, %v, %v", j, l, v.Mean[j], v.Scale[j])
		}
	}
	*p = PowerTransform{Method: method, NoStandardize: v.NoStandardize, Lambdas: v.Lambdas, Mean: v.Mean, Scale: v.Scale}
	return nil
}
