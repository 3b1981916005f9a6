package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/table"
)

func TestQuality(t *testing.T) {
	before, err := table.ReadFile(golden.Path("breast_cancer.csv"), table.Options{})
	require.NoError(t, err)
	today, err := damage(before)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, compare(&b, before, today))
	require.Equal(t, `5 violations of the baseline
  label        categorical_values_check
  size         completeness_check
  weight       missing_column_check
  mean_radius  baseline_drift_check
  weight_kg    extra_column_check

rules
  kept    RowCount > 500
  broken  IsComplete "size"
          57 of 569 rows do not keep it
          first rows: 1 11 21
  broken  ColumnValues "label" in ["benign", "malignant"]
          40 of 569 rows do not keep it
          first rows: 1 6 11
  broken  ColumnValues "mean_radius" between 5 and 30 with threshold > 0.99
          share of the rows is 0.6660808435852372, need > 0.99
          first rows: 380 381 382
  broken  ColumnCorrelation "mean_radius" "score" > 0.8
          ColumnCorrelation is 0.43196006833231304, need > 0.8
  kept    (ColumnExists "weight") or (ColumnExists "weight_kg")
`, b.String())
	require.Error(t, compare(&b, before, today.Slice(0, 0)))
}
