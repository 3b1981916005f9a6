package mlgauge_test

import (
	"bytes"
	"context"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/bias/mitigate"
	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/encoding/text"
	"github.com/mlgauge/mlgauge/experiment"
	"github.com/mlgauge/mlgauge/explain"
	"github.com/mlgauge/mlgauge/metrics"
	"github.com/mlgauge/mlgauge/preprocess"
	"github.com/mlgauge/mlgauge/table"
)

// The headline hot paths, one row of the README's table each, beside the machine's
// read bandwidth:
//
//	go test -run '^$' -bench . .

const (
	million = 1_000_000
	columns = 20
)

// A headline is one row of the README's table, under its label there.
type headline struct {
	label    string
	elements int
	bytes    int // read by a call
	prepare  func() func() error
}

// BenchmarkReadBandwidth is the yardstick: how fast one core sums 80 MB.
func BenchmarkReadBandwidth(b *testing.B) {
	x := normal(10 * million)
	b.SetBytes(int64(8 * len(x)))
	for b.Loop() {
		floats.Sum(x)
	}
}

func BenchmarkHeadlines(b *testing.B) {
	for _, h := range headlines() {
		b.Run(h.label, func(b *testing.B) {
			call := h.prepare()
			b.SetBytes(int64(h.bytes))
			b.ReportAllocs()
			for b.Loop() {
				if err := call(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(h.elements), "ns/elem")
		})
	}
}

// TestHeadlines finds a benchmark for every row of the README's table.
func TestHeadlines(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(readme), "<!-- benchmarks:")
	require.True(t, ok)
	part, _, ok := strings.Cut(rest, "<!-- end of benchmarks -->")
	require.True(t, ok)
	var rows, labels []string
	for line := range strings.Lines(part) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			rows = append(rows, strings.TrimSpace(cells[1]))
		}
	}
	require.Greater(t, len(rows), 2, "no table")
	for _, h := range headlines() {
		labels = append(labels, h.label)
	}
	require.Subset(t, labels, rows[2:])
}

func headlines() []headline {
	var all []headline
	for _, part := range [][]headline{metricHeadlines(), columnHeadlines(), encodingHeadlines(), driftHeadlines(), otherHeadlines()} {
		all = append(all, part...)
	}
	return all
}

func metricHeadlines() []headline {
	auc := func(n int) func() func() error {
		return func() func() error {
			y, s := scored(n)
			return func() error { _, err := metrics.AUC(y, s); return err }
		}
	}
	score := func(measure func(y []bool, p []float64) (float64, error)) func() func() error {
		return func() func() error {
			y, p := scored(million)
			return func() error { _, err := measure(y, p); return err }
		}
	}
	return []headline{
		{"MSE, MAE and R² together", million, 16 * million, func() func() error {
			x := normal(2 * million)
			return func() error {
				var r metrics.Regression
				if err := r.Add(x[:million], x[million:]); err != nil {
					return err
				}
				_, err := r.R2()
				return err
			}
		}},
		{"log loss", million, 9 * million, score(metrics.LogLoss[float64])},
		{"accuracy", million, 16 * million, func() func() error {
			y, p := classes(1, million, 10), classes(2, million, 10)
			return func() error { _, err := metrics.Accuracy(y, p); return err }
		}},
		{"confusion matrix, 10 classes", million, 16 * million, func() func() error {
			y, p := classes(1, million, 10), classes(2, million, 10)
			return func() error { return new(metrics.Confusion[int64]).Add(y, p) }
		}},
		{"confusion matrix of words", million, 32 * million, func() func() error {
			y, p := words(1, 10), words(2, 10)
			return func() error { return new(metrics.Confusion[string]).Add(y, p) }
		}},
		{"F1, a call of 100 rows", 100, 1600, func() func() error {
			y, p := classes(1, 100, 10), classes(2, 100, 10)
			return func() error { _, err := metrics.F1(y, p, metrics.Macro); return err }
		}},
		{"AUC, exact", million, 9 * million, auc(million)},
		{"AUC, exact, 10 million rows", 10 * million, 90 * million, auc(10 * million)},
		{"average precision", million, 9 * million, score(metrics.AveragePrecision[float64])},
		{"mean and variance", 10 * million, 80 * million, func() func() error {
			x := normal(10 * million)
			return func() error { return new(experiment.Sample).Add(x) }
		}},
	}
}

func columnHeadlines() []headline {
	const n = 10 * million
	fit := func(missing float64, fresh func() preprocess.Transformer) func() func() error {
		return func() func() error {
			x := matrix(n, columns, missing)
			return func() error { return fresh().Fit(x) }
		}
	}
	standard := func() preprocess.Transformer { return &preprocess.Standard{} }
	return []headline{
		{"standard scaler, fit", n, 8 * n, fit(0, standard)},
		{"standard scaler, fit, 5% missing", n, 8 * n, fit(0.05, standard)},
		{"standard scaler, transform", n, 16 * n, func() func() error {
			x, dst := matrix(n, columns, 0), mat.NewDense(n/columns, columns, nil)
			s := &preprocess.Standard{}
			err := s.Fit(x)
			return func() error {
				if err == nil {
					_, err = s.Transform(dst, x)
				}
				return err
			}
		}},
		{"robust scaler, fit", n, 8 * n, fit(0, func() preprocess.Transformer { return &preprocess.Robust{} })},
		{"PSI counts in 10 bins", million, 8 * million, func() func() error {
			x := normal(million)
			return func() error {
				p := preprocess.PSI{Edges: []float64{-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2}}
				return p.AddReference(x)
			}
		}},
		{"k-NN imputation, 5,000 x 10", 50_000, 400_000, func() func() error {
			x, k := matrix(50_000, 10, 0.1), &preprocess.KNN{}
			err := k.Fit(x)
			return func() error {
				if err == nil {
					_, err = k.Transform(nil, x)
				}
				return err
			}
		}},
		{"one row: impute, scale, bin", 1, 8 * columns, func() func() error {
			x := matrix(40_000, columns, 0.05)
			c := preprocess.NewChain(&preprocess.Simple{}, &preprocess.Standard{}, &preprocess.Bins{N: 10})
			err := c.Fit(x)
			row, dst := x.RawRowView(7), make([]float64, columns)
			return func() error {
				if err == nil {
					err = c.TransformRow(dst, row)
				}
				return err
			}
		}},
	}
}

func encodingHeadlines() []headline {
	return []headline{
		{"dictionary of 1,000 words", million, 16 * million, func() func() error {
			s, codes := words(1, 1000), make([]int32, million)
			return func() error { _, err := new(encoding.Dictionary).Encode(codes, s); return err }
		}},
		{"one-hot, fit and transform", million, 16 * million, func() func() error {
			x := encoding.Columns(words(1, 1000))
			return func() error { _, err := new(encoding.OneHot).FitTransformCSR(nil, x); return err }
		}},
		{"target encoder, crossed", million, 24 * million, func() func() error {
			x, y := encoding.Columns(words(1, 1000)), normal(million)
			return func() error { _, err := new(encoding.Target).FitTransform(nil, x, y, nil); return err }
		}},
		{"one row: target encoder", 1, 16, func() func() error {
			x, e := encoding.Columns(words(1, 1000)), &encoding.Target{}
			err := e.Fit(x, normal(million))
			row, dst := x[0].Labels[:1], make([]float64, 1)
			return func() error {
				if err == nil {
					err = e.EncodeRow(dst, row)
				}
				return err
			}
		}},
		{"TF-IDF of 1 MB of text", million, million, func() func() error {
			docs := documents(million)
			return func() error { _, err := new(text.TfidfVectorizer).FitTransform(nil, docs); return err }
		}},
	}
}

func driftHeadlines() []headline {
	return []headline{
		{"Kolmogorov-Smirnov test", 2 * million, 16 * million, func() func() error {
			x := normal(2 * million)
			return func() error {
				_, err := drift.KS(x[:million], x[million:], drift.TwoSided, drift.Asymptotic)
				return err
			}
		}},
		{"Wasserstein distance", 2 * million, 16 * million, func() func() error {
			x := normal(2 * million)
			floats.AddConst(1, x[million:])
			return func() error { _, err := drift.Wasserstein(x[:million], x[million:]); return err }
		}},
		{"ADWIN, 20,000 updates", 20_000, 160_000, func() func() error {
			x := classes(1, 20_000, 2)
			return func() error {
				d := drift.ADWIN{ResetOnDrift: true}
				for _, v := range x {
					if _, err := d.Add(float64(v)); err != nil {
						return err
					}
				}
				return nil
			}
		}},
		{"drift of 20 columns, 10,000 rows", 400_000, 3_200_000, func() func() error {
			sides := [2][]drift.Column{}
			x := normal(400_000)
			for k := range 40 {
				sides[k/columns] = append(sides[k/columns], drift.Column{Name: strconv.Itoa(k % columns), Floats: x[10_000*k : 10_000*(k+1)]})
			}
			return func() error { _, err := drift.CompareDatasets(sides[0], sides[1], drift.Options{}); return err }
		}},
	}
}

func otherHeadlines() []headline {
	batch := func(groups int64) bias.Batch {
		return bias.Batch{Facet: bias.Labels(classes(1, million, groups)), Label: bias.Labels(classes(2, million, 2)), Prediction: bias.Labels(classes(3, million, 2))}
	}
	return []headline{
		{"four rates of 10 groups", million, 24 * million, func() func() error {
			all := batch(10)
			return func() error {
				var c bias.Counts
				if err := c.Add(all); err != nil {
					return err
				}
				g, err := c.Groups("1")
				if err != nil {
					return err
				}
				for _, rate := range []bias.Rate{metrics.Binary.Accuracy, bias.SelectionRate, metrics.Binary.Recall, metrics.Binary.FPR} {
					if _, err := g.Difference(rate, bias.BetweenGroups); err != nil {
						return err
					}
				}
				return nil
			}
		}},
		{"ten of Clarify's bias measures", million, 24 * million, func() func() error {
			all := batch(2)
			return func() error {
				var c bias.Counts
				if err := c.Add(all); err != nil {
					return err
				}
				f, err := c.Facet([]string{"1"}, []string{"1"})
				if err != nil {
					return err
				}
				for _, measure := range []func() (float64, error){f.DPPL, f.DI, f.DCA, f.DCR, f.RD, f.SD, f.DAR, f.DRR, f.AD, f.TE} {
					if _, err := measure(); err != nil {
						return err
					}
				}
				return nil
			}
		}},
		{"SMOTE, 60,000 rows of 20", 1_200_000, 9_600_000, func() func() error {
			x, y := matrix(1_200_000, columns, 0), make([]int64, 60_000)
			for i := 40_000; i < len(y); i++ {
				y[i] = 1
				floats.AddConst(1, x.RawRowView(i))
			}
			return func() error { _, err := (mitigate.SMOTE[int64]{}).Resample(x, y); return err }
		}},
		{"Kernel SHAP, 5 rows, 30 features", 5, 25_200, func() func() error {
			background, rows := matrix(3000, 30, 0), matrix(150, 30, 0)
			first := func(dst []float64, x *mat.Dense) error { mat.Col(dst, 0, x); return nil }
			return func() error {
				_, err := explain.KernelSHAP{}.Explain(context.Background(), first, background, rows)
				return err
			}
		}},
		{"read CSV, a million numbers", million, 19 * million, read(table.WriteCSV, func(r *bytes.Reader) (*table.Table, error) {
			return table.ReadCSV(r, table.Options{})
		})},
		{"read Parquet, a million numbers", million, 8 * million, read(table.WriteParquet, func(r *bytes.Reader) (*table.Table, error) {
			return table.ReadParquet(r, r.Size(), table.Options{})
		})},
	}
}

// read reads ten columns of numbers back from memory.
func read(write func(w io.Writer, t *table.Table) error, back func(r *bytes.Reader) (*table.Table, error)) func() func() error {
	return func() func() error {
		x := normal(million)
		cols := make([]table.Column, 10)
		for j := range cols {
			cols[j] = table.NewFloat("x"+strconv.Itoa(j), x[j*million/10:(j+1)*million/10])
		}
		t, err := table.New(cols...)
		var b bytes.Buffer
		if err == nil {
			err = write(&b, t)
		}
		return func() error {
			if err == nil {
				_, err = back(bytes.NewReader(b.Bytes()))
			}
			return err
		}
	}
}

func normal(n int) []float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, n)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

// matrix returns n values in rows of width, a share of them missing.
func matrix(n, width int, missing float64) *mat.Dense {
	x, rng := normal(n), rand.New(rand.NewPCG(3, 4))
	for i := range x {
		if missing > 0 && rng.Float64() < missing {
			x[i] = math.NaN()
		}
	}
	return mat.NewDense(n/width, width, x)
}

// scored returns labels and scores of a middling classifier.
func scored(n int) ([]bool, []float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	y, s := make([]bool, n), make([]float64, n)
	for i := range y {
		y[i] = rng.IntN(3) == 0
		z := rng.NormFloat64()
		if y[i] {
			z++
		}
		s[i] = 1 / (1 + math.Exp(-z))
	}
	return y, s
}

func classes(seed uint64, n int, k int64) []int64 {
	rng := rand.New(rand.NewPCG(seed, 2))
	x := make([]int64, n)
	for i := range x {
		x[i] = rng.Int64N(k)
	}
	return x
}

func words(seed uint64, k int64) []string {
	s := make([]string, million)
	for i, v := range classes(seed, million, k) {
		s[i] = "category_" + strconv.FormatInt(v, 10)
	}
	return s
}

// documents returns about n bytes of text, words occurring as Zipf says.
func documents(n int) []string {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 5, 49_999)
	var docs []string
	for n > 0 {
		var b strings.Builder
		for range 90 {
			b.WriteString("w" + strconv.FormatUint(zipf.Uint64()*7919, 36) + " ")
		}
		docs = append(docs, b.String())
		n -= b.Len()
	}
	return docs
}
