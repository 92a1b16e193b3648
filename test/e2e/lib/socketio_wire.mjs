// Bytes of HTTP/1.1 and of RFC 6455, sent and read by hand: requests that no library would send, frames that no library would make.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { within } from './until.mjs';

// A TCP (or TLS) connection. What it reads is taken in order: the second read() begins where the first ended.
export class Wire {
  #bytes = Buffer.alloc(0);
  #pieces = [];
  #wake = () => {};
  #turn = Promise.resolve();

  constructor(socket) {
    this.socket = socket;
    this.closed = false;
    socket.on('data', (piece) => { this.#pieces.push(piece); this.#wake(); });
    socket.on('error', (error) => { this.error = error; });
    this.ended = new Promise((resolve) => {
      const end = () => { this.closed = true; this.#wake(); resolve(); };
      socket.on('close', end);
      socket.on('end', end);
    });
  }

  // `where`: {host, port}. `ca`: speak TLS, and trust this certificate.
  static async open(where, { ca, localAddress } = {}) {
    const { host, port } = where;
    const socket = ca ? tls.connect({ host, port, ca, servername: 'localhost' }) : net.connect({ host, port, localAddress });
    socket.setNoDelay(true);
    const wire = new Wire(socket);
    await within(5000, 'a connection', new Promise((resolve, reject) => {
      socket.once(ca ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
    }));
    return wire;
  }

  write(bytes) {
    this.socket.write(bytes, () => {});
    return this;
  }

  // Waits for what `parse` finds in the bytes so far: it yields [value, bytes used], or null for "not yet".
  read(what, parse, ms = 5000) {
    const go = async () => {
      for (;;) {
        if (this.#pieces.length > 0) this.#bytes = Buffer.concat([this.#bytes, ...this.#pieces.splice(0)]);
        const found = parse(this.#bytes, this.closed);
        if (found) {
          this.#bytes = this.#bytes.subarray(found[1]);
          return found[0];
        }
        if (this.closed) throw new Error(`the server closed before ${what}; left: ${this.#bytes.toString('latin1').slice(0, 300)}`);
        await new Promise((resolve) => { this.#wake = resolve; });
      }
    };
    const result = this.#turn.then(() => within(ms, what, go()));
    this.#turn = result.catch(() => {});
    return result;
  }

  // The end of the connection; what came before it stays unread.
  async gone(ms = 5000) { await within(ms, 'the end of the connection', this.ended); }

  // Sends no end, but a reset.
  reset() { this.socket.resetAndDestroy(); }
  destroy() { this.socket.destroy(); }
}

// ---- HTTP ---------------------------------------------------------------------------------------------------------------

function dechunked(bytes, at) {
  const parts = [];
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return null;
    const size = parseInt(bytes.toString('latin1', at, end), 16);
    if (bytes.length < end + 4 + size) return null;
    if (size === 0) return [Buffer.concat(parts), end + 4];
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}

// One answer out of `bytes`: {status, reason, headers, body, text}.
function answerIn(bytes, closed) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [, status, reason] = first.match(/^HTTP\/1\.1 (\d{3}) ?(.*)$/) ?? assert.fail(`no status line: ${first}`);
  const headers = {};
  for (const line of lines) {
    const [, name, value] = line.match(/^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/) ?? assert.fail(`no header: ${line}`);
    headers[name.toLowerCase()] = value;
  }
  const done = (body, used) => [{ status: Number(status), reason, headers, body, text: body.toString() }, used];
  if (status === '101' || status === '204' || status === '304') return done(Buffer.alloc(0), end + 4);
  if (headers['transfer-encoding'] === 'chunked') {
    const found = dechunked(bytes, end + 4);
    return found && done(...found);
  }
  if ('content-length' in headers) {
    const size = Number(headers['content-length']);
    return bytes.length < end + 4 + size ? null : done(bytes.subarray(end + 4, end + 4 + size), end + 4 + size);
  }
  return closed ? done(bytes.subarray(end + 4), bytes.length) : null;
}

// A request's bytes. `headers` replace the usual ones; null leaves one out.
export function request(method, target, { headers = {}, body } = {}) {
  const all = { Host: '127.0.0.1', ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body),
    'Content-Type': 'text/plain;charset=UTF-8' }), ...headers };
  const lines = Object.entries(all).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), Buffer.from(body ?? '')]);
}

export class Http {
  constructor(wire) { this.wire = wire; }
  static async open(where, options) { return new Http(await Wire.open(where, options)); }

  answer(ms) { return this.wire.read('an answer', answerIn, ms); }

  // Sends a request and yields its answer; requests may be sent while others are waited for.
  ask(method, target, { ms, ...what } = {}) {
    this.wire.write(request(method, target, what));
    return this.answer(ms);
  }
}

// One request on a connection of its own.
export async function once(where, method, target, { ca, ...what } = {}) {
  const http = await Http.open(where, { ca });
  try {
    return await http.ask(method, target, what);
  } finally {
    http.wire.destroy();
  }
}

// ---- WebSocket ----------------------------------------------------------------------------------------------------------

export const kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;

// A frame's bytes, by the parts that one may want wrong. `size`: the length that the header claims.
export function frame(opcode, payload = '', { fin = true, rsv = 0, mask = true, size } = {}) {
  const bytes = Buffer.from(payload);
  const claimed = size ?? bytes.length;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  const bit = mask ? 0x80 : 0;
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(claimed));
  if (claimed < 126) head.push(bit | claimed);
  else if (claimed < 65536) head.push(bit | 126, ...length.subarray(6));
  else head.push(bit | 127, ...length);
  if (!mask) return Buffer.concat([Buffer.from(head), bytes]);
  const key = randomBytes(4);
  return Buffer.concat([Buffer.from(head), key, bytes.map((byte, i) => byte ^ key[i & 3])]);
}

export const closing = (code, reason = '') => Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]);

function frameIn(bytes) {
  if (bytes.length < 2) return null;
  assert.equal(bytes[1] & 0x80, 0, 'a server masks nothing');
  assert.equal(bytes[0] & 0x70, 0, 'no reserved bits without an extension');
  let size = bytes[1] & 127, at = 2;
  if (size >= 126) {
    at += size === 126 ? 2 : 8;
    if (bytes.length < at) return null;
    size = size === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  }
  if (bytes.length < at + size) return null;
  return [{ fin: bytes[0] >= 128, opcode: bytes[0] & 15, payload: bytes.subarray(at, at + size) }, at + size];
}

const kKey = 'dGhlIHNhbXBsZSBub25jZQ==';
export function upgradeRequest(target, headers = {}) {
  return request('GET', target, { headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': 13,
    'Sec-WebSocket-Key': kKey, ...headers } });
}

export class WebSocket {
  constructor(wire) { this.wire = wire; }

  // Demands 101, and that the answer is right.
  static async open(where, target, { headers = {}, ...options } = {}) {
    const http = await Http.open(where, options);
    http.wire.write(upgradeRequest(target, headers));
    const answer = await http.answer();
    assert.equal(answer.status, 101, `${target}: ${answer.status} ${answer.text}`);
    assert.equal(answer.headers.upgrade.toLowerCase(), 'websocket');
    assert.match(answer.headers.connection, /upgrade/i);
    const proof = createHash('sha1').update(`${kKey}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    assert.equal(answer.headers['sec-websocket-accept'], proof);
    assert.equal('sec-websocket-extensions' in answer.headers, false, 'no extension is offered');
    return new WebSocket(http.wire);
  }

  send(...messages) {
    for (const message of messages) this.wire.write(frame(typeof message === 'string' ? kText : kBinary, message));
    return this;
  }

  frame(ms) { return this.wire.read('a frame', frameIn, ms); }

  // The next message, its fragments put together: text as a string, binary as a Buffer. A close frame is answered, and is
  // {code, reason}.
  async message(ms) {
    const parts = [];
    for (let opcode = 0; ; ) {
      const next = await this.frame(ms);
      if (next.opcode === kClose) {
        assert.ok(next.payload.length !== 1, 'a close code has two bytes');
        this.wire.write(frame(kClose, next.payload.subarray(0, 2)));
        return { code: next.payload.length > 1 ? next.payload.readUInt16BE(0) : 1005, reason: next.payload.toString('utf8', 2) };
      }
      if (next.opcode >= 8) continue;
      opcode ||= next.opcode;
      parts.push(next.payload);
      if (!next.fin) continue;
      const whole = Buffer.concat(parts);
      return opcode === kText ? whole.toString() : whole;
    }
  }

  // The close frame with this code, and then the end of the connection.
  async refused(code, ms) {
    const said = await this.message(ms);
    assert.equal(said.code, code, `instead of close ${code}: ${JSON.stringify(said)}`);
    await this.wire.gone(ms);
  }

  // The end: with or without a close frame, but without any other word.
  async gone(ms) {
    const said = await this.message(ms).catch(() => ({ code: 1006 }));
    assert.ok(said.code, `instead of the end: ${JSON.stringify(said)}`);
    await this.wire.gone(ms);
  }

  destroy() { this.wire.destroy(); }
}
