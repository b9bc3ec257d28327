"""The server: takes events, and answers with what the app has to say."""

import os

from flask import Flask, request
from waitress import serve

from tax import Caller, handle

app = Flask(__name__)


@app.post("/")
def on_event():
    caller = Caller(
        token=request.headers.get("bkper-oauth-token", ""),
        agent_id=request.headers.get("bkper-agent-id", ""),
    )
    try:
        return handle(request.get_json(), caller)
    except Exception as error:
        # Bkper shows the error to the user; the status says that the event was handled.
        app.logger.exception("the event cannot be handled")
        return {"error": str(error)}


if __name__ == "__main__":
    # Only this machine: the host in front has checked who calls.
    serve(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3003")), threads=16)
