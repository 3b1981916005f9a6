package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tokens writes the class of every byte of a text, 64 at a time: a bit in a mask, and
// the byte in lower case.
func tokens() {
	for _, v := range []isa{avx2, avx512} {
		text("wordBits"+v.name, "func(s, buf *uint8, n int, fold uint64, bits *uint64) uint64", "is wordBits, n a multiple of 64; fold is the bit of lower case in every byte, or 0. It returns 0 if all bytes are ASCII.")
		s, buf, n, bits := Load(Param("s"), GP64()), Load(Param("buf"), GP64()), Load(Param("n"), GP64()), Load(Param("bits"), GP64())
		fold := v.bytes(Load(Param("fold"), GP64()))
		c := class{v: v, fold: fold}
		for _, b := range []struct {
			to   *VecVirtual
			byte uint64
		}{{&c.small, 0x20}, {&c.letter, 'a'}, {&c.letters, 25}, {&c.digit, '0'}, {&c.digits, 9}, {&c.line, '_'}} {
			g := GP64()
			MOVQ(U64(0x0101010101010101*b.byte), g)
			*b.to = v.bytes(g)
		}
		seen := v.zeros(1)[0]
		Label("loop")
		if v.lanes == 8 {
			word := GP64()
			KMOVQ(c.wide(s, buf, seen), word)
			MOVQ(word, Mem{Base: bits})
		} else {
			low, high := c.half(s, buf, 0, seen), c.half(s, buf, 32, seen)
			MOVL(low, Mem{Base: bits})
			MOVL(high, Mem{Base: bits, Disp: 4})
		}
		ADDQ(I32(64), s)
		ADDQ(I32(64), buf)
		ADDQ(I32(8), bits)
		SUBQ(I32(64), n)
		JNE(LabelRef("loop"))
		out := GP64()
		if v.lanes == 8 {
			k := K()
			VPMOVB2M(seen, k)
			KMOVQ(k, out)
		} else {
			VPMOVMSKB(seen, out.As32())
		}
		Store(out, ReturnIndex(0))
		end()
	}
}

// bytes returns a register with the 8 bytes of g in every lane.
func (v isa) bytes(g Register) VecVirtual {
	low, r := XMM(), v.reg()
	VMOVQ(g, low)
	VPBROADCASTQ(low, r)
	return r
}

// A class holds the constants that tell the bytes of words: c with the bit of lower
// case is a letter, or c is a digit or a line below.
type class struct {
	v                                                 isa
	fold, small, letter, letters, digit, digits, line VecVirtual
}

func (c class) wide(s, buf Register, seen VecVirtual) Register {
	b, t, u := ZMM(), ZMM(), ZMM()
	VMOVDQU64(Mem{Base: s}, b)
	VPORQ(b, seen, seen)
	letter, digit, line := K(), K(), K()
	VPORQ(c.small, b, t)
	VPSUBB(c.letter, t, t)
	VPCMPUB(Imm(2), c.letters, t, letter)
	VPSUBB(c.digit, b, u)
	VPCMPUB(Imm(2), c.digits, u, digit)
	VPCMPEQB(c.line, b, line)
	VPORQ(c.fold, b, t)
	VMOVDQU8(t, letter, b)
	VMOVDQU64(b, Mem{Base: buf})
	KORQ(digit, line, line)
	KORQ(letter, line, line)
	return line
}

func (c class) half(s, buf Register, at int, seen VecVirtual) Register {
	b, t, u := YMM(), YMM(), YMM()
	VMOVDQU(Mem{Base: s, Disp: at}, b)
	VPOR(b, seen, seen)
	VPOR(c.small, b, t)
	VPSUBB(c.letter, t, t)
	VPMINUB(c.letters, t, u)
	VPCMPEQB(u, t, t) // letters
	u = YMM()
	VPAND(c.fold, t, u)
	VPOR(b, u, u)
	VMOVDQU(u, Mem{Base: buf, Disp: at})
	VPCMPEQB(c.line, b, u)
	VPOR(u, t, t)
	VPSUBB(c.digit, b, b)
	VPMINUB(c.digits, b, u)
	VPCMPEQB(u, b, b)
	VPOR(b, t, t)
	bits := GP32()
	VPMOVMSKB(t, bits)
	return bits
}
