/** Realm files of megabytes: a file of 3 MB patched, one of 8 MB compared, each from its text on, beside `JSON.parse` of the same text. */
import { realmInText } from '../../src/evidence/document.ts';
import { patchFile } from '../../src/gitops/patch-file.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { readState } from '../../src/realm/state.ts';
import { generate, type BenchRealm } from './realm.ts';
import { seconds, type Row } from './table.ts';
import { median } from './tool.ts';

export function files(): Promise<Row[]> {
  return Promise.resolve([...measured(3e6, 'patched', 1000), ...measured(8e6, 'compared', 500)]);
}

const REALM = 'bench';
const ROUNDS = 5;

/** The large realm with so many of its clients that its text has about this many bytes. */
function sized(bytes: number): BenchRealm {
  const whole = generate('XL', REALM);
  const clients = whole.clients.slice(0, Math.round((whole.clients.length * bytes) / textOf(whole).length));
  const names = new Set(clients.map(({ clientId }) => clientId));
  return { ...whole, clients, roles: { ...whole.roles, client: Object.fromEntries(Object.entries(whole.roles.client).filter(([owner]) => names.has(owner))) } };
}

const textOf = (realm: RealmRepresentation) => `${JSON.stringify(realm, null, 2)}\n`;

/** The realm as people have gone on editing it: a redirect URI on every 20th client, a mapper on every 30th. */
function edited(realm: BenchRealm): RealmRepresentation {
  return {
    ...realm,
    clients: realm.clients.map((client, index) => ({
      ...client,
      redirectUris: [...client['redirectUris'] as string[], ...(index % 20 === 0 ? ['https://console.example.com/*'] : [])],
      protocolMappers: [...client.protocolMappers ?? [], ...(index % 30 === 0 ? (client.protocolMappers ?? []).slice(0, 1).map((mapper) => ({ ...mapper, name: 'made in the console' })) : [])],
    })),
  };
}

function comparing(text: string, live: ReturnType<typeof readState>) {
  const { representation } = realmInText('realm.json', text, REALM);
  return compareStates(live, [readState({ realm: REALM, source: 'file:realm.json', completeness: 'partial', representation })]);
}

/** Milliseconds of processor time: others on the machine do not count. */
function took(run: () => unknown): number {
  const began = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

/** The first time, and medians of rounds with the parse and the work one after the other. */
function rounds(text: string, work: () => unknown): { readonly first: number; readonly parse: number; readonly work: number } {
  const taken = Array.from({ length: ROUNDS }, () => ({ parse: took(() => JSON.parse(text) as unknown), work: took(work) }));
  return { first: taken[0]?.work ?? 0, parse: median(taken.map(({ parse }) => parse)), work: median(taken.map((round) => round.work)) };
}

function measured(bytes: number, what: 'patched' | 'compared', bound: number): readonly Row[] {
  const realm = sized(bytes);
  const text = textOf(realm);
  const live = readState({ realm: REALM, source: 'live', completeness: 'full', representation: edited(realm) });
  const differences = comparing(text, live);
  const choices = Object.fromEntries(differences.map(({ id }) => [id, 'keep' as const]));
  const patch = () => patchFile('realm.json', text, { realm: REALM, serverVersion: '26.7.4', live, differences, choices });
  const compared = rounds(text, () => comparing(text, live));
  const patched = rounds(text, patch);
  const outcome = patch();
  if (differences.length === 0 || outcome === null || outcome.refusal !== null || outcome.after === text) throw new Error('There was nothing to patch.');
  const { first, parse, work } = what === 'patched' ? patched : compared;
  const size = `${(Buffer.byteLength(text) / 1e6).toFixed(1)} MB, ${realm.clients.length} clients, ${differences.length} differences`;
  return [
    { what: `a realm file ${what}, from its text on`, found: work / 1000, bound: bound / 1000, unit: 's', note: `processor time; ${size}; median of ${ROUNDS}, the first took ${seconds(first)}` },
    { what: 'the same beside JSON.parse of that text', found: work / parse, bound: null, unit: 'x', note: `parsed in ${seconds(parse)}` },
  ];
}
