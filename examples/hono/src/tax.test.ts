// The whole way: a local Bkper, a host, and the handler as bookhook.yaml starts it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'

const options = ['--json', '--port=0', '--sandbox-port=0']
const dev = spawn('bookhook', ['dev', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
const lines = createInterface({ input: dev.stdout })[Symbol.asyncIterator]()
after(() => dev.kill())

/** Waits for the next line that tells of this. */
async function next(what: string): Promise<any> {
  for (;;) {
    const { value, done } = await lines.next()
    if (done) throw new Error('bookhook dev has ended')
    const told = JSON.parse(value)
    if (told[what]) return told[what]
  }
}

/** Waits until the handler is through with the next event. */
async function handled(): Promise<any> {
  for (;;) {
    const delivery = await next('delivery')
    if (!['waiting', 'running'].includes(delivery.state)) return delivery
  }
}

test('a checked sale gets the draft of its tax', { timeout: 60_000 }, async () => {
  const { sandbox } = await next('dev')
  const transactions = `${sandbox.api}/v5/books/demoBookUsd01/transactions`
  const headers = { 'authorization': 'Bearer mia', 'content-type': 'application/json' }
  const sale = {
    date: '2026-03-04',
    amount: '61.23',
    creditAccount: { name: 'Product Sales' },
    debitAccount: { name: 'Bank Account' },
    description: 'Shirts',
    checked: true,
  }
  await fetch(transactions, { method: 'POST', headers, body: JSON.stringify(sale) })

  const delivery = await handled()
  assert.deepEqual(delivery.runs.at(-1)?.response, { result: 'TAX: 12.25' })

  const drafts = await (await fetch(`${transactions}?query=is:draft amount:12.25`, { headers })).json()
  assert.deepEqual(drafts.items.map((draft: any) => draft.description), ['20 % tax on Shirts'])
})
