package text

// A top keeps the k largest values that are pushed, by a heap whose root is the
// least of them; of equals the lower number is the larger.
type top struct {
	k     int
	items []ranked
}

type ranked struct {
	value float64
	id    int
}

func newTop(k int) *top { return &top{k: k, items: make([]ranked, 0, min(k, 1024))} }

// less orders by rank: the smaller value, and of equals the larger number.
func less(a, b ranked) bool { return a.value < b.value || a.value == b.value && a.id > b.id }

// full tells whether a new value has to beat one that is there.
func (t *top) full() bool { return len(t.items) == t.k }

func (t *top) push(value float64, id int) {
	v := ranked{value, id}
	if !t.full() {
		t.items = append(t.items, v)
		for i := len(t.items) - 1; i > 0; {
			p := (i - 1) / 2
			if !less(t.items[i], t.items[p]) {
				break
			}
			t.items[i], t.items[p] = t.items[p], t.items[i]
			i = p
		}
		return
	}
	if t.k == 0 || !less(t.items[0], v) {
		return
	}
	t.items[0] = v
	t.sift(len(t.items))
}

// sift puts the root of the first n items in its place.
func (t *top) sift(n int) {
	for i := 0; ; {
		c := 2*i + 1
		if c >= n {
			return
		}
		if c+1 < n && less(t.items[c+1], t.items[c]) {
			c++
		}
		if !less(t.items[c], t.items[i]) {
			return
		}
		t.items[i], t.items[c] = t.items[c], t.items[i]
		i = c
	}
}

// sorted empties the heap and returns the items, the largest first.
func (t *top) sorted() []ranked {
	for n := len(t.items) - 1; n > 0; n-- {
		t.items[0], t.items[n] = t.items[n], t.items[0]
		t.sift(n)
	}
	return t.items
}

func (t *top) terms(names []string) []Weighted {
	out := make([]Weighted, len(t.items))
	for i, r := range t.sorted() {
		out[i] = Weighted{names[r.id], r.value}
	}
	return out
}
