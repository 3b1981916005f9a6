// Benchmarks compares mlgauge with the Python peers on the same arrays, in turn, in
// one run, and writes the medians and ratios as a table.
//
//	make bench-compare
//
// which installs the peers into a virtual environment of its own, then runs
//
//	go run ./benchmarks -python .venv/bin/python -out benchmarks/RESULTS.md
package main

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/gonum/floats"
)

func main() {
	python := flag.String("python", ".venv/bin/python", "the interpreter that has the peers")
	out := flag.String("out", "", "file for the table; standard output if empty")
	sizes := flag.String("sizes", "100,10000,1000000", "rows, separated by commas")
	rounds := flag.Int("rounds", 5, "rounds; each runs both sides of every case")
	only := flag.String("only", "", "run the cases whose name contains this")
	cores := flag.Int("cores", 1, "cores for the Go side; the peers run on one thread")
	readme := flag.String("readme", "", "file whose table between the benchmark marks is replaced")
	flag.Parse()
	if err := run(*python, *out, *readme, *sizes, *only, *rounds, *cores); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

// A result is one case at one size.
type result struct {
	name      string
	n         int
	perN      float64 // elements per row that are counted
	ours, its []float64
	bytes     float64 // read per row, 0 where the work is not bound by memory
}

func run(python, out, readme, sizes, only string, rounds, cores int) error {
	runtime.GOMAXPROCS(cores)
	peer, err := start(python)
	if err != nil {
		return err
	}
	defer peer.stop()
	var all []*result
	var bandwidth []float64
	for _, field := range strings.Split(sizes, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 10 {
			return fmt.Errorf("-sizes: need whole numbers of at least 10, have %q", field)
		}
		dir, err := os.MkdirTemp("", "mlgauge-bench")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		d, err := generate(dir, n)
		if err != nil {
			return err
		}
		var rs []*result
		for _, c := range cases() {
			if strings.Contains(c.name, only) {
				rs = append(rs, &result{name: c.name, n: n, perN: c.columns(), bytes: c.bytes})
			}
		}
		for round := range rounds {
			fmt.Fprintf(os.Stderr, "%d rows, round %d of %d\n", n, round+1, rounds)
			bandwidth = append(bandwidth, readBandwidth())
			at := 0
			for _, c := range cases() {
				if !strings.Contains(c.name, only) {
					continue
				}
				r := rs[at]
				at++
				r.ours = append(r.ours, timed(func() { c.run(d) }))
				t, err := peer.ask(c.name, dir)
				if err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
				r.its = append(r.its, t)
			}
		}
		all = append(all, rs...)
	}
	if readme != "" {
		if err := update(readme, all); err != nil {
			return err
		}
	}
	text := table(all, peer.versions, slices.Max(bandwidth), rounds, cores)
	if out == "" {
		fmt.Print(text)
		return nil
	}
	return os.WriteFile(out, []byte(text), 0o644)
}

// timed returns the seconds of one call, repeated until it takes 10 ms.
func timed(f func()) float64 {
	f()
	begin := time.Now()
	f()
	spent, calls := time.Since(begin).Seconds(), 1
	if spent < 0.01 {
		calls = int(0.01/math.Max(spent, 1e-7)) + 1
		begin = time.Now()
		for range calls {
			f()
		}
		spent = time.Since(begin).Seconds()
	}
	return spent / float64(calls)
}

var block = make([]float64, 10_000_000)

// readBandwidth returns how many bytes a second one core sums.
func readBandwidth() float64 {
	return 8 * float64(len(block)) / timed(func() { floats.Sum(block) })
}

// A process is the Python side.
type process struct {
	cmd      *exec.Cmd
	in       *bufio.Writer
	answers  *bufio.Scanner
	versions string
}

func start(python string) (*process, error) {
	cmd := exec.Command(python, filepath.Join("benchmarks", "peers.py"))
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w (make bench-compare installs the peers)", err)
	}
	p := &process{cmd: cmd, in: bufio.NewWriter(in), answers: bufio.NewScanner(answers)}
	if !p.answers.Scan() {
		return nil, fmt.Errorf("%s said nothing", python)
	}
	p.versions = p.answers.Text()
	return p, nil
}

func (p *process) ask(name, dir string) (float64, error) {
	fmt.Fprintf(p.in, "%s\t%s\n", name, dir)
	if err := p.in.Flush(); err != nil {
		return 0, err
	}
	if !p.answers.Scan() {
		return 0, fmt.Errorf("the peer stopped")
	}
	return strconv.ParseFloat(p.answers.Text(), 64)
}

func (p *process) stop() { _ = p.cmd.Process.Kill() }

// data is what both sides work on.
type data struct {
	n            int
	a, b         []float64 // normal
	y            []bool
	yInt         []int64
	p, p3        []float64        // probabilities, and rounded to 3 decimals
	truth, guess map[int][]int64  // by number of classes
	words        map[int][]string // by number of keys
	x            []float64        // rows of 20 columns
	reversed     []string
}

// generate makes the arrays and writes them to dir for the peer.
func generate(dir string, n int) (*data, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	d := &data{n: n, truth: map[int][]int64{}, guess: map[int][]int64{}, words: map[int][]string{}}
	normal := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		return x
	}
	d.a, d.b, d.x = normal(n), normal(n), normal(20*max(1, n/10))
	d.p, d.p3 = make([]float64, n), make([]float64, n)
	for i := range n {
		y := rng.IntN(3) == 0
		if i < 2 {
			y = i == 0
		}
		z := rng.NormFloat64()
		d.yInt = append(d.yInt, 0)
		if y {
			z++
			d.yInt[i] = 1
		}
		d.y = append(d.y, y)
		d.p[i] = 1 / (1 + math.Exp(-z))
		d.p3[i] = math.Round(d.p[i]*1000) / 1000
	}
	for _, k := range []int{2, 10, 1000} {
		for range n {
			d.truth[k] = append(d.truth[k], rng.Int64N(int64(k)))
			d.guess[k] = append(d.guess[k], rng.Int64N(int64(k)))
		}
	}
	for _, k := range []int{10, 1000, 100_000} {
		for range n {
			d.words[k] = append(d.words[k], "category_"+strconv.Itoa(rng.IntN(k)))
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("w%d.txt", k)), []byte(strings.Join(d.words[k], "\n")+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	d.reversed = slices.Clone(d.words[10])
	slices.Reverse(d.reversed)
	files := map[string]any{"a.f64": d.a, "b.f64": d.b, "p.f64": d.p, "p3.f64": d.p3, "x.f64": d.x, "y.i64": d.yInt}
	for k := range d.truth {
		files[fmt.Sprintf("t%d.i64", k)], files[fmt.Sprintf("q%d.i64", k)] = d.truth[k], d.guess[k]
	}
	for name, v := range files {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if err := binary.Write(f, binary.LittleEndian, v); err != nil {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// table writes the results: medians, spread, ratio, share of the bandwidth.
func table(all []*result, versions string, bandwidth float64, rounds, cores int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# mlgauge beside its peers\n\n")
	fmt.Fprintf(&b, "Made by `make bench-compare`. %s/%s, %d processors; mlgauge with %s on %d core(s); %s on one thread. Both sides run in turn on\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), cores, versions)
	fmt.Fprintf(&b, "the same arrays, %d rounds; medians, with (min-max). The best read bandwidth of one core in the same run was %.1f GB/s.\n\n", rounds, bandwidth/1e9)
	fmt.Fprintf(&b, "| work | rows | mlgauge ns/elem | peer ns/elem | ratio | of bandwidth |\n|---|---:|---:|---:|---:|---:|\n")
	for _, r := range all {
		scale := 1e9 / (float64(r.n) * r.perN)
		share := ""
		if r.bytes > 0 && r.n >= 100_000 {
			share = fmt.Sprintf("%.0f%%", 100*r.bytes*float64(r.n)/median(r.ours)/bandwidth)
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %.1fx | %s |\n", r.name, r.n, spread(r.ours, scale), spread(r.its, scale), median(r.its)/median(r.ours), share)
	}
	return b.String()
}

// The marks between which the README's table stands.
const (
	beginMark = "<!-- benchmarks: make bench-compare writes this table -->\n"
	endMark   = "<!-- end of benchmarks -->"
)

// update writes the rows of the largest size into the README.
func update(path string, all []*result) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), beginMark)
	_, after, ok2 := strings.Cut(rest, endMark)
	if !ok || !ok2 {
		return fmt.Errorf("%s: need the marks of the benchmark table", path)
	}
	largest := 0
	for _, r := range all {
		largest = max(largest, r.n)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| %d rows, one core | mlgauge ns/elem | peer ns/elem | ratio |\n|---|---:|---:|---:|\n", largest)
	for _, r := range all {
		if r.n == largest {
			scale := 1e9 / (float64(r.n) * r.perN)
			fmt.Fprintf(&b, "| %s | %.3g | %.3g | %.1fx |\n", r.name, scale*median(r.ours), scale*median(r.its), median(r.its)/median(r.ours))
		}
	}
	return os.WriteFile(path, []byte(before+beginMark+b.String()+endMark+after), 0o644)
}

func median(x []float64) float64 {
	x = slices.Clone(x)
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

func spread(x []float64, scale float64) string {
	return fmt.Sprintf("%.3g (%.3g-%.3g)", scale*median(x), scale*slices.Min(x), scale*slices.Max(x))
}
