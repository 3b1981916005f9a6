package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestEvaluate(t *testing.T) {
	var b strings.Builder
	require.NoError(t, evaluate(&b, golden.Path("breast_cancer.csv")))
	require.Equal(t, `569 rows: TP 182, FP 10, TN 347, FN 30

accuracy          0.9297  [0.9057, 0.9480]
precision         0.9479  [0.9068, 0.9715]
recall            0.8585  [0.8052, 0.8990]
F1                0.9010  [0.8662, 0.9275]
ROC AUC (DeLong)  0.9806  [0.9714, 0.9897]
log loss          0.2140  [0.1884, 0.2395]
Brier score       0.0594  [0.0494, 0.0693]
`, b.String())
	require.Error(t, evaluate(&b, golden.Path("iris.csv")))
}
