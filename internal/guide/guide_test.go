package guide

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/terminal"
)

func TestEveryRowRunsAndNoneFails(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range Rows() {
		require.Contains(t, Sections, r.Section, r.Name)
		require.NotEmpty(t, r.Name)
		require.NotEmpty(t, r.States, r.Name)
		require.False(t, seen[r.Section+r.Name], "%s: %s is there twice", r.Section, r.Name)
		seen[r.Section+r.Name] = true
		if r.Check == nil {
			continue
		}
		res, err := r.Check()
		require.NoError(t, err, r.Name)
		require.NotEqual(t, Failed, res.Verdict, "%s: %s", r.Name, res.Got)
		require.NotEqual(t, NotYet, res.Verdict, "%s: a row without a value has no Check", r.Name)
		require.NotEmpty(t, res.Got, r.Name)
		if res.Verdict == Erratum {
			require.NotEmpty(t, res.Note, "%s: an erratum says what the formula gives", r.Name)
		}
	}
	for _, r := range pending {
		require.Nil(t, r.Check, r.Name)
		require.True(t, seen[r.Section+r.Name], r.Name)
	}
	for _, s := range Sections {
		require.True(t, strings.Contains(fmt.Sprint(Rows()), s), "nothing in section %q", s)
	}
}

// example has one row of every kind.
func example() []Row {
	as := func(v Verdict, note string) func() (Result, error) {
		return func() (Result, error) { return Result{Got: "12", Verdict: v, Note: note}, nil }
	}
	return []Row{
		{Section: Sections[1], Name: "Later", States: "c"},
		{Section: Sections[0], Name: "Good", States: strings.Repeat("word ", 30), Check: as(Agree, "")},
		{Section: Sections[1], Name: "Wrong in the guide and with a long name", States: "a = 11", Check: as(Erratum, "10 + 2 = 12")},
		{Section: Sections[1], Name: "Broken", States: "b", Check: as(Failed, "")},
		{Section: Sections[1], Name: "Error", States: "d", Check: func() (Result, error) { return Result{}, errors.New("no data") }},
	}
}

func TestWalk(t *testing.T) {
	var b strings.Builder
	tally, err := Walk(&b, example(), terminal.Style{Width: 80})
	require.NoError(t, err)
	require.Equal(t, Tally{Checked: 4, Agree: 1, Errata: 1, Failed: 2, NotYet: 1}, tally)
	require.Equal(t, `Data cleaning and transformation
  agrees    Good                         word word word word word word word word
                                         word word word word word word word word
                                         word word word word word word word word
                                         word word word word word word
                                         = 12

Feature engineering
  not yet   Later                        c
  erratum   Wrong in the guide and with  a = 11
            a long name                  = 12
                                         ! 10 + 2 = 12
  FAILED    Broken                       b
                                         = 12
  FAILED    Error                        d
                                         = error: no data

     1 agrees   the library computes what the guide states
     1 erratum  the guide's value does not follow from its formula; behind ! is what does
     2 FAILED   the library does not compute what the formula gives
     1 not yet  not in the library yet

formulas: 4 checked, 1 agree, 1 errata, 2 failed
`, b.String())

	b.Reset()
	_, err = Walk(&b, example(), terminal.Style{Width: 80, Color: true})
	require.NoError(t, err)
	require.Contains(t, b.String(), "\x1b[32magrees  \x1b[0m")
	require.True(t, strings.HasSuffix(b.String(), "\nformulas: 4 checked, 1 agree, 1 errata, 2 failed\n"), "the last line is for machines")

	_, err = Walk(&b, []Row{{Section: "Cooking", Name: "Salt"}}, terminal.Plain)
	require.ErrorContains(t, err, "Cooking")
	_, err = Walk(full{}, example(), terminal.Plain)
	require.ErrorContains(t, err, "disk full")
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWalkKeepsTheWidth(t *testing.T) {
	for _, width := range []int{70, 100, 120} {
		var b strings.Builder
		_, err := Walk(&b, pending, terminal.Style{Width: width})
		require.NoError(t, err)
		for l := range strings.Lines(b.String()) {
			require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(l, "\n")), width, l)
		}
	}
}

func TestRoomsTakeTheirPlaceInTheOrder(t *testing.T) {
	all := []Row{{Section: Sections[0], Name: "a"}, {Section: Sections[0], Name: "b"}, {Section: Sections[2], Name: "c"}}
	rows := inOrder([]Row{
		{Section: Sections[2], Name: "more"},
		{Section: Sections[2], Name: "c", States: "taken"},
		{Section: Sections[0], Name: "b", States: "taken"},
	}, all)
	var got []string
	for _, r := range rows {
		got = append(got, r.Name+" "+r.States)
	}
	require.Equal(t, []string{"a ", "b taken", "c taken", "more "}, got)
}
