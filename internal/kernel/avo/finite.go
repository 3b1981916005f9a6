package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// finite writes the check that every public function makes of its input: a value less
// itself is 0 unless it is NaN or infinite, so the or of the bits tells.
func finite() {
	each("allFinite", "func(x *F, n int) bool", "AllFinite, n a multiple of 64,", func(f float, v isa) []VecVirtual {
		x, n := Load(Param("x"), GP64()), Load(Param("n"), GP64())
		wrong := v.zeros(4)
		width := v.lanes * 64 / f.bits
		steps := 64 / width
		Label("loop")
		for i := range steps {
			r := v.loadAsIs(f, Mem{Base: x, Disp: i * width * f.size()}, mask{})
			if f.bits == 64 {
				VSUBPD(r, r, r)
			} else {
				VSUBPS(r, r, r)
			}
			VORPD(r, wrong[i%4], wrong[i%4])
		}
		ADDQ(I32(64*f.size()), x)
		SUBQ(I32(64), n)
		JNE(LabelRef("loop"))
		v.zeroBits(v.tree(VORPD, wrong))
		return nil
	})
}

// zeroBits stores as the result of the function whether r is all zeros.
func (v isa) zeroBits(r VecVirtual) {
	if v.lanes == 8 {
		high := YMM()
		VEXTRACTF64X4(Imm(1), r, high)
		VORPD(high, r.AsY(), r.AsY())
	}
	none := GP8()
	VPTEST(r.AsY(), r.AsY())
	SETEQ(none)
	Store(none, ReturnIndex(0))
}
