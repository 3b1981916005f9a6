package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// thisMachine describes the processor, as far as the system tells.
func thisMachine() machine {
	m := machine{CPU: "unknown", Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH}
	text, _ := os.ReadFile("/proc/cpuinfo")
	about := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok {
			about[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	if name := about["model name"]; name != "" {
		m.CPU = fmt.Sprintf("%s (family %s, model %s)", name, about["cpu family"], about["model"])
	}
	levels, _ := filepath.Glob("/sys/devices/system/cpu/cpu0/cache/index*")
	var caches []string
	for _, level := range levels {
		read := func(name string) string {
			text, _ := os.ReadFile(filepath.Join(level, name))
			return strings.TrimSpace(string(text))
		}
		if kind := read("type"); kind != "Instruction" {
			caches = append(caches, "L"+read("level")+" "+read("size"))
		}
	}
	m.Caches = strings.Join(caches, ", ")
	m.Vectors = "no vectors"
	switch flags := strings.Fields(about["flags"]); {
	case slices.Contains(flags, "avx512bw"):
		m.Vectors = "AVX-512"
	case slices.Contains(flags, "avx2"):
		m.Vectors = "AVX2"
	}
	return m
}

// load1 is how many processes were running, on average over the last minute.
func load1() float64 {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	load, _ := strconv.ParseFloat(first, 64)
	return load
}
