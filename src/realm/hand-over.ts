/** What a person has to know about a restore besides the writes: what is lost for good, and who needs a new secret. */
import { compareText } from './canonical.ts';
import type { Operation, Plan, RealmState } from './model.ts';
import { rawClient } from './normal/raw.ts';
import { placeholdersIn } from './unknowns.ts';

/** `lost for good: the secret of app`, one line for each loss of these writes. */
export function lossLines(operations: readonly Pick<Operation, 'losses'>[]): readonly string[] {
  return [...new Set(operations.flatMap((operation) => operation.losses ?? []))].map((loss) => `lost for good: ${loss}`);
}

/** Why something is written although it was not chosen, as a clause without its full stop. */
export function pulledInLine(plan: Pick<Plan, 'groups'>, { id, by }: Plan['pulledIn'][number]): string {
  const isRemoved = plan.groups.some(({ operations }) => operations.some(({ covers, after }) => covers.includes(id) && after.some((image) => image.id === id && image.value === null)));
  return isRemoved ? `${id} is removed too, because it goes with ${by}` : `${id} is restored too, because ${by} needs it`;
}

/** Where a client runs, as far as its own URLs say: hosts of its root, base, admin and redirect URLs and web origins, by clientId. */
export function deploymentsOf(clients: readonly string[], states: readonly RealmState[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(clients.map((client) => {
    const raws = states.map((state) => rawClient(state, client)).filter((raw) => raw !== undefined);
    const urls = raws.flatMap((raw) => [raw['rootUrl'], raw['baseUrl'], raw['adminUrl'], ...listOf(raw['redirectUris']), ...listOf(raw['webOrigins'])]);
    return [client, [...new Set(urls.flatMap(hostOf))].toSorted(compareText)];
  }));
}

/** `app comes back with a new secret: no evidence has the old one; it runs at app.example`. */
export function newSecretLine(plan: Pick<Plan, 'deployments'>, client: string): string {
  const hosts = plan.deployments?.[client] ?? [];
  const where = hosts.length === 0 ? 'nothing says where it runs' : `it runs at ${hosts.slice(0, 6).join(', ')}${hosts.length > 6 ? ` and ${hosts.length - 6} more` : ''}`;
  return `${client} comes back with a new secret: no evidence has the old one. Hand it to its deployments; ${where}`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function hostOf(value: unknown): readonly string[] {
  if (typeof value !== 'string' || placeholdersIn(value).length > 0) return [];
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\s]+)/i.exec(value) ?? [];
  return host === '' || host === '*' ? [] : [host];
}
