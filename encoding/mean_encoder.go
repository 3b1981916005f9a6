package encoding

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

// A meanEncoder is what the encoders have in common that give every category a
// number from the statistics of its target: it learns, merges and encodes; the
// model says which number.
type meanEncoder struct {
	kind             string
	unknown, missing Policy
	sigma            float64
	seed             uint64
	table            *Table
	stats            *[]TargetStats
	model            func(fn string) (meanModel, error)
}

// A meanModel is a formula, made from checked options.
type meanModel struct {
	encode  func(TargetStat, *summary) float64
	neutral *float64 // what was not seen gets it; nil is the mean
	zeroOne bool     // the target is zeros and ones, some of each
}

func (m meanEncoder) fit(x []Column, y []float64) error {
	_, err := m.learn(m.kind+".Fit", false, nil, x, y)
	return err
}

func (m meanEncoder) partialFit(x []Column, y []float64) error {
	_, err := m.learn(m.kind+".PartialFit", true, *m.stats, x, y)
	return err
}

// learn adds rows to the statistics of have and returns their codes.
func (m meanEncoder) learn(fn string, partial bool, have []TargetStats, x []Column, y []float64) ([][]int32, error) {
	model, err := m.model(fn)
	if err != nil {
		return nil, err
	}
	if model.zeroOne {
		err := inBlocks(len(y), func(lo, hi int) error {
			for i, v := range y[lo:hi] {
				if v != 0 && v != 1 && v*0 == 0 {
					return fmt.Errorf("%s: y: need zeros and ones, have %v at index %d: %w", fn, v, lo+i, mlgauge.ErrRange)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	stats, codes, err := learnTargets(fn, have, x, y, nil)
	if err != nil {
		return nil, err
	}
	return codes, m.derive(fn, model, stats, partial)
}

// merge adds what o was fitted on; same tells that the options of the model are
// the same.
func (m meanEncoder) merge(o meanEncoder, same bool) error {
	fn := m.kind + ".Merge"
	same = same && m.unknown == o.unknown && m.missing == o.missing && m.sigma == o.sigma && m.seed == o.seed
	if err := incompatible(fn, same); err != nil {
		return err
	}
	model, err := m.model(fn)
	if err != nil {
		return err
	}
	stats, err := mergeTargets(fn, *m.stats, *o.stats)
	if err != nil {
		return err
	}
	return m.derive(fn, model, stats, true)
}

// fitTransform fits and encodes the training rows by their codes, with noise; on
// an error nothing is fitted.
func (m meanEncoder) fitTransform(dst *mat.Dense, x []Column, y []float64) (*mat.Dense, error) {
	var table Table
	var stats []TargetStats
	n := m
	n.table, n.stats = &table, &stats
	codes, err := n.learn(m.kind+".FitTransform", false, nil, x, y)
	if err != nil {
		return nil, err
	}
	coded := make([]Column, len(codes))
	for j := range codes {
		coded[j] = Column{Name: x[j].Name, Codes: codes[j], Categories: stats[j].dict.labels, Order: Given}
	}
	if dst, err = table.Transform(dst, coded); err != nil {
		return nil, err
	}
	addNoise(dst, m.sigma, m.seed)
	*m.table, *m.stats = table, stats
	return dst, nil
}

// derive computes the table from the statistics. A first shard may hold one
// class of two; the table then comes with the second.
func (m meanEncoder) derive(fn string, model meanModel, stats []TargetStats, partial bool) error {
	if err := checkNoise(fn, m.sigma); err != nil {
		return err
	}
	if model.zeroOne {
		if total := stats[0].Total(); total.Sum == 0 || total.Sum == total.W {
			if !partial {
				return fmt.Errorf("%s: y: need zeros and ones, have one of them only: %w", fn, mlgauge.ErrUndefined)
			}
			*m.table, *m.stats = Table{}, stats
			return nil
		}
		if err := zeroOneStats(fn, stats); err != nil {
			return err
		}
	}
	features, err := meanFeatures(fn, stats, m.unknown, m.missing, model.encode, model.neutral)
	if err != nil {
		return err
	}
	if err := m.table.set(m.kind, features, dictionaries(stats)...); err != nil {
		return err
	}
	*m.stats = stats
	return nil
}
