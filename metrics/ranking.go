package metrics

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// RankingOptions says how lists are judged. The zero value judges whole lists,
// discounts by log2 and averages over ties.
type RankingOptions struct {
	K       int     // only the first K places count; 0 means all
	LogBase float64 // of the discount of DCG; 0 means 2
	// IgnoreTies orders tied scores (the later first) instead of averaging
	// over them: faster, and right where there are none. It concerns DCG and
	// NDCG; the other measures always take tied scores in the order given.
	IgnoreTies bool
}

func (o RankingOptions) check(fn string) error {
	if o.K < 0 {
		return check.AtLeast(fn, "K", o.K, 0)
	}
	if err := check.Finite(fn, "LogBase", []float64{o.LogBase}); err != nil {
		return err
	}
	if o.LogBase < 0 || o.LogBase == 1 {
		return fmt.Errorf("%s: LogBase: need a positive number other than 1, have %v: %w", fn, o.LogBase, mlgauge.ErrRange)
	}
	return nil
}

// cut returns how many of n places count.
func (o RankingOptions) cut(n int) int {
	if o.K == 0 {
		return n
	}
	return min(o.K, n)
}

// discount returns the weight of place i, from 0.
func (o RankingOptions) discount(i int) float64 {
	if o.LogBase == 0 || o.LogBase == 2 {
		return 1 / math.Log2(float64(i+2))
	}
	return math.Log(o.LogBase) / math.Log(float64(i+2))
}

func checkList(fn string, relevance, score []float64) error {
	if err := check.Pair(fn, "relevance", len(relevance), "score", len(score)); err != nil {
		return err
	}
	if err := check.Finite(fn, "relevance", relevance); err != nil {
		return err
	}
	return check.Finite(fn, "score", score)
}

// DCG returns the discounted cumulative gain of one list: the relevance of its
// items, highest score first, discounted by place:
//
//	sum over places i = 0 .. K-1 of relevance_i log(b) / log(i+2)
//
// The relevance is any finite number and counts linearly. Tied scores share the
// mean relevance of the tie, which is the mean over all its orders.
//
// Lengths that differ wrap mlgauge.ErrLength, an empty list mlgauge.ErrEmpty,
// values that are NaN or infinite mlgauge.ErrNotFinite, options out of their
// domain mlgauge.ErrRange.
//
// Source: scikit-learn 1.9, dcg_score; McSherry and Najork, ECIR 2008, for ties.
func DCG(relevance, score []float64, options RankingOptions) (float64, error) {
	const fn = "metrics.DCG"
	if err := options.check(fn); err != nil {
		return 0, err
	}
	if err := checkList(fn, relevance, score); err != nil {
		return 0, err
	}
	return options.dcg(relevance, score), nil
}

func (o RankingOptions) dcg(relevance, score []float64) (sum float64) {
	n, k := len(score), o.cut(len(score))
	order := kernel.Argsort(nil, score)
	for at := 0; at < k; {
		// The tie of places at .. end-1.
		end := at + 1
		for !o.IgnoreTies && end < n && score[order[n-1-end]] == score[order[n-1-at]] {
			end++
		}
		var gain, discount float64
		for i := at; i < end; i++ {
			gain += relevance[order[n-1-i]]
			if i < k {
				discount += o.discount(i)
			}
		}
		sum += gain / float64(end-at) * discount
		at = end
	}
	return sum
}

// ideal returns the gain of the best order.
func (o RankingOptions) ideal(relevance []float64) (sum float64) {
	sorted := slices.Clone(relevance)
	kernel.SortFloat64s(sorted)
	for i := range o.cut(len(sorted)) {
		sum += sorted[len(sorted)-1-i] * o.discount(i)
	}
	return sum
}

// NDCG returns the discounted cumulative gain of one list over that of the best
// order of the same items, in [0, 1]:
//
//	DCG / ideal DCG
//
// A list without any relevance has 0. The base of the discount cancels.
//
// A negative relevance wraps mlgauge.ErrRange, a list of one item
// mlgauge.ErrUndefined; other errors are those of DCG.
//
// Source: scikit-learn 1.9, ndcg_score; Jarvelin and Kekalainen, ACM TOIS 20
// (2002).
func NDCG(relevance, score []float64, options RankingOptions) (float64, error) {
	const fn = "metrics.NDCG"
	if err := options.check(fn); err != nil {
		return 0, err
	}
	if err := checkGraded(fn, relevance, score); err != nil {
		return 0, err
	}
	if len(score) < 2 {
		return 0, undefinedFor(fn, "a list of at least two items", len(score))
	}
	return options.ndcg(relevance, score), nil
}

func checkGraded(fn string, relevance, score []float64) error {
	if err := checkList(fn, relevance, score); err != nil {
		return err
	}
	for i, v := range relevance {
		if v < 0 {
			return fmt.Errorf("%s: relevance: need values of at least 0, have %v at index %d: %w", fn, v, i, mlgauge.ErrRange)
		}
	}
	return nil
}

func (o RankingOptions) ndcg(relevance, score []float64) float64 {
	ideal := o.ideal(relevance)
	if ideal == 0 {
		return 0
	}
	return min(o.dcg(relevance, score)/ideal, 1)
}

// A ListScore is how one ranked list answers one query, where an item is
// relevant if its relevance is above 0.
type ListScore struct {
	Precision        float64 // relevant among the first K, over K
	Recall           float64 // relevant among the first K, over all relevant
	Hit              float64 // 1 if one of the first K is relevant, else 0
	ReciprocalRank   float64 // 1 / place of the first relevant, 0 if not among the first K
	AveragePrecision float64 // mean precision at the places of the relevant items
}

// ListScores judges one list by the items that it puts first:
//
//	AveragePrecision = sum over relevant places i <= K of P@i / min(K, relevant)
//
// Tied scores stand in the order given. K = 0 or above the length of the list
// means all of it for every measure but Precision, which divides by K where K
// is given. A list without relevant items has 0 throughout.
//
// A negative relevance wraps mlgauge.ErrRange; other errors are those of DCG.
//
// Source: Manning, Raghavan and Schutze, Introduction to Information Retrieval
// (2008), section 8.4; without K the values are those of torchmetrics 1.9,
// retrieval.
func ListScores(relevance, score []float64, options RankingOptions) (ListScore, error) {
	const fn = "metrics.ListScores"
	if err := options.check(fn); err != nil {
		return ListScore{}, err
	}
	if err := checkGraded(fn, relevance, score); err != nil {
		return ListScore{}, err
	}
	return options.list(relevance, score), nil
}

func (o RankingOptions) list(relevance, score []float64) (s ListScore) {
	relevant := 0
	for _, v := range relevance {
		if v > 0 {
			relevant++
		}
	}
	if relevant == 0 {
		return s
	}
	k := o.cut(len(score))
	negated := make([]float64, len(score)) // a stable order, highest first
	for i, v := range score {
		negated[i] = -v
	}
	hits := 0
	for i, j := range kernel.Argsort(nil, negated)[:k] {
		if relevance[j] <= 0 {
			continue
		}
		if hits == 0 {
			s.Hit, s.ReciprocalRank = 1, 1/float64(i+1)
		}
		hits++
		s.AveragePrecision += float64(hits) / float64(i+1)
	}
	places := k
	if o.K > 0 {
		places = o.K
	}
	s.AveragePrecision /= float64(min(k, relevant))
	s.Precision = float64(hits) / float64(places)
	s.Recall = float64(hits) / float64(relevant)
	return s
}

// Ranking averages the measures of ranked lists over queries. The zero value is
// empty and ready; set Options before the first query. It keeps sums only.
type Ranking struct {
	Options RankingOptions

	used    RankingOptions // of the queries so far
	queries int
	short   int // lists of one item, for which NDCG has no meaning
	weight  float64
	sum     [7]float64 // DCG, NDCG, then ListScore in its order
}

// Add takes one query: the relevance of its items (0 and above) and their
// scores. Errors: those of ListScores, and mlgauge.ErrIncompatible for options
// changed after the first query.
func (r *Ranking) Add(relevance, score []float64) error {
	return r.add("metrics.Ranking.Add", relevance, score, 1)
}

// AddWeighted is Add with the weight of the query. Errors: those of Add, and
// for the weight mlgauge.ErrNotFinite or, if negative, mlgauge.ErrRange.
func (r *Ranking) AddWeighted(relevance, score []float64, weight float64) error {
	return r.add("metrics.Ranking.AddWeighted", relevance, score, weight)
}

func (r *Ranking) add(fn string, relevance, score []float64, weight float64) error {
	if err := r.Options.check(fn); err != nil {
		return err
	}
	if r.queries > 0 && r.Options != r.used {
		return fmt.Errorf("%s: Options: need %+v as before, have %+v: %w", fn, r.used, r.Options, mlgauge.ErrIncompatible)
	}
	if err := check.Weights(fn, "weight", 1, []float64{weight}); err != nil {
		return err
	}
	if err := checkGraded(fn, relevance, score); err != nil {
		return err
	}
	o := r.Options
	l := o.list(relevance, score)
	sum := r.sum
	for i, v := range [...]float64{o.dcg(relevance, score), o.ndcg(relevance, score), l.Precision, l.Recall, l.Hit, l.ReciprocalRank, l.AveragePrecision} {
		sum[i] += weight * v
	}
	if err := check.Finite(fn, "sums", append(sum[:], r.weight+weight)); err != nil {
		return err
	}
	r.sum = sum
	r.used = o
	r.queries++
	r.weight += weight
	if len(score) == 1 {
		r.short++
	}
	return nil
}

// Merge adds the queries of o. Other options wrap mlgauge.ErrIncompatible.
func (r *Ranking) Merge(o *Ranking) error {
	const fn = "metrics.Ranking.Merge"
	if r.Options != o.Options || (r.queries > 0 && o.queries > 0 && r.used != o.used) {
		return fmt.Errorf("%s: Options: need %+v, have %+v: %w", fn, r.Options, o.Options, mlgauge.ErrIncompatible)
	}
	if o.queries == 0 {
		return nil
	}
	sum := r.sum
	for i, v := range o.sum {
		sum[i] += v
	}
	if err := check.Finite(fn, "sums", append(sum[:], r.weight+o.weight)); err != nil {
		return err
	}
	r.sum, r.used = sum, o.used
	r.queries += o.queries
	r.short += o.short
	r.weight += o.weight
	return nil
}

// Reset empties r and keeps its options.
func (r *Ranking) Reset() { *r = Ranking{Options: r.Options} }

// Queries returns the number of queries added.
func (r *Ranking) Queries() int { return r.queries }

// MarshalBinary implements encoding.BinaryMarshaler.
func (r *Ranking) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("ranking/1")
	o := r.Options
	if r.queries > 0 {
		o = r.used
	}
	w.Int(o.K)
	w.Float64(o.LogBase)
	w.Bool(o.IgnoreTies)
	w.Int(r.queries)
	w.Int(r.short)
	w.Float64(r.weight)
	for _, v := range r.sum {
		w.Float64(v)
	}
	return w.Finish(), nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler. Bytes that
// MarshalBinary did not make wrap mlgauge.ErrCorrupt and leave r as it was.
func (r *Ranking) UnmarshalBinary(data []byte) error {
	const fn = "metrics.Ranking.UnmarshalBinary"
	d := codec.NewReader(fn, "ranking/1", data)
	var n Ranking
	n.Options = RankingOptions{K: d.Int(), LogBase: d.Float64(), IgnoreTies: d.Bool()}
	n.queries, n.short, n.weight = d.Int(), d.Int(), d.Float64()
	for i := range n.sum {
		n.sum[i] = d.Float64()
	}
	if err := d.Close(); err != nil {
		return err
	}
	if err := n.Options.check(fn); err != nil {
		d.Fail("%v", err)
	}
	if n.queries < 0 || n.short < 0 || n.short > n.queries || check.Finite(fn, "sums", append(n.sum[:], n.weight)) != nil ||
		slices.Min(n.sum[1:]) < 0 || n.weight < 0 {
		d.Fail("need the sums of a statistic")
	}
	if d.Err() != nil {
		return d.Err()
	}
	n.used = n.Options
	*r = n
	return nil
}

func (r *Ranking) mean(fn string, i int) (float64, error) {
	if err := check.NotEmpty(fn, "queries", r.queries); err != nil {
		return 0, err
	}
	if r.weight == 0 {
		return 0, undefinedFor(fn, "a query with a positive weight", "none")
	}
	return r.sum[i] / r.weight, nil
}

// DCG returns the mean discounted cumulative gain; see DCG. No queries wrap
// mlgauge.ErrEmpty, weights that are all zero mlgauge.ErrUndefined.
func (r *Ranking) DCG() (float64, error) { return r.mean("metrics.Ranking.DCG", 0) }

// NDCG returns the mean normalised discounted cumulative gain; see NDCG. A list
// of one item wraps mlgauge.ErrUndefined; other errors are those of DCG.
func (r *Ranking) NDCG() (float64, error) {
	const fn = "metrics.Ranking.NDCG"
	if r.short > 0 {
		return 0, undefinedFor(fn, "lists of at least two items", fmt.Sprintf("%d of one", r.short))
	}
	return r.mean(fn, 1)
}

// Precision returns the mean precision at K; see ListScores. Errors are those of
// DCG.
func (r *Ranking) Precision() (float64, error) { return r.mean("metrics.Ranking.Precision", 2) }

// Recall returns the mean recall at K; see ListScores. Errors are those of DCG.
func (r *Ranking) Recall() (float64, error) { return r.mean("metrics.Ranking.Recall", 3) }

// HitRate returns the share of queries with a relevant item among the first K;
// see ListScores. Errors are those of DCG.
func (r *Ranking) HitRate() (float64, error) { return r.mean("metrics.Ranking.HitRate", 4) }

// MRR returns the mean reciprocal rank of the first relevant item; see
// ListScores. Errors are those of DCG.
func (r *Ranking) MRR() (float64, error) { return r.mean("metrics.Ranking.MRR", 5) }

// MAP returns the mean average precision; see ListScores. Errors are those of
// DCG.
func (r *Ranking) MAP() (float64, error) { return r.mean("metrics.Ranking.MAP", 6) }
