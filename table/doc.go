// Package table holds named columns with missing values, and reads and writes
// them as files, in batches, so that a file larger than memory can be measured.
//
// A column is either float64, where NaN is missing, or text held as codes into
// a dictionary, where the code MissingCode is missing:
//
//	t, err := table.ReadFile("scores.csv", table.Options{})
//	score, err := t.Floats("score")      // []float64
//	label, err := t.Column("label")      // label.Codes, label.Dict
//
// A file that does not fit is read batch by batch:
//
//	r, err := table.Open("scores.csv.gz", table.Options{Columns: []string{"label", "score"}})
//	defer r.Close()
//	for {
//		batch, err := r.Next() // valid until the next call
//		if err == io.EOF {
//			break
//		}
//		...
//	}
//
// # Types
//
// Types that Options.Types declares are respected: text in a column declared
// Float is an error that names the row. The others are inferred: a column is
// Float if every one of its values in the whole file is a number or missing,
// and String otherwise. Open therefore scans the file once before it delivers
// the first batch, unless every type is declared or Options.Infer says
// otherwise. ReadFile starts from the first block and reads again if a later
// value contradicts it. A column never changes its type on the way, and the
// text of a String column is the text of the file, to the byte.
//
// A number is an optional sign, decimal digits with an optional point, and an
// optional exponent; or inf, infinity with an optional sign in any case. It is
// rounded correctly. Spaces and tabs around it are ignored. Decimal numbers
// beyond the range of float64 are text. Integers beyond 2^53 are rounded, and
// leading zeros are dropped: declare identifiers as String.
//
// # CSV
//
// The first line names the columns (see Options.Names for files without). A
// byte-order mark is skipped; lines end in LF or CRLF; empty lines are skipped;
// fields are quoted as in RFC 4180, and may then hold delimiters, line ends and
// doubled quotes. A row with too few or too many fields is refused with its
// number, and so are a quote in the middle of a field, a quote that is never
// closed, and a record longer than Options.MaxLine. Values equal to one of
// DefaultMissing (or Options.Missing) are missing, quoted or not. Names that
// end in .gz are decompressed, "-" is standard input (decompressed if it starts
// as gzip does), and .tsv means tabs.
package table
