package pyc_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/rules-pyc/rules_pyc/pyver"
)

// eachVersion runs f as a subtest for every supported version.
func eachVersion(t *testing.T, f func(t *testing.T, v pyver.Version)) {
	t.Helper()
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) { f(t, v) })
	}
}

// readGolden decodes the file that testdata/generate.py wrote with version v.
func readGolden(t testing.TB, v pyver.Version, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", v.String(), name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("decoding %s of %v: %v", name, v, err)
	}
}

// content returns the bytes that generate.py's function of that name does.
func content(length int) []byte {
	data := make([]byte, length)
	for i := range data {
		data[i] = byte(i*7 + i/256)
	}
	return data
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	data, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
