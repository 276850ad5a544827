package remote

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/client"
	"github.com/bazelbuild/remote-apis-sdks/go/pkg/retry"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/rules-pyc/rules_pyc/internal/dial"
)

// newClient connects to a REAPI server. The path of its address is the name of
// the instance. No call is made: the connection comes with the first one.
func newClient(ctx context.Context, address string, config dial.Config, timeout time.Duration, attempts retry.Attempts) (*client.Client, error) {
	a, err := dial.ParseAddress(address)
	if err != nil {
		return nil, err
	}
	say, err := requestMetadata(config.UserAgent)
	if err != nil {
		return nil, err
	}
	conn, err := config.Dial(a, say...)
	if err != nil {
		return nil, err
	}
	c, err := client.NewClientFromConnection(ctx, a.Path, conn, conn,
		// Servers that announce no limit of batches set one of 0, which the
		// library takes literally.
		client.StartupCapabilities(false),
		client.MaxBatchSize(maxBatch),
		client.CASConcurrency(casConcurrency),
		client.RPCTimeouts{"default": timeout, "Execute": 0, "WaitExecution": 0},
		&client.Retrier{
			Backoff:     retry.ExponentialBackoff(50*time.Millisecond, time.Second, attempts),
			ShouldRetry: retry.TransientOnly,
		},
	)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", a.Target, err)
	}
	return c, nil
}

// casConcurrency is how many transfers of blobs are under way at once.
const casConcurrency = 32

// maxBatch is the greatest number of bytes that one call carries. Servers that
// announce no limit have one nevertheless: that of gRPC, 4 MiB with all that is
// around the blobs, or a little less.
const maxBatch = 3 << 20

// setLimits makes a client keep the limits that its server announces.
func setLimits(c *client.Client, caps *repb.ServerCapabilities) {
	if n := caps.GetCacheCapabilities().GetMaxBatchTotalSizeBytes(); n > 0 && n < maxBatch {
		c.MaxBatchSize = client.MaxBatchSize(n)
	}
}

// requestMetadata makes every call say which program makes it and that the
// calls of this process belong together, for the logs of servers.
func requestMetadata(userAgent string) ([]grpc.DialOption, error) {
	name, version, _ := strings.Cut(userAgent, "/")
	value, err := proto.Marshal(&repb.RequestMetadata{
		ToolDetails:      &repb.ToolDetails{ToolName: name, ToolVersion: version},
		ToolInvocationId: rand.Text(),
	})
	if err != nil {
		return nil, fmt.Errorf("describing this program: %w", err)
	}
	with := func(ctx context.Context) context.Context {
		return metadata.AppendToOutgoingContext(ctx, "build.bazel.remote.execution.v2.requestmetadata-bin", string(value))
	}
	return []grpc.DialOption{
		grpc.WithChainUnaryInterceptor(func(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, call grpc.UnaryInvoker, o ...grpc.CallOption) error {
			return call(with(ctx), method, req, reply, conn, o...)
		}),
		grpc.WithChainStreamInterceptor(func(ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string, open grpc.Streamer, o ...grpc.CallOption) (grpc.ClientStream, error) {
			return open(with(ctx), desc, conn, method, o...)
		}),
	}, nil
}
