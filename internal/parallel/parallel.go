// Package parallel does independent pieces of work several at a time and hands
// out the results in order.
package parallel

// InOrder does the work number 0 to n-1, at most limit at once but at least one,
// and hands the results to report, one at a time and in the order of their
// numbers.
func InOrder[T any](n, limit int, do func(i int) T, report func(T)) {
	done := make([]chan T, n)
	for i := range done {
		done[i] = make(chan T, 1)
	}
	next := make(chan int)
	go func() {
		defer close(next)
		for i := range n {
			next <- i
		}
	}()
	for range min(max(limit, 1), n) {
		go func() {
			for i := range next {
				done[i] <- do(i)
			}
		}()
	}
	for i := range n {
		report(<-done[i])
	}
}
