// hearthd with the driver gpio_led on a real kernel: Debian's, with simulated chips, in an emulated machine. See gpio_sim/README.md.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, sanitized } from './lib/server.mjs';
import { within } from './lib/until.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = process.env.HEARTH_GPIO_SIM ?? path.join(here, '../../build/gpio_sim');
const kernel = path.join(folder, 'current/kernel');
const run = promisify(execFile);
const kLongest = 120000;
const kQemu = 'qemu-system-x86_64';

// The guest reports each of these by the same name (gpio_sim/guest/checks.sh), in this order.
const checks = [
  'hearthd starts',
  'AtHome On raises the line, Off lowers it',
  'hearthctl switches too',
  'a line by its name alone',
  'active-low: on is low',
  'open-drain: on leaves the line to its pull, off pulls it down',
  'a chip by its number',
  'three lines are one RGB light',
  'a line that the kernel holds is unreachable and says who has it',
  'a line that another program holds is unreachable, and reachable when it is free',
  "chips and lines that aren't there are unreachable, with what there is",
  'a light shows the status of Interlock',
  'patterns have their edges',
  'an unknown pattern is refused, with the list',
  'Off ends a pattern',
  "unplugged: unreachable with words; the server and the other chip's lights go on",
  'plugged in again under another number: found by its label',
  'at the end each light is as configured: off, on, as it was',
  'in a process of its own, with Landlock',
  'in a process of its own: unplugged, plugged in again, and reachable after a reload',
  'an unprivileged user in the group gpio',
  'eight lights blink, with the right number of edges',
  'from AtHome to the line, some hundred times',
  'an unprivileged user outside of it is told which group',
];

// Why it can't run here, or null.
function missing() {
  if (process.arch !== 'x64') return `the guest is made for x64, this is ${process.arch}`;
  for (const program of [kQemu, 'busybox', 'cpio', 'make', 'g++'])
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `${program} isn't installed`;
  if (!existsSync(kernel)) return `there is no kernel in ${folder}: gpio_sim/fetch downloads it`;
  if (sanitized)
    return 'with sanitizers it is too slow for an emulated processor';
  return null;
}

// What a guest has said: {results: Map of name -> words or null, end: it got to its end}.
class Guest {
  results = new Map();
  end = false;

  constructor(t) { this.t = t; }

  hear(line) {
    const [kind, ...parts] = line.split('\t');
    if (kind === 'pass') this.results.set(parts[0], null);
    else if (kind === 'fail') this.results.set(parts[0], parts[1]);
    else if (kind === 'figure') this.t.diagnostic(`${parts[0]}: ${parts[1]}`);
    else if (kind === 'note') this.t.diagnostic(parts[0]);
    else if (kind === 'end') this.end = true;
  }
}

// Boots it, and hears it until it has switched itself off.
async function boot(t, console_) {
  const guest = new Guest(t);
  const qemu = spawn(kQemu, [
    '-accel', 'tcg,thread=multi', '-smp', '2', '-m', '512M', '-nodefaults', '-no-reboot', '-display', 'none', '-nic', 'none',
    '-serial', `file:${console_}`, '-serial', 'stdio',
    '-kernel', kernel, '-initrd', path.join(folder, 'initramfs.cpio'),
    '-append', 'console=ttyS0 quiet panic=-1 mitigations=off nokaslr tsc=reliable no_timer_check',
  ], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => qemu.kill('SIGKILL'));
  createInterface({ input: qemu.stdout }).on('line', (line) => guest.hear(line.replace(/\r$/, '')));
  const ended = new Promise((resolve, reject) => {
    qemu.on('close', resolve);
    qemu.on('error', reject);
  });
  // What it said until then is worth reading.
  await within(kLongest, 'the end of the guest', ended).catch(() => qemu.kill('SIGKILL'));
  await ended;
  return guest;
}

const skip = missing();

test('hearthd with gpio_led on a real kernel', { skip: skip ?? false }, async (t) => {
  const console_ = path.join(folder, 'console.log');
  mkdirSync(folder, { recursive: true });
  await run(path.join(here, 'gpio_sim/make_guest'), [folder, build]);
  const ticks = run(path.join(folder, 'probe'), ['ticks', '5']);
  const guest = await boot(t, console_);
  t.diagnostic(`this processor: a bare loop, woken 16 times a second, each time: ${(await ticks).stdout.trim()}`);
  for (const name of checks)
    await t.test(name, () => {
      assert.ok(guest.results.has(name), 'the guest says nothing of it');
      const words = guest.results.get(name);
      if (words !== null) assert.fail(words);
    });
  await t.test('the guest got to its end, and said nothing else', () => {
    assert.ok(guest.end, `the end of its console:\n${readFileSync(console_, 'utf8').slice(-4000)}`);
    assert.deepEqual([...guest.results.keys()].filter((name) => !checks.includes(name)), []);
  });
});
