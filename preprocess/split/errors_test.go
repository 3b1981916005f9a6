package split

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mlgauge/mlgauge"
)

func TestBadInput(t *testing.T) {
	y := By([]int{0, 0, 0, 0, 1, 1, 1, 1})
	one := By([]string{"a", "a", "a", "a", "a", "a", "a", "a"})
	small := By([]int{0, 0, 0, 0, 0, 0, 1, 1})
	nan := By([]float64{1, math.NaN(), 1, 2, 2, 1, 1, 1})
	eight := Rows{N: 8}
	for name, c := range map[string]struct {
		s    Splitter
		rows Rows
		want error
	}{
		"no rows":                        {KFold{}, Rows{}, mlgauge.ErrEmpty},
		"negative rows":                  {KFold{}, Rows{N: -1}, mlgauge.ErrRange},
		"lengths differ":                 {KFold{}, Rows{N: 7, Strata: y}, mlgauge.ErrLength},
		"strata and groups differ":       {GroupKFold{}, Rows{Strata: By([]int{1}), Groups: y}, mlgauge.ErrLength},
		"k larger than n":                {KFold{Folds: 9}, eight, mlgauge.ErrRange},
		"one fold":                       {KFold{Folds: 1}, eight, mlgauge.ErrRange},
		"negative folds":                 {KFold{Folds: -3}, eight, mlgauge.ErrRange},
		"no strata":                      {StratifiedKFold{}, eight, mlgauge.ErrEmpty},
		"NaN stratum":                    {StratifiedKFold{Folds: 2}, Rows{Strata: nan}, mlgauge.ErrNotFinite},
		"class smaller than the folds":   {StratifiedKFold{Folds: 3}, Rows{Strata: small}, mlgauge.ErrRange},
		"every class too small":          {StratifiedKFold{Folds: 5, AllowSmall: true}, Rows{Strata: y}, mlgauge.ErrRange},
		"no groups":                      {GroupKFold{}, eight, mlgauge.ErrEmpty},
		"one group":                      {GroupKFold{Folds: 2}, Rows{Groups: one}, mlgauge.ErrRange},
		"one group, stratified":          {StratifiedGroupKFold{Folds: 2}, Rows{Strata: y, Groups: one}, mlgauge.ErrRange},
		"small class, grouped":           {StratifiedGroupKFold{Folds: 3}, Rows{Strata: small, Groups: By([]int{1, 2, 3, 4, 1, 2, 3, 4})}, mlgauge.ErrRange},
		"leave one of one":               {LeaveOneOut{}, Rows{N: 1}, mlgauge.ErrRange},
		"leave none out":                 {LeavePOut{}, eight, mlgauge.ErrRange},
		"leave all out":                  {LeavePOut{P: 8}, eight, mlgauge.ErrRange},
		"too many folds to count":        {LeavePOut{P: 50}, Rows{N: 1000}, mlgauge.ErrRange},
		"leave out the only group":       {LeaveOneGroupOut{}, Rows{Groups: one}, mlgauge.ErrRange},
		"leave out all groups":           {LeavePGroupsOut{P: 2}, Rows{Groups: y}, mlgauge.ErrRange},
		"leave out no group":             {LeavePGroupsOut{}, Rows{Groups: y}, mlgauge.ErrRange},
		"share above 1":                  {ShuffleSplit{TestShare: 1.5}, eight, mlgauge.ErrRange},
		"negative share":                 {ShuffleSplit{TestShare: -.5}, eight, mlgauge.ErrRange},
		"NaN share":                      {ShuffleSplit{TestShare: math.NaN()}, eight, mlgauge.ErrRange},
		"shares above 1 together":        {ShuffleSplit{TestShare: .5, TrainShare: .6}, eight, mlgauge.ErrRange},
		"share and count":                {ShuffleSplit{TestShare: .5, TestCount: 2}, eight, mlgauge.ErrRange},
		"count of everything":            {ShuffleSplit{TestCount: 8}, eight, mlgauge.ErrRange},
		"counts above n together":        {ShuffleSplit{TestCount: 5, TrainCount: 5}, eight, mlgauge.ErrRange},
		"nothing to train on":            {ShuffleSplit{TestShare: .99}, Rows{N: 1}, mlgauge.ErrRange},
		"no splits":                      {ShuffleSplit{Splits: -1}, eight, mlgauge.ErrRange},
		"class of one":                   {StratifiedShuffleSplit{}, Rows{Strata: By([]int{0, 0, 0, 0, 0, 0, 1})}, mlgauge.ErrRange},
		"test smaller than the classes":  {StratifiedShuffleSplit{TestCount: 1}, Rows{Strata: y}, mlgauge.ErrRange},
		"one group to shuffle":           {GroupShuffleSplit{}, Rows{Groups: one}, mlgauge.ErrRange},
		"short predefined":               {Predefined{Fold: []int{0, 1}}, eight, mlgauge.ErrLength},
		"empty predefined":               {Predefined{}, eight, mlgauge.ErrEmpty},
		"predefined below -1":            {Predefined{Fold: []int{0, -2}}, Rows{}, mlgauge.ErrRange},
		"predefined never tested":        {Predefined{Fold: []int{-1, -1}}, Rows{}, mlgauge.ErrUndefined},
		"predefined all tested":          {Predefined{Fold: []int{3, 3}}, Rows{}, mlgauge.ErrUndefined},
		"more time folds than rows":      {TimeSeries{Folds: 8}, eight, mlgauge.ErrRange},
		"time folds too long":            {TimeSeries{Folds: 3, Test: 3}, eight, mlgauge.ErrRange},
		"time test overflows":            {TimeSeries{Folds: 3, Test: math.MaxInt}, eight, mlgauge.ErrRange},
		"gap too long":                   {TimeSeries{Folds: 2, Gap: 7}, eight, mlgauge.ErrRange},
		"negative gap":                   {TimeSeries{Folds: 2, Gap: -1}, eight, mlgauge.ErrRange},
		"all at one instant":             {TimeSeries{Folds: 2}, Rows{Time: make([]float64, 8)}, mlgauge.ErrUndefined},
		"NaN time":                       {TimeSeries{Folds: 2}, Rows{Time: []float64{1, 2, math.NaN()}}, mlgauge.ErrNotFinite},
		"end before its time":            {TimeSeries{Folds: 2}, Rows{Time: []float64{1, 2, 3, 4}, End: []float64{1, 2, 2, 4}}, mlgauge.ErrRange},
		"disjoint without groups":        {TimeSeries{Folds: 2, Disjoint: true}, eight, mlgauge.ErrEmpty},
		"one group in every fold":        {TimeSeries{Folds: 2, Disjoint: true}, Rows{Groups: one}, mlgauge.ErrUndefined},
		"one group in time":              {GroupTimeSeries{Folds: 2}, Rows{Groups: one}, mlgauge.ErrRange},
		"no groups in time":              {GroupTimeSeries{}, eight, mlgauge.ErrEmpty},
		"purged to nothing":              {PurgedKFold{Folds: 2, Purge: 4}, eight, mlgauge.ErrUndefined},
		"negative embargo":               {PurgedKFold{Embargo: -1}, eight, mlgauge.ErrRange},
		"more purged folds than rows":    {PurgedKFold{Folds: 9}, eight, mlgauge.ErrRange},
		"repeated leave-one-out":         {Repeated{Of: LeaveOneOut{}}, eight, mlgauge.ErrRange},
		"repeated too many folds":        {Repeated{Of: KFold{Folds: 9}}, eight, mlgauge.ErrRange},
		"negative repeats":               {Repeated{Repeats: -1}, eight, mlgauge.ErrRange},
		"bootstrap of nothing":           {Bootstrap{}, Rows{}, mlgauge.ErrEmpty},
		"negative resamples":             {Bootstrap{Splits: -1}, eight, mlgauge.ErrRange},
		"negative size":                  {Bootstrap{Size: -1}, eight, mlgauge.ErrRange},
		"stratified and grouped":         {Bootstrap{Stratified: true, Grouped: true}, Rows{Strata: y, Groups: y}, mlgauge.ErrRange},
		"bootstrap without its strata":   {Bootstrap{Stratified: true}, eight, mlgauge.ErrEmpty},
		"block longer than the series":   {BlockBootstrap{Block: 9}, eight, mlgauge.ErrRange},
		"negative block":                 {BlockBootstrap{Block: -1}, eight, mlgauge.ErrRange},
		"negative number of block draws": {BlockBootstrap{Splits: -1}, eight, mlgauge.ErrRange},
	} {
		t.Run(name, func(t *testing.T) {
			folds, err := c.s.Split(c.rows)
			assert.ErrorIs(t, err, c.want)
			assert.Nil(t, folds)
		})
	}
}

func TestBadParts(t *testing.T) {
	y := By([]int{0, 0, 0, 0, 1, 1, 1, 1})
	small := By([]int{0, 0, 0, 0, 0, 0, 1, 1})
	eight := Rows{N: 8}
	for name, c := range map[string]struct {
		p    Parts
		rows Rows
		want error
	}{
		"no rows":                 {Parts{}, Rows{}, mlgauge.ErrEmpty},
		"one part":                {Parts{Shares: []float64{1}}, eight, mlgauge.ErrRange},
		"no part":                 {Parts{Shares: []float64{}}, eight, mlgauge.ErrRange},
		"shares do not sum":       {Parts{Shares: []float64{.7, .2}}, eight, mlgauge.ErrRange},
		"shares sum to more":      {Parts{Shares: []float64{.7, .2, .2}}, eight, mlgauge.ErrRange},
		"negative share":          {Parts{Shares: []float64{1.2, -.2}}, eight, mlgauge.ErrRange},
		"NaN share":               {Parts{Shares: []float64{math.NaN(), .5}}, eight, mlgauge.ErrRange},
		"an empty part":           {Parts{}, Rows{N: 2}, mlgauge.ErrRange},
		"counts do not sum":       {Parts{Counts: []int{3, 4}}, eight, mlgauge.ErrRange},
		"counts overflow":         {Parts{Counts: []int{math.MaxInt, math.MaxInt}}, eight, mlgauge.ErrRange},
		"shares and counts":       {Parts{Counts: []int{4, 4}, Shares: []float64{.5, .5}}, eight, mlgauge.ErrRange},
		"ordered and stratified":  {Parts{Ordered: true}, Rows{Strata: y}, mlgauge.ErrRange},
		"class too small":         {Parts{}, Rows{Strata: small}, mlgauge.ErrRange},
		"fewer groups than parts": {Parts{}, Rows{Groups: y}, mlgauge.ErrRange},
		"fewer groups, by rows":   {Parts{BalanceRows: true}, Rows{Groups: y}, mlgauge.ErrRange},
		"counts by rows":          {Parts{Counts: []int{4, 4}, BalanceRows: true}, Rows{Groups: y}, mlgauge.ErrRange},
	} {
		t.Run(name, func(t *testing.T) {
			parts, err := c.p.Split(c.rows)
			assert.ErrorIs(t, err, c.want)
			assert.Nil(t, parts)
		})
	}
}

func TestBadLabels(t *testing.T) {
	_, err := Cross()
	assert.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = Cross(By([]int{1}), By([]int{1, 2}))
	assert.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = Quantiles(nil, 3)
	assert.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = Quantiles([]float64{1, math.Inf(1)}, 3)
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = Quantiles([]float64{1, 2}, 1)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Rows{N: 3}.Subset([]int{3})
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Nested{Outer: KFold{Folds: 9}}.Split(Rows{N: 8})
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Nested{Outer: KFold{Folds: 2}, Inner: KFold{Folds: 5}}.Split(Rows{N: 8})
	assert.ErrorIs(t, err, mlgauge.ErrRange)
}
