/**
 * `npm run bench`: ratios inside one run. Absolute times mean nothing on another machine; ratios do. Parts can be named:
 * `npm run bench -- start capture recover tokens memory`. Ends with 1 when a bound is broken.
 *
 * REALM_RESCUE_BENCH_URL names a running Keycloak (admin/admin) whose realms bench-m and bench-l are made once and used again;
 * otherwise one is started on PostgreSQL as for the tests.
 */
import { capture } from './capture.ts';
import { memory } from './memory.ts';
import { recover } from './recover.ts';
import { openBench, say, type Bench } from './server.ts';
import { start } from './start.ts';
import { broken, machine, tableOf, type Row } from './table.ts';
import { tokens } from './tokens.ts';

const SERVED: Readonly<Record<string, (bench: Bench) => Promise<Row[]>>> = { capture, recover, tokens, memory };
const parts = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['start', ...Object.keys(SERVED)];
const unknown = parts.filter((part) => part !== 'start' && SERVED[part] === undefined);
if (unknown.length > 0) throw new Error(`There is no part ${unknown.join(', ')}: name some of start, ${Object.keys(SERVED).join(', ')}.`);

const rows: Row[] = [];
if (parts.includes('start')) rows.push(...await start());
const served = parts.filter((part) => part !== 'start');
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
