package encoding

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// Embedding replaces a category by a vector: one of a table that is given, or
// one that a small network learns to predict the target from.
//
// The network sets the vectors of all columns side by side, puts them through
// one layer of rectified units and a linear output, and is trained by stochastic
// gradient descent on half the squared error of the standardised target, or,
// with Classify, on the log loss of a target of zeros and ones:
//
//	h = max(0, W [v_1 ... v_k] + b)      output = u h + c
//
// Training is deterministic: the same rows, options and Seed give the same
// vectors. A category that was not seen gets the mean of the vectors, weighted
// by their rows. A missing value that Fit saw has a vector of its own.
//
// Fit and Transform of the same rows leaks the target into them: see CrossFit.
//
// Source: Guo, Berkhahn (2016), Entity Embeddings of Categorical Variables.
type Embedding struct {
	// Dim is the length of the vectors; 0 means min(50, (K+1)/2) for a column of
	// K categories.
	Dim int `json:"dim,omitempty"`
	// Hidden is the number of rectified units; 0 means 16.
	Hidden int `json:"hidden,omitempty"`
	// Epochs is the number of passes over the rows; 0 means 10.
	Epochs int `json:"epochs,omitempty"`
	// LearningRate falls linearly from its value to a tenth of it; 0 means 0.05.
	LearningRate float64 `json:"learning_rate,omitempty"`
	// Classify trains on the log loss of zeros and ones.
	Classify bool   `json:"classify,omitempty"`
	Seed     uint64 `json:"seed,omitempty"`
	// HandleUnknown and HandleMissing: Value (usual), Refuse or ReturnNaN.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`

	Table
}

// NewEmbedding returns an embedding of one column with the vectors given, one
// for every category. A category that is not listed, and a missing value, get
// the mean of the vectors. Add further columns by appending to Features and
// calling Prepare.
//
// Errors: ErrEmpty; ErrLength for vectors that differ in number from the
// categories, or in length; ErrNotFinite; ErrRange for a category that is
// listed twice.
func NewEmbedding(column string, categories []string, vectors [][]float64, missing ...string) (*Embedding, error) {
	const fn = "NewEmbedding"
	if err := check.Pair(fn, "categories", len(categories), "vectors", len(vectors)); err != nil {
		return nil, err
	}
	w := len(vectors[0])
	if err := check.NotEmpty(fn, "vectors", w); err != nil {
		return nil, err
	}
	f := Feature{Name: name(column, 0), Categories: categories, MissingLabels: missing, Unknown: make([]float64, w)}
	f.Names = vectorNames(f.Name, w)
	for i, v := range vectors {
		if err := check.Length(fn, "vector "+strconv.Itoa(i), w, len(v)); err != nil {
			return nil, err
		}
		if err := check.Finite(fn, "vectors", v); err != nil {
			return nil, err
		}
		f.Values = append(f.Values, v...)
		for k, a := range v {
			f.Unknown[k] += a / float64(len(vectors))
		}
	}
	f.Missing = f.Unknown
	e := &Embedding{Dim: w}
	if err := e.set("Embedding", []Feature{f}); err != nil {
		return nil, err
	}
	return e, nil
}

func vectorNames(name string, w int) []string {
	names := make([]string, w)
	for i := range names {
		names[i] = name + "_" + strconv.Itoa(i)
	}
	return names
}

func (e *Embedding) options(fn string) error {
	for _, o := range []struct {
		name string
		v    int
	}{{"Dim", e.Dim}, {"Hidden", e.Hidden}, {"Epochs", e.Epochs}} {
		if err := check.AtLeast(fn, o.name, o.v, 0); err != nil {
			return err
		}
		if o.v > 1<<20 {
			return check.In(fn, o.name, float64(o.v), 0, 1<<20)
		}
	}
	return check.In(fn, "LearningRate", e.LearningRate, 0, 100)
}

// Fit trains the vectors on the columns x and the target y, forgetting what was
// learned before.
//
// Errors: ErrEmpty; ErrLength; ErrNotFinite for a target that is not finite;
// ErrRange for options and codes out of range and, with Classify, for a target
// that is neither 0 nor 1; ErrUndefined for a target that is constant;
// ErrNotConverged if the numbers overflow (lower the LearningRate).
func (e *Embedding) Fit(x []Column, y []float64) error {
	const fn = "Embedding.Fit"
	unknown, err := policy(fn, "HandleUnknown", e.HandleUnknown, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return err
	}
	missing, err := policy(fn, "HandleMissing", e.HandleMissing, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return err
	}
	if err := e.options(fn); err != nil {
		return err
	}
	stats, codes, err := learnTargets(fn, nil, x, y, nil)
	if err != nil {
		return err
	}
	all := stats[0].Total()
	sd := math.Sqrt(all.Variance(0))
	if sd == 0 {
		return fmt.Errorf("%s: y: need a target that varies, have a constant: %w", fn, mlgauge.ErrUndefined)
	}
	if math.IsInf(sd, 0) || sd != sd {
		return fmt.Errorf("%s: y: need a target of finite variance, have %v: %w", fn, sd, mlgauge.ErrNotFinite)
	}
	target := make([]float64, len(y))
	for i, v := range y {
		if e.Classify {
			if v != 0 && v != 1 {
				return fmt.Errorf("%s: y: need zeros and ones, have %v at index %d: %w", fn, v, i, mlgauge.ErrRange)
			}
			target[i] = v
		} else {
			target[i] = (v - all.Mean()) / sd
		}
	}
	net := e.network(stats)
	if !net.train(codes, target, e) {
		return fmt.Errorf("%s: need a training that stays finite; lower LearningRate: %w", fn, mlgauge.ErrNotConverged)
	}
	features := make([]Feature, len(stats))
	for j := range stats {
		t := &stats[j]
		w := net.dim[j]
		f := Feature{Name: name(t.name, j), Categories: t.dict.Labels(), MissingLabels: t.dict.MissingLabels()}
		f.Names = vectorNames(f.Name, w)
		f.Values = net.table[j][w:]
		mean := make([]float64, w)
		for s, n := range t.rows {
			for k := range mean {
				mean[k] += net.table[j][s*w+k] * (float64(n) / float64(len(y)))
			}
		}
		f.Unknown, f.Missing = byPolicy(unknown, mean), mean
		if t.rows[0] > 0 {
			if missing == Refuse {
				return refused(fn, "column "+strconv.Quote(f.Name), &Column{}, 0, Missing)
			}
			f.Missing = net.table[j][:w:w]
		}
		f.Missing = byPolicy(missing, f.Missing)
		features[j] = f
	}
	return e.set("Embedding", features)
}

// A network holds the weights of training.
type network struct {
	dim   []int
	at    []int       // first input of each column
	table [][]float64 // by column: a vector for every slot
	in    int
	w     []float64 // hidden x in
	b, u  []float64 // hidden
	c     float64
}

func (e *Embedding) network(stats []TargetStats) *network {
	r := rand.New(rand.NewPCG(e.Seed, 2))
	net := &network{}
	for j := range stats {
		d := e.Dim
		if d == 0 {
			d = min(50, (stats[j].dict.Len()+1)/2)
			d = max(d, 1)
		}
		net.dim, net.at = append(net.dim, d), append(net.at, net.in)
		net.in += d
		v := make([]float64, len(stats[j].rows)*d)
		for i := range v {
			v[i] = 0.1 * r.NormFloat64()
		}
		net.table = append(net.table, v)
	}
	h := e.Hidden
	if h == 0 {
		h = 16
	}
	net.w, net.b, net.u = make([]float64, h*net.in), make([]float64, h), make([]float64, h)
	for i := range net.w {
		net.w[i] = r.NormFloat64() * math.Sqrt(2/float64(net.in))
	}
	for i := range net.u {
		net.u[i] = r.NormFloat64() * math.Sqrt(1/float64(h))
	}
	return net
}

// train runs the epochs; it returns false if a weight overflows.
func (net *network) train(codes [][]int32, target []float64, e *Embedding) bool {
	epochs, rate := e.Epochs, e.LearningRate
	if epochs == 0 {
		epochs = 10
	}
	if rate == 0 {
		rate = 0.05
	}
	source := rand.NewPCG(e.Seed, 3)
	rows := make([]int, len(target))
	for i := range rows {
		rows[i] = i
	}
	v, dv := make([]float64, net.in), make([]float64, net.in)
	h := make([]float64, len(net.b))
	steps := float64(epochs) * float64(len(rows))
	step := 0.0
	for range epochs {
		kernel.Shuffle(source, rows)
		for _, i := range rows {
			lr := rate * (1 - 0.9*step/steps)
			step++
			for j := range codes {
				d := net.dim[j]
				copy(v[net.at[j]:net.at[j]+d], net.table[j][(int(codes[j][i])+1)*d:])
			}
			out := net.c
			for k := range h {
				s := net.b[k]
				row := net.w[k*net.in : (k+1)*net.in]
				for q, a := range v {
					s += row[q] * a
				}
				h[k] = max(0, s)
				out += net.u[k] * h[k]
			}
			if e.Classify {
				out = 1 / (1 + math.Exp(-out))
			}
			g := lr * (out - target[i])
			if g*0 != 0 {
				return false
			}
			clear(dv)
			net.c -= g
			for k := range h {
				if h[k] == 0 {
					continue
				}
				gk := g * net.u[k]
				net.u[k] -= g * h[k]
				net.b[k] -= gk
				row := net.w[k*net.in : (k+1)*net.in]
				for q := range row {
					dv[q] += gk * row[q]
					row[q] -= gk * v[q]
				}
			}
			for j := range codes {
				d := net.dim[j]
				to := net.table[j][(int(codes[j][i])+1)*d:]
				for q := range d {
					to[q] -= dv[net.at[j]+q]
				}
			}
		}
	}
	for _, t := range net.table {
		for _, a := range t {
			if a*0 != 0 {
				return false
			}
		}
	}
	return true
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *Embedding) UnmarshalJSON(b []byte) error {
	type plain Embedding
	var p plain
	if err := decode("Embedding.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("Embedding"); err != nil {
		return err
	}
	*e = Embedding(p)
	return nil
}
