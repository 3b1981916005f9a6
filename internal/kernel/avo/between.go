package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// between writes the loops that keep the values of a range and those in marked buckets.
// AVX-512 closes up the lanes of a register, AVX2 takes the order of four from a table.
func between() {
	collectBetween()
	collectBetweenFour()
	collectMarked()
}

func collectMarked() {
	v := avx512
	text("collectMarkedAVX512", "func(dst *float64, buckets *uint32, marks *uint8, x *float64, n int, low, scale float64) (taken uint64)",
		"is collectMarked, n a multiple of 8; dst and buckets have room for 8 more than it takes, and 3 bytes behind the marks can be read.")
	dst, buckets, marks := Load(Param("dst"), GP64()), Load(Param("buckets"), GP64()), Load(Param("marks"), GP64())
	x, n := Load(Param("x"), GP64()), Load(Param("n"), GP64())
	low, scale := v.broadcast("low"), v.broadcast("scale")
	one := YMM()
	VPBROADCASTD(ConstData("markedone", U32(1)), one)
	taken, bits := GP64(), GP32()
	XORQ(taken, taken)
	Label("loop")
	r, at := v.load(float{64}, Mem{Base: x}), v.steps(Mem{Base: x}, low, scale).AsY()
	VPSRLD(Imm(subBits), at, at)
	all, in, mark := K(), K(), YMM()
	KXNORB(all, all, all)
	VPXOR(mark, mark, mark)
	VPGATHERDD(Mem{Base: marks, Index: at, Scale: 1}, all, mark)
	VPTESTMD(one, mark, in)
	values, numbers := v.reg(), YMM()
	VCOMPRESSPD_Z(r, in, values)
	VMOVUPD(values, Mem{Base: dst, Index: taken, Scale: 8})
	VPCOMPRESSD_Z(at, in, numbers)
	VMOVDQU(numbers, Mem{Base: buckets, Index: taken, Scale: 4})
	KMOVB(in, bits)
	POPCNTL(bits, bits)
	ADDQ(bits.As64(), taken)
	ADDQ(I32(64), x)
	SUBQ(I32(8), n)
	JNE(LabelRef("loop"))
	Store(taken, ReturnIndex(0))
	end()
}

func collectBetween() {
	v, f := avx512, float{64}
	text("collectBetweenAVX512", "func(dst, x *float64, n int, lo, hi float64) (below, taken uint64)",
		"is collectBetween, n a multiple of 8; dst has room for 8 more values than it takes.")
	dst, x, n := Load(Param("dst"), GP64()), Load(Param("x"), GP64()), Load(Param("n"), GP64())
	lo, hi := v.broadcast("lo"), v.broadcast("hi")
	below, taken := GP64(), GP64()
	XORQ(below, below)
	XORQ(taken, taken)
	Label("loop")
	r := v.load(f, Mem{Base: x})
	less, in := K(), K()
	VCMPPD(Imm(0x11), lo, r, less) // below lo
	VCMPPD(Imm(0x12), hi, r, in)   // at most hi
	KANDNW(in, less, in)           // and not below lo
	closed := v.reg()
	VCOMPRESSPD_Z(r, in, closed)
	VMOVUPD(closed, Mem{Base: dst, Index: taken, Scale: 8})
	bits := GP32()
	KMOVB(less, bits)
	POPCNTL(bits, bits)
	ADDQ(bits.As64(), below)
	KMOVB(in, bits)
	POPCNTL(bits, bits)
	ADDQ(bits.As64(), taken)
	ADDQ(I32(64), x)
	SUBQ(I32(8), n)
	JNE(LabelRef("loop"))
	Store(below, ReturnIndex(0))
	Store(taken, ReturnIndex(1))
	end()
}

func collectBetweenFour() {
	v, f := avx2, float{64}
	order := GLOBL("orderoffour", attr.RODATA|attr.NOPTR)
	for bits := range 16 { // by the lanes to keep, pairs of 32 bits
		at := 32 * bits
		for lane := range 4 {
			if bits>>lane&1 == 1 {
				DATA(at, U64(2*lane+(2*lane+1)<<32))
				at += 8
			}
		}
		for ; at < 32*(bits+1); at += 8 {
			DATA(at, U64(0))
		}
	}
	text("collectBetweenAVX2", "func(dst, x *float64, n int, lo, hi float64) (below, taken uint64)",
		"is collectBetween, n a multiple of 8; dst has room for 8 more values than it takes.")
	dst, x, n := Load(Param("dst"), GP64()), Load(Param("x"), GP64()), Load(Param("n"), GP64())
	lo, hi := v.broadcast("lo"), v.broadcast("hi")
	below, taken, orders := GP64(), GP64(), GP64()
	XORQ(below, below)
	XORQ(taken, taken)
	LEAQ(order, orders)
	Label("loop")
	for i := range 2 {
		r, less, in := v.load(f, Mem{Base: x, Disp: 32 * i}), v.reg(), v.reg()
		VCMPPD(Imm(0x11), lo, r, less) // below lo
		VCMPPD(Imm(0x12), hi, r, in)   // at most hi
		VANDNPD(in, less, in)          // and not below lo
		bits := GP32()
		VMOVMSKPD(less, bits)
		POPCNTL(bits, bits)
		ADDQ(bits.As64(), below)
		VMOVMSKPD(in, bits)
		row := GP64()
		MOVL(bits, row.As32())
		SHLQ(Imm(5), row)
		lanes := v.reg()
		VMOVDQU(Mem{Base: orders, Index: row, Scale: 1}, lanes)
		VPERMD(r, lanes, lanes)
		VMOVUPD(lanes, Mem{Base: dst, Index: taken, Scale: 8})
		POPCNTL(bits, bits)
		ADDQ(bits.As64(), taken)
	}
	ADDQ(I32(64), x)
	SUBQ(I32(8), n)
	JNE(LabelRef("loop"))
	Store(below, ReturnIndex(0))
	Store(taken, ReturnIndex(1))
	end()
}
