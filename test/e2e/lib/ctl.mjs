// hearthctl as a person and a script use it.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { patience, within } from './until.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
export const hearthctl = path.join(path.resolve(process.env.HEARTH_BUILD ?? path.join(here, '../../../build')), 'bin/hearthctl');

export class Ctl {
  constructor(runtimeDir) { this.runtimeDir = runtimeDir; }

  // Runs it to its end: {code, stdout, stderr}.
  run(...args) {
    return new Promise((resolve) => {
      const options = { timeout: 20000 * patience, maxBuffer: 64 << 20 };
      execFile(hearthctl, ['--runtime-dir', this.runtimeDir, ...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : `${error.code ?? error.signal}`;
        resolve({ code, stdout, stderr });
      });
    });
  }

  // Runs it, demands success, yields its text.
  async text(...args) {
    const { code, stdout, stderr } = await this.run(...args);
    assert.equal(code, 0, `hearthctl ${args.join(' ')}: status ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  // The same with --json, parsed.
  async json(...args) { return JSON.parse(await this.text(...args, '--json')); }

  // Runs it, demands failure with this status; yields all that it said.
  async fails(status, ...args) {
    const { code, stdout, stderr } = await this.run(...args);
    assert.equal(code, status, `hearthctl ${args.join(' ')}: status ${code}\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  // Follows its output, a JSON value each line. Ended at the end of test `t`.
  follow(t, ...args) { return new Follower(t, [...['--runtime-dir', this.runtimeDir], ...args, '--json', '--follow']); }
}

class Follower {
  #events = new EventEmitter();

  constructor(t, args) {
    this.messages = [];
    this.child = spawn(hearthctl, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#events.setMaxListeners(0);
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.messages.push(JSON.parse(line));
      this.#events.emit('message');
    });
    t.after(async () => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return;
      this.child.kill('SIGTERM');
      await once(this.child, 'close');
    });
  }

  // The first message, past or to come, that fits.
  async find(what, fits, ms = 5000) {
    const look = async () => {
      for (let next = 0; ; ) {
        for (; next < this.messages.length; ++next) if (fits(this.messages[next])) return this.messages[next];
        await once(this.#events, 'message');
      }
    };
    return within(ms, `a message: ${what}; seen: ${this.messages.map((m) => m.type).join(' ')}`, look());
  }
}

// Does a message speak of all of these, wherever in it they stand?
export const speaksOf = (message, ...texts) => {
  const whole = JSON.stringify(message);
  return texts.every((text) => whole.includes(JSON.stringify(text).slice(1, -1)));
};
