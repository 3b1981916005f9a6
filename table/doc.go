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
//
// # Parquet
//
// Flat columns are read page by page; a nested or repeated column is refused by
// its name, unless Options.Columns leaves it out. The file says the types, so
// nothing is inferred, and its nulls are missing: no text is, unless
// Options.Missing says so. These columns are Float:
//
//	integers of any width and sign   rounded beyond 2^53
//	float, double, half precision
//	boolean                          0 and 1
//	decimal                          correctly rounded
//	date, timestamp, INT96           seconds since 1970-01-01, as UTC (Field.Time)
//	time of day                      seconds since midnight
//
// and these are String: UTF-8, enumerations, JSON, UUID, and bytes without a
// meaning. Any column may be declared String: numbers are then written exactly,
// booleans as true and false, and times as in RFC 3339. Text declared Float is
// parsed as in CSV. Pages are plain, dictionary, RLE, delta or byte-stream-split,
// of version 1 or 2, and uncompressed or compressed by snappy, gzip, zstd, LZ4
// or brotli. Counts and sizes in the file are held against the bytes there are
// before memory is taken for them; a page that does not decode to what its header
// says, or fails its checksum, is an *Error that wraps ErrCorrupt.
//
// # JSON Lines
//
// Each line of a .jsonl or .ndjson file is a flat object; the columns are the
// keys in the order of their appearance in the whole file. A key that is not there,
// null and NaN are missing. A column is Float if all its values are numbers and
// String otherwise, with numbers as they stand in the file and true and false as
// text. An object or an array as a value is refused by the name of its column,
// unless Options.Columns leaves it out; so is a key that is there twice.
package table
