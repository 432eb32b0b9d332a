from skerry import libraries


def test_a_dynamic_program_names_its_loader_and_libraries():
    found = libraries.needed("/usr/bin/env")
    assert found[0].startswith("/lib") and "ld-" in found[0]
    assert any("libc" in path for path in found[1:])
    assert len(found) == len(set(found))


def test_what_is_no_dynamic_program_needs_nothing(tmp_path):
    for content in (b"", b"\x7fELF", b"#!/bin/sh\n", b"\x7fELF\x02" + b"\xff" * 100):
        file = tmp_path / "file"
        file.write_bytes(content)
        assert libraries.needed(file) == []
