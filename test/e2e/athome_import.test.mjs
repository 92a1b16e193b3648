// hearthctl athome import: a household's database of the original becomes devices, groups and programs here.
import assert from 'node:assert/strict';
import { readFileSync, unlinkSync } from 'node:fs';
import { test } from 'node:test';
import { definition, house, program } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { aDevice, aProgram, database, everything, household, importing, inhabited, insert, tables, version } from './lib/original.mjs';

const importTest = (what, run) => test(what, needs('athome import', 'AssignProgram', 'AssignDevice', 'QueryPrograms'), run);
const byId = (list) => new Map(list.map((item) => [item.id, item]));
const numerically = (x, y) => x - y;

// Does a text have this number of these things, whichever it names first?
const counts = (text, n, things) => assert.match(text, new RegExp(`\\b${n}\\b[^\\n]*\\b${things}|\\b${things}\\b[^\\n]*\\b${n}\\b`, 'i'));

// ---- A house that begins with it --------------------------------------------------------------------------------------

for (const [what, color, brightness] of [['a new', 'integer', 'text'], ['a converted', 'text', 'integer']])
  importTest(`${what} database: every device, program, group and assignment is there, with its number`, async (t) => {
    const home = await house(t, []);
    await importing(home, database(t, tables(color, brightness), version(), household));
    for (let start = 0; start < 2; ++start) {
      const { devices, programs, groups } = await everything(home);
      assert.deepEqual(devices.map((d) => d.id).sort(numerically), [3, 7, 12]);
      const { 3: sofa, 7: kitchen, 12: porch } = Object.fromEntries(byId(devices));
      assert.deepEqual([sofa.name, sofa.location, sofa.mfg, sofa.address, sofa.color.toLowerCase(), sofa.brightness],
        ["Sofa table's", 'Hall', 'simulated', 'lamp-3', '#ffffff', 100]);
      assert.deepEqual([kitchen.name, kitchen.location, kitchen.color.toLowerCase(), kitchen.brightness],
        ['Küche {1}', 'Konyha', '#12ab34', 55]);
      assert.deepEqual([porch.mfg, porch.address, porch.channel], ['meross', '1907226943690825185048e1e901c0b7', 2]);

      const shape = (p) => [p.id, p.name, p.daymask, p.triggermethod, p.time, p.offset, p.randomize, p.randomizeamount, p.command, p.color,
        p.brightness];
      assert.deepEqual(programs.map(shape), [
        [2, 'Dusk', 'MTWTFSS', 'sunset', '1900-01-01 06:30:00', -45, 0, 0, 'on', '#0000ff', 35],
        [4, 'Night', 'mtwtf--', 'clock-time', '1900-01-01 23:55:00', 0, 0, 0, 'off', '#ffffff', 100],
        [5, 'Random {é}', 'MTWTFSS', 'sunrise', '1900-01-01 06:30:00', 30, 1, 15, 'on', '#ffffff', 100],
        [8, 'Low', 'MTWTFSS', 'clock-time', '1900-01-01 06:30:00', 0, 0, 0, 'dim', '#ffffff', 10],
        [9, 'Never', 'MTWTFSS', 'none', '1900-01-01 06:30:00', 0, 0, 0, 'none', '#ffffff', 100]]);

      assert.deepEqual([...groups].sort((x, y) => x.id - y.id), [{ id: 4, name: 'Downstairs' }, { id: 6, name: 'Downstairs' }]);
      const members = async (id) => (await home.asked('QueryActionGroupDevices',
        { 'group-id': id })).devices.map((d) => d.id).sort(numerically);
      assert.deepEqual([await members(4), await members(6)], [[3, 7, 12], [7, 12]]);
      const plans = async (id) => (await home.asked('QueryDevicePrograms',
        { 'device-id': id })).programs.map((p) => p.id).sort(numerically);
      assert.deepEqual([await plans(3), await plans(7), await plans(12)], [[2, 4], [2], [5]]);
      await home.restart();
    }
  });

importTest('what was imported works: devices are switched, groups too, programs are listed and run', async (t) => {
  const home = await house(t, []);
  await importing(home, database(t, tables(), version(), household));
  await home.asked('On', { 'device-id': '3' });
  assert.equal(await home.on('lamp-3'), true);
  await home.server.ctl.text('programs', 'run', 'Night');
  assert.equal(await home.on('lamp-3'), false);
  assert.deepEqual((await home.server.ctl.json('programs')).map((p) => p.id).sort(numerically), [2, 4, 5, 8, 9]);
  assert.deepEqual((await home.server.ctl.json('groups')).map((g) => g.number).sort(numerically), [4, 6]);
});

importTest('numbers that come later are new ones', async (t) => {
  const home = await house(t, []);
  await importing(home, database(t, tables(), version(), household));
  const { 'device-id': device } = await home.asked('DefineDevice', definition('later'));
  const { id } = await home.asked('DefineProgram', program('later'));
  const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': 'later' });
  assert.equal([3, 7, 12].includes(device), false);
  assert.equal([2, 4, 5, 8, 9].includes(id), false);
  assert.equal([4, 6].includes(group), false);
});

importTest('what is printed: how many of each, and what to add to the configuration', async (t) => {
  const home = await house(t, []);
  const text = await importing(home, database(t, tables(), version(), household));
  counts(text, 3, 'devices?');
  counts(text, 5, 'programs?');
  counts(text, 2, 'groups?');
  counts(text, '(4|9)', '\\w*\\s?(assignments?|memberships?|members)');
  assert.match(text, /listen = /);
  assert.match(text, /allow = /);
  assert.match(text, /\[home\]/);
});

importTest('--json prints JSON', async (t) => {
  const home = await house(t, []);
  const file = database(t, tables(), version(), household);
  const dry = JSON.parse(await importing(home, file, '--dry-run', '--json'));
  assert.equal(typeof dry, 'object');
  assert.equal((await home.devices()).length, 0);
  const done = JSON.parse(await importing(home, file, '--json'));
  assert.deepEqual(Object.keys(done).sort(), Object.keys(dry).sort());
  assert.equal((await home.devices()).length, 3);
});

importTest('--dry-run changes nothing and prints the same', async (t) => {
  const home = await house(t, ['a']);
  const file = database(t, tables(), version(), household);
  const before = await everything(home);
  const dry = await importing(home, file, '--dry-run');
  assert.deepEqual(await everything(home), before);
  await home.restart();
  assert.deepEqual(await everything(home), before, 'after a restart');
  const done = await importing(home, file);
  // The same but for a word such as "would".
  assert.deepEqual(done.match(/\d+/g), dry.match(/\d+/g), `${dry}\n${done}`);
  assert.deepEqual(done.split('\n').length, dry.split('\n').length);
  assert.equal((await home.devices()).length, 4);
});

importTest('the file stays as it was, byte for byte, and may be gone as soon as the import is through', async (t) => {
  const home = await house(t, []);
  const file = database(t, tables(), version(), household);
  const before = readFileSync(file);
  await importing(home, file, '--dry-run');
  await importing(home, file);
  assert.ok(before.equals(readFileSync(file)));
  unlinkSync(file);
  await home.restart();
  assert.equal((await home.devices()).length, 3);
});

importTest('what is acknowledged is there after a power cut', async (t) => {
  const home = await house(t, []);
  await importing(home, database(t, tables(), version(), household));
  const before = await everything(home);
  await home.server.kill9();
  await home.server.start();
  await home.open();
  assert.deepEqual(await everything(home), before);
});

importTest('an empty database of the right version is imported: nothing', async (t) => {
  const home = await house(t, ['a']);
  const before = await everything(home);
  counts(await importing(home, database(t, tables(), version())), 0, 'devices?');
  assert.deepEqual(await everything(home), before);
});

// ---- A house that has something already -------------------------------------------------------------------------------

importTest('numbers that are taken stay with whom they belong to, and assignments follow the new ones', async (t) => {
  const { home, a, group, plan } = await inhabited(t);
  const text = await importing(home, database(t, tables(), version(),
    insert('ManagedDevices', aDevice(a, 'Theirs'), aDevice(500, 'Free')), insert('Programs', aProgram(plan, 'Their program'),
      aProgram(600, 'Free program')),
    insert('ActionGroups', [group, 'Their group']), insert('ProgramAssignments', [1, a, plan], [2, 500, plan]),
    insert('ActionGroupDevices', [1, group, a])));
  assert.match(text, new RegExp(`\\b${a}\\b`), 'a number that changed is told');

  const { devices, programs, groups } = await everything(home);
  const named = (list, name) => list.find((item) => item.name === name)?.id;
  assert.deepEqual([named(devices, 'a'), named(devices, 'Free'), named(programs, 'Free program')], [a, 500, 600]);
  assert.deepEqual([named(groups, 'Mine'), named(programs, 'Mine')], [group, plan]);
  const theirs = named(devices, 'Theirs'), theirPlan = named(programs, 'Their program'), theirGroup = named(groups, 'Their group');
  for (const id of [theirs, theirPlan, theirGroup]) assert.ok(Number.isInteger(id), 'it is there');
  assert.equal(devices.find((d) => d.id === theirs).address, `lamp-${a}`);

  const plans = async (id) => (await home.asked('QueryDevicePrograms', { 'device-id': id })).programs.map((p) => p.id);
  assert.deepEqual([await plans(a), await plans(theirs), await plans(500)], [[plan], [theirPlan], [theirPlan]]);
  const members = async (id) => (await home.asked('QueryActionGroupDevices', { 'group-id': id })).devices.map((d) => d.id);
  assert.deepEqual([await members(group), await members(theirGroup)], [[a], [theirs]]);
});

importTest('a device that is here already is not doubled: it gets the name, and the assignments', async (t) => {
  const { home, a } = await inhabited(t);
  await importing(home, database(t, tables(), version(), insert('ManagedDevices', aDevice(77, 'Their name', { address: 'a' })),
    insert('ActionGroups', [88, 'Their group']), insert('ActionGroupDevices', [1, 88, 77])));
  const devices = (await home.devices()).filter((d) => d.address === 'a');
  assert.deepEqual(devices.map((d) => [d.id, d.name]), [[a, 'Their name']]);
  assert.deepEqual((await home.asked('QueryActionGroupDevices', { 'group-id': 88 })).devices.map((d) => d.id), [a]);
});

for (const [what, prepare] of [['an empty', async (t) => house(t, [])], ['an inhabited', async (t) => (await inhabited(t)).home]])
  importTest(`twice into ${what} house: nothing is doubled`, async (t) => {
    const home = await prepare(t);
    const file = database(t, tables(), version(), household, insert('ManagedDevices', aDevice(1, 'One')),
      insert('Programs', aProgram(1, 'One')),
      insert('ActionGroups', [1, 'One']), insert('ProgramAssignments', [20, 1, 1]), insert('ActionGroupDevices', [20, 1, 1]));
    await importing(home, file);
    const once = await everything(home);
    await importing(home, file);
    assert.deepEqual(await everything(home), once);
    await home.restart();
    await importing(home, file);
    assert.deepEqual(await everything(home), once);
  });

// ---- What can't be taken exactly --------------------------------------------------------------------------------------

importTest('what a column holds instead of its type is read for what it means', async (t) => {
  const home = await house(t, []);
  const device = { mfg: 'meross', address: '1907226943690825185048e1e901c0b7', channel: '1', brightness: '42' };
  await importing(home, database(t, tables(), version(), insert('ManagedDevices', aDevice(1, 'Text', device),
    aDevice(2, 'Number', { brightness: 43 })),
    insert('Programs', aProgram(1, 'P', { offset: '-15', brightness: '44', randomize: '1', randomizeamount: '5' }))));
  const [first, second] = (await home.devices()).sort((x, y) => x.id - y.id);
  assert.deepEqual([first.id, first.channel, first.brightness, second.id, second.brightness], [1, 1, 42, 2, 43]);
  const [plan] = await home.programs();
  assert.deepEqual([plan.offset, plan.brightness, plan.randomize, plan.randomizeamount], [-15, 44, 1, 5]);
});

importTest('a channel that its driver does not know of costs a device neither its number nor what was defined', async (t) => {
  const home = await house(t, []);
  const devices = [aDevice(1, 'One', { channel: 1, brightness: 42 }), aDevice(2, 'Two')];
  await importing(home, database(t, tables(), version(), insert('ManagedDevices', ...devices)));
  const shown = (await home.devices()).sort((x, y) => x.id - y.id);
  assert.deepEqual(shown.map((d) => [d.id, d.name, d.address, d.brightness]), [[1, 'One', 'lamp-1', 42], [2, 'Two', 'lamp-2', 100]]);
});

importTest('models are mapped to their drivers', async (t) => {
  const home = await house(t, [], { plugins: { tplink: {} } });
  const makes = { hs110: 'tplink', TPLINK: 'tplink', mss110: 'meross', DUMMY: 'simulated', x10: undefined };
  const rows = Object.keys(makes).map((mfg, i) => aDevice(i + 1, mfg, { mfg, address: `127.0.0.1:${i + 1}` }));
  await importing(home, database(t, tables(), version(), insert('ManagedDevices', ...rows)));
  const devices = await home.devices();
  for (const [name, mfg] of Object.entries(makes).filter(([, make]) => make))
    assert.equal(devices.find((d) => d.name === name)?.mfg, mfg, name);
});

// Values that can't be kept as they are. Each row must be told, by its name or its number, and the rest is imported.
const oddDevices = [{ color: 'mauve' }, { brightness: '400' }, { brightness: 'full' }, { mfg: 'acme' }, { address: null },
  { channel: 'left' }];
const oddPrograms = [{ command: 'ON' }, { command: 'all-lights-off' }, { command: null }, { triggermethod: 'moonrise' },
  { daymask: 'MTWTF' },
  { daymask: '0101010' }, { time: null }, { time: 'noon' }, { offset: 'x' }, { randomize: 1, randomizeamount: -5 }, { color: 'mauve' },
  { brightness: 400 }];

importTest('what cannot be kept exactly is told, and the rest is imported', async (t) => {
  const home = await house(t, []);
  const rows = (odd, row, name, from) => odd.map((more, i) => row(i + from, `${name} with ${JSON.stringify(more)}`, more));
  const file = database(t, tables('text', 'text'), version(),
    insert('ManagedDevices', aDevice(1, 'Good lamp'), ...rows(oddDevices, aDevice, 'lamp', 10), aDevice(90, 'A number', { color: 123456 }),
      aDevice(91, 'No colour', { color: null })),
    insert('Programs', aProgram(1, 'Good program'), ...rows(oddPrograms, aProgram, 'plan', 10)), insert('ProgramAssignments', [1, 1, 1]));
  const told = [await importing(home, file, '--dry-run'), await importing(home, file)];
  const missing = (odd, name, word, text) => odd.filter((more, i) => !text.includes(`${name} with ${JSON.stringify(more)}`)
    && !new RegExp(`${word} ${i + 10}\\b`).test(text));
  for (const text of told) {
    assert.deepEqual(missing(oddDevices, 'lamp', 'device', text), [], `devices told in:\n${text}`);
    assert.deepEqual(missing(oddPrograms, 'plan', 'program', text), [], `programs told in:\n${text}`);
  }
  assert.deepEqual((await home.asked('QueryDevicePrograms', { 'device-id': 1 })).programs.map((p) => [p.id, p.name]),
    [[1, 'Good program']]);
  for (const { color, brightness, type } of await home.devices()) {
    assert.match(color, /^#[0-9a-fA-F]{6}$/);
    assert.ok(brightness >= 0 && brightness <= 100);
    assert.equal(typeof type, 'string');
  }
  for (const plan of await home.programs()) {
    assert.match(plan.daymask, /^[A-Za-z.-]{7}$/);
    assert.ok(['none', 'clock-time', 'sunrise', 'sunset'].includes(plan.triggermethod), plan.triggermethod);
    assert.ok(['none', 'on', 'off', 'dim', 'bright'].includes(plan.command), plan.command);
  }
});

importTest('assignments and memberships of nobody are told and left out', async (t) => {
  const home = await house(t, []);
  const text = await importing(home, database(t, tables(), version(), insert('ManagedDevices', aDevice(1, 'Lamp')),
    insert('Programs', aProgram(1, 'P')),
    insert('ActionGroups', [1, 'G']), insert('ProgramAssignments', [1, 1, 1], [2, 1, 4711], [3, 4712, 1]),
    insert('ActionGroupDevices', [1, 1, 1], [2, 1, 4713], [3, 4714, 1], [4, null, null])));
  assert.match(text, /471[1-4]/);
  assert.deepEqual((await home.asked('QueryDevicePrograms', { 'device-id': 1 })).programs.map((p) => p.id), [1]);
  assert.deepEqual((await home.asked('QueryActionGroupDevices', { 'group-id': 1 })).devices.map((d) => d.id), [1]);
});

importTest('names of nothing, of bytes that are no text, and of great length do no harm', async (t) => {
  const home = await house(t, ['a']);
  const file = database(t, tables(), version(), insert('ManagedDevices', aDevice(21, null), aDevice(22, 'x'.repeat(100000)),
    aDevice(23, '')),
    "INSERT INTO ManagedDevices VALUES (24, CAST(x'ff41c0' AS text), x'00', 'dummy', 'bytes', 0, '#ffffff', 100, NULL);\n",
    "INSERT INTO ActionGroups VALUES (5, CAST(x'e282' AS text));\n", insert('ActionGroups', [6, null]),
      insert('Programs', aProgram(7, null)));
  const { code, stdout, stderr } = await home.server.ctl.run('athome', 'import', file);
  assert.ok([0, 1].includes(code), `status ${code}: ${stdout}${stderr}`);
  const names = (await home.devices()).map((d) => d.name);
  assert.ok(names.includes('a'));
  if (code === 1) assert.deepEqual(names, ['a'], 'wholly or not at all');
  for (const name of names) assert.ok(name.length <= 100000);
  await home.restart();
  assert.deepEqual((await home.devices()).map((d) => d.name), names);
});
