"""The whole way: a local Bkper, a host, and the handler as bookhook.yaml starts it."""

import json
import subprocess
import unittest

import requests


class TaxBot(unittest.TestCase):
    def setUp(self):
        options = ["--json", "--port=0", "--sandbox-port=0"]
        self.dev = subprocess.Popen(
            ["bookhook", "dev", *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(self.stop)

    def stop(self):
        self.dev.terminate()
        self.dev.communicate()

    def next(self, what):
        """Waits for the next line that tells of this."""
        for line in self.dev.stdout:
            if what in (told := json.loads(line)):
                return told[what]
        self.fail("bookhook dev has ended")

    def handled(self):
        """Waits until the handler is through with the next event."""
        while (delivery := self.next("delivery"))["state"] in ("waiting", "running"):
            pass
        return delivery

    def test_a_checked_sale_gets_the_draft_of_its_tax(self):
        api = self.next("dev")["sandbox"]["api"]
        transactions = f"{api}/v5/books/demoBookUsd01/transactions"
        mia = {"authorization": "Bearer mia"}
        sale = {
            "date": "2026-03-04",
            "amount": "61.23",
            "creditAccount": {"name": "Product Sales"},
            "debitAccount": {"name": "Bank Account"},
            "description": "Shirts",
            "checked": True,
        }
        requests.post(transactions, headers=mia, json=sale, timeout=30).raise_for_status()

        delivery = self.handled()
        self.assertEqual([run["response"] for run in delivery["runs"]], [{"result": "TAX: 12.25"}])

        query = {"query": "is:draft amount:12.25"}
        drafts = requests.get(transactions, headers=mia, params=query, timeout=30).json()["items"]
        self.assertEqual([draft["description"] for draft in drafts], ["20 % tax on Shirts"])


if __name__ == "__main__":
    unittest.main()
