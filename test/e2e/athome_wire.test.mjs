// AtHome on the wire: each request is answered once, in the shape and with the words that clients rely on, whatever it asks for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, definition, exchange, house, program, sound } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';

const every = ['AllDevicesOff', 'AllDevicesOn', 'AssignDevice', 'AssignProgram', 'AssignProgramToGroup', 'Bright', 'DefineActionGroup',
  'DefineDevice', 'DefineProgram', 'DeleteActionGroup', 'DeleteActionGroupDevice', 'DeleteDevice', 'DeleteDeviceProgram', 'DeleteProgram',
  'DeviceOff', 'DeviceOn', 'Dim', 'DiscoverDevices', 'GetSunData', 'GetTime', 'GroupOff', 'GroupOn', 'Off', 'On', 'OnOffStatus',
  'QueryActionGroup', 'QueryActionGroupDevices', 'QueryActionGroups', 'QueryAvailableDevices', 'QueryAvailableGroupDevices',
  'QueryAvailablePrograms', 'QueryDeviceProgram', 'QueryDevicePrograms', 'QueryDevices', 'QueryPrograms', 'SetTime', 'StatusRequest',
  'UpdateActionGroup', 'UpdateDevice', 'UpdateProgram'];
const whole = (what, run) => test(what, needs(...every), run);

// A house with a dimmer, two lights, a group of two of them and a program of one: their numbers by the names of arguments.
async function furnished(t) {
  const home = await house(t, [{ id: 'd', kind: 'dimmer' }, 'a', 'b'],
    { home: { latitude: 51.5, longitude: -0.1, timezone: 'Europe/London' } });
  const { d, a, b } = await home.numbers();
  const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': 'G {1}' });
  const { id: plan } = await home.asked('DefineProgram', program('P {1}', { 'trigger-method': 'none' }));
  for (const device of [d, a]) await home.asked('AssignDevice', { 'group-id': group, 'device-id': device });
  await home.asked('AssignProgram', { 'device-id': a, 'program-id': plan });
  return { home, d, a, b, group, plan };
}

// Right arguments of every request, and what an answer has between result-code and message. Those that take something away come last.
const rightOnes = ({ d, a, b, group, plan }) => [
  ['StatusRequest', undefined, ['day-of-week', 'firmware-revision']],
  ['GetTime', undefined, []],
  ['SetTime', {}, []],
  ['GetSunData', { date: '2026-11-20' }, ['data']],
  ['On', { 'device-id': a }, []],
  ['DeviceOn', { 'device-id': a }, []],
  ['Off', { 'device-id': a }, []],
  ['DeviceOff', { 'device-id': a }, []],
  ['OnOffStatus', { 'device-id': a }, ['device-id', 'on', 'type']],
  ['AllDevicesOn', undefined, []],
  ['AllDevicesOff', {}, []],
  ['Dim', { 'device-id': d, 'dim-amount': 10 }, []],
  ['Bright', { 'device-id': d, 'bright-amount': 10 }, []],
  ['DefineDevice', definition('new {1}'), ['device-id']],
  ['UpdateDevice', { 'device-id': a, ...definition('a', { 'device-name': 'A {1}' }) }, ['device-id']],
  ['QueryDevices', {}, ['devices']],
  ['QueryDevices', { 'device-id': a }, ['device']],
  ['QueryAvailableDevices', { type: 'simulated' }, ['devices']],
  ['DiscoverDevices', undefined, []],
  ['DefineProgram', program('Q {1}', { 'trigger-method': 'none' }), ['id']],
  ['UpdateProgram', { ...program('P {2}', { 'trigger-method': 'none' }), id: plan }, ['id']],
  ['QueryPrograms', {}, ['programs']],
  ['QueryPrograms', { 'program-id': plan }, ['program']],
  ['QueryDeviceProgram', { 'program-id': plan }, ['program']],
  ['QueryDevicePrograms', { 'device-id': a }, ['programs']],
  ['QueryAvailablePrograms', { 'device-id': b }, ['programs']],
  ['AssignProgram', { 'device-id': b, 'program-id': plan }, ['program-assignment-id']],
  ['AssignProgramToGroup', { 'group-id': group, 'program-id': plan }, ['group-id', 'program-id', 'assigned-count',
    'already-assigned-count']],
  ['DefineActionGroup', { 'group-name': 'H {1}' }, ['group-id']],
  ['UpdateActionGroup', { 'group-id': group, 'group-name': 'G {2}' }, ['group-id']],
  ['QueryActionGroups', {}, ['groups']],
  ['QueryActionGroup', { 'group-id': group }, ['group']],
  ['QueryActionGroupDevices', { 'group-id': group }, ['devices']],
  ['QueryAvailableGroupDevices', { 'group-id': group }, ['devices']],
  ['AssignDevice', { 'group-id': group, 'device-id': b }, ['action-group-device-id']],
  ['GroupOn', { 'group-id': group }, []],
  ['GroupOff', { 'group-id': group }, []],
  ['DeleteDeviceProgram', { 'device-id': a, 'program-id': plan }, ['device-id', 'program-id']],
  ['DeleteActionGroupDevice', { 'group-id': group, 'device-id': b }, ['device-id', 'device_id', 'group-id']],
  ['DeleteProgram', { 'program-id': plan }, ['device-id', 'program-id']],
  ['DeleteActionGroup', { 'group-id': group }, ['group-id']],
  ['DeleteDevice', { 'device-id': a }, ['device-id']],
];

const kAround = ['request', 'date-time', 'server', 'server-version', 'result-code', 'message', 'call-sequence'];

whole('every request is answered with its own keys between result-code and message, and nothing else', async (t) => {
  const rooms = await furnished(t);
  const ones = rightOnes(rooms);
  assert.deepEqual([...new Set(ones.map(([request]) => request))].sort(), [...every].sort(), 'no request is forgotten');
  for (const [request, args, keys] of ones) {
    const answer = await rooms.home.asked(request, args, { ms: 10000 });
    assert.deepEqual(Object.keys(answer).filter((key) => !kAround.includes(key)).sort(), [...keys].sort(), request);
    assert.equal(answer.request, request);
    assert.match(answer['date-time'], /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?$/);
    assert.match(answer.server, /^[^/]+\/AtHomePowerlineServer$/);
  }
});

whole('the name of a request comes back as it was sent, but for five of them', async (t) => {
  const rooms = await furnished(t);
  const canonical = ['StatusRequest', 'DiscoverDevices', 'DefineProgram', 'UpdateProgram', 'GetSunData'];
  for (const [request, args] of rightOnes(rooms)) {
    const sent = request.toLowerCase();
    const answer = await rooms.home.asked(sent, args, { ms: 10000 });
    assert.equal(answer.request, canonical.includes(request) ? request : sent);
  }
});

whole('the numbers of answers count one by one, those of failures too', async (t) => {
  const { home, a } = await furnished(t);
  let last = (await home.asked('StatusRequest'))['call-sequence'];
  for (const [request, args] of [['On', { 'device-id': a }], ['On', {}], ['MakeCoffee', {}], ['QueryDevices', {}],
    ['QueryPrograms', { 'program-id': 99 }],
    ['DefineProgram', {}], ['Dim', { 'device-id': a, 'dim-amount': 1 }], ['StatusRequest', undefined]]) {
    const answer = await home.ask(request, args);
    assert.equal(answer['call-sequence'], last + 1, request);
    last = answer['call-sequence'];
  }
});

test('an unknown request is answered with 404 and its own name, in braces too', async (t) => {
  const home = await house(t, []);
  for (const request of ['MakeCoffee', 'Make{Coffee}', '}{', 'Kávé', '', 'On ', 'AllUnitsOff'])
    for (const args of [{}, undefined, { x: '{' }]) assert.equal((await home.refused(404, request, args)).request, request);
});

// ---- Arguments --------------------------------------------------------------------------------------------------------

const needArgs = every.filter((request) => !['StatusRequest', 'DiscoverDevices', 'GetTime', 'SetTime', 'AllDevicesOn',
  'AllDevicesOff'].includes(request));

whole('a request whose args are missing or no object is refused', async (t) => {
  const { home } = await furnished(t);
  for (const request of needArgs) for (const args of [undefined, [], 'x', 7, true]) await home.refused(400, request, args, { ms: 10000 });
});

// Every argument that a request can't do without: each is left out once.
const optional = ['device-channel', 'device-color', 'device-brightness', 'color', 'brightness', 'type'];
whole('a request without one of its arguments is refused, and the words name what is missing', async (t) => {
  const rooms = await furnished(t);
  for (const [request, args] of rightOnes(rooms).filter(([name]) => !['QueryDevices', 'QueryPrograms'].includes(name)))
    for (const key of Object.keys(args ?? {}).filter((name) => !optional.includes(name))) {
      if (request === 'DeleteDeviceProgram' && key === 'device-id') continue;  // the document leaves it out
      const { [key]: left, ...rest } = args;
      const { error } = await rooms.home.refused(400, request, rest);
      // The make may be told in one of two ways, the device in several.
      if (!['device-mfg', 'device-id'].includes(key)) assert.ok(error.includes(key), `${request} without ${key}: ${error}`);
    }
});

const idForms = (n) => [n, String(n), ` ${n} `, `+${n}`, n + 0.9, `\t${n}\n`];
const noIds = ['x', '', '1.0', 'true', '1 2', null, [], {}, 1e300, '0x1'];

// Which requests echo which arguments, as they came.
const echoes = ({ a, b, group, plan }) => [
  ['OnOffStatus', { 'device-id': a }, ['device-id']],
  ['UpdateDevice', { ...definition('a'), 'device-id': a }, ['device-id']],
  ['UpdateActionGroup', { 'group-name': 'G', 'group-id': group }, ['group-id']],
  ['DeleteDeviceProgram', { 'device-id': b, 'program-id': plan }, ['device-id', 'program-id']],
  ['DeleteActionGroupDevice', { 'group-id': group, 'device-id': b }, ['group-id', 'device-id']],
  ['DeleteProgram', { 'program-id': 99 }, ['program-id']],
  ['DeleteActionGroup', { 'group-id': 99 }, ['group-id']],
  ['DeleteDevice', { 'device-id': 99 }, ['device-id']],
];

whole('ids come back with the type and the value that they were sent with', async (t) => {
  const rooms = await furnished(t);
  for (const [request, args, keys] of echoes(rooms))
    for (const key of keys)
      for (const form of idForms(args[key]))
        assert.deepEqual((await rooms.home.asked(request, { ...args, [key]: form }))[key], form, `${request} ${key}`);
});

whole('ids are read as Python reads integers, everywhere', async (t) => {
  const rooms = await furnished(t);
  const { home, a, b, group, plan } = rooms;
  const ones = [['On', 'device-id', a], ['Off', 'device-id', a], ['QueryDevices', 'device-id', a], ['OnOffStatus', 'device-id', a],
    ['QueryPrograms', 'program-id', plan], ['QueryDeviceProgram', 'program-id', plan], ['QueryDevicePrograms', 'device-id', a],
    ['QueryAvailablePrograms', 'device-id', b], ['QueryActionGroup', 'group-id', group], ['QueryActionGroupDevices', 'group-id', group],
    ['QueryAvailableGroupDevices', 'group-id', group], ['GroupOn', 'group-id', group], ['GroupOff', 'group-id', group]];
  for (const [request, key, id] of ones) {
    const bare = ({ 'date-time': when, 'call-sequence': n, ...rest }) => JSON.stringify({ ...rest, 'device-id': undefined });
    const plain = bare(await home.asked(request, { [key]: id }));
    for (const form of idForms(id))
      assert.equal(bare(await home.asked(request, { [key]: form })), plain, `${request} ${JSON.stringify(form)}`);
    for (const form of noIds) {
      if (form === null && ['QueryDevices', 'QueryPrograms'].includes(request)) continue;  // there the id may be absent
      await home.refused(400, request, { [key]: form });
    }
  }
});

// ---- Ids that nobody knows --------------------------------------------------------------------------------------------

const kNobody = 987654;
whole('ids that nobody knows: refused, answered with nothing, or nothing to do, as each request has it', async (t) => {
  const { home, d, a, group, plan } = await furnished(t);
  const state = async () => [await home.devices(), await home.programs(), await home.groups(),
    (await home.asked('QueryActionGroupDevices', { 'group-id': group })).devices,
      (await home.asked('QueryDevicePrograms', { 'device-id': a })).programs];
  const before = await state();
  const all = { devices: before[0].map((x) => x.id).sort(), programs: before[1].map((x) => x.id).sort() };
  for (const nobody of [kNobody, String(kNobody), 0, -1, '-1']) {
    const refused = [['On', { 'device-id': nobody }], ['Off', { 'device-id': nobody }], ['DeviceOn', { 'device-id': nobody }],
      ['DeviceOff', { 'device-id': nobody }], ['OnOffStatus', { 'device-id': nobody }], ['Dim', { 'device-id': nobody, 'dim-amount': 5 }],
      ['Bright', { 'device-id': nobody, 'bright-amount': 5 }], ['QueryDevices', { 'device-id': nobody }],
        ['QueryPrograms', { 'program-id': nobody }],
      ['QueryDeviceProgram', { 'program-id': nobody }], ['QueryActionGroup', { 'group-id': nobody }], ['GroupOn', { 'group-id': nobody }],
      ['GroupOff', { 'group-id': nobody }], ['AssignDevice', { 'group-id': group, 'device-id': nobody }],
      ['AssignDevice', { 'group-id': nobody, 'device-id': d }], ['AssignProgram', { 'device-id': nobody, 'program-id': plan }],
      ['AssignProgram', { 'device-id': d, 'program-id': nobody }], ['AssignProgramToGroup', { 'group-id': group, 'program-id': nobody }],
      ['AssignProgramToGroup', { 'group-id': nobody, 'program-id': plan }]];
    for (const [request, args] of refused) await home.refused(400, request, args);

    const nothing = [['QueryDevicePrograms', { 'device-id': nobody }, 'programs'], ['QueryActionGroupDevices', { 'group-id': nobody },
      'devices']];
    for (const [request, args, key] of nothing) assert.deepEqual((await home.asked(request, args))[key], [], request);
    const everything = [['QueryAvailablePrograms', { 'device-id': nobody }, 'programs'], ['QueryAvailableGroupDevices',
      { 'group-id': nobody }, 'devices']];
    for (const [request, args, key] of everything)
      assert.deepEqual((await home.asked(request, args))[key].map((x) => x.id).sort(), all[key], request);

    const done = [['UpdateDevice', { ...definition('new'), 'device-id': nobody }], ['DeleteDevice', { 'device-id': nobody }],
      ['UpdateActionGroup', { 'group-id': nobody, 'group-name': 'X' }], ['DeleteActionGroup', { 'group-id': nobody }],
      ['DeleteActionGroupDevice', { 'group-id': group, 'device-id': nobody }], ['DeleteActionGroupDevice',
        { 'group-id': nobody, 'device-id': a }],
      ['DeleteProgram', { 'program-id': nobody }], ['DeleteDeviceProgram', { 'device-id': nobody, 'program-id': plan }],
      ['DeleteDeviceProgram', { 'device-id': a, 'program-id': nobody }], ['DeleteDeviceProgram', { 'program-id': nobody }]];
    for (const [request, args] of done) {
      const answer = await home.asked(request, args);
      for (const key of Object.keys(args).filter((name) => name.endsWith('-id')))
        assert.deepEqual(answer[key], args[key], `${request} ${key}`);
    }
    assert.equal((await home.asked('UpdateProgram', { ...program('X'), id: nobody })).id, Number(nobody));
  }
  assert.deepEqual(await state(), before, 'none of them changed anything');
});

// ---- Text and bytes ---------------------------------------------------------------------------------------------------

whole('names with braces, quotes and other alphabets come back as they were, wherever they stand', async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  for (const name of ['{', '}', '}{', '"{', '\\"}', '\\u007b', '東京 🏠 {é}', '{"request":"On"}', ' blanks ']) {
    const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': name });
    const { id: plan } = await home.asked('DefineProgram', program(name, { 'device-id': a }));
    await home.asked('UpdateDevice', { ...definition('a', { 'device-name': name, 'device-location': name }), 'device-id': a });
    await home.asked('AssignDevice', { 'group-id': group, 'device-id': a });
    assert.equal((await home.asked('QueryActionGroup', { 'group-id': group })).group.name, name);
    assert.equal((await home.asked('QueryPrograms', { 'program-id': plan })).program.name, name);
    assert.ok((await home.asked('QueryDevicePrograms', { 'device-id': a })).programs.some((p) => p.name === name));
    const [member] = (await home.asked('QueryActionGroupDevices', { 'group-id': group })).devices;
    assert.deepEqual([member.name, member.location], [name, name]);
  }
});

whole('words about what was wrong are as sound as the rest, whatever was sent', async (t) => {
  const { home, a } = await furnished(t);
  for (const text of ['{', '}}}', '"', '\\', 'é{', '\u2028', '\ud83c\udfe0', 'x'.repeat(5000)]) {
    await home.refused(400, 'On', { 'device-id': text });
    await home.refused(400, 'On', { 'device-mfg': text, 'device-address': text, 'device-channel': 0 });
    await home.refused(400, 'DefineDevice', definition('x', { 'device-mfg': text }));
    await home.refused(400, 'DefineProgram', program('P', { time: text }));
    await home.refused(400, 'DefineProgram', program('P', { command: text }));
    await home.refused(400, 'GetSunData', { date: text });
    await home.refused(400, 'Dim', { 'device-id': a, 'dim-amount': text });
    await home.refused(404, `{${text}`, {});
  }
});

test("the document's typographic quotes are understood in arguments too", needs('QueryAvailableDevices'), async (t) => {
  const home = await house(t, ['a']);
  const number = await home.number('a');
  const text = async (request) => sound(await exchange(home.where, request, { ms: 10000 }));
  assert.equal((await text('{ “request”: “QueryDevices”, “args”: {} }')).devices.length, 1);
  assert.equal((await text(`{ “request”: “QueryDevices”, “args”: { "device-id": “${number}” } }`)).device.id, number);
  const { devices } = await text('{\n    “request”: “QueryAvailableDevices”,\n    “args”: {\n      "type": "simulated"\n    }\n}');
  assert.deepEqual(Object.keys(devices), ['a']);
});

test('bytes that cannot begin a request are answered with 400 at once, without waiting for more', async (t) => {
  const home = await house(t, []);
  for (const bytes of ['GET / HTTP/1.1\r\n', 'hello', '[', '[1]', '}', '""', '7', 'null', '\x16\x03\x01\x02\x00', '\x00', '""{', "'{"]) {
    const client = await connect(t, home.where);
    client.socket.write(Buffer.from(bytes, 'latin1'));
    await client.ended;
    assert.equal(sound(client.received)['result-code'], 400, JSON.stringify(bytes));
  }
});

test('a request that is no object inside, or no JSON, is answered once and sound', async (t) => {
  const home = await house(t, []);
  for (const text of ['{}', '{"request":null}', '{"request":{}}', '{"request":["On"]}', '{"request":"On","args":{"device-id":NaN}}',
    '{"request":"On","args":{"device-id":Infinity}}', '{"request":"On","args":{"device-id":01}}', '{"Request":"StatusRequest"}', '{{}}',
      '{"}"}',
    '{"request":"On","args":"{"}', '{"request" "On"}', '{"request":"\\x"}', '{"request":"On","args":{"device-id":1}'  + ' x}'])
    assert.equal(sound(await exchange(home.where, text))['result-code'], 400, text);
});

test('a connection is for one request: what follows the first object is not answered', async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  const two = `{"request":"StatusRequest"}{"request":"On","args":{"device-id":${a}}}`;
  assert.equal(sound(await exchange(home.where, two)).request, 'StatusRequest');
  await home.asked('StatusRequest');
  assert.equal(await home.on('a'), false);
});
