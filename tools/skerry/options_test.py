import pytest

from skerry import options, say


@pytest.mark.parametrize("words", [
    ["--bogus"], ["word"], ["--mem", "3"], ["--mem", "lots"], ["--smp", "0"], ["--smp", "two"],
    ["--timeout", "-1"], ["--timeout", "0"], ["--env", "X"], ["--env", "=x"], ["--cwd", "tmp"],
    ["--add", "/no/such/file"], ["--manifest", "/no/such/file"], ["--log", "/no/such/folder/x"],
    ["--accel", "warp"], ["--"], ["--smp"],
])
def test_the_impossible_is_refused_in_one_line(words):
    with pytest.raises(say.Usage) as error:
        options.parse(words)
    assert "\n" not in str(error.value)


def test_everything_after_the_dashes_is_the_command():
    chosen = options.parse(["--smp", "2", "--mem", "1G", "--", "ls", "--bogus", "--"])
    assert chosen.command == ["ls", "--bogus", "--"]
    assert (chosen.smp, chosen.mem) == (2, 1 << 30)


def test_an_addition_names_its_place_or_gets_one(tmp_path):
    file = tmp_path / "a:b"
    file.write_bytes(b"x")
    assert options.addition(str(file)).guest == "/a:b"
    assert options.addition(f"{file}:/etc/c").guest == "/etc/c"


def test_an_addition_may_fill_half_of_the_memory(tmp_path):
    file = tmp_path / "big"
    with open(file, "wb") as big:
        big.truncate(64 << 20)
    options.parse(["--mem", "128M", "--add", str(file)])
    with pytest.raises(say.Usage):
        options.parse(["--mem", "127M", "--add", str(file)])
