package e2e

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// server is the cache server that all builds of a test run share.
var server struct {
	once  sync.Once
	grpc  string
	err   error
	child *exec.Cmd
}

// TestMain stops the cache server after the last test.
func TestMain(m *testing.M) {
	code := m.Run()
	if server.child != nil {
		if err := server.child.Process.Signal(os.Interrupt); err != nil {
			fmt.Fprintln(os.Stderr, "stopping the cache server:", err)
		}
		_ = server.child.Wait() // it reports the signal
	}
	os.Exit(code)
}

// remoteCache returns the address of a cache server, started by the first call.
// Its contents outlive the test run.
func remoteCache(t *testing.T) string {
	t.Helper()
	cache := cacheDir(t)
	server.once.Do(func() { server.err = startServer(cache) })
	if server.err != nil {
		t.Fatalf("starting the cache server: %v; tools/ci/bazel-remote.sh builds it", server.err)
	}
	return "grpc://" + server.grpc
}

func startServer(cache string) error {
	addresses, err := freeAddresses(2)
	if err != nil {
		return err
	}
	server.grpc = addresses[0]
	server.child = exec.Command(
		filepath.Join(cache, "bin", "bazel-remote"),
		"--dir", filepath.Join(cache, "e2e-cache"),
		"--max_size", "5", // GiB
		"--grpc_address", server.grpc,
		"--http_address", addresses[1],
		"--access_log_level", "none",
	)
	if err := server.child.Start(); err != nil {
		server.child = nil
		return err
	}
	return waitFor("http://" + addresses[1] + "/status")
}

// freeAddresses returns local addresses that nobody listens on.
func freeAddresses(n int) ([]string, error) {
	var addresses []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}

// waitFor returns when the server answers.
func waitFor(url string) error {
	deadline := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		response, err := http.Get(url)
		if err == nil {
			err = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return err
			}
		}
		select {
		case <-deadline:
			return errors.Join(errors.New("no answer within a minute"), err)
		case <-tick.C:
		}
	}
}
