// Engine.IO over HTTP: the handshake, errors 0 to 5, polling, and the ways in which a polling session ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { houseFor, joined, kSeparator, opened, ours, Polling, socket } from './lib/socketio.mjs';
import { Http, once, request, upgradeRequest } from './lib/socketio_wire.mjs';

const kErrors = ['Transport unknown', 'Session ID unknown', 'Bad handshake method', 'Bad request', 'Forbidden',
  'Unsupported protocol version'];
const kPath = '/engine.io/';
const kOpen = `${kPath}?EIO=4&transport=polling`;

describe('Engine.IO over HTTP', { concurrency: 8 }, () => {
  const where = houseFor('socketio_echo', { ping_interval_ms: 24000, ping_timeout_ms: 19000, max_payload: 5000 });
  const polling = (options) => Polling.open(where, options);

  // ---- The handshake ----------------------------------------------------------------------------------------------------

  test('the open packet of polling has five keys, the settings, and an upgrade to WebSocket', async () => {
    const answer = await once(where, 'GET', kOpen);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'text/plain; charset=UTF-8');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    const { sid, ...rest } = opened(answer.text);
    assert.deepEqual(rest, { upgrades: ['websocket'], pingInterval: 24000, pingTimeout: 19000, maxPayload: 5000 });
    assert.match(sid, /^[\w-]{16,}$/);
  });

  test('the open packet of WebSocket offers no upgrade', async () => {
    const ws = await socket(where);
    const { sid, ...rest } = ws.opened;
    assert.deepEqual(rest, { upgrades: [], pingInterval: 24000, pingTimeout: 19000, maxPayload: 5000 });
    ws.destroy();
  });

  for (const more of ['&sid=', '&t=abc&b64=1', '&foo=bar&x', '&EIOx=3'])
    test(`a handshake takes ${more} as if it weren't there`, async () => {
      opened((await once(where, 'GET', kOpen + more)).text);
    });

  test('keys in another order, and escaped, are the same', async () => {
    opened((await once(where, 'GET', `${kPath}?transport=poll%69ng&EIO=%34`)).text);
  });

  test('what follows the path is no matter, another path is not found', async () => {
    opened((await once(where, 'GET', `${kPath}more?EIO=4&transport=polling`)).text);
    for (const path of ['/engine', '/nothing/', '/engine.i'])
      assert.equal((await once(where, 'GET', `${path}?EIO=4&transport=polling`)).status, 404, path);
  });

  test('session ids differ in most of their characters, and are no numbers that count', async () => {
    const sids = await Promise.all(Array.from({ length: 60 }, async () => opened((await once(where, 'GET', kOpen)).text).sid));
    assert.equal(new Set(sids).size, sids.length);
    // By chance alone two of 60 have the first 6 of 64 characters in common once in 40 million runs.
    assert.equal(new Set(sids.map((sid) => sid.slice(0, 6))).size, sids.length, 'their beginnings differ');
  });

  test('the sid of Socket.IO is another one than that of Engine.IO', async (t) => {
    const session = await joined(t, where, { transport: 'polling' });
    assert.match(await session.next(), /^42\["auth",\{\}\]$/);
  });

  // ---- Errors -----------------------------------------------------------------------------------------------------------

  async function refused(code, method, target, what) {
    const answer = await once(where, method, target, what);
    assert.deepEqual([answer.status, JSON.parse(answer.text)], [400, { code, message: kErrors[code] }], `${method} ${target}`);
    assert.match(answer.headers['content-type'], /^application\/json/);
    assert.equal(answer.headers['access-control-allow-origin'], '*');
  }

  for (const query of ['?EIO=4', '?EIO=4&transport=tcp', '?EIO=4&transport=', '?EIO=4&transport=Polling', '?EIO=4&transport=constructor',
    '?EIO=4&transport=webtransport', '', '?', '?&&==&%'])
    test(`error 0, Transport unknown: ${query || 'no query'}`, () => refused(0, 'GET', kPath + query));
  for (const query of ['abc', '__proto__', 'constructor', 'x'.repeat(500), '%00', '0'])
    test(`error 1, Session ID unknown: ${query.slice(0, 20)}`, () => refused(1, 'GET', `${kOpen}&sid=${query}`));
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
    test(`error 2, Bad handshake method: ${method}`, () => refused(2, method, kOpen, { body: '4a' }));
  test('error 3, Bad request: WebSocket without an upgrade', () => refused(3, 'GET', `${kPath}?EIO=4&transport=websocket`));
  for (const eio of ['EIO=3&', 'EIO=5&', 'EIO=44&', 'EIO=x&', 'EIO=&', ''])
    test(`error 5, Unsupported protocol version: ${eio || 'none'}`, () => refused(5, 'GET', `${kPath}?${eio}transport=polling`));

  test('error 3: another transport or protocol than the session has; the session goes on', async () => {
    const one = await polling(), ws = await socket(where);
    await refused(3, 'GET', one.target.replace('EIO=4', 'EIO=3'));
    await refused(3, 'GET', one.upgradeTarget);
    await refused(3, 'GET', `${kOpen}&sid=${ws.sid}`);
    await refused(3, 'POST', `${kOpen}&sid=${ws.sid}`, { body: '4a' });
    await one.say('4still here');
    assert.deepEqual(await one.packets(), ['4still here']);
    one.destroy();
    ws.destroy();
  });

  test('of several errors the first counts: transport, session, method, upgrade, protocol', async () => {
    await refused(0, 'POST', `${kPath}?EIO=3&transport=x&sid=abc`, { body: '' });
    await refused(1, 'POST', `${kPath}?EIO=3&transport=polling&sid=abc`, { body: '' });
    await refused(1, 'GET', `${kPath}?EIO=3&transport=websocket&sid=abc`);
    await refused(2, 'POST', `${kPath}?EIO=3&transport=websocket`, { body: '' });
    await refused(3, 'GET', `${kPath}?EIO=3&transport=websocket`);
  });

  for (const [what, query, message, options] of [['another transport', '?EIO=4&transport=x', kErrors[0]],
    ['an unknown session', '?EIO=4&transport=websocket&sid=abc', kErrors[1]],
    ['EIO=3', '?EIO=3&transport=websocket', kErrors[5], ours], ['no EIO', '?transport=websocket', kErrors[5], ours]])
    test(`an upgrade request with ${what} is refused by HTTP, with the words alone`, options ?? {}, async () => {
      const http = await Http.open(where);
      http.wire.write(upgradeRequest(kPath + query));
      const answer = await http.answer();
      assert.deepEqual([answer.status, answer.text], [400, message]);
      http.wire.destroy();
    });

  test('OPTIONS is answered with 204 and what is allowed, to everybody, without credentials', async () => {
    const headers = { Origin: 'http://a.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-more' };
    const answer = await once(where, 'OPTIONS', kOpen, { headers });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.match(answer.headers['access-control-allow-methods'], /GET.*POST/);
    assert.equal('access-control-allow-credentials' in answer.headers, false);
  });

  // ---- Polling ----------------------------------------------------------------------------------------------------------

  test('what is posted is answered with ok, and read as text/plain that is never stored', async () => {
    const one = await polling();
    const posted = await one.post('4hello');
    assert.deepEqual([posted.status, posted.text, posted.headers['content-type']], [200, 'ok', 'text/html']);
    assert.equal(posted.headers['access-control-allow-origin'], '*');
    const got = await one.get();
    assert.deepEqual([got.status, got.text, got.headers['content-type']], [200, '4hello', 'text/plain; charset=UTF-8']);
    assert.deepEqual([got.headers['cache-control'], got.headers['access-control-allow-origin']], ['no-store', '*']);
    one.destroy();
  });

  for (const text of ['', ' ', 'é漢𝕏\u{1f3e0}', '\0\x01\x1f', '4', '{"a":1}\n', 'x'.repeat(4900), '\ufeff'])
    test(`text comes back as it was: ${JSON.stringify(text.slice(0, 10))}, ${Buffer.byteLength(text)} bytes`, async () => {
      const one = await polling();
      await one.say(`4${text}`);
      assert.deepEqual(await one.packets(), [`4${text}`]);
      one.destroy();
    });

  for (const bytes of ['', '00', 'ff', '01020304', '1e1e1e', '00'.repeat(1000)])
    test(`binary is b and base64: ${bytes.slice(0, 8)}, ${bytes.length / 2} bytes`, async () => {
      const one = await polling();
      const packet = `b${Buffer.from(bytes, 'hex').toString('base64')}`;
      await one.say('4before', packet, '4after');
      assert.deepEqual(await one.packets(), ['4before', packet, '4after']);
      one.destroy();
    });

  test('b on WebSocket is base64 too, binary frames are raw', async () => {
    const ws = await socket(where);
    ws.send('bAQIDBA==', Buffer.from([5, 6]));
    assert.deepEqual(await ws.message(), Buffer.from([1, 2, 3, 4]));
    assert.deepEqual(await ws.message(), Buffer.from([5, 6]));
    ws.destroy();
  });

  test('the packets of one POST come in one payload, to a GET that has waited until then', ours, async () => {
    const one = await polling();
    for (let round = 0; round < 5; ++round) {
      const waiting = one.get();
      const packets = Array.from({ length: 50 }, (_, i) => `4${round} ${i}`);
      await one.say(...packets);
      assert.deepEqual((await waiting).text.split(kSeparator), packets);
    }
    one.destroy();
  });

  test('packets wait for the next GET, in order', async () => {
    const one = await polling();
    for (const packet of ['4a', '4b', '4c']) await one.say(packet);
    assert.deepEqual(await one.packets(), ['4a', '4b', '4c']);
    one.destroy();
  });

  test('noop and a pong that nobody asked for are taken', async () => {
    const one = await polling();
    await one.say('6', '3', '4a', '3x');
    assert.deepEqual(await one.packets(), ['4a']);
    one.destroy();
  });

  test('POST and GET pipelined on one connection are answered in order, again and again', async () => {
    const one = await polling();
    const http = await Http.open(where);
    for (let i = 0; i < 20; ++i) {
      http.wire.write(Buffer.concat([request('POST', one.target, { body: `4${i}` }), request('GET', one.target),
        request('GET', `${kPath}?EIO=4`)]));
      const answers = [await http.answer(), await http.answer(), await http.answer()].map((answer) => answer.text);
      assert.deepEqual(answers.slice(0, 2), ['ok', `4${i}`]);
      assert.equal(JSON.parse(answers[2]).code, 0);
    }
    one.destroy();
    http.wire.destroy();
  });

  test('a body in chunks is read as a whole', async () => {
    const one = await polling();
    const http = one.poster;
    http.wire.write(request('POST', one.target, { headers: { 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/plain' } }));
    for (const piece of ['3;x=y\r\n4ab\r\n', '1\r', '\nc\r\n', '0\r\n', 'Trailer: x\r\n\r\n']) {
      await new Promise((sent) => http.wire.socket.write(piece, () => setImmediate(sent)));
    }
    assert.equal((await http.answer()).text, 'ok');
    assert.deepEqual(await one.packets(), ['4abc']);
    one.destroy();
  });

  // ---- Ends -------------------------------------------------------------------------------------------------------------

  test('a second GET ends the session: the first is answered with a close, the second with 400', async () => {
    const one = await polling();
    const first = one.get();
    await one.say('6');  // by its answer the GET has arrived
    const second = await once(where, 'GET', one.target);
    assert.equal(second.status, 400);
    assert.equal((await first).text, '1');
    await one.gone();
  });

  test('a second POST ends the session', async () => {
    const one = await polling();
    one.poster.wire.write(request('POST', one.target, { headers: { 'Content-Length': 10 } }));
    one.poster.wire.write('4abc');
    await once(where, 'GET', kOpen);  // by its answer the first POST has arrived
    assert.equal((await once(where, 'POST', one.target, { body: '4x' })).status, 400);
    await one.gone();
  });

  test('a GET whose client goes away ends the session', async () => {
    const one = await polling();
    one.get().catch(() => {});
    await one.say('6');
    one.getter.wire.destroy();
    for (let status = 200; status === 200; ) status = (await once(where, 'POST', one.target, { body: '6' })).status;
    await one.gone();
  });

  test('a body of octets ends the session', async () => {
    const one = await polling();
    assert.equal((await one.post('4a', { 'Content-Type': 'application/octet-stream' })).status, 400);
    await one.gone();
  });

  for (const body of ['7', '9abc', 'abc', '', kSeparator, `4a${kSeparator}`, `4a${kSeparator}${kSeparator}4b`, `4a${kSeparator}x`, '-',
    '２a',
    Buffer.from([0x34, 0xff, 0xfe])])
    test(`a bad packet ends the session: ${JSON.stringify(body)}`, typeof body === 'string' ? {} : ours, async () => {
      const one = await polling();
      const answer = await one.post(body);
      if (!ours.skip) assert.equal(answer.status, 400);
      await one.gone();
    });

  test('close by POST: the waiting GET gets a noop, then the session is unknown', async () => {
    const one = await polling();
    const waiting = one.get();
    await one.say('6');
    await one.say('1');
    assert.equal((await waiting).text, '6');
    await one.gone();
  });

  test('close by POST before the GET: that GET gets a noop, the ones after it 400', ours, async () => {
    const one = await polling();
    await one.say('1');
    assert.equal((await one.get()).text, '6');
    for (let i = 0; i < 3; ++i) assert.equal((await one.get()).status, 400);
    await one.gone();
  });

  test('close by POST at the same time as the GET, on another connection: one noop, whichever is seen first', ours, async () => {
    for (let i = 0; i < 30; ++i) {
      const one = await Polling.open(where);
      const posting = i % 2 ? one.post('1') : null;
      const getting = one.get();
      const [got, posted] = await Promise.all([getting, posting ?? one.post('1')]);
      assert.deepEqual([got.text, posted.text], ['6', 'ok']);
      assert.equal((await one.get()).status, 400);
      one.destroy();
    }
  });

  test('close on WebSocket ends the connection at once', ours, async () => {
    const ws = await socket(where);
    ws.send('1');
    await ws.gone(2000);
  });
});
