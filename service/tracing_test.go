package service_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/rules-pyc/rules_pyc/service"
)

// A call that is traced has a span, and its compilation one below it; both are
// in the trace of the caller.
func TestTraces(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	s := start(t, func(c *service.Config) { c.Tracer, c.Propagator = provider, propagation.TraceContext{} })
	const id = "0af7651916cd43dd8448eb211c80319c"
	ctx := metadata.AppendToOutgoingContext(timeout(t), "traceparent", "00-"+id+"-b7ad6b7169203331-01")
	if _, err := s.Compile(ctx, request("x =\n", "x.py")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "there are two spans", func() bool { return len(spans.Ended()) == 2 })
	inner, outer := spans.Ended()[0], spans.Ended()[1]
	if inner.Name() != "compile 3.14" || outer.Name() != "pyc.compile.v1.CompileService/Compile" {
		t.Errorf("spans %q in %q", inner.Name(), outer.Name())
	}
	if inner.Parent().SpanID() != outer.SpanContext().SpanID() || outer.SpanContext().TraceID().String() != id {
		t.Error("the spans are not one below the other in the trace of the caller")
	}
	attributes := map[string]string{}
	for _, a := range inner.Attributes() {
		attributes[string(a.Key)] = a.Value.String()
	}
	if attributes["pyc.outcome"] != "syntax_error" || attributes["pyc.filename"] != "x.py" || attributes["pyc.source_bytes"] != "4" {
		t.Errorf("attributes %v", attributes)
	}
}

// collector is where traces are sent.
type collector struct {
	collectorpb.UnimplementedTraceServiceServer
	got chan *collectorpb.ExportTraceServiceRequest
}

func (c *collector) Export(_ context.Context, r *collectorpb.ExportTraceServiceRequest) (*collectorpb.ExportTraceServiceResponse, error) {
	c.got <- r
	return &collectorpb.ExportTraceServiceResponse{}, nil
}

func TestTracingFromEnvironment(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{got: make(chan *collectorpb.ExportTraceServiceRequest, 10)}
	server := grpc.NewServer()
	collectorpb.RegisterTraceServiceServer(server, c)
	go server.Serve(l)
	t.Cleanup(server.Stop)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+l.Addr().String())
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
	tracing, err := service.TracingFromEnvironment(t.Context(), "v1")
	if err != nil || tracing == nil {
		t.Fatalf("got %v, %v", tracing, err)
	}
	s := start(t, func(c *service.Config) { c.Tracer, c.Propagator = tracing.TracerProvider, tracing.Propagator })
	if _, err := s.Compile(timeout(t), request("x = 1\n", "x.py")); err != nil {
		t.Fatal(err)
	}
	s.server.Drain(timeout(t))
	if err := tracing.Shutdown(timeout(t)); err != nil {
		t.Fatal(err)
	}
	r := <-c.got
	text := r.String()
	for _, want := range []string{`"compile 3.14"`, `"service.name"`, `"pyc"`, `"v1"`, `"deployment.environment"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}

func TestTracingVariables(t *testing.T) {
	for _, test := range []struct {
		variables string
		wanted    bool
		err       string
	}{
		{"", false, ""},
		{"OTEL_TRACES_EXPORTER=otlp", true, ""},
		{"OTEL_TRACES_EXPORTER=none OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317", false, ""},
		{"OTEL_SDK_DISABLED=true OTEL_TRACES_EXPORTER=otlp", false, ""},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4317", true, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 OTEL_EXPORTER_OTLP_PROTOCOL=grpc", true, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", false, `OTEL_EXPORTER_OTLP_PROTOCOL is "http/protobuf"; traces are sent by grpc alone`},
		{"OTEL_TRACES_EXPORTER=zipkin", false, `OTEL_TRACES_EXPORTER is "zipkin"; otlp and none are known`},
	} {
		t.Run(test.variables, func(t *testing.T) {
			for pair := range strings.FieldsSeq(test.variables) {
				name, value, _ := strings.Cut(pair, "=")
				t.Setenv(name, value)
			}
			tracing, err := service.TracingFromEnvironment(t.Context(), "v1")
			if tracing != nil {
				defer tracing.Shutdown(t.Context())
			}
			message := ""
			if err != nil {
				message = err.Error()
			}
			if (tracing != nil) != test.wanted || message != test.err {
				t.Errorf("got traces: %v, %s\nwant %v, %s", tracing != nil, message, test.wanted, test.err)
			}
		})
	}
}
