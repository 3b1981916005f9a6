package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// renderAll writes the report and the README's table from the saved figures: RESULTS.md from those
// in folder, RESULTS-NAME.md from those of another machine in a folder NAME within it.
func renderAll(folder, out, readme string) error {
	all, err := loadAll(folder)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		others, err := loadAll(filepath.Join(folder, e.Name()))
		if err != nil {
			return err
		}
		path := strings.TrimSuffix(out, ".md") + "-" + e.Name() + ".md"
		if err := os.WriteFile(path, []byte(report(others)), 0o644); err != nil {
			return err
		}
	}
	if err := os.WriteFile(out, []byte(report(all)), 0o644); err != nil {
		return err
	}
	return updateReadme(readme, all)
}

// loadAll returns the figures saved in a folder.
func loadAll(folder string) ([]*results, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no figures in %s: make bench-compare measures them", folder)
	}
	var all []*results
	for _, path := range paths {
		r, err := load(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, r)
	}
	return all, nil
}

// report writes all runs as Markdown.
func report(all []*results) string {
	var b strings.Builder
	b.WriteString(`# mlgauge beside its peers

Written by ` + "`go run ./benchmarks -render`" + ` from the figures that ` + "`make bench-compare`" + ` measured; [README.md](README.md) says how.
Both sides run in turn on the same arrays. Figures are nanoseconds per element unless a case says otherwise: the median over the
rounds, with (least-greatest). A ratio is the peer's time by mlgauge's on one core. *Of memory* is the share of what the fastest loop at
hand moves in the same round, in a working set of the same size, where memory is the limit. *Two cores* is the time on one by that on two.
Memory is by how much resident memory rises during a call, on top of the input: mlgauge / peer.
`)
	for _, r := range all {
		fmt.Fprintf(&b, "\n%s: %s, %s, %d cores, %s, %s. Load of the machine before and after %.1f and %.1f. %s. %d rounds up to a million elements, by the %s clock, %.0f minutes in all.\n",
			r.Date, r.Machine.CPU, r.Machine.Vectors, r.Machine.Cores, r.Machine.Caches, r.Machine.System, r.Busy[0], r.Busy[1], strings.Join(r.Versions, ", "), r.Rounds, r.Clock, r.Seconds/60)
	}
	for _, t := range topics {
		topicTable(&b, t.name, all)
	}
	goalTable(&b, all)
	for _, r := range all {
		if len(r.Growth) > 0 {
			b.WriteString("\n## Growth\n\nNanoseconds per element on one core as the data grows.\n\n")
			growthTable(&b, r.Growth)
		}
	}
	return b.String()
}

// topicTable writes the cases of a topic, then their other peers.
func topicTable(b *strings.Builder, topic string, all []*results) {
	var main, others strings.Builder
	for _, res := range all {
		for _, r := range res.Rows {
			c, ok := find(r.Case)
			if !ok || c.Topic != topic {
				continue
			}
			scale := 1e9 / c.Elements(r.N)
			name := c.Name
			if c.Unit != "" {
				name += ", per " + c.Unit
			}
			peer, ok := r.against(c)
			if ok || len(r.Peers) == 0 {
				fmt.Fprintf(&main, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", name, count(r.N), spread(r.Ours, scale), spread(r.Purego, scale),
					peerFigure(peer, scale), times(r.Ours.ratio(peer)), times(r.Purego.ratio(peer)), share(c.Bytes, r), times(r.Two.ratio(r.Ours)), memory(r.Ours, peer))
			}
			for _, p := range r.Peers {
				if p.Name != c.Against {
					fmt.Fprintf(&others, "| %s | %s | %s | %s | %s | %s |\n", name, count(r.N), p.Name, spread(r.Ours, scale), note(p, scale), times(r.Ours.ratio(p)))
				}
			}
		}
	}
	if main.Len() > 0 {
		fmt.Fprintf(b, "\n## %s\n\n| work | n | mlgauge | purego | peer | ratio | ratio, purego | of memory | two cores | memory |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n%s", topic, main.String())
	}
	if others.Len() > 0 {
		fmt.Fprintf(b, "\n### %s: other peers\n\n| work | n | peer | mlgauge | peer's | ratio |\n|---|---:|---|---:|---:|---:|\n%s", topic, others.String())
	}
}

func peerFigure(p side, scale float64) string {
	if p.Name == "" {
		return ""
	}
	return p.Name + " " + note(p, scale)
}

func note(p side, scale float64) string {
	if p.Note != "" {
		return p.Note
	}
	return spread(p, scale)
}

// goalTable writes the goals, what is reached, and why where it is not.
func goalTable(b *strings.Builder, all []*results) {
	var reached, missed strings.Builder
	for _, res := range all {
		for _, r := range res.Rows {
			c, ok := find(r.Case)
			if !ok {
				continue
			}
			peer, ok := r.against(c)
			for _, g := range c.Goals {
				if g.N != r.N || !ok || peer.Note != "" {
					continue
				}
				line := fmt.Sprintf("| %s | %s | %s | %s | %s | %s |", c.Name, count(r.N), times(g.Portable), times(r.Purego.ratio(peer)), times(g.Assembly), times(r.Ours.ratio(peer)))
				if r.Purego.ratio(peer) >= g.Portable && r.Ours.ratio(peer) >= g.Assembly {
					reached.WriteString(line + "\n")
					continue
				}
				why := notReached[c.Name]
				switch {
				case why == "" && res.Machine.Vectors != "AVX-512":
					why = elsewhere
				case why == "":
					why = "not explained"
				}
				missed.WriteString(line + " " + why + " |\n")
			}
		}
	}
	const head = "| work | n | goal, purego | reached | goal, assembly | reached |"
	if missed.Len() > 0 {
		fmt.Fprintf(b, "\n## Goals not reached, and why\n\n%s why |\n|---|---:|---:|---:|---:|---:|---|\n%s", head, missed.String())
	}
	if reached.Len() > 0 {
		fmt.Fprintf(b, "\n## Goals reached\n\n%s\n|---|---:|---:|---:|---:|---:|\n%s", head, reached.String())
	}
}

// figure writes three digits, without an exponent.
func figure(x float64) string {
	if x == 0 {
		return "0"
	}
	digits := max(0, 2-int(math.Floor(math.Log10(math.Abs(x)))))
	return fmt.Sprintf("%.*f", min(digits, 4), x)
}

func spread(s side, scale float64) string {
	if len(s.Seconds) == 0 {
		return s.Note
	}
	return fmt.Sprintf("%s (%s-%s)", figure(scale*s.median()), figure(scale*slices.Min(s.Seconds)), figure(scale*slices.Max(s.Seconds)))
}

func times(ratio float64) string {
	switch {
	case ratio == 0:
		return ""
	case ratio < 9.95:
		return fmt.Sprintf("%.1fx", ratio)
	default:
		return fmt.Sprintf("%.0fx", ratio)
	}
}

func count(n int) string {
	if exponent := math.Log10(float64(n)); n >= 100 && exponent == math.Trunc(exponent) {
		return fmt.Sprintf("1e%.0f", exponent)
	}
	return fmt.Sprint(n)
}

// share returns the case's traffic as a share of the bandwidth, round by round.
func share(bytes float64, r row) string {
	if len(r.BytesPer) == 0 {
		return ""
	}
	best := slices.Max(r.BytesPer)
	return fmt.Sprintf("%.0f%% of %.0f GB/s", 100*bytes*float64(r.N)/r.Ours.median()/best, best/1e9)
}

func memory(ours, peer side) string {
	if ours.Memory == 0 && peer.Memory == 0 {
		return ""
	}
	return size(ours.Memory) + " / " + size(peer.Memory)
}

func size(bytes float64) string {
	if bytes < 1e6 {
		return "<1 MB"
	}
	return figure(bytes/1e6) + " MB"
}
