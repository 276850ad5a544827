package conformance

import "strings"

// reduce takes as much from a source as it can, line by line and then word by
// word, as long as it stays interesting.
func reduce(source string, interesting func(string) bool) string {
	for range 4 {
		before := source
		for _, parts := range []func(string) []string{
			func(s string) []string { return strings.SplitAfter(s, "\n") },
			split,
			func(s string) []string { return strings.Split(s, "") },
		} {
			source = reduceParts(parts(source), interesting)
		}
		if source == before {
			break
		}
	}
	return source
}

// maxReduction bounds how many parts are taken one by one.
const maxReduction = 400

// reduceParts leaves out runs of parts, shorter and shorter ones.
func reduceParts(parts []string, interesting func(string) bool) string {
	if len(parts) > maxReduction {
		return strings.Join(parts, "")
	}
	for size := len(parts) / 2; size >= 1; size /= 2 {
		for i := 0; i+size <= len(parts); {
			rest := strings.Join(parts[:i], "") + strings.Join(parts[i+size:], "")
			if interesting(rest) {
				parts = append(parts[:i:i], parts[i+size:]...)
				continue
			}
			i += size
		}
	}
	return strings.Join(parts, "")
}
