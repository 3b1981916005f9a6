package main

// growthReasons say why the cost per element of a case grows with the data. They are
// written beside the figures where growth exceeds notFlat.
var growthReasons = map[string]string{}

// memoryReason stands where a case does no more than its memory must, unless it has a
// reason of its own.
const memoryReason = "memory is the limit, and gives less as the arrays leave the caches: see *of memory*"

// notReached says, by case, why a goal is not reached. It is written beside each goal that
// the figures miss.
var notReached = map[string]string{
	"permutation importance, linear model": "a third of what is left at 100,000 rows is the model's own product, the same on both sides",
}
