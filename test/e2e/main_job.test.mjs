// The main job: a client says On, the plug goes on, and everyone sees it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, definition } from './lib/athome.mjs';
import { speaksOf } from './lib/ctl.mjs';
import { startPlug } from './lib/plug.mjs';
import { startServer } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const withPlugs = (...plugs) => ({
  athome: { listen: '127.0.0.1:0' },
  tplink: { poll_s: 0.5, metered_poll_s: 0.5, device: plugs.map((plug) => ({ host: plug.host })) },
});

// A server with `plug`, once it is there.
async function serverWith(t, plug) {
  const server = await startServer(t, withPlugs(plug));
  const device = await until('the plug', async () => {
    const found = await server.device(plug.id);
    return found?.reachable && found;
  });
  return { server, device, athome: await server.listen('athome') };
}

for (const model of ['hs100', 'hs110', 'hs110v2', 'hs200', 'hs220'])
  test(`AtHome On switches a simulated ${model} on, Off off again`, async (t) => {
    const plug = await startPlug(t, { model, alias: 'Fridge' });
    const { device, athome } = await serverWith(t, plug);
    assert.equal(plug.on, false);
    await asked(athome, 'On', { 'device-id': device.number });
    assert.equal(plug.on, true);
    await asked(athome, 'Off', { 'device-id': String(device.number) });
    assert.equal(plug.on, false);
  });

for (const model of ['lb100', 'lb130', 'kl430'])
  test(`AtHome On switches a simulated ${model} on, Off off again`, async (t) => {
    const bulb = await startPlug(t, { model });
    const { device, athome } = await serverWith(t, bulb);
    const lit = () => bulb.lit;
    const before = lit();
    await asked(athome, before ? 'Off' : 'On', { 'device-id': device.number });
    assert.equal(lit(), !before);
    await asked(athome, before ? 'On' : 'Off', { 'device-id': device.number });
    assert.equal(lit(), before);
  });

test('the new state is seen through QueryDevices, hearthctl devices and the bus', async (t) => {
  const plug = await startPlug(t, { alias: 'Fridge' });
  const { server, device, athome } = await serverWith(t, plug);
  const bus = server.ctl.follow(t, 'bus');
  await bus.find('the standing fact', (m) => m.type === 'StateChanged' && speaksOf(m, plug.id, 'on_off'));

  await asked(athome, 'On', { 'device-id': device.number });

  const { devices } = await asked(athome, 'QueryDevices', {});
  const shown = devices.find((d) => d.id === device.number);
  assert.equal(shown.on, true);
  assert.equal(shown.name, 'Fridge');
  assert.equal(shown.mfg, 'tplink');
  assert.equal(shown.type, 'plug');

  const now = await server.device(plug.id);
  assert.equal(now.state.on_off.reported, true);
  assert.equal(now.state.on_off.desired, true);
  assert.equal(now.plugin, 'tplink');
  assert.equal(now.address, plug.host);
  assert.ok(now.capabilities.some((c) => (c.name ?? c) === 'on_off'));

  for (const type of ['Command', 'StateChanged', 'CommandDone'])
    await bus.find(`${type} of the plug`, (m) => m.type === type && speaksOf(m, plug.id, 'on_off'));
  const order = bus.messages.filter((m) => speaksOf(m, plug.id, 'on_off')).map((m) => m.type);
  assert.ok(order.lastIndexOf('Command') < order.indexOf('CommandDone'), order.join(' '));
  assert.ok(order.lastIndexOf('StateChanged') > order.indexOf('Command'), order.join(' '));
});

test('a meter is shown in W, Wh, V and A, from old and new firmware', async (t) => {
  for (const model of ['hs110', 'hs110v2']) {
    const plug = await startPlug(t, { model });
    const { server } = await serverWith(t, plug);
    const state = await until('the meter', async () => {
      const found = (await server.device(plug.id)).state;
      return found.current && found;
    });
    assert.ok(Math.abs(state.voltage.reported - 122) < 1, JSON.stringify(state.voltage));
    assert.ok(Math.abs(state.energy.reported - 51493) < 1, JSON.stringify(state.energy));
    assert.ok(state.power.reported > 0 && state.current.reported > 0);
    await server.stop();
  }
});

test('a press on the button is seen without anyone asking', async (t) => {
  const plug = await startPlug(t);
  const { server } = await serverWith(t, plug);
  plug.press(true);
  await until('the press', async () => (await server.device(plug.id)).state.on_off.reported === true);
});

test('a plug that AtHome defines by its address is driven like a configured one, and after a restart too', async (t) => {
  const plug = await startPlug(t, { alias: 'Fridge' });
  const server = await startServer(t, withPlugs());
  let athome = await server.listen('athome');
  const more = { 'device-mfg': 'tplink', 'device-name': 'Cellar', 'device-location': 'Below' };
  const { 'device-id': number } = await asked(athome, 'DefineDevice', definition(plug.host, more));
  await until('the plug', async () => (await server.device(plug.id))?.reachable);
  assert.equal((await server.device(plug.id)).name, 'Cellar');
  await asked(athome, 'On', { 'device-id': number });
  assert.equal(plug.on, true);

  await server.restart();
  athome = await server.listen('athome');
  const { devices } = await asked(athome, 'QueryDevices', {});
  assert.deepEqual(devices.map((d) => [d.id, d.name]), [[number, 'Cellar']]);
  await asked(athome, 'Off', { 'device-id': number });
  assert.equal(plug.on, false);
});

test('coordinates, which the plug tells, are in no log and no answer', async (t) => {
  const plug = await startPlug(t);
  const { latitude, longitude } = plug.sysinfo;
  const { server, athome } = await serverWith(t, plug);
  const whole = JSON.stringify([await asked(athome, 'QueryDevices', {}), await server.ctl.json('devices'),
    await server.ctl.json('log')]) + server.log;
  for (const secret of [latitude, longitude]) assert.equal(whole.includes(String(secret)), false);
});
