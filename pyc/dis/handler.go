package dis

import (
	"iter"

	"github.com/rules-pyc/rules_pyc/pyc"
)

// A Handler is an entry of an exception table: an exception in the instructions
// from Start to before End continues at Target. Offsets are in bytes.
type Handler struct {
	Start  int  `json:"start"`
	End    int  `json:"end"`
	Target int  `json:"target"`
	Depth  int  `json:"depth"` // number of values left on the stack
	Lasti  bool `json:"lasti"` // whether the offset of the instruction is pushed too
}

// Handlers returns the entries of a code object's exception table. After an
// error, which is a *TableError, there are no more.
//
// CPython: Objects/exception_handling_notes.txt; Lib/dis.py,
// _parse_exception_table.
func Handlers(c *pyc.Code) iter.Seq2[Handler, error] {
	return func(yield func(Handler, error) bool) {
		r := tableReader{name: "co_exceptiontable", data: bytesOf(c.ExceptionTable)}
		for r.more() {
			h, err := r.handler()
			if !yield(h, err) || err != nil {
				return
			}
		}
	}
}

func (r *tableReader) handler() (Handler, error) {
	b, err := r.first()
	if err != nil {
		return Handler{}, err
	}
	var numbers [4]int
	for i := range numbers {
		if i > 0 {
			if b, err = r.byte(); err != nil {
				return Handler{}, err
			}
		}
		if numbers[i], err = r.big(b); err != nil {
			return Handler{}, err
		}
	}
	return Handler{
		Start:  2 * numbers[0],
		End:    2 * (numbers[0] + numbers[1]),
		Target: 2 * numbers[2],
		Depth:  numbers[3] >> 1,
		Lasti:  numbers[3]&1 != 0,
	}, nil
}
