/**
 * The write for settings of a client that is there: one PUT with nothing but the clientId, what was chosen, and the flags whose absence
 * destroys. Tried on 26.7.4: fields that are left out stay as they are, `null` too; attributes merge by key and `null` takes one out; a
 * list is taken whole. Which flags come along is said in client-flags.ts; a mask becomes the secret; `protocolMappers` replaces the whole list.
 */
import { parseId, objectId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Json } from '../json.ts';
import type { Difference, Image, Template } from '../model.ts';
import { isConfidential } from '../normal/confidential.ts';
import { rawClient } from '../normal/raw.ts';
import { SETS, settingsOf, settingId } from '../normal/settings.ts';
import type { ClientRepresentation } from '../representation.ts';
import { isSecretKey, isUnknown, placeholdersIn, unknown } from '../unknowns.ts';
import { isCreated, refusePlaceholder } from './body.ts';
import { flagsCarried } from './client-flags.ts';
import { asServerKeeps, isBlocked, settingEffects } from './client-setting-effects.ts';

type Body = { readonly [field: string]: Template };

/** All chosen settings of a client go out together, with the first of them. */
export function restoreSetting(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const client = difference.owner;
  const live = rawClient(context.live, client);
  if (isCreated(objectId('client', client), context)) return [];
  if (live === undefined) return { refused: 'its client is not in the live realm any more' };
  const chosen = [...context.chosen.values()].filter((other) => other.kind === 'client-setting' && other.owner === client);
  const refused = unwritable(difference, context, live);
  if (refused !== undefined) return refused;
  const after = withKnownSecret(asServerKeeps(chosen.reduce((raw, other) => withSetting(raw, other, context), live)), live, context);
  const effects = settingEffects(client, live, after, context);
  if (isBlocked(effects)) {
    const causes = chosen.filter((other) => effects.settings.includes(other.id));
    return causes.length === 0 || causes.includes(difference) ? { refused: effects.refused } : [];
  }
  if (chosen[0]?.id !== difference.id) return [];
  const changed = changedImages(client, live, after);
  return [...effects.drafts, {
    id: `update ${objectId('client', client)}`,
    covers: chosen.map((other) => other.id), title: `${chosen.length} ${chosen.length === 1 ? 'setting' : 'settings'} of ${client}`, note: noteOf(chosen),
    request: { method: 'PUT', path: ['clients', { $id: objectId('client', client) }], body: bodyOf({ client, chosen, flags: flagsCarried(context.live, live, { after }), before: live, after }) },
    before: [...changed.before, ...effects.before], after: [...changed.after, ...effects.after],
    inverse: { method: 'PUT', path: ['clients', { $id: objectId('client', client) }], body: bodyOf({ client, chosen, flags: flagsCarried(context.live, live, { after }), before: after, after: live, from: 'live' }) },
    ...(effects.inverseNote === undefined ? {} : { inverseNote: effects.inverseNote }),
    ...(effects.losses.length === 0 ? {} : { losses: effects.losses }),
    needs: ['manage-clients'], requires: [objectId('client', client)], afterOperations: effects.afterOperations,
  }];
}

/** Why a setting cannot be written as it was chosen. */
function unwritable(difference: Difference, context: PlanContext, live: ClientRepresentation): Refusal | undefined {
  const [, field = '', key] = parseId(difference.id).parts;
  const value = context.wanted(difference) ?? null;
  if (isUnknown(value) && !(field === 'secret' && !isConfidential(live))) return { refused: 'the evidence has it masked; name evidence that has it in clear, or leave it' };
  if (difference.change === 'live-only') {
    if (field === 'secret') return isChosen(context, live.clientId ?? '', 'publicClient') ? undefined : { refused: 'a client that is not public always has a secret' };
    return key !== undefined || typeof live[field] === 'string' || typeof live[field] === 'boolean' ? undefined : { refused: 'the server cannot be told to forget it' };
  }
  const raw = rawClient(context.evidenceOf(difference.id), difference.owner);
  const text = key === undefined ? raw?.[field] : field === 'attributes' ? raw?.attributes?.[key] : key;
  const placeholder = typeof text === 'string' ? placeholdersIn(text)[0] : undefined;
  return placeholder === undefined ? undefined : refusePlaceholder(placeholder);
}

/** A client that stops being public takes its old secret along, where the evidence has it: the server would make a new one. */
function withKnownSecret(after: ClientRepresentation, live: ClientRepresentation, context: PlanContext): ClientRepresentation {
  if (isConfidential(live) || !isConfidential(after) || after.secret !== undefined) return after;
  const secret = rawClient(context.evidenceOf(settingId(live.clientId ?? '', ['secret'])), live.clientId ?? '')?.secret;
  return secret === undefined ? after : { ...after, secret };
}

function isChosen(context: PlanContext, client: string, field: string): boolean {
  return context.chosen.has(objectId('client-setting', client, field));
}

/** The representation with one setting as it shall be. Only what is compared matters in it; it is never sent. */
function withSetting(raw: ClientRepresentation, difference: Difference, context: PlanContext): ClientRepresentation {
  const [client = '', field = '', key] = parseId(difference.id).parts;
  const source = rawClient(context.evidenceOf(difference.id), client);
  const goes = difference.change === 'live-only';
  if (key === undefined) {
    const cleared = typeof raw[field] === 'boolean' ? false : field === 'secret' ? undefined : '';
    return { ...raw, [field]: goes ? cleared : source?.[field] };
  }
  if (field === 'attributes') {
    const { [key]: _, ...rest } = raw.attributes ?? {};
    return { ...raw, attributes: goes ? rest : { ...rest, [key]: String(source?.attributes?.[key] ?? '') } };
  }
  const list = listOf(raw, field).filter((element) => element !== key);
  return { ...raw, [field]: goes ? list : [...list, key] };
}

function listOf(raw: ClientRepresentation, field: string): readonly string[] {
  const list = raw[field];
  return Array.isArray(list) ? list.map(String) : [];
}

interface Change {
  readonly client: string;
  readonly chosen: readonly Difference[];
  /** Those that stay as they are. */
  readonly flags: Body;
  readonly before: ClientRepresentation;
  readonly after: ClientRepresentation;
  /** `live` where secrets come from the realm as it was captured. */
  readonly from?: 'live';
}

/** A body that leads from one representation to the other. */
function bodyOf({ client, chosen, flags, before, after, from }: Change): Body {
  const paths = chosen.map((difference) => parseId(difference.id).parts.slice(1));
  const secret = (field: string): Template => ({ $secret: objectId('client', client), field, ...(from === undefined ? {} : { from }) });
  const fields = paths.filter((path) => path.length === 1 && path[0] !== 'secret').map(([field = '']): [string, Template] => [field, (after[field] as Json | undefined) ?? (typeof before[field] === 'boolean' ? false : '')]);
  const lists = SETS.filter((set) => paths.some(([field, element]) => field === set && element !== undefined)).map((set): [string, Template] => [set, listOf(after, set)]);
  const keys = paths.flatMap(([field, key]) => (field === 'attributes' && key !== undefined ? [key] : []));
  const attributes = keys.map((key): [string, Template] => {
    const value = after.attributes?.[key];
    return [key, value === undefined || value === '' ? null : isSecretKey(key) ? secret(`attributes.${key}`) : value];
  });
  // A client that stops being public gets a new secret from the server, unless one comes along (tried on 26.7.4).
  const secretSent = isConfidential(after) && (paths.some(([field]) => field === 'secret') || !isConfidential(before));
  return {
    clientId: client,
    ...flags,
    ...Object.fromEntries(fields), ...Object.fromEntries(lists),
    ...(keys.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
    ...(secretSent ? { secret: secret('secret') } : {}),
  };
}

/** Every setting that the PUT moves, and each list that it takes whole: it must be as it was when it is sent. */
function changedImages(client: string, live: ClientRepresentation, after: ClientRepresentation): { readonly before: readonly Image[]; readonly after: readonly Image[] } {
  const values = (raw: ClientRepresentation) => new Map(settingsOf(raw).map((setting) => [settingId(client, setting.parts), setting.value]));
  const [ours, theirs] = [values(live), values(after)];
  // The server makes a new secret where none is known.
  if (!isConfidential(live) && isConfidential(after) && (after.secret === undefined || isUnknown(theirs.get(settingId(client, ['secret'])) ?? null))) theirs.set(settingId(client, ['secret']), unknown('made by the server'));
  const moved = [...new Set([...ours.keys(), ...theirs.keys()])].filter((id) => JSON.stringify(ours.get(id)) !== JSON.stringify(theirs.get(id)));
  const lists = SETS.filter((set) => listOf(live, set).toSorted().join('\n') !== listOf(after, set).toSorted().join('\n'));
  const images = (found: ReadonlyMap<string, Json>, raw: ClientRepresentation): readonly Image[] => [
    ...moved.map((id) => ({ id, value: found.get(id) ?? null })),
    ...lists.map((set) => ({ id: settingId(client, [set]), value: listOf(raw, set).toSorted() })),
  ];
  return { before: images(ours, live), after: images(theirs, after) };
}

const SIGN: Readonly<Record<Difference['change'], string>> = { 'lost': '+', 'live-only': '-', 'changed': '' };

/** Names only: what a setting is set to may be a secret. */
function noteOf(chosen: readonly Difference[]): string {
  const names = chosen.map((difference) => {
    const [, field = '', key] = parseId(difference.id).parts;
    return key === undefined ? field : `${SIGN[difference.change]}${key}`;
  });
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}
