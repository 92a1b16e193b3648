// From polling to WebSocket: the probe, what waits meanwhile, and upgrades that come to nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { echoes, houseFor, kSeparator, ours, Polling, socket } from './lib/socketio.mjs';
import { closing, frame, Http, kClose, kPing, once, upgradeRequest, WebSocket } from './lib/socketio_wire.mjs';

describe('upgrade', { concurrency: 8 }, () => {
  const where = houseFor('socketio_echo');

  // A polling session and a WebSocket for it that has been probed.
  async function probed() {
    const one = await Polling.open(where);
    const ws = await WebSocket.open(where, one.upgradeTarget);
    ws.send('2probe');
    assert.equal(await ws.message(), '3probe');
    return { one, ws };
  }
  const end = (...links) => links.forEach((link) => link.destroy());
  const unknown = (answer) => assert.deepEqual([answer.status, JSON.parse(answer.text)], [400, { code: 3, message: 'Bad request' }]);

  test('a client upgrades: probe, a noop for the waiting GET, 5, and then everything on the WebSocket', async () => {
    const one = await Polling.open(where);
    const waiting = one.get();
    await one.say('6');
    const ws = await WebSocket.open(where, one.upgradeTarget);
    ws.send('2probe');
    assert.equal(await ws.message(), '3probe');
    assert.equal((await waiting).text, '6');
    ws.send('5');
    for (let i = 0; i < 20; ++i) await echoes(ws, `4${i}`);
    ws.send(Buffer.from([1, 2]));
    assert.deepEqual(await ws.message(), Buffer.from([1, 2]));
    end(one, ws);
  });

  test('what is to be sent during the probe comes after 5, on the WebSocket, in order', async () => {
    const { one, ws } = await probed();
    for (const packet of ['4a', '4b']) await one.say(packet);
    await one.say('4c', 'bAQI=', '4d');
    ws.send('5');
    for (const packet of ['4a', '4b', '4c', Buffer.from([1, 2]), '4d']) assert.deepEqual(await ws.message(), packet);
    await echoes(ws);
    end(one, ws);
  });

  test('GETs that still come during the probe get a noop each', async () => {
    const { one, ws } = await probed();
    for (let i = 0; i < 3; ++i) assert.equal((await one.get(2000)).text, '6');
    ws.send('5');
    await echoes(ws);
    end(one, ws);
  });

  test('a GET that comes just before 5 is answered with a noop or 400, and nothing is lost', ours, async () => {
    for (let i = 0; i < 20; ++i) {
      const { one, ws } = await probed();
      await one.say('4kept');
      const late = one.get(2000);
      ws.send('5');
      const answer = await late;
      if (answer.status === 200) assert.equal(answer.text, '6');
      else unknown(answer);
      assert.equal(await ws.message(), '4kept');
      await echoes(ws);
      end(one, ws);
    }
  });

  test('messages that are posted and echoed all the while arrive once each, in order', async () => {
    const one = await Polling.open(where);
    const sent = [], heard = [];
    const post = async (n) => {
      for (let i = 0; i < n; ++i) {
        sent.push(`4${sent.length}`);
        await one.say(sent.at(-1));
      }
    };
    const poll = (async () => {
      for (;;) {
        const answer = await one.get();
        if (answer.status !== 200) return;
        const packets = answer.text.split(kSeparator).filter((packet) => packet !== '6');
        heard.push(...packets);
        if (packets.length === 0) return;
      }
    })();
    await post(10);
    const ws = await WebSocket.open(where, one.upgradeTarget);
    ws.send('2probe');
    await post(10);
    assert.equal(await ws.message(), '3probe');
    await post(10);
    await poll;
    await post(10);
    ws.send('5', '4last');
    sent.push('4last');
    while (heard.at(-1) !== '4last') heard.push(await ws.message());
    assert.deepEqual(heard, sent);
    end(one, ws);
  });

  test('after the upgrade polling is refused, the session goes on', async () => {
    const { one, ws } = await probed();
    ws.send('5');
    await echoes(ws);
    unknown(await one.get());
    unknown(await one.post('4x'));
    await echoes(ws);
    end(one, ws);
  });

  // ---- WebSockets that don't come to be ---------------------------------------------------------------------------------

  // The polling session works, and another WebSocket may try.
  async function lives(one) {
    one.destroy();  // connections that were idle for long may be ended at just this moment
    Object.assign(one, { getter: await Http.open(where), poster: await Http.open(where) });
    await one.say('4alive');
    for (let packets = await one.packets(); packets[0] !== '4alive'; packets = await one.packets()) assert.deepEqual(packets, ['6']);
    const ws = await WebSocket.open(where, one.upgradeTarget);
    ws.send('2probe');
    assert.equal(await ws.message(), '3probe');
    ws.send('5');
    await echoes(ws);
    end(one, ws);
  }

  for (const [first, options] of [['4hello'], ['2'], ['2prob'], ['3probe'], ['1'], [''], ['x'], [Buffer.from([1])], ['5', ours], ['6'],
    ['2probe2']])
    test(`a first packet ${JSON.stringify(first)} drops the WebSocket, polling lives on`, options ?? {}, async () => {
      const one = await Polling.open(where);
      const ws = await WebSocket.open(where, one.upgradeTarget);
      ws.send(first);
      await ws.gone();
      await lives(one);
    });

  for (const [what, drop] of [['ends', (ws) => ws.wire.socket.end()], ['is reset', (ws) => ws.wire.reset()],
    ['closes', (ws) => ws.wire.write(frame(kClose, closing(1000)))],
    ['breaks the protocol', (ws) => ws.wire.write(frame(kPing, '', { rsv: 2 }))],
    ['says something else than 5', (ws) => ws.send('4early')]])
    test(`a WebSocket that ${what} before 5: polling goes on, with what was kept`, async () => {
      const { one, ws } = await probed();
      await one.say('4kept');
      drop(ws);
      let packets;
      do packets = await one.packets(); while (packets[0] === '6');
      assert.deepEqual(packets, ['4kept']);
      await lives(one);
    });

  test('a second WebSocket while one is probed is accepted and closed; the first goes on', async () => {
    const { one, ws } = await probed();
    const second = await WebSocket.open(where, one.upgradeTarget);
    await second.gone();
    ws.send('5');
    await echoes(ws);
    end(one, ws);
  });

  test('a second WebSocket of an upgraded session is accepted and closed, one of a WebSocket session does no harm', async () => {
    const { one, ws } = await probed();
    ws.send('5');
    await echoes(ws);
    await (await WebSocket.open(where, one.upgradeTarget)).gone();
    await echoes(ws);
    const born = await socket(where);
    const other = await WebSocket.open(where, `/engine.io/?EIO=4&transport=websocket&sid=${born.sid}`);
    await echoes(born);
    end(one, ws, born, other);
  });

  test('an upgrade of an ended session is refused before 101', async () => {
    const one = await Polling.open(where);
    await one.say('1');
    await one.gone();
    const http = await Http.open(where);
    http.wire.write(upgradeRequest(one.upgradeTarget));
    const answer = await http.answer();
    assert.deepEqual([answer.status, answer.text], [400, 'Session ID unknown']);
    http.wire.destroy();
    one.destroy();
  });

  test('a session that closes by POST during the probe takes its WebSocket with it', async () => {
    const { one, ws } = await probed();
    await one.say('1');
    await ws.gone();
    await one.gone();
  });

  test('permessage-deflate is declined', async () => {
    const one = await Polling.open(where);
    const headers = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };
    const ws = await WebSocket.open(where, one.upgradeTarget, { headers });  // it looks at the answer
    ws.send('2probe');
    assert.equal(await ws.message(), '3probe');
    end(one, ws);
  });

  for (const [what, headers] of [['no key', { 'Sec-WebSocket-Key': null }], ['a short key', { 'Sec-WebSocket-Key': 'abc' }],
    ['version 7', { 'Sec-WebSocket-Version': 7 }]])
    test(`a WebSocket handshake with ${what} is refused`, async () => {
      const http = await Http.open(where);
      http.wire.write(upgradeRequest('/engine.io/?EIO=4&transport=websocket', headers));
      const { status } = await http.answer();
      assert.ok([400, 426].includes(status), `${status}`);
      http.wire.destroy();
    });

  for (const [what, send] of [['is silent', () => {}], ['is probed and no more', (ws) => ws.send('2probe')]])
    test(`a WebSocket that ${what} is dropped after 10 s, polling goes on`, async () => {
      const one = await Polling.open(where);
      const ws = await WebSocket.open(where, one.upgradeTarget);
      const begin = Date.now();
      send(ws);
      while (await ws.message(13000).then((m) => m.code === undefined, () => false));
      await ws.wire.gone();
      assert.ok(Date.now() - begin > 9000, 'not before its time');
      await lives(one);
    });

  test('a hundred clients upgrade at once', async () => {
    await Promise.all(Array.from({ length: 100 }, async (_, i) => {
      const { one, ws } = await probed();
      ws.send('5');
      await echoes(ws, `4client ${i}`);
      end(one, ws);
    }));
    assert.equal((await once(where, 'GET', '/engine.io/?EIO=4&transport=polling')).status, 200);
  });
});
