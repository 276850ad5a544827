package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Tracing sends traces to a collector.
type Tracing struct {
	*trace.TracerProvider
	// Propagator reads the trace of a caller out of its headers.
	Propagator propagation.TextMapPropagator
}

// TracingFromEnvironment returns what OpenTelemetry's environment variables ask
// for, or nil if they ask for no traces: they do when OTEL_TRACES_EXPORTER is
// "otlp", or when it is not set and OTEL_EXPORTER_OTLP_ENDPOINT or
// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is. The collector need not be there.
func TracingFromEnvironment(ctx context.Context, version string) (*Tracing, error) {
	wanted, err := tracingWanted(os.Getenv)
	if err != nil || !wanted {
		return nil, err
	}
	exporter, err := otlptracegrpc.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("preparing to send traces: %w", err)
	}
	// What comes later overrides: OTEL_SERVICE_NAME and
	// OTEL_RESOURCE_ATTRIBUTES.
	described, err := resource.New(ctx,
		resource.WithTelemetrySDK(),
		resource.WithHost(),
		resource.WithAttributes(attribute.String("service.name", serviceName), attribute.String("service.version", version)),
		resource.WithFromEnv(),
	)
	if err != nil {
		return nil, fmt.Errorf("describing this process for traces: %w", errors.Join(err, exporter.Shutdown(ctx)))
	}
	return &Tracing{
		TracerProvider: trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(described)),
		Propagator:     propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}),
	}, nil
}

// serviceName is the name of the service in logs and traces.
const serviceName = "pyc"

// tracingWanted reads the variables that the exporter does not read itself.
func tracingWanted(getenv func(string) string) (bool, error) {
	if getenv("OTEL_SDK_DISABLED") == "true" {
		return false, nil
	}
	endpoint := getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
	switch exporter := getenv("OTEL_TRACES_EXPORTER"); {
	case exporter == "none", exporter == "" && !endpoint:
		return false, nil
	case exporter != "" && exporter != "otlp":
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER is %q; otlp and none are known", exporter)
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if protocol := getenv(name); !slices.Contains([]string{"", "grpc"}, protocol) {
			return false, fmt.Errorf("%s is %q; traces are sent by grpc alone", name, protocol)
		}
	}
	return true, nil
}
