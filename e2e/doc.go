// Package e2e tests the rules with a real Bazel and real CPythons: it builds
// the examples and this repository, and runs what comes out.
//
// The tests need Bazel, named by the environment variable RULES_PYC_BAZEL, and
// are skipped without. tools/ci/setup.sh installs everything that they use; its
// cache folder, $RULES_PYC_CACHE or ~/.cache/rules_pyc, is where they look for
// the modules that replace Bazel's registry and for the cache server. All builds
// share that server, so that a second run is fast.
package e2e
