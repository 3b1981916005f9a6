//go:build !amd64 || purego

package kernel

func absoluteErrorsVector[F Float](dst []float64, a, b []F) (done int) { return 0 }

func pinballVector[F Float](dst []float64, a, b []F, alpha float64) (done int) { return 0 }

func huberVector[F Float](dst []float64, a, b []F, delta float64) (done int) { return 0 }

func ratiosVector[F Float](a, b []F, eps float64) (done int, mape, smape float64) { return 0, 0, 0 }
