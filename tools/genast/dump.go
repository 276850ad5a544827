package main

import (
	"bytes"
	"fmt"
)

func writeDump(b *bytes.Buffer, s *schema) {
	b.WriteString(header + "import \"github.com/rules-pyc/rules_pyc/pyver\"\n\n")
	for _, u := range s.sums {
		fmt.Fprintf(b, "func (d *dumper) dump%s(n %s) {\n\tswitch n := n.(type) {\n", u.goName, u.goName)
		for _, n := range s.nodes {
			if n.sum == u {
				fmt.Fprintf(b, "\tcase *%s:\n\t\td.dump%s(n)\n", n.goName, n.goName)
			}
		}
		b.WriteString("\tdefault:\n\t\td.none()\n\t}\n}\n\n")
	}
	for _, n := range s.nodes {
		writeNodeDump(b, s, n)
	}
}

func writeNodeDump(b *bytes.Buffer, s *schema, n node) {
	fmt.Fprintf(b, "func (d *dumper) dump%s(n *%s) {\n\td.begin(%q)\n", n.goName, n.goName, n.py+"(")
	for _, f := range n.fields {
		if f.typ == "scope" {
			continue
		}
		if f.feature != "" {
			fmt.Fprintf(b, "\tif d.version.Has(pyver.%s) {\n", f.feature)
		}
		writeFieldDump(b, s, f)
		if f.feature != "" {
			b.WriteString("\t}\n")
		}
	}
	if n.located {
		b.WriteString("\td.location(n.Loc)\n")
	}
	b.WriteString("\td.end()\n}\n\n")
}

func writeFieldDump(b *bytes.Buffer, s *schema, f field) {
	value := "n." + f.goName
	key := fmt.Sprintf("d.key(%q)", f.py+"=")
	if f.suffix == "*" {
		if f.typ == "nothing" {
			fmt.Fprintf(b, "\td.list(%q, 0)\n", f.py+"=")
			return
		}
		fmt.Fprintf(b, "\tif d.list(%q, len(%s)) {\n\t\tfor i, e := range %s {\n\t\t\td.item(i)\n\t\t\t%s\n\t\t}\n\t\td.endList()\n\t}\n", f.py+"=", value, value, dumpCall(s, f.typ, "e"))
		return
	}
	switch {
	case f.typ == "ukind":
		fmt.Fprintf(b, "\tif %s {\n\t\t%s\n\t\td.text(\"'u'\")\n\t}\n", value, key)
	case f.typ == "expr_context":
		fmt.Fprintf(b, "\td.context(%s)\n", value)
	case f.suffix == "?" && f.typ == "identifier":
		fmt.Fprintf(b, "\tif %s != 0 {\n\t\t%s\n\t\td.identifier(%s)\n\t}\n", value, key, value)
	case f.suffix == "?":
		fmt.Fprintf(b, "\tif %s != nil {\n\t\t%s\n\t\t%s\n\t}\n", value, key, dumpCall(s, f.typ, value))
	default:
		fmt.Fprintf(b, "\t%s\n\t%s\n", key, dumpCall(s, f.typ, value))
	}
}

func dumpCall(s *schema, typ, value string) string {
	if s.isEnum(typ) != nil {
		return fmt.Sprintf("d.enum(%s.String())", value)
	}
	switch typ {
	case "identifier", "int", "constant":
		return fmt.Sprintf("d.%s(%s)", typ, value)
	}
	for _, u := range s.sums {
		if u.py == typ {
			return fmt.Sprintf("d.dump%s(%s)", u.goName, value)
		}
	}
	return fmt.Sprintf("d.dump%s(%s)", s.elemType(typ)[1:], value)
}
