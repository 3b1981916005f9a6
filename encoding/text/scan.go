package text

import (
	"fmt"
	"sync"
	"unicode/utf8"
	"unsafe"

	"github.com/clipperhouse/uax29/v2/words"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// maxDocument keeps places in a document, and in what a document becomes, in
// an int32: decomposition makes a rune at most 18 times as many, of 3 bytes for
// 3, and that is one rune; the usual growth is far less and checked.
const maxDocument = 1 << 30

// A scanner holds the memory that the analysis of a document needs, so that the
// next document needs none.
type scanner struct {
	plan  plan // for callers without a plan of their own
	clean []byte
	low   []byte
	flat  []byte
	buf   []byte // the terms
	spans []kernel.Piece
	grams []kernel.Piece
	begin []int32

	marks []mark
	stamp uint32
	keys  []termKey
	row   []uint64
	tmp   []uint64

	packed []byte
}

// A mark says where a term stands in the row of the document that was stamped
// last for it.
type mark struct{ stamp, at uint32 }

var scanners = sync.Pool{New: func() any { return new(scanner) }}

func takeScanner() *scanner { return scanners.Get().(*scanner) }

// release gives the scanner back; one that a giant document has grown is left
// to the collector.
func (s *scanner) release() {
	if cap(s.buf) <= 1<<22 && cap(s.grams) <= 1<<20 {
		scanners.Put(s)
	}
}

// check reports a document that cannot be analysed.
func (p *plan) check(fn, doc string, i int) error {
	if len(doc) > maxDocument {
		return fmt.Errorf("%s: docs: need documents of at most %d bytes, have %d at index %d: %w", fn, maxDocument, len(doc), i, mlgauge.ErrRange)
	}
	if p.Invalid == RefuseInvalid && !utf8.ValidString(doc) {
		return fmt.Errorf("%s: docs: need valid UTF-8, have %.40q at index %d: %w", fn, firstInvalid(doc), i, mlgauge.ErrRange)
	}
	return nil
}

func (p *plan) checkAll(fn string, docs []string) error {
	for i, d := range docs {
		if err := p.check(fn, d, i); err != nil {
			return err
		}
	}
	return nil
}

func firstInvalid(s string) string {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return s[i:]
		}
		i += n
	}
	return ""
}

func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// scan returns the places in s.buf of the terms of a document that passed
// check.
func (s *scanner) scan(p *plan, doc string) []kernel.Piece {
	s.spans = s.spans[:0]
	if p.Unit == Word && p.Tokens == WordCharacters && p.re == nil {
		s.size(len(doc))
		var ascii bool
		if s.spans, ascii = kernel.Words(s.buf, s.spans, doc, !p.KeepCase, p.least); ascii {
			return s.ngrams(p)
		}
	}
	doc = s.prepare(p, doc)
	switch {
	case p.Unit != Word:
		return s.chars(p, doc)
	case p.re != nil:
		s.pattern(p, doc)
	case p.Tokens == UnicodeWords:
		s.annex29(p, doc)
	default:
		s.wordCharacters(p, doc)
	}
	return s.ngrams(p)
}

// size makes room for n bytes in buf.
func (s *scanner) size(n int) {
	if cap(s.buf) < n {
		s.buf = make([]byte, n+n/4)
	}
	s.buf = s.buf[:n]
}

// prepare returns the document in valid UTF-8, in lower case, without accents,
// as asked; the result may be a view of the scanner's memory.
func (s *scanner) prepare(p *plan, doc string) string {
	if p.Invalid != RefuseInvalid && !utf8.ValidString(doc) {
		s.clean = appendRepaired(s.clean[:0], doc, p.Invalid == ReplaceInvalid)
		doc = view(s.clean)
	}
	if !p.KeepCase {
		s.low = appendLower(s.low[:0], doc, p.runes)
		doc = view(s.low)
	}
	if p.Accents != KeepAccents && !kernel.ASCII(doc) {
		s.flat = appendStripped(s.flat[:0], unsafe.Slice(unsafe.StringData(doc), len(doc)), p.Accents)
		doc = view(s.flat)
	}
	return doc
}

// token appends a token and the space after it.
func (s *scanner) token(t string) {
	lo := len(s.buf)
	s.buf = append(append(s.buf, t...), ' ')
	s.spans = append(s.spans, kernel.Piece{Lo: int32(lo), Hi: int32(lo + len(t))})
}

func (s *scanner) wordCharacters(p *plan, doc string) {
	s.buf = s.buf[:0]
	lo, runes := 0, 0
	for i := 0; i < len(doc); {
		var word bool
		n := 1
		if c := doc[i]; c < utf8.RuneSelf {
			word = kernel.IsWord(c)
		} else {
			var r rune
			r, n = utf8.DecodeRuneInString(doc[i:])
			word = p.runes.isWord(r)
		}
		if word {
			if runes == 0 {
				lo = i
			}
			runes++
		} else if runes > 0 {
			if runes >= p.least {
				s.token(doc[lo:i])
			}
			runes = 0
		}
		i += n
	}
	if runes > 0 && runes >= p.least {
		s.token(doc[lo:])
	}
}

func (s *scanner) annex29(p *plan, doc string) {
	s.buf = s.buf[:0]
	for it := words.FromString(doc); it.Next(); {
		t := it.Value()
		for _, r := range t {
			if p.runes.isWord(r) {
				if p.least == 1 || utf8.RuneCountInString(t) >= p.least {
					s.token(t)
				}
				break
			}
		}
	}
}

func (s *scanner) pattern(p *plan, doc string) {
	s.buf = s.buf[:0]
	for _, m := range p.re.FindAllStringSubmatchIndex(doc, -1) {
		t := ""
		if g := m[len(m)-2:]; g[0] >= 0 {
			t = doc[g[0]:g[1]]
		}
		if t != "" && utf8.RuneCountInString(t) >= p.least {
			s.token(t)
		}
	}
}

// ngrams drops stop words, stems, and returns the runs of tokens. For these, one
// space parts two tokens in buf, so that a run of tokens is a run of bytes.
func (s *scanner) ngrams(p *plan) []kernel.Piece {
	if p.stop != nil || p.max > 1 {
		s.closeUp(p)
	}
	if p.stem != nil {
		s.stemAll(p)
	}
	if p.max == 1 {
		return s.spans
	}
	s.grams = s.grams[:0]
	for n := p.min; n <= min(p.max, len(s.spans)); n++ {
		for i := n - 1; i < len(s.spans); i++ {
			s.grams = append(s.grams, kernel.Piece{Lo: s.spans[i-n+1].Lo, Hi: s.spans[i].Hi})
		}
	}
	return s.grams
}

// closeUp drops stop words and leaves one space between tokens.
func (s *scanner) closeUp(p *plan) {
	kept, w := s.spans[:0], int32(0)
	for _, t := range s.spans {
		if p.stop != nil && p.stop.find(s.buf[t.Lo:t.Hi]) >= 0 {
			continue
		}
		n := int32(copy(s.buf[w:], s.buf[t.Lo:t.Hi]))
		kept = append(kept, kernel.Piece{Lo: w, Hi: w + n})
		if w += n; int(w) < len(s.buf) {
			s.buf[w] = ' '
		}
		w++
	}
	s.spans = kept
}

func (s *scanner) stemAll(p *plan) {
	s.low = append(s.low[:0], s.buf...)
	s.buf = s.buf[:0]
	tokens := len(s.spans)
	for i := range tokens {
		t := s.spans[i]
		s.token(p.stem(string(s.low[t.Lo:t.Hi]), true))
	}
	s.spans = s.spans[:copy(s.spans, s.spans[tokens:])]
}

// chars forms n-grams of characters.
func (s *scanner) chars(p *plan, doc string) []kernel.Piece {
	s.grams = s.grams[:0]
	if p.Unit == Char {
		s.buf = appendCollapsed(s.buf[:0], doc)
		return s.charGrams(p)
	}
	// words, each between spaces; neighbours share theirs
	s.buf = append(s.buf[:0], ' ')
	word := false
	for i, r := range doc {
		if !isSpace(r) {
			_, n := utf8.DecodeRuneInString(doc[i:])
			s.buf = append(s.buf, doc[i:i+n]...)
			word = true
			continue
		}
		if word {
			s.buf = append(s.buf, ' ')
			word = false
		}
	}
	if word {
		s.buf = append(s.buf, ' ')
	}
	for lo := 0; lo+1 < len(s.buf); {
		hi := lo + 1
		for s.buf[hi] != ' ' {
			hi++
		}
		s.wordGrams(p, lo, hi+1)
		lo = hi
	}
	return s.grams
}

func (s *scanner) charGrams(p *plan) []kernel.Piece {
	s.begin = s.begin[:0]
	for i := range view(s.buf) {
		s.begin = append(s.begin, int32(i))
	}
	s.begin = append(s.begin, int32(len(s.buf)))
	runes := len(s.begin) - 1
	for n := p.min; n <= min(p.max, runes); n++ {
		for i := n; i <= runes; i++ {
			s.grams = append(s.grams, kernel.Piece{Lo: s.begin[i-n], Hi: s.begin[i]})
		}
	}
	return s.grams
}

// wordGrams forms the n-grams of one word with its spaces; one shorter than n
// is its own n-gram, once.
func (s *scanner) wordGrams(p *plan, lo, hi int) {
	s.begin = s.begin[:0]
	for i := lo; i < hi; i++ {
		if utf8.RuneStart(s.buf[i]) {
			s.begin = append(s.begin, int32(i))
		}
	}
	s.begin = append(s.begin, int32(hi))
	runes := len(s.begin) - 1
	for n := p.min; n <= p.max; n++ {
		if runes <= n {
			s.grams = append(s.grams, kernel.Piece{Lo: int32(lo), Hi: int32(hi)})
			return
		}
		for i := n; i <= runes; i++ {
			s.grams = append(s.grams, kernel.Piece{Lo: s.begin[i-n], Hi: s.begin[i]})
		}
	}
}

// appendCollapsed appends s with each run of two or more white spaces as one
// space.
func appendCollapsed(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if r < utf8.RuneSelf && r > ' ' || !isSpace(r) {
			dst = append(dst, s[i:i+n]...)
			i += n
			continue
		}
		j := i + n
		for j < len(s) {
			r, m := utf8.DecodeRuneInString(s[j:])
			if !isSpace(r) {
				break
			}
			j += m
		}
		if j == i+n {
			dst = append(dst, s[i:j]...)
		} else {
			dst = append(dst, ' ')
		}
		i = j
	}
	return dst
}
