package cache_test

import (
	"testing"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/rules-pyc/rules_pyc/cache"
)

// TestKey holds the form of a key. Another form would have every cache begin
// anew; that it is right, the end-to-end tests ask another implementation.
func TestKey(t *testing.T) {
	k, err := cache.NewKey([]byte("x = 1\n"), options, "test 1")
	if err != nil {
		t.Fatal(err)
	}
	action, command, root := &repb.Action{}, &repb.Command{}, &repb.Directory{}
	for _, m := range []struct {
		data []byte
		to   proto.Message
	}{{k.Action, action}, {k.Command, command}, {k.InputRoot, root}} {
		if err := proto.Unmarshal(m.data, m.to); err != nil {
			t.Fatal(err)
		}
	}
	// printf 'x = 1\n' | sha256sum
	source := &repb.Digest{Hash: "9e26bf369911c45c243c684147b23fc9e1dcfcf257d299a1c632016a6fcd33f4", SizeBytes: 6}
	want := &repb.Directory{Files: []*repb.FileNode{{Name: "module.py", Digest: source}}}
	if diff := cmp.Diff(want, root, protocmp.Transform()); diff != "" {
		t.Errorf("input root (-want +got):\n%s", diff)
	}
	wantCommand := &repb.Command{
		Arguments: []string{
			"pyc", "worker", "--src", "module.py", "--src_name", "pkg/a.py", "--pyc", "module.pyc",
			"--python_version", "3.14", "--optimize", "0", "--invalidation_mode", "unchecked_hash",
		},
		OutputPaths: []string{"module.pyc", "module.warnings.json"},
	}
	if diff := cmp.Diff(wantCommand, command, protocmp.Transform()); diff != "" {
		t.Errorf("command (-want +got):\n%s", diff)
	}
	if got, want := string(action.GetSalt()), "rules_pyc test 1"; got != want {
		t.Errorf("salt is %q, want %q", got, want)
	}
	again, err := cache.NewKey([]byte("x = 1\n"), options, "test 1")
	if err != nil || again.Digest != k.Digest {
		t.Errorf("the key is %v and then %v (%v)", k.Digest, again.Digest, err)
	}
}
