# Compiles what it is asked to on descriptor 3 and answers on descriptor 4,
# each request in a forked child, until descriptor 3 is closed.
#
# The bytes that CPython writes depend on the strings that are interned in the
# process. Every name in this file is therefore one that is interned in any
# process that has imported py_compile (a test holds this), and what is needed
# only after a compilation is the text of one string, which is no name.
#
# The loop is at module level so that py_compile.compile runs as deep in the
# stack as in a process that runs nothing else: that depth decides which
# sources are nested too deeply.
import sys

# Nothing else is imported before it is certain that the search path does not
# begin with the working directory, as it would in versions before 3.11.
if not getattr(sys.flags, 'safe_path', False):
    sys.exit('this is Python ' + sys.version)

import io, os, py_compile, warnings

importlib = py_compile.importlib
reader = io.BufferedReader(io.FileIO(3))
writer = io.BufferedWriter(io.FileIO(4, 'wb'))
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
index = 0
name = ''
code = '''
import builtins, io, linecache, tokenize, traceback

fields = []

def add(*values):
    for value in values:
        if value is None:
            value = ''
        if not isinstance(value, (bytes, bytearray)):
            value = str(value).encode('utf-8', 'backslashreplace')
        fields.append(len(value).to_bytes(8, 'little') + value)

def source_lines():
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        lines = io.TextIOWrapper(io.BytesIO(data), encoding).readlines()
    except (LookupError, OSError, SyntaxError, UnicodeError):
        lines = io.TextIOWrapper(io.BytesIO(data), 'utf-8', 'replace').readlines()
    return lines

# Whoever asks for a line of this file by its name gets the source's.
lines = source_lines()
linecache.cache[name] = len(data), None, lines, name
traceback.open = lambda *args, **kwargs: io.StringIO(''.join(lines))

def blames_source(error):
    if isinstance(error, MemoryError):
        # The parser says this of its own stack, too. With memory to spare it
        # is not the machine that ran short.
        try:
            bytearray(64 * len(data) + (64 << 20))
        except MemoryError:
            return False
        return True
    return isinstance(error, (LookupError, OverflowError, RecursionError, SyntaxError, ValueError))

def add_error(error):
    position = [0] * 4
    text = ''
    message = str(error)
    if isinstance(error, SyntaxError):
        if error.text is None and 1 <= (error.lineno or 0) <= len(lines):
            error.text = lines[error.lineno - 1]
        message, text = error.msg, error.text
        position = [error.lineno or 0, error.offset or 0, error.end_lineno or 0, error.end_offset or 0]
    rendered = ''.join(traceback.format_exception_only(type(error), error))
    add(type(error).__name__, message, *position, text, rendered)

if value is None:
    add(result[0][1][16:])
    for w in log:
        add(w.category.__name__, w.message, w.filename, w.lineno, linecache.getline(w.filename, w.lineno).strip())
    flag = 2
else:
    error = value
    if isinstance(error, py_compile.PyCompileError):
        error = error.exc_value
    if blames_source(error):
        add_error(error)
        flag = 3
    else:
        add(''.join(traceback.format_exception(type(error), error, error.__traceback__)))
        flag = 4
write(flag, b''.join(fields))
'''
log = []
result = []


def write(flag, data):
    writer.write(index.to_bytes(4, 'little') + flag.to_bytes(4, 'little') + len(data).to_bytes(8, 'little'))
    writer.write(data)
    writer.flush()


def audit(*args):
    # For the line of an error CPython opens the file of that name, which need
    # not hold this source, or be a file. Without it the line comes from here.
    if args[0] == 'open' and args[1][0] == name:
        raise OSError


def get_data(*args):
    return data


# py_compile takes the loader from here, the import system does not: it still
# reads the modules that a source's encoding needs.
importlib.machinery.SourceFileLoader = type(
    'SourceFileLoader', (importlib.machinery.SourceFileLoader,), {'get_data': get_data})
importlib._bootstrap_external._write_atomic = lambda *args: result.append(args)
warnings._showwarnmsg = log.append
sys.addaudithook(audit)
os.chdir('/')
write(0, '\n'.join((
    sys.implementation.name, sys.version.partition(' ')[0], sys.abiflags,
    str(int.from_bytes(importlib.util.MAGIC_NUMBER[:2], 'little')), sys.executable or '',
)).encode('utf-8', 'surrogateescape'))
while True:
    data = reader.read(16)
    if len(data) != 16:
        os._exit(0)
    index, optimize, size, count = [int.from_bytes(data[value:value + 4], 'little') for value in (0, 4, 8, 12)]
    name = reader.read(size).decode('utf-8', 'surrogateescape')
    data = reader.read(count)
    if len(data) != count:
        os._exit(0)
    pid = os.fork()
    if pid:
        data = None
        value = os.waitpid(pid, 0)[1]
        if value:
            os._exit(value >> 8 or 128 + (value & 127))
        write(5, b'')
        continue
    try:
        value = None
        try:
            py_compile.compile('', '', name, True, optimize, mode)
        except BaseException as error:
            value = error
        if value is None and not log:
            write(1, result[0][1][16:])
        else:
            exec(code)
        os._exit(0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(1)
