package kernel

import "math"

// GapDistances writes the squared distances of a point to the rows of the panels, over
// the coordinates that both have, scaled up for those that they have not:
//
//	d[r] = cols / common  sum over common (point[c] - row[c])^2
//
// with +Inf where nothing is common. NaN stands for a coordinate that is missing; the
// others are finite. Panels are laid out as for Near. The squares are added in the order
// of the coordinates, so that every build has the same bits.
func GapDistances(d, point, panels []float64) {
	cols := len(point)
	n := len(d) / PanelRows
	d, panels = d[:n*PanelRows], panels[:n*cols*PanelRows]
	if n > 0 && (cols == 0 || !gapDistancesVector(d, point, panels)) {
		gapDistances(d, point, panels)
	}
}

func gapDistances(d, point, panels []float64) {
	cols := len(point)
	for p := 0; p < len(d); p += PanelRows {
		panel := panels[p*cols : (p+PanelRows)*cols]
		for r := 0; r < PanelRows; r += 4 {
			gapsOfFour((*[4]float64)(d[p+r:]), point, panel, r)
		}
	}
}

// gapsOfFour compares a point with the rows of a panel from row r.
func gapsOfFour(d *[4]float64, point, panel []float64, r int) {
	var s0, s1, s2, s3 float64
	var n0, n1, n2, n3 int64
	for _, x := range point {
		row := (*[4]float64)(panel[r:])
		r += PanelRows
		if x != x {
			continue
		}
		q0, m0 := square(x - row[0])
		q1, m1 := square(x - row[1])
		q2, m2 := square(x - row[2])
		q3, m3 := square(x - row[3])
		s0, s1, s2, s3 = s0+q0, s1+q1, s2+q2, s3+q3
		n0, n1, n2, n3 = n0-m0, n1-m1, n2-m2, n3-m3
	}
	cols := float64(len(point))
	d[0], d[1], d[2], d[3] = scaledUp(s0, cols, n0), scaledUp(s1, cols, n1), scaledUp(s2, cols, n2), scaledUp(s3, cols, n3)
}

// square returns u^2 and -1, or 0 and 0 for NaN, without a branch: what is missing is not
// foreseen.
func square(u float64) (q float64, has int64) {
	const inf = 0x7ff << 52
	has = int64(math.Float64bits(u)&^(1<<63)-inf-1) >> 63
	return math.Float64frombits(math.Float64bits(u*u) & uint64(has)), has
}

func scaledUp(sum, cols float64, common int64) float64 {
	if common == 0 {
		return math.Inf(1)
	}
	return float64(cols/float64(common)) * sum
}
