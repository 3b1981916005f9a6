package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// numbersBlock is how many numbers the loops of numbers take at most; the arrays
// they work in have so many elements.
const numbersBlock = 128

// numbers writes the reading of plain decimal numbers: no branch depends on the text.
// A number stands at the right end of a register, and what is left of the point moves
// over it. What is done for each number alone, and what for sixteen or eight at once,
// alternates between loops over the block.
func numbers() {
	text("numbersAVX512", "func(w, b *byte, n int)", "reads n numbers, a multiple of 16, at the places in w, a numbersWork.")
	work, b, n := Load(Param("w"), GP64()), Load(Param("b"), GP64()), Load(Param("n"), GP64())
	// The arrays of numbersWork.
	offset := 0
	array := func(size int) Mem {
		m := Mem{Base: work, Disp: offset}
		offset += size * numbersBlock
		return m
	}
	lo, hi, field, digit, point, minus := array(4), array(4), array(4), array(4), array(4), array(4)
	before, after, places := array(4), array(4), array(4)
	digits, out := array(16), array(8)
	refused := Mem{Base: work, Disp: offset}
	tables := Mem{Base: work, Disp: offset + numbersBlock/8}

	i := GP64()
	loop := func(label string, step int, body func()) {
		XORQ(i, i)
		Label(label)
		body()
		ADDQ(I32(step), i)
		CMPQ(i, n)
		JNE(LabelRef(label))
	}
	at := func(m Mem, scale uint8) Mem { return m.Idx(i, scale) }

	width := ZMM()
	broadcast32(33, width)
	loop("fields", 16, func() { fields(width, at(lo, 4), at(hi, 4), at(field, 4)) })
	dot, dash, zero, nine := avx512y.byte('.'), avx512y.byte('-'), avx512y.byte('0'), avx512y.byte(9)
	loop("bytes", 1, func() {
		end, inside := GP64(), K()
		MOVLQSX(at(hi, 4), end)
		KMOVD(at(field, 4), inside)
		raw, value := YMM(), YMM()
		VMOVDQU8_Z(Mem{Base: b, Index: end, Scale: 1, Disp: -32}, inside, raw)
		VPSUBB(zero, raw, value)
		for _, c := range []struct {
			with VecVirtual
			to   Mem
		}{{dot, point}, {dash, minus}} {
			k := K()
			VPCMPEQB(c.with, raw, k)
			KMOVD(k, at(c.to, 4))
		}
		k := K()
		VPCMPUB(Imm(2), nine, value, k)
		KMOVD(k, at(digit, 4))
	})
	mask := GP64()
	loop("masks", 16, func() {
		bad := masks(at(field, 4), at(digit, 4), at(point, 4), at(minus, 4), at(before, 4), at(after, 4), at(places, 4))
		MOVQ(i, mask)
		SHRQ(U8(3), mask)
		KMOVW(bad, refused.Idx(mask, 1))
	})
	low, tens, hundreds, thousands := avx512y.byte(15), YMM(), YMM(), YMM()
	broadcast32(0x010a010a, tens)      // bytes 10, 1
	broadcast32(0x00010064, hundreds)  // words 100, 1
	broadcast32(0x00012710, thousands) // words 10000, 1
	to := digits
	to.Base = GP64()
	MOVQ(work, to.Base)
	loop("digits", 1, func() {
		end, left, right := GP64(), K(), K()
		MOVLQSX(at(hi, 4), end)
		KMOVD(at(before, 4), left)
		KMOVD(at(after, 4), right)
		d := YMM()
		VMOVDQU8_Z(Mem{Base: b, Index: end, Scale: 1, Disp: -33}, left, d)
		VMOVDQU8(Mem{Base: b, Index: end, Scale: 1, Disp: -32}, right, d)
		VPAND(low, d, d)
		VPMADDUBSW(tens, d, d) // two, four and eight digits together
		VPMADDWD(hundreds, d, d)
		VPACKUSDW(d, d, d)
		VPMADDWD(thousands, d, d)
		VPERMQ(Imm(0b1000), d, d)
		VMOVDQU(d.AsX(), to)
		ADDQ(U8(16), to.Base)
	})
	scale(loop, at, work, i, digits, minus, places, out, refused, tables)
	end()
}

var avx512y = isa{"AVX512", 4, YMM}

func broadcast32(w uint32, r Op) {
	g, x := GP32(), XMM()
	MOVL(U32(w), g)
	VMOVD(g, x)
	VPBROADCASTD(x, r)
}

func broadcast64(w uint64) VecVirtual {
	g, r := GP64(), ZMM()
	MOVQ(U64(w), g)
	VPBROADCASTQ(g, r)
	return r
}

// fields sets the upper bits of field, as many as there are bytes between lo and hi;
// none if there are more than 32. width is 33, one more than a register has.
func fields(width VecVirtual, lo, hi, field Mem) {
	shift, ones := ZMM(), ZMM()
	VPTERNLOGD(Imm(0xff), ones, ones, ones)
	VMOVDQU32(lo, shift)
	VPSUBD(hi, shift, shift)
	VPADDD(width, shift, shift)
	VPSLLVD(shift, ones, ones)
	VMOVDQU32(ones, field)
}

// masks finds the digits on both sides of the point, those before it one place to the
// right, and the number of those behind it. It returns the lanes that are no plain number.
func masks(field, digit, point, minus, before, after, places Mem) Register {
	f, d, p, m := ZMM(), ZMM(), ZMM(), ZMM()
	VMOVDQU32(field, f)
	VMOVDQU32(digit, d)
	VMOVDQU32(point, p)
	VMOVDQU32(minus, m)
	ones, none := ZMM(), ZMM()
	VPTERNLOGD(Imm(0xff), ones, ones, ones)
	VPXORD(none, none, none)

	less, upto := ZMM(), ZMM()
	pointed := K()
	VPTESTMD(p, p, pointed)
	VPADDD(ones, p, less)
	VPXORD_Z(p, less, pointed, upto)
	right, left := ZMM(), ZMM()
	VPANDND(d, upto, right)
	VPANDD(d, upto, left)
	VPADDD(left, left, left)
	VMOVDQU32(left, before)
	VMOVDQU32(right, after)
	count := ZMM()
	VPLZCNTD_Z(p, pointed, count)
	VMOVDQU32(count, places)

	// Every byte is a digit, the only point, or a minus at the start.
	first, all := ZMM(), ZMM()
	VPSUBD(f, none, first)   // f is a run of ones up to the top
	VPANDND(m, first, first) // minus signs elsewhere
	VMOVDQA64(d, all)
	VPTERNLOGD(Imm(0xfe), p, m, all)
	VPXORD(f, all, all)
	VPANDD(p, less, less)
	VPTERNLOGD(Imm(0xfe), less, first, all)
	bad, empty := K(), K()
	VPTESTMD(all, all, bad)
	VPTESTNMD(d, d, empty)
	KORW(empty, bad, bad)
	return bad
}

// scale joins the digits and puts the points in: by a division where it is correctly
// rounded, and by the product with the inverse power of ten where that decides.
func scale(loop func(string, int, func()), at func(Mem, uint8) Mem, work, i Register, digits, minus, places, out, refused, tables Mem) {
	var inverse, exact []VecVirtual
	for k := range 8 {
		r := ZMM()
		VMOVDQU64(tables.Offset(64*k), r)
		if k < 4 {
			inverse = append(inverse, r)
		} else {
			exact = append(exact, r)
		}
	}
	even, odd := ZMM(), ZMM()
	VMOVDQU64(tables.Offset(64*8), even)
	VMOVDQU64(tables.Offset(64*9), odd)
	e8, most := broadcast64(1e8), broadcast64(999)
	one, low9 := broadcast64(1), broadcast64(0x1ff)
	step, bias := broadcast64(^uint64(217706)+1), broadcast64(1085)
	large, nine, lowHalf := broadcast64(1<<53), broadcast64(9), broadcast64(math.MaxUint32)
	from, byte8 := GP64(), GP64()
	MOVQ(work, from)
	digits.Base = from
	loop("scale", 8, func() {
		upper, lower := ZMM(), ZMM()
		a := ZMM()
		VMOVDQU64(digits, a)
		VMOVDQA64(even, upper)
		VMOVDQA64(odd, lower)
		b := ZMM()
		VMOVDQU64(digits.Offset(64), b)
		VPERMI2Q(b, a, upper)
		VPERMI2Q(b, a, lower)
		ADDQ(I32(128), from)
		VPRORQ(Imm(32), upper, upper)
		over := K()
		VPCMPUQ(Imm(6), most, upper, over) // more than 19 digits
		m, t := ZMM(), ZMM()
		VPMULUDQ(e8, upper, m)
		VPANDQ(lowHalf, lower, t)
		VPADDQ(t, m, m)
		VPMULLQ(e8, m, m)
		VPSRLQ(Imm(32), lower, t)
		VPADDQ(t, m, m)

		place, inv, power := ZMM(), ZMM(), ZMM()
		VPMOVZXDQ(at(places, 4), place)
		far := K()
		eighth := ZMM()
		VPSLLQ(Imm(59), place, eighth) // bit 4 on top
		VPMOVQ2M(eighth, far)
		for _, l := range []struct {
			table []VecVirtual
			to    VecVirtual
		}{{inverse, inv}, {exact, power}} {
			other := ZMM()
			VMOVDQA64(place, l.to)
			VMOVDQA64(place, other)
			VPERMI2Q(l.table[1], l.table[0], l.to)
			VPERMI2Q(l.table[3], l.table[2], other)
			VMOVDQA64(other, far, l.to)
		}

		// The upper half of the product of 64 bits.
		zeros, w := ZMM(), ZMM()
		VPLZCNTQ(m, zeros)
		VPSLLVQ(zeros, m, w)
		wHigh, invHigh := ZMM(), ZMM()
		VPSRLQ(Imm(32), w, wHigh)
		VPSRLQ(Imm(32), inv, invHigh)
		ll, lh, hl, hh := ZMM(), ZMM(), ZMM(), ZMM()
		VPMULUDQ(inv, w, ll)
		VPMULUDQ(invHigh, w, lh)
		VPMULUDQ(inv, wHigh, hl)
		VPMULUDQ(invHigh, wHigh, hh)
		VPSRLQ(Imm(32), ll, ll)
		VPADDQ(ll, hl, hl)
		VPANDQ(lowHalf, hl, ll)
		VPADDQ(ll, lh, lh)
		VPSRLQ(Imm(32), hl, hl)
		VPSRLQ(Imm(32), lh, lh)
		VPADDQ(hl, hh, hh)
		VPADDQ(lh, hh, hh)

		top, bits, v := ZMM(), ZMM(), ZMM()
		VPSRLQ(Imm(63), hh, top)
		VPADDQ(nine, top, bits)
		VPSRLVQ(bits, hh, v) // 54 bits
		VPANDQ(one, v, bits)
		VPADDQ(bits, v, v)
		VPSRLQ(Imm(1), v, v)
		exp := ZMM()
		VPMULDQ(step, place, exp)
		VPSRAQ(Imm(16), exp, exp)
		VPADDQ(bias, exp, exp)
		VPSUBQ(zeros, exp, exp)
		VPADDQ(top, exp, exp)
		VPSLLQ(Imm(52), exp, exp)
		VPADDQ(exp, v, v)
		VPADDQ(one, hh, hh)
		VPANDQ(low9, hh, hh)
		rare := K()
		VPCMPUQ(Imm(2), one, hh, rare)

		quotient := ZMM()
		VCVTQQ2PD(m, quotient)
		VDIVPD(power, quotient, quotient)
		small, near := K(), K()
		VPCMPUQ(Imm(1), large, m, small)
		VPTESTMQ(power, power, near)
		KANDB(near, small, small)
		VMOVDQA64(quotient, small, v)
		KANDNB(rare, small, rare)

		sign := K()
		negative := ZMM()
		VPMOVZXDQ(at(minus, 4), negative)
		VPTESTMQ(negative, negative, sign)
		VPXORQ(negative, negative, negative)
		VPTERNLOGQ(Imm(0xff), negative, negative, negative)
		VPSLLQ(Imm(63), negative, negative)
		VPORQ(negative, v, sign, v)
		VMOVDQU64(v, at(out, 8))

		MOVQ(i, byte8)
		SHRQ(U8(3), byte8)
		KORB(over, rare, rare)
		KMOVB(refused.Idx(byte8, 1), over)
		KORB(over, rare, rare)
		KMOVB(rare, refused.Idx(byte8, 1))
	})
}
