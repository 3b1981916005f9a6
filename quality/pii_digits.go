package quality

// Luhn tells whether the last of the decimal digits in s is the check digit of
// the others:
//
//	sum of the digits, every second one from the right doubled (less 9 above 9) = 0 mod 10
//
// Other characters are not skipped: with any of them, and for fewer than two
// digits, it is false. Source: ISO/IEC 7812-1.
func Luhn(s string) bool {
	sum := 0
	for k := range len(s) {
		d := int(s[len(s)-1-k]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if k%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return len(s) > 1 && sum%10 == 0
}

// issuers are prefixes, from and to, and lengths of card numbers.
var issuers = []struct {
	from, to string
	lengths  []int
}{
	{"34", "34", []int{15}}, {"37", "37", []int{15}}, // American Express
	{"4", "4", []int{13, 16, 19}},                        // Visa
	{"51", "55", []int{16}}, {"2221", "2720", []int{16}}, // Mastercard
	{"6011", "6011", []int{16, 17, 18, 19}}, {"644", "649", []int{16, 17, 18, 19}}, {"65", "65", []int{16, 17, 18, 19}}, // Discover
	{"300", "305", []int{14, 15, 16, 17, 18, 19}}, {"36", "36", []int{14, 15, 16, 17, 18, 19}}, {"38", "39", []int{14, 15, 16, 17, 18, 19}}, // Diners Club
	{"3528", "3589", []int{16, 17, 18, 19}}, // JCB
	{"62", "62", []int{16, 17, 18, 19}},     // UnionPay
	{"5018", "5018", maestro}, {"5020", "5020", maestro}, {"5038", "5038", maestro}, {"5893", "5893", maestro},
	{"6304", "6304", maestro}, {"6759", "6759", maestro}, {"6761", "6763", maestro},
}

var maestro = []int{12, 13, 14, 15, 16, 17, 18, 19}

// issued tells whether a network has cards of this prefix and length.
func issued(digits string) bool {
	for _, k := range issuers {
		p := digits[:len(k.from)]
		if p < k.from || p > k.to {
			continue
		}
		for _, n := range k.lengths {
			if n == len(digits) {
				return true
			}
		}
	}
	return false
}

// card finds a card number, whose digits may stand in groups of three to six.
func card(s string, i int) int {
	if i > 0 && (s[i-1] == '-' || s[i-1] == '.' || s[i-1] == '+') {
		return 0
	}
	var d [20]byte
	n, at, group := 0, i, 0
	sep := byte(0)
	for at < len(s) {
		c := s[at]
		if byteClass[c]&isDigit != 0 {
			if n == 19 {
				return 0
			}
			d[n] = c
			n++
			group++
			at++
			continue
		}
		if c != ' ' && c != '-' || sep != 0 && c != sep || at+1 >= len(s) || byteClass[s[at+1]]&isDigit == 0 {
			break
		}
		if group < 3 || group > 6 {
			return 0
		}
		sep, group = c, 0
		at++
	}
	if sep != 0 && (group < 3 || group > 6) || n < 12 || !numberEnds(s, at) {
		return 0
	}
	if digits := string(d[:n]); !issued(digits) || !Luhn(digits) {
		return 0
	}
	return at
}

// ibanLength is the length of an IBAN of each country, from the register of
// SWIFT, release 99.
var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28,
	"CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
	"FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
	"IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
	"LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
	"NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
	"SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26,
	"UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// iban finds an account number, together or in groups of four, in capitals or small
// letters throughout.
func iban(s string, i int) int {
	if i+15 > len(s) || byteClass[s[i+2]]&byteClass[s[i+3]]&isDigit == 0 {
		return 0
	}
	upper := func(c byte) byte {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		return c
	}
	n := ibanLength[string([]byte{upper(s[i]), upper(s[i+1])})]
	if n == 0 {
		return 0
	}
	var d [34]byte
	var sep, cases byte // of groups; of letters
	if s[i+4] == ' ' || s[i+4] == '-' {
		sep = s[i+4]
	}
	at := i
	for k := 0; k < n; k++ {
		if sep != 0 && k > 0 && k%4 == 0 {
			if at >= len(s) || s[at] != sep {
				return 0
			}
			at++
		}
		if at >= len(s) {
			return 0
		}
		c := s[at]
		switch {
		case '0' <= c && c <= '9':
		case byteClass[c]&isLetter == 0 || byteClass[c]&isWide != 0:
			return 0
		default:
			cases |= 1 << (c >> 5 & 1)
		}
		d[k] = upper(c)
		at++
	}
	if !wordEnds(s, at) || cases == 3 {
		return 0
	}
	// The first four characters count last; a letter is two digits, A = 10. Check
	// digits 00, 01 and 99 are not given out.
	if check := string(d[2:4]); check < "02" || check > "98" {
		return 0
	}
	rest := 0
	for k := range n {
		c := d[(k+4)%n]
		if c <= '9' {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	if rest != 1 {
		return 0
	}
	return at
}
