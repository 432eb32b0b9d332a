from skerry import size


def test_comments_and_blank_lines_are_not_code():
    text = '// a\n\nint a; // b\n/* c\n d */ int b;\nchar const* s = "// no /* comment";\n'
    assert size.code_lines(text) == 3


def test_the_promise_is_kept():
    assert 0 < size.promised(size.by_room()) < size.PROMISE
