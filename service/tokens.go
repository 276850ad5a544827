package service

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// minToken is the least length of a token in bytes: shorter ones can be
// guessed.
const minToken = 16

// Tokens are the bearer tokens that open a service.
type Tokens struct {
	digests *reloaded[[][sha256.Size]byte]
}

// OpenTokens reads a file of tokens, one a line; empty lines and lines that
// begin with # do not count. The file may be replaced while the process runs.
func OpenTokens(path string, log *slog.Logger) (*Tokens, error) {
	digests, err := load(log, parseTokens, path)
	if err != nil {
		return nil, fmt.Errorf("reading tokens: %w", err)
	}
	return &Tokens{digests}, nil
}

// parseTokens returns a digest of each token, since a comparison of digests
// takes the same time whatever was sent.
func parseTokens(contents [][]byte) ([][sha256.Size]byte, error) {
	var all [][sha256.Size]byte
	number := 0
	for line := range bytes.Lines(contents[0]) {
		number++
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0 || line[0] == '#':
			continue
		case len(line) < minToken:
			return nil, fmt.Errorf("the token in line %d has %d bytes; it needs %d", number, len(line), minToken)
		case bytes.ContainsAny(line, " \t"):
			return nil, fmt.Errorf("the token in line %d has white space in it", number)
		}
		all = append(all, sha256.Sum256(line))
	}
	if len(all) == 0 {
		return nil, errors.New("there is no token in it")
	}
	return all, nil
}

// Authorize returns whether an authorization header has one of the tokens.
func (t *Tokens) Authorize(header string) bool {
	scheme, token, _ := strings.Cut(header, " ")
	digest := sha256.Sum256([]byte(token))
	found := 0
	for _, d := range t.digests.get() {
		found |= subtle.ConstantTimeCompare(digest[:], d[:])
	}
	return found == 1 && strings.EqualFold(scheme, "bearer")
}
