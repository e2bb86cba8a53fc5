import { memberAt } from '../file-place.ts';
import { claimsRestingOn, claimsSentence } from '../claims/words.ts';
import { escapePart, objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { lookInList } from '../looks.ts';
import type { RealmObject } from '../model.ts';
import { isBuiltinClient, isBuiltinScope } from '../normal/builtins.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { restoreLink, type LinkType } from '../writes/link-writes.ts';
import { isCreated } from '../writes/body.ts';

// One value for all of a type: a large realm has tens of thousands of links.
const DEFAULT: { readonly type: LinkType } = { type: 'default' };
const OPTIONAL: { readonly type: LinkType } = { type: 'optional' };

export const clientScopeLink: Kind = {
  name: 'client-scope-link',
  title: 'client scope link',
  facts: { restored: 'PUT or DELETE of the one link; from optional to default it is a DELETE and a PUT', idKept: false, undo: 'yes', lostForGood: 'nothing' },
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const clients = (representation.clients ?? []).flatMap((raw) => (raw.clientId === undefined ? [] : [{ ...raw, clientId: raw.clientId }]));
    return {
      objects: clients.values().flatMap((raw) => [...linksOf(raw.clientId, raw.defaultClientScopes, DEFAULT), ...linksOf(raw.clientId, raw.optionalClientScopes, OPTIONAL)]),
      listed: clients.flatMap((raw) => {
        const key = escapePart(raw.clientId);
        return [
          ...(whole || raw.defaultClientScopes !== undefined ? [place('client-scope-link', `${key}/#default`)] : []),
          ...(whole || raw.optionalClientScopes !== undefined ? [place('client-scope-link', `${key}/#optional`)] : []),
        ];
      }),
    };
  },
  references: (found) => [objectId('client-scope', partOf(found.id, 1))],
  effect: (change, found, live, evidence) => {
    const state = change === 'live-only' ? live : evidence;
    const type = (found.value as { readonly type: string }).type;
    return claimsSentence(change, claimsRestingOn(found.id, [found.owner], state)) ?? `${type} scope ${found.name} adds no claim to the tokens of ${found.owner}`;
  },
  claims: (found, state) => claimsRestingOn(found.id, [found.owner], state),
  // The server links service_account by itself to every client with a service account.
  builtin: (found) => isBuiltinClient(found.owner) || found.name === 'service_account',
  routine: (found) => isBuiltinScope(found.name),
  restore: (difference, context) => (isCreated(objectId('client', difference.owner), context) ? [] : restoreLink(difference, context)),
  look: (id) => lookInList({ path: ['clients'], query: { clientId: partOf(id, 0) } }, (list) => {
    const raw = list.find((item) => item['clientId'] === partOf(id, 0));
    const scope = partOf(id, 1);
    const has = (key: string): boolean => Array.isArray(raw?.[key]) && (raw[key] as readonly unknown[]).includes(scope);
    if (has('defaultClientScopes')) return { value: { type: 'default' } };
    return has('optionalClientScopes') ? { value: { type: 'optional' } } : null;
  }),
  inFile: (id) => ['defaultClientScopes', 'optionalClientScopes'].map((list) => memberAt(partOf(id, 1), 'clients', { clientId: partOf(id, 0) }, list)),
};

function linksOf(client: string, scopes: readonly string[] = [], value: { readonly type: LinkType }): readonly RealmObject[] {
  const parent = objectId('client', client);
  const places = [place('client-scope-link', `${escapePart(client)}/#${value.type}`)];
  return scopes.map((scope) => ({ id: objectId('client-scope-link', client, scope), kind: 'client-scope-link', owner: client, name: scope, value, parent, places }));
}
