"""Writes random instruction sequences, which keep to the discipline of the stack
and of exception blocks, with what CPython makes of them, in the form of
dump.py's output:

    python3.14 -I -S fuzz.py SEED COUNT

After the unit come what assemble_code_object makes of the sequence without
optimising it, "assembled HEX", and then a line "code 4e" as after a file.
"""

import _testinternalcapi
import marshal
import os
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dump  # noqa: E402

OP = {name: number for number, name in dump.NAMES.items()}
VIRTUAL_ITERATORS = sys.version_info >= (3, 15)  # an iterator takes two places of the stack
NO_LOCATION = (-1, -1, -1, -1)
BINARY = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 26]


class Generator:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.seq = _testinternalcapi.new_instruction_sequence()
        self.consts = [self.rng.choice(dump.POOL) for _ in range(self.rng.choice([1, 3, 6, 20]))]
        self.locals = self.rng.choice([1, 3, 17, 70])
        self.line = 1
        self.budget = self.rng.choice([5, 20, 60, 200])
        self.loops = []  # (start, end, number of values on the stack to pop, exception depth)
        self.depth = 0  # of exception blocks
        self.styles = self.rng.random()

    def chance(self, p):
        return self.rng.random() < p

    def loc(self):
        r = self.rng.random()
        if r < 0.2:
            self.line += self.rng.randrange(3)
        if r > 0.97:
            self.line = max(1, self.line - self.rng.randrange(5))
        if self.styles < 0.3 and self.chance(0.3):
            return NO_LOCATION
        if self.chance(0.02):
            return (self.line, self.line + self.rng.choice([0, 1, 300]), self.rng.choice([-1, 0, 200]), self.rng.choice([-1, 5, 700]))
        col = self.rng.randrange(4) * 4
        return (self.line, self.line, col, col + self.rng.randrange(12))

    def back(self, name, start):
        # CPython never ends with a block without lines that jumps to itself.
        self.op(name, start, (self.line, self.line, 0, 4))

    def op(self, name, arg=0, loc=None, pop=False):
        self.seq.addop(OP[name], arg, *(loc or self.loc()))
        if pop and name == "GET_ITER" and VIRTUAL_ITERATORS:
            self.seq.addop(OP["POP_TOP"], 0, *self.loc())

    def label(self):
        return self.seq.new_label()

    def use(self, label):
        self.seq.use_label(label)
        if self.chance(0.1):
            self.op("NOP")

    def local(self):
        return self.rng.randrange(self.locals)

    # Expressions push one value.

    def const(self):
        self.op("LOAD_CONST", self.rng.randrange(len(self.consts)))

    def expression(self, depth=0):
        kind = self.rng.randrange(26) if depth < 4 else self.rng.randrange(6)
        if kind < 3:
            self.const()
        elif kind < 5:
            self.op("LOAD_FAST", self.local())
        elif kind == 5:
            self.op(*self.rng.choice([("LOAD_NAME", 300), ("LOAD_GLOBAL", 4), ("LOAD_DEREF", 0)][:2]))
        elif kind < 8:
            self.const()
            self.const()
            self.op("BINARY_OP", self.rng.choice(BINARY))
        elif kind < 10:
            self.expression(depth + 1)
            self.expression(depth + 1)
            self.op(*self.rng.choice([("BINARY_OP", 0), ("COMPARE_OP", 40), ("IS_OP", self.rng.randrange(2)),
                                      ("CONTAINS_OP", self.rng.randrange(2)), ("BINARY_OP", 26)]))
        elif kind < 12:
            self.expression(depth + 1)
            self.op(*self.rng.choice([("UNARY_NOT",), ("UNARY_NEGATIVE",), ("UNARY_INVERT",), ("TO_BOOL",),
                                      ("CALL_INTRINSIC_1", 5), ("LOAD_ATTR", 6), ("GET_ITER",), ("FORMAT_SIMPLE",)]), pop=True)
        elif kind < 14:
            n = self.rng.randrange(5)
            for _ in range(n):
                self.const() if self.chance(0.8) else self.expression(depth + 1)
            self.op(self.rng.choice(["BUILD_TUPLE", "BUILD_LIST", "BUILD_SET"]), n)
            if self.chance(0.3):
                self.op("GET_ITER", pop=True)
        elif kind == 14:
            self.sequence()
        elif kind == 15:
            self.op("LOAD_GLOBAL", 2 * self.rng.randrange(200))
            self.op("PUSH_NULL")
            n = self.rng.randrange(3)
            for _ in range(n):
                self.expression(depth + 1)
            self.op("CALL", n)
        elif kind == 16:
            self.expression(depth + 1)
            self.op("LOAD_ATTR", 7)
            self.op("CALL", 0)
        elif kind < 20:
            self.bool_op(depth)
        elif kind == 20:
            self.expression(depth + 1)
            self.op("COPY", 1)
            self.op("POP_TOP")
        elif kind == 21:
            self.expression(depth + 1)
            self.op("COPY", 1)
            self.op("STORE_FAST", self.local())
        elif kind == 22:
            self.expression(depth + 1)
            self.op("YIELD_VALUE", 0)
            self.op("RESUME", self.rng.choice([1, 2, 3]))
        elif kind == 23:
            self.op("LOAD_FAST_AND_CLEAR", local := self.local())
            self.expression(depth + 1)
            self.op("SWAP", 2)
            self.op("STORE_FAST_MAYBE_NULL", local)
        else:
            end, other = self.label(), self.label()
            self.condition(other, depth)
            self.expression(depth + 1)
            self.op("JUMP", end)
            self.use(other)
            self.expression(depth + 1)
            self.use(end)

    def sequence(self):
        kind = self.rng.choice([("BUILD_LIST", "LIST_APPEND"), ("BUILD_SET", "SET_ADD")])
        self.op(kind[0], 0)
        for _ in range(self.rng.randrange(4)):
            self.const() if self.chance(0.9) else self.expression(3)
            self.op(kind[1], 1)
        if kind[0] == "BUILD_LIST" and self.chance(0.5):
            self.op("CALL_INTRINSIC_1", 6)
        if self.chance(0.4):
            self.op("GET_ITER", pop=True)

    def bool_op(self, depth):
        end = self.label()
        if "JUMP_IF_FALSE" not in OP:
            self.expression(depth + 1)
            self.op("COPY", 1)
            self.op("TO_BOOL")
            self.op(self.rng.choice(["POP_JUMP_IF_FALSE", "POP_JUMP_IF_TRUE"]), end)
            self.op("POP_TOP")
            self.expression(depth + 1)
            self.use(end)
            return
        jump = self.rng.choice(["JUMP_IF_FALSE", "JUMP_IF_TRUE"])
        for _ in range(self.rng.randrange(1, 4)):
            self.expression(depth + 1)
            self.op(jump if self.chance(0.8) else self.rng.choice(["JUMP_IF_FALSE", "JUMP_IF_TRUE"]), end)
            self.op("POP_TOP")
        self.expression(depth + 1)
        self.use(end)

    def condition(self, other, depth=0):
        """Jumps to the label on a condition, and pops it."""
        kind = self.rng.randrange(6)
        self.expression(depth + 1)
        if kind == 0:
            self.op(self.rng.choice(["POP_JUMP_IF_NONE", "POP_JUMP_IF_NOT_NONE"]), other)
            return
        if kind == 1:
            self.const()
            self.op("IS_OP", self.rng.randrange(2))
        if self.chance(0.6):
            self.op("TO_BOOL")
        self.op(self.rng.choice(["POP_JUMP_IF_FALSE", "POP_JUMP_IF_TRUE"]), other)

    # Statements leave the stack as it is.

    def statements(self):
        while self.budget > 0 and self.chance(0.8):
            self.budget -= 1
            if self.statement():
                return

    def statement(self):
        """Returns whether control never comes behind the statement."""
        return self.rng.choice([
            self.assign, self.assign, self.discard, self.discard, self.swaps, self.if_statement, self.if_statement,
            self.while_loop, self.for_loop, self.try_except, self.try_finally, self.with_statement, self.delete, self.leave, self.nop,
            self.store_name, self.unpack])()

    def assign(self):
        self.expression()
        for _ in range(self.rng.choice([0, 0, 1, 2])):
            self.op("COPY", 1)
            self.op("STORE_FAST", self.local())
        self.op("STORE_FAST", self.local())

    def store_name(self):
        self.expression()
        self.op("STORE_NAME", self.rng.choice([1, 255, 256, 70000]))

    def discard(self):
        self.expression()
        self.op("POP_TOP")

    def nop(self):
        self.op("NOP")

    def delete(self):
        self.op("DELETE_FAST", self.local())

    def swaps(self):
        n = self.rng.randrange(2, 6)
        for _ in range(n):
            self.op("LOAD_FAST", self.local())
        same = self.loc()
        for _ in range(self.rng.randrange(4)):
            self.op("SWAP", self.rng.randrange(1, n + 1) if self.chance(0.9) else 1, same if self.chance(0.8) else None)
            if self.chance(0.2):
                self.op("NOP")
        for _ in range(n):
            name = self.rng.choice(["STORE_FAST", "STORE_FAST", "POP_TOP"])
            self.op(name, self.local() if name == "STORE_FAST" else 0, same if self.chance(0.8) else None)

    def unpack(self):
        n = self.rng.randrange(1, 5)
        for _ in range(n):
            self.expression(2)
        self.op("BUILD_TUPLE", n)
        self.op("UNPACK_SEQUENCE", n)
        for _ in range(n):
            self.op("STORE_FAST", self.local())

    def if_statement(self):
        end, other = self.label(), self.label()
        self.condition(other)
        self.statements()
        if self.chance(0.5):
            self.op("JUMP", end)
            self.use(other)
            self.statements()
            self.use(end)
        else:
            self.use(other)
        self.op("NOP")

    def while_loop(self):
        start, end = self.label(), self.label()
        self.use(start)
        if self.chance(0.8):
            self.condition(end)
        self.loops.append((start, end, 0, self.depth))
        self.statements()
        self.loops.pop()
        self.back(self.rng.choice(["JUMP", "JUMP", "JUMP_NO_INTERRUPT"]), start)
        self.use(end)
        self.op("NOP")

    def for_loop(self):
        start, cleanup, end = self.label(), self.label(), self.label()
        self.expression()
        self.op("GET_ITER")
        self.use(start)
        self.op("FOR_ITER", cleanup)
        self.op("STORE_FAST", self.local())
        self.loops.append((start, end, 1, self.depth))
        self.statements()
        self.loops.pop()
        self.back("JUMP", start)
        self.use(cleanup)
        self.op("END_FOR")
        self.pop_iter()
        self.use(end)
        self.op("NOP")

    def pop_iter(self):
        self.op("POP_ITER" if "POP_ITER" in OP else "POP_TOP")

    def try_except(self):
        if self.depth > 10:
            return
        handler, end, cleanup, no_match = self.label(), self.label(), self.label(), self.label()
        self.op("SETUP_FINALLY", handler)
        self.depth += 1
        self.statements()
        self.depth -= 1
        self.op("POP_BLOCK", 0, NO_LOCATION)
        self.op("JUMP", end, NO_LOCATION)
        self.use(handler)
        self.op("SETUP_CLEANUP", cleanup, NO_LOCATION)
        self.op("PUSH_EXC_INFO", 0, NO_LOCATION)
        loops, self.loops = self.loops, []
        if self.chance(0.7):
            self.expression()
            self.op("CHECK_EXC_MATCH")
            self.op("POP_JUMP_IF_FALSE", no_match)
        if self.chance(0.5):
            self.op("STORE_FAST", self.local())
        else:
            self.op("POP_TOP")
        self.depth += 1
        self.statements()
        self.depth -= 1
        self.loops = loops
        self.op("POP_BLOCK", 0, NO_LOCATION)
        self.op("POP_EXCEPT", 0, NO_LOCATION)
        self.op("JUMP", end, NO_LOCATION)
        self.use(no_match)
        self.op("RERAISE", 0, NO_LOCATION)
        self.use(cleanup)
        self.op("COPY", 3, NO_LOCATION)
        self.op("POP_EXCEPT", 0, NO_LOCATION)
        self.op("RERAISE", 1, NO_LOCATION)
        self.use(end)
        self.op("NOP")

    def try_finally(self):
        if self.depth > 10:
            return
        handler, cleanup, end = self.label(), self.label(), self.label()
        self.op("SETUP_FINALLY", handler)
        self.depth += 1
        self.statements()
        self.depth -= 1
        self.op("POP_BLOCK", 0, NO_LOCATION)
        self.statements()
        self.op("JUMP", end, NO_LOCATION)
        self.use(handler)
        self.op("SETUP_CLEANUP", cleanup, NO_LOCATION)
        self.op("PUSH_EXC_INFO", 0, NO_LOCATION)
        loops, self.loops = self.loops, []
        self.depth += 1
        self.statements()
        self.depth -= 1
        self.loops = loops
        self.op("RERAISE", 0)
        self.use(cleanup)
        self.op("COPY", 3, NO_LOCATION)
        self.op("POP_EXCEPT", 0, NO_LOCATION)
        self.op("RERAISE", 1, NO_LOCATION)
        self.use(end)
        self.op("NOP")

    def with_statement(self):
        if self.depth > 10:
            return
        final, end, cleanup, suppress = self.label(), self.label(), self.label(), self.label()
        self.expression()
        if "BEFORE_WITH" in OP:
            self.op("BEFORE_WITH")
        else:
            self.op("COPY", 1)
            self.op("LOAD_SPECIAL", 1)
            self.op("SWAP", 2)
            self.op("SWAP", 3)
            self.op("LOAD_SPECIAL", 0)
            self.op("CALL", 0)
        self.op("SETUP_WITH", final)
        self.op(*self.rng.choice([("POP_TOP",), ("STORE_FAST", self.local())]))
        self.depth += 1
        loops, self.loops = self.loops, []
        self.statements()
        self.loops = loops
        self.depth -= 1
        self.op("POP_BLOCK", 0, NO_LOCATION)
        for _ in range(3):
            self.const()
        self.op("CALL", 2 if "BEFORE_WITH" in OP else 3)
        self.op("POP_TOP")
        self.op("JUMP", end)
        self.use(final)
        self.op("SETUP_CLEANUP", cleanup)
        self.op("PUSH_EXC_INFO")
        self.op("WITH_EXCEPT_START")
        self.op("TO_BOOL", 0, NO_LOCATION)
        self.op("POP_JUMP_IF_TRUE", suppress, NO_LOCATION)
        self.op("RERAISE", 2, NO_LOCATION)
        self.use(suppress)
        self.op("POP_TOP", 0, NO_LOCATION)
        self.op("POP_BLOCK", 0, NO_LOCATION)
        self.op("POP_EXCEPT", 0, NO_LOCATION)
        for _ in range(2 if "BEFORE_WITH" in OP else 3):
            self.op("POP_TOP", 0, NO_LOCATION)
        self.op("JUMP_NO_INTERRUPT", end, NO_LOCATION)
        self.use(cleanup)
        self.op("COPY", 3, NO_LOCATION)
        self.op("POP_EXCEPT", 0, NO_LOCATION)
        self.op("RERAISE", 1, NO_LOCATION)
        self.use(end)
        self.op("NOP")

    def leave(self):
        kind = self.rng.randrange(4)
        if kind == 0 and self.loops:
            start, end, values, depth = self.loops[-1]
            if depth == self.depth:
                if self.chance(0.5):
                    self.back("JUMP", start)
                else:
                    for _ in range(values):
                        self.pop_iter()
                    self.op("JUMP", end)
                return True
            return False
        if kind < 3:
            self.expression()
            self.op("RETURN_VALUE")
        else:
            self.expression()
            self.op("RAISE_VARARGS", 1)
        return True

    def generate(self):
        self.op("RESUME", 0)
        self.statements()
        self.op("LOAD_CONST", 0, NO_LOCATION if self.chance(0.7) else None)
        self.op("RETURN_VALUE", 0, NO_LOCATION if self.chance(0.7) else None)
        return self.seq


def assembled(seed):
    g = Generator(seed)
    seq = g.generate()
    dump.KEEP.append(seq)
    names = lambda prefix, n: {prefix + str(i): i for i in range(n)}
    metadata = {
        "name": "f", "qualname": "f.g", "consts": {i: i for i in range(len(g.consts))}, "names": names("name", 1),
        "varnames": names("local", g.locals), "cellvars": {}, "freevars": {}, "fasthidden": {},
        "argcount": 0, "posonlyargcount": 0, "kwonlyargcount": 0, "firstlineno": 1,
    }
    # CPython does not survive some sequences with unreachable code that was not
    # removed: let a child try.
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        dump.out("assembled", marshal.dumps(_testinternalcapi.assemble_code_object("file.py", seq, metadata)).hex())
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    for i in range(count):
        dump.out("file", "seed-%d" % (seed + i))
        g = Generator(seed + i)
        seq = g.generate()
        dump.unit(seq, 0, g.consts, {})
        assembled(seed + i)
        dump.out("code", "4e")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
