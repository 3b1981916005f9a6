package kernel

import "math/bits"

// A Piece is a piece of a buffer: its bytes from Lo to Hi.
type Piece struct{ Lo, Hi int32 }

// wordByte is 1 for the bytes of ASCII words: letters, digits and the line below;
// lowerByte is every byte, a capital in lower case.
var wordByte, lowerByte = func() (word, lower [256]byte) {
	for i := range lower {
		c := byte(i)
		lower[i] = c
		switch {
		case c >= 'A' && c <= 'Z':
			lower[i] |= 0x20
			fallthrough
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_':
			word[i] = 1
		}
	}
	return word, lower
}()

// IsWord tells whether Words takes a byte as part of a word.
func IsWord(c byte) bool { return wordByte[c] != 0 }

// Words copies s to buf, in lower case if lower is set, and appends to spans the
// places of its words: the longest runs of ASCII letters, digits and lines below, of
// at least least bytes. It reports false, with spans as it was, if a byte of s is
// not ASCII. buf must hold len(s) bytes.
func Words(buf []byte, spans []Piece, s string, lower bool, least int) ([]Piece, bool) {
	const chunk = 4096
	var words [chunk / 64]uint64
	known := len(spans)
	begin := -1 // of the word that is not yet at its end
	for at := 0; at < len(s); at += chunk {
		part := s[at:min(at+chunk, len(s))]
		if !wordBits(buf[at:], &words, part, lower) {
			return spans[:known], false
		}
		within := uint64(0) // 1 after a byte of a word
		if begin >= 0 {
			within = 1
		}
		for i, w := range words[:(len(part)+63)/64] {
			edges := w ^ (w<<1 | within)
			within = w >> 63
			for ; edges != 0; edges &= edges - 1 {
				place := at + i*64 + bits.TrailingZeros64(edges)
				if begin < 0 {
					begin = place
					continue
				}
				if place-begin >= least {
					spans = append(spans, Piece{int32(begin), int32(place)})
				}
				begin = -1
			}
		}
	}
	if begin >= 0 && len(s)-begin >= least {
		spans = append(spans, Piece{int32(begin), int32(len(s))})
	}
	return spans, true
}

// wordBits copies at most 4096 bytes as Words does and sets the bits of those that
// are of words. It reports false if a byte is not ASCII.
func wordBits(buf []byte, words *[64]uint64, s string, lower bool) bool {
	buf = buf[:len(s)]
	done, ascii := wordBitsVector(buf, words, s, lower)
	var seen byte
	for ; done < len(s) && ascii; done += 64 {
		end := min(done+64, len(s))
		to := buf[done:end]
		var w uint64
		for i, c := range []byte(s[done:end]) {
			seen |= c
			w |= uint64(wordByte[c]) << i
			if lower {
				c = lowerByte[c]
			}
			to[i] = c
		}
		words[done/64] = w
	}
	return ascii && seen < 0x80
}
