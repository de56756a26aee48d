"""A terminal with a program in it. Its test says what is typed, and is told what is shown, a line of JSON each."""

import codecs
import fcntl
import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import termios

REQUEST = json.loads(sys.argv[1])
CONTROLLER, TERMINAL = os.openpty()


def tell(**event):
    print(json.dumps(event), flush=True)


def modes():
    flags = termios.tcgetattr(TERMINAL)[3]
    return {"echo": bool(flags & termios.ECHO), "lines": bool(flags & termios.ICANON)}


def stream(name, own):
    return TERMINAL if REQUEST[name] == "terminal" else own


# The size must be there before the program asks for it.
fcntl.ioctl(TERMINAL, termios.TIOCSWINSZ, struct.pack("HHHH", 24, REQUEST["columns"], 0, 0))
# This process leads the session, and outlives the program: whoever leads takes the terminal along, and its state with it.
os.setsid()
fcntl.ioctl(TERMINAL, termios.TIOCSCTTY, 0)
(ended, ending) = os.pipe()
os.set_blocking(ending, False)
signal.set_wakeup_fd(ending)
for number in (signal.SIGCHLD, signal.SIGINT):
    signal.signal(number, lambda *_: None)
program = subprocess.Popen(
    REQUEST["command"],
    cwd=REQUEST["folder"],
    env=REQUEST["env"],
    stdin=stream("stdin", subprocess.PIPE),
    stdout=stream("stdout", subprocess.PIPE),
    stderr=stream("stderr", subprocess.PIPE),
)
if program.stdin is not None:
    program.stdin.write(REQUEST["stdin"].encode())
    program.stdin.close()

decoders = {}
sources = selectors.DefaultSelector()


def watch(descriptor, name):
    os.set_blocking(descriptor, False)
    decoders[descriptor] = (name, codecs.getincrementaldecoder("utf-8")("replace"))
    sources.register(descriptor, selectors.EVENT_READ)


def read(descriptor):
    (name, decoder) = decoders[descriptor]
    try:
        while data := os.read(descriptor, 65536):
            tell(stream=name, text=decoder.decode(data))
        sources.unregister(descriptor)
    except BlockingIOError:
        pass


watch(CONTROLLER, "screen")
for (name, pipe) in (("stdout", program.stdout), ("stderr", program.stderr)):
    if pipe is not None:
        watch(pipe.fileno(), name)
sources.register(0, selectors.EVENT_READ)
sources.register(ended, selectors.EVENT_READ)
asked = b""
while program.poll() is None:
    for (key, _) in sources.select():
        if key.fd in decoders:
            read(key.fd)
        elif key.fd == 0:
            data = os.read(0, 65536)
            if data == b"":
                # Whoever watched is gone.
                program.kill()
                sources.unregister(0)
            asked += data
            while b"\n" in asked:
                (line, asked) = asked.split(b"\n", 1)
                order = json.loads(line)
                if "type" in order:
                    os.write(CONTROLLER, order["type"].encode())
                else:
                    tell(modes=modes())
for descriptor in list(decoders):
    if descriptor in sources.get_map():
        read(descriptor)
tell(end=program.returncode, modes=modes())
