package preprocess

import (
	"encoding/binary"
	"fmt"

	"github.com/zeebo/xxh3"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// NearDuplicates finds texts whose sets of shingles have a Jaccard similarity
// of at least Threshold, among millions: the MinHash signatures are cut into
// bands, texts that share a band are candidates, and each candidate pair is
// verified by its exact Jaccard similarity. So whatever is grouped is alike; a
// pair that is alike is a candidate with probability
//
//	1 - (1 - s^rows)^bands
//
// and pairs that are never candidates are missed ([NearDuplicates.Bands] tells
// the numbers, [LSHProbability] the probability). Since candidates are verified,
// the default leans to too many: at Threshold 0.8 a pair of similarity 0.8 is
// found in 95 of 100 cases, one of 0.85 in 99. Texts that are equal after
// FoldCase and, with Words, after squeezing white space always match.
//
// Texts are added in batches and numbered from 0 as they come. They are held by
// reference, with 8 bytes per band.
//
// The zero value is ready to use; options must not change after the first Add.
type NearDuplicates struct {
	Threshold  float64 // least Jaccard similarity of a match; 0: 0.8
	Size       int     // length of the signatures; 0: 128
	MissWeight float64 // in (0, 1], weight of a missed pair against a failed candidate; 0: 0.95
	Shingle    int     // code points (or words) per shingle; 0: 5 (words: 2)
	Words      bool    // shingles of words instead of code points
	FoldCase   bool    // compare in lower case
	Seed       uint64

	plan  *lshPlan
	texts []string
	keys  []uint64 // one per text and band
}

type lshPlan struct {
	options     lshOptions
	bands, rows int
	hash        *MinHash
	shingler    shingler
}

type lshOptions struct {
	threshold, missWeight float64
	size, shingle         int
	words, fold           bool
	seed                  uint64
}

func (d *NearDuplicates) options() lshOptions {
	o := lshOptions{d.Threshold, d.MissWeight, d.Size, d.Shingle, d.Words, d.FoldCase, d.Seed}
	if o.threshold == 0 {
		o.threshold = 0.8
	}
	if o.missWeight == 0 {
		o.missWeight = 0.95
	}
	if o.size == 0 {
		o.size = 128
	}
	if o.shingle == 0 {
		o.shingle = 5
		if o.words {
			o.shingle = 2
		}
	}
	return o
}

func (o lshOptions) plan(fn string) (*lshPlan, error) {
	if err := check.AtLeast(fn, "Shingle", o.shingle, 1); err != nil {
		return nil, err
	}
	// the search for bands costs the square of the size
	if o.size > 1024 {
		return nil, fmt.Errorf("%s: Size: need at most 1024, have %d: %w", fn, o.size, mlgauge.ErrRange)
	}
	p := &lshPlan{options: o, shingler: shingler{o.shingle, o.words, o.fold}}
	var err error
	if p.bands, p.rows, err = LSHBands(o.threshold, o.size, o.missWeight); err != nil {
		return nil, fmt.Errorf("%s: %w", fn, err)
	}
	p.hash, err = NewMinHash(p.bands*p.rows, o.seed)
	return p, err
}

// ready returns the plan, made at the first call.
func (d *NearDuplicates) ready(fn string) (*lshPlan, error) {
	o := d.options()
	if d.plan == nil {
		return o.plan(fn)
	}
	if d.plan.options != o {
		return nil, fmt.Errorf("%s: options: need those of the first Add, have others: %w", fn, mlgauge.ErrIncompatible)
	}
	return d.plan, nil
}

// Bands returns the number of bands and of rows per band.
//
// Errors: ErrRange for options outside their range: a Threshold outside (0, 1),
// a MissWeight outside [0, 1], a Size outside [1, 1024], a Shingle below 1;
// ErrNotFinite for NaN; ErrIncompatible if the options were changed after Add.
func (d *NearDuplicates) Bands() (bands, rows int, err error) {
	p, err := d.ready("NearDuplicates.Bands")
	if err != nil {
		return 0, 0, err
	}
	return p.bands, p.rows, nil
}

// Add adds a batch of texts, on several cores if there are many.
//
// Errors: those of [NearDuplicates.Bands].
func (d *NearDuplicates) Add(texts []string) error {
	p, err := d.ready("NearDuplicates.Add")
	if err != nil {
		return err
	}
	const block = 1024
	keys := make([]uint64, len(texts)*p.bands)
	one := func(b int) {
		var hashes, sig []uint64
		buf := make([]byte, 8*p.rows)
		for i := b * block; i < min(len(texts), (b+1)*block); i++ {
			hashes = p.shingler.hashes(hashes[:0], texts[i])
			sig = p.hash.signature(sig, hashes)
			for band := range p.bands {
				for r, v := range sig[band*p.rows : (band+1)*p.rows] {
					binary.LittleEndian.PutUint64(buf[8*r:], v)
				}
				keys[i*p.bands+band] = xxh3.Hash(buf)
			}
		}
	}
	parallel.Each(parallel.Blocks(len(texts), block), one)
	d.plan = p
	d.texts = append(d.texts, texts...)
	d.keys = append(d.keys, keys...)
	return nil
}

// Merge adds the texts of other, numbered after those of d.
//
// Errors: ErrIncompatible if the options differ.
func (d *NearDuplicates) Merge(other *NearDuplicates) error {
	if other.plan == nil {
		return nil
	}
	if d.plan == nil && len(d.texts) == 0 {
		if d.options() != other.plan.options {
			return fmt.Errorf("NearDuplicates.Merge: other: need the same options, have others: %w", mlgauge.ErrIncompatible)
		}
	} else if _, err := d.ready("NearDuplicates.Merge"); err != nil {
		return err
	} else if d.plan.options != other.plan.options {
		return fmt.Errorf("NearDuplicates.Merge: other: need the same options, have others: %w", mlgauge.ErrIncompatible)
	}
	d.plan = other.plan
	d.texts = append(d.texts, other.texts...)
	d.keys = append(d.keys, other.keys...)
	return nil
}

// Reset forgets all texts and keeps the options.
func (d *NearDuplicates) Reset() { d.plan, d.texts, d.keys = nil, nil, nil }

// Len returns the number of texts added.
func (d *NearDuplicates) Len() int { return len(d.texts) }

// Group verifies the candidates and returns the groups. Its Matches hold the
// pairs that made the groups, not every pair within them: two texts that are
// already linked are not compared again.
//
// Errors: ErrEmpty if no text was added; ErrIncompatible if the options were
// changed after Add.
func (d *NearDuplicates) Group() (Grouping, error) {
	const fn = "NearDuplicates.Group"
	if err := check.NotEmpty(fn, "texts", len(d.texts)); err != nil {
		return Grouping{}, err
	}
	p, err := d.ready(fn)
	if err != nil {
		return Grouping{}, err
	}
	u := newUnion(len(d.texts))
	var g Grouping
	first := make([]int, 0, len(d.texts)) // the first text of each value
	seen := make(map[string]int, len(d.texts))
	for i, t := range d.texts {
		if j, ok := seen[t]; ok {
			u.join(j, i)
			g.Matches = append(g.Matches, Match{j, i, 1})
			continue
		}
		seen[t] = i
		first = append(first, i)
	}
	v := verifier{shingler: p.shingler, threshold: p.options.threshold, texts: d.texts, union: u}
	head := make(map[uint64]int, len(first)) // 1 + the bucket of a key
	for band := range p.bands {
		clear(head)
		var buckets [][]int
		alone := make([]int, 0, len(first)) // the first member of each key
		for _, i := range first {
			key := d.keys[i*p.bands+band]
			b, ok := head[key]
			switch {
			case !ok: // not yet a bucket: remember who was first
				alone = append(alone, i)
				head[key] = -len(alone)
			case b < 0:
				buckets = append(buckets, []int{alone[-b-1], i})
				head[key] = len(buckets)
			default:
				buckets[b-1] = append(buckets[b-1], i)
			}
		}
		for _, b := range buckets {
			g.Matches = v.bucket(g.Matches, b)
		}
	}
	g.of, g.n = u.numbers()
	return g, nil
}

// A verifier compares the members of buckets.
type verifier struct {
	shingler  shingler
	threshold float64
	texts     []string
	union     union
	sets      [][]uint64 // scratch
}

// bucket joins the members that are alike and not joined yet.
func (v *verifier) bucket(found []Match, members []int) []Match {
	root := v.union.find(members[0])
	joined := true
	for _, m := range members[1:] {
		joined = joined && v.union.find(m) == root
	}
	if joined {
		return found
	}
	for len(v.sets) < len(members) {
		v.sets = append(v.sets, nil)
	}
	for i, m := range members {
		v.sets[i] = sortedSet(v.shingler.hashes(v.sets[i][:0], v.texts[m]))
	}
	// parts hold the members by the set they are in: two parts are compared
	// until one pair is alike, and then become one
	var parts [][]int
	for i, m := range members {
		into := -1
		for p := 0; p < len(parts); p++ {
			linked := v.union.find(members[parts[p][0]]) == v.union.find(m)
			for _, j := range parts[p] {
				if linked {
					break
				}
				if s := jaccardSorted(v.sets[i], v.sets[j], v.threshold); s >= v.threshold {
					found = append(found, Match{min(m, members[j]), max(m, members[j]), s})
					v.union.join(m, members[j])
					linked = true
				}
			}
			if !linked {
				continue
			}
			if into < 0 {
				into = p
				continue
			}
			parts[into] = append(parts[into], parts[p]...)
			parts[p] = parts[len(parts)-1]
			parts = parts[:len(parts)-1]
			p--
		}
		if into < 0 {
			parts = append(parts, []int{i})
		} else {
			parts[into] = append(parts[into], i)
		}
	}
	return found
}

// jaccardSorted returns the Jaccard similarity of two sorted sets, or 0 at once
// if their sizes alone keep it below the threshold.
func jaccardSorted(a, b []uint64, threshold float64) float64 {
	if float64(min(len(a), len(b))) < threshold*float64(max(len(a), len(b)))*(1-1e-12) {
		return 0
	}
	both, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

const nearTag = "nearduplicates/1"

// MarshalBinary returns the options, the texts and their bands.
func (d *NearDuplicates) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(nearTag)
	w.Float64(d.Threshold)
	w.Int(d.Size)
	w.Float64(d.MissWeight)
	w.Int(d.Shingle)
	w.Bool(d.Words)
	w.Bool(d.FoldCase)
	w.Uint64(d.Seed)
	w.Strings(d.texts)
	w.Uint64s(d.keys)
	return w.Finish(), nil
}

// UnmarshalBinary replaces d by what MarshalBinary wrote.
//
// Errors: ErrCorrupt.
func (d *NearDuplicates) UnmarshalBinary(data []byte) error {
	const fn = "NearDuplicates.UnmarshalBinary"
	r := codec.NewReader(fn, nearTag, data)
	in := NearDuplicates{
		Threshold: r.Float64(), Size: r.Int(), MissWeight: r.Float64(), Shingle: r.Int(),
		Words: r.Bool(), FoldCase: r.Bool(), Seed: r.Uint64(), texts: r.Strings(), keys: r.Uint64s(),
	}
	if err := r.Close(); err != nil {
		return err
	}
	if len(in.texts) > 0 {
		p, err := in.ready(fn)
		if err != nil {
			r.Fail("options: %v", err)
			return r.Err()
		}
		in.plan = p
		if len(in.keys) != p.bands*len(in.texts) {
			r.Fail("need %d bands of %d texts, have %d words", p.bands, len(in.texts), len(in.keys))
			return r.Err()
		}
	} else if len(in.keys) > 0 {
		r.Fail("need no bands without texts, have %d", len(in.keys))
		return r.Err()
	}
	*d = in
	return nil
}
