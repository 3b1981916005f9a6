// Package kernel holds the loops that dominate a profile, one file per topic.
//
// The portable loop is the definition of each. Where a profile asks for it, the
// loop has vector forms for AVX2 and AVX-512 beside it (x_amd64.s), which the module
// in avo writes and x_amd64.go calls; x_other.go stands in for them on other
// architectures and under the purego tag. A vector form takes as many rows as fit
// its registers and says how many; the portable loop takes the rest. The widest
// instruction set that the processor has is chosen once, at start (level.go).
//
// Maps, minima and counts have the same bits in every form. Sums are added in an
// order that the length alone decides, but one that differs between the portable and
// the vector loops: they agree to the rounding of n additions.
package kernel

//go:generate go -C avo run . -topic affine -pkg kernel -out ../affine_amd64.s -stubs ../affine_stubs_amd64.go
//go:generate go -C avo run . -topic between -pkg kernel -out ../between_amd64.s -stubs ../between_stubs_amd64.go
//go:generate go -C avo run . -topic columns -pkg kernel -out ../columns_amd64.s -stubs ../columns_stubs_amd64.go
//go:generate go -C avo run . -topic counts -pkg kernel -out ../counts_amd64.s -stubs ../counts_stubs_amd64.go
//go:generate go -C avo run . -topic deviations -pkg kernel -out ../deviations_amd64.s -stubs ../deviations_stubs_amd64.go
//go:generate go -C avo run . -topic edges -pkg kernel -out ../edges_amd64.s -stubs ../edges_stubs_amd64.go
//go:generate go -C avo run . -topic finite -pkg kernel -out ../finite_amd64.s -stubs ../finite_stubs_amd64.go
//go:generate go -C avo run . -topic gaps -pkg kernel -out ../gaps_amd64.s -stubs ../gaps_stubs_amd64.go
//go:generate go -C avo run . -topic gram -pkg kernel -out ../gram_amd64.s -stubs ../gram_stubs_amd64.go
//go:generate go -C avo run . -topic losses -pkg kernel -out ../losses_amd64.s -stubs ../losses_stubs_amd64.go
//go:generate go -C avo run . -topic near -pkg kernel -out ../near_amd64.s -stubs ../near_stubs_amd64.go
//go:generate go -C avo run . -topic nibbles -pkg kernel -out ../nibbles_amd64.s -stubs ../nibbles_stubs_amd64.go
//go:generate go -C avo run . -topic numbers -pkg kernel -out ../numbers_amd64.s -stubs ../numbers_stubs_amd64.go
//go:generate go -C avo run . -topic pairs -pkg kernel -out ../pairs_amd64.s -stubs ../pairs_stubs_amd64.go
//go:generate go -C avo run . -topic probability -pkg kernel -out ../probability_amd64.s -stubs ../probability_stubs_amd64.go
//go:generate go -C avo run . -topic rows -pkg kernel -out ../rows_amd64.s -stubs ../rows_stubs_amd64.go
//go:generate go -C avo run . -topic separators -pkg kernel -out ../separators_amd64.s -stubs ../separators_stubs_amd64.go
//go:generate go -C avo run . -topic tokens -pkg kernel -out ../tokens_amd64.s -stubs ../tokens_stubs_amd64.go
//go:generate go -C avo run . -topic wins -pkg kernel -out ../wins_amd64.s -stubs ../wins_stubs_amd64.go
//go:generate go -C avo run . -topic within -pkg kernel -out ../within_amd64.s -stubs ../within_stubs_amd64.go
