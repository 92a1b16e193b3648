// The heartbeat: pings in time, on every transport, and sessions that end when no pong or no CONNECT comes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { echoes, houseFor, ours, Polling, Session, socket } from './lib/socketio.mjs';
import { frame, kText, once, WebSocket } from './lib/socketio_wire.mjs';

const kInterval = 300, kTimeout = 200;
const kEarly = 60;  // ms: an open packet is on its way, and timers are rounded

describe('heartbeat', { concurrency: 8 }, () => {
  const where = houseFor('socketio_echo', { ping_interval_ms: kInterval, ping_timeout_ms: kTimeout });

  // Demands that at least `ms` have passed since `begin`, less what measuring costs; how much more is the machine's affair.
  const notBefore = (begin, ms) => {
    const took = performance.now() - begin;
    assert.ok(took > ms - kEarly, `after ${Math.round(took)} ms already`);
  };

  test('who stalls in the middle of a frame is closed too', ours, async () => {
    await Promise.all([frame(kText, '4abc', { size: 900 }), frame(kText, '4', { fin: false }), frame(kText, '4abc').subarray(0, 1),
      frame(kText, '4abc').subarray(0, 5)].map(async (bytes) => {
      const ws = await socket(where);
      ws.wire.write(bytes);
      assert.equal(await ws.message(), '2');
      await ws.gone(8000);  // its half of the close is lost in the frame: the server waits for it, but not for ever
    }));
  });

  test('a ping comes on WebSocket after each interval since the last pong', async () => {
    const ws = await socket(where);
    for (let round = 0; round < 4; ++round) {
      const begin = performance.now();
      assert.equal(await ws.message(), '2');
      notBefore(begin, kInterval);
      await pause(round * 40);  // a late pong is one, and the interval counts from it
      ws.send('3');
    }
    ws.destroy();
  });

  test('a ping comes on polling, to the waiting GET', async () => {
    const one = await Polling.open(where);
    for (let round = 0; round < 4; ++round) {
      const begin = performance.now();
      assert.deepEqual(await one.packets(), ['2']);
      notBefore(begin, kInterval);
      await one.say('3');
    }
    one.destroy();
  });

  test('who answers no ping on WebSocket is closed after the timeout', async () => {
    const ws = await socket(where);
    assert.equal(await ws.message(), '2');
    const begin = performance.now();
    await ws.gone(2000);
    notBefore(begin, kTimeout);
  });

  test('who never polls is gone at open + interval + timeout, exactly', async () => {
    await Promise.all(Array.from({ length: 10 }, async () => {
      const one = await Polling.open(where);
      await pause(kInterval + kTimeout + 25);  // the session opened before its answer was here
      const { status, text } = await once(where, 'POST', one.target, { body: '3' });
      assert.deepEqual([status, JSON.parse(text).code], [400, 1]);
      one.destroy();
    }));
  });

  test('who polls and answers no ping is gone too, a waiting GET is answered', async () => {
    const one = await Polling.open(where);
    assert.deepEqual(await one.packets(), ['2']);
    const begin = performance.now();
    const last = await one.get(2000);
    notBefore(begin, kTimeout);
    assert.ok(last.status === 400 || last.text === '1' || last.text === '6', `${last.status} ${last.text}`);
    await one.gone();
    one.destroy();
  });

  test('a pong in time keeps a session that never polls', async () => {
    const one = await Polling.open(where);
    for (let i = 0; i < 3; ++i) {
      await pause(kInterval + 80);
      await one.say('3');
    }
    // The pings of that time wait for the GET, as one or as several.
    assert.match((await one.packets()).join(''), /^2+$/);
    one.destroy();
  });

  test('other traffic while a pong is due prolongs the wait once, not for ever', async () => {
    const ws = await socket(where);
    assert.equal(await ws.message(), '2');
    const begin = performance.now();
    await pause(kTimeout * 0.6);
    await echoes(ws, '4first');
    await pause(kTimeout * 0.6);
    ws.send('4second');  // alive: 1.2 timeouts have passed
    assert.equal(await ws.message(), '4second');
    const talk = setInterval(() => ws.send('6'), 50);
    try {
      while (await ws.message(2000).then((m) => m.code === undefined, () => false));
      await ws.wire.gone(2000);
    } finally {
      clearInterval(talk);
    }
    notBefore(begin, kTimeout * 1.6);
  });

  test('a ping of the client is an error on WebSocket and on polling', async () => {
    const ws = await socket(where);
    ws.send('2');
    await ws.gone(2000);
    const one = await Polling.open(where);
    await one.post('2');
    await one.gone();
    one.destroy();
  });

  test('pongs that nobody asked for are taken, and put off the ping', async () => {
    const ws = await socket(where);
    const begin = performance.now();
    for (let i = 0; i < 5; ++i) {
      await pause(100);
      ws.send('3');
    }
    assert.equal(await ws.message(), '2');
    if (!ours.skip) notBefore(begin, 500);
    ws.send('3');
    await echoes(ws);
    ws.destroy();
  });

  test('the heartbeat goes on after an upgrade, and its end is the end', async () => {
    const one = await Polling.open(where);
    const ws = await WebSocket.open(where, one.upgradeTarget);
    ws.send('2probe');
    assert.equal(await ws.message(), '3probe');
    ws.send('5');
    for (let i = 0; i < 3; ++i) {
      assert.equal(await ws.message(), '2');
      ws.send('3');
    }
    assert.equal(await ws.message(), '2');
    await ws.gone(2000);
    await one.gone();
    one.destroy();
  });

  for (const transport of ['websocket', 'polling'])
    test(`a client that answers stays for many intervals, on ${transport}`, async (t) => {
      const session = await Session.open(t, where, { transport });
      const sid = await session.connect();
      assert.equal(await session.next(), '42["auth",{}]');
      await pause(5 * kInterval);
      session.emit('message', sid);
      assert.deepEqual(await session.event(), ['message-back', sid]);
    });

  test('a Socket.IO session that answers no ping ends', async (t) => {
    const session = await Session.open(t, where, { pong: false });
    await session.connect();
    await session.next();
    await session.gone(2000);
  });
});

describe('connect timeout', { concurrency: 8 }, () => {
  const where = houseFor('socketio_echo', { connect_timeout_ms: 400 });

  for (const transport of ['websocket', 'polling']) {
    test(`who doesn't CONNECT in time is closed (${transport})`, async (t) => {
      const session = await Session.open(t, where, { transport });
      const begin = performance.now();
      await session.gone(3000);
      assert.ok(performance.now() - begin > 300, 'not before its time');
    });

    test(`who was refused by a namespace is closed in time (${transport})`, async (t) => {
      const session = await Session.open(t, where, { transport });
      session.send('40/nope');
      await session.next();
      await session.gone(3000);
    });

    test(`after the last DISCONNECT the time begins again (${transport})`, ours, async (t) => {
      const session = await Session.open(t, where, { transport });
      await session.connect();
      await session.next();
      await pause(600);
      session.emit('message', 1);
      assert.deepEqual(await session.event(), ['message-back', 1]);
      session.send('41');
      await session.gone(3000);
    });
  }

  test('an Engine.IO session of its own path has no such time', async () => {
    const ws = await socket(where);
    await pause(700);
    await echoes(ws);
    ws.destroy();
  });
});
