/** The Keycloak that is measured: one of the bench's own, or the one that REALM_RESCUE_BENCH_URL names. */
import { openAdminCalls, must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { startKeycloak } from '../harness/keycloak.ts';
import { generate, type BenchRealm, type Size } from './realm.ts';
import { load } from './load.ts';

export interface Bench {
  readonly url: string;
  readonly admin: { readonly username: string; readonly password: string };
  readonly version: string;
  /** A realm of a size, as generated; loaded when it is first asked for. */
  realm(size: Size): Promise<{ readonly name: string; readonly good: BenchRealm; readonly calls: AdminCalls }>;
  /** Makes the next reads of a realm come from the database. */
  cool(name: string): Promise<void>;
  stop(failed: boolean): Promise<void>;
}

/** Notes in a realm how far it can be trusted: one that a bench was damaging when it died is loaded anew. */
export async function mark({ good, calls }: { readonly good: BenchRealm; readonly calls: AdminCalls }, bench: 'loaded' | 'damaged'): Promise<void> {
  await must(calls, 'PUT', '', { attributes: { ...good['attributes'] as object, bench } });
}

const ADMIN = { username: 'admin', password: 'admin' } as const;

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A realm that is on the server already and complete is used again: loading 2,000 clients takes minutes. */
export async function openBench(): Promise<Bench> {
  const given = process.env['REALM_RESCUE_BENCH_URL'];
  say(given === undefined ? 'starting a Keycloak on PostgreSQL' : `using the Keycloak at ${given}`);
  const own = given === undefined ? await startKeycloak({ database: 'postgres' }) : undefined;
  const url = own?.url ?? given ?? '';
  const callsOf = (realm: string): AdminCalls => openAdminCalls({ url, ...ADMIN, realm });
  const info = await must(callsOf('master'), 'GET', '/admin/serverinfo') as JsonObject;
  const loaded = new Map<Size, Promise<{ readonly name: string; readonly good: BenchRealm; readonly calls: AdminCalls }>>();
  const ready = async (size: Size): Promise<{ readonly name: string; readonly good: BenchRealm; readonly calls: AdminCalls }> => {
    const name = `bench-${size.toLowerCase()}`;
    const [calls, good] = [callsOf(name), generate(size, name)];
    const there = await calls.call('GET', '');
    if (there.status === 200 && (there.body as { attributes?: { bench?: string } }).attributes?.bench === 'loaded') return { name, good, calls };
    if (there.status === 200) await must(calls, 'DELETE', '');
    const started = performance.now();
    await load(calls, good, (what) => say(`  ${name}: ${what} (${Math.round((performance.now() - started) / 1000)} s)`));
    await mark({ good, calls }, 'loaded');
    return { name, good, calls };
  };
  return {
    url,
    admin: ADMIN,
    version: String((info['systemInfo'] as JsonObject)['version']),
    realm: (size) => {
      const known = loaded.get(size) ?? ready(size);
      loaded.set(size, known);
      return known;
    },
    cool: async (name) => {
      for (const cache of ['clear-realm-cache', 'clear-user-cache']) await must(callsOf(name), 'POST', `/${cache}`);
    },
    stop: async (failed) => own?.stop(failed),
  };
}
