// Slow, failing and dead devices behind AtHome: whoever asked for them gets an error with words in time, everybody else notices nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { definition, house, program } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { until } from './lib/until.mjs';

const forGroups = needs('DefineActionGroup', 'AssignDevice', 'GroupOn', 'GroupOff');
const forLists = needs('OnOffStatus', 'UpdateDevice', 'DeleteDevice', 'DefineActionGroup', 'AssignDevice');
const kDeadline = 10000;  // ms: every answer is there by then

const dead = (id, kind = 'light') => ({ id, kind, reachable: false });
const slow = (id, latency_ms, kind = 'light') => ({ id, kind, latency_ms });

// Asks all of these, which nobody may answer with success; meanwhile `lively` asks others and gets answers before the first of them ends.
async function whileWaiting(home, requests, lively) {
  let ended = 0;
  const waiting = requests.map(async ([request, args]) => {
    try {
      return await home.ask(request, args, { ms: kDeadline });
    } finally {
      ++ended;
    }
  });
  // The first to fail ends the test, not the process.
  const all = Promise.all(waiting);
  all.catch(() => {});
  await lively();
  assert.equal(ended, 0, 'the others were answered before the dead ones gave up');
  const answers = await all;
  answers.forEach((answer, i) => {
    assert.notEqual(answer['result-code'], 0, `${requests[i][0]}: ${JSON.stringify(answer)}`);
    assert.ok(answer.error.length > 5 && answer.message.length > 5, `words in ${JSON.stringify(answer)}`);
  });
  return answers;
}

// Each waits for a deadline of some seconds: all at once, not one after the other.
describe('slow and dead devices', { concurrency: 10 }, () => {
  it('a dead device costs its own commands only: On, Off, by name, dimmed', needs('Dim', 'Bright'), async (t) => {
    const home = await house(t, [dead('on'), dead('off'), dead('named'), dead('dim', 'dimmer'), dead('bright', 'dimmer'), 'lamp']);
    const n = await home.numbers();
    const requests = [['On', { 'device-id': n.on }], ['Off', { 'device-id': n.off }], ['Dim', { 'device-id': n.dim, 'dim-amount': 5 }],
      ['Bright', { 'device-id': n.bright, 'bright-amount': 5 }],
      ['DeviceOn', { 'device-mfg': 'simulated', 'device-address': 'named', 'device-channel': 0 }]];
    const answers = await whileWaiting(home, requests, async () => {
      for (let i = 0; i < 5; ++i)
        for (const [request, on] of [['On', true], ['Off', false]]) {
          await home.asked(request, { 'device-id': n.lamp }, { ms: 2000 });
          assert.equal((await home.shown(n.lamp)).on, on);
        }
      assert.equal((await home.devices()).length, 6);
    });
    for (const answer of answers) assert.equal(answer['result-code'], 500);
  });

  it('two different wishes for a dead device are answered with errors, both in time', needs('AllDevicesOn'), async (t) => {
    const home = await house(t, [dead('x'), 'lamp']);
    const { x, lamp } = await home.numbers();
    await whileWaiting(home, [['On', { 'device-id': x }], ['Off', { 'device-id': x }]], () => home.asked('On', { 'device-id': lamp },
      { ms: 2000 }));
  });

  it('a dead device is counted among those of its group that failed, the others are switched at once', forGroups, async (t) => {
    const home = await house(t, [dead('x'), dead('y'), 'a', 'b', dead('z')]);
    const n = await home.numbers();
    const group = async (name, ...ids) => {
      const { 'group-id': id } = await home.asked('DefineActionGroup', { 'group-name': name });
      for (const member of ids) await home.asked('AssignDevice', { 'group-id': id, 'device-id': n[member] });
      return id;
    };
    await home.asked('On', { 'device-id': n.b });
    const requests = [['GroupOn', { 'group-id': await group('On', 'x', 'y', 'a') }], ['GroupOff',
      { 'group-id': await group('Off', 'z', 'b') }]];
    const answers = await whileWaiting(home, requests,
      () => until('the living ones', async () => (await home.on('a')) && !(await home.on('b'))));
    assert.deepEqual(answers.map((a) => a['result-code']), [500, 500]);
    assert.deepEqual(answers.map((a) => a.message.match(/\d+/g)), [['2'], ['1']]);
  });

  it('a dead device is counted by AllDevicesOn, and the others are switched at once', needs('AllDevicesOn'), async (t) => {
    const home = await house(t, [dead('x'), 'a', dead('y'), 'b', dead('z')]);
    const [answer] = await whileWaiting(home, [['AllDevicesOn', {}]], () => until('the living ones',
      async () => (await home.on('a')) && (await home.on('b'))));
    assert.equal(answer.message, '3 devices failed to turn on');
  });

  it('a dead device can be asked about, named, grouped and deleted without waiting for it', forLists, async (t) => {
    const home = await house(t, [dead('x'), dead('y'), 'a']);
    const n = await home.numbers();
    await whileWaiting(home, [['On', { 'device-id': n.x }]], async () => {
      assert.equal((await home.shown(n.x)).on, false);
      await home.ask('OnOffStatus', { 'device-id': n.x }, { ms: 2000 });
      await home.asked('UpdateDevice', { 'device-id': n.x, ...definition('x', { 'device-name': 'Dead' }) });
      const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': 'G' });
      await home.asked('AssignDevice', { 'group-id': group, 'device-id': n.x });
      await home.asked('DeleteDevice', { 'device-id': n.y });
      assert.deepEqual((await home.devices()).map((d) => d.name).sort(), ['Dead', 'a']);
    });
  });

  it('a dead device does not keep a program from its other devices', needs('DefineProgram', 'AssignProgram', 'programs'), async (t) => {
    const home = await house(t, [dead('x'), 'a']);
    const { x, a } = await home.numbers();
    const { id } = await home.asked('DefineProgram', program('P', { 'trigger-method': 'none', 'device-id': x }));
    await home.asked('AssignProgram', { 'device-id': a, 'program-id': id });
    const running = home.server.ctl.run('programs', 'run', String(id));
    await until('the living one', () => home.on('a'));
    assert.notEqual((await running).code, 0);
  });

  it('a slow device is waited for, and its success told, while others go on', forGroups, async (t) => {
    const home = await house(t, [slow('s', 2000), slow('g', 2000), 'a']);
    const n = await home.numbers();
    const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': 'G' });
    await home.asked('AssignDevice', { 'group-id': group, 'device-id': n.g });
    let ended = 0;
    const waiting = Promise.all([['On', { 'device-id': n.s }], ['GroupOn', { 'group-id': group }]].map(async ([request, args]) => {
      const answer = await home.asked(request, args, { ms: kDeadline });
      ++ended;
      return answer;
    }));
    waiting.catch(() => {});
    for (let i = 0; i < 10; ++i) await home.asked(i % 2 ? 'Off' : 'On', { 'device-id': n.a }, { ms: 1500 });
    assert.equal(ended, 0);
    for (const { message } of await waiting) assert.equal(message, 'Success');
    assert.deepEqual([await home.on('s'), await home.on('g')], [true, true]);
  });

  it('a device that is too slow is an error, never a success', needs('AllDevicesOn'), async (t) => {
    const home = await house(t, [slow('s', 20000), slow('d', 20000, 'dimmer'), 'a']);
    const n = await home.numbers();
    const requests = [['On', { 'device-id': n.s }], ['On', { 'device-id': n.d, 'device-brightness': 30 }]];
    await whileWaiting(home, requests, () => home.asked('On', { 'device-id': n.a }, { ms: 2000 }));
  });

  // Brightness, colour and on are three commands; the request has one deadline.
  it('a device that takes its time for each of three commands is answered in time nevertheless', needs('UpdateDevice'), async (t) => {
    const home = await house(t, [slow('c', 5000, 'color'), 'a']);
    const n = await home.numbers();
    const answer = home.ask('On', { 'device-id': n.c, 'device-color': '#0000ff', 'device-brightness': 30 }, { ms: kDeadline });
    await home.asked('On', { 'device-id': n.a }, { ms: 2000 });
    const { 'result-code': code } = await answer;
    assert.equal(code === 0, (await home.on('c')) === true, 'a success is a light that is on, an error one that is not');
  });

  it('a dead device may be one of fifty, and the fifty-first is switched at once', needs('AllDevicesOff'), async (t) => {
    const many = Array.from({ length: 50 }, (_, i) => dead(`x${i}`));
    const home = await house(t, [...many, 'a']);
    const n = await home.numbers();
    const requests = many.map(({ id }) => ['On', { 'device-id': n[id] }]);
    await whileWaiting(home, requests, async () => {
      for (let i = 0; i < 10; ++i) await home.asked(i % 2 ? 'Off' : 'On', { 'device-id': n.a }, { ms: 2000 });
    });
  });
});
