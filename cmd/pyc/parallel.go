package main

// inOrder does the work number 0 to n-1, several at once, and hands the results
// to report, one at a time and in the order of their numbers.
func inOrder[T any](n, parallel int, do func(i int) T, report func(T)) {
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
	for range min(parallel, n) {
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
