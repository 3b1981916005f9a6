package quality

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// PII is a kind of personally identifiable information.
type PII uint8

// The kinds of personal data that are looked for; PIIScan says by which rules.
const (
	Email PII = iota
	Phone
	SSN
	Card
	IBAN
	IPv4
	IPv6
	MAC
	BirthDate
	PersonName
	piiKinds
)

var piiNames = [piiKinds]string{"email", "phone", "ssn", "card", "iban", "ipv4", "ipv6", "mac", "birth_date", "name"}

// String returns the name of the kind: "email", "phone", "ssn", "card", "iban",
// "ipv4", "ipv6", "mac", "birth_date" or "name".
func (k PII) String() string {
	if k < piiKinds {
		return piiNames[k]
	}
	return fmt.Sprintf("PII(%d)", uint8(k))
}

// MarshalText writes the name of the kind.
func (k PII) MarshalText() ([]byte, error) {
	if k >= piiKinds {
		return nil, fmt.Errorf("quality.PII: need a kind below %d, have %d: %w", piiKinds, k, mlgauge.ErrRange)
	}
	return []byte(piiNames[k]), nil
}

// UnmarshalText reads what MarshalText writes. The error wraps ErrRange.
func (k *PII) UnmarshalText(b []byte) error {
	i := slices.Index(piiNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("quality.PII: need one of %s, have %q: %w", strings.Join(piiNames[:], ", "), b, mlgauge.ErrRange)
	}
	*k = PII(i)
	return nil
}

// strength is how much a value that matches says about a column of such values:
// check digits and a syntax of its own say much, ten digits little.
var piiStrength = [piiKinds]float64{
	Email: 0.99, Phone: 0.85, SSN: 0.85, Card: 0.9, IBAN: 0.99, IPv4: 0.9, IPv6: 0.95, MAC: 0.95, BirthDate: 0.3, PersonName: 0.7,
}

const (
	weakStrength = 0.2 // of bare digits
	// PIIThreshold is the confidence from which a column is taken to hold a kind.
	PIIThreshold = 0.5
)

// piiHints are parts of column names, in lower case without separators.
var piiHints = [piiKinds][]string{
	Email:      {"email", "mail"},
	Phone:      {"phone", "mobile", "cell", "fax", "tel"},
	SSN:        {"ssn", "socialsecurity", "socsec"},
	Card:       {"card", "ccnum", "creditcard", "pan"},
	IBAN:       {"iban", "account"},
	IPv4:       {"ip", "ipaddress", "ipaddr"},
	IPv6:       {"ip", "ipaddress", "ipaddr"},
	MAC:        {"mac", "macaddress", "hwaddr"},
	BirthDate:  {"birth", "dob", "born", "bday"},
	PersonName: {"name", "surname", "customer", "patient", "person"},
}

// hinted tells whether the name of a column speaks of the kind: it contains a
// hint of four letters or more, or a shorter one as a word.
func hinted(column string, kind PII) bool {
	words := strings.FieldsFunc(strings.ToLower(column), func(r rune) bool { return r == '_' || r == '-' || r == ' ' || r == '.' })
	joined := strings.Join(words, "")
	for _, h := range piiHints[kind] {
		if len(h) >= 4 && strings.Contains(joined, h) || slices.Contains(words, h) {
			return true
		}
	}
	return false
}

// PIIScan looks for personal data in the columns of tables; Findings tells what
// was found. The zero value looks for every kind but names. What counts as one,
// anywhere in a text, between characters that are not letters or digits:
//
//	email       local@domain.tld, letters, digits and .!#$%&'*+/=?^_`{|}~- before
//	            the @, labels of letters, digits and hyphens behind it, a last
//	            label of two letters or more that is no end of a picture's name
//	phone       + and 8 to 15 digits (E.164), in groups parted by a space, a
//	            hyphen, a point or parentheses; 00 and such groups, more than
//	            one; (NXX) NXX-XXXX, NXX-NXX-XXXX and
//	            NXX.NXX.XXXX, with 1 before or not, N from 2 to 9, no N11
//	ssn         AAA-GG-SSSS or AAA GG SSSS, but no area 000, 666 or from 900 on,
//	            group 00, serial 0000, nor 078-05-1120 and 219-09-9999, which
//	            were printed in advertisements
//	card        12 to 19 digits, together or in groups parted by single spaces or
//	            hyphens, with a right Luhn digit, of the prefixes and lengths of
//	            Visa, Mastercard, American Express, Discover, Diners Club, JCB,
//	            UnionPay and Maestro
//	iban        of the length of its country, check digits from 02 to 98,
//	            remainder 1 modulo 97, together or in groups of four parted by
//	            spaces or hyphens
//	ipv4, ipv6  addresses; no port, no mask
//	mac         six pairs of hexadecimal digits parted by : or -, or three fours
//	            parted by points
//	birth_date  a day of the calendar from 1900 to Today, as 1990-12-31,
//	            1990/12/31, 31.12.1990, 31/12/1990, 12/31/1990, 31 Dec 1990,
//	            31-Dec-1990, Dec 31, 1990; months by English names
//	name        an entry of Names, whatever the case
//
// Nine bare digits in the ranges of ssn and ten in those of phone are found as
// well, and four numbers behind the word version, but they count for little unless
// the name of the column speaks of it.
// Integers of a Float column are looked at as their digits.
//
// It is a statistic: Add, Merge, Reset, in any grouping. It holds counts and up
// to three masked examples per column and kind, no value of the data.
type PIIScan struct {
	Names []string  // of people, to be found
	Today time.Time // no one is born after it; zero means now

	columns []piiColumn
	names   *nameSet
}

type piiColumn struct {
	name   string
	values int64
	found  [piiKinds]piiCount
}

type piiCount struct {
	count, whole, sure int64
	examples           []string
}

// A PIIFinding is a kind of personal data in a column.
type PIIFinding struct {
	Column string `json:"column"`
	Kind   PII    `json:"kind"`
	Count  int64  `json:"count"`  // values in which it was found
	Whole  int64  `json:"whole"`  // of these, the values that are nothing else
	Values int64  `json:"values"` // values that are not missing
	// Confidence that this is a column of such values:
	//
	//	strength count / values
	//
	// The strength is 0.99 for e-mail addresses and IBANs, 0.95 for MAC and IPv6,
	// 0.9 for cards and IPv4, 0.85 for SSNs and phones, 0.7 for names, 0.3 for
	// dates, 0.2 for bare digits; a column name that speaks of the kind takes
	// three quarters of what it lacks from 1.
	Confidence float64  `json:"confidence"`
	Examples   []string `json:"examples"` // masked but for the last two characters
}

// Add looks at the values of every column of t. Later tables must have the same
// columns in the same order: otherwise the error wraps ErrIncompatible and
// nothing is added.
func (s *PIIScan) Add(t *table.Table) error {
	cols := t.Columns()
	if len(cols) == 0 {
		return fmt.Errorf("quality.PIIScan.Add: need at least one column, have none: %w", mlgauge.ErrEmpty)
	}
	if s.columns == nil {
		s.columns = make([]piiColumn, len(cols))
		for i := range cols {
			s.columns[i].name = cols[i].Name
		}
	}
	if len(s.columns) != len(cols) {
		return fmt.Errorf("quality.PIIScan.Add: need %d columns, have %d: %w", len(s.columns), len(cols), mlgauge.ErrIncompatible)
	}
	for i := range cols {
		if cols[i].Name != s.columns[i].name {
			return fmt.Errorf("quality.PIIScan.Add: column %d: need %q, have %q: %w", i, s.columns[i].name, cols[i].Name, mlgauge.ErrIncompatible)
		}
	}
	f := s.finder()
	for i := range cols {
		s.columns[i].add(f, &cols[i])
	}
	return nil
}

// finder prepares the search.
func (s *PIIScan) finder() *piiFinder {
	if s.names == nil {
		s.names = newNameSet(s.Names)
	}
	today := s.Today
	if today.IsZero() {
		today = time.Now()
	}
	return &piiFinder{names: s.names, today: today}
}

func (c *piiColumn) add(f *piiFinder, col *table.Column) {
	if col.Type == table.Float {
		var b []byte
		for _, x := range col.Floats {
			if x != x {
				continue
			}
			c.values++
			if b = digitsOf(b[:0], x); len(b) > 0 {
				c.note(f, string(b), 1)
			}
		}
		return
	}
	// Each distinct text is looked at once.
	counts := make([]int64, len(col.Dict))
	for _, k := range col.Codes {
		if k >= 0 {
			counts[k]++
		}
	}
	for k, n := range counts {
		if n > 0 {
			c.values += n
			c.note(f, col.Dict[k], n)
		}
	}
}

// digitsOf writes an integer that is long enough to be personal; otherwise
// nothing.
func digitsOf(b []byte, x float64) []byte {
	if x < 1e8 || x >= 1<<63 || x != math.Trunc(x) {
		return b
	}
	return strconv.AppendInt(b, int64(x), 10)
}

// note counts what is in one text that stands n times.
func (c *piiColumn) note(f *piiFinder, s string, n int64) {
	var seen, sure [piiKinds]bool
	for _, m := range f.find(s) {
		p := &c.found[m.kind]
		if m.sure && !sure[m.kind] {
			sure[m.kind] = true
			p.sure += n
		}
		if seen[m.kind] {
			continue
		}
		seen[m.kind] = true
		p.count += n
		if m.start == 0 && m.end == len(s) {
			p.whole += n
		}
		if len(p.examples) < 3 {
			if e := MaskText(s[m.start:m.end], 2); !slices.Contains(p.examples, e) {
				p.examples = append(p.examples, e)
			}
		}
	}
}

// Merge adds what another scan of the same columns has counted. The error wraps
// ErrIncompatible if the columns differ.
func (s *PIIScan) Merge(o *PIIScan) error {
	if o.columns == nil {
		return nil
	}
	if s.columns == nil {
		s.columns = make([]piiColumn, len(o.columns))
		for i := range o.columns {
			s.columns[i].name = o.columns[i].name
		}
	}
	if !slices.EqualFunc(s.columns, o.columns, func(a, b piiColumn) bool { return a.name == b.name }) {
		return fmt.Errorf("quality.PIIScan.Merge: need the same columns: %w", mlgauge.ErrIncompatible)
	}
	for i := range o.columns {
		a, b := &s.columns[i], &o.columns[i]
		a.values += b.values
		for k := range b.found {
			p, q := &a.found[k], &b.found[k]
			p.count += q.count
			p.whole += q.whole
			p.sure += q.sure
			for _, e := range q.examples {
				if len(p.examples) < 3 && !slices.Contains(p.examples, e) {
					p.examples = append(p.examples, e)
				}
			}
		}
	}
	return nil
}

// Reset forgets what was counted, and keeps the options.
func (s *PIIScan) Reset() { s.columns, s.names = nil, nil }

// Findings returns what was found, by column in the order of the table, the most
// confident kind first.
func (s *PIIScan) Findings() []PIIFinding {
	var all []PIIFinding
	for i := range s.columns {
		c := &s.columns[i]
		first := len(all)
		for k := range piiKinds {
			if p := &c.found[k]; p.count > 0 {
				all = append(all, PIIFinding{Column: c.name, Kind: k, Count: p.count, Whole: p.whole, Values: c.values,
					Confidence: c.confidence(k), Examples: slices.Clone(p.examples)})
			}
		}
		slices.SortStableFunc(all[first:], func(a, b PIIFinding) int { return cmp.Compare(b.Confidence, a.Confidence) })
	}
	return all
}

func (c *piiColumn) confidence(k PII) float64 {
	p := &c.found[k]
	strong, weak := piiStrength[k], weakStrength
	if k == BirthDate || k == Card || k == PersonName {
		weak = strong
	}
	if hinted(c.name, k) {
		strong, weak = 1-(1-strong)/4, 1-(1-weak)/4
	}
	return (strong*float64(p.sure) + weak*float64(p.count-p.sure)) / float64(c.values)
}
