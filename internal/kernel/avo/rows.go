package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// rows writes the norms of rows, and the division of each row by a number. Rows are
// often short, so registers of four lanes are as good as wider ones; element i is
// added to sum i mod 8, as in the portable loops, with the same bits.
func rows() {
	const norms = "func(norms *float64, x *F, stride, rows, cols int)"
	eachAVX2("rowSumAbs", norms, "RowNorms of kind SumAbs", func(f float) {
		rowNorms(f, VADDPD, func(y, mask VecVirtual) { VANDPD(mask, y, y) }, false)
	})
	eachAVX2("rowSumSquares", norms, "RowNorms of kind SumSquares", func(f float) {
		rowNorms(f, VADDPD, func(y, _ VecVirtual) { VMULPD(y, y, y) }, false)
	})
	eachAVX2("rowMaxAbs", norms, "RowNorms of kind MaxAbs", func(f float) {
		rowNorms(f, VMAXPD, func(y, mask VecVirtual) { VANDPD(mask, y, y) }, true)
	})
	eachAVX2("divideRows", "func(dst *F, dstStride int, x *F, stride, rows, cols int, norms *float64, stream bool)", "DivideRows", divideRows)
}

// eachAVX2 is each for AVX2 alone.
func eachAVX2(name, signature, doc string, write func(f float)) {
	for _, f := range []float{{64}, {32}} {
		full := fmt.Sprintf("%s%dAVX2", name, f.bits)
		TEXT(full, attr.NOSPLIT, strings.ReplaceAll(signature, "F", fmt.Sprintf("float%d", f.bits)))
		Pragma("noescape")
		Doc(fmt.Sprintf("%s is %s for float%d with AVX2.", full, doc, f.bits))
		write(f)
		VZEROUPPER()
		RET()
	}
}

// overColumns writes the loops along one row: two registers at a time, one, and the
// last lanes. Registers are numbered from an even one.
func overColumns(f float, cols, left Register, base []Register, use func(i, disp int, k mask), last mask) {
	size := f.size()
	MOVQ(cols, left)
	Label("two")
	SUBQ(I32(8), left)
	JLT(LabelRef("one"))
	use(0, 0, mask{})
	use(1, 4*size, mask{})
	for _, b := range base {
		ADDQ(I32(8*size), b)
	}
	JMP(LabelRef("two"))
	Label("one")
	ADDQ(I32(8), left)
	CMPQ(left, I32(4))
	JLT(LabelRef("last"))
	use(0, 0, mask{})
	SUBQ(I32(4), left)
	JEQ(LabelRef("end"))
	use(1, 4*size, last)
	JMP(LabelRef("end"))
	Label("last")
	TESTQ(left, left)
	JEQ(LabelRef("end"))
	use(0, 0, last)
	Label("end")
}

// lastLanes is the mask of cols mod 4 lanes.
func lastLanes(f float, cols Register) mask {
	n := GP64()
	MOVQ(cols, n)
	ANDQ(Imm(3), n)
	return avx2.firstLanes(f, n)
}

func rowNorms(f float, op func(ops ...Op), use func(y, mask VecVirtual), nan bool) {
	v := avx2
	norms, x, step := Load(Param("norms"), GP64()), Load(Param("x"), GP64()), stride(f)
	rows, cols := Load(Param("rows"), GP64()), Load(Param("cols"), GP64())
	last := lastLanes(f, cols)
	abs := v.absMask()
	at, left := GP64(), GP64()
	s := []VecVirtual{v.reg(), v.reg()}
	wrong := v.reg()
	Label("row")
	for _, r := range s {
		VXORPD(r, r, r)
	}
	if nan {
		VXORPD(wrong, wrong, wrong)
	}
	MOVQ(x, at)
	overColumns(f, cols, left, []Register{at}, func(i, disp int, k mask) {
		y := v.loadMasked(f, Mem{Base: at, Disp: disp}, k)
		if nan {
			t := v.reg()
			VCMPPD(Imm(3), y, y, t) // unordered
			VORPD(t, wrong, wrong)
		}
		use(y, abs)
		op(y, s[i], s[i])
	}, last)
	op(s[1], s[0], s[0])
	if nan { // all ones are NaN
		VORPD(wrong, s[0], s[0])
		high := XMM()
		VEXTRACTF128(Imm(1), s[0], high)
		// NaN in either operand of a maximum must win: it is the greatest as an
		// integer without its sign.
		VANDPD(abs.AsX(), high, high)
		VANDPD(abs.AsX(), s[0].AsX(), s[0].AsX())
		greater(high, s[0].AsX())
		VUNPCKHPD(s[0].AsX(), s[0].AsX(), high)
		greater(high, s[0].AsX())
	} else {
		v.foldY(op, s[0])
	}
	VMOVSD(s[0].AsX(), Mem{Base: norms})
	ADDQ(Imm(8), norms)
	ADDQ(step, x)
	DECQ(rows)
	JNE(LabelRef("row"))
}

// greater sets every lane of b to the greater of a and b as integers.
func greater(a, b Register) {
	t := XMM()
	VPCMPGTQ(b, a, t)
	VBLENDVPD(t, a, b, b)
}

func divideRows(f float) {
	v := avx2
	dst, x, step := Load(Param("dst"), GP64()), Load(Param("x"), GP64()), stride(f)
	dstStep := Load(Param("dstStride"), GP64())
	SHLQ(Imm(uint64(map[int]int{4: 2, 8: 3}[f.size()])), dstStep)
	rows, cols, norms := Load(Param("rows"), GP64()), Load(Param("cols"), GP64()), Load(Param("norms"), GP64())
	last := lastLanes(f, cols)
	to, from, left := GP64(), GP64(), GP64()
	stream := GP8()
	Load(Param("stream"), stream)
	c := v.reg()
	start := func(name string) {
		Label(name)
		VBROADCASTSD(Mem{Base: norms}, c)
		ADDQ(Imm(8), norms)
		MOVQ(dst, to)
		MOVQ(x, from)
	}
	next := func(name string) {
		ADDQ(step, x)
		ADDQ(dstStep, dst)
		DECQ(rows)
		JNE(LabelRef(name))
	}
	TESTB(stream, stream)
	JNE(LabelRef("past"))
	start("row")
	overColumns(f, cols, left, []Register{to, from}, func(_, disp int, k mask) {
		y := v.loadMasked(f, Mem{Base: from, Disp: disp}, k)
		VDIVPD(c, y, y)
		if f.bits == 64 {
			v.storeMasked(y, Mem{Base: to, Disp: disp}, k)
			return
		}
		VCVTPD2PSY(y, y.AsX())
		if k.all() {
			VMOVUPS(y.AsX(), Mem{Base: to, Disp: disp})
		} else {
			VMASKMOVPS(y.AsX(), k.slim.(VecVirtual).AsX(), Mem{Base: to, Disp: disp})
		}
	}, last)
	next("row")
	JMP(LabelRef("done"))
	// Past the cache: whole registers only.
	start("past")
	MOVQ(cols, left)
	Label("pastfour")
	y := v.load(f, Mem{Base: from})
	VDIVPD(c, y, y)
	if f.bits == 64 {
		VMOVNTPD(y, Mem{Base: to})
	} else {
		VCVTPD2PSY(y, y.AsX())
		VMOVNTPS(y.AsX(), Mem{Base: to})
	}
	ADDQ(I32(4*f.size()), to)
	ADDQ(I32(4*f.size()), from)
	SUBQ(I32(4), left)
	JNE(LabelRef("pastfour"))
	next("past")
	SFENCE()
	Label("done")
}
