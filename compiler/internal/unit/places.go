package unit

// places maps small numbers to indices of a list: by number, the index plus one,
// or 0 if the number has none.
type places[N ~int32 | ~uint32] []int32

// maxPlaces is the number of places that are kept from list to list.
const maxPlaces = 1 << 16

// get returns the index that a number has, if it has one.
func (p places[N]) get(n N) (int32, bool) {
	if int(n) >= len(p) {
		return 0, false
	}
	i := p[n] - 1
	return i, i >= 0
}

// set gives a number an index.
func (p *places[N]) set(n N, index int32) {
	if int(n) >= len(*p) {
		*p = append(*p, make([]int32, max(int(n)+1, 2*len(*p))-len(*p))...)
	}
	(*p)[n] = index + 1
}

// reset takes back the indices of the numbers, which are all that have one.
func (p *places[N]) reset(list []N) {
	if len(*p) > maxPlaces {
		*p = nil
		return
	}
	for _, n := range list {
		(*p)[n] = 0
	}
}
