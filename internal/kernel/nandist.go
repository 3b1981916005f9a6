package kernel

// AddSquares adds to d[i] the squared distance of two coordinates to a point,
//
//	d[i] += ma[i] (xa - a[i])^2 + mb[i] (xb - b[i])^2
//
// with masks of 0 and 1 for what is present.
func AddSquares(d []float64, xa float64, a, ma []float64, xb float64, b, mb []float64) {
	n := len(d)
	a, ma, b, mb = a[:n], ma[:n], b[:n], mb[:n]
	for i := range d {
		u, v := xa-a[i], xb-b[i]
		d[i] += float64(ma[i]*float64(u*u)) + float64(mb[i]*float64(v*v))
	}
}

// AddSquare is AddSquares for one coordinate.
func AddSquare(d []float64, xa float64, a, ma []float64) {
	n := len(d)
	a, ma = a[:n], ma[:n]
	for i := range d {
		u := xa - a[i]
		d[i] += float64(ma[i] * float64(u*u))
	}
}
