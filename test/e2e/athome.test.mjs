// The AtHome protocol as its clients speak it, and as no client should.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, asked, connect, definition, exchange, parsed } from './lib/athome.mjs';
import { needs, requests } from './lib/offered.mjs';
import { lights, startServer } from './lib/server.mjs';
import { until, within } from './lib/until.mjs';

// A server with some lights; where AtHome listens; the number of a device.
async function house(t, ...devices) {
  const server = await startServer(t, lights(...(devices.length > 0 ? devices : ['a', 'b', 'c'])));
  const athome = await server.listen('athome');
  const number = async (id) => (await server.device(`simulated:${id}`)).number;
  const on = async (id) => (await server.device(`simulated:${id}`)).state.on_off?.reported;
  return { server, athome, number, on };
}

// ---- Requests ---------------------------------------------------------------------------------------------------------

test('StatusRequest is the handshake: who answers, when, and a growing number', async (t) => {
  const { athome } = await house(t);
  const first = await asked(athome, 'StatusRequest', {});
  assert.equal(first.request, 'StatusRequest');
  assert.match(first.server, /\/AtHomePowerlineServer$/);
  assert.match(first['date-time'], /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?$/);
  assert.match(first['day-of-week'], /^[0-6]$/);
  assert.equal(first['firmware-revision'], '0.0.0.0');
  assert.equal(first.message, 'Success');
  const second = await asked(athome, 'StatusRequest');
  assert.equal(second['call-sequence'], first['call-sequence'] + 1);
});

test('the name of a request may be written in any case, keys that nobody knows are ignored', async (t) => {
  const { athome } = await house(t);
  const answer = parsed(await exchange(athome, '{"request":"sTaTuSrEqUeSt","args":{"x":1},"description":"y"}'));
  assert.equal(answer['result-code'], 0);
  assert.equal(answer.request, 'StatusRequest');
});

for (const request of ['GetTime', 'SetTime'])
  test(`${request} answers with the time`, needs(request), async (t) => {
    const { athome } = await house(t);
    assert.ok((await asked(athome, request))['date-time']);
  });

test('QueryDevices lists every device in the shape that clients read', async (t) => {
  const { athome } = await house(t, { id: 'b', location: 'Attic' }, { id: 'a', location: 'Attic' }, { id: 'z', location: '' },
    { id: 'weather', kind: 'sensor' });
  const { devices } = await asked(athome, 'QueryDevices', {});
  assert.equal(devices.length, 4);
  for (const device of devices) {
    assert.ok(Number.isInteger(device.id));
    for (const key of ['name', 'location', 'mfg', 'address', 'type', 'color']) assert.equal(typeof device[key], 'string', key);
    assert.ok(Number.isInteger(device.channel) && Number.isInteger(device.brightness));
    assert.equal(typeof device.on, 'boolean');
    assert.match(device.updatetime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?$/);
  }
  const order = devices.map((d) => [d.location, d.name]);
  assert.deepEqual(order, [...order].sort((x, y) => (x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : x[1] < y[1] ? -1 : 1)));
});

test('QueryDevices of one device, by number or by text', async (t) => {
  const { athome, number } = await house(t);
  const a = await number('a');
  for (const id of [a, String(a), ` ${a} `]) {
    const { device } = await asked(athome, 'QueryDevices', { 'device-id': id });
    assert.equal(device.id, a);
    assert.equal(device.name, 'a');
  }
});

for (const [on, off] of [['On', 'Off'], ['DeviceOn', 'DeviceOff']])
  test(`${on} and ${off} switch a device`, async (t) => {
    const house_ = await house(t);
    const a = await house_.number('a');
    await asked(house_.athome, on, { 'device-id': a, 'dim-amount': '0' });
    assert.equal(await house_.on('a'), true);
    assert.equal(await house_.on('b'), false);
    await asked(house_.athome, off, { 'device-id': String(a) });
    assert.equal(await house_.on('a'), false);
  });

test('On by make, address and channel', async (t) => {
  const { athome, on } = await house(t);
  await asked(athome, 'On', { 'device-mfg': 'simulated', 'device-address': 'b', 'device-channel': 0 });
  assert.equal(await on('b'), true);
});

test('On with a brightness sets a dimmer to it', async (t) => {
  const { server, athome, number } = await house(t, { id: 'd', kind: 'dimmer' });
  await asked(athome, 'On', { 'device-id': await number('d'), 'device-brightness': '40' });
  const { state } = await server.device('simulated:d');
  assert.equal(state.on_off.reported, true);
  assert.equal(state.brightness.reported, 40);
});

test('AllDevicesOn and AllDevicesOff switch everything that can be', needs('AllDevicesOn', 'AllDevicesOff'), async (t) => {
  const { athome, on } = await house(t, 'a', 'b', { id: 'weather', kind: 'sensor' });
  await asked(athome, 'AllDevicesOn', {});
  assert.deepEqual([await on('a'), await on('b')], [true, true]);
  await asked(athome, 'AllDevicesOff');
  assert.deepEqual([await on('a'), await on('b')], [false, false]);
});

test('AllDevicesOn says how many failed', needs('AllDevicesOn'), async (t) => {
  const { athome, on } = await house(t, 'a', { id: 'x', failure_rate: 1.0 });
  const answer = await ask(athome, 'AllDevicesOn', {});
  assert.equal(answer['result-code'], 500);
  assert.match(answer.message + answer.error, /1 /);
  assert.equal(await on('a'), true);
});

test('a command that its device fails is answered with 500 and the words of the driver', async (t) => {
  const { athome, number } = await house(t, { id: 'x', failure_rate: 1.0 });
  const answer = await ask(athome, 'On', { 'device-id': await number('x') });
  assert.equal(answer['result-code'], 500);
  assert.match(answer.error, /simulated failure/);
});

test('DefineDevice, UpdateDevice, DeleteDevice: the life of a device', needs('UpdateDevice', 'DeleteDevice'), async (t) => {
  const { server, athome, on } = await house(t);
  const { 'device-id': number } = await asked(athome, 'DefineDevice', definition('new'));
  assert.ok(Number.isInteger(number));
  await asked(athome, 'On', { 'device-id': number });
  assert.equal(await on('new'), true);

  const update = { 'device-id': String(number), ...definition('new', { 'device-name': 'Renamed', 'device-location': 'Elsewhere' }) };
  assert.equal((await asked(athome, 'UpdateDevice', update))['device-id'], String(number));
  const { device } = await asked(athome, 'QueryDevices', { 'device-id': number });
  assert.deepEqual([device.name, device.location], ['Renamed', 'Elsewhere']);
  assert.equal((await server.device('simulated:new')).name, 'Renamed');

  assert.equal((await asked(athome, 'DeleteDevice', { 'device-id': number }))['device-id'], number);
  const { devices } = await asked(athome, 'QueryDevices', {});
  assert.equal(devices.some((d) => d.id === number), false);
});

test("the document's own DefineDevice, with device-type and device-selected, is understood", async (t) => {
  const { athome } = await house(t);
  const answer = await asked(athome, 'DefineDevice', { 'device-name': 'Device under test', 'device-location': 'Unknown test location',
    'device-type': 'simulated', 'device-address': 'doc', 'device-selected': 0 });
  const { device } = await asked(athome, 'QueryDevices', { 'device-id': answer['device-id'] });
  assert.deepEqual([device.name, device.address, device.mfg], ['Device under test', 'doc', 'simulated']);
});

test('a device that is known already gets the name and keeps its number', async (t) => {
  const { athome, number } = await house(t);
  const answer = await asked(athome, 'DefineDevice', definition('a', { 'device-name': 'Better' }));
  assert.equal(answer['device-id'], await number('a'));
  const { device } = await asked(athome, 'QueryDevices', { 'device-id': answer['device-id'] });
  assert.equal(device.name, 'Better');
});

test('a make that nobody knows is refused', async (t) => {
  const { athome } = await house(t);
  assert.equal((await ask(athome, 'DefineDevice', definition('x', { 'device-mfg': 'acme' })))['result-code'], 400);
});

test('groups: define, rename, assign, query, switch, take out, delete', needs('DefineActionGroup', 'GroupOn'), async (t) => {
  const { athome, number, on } = await house(t);
  const [a, b, c] = [await number('a'), await number('b'), await number('c')];
  const { 'group-id': group } = await asked(athome, 'DefineActionGroup', { 'group-name': 'Living room' });
  assert.ok(Number.isInteger(group));
  assert.deepEqual((await asked(athome, 'QueryActionGroup', { 'group-id': group })).group, { id: group, name: 'Living room' });
  await asked(athome, 'UpdateActionGroup', { 'group-id': group, 'group-name': 'Lounge' });
  assert.deepEqual((await asked(athome, 'QueryActionGroups', {})).groups, [{ id: group, name: 'Lounge' }]);

  for (const device of [a, b]) await asked(athome, 'AssignDevice', { 'group-id': String(group), 'device-id': device });
  const members = async (request) => (await asked(athome, request, { 'group-id': group })).devices.map((d) => d.id).sort();
  assert.deepEqual(await members('QueryActionGroupDevices'), [a, b].sort());
  assert.deepEqual(await members('QueryAvailableGroupDevices'), [c]);

  await asked(athome, 'GroupOn', { 'group-id': group });
  assert.deepEqual([await on('a'), await on('b'), await on('c')], [true, true, false]);
  await asked(athome, 'GroupOff', { 'group-id': group });
  assert.deepEqual([await on('a'), await on('b')], [false, false]);

  const gone = await asked(athome, 'DeleteActionGroupDevice', { 'group-id': group, 'device-id': a });
  assert.deepEqual([gone['group-id'], gone['device-id'], gone.device_id], [group, a, a]);
  assert.deepEqual(await members('QueryActionGroupDevices'), [b]);
  await asked(athome, 'DeleteActionGroup', { 'group-id': group });
  assert.deepEqual((await asked(athome, 'QueryActionGroups', {})).groups, []);
  assert.equal((await asked(athome, 'QueryDevices', {})).devices.length, 3, 'its devices stay');
});

test('OnOffStatus tells whether a device is on', needs('OnOffStatus'), async (t) => {
  const { athome, number } = await house(t);
  const a = await number('a');
  assert.equal((await asked(athome, 'OnOffStatus', { 'device-id': a })).on, false);
  await asked(athome, 'On', { 'device-id': a });
  assert.equal((await asked(athome, 'OnOffStatus', { 'device-id': a })).on, true);
});

test('DiscoverDevices needs no args, and the brace too many of the document does no harm', needs('DiscoverDevices'), async (t) => {
  const { athome } = await house(t);
  const answer = parsed(await exchange(athome, '{ "request": "DiscoverDevices" } }', { ms: 12000 }));
  assert.equal(answer['result-code'], 0);
});

test('QueryAvailableDevices answers an object by address', needs('QueryAvailableDevices'), async (t) => {
  const { athome } = await house(t);
  const { devices } = await asked(athome, 'QueryAvailableDevices', { type: 'tplink' });
  assert.equal(typeof devices, 'object');
  assert.equal(Array.isArray(devices), false);
});

test('each request that clients know gets an answer, whatever its args, none is dropped', async (t) => {
  const { athome } = await house(t);
  const known = ['AllDevicesOff', 'AllDevicesOn', 'AssignDevice', 'AssignProgram', 'AssignProgramToGroup', 'DefineActionGroup',
    'DefineDevice', 'DefineProgram', 'DeleteActionGroup', 'DeleteActionGroupDevice', 'DeleteDevice', 'DeleteDeviceProgram',
    'DeleteProgram', 'DiscoverDevices', 'GroupOff', 'GroupOn', 'Off', 'DeviceOff', 'On', 'DeviceOn', 'OnOffStatus',
    'QueryActionGroup', 'QueryActionGroupDevices', 'QueryActionGroups', 'QueryAvailableDevices', 'QueryAvailableGroupDevices',
    'QueryAvailablePrograms', 'QueryDeviceProgram', 'QueryDevicePrograms', 'QueryDevices', 'QueryPrograms', 'StatusRequest',
    'UpdateActionGroup', 'UpdateDevice', 'UpdateProgram', 'Dim', 'Bright', 'GetSunData', 'GetTime', 'SetTime'];
  for (const request of known)
    for (const args of [undefined, {}, { 'device-id': 'x', 'group-id': null, 'program-id': [] }]) {
      const answer = await ask(athome, request, args, { ms: 12000 });
      if (requests.includes(request)) assert.notEqual(answer['result-code'], 404, request);
      assert.equal(answer.request.toLowerCase(), request.toLowerCase());
    }
});

// ---- Errors -----------------------------------------------------------------------------------------------------------

test('a request that nobody knows is answered with 404', async (t) => {
  const { athome } = await house(t);
  const answer = await ask(athome, 'MakeCoffee', {});
  assert.equal(answer['result-code'], 404);
  assert.equal(answer.request, 'MakeCoffee');
});

test('a device that nobody knows, and ids that are none, are answered with 400', async (t) => {
  const { athome } = await house(t);
  for (const id of [99999, '99999', -1, 'x', '', null, 1.5e300, true, [], {}, '1.0'])
    for (const request of ['On', 'Off', 'QueryDevices']) {
      if (request === 'QueryDevices' && (id === null || id === true)) continue;
      const answer = await ask(athome, request, { 'device-id': id });
      if (id === true && answer['result-code'] === 0) continue;  // the original reads true as 1
      assert.equal(answer['result-code'], 400, `${request} ${JSON.stringify(id)}: ${JSON.stringify(answer)}`);
    }
  assert.equal((await ask(athome, 'On', {}))['result-code'], 400);
  assert.equal((await ask(athome, 'Off', {}))['result-code'], 400);
});

const malformed = {
  'no JSON': '{"request": StatusRequest}',
  'a trailing comma': '{"request":"StatusRequest",}',
  'single quotes': "{'request':'StatusRequest'}",
  'no request': '{"args":{}}',
  'a request that is no text': '{"request":7}',
  'a request that is null': '{"request":null,"args":{}}',
  'args that are a list': '{"request":"QueryDevices","args":[]}',
  'a key twice': '{"request":"StatusRequest","request":"On"}',
  'a key twice, deeper': '{"request":"On","args":{"device-id":1,"device-id":2}}',
  'a list': '[{"request":"StatusRequest"}]',
  'an unescaped control character': '{"request":"Status\u0001Request"}',
  'a lone surrogate': '{"request":"\\ud800"}',
  'a number without end': `{"request":"On","args":{"device-id":1e999}}`,
};
for (const [what, text] of Object.entries(malformed))
  test(`malformed: ${what} is answered with 400`, async (t) => {
    const { athome } = await house(t);
    const answer = parsed(await exchange(athome, text));
    assert.equal(answer['result-code'], 400);
    assert.ok(answer.error.length > 3);
    await asked(athome, 'StatusRequest', {});
  });

test('bytes that are no UTF-8 are answered with 400', async (t) => {
  const { athome } = await house(t);
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]]) {
    const text = Buffer.concat([Buffer.from('{"request":"'), Buffer.from(bytes), Buffer.from('"}')]);
    assert.equal(parsed(await exchange(athome, text))['result-code'], 400, bytes.join(' '));
  }
});

test('nesting without end is answered with 400', async (t) => {
  const { athome } = await house(t);
  for (const text of [`{"request":"On","args":${'['.repeat(10000)}${']'.repeat(10000)}}`,
    `${'{"a":'.repeat(10000)}1${'}'.repeat(10000)}`, `{"request":"On","args":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`])
    assert.equal(parsed(await exchange(athome, text))['result-code'], 400);
});

test('a request above the limit ends with 400 or the end of the connection, and the server goes on', async (t) => {
  const { athome } = await house(t);
  const answer = await exchange(athome, `{"request":"StatusRequest","x":"${'y'.repeat(3 << 20)}"}`);
  if (answer !== null) assert.equal(parsed(answer)['result-code'], 400);
  await asked(athome, 'StatusRequest', {});
});

test('a large request below the limit is served', async (t) => {
  const { athome } = await house(t);
  const answer = await exchange(athome, `{"request":"StatusRequest","x":"${'y'.repeat(900000)}"}`);
  assert.equal(parsed(answer)['result-code'], 0);
});

// ---- The stream -------------------------------------------------------------------------------------------------------

test('a request may come in single bytes', async (t) => {
  const { athome } = await house(t);
  const bytes = Buffer.from('{"request":"StatusRequest","args":{}}');
  const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
  assert.equal(parsed(await exchange(athome, pieces))['result-code'], 0);
});

test('braces, quotes and escapes in strings are no structure', async (t) => {
  const { athome } = await house(t);
  for (const name of ['{', '}', '}{', '"{', '\\', '\\"}', '{"request":"Off"}']) {
    const { 'device-id': id } = await asked(athome, 'DefineDevice', definition('braces', { 'device-name': name }));
    const answer = await exchange(athome, JSON.stringify({ request: 'QueryDevices', args: { 'device-id': id } }));
    assert.equal(parsed(answer).device.name, name);
    let depth = 0;  // what a client sees that counts braces and knows no strings
    const text = answer.toString('latin1');
    for (const [i, c] of [...text].entries()) {
      depth += c === '{' ? 1 : c === '}' ? -1 : 0;
      assert.ok(depth > 0 || i === text.length - 1, name);
    }
  }
});

test('names in other alphabets come back as they were, in ASCII', async (t) => {
  const { athome } = await house(t);
  const name = 'Küche 東京 🏠';
  const { 'device-id': id } = await asked(athome, 'DefineDevice', definition('u', { 'device-name': name }));
  assert.equal((await asked(athome, 'QueryDevices', { 'device-id': id })).device.name, name);
});

test('what follows a request is ignored: a newline, junk, a second request', async (t) => {
  const { athome } = await house(t);
  const request = '{"request":"StatusRequest"}';
  for (const behind of ['\n', '}', 'x'.repeat(5000), request, '\xff'.repeat(200000)])
    assert.equal(parsed(await exchange(athome, Buffer.from(request + behind, 'latin1')))['result-code'], 0);
});

test('a byte-order mark, blanks and one stray quote in front are ignored', async (t) => {
  const { athome } = await house(t);
  for (const front of ['\ufeff', '  \r\n\t', '"']) {
    const answer = await exchange(athome, `${front}{"request":"StatusRequest"}${front === '"' ? '"' : ''}`);
    assert.equal(parsed(answer)['result-code'], 0, JSON.stringify(front));
  }
});

test("the document's typographic quotes are understood", async (t) => {
  const { athome } = await house(t);
  assert.equal(parsed(await exchange(athome, '{ “request”: “StatusRequest”, “args”: {} }'))['result-code'], 0);
});

test('half a request and goodbye is closed without a word', async (t) => {
  const { athome } = await house(t);
  for (const half of ['', '{', '{"request":"Status', '{"request":"StatusRequest"'])
    assert.equal(await exchange(athome, half, { end: true }), null, half);
  await asked(athome, 'StatusRequest', {});
});

test('half a request and silence is ended after 10 s, and others are served meanwhile', async (t) => {
  const { athome } = await house(t);
  const silent = await connect(t, athome), half = await connect(t, athome), dripping = await connect(t, athome);
  half.socket.write('{"request":"Stat');
  const drip = setInterval(() => dripping.socket.write(' '), 500);
  dripping.socket.write('{');
  t.after(() => clearInterval(drip));
  await asked(athome, 'StatusRequest', {});
  await within(15000, 'the end of those who say nothing', Promise.all([silent, half, dripping].map((c) => c.ended)));
});

test('100 clients at once are all served', async (t) => {
  const { athome } = await house(t);
  const answers = await Promise.all(Array.from({ length: 100 }, () => asked(athome, 'QueryDevices', {})));
  assert.equal(new Set(answers.map((a) => a['call-sequence'])).size, 100);
});

test('idle connections keep nobody out', async (t) => {
  const { athome } = await house(t);
  for (let i = 0; i < 40; ++i) await connect(t, athome);
  await until('an answer', () => asked(athome, 'StatusRequest', {}, { ms: 2000 }));
});
