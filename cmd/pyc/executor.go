//go:build !offline

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/precompile"
	"github.com/rules-pyc/rules_pyc/remote"
)

// executorFlags are the flags for having modules compiled by the machines of a
// REAPI server. They are a batchWay: a folder of sources is an action.
type executorFlags struct {
	connection *connectionFlags
	address    string
	tool       string
	properties []string // NAME=VALUE
	timeout    time.Duration
}

// The bounds of an action.
const (
	maxBatchSources  = 200
	maxBatchBytes    = 8 << 20
	actionsAtOnce    = 32
	defaultActionEnd = 10 * time.Minute
)

func (f *executorFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.address, "remote-executor", "", "`ADDRESS` of a REAPI server that compiles in the place of this machine: grpc[s]://HOST:PORT[/INSTANCE] or unix:PATH")
	flags.StringVar(&f.tool, "remote-tool", "", "`FILE` to have executed there: a pyc that is linked statically, for the platform of the executor (default: this program)")
	flags.StringArrayVar(&f.properties, "remote-platform", nil, "`NAME=VALUE` of a platform property that executors ask for; repeatable")
	flags.DurationVar(&f.timeout, "remote-timeout", defaultActionEnd, "longest time that an action may take")
	f.connection.register(flags, "remote-")
}

func (f *executorFlags) wanted() bool { return f.address != "" }

// compileFolders compiles the sources of a plan and reports them in its order.
func compileFolders(ctx context.Context, e *remote.Executor, plan []job, report func([]outcome)) {
	outcomes := make([]chan []outcome, len(plan))
	for i := range outcomes {
		outcomes[i] = make(chan []outcome, 1)
	}
	go func() {
		var group errgroup.Group
		group.SetLimit(actionsAtOnce)
		for _, folder := range folders(plan) {
			group.Go(func() error {
				compileFolder(ctx, e, plan, folder, outcomes)
				return nil
			})
		}
	}()
	for _, done := range outcomes {
		report(<-done)
	}
}

// open reads the program to run. The server is called by the first action.
func (f *executorFlags) open(ctx context.Context) (executor, func(), error) {
	e, err := f.executor(ctx)
	if err != nil {
		return nil, nil, err
	}
	return func(ctx context.Context, plan []job, report func([]outcome)) {
		compileFolders(ctx, e, plan, report)
	}, func() { _ = e.Close() }, nil // the results are there
}

func (f *executorFlags) executor(ctx context.Context) (*remote.Executor, error) {
	tool := f.tool
	if tool == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, fail(fmt.Errorf("finding this program: %w", err))
		}
		tool = self
	}
	if err := remote.CheckTool(tool); err != nil {
		return nil, fmt.Errorf("--remote-tool: %w", err)
	}
	var platform []remote.Property
	for _, pair := range f.properties {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--remote-platform %q is not NAME=VALUE", pair)
		}
		platform = append(platform, remote.Property{Name: name, Value: value})
	}
	if f.timeout <= 0 {
		return nil, errors.New("--remote-timeout has to be positive")
	}
	return remote.OpenExecutor(ctx, remote.ExecutorConfig{
		Address: f.address, Dial: f.connection.Config, Tool: tool, Platform: platform, Timeout: f.timeout,
	})
}

// folders returns the numbers of the sources of each folder, in the order of
// the plan. It does not depend on anything else, so that the actions of a later
// run are the same.
func folders(plan []job) [][]int {
	var all [][]int
	where := map[string]int{} // in all
	for i, j := range plan {
		dir := filepath.Dir(j.path)
		n, ok := where[dir]
		if !ok {
			n = len(all)
			where[dir] = n
			all = append(all, nil)
		}
		all[n] = append(all[n], i)
	}
	return all
}

// compileFolder compiles the sources of a folder, in one action or, if they are
// many, in several one after the other.
func compileFolder(ctx context.Context, e *remote.Executor, plan []job, folder []int, outcomes []chan []outcome) {
	var part remotePart
	for _, i := range folder {
		source, err := precompile.ReadSource(plan[i].path)
		if err != nil {
			outcomes[i] <- failed(plan[i], err)
			continue
		}
		part.add(i, plan[i], source)
		if len(part.sources) == maxBatchSources || part.bytes >= maxBatchBytes {
			part.compile(ctx, e, outcomes)
			part = remotePart{}
		}
	}
	if len(part.sources) > 0 {
		part.compile(ctx, e, outcomes)
	}
}

// failed returns the outcomes of a source all of whose modules have the same
// error.
func failed(j job, err error) []outcome {
	var all []outcome
	for _, m := range j.modules {
		all = append(all, outcome{module: m, err: err})
	}
	return all
}

// A remotePart is what one action compiles.
type remotePart struct {
	numbers []int // in the plan
	jobs    []job
	sources []*precompile.Source
	modules []remote.Module
	bytes   int
}

func (p *remotePart) add(i int, j job, source *precompile.Source) {
	p.numbers, p.jobs, p.sources = append(p.numbers, i), append(p.jobs, j), append(p.sources, source)
	p.bytes += len(source.Bytes)
	for _, m := range j.modules {
		p.modules = append(p.modules, remote.Module{
			Source:  source.Bytes,
			Options: compiler.Options{Version: m.Version, Filename: m.Name, Optimize: m.Optimize},
		})
	}
}

// compile has the action carried out and writes what came of it.
func (p *remotePart) compile(ctx context.Context, e *remote.Executor, outcomes []chan []outcome) {
	results, err := e.Compile(ctx, p.modules)
	for n, j := range p.jobs {
		if err != nil {
			outcomes[p.numbers[n]] <- failed(j, fmt.Errorf("compiling %s: %w", j.path, err))
			continue
		}
		all := make([]outcome, len(j.modules))
		for k, m := range j.modules {
			all[k].module = m
			all[k].warnings, all[k].err = precompile.CompileSource(ctx, made(results[k]), p.sources[n], m)
		}
		results = results[len(j.modules):]
		outcomes[p.numbers[n]] <- all
	}
}

// made is a compiler that gives what has been compiled already.
type made remote.Outcome

// Compile returns the outcome.
func (m made) Compile(context.Context, []byte, compiler.Options) (*compiler.Result, error) {
	return m.Result, m.Err
}
