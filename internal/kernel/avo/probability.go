package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// probability writes the loops over binary truth and the probability of it.
func probability() {
	each("logProducts", "func(y *bool, p *F, n int, eps, top float64, mantissas *float64, exponents *int64) (ok bool)",
		"the products of the probabilities given to the truth, n a multiple of 128, in 16 parts as mantissas in [1, 2) and exponents too large by 1023 per 8 rows,", logProducts)
	each("brierSum", "func(y *bool, p *F, n int) (sum float64, ok bool)", "BrierSum, n a multiple of 32,", brierSum)
	each("truthLogs", "func(loss, brier *float64, y *bool, p *F, n int, eps, top float64) (ok bool)", "LogLoss, n a multiple of 8,", truthLogs)
}

// A truth keeps what the loops need to choose between p and 1-p.
type truth struct {
	v         isa
	one, zero VecVirtual
	k         Register   // AVX-512: lanes that were probabilities so far
	inside    VecVirtual // AVX2: the same
}

func (v isa) truth() *truth {
	t := &truth{v: v, one: v.constant("one", 0x3ff0000000000000), zero: v.zeros(1)[0]}
	if v.lanes == 8 {
		t.k = K()
		KXNORW(t.k, t.k, t.k)
	} else {
		t.inside = YMM()
		VPCMPEQQ(t.inside, t.inside, t.inside)
	}
	return t
}

// choose loads a register of p, notes whether all are in [0, 1], and returns p where
// the truth at y is set and 1-p elsewhere, and with both the other way round as well.
func (t *truth) choose(f float, y, p Mem, both bool) (given, missed VecVirtual) {
	v := t.v
	q := v.load(f, p)
	rest := v.reg()
	VSUBPD(q, t.one, rest)
	flags := v.reg()
	if v.lanes == 8 {
		k := K()
		VCMPPD(Imm(0x1d), t.zero, q, t.k, k) // at least 0, ordered
		VCMPPD(Imm(0x12), t.one, q, k, t.k)  // at most 1
		VPMOVZXBQ(y, flags)
		set := K()
		VPTESTMQ(flags, flags, set)
		given = v.reg()
		VBLENDMPD(q, rest, set, given)
		if both {
			missed = v.reg()
			VBLENDMPD(rest, q, set, missed)
		}
		return given, missed
	}
	c := v.reg()
	VCMPPD(Imm(0x1d), t.zero, q, c)
	VANDPD(c, t.inside, t.inside)
	VCMPPD(Imm(0x12), t.one, q, c)
	VANDPD(c, t.inside, t.inside)
	VPMOVZXBQ(y, flags)
	VPSUBQ(flags, t.zero, flags) // all ones where set
	given = v.reg()
	VBLENDVPD(flags, q, rest, given)
	if both {
		missed = v.reg()
		VBLENDVPD(flags, rest, q, missed)
	}
	return given, missed
}

// ok stores as result i whether all were probabilities.
func (t *truth) ok(i int) {
	good := GP8()
	if t.v.lanes == 8 {
		bits := GP32()
		KMOVB(t.k, bits)
		CMPL(bits, I32(255))
	} else {
		bits := GP32()
		VMOVMSKPD(t.inside, bits)
		CMPL(bits, I32(15))
	}
	SETEQ(good)
	Store(good, ReturnIndex(i))
}

// pointers of a loop over rows.
type rowsAt struct{ y, p, n Register }

func truthRows() rowsAt {
	return rowsAt{Load(Param("y"), GP64()), Load(Param("p"), GP64()), Load(Param("n"), GP64())}
}

// next moves on by that many rows and goes on with the loop if any are left.
func (r rowsAt) next(f float, step int, loop string) {
	ADDQ(I32(step), r.y)
	ADDQ(I32(step*f.size()), r.p)
	SUBQ(I32(step), r.n)
	JNE(LabelRef(loop))
}

func logProducts(f float, v isa) []VecVirtual {
	const parts = 16
	k := parts / v.lanes
	t := v.truth()
	eps, top := v.spill(v.broadcast("eps")), v.spill(v.broadcast("top"))
	var m, e []VecVirtual
	for range k {
		m, e = append(m, v.reg()), append(e, v.reg())
		VMOVAPD(t.one, m[len(m)-1])
		VXORPD(e[len(e)-1], e[len(e)-1], e[len(e)-1])
	}
	mantissa := v.spill(v.constant("mantissa", 1<<52-1))
	one := v.spill(t.one)
	r := truthRows()
	Label("loop")
	for row := 0; row < 8*parts; row += v.lanes {
		q, _ := t.choose(f, Mem{Base: r.y, Disp: row}, Mem{Base: r.p, Disp: row * f.size()}, false)
		i := row / v.lanes % k
		VMAXPD(eps, q, q)
		VMINPD(top, q, q)
		VMULPD(q, m[i], m[i])
	}
	// The exponents move over to e; a product is positive and normal.
	for i := range k {
		x := v.reg()
		VPSRLQ(Imm(52), m[i], x)
		VPADDQ(x, e[i], e[i])
		VANDPD(mantissa, m[i], m[i])
		VORPD(one, m[i], m[i])
	}
	r.next(f, 8*parts, "loop")
	ms, es := Load(Param("mantissas"), GP64()), Load(Param("exponents"), GP64())
	for i := range k {
		VMOVUPD(m[i], Mem{Base: ms, Disp: i * v.lanes * 8})
		VMOVUPD(e[i], Mem{Base: es, Disp: i * v.lanes * 8})
	}
	t.ok(0)
	return nil
}

func brierSum(f float, v isa) []VecVirtual {
	t := v.truth()
	const sums = 16
	s := v.zeros(sums / v.lanes)
	r := truthRows()
	Label("loop")
	for row := 0; row < 32; row += v.lanes {
		_, d := t.choose(f, Mem{Base: r.y, Disp: row}, Mem{Base: r.p, Disp: row * f.size()}, true)
		VMULPD(d, d, d)
		i := row / v.lanes % len(s)
		VADDPD(d, s[i], s[i])
	}
	r.next(f, 32, "loop")
	t.ok(1)
	return []VecVirtual{v.fold(VADDPD, s)}
}

// truthLogs takes logarithms as FreeBSD's e_log.c does, and so math.Log.
func truthLogs(f float, v isa) []VecVirtual {
	t := v.truth()
	eps, top := v.spill(v.broadcast("eps")), v.spill(v.broadcast("top"))
	loss, brier := Load(Param("loss"), GP64()), Load(Param("brier"), GP64())
	r := truthRows()
	Label("loop")
	for row := 0; row < 8; row += v.lanes {
		q, d := t.choose(f, Mem{Base: r.y, Disp: row}, Mem{Base: r.p, Disp: row * f.size()}, true)
		VMULPD(d, d, d)
		VMOVUPD(d, Mem{Base: brier, Disp: 8 * row})
		VMAXPD(eps, q, q)
		VMINPD(top, q, q)
		VMOVUPD(v.negLog(q), Mem{Base: loss, Disp: 8 * row})
	}
	ADDQ(I32(64), loss)
	ADDQ(I32(64), brier)
	r.next(f, 8, "loop")
	t.ok(0)
	return nil
}

// negLog returns -log(x) of positive normal x.
func (v isa) negLog(x VecVirtual) VecVirtual {
	c := func(name string, value float64) Mem { return v.data("log"+name, math.Float64bits(value)) }
	bits := func(name string, b uint64) Mem { return v.data("log"+name, b) }
	splat := func(m Mem) VecVirtual {
		r := v.reg()
		VBROADCASTSD(m, r)
		return r
	}
	// x = 2^k m, m in [sqrt(1/2), sqrt(2)): the exponent of x less that of sqrt(1/2)
	// as bits.
	k, m, u := v.reg(), v.reg(), v.reg()
	root := splat(bits("root", math.Float64bits(math.Sqrt2/2)))
	VPSUBQ(root, x, u)
	VPSRLQ(Imm(52), u, k) // the exponent, modulo 2^12
	VPSLLQ(Imm(52), k, m)
	VPSUBQ(m, x, m)
	// k as a float: it is at most 2^11 in size, and below 0 its bits are those of
	// 2^12 + k.
	VPSLLQ(Imm(52), k, k)
	if v.lanes == 8 {
		VPSRAQ(Imm(52), k, k)
		VCVTQQ2PD(k, k)
	} else {
		VPSRAD(Imm(20), k, k)
		VPSHUFD(Imm(0xf5), k, k) // the upper halves, which hold k, in both
		sign := YMM()
		VPSRAD(Imm(31), k, sign)
		VPBLENDD(Imm(0xaa), sign, k, k)
		magic := splat(bits("magic", 0x4338000000000000)) // 1.5 2^52
		VPADDQ(magic, k, k)
		VSUBPD(magic, k, k)
	}
	one, two := splat(c("one", 1)), splat(c("two", 2))
	fr, s, s2, s4, t1, t2, h := v.reg(), v.reg(), v.reg(), v.reg(), v.reg(), v.reg(), v.reg()
	VSUBPD(one, m, fr)
	VADDPD(two, fr, s)
	VDIVPD(s, fr, s)
	VMULPD(s, s, s2)
	VMULPD(s2, s2, s4)
	poly := func(r VecVirtual, names ...string) {
		for i, name := range names {
			if i == 0 {
				VMULPD(splat(c(name, logCoefficient[name])), s4, r)
				continue
			}
			VADDPD(splat(c(name, logCoefficient[name])), r, r)
			VMULPD(s4, r, r)
		}
	}
	// t1 = s2 (L1 + s4 (L3 + s4 (L5 + s4 L7))), t2 = s4 (L2 + s4 (L4 + s4 L6))
	poly(t1, "L7", "L5", "L3")
	VADDPD(splat(c("L1", logCoefficient["L1"])), t1, t1)
	VMULPD(s2, t1, t1)
	poly(t2, "L6", "L4", "L2")
	VADDPD(t2, t1, t1) // R
	VMULPD(splat(c("half", 0.5)), fr, h)
	VMULPD(fr, h, h) // hfsq
	// k ln2hi - ((hfsq - (s (hfsq + R) + k ln2lo)) - f), with the sign turned
	VADDPD(h, t1, t1)
	VMULPD(s, t1, t1)
	VMULPD(splat(c("ln2lo", 1.90821492927058770002e-10)), k, t2)
	VADDPD(t2, t1, t1)
	VSUBPD(t1, h, h)
	VSUBPD(fr, h, h)
	VMULPD(splat(c("ln2hi", 6.93147180369123816490e-01)), k, t2)
	VSUBPD(t2, h, h)
	return h
}

// The coefficients of FreeBSD's e_log.c.
var logCoefficient = map[string]float64{
	"L1": 6.666666666666735130e-01,
	"L2": 3.999999999940941908e-01,
	"L3": 2.857142874366239149e-01,
	"L4": 2.222219843214978396e-01,
	"L5": 1.818357216161805012e-01,
	"L6": 1.531383769920937332e-01,
	"L7": 1.479819860511658591e-01,
}
