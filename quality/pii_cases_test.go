package quality

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Cases in which a looser or a stricter search is wrong.
func TestPIIHardCases(t *testing.T) {
	for _, c := range [][2]string{
		// Versions, ratios and coordinates beside addresses.
		{"version 1.2.3.4", "ipv4?=1.2.3.4"}, {"Release: 10.0.0.12 beta", "ipv4?=10.0.0.12"}, {"v 1.2.3.4", "ipv4?=1.2.3.4"},
		{"v1.2.3.4", ""}, {"Chrome/120.0.6099.109", ""}, {"1.2.3.4-rc1", "ipv4=1.2.3.4"}, {"1.2.3.4-5", ""}, {"1.2.3.4.5", ""},
		{"conversion 192.0.2.1", "ipv4=192.0.2.1"}, {"10.0.0.1/24", "ipv4=10.0.0.1"}, {"255.255.255.255", "ipv4=255.255.255.255"},
		{"ratio 1:2:3:4", ""}, {"at 12:30:45.123", ""}, {"1:23:45:67", ""}, {"52.5200, 13.4050", ""},
		// Compressed and mixed IPv6.
		{"2001:db8::", "ipv6=2001:db8::"}, {"[2001:db8::1]:443", "ipv6=2001:db8::1"}, {"::ffff:192.0.2.128", "ipv6=::ffff:192.0.2.128"},
		{"2001:DB8:0:0:8:800:200C:417A", "ipv6=2001:DB8:0:0:8:800:200C:417A"}, {"1::", "ipv6=1::"}, {"2001:db8::/32", "ipv6=2001:db8::"},
		{"dead:beef::cafe", "ipv6=dead:beef::cafe"}, {"fe80::1:2:3:4.", "ipv6=fe80::1:2:3:4"}, {"64:ff9b::192.0.2.33", "ipv6=64:ff9b::192.0.2.33"},
		{"::", ""}, {"dead::beef", ""}, {"std::map::end", ""}, {"1::2::3", ""}, {"2001:db8:::1", ""}, {"12345::1", ""}, {"1:2:3:4:5:6:7:8", "ipv6=1:2:3:4:5:6:7:8"},
		// Numbers that are no card: an article, an order, an identifier, a decimal, a date and time.
		{"9780306406157", ""}, {"4006381333931", ""}, {"20231231235959123", ""}, {"0.4111111111111111", ""}, {"4111111111111111.5", ""},
		{"550e8400-e29b-41d4-a716-446655440000", ""}, {"id=4111111111111111x", ""}, {"A4111111111111111", ""}, {"1234 5678 9012 3456", ""},
		{"4111 1111 1111 1111,", "card=4111 1111 1111 1111"}, {"card:4111111111111111", "card=4111111111111111"}, {"4222222222222", "card?=4222222222222"},
		{"6759649826438453", "card?=6759649826438453"}, {"6212345678901232", "card?=6212345678901232"}, {"490154203237518", ""},
		// Telephone numbers of the world, and dates and amounts that are none.
		{"+33 1 23 45 67 89", "phone=+33 1 23 45 67 89"}, {"+49 (0)30 901820", "phone=+49 (0)30 901820"}, {"tel:+86-10-6552-9988", "phone=+86-10-6552-9988"},
		{"0033 1 23 45 67 89", "phone=0033 1 23 45 67 89"}, {"0044-20-7946-0958", "phone=0044-20-7946-0958"}, {"00447946095812", ""}, {"0012", ""},
		{"+91.98765.43210", "phone=+91.98765.43210"}, {"+1 212 555 0187 x12", "phone=+1 212 555 0187"}, {"+1-212-555-01", "phone=+1-212-555-01"},
		{"2024-01-15", "birth_date?=2024-01-15"}, {"2024-01-15 10:30:00", "birth_date?=2024-01-15"}, {"20240115", ""}, {"15.01.2024 - 17.01.2024", "birth_date?=15.01.2024 | birth_date?=17.01.2024"},
		{"1700000000", ""}, {"2024.115.1030", ""}, {"+0200", ""}, {"1e+10000000", ""}, {"123-456-7890", ""}, {"1,212,555,018", ""}, {"$2125550187", "phone?=2125550187"},
		{"born 31 Dec 1990.", "birth_date?=31 Dec 1990"}, {"7-May-1985", "birth_date?=7-May-1985"}, {"December 31, 1990", "birth_date?=December 31, 1990"},
		{"Sept. 3 1999", "birth_date?=Sept. 3 1999"}, {"1 march 2001", "birth_date?=1 march 2001"}, {"31 Feb 1990", ""}, {"Dec 31, 2090", ""}, {"Decimal 31, 1990", ""},
		{"May 1990", ""}, {"31 Dec 90", ""}, {"31 Dec-1990", ""}, {"131 Dec 1990", ""}, {"31 Dec 19901", ""}, {"may 12 apples", ""}, {"Mar 3", ""},
		// Account numbers, printed and typed.
		{"GB82 WEST 1234 5698 7654 32", "iban=GB82 WEST 1234 5698 7654 32"}, {"gb82west12345698765432", "iban=gb82west12345698765432"},
		{"DE89-3704-0044-0532-0130-00", "iban=DE89-3704-0044-0532-0130-00"}, {"IBAN: FR14 2004 1010 0505 0001 3M02 606", "iban=FR14 2004 1010 0505 0001 3M02 606"},
		{"Gb82WEST12345698765432", ""}, {"DE89 3704-0044-0532-0130-00", ""}, {"GBWE8212345698765432ST", ""}, {"NO9386011117947X", ""},
		{"XK051212012345678906", "iban=XK051212012345678906"}, {"SA0380000000608010167519", "iban=SA0380000000608010167519"},
		{"LC14BOSL123456789012345678901234", "iban=LC14BOSL123456789012345678901234"}, {"BR1500000000000010932840814P2", "iban=BR1500000000000010932840814P2"},
		// Numbers of social security that were printed, and what looks like them.
		{"078-05-1120", ""}, {"219-09-9999", ""}, {"219-09-9998", "ssn=219-09-9998"}, {"078051120", ""}, {"987-65-4321", ""}, {"12345-6789", ""}, {"123-45-6789-0", ""},
		// Addresses of mail and what has an @ too.
		{"logo@2x.png", ""}, {"icon@3x.JPEG", ""}, {"user@host", ""}, {"@ada", ""}, {"a@b.co,c@d.org", "email=a@b.co | email=c@d.org"},
		{"mailto:ada@example.org?subject=x", "email=ada@example.org"}, {"jos\u00e9@example.com", "email=jos\u00e9@example.com"}, {"\u2014ada@example.com", "email=ada@example.com"},
		{"ada@ex\u00e4mple.de", "email=ada@ex\u00e4mple.de"}, {"ada@xn--exmple-cua.xn--p1ai", "email=ada@xn--exmple-cua.xn--p1ai"}, {"ada@example.com.", "email=ada@example.com"},
		{".ada@example.com", "email=ada@example.com"}, {"ada.@example.com", ""}, {"192.0.2.1@example.com", "email=192.0.2.1@example.com"},
		// Hardware addresses.
		{"00:1a:2b:3c:4d:5e", "mac=00:1a:2b:3c:4d:5e"}, {"00:00:00:00:00:00", "mac=00:00:00:00:00:00"}, {"001A2B3C4D5E", ""}, {"12:30:45:50:10:20", "mac=12:30:45:50:10:20"},
	} {
		require.Equal(t, c[1], found(c[0]), c[0])
	}
}

// The lengths of all countries against a number made for each, and every wrong
// digit and exchange of neighbours seen.
func TestIBANOfEveryCountry(t *testing.T) {
	for country, n := range ibanLength {
		body := "ABCD12345678901234567890123456789"[:n-4]
		rest := 0
		for _, c := range []byte(body + country) {
			if c <= '9' {
				rest = (rest*10 + int(c-'0')) % 97
			} else {
				rest = (rest*100 + int(c-'A') + 10) % 97
			}
		}
		check := 98 - rest*100%97
		good := country + string([]byte{byte('0' + check/10), byte('0' + check%10)}) + body
		require.Equal(t, n, iban(good, 0), good)
		require.Zero(t, iban(good[:n-1], 0))
		require.Zero(t, iban(good+"0", 0))
		for i := 4; i < n; i++ {
			wrong := []byte(good)
			wrong[i]++
			require.Zero(t, iban(string(wrong), 0), string(wrong))
			if i+1 < n && good[i] != good[i+1] {
				copy(wrong, good)
				wrong[i], wrong[i+1] = good[i+1], good[i]
				require.Zero(t, iban(string(wrong), 0), string(wrong))
			}
		}
	}
}
