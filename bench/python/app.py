"""The same handler under Flask, served as the example is."""

import os

from flask import Flask, request
from waitress import serve

app = Flask(__name__)


@app.post("/", defaults={"path": ""})
@app.post("/<path:path>")
def on_event(path):
    transaction = request.get_json()["data"]["object"]["transaction"]
    return {"result": f"CHECKED: {transaction['amount']}"}


serve(app, host="127.0.0.1", port=int(os.environ["PORT"]), threads=16)
