// The server: takes events, and answers with what the app has to say.

import { serve } from '@hono/node-server'
import { Hono } from 'hono'

import { handle, type Event } from './tax.js'

const app = new Hono()

app.post('/', async (c) => {
  const event = await c.req.json<Event>()
  const token = c.req.header('bkper-oauth-token') ?? ''
  const agentId = c.req.header('bkper-agent-id') ?? ''
  return c.json(await handle(event, { token, agentId }))
})

// Bkper shows the error to the user; the status says that the event was handled.
app.onError((error, c) => c.json({ error: error.message }))

// Only this machine: the host in front has checked who calls.
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3003) })
