package remote

import (
	"log/slog"
	"sync"
	"time"
)

// A breaker keeps calls from a server that fails them: after some failures in
// a row none is made for a while, then one to see whether it is back.
type breaker struct {
	log *slog.Logger // names the server

	mu       sync.Mutex
	failures int       // in a row
	until    time.Time // when the next call may be made, if there are maxFailures
	pause    time.Duration
	trying   bool // a call is on its way to see whether the server is back
}

const (
	maxFailures = 3
	firstPause  = 5 * time.Second
	lastPause   = time.Minute
)

func now() time.Time { return time.Now() } //nolint:forbidigo // for the pauses between calls only

// allow reports whether a call may be made. Its outcome goes to succeed, fail
// or forget.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < maxFailures {
		return true
	}
	if b.trying || now().Before(b.until) {
		return false
	}
	b.trying = true
	return true
}

// answers reports whether the server has not been given up for a while.
func (b *breaker) answers() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failures < maxFailures
}

// succeed notes that the server has answered.
func (b *breaker) succeed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures >= maxFailures {
		b.log.Info("the server answers again")
	}
	b.failures, b.pause, b.trying = 0, 0, false
}

// fail notes that the server has not answered, or not in time.
func (b *breaker) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	if b.failures < maxFailures || b.failures > maxFailures && !b.trying {
		return // the second: a call that was under way when the pause began
	}
	if b.pause == 0 {
		b.pause = firstPause
		b.log.Warn("the server fails; going on without it", "error", err, "next_attempt_in", b.pause)
	} else {
		b.pause = min(2*b.pause, lastPause)
	}
	b.until, b.trying = now().Add(b.pause), false
}

// forget notes that a call has ended without telling anything of the server,
// because whoever wanted it has gone.
func (b *breaker) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}
