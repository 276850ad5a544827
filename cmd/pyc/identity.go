//go:build !offline

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// identity says which compiler compiles for a version: what a cache may not
// take for the same if the bytes could differ. It is the same on all machines.
func (c *local) identity(ctx context.Context, v pyver.Version) (string, error) {
	self, err := selfIdentity()
	if err != nil {
		return "", err
	}
	if c.which != compilerCPython && c.native.Covers(v) {
		return "native " + self, nil
	}
	// Ours is the part of it that drives the interpreter.
	i, err := c.pool.Interpreter(ctx, v)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s %s", i.Name, i.Version, self), nil
}

// selfIdentity returns what tells this build of the program from others: the
// version of a release or of a clean commit, or else the hash of the program.
var selfIdentity = sync.OnceValues(func() (string, error) {
	if version != "" {
		return version, nil
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Version != "" && info.Main.Version != "(devel)" && !strings.Contains(info.Main.Version, "dirty") {
		return info.Main.Version, nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this program: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading this program: %w", err)
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", fmt.Errorf("reading this program: %w", err)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
})
