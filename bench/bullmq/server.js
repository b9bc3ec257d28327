// What a team would build instead of accepted hooks: `node server.js endpoint` takes events and adds each to a queue on
// Redis, `node server.js worker` handles them. Both listen on PORT; the worker tells there what it has handled.
import { createServer } from 'node:http';
import { Queue, Worker } from 'bullmq';

const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
// As an accepted hook is by default. What is handled is removed: that takes the least.
const job = { attempts: 20, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: true };

const roles = { endpoint, worker };
const listener = roles[process.argv[2]]();
createServer(listener).listen(Number(process.env.PORT), '127.0.0.1');

function endpoint() {
  const queue = new Queue('events', { connection });
  return async (request, response) => {
    try {
      const event = JSON.parse(await text(request));
      await queue.add(event.type, event, job);
      answer(response, 200, { result: false });
    } catch (error) {
      answer(response, 500, { error: String(error) });
    }
  };
}

function worker() {
  // Each job: when its handler ended, and how many milliseconds after it was added.
  const handled = [];
  const handle = async ({ data, timestamp }) => {
    const ended = Date.now();
    handled.push([ended, ended - timestamp]);
    return { result: `CHECKED: ${data.data.object.transaction.amount}` };
  };
  new Worker('events', handle, { connection, concurrency: 80 }).on('error', console.error);
  return (request, response) => {
    request.resume();
    const { searchParams } = new URL(request.url, 'http://127.0.0.1');
    const [from, until] = ['from', 'until'].map((name) => Number(searchParams.get(name)));
    const counted = handled.filter(([ended]) => ended >= from && ended < until).map(([, took]) => took);
    counted.sort((one, other) => one - other);
    const p99 = counted[Math.floor(((counted.length - 1) * 99) / 100)] ?? 0;
    answer(response, 200, { events: counted.length, p99_ms: p99 });
  };
}

async function text(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function answer(response, status, value) {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
