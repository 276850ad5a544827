package compilev1_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/reflect/protoreflect"

	compilev1 "github.com/rules-pyc/rules_pyc/proto/pyc/compile/v1"
)

// The generated code must be that of the .proto file beside it. Comparing what
// both declare needs no generator, so it finds a forgotten "go generate" on any
// machine.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	want := declared(t)
	got := generated(compilev1.File_pyc_compile_v1_compile_proto)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run \"go generate ./proto/...\" (-proto +generated)\n%s", diff)
	}
}

// Every name of the interface says what it means.
func TestEverythingIsDocumented(t *testing.T) {
	lines := strings.Split(source(t), "\n")
	declaration := regexp.MustCompile(`^(?:service|message|enum) |^ +(?:rpc|oneof) |^ +[\w. ]+ = \d+;`)
	for i, line := range lines {
		if declaration.MatchString(line) && !strings.HasPrefix(strings.TrimSpace(lines[i-1]), "//") {
			t.Errorf("compile.proto:%d has no comment: %s", i+1, line)
		}
	}
}

func source(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("compile.proto")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// declared lists what the .proto file declares.
func declared(t *testing.T) []string {
	t.Helper()
	line := regexp.MustCompile(`(?m)^(service|message|enum) (\w+)` +
		`|^  rpc (\w+)\((stream )?(\w+)\) returns \((stream )?(\w+)\);` +
		`|^ +(repeated )?([\w.]+) (\w+) = (\d+);` +
		`|^  (\w+) = (\d+);`)
	var all []string
	owner := ""
	for _, m := range line.FindAllStringSubmatch(source(t), -1) {
		switch {
		case m[1] != "":
			owner = m[2]
		case m[3] != "":
			all = append(all, fmt.Sprintf("%s: rpc %s %s%s %s%s", owner, m[3], m[4], m[5], m[6], m[7]))
		case m[9] != "":
			all = append(all, fmt.Sprintf("%s: %s%s %s = %s", owner, m[8], m[9], m[10], m[11]))
		default:
			all = append(all, fmt.Sprintf("%s: %s = %s", owner, m[12], m[13]))
		}
	}
	if len(all) == 0 {
		t.Fatal("nothing found in compile.proto")
	}
	return all
}

// generated lists what the generated code declares, in the order of the file.
func generated(file protoreflect.FileDescriptor) []string {
	var all []string
	for i := range file.Services().Len() {
		s := file.Services().Get(i)
		for j := range s.Methods().Len() {
			m := s.Methods().Get(j)
			all = append(all, fmt.Sprintf("%s: rpc %s %s%s %s%s", s.Name(), m.Name(),
				mark("stream ", m.IsStreamingClient()), m.Input().Name(), mark("stream ", m.IsStreamingServer()), m.Output().Name()))
		}
	}
	messages, enums := file.Messages(), file.Enums()
	for i := range messages.Len() {
		fields := messages.Get(i).Fields()
		for j := range fields.Len() {
			all = append(all, field(fields.Get(j)))
		}
		// The enum stands behind the message that uses it.
		for j := range enums.Len() {
			if messages.Get(i).Name() == "Header" {
				all = append(all, values(enums.Get(j))...)
			}
		}
	}
	return all
}

func field(f protoreflect.FieldDescriptor) string {
	kind := f.Kind().String()
	switch {
	case f.Message() != nil && f.Message().ParentFile() != f.ParentFile():
		kind = string(f.Message().FullName())
	case f.Message() != nil:
		kind = string(f.Message().Name())
	case f.Enum() != nil:
		kind = string(f.Enum().Name())
	}
	return fmt.Sprintf("%s: %s%s %s = %d", f.Parent().Name(), mark("repeated ", f.IsList()), kind, f.Name(), f.Number())
}

func values(e protoreflect.EnumDescriptor) []string {
	var all []string
	for i := range e.Values().Len() {
		v := e.Values().Get(i)
		all = append(all, fmt.Sprintf("%s: %s = %d", e.Name(), v.Name(), v.Number()))
	}
	return all
}

func mark(word string, is bool) string {
	if is {
		return word
	}
	return ""
}
