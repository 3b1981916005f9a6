package guide

// A Report is what the rows came to, for machines.
type Report struct {
	Rows  []Outcome `json:"rows"`
	Tally Tally     `json:"tally"`
}

// An Outcome is a row and its verdict: "agrees", "erratum", "FAILED" or "not
// yet".
type Outcome struct {
	Section string `json:"section"`
	Name    string `json:"name"`
	States  string `json:"states"`
	Verdict string `json:"verdict"`
	Got     string `json:"got,omitempty"`
	Note    string `json:"note,omitempty"`
}

// Run checks every row.
func Run(rows []Row) Report {
	var r Report
	for _, row := range rows {
		res, word, _ := r.Tally.check(row)
		r.Rows = append(r.Rows, Outcome{row.Section, row.Name, row.States, word, res.Got, res.Note})
	}
	return r
}
