package kernel

import (
	"hash/maphash"
	"math/bits"
)

// A WordSlot is a place of an open-addressed table of words with linear probing, whose
// length is a power of two: the upper bits of a hash are where a word is looked for
// first. Ref is 0 for an empty slot, a code + 1, or negative for what is no code.
type WordSlot struct {
	Word Word
	Ref  int32
}

// A Word identifies a string of up to 16 bytes, without following a pointer: its length
// and its bytes, those of 8 and more as the first and the last eight, which overlap. A
// longer one has its hash, and its text must be compared as well. The empty string is
// not the zero Word, which is that of an empty slot.
type Word struct {
	lo, hi uint64
	size   int32
}

const (
	longWord  = 17
	emptyWord = -1
)

// The hash is seeded per process: words cannot be chosen to collide.
var (
	wordSeed = maphash.MakeSeed()
	secretLo = maphash.String(wordSeed, "lo") | 1
	secretHi = maphash.String(wordSeed, "hi") | 1
)

func le64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func le32(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// WordOf returns the word of a string.
func WordOf(s string) Word {
	n := len(s)
	switch {
	case n > 16:
		return Word{maphash.String(wordSeed, s), 0, longWord}
	case n >= 8:
		return Word{le64(s), le64(s[n-8:]), int32(n)}
	case n >= 4:
		return Word{le32(s) | le32(s[n-4:])<<32, 0, int32(n)}
	case n > 0:
		return Word{uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16, 0, int32(n)}
	}
	return Word{size: emptyWord}
}

// Long tells whether the text must be compared as well.
func (w Word) Long() bool { return w.size == longWord }

// Hash mixes a word by one wide multiplication.
func (w Word) Hash() uint64 {
	h, l := bits.Mul64(w.lo^secretLo, w.hi^secretHi^uint64(w.size)<<56)
	return (h ^ l) * 0x9e3779b97f4a7c15
}

// A WordBlock holds some words and their hashes. To hash first and look up then leaves
// two short loops, in which the processor works on many rows at once.
type WordBlock struct {
	Words  [128]Word
	Hashes [128]uint64
}

// Fill makes the words of strings and hashes them.
func (b *WordBlock) Fill(s []string) {
	for i, s := range s {
		w := &b.Words[i&(len(b.Words)-1)]
		if n := len(s); n >= 8 && n <= 16 {
			w.lo, w.hi, w.size = le64(s), le64(s[n-8:]), int32(n)
		} else {
			*w = WordOf(s)
		}
		b.Hashes[i&(len(b.Hashes)-1)] = w.Hash()
	}
}

// Ask reads the slots at which the first words are looked for, into dst, so that those
// of a table that is far away come together.
func (b *WordBlock) Ask(dst []int32, table []WordSlot, shift uint8) {
	for i, h := range b.Hashes[:len(dst)] {
		dst[i] = table[h>>(shift&63)].Ref
	}
}

// Known writes the codes of the words from one on, those of negative refs as -1, up to
// the first that the table does not hold or whose text must be compared, and returns
// their number. dst has a place for every word that was filled in. It calls nothing, so
// that all it needs stays in registers.
func (b *WordBlock) Known(dst []int32, from int, table []WordSlot, shift uint8) int {
	shift &= 63
	dst = dst[from:]
	words, hashes := b.Words[from:][:len(dst)], b.Hashes[from:][:len(dst)]
	for i := range dst {
		w := &words[i]
		j := hashes[i] >> shift
		for {
			e := &table[j&uint64(len(table)-1)]
			if (e.Word.lo^w.lo)|(e.Word.hi^w.hi)|uint64(e.Word.size^w.size) == 0 {
				if w.size == longWord {
					return i
				}
				dst[i] = max(e.Ref, 0) - 1
				break
			}
			if e.Ref == 0 {
				return i
			}
			j++
		}
	}
	return len(dst)
}
