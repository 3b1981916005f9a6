package kernel

// Rows that are compared by their distances stand in panels of PanelRows rows, one
// coordinate after the other: coordinate c of row r of a panel is panel[c*PanelRows+r].
// The points they are compared with stand in tiles of TilePoints the same way.
const (
	PanelRows  = 32
	TilePoints = 8
)

// Near compares TilePoints points with all rows of the panels: bit r of
// masks[p*TilePoints+i] tells whether row r of panel p is within the limit of point i,
//
//	half[p*PanelRows+r] - <point i, row r> <= limit[i]
//
// With half the squared norm of a row in half and half a squared distance less half the
// squared norm of the point in limit, that is a bound on the distance. A half or limit
// of NaN is never within, so NaN fills the rows and points that are missing.
//
// The products are subtracted in the order of the coordinates, in the precision of F,
// with or without rounding between: the left side is off by at most
// (cols+1) u (|half| + |point| |row|) with u half an ulp of 1.
func Near[F Float](masks []uint32, points, panels, half, limit []F, cols int) {
	n := len(half) / PanelRows
	masks, points, panels, half, limit = masks[:n*TilePoints], points[:cols*TilePoints], panels[:n*cols*PanelRows], half[:n*PanelRows], limit[:TilePoints]
	if n > 0 && !nearVector(masks, points, panels, half, limit, cols) {
		nearLoop(masks, points, panels, half, limit, cols)
	}
}

func nearLoop[F Float](masks []uint32, points, panels, half, limit []F, cols int) {
	for p := range len(half) / PanelRows {
		panel, norm := panels[p*cols*PanelRows:(p+1)*cols*PanelRows], half[p*PanelRows:(p+1)*PanelRows]
		for i := 0; i < TilePoints; i += 2 {
			var first, second uint32
			if l, m := limit[i], limit[i+1]; l == l || m == m {
				for r := 0; r < PanelRows; r += 4 {
					a, b := nearFour(points, panel, norm[r:r+4], limit[i:i+2], cols, i, r)
					first |= a << r
					second |= b << r
				}
			}
			masks[p*TilePoints+i], masks[p*TilePoints+i+1] = first, second
		}
	}
}

// nearFour compares two points with four rows.
func nearFour[F Float](points, panel, half, limit []F, cols, i, r int) (first, second uint32) {
	s0, s1, s2, s3 := half[0], half[1], half[2], half[3]
	t0, t1, t2, t3 := s0, s1, s2, s3
	for range cols {
		v, w := points[i], points[i+1]
		x := (*[4]F)(panel[r:])
		x0, x1, x2, x3 := x[0], x[1], x[2], x[3]
		s0 -= v * x0
		t0 -= w * x0
		s1 -= v * x1
		t1 -= w * x1
		s2 -= v * x2
		t2 -= w * x2
		s3 -= v * x3
		t3 -= w * x3
		i += TilePoints
		r += PanelRows
	}
	l, m := limit[0], limit[1]
	return bit(s0 <= l) | bit(s1 <= l)<<1 | bit(s2 <= l)<<2 | bit(s3 <= l)<<3,
		bit(t0 <= m) | bit(t1 <= m)<<1 | bit(t2 <= m)<<2 | bit(t3 <= m)<<3
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
