/** The write for a client that is gone: it comes back whole, in one POST. */
import { escapePart, objectId, parseId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Difference, Image, RealmObject, Template } from '../model.ts';
import { hasSecret, isConfidential } from '../normal/confidential.ts';
import { rawClient, rawMapper } from '../normal/raw.ts';
import { objectsAt } from '../derived.ts';
import type { ClientRepresentation } from '../representation.ts';
import { isSecretKey, isUnknown } from '../unknowns.ts';
import { firstPlaceholder, keepableId, mapBody, refusePlaceholder, withoutMasks } from './body.ts';
import { typeOf, type LinkType } from './link-writes.ts';
import { madeWithAuthorization } from './client-setting-effects.ts';
import { mapperBody } from './mapper-writes.ts';

/** Not sent: what the server makes itself, what has ids of another time, and what is sent in its own way below. */
const LEFT_OUT = new Set([
  'id', 'access', 'origin', 'secret', 'attributes', 'protocolMappers', 'defaultClientScopes', 'optionalClientScopes', 'authenticationFlowBindingOverrides',
  'authorizationSettings', 'registeredNodes', 'registrationAccessToken', 'surrogateAuthRequired', 'notBefore',
]);
const SERVERS_OWN = /^(client\.secret\.|realm_client$)/;

export function restoreClient(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  if (difference.change === 'live-only') return { refused: 'deleting a client ends its sessions for good; do it by hand where it is really meant' };
  const source = context.evidenceOf(difference.id);
  const raw = rawClient(source, difference.name);
  if (source === undefined || raw === undefined) return { refused: 'no evidence has its configuration' };
  const chosen = (kind: string): readonly RealmObject[] => chosenOf(kind, difference.name, context);
  const mappers = chosen('client-mapper');
  const links = chosen('client-scope-link');
  const kept = keepableId(raw.id, context.usedIds);
  const body = clientBody(difference, context, raw, mappers, links);
  const placeholder = firstPlaceholder(body);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  // What the evidence does not really know (a masked secret) is not what the client will have.
  const settings = objectsAt(source, `client-setting@${escapePart(difference.name)}`).filter((setting) => !isUnknown(setting.value));
  const made: readonly RealmObject[] = [...mappers, ...links];
  const besides = raw.authorizationServicesEnabled === true ? madeWithAuthorization(difference.name, context) : [];
  const images: readonly Image[] = [...[...made, ...settings].map(({ id, value }) => ({ id, value })), ...besides];
  const losses = lossesOf(difference.name, raw, kept);
  return [{
    id: `create ${difference.id}`, covers: [difference.id, ...made.map((object) => object.id)], title: `client ${difference.name}`,
    note: notes(raw, kept, mappers.length, links.length).join(', '),
    request: { method: 'POST', path: ['clients'], body },
    before: [{ id: difference.id, value: null }, ...images.map(({ id }) => ({ id, value: null }))], after: [{ id: difference.id, value: {} }, ...images],
    inverse: { method: 'DELETE', path: ['clients', { $id: difference.id }] },
    ...(kept === undefined ? {} : { inverseEndsSessions: true }),
    inverseNote: kept === undefined
      ? 'Sessions that were opened through it meanwhile end.'
      : 'It came back with its original id and so with its sessions; deleting it ends them for good.',
    ...(losses.length === 0 ? {} : { losses }),
    needs: ['manage-clients'],
    requires: links.map((link) => objectId('client-scope', link.name)),
  }];
}

/** What was chosen inside the client: restoring it brings exactly that along. */
function chosenOf(kind: string, client: string, context: PlanContext): readonly RealmObject[] {
  return [...context.chosen.values()].flatMap((difference) => {
    if (difference.kind !== kind || difference.change !== 'lost' || parseId(difference.id).parts[0] !== client) return [];
    return context.evidenceOf(difference.id)?.objects.get(difference.id) ?? [];
  });
}

function clientBody(difference: Difference, context: PlanContext, raw: ClientRepresentation, mappers: readonly RealmObject[], links: readonly RealmObject[]): { readonly [key: string]: Template } {
  const fields = Object.entries(raw).filter(([key, value]) => !LEFT_OUT.has(key) && value !== undefined);
  const attributes = Object.fromEntries(Object.entries(raw.attributes ?? {}).filter(([key]) => !SERVERS_OWN.test(key)));
  const kept = keepableId(raw.id, context.usedIds);
  const named = (type: LinkType): readonly string[] => links.filter((link) => typeOf(link.value) === type).map((link) => link.name);
  // Without both lists the server would link the realm's defaults; with them it takes exactly these.
  const scopes = raw.defaultClientScopes === undefined && raw.optionalClientScopes === undefined ? {} : { defaultClientScopes: named('default'), optionalClientScopes: named('optional') };
  return {
    ...(kept === undefined ? {} : { id: kept }),
    // Where the evidence does not say, an import makes a client neither public nor open to passwords; a POST that names the protocol makes it
    // both, and answers 500 to one with authorization (tried on 26.7.4).
    ...(raw.protocol === 'saml' ? {} : { publicClient: false, directAccessGrantsEnabled: false }),
    ...(withoutMasks(Object.fromEntries(fields.filter(([key]) => key !== 'protocol' || !wouldRedirect(raw)))) as { readonly [key: string]: Template }),
    attributes: mapBody(objectId('client', difference.name), 'attributes', attributes),
    ...(hasSecret(raw) ? { secret: { $secret: objectId('client', difference.name), field: 'secret' } } : {}),
    protocolMappers: mappers.flatMap((object) => {
      const mapper = rawMapper(rawClient(context.evidenceOf(object.id), difference.name), object.name);
      return mapper === undefined ? [] : [mapperBody(object.id, mapper, context.usedIds)];
    }),
    ...scopes,
  };
}

/**
 * With its protocol named, a client that has a root URL and no redirect URI gets `ROOT/*` as one, which nobody asked for; without, it gets
 * neither that nor any other default, and is an OpenID Connect client all the same (tried on 26.7.4).
 */
function wouldRedirect(raw: ClientRepresentation): boolean {
  const uris = raw['redirectUris'];
  return raw.protocol === 'openid-connect' && typeof raw['rootUrl'] === 'string' && raw['rootUrl'] !== '' && !(Array.isArray(uris) && uris.length > 0);
}

function lossesOf(client: string, raw: ClientRepresentation, kept: string | undefined): readonly string[] {
  return [
    ...(kept === undefined ? [`the sessions of ${client}: it comes back with a new id`] : []),
    ...(isConfidential(raw) && !hasSecret(raw) ? [`the secret of ${client}: no evidence has it, the server makes a new one`] : []),
    ...(raw.serviceAccountsEnabled === true ? [`the user id, groups and attributes of the service account of ${client}: the server makes a new one in the default groups of now, and sub in its tokens is another`] : []),
  ];
}

function notes(raw: ClientRepresentation, kept: string | undefined, mappers: number, links: number): readonly string[] {
  const secretAttribute = Object.keys(raw.attributes ?? {}).some(isSecretKey);
  return [
    `${mappers} ${mappers === 1 ? 'mapper' : 'mappers'}`, `${links} scope ${links === 1 ? 'link' : 'links'}`,
    kept === undefined ? 'new id: its old sessions stay lost' : 'original id kept',
    ...(isConfidential(raw) && !hasSecret(raw) ? ['new secret: no evidence has the old one'] : []),
    ...(secretAttribute ? ['key material from the evidence'] : []),
  ];
}
