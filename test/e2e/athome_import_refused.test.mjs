// hearthctl athome import of what is no database of the right version: refused in words, and nothing half done.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { needs } from './lib/offered.mjs';
import { aProgram, database, everything, household, inhabited, insert, tables, version } from './lib/original.mjs';

const importTest = (what, run) => it(what, needs('athome import', 'AssignProgram', 'AssignDevice', 'QueryPrograms'), run);

// The words of a refusal; nothing in the house has changed.
async function refused(t, file, { codes = [1] } = {}) {
  const { home } = await inhabited(t);
  const before = await everything(home);
  for (const options of [['--dry-run'], []]) {
    const { code, stdout, stderr } = await home.server.ctl.run('athome', 'import', file, ...options);
    assert.ok(codes.includes(code), `status ${code}: ${stdout}${stderr}`);
    assert.ok(stderr.trim().length > 10, `words: ${stderr}`);
    assert.deepEqual(await everything(home), before);
    if (options.length === 0) return stderr;
  }
}

// One of them takes as long as an import may.
describe('refusals', { concurrency: 4 }, () => {
  for (const text of ['5.1.0.0', '4.0.0.0', '6.0.0.0', '2019', ''])
    importTest(`a database of version '${text}' is refused`, async (t) => {
      const words = await refused(t, database(t, tables(), version(text), household));
      assert.ok(words.includes(text) && /version|schema/i.test(words), words);
    });

  importTest('a database without a version is refused', async (t) => {
    assert.match(await refused(t, database(t, tables(), household)), /version|schema/i);
  });

  for (const table of ['SchemaVersion', 'Programs', 'ManagedDevices', 'ProgramAssignments', 'ActionGroups', 'ActionGroupDevices'])
    importTest(`a database without the table ${table} is refused`, async (t) => {
      assert.match(await refused(t, database(t, tables(), version(), household, `DROP TABLE ${table};\n`)), new RegExp(table));
    });

  importTest('a database whose table lacks a column is refused', async (t) => {
    await refused(t, database(t, tables(), version(), household, 'ALTER TABLE ManagedDevices DROP COLUMN address;\n'));
  });

  importTest('a file that is no database is refused', async (t) => {
    const file = database(t, tables(), version(), household);
    for (const bytes of ['', 'hello', '{"devices": []}', `SQLite format 3\0${'x'.repeat(5000)}`, Buffer.alloc(100000)]) {
      writeFileSync(file, bytes);
      await refused(t, file);
    }
  });

  importTest('a database that is cut off or overwritten in the middle is refused as a whole', async (t) => {
    const many = Array.from({ length: 2000 }, (_, i) => aProgram(i + 100, `Program ${i}`));
    const file = database(t, tables(), version(), household, insert('Programs', ...many));
    const whole = readFileSync(file);
    const cut = whole.subarray(0, Math.trunc(whole.length / 2 / 4096) * 4096);
    const spoilt = Buffer.from(whole);
    for (let page = 8; page < whole.length / 4096; page += 3) spoilt.fill(0xff, page * 4096, (page + 1) * 4096);
    for (const bytes of [cut, spoilt]) {
      writeFileSync(file, bytes);
      assert.throws(() => execFileSync('sqlite3', [file, 'SELECT sum(length(name)) FROM Programs'], { stdio: 'pipe' }),
        'it is broken indeed');
      await refused(t, file);
    }
  });

  importTest('a database whose table is a query without end is refused', async (t) => {
    const endless = `DROP TABLE Programs;
  CREATE VIEW Programs AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
    SELECT i AS id, 'P' AS name, 'MTWTFSS' AS daymask, 'none' AS triggermethod, '1900-01-01 00:00:00' AS time, 0 AS offset, 0 AS randomize,
      0 AS randomizeamount, 'on' AS command, '#ffffff' AS color, 100 AS brightness, NULL AS updatetime FROM n;\n`;
    await refused(t, database(t, tables(), version(), household, endless));
  });

  importTest('a file that is not there, or a folder, is refused', async (t) => {
    const file = database(t, tables(), version(), household);
    unlinkSync(file);
    await refused(t, file, { codes: [1, 2] });
    mkdirSync(file);
    await refused(t, file, { codes: [1, 2] });
  });
});
