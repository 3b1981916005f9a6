package quality

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// MaskAction is what becomes of a value.
type MaskAction uint8

const (
	// MaskHide replaces letters and digits but the last ones by '*'; see MaskText.
	MaskHide MaskAction = iota
	// MaskRedact replaces the value by the name of its kind, as in "[EMAIL]", or
	// by "[REDACTED]" in a column named by the caller.
	MaskRedact
	// MaskPseudonymise replaces the value by its Pseudonym.
	MaskPseudonymise
	// MaskGeneralise keeps less of what is found: the year of a date, the domain
	// of an e-mail address, the first three numbers of an IPv4 address. What has no
	// coarser form is redacted. In a column named by the caller it is MaskRange for
	// numbers, MaskYear for dates, and MaskPrefix for the rest.
	MaskGeneralise
	// MaskLeave leaves everything as it is.
	MaskLeave
	// MaskRange replaces numbers by the interval that holds them; see
	// GeneraliseNumber. For columns only, as those below.
	MaskRange
	// MaskPrefix keeps the first characters; see GeneralisePrefix.
	MaskPrefix
	// MaskYear keeps the year of a date; see GeneraliseDate.
	MaskYear
	maskActions
)

var maskNames = [maskActions]string{"mask", "redact", "pseudonym", "generalise", "leave", "range", "prefix", "year"}

// String returns "mask", "redact", "pseudonym", "generalise", "leave", "range",
// "prefix" or "year".
func (a MaskAction) String() string {
	if a < maskActions {
		return maskNames[a]
	}
	return fmt.Sprintf("MaskAction(%d)", uint8(a))
}

// ParseMaskAction reads what String writes. The error wraps ErrRange.
func ParseMaskAction(s string) (MaskAction, error) {
	i := slices.Index(maskNames[:], s)
	if i < 0 {
		return 0, fmt.Errorf("quality.ParseMaskAction: need one of %s, have %q: %w", strings.Join(maskNames[:], ", "), s, mlgauge.ErrRange)
	}
	return MaskAction(i), nil
}

// A MaskRule says what becomes of every value of a column. N is the number of
// characters that MaskHide (0 means 4, negative none) and MaskPrefix (0 means 3)
// leave, and the width of the intervals of MaskRange (0 means 10).
type MaskRule struct {
	Action MaskAction
	N      float64
}

// ParseMaskRule reads an action, and behind a colon N: "redact", "mask:2",
// "range:5", "prefix:3". The error wraps ErrRange.
func ParseMaskRule(s string) (MaskRule, error) {
	name, n, more := strings.Cut(s, ":")
	a, err := ParseMaskAction(name)
	if err != nil {
		return MaskRule{}, err
	}
	r := MaskRule{Action: a}
	if more {
		r.N, err = strconv.ParseFloat(n, 64)
		if a != MaskHide && a != MaskRange && a != MaskPrefix {
			err = strconv.ErrSyntax
		}
		if err == nil && r.N == 0 {
			if r.N = -1; a != MaskHide {
				err = strconv.ErrRange
			}
		}
		if err != nil || r.check() != nil {
			return MaskRule{}, fmt.Errorf("quality.ParseMaskRule: need an action such as mask:4, range:10 or prefix:3, have %q: %w", s, mlgauge.ErrRange)
		}
	}
	return r, nil
}

func (r MaskRule) check() error {
	whole := r.N == math.Trunc(r.N) && math.Abs(r.N) < 1<<20
	if r.Action >= maskActions || r.N*0 != 0 || r.Action != MaskHide && r.N < 0 || r.Action != MaskRange && !whole {
		return fmt.Errorf("quality.Masker.Fit: need an action with a number that fits it, have %v %v: %w", r.Action, r.N, mlgauge.ErrRange)
	}
	return nil
}

// A Masker hides personal data in tables. Fit it with the scan of the data, then
// transform the data in one piece or in batches.
//
// In every column, what PIIScan finds and is sure of is masked wherever it stands
// in a text. Dates, bare digits and cards that are a whole value are masked in
// the columns in which PIIFinding.Confidence is MinConfidence or more: an order
// number that passes as a card by chance stays.
type Masker struct {
	Action  MaskAction          // for what is found
	Columns map[string]MaskRule // for every value of these columns, found or not

	Keep          int            // characters that MaskHide leaves of what is found; 0 means 4, negative none
	MinConfidence float64        // 0 means PIIThreshold
	Pseudonyms    *Pseudonymiser // for MaskPseudonymise

	scan *PIIScan
	held map[string][piiKinds]bool // kinds that the column is taken to hold
	any  map[string]bool           // columns in which something may be masked
}

// Fit learns from a scan which columns hold what. The error wraps ErrEmpty if
// nothing was scanned, and ErrRange if an option is out of range, a column is not
// in the scan, or pseudonyms are asked for without a Pseudonymiser.
func (m *Masker) Fit(s *PIIScan) error {
	const fn = "quality.Masker.Fit"
	if s == nil || s.columns == nil {
		return fmt.Errorf("%s: need a scan of at least one table, have none: %w", fn, mlgauge.ErrEmpty)
	}
	if m.MinConfidence < 0 || m.MinConfidence > 1 || m.MinConfidence != m.MinConfidence {
		return fmt.Errorf("%s: MinConfidence: need a number in [0, 1], have %v: %w", fn, m.MinConfidence, mlgauge.ErrRange)
	}
	if m.Action > MaskLeave {
		return fmt.Errorf("%s: Action: need mask, redact, pseudonym, generalise or leave, have %v: %w", fn, m.Action, mlgauge.ErrRange)
	}
	keyed := m.Action == MaskPseudonymise
	for _, name := range slices.Sorted(maps.Keys(m.Columns)) {
		if !slices.ContainsFunc(s.columns, func(c piiColumn) bool { return c.name == name }) {
			return fmt.Errorf("%s: Columns: need a column of the table, have %q: %w", fn, name, mlgauge.ErrRange)
		}
		if err := m.Columns[name].check(); err != nil {
			return err
		}
		keyed = keyed || m.Columns[name].Action == MaskPseudonymise
	}
	if keyed && m.Pseudonyms == nil {
		return fmt.Errorf("%s: Pseudonyms: need a Pseudonymiser, have none: %w", fn, mlgauge.ErrRange)
	}
	least := m.MinConfidence
	if least == 0 {
		least = PIIThreshold
	}
	held, some := make(map[string][piiKinds]bool), make(map[string]bool)
	for i := range s.columns {
		c := &s.columns[i]
		var kinds [piiKinds]bool
		for k := range piiKinds {
			if p := &c.found[k]; p.count > 0 {
				kinds[k] = c.confidence(k) >= least
				some[c.name] = some[c.name] || kinds[k] || p.sure > 0
			}
		}
		held[c.name] = kinds
	}
	m.scan, m.held, m.any = s, held, some
	return nil
}

// Masks tells whether anything in the column may be replaced.
func (m *Masker) Masks(column string) bool {
	if a, ok := m.Columns[column]; ok {
		return a.Action != MaskLeave
	}
	return m.any[column] && m.Action != MaskLeave
}

// MasksKind tells whether what was found of a kind is replaced in a column that
// has no rule of its own.
func (m *Masker) MasksKind(column string, kind PII) bool {
	if m.scan == nil || kind >= piiKinds || m.Action == MaskLeave {
		return false
	}
	if m.held[column][kind] {
		return true
	}
	for i := range m.scan.columns {
		if c := &m.scan.columns[i]; c.name == column {
			return c.found[kind].sure > 0
		}
	}
	return false
}

// Transform returns a new table; columns in which nothing was found are shared
// with t, all others are String. Missing values stay missing. The error wraps
// ErrNotFitted, or ErrIncompatible if t has a column that was not scanned.
func (m *Masker) Transform(t *table.Table) (*table.Table, error) {
	const fn = "quality.Masker.Transform"
	if m.scan == nil {
		return nil, fmt.Errorf("%s: call Fit first: %w", fn, mlgauge.ErrNotFitted)
	}
	f := m.scan.finder()
	out := slices.Clone(t.Columns())
	for i := range out {
		c := &out[i]
		if _, ok := m.held[c.Name]; !ok {
			return nil, fmt.Errorf("%s: need the columns of the scan, have %q: %w", fn, c.Name, mlgauge.ErrIncompatible)
		}
		if m.Masks(c.Name) {
			*c = m.column(f, c)
		}
	}
	return table.New(out...)
}

func (m *Masker) column(f *piiFinder, c *table.Column) table.Column {
	replace := func(s string) string { return m.text(f, c.Name, s) }
	if a, ok := m.Columns[c.Name]; ok {
		replace = func(s string) string { return m.whole(a, s) }
	}
	out := table.Column{Name: c.Name, Type: table.String, Codes: make([]int32, c.Len())}
	index := make(map[string]int32)
	code := func(s string) int32 {
		k, ok := index[s]
		if !ok {
			k = int32(len(out.Dict))
			index[s] = k
			out.Dict = append(out.Dict, s)
		}
		return k
	}
	if c.Type == table.Float {
		for i, x := range c.Floats {
			if out.Codes[i] = table.MissingCode; x == x {
				s := string(digitsOf(nil, x))
				if s == "" {
					s = c.Text(i)
				}
				out.Codes[i] = code(replace(s))
			}
		}
		return out
	}
	// The dictionary may have texts that no row has: they must not go along.
	known := make([]int32, len(c.Dict))
	for i, k := range c.Codes {
		if out.Codes[i] = table.MissingCode; k >= 0 {
			if known[k] == 0 {
				known[k] = code(replace(c.Dict[k])) + 1
			}
			out.Codes[i] = known[k] - 1
		}
	}
	return out
}

// text masks what is found in s.
func (m *Masker) text(f *piiFinder, column, s string) string {
	held := m.held[column]
	var b strings.Builder
	at := 0
	for _, p := range f.find(s) {
		if !p.sure && !held[p.kind] {
			continue
		}
		b.WriteString(s[at:p.start])
		b.WriteString(m.found(p.kind, s[p.start:p.end]))
		at = p.end
	}
	if at == 0 {
		return s
	}
	b.WriteString(s[at:])
	return b.String()
}

// found replaces a value of a kind.
func (m *Masker) found(kind PII, s string) string {
	switch m.Action {
	case MaskRedact:
	case MaskPseudonymise:
		return m.Pseudonyms.Pseudonym(s)
	case MaskGeneralise:
		switch kind {
		case BirthDate:
			if year, ok := GeneraliseDate(s); ok {
				return year
			}
		case Email:
			return "***" + s[strings.LastIndexByte(s, '@'):]
		case IPv4:
			return s[:strings.LastIndexByte(s, '.')] + ".0"
		}
	default:
		return hide(s, m.Keep)
	}
	return "[" + strings.ToUpper(kind.String()) + "]"
}

func hide(s string, keep int) string {
	if keep == 0 {
		keep = 4
	}
	return MaskText(s, keep)
}

const redacted = "[REDACTED]"

// whole replaces a value of a column named by the caller.
func (m *Masker) whole(r MaskRule, s string) string {
	a := r.Action
	x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	year, dated := GeneraliseDate(s)
	if a == MaskGeneralise {
		switch {
		case err == nil:
			a = MaskRange
		case dated:
			a = MaskYear
		default:
			a = MaskPrefix
		}
	}
	switch a {
	case MaskHide:
		return hide(s, int(r.N))
	case MaskPseudonymise:
		return m.Pseudonyms.Pseudonym(s)
	case MaskRange:
		width := r.N
		if width == 0 {
			width = 10
		}
		if err != nil {
			return redacted
		}
		if in, err := GeneraliseNumber(x, width); err == nil {
			return in
		}
	case MaskPrefix:
		n := int(r.N)
		if n == 0 {
			n = 3
		}
		return GeneralisePrefix(s, n)
	case MaskYear:
		if dated {
			return year
		}
	}
	return redacted
}
