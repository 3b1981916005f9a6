package kernel

// The columns of Gram come in groups of GramWidth, and a block of GramRows rows of them
// is multiplied at a time, or as many as stay in the first-level cache.
const (
	GramWidth = 16
	GramRows  = 32
)

// Gram adds the products of the columns of x with each other to c,
//
//	c[i*width+j] += sum over rows of x[r*width+i] x[r*width+j]
//
// for i <= j. What is below the diagonal is of no use: some of it is written, too.
// width is a multiple of GramWidth; columns that are only there to make it so hold 0.
// It panics if the lengths do not fit.
func Gram(c, x []float64, width int) {
	rows := len(x) / max(width, 1)
	if width%GramWidth != 0 || len(x) != rows*width || len(c) != width*width {
		panic("kernel: Gram: lengths that do not fit")
	}
	if rows > 0 && !gramVector(c, x, width, rows) {
		gramLoop(c, x, width)
	}
}

// gramLoop takes four rows at a time, so that c is read and written once for them.
func gramLoop(c, x []float64, width int) {
	rows := len(x) / width
	r := 0
	for ; r+4 <= rows; r += 4 {
		x0, x1 := x[r*width:(r+1)*width], x[(r+1)*width:(r+2)*width]
		x2, x3 := x[(r+2)*width:(r+3)*width], x[(r+3)*width:(r+4)*width]
		for i := range width {
			a0, a1, a2, a3 := x0[i], x1[i], x2[i], x3[i]
			dst := c[i*width+i : (i+1)*width]
			y0, y1, y2, y3 := x0[i:][:len(dst)], x1[i:][:len(dst)], x2[i:][:len(dst)], x3[i:][:len(dst)]
			for j := range dst {
				dst[j] += float64(a0*y0[j]) + float64(a1*y1[j]) + (float64(a2*y2[j]) + float64(a3*y3[j]))
			}
		}
	}
	for ; r < rows; r++ {
		row := x[r*width : (r+1)*width]
		for i, a := range row {
			dst := c[i*width+i : (i+1)*width]
			for j, v := range row[i:] {
				dst[j] += float64(a * v)
			}
		}
	}
}
