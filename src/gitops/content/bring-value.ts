import { canonicalJson } from '../../realm/canonical.ts';
import { parseId } from '../../realm/keys.ts';
import { kindOf } from '../../realm/kinds/index.ts';
import { mapperValue } from '../../realm/normal/mapper.ts';
import { placeholdersIn } from '../../realm/unknowns.ts';
import { isList, isObject } from '../splice/origin.ts';
import { mergeToLive } from './merge.ts';
import { forGit, styleOf, type Style } from './new-object.ts';
import { isSecretField } from './secrets.ts';
import { readAt, writeAt } from './steps.ts';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { Difference } from '../../realm/model.ts';
import type { ProtocolMapperRepresentation } from '../../realm/representation.ts';
import type { Outcome, Work } from './bring.ts';
import type { FilePlace as Place } from '../../realm/file-place.ts';
import type { FileStep as Step } from '../../realm/file-place.ts';

type About = Pick<Difference, 'id' | 'owner' | 'name' | 'fields'>;

/** Makes the object or field at a place what it is live. */
export function bringValue(place: Extract<Place, { as: 'value' }>, about: About, work: Work): Outcome {
  const git = readAt(work.after, place.steps);
  const live = readAt(work.live, place.steps);
  const before = work.after;
  if (live === undefined && git !== undefined) takeOut(place.steps, git, about, work);
  else if (live !== undefined && git === undefined) add(place.steps, live, about, work);
  else if (live !== undefined && git !== undefined) {
    const fields = place.steps.includes('protocolMappers') ? mapperFields(git, live) : fieldsOf(place.steps, about);
    const target = fields === null ? git : mergeToLive(git, live, {
      origins: work.origins, fields,
      placeholder: (field) => work.secret(about.owner, field),
      kept: (path, why) => work.note(`${about.owner}: ${path === '' ? about.name : path} stays as git has it: ${why}.`),
    }, fieldPath(place.steps));
    work.after = writeAt(before, place.steps, target, work.origins) as JsonObject;
  }
  if (work.after === before) return null;
  return git === undefined ? 'added' : live === undefined ? 'taken out' : 'brought to live';
}

/** Mappers that were made in different ways store different defaults: only effective differences count. null: there are none. */
function mapperFields(git: Json, live: Json): readonly string[] | null {
  const [old, now] = [mapperValue(git as ProtocolMapperRepresentation), mapperValue(live as ProtocolMapperRepresentation)];
  const differ = (left: Json | undefined, right: Json | undefined) => canonicalJson(left) !== canonicalJson(right);
  const config = [...new Set([...Object.keys(old.config), ...Object.keys(now.config)])].filter((key) => differ(old.config[key], now.config[key])).map((key) => `config.${key}`);
  const fields = [...(differ(old.provider, now.provider) ? ['protocolMapper'] : []), ...(differ(old.protocol, now.protocol) ? ['protocol'] : []), ...config];
  return fields.length === 0 ? null : fields;
}

/** The name of a field of its own decides whether it is a secret. */
function fieldPath(steps: readonly Step[]): readonly string[] {
  const last = steps.at(-1);
  return typeof last === 'string' ? [last] : [];
}

/** A field of its own is compared whole; in an object only what the comparison named. */
function fieldsOf(steps: readonly Step[], about: About): readonly string[] {
  const kind = kindOf(parseId(about.id).kind);
  return typeof steps.at(-1) === 'string' ? [] : about.fields.map(({ path }) => kind?.filedField?.(about.id, path) ?? path);
}

function takeOut(steps: readonly Step[], git: Json, about: About, work: Work): void {
  if (typeof git === 'string' && placeholdersIn(git).length > 0) {
    work.note(`${about.owner}: ${about.name} stays in git, because it is a placeholder there.`);
    return;
  }
  const written = writeAt(work.after, steps, undefined, work.origins);
  if (isObject(written)) work.after = written;
}

function add(steps: readonly Step[], live: Json, about: About, work: Work): void {
  const owner = ownerSteps(steps);
  if (owner.length > 0 && readAt(work.after, owner) === undefined) {
    work.note(`${about.owner} is not in git, so ${about.name} was not added there.`);
    return;
  }
  const last = steps.at(-1);
  const value = isObject(live) ? forGit(live, newObject(steps, about, work))
    : typeof last === 'string' && typeof live === 'string' && isSecretField(last) ? work.secret(about.owner, last) : live;
  const written = writeAt(work.after, steps, value, work.origins);
  if (isObject(written)) work.after = written;
}

/** The steps to the object that must be in the file already: the last one found by key that is not the object itself. */
function ownerSteps(steps: readonly Step[]): readonly Step[] {
  const index = steps.slice(0, -1).findLastIndex((step) => typeof step !== 'string');
  return steps.slice(0, index + 1);
}

function newObject(steps: readonly Step[], about: About, work: Work) {
  const defaults = (name: string) => {
    const list = work.live[name];
    return isList(list) ? list : [];
  };
  return {
    style: styleFor(steps, work),
    defaults: { defaultClientScopes: defaults('defaultDefaultClientScopes'), optionalClientScopes: defaults('defaultOptionalClientScopes') },
    placeholder: (field: string) => work.secret(about.owner, field),
  };
}

/** How the file states objects of this kind, mappers and roles wherever they are: those of other clients show it as well as those of this one. */
function styleFor(steps: readonly Step[], work: Work): Style {
  const everywhere = ['protocolMappers', 'roles'].find((field) => steps.includes(field));
  const kind = everywhere ?? JSON.stringify(steps.slice(0, -1));
  const style = work.styles.get(kind) ?? styleOf(siblingsOf(steps, work.after));
  work.styles.set(kind, style);
  return style;
}

function siblingsOf(steps: readonly Step[], file: JsonObject): readonly Json[] {
  const holders = [...listAt(file, 'clients'), ...listAt(file, 'clientScopes')];
  if (steps.includes('protocolMappers')) return holders.flatMap((holder) => (isObject(holder) ? listAt(holder, 'protocolMappers') : []));
  if (steps.includes('roles')) {
    const client = readAt(file, ['roles', 'client']);
    return [...(asList(readAt(file, ['roles', 'realm']))), ...(isObject(client) ? Object.values(client).flatMap(asList) : [])];
  }
  return asList(readAt(file, steps.slice(0, -1)));
}

const asList = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);
const listAt = (object: JsonObject, key: string) => asList(object[key]);
