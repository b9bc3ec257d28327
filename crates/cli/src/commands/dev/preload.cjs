'use strict'

// Loaded into a Node program before its own code (`NODE_OPTIONS=--require=…/preload.cjs`): what the program calls at Bkper's
// API goes to the address in `BKPER_API_URL` instead. The path, the method, the headers and the body stay as they are, and
// every other call is left alone.
//
// `fetch`, `http` and `https` are all there is to replace: other clients are built on them. What opens sockets of its own,
// such as the package `undici`, is not reached.

const http = require('node:http')
const https = require('node:https')
const { syncBuiltinESMExports } = require('node:module')
const { urlToHttpOptions } = require('node:url')

/** Where Bkper's API is, for clients of today and for older ones: below `prefix` at `host`. */
const APIS = [
  { host: 'api.bkper.app', prefix: '' },
  { host: 'app.bkper.com', prefix: '/_ah/api/bkper' },
]
const HTTPS_PORT = 443

if (process.env.BKPER_API_URL) redirect(new URL(process.env.BKPER_API_URL))

function redirect(base) {
  const requests = { 'http:': http.request, 'https:': https.request }
  replaceRequest(http, 'http:', base, requests)
  replaceRequest(https, 'https:', base, requests)
  // For those who write `import { request } from 'node:https'`.
  syncBuiltinESMExports()
  if (globalThis.fetch) replaceFetch(base)
}

function replaceRequest(module, protocol, base, requests) {
  module.request = function request(...args) {
    const { options, callback } = read(args)
    const path = (options.protocol || protocol) === 'https:' ? pathAtBase(base, options) : undefined
    if (path === undefined) return requests[protocol].apply(this, args)
    return requests[base.protocol](atBase(base, path, options), callback)
  }
  module.get = function get(...args) {
    const request = module.request(...args)
    request.end()
    return request
  }
}

/** `(url, options, callback)`, in which `url` or `options` may be left out, in the way that Node reads it. */
function read([first, second, third]) {
  const url = typeof first === 'string' || isUrl(first) ? urlToHttpOptions(new URL(first)) : undefined
  const [options, callback] = url ? [second, third] : [first, second]
  if (typeof options === 'function') return { options: url, callback: options }
  return { options: { ...url, ...options }, callback }
}

/** A `URL`, whoever's class it is. What the old `url.parse` gives is none: it has a `path`. */
function isUrl(value) {
  return Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined)
}

/** The path at `base` of a call that is meant for Bkper's API; nothing when it is meant for somebody else. */
function pathAtBase(base, { hostname, host, port, path, socketPath }) {
  if (socketPath || Number(port || HTTPS_PORT) !== HTTPS_PORT) return undefined
  const name = String(hostname || host).toLowerCase()
  const whole = String(path || '/')
  const api = APIS.find((api) => api.host === name && isBelow(api.prefix, whole))
  if (!api) return undefined
  const rest = whole.slice(api.prefix.length)
  return base.pathname.replace(/\/$/, '') + (rest.startsWith('/') ? rest : `/${rest}`)
}

function isBelow(prefix, path) {
  return path.startsWith(prefix) && /^([/?]|$)/.test(path.slice(prefix.length))
}

/** The options of the same call at `base`. An agent that speaks TLS is of no use where none is spoken. */
function atBase(base, path, { host, defaultPort, createConnection, agent, ...options }) {
  const { protocol, hostname, port } = urlToHttpOptions(base)
  return { ...options, agent: keptAgent(protocol, agent), protocol, hostname, port, path }
}

function keptAgent(protocol, agent) {
  return agent === false || agent?.protocol === protocol ? agent : undefined
}

function replaceFetch(base) {
  const original = globalThis.fetch
  globalThis.fetch = async function fetch(...args) {
    const [input, ...rest] = args
    const isRequest = input instanceof Request
    const url = urlAtBase(base, isRequest ? input.url : input)
    if (url === undefined) return original(...args)
    return original(isRequest ? new Request(url, input) : url, ...rest)
  }
}

function urlAtBase(base, input) {
  const url = parsed(input)
  if (url?.protocol !== 'https:') return undefined
  const { hostname, port, pathname, search } = url
  const path = pathAtBase(base, { hostname, port, path: pathname + search })
  return path === undefined ? undefined : base.origin + path
}

/** What is no URL is none of our business: `fetch` tells what is wrong with it. */
function parsed(input) {
  try {
    return new URL(input)
  } catch {
    return undefined
  }
}
