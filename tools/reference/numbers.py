"""What constant expressions come to, and where the fields of a structure lie."""

import ast
import operator
import re

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
             ast.LShift: operator.lshift, ast.BitOr: operator.or_, ast.Div: operator.floordiv}
SIZES = {"Word": 8, "CapAddress": 4, "char": 1, "RightsMask": 1,
         "std::byte": 1, "std::size_t": 8, "std::uint8_t": 1, "std::uint16_t": 2,
         "std::uint32_t": 4, "std::uint64_t": 8, "std::atomic<std::uint32_t>": 4}
UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


class Known:
    """All constants and structures of some headers."""

    def __init__(self, headers):
        self.values = {}
        self.types = dict(SIZES)
        for header in headers:
            for constant in header.constants:
                value = self.number(constant.value)
                if value is not None:
                    self.values[constant.name] = value
            for enum in header.enums:
                self.types[enum.name] = SIZES.get(enum.type, 1)
        self.alignments = dict(self.types)
        for header in headers:
            for struct in header.structs:
                if struct.fields:
                    end, alignment = self.extent(struct)
                    self.types[struct.name], self.alignments[struct.name] = end, alignment

    def number(self, text):
        """The value of an expression; None if it is no number."""
        text = re.sub(r"\bWord\{(\w+)\}", r"\1", text.replace("'", ""))
        try:
            return self._walk(ast.parse(text.strip(), mode="eval").body)
        except (SyntaxError, ValueError, KeyError):
            return None

    def _walk(self, node):
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            return node.value
        if isinstance(node, ast.Name):
            return self.values[node.id]
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](self._walk(node.left), self._walk(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
            return ~self._walk(node.operand) & (1 << 64) - 1
        raise ValueError(ast.dump(node))

    def offsets(self, struct):
        """Each field with its offset."""
        at = 0
        for field in struct.fields:
            size, alignment = self.types[field.type], self.alignments[field.type]
            at = -(-at // alignment) * alignment
            yield at, field
            at += size * (self.number(field.count) if field.count else 1)

    def extent(self, struct):
        alignment = max(self.alignments[field.type] for field in struct.fields)
        at, last = list(self.offsets(struct))[-1]
        end = at + self.types[last.type] * (self.number(last.count) if last.count else 1)
        return -(-end // alignment) * alignment, alignment


def in_units(value, of):
    """A number as a person reads it: bytes with a unit, large ones in hexadecimal."""
    for unit, name in UNITS:
        if of.endswith("bytes") and value >= unit and value % unit == 0 and value // unit < 1024:
            return f"{value // unit} {name}"
    return str(value) if value < 100_000 else f"0x{value:x}"
