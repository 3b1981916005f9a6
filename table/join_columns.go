package table

import (
	"cmp"
	"fmt"
	"slices"
)

// sort orders the pairs by key, stably.
func (j *join) sort() {
	order := make([]int, len(j.li))
	for i := range order {
		order[i] = i
	}
	side := func(k, i int) (*Column, int) {
		if j.li[i] >= 0 {
			return j.leftKeys[k], j.li[i]
		}
		return j.rightKeys[k], j.ri[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		for k := range j.leftKeys {
			ca, ra := side(k, a)
			cb, rb := side(k, b)
			if c := compareValues(ca, ra, cb, rb); c != 0 {
				return c
			}
		}
		return 0
	})
	li, ri := make([]int, len(order)), make([]int, len(order))
	for i, o := range order {
		li[i], ri[i] = j.li[o], j.ri[o]
	}
	j.li, j.ri = li, ri
}

// compareValues orders two values of the same type, missing last.
func compareValues(a *Column, i int, b *Column, j int) int {
	ma, mb := a.IsMissing(i), b.IsMissing(j)
	switch {
	case ma && mb:
		return 0
	case ma:
		return 1
	case mb:
		return -1
	case a.Type == Float:
		return cmp.Compare(a.Floats[i], b.Floats[j])
	}
	return cmp.Compare(a.Dict[a.Codes[i]], b.Dict[b.Codes[j]])
}

// table gathers the columns of the result.
func (j *join) table(fn string) (*Table, error) {
	shared := map[string]int{} // keys with one name on both sides
	for k, name := range j.LeftOn {
		if name == j.RightOn[k] {
			shared[name] = k
		}
	}
	var cols []Column
	for i := range j.left.cols {
		c := &j.left.cols[i]
		k, key := shared[c.Name]
		switch {
		case key:
			cols = append(cols, coalesce(c, j.rightKeys[k], j.li, j.ri))
			continue
		case j.right.Has(c.Name):
			out := c.take(j.li)
			out.Name += j.Suffixes[0]
			cols = append(cols, out)
			continue
		}
		cols = append(cols, c.take(j.li))
	}
	for i := range j.right.cols {
		c := &j.right.cols[i]
		if _, key := shared[c.Name]; key {
			continue
		}
		out := c.take(j.ri)
		if j.left.Has(c.Name) {
			out.Name += j.Suffixes[1]
		}
		cols = append(cols, out)
	}
	if j.Indicator != "" {
		c := Column{Name: j.Indicator, Type: String, Codes: make([]int32, len(j.li)), Dict: []string{"both", "left_only", "right_only"}}
		for i := range c.Codes {
			switch {
			case j.ri[i] < 0:
				c.Codes[i] = 1
			case j.li[i] < 0:
				c.Codes[i] = 2
			}
		}
		cols = append(cols, c)
	}
	t, err := New(cols...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fn, err)
	}
	return t, nil
}

// coalesce takes the value of the left row, or of the right row where there is
// no left one.
func coalesce(left, right *Column, li, ri []int) Column {
	out := left.take(li)
	if out.Type == Float {
		for i, l := range li {
			if l < 0 {
				out.Floats[i] = right.Floats[ri[i]]
			}
		}
		return out
	}
	var code []int32 // of the right dictionary in that of the result
	for i, l := range li {
		if l >= 0 {
			continue
		}
		if code == nil {
			out.Dict, code = mergeDict(left.Dict, right.Dict)
		}
		if k := right.Codes[ri[i]]; k >= 0 {
			out.Codes[i] = code[k]
		}
	}
	return out
}

// mergeDict returns the texts of both dictionaries, those of a first, and the
// codes in it of those of b.
func mergeDict(a, b []string) (dict []string, code []int32) {
	dict = slices.Clone(a)
	index := make(map[string]int32, len(a)+len(b))
	for i, s := range a {
		index[s] = int32(i)
	}
	code = make([]int32, len(b))
	for i, s := range b {
		k, ok := index[s]
		if !ok {
			k = int32(len(dict))
			index[s] = k
			dict = append(dict, s)
		}
		code[i] = k
	}
	return dict, code
}
