//go:build !offline

package main

import (
	"io"
	stdlog "log"
	"log/slog"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"google.golang.org/grpc/grpclog"

	"github.com/rules-pyc/rules_pyc/cache"
)

// takeLogs has everything that the libraries say become lines of our log, so
// that nothing else is on stderr.
func takeLogs(log *slog.Logger) {
	w := logWriter{log}
	stdlog.SetFlags(0)
	stdlog.SetOutput(w)
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, w))
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces are not sent", "error", err) }))
}

// A logWriter makes a line of the log of each write.
type logWriter struct{ log *slog.Logger }

// Write logs a line.
func (w logWriter) Write(p []byte) (int, error) {
	w.log.Warn(strings.TrimSpace(string(p)))
	return len(p), nil
}

// cacheMetrics are what the caches count, for Prometheus.
type cacheMetrics struct{ stats *cache.Stats }

var cacheEvents = prometheus.NewDesc("pyc_cache_events_total",
	"What has happened in the caches, by store, kind and Python version: hit, miss, stored and others; what concerns no store or version has an empty one.",
	[]string{"store", "kind", "python"}, nil)

// Describe is for Prometheus.
func (m *cacheMetrics) Describe(to chan<- *prometheus.Desc) { to <- cacheEvents }

// Collect is for Prometheus.
func (m *cacheMetrics) Collect(to chan<- prometheus.Metric) {
	for _, c := range m.stats.Counts() {
		to <- prometheus.MustNewConstMetric(cacheEvents, prometheus.CounterValue, float64(c.N), c.Store, string(c.Kind), c.Python)
	}
}
