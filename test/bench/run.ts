/**
 * `npm run bench`: ratios inside one run. Absolute times mean nothing on another machine; ratios do. Parts can be named:
 * `npm run bench -- start choose files cluster capture recover tokens memory`. Ends with 1 when a bound is broken.
 *
 * REALM_RESCUE_BENCH_URL names a running Keycloak (admin/admin) whose realms bench-m and bench-l are made once and used again;
 * otherwise one is started on PostgreSQL as for the tests.
 */
import { capture } from './capture.ts';
import { cluster } from './cluster.ts';
import { memory } from './memory.ts';
import { recover } from './recover.ts';
import { files } from './files.ts';
import { keys } from './keys.ts';
import { openBench, say, type Bench } from './server.ts';
import { start } from './start.ts';
import { broken, machine, tableOf, type Row } from './table.ts';
import { tokens } from './tokens.ts';

/** Parts that need no Keycloak. */
const ALONE: Readonly<Record<string, () => Promise<Row[]>>> = { start, choose: keys, files, cluster };
const SERVED: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = { capture, recover, tokens, memory };
const parts = process.argv.slice(2).length > 0 ? process.argv.slice(2) : [...Object.keys(ALONE), ...Object.keys(SERVED)];
const unknown = parts.filter((part) => ALONE[part] === undefined && SERVED[part] === undefined);
if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}: name some of ${[...Object.keys(ALONE), ...Object.keys(SERVED)].join(', ')}.`);

const rows: Row[] = [];
for (const part of parts) rows.push(...await ALONE[part]?.() ?? []);
const served = parts.filter((part) => SERVED[part] !== undefined);
const bench = served.length > 0 ? await openBench() : undefined;
try {
  for (const part of served) {
    say(part);
    const found = bench === undefined ? [] : await SERVED[part]?.(bench) ?? [];
    rows.push(...found);
    say(tableOf(found));
  }
} finally {
  await bench?.stop(false);
}
console.log(`${machine(bench?.version ?? null)}\n\n${tableOf(rows)}`);
process.exitCode = rows.some(broken) ? 1 : 0;
