package worker

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func serve(t *testing.T, requests ...Request) (Hello, []Answer) {
	t.Helper()
	var in, out bytes.Buffer
	for _, r := range requests {
		require.NoError(t, json.NewEncoder(&in).Encode(r))
	}
	cases := []Case{
		{Name: "sum", Prepare: func(d *Data) func() {
			a, sum := d.F64("a"), 0.0
			return func() {
				for _, v := range a {
					sum += v
				}
			}
		}},
		{Name: "breaks", Prepare: func(*Data) func() { Check(fmt.Errorf("broken")); return nil }},
	}
	require.NoError(t, Serve(&in, &out, []string{"v1"}, cases))
	lines := bufio.NewScanner(&out)
	lines.Scan()
	var hello Hello
	require.NoError(t, json.Unmarshal(lines.Bytes(), &hello))
	var answers []Answer
	for lines.Scan() {
		var a Answer
		require.NoError(t, json.Unmarshal(lines.Bytes(), &a))
		answers = append(answers, a)
	}
	return hello, answers
}

func TestServe(t *testing.T) {
	dir := t.TempDir()
	hello, answers := serve(t,
		Request{Do: "time", Case: "sum", Dir: dir, N: 1000},
		Request{Do: "time", Clock: CPU, Case: "sum", Dir: dir, N: 1000},
		Request{Do: "time", Case: "breaks", Dir: dir, N: 1000},
		Request{Do: "time", Case: "unknown", Dir: dir, N: 1000},
		Request{Do: "bandwidth", Limit: ReadTwo, Bytes: 16000},
		Request{Do: "make", Dir: dir, N: 1000, File: "w10.txt"},
	)
	assert.Equal(t, [][]string{{"sum", ""}, {"breaks", ""}}, hello.Cases)
	require.Len(t, answers, 6)
	assert.Positive(t, answers[0].Seconds)
	assert.Positive(t, answers[1].Seconds)
	assert.Equal(t, "broken", answers[2].Error)
	assert.Contains(t, answers[3].Error, "no case")
	assert.Positive(t, answers[4].Bytes)
	assert.Empty(t, answers[5].Error)
}

// Arrays depend on their name and size alone, and agree with one another.
func TestRecipes(t *testing.T) {
	one, two := &Data{Dir: t.TempDir(), N: 200}, &Data{Dir: t.TempDir(), N: 200}
	for name := range recipes() {
		a, b := one.Bytes(name), two.Bytes(name)
		assert.NotEmpty(t, a, name)
		if !strings.HasSuffix(name, ".parquet") {
			assert.Equal(t, a, b, name)
		}
	}
	assert.Len(t, one.Lines("w10"), 200)
	assert.Len(t, one.Bools("y"), 200)
	assert.Len(t, one.F32("x"), 200)
}
