// What killed or filled other servers: known packets, stalled and greedy clients, many connections. Others must notice nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, before, describe, test } from 'node:test';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { echoes, houseFor, kSeparator, ours, Polling, Session, socket } from './lib/socketio.mjs';
import { closing, frame, Http, kBinary, kClose, kPing, kText, once, request, upgradeRequest, Wire } from './lib/socketio_wire.mjs';
import { patience, until, within } from './lib/until.mjs';

const kMiB = 1 << 20;
const kMost = (patience > 1 ? 600 : 64) * kMiB;  // sanitizers keep what was freed
const kUpgrade = '/engine.io/?EIO=4&transport=websocket';
const kGet = '/engine.io/?EIO=4&transport=polling';

// The process that serves: the plugin's own, if it has one.
const serving = async (where, plugin) => (await where.server?.plugin(plugin))?.pid ?? where.pid;
const resident = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'latin1').match(/VmRSS:\s+(\d+) kB/)[1]) * 1024;

describe('attacks', () => {
  const where = houseFor('socketio_echo', { ping_interval_ms: 700, ping_timeout_ms: 500 });

  // What the idle server needs, before anything happened to it.
  let pid, idle;
  before(async () => {
    pid = await serving(where, 'socketio_echo');
    idle = resident(pid);
  });
  const bounded = (what, most = resident(pid)) =>
    assert.ok(ours.skip || most - idle < kMost, `${Math.round((most - idle) / kMiB)} MiB more, ${what}`);

  // A new client is served, on each transport, and the server is the one that it was.
  afterEach(async () => {
    const ws = await socket(where);
    await echoes(ws);
    ws.destroy();
    const one = await Polling.open(where);
    await one.say('4x');
    assert.deepEqual(await one.packets(), ['4x']);
    one.destroy();
  });

  // ---- Packets of CVEs --------------------------------------------------------------------------------------------------

  for (const [what, bytes] of [['reserved bits 2 and 3', frame(kText, '4a', { rsv: 3 })],
    ['an unmasked frame', frame(kText, 'x', { mask: false })],
    ['a close without sense', frame(kClose, closing(0))], ['nonsense', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a frame of 2^63 bytes', Buffer.from('81ffffffffffffffffff00000000', 'hex')]])
    test(`CVE-2022-21676: ${what} in one piece with the handshake, also of an upgrade`, async () => {
      const one = await Polling.open(where);
      for (const target of [kUpgrade, one.upgradeTarget, kUpgrade.replace('EIO=4', 'EIO=3')]) {
        const wire = await Wire.open(where);
        wire.write(Buffer.concat([upgradeRequest(target), bytes]));
        await wire.gone();
      }
      await one.say('4alive');
      one.destroy();
    });

  test('CVE-2022-41940: upgrade requests that are reset at every moment', async () => {
    const one = await Polling.open(where);
    const whole = upgradeRequest(kUpgrade);
    const odd = [upgradeRequest(kUpgrade, { Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA' }), upgradeRequest('/nothing/'),
      upgradeRequest(kUpgrade, { 'Sec-WebSocket-Key': null }), upgradeRequest(one.upgradeTarget), upgradeRequest('/'), whole];
    for (const bytes of [...odd, ...Array.from({ length: 20 }, (_, i) => whole.subarray(0, i * 10))]) {
      const wire = await Wire.open(where);
      wire.write(bytes);
      await turn();
      wire.reset();
      const slow = await Wire.open(where);
      slow.write(bytes);
      await pause(5);
      slow.reset();
    }
    await one.say('4alive');
    one.destroy();
  });

  test('CVE-2023-31125: upgrades with queries that name what is no transport', async () => {
    const one = await Polling.open(where);
    for (const query of ['transport=polling', 'transport=constructor', 'transport=__proto__', 'transport=webtransport', 'transport=',
      'transport[]=websocket', 'transport=websocket&transport=polling', 'EIO=4', '', `transport=polling&sid=${one.sid}`, 'sid=__proto__',
      `transport=constructor&sid=${one.sid}`, `transport=websocket&sid=${one.sid}&sid=x`, 'transport=websocket&sid=toString']) {
      const http = await Http.open(where);
      http.wire.write(upgradeRequest(`/engine.io/?EIO=4&${query}`));
      const answer = await http.answer();
      if (answer.status !== 101) assert.equal(answer.status, 400, query);
      http.wire.destroy();
    }
    await one.say('4alive');
    one.destroy();
  });

  for (const transport of ['websocket', 'polling'])
    test(`CVE-2023-32695: an event whose name is an object (${transport})`, async (t) => {
      for (const packet of ['42[{"toString":"foo"}]', '42[{"toString":null,"valueOf":1}]', '421[{"toString":"x"}]',
        '42[{"__proto__":{"toString":1}}]', '42/custom,[{"toString":"x"}]']) {
        const session = await Session.open(t, where, { transport });
        await session.connect();
        if (packet.includes('custom')) await session.connect(undefined, '/custom').catch(() => {});
        session.send(packet);
        await until('the end', () => session.over);
      }
    });

  // The parser of that day joined its packet character by character.
  for (const [what, packet] of [['digits of a number of attachments', `45${'1'.repeat(900000)}`],
    ['digits of an id', `42${'1'.repeat(900000)}`],
    ['a namespace without an end', `42/${'a'.repeat(900000)}`], ['a namespace to join', `40/${'a'.repeat(900000)},`],
    ['brackets', `42["message",${'['.repeat(450000)}${']'.repeat(450000)}]`], ['open brackets', `42${'['.repeat(900000)}`],
    ['braces', `42["message",${'{"a":'.repeat(150000)}1${'}'.repeat(150000)}]`], ['commas', `42["message"${',1'.repeat(450000)}]`]])
    test(`CVE-2020-36049: ${what} in great number cost neither time nor memory`, /brac|comma/.test(what) ? ours : {}, async (t) => {
      const begin = Date.now();
      for (let i = 0; i < 5; ++i) {
        const session = await Session.open(t, where);
        await session.connect();
        await session.next();
        session.send(packet, '42["message"]');
        await within(5000, 'an answer or the end', Promise.race([session.next(), until('the end', () => session.over)]).catch(() => {}));
        session.link.destroy();
      }
      assert.ok(Date.now() - begin < 5000 * patience);
      bounded('after five of them');
    });

  test('binary events that wait for their last attachment are bounded', async (t) => {
    for (let i = 0; i < 3; ++i) {
      const session = await Session.open(t, where);
      await session.connect();
      await session.next();
      const args = Array.from({ length: 10 }, (_, num) => ({ _placeholder: true, num }));
      session.send(`4510-${JSON.stringify(['message', ...args])}`, ...Array.from({ length: 9 }, () => Buffer.alloc(900000)));
      await new Promise((sent) => session.link.wire.socket.write(frame(kPing), sent));
    }
    bounded('for three of them');
  });

  // ---- Clients that stall -----------------------------------------------------------------------------------------------

  test('a stalled frame holds up nobody', async () => {
    const stalled = [];
    for (const bytes of [frame(kText, '4abc', { size: 900 }), frame(kBinary, 'x', { size: 70000 }), frame(kText, '4', { fin: false }),
      frame(kText, '4abcdef').subarray(0, 1), frame(kText, '4abcdef').subarray(0, 4)]) {
      const ws = await socket(where);
      ws.wire.write(bytes);
      stalled.push(ws);
    }
    const other = await socket(where);
    for (let i = 0; i < 50; ++i) await echoes(other);
    for (const ws of stalled) ws.destroy();
    other.destroy();
  });

  test('requests that never end hold up nobody', async () => {
    const one = await Polling.open(where);
    const halves = [request('GET', kGet).subarray(0, 20), request('GET', kGet).subarray(0, -2), Buffer.from('G'), Buffer.alloc(0),
      request('POST', kGet, { headers: { 'Content-Length': 100 } }), upgradeRequest(kUpgrade).subarray(0, 60),
      request('POST', kGet, { headers: { 'Transfer-Encoding': 'chunked' } })];
    const wires = await Promise.all(Array.from({ length: 70 }, async (_, i) => (await Wire.open(where)).write(halves[i % halves.length])));
    for (let i = 0; i < 20; ++i) {
      await one.say(`4${i}`);
      assert.deepEqual((await one.packets()).filter((packet) => packet !== '2'), [`4${i}`]);
      await one.say('3');
    }
    for (const wire of wires) wire.destroy();
    one.destroy();
  });

  test('a reader that stops is bounded in memory, and others are served meanwhile', ours, async (t) => {
    let most = idle;
    const greedy = await socket(where), other = await Session.open(t, where);
    await other.connect();
    await other.next();
    greedy.wire.socket.pause();
    const piece = Buffer.concat(Array.from({ length: 16 }, () => frame(kText, `4${'x'.repeat(65000)}`)));
    let sent = 0;
    for (let stalls = 0; !greedy.wire.closed && !greedy.wire.socket.destroyed && sent < 256 * kMiB && stalls < 3; ) {
      const went = new Promise((resolve) => greedy.wire.socket.write(piece, () => resolve(true)));
      stalls = (await Promise.race([went, pause(300, false)])) ? 0 : stalls + 1;
      sent += piece.length;
      most = Math.max(most, resident(pid));
      other.emit('message', sent);
      assert.deepEqual(await other.event(), ['message-back', sent]);
    }
    bounded(`of ${sent / kMiB} MiB sent`, most);
    greedy.destroy();
  });

  test('a polling client that posts and never polls is bounded in memory', ours, async () => {
    const one = await Polling.open(where);
    const body = ['3', ...Array.from({ length: 9 }, () => `4${'x'.repeat(100000)}`)].join(kSeparator);
    let sent = 0, most = idle;
    for (; sent < 256 * kMiB && (await one.post(body)).status === 200; sent += body.length) most = Math.max(most, resident(pid));
    bounded(`of ${Math.round(sent / kMiB)} MiB sent`, most);
    one.destroy();
  });

  // ---- Many -------------------------------------------------------------------------------------------------------------

  test('two hundred clients of each transport are served, and their end is noticed by nobody', async () => {
    const count = 200;
    const sockets = await Promise.all(Array.from({ length: count }, () => socket(where)));
    const polls = await Promise.all(Array.from({ length: count }, () => Polling.open(where)));
    await Promise.all(sockets.map(async (ws, i) => {
      ws.send('3', `4${i}`);
      let heard;
      do heard = await ws.message(); while (heard === '2');
      assert.equal(heard, `4${i}`);
    }));
    assert.equal(new Set([...sockets, ...polls].map(({ sid }) => sid)).size, 2 * count);
    for (const ws of sockets) ws.wire.reset();
    for (const one of polls) one.destroy();
  });

  test('session ids are guessed in vain, thousands on one connection', async () => {
    const http = await Http.open(where);
    const batch = 500;
    for (let i = 0; i < 10; ++i) {
      http.wire.write(Buffer.concat(Array.from({ length: batch }, (_, n) => request('GET', `${kGet}&sid=${i * batch + n}`))));
      for (let n = 0; n < batch; ++n) assert.equal((await http.answer()).status, 400);
    }
    http.wire.destroy();
  });
});

describe('no descriptors left', ours, () => {
  const where = houseFor('socketio_echo');

  test('those who are in are served, those who come later are in when others have gone', async () => {
    const ws = await socket(where);
    const pid = await serving(where, 'socketio_echo');
    const open = readdirSync(`/proc/${pid}/fd`).length;
    execFileSync('prlimit', ['--pid', String(pid), `--nofile=${open + 20}:`]);
    const wires = await Promise.all(Array.from({ length: 60 }, () => Wire.open(where)));
    for (let i = 0; i < 20; ++i) await echoes(ws);
    const used = () => {  // ticks of 10 ms
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
      return Number(fields[11]) + Number(fields[12]);
    };
    const ticks = used();
    await pause(500);
    assert.ok(used() - ticks < 35 * patience, `${(used() - ticks) * 10} ms of 500 ms spent on connections that it cannot take`);
    for (const wire of wires) wire.destroy();
    await until('a new client is served', async () => {
      const answer = await once(where, 'GET', kGet, { ms: 1000 });
      return answer.status === 200;
    });
    await echoes(ws);
    ws.destroy();
  });
});
