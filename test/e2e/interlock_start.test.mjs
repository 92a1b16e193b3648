// How Interlock starts: the codes in their order, the tests and their repetition, and a house that doesn't wait for any of it.
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, test } from 'node:test';
import { House } from './lib/athome.mjs';
import {
  begin, connected, contentFor, hold, houseOf, Internet, lamp, meaning, quick, Remote, status, works,
} from './lib/interlock.mjs';
import { once } from './lib/socketio_wire.mjs';
import { prepareServer } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const kBegin = [1000, 1100, 1110], kTests = [1200, 1210, 1211, 2210, 1212, 2200], kEnd = [2300, 1400, 2000];
const tested = (internet) => ({ tests: true, internet_url: `${internet.url}/nm` });

// AtHome switches the house's lamp.
async function athomeSwitches(server) {
  const home = await new House(server).open();
  const number = await home.number('hall');
  for (const [request, on] of [['On', true], ['Off', false]]) {
    await home.asked(request, { 'device-id': number });
    assert.equal(await home.on('hall'), on);
  }
}

describe('the start', { concurrency: 4 }, () => {
  for (const transport of ['websocket', 'socketio'])
    test(`each code in its order, then the connection (${transport})`, async (t) => {
      const remote = await Remote.start(t, { transport }), internet = await Internet.start(t);
      const { server, trail } = await houseOf(t, remote, tested(internet));
      assert.deepEqual(await trail.to(2000), [...kBegin, ...kTests, 1300, ...kEnd]);
      await remote.session();
      assert.deepEqual(internet.requests.map(({ method, url }) => [method, url]), [['GET', '/nm']]);
      assert.deepEqual(remote.requests.map(({ method, url }) => [method, url.split('?')[0]]),
        [['GET', '/'], ['GET', '/interlock/api/local_servers/house-1']], 'the test, then linking');
      assert.equal(remote.attempts.length, 1);
      const shown = await status(server);
      assert.deepEqual([shown.code, shown.name, shown.class], [2000, 'OK', 'SUCCESS']);
      assert.deepEqual(trail.rest, []);
    });

  test('nobody has linked yet: 1310 until somebody does', async (t) => {
    const remote = await Remote.start(t, { linked: false }), internet = await Internet.start(t);
    const { trail } = await houseOf(t, remote, tested(internet));
    assert.deepEqual(await trail.to(1310), [...kBegin, ...kTests, 1300, 1310]);
    await remote.seen('more questions', () => remote.linkings.length >= 4);
    assert.deepEqual(trail.rest, [], 'it is said once');
    remote.link();
    assert.deepEqual(await trail.to(2000), kEnd);
  });

  test('tests = false: neither the internet nor the base URL is asked', async (t) => {
    const remote = await Remote.start(t), internet = await Internet.start(t);
    const { trail } = await houseOf(t, remote, { ...tested(internet), tests: false });
    assert.deepEqual(await trail.to(2000), [...kBegin, 1300, ...kEnd]);
    assert.equal(internet.tcp, 0);
    assert.deepEqual(remote.requests.filter(({ url }) => url === '/'), []);
  });

  test('no internet: 4211 once, the test is repeated, AtHome switches meanwhile; then it goes on', async (t) => {
    const remote = await Remote.start(t), internet = await Internet.start(t);
    await internet.off();
    const { server, trail } = await houseOf(t, remote, tested(internet), { athome: { listen: '127.0.0.1:0' } });
    assert.deepEqual(await trail.to(4211), [...kBegin, 1200, 1210, 1211, 4200, 4210, 4211]);
    await athomeSwitches(server);
    assert.equal((await status(server)).code, 4211);
    assert.deepEqual(trail.rest, []);
    assert.equal(remote.tcp, 0, 'the server is not asked before');
    internet.status = 500;
    await internet.on();
    await internet.seen('an internet that is ill is asked again', () => internet.requests.length >= 3);
    assert.deepEqual(trail.rest, []);
    internet.status = 404;
    assert.deepEqual(await trail.to(2000), [2210, 1212, 2200, 1300, ...kEnd]);
    await athomeSwitches(server);
  });

  test('an internet that takes connections and never answers holds up nobody', async (t) => {
    const remote = await Remote.start(t), internet = await Internet.start(t);
    internet.answer = hold();
    const { server, trail } = await houseOf(t, remote, tested(internet), { athome: { listen: '127.0.0.1:0' } });
    await trail.to(1211);
    await internet.seen('the question', () => internet.answer.held.length > 0);
    await athomeSwitches(server);
    assert.equal((await status(server)).code, 1211);
    await server.stop();
  });

  for (const [what, ill] of [['away', async (remote) => remote.vanish()],
    ['closing at once', async (remote) => { remote.trap = (socket) => socket.destroy(); }],
    ['answering 500', async (remote) => { remote.onBase = (_, res) => res.writeHead(500).end('ill'); }]])
    test(`the server is ${what}: 4212 once, the test is repeated, AtHome switches meanwhile; then it goes on`, async (t) => {
      const remote = await Remote.start(t), internet = await Internet.start(t);
      await ill(remote);
      const { server, trail } = await houseOf(t, remote, tested(internet), { athome: { listen: '127.0.0.1:0' } });
      assert.deepEqual(await trail.to(4212), [...kBegin, 1200, 1210, 1211, 2210, 1212, 4200, 4210, 4212]);
      await athomeSwitches(server);
      assert.equal((await status(server)).code, 4212);
      assert.deepEqual(trail.rest, []);
      remote.trap = remote.onBase = null;
      if (what === 'away') await remote.appear();
      assert.deepEqual(await trail.to(2000), [2200, 1300, ...kEnd]);
    });

  test('an answer below 500 is a success, a redirect too, and it isn\'t followed', async (t) => {
    const internet = await Internet.start(t), elsewhere = await Remote.start(t), remote = await Remote.start(t);
    remote.onBase = (_, res) => res.writeHead(302, { Location: elsewhere.url }).end();
    internet.answer = (_, res) => res.writeHead(301, { Location: elsewhere.url }).end();
    const { trail } = await houseOf(t, remote, tested(internet));
    assert.deepEqual(await trail.to(2000), [...kBegin, ...kTests, 1300, ...kEnd]);
    assert.equal(elsewhere.tcp, 0);
  });

  test('the page\'s port is taken: 4100, 4110 and a line in the log; the rest goes on, and the page comes when it can', async (t) => {
    const remote = await Remote.start(t), squatter = net.createServer((socket) => socket.destroy());
    await new Promise((resolve) => { squatter.listen(0, remote.host, resolve); });
    t.after(() => squatter.close());
    const where = { host: remote.host, port: squatter.address().port };
    const { server, trail } = await houseOf(t, remote, { listen: `${where.host}:${where.port}` });
    const codes = await trail.to(2000);
    assert.deepEqual(codes.filter((code) => code !== 1110), [1000, 1100, 4100, 4110, 1300, ...kEnd]);
    assert.match(server.launchLog, new RegExp(`interlock.*${where.port}|${where.port}.*interlock`));
    await remote.session();
    await works(server);
    await new Promise((resolve) => { squatter.close(resolve); });
    const answer = await until('the page', () => once(where, 'GET', '/status'));
    assert.equal(JSON.parse(answer.text).code, 2000);
  });

  test('server = "": nothing is opened, nothing is dialled', async (t) => {
    const internet = await Internet.start(t);
    const off = { ...quick, ...tested(internet), server: '' };
    const server = await begin(prepareServer(t, { interlock: off, simulated: { device: [lamp] } }));
    const row = await server.plugin('interlock');
    assert.equal(row.state, 'running');
    assert.equal(row.notes?.listen, undefined);
    await works(server);
    assert.equal(internet.tcp, 0);
  });

  test('without listen there is no page, and all else', async (t) => {
    const remote = await Remote.start(t);
    const { server } = await connected(t, remote, { listen: '' });
    assert.equal((await server.plugin('interlock')).notes?.listen, undefined);
    await works(server);
  });

  test('taken out, its status is off; put in again, it starts from the first code', async (t) => {
    const remote = await Remote.start(t);
    const { server, trail, content, session } = await connected(t, remote);
    server.reload({ ...content, interlock: { ...content.interlock, server: '' } });
    await trail.to('off');
    await session.ended();
    server.reload(content);
    assert.deepEqual((await trail.to(2000)).filter((code) => code !== 'off'), [...kBegin, 1300, ...kEnd]);
    await server.ctl.text('plugins', 'unload', 'interlock');
    assert.deepEqual(await trail.to('off'), ['off']);
    await works(server);
  });

  for (const [what, settings] of [['a server that is no URL', { server: 'interlock' }], ['another scheme', { server: 'ftp://127.0.0.1' }],
    ['no host', { server: 'http://' }], ['a port out of range', { server: 'http://127.0.0.1:70000' }], ['another transport',
      { transport: 'pigeon' }], ['no retries', { retry_s: 0 }], ['an internet that is no URL', { internet_url: 'away' }]])
    test(`refused in words: ${what}`, async (t) => {
      const key = Object.keys(settings)[0];
      const server = prepareServer(t, contentFor({ url: 'http://127.0.0.1:9', transport: 'websocket' }, { tests: true, ...settings }));
      await begin(server);
      const row = await server.plugin('interlock');
      assert.notEqual(row.state, 'running');
      assert.match(row.reason, new RegExp(key), row.reason);
      await works(server);
    });
});

test('the codes that a test waits for have names', () => {
  assert.deepEqual(meaning(4212), ['NO_SERVER', 'error']);
  assert.deepEqual(meaning(3310), ['INVALID_TOKEN_REAUTH', 'warning']);
});
