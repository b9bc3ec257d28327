#!/usr/bin/env python3
"""A server that does what its event, or the variable BEGIN, asks for. What others wait for, it writes to files."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = int(os.environ["PORT"])


def note(name, text):
    Path(name + ".new").write_text(str(text) + "\n")
    Path(name + ".new").rename(name)


def wait_for(name):
    while not Path(name).exists():
        time.sleep(0.005)


def die(words):
    print(words, file=sys.stderr, flush=True)
    os._exit(3)


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200 if Path("well").exists() else 503, "")

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        wish = event.get("do")
        if wish == "die":
            die("no rate for 2026")
        if wish == "speak":
            print("a word with", self.headers["bkper-oauth-token"], flush=True)
            note("spoken", "yes")
            wait_for("go")
        if wish == "wait":
            note("begun", "yes")
            wait_for("go")
        self.answer(200, json.dumps({"result": f"start {STARTS} at {self.path}"}))

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def end(*_):
    note("ended", "well")
    os._exit(0)


def leak():
    while True:
        os.write(1, b"leak " * 1000 + b"\n")


with open("starts", "a") as starts:
    print(PORT, file=starts)
STARTS = len(Path("starts").read_text().splitlines())
note("self", os.getpid())

begin = os.environ.get("BEGIN")
signal.signal(signal.SIGTERM, end)
if begin == "crash" and not Path("fixed").exists():
    die("Cannot find module 'hono'")
if begin == "slow":
    print("this takes a while", flush=True)
    wait_for("go")
if begin == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    script = "trap '' TERM; echo $$ >child; sleep 600 & echo $! >grandchild; wait"
    subprocess.Popen(["sh", "-c", script])
if begin == "leave":
    subprocess.Popen(["sh", "-c", "trap '' TERM; echo $$ >child; sleep 600"])
if begin == "leak":
    threading.Thread(target=leak, daemon=True).start()
if begin == "too late" and STARTS == 1:
    thief = "import socket,time; s=socket.create_server(('127.0.0.1', %d)); open('stolen','w').close(); time.sleep(600)" % PORT
    note("thief", subprocess.Popen([sys.executable, "-c", thief], start_new_session=True).pid)
    wait_for("stolen")
ThreadingHTTPServer(("127.0.0.1", PORT), Server).serve_forever()
