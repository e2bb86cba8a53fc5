/** One cell of docs/reliability.md: a recovery at one moment of which one thing goes wrong, and what becomes of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { verifyLines } from '../../src/journal/chain.ts';
import { idIn, must, openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { destroy } from '../../src/sandbox/incident/destroy.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { readRealm } from '../harness/independent.ts';
import { startFaultProxy, type FaultProxy } from './faultProxy.ts';
import type { Around, FaultRow, Moment } from './moments.ts';
import { confirmed, run, stageOn, type Story } from './story.ts';

export interface Cell {
  /** Exit code of the recovery that met the fault. */
  readonly exit: number | null;
  /** Exit code of `resume` afterwards, with nothing going wrong any more; null where the recovery had ended by itself. */
  readonly resumed: number | null;
  /** What was not as promised; empty when all was. */
  readonly wrong: readonly string[];
}

/** A realm that loses the same things again for each cell, and the proxy before its server. */
export interface Lane {
  /** How many writes the whole recovery has. */
  readonly writes: number;
  cell(moment: Moment, fault: FaultRow): Promise<Cell>;
  close(): Promise<void>;
}

export async function openLane(server: { readonly url: string; readonly username: string; readonly password: string }, name: string): Promise<Lane> {
  const proxy = await startFaultProxy(server.url);
  let made = 0;
  const login = await makeAdministrator(server, name);
  const stage = async (): Promise<Story> => ({ ...(await stageOn(server, `${name}-${(made += 1)}`)), ...login.account });
  let story = await stage();
  const undisturbed = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
  if (undisturbed.exit !== 0) throw new Error(`with nothing in its way the recovery ends with ${undisturbed.exit}: ${undisturbed.stderr}`);
  const writes = proxy.asked.length;
  await destroy(story.calls);
  return {
    writes,
    cell: async (moment, fault) => {
      const cell = await meet(story, proxy, { moment, fault, writes, around: { calls: story.calls, endLogin: login.end } });
      if (cell.wrong.length === 0) await destroy(story.calls);
      else {
        await wipeRealm(story.calls);
        story = await stage();
      }
      return cell;
    },
    close: async () => {
      await wipeRealm(story.calls);
      await login.remove();
      await proxy.close();
    },
  };
}

interface Administrator {
  /** As `Story` has it. */
  readonly account: Pick<Story, 'user' | 'password'>;
  end(): Promise<void>;
  remove(): Promise<void>;
}

/** An administrator of the server for the tool alone, so that nobody else feels it when their sessions are ended. */
async function makeAdministrator(server: Parameters<typeof openLane>[0], name: string): Promise<Administrator> {
  const calls = openAdminCalls({ ...server, realm: 'master' });
  const account = { user: `${name}-on-call`, password: 'lab' };
  await must(calls, 'POST', '/users', { username: account.user, enabled: true, credentials: [{ type: 'password', value: account.password, temporary: false }] });
  const id = idIn(await must(calls, 'GET', `/users?username=${account.user}&exact=true`), 'username', account.user);
  await must(calls, 'POST', `/users/${id}/role-mappings/realm`, [await must(calls, 'GET', '/roles/admin')]);
  return {
    account,
    end: async () => void (await must(calls, 'POST', `/users/${id}/logout`)),
    remove: async () => void (await must(calls, 'DELETE', `/users/${id}`)),
  };
}

/** Done, or all restored and a claim left unproven: nothing to go on with. */
const ENDED: ReadonlySet<number | null> = new Set([0, 4]);

interface Meeting {
  readonly moment: Moment;
  readonly fault: FaultRow;
  readonly writes: number;
  readonly around: Around;
}

async function meet(story: Story, proxy: FaultProxy, { moment, fault, writes, around }: Meeting): Promise<Cell> {
  const via = { ...story, url: proxy.url };
  const [before, asked] = [proxy.applied.length, proxy.asked.length];
  let met = false;
  proxy.break((passing) => {
    if (met || !moment.fits(passing, writes)) return undefined;
    met = true;
    return fault.fault(around);
  });
  const first = await run(via, ['recover'], { with: confirmed(story) });
  proxy.break();
  await fault.mend?.(around);
  const session = sessionIn(first.sessions);
  const again = ENDED.has(first.exit) ? null : await run(via, ['resume', session.id], { sessions: first.sessions, with: ['--confirm', story.realm] });
  const applied = proxy.applied.slice(before);
  const journal = verifyLines(readFileSync(session.journal));
  const intended = journal.lines.filter(({ event }) => event.type === 'write.intended').length;
  const wrong = [
    ...(met ? [] : ['the moment never came']),
    ...(isDeepStrictEqual((await readRealm(story.calls)).plain, story.wanted) ? [] : ['the realm is not as before the incident']),
    ...(new Set(applied).size === applied.length ? [] : ['a write was done twice']),
    ...(journal.ok ? [] : [`the journal is broken at line ${journal.line}`]),
    // A write that was refused with 401 was not looked at; it is the only one that is sent again without a look.
    ...(proxy.asked.length - asked <= intended + (again ? 0 : 1) ? [] : [`${proxy.asked.length - asked} writes were sent, ${intended} were on disk before`]),
    ...(again === null || again.exit === 0 ? [] : [`resume ended with ${again.exit}: ${again.stderr}`]),
    ...(/^\s+at |node:internal|\bbug\b/m.test(first.stderr) ? [first.stderr] : []),
  ];
  return { exit: first.exit, resumed: again?.exit ?? null, wrong };
}

function sessionIn(sessions: string): { readonly id: string; readonly journal: string } {
  const [found = ''] = readdirSync(sessions, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('journal.jsonl'));
  return { id: found.split('/').at(-2) ?? '', journal: join(sessions, found) };
}
