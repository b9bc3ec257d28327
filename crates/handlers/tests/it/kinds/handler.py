#!/usr/bin/env python3
"""A handler that does what its event asks for: as a server on PORT, or once, on standard input and output."""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGEST = b'{"result":"' + b"x" * (2**20 - 13) + b'"}'
TEXTS = {
    "result": b'{\n  "result": [ "TAX: 12.50" ],\n  "more": 1e2\n}\n',
    "error": b'{"error": "no such account"}',
    "largest": LARGEST,
    "too large": LARGEST + b" ",
    "list": b"[1]",
    "html": b"<h1>Hi</h1>\n",
    "text": b"OK\n",
    "broken": b'{"result": ',
}
BUSY, FAILED = object(), object()


def act(event, token):
    """What to answer, or how to fail and with which words."""
    wish = event["do"]
    if wish == "hang":
        time.sleep(3600)
    if wish == "busy":
        return BUSY, b"slow down"
    if wish == "fail":
        return FAILED, b"no rate for 2026"
    if wish == "fail with the token":
        return FAILED, b"it does not take " + token.encode()
    return None, TEXTS[wish]


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if event["do"] == "flood":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        if event["do"] == "die":
            os._exit(1)
        trouble, text = act(event, self.headers["bkper-oauth-token"])
        self.send_response({None: 200, BUSY: 429, FAILED: 500}[trouble])
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def once():
    event = json.load(sys.stdin)
    out = sys.stdout.buffer
    while event["do"] == "flood":
        out.write(b"x" * 65536)
    if event["do"] == "die":
        os.kill(os.getpid(), 9)
    trouble, text = act(event, os.environ["BKPER_OAUTH_TOKEN"])
    (sys.stderr.buffer if trouble else out).write(text)
    return {None: 0, BUSY: 75, FAILED: 1}[trouble]


if sys.argv[1] == "once":
    sys.exit(once())
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Server).serve_forever()
