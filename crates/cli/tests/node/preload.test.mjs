// What a Node program calls at Bkper's API goes to `BKPER_API_URL`, and nothing else does.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import https, { request as importedRequest } from 'node:https'
import net from 'node:net'
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { fileURLToPath, parse } from 'node:url'
import { promisify } from 'node:util'

const PRELOAD = fileURLToPath(new URL('../../src/commands/dev/preload.cjs', import.meta.url))
const TODAY = 'https://api.bkper.app'
const FORMERLY = 'https://app.bkper.com/_ah/api/bkper'

const sandbox = await echo()
const stranger = await echo()
process.env.BKPER_API_URL = sandbox.url
createRequire(import.meta.url)(PRELOAD)
after(() => [sandbox, stranger].forEach((server) => server.close()))

/** A server that answers with what it was asked. */
async function echo() {
  const server = http.createServer(async (request, response) => {
    const { method, url, headers } = request
    const body = await text(request)
    response.writeHead(url.includes('refused') ? 403 : 200, { 'connection': 'close' })
    response.end(JSON.stringify({ at: port, method, url, headers, body }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  return { port, url: `http://127.0.0.1:${port}`, close: () => (server.closeAllConnections(), server.close()) }
}

/** What the server of a `ClientRequest` answers. */
async function answered(request) {
  const [response] = await once(request, 'response')
  return { status: response.statusCode, ...JSON.parse(await text(response)) }
}

test('fetch of a text, a URL and a Request reaches the sandbox', async () => {
  const path = '/v5/books?query=caf%C3%A9'
  for (const input of [TODAY + path, new URL(TODAY + path), new Request(TODAY + path), FORMERLY + path]) {
    const answer = await fetch(input, { headers: { authorization: 'Bearer mia', 'bkper-agent-id': 'tax-bot' } })
    const asked = await answer.json()
    assert.equal(answer.status, 200)
    assert.equal(asked.at, sandbox.port)
    assert.equal(asked.method, 'GET')
    assert.equal(asked.url, path)
    assert.equal(asked.headers.authorization, 'Bearer mia')
    assert.equal(asked.headers['bkper-agent-id'], 'tax-bot')
  }
})

test('fetch keeps the method, the body and the headers of a Request', async () => {
  const request = new Request(`${TODAY}/v5/books`, { method: 'PUT', body: '{"id":1}', headers: { cursor: 'c' } })
  const asked = await (await fetch(request)).json()
  assert.deepEqual([asked.method, asked.body, asked.headers.cursor], ['PUT', '{"id":1}', 'c'])
  assert.ok(request.bodyUsed)
})

test('fetch streams a body', async () => {
  const letters = (async function* () {
    yield Buffer.from('one ')
    yield Buffer.from('two')
  })()
  const asked = await (await fetch(`${TODAY}/v5/books`, { method: 'POST', body: letters, duplex: 'half' })).json()
  assert.equal(asked.body, 'one two')
  assert.equal(asked.headers['transfer-encoding'], 'chunked')
})

test('fetch is refused, aborted and misused as ever', async () => {
  assert.equal((await fetch(`${TODAY}/refused`)).status, 403)
  await assert.rejects(fetch(`${TODAY}/v5/books`, { signal: AbortSignal.abort() }), { name: 'AbortError' })
  const aborted = new Request(`${TODAY}/v5/books`, { signal: AbortSignal.abort() })
  await assert.rejects(fetch(aborted), { name: 'AbortError' })
  await assert.rejects(fetch(), TypeError)
  await assert.rejects(fetch('no address'), ({ cause }) => cause.code === 'ERR_INVALID_URL')
  await assert.rejects(fetch(`${TODAY}/v5/books`, { method: 'GET', body: 'x' }), TypeError)
})

test('fetch of anything else goes where it was meant to go', async () => {
  const path = '/v5/books?for=https://api.bkper.app/v5'
  assert.equal((await (await fetch(stranger.url + path)).json()).at, stranger.port)
  assert.equal(await reached((port) => fetch(`https://127.0.0.1:${port}/v5/books`)), 'TLS')
})

for (const [name, request] of Object.entries({ 'https.request': https.request, 'an import': importedRequest })) {
  test(`${name}: a text, a URL, options and both reach the sandbox`, async () => {
    const headers = { authorization: 'Bearer mia' }
    const calls = [
      [`${TODAY}/v5/books`, { headers }],
      [new URL(`${TODAY}/v5/books`), { headers }],
      [{ hostname: 'api.bkper.app', path: '/v5/books', headers }],
      [{ host: 'API.bkper.app', port: '443', path: '/v5/books', headers }],
      [`${TODAY}/nowhere`, { path: '/v5/books', headers }],
      [{ ...parse(`${TODAY}/v5/books`), headers }],
      [`${FORMERLY}/v5/books`, { headers }],
      [{ hostname: 'app.bkper.com', path: '/_ah/api/bkper/v5/books', headers }],
    ]
    for (const args of calls) {
      const asked = await answered(request(...args).end())
      assert.deepEqual([asked.at, asked.method, asked.url], [sandbox.port, 'GET', '/v5/books'])
      assert.equal(asked.headers.authorization, 'Bearer mia')
    }
  })
}

test('https.request keeps the method, the path as it is written, and the body as it is streamed', async () => {
  const options = { method: 'PATCH', headers: { 'content-type': 'application/json' } }
  const request = https.request({ ...options, host: 'api.bkper.app', path: "/v5/books/a%2Fb?query='x'|y&&" })
  request.write('one ')
  request.end('two')
  const asked = await answered(request)
  assert.deepEqual([asked.method, asked.url, asked.body], ['PATCH', "/v5/books/a%2Fb?query='x'|y&&", 'one two'])
  assert.equal(asked.headers['transfer-encoding'], 'chunked')
})

test('https.request calls back, refuses and fails as ever', async () => {
  const [response] = await new Promise((resolve) => https.request(`${TODAY}/v5/books`, (...all) => resolve(all)).end())
  assert.equal(JSON.parse(await text(response)).at, sandbox.port)
  assert.equal((await answered(https.request(`${TODAY}/refused`).end())).status, 403)
  assert.throws(() => https.request('no address'), { code: 'ERR_INVALID_URL' })
  assert.throws(() => https.request({ host: 'api.bkper.app', path: '/a b' }), { code: 'ERR_UNESCAPED_CHARACTERS' })
  const aborted = https.request(`${TODAY}/v5/books`, { signal: AbortSignal.abort() })
  await assert.rejects(once(aborted, 'response'), { name: 'AbortError' })
})

test('https.get ends its request', async () => {
  assert.equal((await answered(https.get(`${TODAY}/v5/books`))).at, sandbox.port)
})

test('an agent that speaks TLS is left out', async () => {
  const agent = new https.Agent({ keepAlive: true })
  const inOptions = { protocol: 'https:', hostname: 'api.bkper.app', path: '/v5/books', agent }
  assert.equal((await answered(https.get(inOptions))).at, sandbox.port)
  assert.equal((await answered(http.get(inOptions))).at, sandbox.port)
})

test('requests of anything else go where they were meant to go', async () => {
  assert.equal((await answered(http.get(`${stranger.url}/v5/books`))).at, stranger.port)
  assert.equal((await answered(http.request({ port: stranger.port, host: '127.0.0.1' }).end())).at, stranger.port)
  assert.equal(await reached((port) => https.get({ port, host: '127.0.0.1', path: '/v5' })), 'TLS')
  for (const [args, address] of [
    [[https, { host: 'app.bkper.com', path: '/_ah/api/bkperx' }], 'app.bkper.com'],
    [[https, { host: 'app.bkper.com', path: '/' }], 'app.bkper.com'],
    [[https, { host: 'api.bkper.app.example.com' }], 'api.bkper.app.example.com'],
    [[https, { host: 'api.bkper.app', port: 8443 }], 'api.bkper.app'],
    [[http, { host: 'api.bkper.app' }], 'api.bkper.app'],
  ]) {
    assert.equal(await lookedUp(...args), address)
  }
})

/** What a server hears first of what a call sends to it. */
async function reached(call) {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const connected = once(server, 'connection')
  const called = call(server.address().port)
  const [socket] = await connected
  const [[first]] = await once(socket, 'data')
  socket.destroy()
  server.close()
  await (called.then ? assert.rejects(called) : once(called, 'error'))
  return first === 0x16 ? 'TLS' : 'no TLS'
}

/** The name of which a call would ask the address. */
async function lookedUp(module, options) {
  let name
  const lookup = (asked, _, callback) => {
    name = asked
    callback(new Error('nobody is called'))
  }
  await assert.rejects(once(module.get({ ...options, lookup }), 'response'), /nobody is called/)
  return name
}

/** What a program writes that is started with the preload, and with this address of the API. */
async function written(api, ...program) {
  const env = { ...process.env, NODE_OPTIONS: `--require=${PRELOAD}`, BKPER_API_URL: api }
  return (await promisify(execFile)('node', program, { env })).stdout
}

test('it is loaded through NODE_OPTIONS, also into programs that are modules', async () => {
  const program = `
    import { get } from 'node:https'
    const { at } = await (await fetch('${TODAY}/v5/books')).json()
    get('${TODAY}/v5/books', (response) => console.log(at, response.statusCode))`
  assert.equal(await written(sandbox.url, '--input-type=module', '--eval', program), `${sandbox.port} 200\n`)
})

test('the address may have a path, and a slash at its end', async () => {
  const program = `fetch('${TODAY}/v5/books').then((answer) => answer.json()).then(({ url }) => console.log(url))`
  assert.equal(await written(`${sandbox.url}/_ah/api/`, '--eval', program), '/_ah/api/v5/books\n')
})

test('without an address nothing is replaced', async () => {
  const program = 'console.log(/base/.test([fetch, https.request, http.request].join()))'
  assert.equal(await written('', '--eval', program), 'false\n')
  assert.equal(await written(sandbox.url, '--eval', program), 'true\n')
})
