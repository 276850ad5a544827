package cache

import (
	"fmt"
	"strconv"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// The files of the action, below its input root.
const (
	sourceFile   = "module.py"
	pycFile      = "module.pyc"
	warningsFile = "module.warnings.json" // there only if there are any
)

// A Key identifies a compilation.
type Key struct {
	// Version is that of the compilation.
	Version pyver.Version
	// Digest is that of the action, and what entries are kept under.
	Digest digest.Digest
	// Action, Command and InputRoot are the messages that describe the
	// compilation, as bytes.
	Action, Command, InputRoot []byte
}

// Event returns what happens in a store with the entry of the key.
func (k *Key) Event(store string, kind Kind) Event {
	return Event{Store: store, Kind: kind, Python: k.Version.String()}
}

// NewKey returns the key of a compilation by a compiler. The identity of the
// compiler has to differ for compilers that could give other bytes.
//
// The error says that the options cannot be described: a file name that is not
// UTF-8 has no place in the messages.
func NewKey(source []byte, o compiler.Options, identity string) (*Key, error) {
	command, err := proto.Marshal(&repb.Command{
		Arguments: []string{
			"pyc", "worker", "--src", sourceFile, "--src_name", o.Filename, "--pyc", pycFile,
			"--python_version", o.Version.String(), "--optimize", strconv.Itoa(o.Optimize),
			"--invalidation_mode", "unchecked_hash",
		},
		OutputPaths: []string{pycFile, warningsFile},
	})
	if err != nil {
		return nil, fmt.Errorf("describing the command: %w", err)
	}
	root, err := proto.Marshal(&repb.Directory{
		Files: []*repb.FileNode{{Name: sourceFile, Digest: digest.NewFromBlob(source).ToProto()}},
	})
	if err != nil {
		return nil, fmt.Errorf("describing the source: %w", err)
	}
	action, err := proto.Marshal(&repb.Action{
		CommandDigest:   digest.NewFromBlob(command).ToProto(),
		InputRootDigest: digest.NewFromBlob(root).ToProto(),
		// REAPI: a separate namespace for what the rest does not tell apart.
		Salt: []byte("rules_pyc " + identity),
	})
	if err != nil {
		return nil, fmt.Errorf("describing the action: %w", err)
	}
	return &Key{Version: o.Version, Digest: digest.NewFromBlob(action), Action: action, Command: command, InputRoot: root}, nil
}
