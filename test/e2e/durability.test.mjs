// Whatever the server has said yes to is there after the power cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, definition, exchange } from './lib/athome.mjs';
import { lights, prepareServer, startServer } from './lib/server.mjs';

const kCuts = Number(process.env.HEARTH_CUTS ?? 200);

test(`${kCuts} power cuts, each right behind an acknowledged write, lose nothing`, { timeout: 600000 }, async (t) => {
  const server = prepareServer(t, lights());
  const names = new Map();  // device number -> the names that it may have
  for (let cut = 0; cut < kCuts; ++cut) {
    await server.start();
    const athome = await server.listen('athome');
    const { devices } = await asked(athome, 'QueryDevices', {});
    const found = new Map(devices.map((d) => [d.id, d.name]));
    assert.deepEqual([...found.keys()].sort((a, b) => a - b), [...names.keys()].sort((a, b) => a - b), `after cut ${cut}`);
    for (const [id, may] of names) assert.ok(may.includes(found.get(id)), `device ${id} is ${found.get(id)}, not ${may}`);
    for (const [id, name] of found) names.set(id, [name]);

    if (cut % 4 === 0) {
      const { 'device-id': id } = await asked(athome, 'DefineDevice', definition(`lamp-${cut}`));
      assert.equal(names.has(id), false, 'a new number');
      names.set(id, [`lamp-${cut}`]);
    } else {
      const id = [...names.keys()][cut % names.size];
      const update = { 'device-id': id, ...definition(`lamp-${cut}`, { 'device-name': `name ${cut}` }) };
      update['device-address'] = devices.find((d) => d.id === id).address;
      await asked(athome, 'UpdateDevice', update);
      names.set(id, [`name ${cut}`]);
    }
    if (cut % 3 === 0) {  // and one more write that nobody waits for: it may be there or not, whole
      const id = [...names.keys()][0];
      const update = { 'device-id': id, ...definition('x', { 'device-name': `unsure ${cut}` }) };
      update['device-address'] = 'lamp-0';
      exchange(athome, JSON.stringify({ request: 'UpdateDevice', args: update })).catch(() => {});
      names.set(id, [...names.get(id), `unsure ${cut}`]);
    }
    await server.kill9();
  }
});

test('groups and their members survive the power cut', async (t) => {
  const server = await startServer(t, lights('a', 'b'));
  let athome = await server.listen('athome');
  const { devices } = await asked(athome, 'QueryDevices', {});
  const { 'group-id': group } = await asked(athome, 'DefineActionGroup', { 'group-name': 'Both' });
  for (const { id } of devices) await asked(athome, 'AssignDevice', { 'group-id': group, 'device-id': id });
  await server.kill9();
  await server.start();
  athome = await server.listen('athome');
  assert.deepEqual((await asked(athome, 'QueryActionGroups', {})).groups, [{ id: group, name: 'Both' }]);
  const { devices: members } = await asked(athome, 'QueryActionGroupDevices', { 'group-id': group });
  assert.deepEqual(members.map((d) => d.id).sort(), devices.map((d) => d.id).sort());
});

test('a deleted device stays deleted, and numbers stay with their devices', async (t) => {
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
