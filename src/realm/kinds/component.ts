import { valueAt, type FileStep } from '../file-place.ts';
import type { Json } from '../json.ts';
import { escapePart, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { idOf, isRecord, lookInList } from '../looks.ts';
import type { RealmObject } from '../model.ts';
import { componentsOf, componentValue, FEDERATION, KEYS, levelsOf, nameAndSubType, nestComponents, REGISTRATION_POLICY, type FoundComponent } from '../normal/component.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { RealmRepresentation } from '../representation.ts';
import { findComponent, restoreComponent } from '../writes/component-writes.ts';

/** Types of components that have an interface of their own on the server, or that must not be written at all. */
const NEVER: Readonly<Record<string, string>> = {
  [KEYS]: 'a change of key providers rotates keys, which ends every session; this tool never writes them',
  'org.keycloak.models.workflow.WorkflowProvider': 'workflows have an interface of their own, which this tool does not use; restore them in the admin console',
};

/** The policies that a fresh realm has, as this kind names them (read off 26.7.4). */
const POLICIES = new Set([
  ...['Allowed Client Scopes', 'Allowed Protocol Mapper Types', 'Allowed Registration Web Origins', 'Consent Required', 'Full Scope Disabled', 'Max Clients Limit', 'Trusted Hosts'].map((name) => `anonymous:${name}`),
  ...['Allowed Client Scopes', 'Allowed Protocol Mapper Types', 'Allowed Registration Web Origins'].map((name) => `authenticated:${name}`),
]);

export const component: Kind = {
  name: 'component',
  title: 'component',
  insideParent: true,
  facts: {
    restored: 'POST of user federation with its mappers, registration policies and others; PUT of the config keys that differ; keys are only compared',
    idKept: true,
    undo: 'yes, but a deleted LDAP provider with mappers does not come back',
    lostForGood: 'bind credentials that no evidence has; users that were imported through a provider that was deleted by request; ids of the mappers that the server makes with an LDAP provider',
  },
  extract: (representation, completeness) => {
    const { components } = representation;
    if (components === undefined) return { objects: [], listed: [] };
    const found = componentsOf(representation);
    if (omissionMeansEmpty(representation, completeness)) return { objects: found.map(object), listed: ['component@*'] };
    // A file that a person wrote speaks about the types that it names, and about the mappers of a provider where it has some.
    const below = found.flatMap((each) => Object.keys(isRecord(each.raw['subComponents']) ? each.raw['subComponents'] : {}).map((type) => place('component', `${keyOf(each.id)}/${escapePart(type)}`)));
    return { objects: found.map(object), listed: [...Object.keys(components).map(outermost), ...below] };
  },
  references: () => [],
  effect: (change, found) => {
    const levels = levelsOf(found.id);
    const [top, inner] = [levels[0]?.type, levels.length > 1];
    const state = change === 'lost' ? 'is gone' : change === 'changed' ? 'is set differently' : 'exists only in the live realm';
    if (inner) return `mapper ${found.name} of ${found.owner.replace(/^component /, '')} ${state}: attributes, groups or roles of its users come out otherwise`;
    if (top === FEDERATION) return change === 'lost' ? `users of ${found.name} can no longer log in` : `user federation ${found.name} ${state}`;
    if (top === REGISTRATION_POLICY) return `registration policy ${found.name} ${state}: who may register clients is decided otherwise`;
    return top === KEYS ? `key provider ${found.name} ${state}: tokens are signed and checked with other keys` : `component ${found.name} ${state}`;
  },
  // Which claims an imported user ends up with is decided when that user logs in.
  claims: () => [],
  builtin: (found) => {
    const [level] = levelsOf(found.id);
    return level?.type === KEYS || (level?.type === REGISTRATION_POLICY && POLICIES.has(level.label));
  },
  neverWritten: (found) => NEVER[levelsOf(found.id)[0]?.type ?? ''],
  suggest: (change, found) => {
    const because = NEVER[levelsOf(found.id)[0]?.type ?? ''];
    return because === undefined || change === 'live-only' ? undefined : { suggest: 'ask', because };
  },
  restore: restoreComponent,
  // One list for all: a component is told by its parents, and they are in it.
  look: (id) => lookInList({ path: ['components'] }, (list) => {
    const parents = new Set(list.map((item) => item['id']));
    const realm = list.find((item) => item['providerType'] === KEYS)?.['parentId'] ?? list.find((item) => !parents.has(item['parentId']))?.['parentId'];
    const found = componentsOf({ components: nestComponents(list, realm) } as RealmRepresentation).find((each) => each.id === id);
    return found === undefined ? null : { value: componentValue(found), ...idOf(found.raw) };
  }),
  raw: (state, id) => findComponent(state, id)?.raw,
  inFile: (id) => {
    const levels = levelsOf(id);
    // Equals cannot be told apart by a name in a file.
    if (levels.some((level) => level.number !== undefined)) return [];
    return [valueAt(...levels.flatMap(({ type, label }, index): readonly FileStep[] => [index === 0 ? 'components' : 'subComponents', type, { ...nameAndSubType(label) }]))];
  },
};

function object(found: FoundComponent): RealmObject {
  return {
    id: found.id, kind: 'component', owner: `component ${found.top}`, name: found.name, value: componentValue(found) as Json,
    ...(typeof found.raw['id'] === 'string' ? { serverId: found.raw['id'] } : {}), ...(found.parent === undefined ? { places: [outermost(found.type)] } : { parent: found.parent }),
  };
}

/** The place of all components of one type that stand below no other: it is the beginning of no key, so that it says nothing of mappers. */
function outermost(type: string): string {
  return place('component', `#${escapePart(type)}`);
}

function keyOf(id: RealmObject['id']): string {
  return id.slice(id.indexOf(':') + 1);
}
