package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

// options are the flags.
type options struct {
	sizes  []int
	rounds int
	only   []string
	peers  []string
	venv   string
	clock  w.Clock
	growth bool // measure the growth, too
	alone  bool // and nothing else
}

const (
	patience = 20.0      // seconds: a peer's call that would take longer is left out,
	hope     = 60.0      // or this, if the guess is from a small size, where much is fixed cost
	slow     = 2.0       // seconds: a call that takes longer is made once
	manyN    = 1_000_000 // elements from which several cores and memory are measured
)

// A run holds the workers of one comparison.
type comparison struct {
	options
	dir               string
	ours, purego, two *process
	others            []*process
	last              map[string]float64 // seconds of the last call by case and peer, at the size before
}

// run measures all cases, and hands the figures to keep as they grow.
func run(o options, keep func(*results) error) (*results, error) {
	begin := time.Now()
	c := &comparison{options: o, last: map[string]float64{}}
	var err error
	if c.dir, err = os.MkdirTemp("", "mlgauge-bench"); err != nil {
		return nil, err
	}
	defer os.RemoveAll(c.dir)
	defer c.stop()
	r := &results{Date: today(), Machine: thisMachine(), Rounds: o.rounds, Clock: o.clock}
	r.Busy[0] = load1()
	if err := c.startOurs(); err != nil {
		return nil, err
	}
	r.Versions = append(r.Versions, "Go "+goVersion())
	if !o.alone {
		if err := c.startOthers(); err != nil {
			return nil, err
		}
		for _, p := range c.others {
			for _, v := range p.hello.Versions {
				if !slices.Contains(r.Versions, v) {
					r.Versions = append(r.Versions, v)
				}
			}
		}
		if err = c.compare(func(one row) error {
			r.Rows = append(r.Rows, one)
			r.Seconds, r.Busy[1] = time.Since(begin).Seconds(), load1()
			return keep(r)
		}); err != nil {
			return nil, err
		}
	}
	if o.growth {
		if r.Growth, err = c.growing(); err != nil {
			return nil, err
		}
	}
	r.Seconds = time.Since(begin).Seconds()
	r.Busy[1] = load1()
	return r, nil
}

// startOurs builds mlgauge with and without assembly, and starts it on one and on two
// cores.
func (c *comparison) startOurs() error {
	for _, tags := range []string{"", "purego"} {
		out, err := exec.Command("go", "build", "-tags", tags, "-o", filepath.Join(c.dir, "bench"+tags), "./benchmarks").CombinedOutput()
		if err != nil {
			return fmt.Errorf("go build: %w\n%s", err, out)
		}
	}
	var err error
	if c.ours, err = start("mlgauge", 1, filepath.Join(c.dir, "bench"), "-serve"); err != nil {
		return err
	}
	if c.purego, err = start("mlgauge purego", 1, filepath.Join(c.dir, "benchpurego"), "-serve"); err != nil {
		return err
	}
	c.two, err = start("mlgauge on two cores", 2, filepath.Join(c.dir, "bench"), "-serve")
	return err
}

// environments are the peers' workers: which cases, in which environment.
var environments = map[string][]string{
	"main":         {"metrics", "preprocess", "encoding", "drift", "bias", "explain", "tables"},
	"clarify":      {"clarify"},
	"evidently":    {"evidently"},
	"torchmetrics": {"torchmetrics"},
}

// startOthers starts the peers that are installed.
func (c *comparison) startOthers() error {
	for _, name := range c.peers {
		var command []string
		switch name {
		case "gopeers":
			bin := filepath.Join(c.dir, "gopeers")
			build := exec.Command("go", "build", "-o", bin, ".")
			build.Dir = filepath.Join("benchmarks", "gopeers")
			if out, err := build.CombinedOutput(); err != nil {
				return fmt.Errorf("go build in %s: %w\n%s", build.Dir, err, out)
			}
			command = []string{bin}
		default:
			files, ok := environments[name]
			if !ok {
				return fmt.Errorf("-peers: no environment %q", name)
			}
			python := filepath.Join(c.venv, name, "bin", "python")
			if _, err := os.Stat(python); err != nil {
				fmt.Fprintf(os.Stderr, "%s is not installed, its cases are left out\n", name)
				continue
			}
			command = append([]string{python, filepath.Join("benchmarks", "peers", "serve.py")}, files...)
		}
		p, err := start(name, 1, command...)
		if err != nil {
			return err
		}
		c.others = append(c.others, p)
	}
	return nil
}

func (c *comparison) stop() {
	for _, p := range append([]*process{c.ours, c.purego, c.two}, c.others...) {
		if p != nil {
			p.stop()
		}
	}
}

// wants tells whether a case is to be run.
func (o options) wants(k w.Case) bool {
	return slices.ContainsFunc(o.only, func(part string) bool { return strings.Contains(k.Name, part) })
}

// folder returns where the arrays of a size are.
func (c *comparison) folder(n int) (string, error) {
	dir := filepath.Join(c.dir, strconv.Itoa(n))
	return dir, os.MkdirAll(dir, 0o700)
}

// compare measures every case at every size, beside its peers.
func (c *comparison) compare(add func(row) error) error {
	for _, k := range cases() {
		if !c.wants(k) {
			continue
		}
		sizes := k.Sizes
		if sizes == nil {
			sizes = c.sizes
		}
		for _, n := range sizes {
			r, err := c.row(k, n)
			if err != nil {
				return fmt.Errorf("%s, %d elements: %w", k.Name, n, err)
			}
			progress(k, r)
			if err := add(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func progress(k w.Case, r row) {
	line := fmt.Sprintf("%-42s %9d %10.4g ns", k.Name, r.N, 1e9*r.Ours.median()/k.Elements(r.N))
	for _, p := range r.Peers {
		if p.Note != "" {
			line += fmt.Sprintf("  %s: %s", p.Name, p.Note)
		} else {
			line += fmt.Sprintf("  %s %.3gx", p.Name, r.Ours.ratio(p))
		}
	}
	fmt.Fprintln(os.Stderr, line)
}

// A turn is one worker of a row.
type turn struct {
	worker *process
	peer   string
	side   *side
}

// row runs all workers of a case in turn, round after round.
func (c *comparison) row(k w.Case, n int) (row, error) {
	dir, err := c.folder(n)
	if err != nil {
		return row{}, err
	}
	r := row{Case: k.Name, N: n}
	big := n >= manyN || k.Sizes != nil
	turns := []*turn{{c.ours, "", &r.Ours}, {c.purego, "", &r.Purego}}
	if big {
		turns = append(turns, &turn{c.two, "", &r.Two})
	}
	r.Peers = c.peersOf(k)
	for i := range r.Peers {
		for _, p := range c.others {
			if serves(p, k.Name, r.Peers[i].Name) {
				turns = append(turns, &turn{p, r.Peers[i].Name, &r.Peers[i]})
			}
		}
	}
	for round := range c.roundsAt(n) {
		if k.Limit != "" && n >= 10_000 {
			a, err := c.ours.ask(w.Request{Do: "bandwidth", Clock: c.clock, Limit: k.Limit, Bytes: int(k.Bytes * float64(n))})
			if err != nil {
				return r, err
			}
			r.BytesPer = append(r.BytesPer, a.Bytes)
		}
		for _, t := range turns {
			if err := c.take(t, w.Request{Do: "time", Clock: c.clock, Case: k.Name, Peer: t.peer, Dir: dir, N: n}, round); err != nil {
				return r, err
			}
		}
	}
	if big {
		for _, t := range turns {
			if t.side.Note != "" {
				continue
			}
			a, err := c.ask(t.worker, w.Request{Do: "memory", Case: k.Name, Peer: t.peer, Dir: dir, N: n})
			if err != nil {
				return r, err
			}
			t.side.Memory = a.Bytes
		}
	}
	return r, nil
}

// ask asks a worker, after having made the files that it needs.
func (c *comparison) ask(p *process, q w.Request) (w.Answer, error) {
	for {
		a, err := p.ask(q)
		if err != nil || a.Need == "" {
			return a, err
		}
		if _, err := c.ours.ask(w.Request{Do: "make", Dir: q.Dir, N: q.N, File: a.Need}); err != nil {
			return a, err
		}
	}
}

// take adds one figure to a side, unless the worker has been too slow for another.
func (c *comparison) take(t *turn, q w.Request, round int) error {
	if t.side.Note != "" || round > 0 && t.side.Seconds[0] > slow && t.peer != "" {
		return nil
	}
	key := q.Case + "\t" + t.peer
	if t.peer != "" && round == 0 {
		before, n := c.last[key], c.last[key+" n"]
		limit := patience
		if n < 100_000 {
			limit = hope
		}
		if guess := before * float64(q.N) / n; float64(q.N) > n && guess > limit {
			t.side.Note = fmt.Sprintf("left out: about %.0f s a call", guess)
			return nil
		}
	}
	a, err := c.ask(t.worker, q)
	if err != nil {
		if t.peer == "" {
			return err
		}
		t.side.Note = err.Error()
		return nil
	}
	t.side.Seconds = append(t.side.Seconds, a.Seconds)
	c.last[key], c.last[key+" n"] = a.Seconds, float64(q.N)
	return nil
}

// roundsAt returns fewer rounds where calls are long.
func (c *comparison) roundsAt(n int) int {
	if n > manyN {
		return max(min(3, c.rounds), (c.rounds+1)/2) // of two, the first is of fresh memory
	}
	return c.rounds
}

// peersOf returns the peers of a case that are at hand, the one of the ratio first.
func (c *comparison) peersOf(k w.Case) []side {
	var sides []side
	for _, p := range c.others {
		for _, pair := range p.hello.Cases {
			if pair[0] == k.Name {
				sides = append(sides, side{Name: pair[1]})
			}
		}
	}
	slices.SortStableFunc(sides, func(a, b side) int {
		return boolInt(b.Name == k.Against) - boolInt(a.Name == k.Against)
	})
	return sides
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func serves(p *process, name, peer string) bool {
	return slices.ContainsFunc(p.hello.Cases, func(pair []string) bool { return pair[0] == name && pair[1] == peer })
}
