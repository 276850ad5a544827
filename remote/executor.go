package remote

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/client"
	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	"github.com/bazelbuild/remote-apis-sdks/go/pkg/uploadinfo"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/internal/dial"
)

// ExecutorConfig says who compiles, and with what.
type ExecutorConfig struct {
	Address string
	Dial    dial.Config
	// Tool is the path of the program that is uploaded and run: a pyc that
	// runs on the executor's machines.
	Tool string
	// Platform says what machine an action needs, as the executor's
	// documentation has it.
	Platform []Property
	// Timeout is the longest time of an action.
	Timeout time.Duration
}

// A Property is a platform property of REAPI.
type Property struct{ Name, Value string }

// An Executor has batches of modules compiled on the machines of a REAPI
// server. It is safe for concurrent use.
type Executor struct {
	client   *client.Client
	tool     *uploadinfo.Entry
	platform *repb.Platform
	timeout  time.Duration

	mu    sync.Mutex
	ready bool // the server is known to execute, and has the tool
}

// OpenExecutor returns an Executor. It reads the tool, but does not call the
// server yet.
func OpenExecutor(ctx context.Context, config ExecutorConfig) (*Executor, error) {
	tool, err := digest.NewFromFile(config.Tool)
	if err != nil {
		return nil, fmt.Errorf("reading the program to run: %w", err)
	}
	c, err := newClient(ctx, config.Address, config.Dial, executorCallTimeout, executorAttempts)
	if err != nil {
		return nil, err
	}
	return &Executor{
		client: c, tool: uploadinfo.EntryFromFile(tool, config.Tool),
		platform: platform(config.Platform), timeout: config.Timeout,
	}, nil
}

const (
	executorCallTimeout = time.Minute // of a call that does not wait for an action
	executorAttempts    = 4
)

// Close ends the connection.
func (e *Executor) Close() error { return e.client.Close() }

// A Module is a source and the options to compile it with.
type Module struct {
	Source  []byte
	Options compiler.Options
}

// An Outcome is what came of a module: a result or an error, as those of
// compiler.Compiler.
type Outcome struct {
	Result *compiler.Result
	Err    error
}

// Compile compiles modules in one action, and returns an outcome for each. It
// asks the action cache first. An error is about the executor, and none of the
// modules is compiled then.
func (e *Executor) Compile(ctx context.Context, modules []Module) ([]Outcome, error) {
	a, err := e.newAction(modules)
	if err != nil {
		return nil, err
	}
	cached, err := e.client.GetActionResult(ctx, &repb.GetActionResultRequest{
		InstanceName: e.client.InstanceName, ActionDigest: a.digest.ToProto(),
	})
	if err == nil {
		outcomes, err := e.outcomes(ctx, cached, modules)
		if err == nil {
			return outcomes, nil
		}
		// An entry that is damaged, or whose files are gone, is replaced.
		a.skipCache = true
	} else if status.Code(err) != codes.NotFound && status.Code(err) != codes.Unimplemented {
		return nil, fmt.Errorf("asking for the result of an action: %w", err)
	}
	result, err := e.execute(ctx, a)
	if err != nil {
		return nil, err
	}
	outcomes, err := e.outcomes(ctx, result, modules)
	if err != nil {
		return nil, fmt.Errorf("reading the result of an action: %w", err)
	}
	return outcomes, nil
}

// execute uploads an action with what it needs and has it carried out.
func (e *Executor) execute(ctx context.Context, a *action) (*repb.ActionResult, error) {
	if err := e.prepare(ctx); err != nil {
		return nil, err
	}
	if _, _, err := e.client.UploadIfMissing(ctx, a.uploads...); err != nil {
		return nil, fmt.Errorf("uploading an action: %w", err)
	}
	// The executor's own limit is the action's; this one is for an executor
	// that has gone without a word.
	ctx, cancel := context.WithTimeout(ctx, 2*e.timeout+executorCallTimeout)
	defer cancel()
	op, err := e.client.ExecuteAndWait(ctx, &repb.ExecuteRequest{
		InstanceName: e.client.InstanceName, ActionDigest: a.digest.ToProto(), SkipCacheLookup: a.skipCache,
	})
	if err != nil {
		return nil, fmt.Errorf("executing an action: %w", err)
	}
	if err := op.GetError(); err != nil {
		return nil, fmt.Errorf("executing an action: %w", status.FromProto(err).Err())
	}
	response := &repb.ExecuteResponse{}
	if err := op.GetResponse().UnmarshalTo(response); err != nil {
		return nil, fmt.Errorf("executing an action: reading the response: %w", err)
	}
	if err := status.FromProto(response.GetStatus()).Err(); err != nil {
		return nil, fmt.Errorf("executing an action: %w", err)
	}
	return response.GetResult(), nil
}

// prepare asks the server what it can do and uploads the tool, once and not in
// all batches at the same time.
func (e *Executor) prepare(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ready {
		return nil
	}
	caps, err := e.client.GetCapabilities(ctx)
	if err != nil {
		return fmt.Errorf("asking the executor for its capabilities: %w", err)
	}
	if err := usable(caps); err != nil {
		return err
	}
	setLimits(e.client, caps)
	if _, _, err := e.client.UploadIfMissing(ctx, e.tool); err != nil {
		return fmt.Errorf("uploading the program to run: %w", err)
	}
	e.ready = true
	return nil
}

// usable reports why a server cannot execute our actions.
func usable(caps *repb.ServerCapabilities) error {
	if !caps.GetExecutionCapabilities().GetExecEnabled() {
		return errors.New("the server executes no actions: it may be a cache alone, or keep its executor to others")
	}
	if err := digest.CheckCapabilities(caps); err != nil {
		return fmt.Errorf("the executor is of no use: %w", err)
	}
	// Before 2.1 outputs were declared in another way.
	if v := caps.GetHighApiVersion(); v.GetMajor() < 2 || v.GetMajor() == 2 && v.GetMinor() < 1 {
		return fmt.Errorf("the executor speaks version %d.%d of the Remote Execution API at most; 2.1 is needed", v.GetMajor(), v.GetMinor())
	}
	return nil
}
