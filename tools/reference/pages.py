"""The pages of docs/reference, each made from the headers that it names."""

import re

from reference import linux_calls
from reference.header import Header
from reference.numbers import Known, in_units

HEADERS = ("capability", "memory", "message", "rights", "error", "info", "clock", "trace", "boot",
           "boot_archive", "calls")
REGISTERS = ("RDI", "RSI", "RDX", "R10", "R8", "R9")


def bare(type_name):
    return re.sub(r"std::|_t\b", "", type_name)


def opening(header):
    """The header's own introduction: paragraphs, with its drawings as they stand."""
    lines, drawing = [], False
    for line in header.opening:
        indented = line.startswith("  ")
        if indented != drawing and line:
            if drawing:
                while not lines[-1]:
                    lines.pop()
            lines += ["```", ""] if drawing else ["", "```text"]
            drawing = indented
        lines.append(line)
    return lines + (["```"] if drawing else [])


def table(head, rows, right=()):
    """A table; its last column is left out where it would be empty."""
    rows = list(rows)
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    marks = ["---:" if index in right else "---" for index in range(len(head))]
    yield "| " + " | ".join(head) + " |"
    yield "|" + "|".join(marks) + "|"
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


def signature(call):
    arguments = ", ".join(f"{name}: {bare(kind)}" for name, kind in call.arguments)
    result = "" if call.result == "void" else f" -> {bare(call.result)}"
    return f"{call.name}({arguments}){result}"


def target(call):
    if call.kind == "none":
        return "the calling thread"
    rights = " and ".join(f"`{right}`" for right in call.rights)
    return f"{call.kind} with {rights}" if rights else call.kind


def is_message(call):
    return call.name.startswith("Endpoint") and call.name != "EndpointServe" or \
        call.name == "ReplySend"


def calls_page(headers, _):
    header = headers["calls"]
    lines = opening(header) + ["", "| number | call | made on |", "|---:|---|---|"]
    lines += [f"| 0x{call.number:02x} | [{call.name}](#{call.name.lower()}) | {target(call)} |"
              for call in header.calls]
    heading = None
    for call in header.calls:
        if call.heading != heading:
            heading = call.heading
            lines += ["", f"## {heading[0].upper()}{heading[1:]}"]
        lines += ["", f"### {call.name}", "", "```text", signature(call), "```", "",
                  f"Number 0x{call.number:02x}, on {target(call)}. {where(call)}".rstrip(), "",
                  call.doc]
    return lines


def where(call):
    if is_message(call):
        return "Message registers ([messages](messages.md))."
    words = [f"`{name}` in {register}" for (name, _), register in zip(call.arguments, REGISTERS)]
    return (", ".join(words) + ".") if words else ""


def rights_page(headers, _):
    calls = headers["calls"].calls
    lines = opening(headers["rights"])
    for enum in headers["rights"].enums:
        kind = re.sub(r"(?<!^)([A-Z])", r"_\1", enum.name.removesuffix("Rights")).lower()
        values = [value for value in enum.values if value.name != "none"]
        lines += ["", f"## {enum.name}", ""]
        if not values:
            lines += ["No rights of its own: nobody holds a capability of this kind."]
            continue
        rows = []
        for value in values:
            needed = [f"[{call.name}](calls.md#{call.name.lower()})" for call in calls
                      if call.kind == kind and value.name in call.rights]
            rows.append((value.value, f"`{value.name}`", value.doc, ", ".join(needed)))
        lines += table(("bit", "right", "for", "calls that are made with it"), rows, right=(0,))
    return lines


def errors_page(headers, _):
    header = headers["error"]
    rows = [(value.value, f"`{value.name}`", value.doc) for value in header.enum("Error").values]
    return opening(header) + [""] + list(table(("number", "error", "meaning"), rows, right=(0,)))


def enum_lines(enum):
    yield from ("", f"## {enum.name}", "")
    if enum.doc:
        yield from (enum.doc, "")
    yield from table(("value", "name", "meaning"),
                     [(value.value, f"`{value.name}`", value.doc) for value in enum.values],
                     right=(0,))


def struct_lines(struct, known):
    yield from ("", f"## {struct.name}", "")
    if struct.doc:
        yield from (struct.doc, "")
    size, _ = known.extent(struct)
    rows = []
    for offset, field in known.offsets(struct):
        count = f"[{field.count}]" if field.count else ""
        rows.append((offset, bare(field.type) + count, f"`{field.name}`", field.doc))
    yield from table(("offset", "type", "field", "meaning"), rows, right=(0,))
    yield from ("", f"{size} bytes.")


def constant_lines(title, constants, known):
    yield from ("", f"## {title}", "")
    rows = []
    for constant in constants:
        value = known.number(constant.value)
        shown = constant.value if value is None else in_units(value, constant.name)
        rows.append((f"`{constant.name}`", shown, constant.doc))
    yield from table(("name", "value", "meaning"), rows)


def space_lines(header, known):
    """The constants of a header by the namespaces they are in."""
    spaces = dict.fromkeys(constant.space for constant in header.constants)
    for space in spaces:
        inside = [constant for constant in header.constants if constant.space == space]
        yield from constant_lines(space or "Constants", inside, known)


def tag_lines(struct):
    """The bits of MessageTag, from its accessors and flags."""
    rows = []
    for match in re.finditer(r"constexpr (\S+) (\w+)\(\) const \{\s*return static_cast<[^>]+>\(raw"
                             r"(?: >> (\d+))?\)?(?:\s*& (0x[0-9a-f]+|\d+))?", struct.text):
        low = int(match[3] or 0)
        width = int(match[4], 0).bit_length() if match[4] else int(re.search(r"\d+", match[1])[0])
        rows.append((low, f"{low} to {low + width - 1}", f"`{match[2]}`", ""))
    for constant in struct.constants:
        if shift := re.search(r"<< (\d+)$", constant.value):
            rows.append((int(shift[1]), shift[1], f"`{constant.name}`", constant.doc))
    yield from ("", "## MessageTag", "", struct.doc, "")
    yield from table(("bits", "name", "meaning"), [row[1:] for row in sorted(rows)])


def messages_page(headers, known):
    header = headers["message"]
    lines = opening(header) + list(tag_lines(header.struct("MessageTag")))
    for enum in header.enums:
        lines += enum_lines(enum)
    lines += space_lines(header, known)
    lines += struct_lines(header.struct("RegisterFile"), known)
    lines += struct_lines(header.struct("Run"), known)
    page = header.struct("MessagePage")
    lines += ["", "## MessagePage", "", page.doc, "", "```cpp", page.text.rstrip(), "```"]
    return lines


def everything(name):
    """A page of all that a header declares."""
    def page(headers, known):
        header = headers[name]
        lines = opening(header)
        for enum in header.enums:
            lines += enum_lines(enum)
        for struct in header.structs:
            if struct.fields:
                lines += struct_lines(struct, known)
        return lines + list(space_lines(header, known))
    return page


def limits_page(headers, known):
    lines = ["Every constant of `abi/` that bounds something, and where it stands. Nothing in the "
             "kernel grows beyond what somebody paid for, so these are properties of formats and "
             "tables, not of a configuration."]
    for name, header in headers.items():
        chosen = [constant for constant in header.constants
                  if re.search(r"max_|_per_call|_count$|_words$|_caps$|_bytes$|_end$|_slots$|"
                               r"_segments$|_numbers$", constant.name)
                  and known.number(constant.value) is not None]
        if chosen:
            lines += constant_lines(f"abi/{name}.hpp", chosen, known)
    return lines


#: File, title, the headers it comes from, and what writes it.
PAGES = (
    ("calls", "Calls", ("calls",), calls_page),
    ("rights", "Rights", ("rights",), rights_page),
    ("errors", "Errors", ("error",), errors_page),
    ("messages", "Messages, faults and registers", ("message",), messages_page),
    ("capabilities", "Capabilities and kinds", ("capability",), everything("capability")),
    ("memory", "Pages and protections", ("memory",), everything("memory")),
    ("information", "What inspecting calls tell", ("info",), everything("info")),
    ("clock", "The clock page", ("clock",), everything("clock")),
    ("trace", "The trace", ("trace",), everything("trace")),
    ("boot-info", "BootInfo", ("boot",), everything("boot")),
    ("boot-archive", "The boot archive", ("boot_archive",), everything("boot_archive")),
    ("limits", "Limits", HEADERS, limits_page),
)


def written_by(sources):
    return (f"<!-- Written by `./skerry docs` from {', '.join(sources)}. Change it there. -->")


def finished(title, sources, lines):
    if len(sources) == len(HEADERS):
        sources = ["abi/"]
    links = ", ".join(f"[`{source}`](../../{source})" for source in sources)
    text = "\n".join([f"# {title}", "", written_by(sources), "", f"From {links}.", "", *lines])
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def index():
    lines = ["Pages that a tool writes from the sources, so that they say what the code says. "
             "`./skerry docs` writes them anew; a test fails when they differ.", ""]
    lines += [f"- [{title}]({name}.md)" for name, title, _, _ in PAGES]
    lines += ["- [Linux system calls](linux-calls.md)"]
    return "\n".join(["# Reference", "", written_by(["abi/", linux_calls.TABLE]), "", *lines]) + "\n"


def all_pages(root):
    """Every page of the reference: its name and its text."""
    headers = {name: Header(root, f"abi/{name}.hpp") for name in HEADERS}
    known = Known(headers.values())
    pages = {"README.md": index()}
    for name, title, sources, write in PAGES:
        pages[f"{name}.md"] = finished(title, [f"abi/{source}.hpp" for source in sources],
                                       write(headers, known))
    pages["linux-calls.md"] = finished("Linux system calls", [linux_calls.TABLE],
                                       linux_calls.page(root))
    return pages
