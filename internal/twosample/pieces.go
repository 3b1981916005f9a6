package twosample

import (
	"slices"
	"sort"

	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A Piece is a range of two ascending samples: their values from X and Y on, up to and
// without XEnd and YEnd.
type Piece struct{ X, XEnd, Y, YEnd int }

// pieceSize is how many values a piece holds, apart from ties.
const pieceSize = 1 << 17

// Pieces parts two ascending samples into consecutive pieces that several cores can
// take, none of which cuts equal values apart. There is one at least, and no more than
// one per 131072 values begun; they depend on the values only.
func Pieces(x, y []float64) []Piece {
	var pieces []Piece
	var last Piece
	for rank := pieceSize; rank < len(x)+len(y); rank += pieceSize {
		// The values below the rank are the first i of x and the first rank-i of y.
		least := max(0, rank-len(y))
		i := least + sort.Search(min(rank, len(x))-least, func(k int) bool { return x[least+k] >= y[rank-least-k-1] })
		j := rank - i
		t := 0.0
		if i < len(x) && (j == len(y) || x[i] <= y[j]) {
			t = x[i]
		} else {
			t = y[j]
		}
		i, _ = slices.BinarySearch(x, t)
		j, _ = slices.BinarySearch(y, t)
		if i > last.XEnd || j > last.YEnd {
			last = Piece{last.XEnd, i, last.YEnd, j}
			pieces = append(pieces, last)
		}
	}
	return append(pieces, Piece{last.XEnd, len(x), last.YEnd, len(y)})
}

// Each calls do for all pieces, on several cores.
func Each(pieces []Piece, do func(k int, p Piece)) {
	parallel.Each(len(pieces), func(k int) { do(k, pieces[k]) })
}
