package pyc

// references are the numbers by which a stream refers to flagged objects. The
// zero references are none.
type references struct {
	count   uint32           // of objects that have a number
	before  uint32           // the counts of all earlier streams, added
	numbers []uint32         // by Serial: before plus the number plus one, or less if there is none
	others  map[*Flag]uint32 // the numbers of objects without a Serial
}

// maxSerial is the largest Serial that is looked up by index: what numbers may
// come to, in four bytes each.
const maxSerial = 1 << 22

// reset begins another stream.
func (r *references) reset() {
	clear(r.others)
	if r.before += r.count; r.before > 1<<31 {
		clear(r.numbers)
		r.before = 0
	}
	r.count = 0
}

// number returns the number of an object, which is the next one if the object
// has none yet, and whether it had one before.
func (r *references) number(f *Flag, s Serial) (n uint32, before bool) {
	if s == 0 || s > maxSerial {
		return r.numberOther(f)
	}
	if int(s) >= len(r.numbers) {
		// No longer than that, as larger Serials are among the others for good.
		size := min(max(int(s), 2*len(r.numbers)), maxSerial) + 1
		r.numbers = append(r.numbers, make([]uint32, size-len(r.numbers))...)
	}
	at := r.at(s)
	if n = *at - r.before - 1; n < r.count {
		return n, true
	}
	return r.add(at), false
}

// at returns the place of an object's number in numbers, or nil if it has none.
func (r *references) at(s Serial) *uint32 {
	if s == 0 || int(s) >= len(r.numbers) {
		return nil
	}
	return &r.numbers[s]
}

// add stores the next number at a place, and returns it.
func (r *references) add(at *uint32) uint32 {
	r.count++
	*at = r.before + r.count
	return r.count - 1
}

func (r *references) numberOther(f *Flag) (n uint32, before bool) {
	if n, before = r.others[f]; before {
		return n, true
	}
	if r.others == nil {
		r.others = map[*Flag]uint32{}
	}
	r.others[f] = r.count
	r.count++
	return r.count - 1, false
}
