package main

import (
	"fmt"
	"strings"
)

type enum struct {
	py, goName string
	values     []string
}

type field struct {
	py, goName string
	typ        string // without its suffix
	suffix     string // "", "?" or "*"
	feature    string
}

type node struct {
	py, goName string
	located    bool
	sum        *sum
	fields     []field
}

type sum struct {
	py, goName string
}

type schema struct {
	enums []enum
	sums  []*sum
	nodes []node
}

func parse(text string) (*schema, error) {
	s := &schema{}
	var cur *sum
	for i, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			cur = nil
		case strings.HasPrefix(line, "#"):
		case words[0] == "enum" && len(words) > 3:
			s.enums = append(s.enums, enum{words[1], words[2], words[3:]})
		case words[0] == "sum" && len(words) == 3:
			cur = &sum{words[1], words[2]}
			s.sums = append(s.sums, cur)
		case (words[0] == "node" || words[0] == "node+") && len(words) > 3:
			s.nodes = append(s.nodes, node{words[1], words[2], words[0] == "node+", nil, fields(words[3:])})
		case cur != nil:
			py, goName, found := strings.Cut(words[0], "=")
			if !found {
				goName = py
			}
			s.nodes = append(s.nodes, node{py, goName, true, cur, fields(words[1:])})
		default:
			return nil, fmt.Errorf("line %d: not understood: %s", i+1, line)
		}
	}
	return s, nil
}

func fields(words []string) []field {
	var all []field
	for _, w := range words {
		names, typ, _ := strings.Cut(w, ":")
		py, goName, found := strings.Cut(names, "=")
		if !found {
			goName = camel(py)
		}
		typ, feature, _ := strings.Cut(typ, "@")
		f := field{py: py, goName: goName, typ: typ, feature: feature}
		if n := len(typ) - 1; typ[n] == '?' || typ[n] == '*' {
			f.typ, f.suffix = typ[:n], typ[n:]
		}
		all = append(all, f)
	}
	return all
}

func camel(s string) string {
	var b strings.Builder
	for _, part := range strings.Split(s, "_") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// goType returns the Go type of a field, "" if it has none.
func (s *schema) goType(f field) string {
	t := s.elemType(f.typ)
	if f.suffix == "*" && t != "" {
		return "[]" + t
	}
	return t
}

func (s *schema) elemType(typ string) string {
	switch typ {
	case "identifier":
		return "names.ID"
	case "int", "scope":
		return "int32"
	case "constant":
		return "Value"
	case "ukind":
		return "bool"
	case "nothing":
		return ""
	}
	for _, e := range s.enums {
		if e.py == typ {
			return e.goName
		}
	}
	for _, u := range s.sums {
		if u.py == typ {
			return u.goName
		}
	}
	for _, n := range s.nodes {
		if n.py == typ && n.sum == nil {
			return "*" + n.goName
		}
	}
	panic("unknown type " + typ)
}

// isEnum returns the enumeration that a field's type is, or nil.
func (s *schema) isEnum(typ string) *enum {
	for i := range s.enums {
		if s.enums[i].py == typ {
			return &s.enums[i]
		}
	}
	return nil
}
