package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// deviations writes the sums of powers of x - c.
func deviations() {
	const (
		plain  = 16 // sums of each power
		fourth = 8
	)
	each("deviations", "func(x *F, n int, c float64) (s, q float64)", "Deviations, n a multiple of 16,", func(f float, v isa) []VecVirtual {
		c := v.broadcast("c")
		s, q := v.zeros(plain/v.lanes), v.zeros(plain/v.lanes)
		overValues(f, v, plain, func(i int, d VecVirtual) {
			VSUBPD(c, d, d)
			VADDPD(d, s[i], s[i])
			VMULPD(d, d, d)
			VADDPD(d, q[i], q[i])
		})
		return []VecVirtual{v.fold(VADDPD, s), v.fold(VADDPD, q)}
	})
	each("deviations4", "func(x *F, n int, c, low float64) (q, t, f float64)", "Deviations4, n a multiple of 8,", func(f float, v isa) []VecVirtual {
		c, low := v.broadcast("c"), v.broadcast("low")
		q, t, u := v.zeros(fourth/v.lanes), v.zeros(fourth/v.lanes), v.zeros(fourth/v.lanes)
		overValues(f, v, fourth, func(i int, d VecVirtual) {
			dd := v.reg()
			VSUBPD(c, d, d)
			VSUBPD(low, d, d)
			VMULPD(d, d, dd)
			VADDPD(dd, q[i], q[i])
			VMULPD(dd, d, d)
			VADDPD(d, t[i], t[i])
			VMULPD(dd, dd, dd)
			VADDPD(dd, u[i], u[i])
		})
		return []VecVirtual{v.fold(VADDPD, q), v.fold(VADDPD, t), v.fold(VADDPD, u)}
	})
	each("weightedDeviations", "func(x *F, n int, w *float64, c, low float64) (weight, s, q, t, f float64)", "WeightedDeviations, n a multiple of 8,", func(f float, v isa) []VecVirtual {
		c, low := v.broadcast("c"), v.broadcast("low")
		sums, zero := v.zeros(5), v.zeros(1)[0]
		weights := Load(Param("w"), GP64())
		overValues(f, v, v.lanes, func(_ int, d VecVirtual) {
			w, p := v.reg(), v.reg()
			VMOVUPD(Mem{Base: weights}, w)
			ADDQ(I32(8*v.lanes), weights)
			if v.lanes == 8 { // a value of weight 0 is read as 0
				k := K()
				VCMPPD(Imm(4), zero, w, k)
				VMOVAPD_Z(d, k, d)
			} else {
				VCMPPD(Imm(4), zero, w, p)
				VANDPD(p, d, d)
			}
			VADDPD(w, sums[0], sums[0])
			VSUBPD(c, d, d)
			VSUBPD(low, d, d)
			VMULPD(w, d, p)
			VADDPD(p, sums[1], sums[1])
			dd := v.reg()
			VMULPD(d, d, dd)
			VMULPD(w, dd, p)
			VADDPD(p, sums[2], sums[2])
			VMULPD(dd, d, d)
			VMULPD(w, d, d)
			VADDPD(d, sums[3], sums[3])
			VMULPD(dd, dd, dd)
			VMULPD(w, dd, dd)
			VADDPD(dd, sums[4], sums[4])
		})
		for i, r := range sums {
			sums[i] = v.fold(VADDPD, []VecVirtual{r})
		}
		return sums
	})
}

// overValues writes the loop over n elements of x, that many at a time.
func overValues(f float, v isa, step int, use func(i int, x VecVirtual)) {
	x, n := Load(Param("x"), GP64()), Load(Param("n"), GP64())
	Label("loop")
	for i := range step / v.lanes {
		use(i, v.load(f, Mem{Base: x, Disp: i * v.lanes * f.size()}))
	}
	ADDQ(I32(step*f.size()), x)
	SUBQ(I32(step), n)
	JNE(LabelRef("loop"))
}
