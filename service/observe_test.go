package service_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/rules-pyc/rules_pyc/service"
)

// metrics returns what the service counts, by name and labels.
func metrics(t *testing.T, s *running) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	s.server.Observer().Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	all := map[string]float64{}
	for line := range strings.Lines(w.Body.String()) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if i := strings.LastIndex(line, "} "); i >= 0 {
			name, value = line[:i+1], strings.TrimSpace(line[i+2:])
		}
		if n, err := strconv.ParseFloat(value, 64); err == nil && !strings.HasPrefix(line, "#") {
			all[name] = n
		}
	}
	return all
}

func TestMetrics(t *testing.T) {
	s := start(t, func(c *service.Config) { c.Limits.SourceBytes = 100 })
	sources := []string{"x = 1\n", "x = 2\n", "x =\n", strings.Repeat("#", 101)}
	size := 0.0
	for _, source := range sources {
		if resp, err := s.Compile(timeout(t), request(source, "x.py")); err == nil {
			size += float64(len(resp.GetModule().GetPyc()))
		}
	}
	batch(t, s, request("x = 1\n", "x.py"), request(sources[3], "x.py"))
	size *= 1.5 // the batch had one like the two before
	const method = `method="/pyc.compile.v1.CompileService/`
	want := map[string]float64{
		`pyc_calls_total{code="OK",` + method + `Compile"}`:                3,
		`pyc_calls_total{code="ResourceExhausted",` + method + `Compile"}`: 1,
		`pyc_calls_total{code="OK",` + method + `BatchCompile"}`:           1,
		`pyc_call_seconds_count{` + method + `Compile"}`:                   4,
		`pyc_modules_total{outcome="ok",python="3.14"}`:                    3,
		`pyc_modules_total{outcome="syntax_error",python="3.14"}`:          1,
		`pyc_module_seconds_count{outcome="ok",python="3.14"}`:             3,
		`pyc_source_bytes_total{python="3.14"}`:                            22,
		`pyc_pyc_bytes_total{python="3.14"}`:                               size,
		`pyc_refused_total{limit="--max-source-bytes"}`:                    2,
		`pyc_connections_open`:                                             1,
		`pyc_draining`:                                                     0,
		`pyc_build_info{version="test"}`:                                   1,
	}
	eventually(t, "the calls have been counted", func() bool {
		return metrics(t, s)[`pyc_calls_total{code="OK",`+method+`BatchCompile"}`] == 1
	})
	got := metrics(t, s)
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s is %v, want %v", name, got[name], n)
		}
	}
}
