package text

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/blas/gonum"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A SkipGram trains word embeddings by skip-gram with negative sampling: the
// vector of a word is moved so that it predicts the words around it and not
// words drawn at random. For each pair of an input word i and a word o near it,
//
//	maximise ln s(u_o v_i) + sum_k ln s(-u_k v_i), s(x) = 1/(1 + exp(-x))
//
// over Negative words k drawn with probability proportional to count^0.75, by
// gradient ascent with a rate that falls linearly. The zero value has the usual
// options; a field that is 0 means what its comment says.
//
// One worker gives the same vectors for the same seed. Several are faster and
// give vectors as good, but the order in which they meet differs from run to run.
//
// Source: Mikolov et al., Distributed Representations of Words and Phrases and
// their Compositionality (2013); word2vec.c.
type SkipGram struct {
	Dim      int     // length of a vector; 100
	Window   int     // words to either side, at most; 5
	MinCount int     // words that occur less often are left out; 5
	Negative int     // words drawn at random per pair; 5
	Epochs   int     // times that the corpus is gone through; 5
	Alpha    float64 // rate at the beginning; 0.025
	MinAlpha float64 // rate at the end, and the least; 0.0001
	Sample   float64 // frequent words are thinned out above this share; 1e-3, negative for none
	Seed     uint64
	Workers  int // 1
}

func (s SkipGram) withDefaults(fn string) (SkipGram, error) {
	for _, f := range []struct {
		name  string
		v     *int
		usual int
	}{
		{"Dim", &s.Dim, 100}, {"Window", &s.Window, 5}, {"MinCount", &s.MinCount, 5},
		{"Negative", &s.Negative, 5}, {"Epochs", &s.Epochs, 5}, {"Workers", &s.Workers, 1},
	} {
		if *f.v == 0 {
			*f.v = f.usual
		}
		if err := check.AtLeast(fn, f.name, *f.v, 1); err != nil {
			return s, err
		}
	}
	s.Alpha = cmp.Or(s.Alpha, 0.025)
	s.MinAlpha = cmp.Or(s.MinAlpha, min(0.0001, s.Alpha))
	s.Sample = cmp.Or(s.Sample, 1e-3)
	if err := check.In(fn, "Alpha", s.Alpha, 0, 1); err != nil {
		return s, err
	}
	if err := check.In(fn, "MinAlpha", s.MinAlpha, 0, s.Alpha); err != nil {
		return s, err
	}
	return s, check.In(fn, "Sample", s.Sample, math.Inf(-1), 1)
}

// Train returns vectors of the words of sentences, the most frequent word first;
// of equally frequent ones, the first seen.
//
// Errors: ErrEmpty if no word occurs MinCount times; ErrUndefined if only one
// does; ErrRange for an option out of its domain; ErrNotFinite if the vectors
// diverged.
func (s SkipGram) Train(sentences [][]string) (*Vectors, error) {
	const fn = "SkipGram.Train"
	s, err := s.withDefaults(fn)
	if err != nil {
		return nil, err
	}
	t := trainer{SkipGram: s, v: &Vectors{dim: s.Dim}}
	if err := t.learnWords(fn, sentences); err != nil {
		return nil, err
	}
	t.prepare()
	t.run()
	if err := check.Finite(fn, "vectors", t.v.data); err != nil {
		return nil, err
	}
	t.v.measure()
	return t.v, nil
}

// lockCount mutexes guard the rows of either matrix when there are several
// workers.
const lockCount = 1 << 12

type trainer struct {
	SkipGram
	v         *Vectors
	out       []float32 // the vectors u
	sentences [][]int32
	counts    []int64
	total     int64
	keep      []float32 // probability that a word is not thinned out
	// draws of words in proportion to count^0.75, by Walker's alias method
	accept []float32
	alias  []int32

	done    atomic.Int64 // words gone through
	inLock  []sync.Mutex
	outLock []sync.Mutex
}

func (t *trainer) learnWords(fn string, sentences [][]string) error {
	var all DocumentFrequencies
	for _, s := range sentences {
		for _, w := range s {
			id, err := all.vocabulary.Add(w)
			if err != nil {
				return fmt.Errorf("%s: %w", fn, err)
			}
			all.grow()
			all.counts[id].total++
		}
	}
	var ids []int32
	for id, n := range all.counts {
		if n.total >= int64(t.MinCount) {
			ids = append(ids, int32(id))
		}
	}
	if err := check.NotEmpty(fn, "words that occur MinCount times", len(ids)); err != nil {
		return err
	}
	if len(ids) == 1 {
		return fmt.Errorf("%s: sentences: need at least two words that occur %d times, have one: %w", fn, t.MinCount, mlgauge.ErrUndefined)
	}
	slices.SortStableFunc(ids, func(a, b int32) int { return cmp.Compare(all.counts[b].total, all.counts[a].total) })
	number := make([]int32, all.Len())
	for i := range number {
		number[i] = -1
	}
	for i, id := range ids {
		t.v.words.put(all.vocabulary.bytes(int(id)))
		t.counts = append(t.counts, all.counts[id].total)
		t.total += all.counts[id].total
		number[id] = int32(i)
	}
	for _, s := range sentences {
		var line []int32
		for _, w := range s {
			if id, _ := all.vocabulary.ID(w); number[id] >= 0 {
				line = append(line, number[id])
			}
		}
		if len(line) > 0 {
			t.sentences = append(t.sentences, line)
		}
	}
	return nil
}

func (t *trainer) prepare() {
	n := len(t.counts)
	t.v.data = make([]float32, n*t.Dim)
	t.out = make([]float32, n*t.Dim)
	rng := rand.New(rand.NewPCG(t.Seed, 0))
	for i := range t.v.data {
		t.v.data[i] = (rng.Float32() - 0.5) / float32(t.Dim)
	}
	t.keep = make([]float32, n)
	for i, c := range t.counts {
		t.keep[i] = 1
		if t.Sample > 0 {
			r := t.Sample * float64(t.total) / float64(c)
			t.keep[i] = float32(min(1, math.Sqrt(r)+r))
		}
	}
	t.fillAlias()
	t.Workers = min(t.Workers, len(t.sentences))
	if t.Workers > 1 {
		t.inLock, t.outLock = make([]sync.Mutex, lockCount), make([]sync.Mutex, lockCount)
	}
}

func (t *trainer) fillAlias() {
	n := len(t.counts)
	p := make([]float64, n)
	var sum float64
	for i, c := range t.counts {
		p[i] = math.Pow(float64(c), 0.75)
		sum += p[i]
	}
	t.accept, t.alias = make([]float32, n), make([]int32, n)
	var small, large []int32
	for i := range p {
		p[i] *= float64(n) / sum
		t.accept[i], t.alias[i] = 1, int32(i)
		if p[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		t.accept[s], t.alias[s] = float32(p[s]), l
		if p[l] -= 1 - p[s]; p[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
}

func (t *trainer) run() {
	if t.Workers <= 1 {
		t.work(0, 0, len(t.sentences))
		return
	}
	var wg sync.WaitGroup
	for w := range t.Workers {
		wg.Go(func() { t.work(w, len(t.sentences)*w/t.Workers, len(t.sentences)*(w+1)/t.Workers) })
	}
	wg.Wait()
}

// work goes through the sentences in [lo, hi) as often as there are epochs.
func (t *trainer) work(worker, lo, hi int) {
	rng := rand.New(rand.NewPCG(t.Seed, uint64(worker)+1))
	input, grad := make([]float32, t.Dim), make([]float32, t.Dim)
	var line []int32
	whole := float64(t.total) * float64(t.Epochs)
	alpha := t.Alpha
	var words int64
	for range t.Epochs {
		for _, s := range t.sentences[lo:hi] {
			if words += int64(len(s)); words >= 1000 {
				done := t.done.Add(words)
				words = 0
				alpha = max(t.MinAlpha, t.Alpha-(t.Alpha-t.MinAlpha)*float64(done)/whole)
			}
			line = line[:0]
			for _, w := range s {
				if t.keep[w] >= 1 || rng.Float32() < t.keep[w] {
					line = append(line, w)
				}
			}
			for i, w := range line {
				reach := 1 + rng.IntN(t.Window)
				for j := max(0, i-reach); j <= min(len(line)-1, i+reach); j++ {
					if j != i {
						t.pair(line[j], w, float32(alpha), input, grad, rng)
					}
				}
			}
		}
	}
}

// sigmoids holds 1/(1 + exp(-x)) for x in (-6, 6), as word2vec has it.
var sigmoids = sync.OnceValue(func() *[1000]float32 {
	var s [1000]float32
	for i := range s {
		s[i] = float32(1 / (1 + math.Exp(-(float64(i)/float64(len(s))*2-1)*maxExp)))
	}
	return &s
})

const maxExp = 6

// pair moves the vector of the word in, and those u of the word out and of words
// drawn at random.
func (t *trainer) pair(in, out int32, alpha float32, input, grad []float32, rng *rand.Rand) {
	var blas gonum.Implementation
	table, dim := sigmoids(), t.Dim
	row := t.v.row(int(in))
	if t.inLock != nil {
		l := &t.inLock[in%lockCount]
		l.Lock()
		copy(input, row)
		l.Unlock()
	} else {
		copy(input, row)
	}
	clear(grad)
	for k := 0; k <= t.Negative; k++ {
		target, label := out, float32(1)
		if k > 0 {
			target, label = int32(rng.IntN(len(t.alias))), 0
			if rng.Float32() >= t.accept[target] {
				target = t.alias[target]
			}
			if target == out {
				continue
			}
		}
		u := t.out[int(target)*dim : int(target+1)*dim]
		if t.outLock != nil {
			t.outLock[target%lockCount].Lock()
		}
		f := blas.Sdot(dim, input, 1, u, 1)
		g := label
		switch {
		case f >= maxExp:
			g = label - 1
		case f > -maxExp:
			g = label - table[int((f+maxExp)*(float32(len(table))/maxExp/2))]
		}
		if g *= alpha; g != 0 {
			blas.Saxpy(dim, g, u, 1, grad, 1)
			blas.Saxpy(dim, g, input, 1, u, 1)
		}
		if t.outLock != nil {
			t.outLock[target%lockCount].Unlock()
		}
	}
	if t.inLock != nil {
		l := &t.inLock[in%lockCount]
		l.Lock()
		blas.Saxpy(dim, 1, grad, 1, row, 1)
		l.Unlock()
		return
	}
	blas.Saxpy(dim, 1, grad, 1, row, 1)
}
