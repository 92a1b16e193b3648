// AtHome's requests that define programs: what is kept, shown, refused. When they fire: athome_schedule.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { house, program } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';

const programTest = (what, run) => test(what,
  needs('DefineProgram', 'UpdateProgram', 'DeleteProgram', 'QueryPrograms', 'QueryDeviceProgram', 'QueryDevicePrograms', 'AssignProgram'),
    run);

const define = async (home, name, more) => (await home.asked('DefineProgram', program(name, more))).id;
const query = async (home, id) => (await home.asked('QueryPrograms', { 'program-id': id })).program;
const ofDevice = async (home, device) => (await home.asked('QueryDevicePrograms', { 'device-id': device })).programs.map((p) => p.id);

// What is shown, without what every definition changes.
const shown = ({ updatetime, ...rest }) => rest;

programTest('DefineProgram answers a new number, QueryPrograms shows what was defined', async (t) => {
  const home = await house(t, []);
  assert.deepEqual(await home.programs(), []);
  const first = await home.asked('DefineProgram', program('Evening', { 'day-mask': 'mtw-f.S', 'trigger-method': 'sunset', time: '17:45:30',
    offset: -45, command: 'dim', randomize: 1, 'randomize-amount': 15, color: '#12ab34', brightness: 30 }));
  assert.ok(Number.isInteger(first.id) && first.id > 0);
  assert.equal(first.message, 'Success');
  const second = await define(home, 'Evening');
  assert.notEqual(second, first.id, 'a name may be there twice');
  const programs = await home.programs();
  assert.deepEqual(programs.map((p) => p.id), [first.id, second].sort((x, y) => x - y));
  const { updatetime, ...rest } = programs.find((p) => p.id === first.id);
  assert.match(updatetime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?$/);
  const expected = { id: first.id, name: 'Evening', daymask: 'mtw-f.S', triggermethod: 'sunset', time: '1900-01-01 17:45:30', offset: -45,
    randomize: 1, randomizeamount: 15, command: 'dim', color: '#12ab34', brightness: 30 };
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(rest[key], value, key);
});

programTest('QueryPrograms and QueryDeviceProgram show one the same way', async (t) => {
  const home = await house(t, []);
  const id = await define(home, 'P');
  const [listed] = await home.programs();
  for (const asked of [id, String(id), ` +${id} `]) {
    assert.deepEqual((await home.asked('QueryPrograms', { 'program-id': asked })).program, listed);
    assert.deepEqual((await home.asked('QueryDeviceProgram', { 'program-id': asked })).program, listed);
  }
});

programTest("the web client's texts and booleans are understood", async (t) => {
  const home = await house(t, []);
  const { id } = await home.asked('DefineProgram', { name: 'P', 'day-mask': 'MTWTF--', 'trigger-method': 'clock-time', time: '06:30',
    offset: '-60', command: 'on', randomize: true, 'randomize-amount': '5', color: '#ffffff', brightness: '80' });
  const { offset, randomize, randomizeamount, brightness } = await query(home, id);
  assert.deepEqual([offset, randomize, randomizeamount, brightness], [-60, 1, 5, 80]);
  await home.asked('UpdateProgram', { ...program('P'), id: String(id), randomize: false, 'randomize-amount': '0' });
  assert.equal((await query(home, id)).randomize, 0);
});

programTest("the document's example is understood: without colour, with a device that nobody knows", async (t) => {
  const home = await house(t, ['a']);
  const { id } = await home.asked('DefineProgram', { name: 'Program name', 'device-id': '25', 'day-mask': 'MTWTFSS',
    'trigger-method': 'sunset',
    time: '12:00:00', offset: '-60', command: 'on', randomize: false, 'randomize-amount': '0', dimamount: '0' });
  const { color, brightness, offset, time } = await query(home, id);
  assert.deepEqual([color.toLowerCase(), brightness, offset, time], ['#ffffff', 100, -60, '1900-01-01 12:00:00']);
  assert.deepEqual(await ofDevice(home, await home.number('a')), []);
});

programTest('a dimamount counts where no brightness is given', async (t) => {
  const home = await house(t, []);
  const { brightness, ...plain } = program('P');
  for (const [more, expected] of [[{ dimamount: '30' }, 30], [{ dimamount: 30 }, 30], [{ dimamount: 0 }, 100], [{}, 100],
    [{ dimamount: 30, brightness: 55 }, 55]]) {
    const { id } = await home.asked('DefineProgram', { ...plain, ...more });
    assert.equal((await query(home, id)).brightness, expected, JSON.stringify(more));
  }
});

programTest('a device-id that is known is assigned at once, by DefineProgram and UpdateProgram', async (t) => {
  const home = await house(t, ['a', 'b']);
  const { a, b } = await home.numbers();
  const id = await define(home, 'P', { 'device-id': String(a) });
  assert.deepEqual([await ofDevice(home, a), await ofDevice(home, b)], [[id], []]);
  await home.asked('UpdateProgram', { ...program('P'), id, 'device-id': b });
  assert.deepEqual(await ofDevice(home, b), [id]);
  await home.asked('UpdateProgram', { ...program('P'), id, 'device-id': 999 });
  assert.deepEqual(await ofDevice(home, b), [id]);
});

programTest('UpdateProgram changes everything but the number and the devices', async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  const id = await define(home, 'Old');
  await home.asked('AssignProgram', { 'device-id': a, 'program-id': id });
  for (const asked of [id, String(id)]) {
    const answer = await home.asked('UpdateProgram',
      { ...program('New {1}', { 'day-mask': '-----SS', 'trigger-method': 'sunrise', time: '1:02',
      offset: 7, command: 'off', randomize: 1, 'randomize-amount': 3, color: '#00ff00', brightness: 9 }), id: asked });
    assert.deepEqual([answer.id, answer.message], [id, 'Success']);
  }
  const expected = { id, name: 'New {1}', daymask: '-----SS', triggermethod: 'sunrise', time: '1900-01-01 01:02:00', offset: 7,
    command: 'off',
    randomize: 1, randomizeamount: 3, color: '#00ff00', brightness: 9 };
  const now = await query(home, id);
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(now[key], value, key);
  assert.deepEqual(await ofDevice(home, a), [id]);
  assert.equal((await home.programs()).length, 1);
});

programTest('UpdateProgram of a program that nobody knows is a success that makes none', async (t) => {
  const home = await house(t, []);
  for (const id of [99, '99']) assert.equal((await home.asked('UpdateProgram', { ...program('P'), id })).id, 99);
  assert.deepEqual(await home.programs(), []);
});

programTest('a time may be written in each of its forms, and is shown in one', async (t) => {
  const home = await house(t, []);
  const forms = { '07:30': '07:30:00', '7:30': '07:30:00', '07:30:15': '07:30:15', '00:00': '00:00:00', '23:59:59': '23:59:59',
    '1900-01-01 17:45:00': '17:45:00', '1900-01-01 00:00:01': '00:00:01' };
  for (const [time, expected] of Object.entries(forms)) {
    const id = await define(home, time, { time });
    assert.equal((await query(home, id)).time, `1900-01-01 ${expected}`, time);
    await home.asked('UpdateProgram', { ...program(time), id, time: (await query(home, id)).time });
    assert.equal((await query(home, id)).time, `1900-01-01 ${expected}`, `${time}, sent back`);
  }
});

programTest('a mask of days is kept as it was written', async (t) => {
  const home = await house(t, []);
  for (const mask of ['MTWTFSS', 'mtwtfss', 'mtwtf--', '-----ss', 'M.W.F.S', '.......', '-------'])
    assert.equal((await query(home, await define(home, mask, { 'day-mask': mask }))).daymask, mask);
});

programTest('every trigger and every command that the document names is taken', async (t) => {
  const home = await house(t, []);
  for (const trigger of ['none', 'clock-time', 'sunrise', 'sunset'])
    for (const command of ['none', 'on', 'off', 'dim', 'bright']) {
      const id = await define(home, `${trigger} ${command}`, { 'trigger-method': trigger, command });
      const { triggermethod, command: kept } = await query(home, id);
      assert.deepEqual([triggermethod, kept], [trigger, command]);
    }
});

const wrong = {
  name: [undefined, null, [], {}],
  'day-mask': [undefined, null, '', 'MTWTFS', 'MTWTFSSS', '0101010', '       ', 'MTWTFS?', 1111111, []],
  'trigger-method': [undefined, null, '', 'moonrise', 'clock', 7, []],
  time: [undefined, null, '', '24:00', '12:60', '12:30:60', '-1:30', 'noon', '12', '1230', '12:3x', '1900-01-01 25:00:00', 1230, []],
  offset: [undefined, null, '', 'x', '1.0', 'true', [], {}, 1e300],
  command: [undefined, null, '', 'explode', 7, []],
  randomize: [undefined, null, '', 'true', 'yes', '1.0', []],
  'randomize-amount': [undefined, null, '', 'x', '1.5', []],
  color: [null, 'red', '#12345', '#12345g', '#1234567', 255, []],
  brightness: [null, '', 'x', -1, 101, '101', '50.0', []],
};
for (const [key, values] of Object.entries(wrong))
  programTest(`a program with a wrong ${key} is refused, and nothing changes`, async (t) => {
    const home = await house(t, []);
    const id = await define(home, 'P');
    const before = await home.programs();
    for (const value of values) {
      await home.refused(400, 'DefineProgram', program('Q', { [key]: value }));
      await home.refused(400, 'UpdateProgram', { ...program('Q', { [key]: value }), id });
    }
    assert.deepEqual(await home.programs(), before);
  });

programTest('an offset and the rest are read as Python reads integers', async (t) => {
  const home = await house(t, []);
  for (const [value, expected] of [[5, 5], ['5', 5], [' 5 ', 5], ['+5', 5], ['-60', -60], [1.9, 1], [-1.9, -1], [true, 1], [false, 0],
    ['0', 0]])
    assert.equal((await query(home, await define(home, 'P', { offset: value }))).offset, expected, JSON.stringify(value));
  for (const [value, expected] of [[true, 1], [false, 0], [1, 1], [0, 0], ['1', 1], ['0', 0]])
    assert.equal((await query(home, await define(home, 'P', { randomize: value }))).randomize, expected, JSON.stringify(value));
});

programTest('programs and their devices stay over a restart, and over a power cut', async (t) => {
  const home = await house(t, ['a', 'b']);
  const { a, b } = await home.numbers();
  const one = await define(home, 'Őszi {este}', { 'trigger-method': 'sunset', offset: -10, color: '#0a0b0c', brightness: 12,
    'device-id': a });
  const two = await define(home, 'Two');
  await home.asked('AssignProgram', { 'device-id': b, 'program-id': two });
  const before = (await home.programs()).map(shown);
  for (const end of [() => home.server.stop(), () => home.server.kill9()]) {
    await end();
    await home.server.start();
    await home.open();
    assert.deepEqual((await home.programs()).map(shown), before);
    assert.deepEqual([await ofDevice(home, a), await ofDevice(home, b)], [[one], [two]]);
  }
});

programTest('DeleteProgram takes the assignments with it and echoes the id under both keys', async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  const [one, two] = [await define(home, 'One', { 'device-id': a }), await define(home, 'Two', { 'device-id': a })];
  const answer = await home.asked('DeleteProgram', { 'program-id': String(one) });
  assert.deepEqual([answer['program-id'], answer['device-id']], [String(one), String(one)]);
  assert.deepEqual((await home.programs()).map((p) => p.id), [two]);
  assert.deepEqual(await ofDevice(home, a), [two]);
  for (const id of [one, '999']) {
    const again = await home.asked('DeleteProgram', { 'program-id': id });
    assert.deepEqual([again['program-id'], again['device-id']], [id, id]);
  }
  await home.refused(400, 'DeleteProgram', {});
  assert.equal((await home.programs()).length, 1);
});
