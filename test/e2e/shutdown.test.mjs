// The end: within 3 s and with status 0, whatever clients and devices are doing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, connect } from './lib/athome.mjs';
import { startPlug } from './lib/plug.mjs';
import { lights, startServer } from './lib/server.mjs';
import { patience, until, within } from './lib/until.mjs';

test('an idle server ends at once', async (t) => {
  const server = await startServer(t, lights('a'));
  assert.ok((await server.stop()) < 1500 * patience);
});

test('with clients connected, silent, in the middle of a request and not reading', async (t) => {
  const server = await startServer(t, lights('a'));
  const athome = await server.listen('athome');
  const clients = [];
  for (let i = 0; i < 20; ++i) clients.push(await connect(t, athome));
  for (const [i, client] of clients.entries()) {
    if (i % 3 === 1) client.socket.write('{"request":"Sta');
    if (i % 3 === 2) client.socket.pause();
  }
  await server.stop();
  await within(2000, 'the end of the connections', Promise.all(clients.filter((_, i) => i % 3 !== 2).map((c) => c.ended)));
});

test('with a command under way that nobody will answer', async (t) => {
  const server = await startServer(t, lights('a', { id: 'dead', reachable: false }, { id: 'slow', latency_ms: 60000 }));
  const athome = await server.listen('athome');
  for (const id of ['dead', 'slow']) {
    const { number } = await server.device(`simulated:${id}`);
    const client = await connect(t, athome);
    client.socket.write(JSON.stringify({ request: 'On', args: { 'device-id': number } }));
  }
  await asked(athome, 'QueryDevices', {});
  await server.stop();
});

test('while a plug keeps it waiting', async (t) => {
  const plug = await startPlug(t, { responseDelay: 4000 });
  const server = await startServer(t, { athome: { listen: '127.0.0.1:0' }, tplink: { device: [{ host: plug.host }] } });
  await until('a request to the plug', () => plug.requests.length > 0);
  await server.stop();
});

test('while hearthctl follows the bus', async (t) => {
  const server = await startServer(t, lights('a'));
  const bus = server.ctl.follow(t, 'bus');
  await bus.find('anything', () => true);
  await server.stop();
  await until('the end of hearthctl', () => bus.child.exitCode !== null || bus.child.signalCode !== null);
});

test('SIGINT, as Ctrl-C in a terminal, is an orderly end too', async (t) => {
  const server = await startServer(t, lights('a'));
  server.signal('SIGINT');
  assert.deepEqual(await server.ended(3000), { code: 0, signal: null });
});

test('twenty starts and ends in a row leave nothing behind', async (t) => {
  const server = await startServer(t, lights('a'));
  for (let i = 0; i < 20; ++i) await server.restart();
});
