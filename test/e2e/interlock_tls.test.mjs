// https and wss: whom the house believes, and whom not. The certificates are made by the command openssl.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { begin, connected, contentFor, houseOf, Internet, Remote, status, works } from './lib/interlock.mjs';
import { prepareServer } from './lib/server.mjs';
import { Wire } from './lib/socketio_wire.mjs';
import { until } from './lib/until.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'hearth-interlock-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name) => path.join(folder, name);
const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
const kKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function authority(name) {
  openssl('req', '-x509', ...kKey, '-days', '2', '-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE', '-keyout',
    at(`${name}.key`), '-out', at(`${name}.pem`));
  return at(`${name}.pem`);
}

// {key, cert} for these names.
function certificate(name, by, names, days = 2) {
  openssl('req', '-new', ...kKey, '-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`, '-keyout', at(`${name}.key`), '-out',
    at(`${name}.csr`));
  openssl('x509', '-req', '-in', at(`${name}.csr`), '-CA', at(`${by}.pem`), '-CAkey', at(`${by}.key`), '-CAcreateserial', '-days',
    `${days}`, '-copy_extensions', 'copyall', '-out', at(`${name}.pem`));
  return { key: readFileSync(at(`${name}.key`)), cert: readFileSync(at(`${name}.pem`)) };
}

const ca = authority('ours'), other = authority('another');
const kHere = 'DNS:localhost,IP:127.0.0.1';
const good = certificate('good', 'ours', kHere), unknown = certificate('unknown', 'another', kHere);
const elsewhere = certificate('elsewhere', 'ours', 'DNS:elsewhere.example,IP:127.0.0.9');
const onlyName = certificate('name', 'ours', 'DNS:localhost'), old = certificate('old', 'ours', kHere, -1);
const remoteOf = (t, secure, options) => Remote.start(t, { secure, host: '127.0.0.1', name: 'localhost', ...options });

describe('TLS', { concurrency: 4 }, () => {
  for (const transport of ['websocket', 'socketio'])
    for (const name of ['localhost', '127.0.0.1'])
      test(`https and wss with tls_ca, by the name ${name} (${transport})`, async (t) => {
        const remote = await remoteOf(t, good, { transport, name }), internet = await Internet.start(t);
        const { trail, session } = await connected(t, remote, { tls_ca: ca, tests: true, internet_url: internet.url });
        assert.equal((await session.ask({ t: 'CMD', c: 'Hall.on' })).s, 2000);
        session.wire.terminate();
        assert.deepEqual(await trail.to(2000), [4400, 1400, 2000]);
        const next = await remote.session();
        assert.equal((await next.ask({ t: 'GET', x: 'x'.repeat(60000) })).s, 2000);
        assert.equal(remote.attempts.at(-1).headers.host, `${name}:${remote.port}`);
      });

  // Whom the house doesn't believe gets no byte of a request: neither secret nor token.
  const bad = [['an authority that is unknown', unknown, { tls_ca: ca }], ['an authority that is not the system\'s', good, {}],
    ['the name of another server', elsewhere, { tls_ca: ca }],
    ['a name where an address is asked for', onlyName, { tls_ca: ca }, '127.0.0.1'], ['a time that is over', old, { tls_ca: ca }]];
  for (const transport of ['websocket', 'socketio'])
    for (const [what, secure, settings, name = 'localhost'] of bad)
      test(`refused: ${what} (${transport})`, async (t) => {
        const remote = await remoteOf(t, secure, { transport, name }), internet = await Internet.start(t);
        const tested = { tests: true, internet_url: internet.url };
        const { server, trail, content } = await houseOf(t, remote, { ...settings, ...tested });
        assert.equal((await trail.to(4212)).at(-1), 4212);
        await works(server);
        server.reload({ ...content, interlock: { ...content.interlock, tests: false } });
        await trail.to(4310);
        const before = remote.tcp;
        await remote.seen('more attempts', () => remote.tcp > before + 1);
        await works(server);
        assert.equal(remote.told, '[[],[]]');
        await server.logged(/certificat|TLS|SSL|verif/i);
      });

  test('a certificate that changes in mid-life is refused for the connection too, and the token isn\'t told', async (t) => {
    const remote = await remoteOf(t, good);
    const { trail, server } = await connected(t, remote, { tls_ca: ca });
    await remote.vanish();
    remote.secure = unknown;
    const before = remote.told;
    await remote.appear();
    await trail.to(4400);
    await trail.to(4400);
    assert.deepEqual(await trail.to(4400), [1400, 4400]);
    await works(server);
    assert.equal(remote.told, before);
    await remote.vanish();
    remote.secure = good;
    await remote.appear();
    await trail.to(2000);
    await remote.session();
  });

  for (const [what, secure] of [['unknown', unknown], ['of another name', elsewhere], ['that is over', old]])
    test(`tls_verify = false takes a certificate ${what}`, async (t) => {
      const remote = await remoteOf(t, secure);
      const { session } = await connected(t, remote, { tls_verify: false });
      assert.equal((await session.ask({ t: 'GET' })).s, 2000);
    });

  test('a server that speaks no TLS where https is asked for, and TLS where http is: no connection, no harm', async (t) => {
    const plain = await Remote.start(t, { host: '127.0.0.1' }), secure = await remoteOf(t, good);
    const one = await houseOf(t, { url: plain.url.replace('http', 'https'), transport: 'websocket' }, { tls_ca: ca });
    await one.trail.to(4310);
    const two = await houseOf(t, { url: secure.url.replace('https', 'http'), transport: 'websocket' });
    await two.trail.to(4310);
    for (const { server } of [one, two]) await works(server);
    assert.deepEqual([plain.told, secure.told], ['[[],[]]', '[[],[]]']);
  });

  for (const [what, settings, key] of [['a tls_ca that is not there', { tls_ca: '/nowhere/ca.pem' }, 'ca.pem'],
    ['a tls_ca that is none', { tls_ca: at('text') }, 'text'], ['a page with a certificate and no key',
    { tls_certificate: at('good.pem') },
      'tls_'], ['a page with a key and no certificate', { tls_key: at('good.key') }, 'tls_'],
    ['a page with another certificate\'s key', { tls_certificate: at('good.pem'), tls_key: at('old.key') }, '\\.key|\\.pem|tls_']])
    test(`told in words: ${what}`, async (t) => {
      writeFileSync(at('text'), 'hello');
      const remote = await remoteOf(t, good);
      const server = prepareServer(t, contentFor(remote, settings));
      await begin(server);
      const row = await until('the reason', async () => {
        const found = await server.plugin('interlock');
        return found.state !== 'running' && found.reason && found;
      });
      assert.match(row.reason, new RegExp(key));
      await works(server);
      assert.equal(remote.told, '[[],[]]');
    });

  test('the page over TLS', async (t) => {
    const remote = await Remote.start(t);
    const { server } = await connected(t, remote, { tls_certificate: at('good.pem'), tls_key: at('good.key') });
    const where = await server.listen('interlock');
    const answer = await new Promise((resolve, reject) => {
      https.get({ ...where, path: '/status', ca: readFileSync(ca), servername: 'localhost', agent: false }, (res) => {
        res.setEncoding('utf8').on('data', (text) => resolve(JSON.parse(text)));
      }).on('error', reject);
    });
    assert.equal(answer.code, 2000);
    await assert.rejects(status(server), 'plain HTTP');
    const stalled = await Wire.open(where);
    t.after(() => stalled.destroy());
    stalled.write(Buffer.from('160301ffff', 'hex'));
    await works(server);
  });
});
