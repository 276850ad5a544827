"""Writes what an interpreter says of the sources below, as JSON on stdout: the bytes
in hexadecimal, and the syntax tree or the error's class, message, lineno, offset,
end_lineno, end_offset and text, and what is printed. python3.11 cases.py > 3.11.json

The sources are those in which several things are wrong, so that it matters what
CPython looks at first, and others that were once answered otherwise.
"""
import ast
import json
import sys
import tempfile
import traceback
import warnings

SOURCES = r"""
b'a' 'b'~'d~
b'a' 'b'~d~
'\x1'~'d~
'\x1' 1_~
b'\x1'~"\"\"~
'' b'\x1'~
'' b'' '\N{x}'~
b'é' '\x1'~
(~('' b''~)
f'{x!z}'~'d~
f'{x!z:\x1}'~
f'{x! r}'~1__0~
f'{x!z' '\x1'~
f'{x:\N{nothing}}'~
f'{x:\x1}'~'d~
rf'{x:\x1}'~
f'\x1{x}'~
f'a{x}\N{x}{y}'~
f'{f"\x1"}'~
f'{"\x1"}'~
f'{x!z}' b~
t'{x!z}'~
t'{x! r}' 07~
t'\N{x}' if a else~
t'\x1'~
match x:~  case 1+1: pass~'d~
match x:~  case 1j+1j: pass~
match x:~  case 1j-07: pass~
match x:~  case '\x1'-07: pass~
a b'\x1'~
a '\N{x}'~
print b'\x1'~
print '\x1'~'d~
exec f'{x!z}'~
def f():[]'\x1'~
()'\x1'~
""lambda:lambda:'\N{x}'~
class a[*b:,~
class a[*b:c],~
class a[*b:c lambda False~
class a[*b:...if c else,~
def a[**b:(c, d) e:~
type a[*b: c] = d~
from __future__ import barry_as_FLUFL~a <> b c~
from __future__ import barry_as_FLUFL~a != b c~
from __future__ import barry_as_FLUFL as x~a != b~
from . import barry_as_FLUFL~a != b c~
lazy from __future__ import annotations~
lazy from __future__ import annotations~'d~
t\~\ ~
t\~\
''~ \~b~
(~\~):~
(a~\~\~):~
(~#\~):~
"\""~"\""\#~
"\""~"\""\
f"\""~{a~}"\""\ ~
é\~é\ ~
("\""~"\""a)~
(a.~b c)~
(a(~1) c)~
(a\~+b c)~
[c n r]~
(c*...[])~
c lambda:exec...~
from a lazy import~
from a lazy import b~
from a lazy import (~
from a lazy import;~
def f():~  ''~ é~
def f():~𝐓𝐫𝐮𝐞~
𝐓𝐫𝐮𝐞 = 1~
except print*e:a 𝐓𝐫𝐮𝐞~
def v()𝐓𝐫𝐮𝐞~
match a:~ case b(c, _=1): d~
match a:~ case b(c, _): d~
match a:~ case b(_=1, c=2): d~
match a:~ case b(c=1, _=2): d~
match a:~ case b(c, _ d): d~
f"\""~{
f"\""~{a b:
'' [[] for []]~
a[[]for[]]~
[a for b]~
(o''~)~
(""o(~))~
(a nt b~ c)~
x = "\""~ + a nt b
# coding: utf8~"\""~"\""\ ~
# coding: utf8~"\""é~"\""\ ~
# coding: utf8~"\""éé~"\"" é \
# coding: utf8~éé\~(
# coding: utf8~("\""éé~"\"" é b)~
improt a~
x=1~y=2~improt a~
def f():~  x=1~  fro x in y:~    pass~
clas A:~  pass~
if x:~  pass~esle:~  pass~
if x:~  pass~if y:~  pass~esle:~  pass~
whille x:~
for x im y: pass~
(a b imprt c)~
x = [a fro b in c]~
def f():~  x=1~  if a:~     y=2~  z w~
z = 1; improt a~
if x:~  improt a~
try:~  a~except:~  b~  retrn 1~
asynch def f(): pass~
class A:~  deff f(): pass~
@a~def f():~  pass~esle: a~
é = 1; é improt a~
x = (a nto in b)~
x y and z~
a b c d e f g h i j retrn k~
Whle x: y~
𝐢𝐦𝐩 a~
def s():~        class C:~         def m():x~        l C
class C:~ def m():x~l C~
class C:~ @a~ def m():x~l C~
class C:~ async def m():x~ l C~
class C:~ @a~ class D:x~l C~
class C:~ if m:x~l C~
if a:b~~def f(a, b=1)->c:~ x~improt a~
if a:b~~def f():~ if x:y~improt a~
if a:b~~async def f[T](*a):x~z w~
t'' f'{a:{b:{c=}}}'~
t'' '' f'{a:{b:{c=}}}'~
t'{a:{b:{c=}}}' ''~
'' t'{a:{b:{c=!r}}}'~
'' t'{a:{b:{c}}}'~
b'' f'{a:{b:{c=:d}}}'~
b'' f'{a:{c=}}'~
x y f'{a:{b:{c=}}}'~
x f'{a:{b:{c=}}}' y~
f'{a:{b:{c=}}}' x~
f'{ {1:2}[a]:{ {f"{3:{4}}"}=}}' x~
from __future__ import nothing~
from __future__ import braces~
""".replace('"\\""', '"' * 3).strip("\n").split("\n")

SOURCES = [s.replace("~", "\n").encode() for s in SOURCES] + [
    b"9" * 5000 + b"\n'd\n", b"9" * 5000 + b" a\n", b"a 0x" + b"9" * 5000 + b"\n", b"a " + b"9" * 5000 + b"\n",
    # Bytes that are not UTF-8.
    b"#\xff\nx=1\n", b"x=1 #\xff\n", b"'\xff'\n", b"x='\xff'\n", b"\xff\n", b"x \xff\n", b"|\xff", b"x\xff\n", b"b'\xff'\n",
    b"f'\xff'\n", b"f'{x}\xff'\n", b"f'{x:\xff}'\n", b"f'{\xff}'\n", b"'''\n\xff'''\n", b"'\xff\n", b"x = = '\xff'\n",
    b"x = = \xff\n", b"x = '\xe2\x82'\n", b"'\\x \xff'\n", b"1\xff\n", b"1 \xff\n", b"$\xff\n", b"(\xff\n", b"'a' '\xff' b'c'\n",
    b"print '\xff'\n", b"x = y 'a\xffb'\n", b"\\\xff\n", b" x#\xff\n", b"if x:\n y\n  z #\xff\n", b"x y #\xff\n", b"(x y #\xff\n",
    b"(x y #\xff\n)", b"'\xff' 'x\n", b"u'\xff'", b"r'\xff'", b"rf'\xff'", b"x=1\n# coding: utf-8\nx='\xff'\n",
    b"# coding: utf-8\n#\xff\nx y\n", b"# coding: utf8\n#\xff\nx y\n", b"\xef\xbb\xbf#\xff\nx y\n", b"a\xc3\n", b"\xc3\xa9\xff\n",
    b"x.\xff", b"import \xff", b"x='\\N{\xff}'", b"f'{x!\xff}'", b"f'{x=\xff}'", b"f'{x #\xff\n=}'", b"f'''{x #\xff\n=}'''",
    b"case\xff", b"def f(\xff", b"\n\n\n\xff", b"x=1;\xff", b"\x0c\xff", b"'\xff'\xff",
    # Ends of lines and files.
    b'"""\r\n', b"(\r\n", b"x = \\\r\n", b"if x:\r\n", b"x = (\r\n1,\r\n\r\n", b"def f(:\r\n", b"try:\r\n  pass\r\n", b"try:\r  pass\r", b"(\r", b"(\r\r\n",
    "import a from b ﬁ".encode(), "a ﬁ.b c".encode(),
]


def answer(source):
    """What is behind the parser reads the text of an error from the file."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(source)
        file.flush()
        return answer_of(source, file.name if b"__future__" in source else "x.py")


def answer_of(source, name):
    try:
        return ast.dump(ast.parse(source, name), include_attributes=True)
    except (SyntaxError, ValueError) as e:
        places = [getattr(e, a, None) for a in ("lineno", "offset", "end_lineno", "end_offset", "text")]
        printed = "".join(traceback.format_exception_only(type(e), e)).replace(name, "x.py", 1)
        return [type(e).__name__, getattr(e, "msg", str(e)), *places, printed]


def main():
    warnings.simplefilter("ignore")
    json.dump([[s.hex(), answer(s)] for s in SOURCES], sys.stdout, indent=0)
    print()


main()
