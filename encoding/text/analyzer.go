package text

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/hungarian"
	"github.com/kljensen/snowball/norwegian"
	"github.com/kljensen/snowball/russian"
	"github.com/kljensen/snowball/spanish"
	"github.com/kljensen/snowball/swedish"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/internal/check"
)

// An Analyzer turns a document into terms. The zero value does what
// scikit-learn's vectorizers do by default: lower case, words of two or more
// word characters, single words. In order: invalid UTF-8 is dealt with, the text
// is put in lower case, accents are stripped, tokens are found, stop words leave,
// tokens are stemmed, n-grams are formed.
type Analyzer struct {
	// Unit is what an n-gram is made of: words, characters, or the characters
	// of one word with a space at either end.
	Unit Unit `json:"unit"`
	// Tokens is the rule that finds words.
	Tokens Tokens `json:"tokens"`
	// Pattern, if not empty, takes the place of Tokens: a regular expression of
	// the package regexp, whose matches are the tokens; with one capturing
	// group, what that group holds. Mind that \w and \b are ASCII in regexp.
	Pattern string `json:"pattern,omitempty"`
	// MinLength leaves out tokens of fewer runes; 0 means 2 for WordCharacters
	// and 1 otherwise.
	MinLength int `json:"min_length,omitempty"`
	// KeepCase leaves capitals as they are.
	KeepCase bool `json:"keep_case,omitempty"`
	// Accents says what to strip.
	Accents Accents `json:"accents"`
	// Invalid says what to do with invalid UTF-8.
	Invalid Invalid `json:"invalid"`
	// NMin and NMax are the lengths of the n-grams; 0 means 1 for NMin and NMin
	// for NMax.
	NMin int `json:"n_min,omitempty"`
	NMax int `json:"n_max,omitempty"`
	// StopWords are words to leave out, as they are after lower-casing and
	// stripping; see English.
	StopWords encoding.Labels `json:"stop_words,omitempty"`
	// Stemmer is the language of the Snowball stemmer to apply to each word:
	// english, french, hungarian, norwegian, russian, spanish or swedish.
	Stemmer string `json:"stemmer,omitempty"`
}

var stemmers = map[string]func(string, bool) string{
	"english": english.Stem, "french": french.Stem, "hungarian": hungarian.Stem, "norwegian": norwegian.Stem,
	"russian": russian.Stem, "spanish": spanish.Stem, "swedish": swedish.Stem,
}

// Stem returns the stem of a word, in lower case, by the Snowball stemmer of a
// language.
//
// Errors: ErrRange for a language without a stemmer.
func Stem(word, language string) (string, error) {
	f, ok := stemmers[language]
	if !ok {
		return "", check.Option("Stem", "language", language)
	}
	return f(word, true), nil
}

// A plan is an Analyzer made ready.
type plan struct {
	Analyzer
	runes    *planes
	stop     *Vocabulary
	re       *regexp.Regexp
	stem     func(string, bool) string
	least    int
	min, max int
}

func (p *plan) compile(fn string, a *Analyzer) error {
	*p = plan{Analyzer: *a, runes: basic(), least: a.MinLength, min: max(a.NMin, 1)}
	p.StopWords = slices.Clone(a.StopWords)
	p.max = p.min
	if a.NMax != 0 {
		p.max = a.NMax
	}
	switch {
	case a.Unit > CharInWord:
		return check.Option(fn, "Unit", int(a.Unit))
	case a.Tokens > UnicodeWords:
		return check.Option(fn, "Tokens", int(a.Tokens))
	case a.Accents > StripUnicode:
		return check.Option(fn, "Accents", int(a.Accents))
	case a.Invalid > IgnoreInvalid:
		return check.Option(fn, "Invalid", int(a.Invalid))
	case a.MinLength < 0:
		return check.AtLeast(fn, "MinLength", a.MinLength, 0)
	case a.NMin < 0:
		return check.AtLeast(fn, "NMin", a.NMin, 0)
	case p.max < p.min:
		return check.AtLeast(fn, "NMax", p.max, p.min)
	}
	if p.least == 0 {
		p.least = 1
		if a.Tokens == WordCharacters && a.Pattern == "" {
			p.least = 2
		}
	}
	if a.Pattern != "" {
		re, err := regexp.Compile(a.Pattern)
		if err != nil {
			return fmt.Errorf("%s: Pattern: %w: %w", fn, err, mlgauge.ErrRange)
		}
		if re.NumSubexp() > 1 {
			return fmt.Errorf("%s: Pattern: need at most one capturing group, have %d: %w", fn, re.NumSubexp(), mlgauge.ErrRange)
		}
		p.re = re
	}
	if a.Stemmer != "" {
		if p.stem = stemmers[a.Stemmer]; p.stem == nil {
			return check.Option(fn, "Stemmer", a.Stemmer)
		}
	}
	if len(a.StopWords) > 0 {
		p.stop = new(Vocabulary)
		for _, w := range a.StopWords {
			if _, err := p.stop.Add(w); err != nil {
				return fmt.Errorf("%s: StopWords: %w", fn, err)
			}
		}
	}
	return nil
}

// Terms returns the terms of a document in the order in which scikit-learn's
// analyzers give them: by n, then by place.
//
// Errors: ErrRange for an option that does not exist, n-grams of a negative
// length, invalid UTF-8 unless Invalid deals with it, and a document of more
// than 1 GB.
//
// Source: scikit-learn 1.9, CountVectorizer.build_analyzer.
func (a Analyzer) Terms(doc string) ([]string, error) {
	s := takeScanner()
	defer s.release()
	if err := s.plan.compile("Analyzer.Terms", &a); err != nil {
		return nil, err
	}
	if err := s.plan.check("Analyzer.Terms", doc, 0); err != nil {
		return nil, err
	}
	spans := s.scan(&s.plan, doc)
	out := make([]string, len(spans))
	for i, t := range spans {
		out[i] = string(s.buf[t.Lo:t.Hi])
	}
	return out, nil
}
