package text

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// An AnalogySection is a named list of analogies "a is to b as c is to d".
type AnalogySection struct {
	Name      string
	Analogies [][4]string
}

// ReadAnalogies reads the format of word2vec's questions-words.txt: a line
// ": name" begins a section, any other has four words. Empty lines are skipped.
//
// Errors: ErrCorrupt for a line that is neither, stands before the first
// section, or is longer than a megabyte; ErrEmpty without analogies; what r
// reports.
func ReadAnalogies(r io.Reader) ([]AnalogySection, error) {
	const fn = "ReadAnalogies"
	var out []AnalogySection
	lines, found := 0, 0
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		lines++
		line := strings.TrimSpace(sc.Text())
		if line == "" {
			continue
		}
		if name, ok := strings.CutPrefix(line, ":"); ok {
			out = append(out, AnalogySection{Name: strings.TrimSpace(name)})
			continue
		}
		f := strings.Fields(line)
		if len(f) != 4 || len(out) == 0 {
			return nil, fmt.Errorf("%s: line %d: need four words in a section, have %.80q: %w", fn, lines, line, mlgauge.ErrCorrupt)
		}
		s := &out[len(out)-1]
		s.Analogies = append(s.Analogies, [4]string(f))
		found++
	}
	if err := sc.Err(); err == bufio.ErrTooLong {
		return nil, fmt.Errorf("%s: line %d: need at most a megabyte: %w", fn, lines+1, mlgauge.ErrCorrupt)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", fn, err)
	}
	return out, check.NotEmpty(fn, "r", found)
}

// An AnalogyScore says how many analogies of a section came out.
type AnalogyScore struct {
	Name           string
	Correct, Total int // of those whose four words have vectors
	Skipped        int // a word has none
}

// Accuracy returns Correct / Total.
//
// Errors: ErrUndefined if Total is 0.
func (s AnalogyScore) Accuracy() (float64, error) {
	if s.Total == 0 {
		return 0, fmt.Errorf("AnalogyScore.Accuracy: need at least one analogy with vectors, have none: %w", mlgauge.ErrUndefined)
	}
	return float64(s.Correct) / float64(s.Total), nil
}

// Evaluate answers "a is to b as c is to ?" for each analogy, among the first
// limit words (0: all), and returns the score of each section and of all. An
// answer is right if the best word other than a, b and c is d. Words are looked
// up first as they stand, then in lower case.
//
// Errors: ErrEmpty without sections; ErrRange for a method that does not exist
// or a negative limit.
//
// Source: gensim 4.4, KeyedVectors.evaluate_word_analogies, which compares in
// upper case instead.
func (v *Vectors) Evaluate(sections []AnalogySection, method Method, limit int) (each []AnalogyScore, all AnalogyScore, err error) {
	const fn = "Vectors.Evaluate"
	all.Name = "all"
	if err := check.NotEmpty(fn, "sections", len(sections)); err != nil {
		return nil, all, err
	}
	if err := check.AtLeast(fn, "limit", limit, 0); err != nil {
		return nil, all, err
	}
	if method > CosMul {
		return nil, all, check.Option(fn, "method", int(method))
	}
	if limit == 0 || limit > v.Len() {
		limit = v.Len()
	}
	for _, s := range sections {
		score := AnalogyScore{Name: s.Name}
		var questions []question
		var want []int
		flush := func() {
			for i, r := range v.ask(questions, 1, limit) {
				score.Total++
				if len(r) > 0 && r[0].id == want[i] {
					score.Correct++
				}
			}
			questions, want = questions[:0], want[:0]
		}
		for _, a := range s.Analogies {
			var ids [4]int
			known := true
			for i, w := range a {
				id, ok := v.ID(w)
				if !ok || id >= limit {
					id, ok = v.ID(strings.ToLower(w))
				}
				ids[i] = id
				known = known && ok && id < limit
			}
			if !known {
				score.Skipped++
				continue
			}
			q, err := v.question(fn, []int{ids[1], ids[2]}, []int{ids[0]}, method)
			if err != nil {
				score.Skipped++ // the vectors cancel: there is no direction to look in
				continue
			}
			questions, want = append(questions, q), append(want, ids[3])
			if len(questions) == 256 {
				flush()
			}
		}
		if len(questions) > 0 {
			flush()
		}
		each = append(each, score)
		all.Correct += score.Correct
		all.Total += score.Total
		all.Skipped += score.Skipped
	}
	return each, all, nil
}
