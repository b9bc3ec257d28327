// What the app does with an event. It knows nothing of HTTP servers.

const API = process.env.BKPER_API_URL ?? 'https://api.bkper.app'
const RATE = 20n // percent

/** What the handler reads of an event. */
export interface Event {
  type: string
  agent?: { id?: string }
  book: { id: string; fractionDigits?: number }
  data: { object: { transaction: Transaction } }
}

interface Transaction {
  id: string
  agentId?: string
  date: string
  amount: string
  description?: string
  creditAccount?: { id: string }
}

/** For whom the app acts, and as which app: as it came with the event. */
export interface Caller {
  token: string
  agentId: string
}

/** What Bkper shows to the user; nothing when it is false. */
export interface Answer {
  result: string | false
}

const NOTHING: Answer = { result: false }

export async function handle(event: Event, caller: Caller): Promise<Answer> {
  if (event.type !== 'TRANSACTION_CHECKED' || event.agent?.id === caller.agentId) return NOTHING
  const { transaction } = event.data.object
  if (transaction.agentId === caller.agentId) return NOTHING
  const tax = taxOn(transaction.amount, event.book.fractionDigits ?? 2)
  if (isZero(tax)) return NOTHING
  const draft = await createTransaction(event.book.id, caller, {
    date: transaction.date,
    amount: tax,
    creditAccount: { name: 'Output Tax' },
    debitAccount: { id: transaction.creditAccount?.id },
    description: `20 % tax on ${transaction.description ?? ''}`,
    remoteIds: [`tax_${transaction.id}`], // a second run finds the draft of the first
    draft: true,
  })
  return { result: `TAX: ${draft.amount}` }
}

/** The tax in exact arithmetic, rounded half up to so many digits. */
export function taxOn(amount: string, digits: number): string {
  const [whole = '', fraction = ''] = amount.split('.')
  const dividend = BigInt(whole + fraction) * RATE * 10n ** BigInt(digits)
  const divisor = 100n * 10n ** BigInt(fraction.length)
  const units = (2n * dividend + divisor) / (2n * divisor)
  const written = units.toString().padStart(digits + 1, '0')
  return digits === 0 ? written : `${written.slice(0, -digits)}.${written.slice(-digits)}`
}

function isZero(amount: string): boolean {
  return !/[1-9]/.test(amount)
}

async function createTransaction(bookId: string, caller: Caller, transaction: object): Promise<Transaction> {
  const answer = await fetch(`${API}/v5/books/${bookId}/transactions`, {
    method: 'POST',
    headers: {
      'authorization': `Bearer ${caller.token}`,
      'bkper-agent-id': caller.agentId,
      'content-type': 'application/json',
    },
    body: JSON.stringify(transaction),
    signal: AbortSignal.timeout(30_000),
  })
  const body = await answer.json()
  if (!answer.ok) throw new Error(`Bkper answered ${answer.status}: ${body.error?.message}`)
  return body.transaction
}
