// AtHome's requests about groups of devices.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definition, house } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';

const all = ['DefineActionGroup', 'UpdateActionGroup', 'DeleteActionGroup', 'QueryActionGroup', 'QueryActionGroups',
  'QueryActionGroupDevices',
  'QueryAvailableGroupDevices', 'AssignDevice', 'DeleteActionGroupDevice', 'GroupOn', 'GroupOff'];
const groupTest = (what, run) => test(what, needs(...all), run);

// A house of these devices and a group of some of them.
async function grouped(t, devices, members, name = 'G') {
  const home = await house(t, devices);
  const numbers = await home.numbers();
  const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': name });
  for (const id of members) await home.asked('AssignDevice', { 'group-id': group, 'device-id': numbers[id] });
  const ids = async (request) => (await home.asked(request, { 'group-id': group })).devices.map((d) => d.id);
  return { home, numbers, group, ids };
}

groupTest('DefineActionGroup answers a new number each time, even for a name that is there', async (t) => {
  const home = await house(t, []);
  const numbers = [];
  for (const name of ['Hall', 'Attic', 'Hall']) {
    const answer = await home.asked('DefineActionGroup', { 'group-name': name });
    assert.ok(Number.isInteger(answer['group-id']) && answer['group-id'] > 0);
    assert.equal(answer.message, 'Success');
    numbers.push(answer['group-id']);
  }
  assert.equal(new Set(numbers).size, 3);
  assert.deepEqual((await home.groups()).filter((g) => g.name === 'Hall').map((g) => g.id), [numbers[0], numbers[2]]);
});

groupTest('a group needs a name that is a text', async (t) => {
  const home = await house(t, []);
  const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': 'G' });
  for (const args of [undefined, {}, { 'group-name': [] }, { 'group-name': {} }]) {
    await home.refused(400, 'DefineActionGroup', args);
    await home.refused(400, 'UpdateActionGroup', args && { 'group-id': group, ...args });
  }
  assert.deepEqual(await home.groups(), [{ id: group, name: 'G' }]);
});

groupTest('QueryActionGroups has nothing but ids and names, ordered by name, byte by byte', async (t) => {
  const home = await house(t, []);
  assert.deepEqual(await home.groups(), []);
  for (const name of ['b', 'Ä', 'B', 'a', '10', '9', 'with {braces}']) await home.asked('DefineActionGroup', { 'group-name': name });
  const groups = await home.groups();
  assert.deepEqual(groups.map((g) => g.name), ['10', '9', 'B', 'a', 'b', 'with {braces}', 'Ä']);
  for (const group of groups) {
    assert.deepEqual(Object.keys(group), ['id', 'name']);
    assert.deepEqual((await home.asked('QueryActionGroup', { 'group-id': String(group.id) })).group, group);
  }
});

groupTest('groups and their members stay over a restart, and over a power cut', async (t) => {
  const { home, numbers, group, ids } = await grouped(t, ['a', 'b', 'c'], ['a', 'c'], 'Küche {1}');
  const groups = await home.groups();
  for (const again of [() => home.server.stop(), () => home.server.kill9()]) {
    await again();
    await home.server.start();
    await home.open();
    assert.deepEqual(await home.groups(), groups);
    assert.deepEqual(groups, [{ id: group, name: 'Küche {1}' }]);
    assert.deepEqual((await ids('QueryActionGroupDevices')).sort(), [numbers.a, numbers.c]);
  }
});

groupTest('UpdateActionGroup renames, keeps the members, and echoes the id as it came', async (t) => {
  const { home, numbers, group, ids } = await grouped(t, ['a'], ['a']);
  for (const id of [group, String(group), ` ${group} `]) {
    const answer = await home.asked('UpdateActionGroup', { 'group-id': id, 'group-name': `N${id}` });
    assert.deepEqual([answer['group-id'], answer.message], [id, 'Success']);
    assert.deepEqual(await home.groups(), [{ id: group, name: `N${id}` }]);
  }
  assert.deepEqual(await ids('QueryActionGroupDevices'), [numbers.a]);
});

groupTest('DeleteActionGroup takes the memberships with it, and leaves the devices', async (t) => {
  const { home, group, ids } = await grouped(t, ['a', 'b'], ['a', 'b']);
  const answer = await home.asked('DeleteActionGroup', { 'group-id': String(group) });
  assert.deepEqual([answer['group-id'], answer.message], [String(group), 'Success']);
  assert.deepEqual(await home.groups(), []);
  assert.deepEqual(await ids('QueryActionGroupDevices'), []);
  assert.equal((await home.devices()).length, 2);
  await home.refused(400, 'QueryActionGroup', { 'group-id': group });
  await home.refused(400, 'GroupOn', { 'group-id': group });
});

groupTest('members are shown as QueryDevices shows them, with group_id and device_id', async (t) => {
  const devices = [{ id: 'd', name: 'Dimmer', location: 'Hall', kind: 'dimmer' }, { id: 'p', kind: 'plug' }, 'a'];
  const { home, numbers, group } = await grouped(t, devices, ['p', 'd']);
  const members = (await home.asked('QueryActionGroupDevices', { 'group-id': group })).devices;
  const others = (await home.asked('QueryAvailableGroupDevices', { 'group-id': group })).devices;
  assert.deepEqual(members.map((d) => d.id).sort(), [numbers.d, numbers.p].sort());
  assert.deepEqual(others.map((d) => d.id), [numbers.a]);
  const keys = ['id', 'name', 'location', 'mfg', 'address', 'channel', 'color', 'brightness', 'updatetime'];
  const all = await home.devices();
  for (const member of [...members, ...others]) {
    const device = all.find((d) => d.id === member.id);
    for (const key of keys) assert.deepEqual(member[key], device[key], key);
  }
  for (const member of members) assert.deepEqual([member.group_id, member.device_id], [group, member.id]);
});

groupTest('QueryAvailableGroupDevices is ordered by location, byte by byte', async (t) => {
  const places = ['Kitchen', 'attic', '', 'Ärger', 'Attic', 'Hall'];
  const { home, group } = await grouped(t, places.map((location, i) => ({ id: `d${i}`, location })), ['d5']);
  const others = (await home.asked('QueryAvailableGroupDevices', { 'group-id': group })).devices;
  assert.deepEqual(others.map((d) => d.location), ['', 'Attic', 'Kitchen', 'attic', 'Ärger']);
});

groupTest('AssignDevice answers the number of the membership, the same when asked again', async (t) => {
  const { home, numbers, group, ids } = await grouped(t, ['a', 'b'], []);
  const assign = async (g, d) => (await home.asked('AssignDevice', { 'group-id': g, 'device-id': d }))['action-group-device-id'];
  const first = await assign(group, numbers.a), second = await assign(String(group), String(numbers.b));
  assert.ok(Number.isInteger(first) && Number.isInteger(second));
  assert.notEqual(first, second);
  assert.equal(await assign(String(group), String(numbers.a)), first);
  assert.equal(await assign(group, numbers.b), second);
  await home.restart();
  assert.equal(await assign(group, numbers.a), first, 'after a restart');
  assert.deepEqual((await ids('QueryActionGroupDevices')).sort(), [numbers.a, numbers.b]);
  const other = await home.asked('DefineActionGroup', { 'group-name': 'Other' });
  assert.equal([first, second].includes(await assign(other['group-id'], numbers.a)), false, 'another membership');
});

groupTest('AssignDevice of a group or a device that nobody knows is refused', async (t) => {
  const { home, numbers, group, ids } = await grouped(t, ['a'], []);
  for (const [g, d] of [[group, 999], [999, numbers.a], [group, 'x'], ['x', numbers.a], [group, null], [undefined, numbers.a],
    [group, undefined]])
    await home.refused(400, 'AssignDevice', { 'group-id': g, 'device-id': d });
  assert.deepEqual(await ids('QueryActionGroupDevices'), []);
});

groupTest('DeleteActionGroupDevice echoes both ids, the device under both its keys, member or not', async (t) => {
  const { home, numbers, group, ids } = await grouped(t, ['a', 'b', 'c'], ['a', 'b']);
  const remove = async (g, d) => {
    const answer = await home.asked('DeleteActionGroupDevice', { 'group-id': g, 'device-id': d });
    assert.deepEqual([answer['group-id'], answer['device-id'], answer.device_id], [g, d, d]);
  };
  await remove(String(group), numbers.a);
  assert.deepEqual(await ids('QueryActionGroupDevices'), [numbers.b]);
  await remove(group, String(numbers.a));
  await remove(group, numbers.c);
  await remove(group, 999);
  await remove(999, numbers.b);
  assert.deepEqual(await ids('QueryActionGroupDevices'), [numbers.b]);
  await home.refused(400, 'DeleteActionGroupDevice', { 'group-id': group });
  await home.refused(400, 'DeleteActionGroupDevice', { 'device-id': numbers.b });
});

groupTest('GroupOn and GroupOff switch every member and nobody else', async (t) => {
  const { home, group } = await grouped(t, ['a', { id: 'p', kind: 'plug' }, { id: 'd', kind: 'dimmer' }, 'other'], ['a', 'p', 'd']);
  for (const [request, on] of [['GroupOn', true], ['GroupOff', false]]) {
    assert.equal((await home.asked(request, { 'group-id': String(group) })).message, 'Success');
    assert.deepEqual([await home.on('a'), await home.on('p'), await home.on('d'), await home.on('other')], [on, on, on, false]);
  }
});

test('GroupOn leaves brightness and colour alone, also those that are defined', needs(...all, 'UpdateDevice'), async (t) => {
  const { home, numbers, group } = await grouped(t, [{ id: 'c', kind: 'color' }], ['c']);
  const more = { 'device-color': '#0000ff', 'device-brightness': 30 };
  await home.asked('UpdateDevice', { 'device-id': numbers.c, ...definition('c', more) });
  await home.asked('GroupOn', { 'group-id': group });
  const { on, brightness, color } = await home.seen('c');
  assert.deepEqual([on, brightness, color], [true, 100, { hue: 0, saturation: 0 }]);
});

groupTest('members that fail are counted in digits, the others are switched', async (t) => {
  const failing = ['x', 'y'].map((id) => ({ id, failure_rate: 1.0 }));
  const { home, group } = await grouped(t, ['a', ...failing, 'b'], ['x', 'a', 'y', 'b']);
  for (const [request, on] of [['GroupOn', true], ['GroupOff', false]]) {
    const answer = await home.refused(500, request, { 'group-id': group });
    assert.deepEqual(answer.message.match(/\d+/g), ['2'], answer.message);
    assert.deepEqual([await home.on('a'), await home.on('b')], [on, on]);
  }
});

groupTest('an unknown group is refused, an empty one is a success', async (t) => {
  const { home, group } = await grouped(t, ['a'], []);
  for (const request of ['GroupOn', 'GroupOff']) {
    assert.equal((await home.asked(request, { 'group-id': group })).message, 'Success');
    for (const args of [{ 'group-id': 999 }, { 'group-id': 'x' }, { 'group-id': null }, {}, undefined])
      await home.refused(400, request, args);
  }
  assert.equal(await home.on('a'), false);
});

groupTest('a group that hearthctl makes is seen by AtHome, and the other way round', async (t) => {
  const { home, numbers, group } = await grouped(t, ['a', 'b', 'c'], ['b'], 'From AtHome');
  await home.server.ctl.text('groups', 'set', 'From hearthctl', 'simulated:a', 'simulated:c');
  const made = (await home.groups()).find((g) => g.name === 'From hearthctl');
  const members = (await home.asked('QueryActionGroupDevices', { 'group-id': made.id })).devices;
  assert.deepEqual(members.map((d) => d.id).sort(), [numbers.a, numbers.c]);
  const listed = (await home.server.ctl.json('groups')).find((g) => g.name === 'From AtHome');
  assert.deepEqual([listed.number, listed.devices], [group, ['simulated:b']]);
  await home.asked('DeleteActionGroup', { 'group-id': made.id });
  await home.server.ctl.text('groups', 'remove', 'From AtHome');
  assert.deepEqual(await home.groups(), []);
  assert.deepEqual(await home.server.ctl.json('groups'), []);
});
