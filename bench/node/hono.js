// The same handler under Hono.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();

app.post('*', async (context) => {
  const event = await context.req.json();
  return context.json({ result: `CHECKED: ${event.data.object.transaction.amount}` });
});

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) });
