package worker

// A Case is one piece of work. Prepare makes what it needs, untimed, and returns the
// call that is measured.
type Case struct {
	Name    string
	Topic   string  // the table it stands in
	Peer    string  // whose call it is, empty for mlgauge
	Against string  // the peer of the ratio; others of the same name stand in a table of their own
	PerN    float64 // elements per n, where that is not 1
	Unit    string  // what an element is, where that is not a row or a value
	Sizes   []int   // its own sizes, where the usual ones make no sense
	Limit   Limit   // what memory has to do, where memory is the limit
	Bytes   float64 // read and written per n, where memory is the limit
	Goals   []Goal
	Flat    bool // stands in the table of growth
	Prepare func(d *Data) func()
}

// A Goal is the ratio to Against that the case is to reach at n; 0 where there is none.
type Goal struct {
	N                  int
	Portable, Assembly float64
}

// Elements returns how many elements a call of size n works on.
func (c Case) Elements(n int) float64 {
	if c.PerN == 0 {
		return float64(n)
	}
	return c.PerN * float64(n)
}

// Must ends the case: the inputs are known to be good.
func Must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Check ends the case on an error.
func Check(err error) { Must(0, err) }
