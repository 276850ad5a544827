// Package reapi tests the command with real servers of the Remote Execution
// API: bazel-remote, a cache, and BuildBox's casd, a cache that executes.
//
// tools/ci/setup.sh installs both in its cache folder, $RULES_PYC_CACHE or
// ~/.cache/rules_pyc. Tests of a server that is not there are skipped.
package reapi
