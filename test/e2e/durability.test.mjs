// Whatever the server has said yes to is there after the power cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, definition, exchange } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { lights, prepareServer, startServer } from './lib/server.mjs';

const kCuts = Number(process.env.HEARTH_CUTS ?? 200);

test(`${kCuts} power cuts, each right behind an acknowledged write, lose nothing`, { timeout: 600000 }, async (t) => {
  const server = prepareServer(t, lights());
  const names = new Map();  // device number -> the names that it may have
  for (let cut = 0; cut < kCuts; ++cut) {
    await server.start();
    const athome = await server.listen('athome');
    const devices = await server.ctl.json('devices');
    const found = new Map(devices.map((d) => [d.number, d.name]));
    assert.deepEqual([...found.keys()].sort((a, b) => a - b), [...names.keys()].sort((a, b) => a - b),
      `after cut ${cut}; the log:\n${server.launchLog}`);
    for (const [id, may] of names) assert.ok(may.includes(found.get(id)), `device ${id} is ${found.get(id)}, not ${may}`);
    for (const [id, name] of found) names.set(id, [name]);

    if (cut % 4 === 0) {
      const { 'device-id': id } = await asked(athome, 'DefineDevice', definition(`lamp-${cut}`));
      assert.equal(names.has(id), false, 'a new number');
      names.set(id, [`lamp-${cut}`]);
    } else {
      const { number: id, address } = devices[cut % devices.length];
      const renamed = await asked(athome, 'DefineDevice', definition(address, { 'device-name': `name ${cut}` }));
      assert.equal(renamed['device-id'], id, 'a known address keeps its number');
      names.set(id, [`name ${cut}`]);
    }
    if (cut % 3 === 0) {  // and one more write that nobody waits for: it is there, or it isn't
      const [id] = names.keys();
      const args = definition('lamp-0', { 'device-name': `unsure ${cut}` });
      exchange(athome, JSON.stringify({ request: 'DefineDevice', args })).catch(() => {});
      names.set(id, [...names.get(id), `unsure ${cut}`]);
    }
    await server.kill9();
  }
});

test('the first query after a start sees every device', needs('complete at ready'), async (t) => {
  const server = await startServer(t, lights());
  for (let i = 0; i < 20; ++i) await asked(await server.listen('athome'), 'DefineDevice', definition(`lamp-${i}`));
  for (let start = 0; start < 40; ++start) {
    await server.restart();
    const address = server.launchLog.match(/listening on (127\.0\.0\.1):(\d+)/);
    const { devices } = await asked({ host: address[1], port: Number(address[2]) }, 'QueryDevices', {});
    assert.equal(devices.length, 20, `start ${start}`);
  }
});

test('groups and their members survive the power cut', async (t) => {
  const server = await startServer(t, lights('a', 'b'));
  for (let cut = 0; cut < 5; ++cut) {
    await server.ctl.text('groups', 'set', `Both ${cut}`, 'simulated:a', 'simulated:b');
    await server.kill9();
    await server.start();
    const groups = await server.ctl.json('groups');
    assert.deepEqual(groups.map((g) => g.name), Array.from({ length: cut + 1 }, (_, i) => `Both ${i}`));
    for (const group of groups) assert.deepEqual([...group.devices].sort(), ['simulated:a', 'simulated:b']);
  }
});

test('a deleted device stays deleted, and numbers stay with their devices', needs('DeleteDevice'), async (t) => {
  const server = await startServer(t, lights());
  let athome = await server.listen('athome');
  const define = async (name) => (await asked(athome, 'DefineDevice', definition(name)))['device-id'];
  const [a, b, c] = [await define('a'), await define('b'), await define('c')];
  await asked(athome, 'DeleteDevice', { 'device-id': b });
  await server.kill9();
  await server.start();
  athome = await server.listen('athome');
  const { devices } = await asked(athome, 'QueryDevices', {});
  assert.deepEqual(devices.map((d) => [d.id, d.address]).sort(), [[a, 'a'], [c, 'c']].sort());
});
