package remote

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestBreaker lets hours of a bubble's time pass.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		b := &breaker{log: slog.New(slog.NewTextHandler(&log, nil))}
		down := errors.New("down")
		for i := range maxFailures {
			if !b.allow() {
				t.Fatalf("no call after %d failures", i)
			}
			b.fail(down)
		}
		if b.allow() || b.answers() {
			t.Fatal("a call during the pause")
		}
		b.fail(down) // one that was under way
		for _, pause := range []time.Duration{5, 10, 20, 40, 60, 60} {
			time.Sleep(pause*time.Second - time.Nanosecond)
			if b.allow() {
				t.Fatalf("a call before the end of a pause of %d s", pause)
			}
			time.Sleep(time.Nanosecond)
			if !b.allow() {
				t.Fatalf("no call after a pause of %d s", pause)
			}
			if b.allow() {
				t.Fatal("two calls to see whether the server is back")
			}
			b.fail(down)
		}
		time.Sleep(time.Minute)
		if !b.allow() {
			t.Fatal("no call after a pause")
		}
		b.forget()
		if !b.allow() {
			t.Fatal("no call after one that told nothing")
		}
		b.succeed()
		if first, second := b.allow(), b.allow(); !first || !second || !b.answers() {
			t.Fatal("no calls to a server that is back")
		}
		b.fail(down)
		if !b.allow() {
			t.Fatal("one failure was too many")
		}
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("the log has %d lines, want one for each turn:\n%s", n, &log)
		}
	})
}
