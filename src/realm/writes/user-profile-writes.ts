/** The write for the user profile: the server takes it as a whole, so all that was chosen goes out in one PUT. */
import { fieldDifferences } from '../fields.ts';
import { own, type Json, type JsonObject } from '../json.ts';
import { objectId, parseId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { Difference, RequestTemplate } from '../model.ts';
import { PROFILE_LISTS, profileEntry, profileOf, type ProfilePart } from '../normal/user-profile.ts';
import { firstPlaceholder, refusePlaceholder } from './body.ts';
import { putInOrder } from './in-order.ts';
import { takeFields } from './representation-writes.ts';

const NAMES: readonly string[] = ['username', 'email'];

export function restoreUserProfile(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const chosen = [...context.chosen.values()].filter(({ kind }) => kind === 'user-profile');
  const live = profileOf(context.live.representation, 'full');
  if (live === undefined) return { refused: 'the live realm has no user profile' };
  const why = refusal(difference, context, live);
  if (why !== null) return why;
  if (chosen[0]?.id !== difference.id) return [];
  const wanted = wantedProfile(chosen, context, live);
  const put = (body: JsonObject): RequestTemplate => ({ method: 'PUT', path: ['users', 'profile'], body });
  const names = chosen.map(({ name }) => name);
  return [{
    id: 'update user-profile:*', covers: chosen.map(({ id }) => id), title: 'user profile', note: names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', '),
    request: put(wanted), before: chosen.map(({ id }) => ({ id, value: context.live.objects.get(id)?.value ?? null })),
    after: chosen.map((each) => ({ id: each.id, value: context.wanted(each) ?? null })),
    inverse: put(live), needs: ['manage-realm'], requires: [],
  }];
}

function refusal(difference: Difference, context: PlanContext, live: JsonObject): Refusal | null {
  const [part = '', name = ''] = parseId(difference.id).parts;
  const wanted = context.wanted(difference) ?? null;
  if (wanted !== null) {
    const placeholder = firstPlaceholder(wanted);
    return placeholder === undefined ? null : refusePlaceholder(placeholder);
  }
  if (part === 'attribute' && NAMES.includes(name)) return { refused: 'the server does not do without it' };
  if (part !== 'group') return null;
  const user = recordsIn(live['attributes']).find((attribute) => {
    const id = objectId('user-profile', 'attribute', String(attribute['name']));
    const chosen = context.chosen.get(id);
    const value = chosen === undefined ? attribute : context.wanted(chosen) ?? {};
    return isRecord(value) && value['group'] === name;
  });
  return user === undefined ? null : { refused: `the attribute ${String(user['name'])} is still in it` };
}

function wantedProfile(chosen: readonly Difference[], context: PlanContext, live: JsonObject): JsonObject {
  const lists = (Object.keys(PROFILE_LISTS) as ProfilePart[]).map((part): [string, Json] => {
    const wanted = new Map<string, JsonObject | null>();
    const order = new Map<string, readonly string[]>();
    for (const difference of chosen) {
      const [kind, name = ''] = parseId(difference.id).parts;
      if (kind !== part) continue;
      const source = context.evidenceOf(difference.id);
      const theirs = source === undefined ? undefined : profileOf(source.representation, source.completeness);
      wanted.set(name, entryAfter(difference, context, profileEntry(live, part, name), profileEntry(theirs, part, name)));
      order.set(name, recordsIn(theirs?.[PROFILE_LISTS[part]]).map((entry) => String(entry['name'])));
    }
    const evidence = [...order.values()].reduce<readonly string[]>((longest, names) => (names.length > longest.length ? names : longest), []);
    return [PROFILE_LISTS[part], putInOrder(recordsIn(live[PROFILE_LISTS[part]]), (entry) => String(entry['name']), wanted, evidence)];
  });
  const policy = chosen.find(({ id }) => parseId(id).parts[0] === 'unmanagedAttributePolicy');
  const { unmanagedAttributePolicy: before, ...rest } = live;
  const after = policy === undefined ? before : context.wanted(policy) ?? undefined;
  return { ...rest, ...Object.fromEntries(lists), ...(after === undefined ? {} : { unmanagedAttributePolicy: after }) };
}

/** The live entry with only the chosen fields as the evidence has them; as the evidence has it where it was lost. */
function entryAfter(difference: Difference, context: PlanContext, ours: JsonObject | undefined, theirs: JsonObject | undefined): JsonObject | null {
  const value = context.wanted(difference) ?? null;
  if (value === null || theirs === undefined) return null;
  if (ours === undefined) return theirs;
  const before = context.live.objects.get(difference.id)?.value ?? null;
  const paths = fieldDifferences(before, value, true).map(({ path }) => {
    const [field = '', ...key] = path.split('.');
    return key.length === 0 ? [field] : [field, key.join('.')];
  });
  return takeFields(ours, theirs, paths.filter(([field = '']) => own(ours, field) !== undefined || own(theirs, field) !== undefined));
}
