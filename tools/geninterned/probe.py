# Copies those lines from standard input to standard output that are interned
# in a process which has imported nothing but py_compile:
#
#     python3.14 -I -S -B probe.py < candidates
#
# The script adds its own names to the interned strings. They are strange on
# purpose, or names of built-in methods; and there is no string literal.
import py_compile
import sys

# What compiling interns before it looks at the source. Modules that are
# imported from their bytecode leave it to us.
py_compile.importlib.machinery.SourceFileLoader(str(), str()).source_to_code(bytes(), str())

zq_out = []
for zq_line in sys.stdin.buffer.read().splitlines():
    zq_text = zq_line.decode()
    # A fresh object with the same text is its own interned string only if
    # there was none before.
    zq_copy = zq_text[:1] + zq_text[1:]
    if sys.intern(zq_copy) is not zq_copy:
        zq_out.append(zq_line)
sys.stdout.buffer.writelines(zq_line + bytes((10,)) for zq_line in sorted(zq_out))
