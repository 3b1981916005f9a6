package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// losses writes the losses of single rows, and the sums of relative errors.
func losses() {
	absoluteErrors()
	each("pinball", "func(dst *float64, a, b *F, n int, alpha float64)", "Pinball, n a multiple of 8,", func(f float, v isa) []VecVirtual {
		alpha := v.broadcast("alpha")
		rest := v.reg() // alpha - 1
		VSUBPD(v.constant("one", 0x3ff0000000000000), alpha, rest)
		dst := Load(Param("dst"), GP64())
		overPairs(f, v, 8, func(i int, a, b VecVirtual) {
			VSUBPD(b, a, a)
			VMULPD(rest, a, b)
			VMULPD(alpha, a, a)
			VMAXPD(a, b, b)
			VMOVUPD(b, Mem{Base: dst})
			ADDQ(I32(8*v.lanes), dst)
		})
		return nil
	})
	each("huber", "func(dst *float64, a, b *F, n int, delta float64)", "Huber, n a multiple of 8,", func(f float, v isa) []VecVirtual {
		delta, half, mask := v.broadcast("delta"), v.constant("half", 0x3fe0000000000000), v.absMask()
		middle := v.reg()
		VMULPD(half, delta, middle)
		dst := Load(Param("dst"), GP64())
		overPairs(f, v, 8, func(i int, a, b VecVirtual) {
			VSUBPD(b, a, a)
			VANDPD(mask, a, a)
			square, line := v.reg(), v.reg()
			VMULPD(a, a, square)
			VMULPD(half, square, square)
			VSUBPD(middle, a, line)
			VMULPD(delta, line, line)
			v.where(0x12, a, delta, square, line, b) // |a - b| at most delta
			VMOVUPD(b, Mem{Base: dst})
			ADDQ(I32(8*v.lanes), dst)
		})
		return nil
	})
	each("ratios", "func(a, b *F, n int, eps float64) (mape, smape float64)", "Ratios without weights, n a multiple of 8,", func(f float, v isa) []VecVirtual {
		eps, mask := v.broadcast("eps"), v.absMask()
		k := 8 / v.lanes
		mape, smape := v.zeros(k), v.zeros(k)
		zero := v.zeros(1)[0]
		overPairs(f, v, 8, func(i int, a, b VecVirtual) {
			e, r := v.reg(), v.reg()
			VSUBPD(b, a, e)
			VANDPD(mask, e, e)
			VANDPD(mask, a, a)
			VANDPD(mask, b, b)
			VADDPD(b, a, b) // |a| + |b|
			VMAXPD(eps, a, a)
			VDIVPD(a, e, r)
			VADDPD(r, mape[i], mape[i])
			VADDPD(e, e, e)
			VDIVPD(b, e, r)
			v.where(0x1e, b, zero, r, zero, r) // above 0
			VADDPD(r, smape[i], smape[i])
		})
		return []VecVirtual{v.fold(VADDPD, mape), v.fold(VADDPD, smape)}
	})
}

// absoluteErrors is written for AVX2 alone: memory is the limit.
func absoluteErrors() {
	v := avx2
	for _, f := range []float{{64}, {32}} {
		text(fmt.Sprintf("absoluteErrors%dAVX2", f.bits), fmt.Sprintf("func(dst *float64, a, b *float%d, n int)", f.bits), "is AbsoluteErrors, n a multiple of 8.")
		mask := v.absMask()
		dst := Load(Param("dst"), GP64())
		overPairs(f, v, 8, func(i int, a, b VecVirtual) {
			VSUBPD(b, a, a)
			VANDPD(mask, a, a)
			VMOVUPD(a, Mem{Base: dst})
			ADDQ(I32(8*v.lanes), dst)
		})
		end()
	}
}

// where writes yes to out in the lanes where a compares with b, and no in the others.
func (v isa) where(compare uint64, a, b, yes, no, out VecVirtual) {
	if v.lanes == 8 {
		k := K()
		VCMPPD(Imm(compare), b, a, k)
		VBLENDMPD(yes, no, k, out)
		return
	}
	t := v.reg()
	VCMPPD(Imm(compare), b, a, t)
	VBLENDVPD(t, yes, no, out)
}
