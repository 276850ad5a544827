//go:build !offline

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/rules-pyc/rules_pyc/cache"
	"github.com/rules-pyc/rules_pyc/cache/disk"
	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
	"github.com/rules-pyc/rules_pyc/remote"
)

// cacheFlags are the flags for keeping compiled modules, here and on servers.
// They are a way to compile.
type cacheFlags struct {
	connection *connectionFlags
	cas        string
	actions    string
	timeout    time.Duration
	readOnly   bool
	disk       string
	diskSize   byteSize
	log        *slog.Logger // where the cache says what is wrong with it
	stats      *cache.Stats
	parallel   int // modules compiled at once; 0 for one per core
}

// The defaults of the flags.
const (
	defaultCacheTimeout = time.Second
	defaultDiskSize     = byteSize(5 << 30)
)

func newCacheFlags(connection *connectionFlags) *cacheFlags {
	return &cacheFlags{
		connection: connection,
		log:        slog.New(slog.NewTextHandler(os.Stderr, nil)),
		stats:      &cache.Stats{},
	}
}

// register adds the flags of the verbs that compile.
func (f *cacheFlags) register(flags *pflag.FlagSet) {
	f.registerDisk(flags)
	flags.StringVar(&f.cas, "cache", "", "`ADDRESS` of a REAPI cache to share compiled modules through: grpc[s]://HOST:PORT[/INSTANCE] or unix:PATH")
	f.registerServer(flags, "cache-")
	f.connection.register(flags, "remote-")
}

// registerServe adds the flags of the service, which names the servers in
// another way.
func (f *cacheFlags) registerServe(flags *pflag.FlagSet) {
	f.registerDisk(flags)
	flags.StringVar(&f.cas, "cas", "", "`ADDRESS` of a REAPI server to keep compiled modules and blobs in: grpc[s]://HOST:PORT[/INSTANCE] or unix:PATH")
	flags.StringVar(&f.actions, "action-cache", "", "`ADDRESS` of the REAPI server that keeps what is in the cache (default: that of --cas)")
	f.registerServer(flags, "cas-")
	f.connection.register(flags, "cas-")
}

func (f *cacheFlags) registerDisk(flags *pflag.FlagSet) {
	f.diskSize = defaultDiskSize
	flags.StringVar(&f.disk, "disk-cache", "", "`DIR` to keep compiled modules in")
	flags.Var(&f.diskSize, "disk-cache-size", "`SIZE` that the disk cache may grow to, such as 500M or 5G")
}

func (f *cacheFlags) registerServer(flags *pflag.FlagSet, prefix string) {
	flags.DurationVar(&f.timeout, prefix+"timeout", defaultCacheTimeout, "longest time of a look-up; what takes longer is compiled")
	flags.BoolVar(&f.readOnly, prefix+"read-only", false, "do not write to the server")
}

// lookupsAtOnce is how many look-ups on a server are under way at once.
const lookupsAtOnce = 32

func (f *cacheFlags) underWay() int {
	if f.cas == "" {
		return 0
	}
	return lookupsAtOnce
}

// open returns a compiler with the stores that the flags name.
func (f *cacheFlags) open(ctx context.Context, inner compiler.Compiler) (compiler.Compiler, func(), error) {
	stores, err := f.stores(ctx)
	if err != nil {
		return nil, nil, err
	}
	if len(stores) == 0 {
		return inner, func() {}, nil
	}
	identified, ok := inner.(interface {
		identity(context.Context, pyver.Version) (string, error)
	})
	if !ok {
		return nil, nil, errors.New("a cache is of use to a compiler of this machine only")
	}
	c := cache.New(cache.Config{Next: inner, Parallel: f.parallel, Identity: identified.identity, Stores: stores, Log: f.log, Stats: f.stats})
	return c, func() {
		// The context of the verb may have ended.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), remote.CloseTimeout)
		defer cancel()
		c.Close(ctx)
	}, nil
}

// stores opens the stores, the nearest first.
func (f *cacheFlags) stores(ctx context.Context) ([]cache.Store, error) {
	if f.cas == "" && f.actions != "" {
		return nil, errors.New("--action-cache needs --cas, for the files of its entries")
	}
	var stores []cache.Store
	if f.disk != "" {
		s, err := disk.Open(f.disk, int64(f.diskSize), f.log, f.stats)
		if err != nil {
			return nil, fmt.Errorf("--disk-cache: %w", err)
		}
		stores = append(stores, s)
	}
	if f.cas != "" {
		s, err := remote.OpenStore(ctx, remote.StoreConfig{
			CAS: f.cas, ActionCache: f.actions, Dial: f.connection.Config,
			Timeout: f.timeout, ReadOnly: f.readOnly, Log: f.log, Stats: f.stats,
		})
		if err != nil {
			return nil, err
		}
		stores = append(stores, s)
	}
	return stores, nil
}

// blobs opens the storage of the server that --cas names.
func (f *cacheFlags) blobs(ctx context.Context) (*remote.CAS, error) {
	return remote.OpenCAS(ctx, remote.CASConfig{
		Address: f.cas, Dial: f.connection.Config, Timeout: f.timeout, ReadOnly: f.readOnly, Log: f.log,
	})
}
