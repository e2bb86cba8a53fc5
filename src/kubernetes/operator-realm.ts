/** Reads KeycloakRealms of operators, with the clients that belong to them: what `--evidence keycloakrealm:…` names. */
import { RescueError } from '../realm/errors.ts';
import type { ClusterText } from '../evidence/cluster.ts';
import { unreadable } from '../evidence/document.ts';
import { nameOf, RESOURCES, type KubeObject, type ResourceWord } from '../gitops/controllers/object.ts';
import type { OperatorRealm } from '../gitops/live/operators/common.ts';
import { epamRealm } from '../gitops/live/operators/epam.ts';
import { legacyRealm } from '../gitops/live/operators/legacy.ts';
import { vriesdemichaelRealm } from '../gitops/live/operators/vriesdemichael.ts';
import type { ClusterApi } from './api.ts';
import { permitted } from './permitted.ts';
import { timeOf, writerNote, written } from './texts.ts';

interface Operator {
  readonly title: string;
  readonly word: 'legacyrealm' | 'epamrealm' | 'vriesrealm';
  /** What names the realm. */
  readonly field: string;
  /** Lists what else there is in a namespace, once, and gives what makes a realm of a KeycloakRealm. */
  gather(api: ClusterApi, namespace: string): Promise<(object: KubeObject) => OperatorRealm | null>;
}

const OPERATORS: readonly Operator[] = [
  {
    title: 'legacy operator', word: 'legacyrealm', field: 'spec.realm',
    gather: async (api, namespace) => {
      const clients = await listed(api, 'legacyclient', namespace);
      return (object) => legacyRealm(object, clients);
    },
  },
  {
    title: 'operator of EPAM', word: 'epamrealm', field: 'spec.realmName',
    gather: async (api, namespace) => {
      const [clients, scopes, roles] = await Promise.all([listed(api, 'epamclient', namespace), permitted(() => listed(api, 'epamscope', namespace)), permitted(() => listed(api, 'epamrole', namespace))]);
      const refused = [...(scopes === null ? ['KeycloakClientScopes'] : []), ...(roles === null ? ['KeycloakRealmRoles'] : [])];
      return (object) => {
        const made = epamRealm(object, { clients, scopes: scopes ?? [], roles: roles ?? [] });
        return made && { ...made, notes: [...made.notes, ...refused.map((kinds) => `not read: ${kinds}, which these credentials may not list`)] };
      };
    },
  },
  {
    title: 'operator of vriesdemichael', word: 'vriesrealm', field: 'spec.realmName',
    gather: async (api, namespace) => {
      // Its clients lie in the namespaces of whoever owns them.
      const everywhere = await permitted(async () => (await api.list(RESOURCES.vriesclient, { namespace: null }))?.items ?? []);
      const clients = everywhere ?? (await listed(api, 'vriesclient', namespace));
      return (object) => {
        const made = vriesdemichaelRealm(object, clients);
        return made && everywhere === null ? { ...made, notes: [...made.notes, `not read: KeycloakClients of other namespaces than ${namespace}, which these credentials may not list`] } : made;
      };
    },
  },
];

/**
 * The realm of a KeycloakRealm, of whichever operator has one of that name. Without its clients it would say next to nothing, so who may not
 * list them is told so.
 *
 * @throws RescueError `object-not-found`, `missing-role`, `evidence-unreadable`
 */
export async function readOperatorRealm(api: ClusterApi, { namespace, name }: { readonly namespace: string; readonly name: string }, now: number): Promise<ClusterText> {
  const tried = await Promise.all(OPERATORS.map(async (operator) => {
    try {
      return { operator, object: await api.get(nameOf(operator.word, namespace, name)), refusal: null };
    } catch (error) {
      // Whoever may not read those of one operator may mean that of another.
      if (error instanceof RescueError && error.code === 'missing-role') return { operator, object: null, refusal: error };
      throw error;
    }
  }));
  const found = tried.flatMap(({ operator, object }) => (object === null ? [] : [{ operator, object }]));
  const [first] = found;
  if (first === undefined) {
    const refused = tried.find(({ refusal }) => refusal !== null)?.refusal;
    if (refused) throw refused;
    throw await missing(api, namespace, name);
  }
  const what = `KeycloakRealm ${namespace}/${name}`;
  if (found.length > 1) {
    throw unreadable(`${what} is there ${found.length === 2 ? 'twice' : `${found.length} times`}: of the ${found.map(({ operator }) => operator.title).join(' and of the ')}.`, ['Name another source of evidence, or a file that you make from the one that is meant.']);
  }
  const make = await first.operator.gather(api, namespace);
  const made = make(first.object);
  if (made === null) throw unreadable(`${what} of the ${first.operator.title} has no ${first.operator.field}.`, ['Name the one that holds the realm.']);
  return textOf(made, now);
}

async function missing(api: ClusterApi, namespace: string, name: string): Promise<RescueError> {
  const groups = OPERATORS.map(({ word }) => RESOURCES[word].group);
  const served = await Promise.all(groups.map((group) => api.version(group)));
  if (served.every((version) => version === null)) {
    return new RescueError('object-not-found', `The cluster of context ${api.context} has no KeycloakRealms that this tool reads: it serves none of ${groups.join(', ')}.`, ['Check --context, or name another source of evidence.']);
  }
  const commands = groups.flatMap((group, index) => (served[index] === null ? [] : [`kubectl get keycloakrealms.${group} -n ${namespace}`]));
  return new RescueError('object-not-found', `There is no KeycloakRealm ${namespace}/${name} in the cluster of context ${api.context}.`, [`Check --context, and the names there: ${commands.join('; ')}`]);
}

/** Every KeycloakRealm of a namespace that can be read; what these credentials may not list is left out. */
export async function operatorCandidates(api: ClusterApi, namespace: string, now: number): Promise<readonly { readonly text: ClusterText; readonly title: string }[]> {
  const found = await Promise.all(OPERATORS.map(async ({ title, word, gather }) => (await permitted(async () => {
    const realms = await listed(api, word, namespace);
    if (realms.length === 0) return [];
    const make = await gather(api, namespace);
    return realms.flatMap((object) => {
      const made = make(object);
      return made === null ? [] : [{ text: textOf(made, now), title: `KeycloakRealm ${namespace}/${object.metadata.name}, ${title}` }];
    });
  })) ?? []));
  const all = found.flat();
  // Of one name that several operators have, the spec cannot tell which is meant.
  return all.filter(({ text }) => all.filter((other) => other.text.name === text.name).length === 1);
}

async function listed(api: ClusterApi, word: ResourceWord, namespace: string): Promise<readonly KubeObject[]> {
  return (await api.list(RESOURCES[word], { namespace }))?.items ?? [];
}

/** It is as new as the newest of the objects that it is made of. */
function textOf({ realm, made, notes }: OperatorRealm, now: number): ClusterText {
  const writes = made.map((object) => {
    const write = written(object, 'spec');
    return { write, time: timeOf(object, write, now) };
  }).sort((a, b) => b.time.localeCompare(a.time));
  const [of] = made;
  return {
    name: `keycloakrealm:${of?.metadata.namespace ?? ''}/${of?.metadata.name ?? ''}`, text: JSON.stringify(realm),
    capturedAt: writes[0]?.time ?? new Date(now).toISOString(), notes: [...writerNote(writes[0]?.write ?? null), ...notes],
  };
}
