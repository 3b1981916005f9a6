package quality

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Now returns an operand for ColumnValues: the day on which the rules are held
// against the data, as VerifyOptions.Now has it, moved by a duration of whole
// minutes. DQDL writes Now(-72*time.Hour) as (now() - 3 days).
func Now(later time.Duration) Operand { return Operand{Kind: NowOperand, Duration: later} }

// maxDays bounds durations.
const maxDays = 100_000

const oneDay = 24 * time.Hour

// units are those of DQDL, the longest first.
var units = []struct {
	name string
	of   time.Duration
}{{"days", oneDay}, {"hours", time.Hour}, {"minutes", time.Minute}}

// unit returns how long a unit is, 0 for another word.
func unit(name string) time.Duration {
	for _, u := range units {
		if u.name == name {
			return u.of
		}
	}
	return 0
}

func wholeMinutes(d time.Duration) bool {
	return d%time.Minute == 0 && d <= maxDays*oneDay && d >= -maxDays*oneDay
}

// durationText writes a duration with its longest whole unit.
func durationText(d time.Duration) string {
	for _, u := range units {
		if d%u.of == 0 && (d != 0 || u.of == time.Hour) {
			return strconv.FormatInt(int64(d/u.of), 10) + " " + u.name
		}
	}
	return d.String()
}

// instantLayouts are the forms of ISO 8601 with a time, in UTC where they name no
// zone. Fractions of a second are read wherever seconds are.
var instantLayouts = []string{
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00",
}

// isTimestamp reads a date with a time.
func isTimestamp(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02 15:04") || s[4] != '-' {
		return time.Time{}, false
	}
	for _, layout := range instantLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// isDate reads a day, as its number since 1970.
func isDate(s string) (int64, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return dayOf(t), err == nil
}

// instant reads a date, with or without a time.
func instant(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, true
	}
	return isTimestamp(s)
}

// instantOf returns the time that a number stands for: table reads the dates of
// Parquet as seconds since 1970, in UTC.
func instantOf(seconds float64) (time.Time, bool) {
	if !(seconds >= -62_167_219_200 && seconds < 253_402_300_800) { // the years 0 to 9999
		return time.Time{}, false
	}
	whole := int64(seconds)
	return time.Unix(whole, int64((seconds-float64(whole))*1e9)).UTC(), true
}

// dayOf returns the number of a day since 1970, in UTC.
func dayOf(t time.Time) int64 {
	s := t.Unix()
	d := s / 86400
	if s%86400 < 0 {
		d--
	}
	return d
}

// onDay holds the day of a value, in UTC, against dates; what is no date does not
// keep the condition.
func (c *Condition) onDay(t time.Time, ok bool) bool {
	if !ok {
		return false
	}
	d := dayOf(t)
	switch c.Op {
	case Equal, In, NotEqual, NotIn:
		found := slices.ContainsFunc(c.Values, func(o Operand) bool { return o.Kind == TextOperand && o.day == d })
		return found == (c.Op == Equal || c.Op == In)
	}
	return c.ordered(func(o Operand) int { return cmp.Compare(d, o.day) })
}

// ages returns the condition on an age in seconds.
func (c *Condition) ages() *Condition {
	seconds := &Condition{Op: c.Op}
	for _, v := range c.Values {
		seconds.Values = append(seconds.Values, Operand{Number: v.Duration.Seconds()})
	}
	return seconds
}

// age returns the seconds from t to now.
func age(now, t time.Time) float64 {
	return float64(now.Unix()-t.Unix()) + float64(now.Nanosecond()-t.Nanosecond())/1e9
}
