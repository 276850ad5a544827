package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// maxPyc is the size in bytes above which a .pyc is not read.
const maxPyc = 1 << 30

func newInspect() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "inspect [flags] FILE.pyc...",
		Short: "Show the header and the code objects of .pyc files",
		Long: `Show what is in .pyc files of Python 3.11 to 3.15: the header field by field,
and a line for each code object. No Python is run.

A file that cannot be read as a .pyc is reported with the offset of the first
byte that is wrong; the exit code is 1 then.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			show := printInspection
			if asJSON {
				show = encodeInspection
			}
			return eachFile(c, args, func(path string) error {
				i, err := inspect(path)
				if err != nil {
					return err
				}
				return show(c.OutOrStdout(), i)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, one object per file and line")
	return c
}

// readPyc reads and parses a .pyc file.
func readPyc(path string) (*pyc.File, int, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, fmt.Errorf("reading pyc: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("reading pyc: %s is not a regular file", path)
	}
	if info.Size() > maxPyc {
		return nil, 0, fmt.Errorf("reading pyc: %s has %d bytes; at most %d are read", path, info.Size(), maxPyc)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, fmt.Errorf("reading pyc: %w", err)
	}
	file, err := pyc.ParseFile(data)
	if err != nil {
		return nil, 0, fmt.Errorf("reading %s: %w", path, err)
	}
	return file, len(data), nil
}

// An inspection is what inspect shows of a file.
type inspection struct {
	File   string       `json:"file"`
	Size   int          `json:"size"` // in bytes
	Header headerReport `json:"header"`
	Codes  []codeReport `json:"code_objects"` // functions after what they are in
}

type headerReport struct {
	Magic        uint16  `json:"magic"`
	Python       string  `json:"python"`
	Invalidation string  `json:"invalidation_mode"`
	SourceHash   string  `json:"source_hash,omitempty"` // hexadecimal
	MTime        *uint32 `json:"mtime,omitempty"`       // seconds since 1970
	SourceSize   *uint32 `json:"source_size,omitempty"` // in bytes
}

type codeReport struct {
	QualName       string `json:"qualname"`
	Filename       string `json:"filename"`
	FirstLine      int32  `json:"first_line"` // 1-based
	Flags          uint32 `json:"flags"`
	ArgCount       int32  `json:"arg_count"`
	StackSize      int32  `json:"stack_size"`      // in values
	Bytecode       int    `json:"bytecode"`        // in bytes
	Consts         int    `json:"consts"`          // entries
	Names          int    `json:"names"`           // entries
	Locals         int    `json:"locals"`          // locals, cells and free variables
	LineTable      int    `json:"line_table"`      // in bytes
	ExceptionTable int    `json:"exception_table"` // in bytes
}

func inspect(path string) (*inspection, error) {
	file, size, err := readPyc(path)
	if err != nil {
		return nil, err
	}
	i := &inspection{File: path, Size: size, Header: newHeaderReport(file.Header)}
	for code := range pyc.Codes(file.Code) {
		i.Codes = append(i.Codes, codeReport{
			QualName: code.QualName.Value, Filename: code.Filename.Value, FirstLine: code.FirstLine,
			Flags: code.Flags, ArgCount: code.ArgCount, StackSize: code.StackSize,
			Bytecode: len(code.Bytecode.Value), Consts: len(code.Consts.Items), Names: len(code.Names.Items),
			Locals: len(code.LocalsPlusNames.Items), LineTable: len(code.LineTable.Value),
			ExceptionTable: len(code.ExceptionTable.Value),
		})
	}
	return i, nil
}

func newHeaderReport(h pyc.Header) headerReport {
	r := headerReport{Magic: h.Magic, Python: "unknown", Invalidation: h.Invalidation.String()}
	if v, ok := h.Version(); ok {
		r.Python = v.String()
	}
	if h.Invalidation == pyc.Timestamp {
		r.MTime, r.SourceSize = &h.MTime, &h.Size
	} else {
		r.SourceHash = hex.EncodeToString(h.SourceHash[:])
	}
	return r
}

func encodeInspection(w io.Writer, i *inspection) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(i)
}

func printInspection(out io.Writer, i *inspection) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d bytes\n", printable(i.File), i.Size)
	h := i.Header
	fmt.Fprintf(&b, "  magic number       %d (Python %s)\n", h.Magic, h.Python)
	fmt.Fprintf(&b, "  invalidation mode  %s\n", h.Invalidation)
	if h.MTime != nil {
		fmt.Fprintf(&b, "  source mtime       %d (%s)\n", *h.MTime, time.Unix(int64(*h.MTime), 0).UTC().Format(time.RFC3339))
		fmt.Fprintf(&b, "  source size        %d bytes\n", *h.SourceSize)
	} else {
		fmt.Fprintf(&b, "  source hash        %s\n", h.SourceHash)
	}
	fmt.Fprintf(&b, "  file name          %s\n", printable(i.Codes[0].Filename))
	fmt.Fprintf(&b, "  code objects       %d\n\n", len(i.Codes))
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "line\tbytecode\tconsts\tnames\tlocals\tstack\tlines\texceptions\tflags\t  qualified name")
	for _, c := range i.Codes {
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%#x\t  %s\n", c.FirstLine, c.Bytecode, c.Consts, c.Names,
			c.Locals, c.StackSize, c.LineTable, c.ExceptionTable, c.Flags, printable(c.QualName))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// printable keeps control characters of a name in a file from reaching the
// terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e {
			return '\ufffd'
		}
		return r
	}, s)
}
