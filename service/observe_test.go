package service_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
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
		m := metrics(t, s)
		return m[`pyc_calls_total{code="OK",`+method+`BatchCompile"}`] == 1 && m[`pyc_call_seconds_count{`+method+`Compile"}`] == 4 &&
			m["pyc_source_bytes_held"] == 0
	})
	got := metrics(t, s)
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s is %v, want %v", name, got[name], n)
		}
	}
}

// Probes need no credentials, and follow the service as it goes down.
func TestProbes(t *testing.T) {
	s := start(t, func(c *service.Config) { c.Authorize = func(string) bool { return false } })
	l := listen(t, "127.0.0.1:0")
	observer := s.server.Observer()
	go observer.Serve(l)
	t.Cleanup(func() { observer.Close() })
	get := func(path string) (int, string) {
		resp, err := http.Get("http://" + l.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(plain()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	check := func(service string) (healthpb.HealthCheckResponse_ServingStatus, codes.Code) {
		resp, err := healthpb.NewHealthClient(conn).Check(timeout(t), &healthpb.HealthCheckRequest{Service: service})
		return resp.GetStatus(), status.Code(err)
	}
	const name = "pyc.compile.v1.CompileService"
	for _, service := range []string{"", name} {
		if got, code := check(service); got != healthpb.HealthCheckResponse_SERVING || code != codes.OK {
			t.Errorf("health of %q: %v, %v", service, got, code)
		}
	}
	if _, code := check("other"); code != codes.NotFound {
		t.Errorf("health of a service that is not there: %v", code)
	}
	// The observer is no way in.
	_, err = compilev1.NewCompileServiceClient(conn).Compile(timeout(t), request("x = 1\n", "x.py"))
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("compiling where probes go: %v", err)
	}
	for path, want := range map[string]int{"/metrics": 200, "/healthz": 200, "/readyz": 200, "/": 404, "/debug/pprof/": 404} {
		if got, _ := get(path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if err := s.server.Drain(timeout(t)); err != nil {
		t.Fatal(err)
	}
	for _, service := range []string{"", name} {
		if got, _ := check(service); got != healthpb.HealthCheckResponse_NOT_SERVING {
			t.Errorf("health of %q when drained: %v", service, got)
		}
	}
	if code, text := get("/readyz"); code != 503 || text != "the service is going down\n" {
		t.Errorf("/readyz when drained: %d %s", code, text)
	}
	if code, _ := get("/healthz"); code != 200 {
		t.Errorf("/healthz when drained: %d", code)
	}
}

func TestCapabilities(t *testing.T) {
	s := start(t, func(c *service.Config) {
		c.Limits = service.Limits{
			MessageBytes: 1, SourceBytes: 2, BatchInFlight: 3, Concurrency: 4, Calls: 5, Connections: 6, BytesInFlight: 7,
			Duration: 8 * time.Second, Stall: time.Minute,
		}
		c.Blobs = &blobs{}
	})
	got, err := s.GetCapabilities(timeout(t), &compilev1.GetCapabilitiesRequest{})
	want := &compilev1.GetCapabilitiesResponse{
		Versions: []*compilev1.PythonVersion{{Name: "3.14", Magic: 3627}},
		Limits: &compilev1.Limits{
			MaxMessageBytes: 1, MaxSourceBytes: 2, MaxFilenameBytes: 4096, MaxBatchInFlight: 3, MaxConcurrency: 4, MaxCalls: 5,
			MaxDuration: durationpb.New(8 * time.Second),
		},
		Cas: true, ServerVersion: "test",
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}
