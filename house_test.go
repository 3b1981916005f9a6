package mlgauge_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/mlgauge/mlgauge"

// storey orders the rooms: a package may import packages of a lower storey
// only, or of its own room. internal/kernel and the other internal packages
// are the ground.
var storey = map[string]int{
	"table":   10,
	"metrics": 20, "preprocess": 25, "encoding": 30,
	"drift": 40, "bias": 40, "explain": 40, "experiment": 40,
	"quality": 50,
	"report":  60, "pipeline": 60,
	"internal/guide": 70,
	"cmd":            80, "examples": 80, "benchmarks": 80,
}

// numeric rooms take slices and matrices: neither table nor files.
var numeric = []string{"metrics", "preprocess", "encoding", "drift", "bias"}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	var all []pkg
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// room returns the room of an import path of this module: its first element,
// or two for internal packages.
func room(path string) string {
	rest, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return ""
	}
	parts := strings.Split(rest, "/")
	if parts[0] == "internal" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

func TestArrowsOfTheHouse(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if from == "" {
			continue
		}
		seen++
		for _, imp := range p.Imports {
			to := room(imp)
			if to == "" || to == from {
				continue
			}
			if storey[to] >= max(storey[from], 1) {
				t.Errorf("%s imports %s: arrows point down only", p.ImportPath, imp)
			}
		}
		if !slices.Contains(numeric, from) {
			continue
		}
		for _, dep := range p.Deps {
			switch {
			case room(dep) == "table":
				t.Errorf("%s depends on %s: the numeric rooms take slices and matrices", p.ImportPath, dep)
			case dep == "encoding/csv" || strings.HasPrefix(dep, "github.com/parquet-go/"):
				t.Errorf("%s depends on %s: the numeric rooms read no files", p.ImportPath, dep)
			}
		}
	}
	if seen < 5 {
		t.Fatalf("go list shows %d packages of the module", seen)
	}
}

func TestEveryRoomHasAPlace(t *testing.T) {
	for _, p := range packages(t) {
		r := room(p.ImportPath)
		if r == "" || strings.HasPrefix(r, "internal/") {
			continue
		}
		if _, ok := storey[r]; !ok {
			t.Errorf("%s: room %q is not in the plan of the house", p.ImportPath, r)
		}
	}
}

// A processor that fuses multiply and add may compute v-v, tested or summed, as a*b - v where v is
// a*b, which is the rounding of v and not 0: the check for NaN and infinities is
// v*0 == 0.
var fused = regexp.MustCompile(`(?:^|[^\w.\])*])([A-Za-z_][\w.]*(?:\[[\w+]*\])?) ?- ?([A-Za-z_][\w.]*(?:\[[\w+]*\])?) ?(?:[!=]= ?0\b|$)`)

func TestFinitenessIsNotADifference(t *testing.T) {
	var found []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		for n, line := range strings.Split(string(text), "\n") {
			code, _, _ := strings.Cut(line, "//")
			for _, m := range fused.FindAllStringSubmatch(strings.TrimSpace(code), -1) {
				if m[1] == m[2] {
					found = append(found, fmt.Sprintf("%s:%d: %s", path, n+1, strings.TrimSpace(line)))
				}
			}
		}
		return err
	})
	if err != nil || found != nil {
		t.Error(err, strings.Join(found, "\n"))
	}
}
