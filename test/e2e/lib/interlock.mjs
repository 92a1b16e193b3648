// A fake Interlock server in both transports, an `internet` that can be switched off, and houses that dial out to them.
import assert from 'node:assert/strict';
import { EventEmitter, once as event } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { after, before } from 'node:test';
import tls from 'node:tls';
import { Server as SocketIo } from 'socket.io';
import { WebSocketServer } from 'ws';
import { prepareServer } from './server.mjs';
import { once } from './socketio_wire.mjs';
import { until, within } from './until.mjs';

// ---- Servers ------------------------------------------------------------------------------------------------------------

// Each server has an address of its own: when it is away, nobody else takes its port.
let servers = 0;
const ownAddress = () => `127.${1 + ((process.pid >> 8) & 127)}.${process.pid & 255}.${1 + (++servers % 250)}`;

export const json = (res, status, object) => res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(object));

// A way to leave out the answer for now: `hold.held` are the answers that are waited for.
export function hold() {
  const handler = (_, res) => { handler.held.push(res); };
  handler.held = [];
  return handler;
}

// HTTP on one port, behind a door: `trap` is given the bare connections instead, if there is one.
class Place {
  #sockets = new Set();
  #front = null;
  trap = null;
  tcp = 0;  // connections so far
  requests = [];  // {method, url, headers}

  constructor({ host = ownAddress(), secure } = {}) {
    Object.assign(this, { host, secure });
    this.events = new EventEmitter();
    this.events.setMaxListeners(0);
    this.http = http.createServer({ keepAliveTimeout: 60000 }, (req, res) => {
      res.on('error', () => {});
      this.requests.push({ method: req.method, url: req.url, headers: req.headers });
      this.answer(req, res);
      this.events.emit('change');
    });
    this.http.on('upgrade', (req, socket, head) => {
      this.upgrade(req, socket, head);
      this.events.emit('change');
    });
    this.http.on('clientError', (_, socket) => socket.destroy());
  }

  get url() { return `${this.secure ? 'https' : 'http'}://${this.name ?? this.host}:${this.port}`; }

  // It is there, on the port that it had before.
  async appear() {
    const door = (socket) => {
      socket.on('error', () => {});
      if (!this.trap) this.http.emit('connection', socket);
      else this.trap(socket);
    };
    this.#front = this.secure ? tls.createServer(this.secure, door) : net.createServer(door);
    this.#front.on('tlsClientError', () => {});
    this.#front.on('connection', (socket) => {
      this.tcp += 1;
      this.#sockets.add(socket);
      this.events.emit('change');
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    this.#front.listen(this.port ?? 0, this.host);
    await event(this.#front, 'listening');
    this.port = this.#front.address().port;
    return this;
  }

  // It is gone, with all its connections.
  async vanish() {
    if (!this.#front) return;
    const closed = event(this.#front, 'close');
    this.#front.close();
    this.#front = null;
    this.cut();
    await closed;
  }

  // Ends all connections, without a word.
  cut() { for (const socket of this.#sockets) socket.destroy(); }

  // Waits for what `look` finds; asks again whenever something has come.
  async seen(what, look, ms = 5000) {
    const wait = async () => {
      for (;;) {
        const found = look();
        if (found) return found;
        await event(this.events, 'change');
      }
    };
    return within(ms, what, wait());
  }
}

// What answers the internet test.
export class Internet extends Place {
  status = 204;

  static async start(t) {
    const self = await new Internet().appear();
    t.after(() => self.vanish());
    return self;
  }
  answer(_, res) { res.writeHead(this.status).end(); }
  upgrade(_, socket) { socket.destroy(); }
  off() { return this.vanish(); }
  on() { return this.appear(); }
}

const kLinking = '/interlock/api/local_servers/';

// The Interlock server.
export class Remote extends Place {
  token = null;  // what the linking API tells
  valid = new Set();  // what lets one connect
  refusal = 'http';  // how other tokens are refused: http, close, connect_error
  attempts = [];  // {token, url, headers, at}
  sessions = [];
  #given = 0;
  #made = 0;
  onBase = null; onLink = null; onUpgrade = null;  // instead of what it usually does

  // `secure`: {key, cert}. `name`: the host that its URL names. `linked`: a user has linked the machine already.
  static async start(t, { transport = 'websocket', linked = true, name, ...options } = {}) {
    const self = new Remote(options);
    Object.assign(self, { transport, name, refusal: transport === 'websocket' ? 'http' : 'connect_error' });
    if (transport === 'websocket') self.#speakWebSocket();
    else self.#speakSocketIo();
    if (linked) self.link();
    await self.appear();
    t.after(() => self.vanish());
    return self;
  }

  // A user links the machine.
  link(token = `token-${++this.#made}-secret`) {
    this.token = token;
    this.valid.add(token);
    return token;
  }

  // No token is good any more. `how`: what becomes of sessions: 'close' with 1008, 'cut', 'disconnect' (Socket.IO), 'leave' them.
  revoke(how = 'leave') {
    this.token = null;
    this.valid.clear();
    for (const session of this.sessions.filter((s) => s.open)) {
      if (how === 'close') session.wire.close(1008, 'INVALID_TOKEN');
      if (how === 'cut') session.wire.terminate();
      if (how === 'disconnect') session.socket.disconnect(true);
    }
  }

  // The first session that wasn't yielded before.
  async session(ms) {
    const found = await this.seen('a session', () => this.sessions[this.#given], ms);
    this.#given += 1;
    return found;
  }

  // Requests to the linking API.
  get linkings() { return this.requests.filter(({ url }) => url.startsWith(kLinking)); }

  // Everything that it was told, as one text.
  get told() { return JSON.stringify([this.requests, this.attempts]); }

  answer(req, res) {
    if (req.url.startsWith(kLinking)) (this.onLink ?? ((_, r) => json(r, 200, { user_token: this.token })))(req, res);
    else if (req.url === '/' && req.method === 'GET') (this.onBase ?? ((_, r) => r.writeHead(200).end('Interlock')))(req, res);
    else res.writeHead(404).end();
  }

  upgrade(req, socket, head) {
    const token = new URL(req.url, 'http://x').searchParams.get('token');
    this.attempts.push({ token, url: req.url, headers: req.headers, at: performance.now() });
    if (this.onUpgrade) return this.onUpgrade(req, socket, head);
    if (!this.valid.has(token) && this.refusal === 'http') return refuse(socket);
    return this.accept(req, socket, head, token);
  }

  #speakWebSocket() {
    const server = new WebSocketServer({ noServer: true });
    this.accept = (req, socket, head, token) => {
      if (new URL(req.url, 'http://x').pathname !== '/') return socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return server.handleUpgrade(req, socket, head, (ws) => {
        if (this.valid.has(token)) return this.#enter(new Session(this, ws, token));
        ws.on('error', () => {});
        return ws.close(1008, 'INVALID_TOKEN');
      });
    };
  }

  #speakSocketIo() {
    const inner = http.createServer();
    const io = new SocketIo(inner, { serveClient: false, transports: ['websocket'] });
    io.use((socket, next) => next(this.valid.has(socket.handshake.query.token) ? undefined : new Error('INVALID_TOKEN')));
    io.on('connection', (socket) => {
      this.#enter(new Session(this, socket.conn.transport.socket, socket.handshake.query.token, socket));
    });
    this.accept = (req, socket, head) => inner.emit('upgrade', req, socket, head);
  }

  #enter(session) {
    this.sessions.push(session);
    this.events.emit('change');
  }
}

export function refuse(socket, status = '401 Unauthorized', body = '{"msg":"INVALID_TOKEN"}') {
  const headers = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'];
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
}

// A house that is connected. `wire`: npm's WebSocket; `socket`: npm's Socket.IO socket, if that is what is spoken.
class Session {
  open = true;
  answers = [];
  pushes = [];
  strange = [];
  closed = null;  // {code, reason}

  constructor(remote, wire, token, socket) {
    Object.assign(this, { remote, wire, token, socket, since: Date.now() });
    wire.on('error', () => {});
    wire.on('close', (code, reason) => {
      this.open = false;
      this.closed = { code, reason: reason.toString() };
      remote.events.emit('change');
    });
    if (socket) {
      socket.onAny((name, ...args) => this.#take(name, args));
    } else {
      wire.on('message', (data, binary) => {
        if (binary) this.strange.push(data);
        else this.#sort(JSON.parse(data.toString()));
        remote.events.emit('change');
      });
    }
  }

  #take(name, args) {
    if (name === 'response' && args.length === 1) this.answers.push(args[0]);
    else if (name === 'request') this.pushes.push(args[0]);
    else this.strange.push([name, ...args]);
    this.remote.events.emit('change');
  }

  #sort(object) { ('s' in object ? this.answers : this.pushes).push(object); }

  // An object (or, by WebSocket, any text or bytes).
  send(what) {
    if (this.socket) this.socket.emit('request', what);
    else this.wire.send(typeof what === 'string' || Buffer.isBuffer(what) ? what : JSON.stringify(what));
    return this;
  }

  // The next answer.
  async answer(ms = 10000) {
    await this.remote.seen('an answer', () => this.answers.length > 0 || !this.open, ms);
    assert.ok(this.answers.length > 0, `the house has closed instead of answering: ${JSON.stringify(this.closed)}`);
    return this.answers.shift();
  }

  // A request and its answer. `ack`: by Socket.IO's acknowledgement.
  async ask(object, { ack = false, ms = 10000 } = {}) {
    if (!ack) return this.send(object).answer(ms);
    const before = this.answers.length;
    const args = await within(ms, 'an acknowledgement', new Promise((resolve) => {
      this.socket.emit('request', object, (...all) => resolve(all));
    }));
    assert.equal(args.length, 1, JSON.stringify(args));
    assert.equal(this.answers.length, before, 'either an acknowledgement or the event');
    return args[0];
  }

  // The house has read all that was sent: it has answered this. Yields how many pushes there are.
  async settled() {
    const { s } = await this.ask({ t: 'GET', i: 0 });
    assert.equal(s, 2000);
    return this.pushes.length;
  }

  // Its end: {code, reason}.
  ended(ms) { return this.remote.seen('the end of the session', () => this.closed, ms); }
}

// ---- Houses -------------------------------------------------------------------------------------------------------------

// Code -> [name, class].
const kNames = {
  1000: 'INTERNAL_SETUP', 1100: 'SERVICE_SETUP', 1110: 'WEBSERVER_SETUP', 1200: 'RUNNING_TESTS', 1210: 'RUNNING_INET_TESTS',
  1211: 'RUNNING_INET_TEST', 1212: 'RUNNING_SERVER_TEST', 1300: 'AUTHORIZING', 1310: 'NEEDS_USER_AUTH', 1400: 'ESTABLISHING_WS',
  2000: 'OK', 2200: 'TESTS_SUCCESS', 2210: 'INET_TEST_SUCCESS', 2300: 'AUTHORIZED', 3300: 'REAUTHENTICATING',
  3310: 'INVALID_TOKEN_REAUTH', 4100: 'SERVICE_ERROR', 4110: 'WEBSERVER_SETUP_ERROR', 4200: 'TEST_ERROR', 4210: 'INET_TEST_ERROR',
  4211: 'NO_INTERNET', 4212: 'NO_SERVER', 4300: 'AUTH_FAILED', 4310: 'GET_TOKEN_REQ_FAILED', 4400: 'WS_CONNECTION_FAILED',
};
const kClasses = ['off', 'setup', 'success', 'warning', 'error'];
export const meaning = (code) => [kNames[code], kClasses[Math.trunc(code / 1000)]];

// Starts a server, when those before it have started: a dozen at once would take each other's time. It runs when hearthctl reaches it.
let starting = Promise.resolve();
export function begin(server) {
  const begun = starting.then(async () => {
    await server.start();
    await until('an answer to hearthctl', () => server.ctl.json('plugins'));
    return server;
  });
  starting = begun.catch(() => {});
  return begun;
}

// The status codes as the bus tells them, in their order.
export class Trail {
  #next = 0;

  // From now on: whatever the house says after this is in it.
  static async follow(t, server) {
    const self = new Trail();
    self.server = server;
    self.bus = server.ctl.follow(t, 'bus');
    await self.#find('the plugins', (m) => m.type === 'PluginState', 10000);
    await server.ctl.json('devices');  // asked after the bus, answered after it
    return self;
  }

  async #find(what, fits, ms) {
    try {
      await this.bus.find(what, fits, ms);
    } catch (error) {
      const { exitCode, signalCode } = this.bus.child, ended = exitCode ?? signalCode;
      const words = [error.message.slice(0, 80), `codes not waited for: ${this.rest}`, `its log:\n${this.server.launchLog.slice(-3000)}`];
      throw new Error([...(ended === null ? [] : [`hearthctl has ended: ${ended}`]), ...words].join('; '), { cause: error });
    }
  }

  #codes(from, to) {
    return this.bus.messages.slice(from, to).filter((m) => m.type === 'StatusChanged' && m.body.subject === 'interlock' && !m.retained)
      .map(({ body }) => {
        const what = String(body.class).toLowerCase();
        if (what !== 'off') assert.deepEqual([body.words, what], meaning(body.code), `${body.code}`);
        return what === 'off' ? 'off' : body.code;
      });
  }

  // The codes up to the first that fits (a code, or a condition), with it. The next call begins behind it.
  async to(wanted, ms = 5000) {
    const from = this.#next;
    let at = 0;
    const fits = typeof wanted === 'function' ? wanted : (code) => code === wanted;
    await this.#find(`status ${wanted}`, () => {
      at += 1;
      return at > from && this.#codes(at - 1, at).some(fits);
    }, ms);
    this.#next = at;
    return this.#codes(from, at);
  }

  // What came since and wasn't yielded.
  get rest() { return this.#codes(this.#next); }
}

export const lamp = { id: 'hall', name: 'Hall', kind: 'light' };
export const quick = { machine_id: 'house-1', machine_secret: 'hush-hush', tests: false, retry_s: 0.05, backoff_min_s: 0.05,
  backoff_max_s: 0.1, listen: '127.0.0.1:0' };

// What a house's configuration says. `settings`: besides the quick ones; `sections`: those of other plugins.
export const contentFor = (remote, settings = {}, sections = {}) => ({
  interlock: { ...quick, server: remote.url, transport: remote.transport, ...settings },
  simulated: { device: [lamp] },
  ...sections,
});

// A house that speaks of its status from the first code on: {server, trail, content}.
export async function houseOf(t, remote, settings, sections) {
  const content = contentFor(remote, settings, sections);
  const server = prepareServer(t, { ...content, interlock: { ...content.interlock, server: '' } });
  await begin(server);
  const trail = await Trail.follow(t, server);
  server.reload(content);
  return { server, trail, content };
}

// The same, connected: {server, trail, content, session}.
export async function connected(t, remote, settings, sections) {
  const house = await houseOf(t, remote, settings, sections);
  await house.trail.to(2000);
  return { ...house, session: await remote.session() };
}

// A connected house for all tests of a describe: {remote, server, trail, session}, filled in when it runs.
export function houseFor(options, settings, sections) {
  const place = {}, ends = [];
  const t = { after: (end) => ends.push(end) };
  before(async () => {
    place.remote = await Remote.start(t, options);
    Object.assign(place, await connected(t, place.remote, settings, sections));
  });
  after(async () => { for (const end of ends.reverse()) await end(); });
  return place;
}

// What GET /status tells.
export async function status(server, options) {
  const { text } = await once(await server.listen('interlock'), 'GET', '/status', options);
  return JSON.parse(text);
}

// A file that the plugin keeps: its text and its mode.
export const dataFolder = (server) => path.join(server.stateDir, 'data/interlock');
export const kept = (server, name) => readFileSync(path.join(dataFolder(server), name), 'utf8');

// The house does its work: its lamp is switched on and off, and shows it.
export async function works(server, id = 'simulated:hall') {
  for (const [word, on] of [['on', true], ['off', false]]) {
    await server.ctl.text('device', word, id);
    assert.equal((await server.device(id)).state.on_off.reported, on);
  }
}

// The log never tells these.
export async function keepsSilent(server, ...secrets) {
  const said = [server.log, await server.ctl.text('log', '--level', 'debug', '--max', '1000'), await server.ctl.text('plugins', '--json')];
  for (const secret of secrets.flatMap((s) => [s, encodeURIComponent(s)]))
    assert.equal(said.join('').includes(secret), false, `the log tells ${secret}`);
}

export const lasted = (session, ms) => until(`${ms} ms of a session`, () => Date.now() - session.since > ms);
