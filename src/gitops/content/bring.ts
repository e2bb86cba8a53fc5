import { fieldChoice, isAnswered, type Choices } from '../../realm/choice.ts';
import { fieldDifferences } from '../../realm/fields.ts';
import { objectId, parseId } from '../../realm/keys.ts';
import { isObject } from '../splice/origin.ts';
import { bringMember } from './bring-member.ts';
import { bringValue } from './bring-value.ts';
import { statesNo } from './notes.ts';
import { kindOf, KINDS } from '../../realm/kinds/index.ts';
import type { Spelling } from './spelling.ts';
import type { Style } from './new-object.ts';
import { secretName } from './secrets.ts';
import { writeAt } from './steps.ts';
import type { JsonObject } from '../../realm/json.ts';
import type { Difference, KindName, ObjectId, RealmObject, RealmState } from '../../realm/model.ts';
import { asRepresentation } from '../../realm/representation-shape.ts';
import type { Origins } from '../splice/origin.ts';
import type { SecretToCreate } from './secrets.ts';
import type { FileStep } from '../../realm/file-place.ts';

export interface BringRequest {
  /** The realm as the file has it. */
  readonly file: JsonObject;
  readonly live: RealmState;
  readonly differences: readonly Difference[];
  readonly choices: Choices;
  readonly origins: Origins;
  /** How this file writes what somebody else fills in. */
  readonly spelling: Spelling;
}

export interface Brought {
  readonly after: JsonObject;
  /** `protocol mapper groups of auth-service: added`; one for each object that changed in the file. */
  readonly changes: readonly string[];
  readonly secrets: readonly SecretToCreate[];
  readonly notes: readonly string[];
}

/** What the writers of values and members work with; `after` grows as they go. */
export interface Work {
  readonly live: JsonObject;
  readonly origins: Origins;
  after: JsonObject;
  /** How the file states objects, by their kind. */
  readonly styles: Map<string, Style>;
  /** The placeholder of a secret of an owner; it is listed for the person who has to create it. */
  secret(owner: string, field: string): string;
  note(text: string): void;
  /** A text of the live realm as the file would write it. */
  text(live: string): string;
}

export type Outcome = 'added' | 'brought to live' | 'taken out' | null;

/** The registry has containers before what they contain, so that a mapper finds its client. */
const RANK: ReadonlyMap<KindName, number> = new Map(KINDS.map((kind, index) => [kind.name, index]));
const rank = (kind: KindName) => RANK.get(kind) ?? KINDS.length;

/**
 * The realm of a file with everything brought to live that was answered with `restore` or `keep`: after the restore both mean
 * that live is right. What was answered with `leave`, or not at all, is not touched. Git's order and spelling stay, placeholders stay,
 * a secret never goes in. Pure; the server's behaviour on import that this relies on: shared facts, verified-keycloak.md sections 1 and 3.
 */
export function bringToLive(request: BringRequest): Brought {
  const { file, live, choices, origins } = request;
  const secrets = new Map<string, SecretToCreate>();
  const notes = new Set<string>();
  const changes = new Map<ObjectId, string>();
  const work: Work = {
    live: live.representation as JsonObject, origins, after: file, styles: new Map(), note: (text) => notes.add(text), text: request.spelling.text,
    secret(owner, field) {
      const name = secretName(live.realm, owner, field);
      secrets.set(name, { name, what: `the ${field === 'secret' ? 'secret' : field} of ${owner} in realm ${live.realm}` });
      return request.spelling.placeholder(name);
    },
  };
  const chosen = request.differences.flatMap((difference) => {
    const fields = difference.fields.filter(({ path }) => fieldChoice(difference, path, choices) !== 'leave');
    return isAnswered(difference, 'restore', choices) || isAnswered(difference, 'keep', choices) ? [{ ...difference, fields }] : [];
  });
  const children = Map.groupBy(live.objects.values(), ({ parent }) => parent);
  const bring = (difference: Pick<Difference, 'id' | 'kind' | 'owner' | 'name' | 'fields'>): void => {
    const outcome = bringOne(difference, work, live);
    if (!outcome) return;
    changes.set(difference.id, `${phrase(difference)}: ${outcome}`);
    if (outcome === 'added') for (const object of contents(difference.id, children)) if (choices[object.id] !== 'leave') bring({ ...object, fields: [] });
    if (outcome === 'taken out' && difference.kind === 'client') work.after = withoutClient(work.after, difference.owner, origins);
  };
  for (const difference of [...chosen].sort((a, b) => rank(a.kind) - rank(b.kind))) bring(difference);
  return { after: work.after, changes: [...changes.values()], secrets: [...secrets.values()], notes: [...notes] };
}

const STATED_WHOLE = new Set(['clients', 'clientScopes', 'roles', 'groups', 'defaultGroups', 'organizations', 'defaultDefaultClientScopes', 'defaultOptionalClientScopes']);

function bringOne(difference: Pick<Difference, 'id' | 'kind' | 'owner' | 'name' | 'fields'>, work: Work, live: RealmState): Outcome {
  const places = kindOf(difference.kind)?.inFile(difference.id) ?? [];
  if (places.length === 0 && !isAsLive(difference, work.after, live)) work.note(`${phrase(difference)} cannot be written into a realm file by this version; edit the file by hand.`);
  const top = places[0]?.steps[0];
  if (typeof top === 'string' && STATED_WHOLE.has(top) && work.after[top] === undefined) {
    work.note(statesNo(top));
    return null;
  }
  const outcomes = places.map((place) => (place.as === 'member' ? bringMember(place, difference, work) : bringValue(place, difference, work))).filter((outcome) => outcome !== null);
  return outcomes.length > 1 ? 'brought to live' : outcomes[0] ?? null;
}

/** Whether a file says of an object what is live already, as the file does that was restored from. */
function isAsLive({ id, kind }: Pick<Difference, 'id' | 'kind'>, file: JsonObject, live: RealmState): boolean {
  const shape = asRepresentation(file);
  if (typeof shape === 'string') return false;
  const stated = Iterator.from(kindOf(kind)?.extract(shape, 'stated').objects ?? []).find((object) => object.id === id);
  const now = live.objects.get(id);
  return stated === undefined || now === undefined ? stated === now : fieldDifferences(now.value, stated.value, false).length === 0;
}

/** What belongs to an object that git did not have, but stands elsewhere in a realm file or is not part of its representation. */
function contents(id: ObjectId, children: ReadonlyMap<ObjectId | undefined, readonly RealmObject[]>): readonly RealmObject[] {
  const container = kindOf(parseId(id).kind)?.inFile(id)[0]?.steps ?? [];
  const below = (parent: ObjectId): readonly RealmObject[] => (children.get(parent) ?? []).flatMap((object) => [object, ...below(object.id)]);
  return below(id).filter((object) => {
    const steps = kindOf(object.kind)?.inFile(object.id)[0]?.steps ?? [];
    return kindOf(object.kind)?.filedApart === true || !startsWith(steps, container);
  }).sort((a, b) => rank(a.kind) - rank(b.kind));
}

function startsWith(steps: readonly FileStep[], start: readonly FileStep[]): boolean {
  return start.every((step, index) => JSON.stringify(steps[index]) === JSON.stringify(step));
}

/** A realm file whose roles or users belong to a client that it does not have cannot be imported. */
function withoutClient(after: JsonObject, clientId: string, origins: Origins): JsonObject {
  const places: readonly (readonly FileStep[])[] = [
    ['roles', 'client', clientId], ['clientScopeMappings', clientId], ['scopeMappings', { client: clientId }], ['users', { serviceAccountClientId: clientId }],
  ];
  return places.reduce((value, steps) => {
    const written = writeAt(value, steps, undefined, origins);
    return isObject(written) ? written : value;
  }, after);
}


const ELEMENTS: Readonly<Record<string, string>> = { redirectUris: 'redirect URI', webOrigins: 'web origin', attributes: 'attribute' };

/** `protocol mapper groups of auth-service`; what belongs to itself is not said twice. */
export function phrase({ id, kind, owner, name }: Pick<Difference, 'id' | 'kind' | 'owner' | 'name'>): string {
  const [, field = '', element] = parseId(id).parts;
  if (kind === 'client-setting' && element !== undefined) return `${ELEMENTS[field] ?? field} ${element} of ${owner}`;
  const title = kindOf(kind)?.title ?? kind;
  const own = id === objectId(kind, owner) || owner === name || parseId(id).parts.length === 1;
  return own ? `${title} ${name}` : `${title} ${name} of ${owner}`;
}
