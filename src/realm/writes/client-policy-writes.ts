/** The writes for client profiles and policies: the server takes each list as a whole. */
import { fieldDifferences } from '../fields.ts';
import { own, type Json, type JsonObject } from '../json.ts';
import { objectId, parseId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Difference, Image, RequestTemplate, Template } from '../model.ts';
import { isGlobalProfile, POLICY_PARTS, policyList, policySecrets, type PolicyPart } from '../normal/client-policies.ts';
import { firstPlaceholder, refusePlaceholder } from './body.ts';
import { putInOrder } from './in-order.ts';
import { takeFields } from './representation-writes.ts';

/** One PUT: the chosen differences of one part that it settles. */
interface Step {
  readonly id: string;
  readonly part: PolicyPart;
  readonly settles: readonly Difference[];
  /** What was settled in the same list before. */
  readonly done: readonly Difference[];
}

/**
 * Profiles come first, then policies, then the profiles that go: a policy that names a profile which is not there is refused, so each
 * list fits the other at every step, on the way back too.
 */
export function restoreClientPolicy(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const why = refusal(difference, context);
  if (why !== null) return why;
  const chosen = [...context.chosen.values()].filter(({ kind }) => kind === 'client-policy');
  const of = (part: PolicyPart): readonly Difference[] => chosen.filter(({ id }) => parseId(id).parts[0] === part);
  const staying = of('profile').filter(({ change }) => change !== 'live-only');
  const going = of('profile').filter(({ change }) => change === 'live-only');
  const all: readonly Step[] = [
    { id: 'update client-policy:profile', part: 'profile', settles: staying, done: [] },
    { id: 'update client-policy:policy', part: 'policy', settles: of('policy'), done: [] },
    { id: 'remove client-policy:profile', part: 'profile', settles: going, done: staying },
  ];
  const steps = all.filter(({ settles }) => settles.length > 0);
  return steps.filter(({ settles }) => settles[0]?.id === difference.id).map((step) => draft(step, steps.slice(0, steps.indexOf(step)).map(({ id }) => id), context));
}

function draft(step: Step, earlier: readonly string[], context: PlanContext): Draft {
  const { path, list } = POLICY_PARTS[step.part];
  const put = (differences: readonly Difference[]): RequestTemplate => ({ method: 'PUT', path, body: { [list]: listAfter(step.part, differences, context) } });
  const images = (value: (difference: Difference) => Image['value']): readonly Image[] => step.settles.map((difference) => ({ id: difference.id, value: value(difference) }));
  return {
    id: step.id, covers: step.settles.map(({ id }) => id), title: step.part === 'profile' ? 'client profiles' : 'client policies',
    note: step.settles.map(({ id }) => parseId(id).parts[1]).join(', '),
    request: put([...step.done, ...step.settles]),
    before: images(({ id }) => context.live.objects.get(id)?.value ?? null), after: images((difference) => context.wanted(difference) ?? null),
    inverse: put(step.done), needs: ['manage-realm'], requires: [], afterOperations: earlier,
  };
}

function refusal(difference: Difference, context: PlanContext): Refusal | null {
  const [part, name = ''] = parseId(difference.id).parts;
  const wanted = context.wanted(difference) ?? null;
  const placeholder = firstPlaceholder(wanted);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  const profileStays = (profile: string): boolean => {
    const id = objectId('client-policy', 'profile', profile);
    const chosen = context.chosen.get(id);
    return chosen === undefined ? context.live.objects.has(id) || isGlobalProfile(profile) : chosen.change !== 'live-only';
  };
  if (part === 'policy') {
    const missing = profilesOf(wanted).find((profile) => !profileStays(profile));
    if (missing !== undefined) return { refused: `it applies the client profile ${missing}, which is not there` };
    // The whole list is checked, also what is sent as it is.
    const broken = kept(context).find((policy) => profilesOf(policy).some((profile) => !profileStays(profile)));
    return broken === undefined ? null : { refused: `the server takes the list only when the client policy ${String(broken['name'])} applies no client profile that is missing; restore that profile too` };
  }
  if (wanted !== null) return null;
  const user = (policyList(context.live.representation, 'policy') ?? []).find((policy) => {
    const chosen = context.chosen.get(objectId('client-policy', 'policy', String(policy['name'])));
    return profilesOf(chosen === undefined ? policy : context.wanted(chosen)).includes(name);
  });
  return user === undefined ? null : { refused: `the client policy ${String(user['name'])} still applies it` };
}

/** Live policies that are not chosen. */
function kept(context: PlanContext): readonly JsonObject[] {
  return (policyList(context.live.representation, 'policy') ?? []).filter((policy) => !context.chosen.has(objectId('client-policy', 'policy', String(policy['name']))));
}

function profilesOf(policy: unknown): readonly string[] {
  const profiles = policy !== null && typeof policy === 'object' ? (policy as { readonly profiles?: unknown }).profiles : undefined;
  return Array.isArray(profiles) ? profiles.map(String) : [];
}

/** The live list with some differences settled; what was not chosen is sent as it is. */
function listAfter(part: PolicyPart, differences: readonly Difference[], context: PlanContext): readonly Template[] {
  const live = policyList(context.live.representation, part) ?? [];
  const wanted = new Map<string, JsonObject | null>();
  let order: readonly string[] = [];
  for (const difference of differences) {
    const name = parseId(difference.id).parts[1] ?? '';
    const theirs = policyList(context.evidenceOf(difference.id)?.representation, part) ?? [];
    if (theirs.length > order.length) order = theirs.map((each) => String(each['name']));
    wanted.set(name, entryAfter(difference, context, live.find((each) => each['name'] === name), theirs.find((each) => each['name'] === name)));
  }
  return putInOrder(live, (entry) => String(entry['name']), wanted, order).map(complete(part)).map((entry) => hidden(entry, part, live.find((each) => each['name'] === entry['name'])));
}

function entryAfter(difference: Difference, context: PlanContext, ours: JsonObject | undefined, theirs: JsonObject | undefined): JsonObject | null {
  const value = context.wanted(difference) ?? null;
  if (value === null || theirs === undefined || !isRecord(value)) return null;
  if (ours === undefined) return theirs;
  return takeFields(ours, theirs, fieldDifferences(context.live.objects.get(difference.id)?.value ?? null, value, true).map(({ path }) => [path]));
}

/** Its secrets as references: to live for those that are there already. */
function hidden(entry: JsonObject, part: PolicyPart, ours: JsonObject | undefined): Template {
  const id = objectId('client-policy', part, String(entry['name']));
  const [secrets, known] = [policySecrets(entry), ours === undefined ? {} : policySecrets(ours)];
  const walk = (value: Json, at: string): Template => {
    const secret = own(secrets, at);
    if (secret !== undefined) return { $secret: id, field: `steps.${at}`, ...(own(known, at) === secret ? { from: 'live' } : {}) };
    if (Array.isArray(value)) return (value as readonly Json[]).map((item, index) => walk(item, `${at}.${index}`));
    return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, at === '' ? name : `${at}.${name}`)])) : value;
  };
  return walk(entry, '');
}

/** An executor or condition without `configuration` makes the server answer 500 (tried on 26.7.4). */
function complete(part: PolicyPart): (entry: JsonObject) => JsonObject {
  const field = part === 'profile' ? 'executors' : 'conditions';
  return (entry) => {
    const steps = entry[field];
    return Array.isArray(steps) ? { ...entry, [field]: (steps as readonly JsonObject[]).map((step) => ({ ...step, configuration: step['configuration'] ?? {} })) } : entry;
  };
}
