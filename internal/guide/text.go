package guide

import (
	"fmt"
	"slices"

	"github.com/mlgauge/mlgauge/encoding/text"
)

func textRows() []Row {
	const section = "Text features"
	return []Row{
		{Section: section, Name: "Tokenization", States: `"I love ML" -> [I, love, ML]`, Check: tokenization},
		{Section: section, Name: "Bag of words", States: `"ML is fun" -> {ML: 1, is: 1, fun: 1}`, Check: bagOfWords},
		{Section: section, Name: "TF-IDF", States: `rare words weigh more: "the" -> low, "neural" -> high`, Check: tfidf},
		{Section: section, Name: "Word embeddings", States: "king - man + woman ~ queen", Check: wordEmbeddings},
	}
}

func tokenization() (Result, error) {
	got, err := text.Analyzer{KeepCase: true, MinLength: 1}.Terms("I love ML")
	return Result{
		Got:     fmt.Sprintf("%q", got),
		Verdict: verdict(slices.Equal(got, []string{"I", "love", "ML"})),
	}, err
}

func bagOfWords() (Result, error) {
	v := text.CountVectorizer{Analyzer: text.Analyzer{KeepCase: true}}
	x, err := v.FitTransform(nil, []string{"ML is fun"})
	if err != nil {
		return Result{}, err
	}
	names := v.FeatureNames()
	return Result{
		Got:     fmt.Sprintf("columns %q, row %v", names, x.Data),
		Verdict: verdict(slices.Equal(names, []string{"ML", "fun", "is"}) && slices.Equal(x.Data, []float64{1, 1, 1})),
	}, nil
}

func tfidf() (Result, error) {
	v := text.TfidfVectorizer{Weighting: text.Weighting{Norm: text.NoNorm}}
	x, err := v.FitTransform(nil, []string{"the neural net", "the cat", "the dog", "the end"})
	if err != nil {
		return Result{}, err
	}
	the, _ := v.Column("the")
	neural, _ := v.Column("neural")
	low, high := x.At(0, the), x.At(0, neural)
	// ln(5/5) + 1 and ln(5/2) + 1
	return Result{
		Got:     fmt.Sprintf("in 4 of 4 documents and in 1 of 4: the %.6f, neural %.6f", low, high),
		Verdict: verdict(near(1, low, 1e-12) && near(1.9162907318741551, high, 1e-12)),
	}, nil
}

func wordEmbeddings() (Result, error) {
	// Drawn by hand: rank, sex and food. The vectors of examples/embeddings are
	// trained.
	v, err := text.NewVectors(
		[]string{"king", "queen", "man", "woman", "prince", "apple"}, 3,
		[]float32{1, 1, 0, 1, -1, 0, 0, 1, 0, 0, -1, 0, 0.5, 1, 0, 0, 0, 1})
	if err != nil {
		return Result{}, err
	}
	add, err := v.Analogy([]string{"king", "woman"}, []string{"man"}, 1, text.CosAdd)
	if err != nil {
		return Result{}, err
	}
	mul, err := v.Analogy([]string{"king", "woman"}, []string{"man"}, 1, text.CosMul)
	if err != nil {
		return Result{}, err
	}
	// unit vectors: (1, 1)/sqrt 2 + (0, -1) - (0, 1) against (1, -1)/sqrt 2
	const cosine = 0.9596829822606672
	return Result{
		Got:     fmt.Sprintf("3CosAdd %s %.6f, 3CosMul %s", add[0].Word, add[0].Score, mul[0].Word),
		Verdict: verdict(add[0].Word == "queen" && mul[0].Word == "queen" && near(cosine, add[0].Score, 1e-6)),
	}, nil
}
