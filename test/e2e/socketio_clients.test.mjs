// The official clients, unchanged: the one that the document names and the newest, on every transport.
import assert from 'node:assert/strict';
import { once as happened } from 'node:events';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { io as newest } from 'socket.io-client';
import old from 'socket.io-client-4.0.1';
import { houseFor, newId } from './lib/socketio.mjs';
import { until, within } from './lib/until.mjs';

const clients = { '4.0.1': old.io, newest };
const transports = { 'polling only': ['polling'], 'websocket only': ['websocket'], default: undefined };

// What a client does, on these transports.
function behaves(io, chosen, echo, house) {
  // A client, its heard events in `heard`; not connected yet.
  function client(t, where, { nsp = '/', ...options } = {}) {
    const socket = io(`http://${where.host}:${where.port}${nsp}`, { transports: chosen, forceNew: true, reconnectionDelay: 20,
      reconnectionDelayMax: 50, ...options });
    socket.heard = [];
    socket.connects = 0;
    socket.on('connect', () => { ++socket.connects; });
    socket.onAny((...event) => socket.heard.push(event));
    t.after(() => socket.disconnect());
    return socket;
  }
  const next = async (socket, name) => within(5000, `'${name}'`, happened(socket, name));
  const ack = (socket, ...event) => within(5000, 'an acknowledgement', new Promise((resolve) => {
    socket.emit(...event, (...args) => resolve(args));
  }));

  // ---- Echo ---------------------------------------------------------------------------------------------------------

  test('connects with auth, and with none', async (t) => {
    const auth = { token: 'é"𝕏', n: 1 };
    assert.deepEqual(await next(client(t, echo, { auth }), 'auth'), [auth]);
    assert.deepEqual(await next(client(t, echo), 'auth'), [{}]);
  });

  test('messages come back: text, numbers, objects, binary', async (t) => {
    const socket = client(t, echo);
    for (const args of [[], ['text'], [1, -2.5, null, true], [{ a: [{ b: 'é漢𝕏' }] }], [Buffer.from([1, 2, 3])],
      [{ a: [Buffer.from('x'), { b: Buffer.alloc(0) }] }, Buffer.alloc(100000, 7), 'end'], ['x'.repeat(300000)]]) {
      socket.emit('message', ...args);
      assert.deepEqual(await next(socket, 'message-back'), args);
    }
  });

  test('acknowledgements carry the arguments, binary too', async (t) => {
    const socket = client(t, echo);
    for (const args of [[], [1, '2', { 3: [false] }], [Buffer.from([255, 0])], [{ x: Buffer.from('y') }, 'z']])
      assert.deepEqual(await ack(socket, 'message-with-ack', ...args), args);
  });

  test('a namespace of its own, over the same connection; one that there is not', async (t) => {
    const first = client(t, echo);
    await next(first, 'auth');
    const second = first.io.socket('/custom', { auth: { a: 1 } });
    second.connect();
    const third = first.io.socket('/nope');
    t.after(() => [second, third].forEach((socket) => socket.disconnect()));
    const refusal = next(third, 'connect_error');
    third.connect();
    await next(second, 'auth');
    assert.equal((await refusal)[0].message, 'Invalid namespace');
    assert.notEqual(first.id, second.id);
    for (const socket of [first, second]) assert.deepEqual(await ack(socket, 'message-with-ack', 'x'), ['x']);
    second.disconnect();
    assert.deepEqual(await ack(first, 'message-with-ack', 'y'), ['y']);
  });

  test('a thousand messages come back in order', async (t) => {
    const socket = client(t, echo);
    const back = [];
    socket.on('message-back', (n) => back.push(n));
    for (let i = 0; i < 1000; ++i) socket.emit('message', i);
    await until('all of them', () => back.length === 1000);
    assert.deepEqual(back, Array.from({ length: 1000 }, (_, i) => i));
  });

  test('it stays for many heartbeats', async (t) => {
    const socket = client(t, echo);
    await next(socket, 'auth');
    const { id } = socket;
    await pause(1200);
    assert.equal(socket.id, id);
    assert.equal(socket.connects, 1);
    if (chosen === undefined) assert.equal(socket.io.engine.transport.name, 'websocket', 'it has upgraded');
    assert.deepEqual(await ack(socket, 'message-with-ack', 1), [1]);
  });

  test('it comes back by itself when its connection breaks, with another id', async (t) => {
    const socket = client(t, echo);
    await next(socket, 'auth');
    const { id } = socket;
    const lost = next(socket, 'disconnect');
    socket.io.engine.close();
    await lost;
    socket.emit('message', 'later');
    assert.deepEqual(await next(socket, 'message-back'), ['later']);
    assert.equal(socket.connects, 2);
    assert.notEqual(socket.id, id);
  });

  test('it disconnects and connects again at will', async (t) => {
    const socket = client(t, echo);
    for (let i = 0; i < 3; ++i) {
      await next(socket, 'auth');
      socket.disconnect().connect();
    }
    assert.deepEqual(await ack(socket, 'message-with-ack', 'x'), ['x']);
  });

  // ---- The document's flow ------------------------------------------------------------------------------------------

  test('user and monitor: a command is done, another one fails', async (t) => {
    const id = newId();
    const monitor = client(t, house), user = client(t, house);
    monitor.emit('con', { monitor_id: id });
    assert.deepEqual(await next(monitor, 'con ok'), [{ reason: 'Connection ok' }]);
    user.emit('query', { monitor_id: id });
    assert.deepEqual(await next(user, 'query ok'), [{ reason: 'Query ok' }]);
    monitor.on('command do', ({ command }) => {
      if (command === 'good é') monitor.emit('command done');
      else monitor.emit('command error', { reason: 'too hot' });
    });
    user.emit('command send', { command: 'good é' });
    assert.deepEqual(await next(user, 'command finish'), [{ reason: 'Command finish' }]);
    user.emit('command send', { command: 'bad' });
    assert.deepEqual(await next(user, 'command failed'), [{ reason: 'too hot' }]);
    assert.deepEqual(user.heard.map(([name]) => name), ['query ok', 'command ok', 'command finish', 'command ok', 'command failed']);
    assert.deepEqual(monitor.heard.map(([name]) => name), ['con ok', 'command do', 'command do']);
  });

  test('every event of the document is acknowledged with nothing, if it asks', async (t) => {
    const id = newId(), socket = client(t, house);
    for (const event of [['query', { monitor_id: id }], ['con', { monitor_id: id }], ['command send', { command: 'x' }],
      ['command done'], ['command error', { reason: 'x' }]])
      assert.deepEqual(await ack(socket, ...event), [], event[0]);
  });

  for (const [event, answer] of [['query', 'query failed'], ['con', 'con failed']])
    test(`after '${answer}' the client hears that the server disconnects, and doesn't come back`, async (t) => {
      const socket = client(t, house);
      socket.on('connect', () => socket.emit(event, { monitor_id: 'short' }));
      const [why] = await next(socket, 'disconnect');
      assert.equal(why, 'io server disconnect');
      assert.deepEqual(socket.heard, [[answer, { reason: 'Invalid monitor_id' }]]);
      await pause(300);
      assert.equal(socket.connects, 1);
      assert.equal(socket.connected, false);
    });

  test('a monitor that disconnects frees its id at once', async (t) => {
    const id = newId();
    for (let i = 0; i < 3; ++i) {
      const monitor = client(t, house);
      monitor.emit('con', { monitor_id: id });
      await next(monitor, 'con ok');
      monitor.disconnect();
    }
  });
}

describe('clients', { concurrency: 3 }, () => {
  const echo = houseFor('socketio_echo', { ping_interval_ms: 300, ping_timeout_ms: 2000 });
  const house = houseFor('socketio', { ping_interval_ms: 300, ping_timeout_ms: 2000 });

  for (const [version, io] of Object.entries(clients))
    for (const [how, chosen] of Object.entries(transports))
      describe(`client ${version}, ${how}`, { concurrency: 8 }, () => behaves(io, chosen, echo, house));
});

test('the old client is the one that the document names', () => {
  assert.equal(createRequire(import.meta.url)('socket.io-client-4.0.1/package.json').version, '4.0.1');
});
