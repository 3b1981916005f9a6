package main

import (
	"math/rand/v2"

	"github.com/mlgauge/mlgauge/encoding/text"
)

// royalCorpus makes sentences about people of two sexes, two ranks and two ages.
// A sentence names one person and, in any order, words that go with the sex, the
// rank and the age. Nothing in it says that a king is to a man as a queen is to a
// woman.
func royalCorpus() [][]string {
	sexes := [2][]string{{"he", "his", "him", "beard", "sir"}, {"she", "her", "hers", "gown", "madam"}}
	ranks := [2][]string{{"throne", "crown", "palace", "court", "reign"}, {"field", "market", "cottage", "plough", "village"}}
	ages := [2][]string{{"old", "wise", "grey", "elder"}, {"young", "small", "school", "play"}}
	people := [2][2][2]string{ // sex, rank, age
		{{"king", "prince"}, {"man", "boy"}},
		{{"queen", "princess"}, {"woman", "girl"}},
	}
	rng := rand.New(rand.NewPCG(1, 1))
	pick := func(words []string) string { return words[rng.IntN(len(words))] }
	var corpus [][]string
	for range 6000 {
		sex, rank, age := rng.IntN(2), rng.IntN(2), rng.IntN(2)
		s := []string{people[sex][rank][age], pick(sexes[sex]), pick(sexes[sex]), pick(ranks[rank]), pick(ranks[rank]), pick(ages[age])}
		rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
		corpus = append(corpus, s)
	}
	return corpus
}

// trainRoyal makes the vectors of royal.vec.
func trainRoyal() (*text.Vectors, error) {
	return text.SkipGram{Dim: 12, Window: 5, Epochs: 10, Sample: -1, Seed: 1}.Train(royalCorpus())
}
