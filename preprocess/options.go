package preprocess

import (
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// optionName returns the name of an option, or its number if it has none.
func optionName[T ~int](v T, all []string) string {
	if v < 0 || int(v) >= len(all) {
		return fmt.Sprintf("%T(%d)", v, int(v))
	}
	return all[v]
}

// option reports an option that does not exist.
func option[T ~int](fn, arg string, v T, all []string) error {
	if v < 0 || int(v) >= len(all) {
		return check.Option(fn, arg, int(v))
	}
	return nil
}

// parseOption reads the name of an option; "" is the first.
func parseOption[T ~int](fn, arg, name string, all []string) (T, error) {
	if name == "" {
		return 0, nil
	}
	k := slices.Index(all, name)
	if k < 0 {
		return 0, jsonfloat.Corrupt(fn, "%s: need one of %q, have %q", arg, all, name)
	}
	return T(k), nil
}
