package worker_test

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/rules-pyc/rules_pyc/proto/bazel/worker"
)

// The generated code must be that of the .proto file beside it. Comparing what
// both say of each field needs no generator, so it finds a forgotten "go
// generate" on any machine.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	source, err := os.ReadFile("worker_protocol.proto")
	if err != nil {
		t.Fatal(err)
	}
	declaration := regexp.MustCompile(`(?m)^message (\w+)|^  (repeated )?(\w+) (\w+) = (\d+);`)
	var want []string
	message := ""
	for _, m := range declaration.FindAllStringSubmatch(string(source), -1) {
		if m[1] != "" {
			message = m[1]
			continue
		}
		want = append(want, fmt.Sprintf("%s: %s%s %s = %s", message, m[2], m[3], m[4], m[5]))
	}
	if len(want) == 0 {
		t.Fatal("no fields found in worker_protocol.proto")
	}
	var got []string
	messages := worker.File_bazel_worker_worker_protocol_proto.Messages()
	for i := range messages.Len() {
		fields := messages.Get(i).Fields()
		for j := range fields.Len() {
			got = append(got, describe(fields.Get(j)))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run \"go generate ./proto/...\" (-proto +generated)\n%s", diff)
	}
}

func describe(f protoreflect.FieldDescriptor) string {
	repeated, kind := "", f.Kind().String()
	if f.IsList() {
		repeated = "repeated "
	}
	if f.Message() != nil {
		kind = string(f.Message().Name())
	}
	return fmt.Sprintf("%s: %s%s %s = %d", f.Parent().Name(), repeated, kind, f.Name(), f.Number())
}
