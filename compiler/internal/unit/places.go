package unit

// places maps small numbers to indices of a list: by number, the index plus one,
// or 0 if the number has none.
type places[N ~int32 | ~uint32] struct {
	at     []int32
	resets int // since at is large
}

// maxPlaces is the number of places that are kept for good.
const maxPlaces = 1 << 16

// get returns the index that a number has, if it has one.
func (p *places[N]) get(n N) (int32, bool) {
	if int(n) >= len(p.at) {
		return 0, false
	}
	i := p.at[n] - 1
	return i, i >= 0
}

// set gives a number an index.
func (p *places[N]) set(n N, index int32) {
	if int(n) >= len(p.at) {
		p.at = append(p.at, make([]int32, max(int(n)+1, 2*len(p.at))-len(p.at))...)
	}
	p.at[n] = index + 1
}

// reset takes back the indices of the numbers, which are all that have one. It
// gives up a large table now and then, and not each time: a module with many
// names has many lists, too.
func (p *places[N]) reset(list []N) {
	if len(p.at) > maxPlaces {
		if p.resets++; p.resets > len(p.at)/64 {
			*p = places[N]{}
			return
		}
	}
	for _, n := range list {
		p.at[n] = 0
	}
}
