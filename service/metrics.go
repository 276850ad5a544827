package service

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// The outcomes of modules, as values of a label.
const (
	outcomeOK          = "ok"
	outcomeSyntaxError = "syntax_error"
)

// metrics are what a Server counts.
type metrics struct {
	registry *prometheus.Registry

	calls       *prometheus.CounterVec   // method, code
	callSeconds *prometheus.HistogramVec // method
	callsOpen   prometheus.Gauge
	refused     *prometheus.CounterVec // limit

	modules       *prometheus.CounterVec   // python, outcome
	moduleSeconds *prometheus.HistogramVec // python, outcome
	sourceBytes   *prometheus.CounterVec   // python
	pycBytes      *prometheus.CounterVec   // python
	waiting       prometheus.Gauge
	compiling     prometheus.Gauge
	bytesHeld     prometheus.Gauge

	connections       prometheus.Gauge
	handshakesRefused prometheus.Counter
	draining          prometheus.Gauge
}

// seconds are the bounds of histograms: a module takes from a fraction of a
// millisecond to minutes.
var seconds = prometheus.ExponentialBucketsRange(0.0001, 100, 19)

func newMetrics(version string) *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		m.registry.MustRegister(v)
		return v
	}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: seconds}, labels)
		m.registry.MustRegister(v)
		return v
	}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
		m.registry.MustRegister(g)
		return g
	}
	m.calls = counter("pyc_calls_total", "Calls that have ended, by method and gRPC status code.", "method", "code")
	m.callSeconds = histogram("pyc_call_seconds", "Time from the beginning of a call to its end, by method.", "method")
	m.callsOpen = gauge("pyc_calls_open", "Calls under way.")
	m.refused = counter("pyc_refused_total", "Calls, connections and modules refused, by the limit that they exceed.", "limit")
	m.modules = counter("pyc_modules_total", "Modules, by Python version and outcome: ok, syntax_error or a gRPC status code.", "python", "outcome")
	m.moduleSeconds = histogram("pyc_module_seconds", "Time to compile a module, waiting not included, by Python version and outcome.", "python", "outcome")
	m.sourceBytes = counter("pyc_source_bytes_total", "Length of the sources of modules, by Python version.", "python")
	m.pycBytes = counter("pyc_pyc_bytes_total", "Length of the .pyc files of modules, by Python version.", "python")
	m.waiting = gauge("pyc_modules_waiting", "Modules that wait until others are compiled.")
	m.compiling = gauge("pyc_modules_compiling", "Modules being compiled.")
	m.bytesHeld = gauge("pyc_source_bytes_held", "Length of the sources that have been accepted and not been answered.")
	m.connections = gauge("pyc_connections_open", "Connections.")
	m.handshakesRefused = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "pyc_handshakes_refused_total", Help: "Connections that ended in the TLS handshake, such as those with a wrong certificate.",
	})
	m.registry.MustRegister(m.handshakesRefused)
	m.draining = gauge("pyc_draining", "1 when the server is going down.")
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "pyc_build_info", Help: "Always 1; the version of the program is a label.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// module counts a module that has been dealt with.
func (m *metrics) module(python, outcome string, took time.Duration, source, pyc int) {
	m.modules.WithLabelValues(python, outcome).Inc()
	m.moduleSeconds.WithLabelValues(python, outcome).Observe(took.Seconds())
	m.sourceBytes.WithLabelValues(python).Add(float64(source))
	m.pycBytes.WithLabelValues(python).Add(float64(pyc))
}
