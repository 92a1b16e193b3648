// hearthctl programs beside AtHome: what one makes the other shows; programs that are run by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { house, program } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';

const ctlTest = (what, run) => test(what, needs('programs', 'DefineProgram', 'QueryPrograms', 'QueryDevicePrograms', 'AssignProgram'), run);

const define = async (home, name, more) => (await home.asked('DefineProgram', program(name, more))).id;
const ofDevice = async (home, device) => (await home.asked('QueryDevicePrograms', { 'device-id': device })).programs.map((p) => p.id);

ctlTest('hearthctl lists what AtHome has defined', async (t) => {
  const home = await house(t, []);
  assert.deepEqual(await home.server.ctl.json('programs'), []);
  const id = await define(home, 'Őszi {este}', { time: '21:30' });
  const [listed] = await home.server.ctl.json('programs');
  assert.deepEqual([listed.id, listed.name, listed.next.length], [id, 'Őszi {este}', 5]);
  assert.match(await home.server.ctl.text('programs'), /Őszi \{este\}/);
});

ctlTest('AtHome shows what hearthctl programs set has made', async (t) => {
  const home = await house(t, [{ id: 'a', name: 'Lamp' }, 'b', 'c']);
  const { a, b, c } = await home.numbers();
  await home.server.ctl.text('programs', 'set', 'Wake up', 'Lamp', 'simulated:b', '--trigger', 'clock', '--time', '06:30:15', '--offset',
    '-5',
    '--random', '20', '--days', 'M-W-F--', '--command', 'dim', '--brightness', '30', '--color', '#00FF00');
  const [made] = await home.programs();
  assert.deepEqual([made.name, made.daymask.replace(/[A-Za-z]/g, 'x'), made.triggermethod, made.time, made.offset, made.randomize,
    made.randomizeamount, made.command, made.color.toLowerCase(), made.brightness],
    ['Wake up', 'x-x-x--', 'clock-time', '1900-01-01 06:30:15', -5, 1, 20, 'dim', '#00ff00', 30]);
  assert.deepEqual([await ofDevice(home, a), await ofDevice(home, b), await ofDevice(home, c)], [[made.id], [made.id], []]);
  for (const trigger of ['sunrise', 'sunset', 'none']) {
    await home.server.ctl.text('programs', 'set', trigger, '--trigger', trigger, '--command', 'off');
    const { triggermethod, command, randomize } = (await home.programs()).find((p) => p.name === trigger);
    assert.deepEqual([triggermethod, command, randomize], [trigger, 'off', 0]);
  }
});

ctlTest('hearthctl programs set --program changes the one that is named, by number or name', async (t) => {
  const home = await house(t, ['a', 'b']);
  const id = await define(home, 'Old');
  await home.server.ctl.text('programs', 'set', 'New', 'simulated:a', '--trigger', 'clock', '--time', '05:00', '--command', 'off',
    '--program', String(id));
  await home.server.ctl.text('programs', 'set', 'Newer', 'simulated:a', '--trigger', 'clock', '--time', '05:01', '--command', 'off',
    '--program', 'New');
  const programs = await home.programs();
  assert.deepEqual(programs.map((p) => [p.id, p.name, p.time, p.command]), [[id, 'Newer', '1900-01-01 05:01:00', 'off']]);
  assert.deepEqual(await ofDevice(home, await home.number('a')), [id]);
});

ctlTest('hearthctl programs remove takes one away, by number or name', async (t) => {
  const home = await house(t, []);
  const one = await define(home, 'One');
  await define(home, 'Two');
  await home.server.ctl.text('programs', 'remove', String(one));
  assert.deepEqual((await home.programs()).map((p) => p.name), ['Two']);
  await home.server.ctl.text('programs', 'remove', 'Two');
  assert.deepEqual(await home.programs(), []);
  assert.match(await home.server.ctl.fails(1, 'programs', 'remove', 'Two'), /Two/);
});

ctlTest('hearthctl programs run does at once what the program says, with its brightness and colour', async (t) => {
  const home = await house(t, [{ id: 'c', kind: 'color' }, 'a', 'other', { id: 'd', kind: 'dimmer' }]);
  const { c, a, d } = await home.numbers();
  const on = await define(home, 'Lights on', { 'trigger-method': 'none', color: '#0000ff', brightness: 35, 'device-id': c });
  await home.asked('AssignProgram', { 'device-id': a, 'program-id': on });
  await define(home, 'Dimmed', { 'trigger-method': 'none', command: 'dim', brightness: 20, 'device-id': d });
  await define(home, 'Lights off', { 'trigger-method': 'none', command: 'off', 'device-id': a });
  await home.server.ctl.text('programs', 'run', String(on));
  const lit = await home.seen('c');
  assert.deepEqual([lit.on, lit.brightness, lit.color], [true, 35, { hue: 240, saturation: 100 }]);
  assert.deepEqual([await home.on('a'), await home.on('other')], [true, false]);
  await home.server.ctl.text('programs', 'run', 'Dimmed');
  const dimmed = await home.seen('d');
  assert.deepEqual([dimmed.on, dimmed.brightness], [false, 20], 'dim does not switch');
  await home.server.ctl.text('programs', 'run', 'Lights off');
  assert.deepEqual([await home.on('a'), await home.on('c')], [false, true]);
});

ctlTest('hearthctl programs run tells of devices that fail, with status 1', async (t) => {
  const home = await house(t, [{ id: 'x', failure_rate: 1.0 }, 'a']);
  const { x, a } = await home.numbers();
  const id = await define(home, 'P', { 'device-id': x });
  await home.asked('AssignProgram', { 'device-id': a, 'program-id': id });
  await home.server.ctl.fails(1, 'programs', 'run', 'P');
  assert.equal(await home.on('a'), true);
});

const wrongOptions = [
  ['--trigger', 'moon'], ['--time', '24:00'], ['--time', 'noon'], ['--offset', 'x'], ['--random', '-1'], ['--random', 'x'],
    ['--days', 'MTWTFS'],
  ['--days', '0101010'], ['--command', 'explode'], ['--brightness', '101'], ['--brightness', '-1'], ['--color', 'red'], ['--program', '99'],
];
ctlTest('hearthctl programs refuses what is wrong, in words, and nothing changes', async (t) => {
  const home = await house(t, ['a']);
  const right = { '--trigger': 'clock', '--time': '06:30', '--command': 'on' };
  for (const [option, value] of wrongOptions) {
    const { code, stderr } = await home.server.ctl.run('programs', 'set', 'P', 'simulated:a',
      ...Object.entries({ ...right, [option]: value }).flat());
    assert.ok([1, 2].includes(code), `${option} ${value}: status ${code}`);
    assert.ok(stderr.length > 10, `words for ${option} ${value}`);
  }
  assert.match(await home.server.ctl.fails(1, 'programs', 'set', 'P', 'simulated:nobody', ...Object.entries(right).flat()), /nobody/);
  for (const verb of ['remove', 'run']) assert.match(await home.server.ctl.fails(1, 'programs', verb, 'Nothing'), /Nothing/);
  assert.deepEqual(await home.programs(), []);
});

ctlTest('a name that fits several programs is refused, and none of them is touched', async (t) => {
  const home = await house(t, ['a']);
  const a = await home.number('a');
  for (let i = 0; i < 2; ++i) await define(home, 'Twin', { 'device-id': a });
  for (const verb of ['remove', 'run']) assert.match(await home.server.ctl.fails(1, 'programs', verb, 'Twin'), /Twin/);
  assert.equal((await home.programs()).length, 2);
  assert.equal(await home.on('a'), false);
});
