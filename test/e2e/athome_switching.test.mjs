// AtHome's requests that switch and dim: by number and by name, with colour and brightness, all devices at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definition, house } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';

const blue = { hue: 240, saturation: 100 };

// ---- On and Off -------------------------------------------------------------------------------------------------------

// The commands that the bus has seen for a device: [[capability, value], ...].
const commands = (bus, device) => bus.messages.filter((m) => m.type === 'Command' && m.body.device === device)
  .map(({ body }) => [body.capability, body.value]);

test('On without a brightness sets what is defined: brightness, colour, then on', needs('UpdateDevice'), async (t) => {
  const home = await house(t, [{ id: 'c', kind: 'color' }]);
  await home.asked('DefineDevice', definition('c', { 'device-color': '#0000ff', 'device-brightness': 40 }));
  const bus = home.server.ctl.follow(t, 'bus');
  await bus.find('the standing facts', (m) => m.type === 'StateChanged' && m.body.device === 'simulated:c');
  await home.asked('On', { 'device-id': await home.number('c') });
  const { on, brightness, color } = await home.seen('c');
  assert.deepEqual([on, brightness, color], [true, 40, blue]);
  const shown = await home.shown(await home.number('c'));
  assert.deepEqual([shown.color.toLowerCase(), shown.brightness], ['#0000ff', 40]);
  await bus.find('the last of them', (m) => m.type === 'CommandDone' && m.body.device === 'simulated:c' && m.body.capability === 'on_off');
  assert.deepEqual(commands(bus, 'simulated:c'), [['brightness', 40], ['color', blue], ['on_off', true]]);
});

test("the request's own colour and brightness come before those defined, which stay", needs('UpdateDevice'), async (t) => {
  const home = await house(t, [{ id: 'c', kind: 'color' }]);
  const { 'device-id': c } = await home.asked('DefineDevice', definition('c', { 'device-color': '#00ff00', 'device-brightness': 40 }));
  await home.asked('On', { 'device-id': String(c), 'device-color': '#0000FF', 'device-brightness': '75' });
  const first = await home.seen('c');
  assert.deepEqual([first.on, first.brightness, first.color], [true, 75, blue]);
  await home.asked('Off', { 'device-id': c });
  await home.asked('On', { 'device-id': c });
  const second = await home.seen('c');
  assert.deepEqual([second.on, second.brightness, second.color], [true, 40, { hue: 120, saturation: 100 }]);
});

test('a colour and a brightness are no matter to a device that has none', async (t) => {
  const home = await house(t, ['a', { id: 'd', kind: 'dimmer' }, { id: 'p', kind: 'plug' }]);
  const numbers = await home.numbers();
  for (const id of ['a', 'd', 'p']) {
    await home.asked('On', { 'device-id': numbers[id], 'device-color': '#0000ff', 'device-brightness': 30 });
    assert.equal(await home.on(id), true);
  }
  assert.equal((await home.seen('d')).brightness, 30);
});

test('a dim-amount of 0 is no darkness, one that is no percentage is refused', async (t) => {
  const home = await house(t, [{ id: 'd', kind: 'dimmer' }]);
  const d = await home.number('d');
  await home.asked('On', { 'device-id': d, 'dim-amount': '0' });
  const { on, brightness } = await home.seen('d');
  assert.deepEqual([on, brightness], [true, 100]);
  await home.asked('Off', { 'device-id': d });
  for (const amount of [101, '101', -1, '-1', 'x', '', '5.0', null])
    await home.refused(400, 'On', { 'device-id': d, 'dim-amount': amount });
  assert.equal(await home.on('d'), false);
});

test('On refuses a colour and a brightness that are none, and leaves the light alone', async (t) => {
  const home = await house(t, [{ id: 'c', kind: 'color' }]);
  const c = await home.number('c');
  const before = await home.seen('c');
  for (const color of ['blue', '#0000f', '#00000g', [], 255])
    await home.refused(400, 'On', { 'device-id': c, 'device-color': color });
  for (const brightness of [101, '101', -1, 'half', '', {}])
    await home.refused(400, 'On', { 'device-id': c, 'device-brightness': brightness });
  assert.deepEqual(await home.seen('c'), before);
});

test('every device is accepted back by the make, address and channel that it is shown with', async (t) => {
  const home = await house(t, ['a', 'Übung', { id: 'with {braces}', kind: 'plug' }]);
  await home.asked('DefineDevice', definition('made later'));
  for (const { id, mfg, address, channel } of await home.devices()) {
    const names = { 'device-mfg': mfg, 'device-address': address, 'device-channel': channel };
    for (const [request, on] of [['On', true], ['Off', false], ['DeviceOn', true], ['DeviceOff', false]]) {
      await home.asked(request, names);
      assert.equal((await home.shown(id)).on, on, `${request} ${address}`);
    }
  }
});

test('On and Off by make, address and channel of a device that nobody defined', needs('DiscoverDevices'), async (t) => {
  const home = await house(t, []);
  const names = { 'device-mfg': 'Dummy', 'device-address': 'stranger', 'device-channel': '0', 'device-name': 'Stranger' };
  for (const request of ['On', 'DeviceOn', 'Off', 'DeviceOff']) await home.asked(request, names);
  await home.asked('On', { ...names, 'device-color': '#00ff00', 'device-brightness': '30' });
});

test('On and Off without an id need the make and the address', async (t) => {
  const home = await house(t, ['a']);
  for (const request of ['On', 'Off', 'DeviceOn', 'DeviceOff']) {
    await home.refused(400, request, {});
    await home.refused(400, request, { 'device-mfg': 'simulated', 'device-channel': 0 });
    await home.refused(400, request, { 'device-address': 'a', 'device-channel': 0 });
    await home.refused(400, request, { 'device-mfg': 'acme', 'device-address': 'a', 'device-channel': 0 });
    await home.refused(400, request, { 'device-mfg': 'simulated', 'device-address': 'a', 'device-channel': 'x' });
  }
  assert.equal(await home.on('a'), false);
});

// ---- OnOffStatus, all devices -----------------------------------------------------------------------------------------

test('OnOffStatus has the id as it was asked, whether it is on, and the type that QueryDevices shows', needs('OnOffStatus'), async (t) => {
  const home = await house(t, ['a', { id: 'p', kind: 'plug' }, { id: 'd', kind: 'dimmer' }]);
  for (const { id, type } of await home.devices()) {
    for (const asked of [id, String(id)]) {
      const answer = await home.asked('OnOffStatus', { 'device-id': asked });
      assert.deepEqual([answer['device-id'], answer.on, answer.type], [asked, false, type]);
    }
    await home.asked('On', { 'device-id': id });
    assert.equal((await home.asked('OnOffStatus', { 'device-id': id })).on, true);
  }
  for (const args of [{ 'device-id': 999 }, { 'device-id': 'x' }, {}, undefined]) await home.refused(400, 'OnOffStatus', args);
});

test('AllDevicesOn and AllDevicesOff count those that failed, in message and error', needs('AllDevicesOn', 'AllDevicesOff'), async (t) => {
  const failing = ['x', 'y', 'z'].map((id) => ({ id, failure_rate: 1.0 }));
  const home = await house(t, ['a', ...failing, { id: 'p', kind: 'plug' }, { id: 'weather', kind: 'sensor' }]);
  for (const [request, word, on] of [['AllDevicesOn', 'on', true], ['AllDevicesOff', 'off', false]]) {
    const answer = await home.refused(500, request);
    assert.equal(answer.message, `3 devices failed to turn ${word}`);
    assert.equal(answer.error, answer.message);
    assert.deepEqual([await home.on('a'), await home.on('p')], [on, on]);
  }
});

test('AllDevicesOn of an empty house is a success', needs('AllDevicesOn', 'AllDevicesOff'), async (t) => {
  const home = await house(t, []);
  for (const request of ['AllDevicesOn', 'AllDevicesOff']) assert.equal((await home.asked(request, {})).message, 'Success');
});

// ---- Dim and Bright ---------------------------------------------------------------------------------------------------

for (const kind of ['dimmer', 'color'])
  test(`Dim lowers and Bright raises what a ${kind} reports, from 1 to 100`, needs('Dim', 'Bright'), async (t) => {
    const home = await house(t, [{ id: 'd', kind }]);
    const d = await home.number('d');
    await home.asked('On', { 'device-id': d, 'device-brightness': 40 });
    const steps = [['Dim', 15, 25], ['Bright', '30', 55], ['Dim', 0, 55], ['Bright', 0, 55], ['Dim', 54, 1], ['Dim', 1, 1],
      ['Bright', 98, 99],
      ['Bright', 100, 100], ['Dim', 100, 1]];
    for (const [request, amount, expected] of steps) {
      await home.asked(request, { 'device-id': d, [`${request.toLowerCase()}-amount`]: amount });
      const { on, brightness } = await home.seen('d');
      assert.deepEqual([on, brightness], [true, expected], `${request} ${amount}`);
    }
  });

test('Dim and Bright go from what the device reports, not from what AtHome has set', needs('Dim', 'Bright'), async (t) => {
  const home = await house(t, [{ id: 'd', kind: 'dimmer' }]);
  const d = await home.number('d');
  await home.asked('On', { 'device-id': d, 'device-brightness': 40 });
  await home.server.ctl.text('device', 'set', 'simulated:d', 'brightness', '80');
  await home.asked('Dim', { 'device-id': String(d), 'dim-amount': 10 });
  assert.equal((await home.seen('d')).brightness, 70);
});

test('Dim and Bright take the id as house-device-code too', needs('Dim', 'Bright'), async (t) => {
  const home = await house(t, [{ id: 'd', kind: 'dimmer' }]);
  const d = await home.number('d');
  await home.asked('Dim', { 'house-device-code': String(d), 'dim-amount': '60' });
  assert.equal((await home.seen('d')).brightness, 40);
  await home.asked('Bright', { 'house-device-code': d, 'bright-amount': 5 });
  assert.equal((await home.seen('d')).brightness, 45);
});

test('Dim and Bright refuse what cannot be dimmed, wrong arguments, and a device that fails', needs('Dim', 'Bright'), async (t) => {
  const home = await house(t, ['a', { id: 'p', kind: 'plug' }, { id: 'd', kind: 'dimmer' },
    { id: 'x', kind: 'dimmer', failure_rate: 1.0 }]);
  const { a, p, d, x } = await home.numbers();
  for (const request of ['Dim', 'Bright']) {
    const amount = `${request.toLowerCase()}-amount`;
    for (const id of [a, p]) await home.refused(501, request, { 'device-id': id, [amount]: 10 });
    await home.refused(400, request, { 'device-id': d });
    for (const wrong of [101, -1, '101', 'x', '', null, '10.0', [], 1e300])
      await home.refused(400, request, { 'device-id': d, [amount]: wrong });
    for (const id of [999, 'A1', '', null, []]) await home.refused(400, request, { 'device-id': id, [amount]: 10 });
    await home.refused(400, request, { 'house-device-code': 'A1', [amount]: 10 });
    await home.refused(400, request, { [amount]: 10 });
    assert.match((await home.refused(500, request, { 'device-id': x, [amount]: 10 })).error, /simulated failure/);
  }
  assert.equal((await home.seen('d')).brightness, 100);
});
