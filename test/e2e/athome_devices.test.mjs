// AtHome's requests about devices: defined, changed, taken away, looked for. How they are switched: athome_switching.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definition, house, program } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { until } from './lib/until.mjs';

const lower = ({ color, brightness }) => [color.toLowerCase(), brightness];

// ---- DefineDevice -----------------------------------------------------------------------------------------------------

test('a definition without channel, colour and brightness gets 0, white and 100', async (t) => {
  const home = await house(t, []);
  const { 'device-id': id } = await home.asked('DefineDevice',
    { 'device-name': 'Plain', 'device-location': 'Hall', 'device-mfg': 'simulated', 'device-address': 'plain' });
  const device = await home.shown(id);
  assert.deepEqual([device.name, device.location, device.mfg, device.address, device.channel], ['Plain', 'Hall', 'simulated', 'plain', 0]);
  assert.deepEqual(lower(device), ['#ffffff', 100]);
});

const wrongDefinitions = {
  'device-name': [undefined, null, [], {}],
  'device-location': [undefined, null, []],
  'device-mfg': [undefined, null, 'acme', '', 7, []],
  'device-address': [undefined, null, {}, ''],
  'device-channel': ['x', '1.0', '', null, [], 1e300],
  'device-color': ['red', '#12345', '#12345g', '#1234567', 255, null, []],
  'device-brightness': [101, -1, '101', 'x', '', '50.0', null, {}],
};
for (const [key, values] of Object.entries(wrongDefinitions))
  test(`a definition with a wrong ${key} is refused, and nothing is defined`, needs('UpdateDevice'), async (t) => {
    const home = await house(t, ['a']);
    const a = await home.number('a');
    const before = await home.devices();
    for (const value of values) {
      await home.refused(400, 'DefineDevice', definition('x', { [key]: value }));
      await home.refused(400, 'UpdateDevice', { 'device-id': a, ...definition('a', { [key]: value }) });
    }
    assert.deepEqual(await home.devices(), before);
  });

test('models of a make are understood in any case and shown as their driver, none spoils the list', needs('UpdateDevice'), async (t) => {
  const home = await house(t, [], { plugins: { tplink: {} } });
  const makes = {
    simulated: ['simulated', 'SIMULATED', 'dummy', 'Dummy'],
    tplink: ['tplink', 'TPLINK', 'TPLink', 'hs100', 'HS103', 'hs105', 'hs107', 'hs110', 'hs200', 'hs210', 'hs220'],
    meross: ['meross', 'Meross', 'mss110', 'msl120', 'MSS620'],
    others: ['x10', 'x10-appliance', 'x10-lamp', 'smartplug', 'smartswitch', 'smartbulb'],
  };
  let next = 1;  // ports of this machine where nobody listens, names for the others
  const expected = [];
  for (const [make, words] of Object.entries(makes))
    for (const word of words) {
      const address = `127.0.0.1:${next++}`;
      const { 'device-id': id } = await home.asked('DefineDevice', definition(address, { 'device-mfg': word }));
      expected.push([id, make]);
    }
  const devices = await home.devices();
  assert.equal(devices.length, expected.length);
  for (const [id, make] of expected) {
    const device = devices.find((d) => d.id === id);
    if (make !== 'others') assert.equal(device.mfg, make);
    assert.equal(typeof device.mfg, 'string');
    assert.equal(typeof device.type, 'string');
    assert.equal(typeof device.on, 'boolean');
  }
});

test('a device of a make without a driver is kept, over a restart too, and a command to it fails', needs('UpdateDevice'), async (t) => {
  const home = await house(t, []);
  const uuid = '1907226943690825185048e1e901c0b7';
  const { 'device-id': id } = await home.asked('DefineDevice', definition(uuid, { 'device-mfg': 'meross', 'device-channel': 2 }));
  for (let start = 0; start < 2; ++start) {
    const device = await home.shown(id);
    assert.deepEqual([device.mfg, device.address, device.channel, device.on], ['meross', uuid, 2, false]);
    await home.refused(500, 'On', { 'device-id': id }, { ms: 10000 });
    await home.restart();
  }
});

test('a device that reports no colour and brightness is shown with those defined, kept over a restart', needs('UpdateDevice'), async (t) => {
  const home = await house(t, ['a', 'b']);
  const { a, b } = await home.numbers();
  await home.asked('DefineDevice', definition('a', { 'device-color': '#12AB34', 'device-brightness': '55' }));
  await home.asked('UpdateDevice', { 'device-id': b, ...definition('b', { 'device-color': '#0000ff', 'device-brightness': 7 }) });
  for (let start = 0; start < 2; ++start) {
    assert.deepEqual(lower(await home.shown(a)), ['#12ab34', 55]);
    assert.deepEqual(lower(await home.shown(b)), ['#0000ff', 7]);
    await home.restart();
  }
});

test('a light that reports its colour and brightness is shown as it reports', needs('UpdateDevice'), async (t) => {
  const home = await house(t, [{ id: 'c', kind: 'color' }]);
  const c = await home.number('c');
  await home.server.ctl.text('device', 'set', 'simulated:c', 'color', '#00ff00');
  await home.asked('UpdateDevice', { 'device-id': c, ...definition('c', { 'device-color': '#0000ff', 'device-brightness': 40 }) });
  assert.deepEqual(lower(await home.shown(c)), ['#00ff00', 100]);
});

// ---- UpdateDevice -----------------------------------------------------------------------------------------------------

test('UpdateDevice changes name and location, which stay over a restart', needs('UpdateDevice'), async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  const args = { 'device-id': ` ${a} `, ...definition('a', { 'device-name': 'Lámpa {1}', 'device-location': 'Konyha' }) };
  const answer = await home.asked('UpdateDevice', args);
  assert.deepEqual([answer['device-id'], answer.message], [` ${a} `, 'Success']);
  for (let start = 0; start < 2; ++start) {
    const device = await home.shown(a);
    assert.deepEqual([device.name, device.location], ['Lámpa {1}', 'Konyha']);
    assert.equal((await home.server.device('simulated:a')).name, 'Lámpa {1}');
    await home.restart();
  }
});

test("UpdateDevice takes the document's keys", needs('UpdateDevice'), async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  await home.asked('UpdateDevice', { 'device-id': a, 'device-name': 'Device under test update 1',
    'device-location': 'Unknown test location',
    'device-type': 'simulated', 'device-address': 'a', 'device-selected': 0 });
  const device = await home.shown(a);
  assert.deepEqual([device.name, device.location, device.address], ['Device under test update 1', 'Unknown test location', 'a']);
});

test('UpdateDevice to another address: the id then means that other device, over a restart too', needs('UpdateDevice'), async (t) => {
  const home = await house(t, []);
  const { 'device-id': id } = await home.asked('DefineDevice', definition('one'));
  await home.asked('On', { 'device-id': id });
  await home.asked('UpdateDevice', { 'device-id': id, ...definition('two', { 'device-name': 'Second' }) });
  for (let start = 0; start < 2; ++start) {
    const device = await home.shown(id);
    assert.deepEqual([device.id, device.name, device.mfg, device.address], [id, 'Second', 'simulated', 'two']);
    assert.equal((await home.server.device('simulated:two')).number, id);
    await home.asked('Off', { 'device-id': id });
    assert.equal(await home.on('two'), false);
    await home.asked('On', { 'device-id': id });
    assert.equal(await home.on('two'), true);
    await home.restart();
  }
});

test('memberships and programs go with the id to the other device', needs('UpdateDevice', 'GroupOn', 'AssignProgram'), async (t) => {
  const home = await house(t, []);
  const { 'device-id': id } = await home.asked('DefineDevice', definition('one'));
  const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': 'G' });
  const { id: plan } = await home.asked('DefineProgram', program('P'));
  await home.asked('AssignDevice', { 'group-id': group, 'device-id': id });
  await home.asked('AssignProgram', { 'program-id': plan, 'device-id': id });
  await home.asked('UpdateDevice', { 'device-id': id, ...definition('two') });
  const { devices } = await home.asked('QueryActionGroupDevices', { 'group-id': group });
  assert.deepEqual(devices.map((d) => [d.id, d.address]), [[id, 'two']]);
  assert.deepEqual((await home.asked('QueryDevicePrograms', { 'device-id': id })).programs.map((p) => p.id), [plan]);
  await home.asked('GroupOn', { 'group-id': group });
  assert.equal(await home.on('two'), true);
});

test('UpdateDevice of a device that nobody knows is a success that changes nothing', needs('UpdateDevice'), async (t) => {
  const home = await house(t, ['a']);
  const before = await home.devices();
  for (const id of [999, '999'])
    assert.equal((await home.asked('UpdateDevice', { 'device-id': id, ...definition('new') }))['device-id'], id);
  assert.deepEqual(await home.devices(), before);
});

// ---- DeleteDevice -----------------------------------------------------------------------------------------------------

// A house of a, b, c, where a is in a group and has a program; `gone()` looks for a in every list.
async function houseToDeleteFrom(t) {
  const home = await house(t, ['a', 'b', 'c']);
  const { a, b } = await home.numbers();
  const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': 'G' });
  const { id: plan } = await home.asked('DefineProgram', program('P'));
  for (const id of [a, b]) {
    await home.asked('AssignDevice', { 'group-id': group, 'device-id': id });
    await home.asked('AssignProgram', { 'program-id': plan, 'device-id': id });
  }
  const lists = async (address) => {
    const members = (await home.asked('QueryActionGroupDevices', { 'group-id': group })).devices;
    const others = (await home.asked('QueryAvailableGroupDevices', { 'group-id': group })).devices;
    return {
      devices: (await home.devices()).some((d) => d.address === address),
      hearthctl: (await home.server.device(`simulated:${address}`)) !== undefined,
      members: members.some((d) => d.address === address),
      others: others.some((d) => d.address === address),
      groups: (await home.server.ctl.json('groups'))[0].devices.includes(`simulated:${address}`),
    };
  };
  return { home, a, b, group, plan, lists };
}

const nowhere = { devices: false, hearthctl: false, members: false, others: false, groups: false };

const deleting = needs('DeleteDevice', 'AssignDevice', 'AssignProgram');

test('DeleteDevice takes a device out of every list, and a restart does not bring it back', deleting, async (t) => {
  const { home, a, b, plan, lists } = await houseToDeleteFrom(t);
  assert.equal((await home.asked('DeleteDevice', { 'device-id': String(a) }))['device-id'], String(a));
  for (let start = 0; start < 2; ++start) {
    assert.deepEqual(await lists('a'), nowhere);
    for (const request of ['On', 'Off', 'QueryDevices']) await home.refused(400, request, { 'device-id': a });
    assert.deepEqual((await home.asked('QueryDevicePrograms', { 'device-id': a })).programs, []);
    assert.deepEqual((await home.asked('QueryDevicePrograms', { 'device-id': b })).programs.map((p) => p.id), [plan]);
    assert.equal((await lists('b')).members, true, 'the others stay');
    await home.restart();
  }
});

test('a device that its driver offers by itself comes back by DefineDevice, without its memberships', deleting, async (t) => {
  const { home, a, group, lists } = await houseToDeleteFrom(t);
  await home.asked('DeleteDevice', { 'device-id': a });
  const { 'device-id': id } = await home.asked('DefineDevice', definition('a', { 'device-name': 'Again' }));
  assert.deepEqual(await lists('a'), { devices: true, hearthctl: true, members: false, others: true, groups: false });
  assert.equal((await home.shown(id)).name, 'Again');
  assert.deepEqual((await home.asked('QueryDevicePrograms', { 'device-id': id })).programs, []);
  await home.asked('On', { 'device-id': id });
  assert.equal(await home.on('a'), true);
  await home.restart();
  assert.equal((await lists('a')).devices, true);
  assert.equal((await home.asked('QueryActionGroupDevices', { 'group-id': group })).devices.length, 1);
});

test('DiscoverDevices brings such devices back', needs('DeleteDevice', 'DiscoverDevices', 'AssignProgram'), async (t) => {
  const { home, a, b, lists } = await houseToDeleteFrom(t);
  for (const id of [a, b]) await home.asked('DeleteDevice', { 'device-id': id });
  await home.restart();
  assert.deepEqual((await home.devices()).map((d) => d.address), ['c']);
  await home.asked('DiscoverDevices', undefined, { ms: 10000 });
  for (const address of ['a', 'b'])
    await until(`${address} again`, async () => {
      assert.deepEqual(await lists(address), { devices: true, hearthctl: true, members: false, others: true, groups: false });
      return true;
    });
  const again = (await home.devices()).find((d) => d.address === 'a');
  assert.deepEqual((await home.asked('QueryDevicePrograms', { 'device-id': again.id })).programs, []);
  await home.asked('On', { 'device-id': again.id });
  assert.equal(await home.on('a'), true);
});

test('a device that was only defined is gone for good', needs('DeleteDevice'), async (t) => {
  const home = await house(t, ['a']);
  const { 'device-id': id } = await home.asked('DefineDevice', definition('mine'));
  await home.asked('DeleteDevice', { 'device-id': id });
  for (let start = 0; start < 2; ++start) {
    assert.deepEqual((await home.devices()).map((d) => d.address), ['a']);
    await home.restart();
  }
});

test('a deleted device stays deleted when the power goes at once', needs('DeleteDevice'), async (t) => {
  const home = await house(t, ['a', 'b']);
  await home.asked('DeleteDevice', { 'device-id': await home.number('a') });
  await home.server.kill9();
  await home.server.start();
  await home.open();
  assert.deepEqual((await home.devices()).map((d) => d.address), ['b']);
});

// ---- Looking for devices ----------------------------------------------------------------------------------------------

for (const type of ['simulated', 'dummy'])
  test(`QueryAvailableDevices of type ${type}: what a client shows of each, by address`, needs('QueryAvailableDevices'), async (t) => {
    const home = await house(t, [{ id: 'a', name: 'Lamp' }, { id: 'c', kind: 'color' }]);
    const { devices } = await home.asked('QueryAvailableDevices', { type }, { ms: 10000 });
    assert.deepEqual(Object.keys(devices).sort(), ['a', 'c']);
    assert.equal(devices.a.label, 'Lamp');
    for (const found of Object.values(devices)) {
      for (const key of ['manufacturer', 'model', 'label', 'type']) assert.equal(typeof found[key], 'string', key);
      assert.ok(Number.isInteger(found.channels), 'channels');
    }
  });

test('QueryAvailableDevices of no type, or of one that nobody has, is empty', needs('QueryAvailableDevices'), async (t) => {
  const home = await house(t, ['a']);
  for (const args of [{}, { type: 'acme' }, { type: '' }, { type: 'meross' }])
    assert.deepEqual((await home.asked('QueryAvailableDevices', args, { ms: 10000 })).devices, {}, JSON.stringify(args));
});

test('DiscoverDevices is named as the document writes it, however it was asked', needs('DiscoverDevices'), async (t) => {
  const home = await house(t, ['a']);
  for (const [request, args] of [['DiscoverDevices', undefined], ['discoverdevices', {}], ['DISCOVERDEVICES', { x: 1 }]]) {
    const answer = await home.asked(request, args, { ms: 10000 });
    assert.deepEqual([answer.request, answer.message], ['DiscoverDevices', 'Success']);
  }
  assert.deepEqual((await home.devices()).map((d) => d.address), ['a']);
});

