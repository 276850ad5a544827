package service

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// A gate bounds what is compiled and kept at once. Who comes first goes first.
type gate struct {
	metrics *metrics
	bytes   *semaphore.Weighted
	slots   *semaphore.Weighted
}

func newGate(l Limits, m *metrics) *gate {
	return &gate{metrics: m, bytes: semaphore.NewWeighted(l.BytesInFlight), slots: semaphore.NewWeighted(int64(l.Concurrency))}
}

// hold waits until there is room for a source of n bytes, and returns what
// gives the room back.
func (g *gate) hold(ctx context.Context, n int64) (release func(), err error) {
	if err := g.bytes.Acquire(ctx, n); err != nil {
		return nil, err
	}
	g.metrics.bytesHeld.Add(float64(n))
	return func() {
		g.metrics.bytesHeld.Sub(float64(n))
		g.bytes.Release(n)
	}, nil
}

// enter waits for the turn to compile, and returns what ends it.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	g.metrics.waiting.Inc()
	err = g.slots.Acquire(ctx, 1)
	g.metrics.waiting.Dec()
	if err != nil {
		return nil, err
	}
	g.metrics.compiling.Inc()
	return func() {
		g.metrics.compiling.Dec()
		g.slots.Release(1)
	}, nil
}
