// A client of the AtHome protocol: a connection for each request, the answer read to the server's end of it.
import assert from 'node:assert/strict';
import net from 'node:net';
import { within } from './until.mjs';

// Sends `bytes` (or an array of pieces, one write each) and yields all that comes until the server closes; null if it closed
// without a word. `end`: close our half after sending.
export async function exchange(where, bytes, { ms = 5000, end = false } = {}) {
  const socket = net.connect({ host: where.host, port: where.port, noDelay: true });
  const pieces = [];
  const done = new Promise((resolve, reject) => {
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('close', resolve);
    // A reset after the answer is no loss of it; one before it is seen as no answer.
    socket.on('error', (error) => (['ECONNRESET', 'EPIPE'].includes(error.code) ? resolve() : reject(error)));
  });
  try {
    for (const piece of Array.isArray(bytes) ? bytes : [bytes]) {
      if (Array.isArray(bytes)) await new Promise((sent) => socket.write(piece, () => setImmediate(sent)));
      else socket.write(piece);
    }
    if (end) socket.end();
    await within(ms, 'the answer and the end of the connection', done);
  } finally {
    socket.destroy();
  }
  const answer = Buffer.concat(pieces);
  return answer.length === 0 ? null : answer;
}

// The answer as an object; every answer has the parts that clients rely on.
export function parsed(answer) {
  assert.notEqual(answer, null, 'the server closed without an answer');
  const text = answer.toString('latin1');
  assert.match(text, /^[\x20-\x7e]*$/, 'clients read ASCII only');
  const object = JSON.parse(text);
  assert.equal(typeof object['result-code'], 'number');
  assert.equal(typeof object.message, 'string');
  assert.equal(typeof object['call-sequence'], 'number');
  if (object['result-code'] !== 0) assert.equal(typeof object.error, 'string', 'a failure has words in "error"');
  return object;
}

// One request by name; yields the answer, whatever its result-code.
export async function ask(where, request, args, options) {
  const body = args === undefined ? { request } : { request, args };
  return parsed(await exchange(where, JSON.stringify(body), options));
}

// The same; demands result-code 0.
export async function asked(where, request, args, options) {
  const answer = await ask(where, request, args, options);
  assert.equal(answer['result-code'], 0, `${request}: ${JSON.stringify(answer)}`);
  return answer;
}

// What DefineDevice and UpdateDevice want.
export const definition = (address, more = {}) => ({
  'device-name': address,
  'device-location': 'Test',
  'device-mfg': 'simulated',
  'device-address': address,
  'device-channel': 0,
  'device-color': '#ffffff',
  'device-brightness': 100,
  ...more,
});

// A connection that stays open: says what it is told to, remembers what it hears.
export async function connect(t, where) {
  const socket = net.connect({ host: where.host, port: where.port, noDelay: true });
  t.after(() => socket.destroy());
  const state = { socket, received: Buffer.alloc(0), closed: false };
  socket.on('data', (piece) => { state.received = Buffer.concat([state.received, piece]); });
  state.ended = new Promise((resolve) => socket.on('close', () => { state.closed = true; resolve(); }));
  await within(5000, 'a connection', new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  }));
  socket.on('error', () => {});
  return state;
}
