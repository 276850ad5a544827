package service

import (
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

// probeTimeout bounds reading and answering a request of Observer.
const probeTimeout = 10 * time.Second

// maxProbe is the greatest length of a gRPC health request in bytes.
const maxProbe = 4 << 10

// Observer returns the server of what needs no credentials, for an address of
// its own:
//
//	/metrics   what the server counts, for Prometheus
//	/healthz   200 as long as the process answers
//	/readyz    200 if the service takes calls, 503 if it is going down
//
// and gRPC's standard health service, by HTTP/2 in plain text.
func (s *Server) Observer() *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 8}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if s.serving(r) {
			answer(w, http.StatusOK, "ok")
		} else {
			answer(w, http.StatusServiceUnavailable, "the service is going down")
		}
	})
	probes := grpc.NewServer(grpc.MaxRecvMsgSize(maxProbe))
	healthpb.RegisterHealthServer(probes, s.health)
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
				probes.ServeHTTP(w, r)
				return
			}
			mux.ServeHTTP(w, r)
		}),
		Protocols:         &protocols,
		ReadHeaderTimeout: probeTimeout,
		ReadTimeout:       probeTimeout,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    maxHeaders,
	}
}

// serving asks the health service.
func (s *Server) serving(r *http.Request) bool {
	resp, err := s.health.Check(r.Context(), &healthpb.HealthCheckRequest{Service: compilev1.CompileService_ServiceDesc.ServiceName})
	return err == nil && resp.GetStatus() == healthpb.HealthCheckResponse_SERVING
}

func answer(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write([]byte(text + "\n")) // nobody is left to tell
}
