#!/usr/bin/env python3
"""A handler that does what the first word of its event's id says: as a server on PORT, or once, as a command.

What tests look at and wait for are files of the folder that it runs in.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BUSY = object()
taken = 0


def note(name, text):
    with open(name, "a") as file:
        print(text, file=file)


def wait_for(name):
    while not Path(name).exists():
        time.sleep(0.005)


def handle(event):
    """The response, or BUSY."""
    global taken
    taken += 1
    word = event["id"].split("-")[0]
    if word == "busy" and not Path("was-busy").exists():
        note("was-busy", event["id"])
        return BUSY
    if word == "late":
        wait_for("go")
    if word == "crash" and taken % 3 == 0:
        print("out of rates", file=sys.stderr, flush=True)
        os._exit(1)
    if word == "fork":
        script = "trap '' TERM; echo $$ >child; sleep 600 & echo $! >grandchild; wait"
        subprocess.Popen(["sh", "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        note("self", os.getpid())
        wait_for("go")
    if word == "wrong":
        return ["no", "response"]
    if word == "long":
        return {"result": "x" * 2**20}
    note("handled", event["id"])
    return {"result": event["id"]}


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        response = handle(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        text = json.dumps(None if response is BUSY else response).encode()
        self.send_response(429 if response is BUSY else 200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def leak():
    while True:
        os.write(1, b"leak " * 1000 + b"\n")


def serve():
    if Path("broken").exists():
        sys.exit("Cannot find module 'hono'")
    if Path("slow").exists():
        wait_for("go")
    if "--leak" in sys.argv:
        threading.Thread(target=leak, daemon=True).start()
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Server).serve_forever()


def once():
    response = handle(json.load(sys.stdin))
    if response is BUSY:
        sys.exit(75)
    json.dump(response, sys.stdout)


if "--stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
once() if sys.argv[1] == "once" else serve()
