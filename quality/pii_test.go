package quality

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

var day = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func found(s string, names ...string) string {
	f := (&PIIScan{Names: names, Today: day}).finder()
	var out []string
	for _, m := range f.find(s) {
		sure := ""
		if !m.sure {
			sure = "?"
		}
		out = append(out, fmt.Sprintf("%s%s=%s", m.kind, sure, s[m.start:m.end]))
	}
	return strings.Join(out, " | ")
}

// The valid numbers are the published test numbers of the networks, the examples
// of the IBAN register, and documentation addresses.
func TestPIIFound(t *testing.T) {
	for _, c := range [][2]string{
		{"ada.lovelace+x@mail.example.co.uk", "email=ada.lovelace+x@mail.example.co.uk"},
		{"<a@b.com>, c_d@e-f.org.", "email=a@b.com | email=c_d@e-f.org"},
		{"12345@example.com", "email=12345@example.com"},
		{"4111111111111111", "card?=4111111111111111"},
		{"paid 4111-1111-1111-1111 today", "card=4111-1111-1111-1111"},
		{"3782 822463 10005", "card?=3782 822463 10005"},
		{"5555555555554444", "card?=5555555555554444"},
		{"2223003122003222", "card?=2223003122003222"},
		{"6011111111111117", "card?=6011111111111117"},
		{"30569309025904", "card?=30569309025904"},
		{"3530111333300000", "card?=3530111333300000"},
		{"GB82WEST12345698765432", "iban=GB82WEST12345698765432"},
		{"DE89 3704 0044 0532 0130 00", "iban=DE89 3704 0044 0532 0130 00"},
		{"NO9386011117947", "iban=NO9386011117947"},
		{"MT84MALT011000012345MTLCAST001S", "iban=MT84MALT011000012345MTLCAST001S"},
		{"536-90-4399", "ssn=536-90-4399"},
		{"ssn 536 90 4399.", "ssn=536 90 4399"},
		{"536904399", "ssn?=536904399"},
		{"(212) 555-0187", "phone=(212) 555-0187"},
		{"212-555-0187", "phone=212-555-0187"},
		{"1.212.555.0187", "phone=1.212.555.0187"},
		{"2125550187", "phone?=2125550187"},
		{"+44 20 7946 0958", "phone=+44 20 7946 0958"},
		{"+4930901820, +1 (212) 555-0187", "phone=+4930901820 | phone=+1 (212) 555-0187"},
		{"192.0.2.44", "ipv4=192.0.2.44"},
		{"from 192.0.2.44:8080", "ipv4=192.0.2.44"},
		{"2001:db8::8a2e:370:7334", "ipv6=2001:db8::8a2e:370:7334"},
		{"::1", "ipv6=::1"},
		{"fe80::1%eth0", "ipv6=fe80::1"},
		{"00:1A:2b:3c:4D:5e", "mac=00:1A:2b:3c:4D:5e"},
		{"00-1a-2b-3c-4d-5e", "mac=00-1a-2b-3c-4d-5e"},
		{"001a.2b3c.4d5e", "mac=001a.2b3c.4d5e"},
		{"1990-12-31", "birth_date?=1990-12-31"},
		{"31.12.1990", "birth_date?=31.12.1990"},
		{"12/31/1990 and 31/12/1990", "birth_date?=12/31/1990 | birth_date?=31/12/1990"},
		{"1990-12-31T10:00", "birth_date?=1990-12-31"},
	} {
		require.Equal(t, c[1], found(c[0]), c[0])
	}
	require.Equal(t, "name=Ada Lovelace | name=MARY | name=d\u00fcrer", found("Ada Lovelace, MARY and d\u00fcrer; Adam", "ada", "Ada  lovelace", "mary", "D\u00dcRER"))
}

func TestPIINotFound(t *testing.T) {
	for _, s := range []string{
		"", "plain text", "a@b", "@b.com", "a..b@c.com", "a@b..com", "a@-b.com", "a@b.c", "a@b.123",
		"4111111111111112",     // Luhn
		"1234567890123452",     // Luhn is right, no network has it
		"41111111111111111",    // 17 digits
		"4111 1111-1111 1111",  // separators differ
		"41 11 11 11 11 11 11", // groups of two
		"0000000000000000",
		"4111111111111111222", // 19 digits, Luhn wrong
		"GB82WEST12345698765433", "GB82WEST1234569876543", "ZZ82WEST12345698765432", "DE89 3704 0044 05320130 00",
		"000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "123-45-67890", "12-345-6789", "000123456",
		"112-555-0187", "212-155-0187", "211-555-0187", "212-411-0187", "1125550187", "212-555-018", "212-555-01877",
		"+1234567", "+1234567890123456", "+0123456789",
		"256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "192.168.1.1000",
		"12:30:45", "a::b", "std::string", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
		"00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5g", "00:1a-2b:3c:4d:5e", "00:1a:2b:3c:4d:5e:6f:70:81",
		"1990-13-01", "1990-02-30", "1899-12-31", "2026-11-02", "31.12.90", "1990.12.31", "12-31-1990",
		"order 1029384756120", "3.14159265358979", "-1.5e10", "v1.10.3",
	} {
		require.Empty(t, found(s), s)
	}
}

func TestLuhn(t *testing.T) {
	slow := func(s string) bool {
		sum := 0
		for i := range len(s) {
			d := int(s[i] - '0')
			if (len(s)-i)%2 == 0 {
				d = []int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}[d]
			}
			sum += d
		}
		return sum%10 == 0
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		s := strconv.FormatUint(r.Uint64()>>uint(r.IntN(50)), 10)
		if len(s) > 1 {
			require.Equal(t, slow(s), Luhn(s), s)
		}
	}
	for _, s := range []string{"", "0", "18a", "1 8"} {
		require.False(t, Luhn(s))
	}
	require.True(t, Luhn("18"))
}

func personal(t testing.TB, rows int) *table.Table {
	r := rand.New(rand.NewPCG(7, 7))
	cols := make([][]string, 6)
	ids := make([]float64, rows)
	for i := range rows {
		cols[0] = append(cols[0], fmt.Sprintf("user%d@example.com", i))
		cols[1] = append(cols[1], fmt.Sprintf("(212) 555-%04d", r.IntN(10000)))
		cols[2] = append(cols[2], fmt.Sprintf("%03d%02d%04d", 100+r.IntN(500), 1+r.IntN(99), 1+r.IntN(9999)))
		cols[3] = append(cols[3], fmt.Sprintf("%d", 4000000000000000+r.Int64N(1000000000000000)))
		cols[4] = append(cols[4], fmt.Sprintf("19%02d-0%d-1%d", r.IntN(100), 1+r.IntN(9), r.IntN(10)))
		note := "all well"
		if i%10 == 0 {
			note = "write to bob@example.org or 192.0.2.7"
		}
		cols[5] = append(cols[5], note)
		ids[i] = float64(100000000 + r.IntN(900000000))
	}
	tab, err := table.New(table.NewString("contact", cols[0]), table.NewString("phone", cols[1]), table.NewString("ssn", cols[2]),
		table.NewString("order", cols[3]), table.NewString("shipped", cols[4]), table.NewString("note", cols[5]), table.NewFloat("row", ids))
	require.NoError(t, err)
	return tab
}

func TestPIIScan(t *testing.T) {
	tab := personal(t, 1000)
	var whole, a, b PIIScan
	require.NoError(t, whole.Add(tab))
	for lo := 0; lo < 1000; lo += 250 {
		s := &a
		if lo >= 500 {
			s = &b
		}
		require.NoError(t, s.Add(tab.Slice(lo, lo+250)))
	}
	require.NoError(t, a.Merge(&b))
	byKey := func(s *PIIScan) map[string]PIIFinding {
		m := make(map[string]PIIFinding)
		for _, f := range s.Findings() {
			require.NotEmpty(t, f.Examples)
			f.Examples = nil
			m[f.Column+" "+f.Kind.String()] = f
		}
		return m
	}
	got := byKey(&whole)
	require.Equal(t, got, byKey(&a))
	require.Equal(t, PIIFinding{Column: "contact", Kind: Email, Count: 1000, Whole: 1000, Values: 1000, Confidence: 0.99}, got["contact email"])
	require.InDelta(t, 0.85+0.15*0.75, got["phone phone"].Confidence, 1e-12)
	require.InDelta(t, 0.8, got["ssn ssn"].Confidence, 1e-12)
	// Order numbers that look like Visa pass Luhn one time in ten.
	require.InDelta(t, 100, float64(got["order card"].Count), 40)
	require.Less(t, got["order card"].Confidence, 0.15)
	// Dates are not birth dates, and nine digits are not SSNs, without a name that says so.
	require.Less(t, got["shipped birth_date"].Confidence, PIIThreshold)
	require.Less(t, got["row ssn"].Confidence, PIIThreshold)
	require.Equal(t, int64(100), got["note email"].Count)
	require.Equal(t, int64(0), got["note email"].Whole)
	for _, f := range whole.Findings() {
		for _, e := range f.Examples {
			require.Contains(t, e, "*", "examples are masked")
		}
	}
}

func TestPIIBadInput(t *testing.T) {
	var s PIIScan
	require.ErrorIs(t, s.Add(&table.Table{}), mlgauge.ErrEmpty)
	require.NoError(t, s.Add(personal(t, 3)))
	one, err := table.New(table.NewFloat("x", []float64{1}))
	require.NoError(t, err)
	require.ErrorIs(t, s.Add(one), mlgauge.ErrIncompatible)
	var o PIIScan
	require.NoError(t, o.Add(one))
	require.ErrorIs(t, s.Merge(&o), mlgauge.ErrIncompatible)
	require.NoError(t, s.Merge(&PIIScan{}))
	var k PII
	require.ErrorIs(t, k.UnmarshalText([]byte("passport")), mlgauge.ErrRange)
	require.NoError(t, k.UnmarshalText([]byte("iban")))
	require.Equal(t, IBAN, k)
	_, err = PII(99).MarshalText()
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

func FuzzPII(f *testing.F) {
	for _, s := range []string{"a@b.com", "DE89 3704 0044 0532 0130 00", "+1 (212) 555-0187", "2001:db8::1", "4111-1111-1111-1111", "31.12.1990", "Ada Lovelace"} {
		f.Add(s)
	}
	finder := (&PIIScan{Names: []string{"ada lovelace", "bob"}, Today: day}).finder()
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, m := range slices.Clone(finder.find(s)) {
			if m.start < last || m.end <= m.start || m.end > len(s) {
				t.Fatalf("%q: span [%d, %d) after %d", s, m.start, m.end, last)
			}
			last = m.end
		}
	})
}

func BenchmarkPIIScan(b *testing.B) {
	tab := personal(b, 20000)
	b.ReportAllocs()
	for range b.N {
		var s PIIScan
		if err := s.Add(tab); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20000/7, "ns/value")
}

func TestMaskText(t *testing.T) {
	for _, c := range []struct {
		s    string
		keep int
		want string
	}{
		{"4111-1111-1111-1234", 4, "****-****-****-1234"},
		{"12345678", 4, "********"}, {"123456789", 4, "*****6789"},
		{"", 4, ""}, {"ab", -1, "**"}, {"a.b@c.de", 0, "*.*@*.**"}, {"\u00e4\u00f6\u00fc!", 1, "**\u00fc!"},
		{"\xff1", 0, "\xff*"},
	} {
		require.Equal(t, c.want, MaskText(c.s, c.keep), c.s)
	}
}

func TestPseudonyms(t *testing.T) {
	_, err := NewPseudonymiser([]byte("short"))
	require.ErrorIs(t, err, mlgauge.ErrLength)
	p, err := NewPseudonymiser([]byte("0123456789abcdef"))
	require.NoError(t, err)
	// echo -n ada@example.com | openssl dgst -sha256 -hmac 0123456789abcdef -binary | head -c16 | base32
	require.Equal(t, "p_kerygf3m4g2me6poimcurtyh5q", p.Pseudonym("ada@example.com"))
	require.Len(t, p.Pseudonym(""), 28)
	require.NotEqual(t, p.Pseudonym("a"), p.Pseudonym("A"))
	q, err := NewPseudonymiser([]byte("0123456789abcdeF"))
	require.NoError(t, err)
	require.NotEqual(t, p.Pseudonym("a"), q.Pseudonym("a"))
}

func TestGeneralise(t *testing.T) {
	for _, c := range []struct {
		x, width float64
		want     string
	}{{37, 10, "[30, 40)"}, {-1, 10, "[-10, 0)"}, {0, 5, "[0, 5)"}, {0.3, 0.25, "[0.25, 0.5)"}} {
		got, err := GeneraliseNumber(c.x, c.width)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	for _, c := range []struct {
		x, width float64
		want     error
	}{{1, 0, mlgauge.ErrRange}, {1, -2, mlgauge.ErrRange}, {math.NaN(), 1, mlgauge.ErrNotFinite}, {1, math.Inf(1), mlgauge.ErrNotFinite}, {1e300, 1, mlgauge.ErrRange}} {
		_, err := GeneraliseNumber(c.x, c.width)
		require.ErrorIs(t, err, c.want)
	}
	require.Equal(t, "941**", GeneralisePrefix("94107", 3))
	require.Equal(t, "SW1* ***", GeneralisePrefix("SW1A 1AA", 3))
	require.Equal(t, "94", GeneralisePrefix("94", 3))
	for s, want := range map[string]string{"1990-12-31": "1990", "31.12.1990": "1990", "31 Dec 1990 10:00": "1990", "31.12.90": "", "1990-1991": "", "19901231": ""} {
		year, ok := GeneraliseDate(s)
		require.Equal(t, want, year, s)
		require.Equal(t, want != "", ok, s)
	}
}

func fitted(t *testing.T, m Masker, tab *table.Table) (*table.Table, error) {
	var s PIIScan
	s.Names, s.Today = []string{"bob"}, day
	require.NoError(t, s.Add(tab))
	if err := m.Fit(&s); err != nil {
		return nil, err
	}
	return m.Transform(tab)
}

func texts(t *testing.T, tab *table.Table, name string) []string {
	s, err := tab.Strings(name)
	require.NoError(t, err)
	return s
}

func TestMasker(t *testing.T) {
	tab := personal(t, 200)
	key, err := NewPseudonymiser([]byte("a key of sixteen"))
	require.NoError(t, err)
	before := tab.Clone()
	out, err := fitted(t, Masker{}, tab)
	require.NoError(t, err)
	require.Equal(t, before, tab)
	require.Equal(t, tab.Names(), out.Names())
	require.Equal(t, "*****@*******.com", MaskText(texts(t, tab, "contact")[0], 3))
	require.Equal(t, MaskText(texts(t, tab, "contact")[7], 4), texts(t, out, "contact")[7])
	require.True(t, strings.HasPrefix(texts(t, out, "phone")[0], "(***) ***-"))
	require.Equal(t, "*****"+texts(t, tab, "ssn")[3][5:], texts(t, out, "ssn")[3])
	for _, same := range []string{"order", "shipped", "row"} {
		require.Equal(t, texts(t, tab, same), texts(t, out, same), same)
	}
	require.Equal(t, "write to ***@******e.org or ***.*.*.*", texts(t, out, "note")[0])
	require.Equal(t, "all well", texts(t, out, "note")[1])

	out, err = fitted(t, Masker{Action: MaskRedact}, tab)
	require.NoError(t, err)
	require.Equal(t, "write to [EMAIL] or [IPV4]", texts(t, out, "note")[0])
	c, err := out.Column("contact")
	require.NoError(t, err)
	require.Equal(t, []string{"[EMAIL]"}, c.Dict)

	out, err = fitted(t, Masker{Action: MaskPseudonymise, Pseudonyms: key}, tab)
	require.NoError(t, err)
	require.Equal(t, key.Pseudonym("user0@example.com"), texts(t, out, "contact")[0])

	out, err = fitted(t, Masker{Action: MaskGeneralise, Columns: map[string]MaskRule{
		"shipped": {Action: MaskGeneralise}, "row": {Action: MaskRange, N: 1e8}, "order": {Action: MaskPrefix, N: 2}, "phone": {Action: MaskLeave}}}, tab)
	require.NoError(t, err)
	require.Equal(t, "write to ***@example.org or 192.0.2.0", texts(t, out, "note")[0])
	require.Equal(t, texts(t, tab, "shipped")[0][:4], texts(t, out, "shipped")[0])
	require.Regexp(t, `^\[\d00000000, \d+00000000\)$`, texts(t, out, "row")[0])
	require.Regexp(t, `^4\d\*{14}$`, texts(t, out, "order")[0])
	require.Equal(t, texts(t, tab, "phone"), texts(t, out, "phone"))
}

func TestMaskerKeepsMissing(t *testing.T) {
	c := table.NewString("email", []string{"a@b.com", "x"})
	c.Codes[1] = table.MissingCode
	tab, err := table.New(c, table.NewFloat("card", []float64{4111111111111111, math.NaN()}))
	require.NoError(t, err)
	out, err := fitted(t, Masker{}, tab)
	require.NoError(t, err)
	for _, c := range out.Columns() {
		require.False(t, c.IsMissing(0))
		require.True(t, c.IsMissing(1))
	}
	require.Equal(t, "************1111", texts(t, out, "card")[0])
	e, err := out.Column("email")
	require.NoError(t, err)
	require.Len(t, e.Dict, 1, "a text that no row has is not carried along")
}

func TestMaskerBadInput(t *testing.T) {
	tab := personal(t, 5)
	for name, m := range map[string]Masker{
		"action":     {Action: MaskRange},
		"column":     {Columns: map[string]MaskRule{"zz": {}}},
		"rule":       {Columns: map[string]MaskRule{"note": {Action: 77}}},
		"width":      {Columns: map[string]MaskRule{"note": {Action: MaskRange, N: -1}}},
		"half":       {Columns: map[string]MaskRule{"note": {Action: MaskPrefix, N: 1.5}}},
		"no key":     {Action: MaskPseudonymise},
		"no key col": {Columns: map[string]MaskRule{"note": {Action: MaskPseudonymise}}},
		"confidence": {MinConfidence: 2},
		"NaN":        {MinConfidence: math.NaN()},
	} {
		_, err := fitted(t, m, tab)
		require.ErrorIs(t, err, mlgauge.ErrRange, name)
	}
	var m Masker
	_, err := m.Transform(tab)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, m.Fit(&PIIScan{}), mlgauge.ErrEmpty)
	for _, s := range []string{"", "hide", "mask:", "mask:x", "redact:3", "range:0", "prefix:-1", "prefix:1.5", "range:NaN"} {
		_, err := ParseMaskRule(s)
		require.ErrorIs(t, err, mlgauge.ErrRange, s)
	}
	r, err := ParseMaskRule("mask:0")
	require.NoError(t, err)
	require.Equal(t, MaskRule{MaskHide, -1}, r)
	r, err = ParseMaskRule("range:2.5")
	require.NoError(t, err)
	require.Equal(t, MaskRule{MaskRange, 2.5}, r)
}
