package experiment

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
)

const nodes = 32

// legendre returns the nodes and weights of Gauss and Legendre on [-1, 1].
var legendre = sync.OnceValues(func() (x, w []float64) {
	x, w = make([]float64, nodes), make([]float64, nodes)
	quad.Legendre{}.FixedLocations(x, w, -1, 1)
	return x, w
})

// overPanels calls f with every node and its weight of a rule over the panels
// between the edges, which it sorts. The integrand is smooth within a panel.
func overPanels(edges []float64, f func(x, w float64)) {
	slices.Sort(edges)
	xs, ws := legendre()
	for i := 1; i < len(edges); i++ {
		mid, half := (edges[i]+edges[i-1])/2, (edges[i]-edges[i-1])/2
		if half <= 1e-14*math.Abs(mid) {
			continue
		}
		for k, x := range xs {
			f(mid+half*x, half*ws[k])
		}
	}
}
