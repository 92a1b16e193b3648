// Connections that are lost, refused or revoked, and the way back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { begin, connected, hold, houseOf, Internet, keepsSilent, kept, lasted, Remote, refuse, works } from './lib/interlock.mjs';
import { until } from './lib/until.mjs';

const tested = (internet) => ({ tests: true, internet_url: internet.url });
const again = [2300, 1400, 2000];
const answers = async (session) => assert.equal((await session.ask({ t: 'GET' })).s, 2000);

// Codes without those of attempts that came too early.
const plain = (codes) => codes.filter((code,
  i) => !(code === 1400 && codes[i + 1] === 4400) && !(code === 4400 && codes[i - 1] === 1400));

describe('the way back', { concurrency: 2 }, () => {
  for (const transport of ['websocket', 'socketio'])
    describe(transport, { concurrency: 4 }, () => {
      const endings = [['cut off', ({ wire }) => wire.terminate()], ['reset', ({ wire }) => wire._socket.resetAndDestroy()],
        ['closed by the server', ({ wire }) => wire.close(1001, 'bye')], ['closed for an error', ({ wire }) => wire.close(1011)],
        ['closed for another policy', ({ wire }) => wire.close(1008, 'no')],
        ...(transport === 'socketio' ? [['disconnected by name', (session) => session.socket.disconnect(false)],
          ['disconnected', (session) => session.socket.disconnect(true)]] : [])];
      test('lost, whichever way: 4400, the tests quietly, 1400, 2000, with the same token', async (t) => {
        const remote = await Remote.start(t, { transport }), internet = await Internet.start(t);
        const { trail, session } = await connected(t, remote, tested(internet));
        let one = session;
        for (const [what, end] of [...endings, ...endings]) {
          const before = [internet.requests.length, remote.requests.length];
          end(one);
          assert.deepEqual(await trail.to(2000), [4400, 1400, 2000], what);
          one = await remote.session();
          await answers(one);
          assert.ok(internet.requests.length > before[0] && remote.requests.length > before[1], 'both tests again');
          assert.equal(one.token, remote.token);
        }
        assert.equal(remote.linkings.length, 1, 'linking was done');
      });

      test('the server vanishes: 4400, 4212; back on its port, it is found again', async (t) => {
        const remote = await Remote.start(t, { transport }), internet = await Internet.start(t);
        const { server, trail } = await connected(t, remote, tested(internet));
        for (let i = 0; i < 2; ++i) {
          await remote.vanish();
          assert.deepEqual(await trail.to(4212), [4400, 4212]);
          await works(server);
          assert.deepEqual(trail.rest, [], 'it is said once');
          await remote.appear();
          assert.deepEqual(plain(await trail.to(2000)), [1400, 2000]);
          await answers(await remote.session());
        }
      });

      test('the internet vanishes with it: 4400, 4211, then 4212', async (t) => {
        const remote = await Remote.start(t, { transport }), internet = await Internet.start(t);
        const { server, trail } = await connected(t, remote, tested(internet));
        await internet.off();
        await works(server);
        assert.deepEqual(trail.rest, [], 'a connection that stands is not tested');
        await remote.vanish();
        assert.deepEqual(await trail.to(4211), [4400, 4211]);
        await internet.on();
        assert.deepEqual(await trail.to(4212), [4212]);
        await remote.appear();
        assert.deepEqual(plain(await trail.to(2000)), [1400, 2000]);
        await remote.session();
      });

      test('without tests it is dialled again and again', async (t) => {
        const remote = await Remote.start(t, { transport });
        const { server, trail } = await connected(t, remote);
        await remote.vanish();
        assert.deepEqual(await trail.to(4400), [4400]);
        assert.deepEqual(await trail.to(4400), [1400, 4400]);
        assert.deepEqual(await trail.to(4400), [1400, 4400]);
        await works(server);
        await remote.appear();
        assert.deepEqual(plain(await trail.to(2000)).slice(-2), [1400, 2000]);
        await answers(await remote.session());
      });

      const refusals = [['503', (_, socket) => refuse(socket, '503 Service Unavailable', '{"msg":"busy"}')],
        ['401 for another reason', (_, socket) => refuse(socket, '401 Unauthorized', '{"msg":"MAINTENANCE"}')],
        ['401 without a body', (_, socket) => refuse(socket, '401 Unauthorized', '')],
        ['403 with the words of a 401', (_, socket) => refuse(socket, '403 Forbidden')]];
      test('an upgrade that is refused for another reason is 4400, and costs no token', async (t) => {
        const remote = await Remote.start(t, { transport });
        const { trail, session } = await connected(t, remote);
        let one = session;
        for (const [what, upgrade] of refusals) {
          remote.onUpgrade = upgrade;
          one.wire.terminate();
          await trail.to(4400);
          assert.deepEqual(await trail.to(4400), [1400, 4400], what);
          remote.onUpgrade = null;
          assert.deepEqual(plain(await trail.to(2000)), [1400, 2000], what);
          one = await remote.session();
        }
        assert.equal(remote.linkings.length, 1);
      });

      // How the token is refused when the house comes back, and how a session ends before.
      const kWays = transport === 'websocket' ? [['http', 'cut'], ['close', 'cut'], ['http', 'close'], ['close', 'close']]
        : [['http', 'cut'], ['connect_error', 'cut'], ['connect_error', 'disconnect'], ['http', 'disconnect']];
      for (const [refusal, how] of kWays)
        test(`revoked in mid-session (${how}), refused by ${refusal}: the token is forgotten, the house links again`, async (t) => {
          const remote = await Remote.start(t, { transport });
          const { server, trail, session } = await connected(t, remote);
          const old = remote.token;
          await until('the kept token', () => kept(server, 'token.json').includes(old));
          remote.refusal = refusal;
          remote.revoke(how);
          await session.ended();
          const codes = await trail.to(1310);
          assert.deepEqual(codes.slice(-3), [3310, 3300, 1310], `${codes}`);
          // A WebSocket's close tells at once; what ended otherwise is dialled first.
          const before = how === 'close' ? [] : [4400, 1400, ...(refusal === 'close' && codes.includes(2000) ? [2000] : [])];
          assert.deepEqual(codes.slice(0, -3), before);
          await works(server);
          const fresh = remote.link();
          assert.deepEqual(await trail.to(2000), again);
          const next = await remote.session();
          assert.equal(next.token, fresh);
          await answers(next);
          assert.equal(remote.attempts.filter(({ token }) => token === old).length, how === 'close' ? 1 : 2, 'refused once, forgotten');
          await until('the kept token', () => kept(server, 'token.json').includes(fresh));
          assert.equal(kept(server, 'token.json').includes(old), false);
          await keepsSilent(server, old, fresh);
        });

      test('a kept token that is no good any more at the start: 3310, 3300, linking', async (t) => {
        const remote = await Remote.start(t, { transport });
        const { server } = await connected(t, remote);
        const old = remote.token;
        await until('the kept token', () => kept(server, 'token.json').includes(old));
        await server.stop();
        remote.revoke();
        const fresh = remote.link();
        await begin(server);
        assert.equal((await remote.session()).token, fresh);
        assert.deepEqual(remote.attempts.map(({ token }) => token), [old, old, fresh]);
        assert.equal(remote.linkings.length, 2);
      });

      test('forgotten is forgotten: a restart while nobody has linked again doesn\'t try it', async (t) => {
        const remote = await Remote.start(t, { transport });
        const { server, trail } = await connected(t, remote);
        const old = remote.token;
        remote.revoke('cut');
        await trail.to(1310);
        await server.stop();
        await begin(server);
        const before = remote.linkings.length;
        await remote.seen('linking', () => remote.linkings.length > before + 1);
        assert.equal(remote.attempts.filter(({ token }) => token === old).length, 2);
      });

      test('a server that links and refuses each token makes 3310 again and again, with the back-off between', async (t) => {
        const remote = await Remote.start(t, { transport });
        const { server, trail } = await connected(t, remote);
        remote.revoke('cut');
        let made = 0;
        remote.onLink = (_, res) => res.writeHead(200).end(JSON.stringify({ user_token: `bad-${++made}` }));
        for (let i = 0; i < 4; ++i) await trail.to(3310);
        assert.deepEqual((await trail.to(3310)).slice(0, 1), [3300]);
        const bad = remote.attempts.filter(({ token }) => token.startsWith('bad-')), gaps = bad.slice(1).map(({ at }, i) => at - bad[i].at);
        // From the second refusal on: at least the half of the least back-off.
        for (const gap of gaps) assert.ok(gap >= 24, `${gaps}`);
        await works(server);
        remote.onLink = null;
        const good = remote.link();
        await trail.to(2000);
        assert.equal((await remote.session()).token, good);
      });

      test('revoked while linking waits for its answer', async (t) => {
        const remote = await Remote.start(t, { transport });
        const { server, trail } = await connected(t, remote);
        remote.onLink = hold();
        remote.revoke('cut');
        await remote.seen('the question', () => remote.onLink.held.length > 0);
        assert.deepEqual((await trail.to(3300)).slice(-2), [3310, 3300]);
        await works(server);
        const token = remote.link();
        for (const res of remote.onLink.held) res.writeHead(200).end(JSON.stringify({ user_token: token }));
        remote.onLink = null;
        assert.deepEqual(await trail.to(2000), again);
        await answers(await remote.session());
      });

      // The waits grow: the least that each may be is half of min * 2^n. That is a bound from below, that no slow machine breaks.
      for (const [what, ill] of [['refuses the upgrade', (remote) => { remote.onUpgrade = (_, socket) => refuse(socket, '503 Busy', ''); }],
        ['closes at once', (remote) => { remote.onUpgrade = (_, socket) => socket.destroy(); }],
        ['lets in and closes at once', (remote) => {
          remote.events.on('change', () => { for (const s of remote.sessions) if (s.open) s.wire.terminate(); });
        }]])
        test(`the back-off grows with a server that ${what}`, async (t) => {
          const remote = await Remote.start(t, { transport });
          ill(remote);
          await houseOf(t, remote, { backoff_max_s: 3600 });
          await remote.seen('attempts', () => remote.attempts.length >= 6, 10000);
          const gaps = remote.attempts.slice(1).map(({ at }, i) => at - remote.attempts[i].at);
          for (const [i, gap] of gaps.entries()) assert.ok(gap >= 24 * 2 ** i, `attempt ${i + 1}: ${gaps}`);
        });

      test('the back-off begins anew once a connection has lasted', async (t) => {
        const remote = await Remote.start(t, { transport });
        const { session } = await connected(t, remote, { backoff_max_s: 3600 });
        // Twelve waits in a row without a new beginning would be more than a minute.
        for (let i = 0, one = session; i < 4; ++i) {
          await lasted(one, 300);
          let left = 2;
          remote.onUpgrade = (req, socket, head) => {
            if (--left < 0) remote.accept(req, socket, head, remote.token);
            else socket.destroy();
          };
          one.wire.terminate();
          one = await remote.session(10000);
        }
      });
    });

  test('pings of the server are answered', async (t) => {
    const remote = await Remote.start(t);
    const { session } = await connected(t, remote);
    const pongs = [];
    session.wire.on('pong', (data) => { pongs.push(data.toString()); remote.events.emit('change'); });
    for (const text of ['', 'a', 'x'.repeat(125)]) session.wire.ping(text);
    await remote.seen('pongs', () => pongs.length === 3);
    assert.deepEqual(pongs, ['', 'a', 'x'.repeat(125)]);
  });
});
