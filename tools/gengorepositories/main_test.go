package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCurrent(t *testing.T) {
	var files [3][]byte
	for i, name := range []string{"go.mod", "go.sum", "rules/private/go_repositories.bzl"} {
		var err error
		if files[i], err = os.ReadFile("../../" + name); err != nil {
			t.Fatal(err)
		}
	}
	want := generate(files[0], files[1])
	if diff := cmp.Diff(string(want), string(files[2])); diff != "" {
		t.Errorf("rules/private/go_repositories.bzl is not that of go.mod; run go generate ./tools/gengorepositories (-want +got):\n%s", diff)
	}
}

func TestRequirements(t *testing.T) {
	mod := `module example.com/m

go 1.26.0

require one.example/a v1.0.0 // indirect

require (
	two.example/c/v2 v2.0.0
	two.example/b v0.1.0 // indirect
)

exclude two.example/d v0.1.0
`
	want := []string{"one.example/a v1.0.0", "two.example/b v0.1.0", "two.example/c/v2 v2.0.0"}
	if diff := cmp.Diff(want, requirements([]byte(mod))); diff != "" {
		t.Errorf("requirements (-want +got):\n%s", diff)
	}
}

// The names on the right are those of gazelle's go_deps extension.
func TestRepositoryName(t *testing.T) {
	for path, want := range map[string]string{
		"github.com/google/go-cmp":           "com_github_google_go_cmp",
		"golang.org/x/sys":                   "org_golang_x_sys",
		"github.com/BurntSushi/toml":         "com_github_burntsushi_toml",
		"gopkg.in/yaml.v3":                   "in_gopkg_yaml_v3",
		"github.com/bmatcuk/doublestar/v4":   "com_github_bmatcuk_doublestar_v4",
		"google.golang.org/genproto/api/rpc": "org_golang_google_genproto_api_rpc",
	} {
		if got := repositoryName(path); got != want {
			t.Errorf("repository of %s is %s, want %s", path, got, want)
		}
	}
}

// Go lets modules use internal packages by path alone; Bazel has to be told.
func TestVisibility(t *testing.T) {
	required := []string{"go.example/a v1.0.0", "go.example/a/b v1.0.0", "go.example/ab v1.0.0"}
	want := []string{"@example_go_a_b//:__subpackages__"}
	if diff := cmp.Diff(want, visibility("go.example/a", required)); diff != "" {
		t.Errorf("visibility (-want +got):\n%s", diff)
	}
}
