package source

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rules-pyc/rules_pyc/internal/testpython"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// TestCodecs compares the decoding of all short byte sequences with what
// testdata/digests.py got from interpreters.
func TestCodecs(t *testing.T) {
	for _, v := range pyver.All() {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile("testdata/digests-" + v.String() + ".json")
			if err != nil {
				t.Fatal(err)
			}
			compareDigests(t, v, content)
		})
	}
}

// TestConfirmCodecs asks the interpreters for the digests.
func TestConfirmCodecs(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes millions of sequences")
	}
	testpython.Each(t, func(t *testing.T, v pyver.Version, python string) {
		content, err := exec.Command(python, "-I", "-S", "-B", filepath.Join("testdata", "digests.py"), filepath.Join("testdata", "names.txt")).Output()
		if err != nil {
			t.Fatalf("asking %s: %v", python, err)
		}
		compareDigests(t, v, content)
	})
}

func compareDigests(t *testing.T, v pyver.Version, content []byte) {
	t.Helper()
	var want map[string]string
	if err := json.Unmarshal(content, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) < 100 {
		t.Fatalf("there are only %d encodings", len(want))
	}
	got := map[string]string{}
	for name := range want {
		got[name] = digest(t, name, v)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("digests (-CPython +ours):\n%s", diff)
	}
}

// digest returns the digest of all answers of an encoding, as digests.py does.
func digest(t *testing.T, name string, v pyver.Version) string {
	t.Helper()
	decode, err := decoder(name, v)
	if err != nil {
		return err.Error()
	}
	h := sha256.New()
	c, _ := lookup(name, v)
	for data := range sequences {
		if c.kind == bytewiseCodec && len(data) > 1 {
			break
		}
		answer, err := decode(data)
		var e *Error
		if errors.As(err, &e) {
			answer = []byte(e.Msg)
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		h.Write(append(answer[:len(answer):len(answer)], '\n'))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// decoder returns the function that decodes an encoding.
func decoder(name string, v pyver.Version) (func([]byte) ([]byte, error), error) {
	c, known := lookup(name, v)
	switch {
	case !known:
		return nil, fmt.Errorf("unknown encoding: %s", name)
	case c.kind == utf8Codec:
		return func(b []byte) ([]byte, error) {
			if c.codec == "utf_8_sig" {
				b = []byte(strings.TrimPrefix(string(b), "\ufeff"))
			}
			return decodeUTF8(b)
		}, nil
	case c.kind == bytewiseCodec:
		return findBytewise(c.codec, v).decode, nil
	case c.kind == multibyteCodec:
		t, err := readMultibyte(c.codec)
		if err != nil {
			return nil, err
		}
		return t.decode, nil
	}
	return nil, &UnsupportedError{name}
}

// shapes are the ranges of the bytes of samples, as in digests.py.
var shapes = func() [][][2]byte {
	anyByte, high, digit, kanji, latin := [2]byte{1, 255}, [2]byte{0x81, 0xfe}, [2]byte{0x30, 0x39}, [2]byte{0xa1, 0xfe}, [2]byte{0x41, 0x5a}
	a4, d4 := [2]byte{0xa4, 0xa4}, [2]byte{0xd4, 0xd4}
	return [][][2]byte{
		{high, digit, high, digit},
		{{0x8f, 0x8f}, kanji, kanji},
		{{0x8e, 0x8f}, anyByte, anyByte},
		{high, digit, anyByte, anyByte},
		{high, anyByte, high, anyByte, latin},
		{a4, d4, a4, {0xa1, 0xbe}, a4, {0xbf, 0xd3}, a4, {0xa1, 0xd4}},
		{a4, d4, a4, anyByte, {0xa4, 0xa5}, anyByte, a4, anyByte},
		{high, latin, latin, high},
		{{0xe3, 0xe3}, digit, high, digit},
	}
}()

// sequences yields the byte sequences of digests.py.
func sequences(yield func([]byte) bool) {
	for i := range 256 {
		if !yield([]byte{byte(i)}) {
			return
		}
	}
	for i := range 65536 {
		if !yield([]byte{byte(i >> 8), byte(i)}) {
			return
		}
	}
	state := uint64(1)
	for i := range 9000 {
		var data []byte
		for _, limit := range shapes[i%len(shapes)] {
			state = state*6364136223846793005 + 1442695040888963407
			low, high := uint64(limit[0]), uint64(limit[1])
			data = append(data, byte(low+(state>>33)%(high-low+1)))
		}
		if !yield(data) {
			return
		}
	}
}
