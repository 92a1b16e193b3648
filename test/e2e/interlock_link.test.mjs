// Linking: what the house tells the server of itself, what it does with the answers, and what becomes of the token.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  begin, connected, contentFor, dataFolder, hold, houseOf, json, keepsSilent, kept, quick, Remote, status, Trail, works,
} from './lib/interlock.mjs';
import { prepareServer } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const kPath = '/interlock/api/local_servers/';
const mode = (server, name) => statSync(path.join(dataFolder(server), name)).mode & 0o777;
const keptToken = (server) => until('the kept token', () => kept(server, 'token.json'));

// {machine id, parameters} of a request to the linking API; both ways of decoding mean the same.
function asked({ url }) {
  assert.match(url, /^[\x21-\x7e]+$/, 'encoded');
  const [at, query] = url.slice(kPath.length).split('?');
  const parameters = Object.fromEntries(query.split('&').map((pair) => pair.split('=').map(decodeURIComponent)));
  assert.deepEqual(parameters, Object.fromEntries(new URLSearchParams(query)));
  return { id: decodeURIComponent(at), parameters };
}

describe('linking', { concurrency: 4 }, () => {
  test('the machine is named in the path, the rest in the query', async (t) => {
    const remote = await Remote.start(t);
    await connected(t, remote, { machine_secret: 'hush-hush' });
    assert.equal(remote.linkings.length, 1);
    assert.equal(remote.linkings[0].method, 'GET');
    const { id, parameters } = asked(remote.linkings[0]);
    assert.equal(id, 'house-1');
    assert.deepEqual(Object.keys(parameters).sort(), ['hub_version', 'machine_name', 'os', 'os_version', 'secret']);
    assert.equal(parameters.secret, 'hush-hush');
    for (const [key, value] of Object.entries(parameters)) assert.ok(value.length > 0, key);
    assert.match(parameters.hub_version, /\d/);
    assert.match(remote.linkings[0].headers.host, new RegExp(`^${remote.host}:${remote.port}$`));
  });

  for (const transport of ['websocket', 'socketio'])
    test(`id, secret and token may have any characters (${transport})`, async (t) => {
      const odd = 'ü/..?a=b&c#d %20+%zz"\\;é€😀';
      const remote = await Remote.start(t, { transport, linked: false });
      remote.link(`T ${odd}`);
      const { session } = await connected(t, remote, { machine_id: `M ${odd}`, machine_secret: `S ${odd}` });
      const { id, parameters } = asked(remote.linkings[0]);
      assert.deepEqual([id, parameters.secret], [`M ${odd}`, `S ${odd}`]);
      assert.equal(session.token, `T ${odd}`);
      const { url } = remote.attempts[0];
      assert.match(url, transport === 'websocket' ? /^\/\?token=[\x21-\x7e]+$/ : /^\/socket\.io\/\?(?=.*EIO=4)(?=.*transport=websocket)/);
      assert.match(url, /^[\x21-\x7e]+$/, 'encoded');
      assert.equal(url.includes('+'), false, 'a plus may be read as a space');
    });

  test('without machine_id and secret both are made at the first start, and stay', async (t) => {
    const remote = await Remote.start(t, { linked: false });
    const { server, trail } = await houseOf(t, remote, { machine_id: '', machine_secret: '' });
    await trail.to(1310);
    const first = asked(remote.linkings[0]);
    assert.ok(first.id.length >= 8 && first.parameters.secret.length >= 16, JSON.stringify(first));
    assert.notEqual(first.id, first.parameters.secret);
    assert.equal(mode(server, 'identity.json'), 0o600);
    const before = remote.linkings.length;
    await server.stop();
    await begin(server);
    await remote.seen('another question', () => remote.linkings.length > before + 1);
    assert.deepEqual(asked(remote.linkings.at(-1)), first);
    await keepsSilent(server, first.parameters.secret);
    const other = await Remote.start(t, { linked: false });
    await (await houseOf(t, other, { machine_id: '', machine_secret: '' })).trail.to(1310);
    const second = asked(other.linkings[0]);
    assert.notEqual(second.id, first.id);
    assert.notEqual(second.parameters.secret, first.parameters.secret);
  });

  test('an error is told in the log with its msg, 4300 or 4310 by its kind, and linking goes on', async (t) => {
    const remote = await Remote.start(t, { linked: false });
    const { server, trail } = await houseOf(t, remote);
    await trail.to(1310);
    for (const [answer, code] of [[401, 4300], [403, 4300], [400, 4310], [404, 4310], [429, 4310], [500, 4310], [503, 4310]]) {
      remote.onLink = (_, res) => json(res, answer, { msg: `no-${answer}-today` });
      assert.deepEqual(await trail.to(code), [code], `${answer}`);
      if (code === 4300) await server.logged(new RegExp(`no-${answer}-today`));
      remote.onLink = null;
      await trail.to(1310);
    }
    remote.onLink = (_, res) => res.writeHead(403).end('no JSON at all');
    await trail.to(4300);
    remote.onLink = (_, res) => json(res, 401, { msg: `two\nlines ${'x'.repeat(60000)}` });
    const before = remote.linkings.length;
    await remote.seen('more questions', () => remote.linkings.length > before + 2);
    assert.equal(/^lines x/m.test(server.launchLog), false, 'a line of the log is a line');
    remote.onLink = null;
    remote.link();
    await trail.to(2000);
  });

  test('any answer that isn\'t one is 4310, and the next right one links', async (t) => {
    const remote = await Remote.start(t, { linked: false }), elsewhere = await Remote.start(t);
    const { server, trail } = await houseOf(t, remote);
    await trail.to(1310);
    const text = (body, headers = {}) => (_, res) => res.writeHead(200, headers).end(body);
    const wrong = [text(''), text('{"user_token":'), text('hello'), text('[]'), text('"token"'), text('null'), text('{}'),
      text('{"user_token":5}'), text('{"user_token":true}'), text('{"user_token":["a"]}'), text('{"user_token":{"a":"b"}}'),
      text('{"user_token":""}'), text(Buffer.from('{"user_token":"\xff\xfe"}', 'latin1')), text(`${'['.repeat(30000)}`),
      text(`{"user_token":"a","x":${'['.repeat(10000)}${']'.repeat(10000)}}`), text(`{"user_token":"${'x'.repeat(70000)}"}`),
      text(`{"user_token":"a","more":"${'x'.repeat(10 << 20)}"}`), text('{"user_token":"a"} and more'),
      (_, res) => json(res, 201, { user_token: 'a' }), (_, res) => res.writeHead(204).end(), (_, res) => res.destroy(),
      (_, res) => { res.writeHead(200, { 'Content-Length': 1000 }); res.write('{"user_token":"a"'); res.destroy(); },
      (_, res) => res.socket.end('nonsense\r\n\r\n'), (_, res) => res.socket.end('HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}'),
      (_, res) => res.socket.end(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(1 << 20)}\r\n\r\n{}`),
      ...[301, 302, 303, 307, 308].map((code) => (_, res) => res.writeHead(code, { Location: `${elsewhere.url}${kPath}house-1` }).end()),
    ];
    for (const [i, answer] of wrong.entries()) {
      remote.onLink = answer;
      assert.deepEqual(await trail.to(4310), [4310], `answer ${i}: ${answer}`);
      remote.onLink = null;
      assert.deepEqual(await trail.to(1310), [1310], `after answer ${i}`);
    }
    assert.equal(elsewhere.tcp, 0, 'redirects are not followed');
    assert.equal(remote.attempts.length, 0);
    await works(server);
    remote.link();
    await trail.to(2000);
  });

  test('a server that goes away while it is asked is 4310, and asked again', async (t) => {
    const remote = await Remote.start(t, { linked: false });
    const { trail } = await houseOf(t, remote);
    await trail.to(1310);
    await remote.vanish();
    assert.deepEqual(await trail.to(4310), [4310]);
    await remote.appear();
    assert.deepEqual(await trail.to(1310), [1310]);
    remote.onLink = hold();
    await remote.seen('a question', () => remote.onLink.held.length > 0);
    remote.cut();
    assert.deepEqual(await trail.to(4310), [4310]);
  });

  for (const transport of ['websocket', 'socketio'])
    test(`the token is kept, readable for nobody else, and used again after a restart (${transport})`, async (t) => {
      const remote = await Remote.start(t, { transport });
      const { server, content } = await connected(t, remote);
      const { token } = remote;
      assert.ok((await keptToken(server)).includes(token));
      assert.equal(mode(server, 'token.json'), 0o600);
      assert.equal(statSync(dataFolder(server)).mode & 0o777, 0o700);
      for (const kill of [false, true]) {
        remote.token = null;
        const before = remote.linkings.length;
        if (kill) await server.kill9();
        else await server.stop();
        await begin(server);
        assert.equal((await remote.session()).token, token);
        await until('the status', async () => (await status(server)).code === 2000);
        assert.equal(remote.linkings.length, before, 'no linking');
      }
      // The codes of such a start.
      const again = contentFor(remote, { ...content.interlock, listen: '127.0.0.1:0', retry_s: 0.06 });
      const trail = await Trail.follow(t, server);
      server.reload(again);
      assert.deepEqual((await trail.to(2000)).filter((code) => code !== 'off'), [1000, 1100, 1110, 1300, 2300, 1400, 2000]);
    });

  test('another server doesn\'t get it', async (t) => {
    const remote = await Remote.start(t), other = await Remote.start(t, { linked: false });
    const { server, trail, content, session } = await connected(t, remote);
    await keptToken(server);
    server.reload({ ...content, interlock: { ...content.interlock, server: other.url } });
    await trail.to(1310);
    await session.ended();
    await other.seen('questions', () => other.linkings.length > 2);
    assert.equal(other.told.includes(remote.token), false);
    assert.equal(other.attempts.length, 0);
    other.link('of-the-other-server');
    await trail.to(2000);
    assert.equal((await other.session()).token, 'of-the-other-server');
    await server.stop();
    await begin(server);
    await other.session();
    assert.equal(other.told.includes(remote.token), false);
    assert.equal(remote.told.includes('of-the-other-server'), false);
  });

  for (const [what, text] of [['nothing', ''], ['no JSON', 'hello'], ['wrong types', '{"token":5,"server":[]}'], ['an array', '[]'],
    ['deep nesting', '['.repeat(100000)], ['10 MB', 'x'.repeat(10 << 20)], ['zeros', '\0'.repeat(200)]])
    test(`a kept token of ${what} is as none: the house links again`, async (t) => {
      const remote = await Remote.start(t);
      const { server } = await connected(t, remote);
      await keptToken(server);
      await server.stop();
      writeFileSync(path.join(dataFolder(server), 'token.json'), text);
      await begin(server);
      await remote.session();
      assert.equal(remote.linkings.length, 2);
      assert.equal(mode(server, 'token.json'), 0o600);
    });

  test('the log, hearthctl and the page tell neither token nor secret, whatever happens', async (t) => {
    const remote = await Remote.start(t, { linked: false });
    const { server, trail } = await houseOf(t, remote, { machine_secret: 'my secret/1', tests: true, internet_url: `${remote.url}/` });
    await trail.to(1310);
    for (const answer of [(_, res) => json(res, 500, { msg: 'ill' }), (_, res) => res.socket.end('nonsense'),
      (_, res) => res.writeHead(302, { Location: remote.url }).end(), (_, res) => res.writeHead(200).end('{"user_token":"tok en/1"')]) {
      remote.onLink = answer;
      await trail.to(4310);
      remote.onLink = null;
      await trail.to(1310);
    }
    remote.link('tok en/1');
    await trail.to(2000);
    const session = await remote.session();
    session.wire.terminate();
    await trail.to(2000);
    await remote.session();
    remote.revoke('close');
    await trail.to(1310);
    remote.onLink = (_, res) => json(res, 403, { msg: 'go away' });
    await trail.to(4300);
    await keepsSilent(server, 'tok en/1', 'my secret/1', 'tok+en', 'my+secret');
    const files = readdirSync(server.stateDir).filter((name) => name.startsWith('hearth.db'));
    for (const name of files) assert.equal(readFileSync(path.join(server.stateDir, name)).includes('my secret/1'), false, name);
  });

  test('a house whose folder was emptied links anew', async (t) => {
    const remote = await Remote.start(t);
    const server = await begin(prepareServer(t, contentFor(remote, quick)));
    await remote.session();
    await keptToken(server);
    await server.stop();
    rmSync(dataFolder(server), { recursive: true });
    await begin(server);
    await remote.session();
    assert.equal(remote.linkings.length, 2);
  });
});
