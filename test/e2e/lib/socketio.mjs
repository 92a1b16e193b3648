// Engine.IO and Socket.IO clients by hand, a packet at a time, and the houses that they talk to.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exampleDir } from './plugins.mjs';
import { pluginDir, prepareServer } from './server.mjs';
import { until, within } from './until.mjs';
import { Http, once, WebSocket } from './socketio_wire.mjs';

// With HEARTH_SOCKETIO_PEER=1 the tests talk to npm's socket.io instead of hearth: a check of the tests, not of hearth. What hearth does
// otherwise, or alone, is skipped then.
const peer = Boolean(process.env.HEARTH_SOCKETIO_PEER);
export const ours = peer ? { skip: 'not what npm does' } : {};

// ---- Houses -------------------------------------------------------------------------------------------------------------

async function startPeer(plugin, settings, ends) {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'socketio_peer.mjs');
  const child = spawn(process.execPath, [script, plugin, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(() => child.kill());
  const port = await within(5000, 'the peer', new Promise((resolve) => createInterface(child.stdout).once('line', resolve)));
  return { host: '127.0.0.1', port: Number(port), pid: child.pid };
}

// Protocols that nobody configures listen where they please.
export const nowhere = { athome: { listen: '127.0.0.1:0' }, socketio: { listen: '127.0.0.1:0' } };

// A house for all tests of a file (or of a describe): {host, port, server, pid}, filled in when it runs. `plugin`: socketio or
// socketio_echo; `settings`: its section; `sections`: those of other plugins.
export function houseFor(plugin, settings = {}, sections = {}) {
  const place = {}, ends = [];
  before(async () => {
    if (peer) return Object.assign(place, await startPeer(plugin, settings, ends));
    const content = { ...nowhere, [plugin]: { listen: '127.0.0.1:0', ...settings }, ...sections };
    const server = prepareServer({ after: (end) => ends.push(end) }, content, { pluginDirs: [pluginDir, exampleDir] });
    await server.start();
    return Object.assign(place, await server.listen(plugin), { server, pid: server.pid });
  });
  after(async () => { for (const end of ends) await end(); });
  return place;
}

// ---- Engine.IO ----------------------------------------------------------------------------------------------------------

export const kSeparator = '\x1e';
export const kKeys = ['maxPayload', 'pingInterval', 'pingTimeout', 'sid', 'upgrades'];

// The open packet's object.
export function opened(packet) {
  assert.equal(packet[0], '0', `no open packet: ${packet}`);
  const open = JSON.parse(packet.slice(1));
  assert.deepEqual(Object.keys(open).sort(), kKeys);
  return open;
}

// A polling session, a request at a time: GETs on one connection, POSTs on another.
export class Polling {
  static async open(where, { path: at = '/engine.io/', query = '', ca, headers } = {}) {
    const self = new Polling();
    Object.assign(self, { where, ca, headers, getter: await Http.open(where, { ca }), poster: await Http.open(where, { ca }) });
    const answer = await self.getter.ask('GET', `${at}?EIO=4&transport=polling${query}`, { headers });
    assert.equal(answer.status, 200, answer.text);
    self.opened = opened(answer.text);
    self.sid = self.opened.sid;
    self.target = `${at}?EIO=4&transport=polling&sid=${self.sid}`;
    self.upgradeTarget = self.target.replace('polling', 'websocket');
    return self;
  }

  // A server may end a connection that was idle.
  async #again(which) { this[which] = await Http.open(this.where, { ca: this.ca }); }

  async get(ms) {
    if (this.getter.wire.closed) await this.#again('getter');
    return this.getter.ask('GET', this.target, { ms, headers: this.headers });
  }

  async post(body, headers) {
    if (this.poster.wire.closed) await this.#again('poster');
    return this.poster.ask('POST', this.target, { body, headers: { ...this.headers, ...headers } });
  }

  // The packets of the next GET.
  async packets(ms) {
    const answer = await this.get(ms);
    assert.equal(answer.status, 200, answer.text);
    return answer.text.split(kSeparator);
  }

  // Posts these packets; demands `ok`.
  async say(...packets) {
    const answer = await this.post(packets.join(kSeparator));
    assert.deepEqual([answer.status, answer.text], [200, 'ok']);
  }

  // The session is over: its sid is unknown, at the latest after a last close or noop.
  async gone(ms = 5000) {
    for (let left = 3; ; --left) {
      const answer = await once(this.where, 'GET', this.target, { ca: this.ca, ms });
      if (answer.status === 400) return assert.deepEqual(JSON.parse(answer.text), { code: 1, message: 'Session ID unknown' });
      assert.match(answer.text, /^[16]$/);
      assert.ok(left > 0, 'the session goes on');
    }
  }

  destroy() { this.getter.wire.destroy(); this.poster.wire.destroy(); }
}

// A WebSocket session: its first message has been the open packet.
export async function socket(where, { path: at = '/engine.io/', ...options } = {}) {
  const ws = await WebSocket.open(where, `${at}?EIO=4&transport=websocket`, options);
  ws.opened = opened(await ws.message());
  assert.deepEqual(ws.opened.upgrades, []);
  ws.sid = ws.opened.sid;
  return ws;
}

// The session's echo of a marker comes next: nothing else has been on its way.
export async function echoes(ws, text = `4mark ${Math.random()}`) {
  ws.send(text);
  assert.equal(await ws.message(), text);
}

// ---- Socket.IO ----------------------------------------------------------------------------------------------------------

// A session on either transport that is read all the while; it answers pings, if it is to.
export class Session {
  #queue = [];
  #wake = () => {};
  #posting = Promise.resolve();

  // `t`: the test with which it ends. `pong: false`: a client whose link dies with the first ping.
  static async open(t, where, { transport = 'websocket', path: at = '/socket.io/', pong = true, ...options } = {}) {
    const self = new Session();
    Object.assign(self, { transport, pong, over: false });
    const link = self.link = transport === 'websocket' ? await socket(where, { path: at, ...options })
      : await Polling.open(where, { path: at, ...options });
    self.sid = link.sid;
    t.after(() => link.destroy());
    const end = () => { self.over = true; self.#wake(); };
    (transport === 'websocket' ? self.#readSocket() : self.#poll()).then(end, end);
    return self;
  }

  #take(packet) {
    if (packet === '2') return this.pong && this.send('3');
    if (packet !== '6') this.#queue.push(packet);
    return this.#wake();
  }

  async #readSocket() {
    for (;;) {
      const message = await this.link.message(1e8);
      if (message.code) return;
      this.#take(message);
    }
  }

  async #poll() {
    for (;;) {
      const answer = await this.link.get(1e8);
      if (answer.status !== 200) return;
      for (const packet of answer.text.split(kSeparator)) {
        if (packet === '1') return;
        if (packet === '2' && !this.pong) await new Promise(() => {});
        this.#take(packet[0] === 'b' ? Buffer.from(packet.slice(1), 'base64') : packet);
      }
    }
  }

  // Engine.IO packets: text, or Buffers. On polling they go out in one body.
  send(...packets) {
    if (this.transport === 'websocket') {
      this.link.send(...packets);
      return this;
    }
    const body = packets.map((p) => (typeof p === 'string' ? p : `b${p.toString('base64')}`)).join(kSeparator);
    this.#posting = this.#posting.then(() => this.link.post(body)).catch(() => {});
    return this;
  }

  // The next packet that is no ping.
  next(ms = 5000) {
    const wait = async () => {
      while (this.#queue.length === 0) {
        if (this.over) throw new Error('the session has ended');
        await new Promise((resolve) => { this.#wake = resolve; });
      }
      return this.#queue.shift();
    };
    return within(ms, 'a packet', wait());
  }

  // Joins a namespace; yields the Socket.IO sid.
  async connect(auth, nsp = '/') {
    const prefix = nsp === '/' ? '40' : `40${nsp},`;
    this.send(prefix + (auth === undefined ? '' : JSON.stringify(auth)));
    const answer = await this.next();
    assert.ok(answer.startsWith(`${prefix}{`), `no CONNECT: ${answer}`);
    const content = JSON.parse(answer.slice(prefix.length));
    assert.deepEqual(Object.keys(content), ['sid']);
    assert.notEqual(content.sid, this.sid, 'the Engine.IO sid is a secret');
    return content.sid;
  }

  emit(...event) { return this.send(`42${JSON.stringify(event)}`); }

  // The next event: [name, ...arguments].
  async event(ms) {
    const packet = await this.next(ms);
    assert.match(packet, /^42\[/);
    return JSON.parse(packet.slice(2));
  }

  // The next event is this one. A reason that is a RegExp is matched.
  async hears(name, content, ms) {
    const [heard, said, ...more] = await this.event(ms);
    assert.equal(heard, name, JSON.stringify(said));
    if (content?.reason instanceof RegExp) assert.match(said.reason, content.reason);
    else if (content !== undefined) assert.deepEqual(said, content);
    assert.deepEqual(more, []);
    return said;
  }

  // It ends, without another word.
  async gone(ms = 5000) {
    await until('the end of the session', () => this.over || this.#queue.length > 0, ms);
    assert.deepEqual(this.#queue, []);
    if (this.transport === 'websocket') await this.link.wire.gone(ms);
    else await this.link.gone(ms);
  }
}

// A session in the namespace `/`.
export async function joined(t, where, { auth, ...options } = {}) {
  const session = await Session.open(t, where, options);
  await session.connect(auth);
  return session;
}

// A user of this monitor; a monitor of this id.
export async function user(t, where, id, options) {
  const session = await joined(t, where, options);
  session.emit('query', { monitor_id: id });
  await session.hears('query ok', { reason: 'Query ok' });
  return session;
}
export async function monitor(t, where, id, options) {
  const session = await joined(t, where, options);
  session.emit('con', { monitor_id: id });
  await session.hears('con ok', { reason: 'Connection ok' });
  return session;
}

// Refused: the answer, DISCONNECT, the end.
export async function refused(session, name, content) {
  await session.hears(name, content);
  assert.equal(await session.next(), '41');
  await session.gone();
}

// The server has read all that these have sent, and has said nothing that wasn't read: it acknowledges a marker next.
let marks = 1000;
export async function quiet(...sessions) {
  for (const session of sessions) {
    const mark = ++marks;
    session.send(`42${mark}["command done"]`);  // of no monitor: it is ignored
    assert.equal(await session.next(), `43${mark}[]`);
  }
}

// A monitor id of its own for each call.
let ids = 0;
export const newId = () => `m${String(++ids)}`.padEnd(32, 'x');
