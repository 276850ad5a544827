//go:build !offline

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A client in another language, which knows of the interface what reflection
// says, gets the files that the command writes.
func TestServeOtherLanguage(t *testing.T) {
	python := os.Getenv("RULES_PYC_GRPC_PYTHON")
	if python == "" {
		t.Skip("no Python with gRPC: RULES_PYC_GRPC_PYTHON does not name one; tools/ci/setup.sh installs one")
	}
	s := startServe(t)
	dir := t.TempDir()
	source := "def f():\n    return '\\d'\n"
	path := filepath.Join(dir, "m.py")
	if err := os.WriteFile(path, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := pycs("compile", path); code != exitOK {
		t.Fatal(stderr)
	}
	want := pycFiles(t, dir)["m.cpython-314.pyc"]

	var stdout, stderr bytes.Buffer
	client := exec.Command(python, "testdata/reflection_client.py", s.address, "m.py", source, "3.14")
	client.Stdout, client.Stderr = &stdout, &stderr
	if err := client.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	var got struct {
		Services []string
		Compile  struct {
			Module struct {
				Pyc      string
				Warnings []struct{ Category, Message, Filename, Text string }
			}
		}
		Batch        []int
		Capabilities struct {
			Versions []struct{ Name string }
			Limits   struct{ MaxSourceBytes, MaxDuration string }
		}
		Refusal []string
	}
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, stdout.Bytes())
	}
	pyc, err := base64.StdEncoding.DecodeString(got.Compile.Module.Pyc)
	if err != nil || string(pyc) != want {
		t.Errorf("the .pyc is another one: %v", err)
	}
	if w := got.Compile.Module.Warnings; len(w) != 1 || w[0].Category != "SyntaxWarning" || w[0].Filename != "m.py" {
		t.Errorf("warnings: %v", w)
	}
	if len(got.Batch) != 50 {
		t.Errorf("%d of 50 modules of a batch were compiled", len(got.Batch))
	}
	services := []string{
		"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "pyc.compile.v1.CompileService",
	}
	if diff := cmp.Diff(services, got.Services); diff != "" {
		t.Errorf("services (-want +got)\n%s", diff)
	}
	if len(got.Capabilities.Versions) == 0 || got.Capabilities.Limits.MaxSourceBytes != "8388608" || got.Capabilities.Limits.MaxDuration != "60s" {
		t.Errorf("capabilities: %+v", got.Capabilities)
	}
	refusal := []string{"INVALID_ARGUMENT", "the request has no source: inline or digest is required"}
	if diff := cmp.Diff(refusal, got.Refusal); diff != "" {
		t.Errorf("the refusal (-want +got)\n%s", diff)
	}
}
