// AtHome in front of simulated TP-Link devices: found, switched by whichever of their names, imported.
import assert from 'node:assert/strict';
import net from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { definition, house } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { aDevice, database, importing, insert, tables, version } from './lib/original.mjs';
import { startPlug } from './lib/plug.mjs';
import { until } from './lib/until.mjs';

const withPlugs = (t, ...plugs) => house(t, ['lamp'],
  { plugins: { tplink: { poll_s: 0.5, device: plugs.map(({ host }) => ({ host })) } } });
const there = (home, plug) => until('the plug', async () => {
  const device = await home.server.device(plug.id);
  return device?.reachable && device;
}, 12000);

test('On and Off of a plug that nobody defined, by make, address and channel', needs('DiscoverDevices'), async (t) => {
  const plug = await startPlug(t);
  const home = await withPlugs(t);
  for (const mfg of ['tplink', 'TPLink', 'hs100']) {
    const names = { 'device-mfg': mfg, 'device-address': plug.host, 'device-channel': 0 };
    await home.asked('On', names, { ms: 10000 });
    assert.equal(plug.on, true, mfg);
    await home.asked('Off', { ...names, 'device-channel': '0' }, { ms: 10000 });
    assert.equal(plug.on, false, mfg);
  }
});

test('a plug is known by its address and by its own id', needs('QueryAvailableDevices'), async (t) => {
  const plug = await startPlug(t);
  const home = await withPlugs(t, plug);
  const { number } = await there(home, plug);
  const shown = await home.shown(number);
  for (const address of [plug.host, plug.sysinfo.deviceId, shown.address])
    for (const [request, on] of [['On', true], ['Off', false]]) {
      await home.asked(request, { 'device-mfg': 'tplink', 'device-address': address, 'device-channel': shown.channel });
      assert.equal(plug.on, on, address);
    }
});

test('QueryAvailableDevices tells of a plug what the web client shows', needs('QueryAvailableDevices'), async (t) => {
  const plug = await startPlug(t, { model: 'hs110', alias: 'Fridge' });
  const home = await withPlugs(t, plug);
  await there(home, plug);
  const { devices } = await home.asked('QueryAvailableDevices', { type: 'tplink' }, { ms: 10000 });
  const [[address, found]] = Object.entries(devices).filter(([, d]) => d.label === 'Fridge');
  assert.match(found.model, /HS110/i);
  assert.deepEqual([found.manufacturer, found.on, Number.isInteger(found.channels), typeof found.type], ['TPLink', false, true, 'string']);
  assert.ok(found.host.startsWith('127.0.0.1'), found.host);
  // What is offered can be defined, and is that very plug.
  const { 'device-id': id } = await home.asked('DefineDevice', definition(address, { 'device-mfg': 'tplink', 'device-name': 'Mine' }));
  await home.asked('On', { 'device-id': id });
  assert.equal(plug.on, true);
});

test('a host that says nothing holds up no search for devices', needs('QueryAvailableDevices', 'DiscoverDevices'), async (t) => {
  const silent = net.createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const plug = await startPlug(t);
  const home = await withPlugs(t, { host: `127.0.0.1:${silent.address().port}` }, plug);
  t.after(() => silent.close());
  await there(home, plug);
  const looking = Promise.all([home.ask('QueryAvailableDevices', { type: 'tplink' }, { ms: 10000 }),
    home.ask('DiscoverDevices', {}, { ms: 10000 })]);
  looking.catch(() => {});
  for (let i = 0; i < 10; ++i) await home.asked('On', { 'device-id': await home.number('lamp') }, { ms: 2000 });
  for (const answer of await looking) assert.equal(typeof answer['result-code'], 'number');
});

test('a plug of an imported household is switched by its old number', needs('athome import'), async (t) => {
  const plug = await startPlug(t, { alias: 'Its own name' });
  const home = await house(t, [], { plugins: { tplink: { poll_s: 0.5 } } });
  const row = aDevice(41, 'Fridge', { location: 'Kitchen', mfg: 'tplink', address: plug.host });
  await importing(home, database(t, tables(), version(), insert('ManagedDevices', row)));
  await there(home, plug);
  await home.asked('On', { 'device-id': '41' }, { ms: 10000 });
  assert.equal(plug.on, true);
  const device = await home.shown(41);
  assert.deepEqual([device.name, device.location, device.mfg, device.on], ['Fridge', 'Kitchen', 'tplink', true]);
});
