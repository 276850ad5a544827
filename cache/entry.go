package cache

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"

	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/pyc"
)

// An Entry is what is kept of a compilation: the files that the action puts
// out.
type Entry struct {
	Files []File // by path
}

// A File is an output of an action.
type File struct {
	Path string
	Data []byte
}

// MaxFile is the size in bytes of the largest file that is kept.
const MaxFile = 64 << 20

// errTooLarge says that a result is not kept because of its size.
var errTooLarge = fmt.Errorf("it has more than %d bytes", MaxFile)

// Result returns the action result that lists the files of an entry.
func (e *Entry) Result() *repb.ActionResult {
	r := &repb.ActionResult{}
	for _, f := range e.Files {
		r.OutputFiles = append(r.OutputFiles, &repb.OutputFile{Path: f.Path, Digest: digest.NewFromBlob(f.Data).ToProto()})
	}
	return r
}

// Listed returns the digests of the files that an action result lists, for a
// store to fetch, or says why it cannot be one of ours.
func Listed(r *repb.ActionResult) ([]digest.Digest, error) {
	if r.GetExitCode() != 0 {
		return nil, fmt.Errorf("it is of a compilation that failed with exit code %d", r.GetExitCode())
	}
	all := make([]digest.Digest, 0, len(r.GetOutputFiles()))
	var seen []string
	for _, f := range r.GetOutputFiles() {
		if f.GetPath() != pycFile && f.GetPath() != warningsFile || slices.Contains(seen, f.GetPath()) {
			return nil, fmt.Errorf("it lists a file %q", f.GetPath())
		}
		seen = append(seen, f.GetPath())
		d, err := digest.New(f.GetDigest().GetHash(), f.GetDigest().GetSizeBytes())
		if err != nil {
			return nil, fmt.Errorf("the digest of %s: %w", f.GetPath(), err)
		}
		if d.Size > MaxFile {
			return nil, fmt.Errorf("%s: %w", f.GetPath(), errTooLarge)
		}
		all = append(all, d)
	}
	if !slices.Contains(seen, pycFile) {
		return nil, errors.New("it lists no file " + pycFile)
	}
	return all, nil
}

// encode returns the entry of a result.
func encode(r *compiler.Result, source []byte, o compiler.Options) (*Entry, error) {
	file := make([]byte, 0, pyc.HeaderSize+len(r.Code))
	file = append(pyc.HashHeader(o.Version, source, false).Append(file), r.Code...)
	if len(file) > MaxFile {
		return nil, errTooLarge
	}
	e := &Entry{Files: []File{{pycFile, file}}}
	if len(r.Warnings) == 0 {
		return e, nil
	}
	list := make([]warning, len(r.Warnings))
	for i, w := range r.Warnings {
		list[i] = warning{w.Category, w.Message, w.Line, w.Text}
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("writing warnings: %w", err)
	}
	e.Files = append(e.Files, File{warningsFile, text})
	// JSON has no bytes that are not UTF-8, and the form above no file but
	// that of the module. Better no entry than one that says something else.
	if back, err := decodeWarnings(text, o); err != nil || !slices.Equal(back, r.Warnings) {
		return nil, errors.New("its warnings have no lossless form")
	}
	return e, nil
}

// A warning is a compiler.Warning as it is kept. The file is the module's.
type warning struct {
	Category string `json:"category"`
	Message  string `json:"message"`
	Line     int    `json:"line"`           // 1-based
	Text     string `json:"text,omitempty"` // the source line
}

// decode checks an entry and returns the result that it holds. The digests of
// the files have been checked by whoever got them.
func decode(e *Entry, source []byte, o compiler.Options) (*compiler.Result, error) {
	r := &compiler.Result{}
	for _, f := range e.Files {
		var err error
		switch f.Path {
		case pycFile:
			r.Code, err = CodeOf(f.Data, source, o)
		case warningsFile:
			r.Warnings, err = decodeWarnings(f.Data, o)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	if r.Code == nil {
		return nil, errors.New(pycFile + " is missing")
	}
	return r, nil
}

// CodeOf checks a .pyc file from elsewhere, which is to be what a compilation
// puts out, and returns the code object in it. The header has to be an
// unchecked-hash one of the source, and the code object well-formed and of the
// right file.
func CodeOf(file, source []byte, o compiler.Options) ([]byte, error) {
	h, err := pyc.ReadHeader(file)
	if err != nil {
		return nil, err
	}
	if want := pyc.HashHeader(o.Version, source, false); h != want {
		return nil, fmt.Errorf("the header is of another module: %+v, not %+v", h, want)
	}
	code := file[pyc.HeaderSize:]
	c, err := pyc.Read(code, o.Version)
	if err != nil {
		return nil, err
	}
	if c.Filename.Value != o.Filename {
		return nil, fmt.Errorf("the code object is of file %q, not %q", c.Filename.Value, o.Filename)
	}
	return code, nil
}

func decodeWarnings(text []byte, o compiler.Options) ([]compiler.Warning, error) {
	var list []warning
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	all := make([]compiler.Warning, len(list))
	for i, w := range list {
		all[i] = compiler.Warning{Category: w.Category, Message: w.Message, Filename: o.Filename, Line: w.Line, Text: w.Text}
	}
	return all, nil
}

// Files lists the files that an entry can have.
func Files() []string { return []string{pycFile, warningsFile} }
