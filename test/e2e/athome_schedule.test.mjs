// Programs that fire: the next occasions that are told, what is done at one, and what a restart catches up with.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { house, instant, program, wallClock } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { patience, until } from './lib/until.mjs';

const offered = needs('programs', 'DefineProgram', 'UpdateProgram', 'DeleteProgram', 'AssignProgram', 'DeleteDeviceProgram');
const kDay = 86400e3;
const kKathmandu = 'Asia/Kathmandu';  // +05:45, no summer time: no other zone shows the same
const kNewYork = 'America/New_York';

const define = async (home, name, more) => (await home.asked('DefineProgram', program(name, more))).id;
const listed = async (home, id) => (await home.server.ctl.json('programs')).find((p) => p.id === id);
const next = async (home, id, zone) => (await listed(home, id)).next.map((text) => instant(text, zone));

// The next instant with a whole second that is far enough away to get everything ready before.
const soon = (ms = 3000) => Math.ceil((Date.now() + ms * patience) / 1000) * 1000;
const stillBefore = (at) => assert.ok(Date.now() < at,
  'this machine is too slow for the test: all was to be ready before; HEARTH_PATIENCE gives it more');

// A program of the simulated light `id` that fires at an instant.
async function fires(home, zone, id, at, more) {
  const name = `${id} ${JSON.stringify(more ?? {})}`;
  return define(home, name, { time: wallClock(zone, at).time, 'device-id': await home.number(id), ...more });
}

// A later program that has fired is the proof that the earlier ones have had their turn.
const fence = (home, id) => until(`the light ${id}`, () => home.on(id), 10000);

// ---- What is told -----------------------------------------------------------------------------------------------------

describe('the next five firings', { concurrency: 2 }, () => {
  it('of a daily program: its time, on five days in a row, in the time of the zone', offered, async (t) => {
    const home = await house(t, [], { home: { timezone: kNewYork } });
    const before = Date.now();
    const id = await define(home, 'Noon', { time: '12:34:56' });
    const at = await next(home, id, kNewYork);
    assert.equal(at.length, 5);
    assert.ok(at[0] > before && at[0] <= before + kDay + 3700e3, 'the first is the next one');
    for (const instant of at) assert.equal(wallClock(kNewYork, instant).time, '12:34:56');
    const days = at.map((instant) => Date.parse(`${wallClock(kNewYork, instant).date}T00:00Z`) / kDay);
    assert.deepEqual(days, days.map((_, i) => days[0] + i));
  });

  it('of a program with days: those days only', offered, async (t) => {
    const home = await house(t, [], { home: { timezone: kNewYork } });
    for (const [mask, weekdays] of [['M-W--S-', [0, 2, 5]], ['......s', [6]], ['mtwtf--', [0, 1, 2, 3, 4]]]) {
      const at = await next(home, await define(home, mask, { 'day-mask': mask, time: '6:30' }), kNewYork);
      assert.equal(at.length, 5);
      for (const instant of at) assert.ok(weekdays.includes(wallClock(kNewYork, instant).weekday), mask);
      assert.deepEqual(at, [...at].sort((x, y) => x - y));
      assert.equal(new Set(at).size, 5);
    }
  });

  it('of a program whose offset crosses midnight: the day of the mask is that of the time', offered, async (t) => {
    const home = await house(t, [], { home: { timezone: kKathmandu } });
    const cases = [[{ time: '23:50', offset: 20 }, 1, '00:10:00'], [{ time: '00:05', offset: -10 }, 6, '23:55:00'],
      [{ time: '12:00', offset: -60 }, 0, '11:00:00'], [{ time: '12:00:30', offset: 719 }, 0, '23:59:30']];
    for (const [more, weekday, time] of cases) {
      const id = await define(home, JSON.stringify(more), { 'day-mask': 'M------', ...more });
      for (const at of await next(home, id, kKathmandu)) {
        const shown = wallClock(kKathmandu, at);
        assert.deepEqual([shown.weekday, shown.time], [weekday, time], JSON.stringify(more));
      }
    }
  });

  it('of a random program: whole minutes within the amount, the same whenever asked, another for each program', offered, async (t) => {
    const home = await house(t, [], { home: { timezone: kKathmandu } });
    const random = { time: '12:00:20', randomize: 1, 'randomize-amount': 300 };
    const ids = [await define(home, 'One', random), await define(home, 'Two', random)];
    const plain = await define(home, 'Not random', { ...random, randomize: 0 });
    const read = async () => Promise.all([...ids, plain].map((id) => next(home, id, kKathmandu)));
    const [one, two, none] = await read();
    for (const at of [...one, ...two]) {
      const [h, m, s] = wallClock(kKathmandu, at).time.split(':').map(Number);
      assert.equal(s, 20, 'whole minutes');
      assert.ok(Math.abs(h * 60 + m - 720) <= 300, 'within the amount');
    }
    for (const at of none) assert.equal(wallClock(kKathmandu, at).time, '12:00:20');
    const minute = (at) => wallClock(kKathmandu, at).time;
    const byDay = (list) => new Map(list.map((at) => [wallClock(kKathmandu, at).date, minute(at)]));
    const ofTwo = byDay(two);
    const common = [...byDay(one)].filter(([date]) => ofTwo.has(date));
    assert.ok(common.length >= 3 && common.some(([date, time]) => ofTwo.get(date) !== time), 'not the same for both');
    assert.ok(new Set(one.map(minute)).size > 1, 'not the same each day');
    assert.deepEqual(await read(), [one, two, none]);
    await home.restart();
    assert.deepEqual(await read(), [one, two, none], 'after a restart');
  });

  it('are none for a program without trigger, command or days', offered, async (t) => {
    const home = await house(t, []);
    for (const more of [{ 'trigger-method': 'none' }, { command: 'none' }, { 'day-mask': '-------' }])
      assert.deepEqual((await listed(home, await define(home, JSON.stringify(more), more))).next, [], JSON.stringify(more));
  });

  it('change with the program, and end with it', offered, async (t) => {
    const home = await house(t, [], { home: { timezone: kKathmandu } });
    const id = await define(home, 'P', { time: '01:00' });
    await home.asked('UpdateProgram', { ...program('P', { time: '02:00' }), id });
    for (const at of await next(home, id, kKathmandu)) assert.equal(wallClock(kKathmandu, at).time, '02:00:00');
    await home.asked('DeleteProgram', { 'program-id': id });
    assert.deepEqual(await home.server.ctl.json('programs'), []);
  });
});

// ---- What is done -----------------------------------------------------------------------------------------------------

// The commands for a simulated device on the bus since it is followed.
const commands = (bus, id) => bus.messages.filter((m) => m.type === 'Command' && !m.retained && m.body.device === `simulated:${id}`)
  .map(({ body }) => [body.capability, body.value]);

// Each light has a program of its own; those in `stay` must not be switched.
const switched = ['plain', 'ofTheDay', 'offset', 'moved', 'fixed', 'ctl', 'first', 'second', 'behindTheDead'];
const stay = ['noCommand', 'noTrigger', 'away', 'deleted', 'unassigned', 'otherDay', 'past', 'nobody'];

// Defines all of them for the instant `at`.
async function lightsAt(home, at) {
  const zone = kKathmandu;
  const { weekday, time } = wallClock(zone, at);
  const mask = (fits) => [...'MTWTFSS'].map((day, i) => (fits(i) ? day : '-')).join('');
  const at_ = (id, more) => fires(home, zone, id, at, more);
  await at_('plain');
  await at_('ofTheDay', { 'day-mask': mask((i) => i === weekday) });
  await at_('otherDay', { 'day-mask': mask((i) => i !== weekday) });
  await at_('offset', { time: wallClock(zone, at - 7 * 60e3).time, offset: '7' });
  await at_('fixed', { randomize: 0, 'randomize-amount': 600 });
  await at_('noCommand', { command: 'none' });
  await at_('noTrigger', { 'trigger-method': 'none' });
  await at_('past', { time: wallClock(zone, Date.now() - 10e3).time });
  const moved = await at_('moved', { time: wallClock(zone, at + 3600e3).time });
  await home.asked('UpdateProgram', { ...program('moved', { time }), id: moved });
  const away = await at_('away');
  await home.asked('UpdateProgram', { ...program('away', { time: wallClock(zone, at + 3600e3).time }), id: away });
  await home.asked('DeleteProgram', { 'program-id': await at_('deleted') });
  await home.asked('DeleteDeviceProgram', { 'program-id': await at_('unassigned'), 'device-id': await home.number('unassigned') });
  await home.server.ctl.text('programs', 'set', 'ctl', 'simulated:ctl', '--trigger', 'clock', '--time', time, '--command', 'on');
  const also = async (plan, ...ids) => {
    for (const id of ids) await home.asked('AssignProgram', { 'device-id': await home.number(id), 'program-id': plan });
  };
  await also(await at_('first'), 'second');
  await also(await at_('dead'), 'failing', 'behindTheDead');
  await at_('color', { color: '#0000ff', brightness: 35 });
  await at_('lit', { command: 'off' });
  await at_('dimmer', { command: 'dim', brightness: 20 });
  await at_('brightened', { command: 'bright', brightness: 80 });
}

const kinds = [...switched, ...stay].map((id) => ({ id })).concat([{ id: 'dead', reachable: false }, { id: 'failing', failure_rate: 1.0 },
  { id: 'color', kind: 'color' }, { id: 'lit' }, { id: 'dimmer', kind: 'dimmer' }, { id: 'brightened', kind: 'dimmer' }, { id: 'fence' }]);

// ---- What a restart does ----------------------------------------------------------------------------------------------

// A house whose light a has a program at the instant `at`, which passes while the server is away.
async function sleptThrough(t, home_, ends, { away = 500 } = {}) {
  const home = await house(t, ['a', 'b', 'fence', 'fence2'], { home: { timezone: kKathmandu, ...home_ } });
  const at = soon(2000);
  await fires(home, kKathmandu, 'b', Date.now() - 20e3);  // an occasion before its definition
  await fires(home, kKathmandu, 'a', at);
  await ends(home.server);
  stillBefore(at);
  await until('its time to pass', () => Date.now() > at + away, 60000);
  await home.server.start();
  await home.open();
  return { home, at };
}

// All of them wait for the clock: at once, not one after the other.
describe('programs', { concurrency: 2 }, () => {
  describe('at its time', { concurrency: 4 }, () => {
    it('a program does what it says, once, to its devices and no others', offered, async (t) => {
      const home = await house(t, kinds, { home: { timezone: kKathmandu } });
      await home.asked('On', { 'device-id': await home.number('lit') });
      await home.asked('On', { 'device-id': await home.number('brightened'), 'device-brightness': 20 });
      const bus = home.server.ctl.follow(t, 'bus');
      await bus.find('the standing facts', (m) => m.type === 'StateChanged' && m.body.device === 'simulated:fence');
      const at = soon(5000);
      await lightsAt(home, at);
      await fires(home, kKathmandu, 'fence', at + 1000);
      const early = await home.on('plain');
      stillBefore(at);
      assert.equal(early, false, 'not before its time');

      await fence(home, 'fence');
      await until('all of them', async () => (await Promise.all(switched.map((id) => home.on(id)))).every(Boolean));
      for (const id of stay) assert.equal(await home.on(id), false, id);
      for (const id of switched) assert.ok((await home.seen(id)).since >= at, `${id}: not before its second`);

      await bus.find('the fence', (m) => m.type === 'CommandDone' && m.body.device === 'simulated:fence');
      for (const id of [...switched, 'fence', 'failing', 'dead'])
        assert.deepEqual(commands(bus, id).filter(([capability]) => capability === 'on_off'), [['on_off', true]], `${id}: once`);
      for (const id of stay) assert.deepEqual(commands(bus, id), [], id);

      // Brightness and colour are the program's own, and only "on" and "off" switch.
      assert.deepEqual(commands(bus, 'color').map(([capability]) => capability), ['brightness', 'color', 'on_off'], 'in this order');
      assert.deepEqual(commands(bus, 'lit'), [['on_off', false]]);
      assert.deepEqual(commands(bus, 'dimmer'), [['brightness', 20]]);
      assert.deepEqual(commands(bus, 'brightened'), [['brightness', 80]]);
      const seen = async (id) => { const { on, brightness } = await home.seen(id); return [on, brightness]; };
      assert.deepEqual([await seen('color'), await home.on('lit'), await seen('dimmer'), await seen('brightened')],
        [[true, 35], false, [false, 20], [true, 80]]);
    });

    it('a program moves on to its next day', offered, async (t) => {
      const home = await house(t, ['a'], { home: { timezone: kKathmandu } });
      const at = soon();
      const id = await fires(home, kKathmandu, 'a', at);
      const told = await next(home, id, kKathmandu);
      stillBefore(at);
      assert.deepEqual(told, [0, 1, 2, 3, 4].map((day) => at + day * kDay));
      await fence(home, 'a');
      assert.deepEqual(await next(home, id, kKathmandu), [1, 2, 3, 4, 5].map((day) => at + day * kDay));
    });
  });

  // A simulated light is off after each start: it is on only if it was switched since.
  describe('after a restart', { concurrency: 4 }, () => {
    for (const [what, end] of [['stopped', (server) => server.stop()], ['killed', (server) => server.kill9()]])
      it(`what was missed while the server was ${what} is caught up with, once`, offered, async (t) => {
        const { home } = await sleptThrough(t, {}, end);
        await until('the missed one', () => home.on('a'));
        await fires(home, kKathmandu, 'fence', soon(1000));
        await fence(home, 'fence');
        assert.equal(await home.on('b'), false, 'what was before the definition is nothing missed');

        await end(home.server);
        await home.server.start();
        await home.open();
        await fires(home, kKathmandu, 'fence2', soon(1000));
        await fence(home, 'fence2');
        assert.deepEqual([await home.on('a'), await home.on('b'), await home.on('fence')], [false, false, false], 'each only once');
      });

    it('what was missed for longer than the grace is left', offered, async (t) => {
      // However short the grace, two seconds are nothing that anyone would call missed.
      const { home, at } = await sleptThrough(t, { program_grace_s: 0 }, (server) => server.stop(), { away: 3000 });
      const id = (await home.programs()).find((p) => p.name.startsWith('a ')).id;
      assert.equal((await next(home, id, kKathmandu))[0], at + kDay);
      await fires(home, kKathmandu, 'fence', soon(1000));
      await fence(home, 'fence');
      assert.equal(await home.on('a'), false);
    });

    it('a program that fired before does not fire again', offered, async (t) => {
      const home = await house(t, ['a', 'fence'], { home: { timezone: kKathmandu } });
      await fires(home, kKathmandu, 'a', soon());
      await fence(home, 'a');
      await home.restart();
      await fires(home, kKathmandu, 'fence', soon(1000));
      await fence(home, 'fence');
      assert.equal(await home.on('a'), false);
    });

    it('a program that was changed or unassigned before is as it was left', offered, async (t) => {
      const home = await house(t, ['a', 'b', 'fence'], { home: { timezone: kKathmandu } });
      const at = soon(2500);
      const moved = await fires(home, kKathmandu, 'a', at), unassigned = await fires(home, kKathmandu, 'b', at);
      await home.asked('UpdateProgram', { ...program('a', { time: wallClock(kKathmandu, at + 3600e3).time }), id: moved });
      await home.asked('DeleteDeviceProgram', { 'program-id': unassigned, 'device-id': await home.number('b') });
      await home.restart();
      await fires(home, kKathmandu, 'fence', Math.max(at + 1000, soon(1000)));
      await fence(home, 'fence');
      assert.deepEqual([await home.on('a'), await home.on('b')], [false, false]);
    });
  });
});
