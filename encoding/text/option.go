package text

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
)

// A Unit is what n-grams are made of.
type Unit uint8

const (
	// Word: n-grams of words, joined by a space.
	Word Unit = iota
	// Char: n-grams of characters, after runs of white space became one space.
	Char
	// CharInWord: n-grams of the characters of one word (what is between white
	// space), with a space before and after it. A word shorter than n counts
	// once.
	CharInWord
)

// Tokens is a rule that finds words.
type Tokens uint8

const (
	// WordCharacters: the longest runs of letters, numbers and underscores of
	// Unicode, as Python's \w; of two or more unless MinLength says otherwise.
	// Combining marks part words.
	WordCharacters Tokens = iota
	// UnicodeWords: the words of Unicode's Annex 29 that hold a letter, a
	// number or an underscore: "can't" and "3.14" are one word.
	UnicodeWords
)

// Accents says which accents to strip.
type Accents uint8

const (
	// KeepAccents strips nothing.
	KeepAccents Accents = iota
	// StripASCII decomposes (NFKD) and drops all that is not ASCII.
	StripASCII
	// StripUnicode decomposes (NFKD) and drops combining marks.
	StripUnicode
)

// Invalid says what to do with invalid UTF-8.
type Invalid uint8

const (
	// RefuseInvalid is an error.
	RefuseInvalid Invalid = iota
	// ReplaceInvalid puts U+FFFD in the place of each ill-formed piece.
	ReplaceInvalid
	// IgnoreInvalid leaves ill-formed pieces out.
	IgnoreInvalid
)

// A Norm is what the length of a row is measured by before it is divided by it.
type Norm uint8

const (
	// L2: the root of the sum of squares.
	L2 Norm = iota
	// L1: the sum of absolute values.
	L1
	// NoNorm leaves rows as they are.
	NoNorm
)

var (
	unitNames    = []string{"word", "char", "char_wb"}
	tokensNames  = []string{"word_characters", "unicode_words"}
	accentsNames = []string{"keep", "ascii", "unicode"}
	invalidNames = []string{"refuse", "replace", "ignore"}
	normNames    = []string{"l2", "l1", "none"}
)

func toText[T ~uint8](v T, names []string) ([]byte, error) {
	if int(v) >= len(names) {
		return nil, fmt.Errorf("%T: need one of %q, have %d: %w", v, names, v, mlgauge.ErrRange)
	}
	return []byte(names[v]), nil
}

func fromText[T ~uint8](v *T, names []string, b []byte) error {
	for i, s := range names {
		if s == string(b) {
			*v = T(i)
			return nil
		}
	}
	return fmt.Errorf("%T: need one of %q, have %.20q: %w", *v, names, b, mlgauge.ErrRange)
}

// MarshalText returns the name of the unit, as scikit-learn has it.
func (u Unit) MarshalText() ([]byte, error) { return toText(u, unitNames) }

// UnmarshalText reads a name.
func (u *Unit) UnmarshalText(b []byte) error { return fromText(u, unitNames, b) }

// MarshalText returns the name of the rule.
func (t Tokens) MarshalText() ([]byte, error) { return toText(t, tokensNames) }

// UnmarshalText reads a name.
func (t *Tokens) UnmarshalText(b []byte) error { return fromText(t, tokensNames, b) }

// MarshalText returns the name of the choice.
func (a Accents) MarshalText() ([]byte, error) { return toText(a, accentsNames) }

// UnmarshalText reads a name.
func (a *Accents) UnmarshalText(b []byte) error { return fromText(a, accentsNames, b) }

// MarshalText returns the name of the choice.
func (i Invalid) MarshalText() ([]byte, error) { return toText(i, invalidNames) }

// UnmarshalText reads a name.
func (i *Invalid) UnmarshalText(b []byte) error { return fromText(i, invalidNames, b) }

// MarshalText returns the name of the norm.
func (n Norm) MarshalText() ([]byte, error) { return toText(n, normNames) }

// UnmarshalText reads a name.
func (n *Norm) UnmarshalText(b []byte) error { return fromText(n, normNames, b) }
