// The status: its page, and lamps that show it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connected, hold, houseFor, houseOf, json, Remote, status, works } from './lib/interlock.mjs';
import { Http, once, request } from './lib/socketio_wire.mjs';
import { until } from './lib/until.mjs';

describe('the page', { concurrency: 8 }, () => {
  const place = houseFor({}, { origins: ['http://panel.example', 'https://b.example:8443'] });
  const ask = async (method, target, headers) => once(await place.server.listen('interlock'), method, target, { headers });

  test('GET /status: code, class, name, since', async () => {
    const answer = await ask('GET', '/status');
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'], /^application\/json/);
    const shown = JSON.parse(answer.text);
    assert.deepEqual(Object.keys(shown), ['code', 'class', 'name', 'since']);
    assert.deepEqual([shown.code, shown.class, shown.name], [2000, 'SUCCESS', 'OK']);
    assert.match(shown.since, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/);
    assert.ok(Date.parse(shown.since) <= Date.now() && Date.parse(shown.since) > Date.now() - 600000);
    assert.deepEqual(JSON.parse((await ask('GET', '/status')).text), shown, 'the same as long as it is so');
  });

  test('a query behind it changes nothing', async () => {
    for (const target of ['/status?', '/status?x=1', '/?x=y']) assert.equal((await ask('GET', target)).status, 200, target);
  });

  test('GET /: a small page with the status, and nothing that came from outside', async () => {
    const answer = await ask('GET', '/');
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'], /^text\/html; *charset=utf-8/i);
    assert.match(answer.text, /^<!doctype html>/i);
    for (const word of ['2000', 'OK']) assert.ok(answer.text.includes(word), word);
    assert.ok(answer.text.length < 8192);
    for (const secret of [place.remote.token, 'hush-hush']) assert.equal(answer.text.includes(secret), false);
  });

  // All that comes until the server closes.
  const whole = (http) => http.wire.read('the end', (bytes, closed) => closed && [bytes.toString('latin1'), bytes.length]);
  test('HEAD has the headers of GET, and no body', async () => {
    const where = await place.server.listen('interlock');
    for (const target of ['/', '/status']) {
      const full = await ask('GET', target), http = await Http.open(where);
      http.wire.write(request('HEAD', target, { headers: { Connection: 'close' } }));
      const text = await whole(http);
      assert.match(text, /^HTTP\/1\.1 200 /);
      assert.ok(text.endsWith('\r\n\r\n'), text);
      assert.match(text.toLowerCase(), new RegExp(`content-length: ${full.headers['content-length']}\\r\\n`));
    }
    const http = await Http.open(where);
    http.wire.write(request('HEAD', '/nothing', { headers: { Connection: 'close' } }));
    assert.match(await whole(http), /^HTTP\/1\.1 404 /);
  });

  test('other paths are 404, other methods 405', async () => {
    for (const target of ['/x', '/status/', '/Status', '/status.json', '//', '/../etc/passwd', '/%2e%2e/x', '/favicon.ico',
      '/token.json'])
      assert.equal((await ask('GET', target)).status, 404, target);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      for (const target of ['/', '/status']) {
        const answer = await ask(method, target);
        assert.equal(answer.status, 405, `${method} ${target}`);
        assert.match(answer.headers.allow, /GET/);
        assert.match(answer.headers.allow, /HEAD/);
      }
  });

  test('pages of the listed origins may read it, others not', async () => {
    for (const Origin of ['http://panel.example', 'https://b.example:8443'])
      assert.equal((await ask('GET', '/status', { Origin })).headers['access-control-allow-origin'], Origin);
    for (const Origin of ['http://other.example', 'null', 'https://panel.example', 'http://panel.example.evil', 'http://b.example:8443',
      '*'])
      assert.equal((await ask('GET', '/status', { Origin })).headers['access-control-allow-origin'], undefined, Origin);
    assert.equal((await ask('GET', '/status')).headers['access-control-allow-origin'], undefined);
    assert.match((await ask('GET', '/status', { Origin: 'http://panel.example' })).headers.vary ?? '', /origin/i);
  });

  test('nonsense on its port hurts nobody', async (t) => {
    const where = await place.server.listen('interlock');
    for (const bytes of ['nonsense\r\n\r\n', '\0'.repeat(1000), 'GET / HTTP/9.9\r\n\r\n', `GET /${'x'.repeat(1 << 20)} HTTP/1.1\r\n\r\n`,
      'GET', 'POST /status HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n',
      `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(100000)}`]) {
      const http = await Http.open(where);
      t.after(() => http.wire.destroy());
      http.wire.write(bytes);
      assert.equal((await ask('GET', '/status')).status, 200);
    }
  });
});

describe('settings of the page', { concurrency: 4 }, () => {
  test('by default no page of another origin may read it', async (t) => {
    const { server } = await connected(t, await Remote.start(t));
    const answer = await once(await server.listen('interlock'), 'GET', '/status', { headers: { Origin: 'http://panel.example' } });
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [200, undefined]);
  });

  for (const [allow, may] of [['127.0.0.0/8', true], ['10.0.0.0/8', false]])
    test(`allow ${allow}: this machine may${may ? '' : ' not'} ask`, async (t) => {
      const { server } = await connected(t, await Remote.start(t), { allow: [allow] });
      const answer = await once(await server.listen('interlock'), 'GET', '/status').catch(() => null);
      assert.equal(answer?.status === 200, may);
    });

  test('max_connections: one more is not served; when one leaves there is room', async (t) => {
    const { server } = await connected(t, await Remote.start(t), { max_connections: 3 });
    const where = await server.listen('interlock');
    const enter = async () => {
      const http = await Http.open(where);
      t.after(() => http.wire.destroy());
      const answer = await http.ask('GET', '/status', { ms: 2000 }).catch(() => null);
      return answer?.status === 200 ? http : null;
    };
    const inside = [await enter(), await enter(), await enter()];
    assert.ok(inside.every(Boolean));
    assert.equal(await enter(), null);
    inside[0].wire.destroy();
    await until('room', enter);
  });

  test('it tells each status as it comes, with its time', async (t) => {
    const remote = await Remote.start(t, { linked: false });
    const { server, trail } = await houseOf(t, remote);
    await trail.to(1310);
    const first = await status(server);
    assert.deepEqual([first.code, first.class, first.name], [1310, 'SETUP', 'NEEDS_USER_AUTH']);
    remote.onLink = (_, res) => json(res, 500, { msg: 'ill' });
    await trail.to(4310);
    const second = await status(server);
    assert.deepEqual([second.code, second.class, second.name], [4310, 'ERROR', 'GET_TOKEN_REQ_FAILED']);
    assert.ok(Date.parse(second.since) >= Date.parse(first.since));
    remote.onLink = null;
    remote.link();
    await trail.to(2000);
    const { r } = await (await remote.session()).ask({ t: 'GET' });
    assert.deepEqual(r.status, await status(server), 'GET tells the same');
  });
});

describe('lamps that show it', { concurrency: 4 }, () => {
  const kWords = ['setup', 'success', 'warning', 'error'];
  const simulated = { device: [{ id: 'led', name: 'Led', kind: 'light', shows: 'interlock' },
    ...kWords.map((word) => ({ id: word, name: word, kind: 'light', shows: 'interlock', shows_class: word })),
    { id: 'hall', name: 'Hall', kind: 'light' }, { id: 'stranger', name: 'Stranger', kind: 'light', shows: 'something_else' }] };
  const kPatterns = { setup: [true, 'slow'], success: [true, 'steady'], warning: [true, 'double'], error: [true, 'fast'],
    off: [false, 'none'] };

  const shown = async (server, id) => {
    const { state } = await server.device(`simulated:${id}`);
    return [state.on_off?.reported, state.pattern?.reported];
  };
  // The lamps show this class: all of them.
  const show = async (server, what) => {
    const wanted = (id) => (id === 'led' || id === what ? kPatterns[what] : kPatterns.off);
    for (const id of ['led', ...kWords]) {
      let last;
      await until(`${id} shows ${what}`, async () => {
        last = await shown(server, id);
        return `${last}` === `${wanted(id)}`;
      }).catch((error) => assert.deepEqual(last, wanted(id), `${id} in ${what}: ${error.message}`));
    }
    assert.deepEqual((await shown(server, 'stranger'))[0], false);
  };

  test('SETUP slow, SUCCESS steady, WARNING double, ERROR fast, off when it is gone', async (t) => {
    const remote = await Remote.start(t, { linked: false });
    const { server, trail } = await houseOf(t, remote, {}, { simulated });
    await trail.to(1310);
    await show(server, 'setup');
    remote.onLink = (_, res) => json(res, 500, { msg: 'ill' });
    await trail.to(4310);
    await show(server, 'error');
    remote.onLink = null;
    remote.link();
    await trail.to(2000);
    await show(server, 'success');
    remote.onLink = hold();
    remote.revoke('close');
    await trail.to(3300);
    await show(server, 'warning');
    await server.ctl.text('plugins', 'unload', 'interlock');
    await show(server, 'off');
    await works(server);
  });

  test('a lamp that comes later, or restarts, shows what is so', async (t) => {
    const remote = await Remote.start(t);
    const { server } = await connected(t, remote, {}, { simulated });
    await show(server, 'success');
    await server.ctl.text('plugins', 'reload', 'simulated');
    await show(server, 'success');
    await works(server);
  });

  test('it has a pattern, and others have none', async (t) => {
    const remote = await Remote.start(t);
    const { server } = await connected(t, remote, {}, { simulated });
    const names = async (id) => (await server.device(`simulated:${id}`)).capabilities.map((c) => c.name ?? c).sort();
    assert.deepEqual(await names('led'), ['on_off', 'pattern']);
    assert.deepEqual(await names('hall'), ['on_off']);
  });

  test('server = "": the lamps are off', async (t) => {
    const remote = await Remote.start(t);
    const { server, content } = await connected(t, remote, {}, { simulated });
    await show(server, 'success');
    server.reload({ ...content, interlock: { ...content.interlock, server: '' } });
    await show(server, 'off');
  });
});
