package preprocess

import (
	"fmt"
	"time"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// A Part is a number taken from a moment.
type Part int

const (
	Year         Part = iota // 2024
	HalfYear                 // 1 or 2
	Quarter                  // 1 to 4
	Month                    // 1 to 12
	Week                     // 1 to 53, ISO 8601
	WeekYear                 // the year that the ISO week belongs to
	DayOfMonth               // 1 to 31
	DayOfYear                // 1 to 366
	DayOfWeek                // 0 (Monday) to 6 (Sunday)
	Weekend                  // 1 on Saturday and Sunday, else 0
	Hour                     // 0 to 23
	Minute                   // 0 to 59
	Second                   // 0 to 59
	Nanosecond               // 0 to 999,999,999 within the second
	DaysInMonth              // 28 to 31
	LeapYear                 // 1 in leap years, else 0
	MonthStart               // 1 on the first day of a month, else 0
	MonthEnd                 // 1 on the last one
	QuarterStart             // likewise
	QuarterEnd
	YearStart
	YearEnd
	SecondOfDay // seconds since midnight on the clock, with fractions
	Unix        // seconds since 1970-01-01 UTC, with fractions
)

var partNames = [...]string{"year", "half_year", "quarter", "month", "week", "week_year", "day_of_month", "day_of_year", "day_of_week", "weekend", "hour", "minute", "second", "nanosecond", "days_in_month", "leap_year", "month_start", "month_end", "quarter_start", "quarter_end", "year_start", "year_end", "second_of_day", "unix"}

// String returns the name that Calendar.FeatureNames uses.
func (p Part) String() string {
	if p < 0 || int(p) >= len(partNames) {
		return fmt.Sprintf("Part(%d)", int(p))
	}
	return partNames[p]
}

// Calendar takes moments apart into columns. The zero value takes month, year,
// day of the week, day of the month, hour, minute and second, as feature_engine
// does.
//
// The zero time is missing: its row is NaN. Parts are those of Zone, or of each
// moment's own location where Zone is nil. Turn the parts that run in circles into
// sines and cosines with Cyclic.
//
// Source: pandas 3.1 Series.dt; feature_engine 1.9 DatetimeFeatures.
type Calendar struct {
	Parts []Part
	Zone  *time.Location
}

func (c Calendar) parts(fn string) ([]Part, error) {
	if len(c.Parts) == 0 {
		return []Part{Month, Year, DayOfWeek, DayOfMonth, Hour, Minute, Second}, nil
	}
	for _, p := range c.Parts {
		if p < Year || p > Unix {
			return nil, check.Option(fn, "Parts", p)
		}
	}
	return c.Parts, nil
}

// Transform writes a row of parts for every moment into dst, which may be nil,
// and returns it. It reports no moments (ErrEmpty), an unknown part (ErrRange) and
// a dst of another shape (ErrLength).
func (c Calendar) Transform(dst *mat.Dense, moments []time.Time) (*mat.Dense, error) {
	const fn = "Calendar.Transform"
	parts, err := c.parts(fn)
	if err != nil {
		return nil, err
	}
	if err := check.NotEmpty(fn, "moments", len(moments)); err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, len(moments), len(parts)); err != nil {
		return nil, err
	}
	for i, t := range moments {
		c.row(dst.RawRowView(i), parts, t)
	}
	return dst, nil
}

// TransformRow is Transform for one moment.
func (c Calendar) TransformRow(dst []float64, moment time.Time) error {
	const fn = "Calendar.TransformRow"
	parts, err := c.parts(fn)
	if err != nil {
		return err
	}
	if err := check.Length(fn, "dst", len(parts), len(dst)); err != nil {
		return err
	}
	c.row(dst, parts, moment)
	return nil
}

// FeatureNames returns "name_month" and so on.
func (c Calendar) FeatureNames(name string) ([]string, error) {
	parts, err := c.parts("Calendar.FeatureNames")
	if err != nil {
		return nil, err
	}
	out := make([]string, len(parts))
	for k, p := range parts {
		out[k] = name + "_" + p.String()
	}
	return out, nil
}

func (c Calendar) row(dst []float64, parts []Part, t time.Time) {
	if t.IsZero() {
		for k := range dst {
			dst[k] = nan
		}
		return
	}
	if c.Zone != nil {
		t = t.In(c.Zone)
	}
	y, m, d := t.Date()
	hh, mm, ss := t.Clock()
	for k, p := range parts {
		dst[k] = part(p, t, y, m, d, hh, mm, ss)
	}
}

func part(p Part, t time.Time, y int, m time.Month, d, hh, mm, ss int) float64 {
	switch p {
	case Year:
		return float64(y)
	case HalfYear:
		return float64((m-1)/6 + 1)
	case Quarter:
		return float64((m-1)/3 + 1)
	case Month:
		return float64(m)
	case Week:
		_, w := t.ISOWeek()
		return float64(w)
	case WeekYear:
		wy, _ := t.ISOWeek()
		return float64(wy)
	case DayOfMonth:
		return float64(d)
	case DayOfYear:
		return float64(t.YearDay())
	case DayOfWeek:
		return float64((t.Weekday() + 6) % 7)
	case Weekend:
		return flag(t.Weekday() == time.Saturday || t.Weekday() == time.Sunday)
	case Hour:
		return float64(hh)
	case Minute:
		return float64(mm)
	case Second:
		return float64(ss)
	case Nanosecond:
		return float64(t.Nanosecond())
	case DaysInMonth:
		return float64(daysIn(y, m))
	case LeapYear:
		return flag(daysIn(y, time.February) == 29)
	case MonthStart:
		return flag(d == 1)
	case MonthEnd:
		return flag(d == daysIn(y, m))
	case QuarterStart:
		return flag(d == 1 && m%3 == 1)
	case QuarterEnd:
		return flag(m%3 == 0 && d == daysIn(y, m))
	case YearStart:
		return flag(d == 1 && m == time.January)
	case YearEnd:
		return flag(d == 31 && m == time.December)
	case SecondOfDay:
		return float64(hh*3600+mm*60+ss) + float64(t.Nanosecond())/1e9
	}
	return float64(t.Unix()) + float64(t.Nanosecond())/1e9
}

func flag(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func daysIn(y int, m time.Month) int {
	return time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
