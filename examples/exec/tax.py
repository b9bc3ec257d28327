#!/usr/bin/env python3
"""Handles one event: reads it from standard input, and writes the response to standard output."""

import json
import os
import sys
import urllib.error
import urllib.request
from decimal import ROUND_HALF_UP, Decimal

API = os.environ.get("BKPER_API_URL", "https://api.bkper.app")
# For whom the app acts, and as which app: they came with the event.
TOKEN = os.environ.get("BKPER_OAUTH_TOKEN", "")
APP = os.environ.get("BKPER_AGENT_ID", "")

RATE = Decimal("0.20")
NOTHING = {"result": False}


def handle(event):
    if event["type"] != "TRANSACTION_CHECKED" or event["agent"]["id"] == APP:
        return NOTHING
    book, transaction = event["book"], event["data"]["object"]["transaction"]
    if transaction.get("agentId") == APP:
        return NOTHING
    tax = tax_on(transaction["amount"], book.get("fractionDigits", 2))
    if tax.is_zero():
        return NOTHING
    draft = create_transaction(book["id"], {
        "date": transaction["date"],
        "amount": f"{tax:f}",
        "creditAccount": {"name": "Output Tax"},
        "debitAccount": {"id": transaction["creditAccount"]["id"]},
        "description": f"20 % tax on {transaction.get('description', '')}",
        "remoteIds": [f"tax_{transaction['id']}"],  # a second run finds the draft of the first
        "draft": True,
    })
    return {"result": f"TAX: {draft['amount']}"}


def tax_on(amount, digits):
    """The tax in exact arithmetic, rounded half up to so many digits."""
    return (Decimal(amount) * RATE).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def create_transaction(book_id, transaction):
    request = urllib.request.Request(
        f"{API}/v5/books/{book_id}/transactions",
        method="POST",
        headers={
            "authorization": f"Bearer {TOKEN}",
            "bkper-agent-id": APP,
            "content-type": "application/json",
        },
        data=json.dumps(transaction).encode(),
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["transaction"]
    except urllib.error.HTTPError as refused:
        raise RuntimeError(f"Bkper answered {refused.code}: {json.load(refused)['error']['message']}") from refused


def main():
    try:
        response = handle(json.load(sys.stdin.buffer))
    except Exception as error:
        # Bkper shows the error to the user. Status 75 would have the event come again; any other says less than this.
        response = {"error": str(error)}
    json.dump(response, sys.stdout)


if __name__ == "__main__":
    main()
