package dis

import (
	"github.com/rules-pyc/rules_pyc/pyc"
	"github.com/rules-pyc/rules_pyc/pyver"
)

// An Instruction is an instruction with everything that a disassembly says
// about it. Offsets are in bytes.
type Instruction struct {
	Offset      int      `json:"offset"`
	StartOffset int      `json:"start_offset"` // of the first EXTENDED_ARG before it
	Name        string   `json:"opname"`
	Opcode      byte     `json:"opcode"`
	HasArg      bool     `json:"has_arg"`
	Arg         int32    `json:"arg"`         // 0 unless HasArg
	ArgRepr     string   `json:"argrepr"`     // what the operand means, as dis shows it; may be empty
	JumpTarget  int      `json:"jump_target"` // -1 if it does not jump
	Label       int      `json:"label"`       // number of its label from 1 on; 0 if nothing refers to it
	StartsLine  bool     `json:"starts_line"`
	Location    Location `json:"location"`
	Caches      []Cache  `json:"caches,omitempty"`
}

// A Cache is a field of an instruction's inline cache.
type Cache struct {
	Name  string `json:"name"`
	Units int    `json:"units"` // code units of two bytes
	Value uint64 `json:"value"`
}

// Instructions returns the instructions of a code object of version v, without
// those of the code objects in its constants. Labels are numbered as in the
// text of versions that have them, and mark jump targets in the others. When
// the code object is malformed it returns the instructions before the fault,
// and the fault.
func Instructions(c *pyc.Code, v pyver.Version) ([]Instruction, error) {
	w, err := newView(c, v, DefaultMaxConst)
	if err != nil {
		return nil, err
	}
	if err := w.readLocations(); err != nil {
		return nil, err
	}
	all := make([]Instruction, 0, len(w.bytecode())/2)
	var operand []byte
	for in, err := range Decode(w.bytecode(), v) {
		if err != nil {
			return all, err
		}
		text, err := w.operandText(in, &operand)
		if err != nil {
			return all, err
		}
		all = append(all, w.instruction(in, text))
	}
	return all, nil
}

// operandText returns what appendOperand appends. However often a constant is
// loaded, its text, which can be long, is in memory once.
func (w *view) operandText(in Instr, buffer *[]byte) (string, error) {
	if w.showsConst(in) {
		return w.constant(in)
	}
	var err error
	*buffer, err = w.appendOperand((*buffer)[:0], in)
	return string(*buffer), err
}

func (w *view) instruction(in Instr, operand string) Instruction {
	shown := Instruction{
		Offset:      in.Offset,
		StartOffset: in.Start,
		Name:        w.table.Name(in.Number),
		Opcode:      in.Number,
		HasArg:      in.HasArg,
		Arg:         in.Arg,
		ArgRepr:     operand,
		JumpTarget:  -1,
		Label:       w.label(in.Offset),
		StartsLine:  w.lineAt[in.Offset/2] != noEntry,
		Location:    w.locations[in.Offset/2],
	}
	if target, ok := w.target(in); ok {
		shown.JumpTarget = target
	}
	at := in.Offset + 2
	for _, field := range w.table.CacheFields(in.Op) {
		shown.Caches = append(shown.Caches, Cache{field.Name, field.Units, cacheValue(field, w.bytecode()[at:])})
		at += 2 * field.Units
	}
	return shown
}
