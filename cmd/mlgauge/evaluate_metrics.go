package main

import (
	"errors"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
)

// A measure computes a metric, and its interval if it has one.
type measure struct {
	name     string
	value    func(*statistics) (float64, error)
	interval func(*statistics, float64) (metrics.Interval, error) // nil: none
}

// rate is a measure that is a proportion of rows: Wilson's interval.
func rate(name string, value func(metrics.Binary) (float64, error), of func(metrics.Binary) metrics.Rate) measure {
	return measure{name,
		func(s *statistics) (float64, error) { return value(s.table) },
		func(s *statistics, level float64) (metrics.Interval, error) {
			return of(s.table).Interval(metrics.Wilson, level)
		}}
}

// counted is a measure of the two-class table.
func counted(name string, value func(metrics.Binary) (float64, error), interval func(metrics.Binary, float64) (metrics.Interval, error)) measure {
	return measure{name,
		func(s *statistics) (float64, error) { return value(s.table) },
		func(s *statistics, level float64) (metrics.Interval, error) { return interval(s.table, level) }}
}

// scored is a measure of scores that there may not be.
func scored(name string, value func(*statistics) (float64, error), interval func(*statistics, float64) (metrics.Interval, error)) measure {
	return measure{name, func(s *statistics) (float64, error) {
		if s.roc.Rows() == 0 {
			return 0, errNoScores
		}
		return value(s)
	}, interval}
}

// probable is a measure of scores that are probabilities.
func probable(name string, value func(*statistics) (float64, error), interval func(*statistics, float64) (metrics.Interval, error)) measure {
	return scored(name, func(s *statistics) (float64, error) {
		if s.probErr != nil {
			return 0, s.probErr
		}
		return value(s)
	}, interval)
}

var binaryMeasures = []measure{
	rate("accuracy", metrics.Binary.Accuracy, metrics.Binary.AccuracyRate),
	counted("balanced_accuracy", metrics.Binary.BalancedAccuracy, metrics.Binary.BalancedAccuracyInterval),
	rate("precision", metrics.Binary.Precision, metrics.Binary.PrecisionRate),
	rate("recall", metrics.Binary.Recall, metrics.Binary.RecallRate),
	rate("specificity", metrics.Binary.Specificity, metrics.Binary.SpecificityRate),
	rate("npv", metrics.Binary.NPV, metrics.Binary.NPVRate),
	counted("f1", metrics.Binary.F1, func(b metrics.Binary, level float64) (metrics.Interval, error) {
		return b.F1Interval(metrics.Wilson, level)
	}),
	counted("mcc", metrics.Binary.MCC, metrics.Binary.MCCInterval),
	counted("cohen_kappa", metrics.Binary.Kappa, metrics.Binary.KappaInterval),
	rate("jaccard", metrics.Binary.Jaccard, metrics.Binary.JaccardRate),
	scored("roc_auc", func(s *statistics) (float64, error) { return s.roc.AUC() }, aucInterval),
	scored("average_precision", func(s *statistics) (float64, error) { return s.roc.PR().AveragePrecision() },
		func(s *statistics, level float64) (metrics.Interval, error) { return s.roc.PR().Interval(level) }),
	probable("log_loss", func(s *statistics) (float64, error) { return s.prob.LogLoss() },
		func(s *statistics, level float64) (metrics.Interval, error) { return s.prob.LogLossInterval(level) }),
	probable("brier", func(s *statistics) (float64, error) { return s.prob.Brier() },
		func(s *statistics, level float64) (metrics.Interval, error) { return s.prob.BrierInterval(level) }),
	probable("ece", func(s *statistics) (float64, error) { return s.bins.ECE() },
		func(s *statistics, level float64) (metrics.Interval, error) { return s.bins.ECEInterval(level, 1) }),
	scored("ks", func(s *statistics) (float64, error) { k, err := s.roc.KS(); return k.Value, err }, nil),
	scored("gini", func(s *statistics) (float64, error) { return s.roc.Gini() },
		func(s *statistics, level float64) (metrics.Interval, error) {
			iv, err := aucInterval(s, level)
			iv.Value, iv.Low, iv.High = 2*iv.Value-1, 2*iv.Low-1, 2*iv.High-1
			return iv, err
		}),
}

// averaged is a measure with an average over the classes.
func averaged(name string, avg metrics.Average, value func(*metrics.Confusion[string], metrics.Average) (float64, error),
	interval func(*metrics.Confusion[string], metrics.Average, float64) (metrics.Interval, error)) measure {
	return measure{name,
		func(s *statistics) (float64, error) { return value(&s.confusion, avg) },
		func(s *statistics, level float64) (metrics.Interval, error) {
			return interval(&s.confusion, avg, level)
		}}
}

// confused is a measure of the table of several classes.
func confused(name string, value func(*metrics.Confusion[string]) (float64, error), interval func(*metrics.Confusion[string], float64) (metrics.Interval, error)) measure {
	return measure{name,
		func(s *statistics) (float64, error) { return value(&s.confusion) },
		func(s *statistics, level float64) (metrics.Interval, error) { return interval(&s.confusion, level) }}
}

var multiclassMeasures = func() []measure {
	type confusion = metrics.Confusion[string]
	all := []measure{
		confused("accuracy", (*confusion).Accuracy, func(c *confusion, level float64) (metrics.Interval, error) {
			r, err := c.AccuracyRate()
			if err != nil {
				return metrics.Interval{}, err
			}
			return r.Interval(metrics.Wilson, level)
		}),
		confused("balanced_accuracy", (*confusion).BalancedAccuracy, (*confusion).BalancedAccuracyInterval),
	}
	for _, a := range []struct {
		name string
		avg  metrics.Average
	}{{"micro", metrics.Micro}, {"macro", metrics.Macro}, {"weighted", metrics.Weighted}} {
		all = append(all,
			averaged("precision_"+a.name, a.avg, (*confusion).Precision, (*confusion).PrecisionInterval),
			averaged("recall_"+a.name, a.avg, (*confusion).Recall, (*confusion).RecallInterval),
			averaged("f1_"+a.name, a.avg, (*confusion).F1, (*confusion).F1Interval))
	}
	return append(all,
		confused("mcc", (*confusion).MCC, (*confusion).MCCInterval),
		confused("cohen_kappa", func(c *confusion) (float64, error) { return c.Kappa(metrics.KappaUnweighted) },
			func(c *confusion, level float64) (metrics.Interval, error) {
				return c.KappaInterval(metrics.KappaUnweighted, level)
			}),
		measure{"log_loss", func(s *statistics) (float64, error) {
			return s.ofScores(s.multErr, s.multi.LogLoss)
		}, func(s *statistics, level float64) (metrics.Interval, error) { return s.multi.LogLossInterval(level) }},
		measure{"roc_auc_ovr_macro", func(s *statistics) (float64, error) {
			return s.ofScores(s.rankErr, func() (float64, error) { return s.rank.OneVsRest(metrics.Macro) })
		}, nil},
		measure{"roc_auc_ovo_macro", func(s *statistics) (float64, error) {
			return s.ofScores(s.rankErr, func() (float64, error) { return s.rank.OneVsOne(metrics.Macro) })
		}, nil},
	)
}()

// ofScores is a value of scores of several classes, if there are any and err, the
// error of adding them, is nil.
func (s *statistics) ofScores(err error, value func() (float64, error)) (float64, error) {
	if !s.scored {
		return 0, errNoScores
	}
	if err != nil {
		return 0, err
	}
	return value()
}

// fitted is a measure of numeric predictions.
func fitted(name string, value func(*metrics.Regression) (float64, error), interval func(*metrics.Regression, float64) (metrics.Interval, error)) measure {
	m := measure{name: name, value: func(s *statistics) (float64, error) { return value(&s.reg) }}
	if interval != nil {
		m.interval = func(s *statistics, level float64) (metrics.Interval, error) { return interval(&s.reg, level) }
	}
	return m
}

var regressionMeasures = []measure{
	fitted("mse", (*metrics.Regression).MSE, (*metrics.Regression).MSEInterval),
	fitted("rmse", (*metrics.Regression).RMSE, (*metrics.Regression).RMSEInterval),
	fitted("mae", (*metrics.Regression).MAE, (*metrics.Regression).MAEInterval),
	fitted("r2", (*metrics.Regression).R2, (*metrics.Regression).R2Interval),
	fitted("explained_variance", (*metrics.Regression).ExplainedVariance, nil),
	fitted("mape", (*metrics.Regression).MAPE, nil),
	{"median_ae", func(s *statistics) (float64, error) { return s.abs.Median() },
		func(s *statistics, level float64) (metrics.Interval, error) { return s.abs.MedianInterval(level) }},
	fitted("max_error", (*metrics.Regression).MaxError, nil),
	fitted("msle", (*metrics.Regression).MSLE, nil),
}

// estimates computes the measures: a value each, or why there is none.
func (s *statistics) estimates(measures []measure, level float64) object[estimate] {
	o := make(object[estimate], len(measures))
	for i, m := range measures {
		o[i].name = m.name
		e := &o[i].value
		v, err := m.value(s)
		switch {
		case err != nil:
			e.Error = err.Error()
			continue
		case v*0 != 0:
			e.Error = mlgauge.ErrUndefined.Error()
			continue
		}
		e.Value = &v
		if level == 0 || m.interval == nil {
			continue
		}
		if iv, err := m.interval(s, level); err == nil && !math.IsNaN(iv.Low) && !math.IsInf(iv.Low, 0) && !math.IsNaN(iv.High) && !math.IsInf(iv.High, 0) {
			e.interval(iv)
		}
	}
	return o
}

// noScores tells whether a metric is missing because no scores were given.
func noScores(e estimate) bool { return e.Error == errNoScores.Error() }

// dataErr is the error of a batch that could not be added at all.
func (s *statistics) dataErr() error {
	if errors.Is(s.addErr, mlgauge.ErrEmpty) {
		return nil
	}
	return s.addErr
}

// aucInterval is DeLong's.
func aucInterval(s *statistics, level float64) (metrics.Interval, error) {
	return s.roc.Interval(level)
}
