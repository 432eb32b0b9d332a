"""Reads one header of ours: its opening comment and its declarations with the comments on them. It
knows the style of abi/, not C++; what it can't read is an error, never left out in silence."""

import dataclasses
import pathlib
import re

DOC = r"(?P<doc>(?:^[ \t]*///(?!<)[^\n]*\n)*)"
CALL = re.compile(DOC + r"^struct\s+(?P<name>\w+)\s*:\s*Call<\s*(?P<number>0x[0-9a-f]+),"
                  r"\s*Kind::(?P<kind>\w+),\s*(?P<need>[^<>]+?),\s*(?P<result>[\w:]+)"
                  r"\((?P<arguments>[^)]*)\)>\s*\{\s*\};", re.MULTILINE)
HEADING = re.compile(r"^// -{4,} (.+?) -{4,}$", re.MULTILINE)
ENUM = re.compile(DOC + r"^enum class (?P<name>\w+) : (?P<type>[\w:]+) \{(?P<body>[^}]*)\};",
                  re.MULTILINE)
STRUCT = re.compile(DOC + r"^struct (?:alignas\(\d+\) )?(?P<name>\w+) \{\n(?P<body>.*?)^\};",
                    re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^    (?P<type>[\w:<>]+) (?P<names>\w+(?:\[[\w ]+\])?(?:, \w+)*)"
                   r"(?: = [^;]+)?;(?:\s*///< (?P<doc>.*))?$")
CONSTANT = re.compile(DOC + r"^(?P<indent> *)(?:static )?constexpr (?P<type>[\w:]+) (?P<name>\w+) ="
                      r"\s*(?P<value>[^;]+);(?:[ ]*///?<? *(?P<after>[^\n]*))?", re.MULTILINE)
VALUE = re.compile(r"///< ?(?P<after>[^\n]*)|/// ?(?P<doc>[^\n]*)|(?P<name>\w+)(?:\s*=\s*"
                   r"(?P<value>[^,\n/]+))?")
SPACE = re.compile(r"^(?:namespace ([\w:]+) \{|\} // namespace)", re.MULTILINE)


class Unreadable(Exception):
    """A declaration that this reader does not understand."""


@dataclasses.dataclass
class Named:
    name: str
    doc: str


@dataclasses.dataclass
class Call(Named):
    number: int
    kind: str
    rights: list
    arguments: list
    result: str
    heading: str


@dataclasses.dataclass
class Value(Named):
    value: str


@dataclasses.dataclass
class Enum(Named):
    type: str
    values: list


@dataclasses.dataclass
class Field(Named):
    type: str
    count: str


@dataclasses.dataclass
class Struct(Named):
    text: str
    fields: list
    constants: list


@dataclasses.dataclass
class Constant(Named):
    value: str
    space: str


def plain(doc):
    """The text of a block of comment lines, as one line."""
    lines = (re.sub(r"^\s*///? ?", "", line) for line in doc.splitlines())
    return " ".join(line.strip() for line in lines).strip()


class Header:
    def __init__(self, root, path):
        self.path = path
        self.text = (pathlib.Path(root) / path).read_text(encoding="utf-8")
        self.structs = [self._struct(match) for match in STRUCT.finditer(self.text)]
        self.enums = [self._enum(match) for match in ENUM.finditer(self.text)]
        self.constants = list(self._constants(self.text, indent=""))
        self.calls = [self._call(match) for match in CALL.finditer(self.text)]
        if len(self.enums) != len(re.findall(r"^enum class", self.text, re.MULTILINE)):
            raise Unreadable(f"{path}: an enumeration")
        if len(self.calls) != len(re.findall(r"\bCall<\s*0x", self.text)):
            raise Unreadable(f"{path}: a call")

    @property
    def opening(self):
        """The comment at the top, its lines as they stand."""
        lines = []
        for line in self.text.splitlines()[1:]:
            if not line.startswith("//"):
                break
            lines.append(line[3:])
        return lines

    def enum(self, name):
        return next(enum for enum in self.enums if enum.name == name)

    def struct(self, name):
        return next(struct for struct in self.structs if struct.name == name)

    def _space(self, position):
        """The inner namespaces that are open here."""
        open_spaces = []
        for match in SPACE.finditer(self.text, 0, position):
            if match[1]:
                open_spaces.append(match[1])
            else:
                open_spaces.pop()
        return "::".join(open_spaces[1:])

    def _heading(self, position):
        found = [match[1] for match in HEADING.finditer(self.text, 0, position)]
        return found[-1] if found else ""

    def _call(self, match):
        arguments = [tuple(part.rsplit(None, 1)) for part in
                     re.split(r",\s*", match["arguments"].strip()) if part]
        rights = [right for right in re.findall(r"\w+::(\w+)", match["need"]) if right != "none"]
        return Call(match["name"], plain(match["doc"]), int(match["number"], 16), match["kind"],
                    rights, [(name, kind) for kind, name in arguments], match["result"],
                    self._heading(match.start()))

    def _enum(self, match):
        values, doc = [], []
        for token in VALUE.finditer(match["body"]):
            if token["after"] is not None:
                values[-1].doc = token["after"]
            elif token["doc"] is not None:
                doc.append(token["doc"])
            elif token["value"] is None:
                raise Unreadable(f"{self.path}: {match['name']}: '{token['name']}' has no value")
            else:
                values.append(Value(token["name"], " ".join(doc).strip(), token["value"].strip()))
                doc = []
        return Enum(match["name"], plain(match["doc"]), match["type"], values)

    def _struct(self, match):
        fields, doc = [], []
        for line in match["body"].splitlines():
            comment = re.match(r"    ///(?!<) ?(.*)", line)
            if comment:
                doc.append(comment[1])
                continue
            if field := FIELD.match(line):
                for index, name in enumerate(field["names"].split(", ")):
                    bare, _, count = name.partition("[")
                    text = field["doc"] or (" ".join(doc) if index == 0 else "")
                    fields.append(Field(bare, text, field["type"], count.rstrip("]")))
            doc = []
        inner = list(self._constants(match["body"], indent="    "))
        return Struct(match["name"], plain(match["doc"]), match[0][len(match["doc"]):], fields,
                      inner)

    def _constants(self, text, indent):
        for match in CONSTANT.finditer(text):
            if match["indent"] == indent:
                value = re.sub(r"\s+", " ", match["value"])
                yield Constant(match["name"], match["after"] or plain(match["doc"]), value,
                               self._space(match.start()) if indent == "" else "")
