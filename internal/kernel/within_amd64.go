//go:build !purego

package kernel

func greatestCodeVector(codes []int32) (done int, most uint32) {
	if done = len(codes) &^ 31; done == 0 || level < levelAVX2 {
		return 0, 0
	}
	return done, greatestCodeAVX2(&codes[0], done)
}
