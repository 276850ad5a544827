package service

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// ecsVersion is the version of the Elastic Common Schema that names the fields
// of the log.
const ecsVersion = "8.11.0"

// ecsFields are the schema's names for our attributes. Other attributes are
// labels.
var ecsFields = map[string]string{
	slog.TimeKey:    "@timestamp",
	slog.LevelKey:   "log.level",
	slog.MessageKey: "message",
	"address":       "server.address",
	"agent":         "user_agent.original",
	"client_ip":     "client.ip",
	"client_port":   "client.port",
	"duration":      "event.duration",
	"error":         "error.message",
	"file":          "file.path",
	"method":        "event.action",
	"outcome":       "event.outcome",
	"stack":         "error.stack_trace",
	"subject":       "tls.client.subject",
}

// NewLog returns a log that writes an object of JSON a line, with the field
// names of the Elastic Common Schema, so that Logstash and Elasticsearch take
// it as it is. Attributes that the schema has no name for are labels, which are
// text. Lines about a call that is traced have the numbers of its trace.
func NewLog(w io.Writer, level slog.Leveler, version string) *slog.Logger {
	h := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: ecsAttr})
	return slog.New(&ecsHandler{h.WithAttrs([]slog.Attr{
		fixed("ecs.version", slog.StringValue(ecsVersion)),
		fixed("service.name", slog.StringValue(serviceName)),
		fixed("service.version", slog.StringValue(version)),
		fixed("process.pid", slog.IntValue(os.Getpid())),
	})})
}

// keep marks the keys that are the schema's names already.
const keep = "\x00"

func fixed(name string, value slog.Value) slog.Attr { return slog.Attr{Key: keep + name, Value: value} }

func ecsAttr(groups []string, a slog.Attr) slog.Attr {
	if name, ok := strings.CutPrefix(a.Key, keep); ok {
		return slog.Attr{Key: name, Value: a.Value}
	}
	name, known := ecsFields[a.Key]
	switch {
	case len(groups) > 0:
		return a
	case !known:
		return slog.String("labels."+a.Key, a.Value.String())
	case a.Key == slog.LevelKey:
		return slog.String(name, strings.ToLower(a.Value.String()))
	}
	return slog.Attr{Key: name, Value: a.Value}
}

// An ecsHandler adds the trace to lines.
type ecsHandler struct{ slog.Handler }

// Handle writes a line.
func (h *ecsHandler) Handle(ctx context.Context, r slog.Record) error {
	if c := trace.SpanContextFromContext(ctx); c.IsValid() {
		r.AddAttrs(fixed("trace.id", slog.StringValue(c.TraceID().String())), fixed("span.id", slog.StringValue(c.SpanID().String())))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs is for slog.
func (h *ecsHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &ecsHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup is for slog.
func (h *ecsHandler) WithGroup(name string) slog.Handler {
	return &ecsHandler{h.Handler.WithGroup(name)}
}
