package quality

import (
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// piiSpan is the part [start, end) of a text. It is sure unless the digits alone
// could as well be something else.
type piiSpan struct {
	kind       PII
	start, end int
	sure       bool
}

// piiFinder finds personal data in texts.
type piiFinder struct {
	names *nameSet
	today time.Time
	spans []piiSpan
}

// classes of bytes
const (
	isDigit = 1 << iota
	isLetter
	isHex
	isLocal // before the @ of an e-mail address
	isWide  // part of a rune beyond ASCII
)

var byteClass = func() (t [256]uint8) {
	for c := range t {
		b := byte(c)
		switch {
		case '0' <= b && b <= '9':
			t[c] = isDigit | isHex | isLocal
		case 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z':
			t[c] = isLetter | isLocal
			if l := b | 0x20; l <= 'f' {
				t[c] |= isHex
			}
		case strings.IndexByte("!#$%&'*+/=?^_`{|}~-.", b) >= 0:
			t[c] = isLocal
		case b >= utf8.RuneSelf:
			t[c] = isWide | isLetter
		}
	}
	return t
}()

const isWord = isDigit | isLetter

// find returns the spans in s, in order and apart; the result is valid until the
// next call.
func (f *piiFinder) find(s string) []piiSpan {
	f.spans = f.spans[:0]
	done := 0 // everything before is in a span
	inWord := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		class := byteClass[c]
		if c == '@' {
			if m, ok := email(s, i, done); ok {
				for len(f.spans) > 0 && f.spans[len(f.spans)-1].end > m.start {
					f.spans = f.spans[:len(f.spans)-1] // a name or digits in the local part
				}
				f.spans = append(f.spans, m)
				done, i, inWord = m.end, m.end-1, true
			}
			continue
		}
		word := class&isWord != 0
		start := word && !inWord
		inWord = word
		if start || c == '+' || c == '(' || c == ':' && i+1 < len(s) && s[i+1] == ':' {
			if m, ok := f.at(s, i); ok {
				f.spans = append(f.spans, m)
				i, inWord = m.end-1, true
				// done stays: an e-mail address may begin with what was found.
			}
		}
	}
	return f.spans
}

// at looks for what begins at i.
func (f *piiFinder) at(s string, i int) (piiSpan, bool) {
	c := s[i]
	class := byteClass[c]
	yes := func(kind PII, end int, sure bool) (piiSpan, bool) { return piiSpan{kind, i, end, sure}, true }
	if class&isHex != 0 || c == ':' {
		if end := mac(s, i); end > 0 {
			return yes(MAC, end, true)
		}
		if end := ipv6(s, i); end > 0 {
			return yes(IPv6, end, true)
		}
	}
	switch {
	case class&isDigit != 0:
		if end := ipv4(s, i); end > 0 {
			return yes(IPv4, end, !versioned(s, i))
		}
		if end := calendarDay(s, i, f.today); end > 0 {
			return yes(BirthDate, end, false)
		}
		if end := dayOfMonth(s, i, f.today); end > 0 {
			return yes(BirthDate, end, false)
		}
		if end, sure := ssn(s, i); end > 0 && sure {
			return yes(SSN, end, true)
		}
		if end := card(s, i); end > 0 {
			return yes(Card, end, end-i < len(s))
		}
		if end, sure := phone(s, i); end > 0 {
			return yes(Phone, end, sure)
		}
		if end, sure := ssn(s, i); end > 0 {
			return yes(SSN, end, sure)
		}
	case c == '+' || c == '(':
		if i > 0 && byteClass[s[i-1]]&isWord != 0 {
			return piiSpan{}, false
		}
		if end, sure := phone(s, i); end > 0 {
			return yes(Phone, end, sure)
		}
	case class&isLetter != 0:
		if end := iban(s, i); end > 0 {
			return yes(IBAN, end, true)
		}
		if end := monthDay(s, i, f.today); end > 0 {
			return yes(BirthDate, end, false)
		}
		if end := f.names.at(s, i); end > 0 {
			return yes(PersonName, end, true)
		}
	}
	return piiSpan{}, false
}

// wordEnds tells whether no letter or digit follows at i.
func wordEnds(s string, i int) bool { return i >= len(s) || byteClass[s[i]]&isWord == 0 }

// numberEnds is wordEnds, and no further digits behind a point or a hyphen.
func numberEnds(s string, i int) bool {
	if !wordEnds(s, i) {
		return false
	}
	return i+1 >= len(s) || s[i] != '.' && s[i] != '-' || byteClass[s[i+1]]&isDigit == 0
}

// digitRun returns the end of the digits at i, at most most of them.
func digitRun(s string, i, most int) int {
	end := i
	for end < len(s) && end-i < most && byteClass[s[end]]&isDigit != 0 {
		end++
	}
	return end
}

// email finds the address around the @ at i, not before from.
func email(s string, at, from int) (piiSpan, bool) {
	start := at
	for start > from && at-start < 64 {
		if byteClass[s[start-1]]&isLocal != 0 {
			start--
			continue
		}
		r, n := utf8.DecodeLastRuneInString(s[from:start])
		if n < 2 || !unicode.IsLetter(r) {
			break
		}
		start -= n
	}
	for start < at && s[start] == '.' {
		start++
	}
	if start == at || s[at-1] == '.' || strings.Contains(s[start:at], "..") {
		return piiSpan{}, false
	}
	end, dots := at+1, 0
	for {
		label := end
		for end < len(s) && (byteClass[s[end]]&isWord != 0 || s[end] == '-') && end-label < 64 {
			end++
		}
		if end == label || s[label] == '-' || s[end-1] == '-' {
			// "a@b.com." ends before the last point
			if dots == 0 || end != label {
				return piiSpan{}, false
			}
			end = label - 1
			dots--
			break
		}
		if end+1 >= len(s) || s[end] != '.' || byteClass[s[end+1]]&isWord == 0 {
			break
		}
		dots++
		end++
	}
	last := s[strings.LastIndexByte(s[:end], '.')+1 : end]
	if dots == 0 || len(last) < 2 || end-at > 254 || slices.Contains(pictures, strings.ToLower(last)) {
		return piiSpan{}, false
	}
	for i := range len(last) {
		if byteClass[last[i]]&isLetter == 0 && !strings.HasPrefix(last, "xn--") {
			return piiSpan{}, false
		}
	}
	return piiSpan{Email, start, end, true}, true
}

// pictures are the ends of file names such as logo@2x.png; none of them is a
// top-level domain.
var pictures = []string{"png", "jpg", "jpeg", "gif", "webp", "svg"}

// mac finds six pairs, or three fours, of hexadecimal digits.
func mac(s string, i int) int {
	if i > 0 && s[i-1] == ':' {
		return 0
	}
	group := func(i, n int) bool {
		for k := range n {
			if i+k >= len(s) || byteClass[s[i+k]]&isHex == 0 {
				return false
			}
		}
		return true
	}
	pattern := func(n, groups int, seps string) int {
		if !group(i, n) || i+n >= len(s) || strings.IndexByte(seps, s[i+n]) < 0 {
			return 0
		}
		sep, at := s[i+n], i+n
		for range groups - 1 {
			if at >= len(s) || s[at] != sep || !group(at+1, n) {
				return 0
			}
			at += 1 + n
		}
		if !wordEnds(s, at) || at < len(s) && s[at] == sep {
			return 0
		}
		return at
	}
	if end := pattern(2, 6, ":-"); end > 0 {
		return end
	}
	return pattern(4, 3, ".")
}

// ipv4 finds four numbers up to 255 without leading zeros.
func ipv4(s string, i int) int {
	if i >= 2 && s[i-1] == '.' && byteClass[s[i-2]]&isDigit != 0 {
		return 0
	}
	at := i
	for k := range 4 {
		end := digitRun(s, at, 4)
		if n := end - at; n == 0 || n > 3 || n > 1 && s[at] == '0' || n == 3 && s[at:end] > "255" {
			return 0
		}
		at = end
		if k < 3 {
			if at >= len(s) || s[at] != '.' {
				return 0
			}
			at++
		}
	}
	if !numberEnds(s, at) {
		return 0
	}
	return at
}

// versions are words behind which four numbers are a version and no address.
var versions = []string{"version", "versions", "ver", "v", "release", "build", "firmware", "revision"}

// versioned tells whether such a word stands before i.
func versioned(s string, i int) bool {
	end := i
	for end > 0 && strings.IndexByte(" .:=", s[end-1]) >= 0 {
		end--
	}
	start := end
	for start > 0 && byteClass[s[start-1]]&isLetter != 0 {
		start--
	}
	return slices.Contains(versions, strings.ToLower(s[start:end]))
}

// ipv6 finds an address with two colons or more; a digit, or three groups, tell it
// from the names of programs, as in a::b.
func ipv6(s string, i int) int {
	if i > 0 && (s[i-1] == ':' || s[i] == ':' && byteClass[s[i-1]]&isWord != 0) {
		return 0
	}
	end, colons, groups, digit := i, 0, 0, false
	for end < len(s) && end-i < 46 && (byteClass[s[end]]&isHex != 0 || s[end] == ':' || s[end] == '.') {
		if s[end] == ':' {
			colons++
		} else if end == i || s[end-1] == ':' {
			groups++
		}
		digit = digit || byteClass[s[end]]&isDigit != 0
		end++
	}
	for end > i && (s[end-1] == '.' || s[end-1] == ':' && end >= 2 && s[end-2] != ':') {
		end--
	}
	if colons < 2 || !digit && groups < 3 || !wordEnds(s, end) {
		return 0
	}
	if a, err := netip.ParseAddr(s[i:end]); err != nil || !a.Is6() {
		return 0
	}
	return end
}

// ssn finds a social security number; it is sure with separators.
func ssn(s string, i int) (end int, sure bool) {
	if i > 0 && (s[i-1] == '-' || s[i-1] == '.') {
		return 0, false
	}
	var d string
	switch n := digitRun(s, i, 10) - i; {
	case n == 9:
		d, end = s[i:i+9], i+9
	case n == 3 && i+11 <= len(s) && (s[i+3] == '-' || s[i+3] == ' ') && s[i+6] == s[i+3] &&
		digitRun(s, i+4, 3) == i+6 && digitRun(s, i+7, 5) == i+11:
		d, end, sure = s[i:i+3]+s[i+4:i+6]+s[i+7:i+11], i+11, true
	default:
		return 0, false
	}
	if d == "078051120" || d == "219099999" || d[:3] == "000" || d[:3] == "666" || d[0] == '9' || d[3:5] == "00" || d[5:] == "0000" || !numberEnds(s, end) {
		return 0, false
	}
	return end, sure
}

// phone finds a telephone number; it is sure unless it is ten bare digits.
func phone(s string, i int) (end int, sure bool) {
	if s[i] == '+' {
		return e164(s, i)
	}
	if i > 0 && (s[i-1] == '-' || s[i-1] == '.' || s[i-1] == '+') {
		return 0, false
	}
	if strings.HasPrefix(s[i:], "00") {
		if i > 1 && strings.IndexByte(" -.", s[i-1]) >= 0 && byteClass[s[i-2]]&isDigit != 0 {
			return 0, false // within groups of digits
		}
		if end, ok := e164(s, i+1); ok && strings.ContainsAny(s[i:end], " -.()") {
			return end, true
		}
		return 0, false
	}
	at := i
	if s[at] == '1' && at+1 < len(s) && strings.IndexByte(" -.", s[at+1]) >= 0 {
		at += 2
	}
	parens := at < len(s) && s[at] == '('
	if parens {
		at++
	}
	area := at
	if at = digitRun(s, at, 11); !parens && at-area == 10 && area == i {
		if !nanp(s[area:area+3], s[area+3:area+6]) || !numberEnds(s, at) {
			return 0, false
		}
		return at, false
	}
	if at-area != 3 {
		return 0, false
	}
	sep := byte(0)
	if parens {
		if at >= len(s) || s[at] != ')' {
			return 0, false
		}
		at++
		if at < len(s) && s[at] == ' ' {
			at++
		}
	} else {
		if at >= len(s) || strings.IndexByte("-. ", s[at]) < 0 {
			return 0, false
		}
		sep = s[at]
		at++
	}
	exchange := at
	if at = digitRun(s, at, 4); at-exchange != 3 || at >= len(s) || strings.IndexByte("-. ", s[at]) < 0 || sep != 0 && s[at] != sep {
		return 0, false
	}
	at++
	line := at
	if at = digitRun(s, at, 5); at-line != 4 || !numberEnds(s, at) || !nanp(s[area:area+3], s[exchange:exchange+3]) {
		return 0, false
	}
	return at, true
}

// nanp tells whether area code and exchange are such of North America.
func nanp(area, exchange string) bool {
	return area[0] >= '2' && exchange[0] >= '2' && area[1:] != "11" && exchange[1:] != "11"
}

// e164 finds, behind the + at i or the last 0 of 00, 8 to 15 digits in groups.
func e164(s string, i int) (int, bool) {
	digits, at, end := 0, i+1, 0
	if at >= len(s) || s[at] < '1' || s[at] > '9' {
		return 0, false
	}
	for at < len(s) {
		switch c := s[at]; {
		case byteClass[c]&isDigit != 0:
			digits++
			at++
			end = at
			continue
		case strings.IndexByte(" -.()", c) >= 0 && at-end < 2:
			at++
			continue
		}
		break
	}
	if digits < 8 || digits > 15 || !numberEnds(s, end) {
		return 0, false
	}
	return end, true
}

// nameSet finds the entries of a list, in words and whatever the case.
type nameSet struct {
	entries map[string]bool
	longest int // words
}

func newNameSet(list []string) *nameSet {
	n := &nameSet{entries: make(map[string]bool)}
	for _, s := range list {
		words := strings.Fields(strings.ToLower(s))
		if len(words) > 0 {
			n.entries[strings.Join(words, " ")] = true
			n.longest = max(n.longest, len(words))
		}
	}
	return n
}

// at returns the end of the longest entry that begins at i.
func (n *nameSet) at(s string, i int) (end int) {
	if n.longest == 0 {
		return 0
	}
	var b strings.Builder
	for range n.longest {
		start := i
		for i < len(s) {
			r, size := utf8.DecodeRuneInString(s[i:])
			if !unicode.IsLetter(r) && !unicode.IsMark(r) && (r != '\'' && r != '-' || i == start) {
				break
			}
			i += size
		}
		if i == start {
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.ToLower(s[start:i]))
		if n.entries[b.String()] {
			end = i
		}
		for i < len(s) && s[i] == ' ' {
			i++
		}
	}
	return end
}
