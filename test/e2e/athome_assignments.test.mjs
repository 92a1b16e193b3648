// AtHome's requests about programs and devices: which device has which program.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { house, program } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';

const programTest = (what, run) => test(what, needs('DefineProgram', 'QueryPrograms', 'QueryDevicePrograms', 'QueryAvailablePrograms',
  'AssignProgram',
  'DeleteDeviceProgram', 'AssignProgramToGroup', 'DefineActionGroup', 'AssignDevice'), run);

const define = async (home, name, more) => (await home.asked('DefineProgram', program(name, more))).id;
const query = async (home, id) => (await home.asked('QueryPrograms', { 'program-id': id })).program;
const ofDevice = async (home, device) => (await home.asked('QueryDevicePrograms', { 'device-id': device })).programs.map((p) => p.id);

programTest('AssignProgram answers the number of the assignment, the same when asked again', async (t) => {
  const home = await house(t, ['a', 'b']);
  const { a, b } = await home.numbers();
  const [one, two] = [await define(home, 'One'), await define(home, 'Two')];
  const assign = async (d, p) => (await home.asked('AssignProgram', { 'device-id': d, 'program-id': p }))['program-assignment-id'];
  const numbers = [await assign(a, one), await assign(a, two), await assign(String(b), String(one))];
  for (const number of numbers) assert.ok(Number.isInteger(number));
  assert.equal(new Set(numbers).size, 3);
  assert.deepEqual([await assign(String(a), one), await assign(a, String(two)), await assign(b, one)], numbers);
  await home.restart();
  assert.equal(await assign(a, one), numbers[0], 'after a restart');
  assert.deepEqual([(await ofDevice(home, a)).sort(), await ofDevice(home, b)], [[one, two].sort(), [one]]);
});

programTest('AssignProgram of a program or a device that nobody knows is refused', async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  const id = await define(home, 'P');
  for (const [d, p] of [[999, id], [a, 999], ['x', id], [a, 'x'], [null, id], [undefined, id], [a, undefined]])
    await home.refused(400, 'AssignProgram', { 'device-id': d, 'program-id': p });
  assert.deepEqual(await ofDevice(home, a), []);
});

programTest('QueryDevicePrograms shows whole programs; of a device that nobody knows, none', async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  const id = await define(home, 'P', { 'device-id': a });
  await define(home, 'Other');
  const { programs } = await home.asked('QueryDevicePrograms', { 'device-id': String(a) });
  const expected = await query(home, id);
  assert.equal(programs.length, 1);
  for (const [key, value] of Object.entries(expected)) assert.deepEqual(programs[0][key], value, key);
  assert.deepEqual(await ofDevice(home, 999), []);
});

programTest('QueryAvailablePrograms shows those not assigned, by name; to a device that nobody knows, all', async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  for (const name of ['b', 'B', 'Ä', 'a']) await define(home, name);
  await define(home, 'mine', { 'device-id': a });
  const names = async (device) => (await home.asked('QueryAvailablePrograms', { 'device-id': device })).programs.map((p) => p.name);
  assert.deepEqual(await names(a), ['B', 'a', 'b', 'Ä']);
  assert.deepEqual(await names('999'), ['B', 'a', 'b', 'mine', 'Ä']);
});

programTest('DeleteDeviceProgram of a device and a program takes that assignment alone, and echoes both ids', async (t) => {
  const home = await house(t, ['a', 'b']);
  const { a, b } = await home.numbers();
  const id = await define(home, 'P', { 'device-id': a });
  await home.asked('AssignProgram', { 'device-id': b, 'program-id': id });
  const remove = async (d, p) => {
    const answer = await home.asked('DeleteDeviceProgram', { 'device-id': d, 'program-id': p });
    assert.deepEqual([answer['device-id'], answer['program-id']], [d, p]);
  };
  await remove(String(a), id);
  assert.deepEqual([await ofDevice(home, a), await ofDevice(home, b)], [[], [id]]);
  await remove(a, String(id));
  await remove(999, id);
  await remove(b, 999);
  assert.deepEqual(await ofDevice(home, b), [id]);
  assert.equal((await home.programs()).length, 1, 'the program stays');
});

programTest("DeleteDeviceProgram with the program's id alone takes it from every device and keeps it", async (t) => {
  const home = await house(t, ['a', 'b']);
  const { a, b } = await home.numbers();
  const id = await define(home, 'P', { 'device-id': a }), other = await define(home, 'Other', { 'device-id': a });
  await home.asked('AssignProgram', { 'device-id': b, 'program-id': id });
  const answer = await home.asked('DeleteDeviceProgram', { 'program-id': String(id) });
  assert.equal(answer['program-id'], String(id));
  assert.deepEqual([await ofDevice(home, a), await ofDevice(home, b)], [[other], []]);
  assert.equal((await home.programs()).length, 2);
  assert.equal((await home.asked('DeleteDeviceProgram', { 'program-id': '99' }))['program-id'], '99');
  for (const args of [{}, { 'device-id': a }, undefined]) await home.refused(400, 'DeleteDeviceProgram', args);
});

programTest('AssignProgramToGroup assigns to each member, and counts the new and the old', async (t) => {
  const home = await house(t, ['a', 'b', 'c', 'other']);
  const { a, b, c, other } = await home.numbers();
  const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': 'G' });
  const id = await define(home, 'P', { 'device-id': a });
  const assign = async (g, p) => {
    const answer = await home.asked('AssignProgramToGroup', { 'group-id': g, 'program-id': p });
    assert.deepEqual([answer['group-id'], answer['program-id']], [group, id], 'as numbers');
    return [answer['assigned-count'], answer['already-assigned-count']];
  };
  assert.deepEqual(await assign(group, id), [0, 0], 'an empty group');
  for (const device of [a, b, c]) await home.asked('AssignDevice', { 'group-id': group, 'device-id': device });
  assert.deepEqual(await assign(String(group), String(id)), [2, 1]);
  assert.deepEqual(await assign(group, id), [0, 3]);
  for (const device of [a, b, c]) assert.deepEqual(await ofDevice(home, device), [id]);
  assert.deepEqual(await ofDevice(home, other), []);
  for (const [g, p] of [[group, 999], [999, id], ['x', id], [group, null], [undefined, id], [group, undefined]])
    await home.refused(400, 'AssignProgramToGroup', { 'group-id': g, 'program-id': p });
});
