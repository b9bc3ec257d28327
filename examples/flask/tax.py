"""What the app does with an event. It knows nothing of HTTP servers."""

import os
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import requests

API = os.environ.get("BKPER_API_URL", "https://api.bkper.app")
RATE = Decimal("0.20")
NOTHING = {"result": False}


@dataclass(frozen=True)
class Caller:
    """For whom the app acts, and as which app: as it came with the event."""

    token: str
    agent_id: str


def handle(event: dict, caller: Caller) -> dict:
    if event["type"] != "TRANSACTION_CHECKED" or event["agent"]["id"] == caller.agent_id:
        return NOTHING
    book, transaction = event["book"], event["data"]["object"]["transaction"]
    if transaction.get("agentId") == caller.agent_id:
        return NOTHING
    tax = tax_on(transaction["amount"], book.get("fractionDigits", 2))
    if tax.is_zero():
        return NOTHING
    draft = create_transaction(book["id"], caller, {
        "date": transaction["date"],
        "amount": f"{tax:f}",
        "creditAccount": {"name": "Output Tax"},
        "debitAccount": {"id": transaction["creditAccount"]["id"]},
        "description": f"20 % tax on {transaction.get('description', '')}",
        "remoteIds": [f"tax_{transaction['id']}"],  # a second run finds the draft of the first
        "draft": True,
    })
    return {"result": f"TAX: {draft['amount']}"}


def tax_on(amount: str, digits: int) -> Decimal:
    """The tax in exact arithmetic, rounded half up to so many digits."""
    return (Decimal(amount) * RATE).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def create_transaction(book_id: str, caller: Caller, transaction: dict) -> dict:
    answer = requests.post(
        f"{API}/v5/books/{book_id}/transactions",
        headers={"authorization": f"Bearer {caller.token}", "bkper-agent-id": caller.agent_id},
        json=transaction,
        timeout=30,
    )
    body = answer.json()
    if not answer.ok:
        raise RuntimeError(f"Bkper answered {answer.status_code}: {body['error']['message']}")
    return body["transaction"]
