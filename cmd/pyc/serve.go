//go:build !offline

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/service"
)

// defaultListen is where the service listens if it is not told otherwise.
const defaultListen = "localhost:8980"

// defaultDrain is how long accepted work may take after the service is told to
// stop.
const defaultDrain = 30 * time.Second

// serveFlags are the flags of pyc serve, as given.
type serveFlags struct {
	listen    []string
	metrics   string
	tls       service.TLSFiles
	tokens    string
	drain     time.Duration
	logLevel  slog.LevelVar
	limits    service.Limits
	held      byteSize
	message   byteSize
	source    byteSize
	compilers compilerFlags
	cache     *cacheFlags
}

func newServe() *cobra.Command {
	f := serveFlags{limits: service.DefaultLimits(), cache: newCacheFlags(&connectionFlags{})}
	c := &cobra.Command{
		Use:   "serve [flags]",
		Short: "Compile for others, as a gRPC service",
		Long: `Compile for others, as a gRPC service: pyc.compile.v1.CompileService, with the
standard services for health and reflection. pyc compile --remote and pyc worker
--remote are its clients.

It runs until it gets SIGTERM or SIGINT. Then its health is NOT_SERVING, it
accepts nothing more, finishes what it has accepted, and exits; with code 1 if
that takes longer than --drain-timeout, or at a second signal. Its log goes to
stderr as lines of JSON with the field names of the Elastic Common Schema.

Without TLS and tokens whoever reaches an address may use it. The environment
variables of OpenTelemetry (OTEL_EXPORTER_OTLP_ENDPOINT and others) have traces
sent.`,
		Example: `  pyc serve --listen unix:/run/pyc/pyc.sock
  pyc serve --listen :8980 --tls-cert srv.crt --tls-key srv.key --tls-client-ca ca.crt
  pyc serve --listen :8980 --tls-cert srv.crt --tls-key srv.key --token-file tokens --metrics-address :9090`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.listen, "listen", []string{defaultListen}, "`ADDRESS` to listen at: HOST:PORT, or unix:PATH of a socket file for the own user; repeatable")
	flags.StringVar(&f.metrics, "metrics-address", "", "`HOST:PORT` for /metrics, /healthz, /readyz and gRPC health checks, without encryption and credentials")
	flags.StringVar(&f.tls.Cert, "tls-cert", "", "PEM `FILE` of the certificate to show to clients by TCP")
	flags.StringVar(&f.tls.Key, "tls-key", "", "PEM `FILE` of the key of that certificate")
	flags.StringVar(&f.tls.ClientCA, "tls-client-ca", "", "PEM `FILE` of the authorities whose certificates clients by TCP must have")
	flags.StringVar(&f.tokens, "token-file", "", "`FILE` of bearer tokens, one a line, of which clients must send one")
	flags.DurationVar(&f.drain, "drain-timeout", defaultDrain, "longest time to finish what has been accepted when told to stop")
	flags.TextVar(&f.logLevel, "log-level", &f.logLevel, "least `LEVEL` of what is logged: debug, info, warn or error")
	f.registerLimits(flags)
	f.compilers.registerLocal(flags)
	f.cache.registerServe(flags)
	return c
}

func (f *serveFlags) registerLimits(flags *pflag.FlagSet) {
	l := &f.limits
	f.message, f.source, f.held = byteSize(l.MessageBytes), byteSize(l.SourceBytes), byteSize(l.BytesInFlight)
	flags.Var(&f.source, "max-source-bytes", "greatest `SIZE` of a source, such as 500K or 8M")
	flags.Var(&f.message, "max-message-bytes", "greatest `SIZE` of a request message")
	flags.Var(&f.held, "max-bytes-in-flight", "`SIZE` of sources that are accepted at once; others wait")
	flags.IntVar(&l.BatchInFlight, "max-batch-in-flight", l.BatchInFlight, "`NUMBER` of requests of a stream that are accepted at once; others wait")
	flags.IntVar(&l.Concurrency, "max-concurrency", l.Concurrency, "`NUMBER` of modules compiled at once; others wait")
	flags.IntVar(&l.Calls, "max-calls", l.Calls, "greatest `NUMBER` of calls under way; a stream is one call")
	flags.IntVar(&l.Connections, "max-connections", l.Connections, "greatest `NUMBER` of connections")
	flags.DurationVar(&l.Duration, "max-duration", l.Duration, "longest time to compile one module")
	flags.DurationVar(&l.Stall, "max-stall", l.Stall, "longest time that a client may take to send a request or to take a response")
}

func (f *serveFlags) run(c *cobra.Command) error {
	if (f.tls.Cert == "") != (f.tls.Key == "") {
		return errors.New("--tls-cert and --tls-key are given together")
	}
	if f.tls.ClientCA != "" && f.tls.Cert == "" {
		return errors.New("--tls-client-ca needs --tls-cert and --tls-key")
	}
	f.limits.MessageBytes, f.limits.SourceBytes, f.limits.BytesInFlight = int(f.message), int(f.source), int64(f.held)
	log := service.NewLog(c.ErrOrStderr(), &f.logLevel, buildVersion())
	takeLogs(log)
	f.cache.log = log
	return f.serve(c.Context(), log)
}

// serve sets the service up, and runs it until the context ends.
func (f *serveFlags) serve(ctx context.Context, log *slog.Logger) error {
	f.compilers.processes = f.limits.Concurrency
	chosen, err := f.compilers.choose(ctx)
	if err != nil {
		return err
	}
	defer chosen.Close()
	config := service.Config{Limits: f.limits, Version: buildVersion(), Log: log, Versions: versions(ctx, chosen.Compiler)}
	var closeCache func()
	if config.Compiler, closeCache, err = f.openCache(ctx, &config, chosen.Compiler); err != nil {
		return err
	}
	defer closeCache()
	if err := f.secure(&config); err != nil {
		return fail(err)
	}
	tracing, err := service.TracingFromEnvironment(ctx, buildVersion())
	if err != nil {
		return fail(err)
	}
	if tracing != nil {
		config.Tracer, config.Propagator = tracing.TracerProvider, tracing.Propagator
		defer flush(ctx, log, tracing)
	}
	server, err := service.New(config)
	if err != nil {
		return err
	}
	server.Metrics().MustRegister(&cacheMetrics{f.cache.stats})
	return f.listenAndServe(ctx, log, server)
}

// openCache puts the caches around a compiler, and lets clients name what the
// server of --cas has. Look-ups wait for a network, so
// there may be more of them at once than compilations.
func (f *serveFlags) openCache(ctx context.Context, config *service.Config, local compiler.Compiler) (compiler.Compiler, func(), error) {
	f.cache.parallel = f.limits.Concurrency
	config.Limits.Concurrency += f.cache.underWay()
	c, closeCache, err := f.cache.open(ctx, local)
	if err != nil || f.cache.cas == "" {
		return c, closeCache, err
	}
	blobs, err := f.cache.blobs(ctx)
	if err != nil {
		closeCache()
		return nil, nil, err
	}
	config.Blobs = blobs
	return c, func() {
		closeCache()
		_ = blobs.Close() // nothing is under way
	}, nil
}

// secure sets what clients must have.
func (f *serveFlags) secure(config *service.Config) (err error) {
	if f.tls.Cert != "" {
		if config.TLS, err = f.tls.Config(config.Log); err != nil {
			return err
		}
	}
	if f.tokens != "" {
		tokens, err := service.OpenTokens(f.tokens, config.Log)
		if err != nil {
			return err
		}
		config.Authorize = tokens.Authorize
	}
	return nil
}

// versions returns the versions that a compiler of this machine compiles for.
func versions(ctx context.Context, c compiler.Compiler) []pyver.Version {
	local, ok := c.(*local)
	if !ok {
		return pyver.All()
	}
	var all []pyver.Version
	for _, v := range pyver.All() {
		if local.available(ctx, v) {
			all = append(all, v)
		}
	}
	return all
}

// available reports whether there is a compiler for a version.
func (c *local) available(ctx context.Context, v pyver.Version) bool {
	if c.which != compilerCPython && c.native.Covers(v) {
		return true
	}
	_, err := c.pool.Interpreter(ctx, v)
	return c.which != compilerNative && err == nil
}

// flush sends the traces that are left.
func flush(ctx context.Context, log *slog.Logger, t *service.Tracing) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := t.Shutdown(ctx); err != nil {
		log.Warn("traces have not been sent", "error", err)
	}
}

// listenAndServe runs the service until the context ends or a listener fails.
// All addresses are listened at before one is served.
func (f *serveFlags) listenAndServe(ctx context.Context, log *slog.Logger, server *service.Server) (err error) {
	group, ctx := errgroup.WithContext(ctx)
	var listeners []net.Listener
	defer func() {
		for _, l := range listeners {
			_ = l.Close() // it is closed already if it has been served
		}
	}()
	for _, address := range f.listen {
		l, err := service.Listen(ctx, address)
		if err != nil {
			return fail(fmt.Errorf("--listen: %w", err))
		}
		listeners = append(listeners, l)
		f.announce(log, l)
	}
	observer := server.Observer()
	observer.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	if f.metrics != "" {
		l, err := service.Listen(ctx, f.metrics)
		if err != nil {
			return fail(fmt.Errorf("--metrics-address: %w", err))
		}
		log.Info("listening for probes", "address", l.Addr().String())
		group.Go(func() error {
			if err := observer.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
	}
	for _, l := range listeners {
		group.Go(func() error { return server.Serve(l) })
	}
	<-ctx.Done()
	err = f.stop(log, server)
	return fail(errors.Join(err, observer.Close(), group.Wait()))
}

// announce says where the service listens, and what that means.
func (f *serveFlags) announce(log *slog.Logger, l net.Listener) {
	log.Info("listening", "address", l.Addr().String())
	host, _, err := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); err != nil || ip.IsLoopback() {
		return
	}
	switch {
	case f.tls.Cert == "":
		log.Warn("connections are not encrypted (--tls-cert)", "address", l.Addr().String())
	case f.tls.ClientCA == "" && f.tokens == "":
		log.Warn("whoever reaches this address may use it (--tls-client-ca, --token-file)", "address", l.Addr().String())
	}
}

// stop takes the service down. A second signal cuts off what is left.
func (f *serveFlags) stop(log *slog.Logger, server *service.Server) error {
	log.Info("draining", "timeout", f.drain)
	ctx, cancel := context.WithTimeoutCause(context.Background(), f.drain, fmt.Errorf("draining took longer than %v (--drain-timeout)", f.drain))
	defer cancel()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := server.Drain(ctx)
	if err == nil {
		log.Info("stopped")
	}
	return err
}
