/** What else the server changes when certain settings of a client change, as tried on 26.7.4. */
import { objectsAt } from '../derived.ts';
import { escapePart, objectId, partOf } from '../keys.ts';
import type { Draft, PlanContext } from '../kind.ts';
import type { Image, ObjectId } from '../model.ts';
import { authorizationOf, freshAuthorization, partId } from '../normal/authorization-names.ts';
import { hasSecret, isConfidential } from '../normal/confidential.ts';
import { settingId } from '../normal/settings.ts';
import type { ClientRepresentation } from '../representation.ts';
import { linksServiceAccountScope } from './client-flags.ts';
import { MAPPED } from './role-writes.ts';
import { mapServiceAccountRole } from './service-account-writes.ts';

export interface Effects {
  /** Writes of their own that have to come first. */
  readonly drafts: readonly Draft[];
  readonly afterOperations: readonly string[];
  readonly before: readonly Image[];
  readonly after: readonly Image[];
  readonly losses: readonly string[];
  readonly inverseNote?: string;
}

/** Why some of the settings cannot be written together with what was chosen. */
export interface Blocked {
  readonly refused: string;
  readonly settings: readonly ObjectId[];
}

type Raw = ClientRepresentation;

const NOTHING: Effects = { drafts: [], afterOperations: [], before: [], after: [], losses: [] };

/** A public or bearer-only client has no authorization services, whatever its flag says (tried on 26.7.4: its resource server is gone). */
export function asServerKeeps(raw: Raw): Raw {
  if (raw['publicClient'] !== true && raw['bearerOnly'] !== true) return raw;
  const { authorizationServicesEnabled: _, ...rest } = raw;
  return rest;
}

/**
 * Everything besides the settings themselves that moves when a client goes from one representation to the other. What is chosen on
 * its own is left to its own write, which finds it done: taking that one back must not stand in the way of taking this one back.
 */
export function settingEffects(client: string, live: Raw, after: Raw, context: PlanContext): Effects | Blocked {
  const all: readonly (Effects | Blocked)[] = [authorizationEffects, serviceAccountEffects, secretEffects, protocolEffects].map((effects) => effects(client, live, after, context));
  const blocked = all.find(isBlocked);
  if (blocked !== undefined) return blocked;
  const made = all.flatMap((effects) => (isBlocked(effects) ? [] : [effects]));
  const notes = made.flatMap((effects) => effects.inverseNote ?? []);
  return {
    drafts: made.flatMap((effects) => effects.drafts), afterOperations: made.flatMap((effects) => effects.afterOperations),
    before: made.flatMap((effects) => effects.before), after: made.flatMap((effects) => effects.after), losses: made.flatMap((effects) => effects.losses),
    ...(notes.length === 0 ? {} : { inverseNote: notes.join(' ') }),
  };
}

/** What the server makes by itself for a client that gets authorization services. */
export function madeWithAuthorization(client: string, context: PlanContext): readonly Image[] {
  const own = [objectId('client-role', client, 'uma_protection'), objectId('service-account-role', client, client, 'uma_protection')].filter((id) => !context.live.objects.has(id) && !context.chosen.has(id));
  return [...freshAuthorization(client), ...own.map((id) => ({ id, value: MAPPED }))];
}

export function isBlocked(effects: Effects | Blocked): effects is Blocked {
  return 'refused' in effects;
}

function authorizationEffects(client: string, live: Raw, after: Raw, context: PlanContext): Effects | Blocked {
  const [was, is] = [live.authorizationServicesEnabled === true, after.authorizationServicesEnabled === true];
  const flag = settingId(client, ['authorizationServicesEnabled']);
  if (was === is) return NOTHING;
  if (is) {
    const account = settingId(client, ['serviceAccountsEnabled']);
    // The server answers 500.
    if (after.serviceAccountsEnabled !== true) return { refused: `authorization services need a service account; answer ${account} with restore too`, settings: [flag] };
    const fresh = madeWithAuthorization(client, context);
    return { ...NOTHING, before: fresh.map(({ id }) => ({ id, value: null })), after: fresh };
  }
  const parts = authorizationOf(context.live, client).filter((part) => partOf(part.id, 1) !== 'settings');
  const kept = parts.filter((part) => context.chosen.get(part.id)?.change !== 'live-only');
  const causes = [flag, settingId(client, ['publicClient']), settingId(client, ['bearerOnly'])];
  if (kept[0] !== undefined) return { refused: `authorization services of ${client} end with it, and ${kept[0].name}${kept.length > 1 ? ` and ${kept.length - 1} more` : ''} with them; answer ${kept[0].id}${kept.length > 1 ? ' and those' : ''} with restore too`, settings: causes };
  const before = freshAuthorization(client).map(({ id, value }) => ({ id, value: context.chosen.has(id) ? value : context.live.objects.get(id)?.value ?? value }));
  return {
    ...NOTHING, before, after: before.map(({ id }) => ({ id, value: null })),
    afterOperations: [...parts.map((part) => `delete ${part.id}`), `update ${partId(client, 'settings')}`],
    losses: [`permissions that users of ${client} share or ask for`],
  };
}

function serviceAccountEffects(client: string, live: Raw, after: Raw, context: PlanContext): Effects {
  const [was, is] = [live.serviceAccountsEnabled === true, after.serviceAccountsEnabled === true];
  const link = objectId('client-scope-link', client, 'service_account');
  const linked = context.live.objects.get(link)?.value ?? null;
  if (was === is) return NOTHING;
  if (is) {
    // The server links this one by itself, where the realm has it.
    const links = linked === null && !context.chosen.has(link) && linksServiceAccountScope(context.live);
    return {
      ...NOTHING,
      before: links ? [{ id: link, value: null }] : [], after: links ? [{ id: link, value: { type: 'default' } }] : [],
      losses: [`the user id, groups and attributes of the service account of ${client}: the server makes a new one in the default groups of now, and sub in its tokens is another`],
      inverseNote: 'Service accounts are switched off again: the user behind it goes, with whatever was given to it since.',
    };
  }
  const cut = linked !== null && !context.chosen.has(link);
  const roles = objectsAt(context.live, `service-account-role@${escapePart(client)}`);
  const drafts = roles.filter((role) => !context.chosen.has(role.id)).flatMap((role) => mapServiceAccountRole(role.id, 'live-only'));
  return {
    drafts, afterOperations: roles.map((role) => `unmap ${role.id}`),
    before: cut ? [{ id: link, value: linked }] : [], after: cut ? [{ id: link, value: null }] : [],
    losses: [`the service account of ${client}, its user id, its groups and attributes`],
    inverseNote: 'The service account comes back with a new user id, without its groups and attributes.',
  };
}

function secretEffects(client: string, live: Raw, after: Raw): Effects {
  const [was, is] = [isConfidential(live), isConfidential(after)];
  if (is && !was && !hasSecret(after)) return { ...NOTHING, losses: [`the secret of ${client}: no evidence has it, the server makes a new one`] };
  return NOTHING;
}

/** Links to client scopes of another protocol are hidden, and show again with their protocol (tried on 26.7.4). */
function protocolEffects(client: string, live: Raw, after: Raw, context: PlanContext): Effects | Blocked {
  if ((live.protocol ?? 'openid-connect') === (after.protocol ?? 'openid-connect')) return NOTHING;
  const links = objectsAt(context.live, `client-scope-link@${escapePart(client)}`);
  const evidence = context.evidenceOf(settingId(client, ['protocol']));
  const missed = evidence === undefined ? undefined : objectsAt(evidence, `client-scope-link@${escapePart(client)}`).find((link) => !context.live.objects.has(link.id) && !context.chosen.has(link.id));
  if (missed !== undefined) return { refused: `with its protocol ${client} shows its client scopes again; answer ${missed.id} with restore too`, settings: [settingId(client, ['protocol'])] };
  const hidden = links.filter((link) => {
    const scope = context.live.objects.get(objectId('client-scope', link.name))?.value;
    return scope !== null && typeof scope === 'object' && 'protocol' in scope && scope['protocol'] !== (after.protocol ?? 'openid-connect') && !context.chosen.has(link.id);
  });
  return { ...NOTHING, before: hidden.map(({ id, value }) => ({ id, value })), after: hidden.map(({ id }) => ({ id, value: null })) };
}
