// Servers that do what no server should: the house keeps working, and comes back to them once they are well again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { connected, houseFor, houseOf, Internet, Remote, refuse, works } from './lib/interlock.mjs';
import { closing, frame } from './lib/socketio_wire.mjs';

// A session of this house that answers: this one, or the one that comes when it has ended.
let marks = 1000;
async function alive(remote, session) {
  for (let one = session; ; one = await remote.session()) {
    const i = ++marks;
    if (!one.open) continue;
    one.send({ t: 'MSG', i, m: 'mark' });
    const found = () => one.answers.find((answer) => answer?.i === i);
    await remote.seen('an answer or the end', () => found() || !one.open, 10000);
    if (!found()) continue;
    one.answers.length = 0;
    return one;
  }
}

const silent = () => {};
const raw = new WebSocketServer({ noServer: true });
const open = (more) => `0${JSON.stringify({ sid: 'abcdefgh', upgrades: [], pingInterval: 25000, pingTimeout: 20000, maxPayload: 100000,
  ...more })}`;
const closes = (socket) => socket.destroy();

describe('hostile servers', { concurrency: 3 }, () => {
  describe('silence', { concurrency: 8 }, () => {
    // Where it says nothing; the code at which the house then stands, and what it says when it has waited enough.
    const kPlaces = [['the base URL', (remote) => { remote.onBase = silent; }, 1212, 4212],
      ['linking', (remote) => { remote.onLink = silent; }, 1300, 4310],
      ['the upgrade', (remote) => { remote.onUpgrade = silent; }, 1400, 4400],
      ['each connection', (remote) => { remote.trap = silent; }, 1212, 4212]];
    const first = (...texts) => (remote) => {
      remote.onUpgrade = (...args) => raw.handleUpgrade(...args, (ws) => texts.forEach((text) => ws.send(text)));
    };
    const kLater = [kPlaces[2], ['a WebSocket', first(), 1400, 4400], ['Engine.IO', first(open()), 1400, 4400]];
    for (const transport of ['websocket', 'socketio'])
      for (const [what, trap, stands, says] of transport === 'websocket' ? kPlaces : kLater)
        test(`${what} takes the question and says nothing (${transport}): nothing waits for it but Interlock, and that not for ever`,
          async (t) => {
            const remote = await Remote.start(t, { transport }), internet = await Internet.start(t);
            trap(remote);
            const { server, trail } = await houseOf(t, remote, { tests: true, internet_url: internet.url });
            await trail.to(stands);
            await works(server);
            assert.deepEqual(trail.rest, []);
            assert.equal((await trail.to(says, 25000)).at(-1), says);
            remote.trap = remote.onBase = remote.onLink = remote.onUpgrade = null;
            await trail.to(2000, 15000);
            await remote.session();
          });

    test('a house that waits for a silent server ends in good order', async (t) => {
      for (const [, trap, stands] of kPlaces) {
        const remote = await Remote.start(t), internet = await Internet.start(t);
        trap(remote);
        const { server, trail } = await houseOf(t, remote, { tests: true, internet_url: internet.url });
        await trail.to(stands);
        await server.stop();
      }
    });
  });

  for (const transport of ['websocket', 'socketio'])
    describe(`bad beginnings (${transport})`, { concurrency: 1 }, () => {
      const place = houseFor({ transport });
      const raw = (text) => (_, socket) => socket.end(text);
      const k101 = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';

      const elsewhere = (code) => `HTTP/1.1 ${code} Elsewhere\r\nLocation: ${place.elsewhere.url}/?token=x\r\nContent-Length: 0\r\n\r\n`;

      // What is answered to the upgrade.
      const answers = [['nothing but the end', (_, socket) => socket.end()], ['a reset', (_, socket) => socket.resetAndDestroy()],
        ['200', (_, socket) => refuse(socket, '200 OK', '{}')], ['nonsense', raw('hello\r\n\r\n')],
        ['half a header', raw('HTTP/1.1 101 Swit')], ['101 and no header', raw('HTTP/1.1 101 Switching Protocols\r\n\r\n')],
        ['101 without a proof', raw(`${k101}\r\n`)],
        ['101 with a wrong proof', raw(`${k101}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n`)],
        ['a header of 4 MB', raw(`${k101}X: ${'x'.repeat(4 << 20)}\r\n\r\n`)],
        ['headers without end', raw(`${k101}${'X: y\r\n'.repeat(200000)}`)], ['zeros', raw('\0'.repeat(100000))],
        ['a TLS record', raw('\x15\x03\x01\x00\x02\x02\x28')],
        ['500 with 10 MB', (_, socket) => refuse(socket, '500 Ill', 'x'.repeat(10 << 20))],
        ['401 with 10 MB', (_, socket) => refuse(socket, '401 Unauthorized', `{"msg":"${'x'.repeat(10 << 20)}"}`)],
        ['401 with deep nesting', (_, socket) => refuse(socket, '401 Unauthorized', '['.repeat(60000))],
        ['401 with another type', (_, socket) => refuse(socket, '401 Unauthorized', '{"msg":["INVALID_TOKEN"]}')],
        ...[301, 302, 307, 308].map((code) => [`${code}`, (_, socket) => socket.end(elsewhere(code))])];

      test('no answer to the upgrade but the right one is taken: 4400, redirects aren\'t followed, the token stays', async (t) => {
        const { remote, trail, server } = place;
        place.elsewhere = await Remote.start(t, { transport });
        for (const [what, answer] of answers) {
          remote.onUpgrade = answer;
          place.session.wire.terminate();
          await trail.to(4400);
          assert.deepEqual(await trail.to(4400, 10000), [1400, 4400], what);
          remote.onUpgrade = null;
          await trail.to(2000);
          place.session = await alive(remote, await remote.session());
        }
        assert.equal(place.elsewhere.tcp, 0);
        assert.equal(remote.linkings.length, 1);
        await works(server);
      });
    });

  describe('bad frames', { concurrency: 1 }, () => {
    const place = houseFor();
    const bare = { mask: false }, text = JSON.stringify({ t: 'GET', x: 'y'.repeat(1000) });
    const piece = frame(0, 'x'.repeat(1000), { ...bare, fin: false });

    // What is sent, and the code with which the house closes.
    const kFrames = [
      ['a masked frame', frame(1, text), 1002],
      ...[1, 2, 4, 7].map((rsv) => [`reserved bits ${rsv}`, frame(1, text, { ...bare, rsv }), 1002]),
      ...[3, 7, 11, 15].map((opcode) => [`opcode ${opcode}`, frame(opcode, '', bare), 1002]),
      ['a continuation of nothing', frame(0, text, bare), 1002],
      ['a text within a text', Buffer.concat([frame(1, '{', { ...bare, fin: false }), frame(1, '}', bare)]), 1002],
      ['a ping in fragments', frame(9, 'x', { ...bare, fin: false }), 1002],
      ['a ping of 126 bytes', frame(9, 'x'.repeat(126), bare), 1002],
      ['bytes that are no UTF-8', frame(1, Buffer.from('{"t":"\xff"}', 'latin1'), bare), 1007],
      ['surrogates in UTF-8', frame(1, Buffer.from('"\xed\xa0\x80"', 'latin1'), bare), 1007],
      ['a close of one byte', frame(8, 'x', bare), 1002],
      ['a close with a code that nobody may send', frame(8, closing(1005), bare), 1002],
      ['a close whose reason is no UTF-8', frame(8, Buffer.concat([closing(1000), Buffer.from([0xff])]), bare), 1007],
      ['10 MB', frame(1, 'x'.repeat(10 << 20), bare), 1009],
      ['10 MB of binary', frame(2, Buffer.alloc(10 << 20), bare), 1009],
      ['10 MB in fragments', Buffer.concat([frame(1, 'x', { ...bare, fin: false }), ...Array(10000).fill(piece)]), 1009],
      ['a length of 10 MB, and nothing of it', frame(1, '', { ...bare, size: 10 << 20 }), 1009],
      ['a length of 2^62', frame(1, '', { ...bare, size: 2 ** 62 }), 1009],
      ['a length of 2^63', frame(1, '', { ...bare, size: 2 ** 63 }), 1002],
    ];
    for (const [what, bytes, code] of kFrames)
      test(`${what}: closed with ${code}, and back`, async () => {
        const { session, remote } = place;
        session.wire._socket.write(bytes, () => {});
        const closed = await session.ended();
        // A reset by what it didn't read may overtake the code.
        assert.ok([code, 1006].includes(closed.code) || (code === 1009 && what.includes('2^')), `${closed.code} ${closed.reason}`);
        place.session = await alive(remote, session);
      });

    test('floods of small frames: pings, pongs, empty fragments, empty texts', async () => {
      const { remote, server } = place;
      for (const bytes of [frame(9, 'ping', bare), frame(10, '', bare), frame(1, '', bare)]) {
        place.session.wire._socket.write(Buffer.concat(Array(20000).fill(bytes)), () => {});
        await works(server);
        place.session = await alive(remote, place.session);
      }
      const { wire } = place.session;
      wire._socket.write(Buffer.concat([frame(1, '', { ...bare, fin: false }), ...Array(20000).fill(frame(0, '', { ...bare, fin: false })),
        frame(0, '{"t":"GET"}', bare)]), () => {});
      place.session = await alive(remote, place.session);
      await works(server);
    });

    test('a server that sends and never reads', async () => {
      const { remote, server, session } = place;
      session.wire._socket.pause();
      for (let i = 0; i < 3000; ++i) session.wire.send('{"t":"GET"}');
      await works(server);
      session.wire.terminate();
      place.session = await alive(remote, session);
    });

    test('it is the same house after all that', async () => {
      assert.equal(place.remote.linkings.length, 1);
      assert.equal((await place.server.plugin('interlock')).state, 'running');
      await works(place.server);
    });
  });

  describe('bad Socket.IO', { concurrency: 1 }, () => {
    const place = houseFor({ transport: 'socketio' });

    // The next attempt meets a server that says `first`, then `second` when the house has joined, and ends.
    async function meets(what, first, second) {
      const { remote, trail } = place;
      remote.onUpgrade = (req, socket, head) => raw.handleUpgrade(req, socket, head, (ws) => {
        ws.on('error', () => {});
        ws.on('message', () => {
          ws.send(second);
          ws.close();
        });
        ws.send(first);
        if (second === undefined) ws.close();
      });
      place.session.wire.terminate();
      await trail.to(4400);
      const codes = await trail.to(4400);
      assert.deepEqual(codes, [1400, 4400], what);
      remote.onUpgrade = null;
      await trail.to(2000);
      place.session = await alive(remote, await remote.session());
    }

    test('no open packet but a right one', async () => {
      for (const first of ['', 'x', '1', '2', '3', '4', '6', '0', '0{', '0[]', '0null', '0"x"', '0{}',
        open({ sid: 5 }), open({ sid: null }), open({ pingInterval: 'soon' }), open({ pingTimeout: [] }),
        open({ pingInterval: -1 }), `0${'['.repeat(50000)}`, `0{"sid":"${'x'.repeat(70000)}"}`, Buffer.from(open()), Buffer.alloc(1000)])
        await meets(`${first}`.slice(0, 60), first);
      assert.equal(place.remote.linkings.length, 1);
    });

    test('Socket.IO before the open packet is no connection', async () => {
      for (const first of ['40{"sid":"x"}', '42["request",{"t":"GET"}]', '44{"message":"INVALID_TOKEN"}']) await meets(first, first);
      assert.equal(place.remote.linkings.length, 1);
    });

    test('no answer to CONNECT but a right one; other errors than INVALID_TOKEN cost no token', async () => {
      for (const second of ['44', '44{', '44"INVALID"', '44{}', '44{"message":5}', '44{"message":"busy"}',
        '44{"message":["INVALID_TOKEN"]}', '41', '1', '44/other,{"message":"INVALID_TOKEN"}', Buffer.alloc(10)])
        await meets(`${second}`, open(), second);
      assert.equal(place.remote.linkings.length, 1);
    });

    const kPackets = ['', '4', '4x', '49', '42', '42[', '42{}', '42[]', '42[5]', '42[null]', '42["request"', '42["request"]',
      '42["request",1,2]', '42["request",null]', '42["other",{"t":"GET"}]', '42["response",{"t":"GET"}]', '42["connect",{}]',
      '42["disconnect"]', '42/other,["request",{"t":"GET"}]', '42/other', '421["request"]', '429999999999999999999["request",{"t":"GET"}]',
      '42-1["request",{}]', '43999[]', '43[]', '43', '40', '40{"sid":"again"}', '44{"message":"busy"}',
      '451-["request",{"_placeholder":true,"num":0}]', '45-["request"]', '4599999999999-["request"]', '450-["request",{"t":"GET"}]', '46',
      '461-1[{"_placeholder":true,"num":5}]', '0{"sid":"x"}', '3', '5', '6', '7', 'b4AAAA', '41', '1',
      `42["request",${'['.repeat(30000)}${']'.repeat(30000)}]`, `42[${'"x",'.repeat(15000)}1]`, `42["${'x'.repeat(50000)}"]`,
      `42["request",{"t":"${'x'.repeat(10 << 20)}"}]`, Buffer.from('{"t":"GET"}'), Buffer.alloc(10 << 20), '\u0000',
      '42["request",{"t":"GET"}]\u001e42["request",{"t":"GET"}]'];
    test('packets that are none, or mean nothing here, in mid-session', async () => {
      for (const packet of kPackets) {
        const said = `${packet}`.slice(0, 60);
        place.session.wire.send(packet);
        try {
          place.session = await alive(place.remote, place.session);
        } catch (error) {
          throw new Error(`after ${said}: ${error.message}`, { cause: error });
        }
      }
      await works(place.server);
      assert.equal(place.remote.linkings.length, 1);
    });

    test('binary in a request is refused or closed, not understood', async () => {
      for (const object of [{ t: 'GET', x: Buffer.from('abc') }, Buffer.from('{"t":"GET"}'), { t: Buffer.from('GET') }]) {
        place.session.send(object);
        place.session = await alive(place.remote, place.session);
      }
    });

    test('a ping of Engine.IO is answered', async () => {
      const { session, remote } = place, heard = [];
      session.wire.on('message', (data) => { heard.push(data.toString()); remote.events.emit('change'); });
      session.wire.send('2');
      await remote.seen('a pong', () => heard.includes('3'));
    });

    test('64 KiB are the most here too', async () => {
      const { session, remote } = place;
      assert.equal((await session.ask({ t: 'GET', x: 'x'.repeat(60000) })).s, 2000);
      session.send({ t: 'GET', x: 'x'.repeat(70000) });
      await session.ended();
      place.session = await alive(remote, session);
      await works(place.server);
    });
  });

  describe('bad HTTP', { concurrency: 4 }, () => {
    test('a server that closes at once: 4310, 4400 by the place; then all is well', async (t) => {
      const remote = await Remote.start(t);
      remote.trap = closes;
      const { server, trail } = await houseOf(t, remote);
      await trail.to(4310);
      await works(server);
      remote.trap = null;
      await trail.to(2000);
      const session = await remote.session();
      remote.trap = closes;
      session.wire.terminate();
      assert.deepEqual(await trail.to(4400), [4400]);
      assert.deepEqual(await trail.to(4400), [1400, 4400]);
      remote.trap = null;
      await trail.to(2000);
      await remote.session();
    });

    test('a base URL of 10 MB, without end, or with 1 MB of headers hurts nobody', async (t) => {
      const remote = await Remote.start(t), internet = await Internet.start(t);
      const { server, session } = await connected(t, remote, { tests: true, internet_url: internet.url });
      let one = session;
      for (const answer of [(_, res) => res.end(Buffer.alloc(10 << 20)), (_, res) => res.writeHead(200, { X: 'x'.repeat(1 << 20) }).end(),
        (_, res) => { const more = () => { while (res.write(Buffer.alloc(65536)) && !res.destroyed); }; res.on('drain', more); more(); },
        (_, res) => res.socket.end('nonsense'), (_,
          res) => res.socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')]) {
        remote.onBase = answer;
        const before = remote.requests.length;
        one.wire.terminate();
        await remote.seen('the question', () => remote.requests.length > before);
        await works(server);
        remote.onBase = null;
        one = await alive(remote, await remote.session());
      }
    });

    test('connected, revoked, gone, back, again and again, while commands come in', async (t) => {
      const remote = await Remote.start(t);
      const { server, session } = await connected(t, remote);
      let one = session;
      for (let i = 0; i < 8; ++i) {
        for (let n = 0; n < 20; ++n) one.send({ t: 'CMD', c: 'Hall.toggle' });
        if (i % 2 === 0) { remote.revoke('close'); remote.link(); } else one.wire.terminate();
        one = await alive(remote, await remote.session());
      }
      await works(server);
    });
  });
});
