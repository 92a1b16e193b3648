// The sun: GetSunData against known times, programs of sunrise and sunset, and what [home] says of the place.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { house, houseText, instant, program, wallClock } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { hearthd, pluginDir, prepareServer } from './lib/server.mjs';
import { patience, until } from './lib/until.mjs';

const offered = needs('GetSunData', 'programs', 'DefineProgram', 'AssignProgram');

const places = {
  Atlanta: { latitude: 33.733056, longitude: -84.383056, timezone: 'America/New_York' },
  London: { latitude: 51.4733, longitude: -0.0008333, timezone: 'Europe/London' },
  Sydney: { latitude: -33.8667, longitude: 151.2, timezone: 'Australia/Sydney' },
  Auckland: { latitude: -36.85, longitude: 174.7667, timezone: 'Pacific/Auckland' },
  Helsinki: { latitude: 60.1667, longitude: 24.9333, timezone: 'Europe/Helsinki' },
  Quito: { latitude: -0.22, longitude: -78.5, timezone: 'America/Guayaquil' },
  Anchorage: { latitude: 61.2181, longitude: -149.9003, timezone: 'America/Anchorage' },
  Tromso: { latitude: 69.6492, longitude: 18.9553, timezone: 'Europe/Oslo' },
};

// What the original computes, in UTC: the date of the place, sunrise, sunset.
const vectors = {
  Atlanta: [['2026-03-20', '2026-03-20T11:41:17Z', '2026-03-20T23:49:00Z'], ['2026-06-21', '2026-06-21T10:27:41Z', '2026-06-22T00:51:06Z'],
    ['2026-12-21', '2026-12-21T12:38:37Z', '2026-12-21T22:32:49Z']],
  London: [['2026-06-21', '2026-06-21T03:43:08Z', '2026-06-21T20:20:30Z'], ['2026-11-20', '2026-11-20T07:26:31Z', '2026-11-20T16:04:10Z']],
  Sydney: [['2026-03-20', '2026-03-19T19:58:12Z', '2026-03-20T08:06:46Z'], ['2026-12-21', '2026-12-20T18:40:56Z', '2026-12-21T09:05:12Z']],
  Auckland: [['2026-06-21', '2026-06-20T19:33:54Z', '2026-06-21T05:11:23Z']],
  Helsinki: [['2026-06-21', '2026-06-21T00:54:41Z', '2026-06-21T19:49:27Z'], ['2026-12-21', '2026-12-21T07:24:22Z',
    '2026-12-21T13:12:14Z']],
  Quito: [['2026-03-20', '2026-03-20T11:18:17Z', '2026-03-20T23:24:26Z']],
  Anchorage: [['2026-12-21', '2026-12-21T19:14:58Z', '2026-12-22T00:40:47Z']],
};

const sun = async (home, date) => (await home.asked('GetSunData', { date })).data;

// A time as GetSunData tells it: whole minutes, in the place's zone, on the date that was asked for.
function minute(text, zone, date) {
  assert.match(text, /T\d\d:\d\d:00[+-]\d\d:\d\d$/, 'rounded to the minute');
  const at = instant(text, zone);
  assert.equal(wallClock(zone, at).date, date, text);
  return at;
}

// ---- GetSunData -------------------------------------------------------------------------------------------------------

describe('GetSunData', { concurrency: 4 }, () => {
  for (const [name, list] of Object.entries(vectors))
    it(`of ${name}: within a minute of what the original computes, which is rounded to the minute then`, offered, async (t) => {
      const home = await house(t, [], { home: places[name] });
      for (const [date, ...expected] of list) {
        const { sunrise, sunset } = await sun(home, date);
        const told = [sunrise, sunset].map((text) => minute(text, places[name].timezone, date));
        for (const i of [0, 1])
          assert.ok(Math.abs(told[i] - Date.parse(expected[i])) <= 90e3, `${date}: ${[sunrise, sunset][i]}, not ${expected[i]}`);
      }
    });

  it('is named as the document writes it, and has nothing but sunset and sunrise', offered, async (t) => {
    const home = await house(t, [], { home: places.London });
    for (const request of ['GetSunData', 'getsundata']) {
      const answer = await home.asked(request, { date: '2026-11-20' });
      assert.equal(answer.request, 'GetSunData');
      assert.equal(answer.message, 'Success');
      assert.deepEqual(Object.keys(answer.data), ['sunset', 'sunrise']);
    }
  });

  it('of Anchorage in June: where it never gets dark the sun does set nevertheless', offered, async (t) => {
    const home = await house(t, [], { home: places.Anchorage });
    const { sunrise, sunset } = await sun(home, '2026-06-21');
    const zone = places.Anchorage.timezone;
    const [up, down] = [instant(sunrise, zone), instant(sunset, zone)];
    const noon = Date.parse('2026-06-21T22:02:00Z');  // 12 h and 149.9 degrees of longitude, and two minutes
    assert.ok(up < noon && noon < down, `${sunrise} ${sunset}`);
    assert.ok(Math.abs((up + down) / 2 - noon) < 5 * 60e3, 'evenly around noon');
    assert.ok(down - up > 19 * 3600e3 && down - up < 20 * 3600e3, 'the longest day there has 19 hours and some');
  });

  it('says so where the sun does not rise or does not set', offered, async (t) => {
    const home = await house(t, [], { home: places.Tromso });
    const words = [];
    for (const date of ['2026-12-21', '2026-06-21']) {
      const answer = await home.asked('GetSunData', { date });
      assert.deepEqual(answer.data, { sunset: null, sunrise: null });
      assert.notEqual(answer.message, 'Success');
      assert.match(answer.message, /polar|sun/i);
      words.push(answer.message);
    }
    assert.notEqual(words[0], words[1], 'night and day are told apart');
    assert.notEqual((await sun(home, '2026-03-20')).sunset, null);
  });

  it('without a place is refused, and the words name what [home] lacks', offered, async (t) => {
    const home = await house(t, [], { home: { timezone: 'Europe/London' } });
    const { error } = await home.refused(500, 'GetSunData', { date: '2026-11-20' });
    assert.match(error, /latitude/);
  });

  it('of no date is refused', offered, async (t) => {
    const home = await house(t, [], { home: places.London });
    for (const date of ['2026-13-01', '2026-02-29', '2026-04-31', '2026-00-10', 'tomorrow', '', '2026', '20.11.2026', '2026-11-20T00:00',
      20261120, null, []])
      await home.refused(400, 'GetSunData', { date });
    for (const args of [{}, undefined]) await home.refused(400, 'GetSunData', args);
    assert.notEqual((await sun(home, '2028-02-29')).sunset, null);
  });
});

// ---- Programs ---------------------------------------------------------------------------------------------------------

const define = async (home, name, more) => (await home.asked('DefineProgram', program(name, more))).id;
const next = async (home, id, zone) => {
  const { next } = (await home.server.ctl.json('programs')).find((p) => p.id === id);
  return next.map((text) => instant(text, zone));
};

// Sets the server's place so that the sun sets there about `ms` from now; a degree of longitude is four minutes.
async function sunsetIn(home, id, at, ms) {
  const [sets] = await next(home, id, 'Etc/UTC');
  const turned = at.longitude + (sets - (Date.now() + ms)) / 240e3;
  at.longitude = ((turned + 540) % 360) - 180;
  home.server.write(houseText(['a'], { home: at }));
  await home.restart();
}

describe('programs of the sun', { concurrency: 4 }, () => {
  for (const name of ['Atlanta', 'Auckland', 'Quito'])
    it(`are told for the next five days as GetSunData has them: ${name}`, offered, async (t) => {
      const place = places[name];
      const home = await house(t, [], { home: place });
      for (const trigger of ['sunrise', 'sunset'])
        for (const offset of [0, -45, 30]) {
          const at = await next(home, await define(home, `${trigger} ${offset}`, { 'trigger-method': trigger, offset, time: '03:00' }),
            place.timezone);
          assert.equal(at.length, 5);
          for (const fires of at) {
            const event = fires - offset * 60e3;
            const told = instant((await sun(home, wallClock(place.timezone, event).date))[trigger], place.timezone);
            assert.ok(Math.abs(told - event) <= 31e3, `${trigger} ${offset}: ${new Date(fires).toISOString()}`);
          }
          for (let i = 1; i < 5; ++i) assert.ok(Math.abs(at[i] - at[i - 1] - 86400e3) < 10 * 60e3, 'a day apart');
        }
    });

  it('keep to their days, which are those of the place', offered, async (t) => {
    const { timezone } = places.Auckland;  // its sunset is on the date before in UTC for half of the world
    const home = await house(t, [], { home: places.Auckland });
    for (const trigger of ['sunrise', 'sunset'])
      for (const at of await next(home, await define(home, trigger, { 'trigger-method': trigger, 'day-mask': '--W----' }), timezone))
        assert.equal(wallClock(timezone, at).weekday, 2);
  });

  it('never fire without a place, and hearthctl says why', offered, async (t) => {
    const home = await house(t, ['a'], { home: { timezone: 'Europe/London' } });
    const id = await define(home, 'Dusk', { 'trigger-method': 'sunset' });
    assert.deepEqual(await next(home, id, 'Europe/London'), []);
    assert.match(await home.server.ctl.text('programs'), /latitude/);
  });

  it('at the pole fire once a year, when the sun of the year rises and sets', offered, async (t) => {
    const home = await house(t, [], { home: { latitude: 90, longitude: 0, timezone: 'Etc/UTC' } });
    for (const [trigger, from, to] of [['sunrise', '03-15', '03-22'], ['sunset', '09-21', '09-28']]) {
      const at = await next(home, await define(home, trigger, { 'trigger-method': trigger }), 'Etc/UTC');
      assert.ok(at.length > 0, trigger);
      for (const event of at) {
        const { date } = wallClock('Etc/UTC', event);
        assert.ok(date.slice(5) >= from && date.slice(5) <= to, `${trigger} on ${date}`);
      }
      for (let i = 1; i < at.length; ++i) assert.ok(at[i] - at[i - 1] > 360 * 86400e3, 'a year apart');
    }
    const { data } = await home.asked('GetSunData', { date: '2026-12-21' });
    assert.deepEqual(data, { sunset: null, sunrise: null });
  });

  it('that the polar night and their days leave nothing are listed with a reason, or fire years from now', offered, async (t) => {
    const home = await house(t, [], { home: { latitude: -90, longitude: 0, timezone: 'Etc/UTC' } });
    const [event] = await next(home, await define(home, 'Every day', { 'trigger-method': 'sunset' }), 'Etc/UTC');
    const { weekday } = wallClock('Etc/UTC', event);
    const others = [...'MTWTFSS'].map((day, i) => (i === weekday ? '-' : day)).join('');
    const id = await define(home, 'Other days', { 'trigger-method': 'sunset', 'day-mask': others });
    const at = await next(home, id, 'Etc/UTC');
    if (at.length > 0) assert.ok(at[0] > event + 360 * 86400e3);
    else assert.match((await home.server.ctl.text('programs')).split('\n').find((line) => line.includes('Other days')), /sun|polar|day/i);
  });

  it('fire when the sun sets', offered, async (t) => {
    const place = { latitude: 0, longitude: 0, timezone: 'Etc/UTC' };
    const home = await house(t, ['a'], { home: place });
    const id = await define(home, 'Dusk', { 'trigger-method': 'sunset', time: '00:00' });
    // Coarsely first, because the length of the days changes on the way around the earth.
    await sunsetIn(home, id, place, 60e3);
    await sunsetIn(home, id, place, 4000 * patience);
    await home.asked('AssignProgram', { 'program-id': id, 'device-id': await home.number('a') });
    const [at] = await next(home, id, 'Etc/UTC');
    assert.ok(at > Date.now() && at < Date.now() + 10e3 * patience, `the sun sets in ${at - Date.now()} ms`);
    await until('the light', () => home.on('a'), 12000);
    assert.ok((await home.seen('a')).since >= at, 'not before');
    assert.ok((await next(home, id, 'Etc/UTC'))[0] > at + 23 * 3600e3, 'tomorrow again');
  });
});

// ---- [home] -----------------------------------------------------------------------------------------------------------

const check = (server) => new Promise((resolve) => {
  const args = ['--check', '--config', server.config, '--state-dir', server.stateDir, '--runtime-dir', server.runtimeDir, '--plugin-dir',
    pluginDir];
  execFile(hearthd, args, { timeout: 10000 }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, words: stdout + stderr }));
});

describe('[home]', { concurrency: 2 }, () => {
  it('takes a place, a zone and a grace', needs('programs'), async (t) => {
    for (const text of ['latitude = 51.5\nlongitude = -0.1\ntimezone = "Europe/London"\nprogram_grace_s = 0',
      'latitude = -90\nlongitude = 180',
      'timezone = "Etc/UTC"', 'program_grace_s = 86400', '']) {
      const { code, words } = await check(prepareServer(t, `[home]\n${text}\n`));
      assert.equal(code, 0, `${text}: ${words}`);
    }
  });

  const wrong = ['latitude = 90.5', 'latitude = "51"', 'longitude = -180.5', 'timezone = "Mars/Olympus"', 'timezone = ""',
    'timezone = "../passwd"',
    'timezone = 2', 'program_grace_s = -1', 'program_grace_s = 86401', 'program_grace_s = 1.5', 'program_grace_s = "long"'];
  for (const line of wrong)
    it(`refuses ${line}, with the key and its line`, needs('programs'), async (t) => {
      const { code, words } = await check(prepareServer(t, `[home]\n${line}\n`));
      assert.equal(code, 1, words);
      assert.ok(words.includes(line.split(' ')[0]), words);
      assert.match(words, /hearth\.toml:2\b/);
    });

  it('of another zone is taken over by a reload: the next firings move with it', needs('programs', 'DefineProgram'), async (t) => {
    const home = await house(t, [], { home: { timezone: 'Asia/Kathmandu' } });
    const id = await define(home, 'P', { time: '06:30' });
    assert.equal(wallClock('Asia/Kathmandu', (await next(home, id, 'Asia/Kathmandu'))[0]).time, '06:30:00');
    home.server.reload(houseText([], { home: { timezone: 'America/St_Johns' } }));
    await until('the other zone', async () => wallClock('America/St_Johns',
      (await next(home, id, 'America/St_Johns'))[0]).time === '06:30:00');
  });
});
