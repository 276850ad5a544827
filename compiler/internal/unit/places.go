package unit

// places maps small numbers to indices of a list: by number, the index plus one,
// or 0 if the number has none.
type places struct {
	at     []int32
	resets int // since at is large
}

// maxPlaces is the number of places that are kept for good.
const maxPlaces = 1 << 16

// get returns the index that a number has, or -1.
func (p *places) get(n uint32) int32 {
	if int(n) >= len(p.at) {
		return -1
	}
	return p.at[n] - 1
}

// upTo returns the places, in which there is one for the number.
func (p *places) upTo(n uint32) []int32 {
	if int(n) >= len(p.at) {
		p.grow(int(n) + 1)
	}
	return p.at
}

//go:noinline // it is rare
func (p *places) grow(n int) {
	p.at = append(p.at, make([]int32, max(n, 2*len(p.at))-len(p.at))...)
}

// reset takes back the indices of the numbers, which are all that have one. It
// gives up a large table now and then, and not each time: a module with many
// names has many lists, too.
func reset[N ~int32 | ~uint32](p *places, list []N) {
	if len(p.at) > maxPlaces {
		if p.resets++; p.resets > len(p.at)/64 {
			*p = places{}
			return
		}
	}
	at := p.at
	for _, n := range list {
		at[n] = 0
	}
}
