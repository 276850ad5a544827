package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bazelbuild/remote-apis-sdks/go/pkg/digest"
	"github.com/bazelbuild/remote-apis-sdks/go/pkg/uploadinfo"
	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/rules-pyc/rules_pyc/cache"
	"github.com/rules-pyc/rules_pyc/compiler"
	"github.com/rules-pyc/rules_pyc/remote/batch"
)

// toolFile is the name of the program in the input root of an action.
const toolFile = "pyc"

// An action is a batch of modules as REAPI has it. Its input root holds the
// program, and the files of package batch; no path of this machine is in it.
type action struct {
	digest    digest.Digest
	uploads   []*uploadinfo.Entry // all that it consists of
	skipCache bool                // a result that is there is of no use
}

func (e *Executor) newAction(modules []Module) (*action, error) {
	a := &action{uploads: []*uploadinfo.Entry{e.tool}}
	sources := &repb.Directory{}
	request := &batch.Request{}
	numbers := map[digest.Digest]int{}
	outputs := []string{batch.ResponseFile}
	for i, m := range modules {
		entry := uploadinfo.EntryFromBlob(m.Source)
		n, ok := numbers[entry.Digest]
		if !ok {
			n = len(numbers)
			numbers[entry.Digest] = n
			sources.Files = append(sources.Files, &repb.FileNode{Name: batch.SourceFile(n), Digest: a.add(entry)})
		}
		request.Modules = append(request.Modules, batch.NewModule(n, m.Options))
		outputs = append(outputs, batch.OutputFile(i))
	}
	text, err := batch.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("describing an action: %w", err)
	}
	// REAPI wants the names in a folder, the outputs and the properties of the
	// platform in order.
	byName := func(a, b *repb.FileNode) int { return strings.Compare(a.GetName(), b.GetName()) }
	slices.SortFunc(sources.Files, byName)
	slices.Sort(outputs)
	sourcesDigest, err := a.addMessage(sources)
	if err != nil {
		return nil, err
	}
	root, err := a.addMessage(&repb.Directory{
		Files: []*repb.FileNode{
			{Name: toolFile, Digest: e.tool.Digest.ToProto(), IsExecutable: true},
			{Name: batch.RequestFile, Digest: a.add(uploadinfo.EntryFromBlob(text))},
		},
		Directories: []*repb.DirectoryNode{{Name: batch.SourceFolder, Digest: sourcesDigest}},
	})
	if err != nil {
		return nil, err
	}
	command, err := a.addMessage(&repb.Command{
		Arguments:   []string{"./" + toolFile, "batch"},
		OutputPaths: outputs,
		Platform:    e.platform, //nolint:staticcheck // servers before 2.2 of the API look for it here
	})
	if err != nil {
		return nil, err
	}
	self, err := a.addMessage(&repb.Action{
		CommandDigest: command, InputRootDigest: root, Platform: e.platform, Timeout: durationpb.New(e.timeout),
	})
	if err != nil {
		return nil, err
	}
	a.digest = digest.NewFromProtoUnvalidated(self)
	return a, nil
}

func (a *action) add(entry *uploadinfo.Entry) *repb.Digest {
	a.uploads = append(a.uploads, entry)
	return entry.Digest.ToProto()
}

func (a *action) addMessage(m proto.Message) (*repb.Digest, error) {
	entry, err := uploadinfo.EntryFromProto(m)
	if err != nil {
		return nil, fmt.Errorf("describing an action: %w", err)
	}
	return a.add(entry), nil
}

// platform returns properties in the order that REAPI demands.
func platform(properties []Property) *repb.Platform {
	if len(properties) == 0 {
		return nil
	}
	sorted := slices.SortedFunc(slices.Values(properties), func(a, b Property) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	p := &repb.Platform{}
	for _, each := range sorted {
		p.Properties = append(p.Properties, &repb.Platform_Property{Name: each.Name, Value: each.Value})
	}
	return p
}

// outcomes reads and checks what an action has put out.
func (e *Executor) outcomes(ctx context.Context, result *repb.ActionResult, modules []Module) ([]Outcome, error) {
	if code := result.GetExitCode(); code != 0 {
		return nil, fmt.Errorf("the program ended with exit code %d: %s", code, e.stderr(ctx, result))
	}
	files, err := e.files(ctx, result)
	if err != nil {
		return nil, err
	}
	var response batch.Response
	if err := json.Unmarshal(files[batch.ResponseFile], &response); err != nil {
		return nil, fmt.Errorf("%s: %w", batch.ResponseFile, err)
	}
	if len(response.Outcomes) != len(modules) {
		return nil, fmt.Errorf("%s tells of %d modules, not %d", batch.ResponseFile, len(response.Outcomes), len(modules))
	}
	all := make([]Outcome, len(modules))
	for i, o := range response.Outcomes {
		switch {
		case o.SyntaxError != nil:
			all[i].Err = o.SyntaxError
		case o.Error != "":
			all[i].Err = errors.New(o.Error)
		default:
			code, err := cache.CodeOf(files[batch.OutputFile(i)], modules[i].Source, modules[i].Options)
			if err != nil {
				return nil, fmt.Errorf("the .pyc of %s: %w", modules[i].Options.Filename, err)
			}
			all[i].Result = &compiler.Result{Code: code, Warnings: o.Warnings}
		}
	}
	return all, nil
}

// files returns the files that an action has put out.
func (e *Executor) files(ctx context.Context, result *repb.ActionResult) (map[string][]byte, error) {
	digests := map[digest.Digest]bool{}
	for _, f := range result.GetOutputFiles() {
		d, err := digest.New(f.GetDigest().GetHash(), f.GetDigest().GetSizeBytes())
		if err != nil {
			return nil, fmt.Errorf("the digest of %s: %w", f.GetPath(), err)
		}
		digests[d] = true
	}
	blobs, err := readBlobs(ctx, e.client, slices.SortedFunc(maps.Keys(digests), func(a, b digest.Digest) int {
		return strings.Compare(a.Hash, b.Hash)
	}))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range result.GetOutputFiles() {
		files[f.GetPath()] = blobs[digest.NewFromProtoUnvalidated(f.GetDigest())]
	}
	return files, nil
}

// maxStderr is how many bytes of what the program said an error has.
const maxStderr = 2000

// stderr returns what the program said, for an error message.
func (e *Executor) stderr(ctx context.Context, result *repb.ActionResult) string {
	text := result.GetStderrRaw()
	if d, err := digest.New(result.GetStderrDigest().GetHash(), result.GetStderrDigest().GetSizeBytes()); len(text) == 0 && err == nil && !d.IsEmpty() {
		if text, _, err = e.client.ReadBlob(ctx, d); err != nil {
			return "what it said cannot be read: " + err.Error()
		}
	}
	said := strings.TrimSpace(strings.ToValidUTF8(string(text), "\uFFFD"))
	if len(said) > maxStderr {
		said = "…" + said[len(said)-maxStderr:]
	}
	if said == "" {
		return "it said nothing"
	}
	return said
}
