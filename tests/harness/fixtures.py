"""The fixtures that scenarios use; README.md describes them."""

import os
import subprocess
import types

import pexpect
import pytest

from skerry import emulator, image, places, shape

#: Only to notice a hang: on a busy machine without KVM everything may take its time.
HANG = int(os.environ.get("SKERRY_HANG", 900))
#: A shell that edits lines asks the terminal where its cursor is, behind the prompt.
CURSOR = "\x1b[6n"
PROMPT = r"(?m)^[^\r\n]*[#$] (?:\x1b\[6n)?$"


def environment():
    return dict(os.environ, SKERRY_BUILT="1")


def pytest_configure(config):
    config.addinivalue_line("markers", "machines(settings, ...): machines to run on besides the usual one")


def pytest_generate_tests(metafunc):
    """What is marked `machines(settings, ...)` runs on these machines as well as on the usual one, unless somebody
    has chosen a machine for all."""
    others = [settings for mark in metafunc.definition.iter_markers("machines") for settings in mark.args]
    if others and shape.VARIABLE not in os.environ:
        shapes = [shape.Shape(), *(shape.Shape(**settings) for settings in others)]
        metafunc.parametrize("machine", shapes, indirect=True, ids=str)


@pytest.fixture(autouse=True)
def machine(request, monkeypatch):
    """The machine of a test that runs on several."""
    if hasattr(request, "param"):
        monkeypatch.setenv(shape.VARIABLE, request.param.environment()[shape.VARIABLE])


def runner(folder):
    def run(*command, stdin=b"", options=()):
        words = ["./skerry", "run", "--log", folder / "system.log", *options, "--", *command]
        return subprocess.run(words, cwd=places.ROOT, env=environment(), input=stdin,
                              capture_output=True, timeout=HANG, check=False)
    return run


@pytest.fixture
def skerry_run(tmp_path):
    return runner(tmp_path)


@pytest.fixture(scope="module")
def module_run(tmp_path_factory):
    return runner(tmp_path_factory.mktemp("module"))


class Console(pexpect.spawn):
    """A person at the interactive console."""

    def prompt(self):
        """Waits for the shell's prompt; what came before it is in `.before`."""
        self.expect(PROMPT)

    def run(self, line):
        """Types a line, waits for the next prompt, gives back what was printed between."""
        self.sendline(line)
        self.expect_exact(line)
        self.prompt()
        return self.before.replace(CURSOR, "").strip("\r\n").replace("\r\n", "\n")


@pytest.fixture
def console(tmp_path):
    sessions = []

    def start(options=(), prompt=True):
        words = ["run", "--log", str(tmp_path / f"console{len(sessions)}.log"), *options]
        session = Console("./skerry", words, cwd=str(places.ROOT), env=environment(),
                          timeout=HANG, encoding="utf-8", codec_errors="replace",
                          dimensions=(24, 200))
        session.delaybeforesend = None
        sessions.append(session)
        if prompt:
            session.prompt()
        return session

    yield start
    for session in sessions:
        session.close(force=True)


def outcomes(log):
    """The `TEST name ok|FAILED detail` lines of a log."""
    for line in log.splitlines():
        words = line[line.index("TEST "):].split(maxsplit=3) if "TEST " in line else []
        if len(words) >= 3 and words[2] in ("ok", "FAILED"):
            yield words[1], words[2] == "ok", words[3] if len(words) > 3 else ""


def alone(program, folder, append="", hang=HANG, **others):
    """Boots a native program as the only one there is, until it ends the machine; the log."""
    log, machine = folder / "system.log", shape.usual().settings() | others
    with image.alone(program, machine["boot"]) as made:
        line = emulator.command_line(made, append=append, log=log, channel="null", **machine)
        with emulator.Machine(line) as running:
            running.wait(hang)
    return log.read_text(errors="replace")


@pytest.fixture
def boot(tmp_path):
    def start(manifest=None, append="", **others):
        log, shown = tmp_path / "system.log", tmp_path / "console"
        machine = shape.usual().settings() | others
        with image.made(manifest and places.ROOT / manifest, way=machine["boot"]) as made:
            line = emulator.command_line(made, append=append, log=log, channel="null", **machine,
                                         console=f"file,path={emulator.comma(shown)}")
            with emulator.Machine(line) as running:
                status = running.wait(HANG)
        text = log.read_text(errors="replace") if log.exists() else ""
        return types.SimpleNamespace(
            status=status, log=text, console=shown.read_bytes() if shown.exists() else b"",
            tests=list(outcomes(text)))
    return start
