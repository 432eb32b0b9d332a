"""Programs that talk through sockets and wait for many things: Debian's Python, and the log of busybox."""

from harness.fixtures import runner

PROGRAM = '''
import asyncio, multiprocessing, os, socket, subprocess

def square(x):
    return x * x

def child(queue, connection):
    queue.put(sum(range(1000)))
    connection.send(("from", "the child"))

async def talk():
    async def answer(reader, writer):
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()
    server = await asyncio.start_unix_server(answer, "/tmp/socket")
    reader, writer = await asyncio.open_unix_connection("/tmp/socket")
    writer.write(b"hello" + bytes([10]))
    print((await reader.readline()).decode().strip())
    writer.close()
    server.close()
    process = await asyncio.create_subprocess_exec("/bin/sh", "-c", "echo sub; exit 3",
                                                   stdout=subprocess.PIPE)
    print((await process.communicate())[0], process.returncode)

if __name__ == "__main__":
    one, other = socket.socketpair()
    reader, writer = os.pipe()
    socket.send_fds(one, [b"a file"], [writer])
    message, files, _, _ = socket.recv_fds(other, 10, 4)
    os.write(files[0], b"through it")
    print(message, os.read(reader, 20))
    for method in "fork", "spawn", "forkserver":
        context = multiprocessing.get_context(method)
        queue = context.Queue()
        here, there = context.Pipe()
        process = context.Process(target=child, args=(queue, there))
        process.start()
        print(method, queue.get(), here.recv())
        process.join()
    with multiprocessing.Pool(3) as pool:
        print(pool.map(square, range(5)))
    asyncio.run(talk())
'''

SAID = """\
b'a file' b'through it'
fork 499500 ('from', 'the child')
spawn 499500 ('from', 'the child')
forkserver 499500 ('from', 'the child')
[0, 1, 4, 9, 16]
HELLO
b'sub\\n' 3
"""


def test_python_talks_through_sockets(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = runner(tmp_path)("python3", "/program.py",
                            options=["--deb", "python3", "--add", f"{program}:/program.py"])
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == SAID


def test_a_message_reaches_the_log(tmp_path):
    script = ("syslogd -O /tmp/log; until grep -q ' /dev/log$' /proc/net/unix; do sleep 0.1; done; "
              "logger -t me hello there; until grep -q hello /tmp/log; do sleep 0.1; done; "
              "grep -o 'user.notice me: hello there' /tmp/log")
    done = runner(tmp_path)("sh", "-c", script)
    assert done.stdout.decode() == "user.notice me: hello there\n", done.stderr
