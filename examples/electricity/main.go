// Electricity follows a model through two and a half years of a market, half hour by
// half hour: it predicts whether the price is above its mean of the last day, is told
// the answer, and learns from it. Detectors watch its mistakes; when one reports a
// drift, the model forgets what it learned and starts again.
//
//	go run ./examples/electricity
//
// The stream is Elec2 of M. Harries (1999), 45,312 rows in order of time; see
// testdata/make_electricity.py. The model is naive Bayes with a normal density for
// each feature, the usual one for this stream. The last line is a warning that belongs
// to it: neighbouring rows are so alike that repeating the last answer beats them
// all.
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/metrics"
	"github.com/mlgauge/mlgauge/table"
)

func main() {
	log.SetFlags(0)
	if err := follow(os.Stdout, "testdata/electricity.csv.gz"); err != nil {
		log.Fatal(err)
	}
}

func read(path string) (features [][]float64, up []float64, err error) {
	t, err := table.ReadFile(path, table.Options{})
	if err != nil {
		return nil, nil, err
	}
	for _, name := range []string{"period", "nswprice", "nswdemand", "vicprice", "vicdemand", "transfer"} {
		x, err := t.Floats(name)
		if err != nil {
			return nil, nil, err
		}
		features = append(features, x)
	}
	up, err = t.Floats("up")
	return features, up, err
}

func follow(w io.Writer, path string) error {
	features, up, err := read(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d half hours; 95%% intervals are Wilson's, as if rows were independent\n\n", len(up))
	fmt.Fprintf(w, "%-22s %8s %18s %8s\n", "naive Bayes, watched by", "accuracy", "95% interval", "restarts")
	for _, d := range []struct {
		name     string
		detector drift.Detector
	}{
		{"nobody", nil},
		{"DDM", &drift.DDM{}},
		{"EDDM", &drift.EDDM{}},
		{"HDDM-A", &drift.HDDMA{}},
		{"HDDM-W", &drift.HDDMW{}},
		{"ADWIN", &drift.ADWIN{}},
		{"Page-Hinkley", &drift.PageHinkley{}},
	} {
		right, restarts, err := run(features, up, d.detector)
		if err != nil {
			return err
		}
		if err := line(w, d.name, right, len(up), fmt.Sprint(restarts)); err != nil {
			return err
		}
	}
	same := 0
	for i := range up {
		if i > 0 && up[i] == up[i-1] {
			same++
		}
	}
	return line(w, "(the last answer again)", same, len(up), "")
}

func line(w io.Writer, name string, right, rows int, restarts string) error {
	i, err := metrics.Rate{Hits: float64(right), Trials: float64(rows)}.Interval(metrics.Wilson, 0.95)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%-23s %7.4f   [%.4f, %.4f] %8s\n", name, i.Value, i.Low, i.High, restarts)
	return err
}

// run tests the model on each row and then trains it on the same row.
func run(features [][]float64, up []float64, d drift.Detector) (right, restarts int, err error) {
	model := newBayes(len(features))
	row := make([]float64, len(features))
	for i, y := range up {
		for j := range features {
			row[j] = features[j][i]
		}
		class := int(y)
		wrong := 1.0
		if model.predict(row) == class {
			right++
			wrong = 0
		}
		model.learn(row, class)
		if d == nil {
			continue
		}
		status, err := d.Add(wrong)
		if err != nil {
			return 0, 0, err
		}
		if status == drift.Drift {
			restarts++
			model = newBayes(len(features))
		}
	}
	return right, restarts, nil
}

// bayes is naive Bayes of two classes: a normal density for each feature.
type bayes struct {
	rows     [2]float64
	mean, m2 [2][]float64
}

func newBayes(features int) *bayes {
	b := &bayes{}
	for c := range b.mean {
		b.mean[c], b.m2[c] = make([]float64, features), make([]float64, features)
	}
	return b
}

func (b *bayes) learn(row []float64, class int) {
	b.rows[class]++
	for j, v := range row {
		d := v - b.mean[class][j]
		b.mean[class][j] += d / b.rows[class]
		b.m2[class][j] += d * (v - b.mean[class][j])
	}
}

func (b *bayes) predict(row []float64) int {
	var score [2]float64
	for c := range score {
		if b.rows[c] == 0 {
			score[c] = math.Inf(-1)
			continue
		}
		score[c] = math.Log(b.rows[c])
		for j, v := range row {
			variance := b.m2[c][j]/b.rows[c] + 1e-6
			d := v - b.mean[c][j]
			score[c] -= (math.Log(variance) + d*d/variance) / 2
		}
	}
	if score[1] > score[0] {
		return 1
	}
	return 0
}
