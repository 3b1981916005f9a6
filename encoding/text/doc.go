// Package text turns documents into numbers.
//
// Bags of words: an [Analyzer] finds the terms of a document (tokens, stop
// words, stems, n-grams), a [CountVectorizer] counts them in columns, a
// [TfidfVectorizer] weights the counts, a [HashingVectorizer] needs no
// vocabulary. Rows are sparse ([encoding.CSR]); columns and values are those of
// scikit-learn. What they learn of a corpus is a [DocumentFrequencies], which
// can be taken in batches and merged.
//
// Word embeddings: [Vectors] are read and written in the formats of word2vec
// and GloVe, asked for neighbours and analogies, and pooled into vectors of
// documents ([Mean], [SIF]); [SkipGram] trains them.
package text
