package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// separators writes the search for the bytes that part fields: 64 bytes give a word
// of bits per byte looked for, and eight positions are written without a branch
// between them, whether there are as many or not.
func separators() {
	for _, v := range []isa{avx2, avx512} {
		text("separators"+v.name, "func(dst *int32, b *byte, n int, base int32, sep byte) (taken, lines, quotes int)",
			"is Separators with "+v.name+", n a multiple of 64; dst has room for 8 more than it takes.")
		dst, b, n := Load(Param("dst"), GP64()), Load(Param("b"), GP64()), Load(Param("n"), GP64())
		base := Load(Param("base"), GP32())
		sep := GP32()
		Load(Param("sep"), sep.As8())
		seps := v.spread(sep)
		marks := []VecVirtual{v.byte('\n'), v.byte('"')}
		taken, counts := GP64(), []GPVirtual{GP64(), GP64()}
		XORQ(taken, taken)
		for _, c := range counts {
			XORQ(c, c)
		}
		Label("loop")
		text := v.load64(b)
		bits := v.equal64(text, seps)
		for i, mark := range marks {
			found, more := v.equal64(text, mark), GP64()
			ORQ(found, bits)
			POPCNTQ(found, more)
			ADDQ(more, counts[i])
		}
		count := GP64()
		POPCNTQ(bits, count)
		at := GP64()
		LEAQ(Mem{Base: dst, Index: taken, Scale: 4}, at)
		ADDQ(count, taken)
		Label("eight")
		for i := range 8 {
			k := GP64()
			TZCNTQ(bits, k)
			ADDL(base, k.As32())
			MOVL(k.As32(), Mem{Base: at, Disp: 4 * i})
			BLSRQ(bits, bits)
		}
		ADDQ(I32(32), at)
		TESTQ(bits, bits)
		JNE(LabelRef("eight"))
		ADDL(I32(64), base)
		ADDQ(I32(64), b)
		SUBQ(I32(64), n)
		JNE(LabelRef("loop"))
		Store(taken, ReturnIndex(0))
		Store(counts[0], ReturnIndex(1))
		Store(counts[1], ReturnIndex(2))
		end()
	}
}

// byte returns a register of one byte.
func (v isa) byte(c byte) VecVirtual {
	b := GP32()
	MOVL(U32(c), b)
	return v.spread(b)
}

// spread returns a register of the lowest byte of b.
func (v isa) spread(b GPVirtual) VecVirtual {
	x, r := XMM(), v.reg()
	VMOVD(b, x)
	VPBROADCASTB(x, r)
	return r
}

// load64 returns the 64 bytes at b in registers.
func (v isa) load64(b Register) (text []VecVirtual) {
	for i := 0; i < 8; i += v.lanes {
		r := v.reg()
		if m := (Mem{Base: b, Disp: 8 * i}); v.lanes == 8 {
			VMOVDQU64(m, r)
		} else {
			VMOVDQU(m, r)
		}
		text = append(text, r)
	}
	return text
}

// equal64 returns a bit for each byte of text that is the one in c.
func (v isa) equal64(text []VecVirtual, c VecVirtual) GPVirtual {
	bits := GP64()
	if v.lanes == 8 {
		k := K()
		VPCMPEQB(c, text[0], k)
		KMOVQ(k, bits)
		return bits
	}
	low, high := v.reg(), v.reg()
	VPCMPEQB(c, text[0], low)
	VPCMPEQB(c, text[1], high)
	VPMOVMSKB(low, bits.As32())
	upper := GP64()
	VPMOVMSKB(high, upper.As32())
	SHLQ(U8(32), upper)
	ORQ(upper, bits)
	return bits
}
