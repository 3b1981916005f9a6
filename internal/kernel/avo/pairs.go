package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pairs writes the reductions over two slices of n elements. Every loop keeps the
// same number of sums, element i in sum i mod that number, so that AVX2 and AVX-512
// add in the same order.
func pairs() {
	const (
		deep    = 32 // sums of the loops with one accumulator
		medium  = 16
		shallow = 8
	)
	each("squaredError", "func(a, b *F, n int) float64", "SquaredError, n a multiple of 32,", func(f float, v isa) []VecVirtual {
		s := v.zeros(deep / v.lanes)
		overPairs(f, v, deep, func(i int, a, b VecVirtual) {
			VSUBPD(b, a, a)
			VMULPD(a, a, a)
			VADDPD(a, s[i], s[i])
		})
		return []VecVirtual{v.fold(VADDPD, s)}
	})
	each("absoluteError", "func(a, b *F, n int) float64", "AbsoluteError, n a multiple of 32,", func(f float, v isa) []VecVirtual {
		s := v.zeros(deep / v.lanes)
		mask := v.absMask()
		overPairs(f, v, deep, func(i int, a, b VecVirtual) {
			VSUBPD(b, a, a)
			VANDPD(mask, a, a)
			VADDPD(a, s[i], s[i])
		})
		return []VecVirtual{v.fold(VADDPD, s)}
	})
	each("r2Sums", "func(a, b *F, n int, c float64) (sse, y, yy float64)", "R2Sums, n a multiple of 16,", func(f float, v isa) []VecVirtual {
		k := medium / v.lanes
		sse, y, yy := v.zeros(k), v.zeros(k), v.zeros(k)
		c := v.broadcast("c")
		overPairs(f, v, medium, func(i int, a, b VecVirtual) {
			VSUBPD(b, a, b)
			VMULPD(b, b, b)
			VADDPD(b, sse[i], sse[i])
			VSUBPD(c, a, a)
			VADDPD(a, y[i], y[i])
			VMULPD(a, a, a)
			VADDPD(a, yy[i], yy[i])
		})
		return []VecVirtual{v.fold(VADDPD, sse), v.fold(VADDPD, y), v.fold(VADDPD, yy)}
	})
	each("pairSums", "func(a, b *F, n int, cy, ce float64) (y, yy, e, ee, abs, most float64)", "Pairs, n a multiple of 8,", func(f float, v isa) []VecVirtual {
		k := shallow / v.lanes
		y, yy, e, ee, abs, most := v.zeros(k), v.zeros(k), v.zeros(k), v.zeros(k), v.zeros(k), v.zeros(k)
		cy, ce, mask := v.spill(v.broadcast("cy")), v.spill(v.broadcast("ce")), v.spill(v.absMask())
		overPairs(f, v, shallow, func(i int, a, b VecVirtual) {
			VSUBPD(b, a, b) // the error
			VSUBPD(cy, a, a)
			VADDPD(a, y[i], y[i])
			VMULPD(a, a, a)
			VADDPD(a, yy[i], yy[i])
			VANDPD(mask, b, a)
			VADDPD(a, abs[i], abs[i])
			VMAXPD(a, most[i], most[i])
			VSUBPD(ce, b, b)
			VADDPD(b, e[i], e[i])
			VMULPD(b, b, b)
			VADDPD(b, ee[i], ee[i])
		})
		return []VecVirtual{v.fold(VADDPD, y), v.fold(VADDPD, yy), v.fold(VADDPD, e), v.fold(VADDPD, ee), v.fold(VADDPD, abs), v.fold(VMAXPD, most)}
	})
	weightedPairs()
}

// spill stores r on the stack, for loops that have no register to spare.
func (v isa) spill(r VecVirtual) Mem {
	m := AllocLocal(8 * v.lanes)
	VMOVUPD(r, m)
	return m
}

// overPairs writes the loop over n elements of a and b, a step of that many at a
// time: step calls use once for each register of a step.
func overPairs(f float, v isa, step int, use func(i int, a, b VecVirtual)) {
	a, b, n := Load(Param("a"), GP64()), Load(Param("b"), GP64()), Load(Param("n"), GP64())
	loop := "loop"
	Label(loop)
	for i := range step / v.lanes {
		at := i * v.lanes * f.size()
		use(i, v.load(f, Mem{Base: a, Disp: at}), v.load(f, Mem{Base: b, Disp: at}))
	}
	ADDQ(I32(step*f.size()), a)
	ADDQ(I32(step*f.size()), b)
	SUBQ(I32(step), n)
	JNE(LabelRef(loop))
}

// weightedPairs: rows of weight 0 are read as pairs of zeros, so that NaN in them
// counts for nothing.
func weightedPairs() {
	each("weightedPairs", "func(a, b *F, w *float64, n int, cy, ce float64) (weight, y, yy, e, ee, abs, most, rows float64)",
		"WeightedPairs, n a multiple of 8,", func(f float, v isa) []VecVirtual {
			s := v.zeros(8) // in the order of the results
			weight, y, yy, e, ee, abs, most, rows := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
			zero := v.zeros(1)[0]
			cy, ce, mask := v.spill(v.broadcast("cy")), v.spill(v.broadcast("ce")), v.spill(v.absMask())
			one := v.spill(v.constant("one", 0x3ff0000000000000))
			wp := Load(Param("w"), GP64())
			overPairs(f, v, v.lanes, func(i int, a, b VecVirtual) {
				w, t := v.reg(), v.reg()
				VMOVUPD(Mem{Base: wp}, w)
				ADDQ(I32(8*v.lanes), wp)
				VADDPD(w, weight, weight)
				if v.lanes == 8 {
					k := K()
					VCMPPD(Imm(4), zero, w, k) // not equal
					VMOVAPD_Z(a, k, a)
					VMOVAPD_Z(b, k, b)
					VADDPD(one, rows, k, rows)
				} else {
					VCMPPD(Imm(4), zero, w, t)
					VANDPD(t, a, a)
					VANDPD(t, b, b)
					VANDPD(one, t, t)
					VADDPD(t, rows, rows)
				}
				VSUBPD(b, a, b) // the error
				VANDPD(mask, b, t)
				VMAXPD(t, most, most)
				VMULPD(w, t, t)
				VADDPD(t, abs, abs)
				VSUBPD(cy, a, a)
				VMULPD(w, a, t)
				VADDPD(t, y, y)
				VMULPD(a, t, t)
				VADDPD(t, yy, yy)
				VSUBPD(ce, b, b)
				VMULPD(w, b, t)
				VADDPD(t, e, e)
				VMULPD(b, t, t)
				VADDPD(t, ee, ee)
			})
			out := make([]VecVirtual, len(s))
			for i, r := range s {
				op := VADDPD
				if r == most {
					op = VMAXPD
				}
				out[i] = v.fold(op, []VecVirtual{r})
			}
			return out
		})
}
