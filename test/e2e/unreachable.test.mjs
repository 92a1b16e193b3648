// Devices that don't answer: an error in time for whoever asked, and nobody else notices.
import assert from 'node:assert/strict';
import net from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { ask, asked } from './lib/athome.mjs';
import { startPlug } from './lib/plug.mjs';
import { startServer } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const house = (...hosts) => ({
  athome: { listen: '127.0.0.1:0' },
  tplink: { poll_s: 0.3, device: hosts.map((host) => ({ host })) },
  simulated: { device: [{ id: 'dead', kind: 'light', reachable: false }, { id: 'lamp', kind: 'light' }] },
});

const reachable = (server, id, yes = true) =>
  until(`${id} ${yes ? '' : 'un'}reachable`, async () => (await server.device(id))?.reachable === yes, 12000);

test('a command to a plug that went away ends with an error within 10 s, the others go on meanwhile', async (t) => {
  const plug = await startPlug(t), other = await startPlug(t);
  const server = await startServer(t, house(plug.host, other.host));
  await reachable(server, plug.id);
  await reachable(server, other.id);
  const athome = await server.listen('athome');
  const [gone, stays] = [(await server.device(plug.id)).number, (await server.device(other.id)).number];

  await plug.stop();
  const begin = Date.now();
  const failing = ask(athome, 'On', { 'device-id': gone }, { ms: 10000 });
  await asked(athome, 'On', { 'device-id': stays }, { ms: 2000 });
  assert.equal(other.on, true);
  const answer = await failing;
  assert.notEqual(answer['result-code'], 0);
  assert.ok(answer.error.length > 5);
  assert.ok(Date.now() - begin < 10000);
  await reachable(server, plug.id, false);
  assert.equal((await server.device(plug.id)).state.on_off.reported, false, 'facts, no echo of the wish');
});

test('a plug that comes back answers again, at once for a command', async (t) => {
  const plug = await startPlug(t);
  const server = await startServer(t, house(plug.host));
  await reachable(server, plug.id);
  const { number } = await server.device(plug.id);
  const athome = await server.listen('athome');
  await plug.stop();
  await reachable(server, plug.id, false);
  await plug.start();
  await asked(athome, 'On', { 'device-id': number });
  assert.equal(plug.on, true);
  await reachable(server, plug.id);
});

test('a plug that comes back is found again by itself', async (t) => {
  const plug = await startPlug(t);
  const server = await startServer(t, house(plug.host));
  await reachable(server, plug.id);
  await plug.stop();
  await reachable(server, plug.id, false);
  plug.press(true);
  await plug.start();
  await reachable(server, plug.id);
  await until('its state', async () => (await server.device(plug.id)).state.on_off.reported === true);
});

test('a command to a device that never answers ends at its deadline, and other commands are not held up', async (t) => {
  const server = await startServer(t, house());
  const athome = await server.listen('athome');
  const dead = await server.device('simulated:dead'), lamp = await server.device('simulated:lamp');
  assert.equal(dead.reachable, false);
  const failing = ask(athome, 'On', { 'device-id': dead.number }, { ms: 12000 });
  for (const request of ['On', 'Off', 'On']) await asked(athome, request, { 'device-id': lamp.number }, { ms: 1000 });
  assert.notEqual((await failing)['result-code'], 0);
});

test('a host that takes connections and says nothing costs its own command only', async (t) => {
  const silent = net.createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const plug = await startPlug(t);
  const server = await startServer(t, house(`127.0.0.1:${silent.address().port}`, plug.host));
  t.after(() => silent.close());
  await reachable(server, plug.id);
  const { number } = await server.device(plug.id);
  await asked(await server.listen('athome'), 'On', { 'device-id': number }, { ms: 2000 });
  assert.equal(plug.on, true);
});

test('a plug that answers at random is survived', async (t) => {
  const wild = await startPlug(t, { unreliablePercent: 1 }), plug = await startPlug(t);
  const server = await startServer(t, house(wild.host, plug.host));
  await reachable(server, plug.id);
  await until('some of its nonsense', () => wild.requests.length >= 4, 15000);
  const { number } = await server.device(plug.id);
  await asked(await server.listen('athome'), 'On', { 'device-id': number }, { ms: 2000 });
});

test('another plug at a known address is left alone', async (t) => {
  const plug = await startPlug(t);
  const server = await startServer(t, house(plug.host));
  await reachable(server, plug.id);
  const { number } = await server.device(plug.id);
  const port = plug.device.port;
  await plug.stop();
  await reachable(server, plug.id, false);
  const stranger = await startPlug(t, { model: 'hs105', port });
  const answer = await ask(await server.listen('athome'), 'On', { 'device-id': number }, { ms: 10000 });
  assert.notEqual(answer['result-code'], 0);
  assert.equal(stranger.on, false);
  assert.equal(stranger.requests.some((r) => r.includes('set_relay_state')), false);
});

test('a slow plug is waited for, but not longer than a person would', async (t) => {
  const plug = await startPlug(t, { responseDelay: 1000 });
  const server = await startServer(t, house(plug.host));
  await reachable(server, plug.id);
  const { number } = await server.device(plug.id);
  await asked(await server.listen('athome'), 'On', { 'device-id': number }, { ms: 5000 });
  assert.equal(plug.on, true);
});
