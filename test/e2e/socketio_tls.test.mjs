// The monitor's server over TLS, with a certificate made for the test.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { io as newest } from 'socket.io-client';
import old from 'socket.io-client-4.0.1';
import { houseFor, monitor, newId, nowhere, ours, user } from './lib/socketio.mjs';
import { prepareServer } from './lib/server.mjs';
import { Http, once, request, Wire } from './lib/socketio_wire.mjs';
import { until, within } from './lib/until.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'hearth-tls-'));
const certificate = path.join(folder, 'certificate.pem'), key = path.join(folder, 'key.pem');
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
  '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
const ca = readFileSync(certificate);
after(() => rmSync(folder, { recursive: true }));

describe('TLS', { concurrency: 8, ...ours }, () => {
  const where = houseFor('socketio', { tls_certificate: certificate, tls_key: key });

  for (const transport of ['websocket', 'polling'])
    test(`users and monitors meet over TLS (${transport})`, async (t) => {
      const id = newId();
      const holder = await monitor(t, where, id, { transport, ca }), one = await user(t, where, id, { transport, ca });
      for (const command of ['short', 'x'.repeat(100000)]) {
        one.emit('command send', { command });
        await holder.hears('command do', { command });
        holder.emit('command done');
        await one.hears('command ok');
        await one.hears('command finish');
      }
    });

  for (const [version, io] of [['4.0.1', old.io], ['newest', newest]])
    for (const transports of [['polling'], ['websocket'], undefined])
      test(`client ${version} over TLS, ${transports ?? 'default'}`, async (t) => {
        const socket = io(`https://localhost:${where.port}`, { transports, ca, forceNew: true, reconnection: false });
        t.after(() => socket.disconnect());
        const answer = new Promise((resolve, reject) => {
          socket.on('query ok', resolve);
          socket.on('connect_error', reject);
        });
        socket.emit('query', { monitor_id: newId() });
        assert.deepEqual(await within(5000, 'query ok', answer), { reason: 'Query ok' });
      });

  test('plain HTTP and nonsense are not served, handshakes that stall hold up nobody', async (t) => {
    const target = '/socket.io/?EIO=4&transport=polling';
    for (const bytes of [request('GET', target), Buffer.alloc(100), Buffer.from('160301ffff', 'hex'), Buffer.from('16', 'hex'),
      Buffer.alloc(0)]) {
      const wire = await Wire.open(where);
      t.after(() => wire.destroy());
      wire.write(bytes);
      const plain = new Http(wire).answer(300).catch(() => null);
      assert.equal((await once(where, 'GET', target, { ca })).status, 200);
      assert.notEqual((await plain)?.status, 200);
    }
  });
});

for (const [what, settings] of [['a certificate that is not there', { tls_certificate: '/nowhere/c.pem', tls_key: key }],
  ['a certificate that is none', { tls_certificate: path.join(folder, 'text'), tls_key: key }],
  ['a certificate without a key', { tls_certificate: certificate }]])
  test(`${what} is told in words, and nothing is served without it`, ours, async (t) => {
    writeFileSync(path.join(folder, 'text'), 'hello');
    const server = prepareServer(t, { ...nowhere, socketio: { ...nowhere.socketio, ...settings } });
    await server.start();
    const row = await until('the reason', async () => {
      const found = await server.plugin('socketio');
      return found.state !== 'running' && found.reason && found;
    });
    assert.ok(row.reason.length > 5, row.reason);
  });
