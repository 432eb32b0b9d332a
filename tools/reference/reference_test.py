import re

import pytest

from reference import linux_calls, pages, readme
from reference.header import Header
from reference.numbers import Known
from skerry import places, size

HEADERS = {name: Header(places.ROOT, f"abi/{name}.hpp") for name in pages.HEADERS}

PAGES = pages.all_pages(places.ROOT)


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_is_what_the_headers_say(name):
    committed = places.ROOT / "docs/reference" / name
    assert committed.exists(), "./skerry docs writes it"
    assert committed.read_text(encoding="utf-8") == PAGES[name], "./skerry docs writes it anew"


def test_no_page_is_left_over():
    kept = {path.name for path in (places.ROOT / "docs/reference").iterdir()}
    assert kept == set(PAGES)


def test_the_readme_shows_the_figures_that_were_measured():
    text = (places.ROOT / "README.md").read_text(encoding="utf-8")
    assert text == readme.with_figures(places.ROOT), "./skerry docs writes them"


def test_every_call_of_the_list_is_on_its_page():
    listed = re.search(r"using Calls = CallList<([^>]+)>", HEADERS["calls"].text)[1]
    assert [call.name for call in HEADERS["calls"].calls] == re.split(r",\s*", listed.strip())


def test_every_call_says_what_it_does():
    assert [call.name for call in HEADERS["calls"].calls if not call.doc] == []


def test_every_error_says_what_it_means():
    assert [value.name for value in HEADERS["error"].enum("Error").values if not value.doc] == []


def test_every_right_says_what_it_allows():
    bare = {f"{enum.name}::{value.name}" for enum in HEADERS["rights"].enums
            for value in enum.values if value.name != "none" and not value.doc}
    assert bare == set()


def test_offsets_are_the_compilers():
    known = Known(HEADERS.values())
    archive = HEADERS["boot_archive"]
    assert known.extent(archive.struct("InitSegment"))[0] == 32
    assert known.extent(archive.struct("Entry"))[0] == 64
    assert known.extent(archive.struct("Header"))[0] == 64 + 8 * 32
    assert dict((field.name, offset) for offset, field in
                known.offsets(HEADERS["boot"].struct("BootInfo")))["rsdp"] == 24


def test_a_linux_call_without_a_handler_is_absent():
    calls = {call.name: call for call in linux_calls.read(places.ROOT)}
    assert calls["read"].support == "full"
    assert calls["ptrace"].support == "absent"


def test_a_transcript_is_commands_and_what_they_print():
    text = "<!-- transcript: x -->\n\n```console\nhi\n/ # echo a\na\n/ # true\n```\n"
    assert readme.visit(text) == [("echo a", "a"), ("true", "")]
    text = text.replace("\na\n", "\nit says # and $ 5\n")
    assert readme.visit(text)[0] == ("echo a", "it says # and $ 5")


def test_dots_stand_for_anything():
    assert readme.agrees("up ... s", "up 3 s\n")
    assert readme.agrees("a\n...\nd", "a\nb\nc\nd")
    assert readme.agrees("", "")
    assert not readme.agrees("a", "b")
    assert not readme.agrees("a\nb", "a")


def test_the_size_that_the_readme_names_is_about_right():
    text = (places.ROOT / "README.md").read_text(encoding="utf-8")
    named = int(re.search(r"([\d,]+) lines of the kernel", text)[1].replace(",", ""))
    counted = size.promised(size.by_room())
    assert abs(named - counted) < counted / 10, f"./skerry size counts {counted}"
